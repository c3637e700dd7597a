/* codec.h -- an HTTP connection without its socket: bytes in, exchanges out, bytes to send.
 *
 *            receive(bytes)                    handler->request(x), events
 *   peer  -------------------->   gg_codec   ------------------------------>  front
 *         <--------------------  h1.c, h2.c  <------------------------------
 *            output(), sent(n)                  gg_exchange_* functions
 *
 * No I/O and no clock of its own: time limits are timers on the sched it was given, so a test feeds any
 * bytes at any time.  When there is something new to send, or the connection is to be closed, it posts
 * `wake`, the task of whoever owns the socket.
 * Memory: one gg_codec per connection; buffers come from the pool and go back when idle. */
#ifndef GG_SRC_HTTP_CODEC_H
#define GG_SRC_HTTP_CODEC_H

#include "http/exchange.h"
#include "http/tls.h"

typedef struct gg_codec_config { /* one per listener; outlives its connections */
    gg_http_handler handler;
    gg_http_limits limits;
    size_t arena_limit; /* bytes one call may take */
    gg_chunk_pool *pool;
    gg_sched *sched;
    const gg_log *log;
    gg_tls_context *tls; /* a server's: connections begin with a TLS handshake; NULL: no TLS */
    /* The body of an answer that no front has made (a malformed request, a limit, a timeout): static texts.
     * NULL: the reason phrase as text/plain. */
    void (*error_body)(int http_status, gg_str *content_type, gg_str *body);
} gg_codec_config;

/* A point in time, saturating: UINT64_MAX means never. */
static inline uint64_t gg_later(uint64_t from_ns, uint64_t wait_ns)
{
    return wait_ns > UINT64_MAX - from_ns ? UINT64_MAX : from_ns + wait_ns;
}

typedef struct gg_codec gg_codec;
typedef struct gg_codec_ops {
    /* Bytes from the peer: all of them are used or kept.  GG_OK; anything else: the connection is to be
     * closed once the output is sent (the codec has written its last words). */
    gg_rc (*receive)(gg_codec *codec, gg_str bytes);
    void (*eof)(gg_codec *codec);               /* the peer sends no more */
    gg_str (*output)(gg_codec *codec);          /* what is to be sent now; valid until the next call */
    void (*sent)(gg_codec *codec, size_t len);  /* that many bytes of it are gone */
    bool (*wants_input)(const gg_codec *codec); /* false: stop reading (back-pressure) */
    bool (*done)(const gg_codec *codec);        /* to be closed once output is empty */
    /* When done: the peer may still be sending.  Closing at once would reset the connection and destroy the
     * answer on its way: read and drop for a while first. */
    bool (*lingers)(const gg_codec *codec);
    void (*drain)(gg_codec *codec); /* finish what is under way, take nothing new (GOAWAY, Connection: close) */
    void (*free)(gg_codec *codec);  /* the socket is gone: exchanges under way are aborted */
} gg_codec_ops;

struct gg_codec {
    const gg_codec_ops *ops;
};

/* peer must outlive the codec.  NULL: no memory. */
gg_codec *gg_h1_new(const gg_codec_config *config, gg_str peer, gg_task *wake);
gg_codec *gg_h2_new(const gg_codec_config *config, gg_str peer, gg_task *wake);

/* Content type and body of an answer of the codec's own. */
void gg_codec_error_body(const gg_codec_config *config, int status, gg_str *content_type, gg_str *body);

enum { GG_H2_PREFACE_LEN = 24 };
/* Which of the two the peer's first bytes ask for: GG_OK (*is_h2 is set) or GG_NEED_MORE.
 * Spec: RFC 9113, 3.4 (client connection preface). */
gg_rc gg_codec_sniff(gg_str first_bytes, bool *is_h2);

#endif
