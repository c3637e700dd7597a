/* h2_channel.h -- the channel to a gRPC server over HTTP/2: TCP or a Unix socket, plain or TLS, one connection at
 * a time.
 *
 *            a call                    SETTINGS have come
 *   IDLE -----------> CONNECTING -------------------------> READY
 *    ^                 |      ^                              | | |
 *    |          failed |      | the wait is over             | | +--- GOAWAY while calls wait: CONNECTING
 *    |                 v      |                              | |
 *    |            TRANSIENT_FAILURE <--- connection lost ----+ |
 *    +-------- GOAWAY, or no call for idle_ns -----------------+         gg_h2_channel_close: SHUTDOWN
 *
 * A call that finds no connection, or no free stream on it (SETTINGS_MAX_CONCURRENT_STREAMS), waits in a queue.  When
 * connecting fails, the calls that wait end with UNAVAILABLE (fail fast), unless wait_for_ready is set; new
 * ones do so at once until the wait is over.  A call of which the server has seen nothing is sent once more.
 * After a GOAWAY the calls under way finish on the old connection.
 * Spec: gRPC connectivity-semantics-and-api.md, connection-backoff.md, wait-for-ready.md, PROTOCOL-HTTP2.
 * A server that goes away because of too many PINGs (keepalive.md) doubles the channel's keepalive time.
 * Left out: retries by service config.
 * Elsewhere: several addresses at once (h2_balance.h).
 * Thread: the loop's. */
#ifndef GG_SRC_GRPC_H2_CHANNEL_H
#define GG_SRC_GRPC_H2_CHANNEL_H

#include "base/log.h"
#include "gg/channel.h" /* gg_connectivity */
#include "grpc/backoff.h"
#include "grpc/channel.h"
#include "grpc/compress.h"
#include "http/dial.h"
#include "http/h2_keepalive.h"

typedef struct gg_h2_limits {
    uint32_t max_message_len;          /* bytes of one response message, uncompressed; above: RESOURCE_EXHAUSTED */
    size_t header_bytes, header_count; /* of a response's head, and of its trailers; above: RESOURCE_EXHAUSTED */
    size_t queue_len;                  /* calls that may wait for a connection or a stream; above: UNAVAILABLE */
    uint64_t idle_ns;                  /* without a call: the connection is closed */
    uint64_t write_ns;                 /* without progress while the server does not read: it is lost */
    uint32_t stream_window;            /* bytes of one response on their way or unused */
    uint32_t conn_window;              /* of all of a connection */
    gg_h2_keepalive keepalive;         /* PINGs in silence while there are calls; unanswered: the connection is lost */
    bool keepalive_without_calls;      /* and while there are none; servers may forbid it */
    gg_backoff_limits backoff;
} gg_h2_limits;
/* 4 MiB; 64 KiB, 128; 1024; 300 s; 60 s; 1 MiB, 4 MiB; no PINGs, 20 s for an answer, no; 1 s to 120 s, 20 s. */
void gg_h2_limits_init(gg_h2_limits *limits);

typedef struct gg_h2_balance gg_h2_balance; /* h2_balance.h */

typedef struct gg_h2_channel_config {
    gg_str target;     /* see gg_target_parse; also what the log and statuses call the server */
    gg_loop *loop;     /* sockets */
    gg_dialer *dialer; /* instead of a loop: something else than sockets, on sched */
    gg_sched *sched;
    gg_tls_context *tls; /* with a loop: a client's, borrowed; NULL: no TLS (http/tls.h: gg_tls_provider.client) */
    bool wait_for_ready;
    gg_h2_limits limits;
    gg_str authority;           /* empty: the target's */
    gg_str user_agent;          /* of calls that have no such metadata */
    gg_compression compression; /* of the requests of calls that do not say; DEFAULT: identity */
    gg_compressor *compressor;  /* of the loop; not NULL */
    const gg_log *log;          /* NULL: none */
    /* After every change of the state; NULL: nobody is told. */
    void (*state_changed)(void *user, gg_connectivity state);
    void *state_user;
    gg_h2_balance *balance; /* that it is a member of; NULL: none */
    size_t only; /* the one of the target's addresses that it connects to, from 1; 0: the first that accepts */
    void (*counted)(void *user, size_t count); /* with only: how many there are */
    /* The tables of a method, as gg_rpc_channel_method; NULL: none is known. */
    const gg_method_type *(*method)(const void *methods, gg_str path);
    const void *methods;
} gg_h2_channel_config;

typedef struct gg_h2_rpc gg_h2_rpc;
typedef struct gg_h2_conn gg_h2_conn;

typedef struct gg_h2_channel {
    gg_rpc_channel base;
    gg_h2_channel_config config;
    gg_target target;
    gg_socket_dialer sockets;
    gg_dialer *dialer;
    gg_sched *sched;
    gg_connectivity state;
    gg_backoff backoff;
    gg_timer timer;         /* CONNECTING: gives up; TRANSIENT_FAILURE: connects again; READY: idle_ns */
    uint64_t again_ns;      /* before then no attempt follows one that failed */
    uint64_t idle_since_ns; /* when the last call ended */
    gg_h2_conn *conn;       /* that calls are sent on, or that is being opened */
    gg_h2_conn *old;        /* after GOAWAY: their calls finish */
    gg_h2_rpc *queue, *queue_last;
    size_t queued;
    size_t open;       /* calls, queued ones too */
    bool failing;      /* the last attempt failed, or the connection was lost; logged */
    char failure[160]; /* why */
} gg_h2_channel;

/* Connects to nobody yet.  The config's texts, dialer, log and methods must outlive the channel.  NULL when it is
 * fine, else what is wrong with the target (static text). */
const char *gg_h2_channel_init(gg_h2_channel *channel, const gg_h2_channel_config *config);
/* Connects though there is no call: of an IDLE channel. */
void gg_h2_channel_connect(gg_h2_channel *channel);
/* SHUTDOWN: closes the connections; every call ends with UNAVAILABLE, from the sched and after the message that its
 * caller holds.  The channel's memory may go when `open` is 0. */
void gg_h2_channel_close(gg_h2_channel *channel);

#endif
