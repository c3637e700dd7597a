/* test_h2_channel_calls.c -- the calls of an HTTP/2 channel: their queue, and what becomes of them when a connection
 * drains, breaks or never took them. */
#include "h2_fixture.h"
#include "h2_script.h"

#include "grpc/h2_channel_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

static void test_queue_bound(void **state)
{
    (void)state;
    h2_fixture f;
    h2_fixture_open(&f, ANSWER);
    f.s.h2.config.limits.queue_len = 3;
    h2_fixture_start(&f);
    for (size_t i = 0; i < 5; i++)
        h2_calls_start(&f.c, TYPED, NONE);
    h2_fixture_run(&f, 0);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(f.c.list[i].status, i < 3 ? GG_STATUS_OK : GG_STATUS_UNAVAILABLE);
    assert_string_equal(f.c.list[4].text, "too many calls wait for the server");
    h2_fixture_close(&f);
}

/* The server allows two streams: the others wait, in order. */
static void test_max_streams(void **state)
{
    (void)state;
    h2_fixture f;
    h2_fixture_open(&f, LATER); /* each takes 15 ms */
    f.s.h2.server.limits.streams = 2;
    h2_fixture_start(&f);
    for (size_t i = 0; i < 7; i++)
        h2_calls_start(&f.c, TYPED, i == 5 ? f.s.sched.now_ns + 20 * MS : NONE);
    h2_fixture_run(&f, 0);
    for (size_t round = 1; round <= 3; round++) {
        h2_fixture_run(&f, 14 * MS);
        assert_int_equal(h2_calls_ended(&f.c), round == 1 ? 0 : 2 * (round - 1) + (round > 1));
        h2_fixture_run(&f, 2 * MS);
        for (size_t i = 0; i < 5 && i < 2 * round; i++)
            assert_int_equal(f.c.list[i].status, GG_STATUS_OK);
    }
    h2_fixture_run(&f, 16 * MS);
    assert_int_equal(h2_calls_ended(&f.c), 7);
    assert_int_equal(f.c.list[5].status, GG_STATUS_DEADLINE_EXCEEDED); /* while it waited */
    assert_int_equal(f.c.list[6].status, GG_STATUS_OK);
    assert_int_equal(f.s.h2.dialer.dialed, 1);
    h2_fixture_close(&f);
}

/* A call that waits is canceled in the moment in which its stream gets free: it must not be opened any more. */
static void test_canceled_in_queue(void **state)
{
    (void)state;
    h2_fixture f;
    h2_fixture_open(&f, LATER);
    f.s.h2.server.limits.streams = 1;
    h2_fixture_start(&f);
    h2_call *first = h2_calls_start(&f.c, TYPED, NONE), *second = h2_calls_start(&f.c, TYPED, NONE);
    first->cancels = second;
    h2_fixture_run(&f, 0);
    h2_fixture_run(&f, 16 * MS);
    assert_int_equal(first->status, GG_STATUS_OK);
    assert_int_equal(second->status, GG_STATUS_CANCELLED);
    assert_int_equal(f.s.h2.channel.conn->client->opened, 1);
    h2_fixture_close(&f);
}

/* The server drains: calls under way finish there, later ones go to a new connection. */
static void test_goaway(void **state)
{
    (void)state;
    h2_fixture f;
    h2_fixture_open(&f, LATER);
    h2_fixture_start(&f);
    h2_call *old = h2_calls_start(&f.c, TYPED, NONE);
    h2_fixture_run(&f, 0);
    memory_dialer_drain(&f.s.h2.dialer);
    h2_fixture_run(&f, 5 * MS);
    assert_int_equal(h2_fixture_state(&f), GG_IDLE);
    assert_non_null(f.s.h2.channel.old);
    h2_call *late = h2_calls_start(&f.c, TYPED, NONE);
    h2_fixture_run(&f, 5 * MS);
    assert_int_equal(h2_fixture_state(&f), GG_READY);
    assert_int_equal(f.s.h2.dialer.dialed, 2);
    h2_fixture_run(&f, 5 * MS);
    assert_int_equal(old->status, GG_STATUS_OK);
    h2_fixture_run(&f, 10 * MS);
    assert_int_equal(late->status, GG_STATUS_OK);
    assert_null(f.s.h2.channel.old);
    h2_fixture_close(&f);
}

