/* out.h -- bytes on their way to the peer, in two buffers, so that those being sent never move.
 *
 *   append ---> back  (only while front is lent)
 *   append ---> front ---> gg_out_lend: a view that stays valid until gg_out_sent has taken all of it
 *
 * Owner: a codec.  Both buffers go back to the pool when empty. */
#ifndef GG_SRC_HTTP_OUT_H
#define GG_SRC_HTTP_OUT_H

#include "base/buf.h"

typedef struct gg_out {
    gg_buf front, back;
    bool lent;
} gg_out;

static inline void gg_out_init(gg_out *out, gg_chunk_pool *pool)
{
    *out = (gg_out){ .front = { .pool = pool }, .back = { .pool = pool } };
}

static inline size_t gg_out_len(const gg_out *out)
{
    return out->front.len + out->back.len;
}

/* The buffer that new bytes are to be appended to. */
static inline gg_buf *gg_out_tail(gg_out *out)
{
    return out->lent ? &out->back : &out->front;
}

static inline gg_str gg_out_lend(gg_out *out)
{
    out->lent = out->front.len > 0;
    return gg_buf_str(&out->front);
}

static inline void gg_out_sent(gg_out *out, size_t len)
{
    gg_buf_consume(&out->front, len);
    if (out->front.len > 0)
        return;
    gg_buf empty = out->front;
    out->front = out->back;
    out->back = empty;
    out->lent = false;
}

static inline void gg_out_deinit(gg_out *out)
{
    gg_buf_deinit(&out->front);
    gg_buf_deinit(&out->back);
}

#endif
