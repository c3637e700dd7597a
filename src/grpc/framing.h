/* framing.h -- Length-Prefixed-Messages: flag byte, 4 bytes of length, the message.
 *
 * Spec: gRPC PROTOCOL-HTTP2, "Length-Prefixed-Message".  Elsewhere: decompression. */
#ifndef GG_SRC_GRPC_FRAMING_H
#define GG_SRC_GRPC_FRAMING_H

#include "base/arena.h"

enum { GG_PREFIX_LEN = 5, GG_MESSAGE_LEN_MAX = 4u << 20 /* default limit of one message, in bytes */ };

/* Puts messages together from body bytes cut anywhere. */
typedef struct gg_deframer {
    gg_arena *arena;
    uint32_t max_len;
    unsigned char prefix[GG_PREFIX_LEN];
    uint8_t prefix_len;        /* how many of its bytes are here */
    char *data;                /* of the message under way; in the arena */
    size_t data_len, data_cap; /* received; allocated (grows with what was received, not with the claim) */
    uint32_t want;
} gg_deframer;

void gg_deframer_init(gg_deframer *d, gg_arena *arena, uint32_t max_len);
/* Takes bytes off *body until a message is whole.  GG_OK: *message (in the arena, a NUL after it) and
 * *compressed; GG_NEED_MORE: *body is used up; GG_EPROTO: flag above 1; GG_ETOOBIG: longer than max_len,
 * known from the prefix alone; GG_ENOMEM. */
gg_rc gg_deframer_next(gg_deframer *d, gg_str *body, gg_str *message, bool *compressed);
/* True between two messages: the body may end here. */
bool gg_deframer_at_boundary(const gg_deframer *d);
void gg_frame_prefix(char out[GG_PREFIX_LEN], size_t message_len, bool compressed);

/* "100m" to nanoseconds: 1 to 8 digits, one unit; saturates.  Spec: PROTOCOL-HTTP2, "Timeout". */
gg_rc gg_timeout_parse(gg_str text, uint64_t *timeout_ns);
enum { GG_TIMEOUT_LEN = 9 };
/* The other way, rounded up to what 8 digits can say; returns the length, no NUL. */
size_t gg_timeout_print(char out[GG_TIMEOUT_LEN], uint64_t timeout_ns);

#endif
