/* h2_fixture.c -- the channel, its calls, and their ends. */
#include "h2_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

static void on_message(void *user, const gg_message *message)
{
    h2_call *call = user;
    (void)message;
    call->messages++;
    gg_rpc_message_done(call->rpc);
}

static void on_status(void *user, const gg_rpc_status *status)
{
    h2_call *call = user;
    call->statuses++;
    call->status = status->code;
    snprintf(call->text, sizeof call->text, "%.*s", GG_STR_ARG(status->message));
    if (call->cancels != NULL)
        gg_rpc_cancel(call->cancels->rpc, GG_STATUS_CANCELLED);
}

const gg_rpc_events h2_call_events = { .message = on_message, .status = on_status };

h2_call *h2_calls_start(h2_calls *c, const char *path, uint64_t deadline_ns)
{
    assert_true(c->count < H2_CALLS_MAX);
    h2_call *call = &c->list[c->count++];
    call->arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    call->message = (gg_message){ .wire = GG_STR("\n\2m1") };
    call->rpc = gg_rpc_channel_start(c->channel,
        &(gg_rpc_start){ .path = gg_str_from(path),
            .deadline_ns = deadline_ns,
            .arena = call->arena,
            .sched = c->sched,
            .events = &h2_call_events,
            .user = call });
    assert_non_null(call->rpc);
    if (gg_rpc_send(call->rpc, &call->message) == GG_OK)
        gg_rpc_half_close(call->rpc);
    return call;
}

static void end_calls(h2_calls *c)
{
    for (size_t i = 0; i < c->count; i++) {
        assert_int_equal(c->list[i].statuses, 1);
        gg_arena_unref(c->list[i].arena);
    }
}

size_t h2_calls_ended(const h2_calls *c)
{
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++)
        count += c->list[i].statuses;
    return count;
}

void h2_fixture_open(h2_fixture *f, handler_does handler)
{
    *f = (h2_fixture){ 0 };
    assert_true(call_script_init(&f->s, handler, PASS));
    f->s.over_h2 = true;
    h2_loopback_init(&f->s.h2, &f->s.channel.base, &f->s.sched);
}

void h2_fixture_start(h2_fixture *f)
{
    h2_loopback_start(&f->s.h2);
    f->c = (h2_calls){ .channel = &f->s.h2.channel.base, .sched = &f->s.sched };
}

gg_connectivity h2_fixture_state(const h2_fixture *f)
{
    return f->s.h2.channel.state;
}

void h2_fixture_run(h2_fixture *f, uint64_t ns)
{
    gg_sched_run(&f->s.sched, f->s.sched.now_ns + ns);
}

void h2_fixture_close(h2_fixture *f)
{
    gg_h2_channel_close(&f->s.h2.channel);
    h2_fixture_run(f, 0);
    assert_int_equal(f->s.h2.channel.open, 0);
    assert_int_equal(h2_fixture_state(f), GG_SHUTDOWN);
    end_calls(&f->c);
    call_script_deinit(&f->s);
    assert_null(f->s.h2.dialer.links);
}

uint64_t h2_fixture_next_attempt(h2_fixture *f)
{
    size_t before = f->s.h2.dialer.dialed;
    uint64_t passed = 0;
    while (f->s.h2.dialer.dialed == before && passed < 1000 * S) {
        h2_fixture_run(f, MS);
        passed += MS;
    }
    return passed;
}
