/* h2_heads.h -- the frame heads in a stream of bytes, before nghttp2 reads them.
 *
 *   +-----------------------------------------------+
 *   |                 length (24)                   |
 *   +---------------+---------------+---------------+
 *   |   type (8)    |   flags (8)   |
 *   +-+-------------+---------------+-------------------------------+
 *   |R|                 stream id (31)                              |
 *   +=+=============================================================+
 *
 * nghttp2 tells nothing of frames that it ignores, and those are what a flood is made of; and it counts a CONTINUATION
 * once for each piece that its head comes in, so it is given heads whole.  Any split of the bytes gives the same heads.
 * Spec: RFC 9113, 4.1. */
#ifndef GG_SRC_HTTP_H2_HEADS_H
#define GG_SRC_HTTP_H2_HEADS_H

#include "gg/base.h"

enum { GG_H2_HEAD_LEN = 9 };

typedef struct gg_h2_head {
    uint32_t len;
    uint8_t type, flags;
    int32_t id;
} gg_h2_head;

typedef struct gg_h2_heads {
    uint32_t skip; /* bytes until the next head: the client's preface, the rest of a payload */
    unsigned char bytes[GG_H2_HEAD_LEN];
    size_t len; /* of a head that is not whole */
} gg_h2_heads;

/* Reads on in bytes at *at, which moves past the next head.  *begin: where in bytes that head begins; 0 if it began in
 * earlier ones, and then it is whole in heads->bytes only (gg_h2_heads_split).  False: no more heads end here, and what
 * stands from *begin on is kept as the beginning of one. */
bool gg_h2_heads_next(gg_h2_heads *heads, gg_str bytes, size_t *at, size_t *begin, gg_h2_head *head);
static inline bool gg_h2_heads_split(size_t begin, size_t at)
{
    return at - begin < GG_H2_HEAD_LEN;
}

#endif
