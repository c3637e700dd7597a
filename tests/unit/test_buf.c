/* test_buf.c -- the buffer against a counter: what goes in comes out, in order, whatever the steps. */
#include "base/buf.h"

#include "failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

/* The byte at a place of an endless pattern. */
static char byte_at(size_t at)
{
    return (char)(at * 31 + at / 251);
}

static void check(const gg_buf *buf, size_t first)
{
    gg_str bytes = gg_buf_str(buf);
    for (size_t i = 0; bytes.ptr != NULL && i < bytes.len; i++)
        if (bytes.ptr[i] != byte_at(first + i))
            fail_msg("byte %zu of %zu differs", i, bytes.len);
}

static void run(gg_chunk_pool *pool, size_t put_len, size_t take_len, size_t rounds)
{
    gg_buf buf = { .pool = pool };
    size_t put = 0, taken = 0;
    for (size_t i = 0; i < rounds; i++) {
        char *end = gg_buf_reserve(&buf, put_len);
        assert_non_null(end);
        for (size_t j = 0; j < put_len; j++)
            end[j] = byte_at(put++);
        gg_buf_added(&buf, put_len);
        check(&buf, taken);
        size_t n = take_len < buf.len ? take_len : buf.len;
        gg_buf_consume(&buf, n);
        taken += n;
        check(&buf, taken);
        assert_int_equal(put - taken, buf.len);
        if (buf.len == 0)
            assert_null(buf.data);
    }
    gg_buf_deinit(&buf);
}

static void test_in_and_out(void **state)
{
    (void)state;
    static const size_t steps[][2] = { { 1, 1 }, { 7, 5 }, { 1000, 999 }, { 3000, 4500 }, { 5000, 1 }, { 100, 0 } };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        gg_chunk_pool pool = { .keep_limit = GG_POOL_KEEP };
        run(&pool, steps[i][0], steps[i][1], 50);
        run(NULL, steps[i][0], steps[i][1], 50);
        gg_chunk_pool_deinit(&pool);
    }
}

static void test_steady_state_stays_small(void **state)
{
    (void)state;
    gg_buf buf = { 0 };
    assert_int_equal(gg_buf_append(&buf, GG_STR("xyz")), GG_OK); /* never quite empty */
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(gg_buf_append(&buf, GG_STR("0123456789")), GG_OK);
        gg_buf_consume(&buf, 10);
    }
    assert_true(buf.cap <= GG_CHUNK_MIN);
    assert_int_equal(buf.len, 3);
    assert_memory_equal(buf.data + buf.start, "789", 3);
    gg_buf_deinit(&buf);
}

static void test_nothing(void **state)
{
    (void)state;
    gg_buf buf = { 0 };
    assert_int_equal(gg_buf_append(&buf, gg_str_of(NULL, 0)), GG_OK);
    assert_int_equal(gg_buf_str(&buf).len, 0);
    gg_buf_consume(&buf, 0);
    assert_null(gg_buf_reserve(&buf, SIZE_MAX));
    assert_int_equal(gg_buf_append(&buf, gg_str_of("", SIZE_MAX / 2)), GG_ENOMEM);
    gg_buf_deinit(&buf);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (size_t n = 0;; n++) {
        gg_buf buf = { 0 };
        gg_fail_after(n);
        size_t appended = 0;
        while (appended < 20000 && gg_buf_append(&buf, GG_STR("0123456789")) == GG_OK)
            appended += 10;
        assert_int_equal(appended == 20000, !gg_fail_happened());
        assert_int_equal(buf.len, appended); /* what was in it stays */
        gg_buf_deinit(&buf);
        if (appended == 20000)
            break;
    }
    gg_fail_after(SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_and_out),
        cmocka_unit_test(test_steady_state_stays_small),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
