/* handler.c -- calls the handler: a unary one once, a streaming one event by event.
 *
 *   handler             is given                                 gives
 *   typed               its own input struct                     its output struct, or structs by gg_call_send
 *   raw                 serialized bytes                         serialized bytes
 *   stream (a table)    serialized bytes, event by event         messages by gg_call_send
 *
 * A message that came in the other form is converted first, so the message_in hooks see what the handler sees.
 * Elsewhere: when the handler is due and what becomes of its answer (inproc.c). */
#include "grpc/call_private.h"
#include "proto/message.h"

/* Why a codec gave up on the request.  Spec: gRPC statuscodes.md: what cannot be parsed is INTERNAL. */
static gg_status request_failed(gg_call *call, gg_rc rc, const gg_decode_error *error)
{
    if (rc == GG_ENOMEM)
        return gg_call_fail(call, GG_STATUS_RESOURCE_EXHAUSTED, "the call has spent its memory");
    gg_str text = error != NULL ? gg_decode_error_text(error, call->arena) : GG_STR("it cannot be serialized");
    return gg_call_fail(call, GG_STATUS_INTERNAL, "malformed request: %.*s", GG_STR_ARG(text));
}

static gg_status request_to_wire(gg_call *call, gg_message *m, gg_arena *arena)
{
    if (m->typed == NULL)
        return GG_STATUS_OK;
    gg_rc rc = gg_message_to_wire(m->type, m->typed, arena, &m->wire);
    if (rc != GG_OK)
        return request_failed(call, rc, NULL);
    m->typed = NULL;
    m->type = NULL;
    return GG_STATUS_OK;
}

static gg_status request_to_typed(gg_call *call, gg_message *m, gg_arena *arena)
{
    const gg_message_type *type = call->method->type->input;
    if (m->typed != NULL && m->type == type)
        return GG_STATUS_OK;
    gg_status status = request_to_wire(call, m, arena); /* a struct by other tables of the same message */
    if (status != GG_STATUS_OK)
        return status;
    gg_decode_error error = { 0 };
    void *request = gg_message_new(type, arena);
    gg_rc rc = request == NULL ? GG_ENOMEM : gg_message_from_wire(type, request, m->wire, NULL, arena, &error);
    if (rc != GG_OK)
        return request_failed(call, rc, &error);
    *m = (gg_message){ .type = type, .typed = request, .compressed = m->compressed };
    return GG_STATUS_OK;
}

/* Whether the handler takes the message as it came. */
static bool takes(const gg_call *call, const gg_message *m)
{
    return call->method->typed != NULL ? m->typed != NULL && m->type == call->method->type->input : m->typed == NULL;
}

/* The message that came, as the handler takes it and after the hooks have seen it; false: the call is decided. */
static bool take_request(gg_call *call)
{
    gg_message *m = &call->in.message;
    call->in.state = GG_SLOT_TAKEN;
    if (!takes(call, m)) {
        bool many = gg_call_client_streams(call);
        gg_arena *arena = many ? gg_message_arena_next(&call->converted) : call->arena;
        gg_status status = arena == NULL  ? request_failed(call, GG_ENOMEM, NULL)
            : call->method->typed != NULL ? request_to_typed(call, m, arena)
                                          : request_to_wire(call, m, arena);
        if (many)
            gg_message_arena_accepted(&call->converted);
        if (status != GG_STATUS_OK) {
            if (call->owes)
                gg_call_force(call, status, call->said);
            else
                gg_call_decide(call, status, call->said);
            return false;
        }
    }
    return gg_hooks_message_in(call, m);
}

/* The status that a handler returned; PENDING: it will come. */
static void answer(gg_call *call, gg_status status)
{
    if (status != GG_STATUS_PENDING && call->owes)
        gg_call_finish(call, status);
}

static bool make_response(gg_call *call)
{
    const gg_method *method = call->method;
    if (method->type->server_streaming || method->stream != NULL)
        return true;
    call->response = method->typed != NULL ? gg_message_new(method->type->output, call->arena) : &call->raw_response;
    if (call->response != NULL)
        return true;
    gg_call_decide(call, request_failed(call, GG_ENOMEM, NULL), call->said);
    return false;
}

