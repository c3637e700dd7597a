/* test_field_text.c -- fields from the text of path variables and query parameters.
 *
 * Each row sets one field or map entry of an Everything, with every allocation failing once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "failmalloc.h"
#include "proto/message.h"
#include "sample_types.h"

enum { PATH_MAX_FIELDS = 4, TEXT_MAX = 512 };

/* json: the message afterwards; NULL: it fails with rc, and expected begins with the text. */
static const struct {
    const char *path, *key, *text; /* key NULL: no map */
    const char *json;
    gg_rc rc;
    const char *expected;
} rows[] = {
    { "f_string", NULL, "a b", "{\"fString\":\"a b\"}", GG_OK, NULL },
    { "f_string", NULL, "", "{}", GG_OK, NULL },
    { "f_string", NULL, "a\xff", NULL, GG_EPROTO, "a string of valid UTF-8" },
    { "f_int32", NULL, "-7", "{\"fInt32\":-7}", GG_OK, NULL },
    { "f_int32", NULL, "+7", "{\"fInt32\":7}", GG_OK, NULL },
    { "f_int32", NULL, "010", "{\"fInt32\":10}", GG_OK, NULL },
    { "f_int32", NULL, "0x10", NULL, GG_EPROTO, "an integer between -2147483648 and 2147483647" },
    { "f_int32", NULL, "1.0", NULL, GG_EPROTO, "an integer" },
    { "f_int32", NULL, "2147483648", NULL, GG_EPROTO, "an integer" },
    { "f_int32", NULL, "", NULL, GG_EPROTO, "an integer" },
    { "f_uint64", NULL, "18446744073709551615", "{\"fUint64\":\"18446744073709551615\"}", GG_OK, NULL },
    { "f_uint64", NULL, "-1", NULL, GG_EPROTO, "an integer between 0" },
    { "f_int64", NULL, "-9223372036854775808", "{\"fInt64\":\"-9223372036854775808\"}", GG_OK, NULL },
    { "f_int64", NULL, "9223372036854775808", NULL, GG_EPROTO, "an integer" },
    { "f_double", NULL, "1.5e3", "{\"fDouble\":1500}", GG_OK, NULL },
    { "f_double", NULL, "inf", "{\"fDouble\":\"Infinity\"}", GG_OK, NULL },
    { "f_float", NULL, "-INFINITY", "{\"fFloat\":\"-Infinity\"}", GG_OK, NULL },
    { "f_double", NULL, "nan", "{\"fDouble\":\"NaN\"}", GG_OK, NULL },
    { "f_double", NULL, "x", NULL, GG_EPROTO, "a number" },
    { "f_bool", NULL, "true", "{\"fBool\":true}", GG_OK, NULL },
    { "f_bool", NULL, "T", "{\"fBool\":true}", GG_OK, NULL },
    { "f_bool", NULL, "0", "{}", GG_OK, NULL },
    { "f_bool", NULL, "yes", NULL, GG_EPROTO, "true or false" },
    { "f_bool", NULL, "", NULL, GG_EPROTO, "true or false" },
    { "f_bytes", NULL, "-_8", "{\"fBytes\":\"+/8=\"}", GG_OK, NULL },
    { "f_bytes", NULL, "", "{}", GG_OK, NULL },
    { "f_bytes", NULL, "*", NULL, GG_EPROTO, "a string in base64" },
    { "f_color", NULL, "COLOR_BLUE", "{\"fColor\":\"COLOR_BLUE\"}", GG_OK, NULL },
    { "f_color", NULL, "-1", "{\"fColor\":\"COLOR_NONE\"}", GG_OK, NULL },
    { "f_color", NULL, "77", NULL, GG_EPROTO, "a name or number of the enum" },
    { "f_color", NULL, "color_blue", NULL, GG_EPROTO, "a name or number of the enum" },
    { "o_int32", NULL, "0", "{\"oInt32\":0}", GG_OK, NULL },
    { "c_int32", NULL, "0", "{\"cInt32\":0}", GG_OK, NULL },
    { "r_int32", NULL, "5", "{\"rInt32\":[5]}", GG_OK, NULL },
    { "r_int32", NULL, "5,6", NULL, GG_EPROTO, "an integer" },
    { "r_string", NULL, "a,b", "{\"rString\":[\"a,b\"]}", GG_OK, NULL },
    { "r_at", NULL, "2026-01-31T12:00:00Z", "{\"rAt\":[\"2026-01-31T12:00:00Z\"]}", GG_OK, NULL },
    { "r_inner", NULL, "x", NULL, GG_EPROTO, "the name of one of the message's fields" },
    { "f_inner.child.id", NULL, "3", "{\"fInner\":{\"child\":{\"id\":3}}}", GG_OK, NULL },
    { "f_inner", NULL, "x", NULL, GG_EPROTO, "the name of one of the message's fields" },
    { "c_inner.id", NULL, "3", "{\"cInner\":{\"id\":3}}", GG_OK, NULL },
    { "at", NULL, "2026-01-31T12:00:00.5+01:00", "{\"at\":\"2026-01-31T11:00:00.500Z\"}", GG_OK, NULL },
    { "at", NULL, "today", NULL, GG_EPROTO, "a time such as" },
    { "lasts", NULL, "1.5s", "{\"lasts\":\"1.500s\"}", GG_OK, NULL },
    { "lasts", NULL, "1h30m", "{\"lasts\":\"5400s\"}", GG_OK, NULL },
    { "lasts", NULL, "-1.5h", "{\"lasts\":\"-5400s\"}", GG_OK, NULL },
    { "lasts", NULL, "13h0m0s", "{\"lasts\":\"46800s\"}", GG_OK, NULL },
    { "lasts", NULL, "1m2.5s3ms4us5ns", "{\"lasts\":\"62.503004005s\"}", GG_OK, NULL },
    { "lasts", NULL, "1\xc2\xb5s", "{\"lasts\":\"0.000001s\"}", GG_OK, NULL },
    { "lasts", NULL, ".5s", "{\"lasts\":\"0.500s\"}", GG_OK, NULL },
    { "lasts", NULL, "0", "{\"lasts\":\"0s\"}", GG_OK, NULL },
    { "lasts", NULL, "5", NULL, GG_EPROTO, "a duration such as" },
    { "lasts", NULL, "", NULL, GG_EPROTO, "a duration such as" },
    { "lasts", NULL, "1d", NULL, GG_EPROTO, "a duration such as" },
    { "lasts", NULL, "9999999999h", NULL, GG_EPROTO, "a duration such as" },
    { "mask", NULL, "a,b_c.d", "{\"mask\":\"a,bC.d\"}", GG_OK, NULL },
    { "mask.paths", NULL, "b_c", "{\"mask\":\"bC\"}", GG_OK, NULL },
    { "w_int64", NULL, "5", "{\"wInt64\":\"5\"}", GG_OK, NULL },
    { "w_int64", NULL, "x", NULL, GG_EPROTO, "an integer" },
    { "w_string", NULL, "", "{\"wString\":\"\"}", GG_OK, NULL },
    { "any_struct", NULL, "{\"a\":[1]}", "{\"anyStruct\":{\"a\":[1]}}", GG_OK, NULL },
    { "any_value", NULL, "\"x\"", "{\"anyValue\":\"x\"}", GG_OK, NULL },
    { "any_value", NULL, "x", NULL, GG_EPROTO, "JSON" },
    { "any", NULL, "x", NULL, GG_EPROTO, "the name of one of the message's fields" },
    { "empty", NULL, "x", NULL, GG_EPROTO, "the name of one of the message's fields" },
    { "m_string", NULL, "5", NULL, GG_EPROTO, "a key in brackets" },
    { "m_string", "a.b", "5", "{\"mString\":{\"a.b\":5}}", GG_OK, NULL },
    { "m_string", "", "5", "{\"mString\":{\"\":5}}", GG_OK, NULL },
    { "m_string", "a", "x", NULL, GG_EPROTO, "an integer" },
    { "m_string", "\xff", "1", NULL, GG_EPROTO, "a string of valid UTF-8" },
    { "m_bool", "true", "COLOR_BLUE", "{\"mBool\":{\"true\":\"COLOR_BLUE\"}}", GG_OK, NULL },
    { "m_bool", "x", "COLOR_BLUE", NULL, GG_EPROTO, "true or false" },
    { "m_uint32", "7", "x", "{\"mUint32\":{\"7\":\"x\"}}", GG_OK, NULL },
    { "m_int64", "7", "x", NULL, GG_EPROTO, "the name of one of the message's fields" },
    { "f_int32", "7", "x", NULL, GG_EPROTO, "the name of a map" },
};

