/* backoff.h -- when to connect again after a failure: an exponential wait with jitter.
 *
 *   attempt --- fails ---> wait ---> attempt --- fails ---> a wait 1.6 times as long ---> ...    up to max_ns
 *
 * Every wait is up to a fifth shorter or longer, by chance, and is counted from the beginning of the attempt: one
 * that failed slowly is soon repeated.
 * Spec: gRPC connection-backoff.md.  No clock of its own. */
#ifndef GG_SRC_GRPC_BACKOFF_H
#define GG_SRC_GRPC_BACKOFF_H

#include "gg/base.h"

typedef struct gg_backoff_limits {
    uint64_t initial_ns;     /* 1 s; not 0 */
    uint64_t max_ns;         /* 120 s */
    uint64_t min_connect_ns; /* 20 s: what an attempt may take at least */
} gg_backoff_limits;
void gg_backoff_limits_init(gg_backoff_limits *limits);

typedef struct gg_backoff {
    gg_backoff_limits limits;
    uint64_t current_ns; /* the next wait, without jitter */
    uint64_t random;     /* state of the generator, never 0 */
} gg_backoff;

/* seed: anything; channels that start together should have different ones. */
void gg_backoff_init(gg_backoff *backoff, const gg_backoff_limits *limits, uint64_t seed);
/* An attempt begins now.  *again_ns: when the next may, if this one fails.  Returns when to give this one up. */
uint64_t gg_backoff_attempt(gg_backoff *backoff, uint64_t now_ns, uint64_t *again_ns);
/* The attempt succeeded: the next wait is the first again. */
void gg_backoff_reset(gg_backoff *backoff);

#endif
