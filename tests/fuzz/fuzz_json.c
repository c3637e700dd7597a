/* fuzz_json.c -- JSON in.  Laws:
 *
 *   - What is accepted is JSON to a second parser, jansson.
 *   - The wire that we made of it is read by Google's C++ implementation.
 *   - JSON -> wire -> JSON -> wire gives the same wire; with unset fields printed, from the second time on: the null of an
 *     unset Value is read as one.
 *   - As a google.protobuf.Value, what we print again has the same value to jansson as the input. */
#include <jansson.h>
#include <math.h>

#include "fuzz.h"
#include "gg/wkt.h"

enum { FLAGS = JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL };

/* NULL also where jansson has a limit of its own: *limit. */
static json_t *second_parse(gg_str text, bool *limit)
{
    json_error_t error;
    json_t *value = json_loadb(text.ptr, text.len, FLAGS, &error);
    *limit = value == NULL &&
        (json_error_code(&error) == json_error_numeric_overflow ||
            json_error_code(&error) == json_error_null_byte_in_key);
    return value;
}

static void check_syntax(gg_str text)
{
    bool limit;
    json_t *value = second_parse(text, &limit);
    LAW(value != NULL || limit, "jansson refuses what we accept");
    json_decref(value);
}

/* False if there is no JSON of it. */
static bool print_and_read(const fuzz_input *in, gg_str wire, gg_str *json, gg_str *again)
{
    if (gg_wire_to_json(in->type, wire, &in->options, in->arena, json, NULL) != GG_OK)
        return false;
    LAW(gg_json_to_wire(in->type, *json, &in->options, in->arena, again, NULL) == GG_OK,
        "we do not read what we wrote: %.*s", (int)json->len, json->ptr);
    return true;
}

static void check_wire(const fuzz_input *in)
{
    gg_str wire, meaning, json, once, twice;
    if (gg_json_to_wire(in->type, in->bytes, &in->options, in->arena, &wire, NULL) != GG_OK)
        return;
    check_syntax(in->bytes);
    LAW(fuzz_peer_reads(in->type->name, wire, in->arena, &meaning), "C++ refuses what we wrote");
    if (!print_and_read(in, wire, &json, &once))
        return; /* bytes in an Any of a type that is not known may be anything */
    check_syntax(json);
    LAW(!in->options.omit_unset || fuzz_same(wire, once), "another message: %.*s", (int)json.len, json.ptr);
    LAW(print_and_read(in, once, &json, &twice) && fuzz_same(once, twice), "no fixed point: %.*s", (int)json.len,
        json.ptr);
}

static void check_value(const fuzz_input *in)
{
    google_protobuf_Value value = { 0 };
    gg_str json;
    const gg_message_type *type = &gg_google_protobuf_Value_type;
    if (gg_message_from_json(type, &value, in->bytes, &in->options, in->arena, NULL) != GG_OK)
        return;
    LAW(gg_message_to_json(type, &value, &in->options, in->arena, &json, NULL) == GG_OK, "a Value without JSON");
    bool limit;
    json_t *first = second_parse(in->bytes, &limit), *second = NULL;
    LAW(first != NULL || limit, "jansson refuses a Value that we accept");
    if (first != NULL) {
        second = second_parse(json, &limit);
        LAW(second != NULL && json_equal(first, second), "another value: %.*s", (int)json.len, json.ptr);
    }
    json_decref(first);
    json_decref(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in;
    if (!fuzz_begin(&in, data, size))
        return 0;
    check_wire(&in);
    check_value(&in);
    fuzz_end(&in);
    return 0;
}
