/* rest_error.h -- a status as the REST front answers it: {"code":5,"message":"Not Found","details":[]}. */
#ifndef GG_SRC_GATEWAY_REST_ERROR_H
#define GG_SRC_GATEWAY_REST_ERROR_H

#include "gateway/rest.h"

/* The google.rpc.Status in JSON, appended to w.  A detail whose type is not known here keeps its bytes:
 * {"@type":"type.googleapis.com/x.Y","value":"base64"}.  w->failed says whether memory was enough. */
void gg_rest_status_json(const gg_rpc_status *status, gg_json_writer *w);

/* Answers with that as the body and releases the exchange.  http_status 0: the one that stands for the code.
 * headers, in the exchange's arena, gets content-type and (for UNAUTHENTICATED) www-authenticate added.
 * trailers may be NULL or empty. */
void gg_rest_answer_status(gg_exchange *x, int http_status, const gg_rpc_status *status, gg_headers *headers,
    const gg_headers *trailers);

#endif
