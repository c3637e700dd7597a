/* raw_peer.h -- an HTTP/2 peer of frames made by hand, to a codec under a fake front; what the codec answers. */
#ifndef GG_TESTS_RAW_PEER_H
#define GG_TESTS_RAW_PEER_H

#include "base/buf.h"
#include "fake_front.h"
#include "http/h2_heads.h"

#define RAW_PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define RAW_SETTINGS "\0\0\0\4\0\0\0\0\0"
#define RAW_GET "\x82\x86\x84\x41\x01\x61" /* HPACK: GET http / of authority "a" */

/* Appends a frame. */
void raw_frame(gg_buf *out, uint8_t type, uint8_t flags, int32_t id, gg_str payload);
void raw_u32(gg_buf *out, uint8_t type, int32_t id, uint32_t payload);
/* A request for "/..." with END_HEADERS and those flags. */
void raw_request(gg_buf *out, uint8_t flags, int32_t id, gg_str path);
/* Feeds the bytes in pieces of that length and empties them. */
void raw_feed(fake_front *front, gg_buf *bytes, size_t piece);

typedef struct raw_heard { /* frames that the codec has sent */
    unsigned count[10];    /* by type */
    unsigned pings;        /* without ACK */
    uint32_t error;        /* of the last GOAWAY */
    int32_t last_stream;
    char debug[64];
    int32_t reset_id; /* of the last RST_STREAM */
    uint32_t reset_error;
} raw_heard;
/* Takes and reads what was sent so far; whole frames only. */
void raw_hear(fake_front *front, raw_heard *heard);

enum { RAW_WHOLE = 1 << 20 }; /* a piece that is longer than all */

/* A connection, and what was said on it. */
typedef struct raw_peer {
    fake_front front;
    gg_buf bytes; /* to be said */
    raw_heard heard;
} raw_peer;
/* With the preface and SETTINGS to be said. */
void raw_peer_open(raw_peer *f);
void raw_peer_close(raw_peer *f);
bool raw_peer_is_done(const raw_peer *f);
/* Feeds the bytes, and hears what comes of it. */
void raw_peer_say(raw_peer *f);
void raw_peer_wait(raw_peer *f, uint64_t ns);

#endif
