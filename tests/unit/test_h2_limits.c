/* test_h2_limits.c -- what bounds an HTTP/2 peer: budgets of frames, its PINGs, our PINGs, the connection's age; and
 * frames on streams that are over.
 *
 * Frames by hand (raw_peer.h), on a clock of the test's own; whole and byte by byte. */
#include "raw_peer.h"

#include "http/h2.h"
#include "http/h2_closed.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

#define S GG_H2_S
enum { WHOLE = 1 << 20, HEADERS = NGHTTP2_HEADERS, END_STREAM = NGHTTP2_FLAG_END_STREAM };

typedef struct fixture {
    fake_front front;
    gg_buf bytes;
    raw_heard heard;
} fixture;

static void open_peer(fixture *f)
{
    assert_true(fake_front_open(&f->front, true));
    f->heard = (raw_heard){ 0 };
    gg_buf_append(&f->bytes, gg_str_of(RAW_PREFACE, sizeof RAW_PREFACE - 1));
    gg_buf_append(&f->bytes, gg_str_of(RAW_SETTINGS, sizeof RAW_SETTINGS - 1));
}

static void close_peer(fixture *f)
{
    fake_front_close(&f->front);
    gg_buf_deinit(&f->bytes);
}

static bool is_done(const fixture *f)
{
    return f->front.codec->ops->done(f->front.codec);
}

static void say(fixture *f)
{
    raw_feed(&f->front, &f->bytes, WHOLE);
    raw_hear(&f->front, &f->heard);
}

static void wait_for(fixture *f, uint64_t ns)
{
    fake_front_wait(&f->front, ns);
    raw_hear(&f->front, &f->heard);
}

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

static void open_flooder(fixture *f)
{
    open_peer(f);
    gg_http_limits *limits = &f->front.config.limits;
    limits->guard = (gg_h2_guard_limits){ .reset_rate = 2, .reset_burst = 6, .control_rate = 10, .continuations = 3 };
    limits->ping_strikes = 0;
}

static void run_flood(fixture *f, size_t row, size_t piece, bool rests)
{
    bool answered = floods[row].frame == ping || floods[row].frame == window_update;
    unsigned fine = floods[row].fine - (answered ? 9 : 0); /* no response goes out before them */
    open_flooder(f);
    for (unsigned i = 0; i < fine; i++)
        floods[row].frame(&f->bytes, i);
    raw_feed(&f->front, &f->bytes, piece);
    raw_hear(&f->front, &f->heard);
    if (is_done(f) || f->heard.count[NGHTTP2_GOAWAY] != 0)
        fail_msg("%s: one too few are fine: GOAWAY %u", floods[row].what, f->heard.error);
    if (rests) {
        wait_for(f, floods[row].again_ns);
        floods[row].frame(&f->bytes, fine++);
        say(f);
        assert_false(is_done(f));
    }
    floods[row].frame(&f->bytes, fine);
    raw_feed(&f->front, &f->bytes, piece);
    raw_hear(&f->front, &f->heard);
    if (!is_done(f) || f->heard.error != NGHTTP2_ENHANCE_YOUR_CALM)
        fail_msg("%s, pieces of %zu: no end", floods[row].what, piece);
    close_peer(f);
}

static void test_floods(void **state)
{
    fixture *f = *state;
    for (size_t row = 0; row < sizeof floods / sizeof floods[0]; row++) {
        run_flood(f, row, WHOLE, false);
        run_flood(f, row, 1, false);
        if (floods[row].again_ns != 0)
            run_flood(f, row, WHOLE, true);
    }
}

/* Whoever receives much may measure and open windows as often. */
static void test_answers(void **state)
{
    fixture *f = *state;
    open_flooder(f);
    raw_u32(&f->bytes, NGHTTP2_WINDOW_UPDATE, 0, 1u << 24);
    say(f);
    for (int32_t id = 1; id < 41; id += 2) {
        raw_request(&f->bytes, END_STREAM, id, GG_STR("/ok")); /* HEADERS and DATA come back */
        say(f);
        for (unsigned i = 0; i < GG_H2_ANSWERS; i++) {
            ping(&f->bytes, i);
            window_update(&f->bytes, i);
        }
        say(f);
        assert_false(is_done(f));
    }
    assert_int_equal(f->heard.count[NGHTTP2_GOAWAY], 0);
    close_peer(f);
}

