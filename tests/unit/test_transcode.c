/* test_transcode.c -- from bytes to bytes by a schema that is loaded at run time (gg/message.h).
 *
 * What single values come to is in test_message_json.c and test_message_wire.c; here are the whole ways,
 * with every option, with every allocation failing, and what cannot be expressed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "descriptor_text.h"
#include "failmalloc.h"
#include "gg/message.h"
#include "proto/well_known.h"
#include "wire_text.h"

static const char schema_text[] =
    "file{ name:'t.proto' package:'t' syntax:'proto3' dependency:'google/protobuf/any.proto'"
    "  dependency:'google/protobuf/timestamp.proto' dependency:'google/protobuf/struct.proto'"
    "  message_type{ name:'M'"
    "    field{ name:'a_number' number:1 label:1 type:5 }"
    "    field{ name:'big' number:2 label:1 type:3 }"
    "    field{ name:'text' number:3 label:1 type:9 }"
    "    field{ name:'e' number:4 label:1 type:14 type_name:'.t.E' }"
    "    field{ name:'m' number:5 label:1 type:11 type_name:'.t.M' }"
    "    field{ name:'list' number:6 label:3 type:11 type_name:'.t.M' }"
    "    field{ name:'map' number:7 label:3 type:11 type_name:'.t.M.MapEntry' }"
    "    field{ name:'at' number:8 label:1 type:11 type_name:'.google.protobuf.Timestamp' }"
    "    field{ name:'any' number:9 label:1 type:11 type_name:'.google.protobuf.Any' }"
    "    field{ name:'value' number:10 label:1 type:11 type_name:'.google.protobuf.Value' }"
    "    field{ name:'numbers' number:11 label:3 type:5 }"
    "    field{ name:'old' number:12 label:1 type:11 type_name:'.t2.Old' }"
    "    nested_type{ name:'MapEntry' field{ name:'key' number:1 label:1 type:9 }"
    "      field{ name:'value' number:2 label:1 type:11 type_name:'.t.M' } options{ map_entry:1 } } }"
    "  enum_type{ name:'E' value{ name:'ZERO' number:0 } value{ name:'ONE' number:1 } }"
    "  dependency:'old.proto' }"
    "file{ name:'old.proto' package:'t2' message_type{ name:'Old'"
    "    field{ name:'text' number:1 label:1 type:9 } field{ name:'n' number:2 label:1 type:5 }"
    "    field{ name:'e' number:3 label:1 type:14 type_name:'.t2.Closed' }"
    "    field{ name:'set' number:4 label:1 type:11 type_name:'.t2.Set' }"
    "    extension_range{ start:100 end:200 } }"
    "  message_type{ name:'Set' options{ message_set:1 } extension_range{ start:4 end:2147483647 } }"
    "  message_type{ name:'InSet' field{ name:'n' number:1 label:1 type:5 }"
    "    extension{ name:'here' extendee:'.t2.Set' number:1000 label:1 type:11 type_name:'.t2.InSet' } }"
    "  extension{ name:'more' extendee:'.t2.Old' number:101 label:1 type:5 }"
    "  extension{ name:'list' extendee:'.t2.Old' number:100 label:3 type:9 }"
    "  extension{ name:'inner' extendee:'.t2.Old' number:150 label:1 type:11 type_name:'.t2.InSet' }"
    "  enum_type{ name:'Closed' value{ name:'SEVEN' number:7 } } }";

static gg_schema *load(void)
{
    gg_buf set = { 0 };
    descriptor_from_text(schema_text, "set", &set);
    gg_schema *schema = gg_schema_load(gg_buf_str(&set), NULL, NULL);
    gg_buf_deinit(&set);
    assert_non_null(schema);
    return schema;
}

/* -- JSON -> wire -> JSON, the options of each direction -- */
static const struct {
    const char *what, *in, *out; /* out NULL: as in */
    gg_codec_options options;
} rows[] = {
    { "nothing", "{}", NULL, { .omit_unset = true } },
    { "unset fields are printed", "{}",
        "{\"aNumber\":0,\"big\":\"0\",\"text\":\"\",\"e\":\"ZERO\",\"m\":null,\"list\":[],\"map\":{},\"at\":null,"
        "\"any\":null,\"value\":null,\"numbers\":[],\"old\":null}",
        { .size = 0 } },
    { "unset fields of proto2 are null", "{\"old\":{}}",
        "{\"aNumber\":0,\"big\":\"0\",\"text\":\"\",\"e\":\"ZERO\",\"m\":null,\"list\":[],\"map\":{},\"at\":null,"
        "\"any\":null,\"value\":null,\"numbers\":[],\"old\":{\"text\":null,\"n\":null,\"e\":null,\"set\":null}}",
        { .size = 0 } },
    { "proto names", "{\"a_number\":1,\"m\":{\"a_number\":2}}", NULL, { .omit_unset = true, .proto_names = true } },
    { "both names are read", "{\"aNumber\":1,\"m\":{\"a_number\":2}}", "{\"aNumber\":1,\"m\":{\"aNumber\":2}}",
        { .omit_unset = true } },
    { "enums as numbers", "{\"e\":1}", NULL, { .omit_unset = true, .enums_as_numbers = true } },
    { "64-bit integers as numbers", "{\"big\":-9223372036854775808}", NULL,
        { .omit_unset = true, .int64_as_numbers = true } },
    { "unknown fields and enums", "{\"x\":{\"y\":[]},\"e\":\"NO\",\"text\":\"a\"}", "{\"text\":\"a\"}",
        { .omit_unset = true } },
    { "unknown enums alone", "{\"e\":\"NO\"}", "{}", { .omit_unset = true, .reject_unknown_fields = true } },
    { "unknown fields alone", "{\"no\":1}", "{}", { .omit_unset = true, .reject_unknown_enums = true } },
    { "pretty",
        "{\n  \"aNumber\": 1,\n  \"list\": [\n    {},\n    {\n      \"text\": \"x\"\n    }\n  ],\n"
        "  \"map\": {\n    \"k\": {\n      \"numbers\": [\n        1,\n        2\n      ]\n    }\n  },\n"
        "  \"any\": {\n    \"@type\": \"t/t.M\",\n    \"aNumber\": 3\n  }\n}",
        NULL, { .omit_unset = true, .pretty = true } },
    { "pretty, forms of their own",
        "{\n  \"any\": {\n    \"@type\": \"t/google.protobuf.Timestamp\",\n    \"value\": \"2026-01-31T12:00:00Z\"\n  },\n"
        "  \"value\": [\n    {},\n    [],\n    {\n      \"a\": null\n    }\n  ]\n}",
        NULL, { .omit_unset = true, .pretty = true } },
    { "extensions, by number behind the fields",
        "{\"old\":{\"[t2.more]\":0,\"[t2.inner]\":{\"n\":1},\"n\":2,\"[t2.list]\":[\"a\",\"b\"]}}",
        "{\"old\":{\"n\":2,\"[t2.list]\":[\"a\",\"b\"],\"[t2.more]\":0,\"[t2.inner]\":{\"n\":1}}}",
        { .omit_unset = true } },
    { "extensions by proto name", "{\"old\":{\"[t2.more]\":5}}", NULL, { .omit_unset = true, .proto_names = true } },
    { "an extension's name without brackets is none", "{\"old\":{\"t2.more\":5}}", "{\"old\":{}}",
        { .omit_unset = true } },
    { "MessageSet", "{\"old\":{\"set\":{\"[t2.InSet.here]\":{\"n\":7}}}}", NULL, { .omit_unset = true } },
    { "any of the schema", "{\"any\":{\"@type\":\"t/t.M\",\"m\":{\"text\":\"x\"},\"big\":\"1\"}}",
        "{\"any\":{\"@type\":\"t/t.M\",\"big\":\"1\",\"m\":{\"text\":\"x\"}}}", { .omit_unset = true } },
    { "any of the schema, type last",
        "{\"any\":{\"any\":{\"text\":\"\\u00e9\",\"@type\":\"t/t2.Old\",\"n\":0},\"@type\":\"t/t.M\"},\"text\":\"behind\"}",
        "{\"text\":\"behind\",\"any\":{\"@type\":\"t/t.M\",\"any\":{\"@type\":\"t/t2.Old\",\"text\":\"\xc3\xa9\",\"n\":0}}}",
        { .omit_unset = true } },
};

