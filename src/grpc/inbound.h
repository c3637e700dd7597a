/* inbound.h -- the messages of a body, one at a time, for a reader that may stop between two.
 *
 *   body bytes ----> deframer ----> message
 *              \--> backlog __/
 *
 * Bytes are consumed (the peer may send as many again) when they go into a message.  Those behind a message that
 * the reader still holds wait in the backlog, not consumed: one flow-control window of them at most.
 * A message that came compressed is decompressed at once; both forms lie in its memory until it is done.
 * Spec: gRPC PROTOCOL-HTTP2, "Length-Prefixed-Message"; compression.md.  Elsewhere: zlib (compress.c). */
#ifndef GG_SRC_GRPC_INBOUND_H
#define GG_SRC_GRPC_INBOUND_H

#include "base/buf.h"
#include "grpc/channel.h"
#include "grpc/compress.h"
#include "grpc/framing.h"

typedef struct gg_inbound {
    gg_arena *arena; /* of the call */
    gg_deframer deframer;
    gg_message_arena *messages; /* each message in memory of its own, accepted by the reader; NULL: in the call's */
    gg_buf backlog;
    gg_compressor *compressor;
    gg_str encoding; /* grpc-encoding, in the call's memory; to be set when it is known.  Empty: none */
} gg_inbound;

void gg_inbound_init(gg_inbound *in, gg_arena *arena, gg_message_arena *messages, uint32_t max_len,
    gg_compressor *compressor);
void gg_inbound_deinit(gg_inbound *in);
/* Takes bytes off the backlog and then off *bytes until a message is whole; *consumed gets their number.  GG_OK:
 * *message, decompressed.  GG_NEED_MORE: all are used.  An error: *failure is what the call ends with. */
gg_rc gg_inbound_next(gg_inbound *in, gg_str *bytes, size_t *consumed, gg_message *message, gg_rpc_status *failure);
/* Keeps bytes that cannot be taken now.  GG_ENOMEM. */
gg_rc gg_inbound_keep(gg_inbound *in, gg_str bytes);
/* Throws the backlog away; its length, which is now to be consumed. */
size_t gg_inbound_drop(gg_inbound *in);
/* Nothing is left, and no message has begun. */
bool gg_inbound_at_end(const gg_inbound *in);

#endif
