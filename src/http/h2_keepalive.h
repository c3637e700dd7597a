/* h2_keepalive.h -- PINGs of our own on a silent connection, and whether a peer sends too many.
 *
 * Spec: gRPC keepalive.md, proposals A8 and A9. */
#ifndef GG_SRC_HTTP_H2_KEEPALIVE_H
#define GG_SRC_HTTP_H2_KEEPALIVE_H

#include "gg/base.h"

typedef struct gg_h2_keepalive {
    uint64_t time_ns;    /* of silence, then a PING; 0: none is sent */
    uint64_t timeout_ns; /* for any sign of life after it */
} gg_h2_keepalive;

#define GG_H2_PING_IDLE_NS ((uint64_t)7200 * 1000000000) /* least time between PINGs without streams: A8 */
#define GG_H2_TOO_MANY_PINGS "too_many_pings"            /* what the GOAWAY says then */

/* When the next thing is to be done in silence: UINT64_MAX never.  pinged_ns 0: no PING is out. */
static inline uint64_t gg_h2_keepalive_due(const gg_h2_keepalive *keepalive, uint64_t heard_ns, uint64_t pinged_ns)
{
    uint64_t from_ns = pinged_ns != 0 ? pinged_ns : heard_ns;
    uint64_t wait_ns = pinged_ns != 0 ? keepalive->timeout_ns : keepalive->time_ns;
    bool never = keepalive->time_ns == 0 || wait_ns > UINT64_MAX - from_ns;
    return never ? UINT64_MAX : from_ns + wait_ns;
}

#endif
