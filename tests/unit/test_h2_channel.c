/* test_h2_channel.c -- the connections of an HTTP/2 channel: states, backoff, the queue, what becomes of calls.
 *
 * All on a clock of the test's own.  Servers are the gRPC front in memory (h2_loopback.h), or scripts. */
#include "call_script.h"
#include "h2_script.h"

#include "base/clock.h"
#include "grpc/h2_channel_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

enum { CALLS = 16 };
#define MS ((uint64_t)1000000)
#define S ((uint64_t)GG_NS_PER_S)
static const uint64_t NONE = UINT64_MAX;

/* -- several calls -- */

typedef struct one_call {
    gg_arena *arena;
    gg_rpc *rpc;
    gg_message message;
    size_t statuses, messages;
    gg_status status;
    char text[100];           /* of the status */
    struct one_call *cancels; /* when it is over */
} one_call;

typedef struct calls {
    gg_rpc_channel *channel;
    gg_sched *sched;
    one_call list[CALLS];
    size_t count;
} calls;

static void on_message(void *user, const gg_message *message)
{
    one_call *call = user;
    (void)message;
    call->messages++;
    gg_rpc_message_done(call->rpc);
}

static void on_status(void *user, const gg_rpc_status *status)
{
    one_call *call = user;
    call->statuses++;
    call->status = status->code;
    snprintf(call->text, sizeof call->text, "%.*s", GG_STR_ARG(status->message));
    if (call->cancels != NULL)
        gg_rpc_cancel(call->cancels->rpc, GG_STATUS_CANCELLED);
}

static const gg_rpc_events events = { .message = on_message, .status = on_status };

/* Starts a unary call with its whole request. */
static one_call *start_call(calls *c, const char *path, uint64_t deadline_ns)
{
    assert_true(c->count < CALLS);
    one_call *call = &c->list[c->count++];
    call->arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    call->message = (gg_message){ .wire = GG_STR("\n\2m1") };
    call->rpc = gg_rpc_channel_start(c->channel,
        &(gg_rpc_start){ .path = gg_str_from(path),
            .deadline_ns = deadline_ns,
            .arena = call->arena,
            .sched = c->sched,
            .events = &events,
            .user = call });
    assert_non_null(call->rpc);
    if (gg_rpc_send(call->rpc, &call->message) == GG_OK)
        gg_rpc_half_close(call->rpc);
    return call;
}

static void end_calls(calls *c)
{
    for (size_t i = 0; i < c->count; i++) {
        assert_int_equal(c->list[i].statuses, 1);
        gg_arena_unref(c->list[i].arena);
    }
}

static size_t ended(const calls *c)
{
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++)
        count += c->list[i].statuses;
    return count;
}

/* -- a channel to a service in memory -- */

typedef struct fixture {
    call_script s;
    calls c;
} fixture;

static void open_fixture(fixture *f, handler_does handler)
{
    *f = (fixture){ 0 };
    assert_true(call_script_init(&f->s, handler, PASS));
    f->s.over_h2 = true;
    h2_loopback_init(&f->s.h2, &f->s.channel.base, &f->s.sched);
}

static void start_fixture(fixture *f)
{
    h2_loopback_start(&f->s.h2);
    f->c = (calls){ .channel = &f->s.h2.channel.base, .sched = &f->s.sched };
}

static gg_connectivity state_of(const fixture *f)
{
    return f->s.h2.channel.state;
}

static void run(fixture *f, uint64_t ns)
{
    gg_sched_run(&f->s.sched, f->s.sched.now_ns + ns);
}

static void close_fixture(fixture *f)
{
    gg_h2_channel_close(&f->s.h2.channel);
    run(f, 0);
    assert_int_equal(f->s.h2.channel.open, 0);
    assert_int_equal(state_of(f), GG_SHUTDOWN);
    end_calls(&f->c);
    call_script_deinit(&f->s);
    assert_null(f->s.h2.dialer.links);
}

