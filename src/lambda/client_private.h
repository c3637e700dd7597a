/* client_private.h -- what the files of the client share.
 *
 *   client.c          which state follows; the codec's functions
 *   client_request.c  requests to the API
 *   client_invoke.c   an event, the front, its response */
#ifndef GG_SRC_LAMBDA_CLIENT_PRIVATE_H
#define GG_SRC_LAMBDA_CLIENT_PRIVATE_H

#include "lambda/client.h"

/* -- client_request.c: each begins the state of that name and wakes the owner; c->x has its arena -- */
void gg_client_ask_next(gg_client *c);
/* The response to the invocation that the last reply named. */
void gg_client_post_response(gg_client *c, gg_str json);
/* The same invocation fails: its caller gets the gateway's own error.  message ptr NULL: no memory for one. */
void gg_client_post_error(gg_client *c, gg_str type, gg_str message);
void gg_client_post_init_error(gg_client *c, gg_str type, gg_str message);
/* Nothing is to be sent, nor awaited. */
void gg_client_forget_request(gg_client *c);

/* -- client_invoke.c -- */
/* The reply has an event: it goes to the front, or an error to the API. */
void gg_client_invoke(gg_client *c);

#endif
