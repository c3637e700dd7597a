/* fuzz_split.c -- JSON in pieces.  Law: any cut gives the same message as the whole, or the same error at the same place.
 *
 *   input   type | options | uint8 count | lengths of pieces, a byte each | JSON; the last piece is the rest */
#include "fuzz.h"

typedef struct outcome {
    gg_rc rc;
    gg_str wire;
    gg_decode_error error;
} outcome;

/* Each piece in memory of its own that goes away afterwards. */
static gg_rc feed(gg_json_decoder *decoder, gg_str piece, bool last, gg_decode_error *error)
{
    char *own = malloc(piece.len + 1); /* one more, so that there is memory for an empty one */
    LAW(own != NULL, "out of memory");
    if (piece.len > 0)
        memcpy(own, piece.ptr, piece.len);
    gg_rc rc = gg_json_decoder_feed(decoder, (gg_str){ own, piece.len }, last, error);
    free(own);
    return rc;
}

static outcome decode(const fuzz_input *in, gg_str json, gg_str lengths)
{
    outcome out = { GG_NEED_MORE, { 0 }, { 0 } };
    void *message = gg_message_new(in->type, in->arena);
    gg_json_decoder *decoder = gg_json_decoder_new(in->type, message, NULL, &in->options, in->arena);
    LAW(message != NULL && decoder != NULL, "out of memory");
    for (size_t i = 0; out.rc == GG_NEED_MORE && i <= lengths.len; i++) {
        bool last = i == lengths.len;
        size_t len = last ? json.len : (unsigned char)lengths.ptr[i];
        len = len < json.len ? len : json.len;
        out.rc = feed(decoder, (gg_str){ json.ptr, len }, last, &out.error);
        json.ptr += len, json.len -= len;
    }
    LAW(out.rc != GG_NEED_MORE, "more wanted after the last piece");
    if (out.rc == GG_OK)
        out.rc = gg_message_to_wire(in->type, message, in->arena, &out.wire);
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in;
    if (!fuzz_begin(&in, data, size))
        return 0;
    if (in.bytes.len > 0 && (unsigned char)in.bytes.ptr[0] % 16 < in.bytes.len) {
        gg_str lengths = { in.bytes.ptr + 1, (unsigned char)in.bytes.ptr[0] % 16 };
        gg_str json = { lengths.ptr + lengths.len, in.bytes.len - 1 - lengths.len };
        outcome whole = decode(&in, json, (gg_str){ "", 0 }), cut = decode(&in, json, lengths);
        LAW(whole.rc == cut.rc, "%d as a whole, %d in pieces", (int)whole.rc, (int)cut.rc);
        LAW(fuzz_same(whole.wire, cut.wire), "another message in pieces");
        LAW(whole.error.offset == cut.error.offset && whole.error.line == cut.error.line &&
                whole.error.column == cut.error.column && fuzz_same(whole.error.path, cut.error.path) &&
                fuzz_same(whole.error.expected, cut.error.expected) && fuzz_same(whole.error.found, cut.error.found),
            "another error in pieces: %zu %.*s, %zu %.*s", whole.error.offset, (int)whole.error.expected.len,
            whole.error.expected.ptr, cut.error.offset, (int)cut.error.expected.len, cut.error.expected.ptr);
    }
    fuzz_end(&in);
    return 0;
}