/* Lets time pass until the next attempt; how much. */
static uint64_t until_next_attempt(fixture *f)
{
    size_t before = f->s.h2.dialer.dialed;
    uint64_t passed = 0;
    while (f->s.h2.dialer.dialed == before && passed < 1000 * S) {
        run(f, MS);
        passed += MS;
    }
    return passed;
}

/* -- the tests -- */

static void test_states(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f, ANSWER);
    start_fixture(&f);
    assert_int_equal(state_of(&f), GG_IDLE);
    run(&f, 1000 * S);
    assert_int_equal(f.s.h2.dialer.dialed, 0);
    one_call *call = start_call(&f.c, TYPED, NONE);
    assert_int_equal(state_of(&f), GG_CONNECTING);
    run(&f, 0);
    assert_int_equal(state_of(&f), GG_READY);
    assert_int_equal(call->status, GG_STATUS_OK);
    assert_int_equal(call->messages, 1);
    start_call(&f.c, TYPED, NONE);
    run(&f, 0);
    assert_int_equal(f.s.h2.dialer.dialed, 1);
    close_fixture(&f);
}

/* Waits of 1 s, 1.6 s, 2.56 s ... 120 s, each a fifth more or less, whatever the seed. */
static void test_backoff(void **state)
{
    (void)state;
    gg_backoff_limits limits;
    gg_backoff_limits_init(&limits);
    for (uint64_t seed = 0; seed < 100; seed++) {
        gg_backoff backoff;
        uint64_t now = 7 * S, again, wait = 1 * S;
        gg_backoff_init(&backoff, &limits, seed * 0x9e3779b97f4a7c15u);
        for (size_t i = 0; i < 20; i++) {
            uint64_t give_up = gg_backoff_attempt(&backoff, now, &again);
            assert_in_range(again - now, wait - wait / 5, wait + wait / 5);
            assert_true(give_up >= now + 20 * S && give_up >= again);
            assert_true(give_up == now + 20 * S || give_up == again);
            wait = wait * 16 / 10 < 120 * S ? wait * 16 / 10 : 120 * S;
            now = again;
        }
        gg_backoff_reset(&backoff);
        gg_backoff_attempt(&backoff, now, &again);
        assert_in_range(again - now, S - S / 5, S + S / 5);
    }
}

static void test_refused(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f, ANSWER);
    start_fixture(&f);
    f.s.h2.dialer.mode = MEMORY_REFUSES;
    one_call *first = start_call(&f.c, TYPED, NONE);
    run(&f, 0);
    assert_int_equal(state_of(&f), GG_TRANSIENT_FAILURE);
    assert_int_equal(first->status, GG_STATUS_UNAVAILABLE);
    assert_string_equal(first->text, "server.test:80: refused");
    one_call *second = start_call(&f.c, TYPED, NONE); /* fails fast */
    run(&f, 0);
    assert_int_equal(second->status, GG_STATUS_UNAVAILABLE);
    uint64_t wait = 1 * S;
    for (size_t i = 0; i < 14; i++) { /* without any call */
        assert_in_range(until_next_attempt(&f), wait - wait / 5, wait + wait / 5 + MS);
        assert_int_equal(state_of(&f), GG_TRANSIENT_FAILURE);
        wait = wait * 16 / 10 < 120 * S ? wait * 16 / 10 : 120 * S;
    }
    f.s.h2.dialer.mode = MEMORY_ACCEPTS;
    until_next_attempt(&f);
    assert_int_equal(state_of(&f), GG_READY);
    one_call *third = start_call(&f.c, TYPED, NONE);
    run(&f, 0);
    assert_int_equal(third->status, GG_STATUS_OK);
    /* it begins again at one second */
    f.s.h2.dialer.mode = MEMORY_REFUSES;
    run(&f, 2 * S);
    memory_dialer_break(&f.s.h2.dialer);
    run(&f, 0);
    assert_int_equal(state_of(&f), GG_TRANSIENT_FAILURE);
    assert_in_range(until_next_attempt(&f), S - S / 5, S + S / 5 + MS);
    close_fixture(&f);
}

