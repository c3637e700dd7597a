/* rest_metadata.h -- HTTP headers to the metadata of a call, and its metadata back to headers.
 *
 *   request                               metadata            response
 *   Accept, Cookie, ... (a fixed list)    grpcgateway-accept
 *   Authorization                         authorization, grpcgateway-authorization
 *   Grpc-Metadata-X                       x            -->    Grpc-Metadata-X, Grpc-Trailer-X
 *   Host, X-Forwarded-*, the peer         x-forwarded-host, x-forwarded-for
 *   Lambda-Runtime-* (of events)          lambda-runtime-*
 *   everything else                       -
 *
 * The names and forms are grpc-gateway's.  Metadata that clients could use to pretend to be the gateway
 * is not taken from Grpc-Metadata-*; "-bin" values travel as base64. */
#ifndef GG_SRC_GATEWAY_REST_METADATA_H
#define GG_SRC_GATEWAY_REST_METADATA_H

#include "gateway/rest.h"

/* The metadata of the call that the request starts; names and values stay in the exchange's arena.
 * GG_OK; GG_EPROTO: a "-bin" value is not base64; GG_ENOMEM. */
gg_rc gg_rest_metadata_in(const gg_rest_front *front, const gg_exchange *x, gg_headers *metadata);

/* Grpc-Timeout as a point in time, or the source's own deadline if that is earlier.  GG_OK; GG_EPROTO: malformed;
 * GG_ETOOBIG: it is over already. */
gg_rc gg_rest_deadline(const gg_exchange *x, uint64_t *deadline_ns);

/* Header metadata, appended to *headers as copies.  "x-http-code" goes into *http_status instead, if it is a
 * final status.  GG_ENOMEM. */
gg_rc gg_rest_metadata_out(const gg_rest_front *front, const gg_headers *metadata, gg_arena *arena, gg_headers *headers,
    int *http_status);

/* Trailer metadata, for a request that says TE: trailers: appended to *trailers as copies, each name also
 * announced by a "trailer" header.  Nothing is added where trailers cannot be sent.  GG_ENOMEM. */
gg_rc gg_rest_trailers_out(const gg_exchange *x, const gg_headers *metadata, gg_headers *headers, gg_headers *trailers);

#endif
