/* tls_peer.c -- OpenSSL between two memory BIOs, and the wire from there to a fake front. */
#include "tls_peer.h"

#include "http/tls_codec.h"

#include <openssl/err.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

void tls_peer_open(tls_peer *peer, const tls_files *files, const tls_peer_config *config)
{
    char path[TLS_PATH_LEN], name[40];
    *peer = (tls_peer){ .ctx = SSL_CTX_new(TLS_client_method()), .stop_after = SIZE_MAX };
    SSL_CTX *ctx = peer->ctx;
    SSL_CTX_set_security_level(ctx, 0); /* it may offer what it should not */
    SSL_CTX_set_min_proto_version(ctx, config->version);
    SSL_CTX_set_max_proto_version(ctx, config->version);
    if (config->ciphers != NULL)
        assert_int_equal(SSL_CTX_set_cipher_list(ctx, config->ciphers), 1);
    if (config->cert != NULL) {
        snprintf(name, sizeof name, "%s.pem", config->cert);
        assert_int_equal(SSL_CTX_use_certificate_file(ctx, tls_file(files, name, path), SSL_FILETYPE_PEM), 1);
        snprintf(name, sizeof name, "%s.key", config->cert);
        assert_int_equal(SSL_CTX_use_PrivateKey_file(ctx, tls_file(files, name, path), SSL_FILETYPE_PEM), 1);
    }
    peer->ssl = SSL_new(ctx);
    peer->in = BIO_new(BIO_s_mem());
    peer->out = BIO_new(BIO_s_mem());
    SSL_set_bio(peer->ssl, peer->in, peer->out);
    SSL_set_connect_state(peer->ssl);
    if (config->alpn != NULL)
        SSL_set_alpn_protos(peer->ssl, (const unsigned char *)config->alpn, (unsigned)strlen(config->alpn));
}

void tls_peer_close(tls_peer *peer)
{
    SSL_free(peer->ssl);
    SSL_CTX_free(peer->ctx);
    ERR_clear_error();
}

static void look(tls_peer *peer, int returned)
{
    int error = SSL_get_error(peer->ssl, returned);
    if (error == SSL_ERROR_ZERO_RETURN)
        peer->ended = true;
    else if (error == SSL_ERROR_SSL && peer->failed == 0)
        peer->failed = ERR_GET_REASON(ERR_peek_error());
    ERR_clear_error();
}

static void step(tls_peer *peer)
{
    ERR_clear_error();
    int returned = SSL_do_handshake(peer->ssl);
    peer->open |= returned == 1;
    if (returned != 1) {
        look(peer, returned);
        return;
    }
    for (int len = 1; len > 0 && peer->heard_len < PEER_HEARD_LEN - 1;) {
        ERR_clear_error();
        len = SSL_read(peer->ssl, peer->heard + peer->heard_len, (int)(PEER_HEARD_LEN - 1 - peer->heard_len));
        if (len > 0)
            peer->heard_len += (size_t)len;
        else
            look(peer, len);
    }
}

bool tls_peer_send(tls_peer *peer, gg_str bytes)
{
    size_t written = 0;
    ERR_clear_error();
    bool sent = SSL_write_ex(peer->ssl, bytes.ptr, bytes.len, &written) == 1;
    ERR_clear_error();
    return sent;
}

/* One piece of the peer's records to the server, or its end of file; whether there was any. */
static bool give(tls_peer *peer, fake_front *front)
{
    char piece[8192];
    const gg_codec_ops *ops = front->codec->ops;
    if (ops->done(front->codec) || !ops->wants_input(front->codec))
        return false;
    size_t len = peer->piece > 0 && peer->piece < sizeof piece ? peer->piece : sizeof piece;
    size_t left = peer->stop_after - peer->said;
    int got = left > 0 ? BIO_read(peer->out, piece, (int)(len < left ? len : left)) : 0;
    if (got > 0) {
        peer->said += (size_t)got;
        fake_front_feed(front, gg_str_of(piece, (size_t)got));
    } else if (left == 0) {
        ops->eof(front->codec);
        fake_front_run(front);
        return false;
    }
    return got > 0;
}

void tls_peer_talk(tls_peer *peer, fake_front *front)
{
    bool moved = true;
    while (moved) {
        step(peer);
        moved = give(peer, front);
        fake_front_run(front);
        if (front->sent_len > 0) {
            BIO_write(peer->in, front->sent, (int)front->sent_len);
            front->sent_len = 0;
            moved = true;
        }
    }
}

/* -- both ends -- */

int tls_set_up(void **state)
{
    tls_fixture *f = calloc(1, sizeof *f);
    tls_files_make(&f->files);
    f->plain = tls_server(&f->files, "server", NULL);
    f->mutual = tls_server(&f->files, "server", "ca.pem");
    *state = f;
    return 0;
}

int tls_tear_down(void **state)
{
    tls_fixture *f = *state;
    gg_tls_context_free(f->plain);
    gg_tls_context_free(f->mutual);
    tls_files_remove(&f->files);
    free(f);
    return 0;
}

void tls_begin(tls_fixture *f, gg_tls_context *context, const tls_peer_config *config)
{
    assert_true(fake_front_open_tls(&f->front, context));
    tls_peer_open(&f->peer, &f->files, config);
}

void tls_end(tls_fixture *f)
{
    tls_peer_close(&f->peer);
    fake_front_close(&f->front);
}

bool tls_failed(const tls_fixture *f, const char *why)
{
    gg_str failure = gg_tls_failure(f->front.codec);
    return f->front.codec->ops->done(f->front.codec) && strstr(failure.len > 0 ? failure.ptr : "", why) != NULL;
}

bool tls_heard(const tls_fixture *f, const char *text)
{
    size_t len = strlen(text);
    const tls_peer *peer = &f->peer;
    return peer->heard_len >= len && memcmp(peer->heard + peer->heard_len - len, text, len) == 0;
}
