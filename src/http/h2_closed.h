/* h2_closed.h -- stream ids below the newest one, and how each was left.
 *
 *   ids       1   3   5   7   9   11 ...           newest
 *             |   |   |   \_______/ never opened: a range of `gaps`
 *             |   |   reset by the peer, or by us before the peer was done: an entry of `resets`
 *             ended by the peer: all others
 *
 * nghttp2 is told to forget closed streams, so that a connection costs nothing for calls that are over.  What it then
 * cannot tell is whether a frame on such a stream is late or wrong.  Both lists are short rings; of what they have
 * lost, frames are ignored.  Spec: RFC 9113, 5.1, 5.1.1. */
#ifndef GG_SRC_HTTP_H2_CLOSED_H
#define GG_SRC_HTTP_H2_CLOSED_H

#include "gg/base.h"

enum { GG_H2_RESETS_KEPT = 32, GG_H2_GAPS_KEPT = 4 };

typedef struct gg_h2_closed {
    int32_t newest;                    /* highest id that the peer has opened */
    int32_t resets[GG_H2_RESETS_KEPT]; /* ids; negative: reset by the peer; 0: empty */
    int32_t lost;                      /* highest id that fell out of resets */
    struct {
        int32_t first, last;
    } gaps[GG_H2_GAPS_KEPT];
    unsigned next_reset, next_gap; /* places in the rings */
} gg_h2_closed;

typedef enum gg_h2_late {
    GG_H2_LATE_IGNORE,   /* may have been on its way when we reset the stream */
    GG_H2_LATE_RESET,    /* the peer has reset it: stream error STREAM_CLOSED */
    GG_H2_LATE_ENDED,    /* the peer has ended it: connection error STREAM_CLOSED */
    GG_H2_LATE_UNOPENED, /* the peer has passed it over: connection error PROTOCOL_ERROR */
} gg_h2_late;

/* The peer opens a stream.  Ids that are not above the newest are none of a new stream. */
void gg_h2_closed_open(gg_h2_closed *closed, int32_t id);
/* RST_STREAM was sent or received, the peer had not ended the stream. */
void gg_h2_closed_reset(gg_h2_closed *closed, int32_t id, bool by_peer);
/* HEADERS or DATA on an id up to the newest that has no stream. */
gg_h2_late gg_h2_closed_judge(const gg_h2_closed *closed, int32_t id);

#endif
