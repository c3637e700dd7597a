/* channel.h -- where RPCs go: in-process, or HTTP/2 to a server.  Callers cannot tell which.
 *
 *   front                          channel                                  service
 *   gg_rpc_channel_start ------->  (in-process: call.c) ---> interceptors -> handler
 *   gg_rpc_send          ------->  GG_OK accepted | GG_AGAIN, then events->writable
 *   gg_rpc_half_close    ------->
 *                        <-------  events->headers, ->message, ->status (last, exactly once)
 *
 * In-process holds one message per direction.  A message's memory belongs to the receiver until
 * gg_rpc_message_done; the status event of a server-streaming call waits for it, unless the call is canceled or
 * out of time.  Any other call's response is in the call's arena, and the status follows at once.
 * In-process nothing is compressed: a message only tells whether its sender asked for it.
 * Steps across the boundary are scheduled on the sched, never nested: no event comes from inside a gg_rpc_channel_*
 * or gg_rpc_* function. */
#ifndef GG_SRC_GRPC_CHANNEL_H
#define GG_SRC_GRPC_CHANNEL_H

#include "base/arena.h"
#include "base/sched.h"
#include "gg/call.h"
#include "grpc/message_arena.h"
#include "http/exchange.h" /* gg_headers: metadata has the same form */

/* What a call ended with.  Views live until the status event returns, or as long as the arena if they
 * were put there. */
typedef struct gg_rpc_status {
    gg_status code;
    gg_str message;             /* UTF-8, not percent-encoded */
    gg_str details;             /* serialized google.rpc.Status; empty if there is none */
    const gg_headers *trailers; /* metadata; "-bin" values are raw bytes */
} gg_rpc_status;

typedef struct gg_rpc gg_rpc;

/* What the caller is told, on the sched's thread. */
typedef struct gg_rpc_events {
    void (*headers)(void *user, const gg_headers *headers);  /* at most once, before the first message */
    void (*message)(void *user, const gg_message *message);  /* then gg_rpc_message_done, when it is used */
    void (*writable)(void *user);                            /* after GG_AGAIN */
    void (*status)(void *user, const gg_rpc_status *status); /* the last event */
} gg_rpc_events;

typedef struct gg_rpc_start {
    gg_str path;                /* "/pkg.Service/Method"; lives in the arena */
    const gg_headers *metadata; /* lives in the arena; "-bin" values are raw bytes, no reserved keys */
    gg_str peer;
    uint64_t deadline_ns;         /* monotonic; UINT64_MAX: none */
    gg_arena *arena;              /* the call takes a reference of its own */
    const gg_method_type *method; /* NULL: the channel may know it */
    bool wait_for_ready;          /* waits while there is no connection, also if the channel's calls do not */
    bool fail_fast;               /* does not, even if they do */
    uint32_t max_message_len;     /* bytes of one response message; 0: the channel's limit */
    gg_message_arena *in_arena;   /* of streamed request messages; itself in the arena.  The channel empties it
                                   when nobody reads them any more.  NULL: all messages are in the arena */
    gg_compression compression;   /* of the request's messages, but those that are plain; DEFAULT: the channel's */
    gg_sched *sched;
    const gg_rpc_events *events;
    void *user;
} gg_rpc_start;

/* The caller's end of one call.  Valid from gg_rpc_channel_start until the status event returns; after it, as
 * long as the caller keeps the arena, gg_rpc_* functions do nothing. */
struct gg_rpc {
    const struct gg_rpc_channel_ops *ops;
    const gg_rpc_events *events;
    void *user;
    gg_compression compression; /* that the handler wants for the response; final when `headers` comes */
};

typedef struct gg_rpc_channel gg_rpc_channel;
typedef struct gg_rpc_channel_ops {
    gg_rpc *(*start)(gg_rpc_channel *channel, const gg_rpc_start *start);
    gg_rc (*send)(gg_rpc *rpc, const gg_message *message);
    void (*half_close)(gg_rpc *rpc);
    void (*message_done)(gg_rpc *rpc);
    void (*cancel)(gg_rpc *rpc, gg_status status);
    /* The tables of a method it serves, or NULL: unknown here (then UNIMPLEMENTED will come). */
    const gg_method_type *(*method)(const gg_rpc_channel *channel, gg_str path);
} gg_rpc_channel_ops;
struct gg_rpc_channel {
    const gg_rpc_channel_ops *ops;
};

/* Starts a call; NULL only when memory is out (no event then). */
static inline gg_rpc *gg_rpc_channel_start(gg_rpc_channel *c, const gg_rpc_start *start)
{
    return c->ops->start(c, start);
}
static inline const gg_method_type *gg_rpc_channel_method(const gg_rpc_channel *c, gg_str path)
{
    return c->ops->method(c, path);
}
/* GG_OK: accepted, the message's memory must stay until the call is over or it is done with; GG_AGAIN: not
 * now, `writable` follows; GG_ECANCELED: the call is over. */
static inline gg_rc gg_rpc_send(gg_rpc *rpc, const gg_message *message)
{
    return rpc->ops->send(rpc, message);
}
static inline void gg_rpc_half_close(gg_rpc *rpc)
{
    rpc->ops->half_close(rpc);
}
static inline void gg_rpc_message_done(gg_rpc *rpc)
{
    rpc->ops->message_done(rpc);
}
/* The caller has lost interest (CANCELLED) or the peer sent nonsense (INTERNAL ...): the status event
 * comes with this status unless an error was there first. */
static inline void gg_rpc_cancel(gg_rpc *rpc, gg_status status)
{
    rpc->ops->cancel(rpc, status);
}
/* The status message that goes with it. */
gg_str gg_cancel_reason(gg_status status);

#endif
