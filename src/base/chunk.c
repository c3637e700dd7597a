/* chunk.c -- the free lists of one loop: blocks of 4 KiB, 8 KiB ... 4 MiB, kept up to a bound while they are used.
 *
 * A block larger than the last class goes straight back to malloc.  A block in a list is poisoned, so
 * that AddressSanitizer sees a use after the free that the pool hides from it. */
#include "base/chunk.h"

#include "base/asan.h"
#include "base/block.h"

#include <stdlib.h>

size_t gg_chunk_len(size_t need)
{
    if (need > SIZE_MAX / 2)
        return 0;
    size_t len = need + sizeof(gg_chunk);
    if (len > GG_CHUNK_MAX)
        return len;
    size_t rounded = GG_CHUNK_MIN;
    while (rounded < len)
        rounded <<= 1;
    return rounded;
}

/* The list for blocks of that length, NULL if they are not kept. */
static gg_chunk **list_of(gg_chunk_pool *pool, size_t chunk_len)
{
    if (pool == NULL || chunk_len > GG_CHUNK_MAX)
        return NULL;
    unsigned class = 0;
    while (((size_t)GG_CHUNK_MIN << class) < chunk_len)
        class ++;
    return &pool->free[class];
}

gg_chunk *gg_chunk_take(gg_chunk_pool *pool, size_t chunk_len)
{
    gg_chunk **list = list_of(pool, chunk_len);
    if (list != NULL && *list != NULL) {
        gg_chunk *chunk = *list;
        *list = chunk->next;
        gg_chunk_pool_took(pool, chunk_len);
        return chunk;
    }
    gg_chunk *chunk = malloc(chunk_len);
    if (chunk != NULL) {
        chunk->len = chunk_len;
        GG_POISON(chunk->data, chunk_len - sizeof *chunk);
    }
    return chunk;
}

void gg_chunk_give(gg_chunk_pool *pool, gg_chunk *chunk)
{
    gg_chunk **list = list_of(pool, chunk->len);
    if (list == NULL || chunk->len > pool->keep_limit || pool->kept_len > pool->keep_limit - chunk->len) {
        free(chunk);
        return;
    }
    GG_POISON(chunk->data, chunk->len - sizeof *chunk);
    chunk->next = *list;
    *list = chunk;
    pool->kept_len += chunk->len;
}

/* Gives at most that many of the bytes that are kept back to malloc, the longest chunks first, until only `least` are
 * left, or fewer. */
static void free_kept(gg_chunk_pool *pool, size_t most, size_t least)
{
    for (size_t i = GG_CHUNK_CLASSES; i-- > 0;)
        for (gg_chunk *chunk; (chunk = pool->free[i]) != NULL && chunk->len <= most && pool->kept_len > least;) {
            pool->free[i] = chunk->next;
            pool->kept_len -= chunk->len;
            most -= chunk->len;
            free(chunk);
        }
    gg_blocks_free(pool, most, least);
    pool->unused_len = pool->kept_len;
}

bool gg_chunk_pool_trim(gg_chunk_pool *pool)
{
    free_kept(pool, pool->unused_len, GG_POOL_IDLE);
    return pool->kept_len > GG_POOL_IDLE;
}

gg_chunk_pool *gg_chunk_pool_new(size_t keep_limit)
{
    gg_chunk_pool *pool = malloc(sizeof *pool);
    if (pool != NULL)
        *pool = (gg_chunk_pool){ .keep_limit = keep_limit };
    return pool;
}

void gg_chunk_pool_free(gg_chunk_pool *pool)
{
    if (pool == NULL)
        return;
    gg_chunk_pool_deinit(pool);
    free(pool);
}

void gg_chunk_pool_deinit(gg_chunk_pool *pool)
{
    free_kept(pool, pool->kept_len, 0);
}

void *gg_pool_take(gg_chunk_pool *pool, size_t need, size_t *cap)
{
    size_t chunk_len = gg_chunk_len(need);
    gg_chunk *chunk = chunk_len != 0 ? gg_chunk_take(pool, chunk_len) : NULL;
    if (chunk == NULL)
        return NULL;
    *cap = chunk_len - sizeof *chunk;
    GG_UNPOISON(chunk->data, *cap);
    return chunk->data;
}

void gg_pool_give(gg_chunk_pool *pool, void *block)
{
    if (block != NULL)
        gg_chunk_give(pool, (gg_chunk *)((char *)block - offsetof(gg_chunk, data)));
}
