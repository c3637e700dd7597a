/* tls_codec.h -- TLS as a codec around a codec: records on its outer side, plain bytes on its inner one.
 *
 *   socket --> receive --> session --> inner->receive           HANDSHAKE ---> OPEN ---> ENDED
 *   socket <-- output  <-- session <-- inner->output                 \___________\_____> FAILED
 *
 * Who owns the socket sees a gg_codec like any other.  The inner one is made when the handshake is done: of an accepted
 * connection by what ALPN chose (none: HTTP/1.1; RFC 9113, 3.2), of one that was opened by gg_tls_attach.
 * Back-pressure: records are read only while the inner codec wants input (what came with the last read is kept, at
 * most GG_READ_LEN), and made only while less than GG_TLS_OUT_LEN of them wait to be written.
 * The end: when the inner codec is done and all it had to say is out, close_notify follows (RFC 8446, 6.1).  The peer's
 * close_notify, or its end of file, is the inner codec's eof; HTTP tells by itself whether a message was cut short.
 * Thread: the loop's. */
#ifndef GG_SRC_HTTP_TLS_CODEC_H
#define GG_SRC_HTTP_TLS_CODEC_H

#include "http/codec.h"
#include "http/tls.h"

enum { GG_TLS_OUT_LEN = 64 * 1024 };

/* Of an accepted connection, with config->tls; as gg_h1_new.  The handshake must be over within limits.header_ns. */
gg_codec *gg_tls_accept_new(const gg_codec_config *config, gg_str peer, gg_task *wake);

typedef struct gg_tls_connect {
    gg_tls_context *context; /* a client's */
    const char *host;        /* for whom the certificate must be, unless the context says so */
    gg_sched *sched;
    gg_chunk_pool *pool;
    gg_task *wake;   /* of the socket's owner */
    gg_task *opened; /* posted when the handshake is done; a failed one only makes the codec done */
} gg_tls_connect;
/* Of a connection that was opened.  NULL: no memory. */
gg_codec *gg_tls_connect_new(const gg_tls_connect *connect);
/* After `opened`: plain bytes go to inner, which belongs to the codec from now on. */
void gg_tls_attach(gg_codec *codec, gg_codec *inner);
/* Why there is no connection; empty unless the codec failed.  Valid as long as the codec. */
gg_str gg_tls_failure(const gg_codec *codec);

#endif