static gg_codec_options options_of(size_t i, const gg_schema *schema)
{
    gg_codec_options options = rows[i].options;
    options.size = sizeof options;
    options.schema = schema;
    return options;
}

/* The document there and back; GG_ENOMEM at any point. */
static gg_rc there_and_back(const gg_message_type *type, const char *in, const gg_codec_options *options,
    gg_arena *arena, gg_str *out, gg_decode_error *error)
{
    gg_str wire;
    gg_rc rc = gg_json_to_wire(type, gg_str_from(in), options, arena, &wire, error);
    if (rc == GG_OK)
        rc = gg_wire_to_wire(type, wire, options, arena, &wire, error);
    return rc == GG_OK ? gg_wire_to_json(type, wire, options, arena, out, error) : rc;
}

static void test_rows(void **state)
{
    (void)state;
    gg_schema *schema = load();
    const gg_message_type *type = gg_schema_message(schema, GG_STR("t.M"));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gg_codec_options options = options_of(i, schema);
        const char *want = rows[i].out != NULL ? rows[i].out : rows[i].in;
        for (size_t n = 0;; n++) {
            gg_str out;
            gg_decode_error error;
            gg_fail_after(n);
            gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
            gg_rc rc = arena != NULL ? there_and_back(type, rows[i].in, &options, arena, &out, &error) : GG_ENOMEM;
            bool failed = gg_fail_happened();
            gg_fail_after(SIZE_MAX);
            if (!failed && rc != GG_OK)
                fail_msg("%s: %.*s", rows[i].what, GG_STR_ARG(gg_decode_error_text(&error, arena)));
            if (rc == GG_OK && !gg_str_eq(out, gg_str_from(want)))
                fail_msg("%s: got %.*s", rows[i].what, GG_STR_ARG(out));
            assert_true(rc == GG_OK || rc == GG_ENOMEM);
            gg_arena_unref(arena);
            if (!failed)
                break;
        }
    }
    gg_schema_free(schema);
}

