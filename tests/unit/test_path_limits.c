/* test_path_limits.c -- paths that are resolved only, long ones, and lists that grow by them. */
#include "proto/message.h"
#include "test/v1/types.gg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

/* A list that grows one by one, and is emptied from the front. */
static void test_growth(void **state)
{
    (void)state;
    enum { COUNT = 200 };
    test_v1_AllTypes message = { 0 };
    const gg_message_type *type = &test_v1_AllTypes_type;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    char path[32], text[32];
    for (int i = 0; i < COUNT; i++) {
        snprintf(path, sizeof path, "points[%d].x", i);
        snprintf(text, sizeof text, "%d", i);
        assert_int_equal(gg_message_set_text(type, &message, gg_str_from(path), gg_str_from(text), arena, NULL), GG_OK);
    }
    assert_int_equal(message.points_count, COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(message.points[0].x, i);
        assert_int_equal(gg_message_clear(type, &message, GG_STR("points[0]"), arena, NULL), GG_OK);
    }
    assert_int_equal(message.points_count, 0);
    gg_arena_unref(arena);
}

static void test_resolve(void **state)
{
    (void)state;
    enum { CAP = 3 };
    static const struct {
        const char *path;
        gg_rc rc;
        size_t count;
    } rows[] = {
        { "int32_value", GG_OK, 1 },
        { "int32Value", GG_OK, 1 },
        { "self.self.points", GG_OK, 3 },
        { "self.by_string", GG_OK, 2 },
        { "self.self.self.point", GG_ETOOBIG, 3 },
        { "", GG_ENOTFOUND, 0 },
        { "self.nope", GG_ENOTFOUND, 1 },
        { "self.", GG_ENOTFOUND, 1 },
        { "points.x", GG_EINVAL, 1 },
        { "by_uint64.x", GG_EINVAL, 1 },
        { "int32_value.x", GG_EINVAL, 1 },
        { "points[0]", GG_ENOTFOUND, 0 },
        { "self.anotherName", GG_OK, 2 },
        { "[test.v1.nope].x", GG_ENOTFOUND, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const gg_field *fields[CAP];
        size_t count;
        gg_rc rc = gg_path_resolve(&test_v1_AllTypes_type, gg_str_from(rows[i].path), fields, CAP, &count, NULL, NULL);
        if (rc != rows[i].rc || count != rows[i].count)
            fail_msg("%s: got %d, %zu", rows[i].path, (int)rc, count);
    }
}

/* The highest number of names, and one more. */
static void test_names(void **state)
{
    (void)state;
    test_v1_AllTypes message = { 0 };
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    char path[5 * (GG_PATH_NAMES + 1) + 1] = "";
    for (size_t i = 1; i < GG_PATH_NAMES; i++)
        strcat(path, "self.");
    strcat(path, "self");
    gg_value value;
    assert_int_equal(gg_message_get(&test_v1_AllTypes_type, &message, gg_str_from(path), &value, arena, NULL), GG_OK);
    strcat(path, ".self");
    gg_rc rc = gg_message_get(&test_v1_AllTypes_type, &message, gg_str_from(path), &value, arena, NULL);
    assert_int_equal(rc, GG_ETOOBIG);
    gg_arena_unref(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_resolve),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
