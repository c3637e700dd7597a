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

typedef struct gg_codec_config { /* one per listener; outlives its connections */
    gg_http_handler handler;
    gg_http_limits limits;
    size_t arena_limit;     /* bytes one call may take */
    gg_chunk_pool *pool;
    gg_sched *sched;
    const gg_log *log;
} gg_codec_config;

typedef struct gg_codec gg_codec;
typedef struct gg_codec_ops {
    /* Bytes from the peer: all of them are used or kept.  GG_OK; anything else: the connection is to be
     * closed once the output is sent (the codec has written its last words). */
    gg_rc (*receive)(gg_codec *codec, gg_str bytes);
    void (*eof)(gg_codec *codec);                 /* the peer sends no more */
    gg_str (*output)(gg_codec *codec);            /* what is to be sent now; valid until the next call */
    void (*sent)(gg_codec *codec, size_t len);    /* that many bytes of it are gone */
    bool (*wants_input)(const gg_codec *codec);   /* false: stop reading (back-pressure) */
    bool (*done)(const gg_codec *codec);          /* to be closed once output is empty */
    void (*drain)(gg_codec *codec);               /* finish what is under way, take nothing new (GOAWAY, Connection: close) */
    void (*free)(gg_codec *codec);                /* the socket is gone: exchanges under way are aborted */
} gg_codec_ops;

struct gg_codec {
    const gg_codec_ops *ops;
};

/* peer must outlive the codec.  NULL: no memory. */
gg_codec *gg_h1_new(const gg_codec_config *config, gg_str peer, gg_task *wake);
gg_codec *gg_h2_new(const gg_codec_config *config, gg_str peer, gg_task *wake);

/* Which of the two the peer's first bytes ask for: GG_OK (*is_h2 is set) or GG_NEED_MORE.
 * Spec: RFC 9113, 3.4 (client connection preface). */
gg_rc gg_codec_sniff(gg_str first_bytes, bool *is_h2);

#endif