/* Nothing happens, or nobody answers: given up after 20 s, and then tried again at once. */
static void test_hanging(void **state)
{
    (void)state;
    static const memory_server modes[] = { MEMORY_HANGS, MEMORY_SILENT };
    for (size_t i = 0; i < 2; i++) {
        fixture f;
        open_fixture(&f, ANSWER);
        start_fixture(&f);
        f.s.h2.dialer.mode = modes[i];
        one_call *call = start_call(&f.c, TYPED, NONE), *timed = start_call(&f.c, TYPED, f.s.sched.now_ns + 5 * S);
        run(&f, 5 * S - 1);
        assert_int_equal(timed->statuses, 0);
        run(&f, 1);
        assert_int_equal(timed->status, GG_STATUS_DEADLINE_EXCEEDED);
        run(&f, 15 * S - 1);
        assert_int_equal(state_of(&f), GG_CONNECTING);
        assert_int_equal(f.s.h2.dialer.dialed, 1);
        run(&f, 1);
        assert_int_equal(f.s.h2.dialer.dialed, 2); /* the wait has passed meanwhile */
        assert_int_equal(call->statuses, 0);
        f.s.h2.dialer.mode = MEMORY_ACCEPTS;
        run(&f, 20 * S);
        assert_int_equal(f.s.h2.dialer.dialed, 3);
        assert_int_equal(call->status, GG_STATUS_OK);
        close_fixture(&f);
    }
}

static void test_wait_for_ready(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f, ANSWER);
    f.s.h2.config.wait_for_ready = true;
    start_fixture(&f);
    f.s.h2.dialer.mode = MEMORY_REFUSES;
    one_call *patient = start_call(&f.c, TYPED, NONE), *timed = start_call(&f.c, TYPED, f.s.sched.now_ns + S / 2);
    run(&f, 0);
    run(&f, S / 2);
    assert_int_equal(timed->status, GG_STATUS_DEADLINE_EXCEEDED);
    assert_string_equal(timed->text, "deadline exceeded while waiting for server.test:80: refused");
    one_call *canceled = start_call(&f.c, TYPED, NONE), *last = start_call(&f.c, TYPED, NONE);
    gg_rpc_cancel(canceled->rpc, GG_STATUS_CANCELLED);
    until_next_attempt(&f);
    until_next_attempt(&f);
    assert_int_equal(patient->statuses, 0);
    f.s.h2.dialer.mode = MEMORY_ACCEPTS;
    until_next_attempt(&f);
    assert_int_equal(canceled->status, GG_STATUS_CANCELLED);
    assert_int_equal(patient->status, GG_STATUS_OK);
    assert_int_equal(last->status, GG_STATUS_OK);
    close_fixture(&f);
}

static void test_queue_bound(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f, ANSWER);
    f.s.h2.config.limits.queue_len = 3;
    start_fixture(&f);
    for (size_t i = 0; i < 5; i++)
        start_call(&f.c, TYPED, NONE);
    run(&f, 0);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(f.c.list[i].status, i < 3 ? GG_STATUS_OK : GG_STATUS_UNAVAILABLE);
    assert_string_equal(f.c.list[4].text, "too many calls wait for the server");
    close_fixture(&f);
}

/* The server allows two streams: the others wait, in order. */
static void test_max_streams(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f, LATER); /* each takes 15 ms */
    f.s.h2.server.limits.streams = 2;
    start_fixture(&f);
    for (size_t i = 0; i < 7; i++)
        start_call(&f.c, TYPED, i == 5 ? f.s.sched.now_ns + 20 * MS : NONE);
    run(&f, 0);
    for (size_t round = 1; round <= 3; round++) {
        run(&f, 14 * MS);
        assert_int_equal(ended(&f.c), round == 1 ? 0 : 2 * (round - 1) + (round > 1));
        run(&f, 2 * MS);
        for (size_t i = 0; i < 5 && i < 2 * round; i++)
            assert_int_equal(f.c.list[i].status, GG_STATUS_OK);
    }
    run(&f, 16 * MS);
    assert_int_equal(ended(&f.c), 7);
    assert_int_equal(f.c.list[5].status, GG_STATUS_DEADLINE_EXCEEDED); /* while it waited */
    assert_int_equal(f.c.list[6].status, GG_STATUS_OK);
    assert_int_equal(f.s.h2.dialer.dialed, 1);
    close_fixture(&f);
}

