/* chunk.h -- the block that pools keep and arenas carve: a small header, then the bytes.
 *
 * Private to chunk.c and arena.c; everybody else sees arena.h. */
#ifndef GG_SRC_BASE_CHUNK_H
#define GG_SRC_BASE_CHUNK_H

#include "base/arena.h"

struct gg_chunk {
    gg_chunk *next;
    size_t len; /* bytes of the whole block, header included */
    _Alignas(max_align_t) unsigned char data[];
};

enum { GG_CHUNK_MAX = GG_CHUNK_MIN << (GG_CHUNK_CLASSES - 1) };

/* Length of the block that holds `need` bytes after its header: a power of two up to GG_CHUNK_MAX, exact
 * above it; 0 if it cannot be expressed. */
size_t gg_chunk_len(size_t need);
/* A block of that length; its bytes are poisoned.  NULL when out of memory. */
gg_chunk *gg_chunk_take(gg_chunk_pool *pool, size_t chunk_len);
void gg_chunk_give(gg_chunk_pool *pool, gg_chunk *chunk);
/* What one of them was taken, or freed: `len` bytes are not kept any more. */
static inline void gg_chunk_pool_took(gg_chunk_pool *pool, size_t len)
{
    pool->kept_len -= len;
    if (pool->unused_len > pool->kept_len)
        pool->unused_len = pool->kept_len;
}

#endif