/* Answers that wait to be sent are bounded by themselves. */
static void test_queued_acks(void **state)
{
    fixture *f = *state;
    for (unsigned more = 0; more < 2; more++) {
        assert_true(fake_front_open(&f->front, true));
        fake_front_close(&f->front); /* for its config */
        f->front.config.limits.queued_acks = 20;
        f->front.config.limits.ping_strikes = 0;
        f->front.codec = gg_h2_new(&f->front.config, GG_STR("peer"), &f->front.wake);
        f->heard = (raw_heard){ 0 };
        gg_buf_append(&f->bytes, gg_str_of(RAW_PREFACE RAW_SETTINGS, sizeof RAW_PREFACE RAW_SETTINGS - 1));
        say(f);
        for (unsigned i = 0; i < 20 + more; i++)
            ping(&f->bytes, i);
        say(f);
        assert_int_equal(is_done(f), more);
        assert_int_equal(f->heard.error, more ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_NO_ERROR);
        close_peer(f);
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
    fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        open_peer(f);
        f->front.config.limits.ping_idle = cases[i].idle;
        f->front.config.limits.keepalive.time_ns = 0;
        f->front.config.limits.idle_ns = UINT64_MAX;
        if (cases[i].stream)
            raw_request(&f->bytes, END_STREAM, 1, GG_STR("/hold"));
        unsigned pings = 0;
        for (; pings < 20 && !is_done(f); pings++) {
            ping(&f->bytes, pings);
            say(f);
            wait_for(f, cases[i].every_ns);
        }
        if (cases[i].fine == UINT_MAX) {
            assert_int_equal(f->heard.count[NGHTTP2_GOAWAY], 0);
        } else {
            assert_int_equal(pings, cases[i].fine + 1);
            assert_int_equal(f->heard.error, NGHTTP2_ENHANCE_YOUR_CALM);
            assert_string_equal(f->heard.debug, GG_H2_TOO_MANY_PINGS);
        }
        close_peer(f);
    }
}

/* A response in between wipes them out. */
static void test_strikes_forgiven(void **state)
{
    fixture *f = *state;
    open_peer(f);
    for (int32_t id = 1; id < 41; id += 2) {
        for (unsigned i = 0; i < 3; i++)
            ping(&f->bytes, i);
        say(f);
        assert_false(is_done(f));
        raw_request(&f->bytes, END_STREAM, id, GG_STR("/ok"));
        say(f);
    }
    close_peer(f);
}

/* -- PINGs of our own -- */

static void test_keepalive(void **state)
{
    fixture *f = *state;
    for (unsigned stream = 0; stream < 2; stream++) {
        open_peer(f);
        f->front.config.limits.keepalive = (gg_h2_keepalive){ 10 * S, 5 * S };
        if (stream)
            raw_request(&f->bytes, END_STREAM, 1, GG_STR("/hold"));
        say(f);
        for (unsigned i = 1; i < 10; i++) {
            wait_for(f, 10 * S - 1);
            assert_int_equal(f->heard.pings, i - 1);
            wait_for(f, 1);
            assert_int_equal(f->heard.pings, i);
            wait_for(f, 5 * S - 1);
            assert_false(is_done(f));
            raw_u32(&f->bytes, NGHTTP2_WINDOW_UPDATE, 0, 1); /* any sign of life will do */
            say(f);
        }
        wait_for(f, 10 * S);
        wait_for(f, 5 * S);
        assert_true(is_done(f));
        assert_int_equal(f->heard.error, NGHTTP2_NO_ERROR);
        close_peer(f);
    }
}

/* -- age -- */

