/* test_tree.c -- JSON documents put together out of order: what is written, each cut and with every allocation failing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "failmalloc.h"
#include "openapi/tree.h"

/* -- text in, text out -- */
/* clang-format off */
static const struct { const char *what; gg_str in; const char *out; } rows[] = {
    { "a text", GG_STR_INIT("\"a\""), "\"a\"\n" },
    { "bare values", GG_STR_INIT("[1.50,true,false,null,-0]"), "[\n  1.50,\n  true,\n  false,\n  null,\n  -0\n]\n" },
    { "nothing in it", GG_STR_INIT("{\"a\":{},\"b\":[]}"), "{\n  \"a\": {},\n  \"b\": []\n}\n" },
    { "in each other", GG_STR_INIT("[[[\"a\"],{\"b\":[1]}],2]"),
      "[\n  [\n    [\n      \"a\"\n    ],\n    {\n      \"b\": [\n        1\n      ]\n    }\n  ],\n  2\n]\n" },
    { "the second of a name", GG_STR_INIT("{\"a\":1,\"b\":2,\"a\":3}"), "{\n  \"a\": 3,\n  \"b\": 2\n}\n" },
    { "escapes", GG_STR_INIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\""), "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"\n" },
    { "safe in HTML", GG_STR_INIT("\"<a&b>\""), "\"\\u003ca\\u0026b\\u003e\"\n" },
    { "line ends of JavaScript", GG_STR_INIT("\"\\u2027\\u2028\\u2029\""), "\"\xe2\x80\xa7\\u2028\\u2029\"\n" },
    { "of one to four bytes", GG_STR_INIT("{\"\xc3\xa9\":\"\xe2\x82\xac\xf0\x9f\x98\x80\"}"), "{\n  \"\xc3\xa9\": \"\xe2\x82\xac\xf0\x9f\x98\x80\"\n}\n" },
    { "two values", GG_STR_INIT("1 2"), NULL },
    { "no value", GG_STR_INIT(""), NULL },
    { "an open object", GG_STR_INIT("{\"a\":1"), NULL },
};
/* clang-format on */

/* What is made of the text; false if it is no JSON. */
static bool convert(gg_str in, gg_buf *out, bool *starved)
{
    gg_tree_maker make = { gg_arena_new(NULL, GG_ARENA_LIMIT), false };
    *starved = make.arena == NULL;
    if (*starved)
        return false;
    const gg_tree *tree = gg_tree_from_json(&make, in, false);
    *starved = make.failed || (tree != NULL && gg_tree_write(tree, out) == GG_ENOMEM);
    gg_arena_unref(make.arena);
    return tree != NULL;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gg_buf out = { 0 };
        bool starved, json = convert(rows[i].in, &out, &starved);
        if (starved || json != (rows[i].out != NULL) ||
            (json && !gg_str_eq(gg_buf_str(&out), gg_str_from(rows[i].out))))
            fail_msg("%s: %.*s", rows[i].what, GG_STR_ARG(gg_buf_str(&out)));
        gg_buf_deinit(&out);
        for (size_t cut = 0; cut < rows[i].in.len; cut++) { /* it may be JSON, of another value */
            convert(gg_str_of(rows[i].in.ptr, cut), &out, &starved);
            assert_false(starved);
            gg_buf_deinit(&out);
            out = (gg_buf){ 0 };
        }
    }
}

static void test_starved(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool happened = true;
        for (size_t n = 0; happened; n++) {
            gg_buf out = { 0 };
            bool starved;
            gg_fail_after(n);
            convert(rows[i].in, &out, &starved);
            happened = gg_fail_happened();
            gg_fail_after(SIZE_MAX);
            gg_buf_deinit(&out);
            assert_int_equal(starved, happened);
        }
    }
}