/* -- messages that come in pieces -- */
static const struct {
    const char *what, *wire, *json;
} pieces[] = {
    { "map in two pieces, one key", "2a 09 3a 07 0a 01 6b 12 02 08 01 2a 09 3a 07 0a 01 6b 12 02 08 02",
        "{\"m\":{\"map\":{\"k\":{\"aNumber\":2}}}}" },
    { "map in three pieces, two keys",
        "2a 05 3a 03 0a 01 62 2a 05 3a 03 0a 01 61 08 07 2a 09 3a 07 0a 01 62 12 02 08 01",
        "{\"aNumber\":7,\"m\":{\"map\":{\"b\":{\"aNumber\":1},\"a\":{}}}}" },
    { "extensions, unknown ones too", "62 0a a8 06 05 a2 06 01 61 a0 1f 01",
        "{\"old\":{\"[t2.list]\":[\"a\"],\"[t2.more]\":5}}" },
    { "MessageSet item, number first", "62 0b 22 09 0b 10 e8 07 1a 02 08 07 0c",
        "{\"old\":{\"set\":{\"[t2.InSet.here]\":{\"n\":7}}}}" },
    { "MessageSet item, message first", "62 0b 22 09 0b 1a 02 08 07 10 e8 07 0c",
        "{\"old\":{\"set\":{\"[t2.InSet.here]\":{\"n\":7}}}}" },
    { "MessageSet items merge", "62 14 22 12 0b 10 e8 07 1a 02 08 07 0c 0b 10 e8 07 1a 02 08 08 0c",
        "{\"old\":{\"set\":{\"[t2.InSet.here]\":{\"n\":8}}}}" },
    { "MessageSet item that is not known", "62 0b 22 09 0b 10 e9 07 1a 02 08 07 0c", "{\"old\":{\"set\":{}}}" },
    { "MessageSet with a plain extension", "62 07 22 05 c2 3e 02 08 07",
        "{\"old\":{\"set\":{\"[t2.InSet.here]\":{\"n\":7}}}}" },
    { "lists and messages in pieces", "2a 02 58 01 2a 04 2a 02 08 01 2a 02 58 02 2a 05 2a 03 1a 01 61",
        "{\"m\":{\"m\":{\"aNumber\":1,\"text\":\"a\"},\"numbers\":[1,2]}}" },
};

static void test_pieces(void **state)
{
    (void)state;
    gg_schema *schema = load();
    const gg_message_type *type = gg_schema_message(schema, GG_STR("t.M"));
    gg_codec_options options;
    gg_codec_options_init(&options);
    options.omit_unset = true;
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        char bytes[WIRE_TEXT_MAX];
        gg_str json = { 0 };
        gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        assert_int_equal(gg_wire_to_json(type, wire_from_hex(pieces[i].wire, bytes), &options, arena, &json, NULL),
            GG_OK);
        if (!gg_str_eq(json, gg_str_from(pieces[i].json)))
            fail_msg("%s: got %.*s", pieces[i].what, GG_STR_ARG(json));
        gg_arena_unref(arena);
    }
    gg_schema_free(schema);
}

