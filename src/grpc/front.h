/* front.h -- the gRPC front: an exchange with content type application/grpc becomes a call on a channel.
 *
 * Spec: gRPC PROTOCOL-HTTP2.  HTTP/2 only: trailers are how a call ends. */
#ifndef GG_SRC_GRPC_FRONT_H
#define GG_SRC_GRPC_FRONT_H

#include "grpc/channel.h"

typedef struct gg_grpc_front {
    gg_channel *channel;
    uint32_t max_message_len; /* bytes of one request message, and of one response message */
} gg_grpc_front;

/* True for application/grpc, +sub and ;params, in any case; false for grpc-web and others. */
bool gg_grpc_content_type(gg_str value);
/* Takes the exchange: sets its events and answers it. */
void gg_grpc_front_request(const gg_grpc_front *front, gg_exchange *x);

/* Request headers to metadata: without reserved ones (grpc-*, te, content-type, user-agent kept, ...),
 * "-bin" values decoded.  *out lives in the arena.  GG_EPROTO for bad base64, GG_ENOMEM. */
gg_rc gg_metadata_from_headers(const gg_headers *headers, gg_arena *arena, gg_headers *out);
/* Metadata to response headers or trailers, "-bin" values as unpadded base64; appended to *out. */
gg_rc gg_metadata_to_headers(const gg_headers *metadata, gg_arena *arena, gg_headers *out);
/* grpc-status, grpc-message, grpc-status-details-bin; appended to *out. */
gg_rc gg_status_to_headers(const gg_rpc_status *status, gg_arena *arena, gg_headers *out);

#endif
