/* h2_guard.h -- how much a peer may ask of a connection without paying for it: budgets of resets, of control frames
 * and of empty ones.
 *
 *   RST_STREAM, a stream reset for the peer's mistake     reset_rate a second, reset_burst at once
 *   SETTINGS, PRIORITY, unknown and empty frames          control_rate a second, as many at once
 *   PING, WINDOW_UPDATE                                   the same, beyond GG_H2_ANSWERS for each of our frames
 *   CONTINUATION                                          continuations in one header block
 *
 * Above: connection error ENHANCE_YOUR_CALM.  Spec: RFC 9113, 10.5. */
#ifndef GG_SRC_HTTP_H2_GUARD_H
#define GG_SRC_HTTP_H2_GUARD_H

#include "http/h2_heads.h"

enum { /* defaults */
    GG_H2_RESET_RATE = 100,
    GG_H2_RESET_BURST = 1000,
    GG_H2_CONTROL_RATE = 1000,
    GG_H2_CONTINUATIONS = 8
};
enum {
    GG_H2_ANSWERS = 4,          /* frames a peer may send for each HEADERS or DATA of ours: windows, measuring PINGs */
    GG_H2_ANSWERS_MAX = 1 << 16 /* of them that are not used yet */
};

typedef struct gg_h2_guard_limits { /* each with its flag in app */
    uint32_t reset_rate, reset_burst;
    uint32_t control_rate;
    uint32_t continuations;
} gg_h2_guard_limits;
void gg_h2_guard_limits_init(gg_h2_guard_limits *limits);

typedef struct gg_h2_guard {
    uint64_t resets_until_ns, controls_until_ns; /* when what was used of a budget is there again */
    uint32_t answers, continuations;
} gg_h2_guard;

/* One more frame from the peer, one more reset: false if that is too many. */
bool gg_h2_guard_frame(gg_h2_guard *guard, const gg_h2_guard_limits *limits, uint64_t now_ns, const gg_h2_head *head);
bool gg_h2_guard_reset(gg_h2_guard *guard, const gg_h2_guard_limits *limits, uint64_t now_ns);
/* HEADERS or DATA went out. */
static inline void gg_h2_guard_sent(gg_h2_guard *guard)
{
    guard->answers += guard->answers < GG_H2_ANSWERS_MAX ? GG_H2_ANSWERS : 0;
}

#endif
