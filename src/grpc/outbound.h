/* outbound.h -- a message on its way out: serialized, compressed if that makes it smaller, and its prefix.
 *
 *   message (struct or bytes) ----> bytes ----> zlib ----> prefix, wire
 *
 * What is made of a message of a stream lies in memory of its own until the next one comes, or gg_outbound_done.  The
 * other way: inbound.h.
 * Spec: gRPC PROTOCOL-HTTP2, "Length-Prefixed-Message"; compression.md.  Elsewhere: zlib (compress.c). */
#ifndef GG_SRC_GRPC_OUTBOUND_H
#define GG_SRC_GRPC_OUTBOUND_H

#include "grpc/channel.h"
#include "grpc/compress.h"
#include "grpc/framing.h"

typedef struct gg_outbound {
    gg_arena *arena;           /* of the call */
    bool streams;              /* several messages: each in memory of its own */
    gg_message_arena messages; /* that */
    uint32_t max_len;          /* bytes of a message, uncompressed */
    gg_compressor *compressor; /* of the loop */
    gg_compression compression;
    char prefix[GG_PREFIX_LEN];
    gg_str wire; /* what follows it */
} gg_outbound;

/* Compression is off until the member is set. */
void gg_outbound_init(gg_outbound *out, gg_arena *arena, bool streams, uint32_t max_len, gg_compressor *compressor);
void gg_outbound_deinit(gg_outbound *out);
/* Fills prefix and wire; bytes that are not compressed are the message's own.  GG_OK; GG_ETOOBIG: wire is as long as
 * the message; GG_EINVAL: the struct cannot be serialized; GG_ENOMEM. */
gg_rc gg_outbound_put(gg_outbound *out, const gg_message *message);
/* They are used. */
void gg_outbound_done(gg_outbound *out);

#endif
