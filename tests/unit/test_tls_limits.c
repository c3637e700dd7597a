/* test_tls_limits.c -- what a peer may not make a TLS connection do, and how long it may take. */
#include "tls_peer.h"

#include "base/clock.h"
#include "http/tls_codec.h"

#include <openssl/sslerr.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
/* cmocka wants those first */
#include <cmocka.h>

static void test_handshake_takes_too_long(void **state)
{
    tls_fixture *f = *state;
    uint64_t limit = 60 * (uint64_t)GG_NS_PER_S;
    tls_begin(f, f->plain, &(tls_peer_config){ 0, ALPN_H1, NULL, NULL });
    f->peer.stop_after = 100;
    f->peer.piece = 99;
    SSL_do_handshake(f->peer.ssl);
    char hello[99];
    assert_int_equal(BIO_read(f->peer.out, hello, sizeof hello), sizeof hello);
    fake_front_feed(&f->front, gg_str_of(hello, sizeof hello));
    fake_front_wait(&f->front, limit - 1);
    assert_false(f->front.codec->ops->done(f->front.codec));
    fake_front_wait(&f->front, 1);
    assert_true(tls_failed(f, "takes too long"));
    assert_false(f->front.codec->ops->lingers(f->front.codec));
    tls_end(f);
    /* and once it is done it has no limit any more */
    tls_begin(f, f->plain, &(tls_peer_config){ 0, ALPN_H1, NULL, NULL });
    tls_peer_talk(&f->peer, &f->front);
    assert_true(tls_peer_send(&f->peer, GG_STR("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n")));
    tls_peer_talk(&f->peer, &f->front);
    fake_front_wait(&f->front, limit);
    assert_false(f->front.codec->ops->done(f->front.codec));
    fake_front_answer(&f->front, GG_STR("late"));
    tls_peer_talk(&f->peer, &f->front);
    assert_true(tls_heard(f, "late"));
    tls_end(f);
}

/* -- what a peer may not make us do -- */

static void test_no_renegotiation(void **state)
{
    tls_fixture *f = *state;
    tls_begin(f, f->plain, &(tls_peer_config){ TLS1_2_VERSION, ALPN_H1, NULL, NULL });
    tls_peer_talk(&f->peer, &f->front);
    assert_true(f->peer.open);
    assert_int_equal(SSL_renegotiate(f->peer.ssl), 1);
    tls_peer_talk(&f->peer, &f->front);
    assert_int_equal(f->peer.failed, SSL_R_NO_RENEGOTIATION);
    tls_end(f);
}

static void test_key_updates(void **state)
{
    enum { UPDATES = 5000 };
    tls_fixture *f = *state;
    tls_begin(f, f->plain, &(tls_peer_config){ TLS1_3_VERSION, ALPN_H1, NULL, NULL });
    tls_peer_talk(&f->peer, &f->front);
    for (unsigned i = 0; i < UPDATES; i++) {
        assert_int_equal(SSL_key_update(f->peer.ssl, SSL_KEY_UPDATE_REQUESTED), 1);
        SSL_do_handshake(f->peer.ssl);
    }
    /* it reads nothing: the answers wait */
    size_t given = 0;
    const gg_codec_ops *ops = f->front.codec->ops;
    char piece[1000];
    for (int len; ops->wants_input(f->front.codec) && (len = BIO_read(f->peer.out, piece, sizeof piece)) > 0;) {
        given += (size_t)len;
        ops->receive(f->front.codec, gg_str_of(piece, (size_t)len));
    }
    gg_sched_run(&f->front.sched, f->front.sched.now_ns);
    assert_true(given > UPDATES);
    fake_front_run(&f->front);
    assert_true(f->front.sent_len <= 2 * GG_TLS_OUT_LEN + GG_TLS_RECORD);
    tls_peer_talk(&f->peer, &f->front);
    assert_true(tls_peer_send(&f->peer, GG_STR(GET_OK)));
    tls_peer_talk(&f->peer, &f->front);
    assert_true(tls_heard(f, "\r\n\r\nok"));
    tls_end(f);
}

