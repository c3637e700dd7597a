/* test_tls.c -- TLS around the HTTP codecs, met by OpenSSL's own client: versions, ALPN, certificates, cuts, ends. */
#include "tls_peer.h"

#include "base/clock.h"
#include "failmalloc.h"
#include "http/tls_codec.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

/* -- handshakes -- */

static const struct row {
    const char *what;
    tls_peer_config client;
    bool mutual;
    const char *answer;  /* how what the client hears ends; NULL: nothing is heard */
    const char *failure; /* of the server; NULL: none */
    int alert;           /* reason at the client */
} rows[] = {
    { "TLS 1.3, HTTP/1.1", { TLS1_3_VERSION, ALPN_H1, NULL, NULL }, false, "\r\n\r\nok", NULL, 0 },
    { "TLS 1.2, HTTP/1.1", { TLS1_2_VERSION, ALPN_H1, NULL, NULL }, false, "\r\n\r\nok", NULL, 0 },
    { "no ALPN is HTTP/1.1", { 0, NULL, NULL, NULL }, false, "\r\n\r\nok", NULL, 0 },
    { "TLS 1.3, HTTP/2", { TLS1_3_VERSION, ALPN_H2, NULL, NULL }, false, "\0\0\0\4\1\0\0\0\0", NULL, 0 },
    { "TLS 1.2, HTTP/2", { TLS1_2_VERSION, ALPN_H2, NULL, NULL }, false, "\0\0\0\4\1\0\0\0\0", NULL, 0 },
    { "both: HTTP/2", { 0, ALPN_H1 ALPN_H2, NULL, NULL }, false, "\0\0\0\4\1\0\0\0\0", NULL, 0 },
    { "one of them among others", { 0, "\6spdy/1" ALPN_H1 "\2h3", NULL, NULL }, false, "\r\n\r\nok", NULL, 0 },
    { "neither", { 0, "\2h3\3h2c", NULL, NULL }, false, NULL, "no application protocol",
        SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL },
    { "TLS 1.1", { TLS1_1_VERSION, ALPN_H1, NULL, NULL }, false, NULL, "unsupported protocol",
        SSL_R_TLSV1_ALERT_PROTOCOL_VERSION },
    { "a cipher that HTTP/2 forbids (CBC)", { TLS1_2_VERSION, ALPN_H2, NULL, "ECDHE-ECDSA-AES128-SHA256" }, false, NULL,
        "no shared cipher", SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE },
    { "a cipher without forward secrecy", { TLS1_2_VERSION, ALPN_H2, NULL, "AES128-GCM-SHA256" }, false, NULL,
        "no shared cipher", SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE },
    { "a client's certificate", { TLS1_3_VERSION, ALPN_H1, "client", NULL }, true, "\r\n\r\nok", NULL, 0 },
    { "a client's certificate, TLS 1.2", { TLS1_2_VERSION, ALPN_H1, "client", NULL }, true, "\r\n\r\nok", NULL, 0 },
    { "none where one is needed", { TLS1_3_VERSION, ALPN_H1, NULL, NULL }, true, NULL, "did not return a certificate",
        SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED },
    { "none where one is needed, TLS 1.2", { TLS1_2_VERSION, ALPN_H1, NULL, NULL }, true, NULL,
        "did not return a certificate", SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE },
    { "one of another root", { TLS1_3_VERSION, ALPN_H1, "other", NULL }, true, NULL, "certificate verify failed",
        SSL_R_TLSV1_ALERT_UNKNOWN_CA },
};