/* Text that is not UTF-8 comes from comments; the reader lets none through. */
static void test_not_utf8(void **state)
{
    (void)state;
    gg_tree_maker make = { gg_arena_new(NULL, GG_ARENA_LIMIT), false };
    gg_buf out = { 0 };
    assert_int_equal(gg_tree_write(gg_tree_text(&make, GG_STR("a\xff\xe2\x82z\xc3")), &out), GG_OK);
    assert_true(gg_str_eq(gg_buf_str(&out), GG_STR("\"a\\ufffd\\ufffd\\ufffdz\\ufffd\"\n")));
    gg_buf_deinit(&out);
    gg_arena_unref(make.arena);
}

static void test_order(void **state)
{
    (void)state;
    gg_tree_maker make = { gg_arena_new(NULL, GG_ARENA_LIMIT), false }, *m = &make;
    gg_tree *object = gg_tree_new(m, GG_TREE_OBJECT);
    gg_tree_put_named(object, GG_STR("x-b"), gg_tree_bare(m, GG_STR("1")), true);
    gg_tree_put_text(m, object, GG_KEY_INFO_VERSION, GG_STR("1"));
    gg_tree_put_text(m, object, GG_KEY_INFO_TITLE, GG_STR("old"));
    gg_tree_put_named(object, GG_STR("x-a"), gg_tree_bare(m, GG_STR("2")), true);
    gg_tree_put_named(object, GG_STR("x-ab"), gg_tree_number(m, 2.5), true);
    gg_tree_put_named(object, GG_STR("x-b"), gg_tree_bare(m, GG_STR("3")), true);
    gg_tree_put_text(m, object, GG_KEY_INFO_TITLE, GG_STR("new"));
    gg_tree_put_text(m, object, GG_KEY_INFO_DESCRIPTION, GG_STR(""));
    gg_tree_put_flag(m, object, GG_KEY_INFO_LICENSE, false);
    gg_buf out = { 0 };
    assert_int_equal(gg_tree_write(object, &out), GG_OK);
    static const char want[] =
        "{\n  \"title\": \"new\",\n  \"version\": \"1\",\n  \"x-a\": 2,\n  \"x-ab\": 2.5,\n  \"x-b\": 3\n}\n";
    assert_int_equal(out.len, sizeof want - 1);
    assert_memory_equal(gg_buf_str(&out).ptr, want, out.len);
    gg_buf_deinit(&out);
    assert_true(gg_str_eq(gg_tree_get_text(object, GG_KEY_INFO_TITLE), GG_STR("new")));
    assert_null(gg_tree_get(object, GG_KEY_INFO_LICENSE));
    assert_non_null(gg_tree_find(object, GG_STR("x-ab")));
    assert_null(gg_tree_find(object, GG_STR("x-")));
    assert_non_null(gg_tree_take(object, GG_KEY_INFO_VERSION));
    assert_null(gg_tree_take(object, GG_KEY_INFO_VERSION));
    gg_arena_unref(make.arena);
}

static void test_depth(void **state)
{
    (void)state;
    for (size_t depth = GG_TREE_DEPTH - 1; depth <= GG_TREE_DEPTH + 1; depth++) {
        gg_tree_maker make = { gg_arena_new(NULL, GG_ARENA_LIMIT), false };
        gg_tree *tree = gg_tree_text(&make, GG_STR("deep"));
        char json[2 * GG_TREE_DEPTH + 8];
        size_t len = 0;
        for (size_t i = 0; i < depth; i++) {
            gg_tree *outer = gg_tree_new(&make, GG_TREE_ARRAY);
            gg_tree_add(outer, tree);
            tree = outer;
            json[i] = '[';
            json[2 * depth - 1 - i] = ']';
            len += 2;
        }
        gg_buf out = { 0 };
        assert_int_equal(gg_tree_write(tree, &out), depth <= GG_TREE_DEPTH ? GG_OK : GG_ETOOBIG);
        gg_buf_deinit(&out);
        assert_int_equal(gg_tree_from_json(&make, gg_str_of(json, len), false) != NULL, depth <= GG_TREE_DEPTH);
        assert_false(make.failed);
        gg_arena_unref(make.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_starved),
        cmocka_unit_test(test_not_utf8),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
