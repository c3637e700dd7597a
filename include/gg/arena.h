/* gg/arena.h -- memory for messages: many allocations, one free.
 *
 * Whatever a message is decoded into or encoded to lies in an arena, and goes with it.  Inside a handler
 * that is the call's own (gg_call_arena); elsewhere make one:
 *
 *   gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
 *   ... gg_json_to_wire(type, json, NULL, arena, &wire, &error) ...
 *   gg_arena_unref(arena);
 *
 * Thread: an arena and its pool belong to one thread at a time. */
#ifndef GG_ARENA_H
#define GG_ARENA_H

#include "gg/base.h"

GG_BEGIN_DECLS

typedef struct gg_arena gg_arena;
typedef struct gg_chunk_pool gg_chunk_pool;

enum { GG_ARENA_LIMIT = 64u << 20 }; /* bytes one call may take, by default */

/* Free memory that arenas take their chunks from and give them back to, so that message after message costs
 * no malloc.
 *   keep_limit  bytes kept for reuse; more goes back to the system
 * NULL when out of memory.  Free it after the arenas that use it. */
GG_API gg_chunk_pool *gg_chunk_pool_new(size_t keep_limit);
GG_API void gg_chunk_pool_free(gg_chunk_pool *pool);

/* A new arena with one reference.
 *   pool   where its memory comes from; NULL: malloc
 *   limit  bytes it may take, at least 4096; a count, not a reservation
 * NULL when out of memory. */
GG_API gg_arena *gg_arena_new(gg_chunk_pool *pool, size_t limit);
/* The same in memory of the caller's, which must outlive it: nothing else is taken, and when the buffer is
 * full allocation fails.  NULL if len is too small for the arena itself (256 bytes are enough). */
GG_API gg_arena *gg_arena_new_in(void *buffer, size_t len);
GG_API gg_arena *gg_arena_ref(gg_arena *arena);
/* Drops one reference (arena may be NULL); the last one frees everything that was allocated from it. */
GG_API void gg_arena_unref(gg_arena *arena);

/* Uninitialised bytes aligned for any type; NULL when the limit is spent or memory is out. */
GG_API void *gg_arena_alloc(gg_arena *arena, size_t len);
/* The same, all zero. */
GG_API void *gg_arena_zalloc(gg_arena *arena, size_t len);
/* A copy of s followed by a NUL that is not counted; ptr NULL when out of memory. */
GG_API gg_str gg_arena_dup(gg_arena *arena, gg_str s);

GG_END_DECLS
#endif
