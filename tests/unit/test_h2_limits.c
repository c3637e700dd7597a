/* test_h2_limits.c -- what bounds an HTTP/2 peer: budgets of frames, its PINGs, our PINGs, the connection's age.
 *
 * Frames by hand (raw_peer.h), on a clock of the test's own; whole and byte by byte. */
#include "raw_peer.h"

#include "http/h2.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

#define S GG_H2_S
enum { HEADERS = NGHTTP2_HEADERS, END_STREAM = NGHTTP2_FLAG_END_STREAM };

/* -- floods -- */

static void ping(gg_buf *out, unsigned i)
{
    (void)i;
    raw_frame(out, NGHTTP2_PING, 0, 0, GG_STR("01234567"));
}
static void settings(gg_buf *out, unsigned i)
{
    (void)i;
    raw_frame(out, NGHTTP2_SETTINGS, 0, 0, GG_STR(""));
}
static void priority(gg_buf *out, unsigned i)
{
    raw_frame(out, NGHTTP2_PRIORITY, 0, (int32_t)(2 * i + 101), gg_str_of("\0\0\0\0\1", 5));
}
static void unknown(gg_buf *out, unsigned i)
{
    (void)i;
    raw_frame(out, 0xbe, 0, 0, GG_STR("x"));
}
static void window_update(gg_buf *out, unsigned i)
{
    (void)i;
    raw_u32(out, NGHTTP2_WINDOW_UPDATE, 0, 1);
}
static void empty_data(gg_buf *out, unsigned i)
{
    if (i == 0)
        raw_request(out, 0, 1, GG_STR("/hold"));
    raw_frame(out, NGHTTP2_DATA, 0, 1, GG_STR(""));
}
static void continuation(gg_buf *out, unsigned i)
{
    if (i == 0)
        raw_frame(out, NGHTTP2_HEADERS, 0, 1, GG_STR("\x82"));
    raw_frame(out, NGHTTP2_CONTINUATION, 0, 1, GG_STR("\x40\1a\1b"));
}
static void rapid_reset(gg_buf *out, unsigned i)
{
    raw_request(out, END_STREAM, (int32_t)(2 * i + 1), GG_STR("/hold"));
    raw_u32(out, NGHTTP2_RST_STREAM, (int32_t)(2 * i + 1), NGHTTP2_CANCEL);
}
static void reset_again(gg_buf *out, unsigned i)
{
    if (i == 0)
        raw_request(out, END_STREAM, 1, GG_STR("/hold"));
    raw_u32(out, NGHTTP2_RST_STREAM, 1, NGHTTP2_CANCEL);
}
static void made_reset(gg_buf *out, unsigned i) /* too large a window (CVE-2025-8671) */
{
    raw_request(out, END_STREAM, (int32_t)(2 * i + 1), GG_STR("/hold"));
    raw_u32(out, NGHTTP2_WINDOW_UPDATE, (int32_t)(2 * i + 1), INT32_MAX);
}

/* Each is fine so many times, at the small limits that are set here, and one time more is not. */
static const struct {
    const char *what;
    void (*frame)(gg_buf *out, unsigned i);
    unsigned fine;
    uint64_t again_ns; /* for one time more to be fine again; 0: never */
} floods[] = {
    { "PING", ping, 18, S / 10 },        /* 8 of them as answers to frames of ours */
    { "SETTINGS", settings, 9, S / 10 }, /* and the one that opens the connection */
    { "PRIORITY", priority, 9, S / 10 },
    { "unknown frames", unknown, 9, S / 10 },
    { "WINDOW_UPDATE", window_update, 18, S / 10 },
    { "empty DATA", empty_data, 9, S / 10 },
    { "CONTINUATION", continuation, 3, 0 },
    { "rapid reset", rapid_reset, 6, S / 2 },
    { "RST_STREAM again", reset_again, 6, S / 2 },
    { "resets for mistakes", made_reset, 6, S / 2 },
};

static void open_flooder(raw_peer *f)
{
    raw_peer_open(f);
    gg_http_limits *limits = &f->front.config.limits;
    limits->guard = (gg_h2_guard_limits){ .reset_rate = 2, .reset_burst = 6, .control_rate = 10, .continuations = 3 };
    limits->ping_strikes = 0;
}