/* Calls on a connection that breaks are lost, whoever answers first; the channel connects again by itself. */
static void test_lost(void **state)
{
    (void)state;
    h2_fixture f;
    h2_fixture_open(&f, LATER);
    h2_fixture_start(&f);
    h2_calls_start(&f.c, TYPED, NONE);
    h2_calls_start(&f.c, TYPED, NONE);
    h2_fixture_run(&f, 5 * MS);
    h2_fixture_run(&f, 0);
    memory_dialer_break(&f.s.h2.dialer);
    assert_int_equal(h2_fixture_state(&f), GG_TRANSIENT_FAILURE); /* sooner than backoff allows */
    h2_fixture_run(&f, 0);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(f.c.list[i].status, GG_STATUS_UNAVAILABLE);
        assert_string_equal(f.c.list[i].text, "the connection was lost");
    }
    h2_fixture_run(&f, 2 * S);
    assert_int_equal(h2_fixture_state(&f), GG_READY);
    memory_dialer_break(&f.s.h2.dialer);
    assert_int_equal(h2_fixture_state(&f), GG_TRANSIENT_FAILURE);
    h2_fixture_run(&f, 2 * S);
    memory_dialer_break(&f.s.h2.dialer);
    h2_fixture_run(&f, 0);
    h2_fixture_run(&f, 2 * S);
    assert_int_equal(h2_fixture_state(&f), GG_READY);
    h2_fixture_close(&f);
}

/* A call of which the connection took nothing goes to the next one. */
static void test_never_sent(void **state)
{
    (void)state;
    h2_fixture f;
    h2_fixture_open(&f, ANSWER);
    h2_fixture_start(&f);
    h2_calls_start(&f.c, TYPED, NONE);
    h2_fixture_run(&f, 0);
    h2_fixture_run(&f, 2 * S);
    assert_int_equal(h2_fixture_state(&f), GG_READY);
    h2_call *call = h2_calls_start(&f.c, TYPED, NONE); /* in the codec, not on the wire */
    memory_dialer_break(&f.s.h2.dialer);
    assert_int_equal(h2_fixture_state(&f), GG_CONNECTING); /* the wait is long over */
    h2_fixture_run(&f, 0);
    assert_int_equal(call->status, GG_STATUS_OK);
    assert_int_equal(f.s.h2.dialer.dialed, 2);
    h2_fixture_close(&f);
}

/* A call that is to be sent again takes no second message before: the first one would be lost. */
static void test_sent_again_while_sending(void **state)
{
    (void)state;
    h2_fixture f;
    h2_script server = { .settings = NULL };
    h2_fixture_open(&f, ANSWER);
    server.sched = &f.s.sched;
    memory_dialer_init(&f.s.h2.dialer, &f.s.sched, h2_script_accept, &server);
    h2_fixture_start(&f);
    h2_call *call = &f.c.list[f.c.count++];
    gg_message first = { .wire = GG_STR("\n\2m1") }, second = { .wire = GG_STR("\n\3m22") };
    call->arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    call->rpc = gg_rpc_channel_start(f.c.channel,
        &(gg_rpc_start){ .path = GG_STR(STREAM),
            .deadline_ns = NONE,
            .arena = call->arena,
            .sched = f.c.sched,
            .events = &h2_call_events,
            .user = call });
    assert_int_equal(gg_rpc_send(call->rpc, &first), GG_OK);
    h2_fixture_run(&f, 0);
    f.s.h2.dialer.mode = MEMORY_HANGS;
    h2_script_say(&server, 1, "G 0 0"); /* nothing was processed */
    h2_fixture_run(&f, 0);
    assert_int_equal(h2_fixture_state(&f), GG_CONNECTING);
    assert_int_equal(gg_rpc_send(call->rpc, &second), GG_AGAIN);
    f.s.h2.dialer.mode = MEMORY_ACCEPTS;
    h2_fixture_run(&f, 20 * S);
    h2_fixture_run(&f, 2 * S);
    assert_int_equal(h2_fixture_state(&f), GG_READY);
    assert_int_equal(gg_rpc_send(call->rpc, &second), GG_OK);
    gg_rpc_half_close(call->rpc);
    h2_fixture_run(&f, 0);
    print_message("%s\n", server.heard);
    assert_non_null(strstr(server.heard, "HEADERS(1) DATA(1,9) HEADERS(1) DATA(1,9) DATA(1,10"));
    gg_rpc_cancel(call->rpc, GG_STATUS_CANCELLED);
    h2_fixture_run(&f, 0);
    h2_fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queue_bound),
        cmocka_unit_test(test_max_streams),
        cmocka_unit_test(test_canceled_in_queue),
        cmocka_unit_test(test_goaway),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_never_sent),
        cmocka_unit_test(test_sent_again_while_sending),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
