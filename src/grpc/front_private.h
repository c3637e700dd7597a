/* front_private.h -- one call of the gRPC front.
 *
 *   front.c           the request's head: what is refused, what starts a call
 *   front_request.c   the request's body: bytes -> messages -> channel
 *   front_response.c  the channel's events -> response head, messages, trailers
 *
 *              body                gg_rpc_send
 *   exchange -------> inbound --> held ---------> channel     at most one message is held here, and behind
 *   exchange <------------------- out  <--------- channel     it what the stream's window lets through */
#ifndef GG_SRC_GRPC_FRONT_PRIVATE_H
#define GG_SRC_GRPC_FRONT_PRIVATE_H

#include "grpc/front.h"
#include "grpc/inbound.h"
#include "grpc/metadata.h"
#include "grpc/outbound.h"

typedef struct gg_front_call {
    gg_exchange *x; /* this struct stands in its arena */
    gg_rpc *rpc;    /* NULL once the status has come */
    bool client_streams, server_streams;
    gg_headers metadata;
    gg_rpc_status failure; /* what the front itself found wrong, in better words than the channel has */
    bool failed;

    gg_inbound in;
    gg_message_arena in_arena; /* of a client-streaming call's messages; the channel empties it */
    gg_message held;           /* whole, offered to the channel */
    bool holds;                /* it said GG_AGAIN */
    bool body_ended;
    bool input_done; /* half-closed, failed or over: the rest of the body is thrown away */

    gg_outbound outbound;
    gg_headers head; /* of the response: content-type, and grpc-accept-encoding for callers that may compress */
    bool broken;     /* the response could not be started: it was reset */
    gg_str out[2];   /* prefix and message: what the exchange has not taken */
    bool over;       /* the status has come: trailers follow what is in out */
    gg_headers trailers;
} gg_front_call;

/* A list that stands in a table; cap equals count, so that an addition copies it. */
static inline gg_headers gg_front_table(const gg_header *items, size_t count)
{
    return (gg_headers){ (gg_header *)(uintptr_t)items, count, count };
}

/* Ends the call with a status that the front decides. */
void gg_front_fail(gg_front_call *call, gg_status code, gg_str message);
/* The last use of the call. */
void gg_front_release(gg_front_call *call);

/* -- events, of the exchange and of the channel -- */
void gg_front_on_body(gg_exchange *x, gg_str bytes);
void gg_front_on_end(gg_exchange *x);
void gg_front_on_channel_writable(void *user);

void gg_front_on_headers(void *user, const gg_headers *headers);
void gg_front_on_message(void *user, const gg_message *message);
void gg_front_on_status(void *user, const gg_rpc_status *status);
void gg_front_on_writable(gg_exchange *x);

#endif