static void run_flood(raw_peer *f, size_t row, size_t piece, bool rests)
{
    bool answered = floods[row].frame == ping || floods[row].frame == window_update;
    unsigned fine = floods[row].fine - (answered ? 9 : 0); /* no response goes out before them */
    open_flooder(f);
    for (unsigned i = 0; i < fine; i++)
        floods[row].frame(&f->bytes, i);
    raw_feed(&f->front, &f->bytes, piece);
    raw_hear(&f->front, &f->heard);
    if (raw_peer_is_done(f) || f->heard.count[NGHTTP2_GOAWAY] != 0)
        fail_msg("%s: one too few are fine: GOAWAY %u", floods[row].what, f->heard.error);
    if (rests) {
        raw_peer_wait(f, floods[row].again_ns);
        floods[row].frame(&f->bytes, fine++);
        raw_peer_say(f);
        assert_false(raw_peer_is_done(f));
    }
    floods[row].frame(&f->bytes, fine);
    raw_feed(&f->front, &f->bytes, piece);
    raw_hear(&f->front, &f->heard);
    if (!raw_peer_is_done(f) || f->heard.error != NGHTTP2_ENHANCE_YOUR_CALM)
        fail_msg("%s, pieces of %zu: no end", floods[row].what, piece);
    raw_peer_close(f);
}

static void test_floods(void **state)
{
    raw_peer *f = *state;
    for (size_t row = 0; row < sizeof floods / sizeof floods[0]; row++) {
        run_flood(f, row, RAW_WHOLE, false);
        run_flood(f, row, 1, false);
        if (floods[row].again_ns != 0)
            run_flood(f, row, RAW_WHOLE, true);
    }
}

/* Whoever receives much may measure and open windows as often. */
static void test_answers(void **state)
{
    raw_peer *f = *state;
    open_flooder(f);
    raw_u32(&f->bytes, NGHTTP2_WINDOW_UPDATE, 0, 1u << 24);
    raw_peer_say(f);
    for (int32_t id = 1; id < 41; id += 2) {
        raw_request(&f->bytes, END_STREAM, id, GG_STR("/ok")); /* HEADERS and DATA come back */
        raw_peer_say(f);
        for (unsigned i = 0; i < GG_H2_ANSWERS; i++) {
            ping(&f->bytes, i);
            window_update(&f->bytes, i);
        }
        raw_peer_say(f);
        assert_false(raw_peer_is_done(f));
    }
    assert_int_equal(f->heard.count[NGHTTP2_GOAWAY], 0);
    raw_peer_close(f);
}

/* Answers that wait to be sent are bounded by themselves. */
static void test_queued_acks(void **state)
{
    raw_peer *f = *state;
    for (unsigned more = 0; more < 2; more++) {
        assert_true(fake_front_open(&f->front, true));
        fake_front_close(&f->front); /* for its config */
        f->front.config.limits.queued_acks = 20;
        f->front.config.limits.ping_strikes = 0;
        f->front.codec = gg_h2_new(&f->front.config, GG_STR("peer"), &f->front.wake);
        f->heard = (raw_heard){ 0 };
        gg_buf_append(&f->bytes, gg_str_of(RAW_PREFACE RAW_SETTINGS, sizeof RAW_PREFACE RAW_SETTINGS - 1));
        raw_peer_say(f);
        for (unsigned i = 0; i < 20 + more; i++)
            ping(&f->bytes, i);
        raw_peer_say(f);
        assert_int_equal(raw_peer_is_done(f), more);
        assert_int_equal(f->heard.error, more ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_NO_ERROR);
        raw_peer_close(f);
    }
}

/* -- PINGs of the peer -- */

static void test_strikes(void **state)
{
    static const struct {
        bool stream, idle; /* one is open; ping_idle */
        uint64_t every_ns;
        unsigned fine; /* PINGs; UINT_MAX: any number */
    } cases[] = {
        { true, false, 299 * S, 3 },
        { true, false, 300 * S, UINT_MAX },
        { false, false, 300 * S, 3 }, /* without streams it is two hours */
        { false, false, 7200 * S, UINT_MAX },
        { false, true, 299 * S, 3 },
        { false, true, 300 * S, UINT_MAX },
        { true, false, 0, 3 },
    };
    raw_peer *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        raw_peer_open(f);
        f->front.config.limits.ping_idle = cases[i].idle;
        f->front.config.limits.keepalive.time_ns = 0;
        f->front.config.limits.idle_ns = UINT64_MAX;
        if (cases[i].stream)
            raw_request(&f->bytes, END_STREAM, 1, GG_STR("/hold"));
        unsigned pings = 0;
        for (; pings < 20 && !raw_peer_is_done(f); pings++) {
            ping(&f->bytes, pings);
            raw_peer_say(f);
            raw_peer_wait(f, cases[i].every_ns);
        }
        if (cases[i].fine == UINT_MAX) {
            assert_int_equal(f->heard.count[NGHTTP2_GOAWAY], 0);
        } else {
            assert_int_equal(pings, cases[i].fine + 1);
            assert_int_equal(f->heard.error, NGHTTP2_ENHANCE_YOUR_CALM);
            assert_string_equal(f->heard.debug, GG_H2_TOO_MANY_PINGS);
        }
        raw_peer_close(f);
    }
}

