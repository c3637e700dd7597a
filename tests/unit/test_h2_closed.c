/* test_h2_closed.c -- frames on HTTP/2 streams that are over, or were never opened; whole and byte by byte. */
#include "raw_peer.h"

#include "http/h2.h"
#include "http/h2_closed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

enum { HEADERS = NGHTTP2_HEADERS, END_STREAM = NGHTTP2_FLAG_END_STREAM };

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
static void run_script(raw_peer *f, const char *script, size_t piece)
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
    raw_peer *f = *state;
    for (size_t row = 0; row < sizeof closed_rows / sizeof closed_rows[0]; row++)
        for (unsigned bytes = 0; bytes < 2; bytes++) {
            raw_peer_open(f);
            run_script(f, closed_rows[row].script, bytes ? 1 : RAW_WHOLE);
            int error = f->heard.count[NGHTTP2_GOAWAY] > 0 ? (int)f->heard.error : -1;
            int reset = f->heard.count[NGHTTP2_RST_STREAM] > 0 ? (int)f->heard.reset_error : -1;
            if (error != closed_rows[row].error || reset != closed_rows[row].reset)
                fail_msg("%s: GOAWAY %d, RST_STREAM %d", closed_rows[row].what, error, reset);
            raw_peer_close(f);
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
    raw_peer *f = *state;
    raw_peer_open(f);
    run_script(f, "H1", RAW_WHOLE);
    f->front.codec->ops->drain(f->front.codec);
    raw_peer_wait(f, GG_H2_DRAIN_NS);
    assert_int_equal(f->heard.last_stream, 1);
    run_script(f, "H3 d3 d3 t3 r3 d1", 1);
    assert_int_equal(f->heard.count[NGHTTP2_RST_STREAM], 0);
    assert_false(raw_peer_is_done(f));
    fake_front_answer(&f->front, GG_STR("ok"));
    fake_front_run(&f->front);
    raw_hear(&f->front, &f->heard);
    assert_int_equal(f->heard.count[NGHTTP2_HEADERS], 1);
    assert_int_equal(f->heard.error, NGHTTP2_NO_ERROR);
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
        cmocka_unit_test(test_closed),
        cmocka_unit_test(test_closed_rings),
        cmocka_unit_test(test_closed_drain),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
