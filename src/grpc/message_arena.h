/* message_arena.h -- the memory of a stream's messages, one direction: reset when a message is done.
 *
 *   sender builds a message in `next`   -- accepted -->   it becomes `held`   -- done -->   given back
 *
 * At most two messages are in memory: the one the receiver holds and the one the sender waits to send.
 * A stream that sends nothing holds no chunk.  One thread. */
#ifndef GG_SRC_GRPC_MESSAGE_ARENA_H
#define GG_SRC_GRPC_MESSAGE_ARENA_H

#include "base/arena.h"

typedef struct gg_message_arena {
    gg_chunk_pool *pool; /* NULL: malloc */
    gg_arena *next, *held;
} gg_message_arena;

/* Where the next message is built; NULL when memory is out. */
static inline gg_arena *gg_message_arena_next(gg_message_arena *m)
{
    if (m->next == NULL)
        m->next = gg_arena_new(m->pool, GG_ARENA_LIMIT);
    return m->next;
}

/* The receiver is done with the message it held. */
static inline void gg_message_arena_done(gg_message_arena *m)
{
    if (m->held != NULL)
        gg_arena_unref(m->held);
    m->held = NULL;
}

/* The receiver accepted the message that was built, so it has none before it. */
static inline void gg_message_arena_accepted(gg_message_arena *m)
{
    gg_message_arena_done(m);
    m->held = m->next;
    m->next = NULL;
}

static inline void gg_message_arena_deinit(gg_message_arena *m)
{
    gg_message_arena_accepted(m);
    gg_message_arena_done(m);
}

#endif
