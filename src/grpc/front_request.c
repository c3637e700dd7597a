/* front_request.c -- the body of a gRPC request: its messages, offered to the channel one by one.
 *
 * Once the channel says GG_AGAIN no more bytes are consumed, and the peer's window closes.  So what is in memory is
 * the message that the channel holds, the one held here, and one window of bytes behind it.
 * Elsewhere: bytes to messages (inbound.c), how many messages a method takes (the channel). */
#include "grpc/front_private.h"

/* Offers the held message. */
static void offer(gg_front_call *call)
{
    gg_rc rc = gg_rpc_send(call->rpc, &call->held);
    call->holds = rc == GG_AGAIN;
    if (rc == GG_OK && call->client_streams)
        gg_message_arena_accepted(&call->in_arena);
    else if (rc != GG_OK && rc != GG_AGAIN)
        call->input_done = true; /* the call is over: its status is on the way */
}

/* Takes messages off the backlog and the bytes, until there are no more or the channel does not accept the last. */
static void feed(gg_front_call *call, gg_str bytes)
{
    gg_rc rc = GG_OK;
    while (rc == GG_OK && !call->holds && !call->input_done) { /* each round eats a byte or more */
        size_t consumed = 0;
        gg_rpc_status failure;
        rc = gg_inbound_next(&call->in, &bytes, &consumed, &call->held, &failure);
        gg_exchange_consume(call->x, consumed);
        if (rc == GG_OK)
            offer(call);
        else if (rc != GG_NEED_MORE)
            gg_front_fail(call, failure.code, failure.message);
    }
    if (!call->input_done && gg_inbound_keep(&call->in, bytes) == GG_OK)
        return;
    if (!call->input_done)
        gg_front_fail(call, GG_STATUS_RESOURCE_EXHAUSTED, GG_STR("out of memory"));
    gg_exchange_consume(call->x, gg_inbound_drop(&call->in) + bytes.len); /* nobody will read them */
}

/* Once the body has ended and all of it is with the channel. */
static void half_close(gg_front_call *call)
{
    if (!call->body_ended || call->holds || call->input_done)
        return;
    if (!gg_inbound_at_end(&call->in)) {
        gg_front_fail(call, GG_STATUS_INTERNAL, GG_STR("the request ends within a message"));
        return;
    }
    call->input_done = true;
    gg_rpc_half_close(call->rpc);
}

void gg_front_on_body(gg_exchange *x, gg_str bytes)
{
    feed(x->front, bytes);
}

void gg_front_on_end(gg_exchange *x)
{
    gg_front_call *call = x->front;
    call->body_ended = true;
    half_close(call);
}

void gg_front_on_channel_writable(void *user)
{
    gg_front_call *call = user;
    if (call->holds && !call->input_done)
        offer(call);
    feed(call, GG_STR(""));
    half_close(call);
}
