/* front_response.c -- a call's headers, messages and status as an HTTP response.
 *
 *   headers, message ..., status    HEADERS(200) DATA ... HEADERS(grpc-status, END_STREAM)
 *   status alone                    HEADERS(200, grpc-status, END_STREAM): Trailers-Only
 *
 * The channel hears that a message is done when the exchange has taken its last byte.  A message that is cut
 * by a deadline leaves no place for trailers: the stream is reset.
 * Spec: gRPC PROTOCOL-HTTP2, "Responses". */
#include "grpc/front_private.h"
#include "http/h2_error.h"

static const gg_header ok_trailers[] = { { GG_STR_INIT("grpc-status"), GG_STR_INIT("0") } };
/* RESOURCE_EXHAUSTED, for when there is no memory to say more: Trailers-Only, and its last as trailers. */
static const gg_header spent_head[] = { { GG_STR_INIT("content-type"), GG_STR_INIT("application/grpc") },
    { GG_STR_INIT("grpc-status"), GG_STR_INIT("8") } };

/* What the handler wants, or else the server, if the caller accepts it. */
static void choose_compression(gg_front_call *call)
{
    gg_compression *how = &call->outbound.compression;
    if (call->rpc->compression != GG_COMPRESSION_DEFAULT)
        *how = call->rpc->compression;
    if (!gg_compression_is_on(*how) || !gg_compression_accepted(*how, &call->x->headers))
        *how = GG_COMPRESSION_IDENTITY;
}

void gg_front_on_headers(void *user, const gg_headers *headers)
{
    gg_front_call *call = user;
    gg_headers head = call->head;
    choose_compression(call);
    gg_rc rc = GG_OK;
    gg_compression how = call->outbound.compression;
    if (gg_compression_is_on(how))
        rc = gg_headers_add(&head, call->x->arena, GG_STR("grpc-encoding"), gg_compression_name(how));
    if (rc == GG_OK)
        rc = gg_metadata_to_headers(headers, call->x->arena, &head);
    if (rc == GG_OK)
        rc = gg_exchange_start(call->x, 200, &head);
    if (rc == GG_OK)
        return;
    call->broken = true;
    gg_exchange_reset(call->x, GG_H2_INTERNAL_ERROR);
    gg_rpc_cancel(call->rpc, rc == GG_ECANCELED ? GG_STATUS_CANCELLED : GG_STATUS_RESOURCE_EXHAUSTED);
}

/* Writes what is in out; true when the exchange has taken all of it. */
static bool flush(gg_front_call *call)
{
    for (size_t i = 0; i < 2; i++) {
        gg_str *part = &call->out[i];
        size_t taken = part->len > 0 ? gg_exchange_write(call->x, *part) : 0;
        *part = gg_str_of(part->ptr + taken, part->len - taken);
        if (part->len > 0)
            return false;
    }
    gg_outbound_done(&call->outbound);
    return true;
}

void gg_front_on_message(void *user, const gg_message *message)
{
    gg_front_call *call = user;
    gg_outbound *out = &call->outbound;
    if (call->broken)
        return;
    gg_rc rc = gg_outbound_put(out, message);
    if (rc == GG_ENOMEM) {
        gg_front_fail(call, GG_STATUS_RESOURCE_EXHAUSTED, GG_STR("the call has spent its memory"));
    } else if (rc == GG_ETOOBIG) {
        gg_front_fail(call, GG_STATUS_RESOURCE_EXHAUSTED,
            gg_arena_printf(call->x->arena, "trying to send message larger than max (%zu vs. %u)", out->wire.len,
                (unsigned)out->max_len));
    } else if (rc != GG_OK) {
        gg_front_fail(call, GG_STATUS_INTERNAL, GG_STR("the response cannot be serialized"));
    } else {
        call->out[0] = gg_str_of(out->prefix, sizeof out->prefix);
        call->out[1] = out->wire;
        if (flush(call))
            gg_rpc_message_done(call->rpc);
    }
}

/* The trailers of a response that has begun, the whole head of one that has not. */
static void fill_trailers(gg_front_call *call, const gg_rpc_status *status)
{
    bool has_metadata = status->trailers != NULL && status->trailers->count > 0;
    if (call->x->started && status->code == GG_STATUS_OK && status->message.len == 0 && !has_metadata) {
        call->trailers = gg_front_table(ok_trailers, 1);
        return;
    }
    gg_headers list = call->x->started ? (gg_headers){ 0 } : gg_front_table(call->head.items, 1); /* content-type */
    gg_rc rc = gg_status_to_headers(status, call->x->arena, &list);
    if (rc == GG_OK && has_metadata)
        rc = gg_metadata_to_headers(status->trailers, call->x->arena, &list);
    if (rc != GG_OK)
        list = call->x->started ? gg_front_table(spent_head + 1, 1) : gg_front_table(spent_head, 2);
    call->trailers = list;
}

void gg_front_on_status(void *user, const gg_rpc_status *status)
{
    gg_front_call *call = user;
    gg_rpc_status last = *status;
    call->rpc = NULL;
    call->input_done = true;
    if (call->failed && last.code == call->failure.code)
        last.message = call->failure.message;
    if (call->broken) {
        gg_front_release(call);
        return;
    }
    fill_trailers(call, &last);
    bool written = flush(call);
    if (!call->x->started) {
        gg_exchange_respond(call->x, 200, &call->trailers, GG_STR(""), NULL);
    } else if (written) {
        gg_exchange_end(call->x, &call->trailers);
    } else if (call->server_streams) {
        gg_exchange_reset(call->x, GG_H2_CANCEL);
    } else {
        call->over = true; /* the response is in the call's memory: writable goes on */
        return;
    }
    gg_front_release(call);
}

void gg_front_on_writable(gg_exchange *x)
{
    gg_front_call *call = x->front;
    bool had_message = call->out[1].len > 0 || call->out[0].len > 0;
    if (!had_message || !flush(call))
        return;
    if (!call->over) {
        gg_rpc_message_done(call->rpc);
        return;
    }
    gg_exchange_end(x, &call->trailers);
    gg_front_release(call);
}
