/* test_h2_time.c -- the HTTP/2 codec and the clock: peers that are silent, streams that stand still, drains. */
#include "h2_peer.h"

#include "http/h2.h"
#include "raw_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

#define S ((uint64_t)1000000000)

typedef struct fixture {
    fake_front front;
    h2_peer c;
} fixture;

static void expect_end(fixture *f, uint64_t fine_ns, uint32_t error)
{
    fake_front_wait(&f->front, fine_ns);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    assert_false(f->front.codec->ops->done(f->front.codec));
    fake_front_wait(&f->front, 2 * S);
    h2_peer_hear(&f->front, &f->c);
    assert_true(f->front.codec->ops->done(f->front.codec));
    assert_int_equal(f->c.goaways, 1);
    assert_int_equal(f->c.goaway_error, error);
    h2_peer_close(&f->c);
    fake_front_close(&f->front);
}

static void test_time(void **state)
{
    fixture *f = *state;
    /* nothing after the preface */
    fake_front_open(&f->front, true);
    h2_peer_open(&f->c, 0);
    fake_front_feed(&f->front, GG_STR(RAW_PREFACE));
    fake_front_wait(&f->front, 59 * S);
    assert_false(f->front.codec->ops->done(f->front.codec));
    fake_front_wait(&f->front, 2 * S);
    assert_true(f->front.codec->ops->done(f->front.codec));
    h2_peer_close(&f->c);
    fake_front_close(&f->front);

    /* a header block that does not end: ":method: GET" without END_HEADERS */
    fake_front_open(&f->front, true);
    h2_peer_open(&f->c, 0);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    fake_front_feed(&f->front, gg_str_of("\0\0\1\1\1\0\0\0\1\x82", 10));
    expect_end(f, 59 * S, NGHTTP2_ENHANCE_YOUR_CALM);

    /* no stream */
    fake_front_open(&f->front, true);
    h2_peer_open(&f->c, 0);
    h2_peer_request(&f->c, "GET", "/ok", no_field, no_upload, false);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    fake_front_wait(&f->front, 299 * S);
    h2_peer_acknowledge(&f->c, GG_H2_PING_KEEPALIVE);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    assert_int_equal(f->c.goaways, 0);
    fake_front_wait(&f->front, 2 * S);
    h2_peer_hear(&f->front, &f->c);
    assert_int_equal(f->c.last_stream, INT32_MAX);
    fake_front_wait(&f->front, GG_H2_DRAIN_NS);
    assert_memory_equal(f->front.sent, "\0\0\x08\x07\0\0\0\0\0\0\0\0\1\0\0\0\0", 17); /* the second GOAWAY */
    assert_true(f->front.codec->ops->done(f->front.codec));
    h2_peer_close(&f->c);
    fake_front_close(&f->front);

    /* a stream, and silence: a PING after a minute, the end 20 seconds later */
    fake_front_open(&f->front, true);
    h2_peer_open(&f->c, 0);
    h2_peer_request(&f->c, "GET", "/hold", no_field, no_upload, false);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    fake_front_wait(&f->front, 61 * S);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    assert_int_equal(f->c.pings, 1);
    expect_end(f, 18 * S, NGHTTP2_NO_ERROR);
    assert_string_equal(f->front.journal, "GET /hold a ||.!");

    /* a call that takes long, whose peer is there */
    fake_front_open(&f->front, true);
    h2_peer_open(&f->c, 0);
    h2_peer_request(&f->c, "GET", "/hold", no_field, no_upload, false);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    for (unsigned minutes = 0; minutes < 20; minutes++) {
        fake_front_wait(&f->front, 61 * S);
        h2_peer_acknowledge(&f->c, 0);
        h2_peer_talk(&f->front, &f->c, WHOLE);
    }
    assert_int_equal(f->c.pings, 20);
    assert_false(f->front.codec->ops->done(f->front.codec));
    h2_peer_close(&f->c);
    fake_front_close(&f->front);
}

/* One stream stands still on a connection that is alive: it is reset, and only it. */
static void test_stall(void **state)
{
    static const struct {
        const char *method, *path;
        bool rests;      /* the request has no end */
        uint32_t window; /* of each response */
    } cases[] = { { "POST", "/hold", true, 0 }, { "GET", "/big", false, 10 } };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake_front_open(&f->front, true);
        h2_peer_open(&f->c, cases[i].window);
        int32_t id = h2_peer_request(&f->c, cases[i].method, cases[i].path, no_field, no_upload, cases[i].rests);
        h2_peer_talk(&f->front, &f->c, WHOLE);
        fake_front_wait(&f->front, 59 * S);
        h2_peer_talk(&f->front, &f->c, WHOLE);
        assert_int_equal(h2_peer_stream_of(&f->c, id)->reset, -1);
        int32_t other = h2_peer_request(&f->c, "GET", "/ok", no_field, no_upload, false);
        h2_peer_talk(&f->front, &f->c, WHOLE);
        fake_front_wait(&f->front, 2 * S);
        h2_peer_talk(&f->front, &f->c, WHOLE);
        assert_int_equal(h2_peer_stream_of(&f->c, id)->reset, NGHTTP2_CANCEL);
        assert_true(h2_peer_stream_of(&f->c, other)->ended);
        assert_false(f->front.codec->ops->done(f->front.codec));
        h2_peer_close(&f->c);
        fake_front_close(&f->front);
    }
}

static void test_drain(void **state)
{
    fixture *f = *state;
    for (unsigned answers_ping = 0; answers_ping < 2; answers_ping++) {
        fake_front_open(&f->front, true);
        const gg_codec_ops *ops = f->front.codec->ops;
        h2_peer_open(&f->c, 0);
        int32_t id = h2_peer_request(&f->c, "GET", "/hold", no_field, no_upload, false);
        h2_peer_talk(&f->front, &f->c, WHOLE);
        ops->drain(f->front.codec);
        fake_front_run(&f->front);
        h2_peer_hear(&f->front, &f->c);
        assert_int_equal(f->c.goaways, 1);
        assert_int_equal(f->c.last_stream, INT32_MAX);
        if (answers_ping)
            h2_peer_acknowledge(&f->c, 0);
        else
            fake_front_wait(&f->front, S);
        h2_peer_talk(&f->front, &f->c, WHOLE);
        assert_int_equal(f->c.goaways, 2);
        assert_int_equal(f->c.last_stream, id);
        assert_false(ops->done(f->front.codec));
        fake_front_answer(&f->front, GG_STR("ok"));
        h2_peer_talk(&f->front, &f->c, WHOLE);
        assert_string_equal(h2_peer_stream_of(&f->c, id)->body, "ok");
        assert_true(ops->done(f->front.codec));
        assert_true(ops->lingers(f->front.codec)); /* for what the client says of the response */
        h2_peer_close(&f->c);
        fake_front_close(&f->front);
    }
}

static int set_up(void **state)
{
    static fixture f;
    *state = &f;
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_stall),
        cmocka_unit_test(test_drain),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