/* -- back-pressure -- */

/* A client that reads nothing: no more than GG_TLS_OUT_LEN and a record wait in the codec. */
static void test_slow_reader(void **state)
{
    tls_fixture *f = *state;
    tls_begin(f, f->plain, &(tls_peer_config){ 0, ALPN_H1, NULL, NULL });
    tls_peer_talk(&f->peer, &f->front);
    const gg_codec_ops *ops = f->front.codec->ops;
    assert_true(tls_peer_send(&f->peer, GG_STR("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")));
    char record[200];
    int len = BIO_read(f->peer.out, record, sizeof record);
    ops->receive(f->front.codec, gg_str_of(record, (size_t)len));
    size_t total = 0, most = 0;
    for (;;) {
        gg_sched_run(&f->front.sched, f->front.sched.now_ns);
        gg_str out = ops->output(f->front.codec);
        if (out.len == 0)
            break;
        most = out.len > most ? out.len : most;
        assert_true(ops->wants_input(f->front.codec)); /* HTTP/2 would have to hear WINDOW_UPDATEs */
        total += out.len;
        BIO_write(f->peer.in, out.ptr, (int)out.len);
        ops->sent(f->front.codec, out.len);
    }
    assert_true(total > FAKE_BIG_LEN && most <= GG_TLS_OUT_LEN + GG_TLS_RECORD + 100);
    tls_peer_talk(&f->peer, &f->front);
    assert_true(tls_heard(f, "\r\n0\r\nX-Sum: 7\r\n\r\n"));
    tls_end(f);
}

/* A front that takes nothing: the codec says that it wants no more, keeps what came, and goes on later. */
static void test_slow_front(void **state)
{
    static const gg_str request = GG_STR_INIT("GET /ok HTTP/1.1\r\nHost: a\r\nAccept: one/two, three/four\r\n\r\n");
    enum { PIPELINED = 700 };
    tls_fixture *f = *state;
    tls_begin(f, f->plain, &(tls_peer_config){ 0, ALPN_H1, NULL, NULL });
    tls_peer_talk(&f->peer, &f->front);
    assert_true(tls_peer_send(&f->peer, GG_STR("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n")));
    tls_peer_talk(&f->peer, &f->front);
    for (unsigned i = 0; i < PIPELINED; i++) /* 60 KB that must wait */
        assert_true(tls_peer_send(&f->peer, request));
    char all[64 * 1024];
    size_t room = sizeof all;
    int len = BIO_read(f->peer.out, all, (int)room);
    assert_true(len > 50 * 1000);
    const gg_codec_ops *ops = f->front.codec->ops;
    ops->receive(f->front.codec, gg_str_of(all, (size_t)len));
    assert_false(ops->wants_input(f->front.codec));
    fake_front_run(&f->front);
    assert_false(ops->wants_input(f->front.codec));
    fake_front_answer(&f->front, GG_STR("first"));
    for (unsigned i = 0; i < 100 && !ops->wants_input(f->front.codec); i++)
        tls_peer_talk(&f->peer, &f->front);
    tls_peer_talk(&f->peer, &f->front);
    size_t answers = 0;
    f->peer.heard[f->peer.heard_len] = '\0';
    for (const char *at = f->peer.heard; (at = strstr(at, "HTTP/1.1 200")) != NULL; at++)
        answers++;
    assert_true(answers == PIPELINED + 1);
    tls_end(f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_handshake_takes_too_long),
        cmocka_unit_test(test_no_renegotiation),
        cmocka_unit_test(test_key_updates),
        cmocka_unit_test(test_slow_reader),
        cmocka_unit_test(test_slow_front),
    };
    return cmocka_run_group_tests(tests, tls_set_up, tls_tear_down);
}