/* "a.b.c" to the fields; their number. */
static size_t find_path(const char *path, const gg_field *fields[PATH_MAX_FIELDS])
{
    const gg_message_type *type = &sample_Everything_type;
    size_t count = 0;
    for (const char *dot = path; dot != NULL && count < PATH_MAX_FIELDS; path = dot + 1) {
        dot = strchr(path, '.');
        gg_str name = gg_str_of(path, dot != NULL ? (size_t)(dot - path) : strlen(path));
        fields[count] = gg_field_by_name(type, name);
        assert_non_null(fields[count]);
        type = fields[count++]->message;
        if (dot == NULL)
            break;
    }
    return count;
}

static gg_rc set(const char *path, const char *key, const char *text, void *message, gg_arena *arena,
    const char **expected)
{
    const gg_field *fields[PATH_MAX_FIELDS];
    size_t count = find_path(path, fields);
    if (key == NULL)
        return gg_field_set_text(fields, count, message, gg_str_from(text), arena, expected);
    return gg_map_set_text(fields, count, message, gg_str_from(key), gg_str_from(text), arena, expected);
}

/* The message as JSON without what is unset, in text. */
static gg_rc print(const void *message, gg_arena *arena, char text[TEXT_MAX])
{
    gg_codec_options options = { .size = sizeof options, .omit_unset = true };
    gg_json_writer w;
    gg_json_writer_init(&w, arena, 64);
    gg_rc rc = gg_message_print(&sample_Everything_type, message, &options, &w, NULL);
    snprintf(text, TEXT_MAX, "%.*s", GG_STR_ARG(gg_json_result(&w)));
    return rc;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t n = 0;; n++) {
            char text[TEXT_MAX] = "";
            const char *expected = NULL;
            sample_Everything message = { 0 };
            gg_fail_after(n);
            gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
            gg_rc rc =
                arena != NULL ? set(rows[i].path, rows[i].key, rows[i].text, &message, arena, &expected) : GG_ENOMEM;
            if (rc == GG_OK)
                rc = print(&message, arena, text);
            bool spent = rc == GG_ENOMEM && gg_fail_happened();
            if (rc != rows[i].rc && !spent)
                fail_msg("%s=%s: got %d", rows[i].path, rows[i].text, rc);
            if (rc == GG_OK && strcmp(text, rows[i].json) != 0)
                fail_msg("%s=%s: got %s", rows[i].path, rows[i].text, text);
            if (rc == GG_EPROTO && strncmp(expected, rows[i].expected, strlen(rows[i].expected)) != 0)
                fail_msg("%s=%s: expected %s", rows[i].path, rows[i].text, expected);
            if (arena != NULL)
                gg_arena_unref(arena);
            if (!gg_fail_happened())
                break;
        }
        gg_fail_after(SIZE_MAX);
    }
}

