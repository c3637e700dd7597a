/* test_h2_channel.c -- the connections of an HTTP/2 channel: states, backoff, targets, keepalive.
 *
 * All on a clock of the test's own.  Servers are the gRPC front in memory (h2_fixture.h), or scripts. */
#include "h2_fixture.h"
#include "h2_script.h"

#include "grpc/h2_channel_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

static void test_states(void **state)
{
    (void)state;
    h2_fixture f;
    h2_fixture_open(&f, ANSWER);
    h2_fixture_start(&f);
    assert_int_equal(h2_fixture_state(&f), GG_IDLE);
    h2_fixture_run(&f, 1000 * S);
    assert_int_equal(f.s.h2.dialer.dialed, 0);
    h2_call *call = h2_calls_start(&f.c, TYPED, NONE);
    assert_int_equal(h2_fixture_state(&f), GG_CONNECTING);
    h2_fixture_run(&f, 0);
    assert_int_equal(h2_fixture_state(&f), GG_READY);
    assert_int_equal(call->status, GG_STATUS_OK);
    assert_int_equal(call->messages, 1);
    h2_calls_start(&f.c, TYPED, NONE);
    h2_fixture_run(&f, 0);
    assert_int_equal(f.s.h2.dialer.dialed, 1);
    h2_fixture_close(&f);
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
    h2_fixture f;
    h2_fixture_open(&f, ANSWER);
    h2_fixture_start(&f);
    f.s.h2.dialer.mode = MEMORY_REFUSES;
    h2_call *first = h2_calls_start(&f.c, TYPED, NONE);
    h2_fixture_run(&f, 0);
    assert_int_equal(h2_fixture_state(&f), GG_TRANSIENT_FAILURE);
    assert_int_equal(first->status, GG_STATUS_UNAVAILABLE);
    assert_string_equal(first->text, "server.test:80: refused");
    h2_call *second = h2_calls_start(&f.c, TYPED, NONE); /* fails fast */
    h2_fixture_run(&f, 0);
    assert_int_equal(second->status, GG_STATUS_UNAVAILABLE);
    uint64_t wait = 1 * S;
    for (size_t i = 0; i < 14; i++) { /* without any call */
        assert_in_range(h2_fixture_next_attempt(&f), wait - wait / 5, wait + wait / 5 + MS);
        assert_int_equal(h2_fixture_state(&f), GG_TRANSIENT_FAILURE);
        wait = wait * 16 / 10 < 120 * S ? wait * 16 / 10 : 120 * S;
    }
    f.s.h2.dialer.mode = MEMORY_ACCEPTS;
    h2_fixture_next_attempt(&f);
    assert_int_equal(h2_fixture_state(&f), GG_READY);
    h2_call *third = h2_calls_start(&f.c, TYPED, NONE);
    h2_fixture_run(&f, 0);
    assert_int_equal(third->status, GG_STATUS_OK);
    /* it begins again at one second */
    f.s.h2.dialer.mode = MEMORY_REFUSES;
    h2_fixture_run(&f, 2 * S);
    memory_dialer_break(&f.s.h2.dialer);
    h2_fixture_run(&f, 0);
    assert_int_equal(h2_fixture_state(&f), GG_TRANSIENT_FAILURE);
    assert_in_range(h2_fixture_next_attempt(&f), S - S / 5, S + S / 5 + MS);
    h2_fixture_close(&f);
}

