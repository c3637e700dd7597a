/* rest_error.h -- a status as the REST front answers it: {"code":5,"message":"Not Found","details":[]}. */
#ifndef GG_SRC_GATEWAY_REST_ERROR_H
#define GG_SRC_GATEWAY_REST_ERROR_H

#include "gateway/rest.h"

/* The google.rpc.Status in JSON, appended to w.  options: how its details are printed, and the schema that
 * knows their types; may be NULL.  A detail whose type is not known keeps its bytes:
 * {"@type":"type.googleapis.com/x.Y","value":"base64"}.  w->failed says whether memory was enough. */
void gg_rest_status_json(const gg_rpc_status *status, const gg_codec_options *options, gg_json_writer *w);

/* Answers with that as the body and releases the exchange.  options may be NULL; http_status 0: the one that stands for the code.
 * headers, in the exchange's arena, gets content-type and (for UNAUTHENTICATED) www-authenticate added.
 * trailers may be NULL or empty. */
void gg_rest_answer_status(gg_exchange *x, int http_status, const gg_rpc_status *status,
    const gg_codec_options *options, gg_headers *headers, const gg_headers *trailers);

#endif
