/* exchange.h -- one HTTP request with its response still to be written, wherever it came from.
 *
 *   source (h1, h2, Lambda event, test)                      front (gRPC, REST, ...)
 *      makes the exchange, fills in the head    ---->  gg_http_handler: sets x->events and x->front
 *      events->body, ->end, ->abort, ->writable ---->
 *                                               <----  gg_exchange_start, _write, _end or _respond,
 *                                                      _consume, _reset, and _release, last
 *
 * Owner: the arena, which the exchange itself stands in.  The source holds one reference until it is done
 * with the exchange (response sent, or peer gone), the front one until gg_exchange_release.  After abort
 * every gg_exchange_* function still works and does nothing.
 * Thread: the loop's.  A source never calls the front from inside a gg_exchange_* function. */
#ifndef GG_SRC_HTTP_EXCHANGE_H
#define GG_SRC_HTTP_EXCHANGE_H

#include "base/arena.h"
#include "base/log.h"
#include "base/sched.h"
#include "http/h2_guard.h"
#include "http/h2_keepalive.h"

typedef struct gg_header {
    gg_str name; /* lower case */
    gg_str value;
} gg_header;

typedef struct gg_headers {
    gg_header *items;
    size_t count, cap;
} gg_headers;

/* Appends a view (nothing is copied); GG_ENOMEM. */
gg_rc gg_headers_add(gg_headers *headers, gg_arena *arena, gg_str name, gg_str value);
/* The first value of that name (lower case); ptr NULL if there is none. */
gg_str gg_headers_get(const gg_headers *headers, gg_str name);

typedef struct gg_http_limits { /* each with its flag in app */
    size_t header_bytes;        /* of one header block; above: 431 */
    size_t header_count;        /* fields in one block; above: 431 */
    size_t body_bytes;          /* of a request's body that a front collects whole; above: 413 */
    size_t response_bytes;      /* of a response's body that a front makes whole; above: 429 */
    size_t high_water;          /* bytes of response that an exchange takes before it says enough */
    uint64_t header_ns;         /* first byte of a request to its whole head; above: 408 and closed */
    uint64_t body_ns;           /* between two pieces of a request body; above: 408 and closed */
    uint64_t write_ns;          /* without progress while a response waits to be read; above: closed */
    uint64_t idle_ns;           /* without a request; above: closed (HTTP/2: GOAWAY) */
    /* HTTP/2 */
    uint32_t streams;          /* concurrent streams of one connection; above: REFUSED_STREAM */
    uint32_t stream_window;    /* bytes of one request body on their way or unused */
    uint32_t conn_window;      /* of all of a connection; above: FLOW_CONTROL_ERROR */
    uint32_t queued_acks;      /* answers to PING and SETTINGS that wait to be sent; above: ENHANCE_YOUR_CALM */
    gg_h2_guard_limits guard;  /* of frames; above: ENHANCE_YOUR_CALM */
    gg_h2_keepalive keepalive; /* the server's own PINGs, in silence; unanswered: closed */
    uint64_t ping_ns;          /* least time between two PINGs of the peer without a response in between */
    bool ping_idle;            /* it applies without streams too; else that is GG_H2_PING_IDLE_NS */
    uint32_t ping_strikes;     /* PINGs that may come too early, 0: any; above: ENHANCE_YOUR_CALM, too_many_pings */
    uint64_t age_ns;           /* of a connection, a tenth more or less; 0: any; above: GOAWAY, streams finish, */
    uint64_t age_grace_ns;     /* ... for so long; 0: as long as they take; above: closed */
} gg_http_limits;
/* 64 KiB, 128, 4 MiB, 4 MiB, 64 KiB; 60 s, 60 s, 60 s, 300 s; 256, 1 MiB, 4 MiB, 1000; PING after 60 s of silence, 20 s
 * for the answer; 300 s, no, 2; 0, 0. */
void gg_http_limits_init(gg_http_limits *limits);

typedef enum { GG_HTTP_1_0, GG_HTTP_1_1, GG_HTTP_2, GG_HTTP_EVENT /* a Lambda event: no trailers */ } gg_http_version;

typedef struct gg_exchange gg_exchange;

/* What a front is told, until it has ended its response, reset or released the exchange; then no event comes
 * any more.  Views are valid during the call only. */
typedef struct gg_exchange_events {
    void (*body)(gg_exchange *x, gg_str bytes); /* more of the request's body; taken with gg_exchange_consume */
    void (*end)(gg_exchange *x);                /* the body is complete */
    void (*writable)(gg_exchange *x);           /* after gg_exchange_write took less than offered */
    void (*abort)(gg_exchange *x);              /* the peer is gone; no further event; still release it */
} gg_exchange_events;

