/* metadata.h -- metadata and statuses as HTTP headers, both ways.
 *
 *   request headers   --from-->   metadata   --to-->   request headers
 *   response headers, trailers    <--to--    metadata, status    <--from--
 *
 * Spec: gRPC PROTOCOL-HTTP2, "Custom-Metadata", "Status".  Everything made lives in the arena. */
#ifndef GG_SRC_GRPC_METADATA_H
#define GG_SRC_GRPC_METADATA_H

#include "grpc/channel.h"

/* A key that a program may set, with a value that HTTP can carry ("-bin": any bytes). */
bool gg_metadata_valid(gg_str key, gg_str value);
/* Headers to metadata: without reserved ones (grpc-*, te, content-type, ...; user-agent is kept), "-bin" values
 * decoded.  GG_EPROTO for bad base64, GG_ENOMEM. */
gg_rc gg_metadata_from_headers(const gg_headers *headers, gg_arena *arena, gg_headers *out);
/* Metadata to headers or trailers, "-bin" values as unpadded base64; appended to *out.  GG_ENOMEM. */
gg_rc gg_metadata_to_headers(const gg_headers *metadata, gg_arena *arena, gg_headers *out);

/* grpc-status, grpc-message, grpc-status-details-bin; appended to *out.  GG_ENOMEM. */
gg_rc gg_status_to_headers(const gg_rpc_status *status, gg_arena *arena, gg_headers *out);
/* The other way; out->trailers is left alone.  A grpc-status that is no code is UNKNOWN, details that are no base64
 * are dropped.  GG_ENOTFOUND: no grpc-status; GG_ENOMEM. */
gg_rc gg_status_from_headers(const gg_headers *headers, gg_arena *arena, gg_rpc_status *out);

#endif
