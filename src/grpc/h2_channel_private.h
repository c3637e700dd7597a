/* h2_channel_private.h -- one call of an HTTP/2 channel, and what the channel's files share.
 *
 *   h2_channel.c   states, connections, the queue
 *   h2_rpc.c       a call: the caller's functions, and the one function that moves it
 *   h2_stream.c    its HTTP/2 stream: opening it, what comes in
 *   h2_response.c  headers, resets and connection errors as statuses
 *
 *            gg_rpc_send          DATA
 *   caller -------------> out ------------> server        at most one message is held in each direction, and
 *   caller <------------- in <-- inbound <- server        behind the one that comes in what the window lets through
 *
 * As in-process, whatever happens to a call only notes it in the struct and wakes the call's task; all events of
 * the caller run from there. */
#ifndef GG_SRC_GRPC_H2_CHANNEL_PRIVATE_H
#define GG_SRC_GRPC_H2_CHANNEL_PRIVATE_H

#include "grpc/h2_channel.h"
#include "grpc/inbound.h"
#include "grpc/outbound.h"
#include "http/h2_client.h"

struct gg_h2_conn {
    gg_h2_channel *channel;
    gg_link *link;
    gg_h2_client *client;    /* the link's codec; NULL until it is connected */
    gg_task changed;         /* posted by the client */
    gg_h2_conn *prev, *next; /* of the old ones */
};

struct gg_h2_rpc {
    gg_rpc rpc; /* the caller's end; first, so that one pointer is both */
    gg_client_stream stream;
    gg_h2_channel *channel;
    gg_arena *arena; /* a reference of the call's own */
    gg_str path;
    const gg_headers *metadata;
    uint64_t deadline_ns;
    bool client_streams, server_streams;
    bool wait_for_ready;

    gg_task task; /* runs the steps */
    gg_timer deadline;
    bool running;           /* inside the task: no need to wake it */
    bool closed;            /* the status event was delivered */
    bool queued;            /* waits for a connection or a stream */
    gg_h2_rpc *prev, *next; /* of the queue */
    bool again, sent_again; /* it is to be queued once more; it was */

    /* the request */
    gg_outbound out;   /* the last message that was accepted */
    bool out_held;     /* not all of it is framed */
    bool sender_waits; /* it was told GG_AGAIN */
    bool half_closed;
    size_t sent_count;          /* messages accepted */
    gg_message_arena *in_arena; /* the caller's, of its messages; NULL: they live in the arena */

    /* the response */
    bool answered; /* something of it has come */
    bool headers_due, headers_told;
    gg_headers headers, trailers; /* metadata */
    gg_inbound inbound;
    gg_message_arena messages; /* of a server-streaming call */
    gg_message message;
    enum { GG_IN_NONE, GG_IN_READY, GG_IN_TAKEN } in; /* message: none, to be given to the caller, with it */
    bool got_message;

    bool decided; /* status is what the caller will get, after what came before it */
    bool forced;  /* at once */
    gg_rpc_status status;
};

/* -- h2_channel.c -- */
/* Opens the call's stream, or lets it wait, or decides its status. */
void gg_h2_channel_admit(gg_h2_channel *channel, gg_h2_rpc *rpc);
/* Looks for another place for those that wait there. */
void gg_h2_channel_readmit(gg_h2_channel *channel);
/* Where a call is to go now. */
gg_h2_channel *gg_h2_balance_pick(gg_h2_balance *balance);
/* The member has become ready: calls that wait at others come to it. */
void gg_h2_balance_ready(gg_h2_balance *balance);
/* It waits no more. */
void gg_h2_channel_forget(gg_h2_channel *channel, gg_h2_rpc *rpc);

/* -- h2_rpc.c -- */
extern const gg_rpc_channel_ops gg_h2_channel_ops;
void gg_h2_rpc_wake(gg_h2_rpc *rpc);
/* The first status wins; while an OK is not delivered, an error still replaces it. */
void gg_h2_rpc_decide(gg_h2_rpc *rpc, const gg_rpc_status *status);
/* Decides, and closes without waiting for messages or the reader. */
void gg_h2_rpc_force(gg_h2_rpc *rpc, gg_status code, gg_str message);

/* -- h2_stream.c -- */
/* Sends the call's head and what there is of its messages. */
void gg_h2_rpc_open(gg_h2_rpc *rpc, gg_h2_client *client);
/* Gives the stream the message in rpc->out. */
static inline void gg_h2_rpc_write(gg_h2_rpc *rpc)
{
    gg_client_stream_write(&rpc->stream, gg_str_of(rpc->out.prefix, sizeof rpc->out.prefix), rpc->out.wire);
}
/* Makes the next message of the backlog and the bytes, if none is there. */
void gg_h2_rpc_take(gg_h2_rpc *rpc, gg_str bytes);

/* -- h2_response.c -- */
/* True if the head is that of a gRPC response; else *status is what the call ends with.
 * Spec: http-grpc-status-mapping.md. */
bool gg_h2_check_head(int http_status, const gg_headers *headers, gg_arena *arena, gg_rpc_status *status);
/* What a response without END_STREAM ends with.  Spec: PROTOCOL-HTTP2, "Errors". */
gg_rpc_status gg_h2_status_of_reset(gg_client_stream_ending end, uint32_t h2_error);

#endif