/* Nothing happens, or nobody answers: given up after 20 s, and then tried again at once. */
static void test_hanging(void **state)
{
    (void)state;
    static const memory_server modes[] = { MEMORY_HANGS, MEMORY_SILENT };
    for (size_t i = 0; i < 2; i++) {
        h2_fixture f;
        h2_fixture_open(&f, ANSWER);
        h2_fixture_start(&f);
        f.s.h2.dialer.mode = modes[i];
        h2_call *call = h2_calls_start(&f.c, TYPED, NONE),
                *timed = h2_calls_start(&f.c, TYPED, f.s.sched.now_ns + 5 * S);
        h2_fixture_run(&f, 5 * S - 1);
        assert_int_equal(timed->statuses, 0);
        h2_fixture_run(&f, 1);
        assert_int_equal(timed->status, GG_STATUS_DEADLINE_EXCEEDED);
        h2_fixture_run(&f, 15 * S - 1);
        assert_int_equal(h2_fixture_state(&f), GG_CONNECTING);
        assert_int_equal(f.s.h2.dialer.dialed, 1);
        h2_fixture_run(&f, 1);
        assert_int_equal(f.s.h2.dialer.dialed, 2); /* the wait has passed meanwhile */
        assert_int_equal(call->statuses, 0);
        f.s.h2.dialer.mode = MEMORY_ACCEPTS;
        h2_fixture_run(&f, 20 * S);
        assert_int_equal(f.s.h2.dialer.dialed, 3);
        assert_int_equal(call->status, GG_STATUS_OK);
        h2_fixture_close(&f);
    }
}

static void test_wait_for_ready(void **state)
{
    (void)state;
    h2_fixture f;
    h2_fixture_open(&f, ANSWER);
    f.s.h2.config.wait_for_ready = true;
    h2_fixture_start(&f);
    f.s.h2.dialer.mode = MEMORY_REFUSES;
    h2_call *patient = h2_calls_start(&f.c, TYPED, NONE),
            *timed = h2_calls_start(&f.c, TYPED, f.s.sched.now_ns + S / 2);
    h2_fixture_run(&f, 0);
    h2_fixture_run(&f, S / 2);
    assert_int_equal(timed->status, GG_STATUS_DEADLINE_EXCEEDED);
    assert_string_equal(timed->text, "deadline exceeded while waiting for server.test:80: refused");
    h2_call *canceled = h2_calls_start(&f.c, TYPED, NONE), *last = h2_calls_start(&f.c, TYPED, NONE);
    gg_rpc_cancel(canceled->rpc, GG_STATUS_CANCELLED);
    h2_fixture_next_attempt(&f);
    h2_fixture_next_attempt(&f);
    assert_int_equal(patient->statuses, 0);
    f.s.h2.dialer.mode = MEMORY_ACCEPTS;
    h2_fixture_next_attempt(&f);
    assert_int_equal(canceled->status, GG_STATUS_CANCELLED);
    assert_int_equal(patient->status, GG_STATUS_OK);
    assert_int_equal(last->status, GG_STATUS_OK);
    h2_fixture_close(&f);
}

static void test_idle(void **state)
{
    (void)state;
    h2_fixture f;
    h2_fixture_open(&f, WAIT);
    f.s.h2.config.limits.idle_ns = 10 * S;
    h2_fixture_start(&f);
    h2_call *call = h2_calls_start(&f.c, TYPED, NONE);
    h2_fixture_run(&f, 0);
    h2_fixture_run(&f, 25 * S); /* not idle: a call is under way */
    assert_int_equal(h2_fixture_state(&f), GG_READY);
    gg_call_finish(f.s.waiting, GG_STATUS_OK);
    h2_fixture_run(&f, 0);
    assert_int_equal(call->status, GG_STATUS_OK);
    h2_fixture_run(&f, 9 * S);
    assert_int_equal(h2_fixture_state(&f), GG_READY);
    h2_fixture_run(&f, 6 * S);
    assert_int_equal(h2_fixture_state(&f), GG_IDLE);
    assert_null(f.s.h2.dialer.links);
    h2_fixture_close(&f);
}

static void test_close(void **state)
{
    (void)state;
    h2_fixture f;
    h2_fixture_open(&f, ON_CANCEL);
    f.s.h2.server.limits.streams = 1;
    h2_fixture_start(&f);
    h2_calls_start(&f.c, TYPED, NONE);
    h2_calls_start(&f.c, TYPED, NONE); /* waits */
    h2_fixture_run(&f, 0);
    gg_h2_channel_close(&f.s.h2.channel);
    h2_calls_start(&f.c, TYPED, NONE);
    h2_fixture_run(&f, 0);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(f.c.list[i].status, GG_STATUS_UNAVAILABLE);
    assert_string_equal(f.c.list[2].text, "the channel is shut down");
    h2_fixture_close(&f);
}

