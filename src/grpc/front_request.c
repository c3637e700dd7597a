/* front_request.c -- the body of a gRPC request: bytes to messages, offered to the channel one by one.
 *
 * The exchange is told of bytes as consumed when they go into a message; once the channel says GG_AGAIN no
 * more do, and the peer's window closes.  So what is in memory is the message that the channel holds, the one
 * held here, and one window of bytes behind it.
 * Spec: gRPC PROTOCOL-HTTP2, "Length-Prefixed-Message".  Elsewhere: how many messages a method takes (channel). */
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

static void fail_framing(gg_front_call *call, gg_rc rc)
{
    if (rc == GG_ETOOBIG)
        gg_front_fail(call, GG_STATUS_RESOURCE_EXHAUSTED,
            gg_arena_printf(call->x->arena, "received message larger than max (%u vs. %u)",
                (unsigned)call->deframer.want, (unsigned)call->max_message_len));
    else if (rc == GG_ENOMEM)
        gg_front_fail(call, GG_STATUS_RESOURCE_EXHAUSTED, GG_STR("the call has spent its memory"));
    else
        gg_front_fail(call, GG_STATUS_INTERNAL, GG_STR("message with an unknown flag"));
}

/* A message of a client-streaming call begins in memory of its own. */
static gg_rc begin_message(gg_front_call *call)
{
    if (!call->client_streams || !gg_deframer_at_boundary(&call->deframer))
        return GG_OK;
    gg_arena *arena = gg_message_arena_next(&call->in_arena);
    if (arena == NULL)
        return GG_ENOMEM;
    gg_deframer_init(&call->deframer, arena, call->max_message_len);
    return GG_OK;
}

/* Takes messages off the bytes, until there are no more or the channel does not accept the last. */
static void feed(gg_front_call *call, gg_str *bytes)
{
    while (bytes->len > 0 && !call->holds && !call->input_done) { /* each round eats a byte or more */
        gg_str message;
        bool compressed;
        size_t before = bytes->len;
        gg_rc rc = begin_message(call);
        if (rc == GG_OK)
            rc = gg_deframer_next(&call->deframer, bytes, &message, &compressed);
        gg_exchange_consume(call->x, before - bytes->len);
        if (rc == GG_NEED_MORE)
            return;
        if (rc != GG_OK) {
            fail_framing(call, rc);
        } else if (compressed) {
            gg_front_fail(call, GG_STATUS_INTERNAL, GG_STR("compressed flag set with identity or empty encoding"));
        } else {
            call->held = (gg_message){ .wire = message };
            offer(call);
        }
    }
}

/* Once the body has ended and all of it is with the channel. */
static void half_close(gg_front_call *call)
{
    if (!call->body_ended || call->holds || call->backlog.len > 0 || call->input_done)
        return;
    if (!gg_deframer_at_boundary(&call->deframer)) {
        gg_front_fail(call, GG_STATUS_INTERNAL, GG_STR("the request ends within a message"));
        return;
    }
    call->input_done = true;
    gg_rpc_half_close(call->rpc);
}

/* Gives the peer its window back for bytes that nobody will read. */
static void throw_away(gg_front_call *call)
{
    gg_exchange_consume(call->x, call->backlog.len);
    gg_buf_consume(&call->backlog, call->backlog.len);
}

void gg_front_on_body(gg_exchange *x, gg_str bytes)
{
    gg_front_call *call = x->front;
    if (call->backlog.len == 0)
        feed(call, &bytes);
    if (call->input_done) {
        throw_away(call);
        gg_exchange_consume(x, bytes.len);
    } else if (bytes.len > 0 && gg_buf_append(&call->backlog, bytes) != GG_OK) {
        gg_front_fail(call, GG_STATUS_RESOURCE_EXHAUSTED, GG_STR("out of memory"));
        gg_exchange_consume(x, bytes.len);
    }
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
    gg_str bytes = gg_buf_str(&call->backlog);
    size_t before = bytes.len;
    feed(call, &bytes);
    gg_buf_consume(&call->backlog, before - bytes.len);
    if (call->input_done)
        throw_away(call);
    half_close(call);
}