/* A call that waits is canceled in the moment in which its stream gets free: it must not be opened any more. */
static void test_canceled_in_queue(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f, LATER);
    f.s.h2.server.limits.streams = 1;
    start_fixture(&f);
    one_call *first = start_call(&f.c, TYPED, NONE), *second = start_call(&f.c, TYPED, NONE);
    first->cancels = second;
    run(&f, 0);
    run(&f, 16 * MS);
    assert_int_equal(first->status, GG_STATUS_OK);
    assert_int_equal(second->status, GG_STATUS_CANCELLED);
    assert_int_equal(f.s.h2.channel.conn->client->opened, 1);
    close_fixture(&f);
}

/* The server drains: calls under way finish there, later ones go to a new connection. */
static void test_goaway(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f, LATER);
    start_fixture(&f);
    one_call *old = start_call(&f.c, TYPED, NONE);
    run(&f, 0);
    memory_dialer_drain(&f.s.h2.dialer);
    run(&f, 5 * MS);
    assert_int_equal(state_of(&f), GG_IDLE);
    assert_non_null(f.s.h2.channel.old);
    one_call *late = start_call(&f.c, TYPED, NONE);
    run(&f, 5 * MS);
    assert_int_equal(state_of(&f), GG_READY);
    assert_int_equal(f.s.h2.dialer.dialed, 2);
    run(&f, 5 * MS);
    assert_int_equal(old->status, GG_STATUS_OK);
    run(&f, 10 * MS);
    assert_int_equal(late->status, GG_STATUS_OK);
    assert_null(f.s.h2.channel.old);
    close_fixture(&f);
}

/* Calls on a connection that breaks are lost, whoever answers first; the channel connects again by itself. */
static void test_lost(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f, LATER);
    start_fixture(&f);
    start_call(&f.c, TYPED, NONE);
    start_call(&f.c, TYPED, NONE);
    run(&f, 5 * MS);
    run(&f, 0);
    memory_dialer_break(&f.s.h2.dialer);
    assert_int_equal(state_of(&f), GG_TRANSIENT_FAILURE); /* sooner than backoff allows */
    run(&f, 0);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(f.c.list[i].status, GG_STATUS_UNAVAILABLE);
        assert_string_equal(f.c.list[i].text, "the connection was lost");
    }
    run(&f, 2 * S);
    assert_int_equal(state_of(&f), GG_READY);
    memory_dialer_break(&f.s.h2.dialer);
    assert_int_equal(state_of(&f), GG_TRANSIENT_FAILURE);
    run(&f, 2 * S);
    memory_dialer_break(&f.s.h2.dialer);
    run(&f, 0);
    run(&f, 2 * S);
    assert_int_equal(state_of(&f), GG_READY);
    close_fixture(&f);
}

/* A call of which the connection took nothing goes to the next one. */
static void test_never_sent(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f, ANSWER);
    start_fixture(&f);
    start_call(&f.c, TYPED, NONE);
    run(&f, 0);
    run(&f, 2 * S);
    assert_int_equal(state_of(&f), GG_READY);
    one_call *call = start_call(&f.c, TYPED, NONE); /* in the codec, not on the wire */
    memory_dialer_break(&f.s.h2.dialer);
    assert_int_equal(state_of(&f), GG_CONNECTING); /* the wait is long over */
    run(&f, 0);
    assert_int_equal(call->status, GG_STATUS_OK);
    assert_int_equal(f.s.h2.dialer.dialed, 2);
    close_fixture(&f);
}

