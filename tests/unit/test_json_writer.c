/* test_json_writer.c -- what the JSON writer writes, that the reader reads it back, and what it does
 * when memory is out. */
#include "json/json.h"

#include "failmalloc.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

static gg_arena *arena;

static int new_arena(void **state)
{
    (void)state;
    arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    return arena == NULL;
}

static int free_arena(void **state)
{
    (void)state;
    gg_arena_unref(arena);
    return 0;
}

static void check(const gg_json_writer *w, const char *want)
{
    assert_false(w->failed);
    assert_int_equal(w->len, strlen(want));
    assert_memory_equal(w->data, want, w->len);
}

#define U "\xef\xbf\xbd" /* U+FFFD */
// clang-format off
static const struct {
    gg_str text;
    const char *json;
} strings[] = {
    { GG_STR_INIT(""), "\"\"" },
    { GG_STR_INIT("a"), "\"a\"" },
    { GG_STR_INIT("0123456789abcdef0123456789abcdef012345678"), "\"0123456789abcdef0123456789abcdef012345678\"" },
    { GG_STR_INIT("\"\\/"), "\"\\\"\\\\/\"" },
    { GG_STR_INIT("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\"" },
    { GG_STR_INIT("a\0b\x1f\x7f"), "\"a\\u0000b\\u001f\x7f\"" },
    { GG_STR_INIT("<&>\xe2\x80\xa8"), "\"<&>\xe2\x80\xa8\"" },
    { GG_STR_INIT("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"), "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"" },
    { GG_STR_INIT("\xff" "a\xc3"), "\"" U "a" U "\"" },
    { GG_STR_INIT("\xed\xa0\x80"), "\"" U U U "\"" },
    { GG_STR_INIT("\xc0\xaf\xf4\x90\x80\x80"), "\"" U U U U U U "\"" },
};
// clang-format on

static void test_strings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        gg_json_writer w;
        gg_json_writer_init(&w, arena, 0);
        gg_json_write_string(&w, strings[i].text);
        check(&w, strings[i].json);
    }
}

/* Every byte, at every place of a string around the widths in which it is copied. */
static void test_round_trip(void **state)
{
    (void)state;
    for (size_t len = 1; len <= 40; len++)
        for (size_t at = 0; at<len; at += len> 20 ? 3 : 1)
            for (int byte = 0; byte < 0x80; byte++) {
                char text[40];
                memset(text, 'x', sizeof text);
                text[at] = (char)byte;
                gg_json_writer w;
                gg_json_writer_init(&w, arena, 64);
                gg_json_write_string(&w, gg_str_of(text, len));
                gg_json_reader r;
                gg_json_token token;
                gg_json_reader_init(&r, arena, 1);
                gg_json_feed(&r, gg_json_result(&w), true);
                assert_int_equal(gg_json_next(&r, &token), GG_OK);
                assert_true(gg_str_eq(token.text, gg_str_of(text, len)));
                gg_arena_shrink(arena, w.data, w.cap, 0);
            }
}

static void test_numbers(void **state)
{
    (void)state;
    gg_json_writer w;
    gg_json_writer_init(&w, arena, 0);
    gg_json_put(&w, '[');
    gg_json_write_i64(&w, INT64_MIN);
    gg_json_put(&w, ',');
    gg_json_write_u64(&w, UINT64_MAX);
    gg_json_put(&w, ',');
    gg_json_write_double(&w, 0.1);
    gg_json_put(&w, ',');
    gg_json_write_float(&w, 0.1f);
    gg_json_put(&w, ',');
    gg_json_write_double(&w, (double)NAN);
    gg_json_put(&w, ',');
    gg_json_write_double(&w, -(double)INFINITY);
    gg_json_put(&w, ',');
    gg_json_write_float(&w, INFINITY);
    gg_json_write_raw(&w, GG_STR(",true"));
    gg_json_write_raw(&w, GG_STR(""));
    gg_json_write_raw(&w, gg_str_of(NULL, 0));
    gg_json_put(&w, ']');
    check(&w, "[-9223372036854775808,18446744073709551615,0.1,0.1,\"NaN\",\"-Infinity\",\"Infinity\",true]");
}

static void test_base64(void **state)
{
    (void)state;
    gg_json_writer w;
    gg_json_writer_init(&w, arena, 0);
    gg_json_write_base64(&w, GG_STR("\xfb\xff\xfe-"));
    gg_json_put(&w, ',');
    gg_json_write_base64(&w, gg_str_of(NULL, 0));
    check(&w, "\"+//+LQ==\",\"\"");
}

/* Writes more than a chunk, of every kind. */
static void write_much(gg_json_writer *w)
{
    for (int i = 0; i < 200; i++) {
        gg_json_put(w, ',');
        gg_json_write_string(w, GG_STR("a string with \"quotes\" and \xff\n"));
        gg_json_write_base64(w, GG_STR("some bytes"));
        gg_json_write_i64(w, i);
        gg_json_write_double(w, i);
        gg_json_write_raw(w, GG_STR("null"));
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    for (size_t n = 0;; n++) {
        gg_fail_after(n);
        gg_arena *own = gg_arena_new(NULL, GG_ARENA_LIMIT);
        gg_json_writer w = { .failed = true };
        if (own != NULL) {
            gg_json_writer_init(&w, own, 100);
            write_much(&w);
        }
        bool failed = gg_fail_happened();
        gg_fail_after(SIZE_MAX);
        gg_arena_unref(own);
        assert_int_equal(w.failed, failed);
        if (!failed)
            return;
    }
}

static void test_arena_spent(void **state)
{
    (void)state;
    gg_arena *small = gg_arena_new(NULL, 3 * GG_CHUNK_MIN);
    gg_json_writer w;
    gg_json_writer_init(&w, small, 0);
    write_much(&w);
    assert_true(w.failed);
    assert_true(gg_arena_taken(small) <= 3 * GG_CHUNK_MIN);
    gg_arena_unref(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_strings, new_arena, free_arena),
        cmocka_unit_test_setup_teardown(test_round_trip, new_arena, free_arena),
        cmocka_unit_test_setup_teardown(test_numbers, new_arena, free_arena),
        cmocka_unit_test_setup_teardown(test_base64, new_arena, free_arena),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_arena_spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
