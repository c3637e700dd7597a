/* front.h -- the gRPC front: an exchange with content type application/grpc becomes a call on a channel.
 *
 * Spec: gRPC PROTOCOL-HTTP2.  HTTP/2 only: trailers are how a call ends. */
#ifndef GG_SRC_GRPC_FRONT_H
#define GG_SRC_GRPC_FRONT_H

#include "grpc/channel.h"
#include "grpc/compress.h"

typedef struct gg_grpc_front {
    gg_rpc_channel *channel;
    uint32_t max_message_len;   /* bytes of one request message, uncompressed */
    uint32_t max_response_len;  /* the same of one response message */
    gg_compressor *compressor;  /* of the loop; not NULL */
    gg_compression compression; /* of responses whose handler does not say; DEFAULT: identity */
} gg_grpc_front;

/* True for application/grpc, +sub and ;params, in any case; false for grpc-web and others. */
bool gg_grpc_content_type(gg_str value);
/* Takes the exchange: sets its events and answers it. */
void gg_grpc_front_request(const gg_grpc_front *front, gg_exchange *x);

#endif
