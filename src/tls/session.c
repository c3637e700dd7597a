/* session.c -- one connection: an SSL whose BIO reads from the pipe's bytes and puts its records into the pipe.
 *
 * SSL_read takes whole records; of one that is cut the beginning is kept by OpenSSL (at most 16 KiB and its header).
 * OpenSSL bounds what a peer may make it do: handshake messages in length, empty records and warnings in number. */
#include "tls/openssl.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

struct gg_tls_session {
    tls_context *context; /* a reference */
    SSL *ssl;
    gg_tls_pipe *pipe;
    bool out_of_memory; /* put has said so */
    char reason[GG_TLS_ERROR_LEN / 2];
};

/* -- the BIO -- */

static int pipe_read(BIO *bio, char *buf, size_t cap, size_t *len)
{
    gg_tls_session *session = BIO_get_data(bio);
    gg_str *in = &session->pipe->in;
    BIO_clear_retry_flags(bio);
    if (in->len == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    *len = in->len < cap ? in->len : cap;
    memcpy(buf, in->ptr, *len);
    in->ptr += *len;
    in->len -= *len;
    return 1;
}

static int pipe_write(BIO *bio, const char *bytes, size_t len, size_t *written)
{
    gg_tls_session *session = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (session->pipe->put(session->pipe, gg_str_of(bytes, len)) != GG_OK) {
        session->out_of_memory = true;
        return 0;
    }
    *written = len;
    return 1;
}

static long pipe_control(BIO *bio, int command, long number, void *arg)
{
    (void)bio, (void)number, (void)arg;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD *gg_openssl_pipe_method(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "gg_tls_pipe");
    if (method == NULL)
        return NULL;
    BIO_meth_set_read_ex(method, pipe_read);
    BIO_meth_set_write_ex(method, pipe_write);
    BIO_meth_set_ctrl(method, pipe_control);
    return method;
}

/* -- beginning and end -- */

static SSL *new_ssl(tls_context *context)
{
    if (CRYPTO_THREAD_read_lock(context->lock) != 1)
        return NULL;
    SSL *ssl = SSL_new(context->ctx); /* counts the SSL_CTX */
    CRYPTO_THREAD_unlock(context->lock);
    return ssl;
}

/* Whom the server's certificate must be for, and SNI, which holds names only (RFC 6066, 3). */
static bool expect_host(SSL *ssl, const char *host)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
    if (X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1)
        return true;
    size_t len = strlen(host);
    char name[256]; /* without the dot that ends an absolute one */
    if (len > 0 && host[len - 1] == '.')
        len--;
    if (len == 0 || len >= sizeof name)
        return false;
    memcpy(name, host, len);
    name[len] = '\0';
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(param, name, len) == 1 && SSL_set_tlsext_host_name(ssl, name) == 1;
}

static bool set_up(gg_tls_session *session, const char *host)
{
    tls_context *context = session->context;
    session->ssl = new_ssl(context);
    BIO *bio = session->ssl != NULL ? BIO_new(context->pipe_method) : NULL;
    if (bio == NULL)
        return false;
    BIO_set_data(bio, session);
    BIO_set_init(bio, 1);
    SSL_set_bio(session->ssl, bio, bio);
    if (!context->is_client) {
        SSL_set_accept_state(session->ssl);
        return true;
    }
    SSL_set_connect_state(session->ssl);
    return expect_host(session->ssl, context->server_name != NULL ? context->server_name : host);
}

gg_tls_session *gg_openssl_open(gg_tls_context *base, const char *host, gg_tls_pipe *pipe)
{
    gg_tls_session *session = calloc(1, sizeof *session);
    if (session == NULL)
        return NULL;
    session->context = (tls_context *)base;
    session->pipe = pipe;
    atomic_fetch_add(&session->context->refs, 1);
    if (set_up(session, host))
        return session;
    ERR_clear_error();
    gg_openssl_close(session);
    return NULL;
}

void gg_openssl_close(gg_tls_session *session)
{
    SSL_free(session->ssl); /* and its BIO */
    gg_openssl_unref(session->context);
    free(session);
}

/* -- steps -- */

/* What an SSL function that did not succeed has met.  The queue of errors is the thread's: it is left empty. */
static gg_rc result_of(gg_tls_session *session, int returned)
{
    int error = SSL_get_error(session->ssl, returned);
    if (error == SSL_ERROR_WANT_READ)
        return GG_NEED_MORE;
    if (error == SSL_ERROR_ZERO_RETURN)
        return GG_END;
    unsigned long code = ERR_peek_error();
    long verified = SSL_get_verify_result(session->ssl);
    bool no_memory = session->out_of_memory || ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
    const char *why = ERR_reason_error_string(code);
    if (verified != X509_V_OK)
        snprintf(session->reason, sizeof session->reason, "%s: %s", why != NULL ? why : "certificate",
            X509_verify_cert_error_string(verified));
    else
        snprintf(session->reason, sizeof session->reason, "%s", why != NULL ? why : "protocol error");
    ERR_clear_error();
    return no_memory ? GG_ENOMEM : GG_EPROTO;
}

gg_rc gg_openssl_handshake(gg_tls_session *session)
{
    ERR_clear_error();
    int returned = SSL_do_handshake(session->ssl);
    if (returned == 1)
        return GG_OK;
    gg_rc rc = result_of(session, returned);
    if (rc != GG_END)
        return rc;
    snprintf(session->reason, sizeof session->reason, "the peer ended the handshake");
    return GG_EPROTO;
}

gg_str gg_openssl_protocol(const gg_tls_session *session)
{
    const unsigned char *name = NULL;
    unsigned len = 0;
    SSL_get0_alpn_selected(session->ssl, &name, &len);
    return gg_str_of((const char *)name, len);
}

gg_rc gg_openssl_read(gg_tls_session *session, char *buf, size_t cap, size_t *len)
{
    ERR_clear_error();
    int returned = SSL_read_ex(session->ssl, buf, cap, len);
    return returned == 1 ? GG_OK : result_of(session, returned);
}

gg_rc gg_openssl_write(gg_tls_session *session, gg_str bytes)
{
    size_t written = 0;
    ERR_clear_error();
    int returned = SSL_write_ex(session->ssl, bytes.ptr, bytes.len, &written);
    if (returned == 1 && written == bytes.len)
        return GG_OK;
    gg_rc rc = result_of(session, returned);
    return rc == GG_ENOMEM ? rc : GG_EPROTO; /* it never waits: the pipe takes all */
}

void gg_openssl_finish(gg_tls_session *session)
{
    ERR_clear_error();
    SSL_shutdown(session->ssl);
    ERR_clear_error();
}

const char *gg_openssl_reason(const gg_tls_session *session)
{
    return session->reason;
}
