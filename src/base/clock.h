/* clock.h -- the two clocks: one that only goes forward, one on the wall. */
#ifndef GG_SRC_BASE_CLOCK_H
#define GG_SRC_BASE_CLOCK_H

#include "gg/base.h"

#define GG_NS_PER_S 1000000000u

uint64_t gg_clock_ns(void);      /* monotonic */
uint64_t gg_clock_unix_ns(void); /* on the wall, since 1970 */
enum { GG_RFC3339_LEN = 40 };
/* Now as RFC 3339 with the local offset, "2026-11-23T11:12:00+01:00"; out holds GG_RFC3339_LEN bytes
 * and gets a NUL.  Returns its length. */
size_t gg_clock_rfc3339(char *out);

#endif