/* -- what has no JSON -- */
static const struct {
    const char *what, *wire, *path, *expected;
} unprintable[] = {
    { "timestamp out of range", "42 0b 08 80 80 80 80 80 80 80 80 80 01", "at", "a time such as" },
    { "nanoseconds out of range, in a list", "32 00 32 0d 42 0b 10 ff ff ff ff ff ff ff ff ff 01", "list[1].at",
        "a time such as" },
    { "in a map", "3a 12 0a 01 6b 12 0d 42 0b 10 ff ff ff ff ff ff ff ff ff 01", "map[\"k\"].at", "a time such as" },
    { "NaN in a Value", "52 09 11 00 00 00 00 00 00 f8 7f", "value", "a number that is finite" },
    { "infinity in a list in a Value", "52 0d 32 0b 0a 09 11 00 00 00 00 00 00 f0 7f", "value[0]",
        "a number that is finite" },
    { "string of proto2 that is not UTF-8", "62 03 0a 01 ff", "old.text", "a string of valid UTF-8" },
    { "any without a URL", "4a 04 12 02 08 01", "any", "the URL of a type" },
    { "any with a URL that is none", "4a 03 0a 01 78", "any", "the URL of a type" },
    { "any with the bytes of another type", "4a 0a 0a 05 74 2f 74 2e 4d 12 01 80", "any", "the bytes of a t.M" },
    { "inside an any", "4a 18 0a 05 74 2f 74 2e 4d 12 0f 42 0d 08 80 80 80 80 80 80 80 80 80 01 10 01", "any.at",
        "a time such as" },
};

static void test_unprintable(void **state)
{
    (void)state;
    gg_schema *schema = load();
    const gg_message_type *type = gg_schema_message(schema, GG_STR("t.M"));
    gg_codec_options options;
    gg_codec_options_init(&options);
    options.schema = schema;
    for (size_t i = 0; i < sizeof unprintable / sizeof unprintable[0]; i++) {
        char bytes[WIRE_TEXT_MAX];
        gg_str json, wire = wire_from_hex(unprintable[i].wire, bytes);
        gg_decode_error error = { 0 };
        gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        gg_rc rc = gg_wire_to_json(type, wire, &options, arena, &json, &error);
        if (rc != GG_EINVAL || !gg_str_eq(error.path, gg_str_from(unprintable[i].path)) ||
            error.expected.len < strlen(unprintable[i].expected) ||
            memcmp(error.expected.ptr, unprintable[i].expected, strlen(unprintable[i].expected)) != 0)
            fail_msg("%s: got %d: %.*s", unprintable[i].what, (int)rc, GG_STR_ARG(gg_decode_error_text(&error, arena)));
        gg_arena_unref(arena);
    }
    gg_schema_free(schema);
}

/* -- wire to wire -- */
static void test_wire_to_wire(void **state)
{
    static const struct {
        const char *what, *in, *out; /* out NULL: as in */
    } wires[] = {
        { "fields in order, the last value", "10 01 08 01 10 02", "08 01 10 02" },
        { "unknown fields behind", "a0 1f 01 08 01", "08 01 a0 1f 01" },
        { "MessageSet as items", "62 07 22 05 c2 3e 02 08 07", "62 0b 22 09 0b 10 e8 07 1a 02 08 07 0c" },
        { "an item that is not known", "62 0b 22 09 0b 10 e9 07 1a 02 08 07 0c", NULL },
        { "extensions in order of number", "62 08 b2 09 02 08 01 a8 06 05", "62 08 a8 06 05 b2 09 02 08 01" },
    };
    (void)state;
    gg_schema *schema = load();
    const gg_message_type *type = gg_schema_message(schema, GG_STR("t.M"));
    for (size_t i = 0; i < sizeof wires / sizeof wires[0]; i++) {
        char in[WIRE_TEXT_MAX], want[WIRE_TEXT_MAX], hex[3 * WIRE_TEXT_MAX + 1];
        gg_str out = { 0 };
        gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        gg_rc rc = gg_wire_to_wire(type, wire_from_hex(wires[i].in, in), NULL, arena, &out, NULL);
        gg_str wanted = wire_from_hex(wires[i].out != NULL ? wires[i].out : wires[i].in, want);
        if (rc != GG_OK || !gg_str_eq(out, wanted))
            fail_msg("%s: got %d: %s", wires[i].what, (int)rc, wire_to_hex(out, hex));
        gg_arena_unref(arena);
    }
    gg_schema_free(schema);
}

/* -- look-ups -- */
static void test_extension_look_up(void **state)
{
    (void)state;
    gg_schema *schema = load();
    const gg_message_type *extendee = NULL;
    const gg_field *field = gg_schema_extension(schema, GG_STR("t2.InSet.here"), &extendee);
    assert_non_null(field);
    assert_int_equal(field->number, 1000);
    assert_ptr_equal(extendee, gg_schema_message(schema, GG_STR("t2.Set")));
    assert_null(gg_schema_extension(schema, GG_STR("t2.no"), &extendee));
    assert_null(extendee);
    assert_true(gg_schema_memory(schema) > 1000);
    assert_ptr_equal(gg_schema_message(schema, GG_STR("google.protobuf.Duration")),
        gg_wkt_message(GG_STR("google.protobuf.Duration")));
    gg_schema_free(schema);
}

