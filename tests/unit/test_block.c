/* test_block.c -- small blocks of a loop's pool: contents, reuse, the bound, no memory. */
#include "base/block.h"

#include "failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

enum { LENS = 140, STRIDE = 9 }; /* 0, 9, 18 ... 1251 bytes: every class, and some that are not kept */

static void fill(gg_chunk_pool *pool, unsigned char *blocks[LENS], bool zeroed)
{
    for (size_t i = 0; i < LENS; i++) {
        size_t len = i * STRIDE;
        blocks[i] = zeroed ? gg_block_calloc(len, 1, pool) : gg_block_malloc(len, pool);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % sizeof(uint64_t), 0);
        for (size_t at = 0; zeroed && at < len; at++)
            assert_int_equal(blocks[i][at], 0);
        memset(blocks[i], (int)(i + 1), len);
    }
    for (size_t i = 0; i < LENS; i++) /* each filled with its number: overlap would show */
        for (size_t at = 0; at < i * STRIDE; at++)
            assert_int_equal(blocks[i][at], i + 1);
    for (size_t i = 0; i < LENS; i++)
        gg_block_free(blocks[i], pool);
}

static void test_contents(void **state)
{
    (void)state;
    unsigned char *blocks[LENS];
    gg_chunk_pool pool = { .keep_limit = GG_POOL_KEEP };
    fill(&pool, blocks, false);
    fill(&pool, blocks, true); /* those that were used before too */
    fill(NULL, blocks, false);
    fill(NULL, blocks, true);
    gg_chunk_pool_deinit(&pool);
}

static void test_resize(void **state)
{
    (void)state;
    gg_chunk_pool pool = { .keep_limit = GG_POOL_KEEP };
    char *block = gg_block_realloc(NULL, 4, &pool);
    memcpy(block, "abc", 4);
    for (size_t len = 4; len < 5000; len += 300) {
        block = gg_block_realloc(block, len, &pool);
        assert_string_equal(block, "abc");
    }
    assert_ptr_equal(gg_block_realloc(block, 10, &pool), block);
    gg_block_free(block, &pool);
    gg_block_free(NULL, &pool);
    gg_chunk_pool_deinit(&pool);
    assert_int_equal(pool.kept_len, 0);
}

/* Another one of about the length costs no malloc, and what is taken is not counted as kept. */
static void test_reuse(void **state)
{
    (void)state;
    gg_chunk_pool pool = { .keep_limit = GG_POOL_KEEP };
    void *first = gg_block_malloc(100, &pool);
    assert_int_equal(pool.kept_len, 0);
    gg_block_free(first, &pool);
    assert_int_equal(pool.kept_len, 128);
    gg_fail_after(0);
    void *second = gg_block_calloc(1, 128, &pool);
    assert_ptr_equal(second, first);
    assert_int_equal(pool.kept_len, 0);
    assert_null(gg_block_malloc(128, &pool)); /* the failure that was asked for */
    gg_fail_after(SIZE_MAX);
    gg_block_free(second, &pool);
    gg_chunk_pool_deinit(&pool);
}

/* Blocks and chunks share it. */
static void test_bound(void **state)
{
    (void)state;
    gg_chunk_pool pool = { .keep_limit = GG_CHUNK_MIN + 1000 };
    void *blocks[10];
    size_t cap = 0;
    for (int i = 0; i < 10; i++)
        blocks[i] = gg_block_malloc(320, &pool);
    void *chunk = gg_pool_take(&pool, 1, &cap);
    gg_pool_give(&pool, chunk);
    for (int i = 0; i < 10; i++)
        gg_block_free(blocks[i], &pool);
    assert_int_equal(pool.kept_len, GG_CHUNK_MIN + 3 * 320);
    gg_block_free(gg_block_malloc(GG_BLOCK_MAX + 1, &pool), &pool); /* above the last class: never kept */
    assert_int_equal(pool.kept_len, GG_CHUNK_MIN + 3 * 320);
    gg_chunk_pool_deinit(&pool);
}

static void test_too_much(void **state)
{
    (void)state;
    gg_chunk_pool pool = { .keep_limit = GG_POOL_KEEP };
    assert_null(gg_block_malloc(SIZE_MAX, &pool));
    assert_null(gg_block_calloc(SIZE_MAX / 2, 3, &pool));
    assert_null(gg_block_calloc(1, SIZE_MAX, NULL));
    char *block = gg_block_malloc(3, &pool);
    memcpy(block, "ab", 3);
    assert_null(gg_block_realloc(block, SIZE_MAX, &pool));
    assert_string_equal(block, "ab"); /* as it was */
    gg_block_free(block, &pool);
    gg_chunk_pool_deinit(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contents),
        cmocka_unit_test(test_resize),
        cmocka_unit_test(test_reuse),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