/* later_ns: than the clock of the tests begins; the jitter is of the time and of an address. */
static void open_aged(fixture *f, uint64_t age_ns, uint64_t grace_ns, uint64_t later_ns)
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
    fixture *f = *state;
    bool differ = false;
    uint64_t first_ns = 0;
    for (unsigned round = 0; round < 30; round++) {
        open_aged(f, 100 * S, 0, round * 7 * S + round);
        raw_request(&f->bytes, END_STREAM, 1, GG_STR("/hold"));
        say(f);
        uint64_t begin = f->front.sched.now_ns;
        while (f->heard.count[NGHTTP2_GOAWAY] == 0) /* ends: the clock goes on */
            wait_for(f, S / 10);
        uint64_t age = f->front.sched.now_ns - begin;
        assert_in_range(age, 90 * S, 110 * S + S / 10);
        differ = differ || (first_ns != 0 && first_ns != age);
        first_ns = age;
        assert_int_equal(f->heard.last_stream, INT32_MAX);
        wait_for(f, GG_H2_DRAIN_NS);
        assert_int_equal(f->heard.last_stream, 1);
        wait_for(f, 3600 * S); /* without a grace the stream has its time */
        assert_false(is_done(f));
        fake_front_answer(&f->front, GG_STR("ok"));
        fake_front_run(&f->front);
        raw_hear(&f->front, &f->heard);
        assert_true(is_done(f));
        assert_int_equal(f->heard.error, NGHTTP2_NO_ERROR);
        close_peer(f);
    }
    assert_true(differ);
}

static void test_age_grace(void **state)
{
    fixture *f = *state;
    open_aged(f, 100 * S, 30 * S, 0);
    raw_request(&f->bytes, END_STREAM, 1, GG_STR("/hold"));
    say(f);
    wait_for(f, 110 * S);
    wait_for(f, 29 * S);
    assert_int_equal(f->heard.last_stream, 1);
    assert_false(is_done(f));
    wait_for(f, S);
    assert_true(is_done(f));
    close_peer(f);
}

/* -- streams that are over -- */

static const struct {
    const char *what, *script; /* see run_script */
    int error;                 /* of the connection; -1: it goes on */
    int reset;                 /* of the stream; -1: none */
} closed_rows[] = {
    { "DATA after the end", "o1 d1", NGHTTP2_STREAM_CLOSED, -1 },
    { "HEADERS after the end", "o1 h1", NGHTTP2_STREAM_CLOSED, -1 },
    { "DATA after RST_STREAM", "H1 r1 d1", -1, NGHTTP2_STREAM_CLOSED },
    { "HEADERS after RST_STREAM", "H1 r1 h1", -1, NGHTTP2_STREAM_CLOSED },
    { "WINDOW_UPDATE and RST_STREAM after the end", "o1 w1 r1 o3", -1, -1 },
    { "an id that was passed over", "o5 h3", NGHTTP2_PROTOCOL_ERROR, -1 },
    { "DATA on an id that was passed over", "o5 d3", NGHTTP2_PROTOCOL_ERROR, -1 },
    { "the first id of all, passed over", "o3 h1", NGHTTP2_PROTOCOL_ERROR, -1 },
    { "one of many, passed over", "o99 h51", NGHTTP2_PROTOCOL_ERROR, -1 },
    { "two gaps", "o3 o7 h5", NGHTTP2_PROTOCOL_ERROR, -1 },
    { "two gaps, the older", "o3 o7 h1", NGHTTP2_PROTOCOL_ERROR, -1 },
    { "late DATA on a stream that we reset", "x1 d1 d1 o3", -1, NGHTTP2_CANCEL },
    { "late trailers on a stream that we reset", "x1 t1 o3", -1, NGHTTP2_CANCEL },
    { "our reset, then the peer's", "x1 r1 o3", -1, NGHTTP2_CANCEL },
    { "DATA on an open one", "H1 d1 o3", -1, -1 },
};

/* Steps of a letter and an id: o a request that is answered, H one that stays open, x one that we reset, h HEADERS,
 * t HEADERS with END_STREAM (trailers), d DATA, r RST_STREAM, w WINDOW_UPDATE. */