/* A call that is to be sent again takes no second message before: the first one would be lost. */
static void test_sent_again_while_sending(void **state)
{
    (void)state;
    fixture f;
    h2_script server = { .settings = NULL };
    open_fixture(&f, ANSWER);
    server.sched = &f.s.sched;
    memory_dialer_init(&f.s.h2.dialer, &f.s.sched, h2_script_accept, &server);
    start_fixture(&f);
    one_call *call = &f.c.list[f.c.count++];
    gg_message first = { .wire = GG_STR("\n\2m1") }, second = { .wire = GG_STR("\n\3m22") };
    call->arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    call->rpc = gg_rpc_channel_start(f.c.channel,
        &(gg_rpc_start){ .path = GG_STR(STREAM),
            .deadline_ns = NONE,
            .arena = call->arena,
            .sched = f.c.sched,
            .events = &events,
            .user = call });
    assert_int_equal(gg_rpc_send(call->rpc, &first), GG_OK);
    run(&f, 0);
    f.s.h2.dialer.mode = MEMORY_HANGS;
    h2_script_say(&server, 1, "G 0 0"); /* nothing was processed */
    run(&f, 0);
    assert_int_equal(state_of(&f), GG_CONNECTING);
    assert_int_equal(gg_rpc_send(call->rpc, &second), GG_AGAIN);
    f.s.h2.dialer.mode = MEMORY_ACCEPTS;
    run(&f, 20 * S);
    run(&f, 2 * S);
    assert_int_equal(state_of(&f), GG_READY);
    assert_int_equal(gg_rpc_send(call->rpc, &second), GG_OK);
    gg_rpc_half_close(call->rpc);
    run(&f, 0);
    print_message("%s\n", server.heard);
    assert_non_null(strstr(server.heard, "HEADERS(1) DATA(1,9) HEADERS(1) DATA(1,9) DATA(1,10"));
    gg_rpc_cancel(call->rpc, GG_STATUS_CANCELLED);
    run(&f, 0);
    close_fixture(&f);
}

static void test_idle(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f, WAIT);
    f.s.h2.config.limits.idle_ns = 10 * S;
    start_fixture(&f);
    one_call *call = start_call(&f.c, TYPED, NONE);
    run(&f, 0);
    run(&f, 25 * S); /* not idle: a call is under way */
    assert_int_equal(state_of(&f), GG_READY);
    gg_call_finish(f.s.waiting, GG_STATUS_OK);
    run(&f, 0);
    assert_int_equal(call->status, GG_STATUS_OK);
    run(&f, 9 * S);
    assert_int_equal(state_of(&f), GG_READY);
    run(&f, 6 * S);
    assert_int_equal(state_of(&f), GG_IDLE);
    assert_null(f.s.h2.dialer.links);
    close_fixture(&f);
}

static void test_close(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f, ON_CANCEL);
    f.s.h2.server.limits.streams = 1;
    start_fixture(&f);
    start_call(&f.c, TYPED, NONE);
    start_call(&f.c, TYPED, NONE); /* waits */
    run(&f, 0);
    gg_h2_channel_close(&f.s.h2.channel);
    start_call(&f.c, TYPED, NONE);
    run(&f, 0);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(f.c.list[i].status, GG_STATUS_UNAVAILABLE);
    assert_string_equal(f.c.list[2].text, "the channel is shut down");
    close_fixture(&f);
}

/* A server that accepts, says GOAWAY and takes no call is not tried in a loop. */
static void test_refusing_server(void **state)
{
    (void)state;
    fixture f;
    h2_script server = { .settings = "S; G 0 0" };
    open_fixture(&f, ANSWER);
    server.sched = &f.s.sched;
    memory_dialer_init(&f.s.h2.dialer, &f.s.sched, h2_script_accept, &server);
    start_fixture(&f);
    one_call *call = start_call(&f.c, TYPED, NONE);
    run(&f, 0);
    assert_int_equal(f.s.h2.dialer.dialed, 1);
    assert_int_equal(call->status, GG_STATUS_UNAVAILABLE);
    assert_in_range(until_next_attempt(&f), S - S / 5, S + S / 5 + MS);
    close_fixture(&f);
}