static void run_row(tls_fixture *f, const struct row *row, size_t piece)
{
    bool is_h2 = row->answer != NULL && row->answer[0] == '\0';
    gg_str request = is_h2 ? GG_STR(H2_PREFACE) : GG_STR(GET_OK);
    tls_begin(f, row->mutual ? f->mutual : f->plain, &row->client);
    f->peer.piece = piece;
    tls_peer_talk(&f->peer, &f->front);
    if (row->failure == NULL) {
        assert_true(f->peer.open);
        assert_true(tls_peer_send(&f->peer, request));
        tls_peer_talk(&f->peer, &f->front);
        gg_str want = is_h2 ? gg_str_of(row->answer, 9) : gg_str_from(row->answer);
        assert_true(f->peer.heard_len >= want.len);
        assert_memory_equal(f->peer.heard + f->peer.heard_len - want.len, want.ptr, want.len);
        assert_false(f->front.codec->ops->done(f->front.codec));
    } else {
        assert_int_equal(f->peer.heard_len, 0);
        assert_int_equal(f->peer.failed, row->alert);
        assert_true(tls_failed(f, row->failure));
        assert_true(f->front.codec->ops->lingers(f->front.codec)); /* the alert shall arrive */
        assert_string_equal(f->front.journal, "");
    }
    tls_end(f);
}

static void test_handshakes(void **state)
{
    static const size_t pieces[] = { 0, 1, 2, 3, 5, 6, 7, 100, 300 };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t j = 0; j < sizeof pieces / sizeof pieces[0]; j++) {
            print_message("%s, by %zu\n", rows[i].what, pieces[j]);
            run_row(*state, &rows[i], pieces[j]);
        }
}

/* -- cuts -- */

/* The connection ends after n bytes of the client's; whether that was before all it had to say. */
static bool run_cut(tls_fixture *f, int version, size_t n)
{
    tls_begin(f, f->mutual, &(tls_peer_config){ version, ALPN_H1, "client", NULL });
    f->peer.stop_after = n;
    tls_peer_talk(&f->peer, &f->front);
    if (f->peer.open && tls_peer_send(&f->peer, GG_STR(GET_OK)))
        tls_peer_talk(&f->peer, &f->front);
    bool cut = f->peer.said == n;
    if (cut)
        assert_true(f->front.codec->ops->done(f->front.codec));
    if (cut && !f->peer.open)
        assert_true(tls_failed(f, "closed the connection during the handshake"));
    tls_end(f);
    return cut;
}

static void test_every_cut(void **state)
{
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    for (size_t i = 0; i < 2; i++) {
        size_t n = 0;
        while (run_cut(*state, versions[i], n))
            n++;
        assert_true(n > 500);
    }
}

static void test_garbage(void **state)
{
    static const gg_str bytes[] = { GG_STR_INIT(GET_OK), GG_STR_INIT(H2_PREFACE), GG_STR_INIT("\x16\3\1\0\0"),
        GG_STR_INIT("\x16\3\1\xff\xff\1\0\xff\xff"), GG_STR_INIT("\x17\3\3\0\5hello"),
        GG_STR_INIT("\x15\3\3\0\2\2\50") };
    tls_fixture *f = *state;
    for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
        assert_true(fake_front_open_tls(&f->front, f->plain));
        fake_front_feed(&f->front, bytes[i]);
        f->front.codec->ops->eof(f->front.codec);
        fake_front_run(&f->front);
        assert_true(f->front.codec->ops->done(f->front.codec));
        assert_true(f->front.sent_len <= 7); /* an alert at most */
        assert_string_equal(f->front.journal, "");
        fake_front_close(&f->front);
    }
}

/* Each bit of a record that is wrong ends the connection. */
static void test_broken_record(void **state)
{
    tls_fixture *f = *state;
    tls_begin(f, f->plain, &(tls_peer_config){ 0, ALPN_H1, NULL, NULL });
    tls_peer_talk(&f->peer, &f->front);
    assert_true(tls_peer_send(&f->peer, GG_STR(GET_OK)));
    char record[200];
    int len = BIO_read(f->peer.out, record, sizeof record);
    assert_true(len > 20 && len < (int)sizeof record);
    record[len - 1] ^= 1;
    fake_front_feed(&f->front, gg_str_of(record, (size_t)len));
    assert_true(tls_failed(f, "bad record mac"));
    assert_string_equal(f->front.journal, "");
    tls_end(f);
}

