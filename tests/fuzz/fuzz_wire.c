/* fuzz_wire.c -- wire in.  Laws:
 *
 *   - What is accepted is read by Google's C++ implementation too, and what gg_wire_to_wire makes of it means the same to it.
 *   - wire -> wire changes nothing the second time.
 *   - JSON that we wrote we read; wire -> JSON -> wire is a fixed point after one round, unknown fields aside. */
#include "fuzz.h"

static void check_json(const fuzz_input *in)
{
    gg_str json, json2, wire1, wire2;
    gg_decode_error error;
    if (gg_wire_to_json(in->type, in->bytes, &in->options, in->arena, &json, &error) != GG_OK)
        return; /* such as a timestamp out of range */
    gg_rc rc = gg_json_to_wire(in->type, json, &in->options, in->arena, &wire1, &error);
    gg_str text = rc == GG_OK ? (gg_str){ "", 0 } : gg_decode_error_text(&error, in->arena);
    LAW(rc == GG_OK, "we do not read what we wrote: %.*s: %.*s", (int)json.len, json.ptr, (int)text.len, text.ptr);
    rc = gg_wire_to_json(in->type, wire1, &in->options, in->arena, &json2, &error);
    LAW(rc == GG_OK, "no JSON of what came from JSON: %.*s", (int)json.len, json.ptr);
    rc = gg_json_to_wire(in->type, json2, &in->options, in->arena, &wire2, &error);
    LAW(rc == GG_OK && fuzz_same(wire1, wire2), "no fixed point: %.*s, then %.*s", (int)json.len, json.ptr,
        (int)json2.len, json2.ptr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in;
    if (!fuzz_begin(&in, data, size))
        return 0;
    gg_str once, twice, meaning, meant;
    if (gg_wire_to_wire(in.type, in.bytes, &in.options, in.arena, &once, NULL) == GG_OK) {
        LAW(gg_wire_to_wire(in.type, once, &in.options, in.arena, &twice, NULL) == GG_OK && fuzz_same(once, twice),
            "wire to wire, twice");
        LAW(fuzz_peer_reads(in.type->name, in.bytes, in.arena, &meant), "C++ refuses what we accept");
        LAW(fuzz_peer_reads(in.type->name, once, in.arena, &meaning), "C++ refuses what we wrote");
        LAW(meant.ptr == NULL || fuzz_same(meant, meaning), "what we wrote means something else to C++");
        check_json(&in);
    }
    fuzz_end(&in);
    return 0;
}
