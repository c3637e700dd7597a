/* dispatch.h -- which front an exchange belongs to: by path and content type.
 *
 *   content-type application/grpc*     gRPC over HTTP/2 (505 on HTTP/1)
 *   POST to an RPC's path, any other   415
 *   everything else                    REST */
#ifndef GG_SRC_GATEWAY_DISPATCH_H
#define GG_SRC_GATEWAY_DISPATCH_H

#include "gateway/rest.h"
#include "grpc/front.h"

typedef struct gg_fronts { /* of one worker */
    gg_grpc_front grpc;
    gg_rest_front rest;
} gg_fronts;

/* A gg_http_handler's function; user is a gg_fronts. */
void gg_fronts_request(void *user, gg_exchange *x);

#endif