/* What a source does for it.  None of them calls the front. */
typedef struct gg_exchange_ops {
    /* Response head; trailers may follow if the version has them. */
    gg_rc (*start)(gg_exchange *x, int status, const gg_headers *headers,
        const size_t *content_length /* NULL: not known */);
    size_t (*write)(gg_exchange *x, gg_str bytes);           /* takes (copies) up to the high-water mark; how many */
    void (*end)(gg_exchange *x, const gg_headers *trailers); /* NULL: none */
    void (*consume)(gg_exchange *x, size_t len);
    void (*reset)(gg_exchange *x, uint32_t h2_error);
} gg_exchange_ops;

struct gg_exchange {
    /* the request's head: filled in by the source, read-only for the front; lives in the arena */
    gg_str method, target;          /* target as received: path and query */
    gg_str path, query;             /* of target; query without '?' */
    gg_str scheme, authority, peer; /* peer: "127.0.0.1:54321" or "unix" */
    gg_headers headers;             /* without pseudo-headers; request order kept */
    gg_http_version version;
    bool has_body;         /* false: end follows at once */
    size_t content_length; /* SIZE_MAX: not said */
    uint64_t deadline_ns;  /* of the source's own, monotonic; UINT64_MAX: none */

    gg_arena *arena;
    gg_sched *sched;
    const gg_http_limits *limits;

    /* the front's */
    const gg_exchange_events *events;
    void *front;
    bool patient; /* the body may pause as long as it likes: a client-streaming call */

    /* the source's */
    const gg_exchange_ops *ops; /* NULL once the source is done with it */
    void *source;

    /* of exchange.c */
    bool started, ended, aborted, released;
    gg_str pending; /* of gg_exchange_respond: what the source has not taken yet; in the arena */
    const gg_headers *pending_trailers;
    bool pending_end;
};

/* A source hands every new exchange to one of these; it must set events (and front) before it returns.  It
 * may answer and release the exchange at once. */
typedef struct gg_http_handler {
    void (*request)(void *user, gg_exchange *x);
    void *user;
} gg_http_handler;

/* -- for fronts -- */
gg_rc gg_exchange_start(gg_exchange *x, int status, const gg_headers *headers);
/* Like write(2): how many bytes were taken; when fewer than offered, `writable` follows. */
size_t gg_exchange_write(gg_exchange *x, gg_str bytes);
/* The response is whole; trailers (copied; NULL: none) are left out where the version has none. */
void gg_exchange_end(gg_exchange *x, const gg_headers *trailers);
/* A whole response; body and trailers must be in the arena (or static), they are sent as the peer takes
 * them.  The length is declared unless there are trailers.  The front may release the exchange right after
 * it. */
void gg_exchange_respond(gg_exchange *x, int status, const gg_headers *headers, gg_str body,
    const gg_headers *trailers);
/* The front has used len bytes of the body: the peer may send as many again. */
void gg_exchange_consume(gg_exchange *x, size_t len);
/* Ends it without a response, or in the midst of one: RST_STREAM(h2_error), or the connection closed. */
void gg_exchange_reset(gg_exchange *x, uint32_t h2_error);
/* The front is done with it; exactly once, after the last event it wants.  No event comes afterwards. */
void gg_exchange_release(gg_exchange *x);

/* -- for sources -- */
/* A new exchange in an arena of its own, with two references (source and front); NULL: no memory. */
gg_exchange *gg_exchange_new(gg_chunk_pool *pool, gg_sched *sched, const gg_http_limits *limits, size_t arena_limit);
/* Splits target into path and query.  The absolute form also gives scheme and authority (RFC 9112, 3.2.2). */
void gg_exchange_set_target(gg_exchange *x, gg_str target);
/* Whether events still reach the front; when not, the source drops the body and returns its flow-control
 * window itself. */
static inline bool gg_exchange_listens(const gg_exchange *x)
{
    return x->events != NULL && !x->released && !x->ended && !x->aborted;
}
/* Events to the front; nothing if it does not listen any more. */
void gg_exchange_on_body(gg_exchange *x, gg_str bytes);
void gg_exchange_on_end(gg_exchange *x);
void gg_exchange_on_writable(gg_exchange *x); /* first sends what is pending */
/* The source is done with it: the response was taken whole, or the peer is gone (then the front hears
 * abort).  Drops the source's reference. */
void gg_exchange_detach(gg_exchange *x);
/* Gives back an exchange that no front has seen: both references. */
void gg_exchange_discard(gg_exchange *x);

#endif
