/* test_arena.c -- arenas and the chunk pool beneath them: alignment, growth, limits, reuse. */
#include "base/arena.h"
#include "base/block.h"

#include "failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

static void test_alignment_and_contents(void **state)
{
    (void)state;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    unsigned char *blocks[300];
    for (size_t i = 0; i < 300; i++) { /* each filled with its number: overlap would show */
        bool text = i % 3 == 0;
        blocks[i] = text ? (unsigned char *)gg_arena_bytes(arena, i) : gg_arena_alloc(arena, i);
        assert_non_null(blocks[i]);
        assert_true(text || (uintptr_t)blocks[i] % _Alignof(max_align_t) == 0);
        memset(blocks[i], (int)(i & 0xff), i);
    }
    for (size_t i = 0; i < 300; i++)
        for (size_t j = 0; j < i; j++)
            assert_int_equal(blocks[i][j], i & 0xff);
    unsigned char *zeros = gg_arena_zalloc(arena, 5000);
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(zeros[i], 0);
    gg_arena_unref(arena);
}

static void test_text(void **state)
{
    (void)state;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_str dup = gg_arena_dup(arena, gg_str_of("ab\0c", 4));
    assert_true(gg_str_eq(dup, gg_str_of("ab\0c", 4)));
    assert_int_equal(dup.ptr[4], '\0');
    gg_str empty = gg_arena_dup(arena, gg_str_of(NULL, 0));
    assert_non_null(empty.ptr);
    assert_int_equal(empty.ptr[0], '\0');
    gg_str printed = gg_arena_printf(arena, "%s=%d", "x", 42);
    assert_string_equal(printed.ptr, "x=42");
    assert_int_equal(printed.len, 4);
    gg_str longer = gg_arena_printf(arena, "%10000d", 7);
    assert_int_equal(longer.len, 10000);
    assert_int_equal(longer.ptr[9999], '7');
    gg_arena_unref(arena);
}

static void test_grow(void **state)
{
    (void)state;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    char *p = gg_arena_grow(arena, NULL, 0, 4);
    memcpy(p, "abc", 4);
    assert_ptr_equal(gg_arena_grow(arena, p, 4, 100), p); /* the newest: in place */
    gg_arena_bytes(arena, 1);
    char *moved = gg_arena_grow(arena, p, 100, 200);
    assert_ptr_not_equal(moved, p);
    assert_string_equal(moved, "abc");

    /* A span that fills chunk after chunk gives the outgrown ones back. */
    size_t len = 200;
    for (size_t next = 400; next < 1000000; next = len * 2) {
        moved = gg_arena_grow(arena, moved, len, next);
        assert_non_null(moved);
        assert_string_equal(moved, "abc");
        len = next;
    }
    assert_true(gg_arena_taken(arena) < 3 * len);

    gg_arena_shrink(arena, moved, len, 10);
    assert_ptr_equal(gg_arena_bytes(arena, 1), moved + 10);
    gg_arena_unref(arena);
}

static void test_limit(void **state)
{
    (void)state;
    gg_arena *arena = gg_arena_new(NULL, 100000);
    assert_int_equal(gg_arena_taken(arena), GG_CHUNK_MIN);
    assert_null(gg_arena_alloc(arena, 100000));
    assert_null(gg_arena_alloc(arena, SIZE_MAX));
    assert_null(gg_arena_bytes(arena, SIZE_MAX - 8));
    assert_null(gg_arena_dup(arena, gg_str_of("", SIZE_MAX)).ptr);
    size_t total = 0;
    for (; gg_arena_alloc(arena, 100) != NULL; total += 100)
        assert_true(gg_arena_taken(arena) <= 100000);
    assert_true(total > 60000);
    gg_arena_unref(arena);
}

/* Chunks double up to 64 KiB, so a megabyte takes few of them. */
static void test_few_chunks(void **state)
{
    (void)state;
    gg_fail_after(SIZE_MAX);
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    for (size_t i = 0; i < 10000; i++)
        assert_non_null(gg_arena_alloc(arena, 100));
    assert_true(gg_fail_count() < 25);
    assert_true(gg_arena_taken(arena) < 1200000 + 65536);
    gg_arena_unref(arena);
}

static void test_references(void **state)
{
    (void)state;
    gg_chunk_pool pool = { .keep_limit = GG_POOL_KEEP };
    gg_arena *arena = gg_arena_new(&pool, GG_ARENA_LIMIT);
    assert_ptr_equal(gg_arena_ref(arena), arena);
    gg_arena_unref(arena);
    assert_int_equal(pool.kept_len, 0);
    gg_arena_unref(arena);
    assert_int_equal(pool.kept_len, GG_CHUNK_MIN);
    gg_arena_unref(NULL);
    gg_chunk_pool_deinit(&pool);
}

