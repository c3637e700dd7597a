/* h2_client.h -- the client's side of one HTTP/2 connection: requests out, responses in.
 *
 *   gg_client_stream_open     ------>  HEADERS
 *   gg_client_stream_write    ------>  DATA, from the caller's memory; then events->written
 *                             <------  events->headers, ->body, then ->closed, exactly once
 *   gg_client_stream_consume  ------>  WINDOW_UPDATE
 *
 * A codec (codec.h): a socket (io.h) or a test drives it as it drives a server's.  Streams stand in the memory of
 * whoever opens them.  Events come from inside the codec's receive, output and free; they may use the functions
 * below, but not the codec.
 * Spec: RFC 9113; RFC 7541 is nghttp2's.  Left out: server push (refused), priorities, trailers of a request. */
#ifndef GG_SRC_HTTP_H2_CLIENT_H
#define GG_SRC_HTTP_H2_CLIENT_H

#include "http/codec.h"
#include "http/h2_error.h"
#include "http/h2_guard.h"
#include "http/h2_heads.h"
#include "http/h2_keepalive.h"
#include "http/out.h"

enum {
    GG_CLIENT_OUT_LEN = 64 * 1024, /* bytes to send from which no DATA frame is added */
    GG_CLIENT_QUEUED_ACKS = 1000   /* answers to PING and SETTINGS that may wait to be sent */
};

typedef struct gg_client_stream gg_client_stream;
typedef struct gg_h2_client gg_h2_client;

typedef enum gg_client_stream_ending {
    GG_STREAM_ENDED,       /* END_STREAM came: the response is whole */
    GG_STREAM_RESET,       /* RST_STREAM, the peer's, or ours for a mistake of the peer; with its error code */
    GG_STREAM_UNPROCESSED, /* the server says that it has done nothing for it (REFUSED_STREAM, GOAWAY), or its
                              head was never sent */
    GG_STREAM_LOST,        /* the connection ended */
    GG_STREAM_TOO_BIG,     /* the response's head or trailers are over the limit */
    GG_STREAM_NO_MEMORY
} gg_client_stream_ending;

typedef struct gg_client_stream_events {
    /* The response's head is in stream->status and ->headers.  ended: nothing follows. */
    void (*headers)(gg_client_stream *stream, bool ended);
    void (*body)(gg_client_stream *stream, gg_str bytes);
    void (*written)(gg_client_stream *stream); /* all that was given is framed: its memory may go */
    void (*closed)(gg_client_stream *stream, gg_client_stream_ending end, uint32_t h2_error);
} gg_client_stream_events;

struct gg_client_stream {
    const gg_client_stream_events *events;
    gg_arena *arena; /* for what comes in */
    int status;      /* HTTP's; 0: no head yet */
    gg_headers headers, trailers;

    gg_h2_client *client; /* NULL: not open (not yet, or closed) */
    /* of h2_client.c */
    int32_t id;
    gg_client_stream *prev, *next;
    gg_str out[2]; /* to be framed */
    bool has_head; /* the head is whole: fields that follow are trailers */
    bool out_ended, end_framed;
    bool deferred;                 /* nghttp2 waits for more of the body */
    size_t unconsumed;             /* bytes of response that were not consumed yet */
    size_t head_len, head_count;   /* of the header block under way */
    gg_client_stream_ending fault; /* what is wrong with it; GG_STREAM_ENDED: nothing */
    uint64_t framed_at;            /* where in the connection's output its HEADERS end; 0: not framed */
};

typedef struct gg_h2_client_config {
    gg_sched *sched;
    gg_chunk_pool *pool;
    size_t header_bytes, header_count; /* of one header block */
    uint32_t stream_window;            /* bytes of one response on their way or unused */
    uint32_t conn_window;              /* of all of them */
    gg_h2_keepalive keepalive;
    bool keepalive_idle; /* PINGs also without a stream */
    /* The server has gone away because of too many PINGs; NULL: nobody asks. */
    void (*too_many_pings)(void *user);
    void *user;
} gg_h2_client_config;

struct gg_h2_client {
    gg_codec base;
    gg_h2_client_config config;
    gg_task *wake, *changed;
    struct nghttp2_session *session;
    gg_out out;
    gg_client_stream *streams;
    size_t open_count;     /* streams that count for the peer's limit */
    uint64_t opened;       /* streams, ever */
    uint64_t framed, sent; /* bytes of output so far */
    gg_h2_heads heads;
    gg_h2_guard guard;
    gg_timer timer;     /* keepalive */
    uint64_t heard_ns;  /* when the server last sent anything, or the first stream was opened */
    uint64_t pinged_ns; /* when a PING went out that has no answer; 0: none */
    bool silent;        /* broken, because there was none in time */
    bool ready, broken;
};

/* wake: posted when there is something to send; changed: when the client is ready, takes no more streams, or has
 * room for one more.  NULL: no memory. */
gg_h2_client *gg_h2_client_new(const gg_h2_client_config *config, gg_task *wake, gg_task *changed);
/* The server's SETTINGS have come. */
static inline bool gg_h2_client_ready(const gg_h2_client *client)
{
    return client->ready;
}
/* No new stream: GOAWAY has come, the ids are used up, or the connection is broken. */
bool gg_h2_client_closing(const gg_h2_client *client);
/* Whether one more stream may be opened now, by the server's SETTINGS_MAX_CONCURRENT_STREAMS. */
bool gg_h2_client_has_room(const gg_h2_client *client);

/* Sends a request's head, pseudo-fields first; the fields are copied.  events and arena are set, the rest of
 * *stream is overwritten; it must stay until `closed` or gg_client_stream_reset.  GG_OK, GG_ENOMEM, GG_ECANCELED
 * (the client is closing). */
gg_rc gg_client_stream_open(gg_client_stream *stream, gg_h2_client *client, const gg_headers *fields);
/* Two pieces of body (the second may be empty); only before the first time and after `written`.  The memory stays until
 * `written`, `closed` or reset. */
void gg_client_stream_write(gg_client_stream *stream, gg_str first, gg_str second);
/* The body ends after what was written. */
void gg_client_stream_end(gg_client_stream *stream);
/* The bytes are used: the server may send as many again. */
void gg_client_stream_consume(gg_client_stream *stream, size_t len);
/* RST_STREAM; no event comes any more. */
void gg_client_stream_reset(gg_client_stream *stream, uint32_t h2_error);

#endif