/* -- drain, close_notify -- */

/* Whether there is an HTTP/2 frame of that type. */
static bool hears_frame(const tls_peer *peer, int type)
{
    const unsigned char *heard = (const unsigned char *)peer->heard;
    for (size_t at = 0; at + 9 <= peer->heard_len;) {
        if (heard[at + 3] == type)
            return true;
        at += 9u + ((size_t)heard[at] << 16 | (size_t)heard[at + 1] << 8 | heard[at + 2]);
    }
    return false;
}

static void test_drain(void **state)
{
    tls_fixture *f = *state;
    tls_begin(f, f->plain, &(tls_peer_config){ 0, ALPN_H1, NULL, NULL });
    f->front.codec->ops->drain(f->front.codec); /* in the handshake: at once */
    fake_front_run(&f->front);
    assert_true(f->front.codec->ops->done(f->front.codec));
    tls_end(f);
    tls_begin(f, f->plain, &(tls_peer_config){ 0, ALPN_H1, NULL, NULL });
    tls_peer_talk(&f->peer, &f->front);
    assert_true(tls_peer_send(&f->peer, GG_STR("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n")));
    tls_peer_talk(&f->peer, &f->front);
    f->front.codec->ops->drain(f->front.codec);
    tls_peer_talk(&f->peer, &f->front);
    assert_false(f->front.codec->ops->done(f->front.codec) || f->peer.ended);
    fake_front_answer(&f->front, GG_STR("last"));
    tls_peer_talk(&f->peer, &f->front);
    assert_true(tls_heard(f, "\r\nConnection: close\r\n\r\nlast"));
    assert_true(f->peer.ended); /* close_notify */
    assert_true(f->front.codec->ops->done(f->front.codec));
    tls_end(f);
    /* HTTP/2: GOAWAY, then close_notify */
    tls_begin(f, f->plain, &(tls_peer_config){ 0, ALPN_H2, NULL, NULL });
    tls_peer_talk(&f->peer, &f->front);
    assert_true(tls_peer_send(&f->peer, GG_STR(H2_PREFACE)));
    tls_peer_talk(&f->peer, &f->front);
    f->peer.heard_len = 0;
    f->front.codec->ops->drain(f->front.codec);
    tls_peer_talk(&f->peer, &f->front);
    fake_front_wait(&f->front, 10 * (uint64_t)GG_NS_PER_S);
    tls_peer_talk(&f->peer, &f->front);
    assert_true(hears_frame(&f->peer, 7)); /* GOAWAY */
    assert_true(f->peer.ended);
    tls_end(f);
}

/* The client says that nothing follows: what it asked for is answered, then the server says so too. */
static void test_close_notify(void **state)
{
    tls_fixture *f = *state;
    for (int with_request = 0; with_request < 2; with_request++) {
        tls_begin(f, f->plain, &(tls_peer_config){ 0, ALPN_H1, NULL, NULL });
        tls_peer_talk(&f->peer, &f->front);
        if (with_request)
            assert_true(tls_peer_send(&f->peer, GG_STR(GET_OK)));
        SSL_shutdown(f->peer.ssl);
        tls_peer_talk(&f->peer, &f->front);
        assert_int_equal(tls_heard(f, "\r\n\r\nok"), with_request);
        assert_true(f->peer.ended);
        assert_true(f->front.codec->ops->done(f->front.codec));
        assert_int_equal(gg_tls_failure(f->front.codec).len, 0);
        tls_end(f);
    }
}

/* A body that was cut is no whole request, however it ends. */
static void test_truncation(void **state)
{
    tls_fixture *f = *state;
    for (int notified = 0; notified < 2; notified++) {
        tls_begin(f, f->plain, &(tls_peer_config){ 0, ALPN_H1, NULL, NULL });
        tls_peer_talk(&f->peer, &f->front);
        assert_true(tls_peer_send(&f->peer, GG_STR("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\ncut")));
        if (notified)
            SSL_shutdown(f->peer.ssl);
        tls_peer_talk(&f->peer, &f->front);
        if (!notified)
            f->front.codec->ops->eof(f->front.codec);
        fake_front_run(&f->front);
        assert_true(f->front.codec->ops->done(f->front.codec));
        fake_front_close(&f->front);
        assert_string_equal(f->front.journal, "POST /echo a !");
        tls_peer_close(&f->peer);
    }
}

