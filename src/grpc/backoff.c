/* backoff.c -- exponential waits.  Spec: gRPC connection-backoff.md (MULTIPLIER 1.6, JITTER 0.2). */
#include "grpc/backoff.h"

#include "base/clock.h"

#include <assert.h>

enum { JITTER_PARTS = 5 }; /* a fifth, each way */

void gg_backoff_limits_init(gg_backoff_limits *limits)
{
    *limits = (gg_backoff_limits){ .initial_ns = (uint64_t)1 * GG_NS_PER_S,
        .max_ns = (uint64_t)120 * GG_NS_PER_S,
        .min_connect_ns = (uint64_t)20 * GG_NS_PER_S };
}

void gg_backoff_init(gg_backoff *backoff, const gg_backoff_limits *limits, uint64_t seed)
{
    assert(limits->initial_ns > 0); /* else attempts could follow each other without end */
    *backoff = (gg_backoff){ .limits = *limits, .current_ns = limits->initial_ns, .random = seed | 1 };
}

/* Any number below `bound`, evenly enough.  Marsaglia, "Xorshift RNGs" (2003). */
static uint64_t random_below(gg_backoff *backoff, uint64_t bound)
{
    uint64_t x = backoff->random;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    backoff->random = x;
    return x % bound;
}

uint64_t gg_backoff_attempt(gg_backoff *backoff, uint64_t now_ns, uint64_t *again_ns)
{
    const gg_backoff_limits *limits = &backoff->limits;
    uint64_t jitter = backoff->current_ns / JITTER_PARTS;
    uint64_t wait = backoff->current_ns - jitter + random_below(backoff, 2 * jitter + 1);
    uint64_t grown = backoff->current_ns / 10 * 16;
    backoff->current_ns = grown < limits->max_ns ? grown : limits->max_ns;
    *again_ns = now_ns + wait;
    return now_ns + (wait > limits->min_connect_ns ? wait : limits->min_connect_ns);
}

void gg_backoff_reset(gg_backoff *backoff)
{
    backoff->current_ns = backoff->limits.initial_ns;
}