/* A server that accepts, says GOAWAY and takes no call is not tried in a loop. */
static void test_refusing_server(void **state)
{
    (void)state;
    h2_fixture f;
    h2_script server = { .settings = "S; G 0 0" };
    h2_fixture_open(&f, ANSWER);
    server.sched = &f.s.sched;
    memory_dialer_init(&f.s.h2.dialer, &f.s.sched, h2_script_accept, &server);
    h2_fixture_start(&f);
    h2_call *call = h2_calls_start(&f.c, TYPED, NONE);
    h2_fixture_run(&f, 0);
    assert_int_equal(f.s.h2.dialer.dialed, 1);
    assert_int_equal(call->status, GG_STATUS_UNAVAILABLE);
    assert_in_range(h2_fixture_next_attempt(&f), S - S / 5, S + S / 5 + MS);
    h2_fixture_close(&f);
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

static void open_keepalive(h2_fixture *f, h2_script *server)
{
    *server = (h2_script){ 0 };
    h2_fixture_open(f, ANSWER);
    server->sched = &f->s.sched;
    memory_dialer_init(&f->s.h2.dialer, &f->s.sched, h2_script_accept, server);
    f->s.h2.config.limits.keepalive = (gg_h2_keepalive){ 10 * S, 5 * S };
}

/* PING after silence; what came in time, or a new call, begins it anew; no answer is the end. */
static void test_keepalive(void **state)
{
    (void)state;
    h2_fixture f;
    h2_script server;
    open_keepalive(&f, &server);
    h2_fixture_start(&f);
    h2_call *call = h2_calls_start(&f.c, TYPED, NONE);
    h2_fixture_run(&f, 0);
    h2_fixture_run(&f, 10 * S - 1);
    assert_int_equal(pings(&server), 0);
    h2_fixture_run(&f, 1);
    h2_fixture_run(&f, 0);
    assert_int_equal(pings(&server), 1);
    h2_fixture_run(&f, 4 * S);
    h2_script_say(&server, 0, "S");
    h2_fixture_run(&f, 0);
    h2_fixture_run(&f, 10 * S);
    h2_fixture_run(&f, 0);
    assert_int_equal(pings(&server), 2);
    assert_int_equal(call->statuses, 0);
    h2_fixture_run(&f, 5 * S);
    h2_fixture_run(&f, 0);
    assert_int_equal(call->status, GG_STATUS_UNAVAILABLE);
    h2_fixture_close(&f);
}

/* Without calls only if it is asked for. */
static void test_keepalive_without_calls(void **state)
{
    (void)state;
    for (unsigned asked = 0; asked < 2; asked++) {
        h2_fixture f;
        h2_script server;
        open_keepalive(&f, &server);
        f.s.h2.config.limits.keepalive_without_calls = asked;
        server.scripts[0] = "H :status=200 content-type=application/grpc; H. grpc-status=9";
        h2_fixture_start(&f);
        h2_call *call = h2_calls_start(&f.c, TYPED, NONE);
        h2_fixture_run(&f, 0);
        assert_int_equal(call->status, GG_STATUS_FAILED_PRECONDITION);
        h2_fixture_run(&f, 10 * S);
        h2_fixture_run(&f, 0);
        assert_int_equal(pings(&server), asked);
        h2_fixture_run(&f, 5 * S);
        h2_fixture_run(&f, 0);
        assert_int_equal(f.s.h2.dialer.dialed, 1 + asked); /* lost, and made again */
        h2_fixture_close(&f);
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
        h2_fixture f;
        h2_script server;
        open_keepalive(&f, &server);
        h2_fixture_start(&f);
        h2_calls_start(&f.c, TYPED, NONE);
        h2_fixture_run(&f, 0);
        h2_script_say(&server, 0, goaways[i]);
        h2_fixture_run(&f, 0);
        assert_int_equal(f.s.h2.channel.config.limits.keepalive.time_ns, (i == 0 ? 20 : 10) * S);
        h2_fixture_close(&f);
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