static void run_script(fixture *f, const char *script, size_t piece)
{
    char letter;
    int id, used;
    for (; sscanf(script, " %c%d%n", &letter, &id, &used) == 2; script += used) {
        switch (letter) {
        case 'o':
        case 'h':
            raw_request(&f->bytes, END_STREAM, id, GG_STR("/ok"));
            break;
        case 'H':
            raw_request(&f->bytes, 0, id, GG_STR("/hold"));
            break;
        case 'x':
            raw_request(&f->bytes, 0, id, GG_STR("/reset"));
            break;
        case 't':
            raw_frame(&f->bytes, HEADERS, END_STREAM | NGHTTP2_FLAG_END_HEADERS, id, gg_str_of("\0\1a\1b", 5));
            break;
        case 'd':
            raw_frame(&f->bytes, NGHTTP2_DATA, 0, id, GG_STR("late"));
            break;
        default:
            raw_u32(&f->bytes, letter == 'r' ? NGHTTP2_RST_STREAM : NGHTTP2_WINDOW_UPDATE, id, 8);
            break;
        }
        raw_feed(&f->front, &f->bytes, piece);
    }
    raw_hear(&f->front, &f->heard);
}

static void test_closed(void **state)
{
    fixture *f = *state;
    for (size_t row = 0; row < sizeof closed_rows / sizeof closed_rows[0]; row++)
        for (unsigned bytes = 0; bytes < 2; bytes++) {
            open_peer(f);
            run_script(f, closed_rows[row].script, bytes ? 1 : WHOLE);
            int error = f->heard.count[NGHTTP2_GOAWAY] > 0 ? (int)f->heard.error : -1;
            int reset = f->heard.count[NGHTTP2_RST_STREAM] > 0 ? (int)f->heard.reset_error : -1;
            if (error != closed_rows[row].error || reset != closed_rows[row].reset)
                fail_msg("%s: GOAWAY %d, RST_STREAM %d", closed_rows[row].what, error, reset);
            close_peer(f);
        }
}

/* What a ring has lost is not judged; the ring is never longer. */
static void test_closed_rings(void **state)
{
    (void)state;
    gg_h2_closed closed = { 0 };
    for (int32_t id = 1; id < 4000; id += 2) {
        gg_h2_closed_open(&closed, id);
        if (id % 4 == 1)
            gg_h2_closed_reset(&closed, id, id % 8 == 1);
    }
    for (int32_t id = 1; id < 4000; id += 2) {
        bool kept = id > 3997 - 4 * GG_H2_RESETS_KEPT;
        gg_h2_late want = !kept ? GG_H2_LATE_IGNORE
            : id % 4 != 1       ? GG_H2_LATE_ENDED
            : id % 8 == 1       ? GG_H2_LATE_RESET
                                : GG_H2_LATE_IGNORE;
        assert_int_equal(gg_h2_closed_judge(&closed, id), want);
    }
    gg_h2_closed_open(&closed, INT32_MAX);
    assert_int_equal(gg_h2_closed_judge(&closed, INT32_MAX - 2), GG_H2_LATE_UNOPENED);
}

/* During a drain new streams are not opened, and what they send does not end the connection. */
static void test_closed_drain(void **state)
{
    fixture *f = *state;
    open_peer(f);
    run_script(f, "H1", WHOLE);
    f->front.codec->ops->drain(f->front.codec);
    wait_for(f, GG_H2_DRAIN_NS);
    assert_int_equal(f->heard.last_stream, 1);
    run_script(f, "H3 d3 d3 t3 r3 d1", 1);
    assert_int_equal(f->heard.count[NGHTTP2_RST_STREAM], 0);
    assert_false(is_done(f));
    fake_front_answer(&f->front, GG_STR("ok"));
    fake_front_run(&f->front);
    raw_hear(&f->front, &f->heard);
    assert_int_equal(f->heard.count[NGHTTP2_HEADERS], 1);
    assert_int_equal(f->heard.error, NGHTTP2_NO_ERROR);
    close_peer(f);
}

static int set_up(void **state)
{
    static fixture f;
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
        cmocka_unit_test(test_closed),
        cmocka_unit_test(test_closed_rings),
        cmocka_unit_test(test_closed_drain),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