/* -- memory -- */

static void test_every_failed_allocation(void **state)
{
    tls_fixture *f = *state;
    size_t n = 0;
    for (bool failing = true; failing; n++) {
        tls_peer_open(&f->peer, &f->files, &(tls_peer_config){ 0, n % 2 ? ALPN_H1 : ALPN_H2, "client", NULL });
        gg_fail_after(n / 2);
        if (fake_front_open_tls(&f->front, f->mutual)) {
            tls_peer_talk(&f->peer, &f->front);
            if (f->peer.open && tls_peer_send(&f->peer, n % 2 ? GG_STR(GET_OK) : GG_STR(H2_PREFACE)))
                tls_peer_talk(&f->peer, &f->front);
        }
        failing = gg_fail_happened() || n % 2 == 0;
        gg_fail_after(SIZE_MAX);
        if (!failing)
            assert_true(tls_heard(f, "\r\n\r\nok"));
        tls_end(f);
    }
    assert_true(n > 10);
}

/* -- new files -- */

static void copy_file(const tls_files *files, const char *from, const char *to)
{
    char command[200];
    snprintf(command, sizeof command, "cp %s/%s %s/%s", files->folder, from, files->folder, to);
    assert_int_equal(system(command), 0);
}

static void expect_issuer(tls_fixture *f, gg_tls_context *context, const char *name)
{
    tls_begin(f, context, &(tls_peer_config){ 0, ALPN_H1, NULL, NULL });
    tls_peer_talk(&f->peer, &f->front);
    assert_true(f->peer.open);
    X509 *certificate = SSL_get1_peer_certificate(f->peer.ssl);
    char line[100] = "";
    X509_NAME_oneline(X509_get_issuer_name(certificate), line, sizeof line);
    X509_free(certificate);
    assert_string_equal(line, name);
    tls_end(f);
}

static void test_reload(void **state)
{
    tls_fixture *f = *state;
    char error[GG_TLS_ERROR_LEN] = "";
    copy_file(&f->files, "server.pem", "now.pem");
    copy_file(&f->files, "server.key", "now.key");
    gg_tls_context *context = tls_server(&f->files, "now", NULL);
    expect_issuer(f, context, "/CN=ca");
    copy_file(&f->files, "other.pem", "now.pem"); /* its key is still the old one */
    assert_int_equal(context->ops->reload(context, error), GG_EINVAL);
    assert_non_null(strstr(error, "now.key: the key does not belong to the certificate in "));
    expect_issuer(f, context, "/CN=ca");
    copy_file(&f->files, "other.key", "now.key");
    tls_begin(f, context, &(tls_peer_config){ 0, ALPN_H1, NULL, NULL }); /* one in the midst of its handshake */
    assert_int_equal(context->ops->reload(context, error), GG_OK);
    tls_peer_talk(&f->peer, &f->front);
    assert_true(f->peer.open);
    tls_end(f);
    expect_issuer(f, context, "/CN=other-ca");
    tls_begin(f, context, &(tls_peer_config){ 0, ALPN_H1, NULL, NULL }); /* outlives its context */
    gg_tls_context_free(context);
    tls_peer_talk(&f->peer, &f->front);
    assert_true(f->peer.open);
    tls_end(f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_handshakes),
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_broken_record),
        cmocka_unit_test(test_drain),
        cmocka_unit_test(test_close_notify),
        cmocka_unit_test(test_truncation),
        cmocka_unit_test(test_every_failed_allocation),
        cmocka_unit_test(test_reload),
    };
    return cmocka_run_group_tests(tests, tls_set_up, tls_tear_down);
}
