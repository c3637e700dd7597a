/* call_hooks.c -- the interceptors of call_script.h: state counts the hooks, "A" and "B" are told apart by their tables. */
#include "call_script.h"

static void hook_word(gg_call *call, int *count, call_script *s, const char *name, const char *what)
{
    (void)call;
    call_script_note(s, "%s.%s", name, what);
    ++*count;
}

static gg_status a_start(gg_call *call, void *state, void *user)
{
    call_script *s = user;
    hook_word(call, state, s, "A", "start");
    if (s->hook == REFUSE)
        return gg_call_fail(call, GG_STATUS_UNAUTHENTICATED, "who?");
    if (s->hook == HOLD_AND_PASS)
        gg_call_continue(call, GG_STATUS_OK);
    if (s->hook == HOLD)
        s->held = call;
    return s->hook == HOLD || s->hook == HOLD_AND_PASS ? GG_STATUS_PENDING : GG_STATUS_OK;
}

static gg_status a_in(gg_call *call, void *state, const gg_message *message, void *user)
{
    call_script *s = user;
    (void)message;
    hook_word(call, state, s, "A", "in");
    if (s->hook == PENDING_IN)
        return GG_STATUS_PENDING;
    return s->hook == REFUSE_IN ? gg_call_fail(call, GG_STATUS_INVALID_ARGUMENT, "in?") : GG_STATUS_OK;
}

static gg_status a_out(gg_call *call, void *state, const gg_message *message, void *user)
{
    call_script *s = user;
    (void)message;
    hook_word(call, state, s, "A", "out");
    return s->hook == REFUSE_OUT ? gg_call_fail(call, GG_STATUS_DATA_LOSS, "out?") : GG_STATUS_OK;
}

static void a_headers(gg_call *call, void *state, void *user)
{
    call_script *s = user;
    hook_word(call, state, s, "A", "headers");
    if (s->hook == SET_HEADER)
        gg_call_set_header(call, GG_STR("x-hook"), GG_STR("a"));
}

static void a_end(gg_call *call, void *state, gg_status status, gg_str message, void *user)
{
    call_script *s = user;
    (void)message;
    hook_word(call, state, s, "A", "end");
    call_script_note(s, "%s,%d", gg_status_name(status), *(int *)state);
    if (s->hook == SET_HEADER)
        gg_call_set_trailer(call, GG_STR("x-end"), GG_STR("a"));
}

static gg_status b_start(gg_call *call, void *state, void *user)
{
    hook_word(call, state, user, "B", "start");
    return GG_STATUS_OK;
}

static gg_status b_in(gg_call *call, void *state, const gg_message *message, void *user)
{
    (void)message;
    hook_word(call, state, user, "B", "in");
    return GG_STATUS_OK;
}

static gg_status b_out(gg_call *call, void *state, const gg_message *message, void *user)
{
    (void)message;
    hook_word(call, state, user, "B", "out");
    return GG_STATUS_OK;
}

static void b_end(gg_call *call, void *state, gg_status status, gg_str message, void *user)
{
    (void)status, (void)message;
    hook_word(call, state, user, "B", "end");
}

const gg_interceptor call_script_hook_a = { sizeof(int), a_start, a_in, a_out, a_headers, a_end };
const gg_interceptor call_script_hook_b = { sizeof(int), b_start, b_in, b_out, NULL, b_end };