static const struct {
    const char *target, *wrong;
    bool is_unix;
    const char *host;
    uint16_t port;
    const char *authority;
} targets[] = {
    { "127.0.0.1:80", NULL, false, "127.0.0.1", 80, "127.0.0.1:80" },
    { "[::1]:65535", NULL, false, "::1", 65535, "[::1]:65535" },
    { "localhost:1", NULL, false, "localhost", 1, "localhost:1" },
    { "dns:a.test:9", NULL, false, "a.test", 9, "a.test:9" },
    { "dns:///a.test:9", NULL, false, "a.test", 9, "a.test:9" },
    { "unix:a.sock", NULL, true, "a.sock", 0, "localhost" },
    { "unix:/a/b.sock", NULL, true, "/a/b.sock", 0, "localhost" },
    { "unix:///a/b.sock", NULL, true, "/a/b.sock", 0, "localhost" },
    { "ipv4:127.0.0.1:80", NULL, false, "127.0.0.1", 80, "127.0.0.1:80" },
    { "ipv4:127.0.0.1:80,127.0.0.2:81", NULL, false, "127.0.0.1", 80, "127.0.0.1:80" },
    { "ipv6:[::1]:80,[::2]:80", NULL, false, "::1", 80, "[::1]:80" },
    { "ipv4:", "missing port", false, "", 0, "" },
    { "ipv4:127.0.0.1:80,", "missing port", false, "", 0, "" },
    { "ipv4:,127.0.0.1:80", "missing port", false, "", 0, "" },
    { "ipv4:localhost:80", "not a numeric IPv4 address", false, "", 0, "" },
    { "ipv4:[::1]:80", "not a numeric IPv4 address", false, "", 0, "" },
    { "ipv6:127.0.0.1:80", "not a numeric IPv6 address", false, "", 0, "" },
    { "ipv4:1.1.1.1:1,1.1.1.1:1,1.1.1.1:1,1.1.1.1:1,1.1.1.1:1,1.1.1.1:1,1.1.1.1:1,1.1.1.1:1,1.1.1.1:1,1.1.1.1:1,"
      "1.1.1.1:1,1.1.1.1:1,1.1.1.1:1,1.1.1.1:1,1.1.1.1:1,1.1.1.1:1,1.1.1.1:1",
        "too many addresses", false, "", 0, "" },
    { "", "missing port", false, "", 0, "" },
    { "a.test", "missing port", false, "", 0, "" },
    { ":80", "missing host", false, "", 0, "" },
    { "a.test:0", "the port must be a number from 1 to 65535", false, "", 0, "" },
    { "::1:80", "an IPv6 address must be in brackets", false, "", 0, "" },
    { "unix:", "missing path", false, "", 0, "" },
};

static void test_targets(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        gg_target target;
        const char *wrong = gg_target_parse(gg_str_from(targets[i].target), &target);
        print_message("%s\n", targets[i].target);
        assert_true((wrong == NULL) == (targets[i].wrong == NULL));
        if (wrong != NULL) {
            assert_string_equal(wrong, targets[i].wrong);
            continue;
        }
        assert_int_equal(target.is_unix, targets[i].is_unix);
        assert_string_equal(target.host, targets[i].host);
        assert_int_equal(target.port, targets[i].port);
        assert_string_equal(target.authority, targets[i].authority);
    }
}

/* A server that answers no PING: how many it has heard. */
static size_t pings(const h2_script *server)
{
    size_t count = 0;
    for (const char *at = server->heard; (at = strstr(at, "PING")) != NULL; at++)
        count++;
    return count;
}

