/* h2_peer.h -- an HTTP/2 client to a codec under a fake front: a session of nghttp2, and no socket between them. */
#ifndef GG_TESTS_H2_PEER_H
#define GG_TESTS_H2_PEER_H

#include "fake_front.h"

#include <nghttp2/nghttp2.h>

enum { STREAMS_MAX = 1024, TEXT_LEN = 400, WHOLE = 1 << 20 };

typedef struct h2_peer_stream {
    gg_str upload;     /* not sent yet */
    bool upload_rests; /* no END_STREAM after it */
    char status[4], fields[TEXT_LEN], trailers[TEXT_LEN], body[TEXT_LEN];
    size_t body_len;
    bool ended; /* END_STREAM came */
    int reset;  /* the code of RST_STREAM; -1: none came */
} h2_peer_stream;

typedef struct h2_peer {
    nghttp2_session *session;
    h2_peer_stream streams[STREAMS_MAX]; /* by stream id / 2 */
    char out[8 * 1024 * 1024];           /* to the codec */
    size_t out_len;
    unsigned pings, goaways;
    uint32_t goaway_error;
    int32_t last_stream;
    char order[200]; /* "3.", "1.": which stream ended when */
} h2_peer;

/* window: of each response, and the peer never gives more by itself; 0: 65,535, and it does. */
void h2_peer_open(h2_peer *c, uint32_t window);
void h2_peer_close(h2_peer *c);
h2_peer_stream *h2_peer_stream_of(h2_peer *c, int32_t id);
/* "POST /path" with a field more, if its name is set.  rests: the upload has no end.  Returns the stream's id. */
int32_t h2_peer_request(h2_peer *c, const char *method, const char *path, gg_header more, gg_str upload, bool rests);
/* What the codec has sent since, to the client. */
void h2_peer_hear(fake_front *front, h2_peer *c);
/* Both sides, until nobody has anything to say; to the codec `piece` bytes at a time. */
void h2_peer_talk(fake_front *front, h2_peer *c, size_t piece);
/* A PING's answer that begins with the word. */
void h2_peer_acknowledge(h2_peer *c, uint32_t first_word);

static const gg_header no_field;
static const gg_str no_upload;

#endif
