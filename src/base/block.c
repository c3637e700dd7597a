/* block.c -- a header of 8 bytes before each block tells its length.  With malloc's own 8 that makes 16, so that of the
 * steps of 32 nothing is lost to rounding.  A block in a list is poisoned but for its link, so that AddressSanitizer sees
 * a use after the free that the list hides from it. */
#include "base/block.h"

#include "base/asan.h"
#include "base/chunk.h"

#include <stdlib.h>

enum { STEP = GG_BLOCK_MAX / GG_BLOCK_CLASSES };

struct gg_block {
    size_t len;     /* usable bytes, from here on */
    gg_block *next; /* when kept: the first of them */
};

enum { HEAD_LEN = offsetof(gg_block, next) };

static void *data_of(gg_block *block)
{
    return (unsigned char *)block + HEAD_LEN;
}

static gg_block *block_of(void *ptr)
{
    return (gg_block *)(void *)((unsigned char *)ptr - HEAD_LEN);
}

static void *begin(gg_block *block, size_t usable)
{
    if (block == NULL)
        return NULL;
    block->len = usable;
    return data_of(block);
}

/* The list for blocks of that length, NULL if they are not kept. */
static gg_block **list_of(gg_chunk_pool *pool, size_t len)
{
    return pool != NULL && len <= GG_BLOCK_MAX ? &pool->blocks[len > 0 ? (len - 1) / STEP : 0] : NULL;
}

/* A block from its list, or NULL. */
static gg_block *take(gg_chunk_pool *pool, size_t len)
{
    gg_block **list = list_of(pool, len);
    gg_block *block = list != NULL ? *list : NULL;
    if (block == NULL)
        return NULL;
    *list = block->next;
    gg_chunk_pool_took(pool, block->len);
    GG_UNPOISON(data_of(block), block->len);
    return block;
}

/* What malloc is asked for, so that every block of a list serves all that come for one; 0: too much. */
static size_t usable_len(size_t len)
{
    if (len > SIZE_MAX - HEAD_LEN)
        return 0;
    return len > GG_BLOCK_MAX ? len : len > 0 ? (len - 1) / STEP * STEP + STEP : STEP;
}

void *gg_block_malloc(size_t len, void *pool)
{
    size_t usable = usable_len(len);
    gg_block *block = take(pool, len);
    if (block == NULL && usable > 0)
        block = malloc(HEAD_LEN + usable);
    return begin(block, usable);
}

/* A new block comes from calloc: of a long one the pages that nobody writes to are then not even there. */
void *gg_block_calloc(size_t count, size_t len, void *pool)
{
    if (len != 0 && count > SIZE_MAX / len)
        return NULL;
    size_t usable = usable_len(count * len);
    gg_block *block = take(pool, count * len);
    if (block != NULL)
        memset(data_of(block), 0, block->len);
    else if (usable > 0)
        block = calloc(1, HEAD_LEN + usable);
    return begin(block, usable);
}

void gg_block_free(void *ptr, void *pool)
{
    gg_chunk_pool *kept = pool;
    if (ptr == NULL)
        return;
    gg_block *block = block_of(ptr);
    gg_block **list = list_of(kept, block->len);
    if (list == NULL || block->len > kept->keep_limit || kept->kept_len > kept->keep_limit - block->len) {
        free(block);
        return;
    }
    kept->kept_len += block->len;
    block->next = *list;
    *list = block;
    GG_POISON(block + 1, block->len - sizeof block->next);
}

void *gg_block_realloc(void *ptr, size_t len, void *pool)
{
    size_t old_len = ptr != NULL ? block_of(ptr)->len : 0;
    if (ptr != NULL && len <= old_len)
        return ptr;
    void *grown = gg_block_malloc(len, pool);
    if (grown != NULL && ptr != NULL) {
        memcpy(grown, ptr, old_len);
        gg_block_free(ptr, pool);
    }
    return grown;
}

void gg_blocks_free(gg_chunk_pool *pool, size_t most, size_t least)
{
    for (size_t i = GG_BLOCK_CLASSES; i-- > 0;)
        for (gg_block *block; (block = pool->blocks[i]) != NULL && block->len <= most && pool->kept_len > least;) {
            pool->blocks[i] = block->next;
            pool->kept_len -= block->len;
            most -= block->len;
            GG_UNPOISON(data_of(block), block->len);
            free(block);
        }
}
