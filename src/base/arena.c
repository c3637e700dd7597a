/* arena.c -- the memory of one call, carved off the end of its newest chunk.
 *
 *   newest chunk                         first chunk
 *   +--------+------------------+        +--------+----------+----------+
 *   | header | used | free      | -----> | header | gg_arena | used     |
 *   +--------+------------------+        +--------+----------+----------+
 *                   pos         end
 *
 * A chunk is as long as all before it together, up to GG_GROWTH_MAX, so a big message takes few.
 * Left out: giving single allocations back, save the one case where a growing span moves out of a chunk
 * that it had for itself. */
#include "base/arena.h"

#include "base/asan.h"
#include "base/chunk.h"

#include <stdio.h>
#include <stdlib.h>

struct gg_arena {
    gg_chunk *head;           /* newest first; the arena itself stands in the last of the list */
    unsigned char *pos, *end; /* the free bytes of head */
    gg_chunk_pool *pool;
    size_t taken, limit; /* bytes of all chunks */
    size_t ref_count;
    bool in_buffer; /* of the caller's: the first chunk is not given back, and there is no other */
};

enum { GG_GROWTH_MAX = 65536 }; /* bytes that a chunk may take beyond what is needed at once */

gg_arena *gg_arena_new(gg_chunk_pool *pool, size_t limit)
{
    gg_chunk *chunk = gg_chunk_take(pool, GG_CHUNK_MIN);
    if (chunk == NULL)
        return NULL;
    gg_arena *arena = (gg_arena *)(void *)chunk->data;
    GG_UNPOISON(arena, sizeof *arena);
    chunk->next = NULL;
    *arena = (gg_arena){
        .head = chunk,
        .pos = chunk->data + sizeof *arena,
        .end = (unsigned char *)chunk + chunk->len,
        .pool = pool,
        .taken = chunk->len,
        .limit = limit,
        .ref_count = 1,
    };
    return arena;
}

gg_arena *gg_arena_new_in(void *buffer, size_t len)
{
    const size_t align = _Alignof(max_align_t);
    size_t pad = (size_t)(-(uintptr_t)buffer & (align - 1));
    if (len < pad || len - pad < sizeof(gg_chunk) + sizeof(gg_arena))
        return NULL;
    gg_chunk *chunk = (gg_chunk *)(void *)((char *)buffer + pad);
    gg_arena *arena = (gg_arena *)(void *)chunk->data;
    *chunk = (gg_chunk){ .len = len - pad };
    *arena = (gg_arena){
        .head = chunk,
        .pos = chunk->data + sizeof *arena,
        .end = (unsigned char *)chunk + chunk->len,
        .taken = chunk->len,
        .limit = 0,
        .ref_count = 1,
        .in_buffer = true,
    };
    return arena;
}

gg_arena *gg_arena_ref(gg_arena *arena)
{
    arena->ref_count++;
    return arena;
}

void gg_arena_unref(gg_arena *arena)
{
    if (arena == NULL || --arena->ref_count > 0 || arena->in_buffer)
        return;
    gg_chunk_pool *pool = arena->pool; /* the arena goes with the last chunk */
    for (gg_chunk *chunk = arena->head, *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        gg_chunk_give(pool, chunk);
    }
}

/* Puts a chunk with at least `need` free bytes at the head. */
static bool add_chunk(gg_arena *arena, size_t need)
{
    if (arena->taken > arena->limit)
        return false;
    size_t left = arena->limit - arena->taken;
    size_t growth = (arena->taken < GG_GROWTH_MAX ? arena->taken : GG_GROWTH_MAX) - sizeof(gg_chunk);
    size_t chunk_len = gg_chunk_len(need > growth ? need : growth);
    if (chunk_len > left)
        chunk_len = gg_chunk_len(need);
    if (chunk_len == 0 || chunk_len > left)
        return false;
    gg_chunk *chunk = gg_chunk_take(arena->pool, chunk_len);
    if (chunk == NULL)
        return false;
    chunk->next = arena->head;
    arena->head = chunk;
    arena->pos = chunk->data;
    arena->end = (unsigned char *)chunk + chunk_len;
    arena->taken += chunk_len;
    return true;
}

/* The next len bytes of the newest chunk, which has them. */
static void *carve(gg_arena *arena, unsigned char *from, size_t len)
{
    GG_UNPOISON(from, len);
    arena->pos = from + len;
    return from;
}

void *gg_arena_alloc(gg_arena *arena, size_t len)
{
    const size_t align = _Alignof(max_align_t);
    size_t pad = (size_t)(-(uintptr_t)arena->pos & (align - 1));
    size_t room = (size_t)(arena->end - arena->pos);
    if (room >= pad && room - pad >= len)
        return carve(arena, arena->pos + pad, len);
    return add_chunk(arena, len) ? carve(arena, arena->pos, len) : NULL;
}

void *gg_arena_zalloc(gg_arena *arena, size_t len)
{
    void *ptr = gg_arena_alloc(arena, len);
    return ptr != NULL ? memset(ptr, 0, len) : NULL;
}

char *gg_arena_bytes(gg_arena *arena, size_t len)
{
    if ((size_t)(arena->end - arena->pos) >= len || add_chunk(arena, len))
        return carve(arena, arena->pos, len);
    return NULL;
}

/* Moves the newest allocation, alone in its chunk, to a chunk that holds new_len bytes; the old chunk
 * goes back to the pool. */
static void *move_out(gg_arena *arena, size_t old_len, size_t new_len)
{
    gg_chunk *old = arena->head;
    if (!add_chunk(arena, new_len))
        return NULL;
    void *ptr = carve(arena, arena->pos, new_len);
    memcpy(ptr, old->data, old_len);
    arena->head->next = old->next;
    arena->taken -= old->len;
    gg_chunk_give(arena->pool, old);
    return ptr;
}

void *gg_arena_grow(gg_arena *arena, void *ptr, size_t old_len, size_t new_len)
{
    unsigned char *old = ptr;
    if (old == NULL)
        return gg_arena_alloc(arena, new_len);
    if (old + old_len == arena->pos) {
        if ((size_t)(arena->end - old) >= new_len)
            return carve(arena, old, new_len);
        if (old == arena->head->data)
            return move_out(arena, old_len, new_len);
    }
    void *copy = gg_arena_alloc(arena, new_len);
    if (copy != NULL)
        memcpy(copy, old, old_len);
    return copy;
}

void gg_arena_shrink(gg_arena *arena, void *ptr, size_t old_len, size_t new_len)
{
    unsigned char *start = ptr;
    if (start + old_len != arena->pos)
        return;
    arena->pos = start + new_len;
    GG_POISON(arena->pos, old_len - new_len);
}

gg_str gg_arena_dup(gg_arena *arena, gg_str s)
{
    char *copy = s.len < SIZE_MAX ? gg_arena_bytes(arena, s.len + 1) : NULL;
    if (copy == NULL)
        return gg_str_of(NULL, 0);
    if (s.len != 0)
        memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    return gg_str_of(copy, s.len);
}

gg_str gg_arena_printf(gg_arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    gg_str text = gg_arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

gg_str gg_arena_vprintf(gg_arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    char *text = len >= 0 ? gg_arena_bytes(arena, (size_t)len + 1) : NULL;
    if (text != NULL)
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return gg_str_of(text, text != NULL ? (size_t)len : 0);
}

size_t gg_arena_taken(const gg_arena *arena)
{
    return arena->taken;
}

gg_chunk_pool *gg_arena_pool(const gg_arena *arena)
{
    return arena->pool;
}

size_t gg_arena_limit(const gg_arena *arena)
{
    return arena->limit;
}
