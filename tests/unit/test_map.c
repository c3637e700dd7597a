/* test_map.c -- names to pointers, many of them, and with every allocation failing. */
#include "base/map.h"

#include "failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

enum { NAMES = 5000, NAME_LEN = 40 };

/* Names of every length from 1 up, that differ in one place only. */
static size_t name(char *out, size_t i)
{
    int len = snprintf(out, NAME_LEN, "%.*s%zu", (int)(i % 20), "example.v1.PingService", i);
    return (size_t)len;
}

static void test_many(void **state)
{
    (void)state;
    static char names[NAMES][NAME_LEN];
    gg_map map = { 0 };
    assert_null(gg_map_get(&map, GG_STR("x")));
    for (size_t i = 0; i < NAMES; i++) {
        gg_str key = gg_str_of(names[i], name(names[i], i));
        assert_null(gg_map_get(&map, key));
        assert_int_equal(gg_map_put(&map, key, &names[i]), GG_OK);
        assert_int_equal(gg_map_put(&map, key, &names[0]), GG_EINVAL);
    }
    assert_int_equal(map.count, NAMES);
    for (size_t i = 0; i < NAMES; i++) {
        char copy[NAME_LEN];
        assert_ptr_equal(gg_map_get(&map, gg_str_of(copy, name(copy, i))), &names[i]);
    }
    assert_null(gg_map_get(&map, GG_STR("example")));
    gg_map_deinit(&map);
    assert_null(gg_map_get(&map, GG_STR("x")));
}

static void test_odd_keys(void **state)
{
    (void)state;
    static const gg_str keys[] = { GG_STR_INIT(""), GG_STR_INIT("\0"), GG_STR_INIT("\0\0"), GG_STR_INIT("a"),
        GG_STR_INIT("a\0"), GG_STR_INIT("aa") };
    gg_map map = { 0 };
    assert_int_equal(gg_map_put(&map, gg_str_of(NULL, 0), &keys[0]), GG_OK);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_int_equal(gg_map_put(&map, keys[i], &keys[i]), i == 0 ? GG_EINVAL : GG_OK);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_ptr_equal(gg_map_get(&map, keys[i]), &keys[i]);
    gg_map_deinit(&map);
}

static void test_no_memory(void **state)
{
    (void)state;
    static char names[100][NAME_LEN];
    for (size_t n = 0;; n++) {
        gg_map map = { 0 };
        gg_fail_after(n);
        size_t i = 0;
        while (i < 100 && gg_map_put(&map, gg_str_of(names[i], name(names[i], i)), &names[i]) == GG_OK)
            i++;
        assert_int_equal(i == 100, !gg_fail_happened());
        for (size_t j = 0; j < i; j++) /* what was in it stays */
            assert_ptr_equal(gg_map_get(&map, gg_str_from(names[j])), &names[j]);
        gg_map_deinit(&map);
        if (i == 100)
            break;
    }
    gg_fail_after(SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_odd_keys),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