/* Several parameters, one after the other. */
static void test_together(void **state)
{
    (void)state;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    sample_Everything message = { 0 };
    const char *expected;
    char text[TEXT_MAX];
    assert_int_equal(set("f_int32", NULL, "1", &message, arena, &expected), GG_OK);
    assert_int_equal(set("f_int32", NULL, "2", &message, arena, &expected), GG_OK); /* the last one stays */
    assert_int_equal(set("f_int32", NULL, "x", &message, arena, &expected), GG_EPROTO);
    assert_int_equal(set("r_string", NULL, "a", &message, arena, &expected), GG_OK);
    assert_int_equal(set("r_string", NULL, "b", &message, arena, &expected), GG_OK);
    assert_int_equal(set("f_inner.id", NULL, "3", &message, arena, &expected), GG_OK);
    assert_int_equal(set("f_inner.label", NULL, "c", &message, arena, &expected), GG_OK);
    assert_int_equal(set("m_string", "k", "1", &message, arena, &expected), GG_OK);
    assert_int_equal(set("m_string", "l", "2", &message, arena, &expected), GG_OK);
    assert_int_equal(set("m_string", "k", "3", &message, arena, &expected), GG_EPROTO);
    assert_string_equal(expected, "one value for each key of a map");
    assert_int_equal(set("c_inner.id", NULL, "4", &message, arena, &expected), GG_OK);
    assert_int_equal(set("c_inner.label", NULL, "d", &message, arena, &expected), GG_OK);
    assert_int_equal(set("c_string", NULL, "e", &message, arena, &expected), GG_EINVAL);
    assert_int_equal(print(&message, arena, text), GG_OK);
    assert_string_equal(text,
        "{\"fInt32\":2,\"fInner\":{\"id\":3,\"label\":\"c\"},\"rString\":[\"a\",\"b\"],"
        "\"mString\":{\"k\":1,\"l\":2},\"cInner\":{\"id\":4,\"label\":\"d\"}}");
    gg_arena_unref(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows), cmocka_unit_test(test_together) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