static void open_keepalive(fixture *f, h2_script *server)
{
    *server = (h2_script){ 0 };
    open_fixture(f, ANSWER);
    server->sched = &f->s.sched;
    memory_dialer_init(&f->s.h2.dialer, &f->s.sched, h2_script_accept, server);
    f->s.h2.config.limits.keepalive = (gg_h2_keepalive){ 10 * S, 5 * S };
}

/* PING after silence; what came in time, or a new call, begins it anew; no answer is the end. */
static void test_keepalive(void **state)
{
    (void)state;
    fixture f;
    h2_script server;
    open_keepalive(&f, &server);
    start_fixture(&f);
    one_call *call = start_call(&f.c, TYPED, NONE);
    run(&f, 0);
    run(&f, 10 * S - 1);
    assert_int_equal(pings(&server), 0);
    run(&f, 1);
    run(&f, 0);
    assert_int_equal(pings(&server), 1);
    run(&f, 4 * S);
    h2_script_say(&server, 0, "S");
    run(&f, 0);
    run(&f, 10 * S);
    run(&f, 0);
    assert_int_equal(pings(&server), 2);
    assert_int_equal(call->statuses, 0);
    run(&f, 5 * S);
    run(&f, 0);
    assert_int_equal(call->status, GG_STATUS_UNAVAILABLE);
    close_fixture(&f);
}

/* Without calls only if it is asked for. */
static void test_keepalive_without_calls(void **state)
{
    (void)state;
    for (unsigned asked = 0; asked < 2; asked++) {
        fixture f;
        h2_script server;
        open_keepalive(&f, &server);
        f.s.h2.config.limits.keepalive_without_calls = asked;
        server.scripts[0] = "H :status=200 content-type=application/grpc; H. grpc-status=9";
        start_fixture(&f);
        one_call *call = start_call(&f.c, TYPED, NONE);
        run(&f, 0);
        assert_int_equal(call->status, GG_STATUS_FAILED_PRECONDITION);
        run(&f, 10 * S);
        run(&f, 0);
        assert_int_equal(pings(&server), asked);
        run(&f, 5 * S);
        run(&f, 0);
        assert_int_equal(f.s.h2.dialer.dialed, 1 + asked); /* lost, and made again */
        close_fixture(&f);
    }
}

/* The server's verdict doubles the time, of each GOAWAY again. */
static void test_too_many_pings(void **state)
{
    (void)state;
    static const char *const goaways[] = {
        "X 0000160700000000000000ffff0000000b746f6f5f6d616e795f70696e6773",
        "X 0000160700000000000000ffff0000000b746f6f5f6d616e795f70696e6774", /* another text */
        "X 0000160700000000000000ffff00000000746f6f5f6d616e795f70696e6773", /* another error */
    };
    for (size_t i = 0; i < sizeof goaways / sizeof goaways[0]; i++) {
        fixture f;
        h2_script server;
        open_keepalive(&f, &server);
        start_fixture(&f);
        start_call(&f.c, TYPED, NONE);
        run(&f, 0);
        h2_script_say(&server, 0, goaways[i]);
        run(&f, 0);
        assert_int_equal(f.s.h2.channel.config.limits.keepalive.time_ns, (i == 0 ? 20 : 10) * S);
        close_fixture(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_backoff),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_hanging),
        cmocka_unit_test(test_wait_for_ready),
        cmocka_unit_test(test_queue_bound),
        cmocka_unit_test(test_max_streams),
        cmocka_unit_test(test_canceled_in_queue),
        cmocka_unit_test(test_goaway),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_never_sent),
        cmocka_unit_test(test_sent_again_while_sending),
        cmocka_unit_test(test_idle),
        cmocka_unit_test(test_close),
        cmocka_unit_test(test_refusing_server),
        cmocka_unit_test(test_targets),
        cmocka_unit_test(test_keepalive),
        cmocka_unit_test(test_keepalive_without_calls),
        cmocka_unit_test(test_too_many_pings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