/* A response in between wipes them out. */
static void test_strikes_forgiven(void **state)
{
    raw_peer *f = *state;
    raw_peer_open(f);
    for (int32_t id = 1; id < 41; id += 2) {
        for (unsigned i = 0; i < 3; i++)
            ping(&f->bytes, i);
        raw_peer_say(f);
        assert_false(raw_peer_is_done(f));
        raw_request(&f->bytes, END_STREAM, id, GG_STR("/ok"));
        raw_peer_say(f);
    }
    raw_peer_close(f);
}

/* -- PINGs of our own -- */

static void test_keepalive(void **state)
{
    raw_peer *f = *state;
    for (unsigned stream = 0; stream < 2; stream++) {
        raw_peer_open(f);
        f->front.config.limits.keepalive = (gg_h2_keepalive){ 10 * S, 5 * S };
        if (stream)
            raw_request(&f->bytes, END_STREAM, 1, GG_STR("/hold"));
        raw_peer_say(f);
        for (unsigned i = 1; i < 10; i++) {
            raw_peer_wait(f, 10 * S - 1);
            assert_int_equal(f->heard.pings, i - 1);
            raw_peer_wait(f, 1);
            assert_int_equal(f->heard.pings, i);
            raw_peer_wait(f, 5 * S - 1);
            assert_false(raw_peer_is_done(f));
            raw_u32(&f->bytes, NGHTTP2_WINDOW_UPDATE, 0, 1); /* any sign of life will do */
            raw_peer_say(f);
        }
        raw_peer_wait(f, 10 * S);
        raw_peer_wait(f, 5 * S);
        assert_true(raw_peer_is_done(f));
        assert_int_equal(f->heard.error, NGHTTP2_NO_ERROR);
        raw_peer_close(f);
    }
}

/* -- age -- */

/* later_ns: than the clock of the tests begins; the jitter is of the time and of an address. */
static void open_aged(raw_peer *f, uint64_t age_ns, uint64_t grace_ns, uint64_t later_ns)
{
    assert_true(fake_front_open(&f->front, true));
    fake_front_close(&f->front); /* for its config */
    f->front.config.limits.age_ns = age_ns;
    f->front.config.limits.age_grace_ns = grace_ns;
    f->front.config.limits.keepalive.time_ns = 0;
    f->front.sched.now_ns += later_ns;
    f->front.codec = gg_h2_new(&f->front.config, GG_STR("peer"), &f->front.wake);
    f->heard = (raw_heard){ 0 };
    gg_buf_append(&f->bytes, gg_str_of(RAW_PREFACE RAW_SETTINGS, sizeof RAW_PREFACE RAW_SETTINGS - 1));
}

static void test_age(void **state)
{
    raw_peer *f = *state;
    bool differ = false;
    uint64_t first_ns = 0;
    for (unsigned round = 0; round < 30; round++) {
        open_aged(f, 100 * S, 0, round * 7 * S + round);
        raw_request(&f->bytes, END_STREAM, 1, GG_STR("/hold"));
        raw_peer_say(f);
        uint64_t begin = f->front.sched.now_ns;
        while (f->heard.count[NGHTTP2_GOAWAY] == 0) /* ends: the clock goes on */
            raw_peer_wait(f, S / 10);
        uint64_t age = f->front.sched.now_ns - begin;
        assert_in_range(age, 90 * S, 110 * S + S / 10);
        differ = differ || (first_ns != 0 && first_ns != age);
        first_ns = age;
        assert_int_equal(f->heard.last_stream, INT32_MAX);
        raw_peer_wait(f, GG_H2_DRAIN_NS);
        assert_int_equal(f->heard.last_stream, 1);
        raw_peer_wait(f, 3600 * S); /* without a grace the stream has its time */
        assert_false(raw_peer_is_done(f));
        fake_front_answer(&f->front, GG_STR("ok"));
        fake_front_run(&f->front);
        raw_hear(&f->front, &f->heard);
        assert_true(raw_peer_is_done(f));
        assert_int_equal(f->heard.error, NGHTTP2_NO_ERROR);
        raw_peer_close(f);
    }
    assert_true(differ);
}

static void test_age_grace(void **state)
{
    raw_peer *f = *state;
    open_aged(f, 100 * S, 30 * S, 0);
    raw_request(&f->bytes, END_STREAM, 1, GG_STR("/hold"));
    raw_peer_say(f);
    raw_peer_wait(f, 110 * S);
    raw_peer_wait(f, 29 * S);
    assert_int_equal(f->heard.last_stream, 1);
    assert_false(raw_peer_is_done(f));
    raw_peer_wait(f, S);
    assert_true(raw_peer_is_done(f));
    raw_peer_close(f);
}

static int set_up(void **state)
{
    static raw_peer f;
    *state = &f;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_floods),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_queued_acks),
        cmocka_unit_test(test_strikes),
        cmocka_unit_test(test_strikes_forgiven),
        cmocka_unit_test(test_keepalive),
        cmocka_unit_test(test_age),
        cmocka_unit_test(test_age_grace),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
