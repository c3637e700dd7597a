/* arena.h -- the memory of one call: many allocations, one free.
 *
 *   gg_chunk_pool (one per loop)      4 KiB 8 KiB 16 KiB ... : bounded free lists
 *        |  take / give back
 *   gg_arena -> chunk -> chunk -> ...      newest first; the arena itself stands in the first one
 *
 * An idle call holds one 4 KiB chunk.  The limit is a count, not a reservation: when it is spent,
 * allocation answers NULL and the call ends with RESOURCE_EXHAUSTED.
 * Reference-counted by hand: the source of an exchange, its front and its call each hold one.
 * One thread: the loop's.  What users may call is declared in gg/arena.h. */
#ifndef GG_SRC_BASE_ARENA_H
#define GG_SRC_BASE_ARENA_H

#include "gg/arena.h"

#include <stdarg.h>

typedef struct gg_chunk gg_chunk;
typedef struct gg_block gg_block;

enum {
    GG_CHUNK_MIN = 4096,   /* bytes of the smallest chunk, its header included */
    GG_CHUNK_CLASSES = 11, /* 4 KiB << 0 .. 4 KiB << 10; larger ones are never kept */
    GG_BLOCK_MAX = 1024,   /* bytes of the largest block that is kept (block.h) */
    GG_BLOCK_CLASSES = 32,
    GG_POOL_KEEP = 16u << 20, /* bytes a pool keeps for reuse, by default: several long messages */
    GG_POOL_IDLE = 1u << 20   /* how many of them it may keep without use (gg_chunk_pool_trim) */
};

/* Free chunks and blocks of one loop.  Zero-initialised plus keep_limit is ready for use. */
struct gg_chunk_pool {
    gg_chunk *free[GG_CHUNK_CLASSES];
    gg_block *blocks[GG_BLOCK_CLASSES];
    size_t kept_len, keep_limit; /* bytes */
    size_t unused_len;           /* the least of kept_len since gg_chunk_pool_trim: nobody asked for these */
};
void gg_chunk_pool_deinit(gg_chunk_pool *pool);
/* Frees what nobody has asked for since the last time, down to GG_POOL_IDLE, the longest first.  Whether more is kept
 * than that, so that it should be called again, in a while. */
bool gg_chunk_pool_trim(gg_chunk_pool *pool);

/* A plain block of a size class from the pool (for I/O buffers); *cap gets its usable bytes, at least
 * `need`.  pool may be NULL: malloc.  NULL when out of memory. */
void *gg_pool_take(gg_chunk_pool *pool, size_t need, size_t *cap);
void gg_pool_give(gg_chunk_pool *pool, void *block);

/* gg_arena_alloc without alignment: for text. */
char *gg_arena_bytes(gg_arena *arena, size_t len);
/* Makes the allocation `ptr` of `old_len` bytes `new_len` bytes long (new_len >= old_len), in place if
 * it is the newest one, else by a copy.  ptr may be NULL with old_len 0. */
void *gg_arena_grow(gg_arena *arena, void *ptr, size_t old_len, size_t new_len);
/* Gives back the end of the allocation `ptr`, if it is the newest one. */
void gg_arena_shrink(gg_arena *arena, void *ptr, size_t old_len, size_t new_len);
/* Formatted text, NUL-terminated; ptr NULL when out of memory. */
gg_str gg_arena_printf(gg_arena *arena, const char *format, ...) GG_PRINTF(2, 3);
/* Bytes that it may take. */
size_t gg_arena_limit(const gg_arena *arena);
gg_str gg_arena_vprintf(gg_arena *arena, const char *format, va_list args);
/* Bytes of all chunks. */
size_t gg_arena_taken(const gg_arena *arena);
/* Where its chunks come from, for more memory of the same loop; NULL: malloc. */
gg_chunk_pool *gg_arena_pool(const gg_arena *arena);

#endif
