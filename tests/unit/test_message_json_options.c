/* test_message_json_options.c -- what the options of the JSON codec change, and messages that have no JSON. */
#include "proto/message.h"
#include "sample_types.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

static void check_json(const char *what, const gg_message_type *type, const void *message, gg_codec_options options,
    gg_rc want_rc, const char *want)
{
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_json_writer w;
    gg_json_writer_init(&w, arena, 16);
    gg_rc rc = gg_message_print(type, message, &options, &w, NULL);
    if (rc != want_rc || (rc == GG_OK && !gg_str_eq(gg_json_result(&w), gg_str_from(want))))
        fail_msg("%s: got %d: %.*s", what, rc, GG_STR_ARG(gg_json_result(&w)));
    gg_arena_unref(arena);
}

static void test_unset_is_printed(void **state)
{
    (void)state;
    sample_Everything message = { 0 };
    check_json("all unset", &sample_Everything_type, &message, GG_CODEC_OPTIONS(.omit_unset = false), GG_OK,
        "{\"fDouble\":0,\"fFloat\":0,\"fInt64\":\"0\",\"fUint64\":\"0\",\"fInt32\":0,\"fFixed64\":\"0\",\"fFixed32\":0,"
        "\"fBool\":false,\"fString\":\"\",\"fBytes\":\"\",\"fUint32\":0,\"fSfixed32\":0,\"fSfixed64\":\"0\",\"fSint32\":0,"
        "\"fSint64\":\"0\",\"fColor\":\"COLOR_RED\",\"fInner\":null,\"rInt32\":[],\"rSint64\":[],\"rDouble\":[],\"rFixed32\":[],"
        "\"rBool\":[],\"rString\":[],\"rBytes\":[],\"rColor\":[],\"rInner\":[],\"mString\":{},\"mInt64\":{},\"mBool\":{},"
        "\"mUint32\":{},\"mMode\":{},\"at\":null,\"lasts\":null,\"mask\":null,\"wInt64\":null,\"wString\":null,"
        "\"anyStruct\":null,\"anyValue\":null,\"anyList\":null,\"any\":null,\"empty\":null,\"legacy\":null,"
        "\"fMode\":\"MODE_OFF\",\"rMode\":[],\"rAt\":[],\"rValue\":[],\"odd\\\"name\":0,\"lastOne\":\"\"}");
    check_json("status", &gg_google_rpc_Status_type,
        &(google_rpc_Status){ .code = GG_STATUS_NOT_FOUND, .message = GG_STR("Not Found") },
        GG_CODEC_OPTIONS(.omit_unset = false), GG_OK, "{\"code\":5,\"message\":\"Not Found\",\"details\":[]}");
}

static void test_output_options(void **state)
{
    (void)state;
    int64_t numbers[] = { -1, INT64_MAX };
    sample_Everything message = { .f_int64 = 5, .f_color = 5, .r_sint64 = numbers, .r_sint64_count = 2 };
    check_json("proto names", &sample_Everything_type, &message,
        GG_CODEC_OPTIONS(.omit_unset = true, .proto_names = true), GG_OK,
        "{\"f_int64\":\"5\",\"f_color\":\"COLOR_BLUE\",\"r_sint64\":[\"-1\",\"9223372036854775807\"]}");
    check_json("numbers", &sample_Everything_type, &message,
        GG_CODEC_OPTIONS(.omit_unset = true, .enums_as_numbers = true, .int64_as_numbers = true), GG_OK,
        "{\"fInt64\":5,\"fColor\":5,\"rSint64\":[-1,9223372036854775807]}");
}

static void test_values_without_json(void **state)
{
    (void)state;
    static gg_str bad_paths[] = { GG_STR_INIT(""), GG_STR_INIT("k?"), GG_STR_INIT("a b"), GG_STR_INIT("\xc3\xa9"),
        GG_STR_INIT("a_1"), GG_STR_INIT("fooBar"), GG_STR_INIT("a_"), GG_STR_INIT("a\"b") };
    gg_codec_options none = { .size = sizeof none };
    sample_Inner ring = { .id = 1 };
    ring.child = &ring;
    check_json("ring", &sample_Inner_type, &ring, none, GG_ETOOBIG, "");
    check_json("time", &gg_google_protobuf_Timestamp_type, &(google_protobuf_Timestamp){ 253402300800, 0 }, none,
        GG_EINVAL, "");
    check_json("nanos", &gg_google_protobuf_Timestamp_type, &(google_protobuf_Timestamp){ 0, -1 }, none, GG_EINVAL, "");
    check_json("signs", &gg_google_protobuf_Duration_type, &(google_protobuf_Duration){ 1, -1 }, none, GG_EINVAL, "");
    check_json("NaN", &gg_google_protobuf_Value_type,
        &(google_protobuf_Value){ .kind_case = 2, .number_value = 0.0 / 0.0 }, none, GG_EINVAL, "");
    for (size_t i = 0; i < sizeof bad_paths / sizeof bad_paths[0]; i++)
        check_json("path", &gg_google_protobuf_FieldMask_type, &(google_protobuf_FieldMask){ &bad_paths[i], 1 }, none,
            GG_EINVAL, "");
    check_json("value of nothing", &gg_google_protobuf_Value_type, &(google_protobuf_Value){ 0 }, none, GG_OK, "null");
    sample_Everything_MInt64Entry entry = { .key = 1 };
    check_json("map value NULL", &sample_Everything_type, &(sample_Everything){ .m_int64 = &entry, .m_int64_count = 1 },
        GG_CODEC_OPTIONS(.omit_unset = true), GG_OK, "{\"mInt64\":{\"1\":{}}}");
}

static void test_reject_unknown(void **state)
{
    (void)state;
    static const struct {
        const char *in, *error;
    } rows[] = {
        { "{\"fInner\":{\"x\":1}}", "line 1, column 12: fInner: expected a field of sample.v1.Inner, found \"x\"" },
        { "{\"fColor\":\"PINK\"}",
            "line 1, column 11: fColor: expected a name or number of sample.v1.Color, found \"PINK\"" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        gg_codec_options options = { .size = sizeof options,
            .reject_unknown_fields = true,
            .reject_unknown_enums = true };
        gg_decode_error error;
        sample_Everything message = { 0 };
        gg_rc rc = gg_field_from_json(&sample_Everything_type, &message, NULL, gg_str_from(rows[i].in), &options, arena,
            &error);
        assert_int_equal(rc, GG_EPROTO);
        assert_string_equal(gg_decode_error_text(&error, arena).ptr, rows[i].error);
        gg_arena_unref(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unset_is_printed),
        cmocka_unit_test(test_output_options),
        cmocka_unit_test(test_values_without_json),
        cmocka_unit_test(test_reject_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