/* -- memory -- */
static const char document[] =
    "{\"aNumber\":7,\"text\":\"a text with \\\"quotes\\\"\",\"list\":[{\"big\":\"5\"},{}],\"map\":{\"a\":{},\"b\":{}},"
    "\"numbers\":[1,2,3,4,5,6,7,8,9]}";

static void test_in_a_buffer(void **state)
{
    (void)state;
    gg_schema *schema = load();
    const gg_message_type *type = gg_schema_message(schema, GG_STR("t.M"));
    char buffer[32768];
    bool worked = false;
    for (size_t len = 0; len < sizeof buffer; len += 97) {
        gg_str out;
        gg_decode_error error;
        gg_fail_after(SIZE_MAX);
        gg_arena *arena = gg_arena_new_in(buffer + len % 7, len);
        if (arena == NULL)
            continue;
        gg_rc rc = there_and_back(type, document, NULL, arena, &out, &error);
        assert_int_equal(gg_fail_count(), 0); /* nothing but the buffer */
        assert_true(rc == GG_OK || (rc == GG_ENOMEM && !worked));
        worked |= rc == GG_OK;
        if (rc == GG_OK)
            assert_true(out.ptr >= buffer && out.ptr + out.len <= buffer + sizeof buffer);
        gg_arena_unref(arena);
    }
    assert_true(worked);
    gg_schema_free(schema);
}

static void test_no_malloc_in_steady_state(void **state)
{
    (void)state;
    gg_schema *schema = load();
    const gg_message_type *type = gg_schema_message(schema, GG_STR("t.M"));
    gg_chunk_pool *pool = gg_chunk_pool_new(1 << 20);
    assert_non_null(pool);
    for (int round = 0; round < 3; round++) {
        gg_str out;
        gg_decode_error error;
        gg_fail_after(SIZE_MAX);
        gg_arena *arena = gg_arena_new(pool, GG_ARENA_LIMIT);
        assert_int_equal(there_and_back(type, document, NULL, arena, &out, &error), GG_OK);
        gg_arena_unref(arena);
        if (round > 0)
            assert_int_equal(gg_fail_count(), 0);
    }
    gg_chunk_pool_free(pool);
    gg_chunk_pool_free(NULL);
    gg_schema_free(schema);
}

/* -- options of a caller that was compiled with an older header -- */
static void test_short_options(void **state)
{
    (void)state;
    gg_schema *schema = load();
    const gg_message_type *type = gg_schema_message(schema, GG_STR("t.M"));
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_codec_options options;
    gg_str json;
    memset(&options, 0xff, sizeof options); /* what follows the part that it knows is not looked at */
    options.size = offsetof(gg_codec_options, proto_names);
    options.omit_unset = true;
    assert_int_equal(gg_wire_to_json(type, GG_STR("\x08\x01"), &options, arena, &json, NULL), GG_OK);
    assert_true(gg_str_eq(json, GG_STR("{\"aNumber\":1}")));
    gg_arena_unref(arena);
    gg_schema_free(schema);
}

/* -- method options -- */
static void test_method_options(void **state)
{
    (void)state;
    const gg_method_type method = { .options = GG_STR_INIT("\x08\x96\x01\x12\x02hi\x12\x00\x1b\x08\x01\x1c") };
    static const struct {
        uint32_t number;
        size_t index;
        bool found;
        gg_str value;
    } options[] = {
        { 1, 0, true, GG_STR_INIT("\x96\x01") },
        { 1, 1, false, { NULL, 0 } },
        { 2, 0, true, GG_STR_INIT("hi") },
        { 2, 1, true, { "", 0 } },
        { 2, 2, false, { NULL, 0 } },
        { 3, 0, true, GG_STR_INIT("\x08\x01") },
        { 4, 0, false, { NULL, 0 } },
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        gg_str value = { 0 };
        assert_int_equal(gg_method_option(&method, options[i].number, options[i].index, &value), options[i].found);
        assert_true(gg_str_eq(value, options[i].value));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_unprintable),
        cmocka_unit_test(test_wire_to_wire),
        cmocka_unit_test(test_extension_look_up),
        cmocka_unit_test(test_in_a_buffer),
        cmocka_unit_test(test_no_malloc_in_steady_state),
        cmocka_unit_test(test_short_options),
        cmocka_unit_test(test_method_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
