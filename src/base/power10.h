/* power10.h -- 10^k as a 128-bit significand, for printing and parsing floating point.
 *
 * A table of all of them would take 10 KiB.  Here every 27th stands with 192 bits and is multiplied by a
 * small power of five; the 128 bits that come out are the exact significand cut off (not rounded), for
 * every k in the range. */
#ifndef GG_SRC_BASE_POWER10_H
#define GG_SRC_BASE_POWER10_H

#include <stdint.h>

__extension__ typedef unsigned __int128 gg_u128;

enum { GG_POWER10_MIN = -342, GG_POWER10_MAX = 324, GG_POWER10_EXACT_MAX = 55 /* exact for 0 to this */ };

/* 10^k = (high * 2^64 + low) * 2^n for some n, with the top bit of high set; cut off, not rounded. */
typedef struct gg_power10 {
    uint64_t high, low;
} gg_power10;
gg_power10 gg_power10_of(int k);

#endif
