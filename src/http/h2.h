/* h2.h -- one HTTP/2 connection, as its files share it.
 *
 *   h2.c      the codec's table of functions, the end
 *   h2_time.c   time limits of the connection, keepalive, drain
 *   h2_in.c   nghttp2's receiving callbacks: frames to exchanges and their events
 *   h2_out.c  the exchange's table of functions and nghttp2's sending callbacks: responses to frames
 *   h2_closed.c  frames on streams that nghttp2 does not know any more
 *   h2_stall.c  time limits of single streams
 *
 * nghttp2 keeps the protocol's state; a gg_h2_stream, in the arena of its exchange, is what it leaves to us:
 *
 *   DATA received -> front -> gg_exchange_consume -> WINDOW_UPDATE      (no automatic window updates)
 *   gg_exchange_write -> stream->out (high_water) -> DATA -> h2->out (GG_H2_OUT_LEN) -> socket
 *
 * Spec: RFC 9113; RFC 7541 is nghttp2's. */
#ifndef GG_SRC_HTTP_H2_H
#define GG_SRC_HTTP_H2_H

#include "http/codec.h"
#include "http/field.h"
#include "http/h2_closed.h"
#include "http/h2_heads.h"
#include "http/h2_session.h"
#include "http/out.h"

enum {
    GG_H2_OUT_LEN = 64 * 1024, /* bytes to send from which no DATA frame is added */
    GG_H2_FIELD_LEN = 32       /* counted for each field, RFC 9113, 6.5.2 */
};
#define GG_H2_S ((uint64_t)1000000000)
#define GG_H2_DRAIN_NS (1 * GG_H2_S) /* for the answer to the PING between the two GOAWAYs */
#define GG_H2_EARLY_NS (GG_H2_S / 5) /* for the peer to end a stream after an early response */

typedef struct gg_h2 gg_h2;
typedef struct gg_h2_stream {
    gg_h2 *h2;
    gg_exchange *x;
    int32_t id;
    struct gg_h2_stream *prev, *next; /* of the connection's */
    struct gg_h2_stream *next_writable;
    /* the request */
    size_t head_len, field_count;
    int refusal;                     /* HTTP status to answer with instead of a front; 0: none */
    bool seen, request_ended, reset; /* seen: by a front; reset: by it, or after an early response */
    size_t unconsumed;               /* bytes of body that the front has not used yet */
    uint64_t heard_ns;               /* when its head or the last piece of its body came */
    /* the response */
    bool is_head, bodyless, response_ended;
    bool response_sent;        /* END_STREAM is out, the request goes on; at sent_ns */
    bool pinged;               /* it waits for the peer's answer to a PING */
    bool deferred;             /* nghttp2 waits for gg_h2_resume */
    bool blocked, in_writable; /* the front waits for writable; it is in the list of those */
    gg_buf out;                /* body taken from the front, not framed yet */
    uint64_t sent_ns;          /* when `out` last became shorter, or not empty */
    nghttp2_nv *trailers;
    size_t trailer_count;
} gg_h2_stream;

struct gg_h2 {
    gg_codec base;
    const gg_codec_config *config;
    gg_str peer;
    gg_task *wake;
    nghttp2_session *session;
    gg_out out;
    gg_h2_stream *streams;
    gg_h2_stream *writable; /* to be told so, once nghttp2 has returned */
    gg_h2_stream *head;     /* whose header block is being read */
    gg_h2_closed closed;    /* ids without a stream */
    gg_h2_heads heads;
    gg_h2_guard guard;
    bool broken; /* nghttp2 is not to be used any more; close after the output */
    bool lingers, aged, settings_seen;
    enum { GG_H2_SERVING, GG_H2_NOTICED, GG_H2_GONE_AWAY } drain; /* which of the two GOAWAYs is out */
    gg_timer timer, stall;
    uint64_t heard_ns;                  /* when the peer last sent anything */
    uint64_t pinged_ns;                 /* when it was sent the PING that it owes an answer to; 0: none */
    uint64_t head_due_ns, drain_due_ns; /* UINT64_MAX: not running */
    uint64_t age_due_ns;                /* first the age, then the grace */
    uint64_t idle_since_ns;             /* without a stream */
    uint64_t peer_pinged_ns;            /* when its last PING came */
    uint32_t strikes;                   /* its PINGs that came too early */
    bool ping_free;                     /* its next PING may come at any time */
    gg_date date;
};

/* -- h2.c -- */
/* The end, at once: GOAWAY(error), then nothing. */
void gg_h2_break(gg_h2 *h2, uint32_t error);
void gg_h2_break_saying(gg_h2 *h2, uint32_t error, gg_str debug_data);
/* Counts a stream that is reset for the peer's mistake; false: it makes too many, and that is the end. */
bool gg_h2_tolerates(gg_h2 *h2);
void gg_h2_stream_close(gg_h2_stream *stream);
static inline void gg_h2_wake(gg_h2 *h2)
{
    gg_sched_post(h2->config->sched, h2->wake);
}

/* -- h2_time.c -- */
/* A connection begins. */
void gg_h2_time_init(gg_h2 *h2);
/* After anything that changes what is due. */
void gg_h2_reschedule(gg_h2 *h2);
void gg_h2_drain(gg_h2 *h2);
/* The peer has sent a PING: false if that was one too many, and the end. */
bool gg_h2_ping_allowed(gg_h2 *h2);
/* What a PING of ours carries: the stream that waits for the answer; or one of these. */
enum { GG_H2_PING_LEN = 8, GG_H2_PING_DRAIN = 0, GG_H2_PING_KEEPALIVE = INT32_MAX };
void gg_h2_ping(gg_h2 *h2, int32_t about);
void gg_h2_ping_answered(gg_h2 *h2, const uint8_t data[GG_H2_PING_LEN]);

/* -- h2_stall.c -- */
/* After the stream began to wait for the peer: sees to it that this ends. */
void gg_h2_watch(gg_h2_stream *stream);
/* Fires gg_h2.stall. */
void gg_h2_stalled(gg_timer *timer);

/* -- h2_in.c -- */
/* Bytes from the peer, to nghttp2. */
void gg_h2_feed(gg_h2 *h2, gg_str bytes);
void gg_h2_set_receiving(nghttp2_session_callbacks *callbacks);

/* -- h2_out.c -- */
extern const gg_exchange_ops gg_h2_exchange_ops;
void gg_h2_set_sending(nghttp2_session_callbacks *callbacks);
/* Fills the output with what nghttp2 has to send, and asks the fronts for more. */
void gg_h2_pump(gg_h2 *h2);
void gg_h2_reset(gg_h2_stream *stream, uint32_t error);
/* Answers without a front. */
void gg_h2_refuse(gg_h2_stream *stream, int status);

#endif
