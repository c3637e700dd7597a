/* rest.h -- the REST front: an exchange that a route matches becomes a call, its status an HTTP status.
 *
 * Spec: google/api/http.proto; errors as google.rpc.Status JSON. */
#ifndef GG_SRC_GATEWAY_REST_H
#define GG_SRC_GATEWAY_REST_H

#include "gateway/routes.h"
#include "grpc/channel.h"
#include "proto/message.h"

typedef struct gg_rest_front {
    gg_rpc_channel *channel;
    const gg_routes *routes;
    gg_unescape_mode unescape; /* GG_UNESCAPE_ALL_EXCEPT_RESERVED by default */
    gg_codec_options json;
    bool reject_unknown_query;   /* a query parameter that is no field is a 400 (default: ignored) */
    const gg_str *plain_headers; /* response metadata that goes out without "grpc-metadata-" (lower case) */
    size_t plain_header_count;
    const gg_log *log; /* may be NULL */
} gg_rest_front;

/* Takes the exchange: sets its events and answers it. */
void gg_rest_front_request(const gg_rest_front *front, gg_exchange *x);

/* Answers with a google.rpc.Status body; http_status 0: the one that stands for the code.  extra may be
 * NULL.  The front's use of the exchange is over with it (it is released). */
void gg_rest_error(gg_exchange *x, int http_status, gg_status code, gg_str message, const gg_headers *extra);
/* A gg_codec_config's error_body: what a codec answers by itself, in the same form. */
void gg_rest_error_body(int http_status, gg_str *content_type, gg_str *body);

#endif
