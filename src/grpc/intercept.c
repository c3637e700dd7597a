/* intercept.c -- runs the interceptors' hooks around a call.
 *
 *   start, message_in                  in order of registration
 *   headers_out, message_out, end      in reverse order, of those that were started
 *
 * Every interceptor whose start was reached gets its end exactly once, also the one that answered.
 * Elsewhere: when each of them is due (inproc.c, handler.c). */
#include "grpc/call_private.h"

#include <assert.h>

static const gg_intercept *hook_at(const gg_call *call, size_t index)
{
    return &call->channel->server->intercepts[index];
}

static void *state_of(const gg_call *call, const gg_intercept *hook)
{
    return call->hook_state + hook->state_offset;
}

bool gg_hooks_start(gg_call *call)
{
    while (call->hooks_started < call->channel->server->intercept_count) {
        const gg_intercept *hook = hook_at(call, call->hooks_started++);
        if (hook->table->start == NULL)
            continue;
        call->owes = true; /* so that it may continue the call before it returns */
        gg_status status = hook->table->start(call, state_of(call, hook), hook->user);
        if (status == GG_STATUS_PENDING) {
            if (call->owes)
                return false;
        } else {
            call->owes = false;
            if (status != GG_STATUS_OK)
                gg_call_decide(call, status, call->said);
        }
        if (call->decided && !call->forced)
            return false;
    }
    return true;
}

void gg_call_continue(gg_call *call, gg_status status)
{
    assert(call->phase == GG_CALL_STARTING || call->phase == GG_CALL_CLOSED);
    assert(call->owes);
    call->owes = false;
    if (status != GG_STATUS_OK)
        gg_call_decide(call, status, call->said);
    gg_call_wake(call);
}

/* What a message hook answers: true goes on.  It cannot hold a message back, so PENDING is its fault.  A
 * handler that is under way then hears of a cancel. */
static bool message_passes(gg_call *call, gg_status status)
{
    if (status == GG_STATUS_OK)
        return true;
    gg_str message = call->said;
    if (status == GG_STATUS_PENDING) {
        status = GG_STATUS_INTERNAL;
        message = GG_STR("an interceptor cannot hold a message back");
    }
    if (call->owes)
        gg_call_force(call, status, message);
    else
        gg_call_decide(call, status, message);
    return false;
}

bool gg_hooks_message_in(gg_call *call, const gg_message *message)
{
    for (size_t i = 0; i < call->hooks_started; i++) {
        const gg_intercept *hook = hook_at(call, i);
        if (hook->table->message_in != NULL &&
            !message_passes(call, hook->table->message_in(call, state_of(call, hook), message, hook->user)))
            return false;
    }
    return true;
}

bool gg_hooks_message_out(gg_call *call, const gg_message *message)
{
    for (size_t i = call->hooks_started; i-- > 0;) {
        const gg_intercept *hook = hook_at(call, i);
        if (hook->table->message_out != NULL &&
            !message_passes(call, hook->table->message_out(call, state_of(call, hook), message, hook->user)))
            return false;
    }
    return true;
}

void gg_hooks_headers_out(gg_call *call)
{
    for (size_t i = call->hooks_started; i-- > 0;) {
        const gg_intercept *hook = hook_at(call, i);
        if (hook->table->headers_out != NULL)
            hook->table->headers_out(call, state_of(call, hook), hook->user);
    }
}

void gg_hooks_end(gg_call *call)
{
    for (size_t i = call->hooks_started; i-- > 0;) {
        const gg_intercept *hook = hook_at(call, i);
        if (hook->table->end != NULL)
            hook->table->end(call, state_of(call, hook), call->status, call->message, hook->user);
    }
}