/* One event of a typed handler or of a table. */
static void tell(gg_call *call, gg_stream_event event)
{
    const gg_method *method = call->method;
    const gg_stream_handler *table = method->stream;
    const gg_message *m = &call->in.message;
    gg_status status = GG_STATUS_PENDING;
    if (table == NULL) {
        bool with_request = event == GG_STREAM_MESSAGE || !gg_call_client_streams(call);
        status = method->typed(call, method->impl, event, with_request ? m->typed : NULL, call->response);
        answer(call, status);
        return;
    }
    switch (event) {
    case GG_STREAM_START:
        if (table->start != NULL)
            status = table->start(call, call->state);
        break;
    case GG_STREAM_MESSAGE:
        if (table->message != NULL)
            status = table->message(call, call->state, m);
        break;
    case GG_STREAM_HALF_CLOSE:
        if (table->half_close != NULL)
            status = table->half_close(call, call->state);
        break;
    case GG_STREAM_WRITABLE:
        if (table->writable != NULL)
            status = table->writable(call, call->state);
        break;
    }
    answer(call, status);
}

void gg_handler_start(gg_call *call)
{
    const gg_method *method = call->method;
    call->streams = method->stream != NULL || method->type->client_streaming || method->type->server_streaming;
    bool with_request = method->stream == NULL && !gg_call_client_streams(call);
    if ((with_request && !take_request(call)) || !make_response(call))
        return;
    call->owes = true;
    if (method->raw != NULL)
        answer(call, method->raw(call, call->in.message.wire, &call->raw_response));
    else
        tell(call, GG_STREAM_START);
}

static bool is_paced(const gg_call *call)
{
    const gg_stream_handler *table = call->method->stream;
    return table != NULL ? table->paced : gg_call_client_streams(call);
}

/* The request message that has come; the next one may follow, unless the handler keeps this one.  What a paced
 * handler has sent may point into it. */
static void tell_message(gg_call *call)
{
    call->holds_message = false;
    if (!take_request(call))
        return;
    tell(call, GG_STREAM_MESSAGE);
    if (!call->owes || call->holds_message)
        return;
    if (is_paced(call) && call->out.state != GG_SLOT_EMPTY)
        call->done_when_sent = true;
    else
        gg_call_message_done(call);
}

bool gg_handler_step(gg_call *call)
{
    if (!call->owes || !call->streams)
        return false;
    bool listens = !is_paced(call) || call->out.state == GG_SLOT_EMPTY;
    bool once = call->method->stream == NULL && !gg_call_client_streams(call); /* START told all */
    if (call->out.state == GG_SLOT_EMPTY && call->out.sender_waits) {
        call->out.sender_waits = false;
        tell(call, GG_STREAM_WRITABLE);
        return true;
    }
    if (once || !listens)
        return false;
    if (call->done_when_sent) {
        gg_call_message_done(call);
        return true;
    }
    if (call->in.state == GG_SLOT_READY) {
        tell_message(call);
        return true;
    }
    if (call->in.state == GG_SLOT_EMPTY && call->half_closed && !call->half_close_told) {
        call->half_close_told = true;
        tell(call, GG_STREAM_HALF_CLOSE);
        return true;
    }
    return false;
}

/* -- what a streaming handler asks for -- */

gg_rc gg_call_send(gg_call *call, const gg_message *message)
{
    if (!call->owes || call->decided || call->phase == GG_CALL_CLOSED)
        return GG_ECANCELED;
    if (!call->streams || (call->sent_message && !gg_call_server_streams(call)))
        return GG_EINVAL;
    if (call->out.state != GG_SLOT_EMPTY) {
        call->out.sender_waits = true;
        return GG_AGAIN;
    }
    gg_message sent = *message;
    sent.plain = message->plain || call->plain;
    if (sent.typed != NULL) {
        gg_arena *arena = gg_call_arena(call);
        void *copy = arena != NULL ? gg_arena_alloc(arena, sent.type->size) : NULL;
        if (copy == NULL)
            return GG_ENOMEM;
        memcpy(copy, sent.typed, sent.type->size);
        sent.typed = copy;
    }
    gg_message_arena_accepted(&call->out_arena);
    gg_call_put_response(call, &sent);
    return GG_OK;
}

void gg_call_hold_message(gg_call *call)
{
    call->holds_message = true;
}

void gg_call_message_done(gg_call *call)
{
    call->holds_message = call->done_when_sent = false;
    if (call->in.state != GG_SLOT_TAKEN)
        return;
    call->in.state = GG_SLOT_EMPTY;
    gg_message_arena_done(&call->converted);
    gg_call_wake(call);
}

void *gg_call_state(gg_call *call, size_t len)
{
    if (call->state == NULL)
        call->state = gg_arena_zalloc(call->arena, len > 0 ? len : 1);
    return call->state;
}

gg_arena *gg_call_arena(gg_call *call)
{
    return gg_call_server_streams(call) ? gg_message_arena_next(&call->out_arena) : call->arena;
}