/* After the first round nothing is asked of malloc any more. */
static void test_pool_reuse(void **state)
{
    (void)state;
    gg_chunk_pool pool = { .keep_limit = GG_POOL_KEEP };
    for (int round = 0; round < 10; round++) {
        gg_arena *arena = gg_arena_new(&pool, GG_ARENA_LIMIT);
        for (int i = 0; i < 500; i++)
            memset(gg_arena_alloc(arena, 300), round, 300);
        size_t cap = 0;
        char *block = gg_pool_take(&pool, 20000, &cap);
        assert_true(cap >= 20000);
        memset(block, 0, cap);
        gg_pool_give(&pool, block);
        gg_arena_unref(arena);
        if (round > 0)
            assert_int_equal(gg_fail_count(), 0);
        gg_fail_after(SIZE_MAX);
    }
    gg_chunk_pool_deinit(&pool);
    assert_int_equal(pool.kept_len, 0);
}

static void test_pool_bound(void **state)
{
    (void)state;
    gg_chunk_pool pool = { .keep_limit = 20000 };
    void *blocks[10];
    size_t cap = 0;
    for (int i = 0; i < 10; i++)
        blocks[i] = gg_pool_take(&pool, 4000, &cap);
    for (int i = 0; i < 10; i++)
        gg_pool_give(&pool, blocks[i]);
    assert_int_equal(pool.kept_len, 4 * GG_CHUNK_MIN);
    void *large = gg_pool_take(&pool, 10u << 20, &cap); /* above the last class: never kept */
    gg_pool_give(&pool, large);
    gg_pool_give(&pool, NULL);
    assert_int_equal(pool.kept_len, 4 * GG_CHUNK_MIN);
    assert_null(gg_pool_take(&pool, SIZE_MAX, &cap));
    gg_chunk_pool_deinit(&pool);
    void *plain = gg_pool_take(NULL, 1, &cap);
    gg_pool_give(NULL, plain);
}

/* What a loop needed for long messages it keeps while they come, and then little. */
static void test_pool_trim(void **state)
{
    (void)state;
    enum { LONG = 1500000, LONG_CHUNK = 2 << 20, COUNT = 8 };
    gg_chunk_pool pool = { .keep_limit = GG_POOL_KEEP };
    void *blocks[COUNT];
    size_t cap = 0;
    for (int i = 0; i < COUNT; i++)
        blocks[i] = gg_pool_take(&pool, LONG, &cap);
    for (int i = 0; i < COUNT; i++)
        gg_pool_give(&pool, blocks[i]);
    assert_int_equal(pool.kept_len, COUNT * LONG_CHUNK);
    assert_true(gg_chunk_pool_trim(&pool));
    assert_int_equal(pool.kept_len, COUNT * LONG_CHUNK); /* all in use a while ago */
    for (int i = 0; i < 2; i++)
        blocks[i] = gg_pool_take(&pool, LONG, &cap);
    for (int i = 0; i < 2; i++)
        gg_pool_give(&pool, blocks[i]);
    assert_true(gg_chunk_pool_trim(&pool));
    assert_int_equal(pool.kept_len, 2 * LONG_CHUNK); /* those that were */
    gg_pool_give(&pool, gg_pool_take(&pool, 1, &cap));
    void *small = gg_block_malloc(100, &pool);
    gg_block_free(small, &pool);
    assert_false(gg_chunk_pool_trim(&pool)); /* the long ones are gone */
    assert_true(pool.kept_len > GG_CHUNK_MIN && pool.kept_len < 2 * GG_CHUNK_MIN);
    size_t before = pool.kept_len;
    assert_false(gg_chunk_pool_trim(&pool));
    assert_int_equal(pool.kept_len, before); /* that may stay */
    gg_chunk_pool_deinit(&pool);
    assert_int_equal(pool.kept_len, 0);
}

/* Small blocks too: what many connections left. */
static void test_pool_trim_blocks(void **state)
{
    (void)state;
    enum { COUNT = 2000, LEN = 1024 };
    gg_chunk_pool pool = { .keep_limit = GG_POOL_KEEP };
    static void *blocks[COUNT];
    for (int i = 0; i < COUNT; i++)
        blocks[i] = gg_block_malloc(LEN, &pool);
    for (int i = 0; i < COUNT; i++)
        gg_block_free(blocks[i], &pool);
    assert_int_equal(pool.kept_len, COUNT * LEN);
    assert_true(gg_chunk_pool_trim(&pool));
    assert_false(gg_chunk_pool_trim(&pool));
    assert_int_equal(pool.kept_len, GG_POOL_IDLE);
    gg_chunk_pool_deinit(&pool);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (size_t n = 0;; n++) {
        gg_fail_after(n);
        gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        bool whole = arena != NULL;
        char *span = NULL;
        for (size_t len = 0; whole && len < 50000; len += 1000) {
            char *grown = gg_arena_grow(arena, span, len, len + 1000);
            whole = grown != NULL && gg_arena_printf(arena, "%5000d", 1).ptr != NULL;
            span = grown;
        }
        gg_arena_unref(arena);
        assert_int_equal(whole, !gg_fail_happened());
        if (whole)
            break;
    }
    gg_fail_after(SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alignment_and_contents),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_grow),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_few_chunks),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_pool_reuse),
        cmocka_unit_test(test_pool_bound),
        cmocka_unit_test(test_pool_trim),
        cmocka_unit_test(test_pool_trim_blocks),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
