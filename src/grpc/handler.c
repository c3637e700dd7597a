/* handler.c -- calls the handler: a unary one once, a streaming one event by event.
 *
 *   handler   is given                                    gives
 *   typed     its own input struct                        its output struct, as it is
 *   raw       serialized bytes                            serialized bytes
 *   stream    the message as it came                      messages by gg_call_send
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

static gg_status request_to_wire(gg_call *call, gg_message *m)
{
    if (m->typed == NULL)
        return GG_STATUS_OK;
    gg_rc rc = gg_message_to_wire(m->type, m->typed, call->arena, &m->wire);
    if (rc != GG_OK)
        return request_failed(call, rc, NULL);
    m->typed = NULL;
    m->type = NULL;
    return GG_STATUS_OK;
}

static gg_status request_to_typed(gg_call *call, gg_message *m)
{
    const gg_message_type *type = call->method->type->input;
    if (m->typed != NULL && m->type == type)
        return GG_STATUS_OK;
    gg_status status = request_to_wire(call, m); /* a struct by other tables of the same message */
    if (status != GG_STATUS_OK)
        return status;
    gg_decode_error error = { 0 };
    void *request = gg_message_new(type, call->arena);
    gg_rc rc = request == NULL ? GG_ENOMEM : gg_message_from_wire(type, request, m->wire, NULL, call->arena, &error);
    if (rc != GG_OK)
        return request_failed(call, rc, &error);
    *m = (gg_message){ .type = type, .typed = request };
    return GG_STATUS_OK;
}

/* The status that a handler returned; PENDING: it will come. */
static void answer(gg_call *call, gg_status status)
{
    if (status != GG_STATUS_PENDING && call->owes)
        gg_call_finish(call, status);
}

static void start_unary(gg_call *call)
{
    const gg_method *method = call->method;
    gg_message *m = &call->in.message;
    call->in.state = GG_SLOT_TAKEN;
    gg_status status = method->typed != NULL ? request_to_typed(call, m) : request_to_wire(call, m);
    if (status == GG_STATUS_OK) {
        call->response =
            method->typed != NULL ? gg_message_new(method->type->output, call->arena) : &call->raw_response;
        if (call->response == NULL)
            status = request_failed(call, GG_ENOMEM, NULL);
    }
    if (status != GG_STATUS_OK) {
        gg_call_decide(call, status, call->said);
        return;
    }
    if (!gg_hooks_message_in(call, m))
        return;
    call->owes = true;
    answer(call,
        method->typed != NULL ? method->typed(call, method->impl, m->typed, call->response)
                              : method->raw(call, m->wire, &call->raw_response));
}

void gg_handler_start(gg_call *call)
{
    const gg_stream_handler *stream = call->method->stream;
    if (stream == NULL) {
        start_unary(call);
        return;
    }
    call->owes = true;
    if (stream->start != NULL)
        answer(call, stream->start(call, call->stream_state));
}

bool gg_handler_step(gg_call *call)
{
    const gg_stream_handler *stream = call->method->stream;
    if (stream == NULL || !call->owes)
        return false;
    if (call->in.state == GG_SLOT_READY) {
        call->in.state = GG_SLOT_TAKEN;
        if (!gg_hooks_message_in(call, &call->in.message))
            return true;
        if (stream->message != NULL)
            answer(call, stream->message(call, call->stream_state, &call->in.message));
        else
            gg_call_message_done(call);
        return true;
    }
    if (call->in.state == GG_SLOT_EMPTY && call->half_closed && !call->half_close_told) {
        call->half_close_told = true;
        if (stream->half_close != NULL)
            answer(call, stream->half_close(call, call->stream_state));
        return true;
    }
    if (call->out.state == GG_SLOT_EMPTY && call->out.sender_waits) {
        call->out.sender_waits = false;
        if (stream->writable != NULL)
            answer(call, stream->writable(call, call->stream_state));
        return true;
    }
    return false;
}

/* -- what a streaming handler asks for -- */

gg_rc gg_call_send(gg_call *call, const gg_message *message)
{
    if (!call->owes || call->decided || call->phase == GG_CALL_CLOSED)
        return GG_ECANCELED;
    if (call->sent_message && !gg_call_server_streams(call))
        return GG_EINVAL;
    if (call->out.state != GG_SLOT_EMPTY) {
        call->out.sender_waits = true;
        return GG_AGAIN;
    }
    gg_message_arena_accepted(&call->out_arena);
    gg_call_put_response(call, message);
    return GG_OK;
}

void gg_call_message_done(gg_call *call)
{
    if (call->in.state != GG_SLOT_TAKEN)
        return;
    call->in.state = GG_SLOT_EMPTY;
    gg_call_wake(call);
}

gg_arena *gg_call_arena(gg_call *call)
{
    return gg_call_server_streams(call) ? gg_message_arena_next(&call->out_arena) : call->arena;
}
