/* fuzz_framing.c -- Length-Prefixed-Messages of gRPC, and its timeouts.  Laws:
 *
 *   - Whatever the cuts, the same messages come out, and the same verdict.
 *   - The messages, framed again, are the bytes that were read.
 *   - What is kept for later is what was not consumed; nothing is lost or read twice.
 *   - A timeout that is read and printed is at least as long, and one that was printed is read as what it says.
 *
 * The input: a cut for every step of the pieces (its low six bits, and one more) | the longest message that is taken, in
 * units of 16 bytes | the body. */
#include "base/buf.h"
#include "fuzz.h"
#include "grpc/inbound.h"

enum { CUTS = 4, ARENA = 1 << 20 };

typedef struct result {
    gg_buf again;
    size_t count;
    gg_rc rc;
} result;

static void note(result *r, gg_str message)
{
    char prefix[GG_PREFIX_LEN];
    gg_frame_prefix(prefix, message.len, false);
    LAW(message.len == 0 || message.ptr[message.len] == '\0', "no NUL after a message");
    gg_buf_append(&r->again, gg_str_of(prefix, sizeof prefix));
    gg_buf_append(&r->again, message);
    r->count++;
}

/* Messages that are taken as soon as they are whole; every second time the reader is slow, and bytes are kept. */
static result read_all(gg_str body, const uint8_t *cuts, uint32_t max_len)
{
    result r = { .rc = GG_NEED_MORE };
    gg_arena *arena = gg_arena_new(NULL, ARENA);
    gg_inbound in;
    gg_compressor compressor = { 0 }; /* nothing is compressed: that is fuzz_compress.c's */
    gg_inbound_init(&in, arena, NULL, max_len, &compressor);
    size_t consumed_all = 0, given = 0;
    for (size_t i = 0; body.len > 0 && r.rc >= GG_OK; i++) {
        size_t len = cuts != NULL ? (cuts[i % CUTS] & 63u) + 1 : body.len;
        len = len < body.len ? len : body.len;
        gg_str piece = gg_str_of(body.ptr, len);
        body = gg_str_of(body.ptr + len, body.len - len);
        given += len;
        if (cuts != NULL && cuts[i % CUTS] & 64 && body.len > 0) {
            LAW(gg_inbound_keep(&in, piece) == GG_OK, "no memory");
            continue;
        }
        gg_message message;
        gg_rpc_status failure;
        size_t consumed = 0;
        do {
            r.rc = gg_inbound_next(&in, &piece, &consumed, &message, &failure);
            consumed_all += consumed;
            if (r.rc == GG_OK)
                note(&r, message.wire);
        } while (r.rc == GG_OK);
        LAW(r.rc != GG_NEED_MORE || consumed_all == given, "%zu of %zu bytes", consumed_all, given);
    }
    LAW(r.rc < GG_OK || !gg_inbound_at_end(&in) || r.again.len == given, "an end with other bytes than came");
    gg_inbound_deinit(&in);
    gg_arena_unref(arena);
    return r;
}

static void check_timeout(gg_str text)
{
    uint64_t ns = 0, again = 0;
    char printed[GG_TIMEOUT_LEN];
    if (gg_timeout_parse(text, &ns) != GG_OK)
        return;
    size_t len = gg_timeout_print(printed, ns);
    LAW(gg_timeout_parse(gg_str_of(printed, len), &again) == GG_OK && again >= ns, "%.*s becomes %.*s", (int)text.len,
        text.ptr, (int)len, printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < CUTS + 1)
        return 0;
    gg_str body = gg_str_of((const char *)data + CUTS + 1, size - CUTS - 1);
    uint32_t max_len = data[CUTS] * 16u;
    result whole = read_all(body, NULL, max_len), cut = read_all(body, data, max_len);
    LAW(whole.rc == cut.rc && whole.count == cut.count && fuzz_same(gg_buf_str(&whole.again), gg_buf_str(&cut.again)),
        "%zu messages and %d whole, %zu and %d cut", whole.count, whole.rc, cut.count, cut.rc);
    LAW(whole.again.len <= body.len &&
            memcmp(whole.again.len > 0 ? gg_buf_str(&whole.again).ptr : "", body.ptr, whole.again.len) == 0,
        "other bytes than came");
    gg_buf_deinit(&whole.again);
    gg_buf_deinit(&cut.again);
    check_timeout(body);
    return 0;
}
