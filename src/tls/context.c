/* context.c -- what all connections of a listener or a channel share: versions, ciphers, ALPN, keys.
 *
 * TLS 1.2 has the ECDHE suites with AEAD alone: none of them is on the list of RFC 9113, appendix A, so whatever is
 * negotiated will do for HTTP/2 (9.2.2); nor is there compression or renegotiation (9.2.1).
 * Session tickets: their keys are random, never leave the process, and end with the SSL_CTX, so that after a reload
 * nobody resumes what the old certificates allowed.  No session is kept in memory. */
#include "tls/openssl.h"

#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>

static const char ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20"; /* TLS 1.2; those of TLS 1.3 are all fit */

static bool fail(char *error, const char *why)
{
    snprintf(error, GG_TLS_ERROR_LEN, "%s", why);
    ERR_clear_error();
    return false;
}

/* -- ALPN -- */

static bool offers(const unsigned char *list, unsigned len, gg_str protocol)
{
    for (unsigned at = 0; at < len && list[at] < len - at; at += 1u + list[at])
        if (gg_str_eq(gg_str_of((const char *)list + at + 1, list[at]), protocol))
            return true;
    return false;
}

/* The server's choice, RFC 7301, 3.2: no_application_protocol if the client knows neither. */
static int choose_protocol(SSL *ssl, const unsigned char **chosen, unsigned char *chosen_len, const unsigned char *list,
    unsigned len, void *arg)
{
    static const gg_str protocols[] = { GG_STR_INIT("h2"), GG_STR_INIT("http/1.1") };
    (void)ssl, (void)arg;
    for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++)
        if (offers(list, len, protocols[i])) {
            *chosen = (const unsigned char *)protocols[i].ptr;
            *chosen_len = (unsigned char)protocols[i].len;
            return SSL_TLSEXT_ERR_OK;
        }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* -- SSL_CTX -- */

static bool set_common(SSL_CTX *ctx)
{
    SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 && SSL_CTX_set_cipher_list(ctx, ciphers) == 1;
}

static bool set_server(SSL_CTX *ctx, const tls_context *context, char *error)
{
    static const unsigned char id[] = "gg"; /* tickets of verified clients need one */
    if (SSL_CTX_set_session_id_context(ctx, id, sizeof id - 1) != 1 || SSL_CTX_set_num_tickets(ctx, 1) != 1)
        return fail(error, "OpenSSL refuses the settings of sessions");
    SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
    if (!gg_openssl_use_certificate(ctx, context->cert_file, context->key_file, error))
        return false;
    if (context->ca_file == NULL)
        return true;
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return gg_openssl_use_ca(ctx, context->ca_file, false, error);
}

static bool set_client(SSL_CTX *ctx, const tls_context *context, char *error)
{
    static const unsigned char h2[] = "\2h2";
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    if (SSL_CTX_set_alpn_protos(ctx, h2, sizeof h2 - 1) != 0)
        return fail(error, "out of memory");
    if (context->cert_file != NULL && !gg_openssl_use_certificate(ctx, context->cert_file, context->key_file, error))
        return false;
    if (context->ca_file != NULL)
        return gg_openssl_use_ca(ctx, context->ca_file, true, error);
    return SSL_CTX_set_default_verify_paths(ctx) == 1 || fail(error, "the system's certificates cannot be found");
}

/* All that the files say now; NULL and a line. */
static SSL_CTX *make_ctx(const tls_context *context, char *error)
{
    SSL_CTX *ctx = SSL_CTX_new(context->is_client ? TLS_client_method() : TLS_server_method());
    bool made = ctx != NULL && set_common(ctx);
    if (!made)
        fail(error, ctx != NULL ? "OpenSSL refuses TLS 1.2 and its ciphers" : "out of memory");
    else
        made = (context->is_client ? set_client : set_server)(ctx, context, error);
    if (made)
        return ctx;
    SSL_CTX_free(ctx);
    return NULL;
}

/* -- contexts -- */

void gg_openssl_unref(tls_context *context)
{
    if (atomic_fetch_sub(&context->refs, 1) > 1)
        return;
    SSL_CTX_free(context->ctx);
    BIO_meth_free(context->pipe_method);
    CRYPTO_THREAD_lock_free(context->lock);
    free(context->cert_file);
    free(context->key_file);
    free(context->ca_file);
    free(context->server_name);
    free(context);
}

static bool copy(char **to, const char *from)
{
    if (from == NULL)
        return true;
    size_t len = strlen(from) + 1;
    *to = malloc(len);
    if (*to == NULL)
        return false;
    memcpy(*to, from, len);
    return true;
}

static gg_tls_context *new_context(bool is_client, const gg_tls_client_config *texts, char *error)
{
    tls_context *context = calloc(1, sizeof *context);
    if (context == NULL) {
        fail(error, "out of memory");
        return NULL;
    }
    context->base.ops = &gg_openssl_ops;
    atomic_init(&context->refs, 1);
    context->is_client = is_client;
    context->lock = CRYPTO_THREAD_lock_new();
    context->pipe_method = gg_openssl_pipe_method();
    bool copied = copy(&context->cert_file, texts->cert_file) && copy(&context->key_file, texts->key_file) &&
        copy(&context->ca_file, texts->ca_file) && copy(&context->server_name, texts->server_name);
    if (context->lock == NULL || context->pipe_method == NULL || !copied)
        fail(error, "out of memory");
    else
        context->ctx = make_ctx(context, error);
    if (context->ctx != NULL)
        return &context->base;
    gg_openssl_unref(context);
    return NULL;
}

gg_tls_context *gg_openssl_server_context(const gg_tls_server_config *config, char error[GG_TLS_ERROR_LEN])
{
    const gg_tls_client_config texts = { .cert_file = config->cert_file,
        .key_file = config->key_file,
        .ca_file = config->client_ca_file };
    return new_context(false, &texts, error);
}

gg_tls_context *gg_openssl_client_context(const gg_tls_client_config *config, char error[GG_TLS_ERROR_LEN])
{
    gg_tls_client_config own = { 0 }; /* callers may have been compiled with a smaller one */
    memcpy(&own, config, config->size < sizeof own ? config->size : sizeof own);
    if (own.size == 0)
        fail(error, "gg_tls_client_config was not initialised");
    else if ((own.cert_file == NULL) != (own.key_file == NULL))
        fail(error, "a client's certificate and its key belong together");
    else
        return new_context(true, &own, error);
    return NULL;
}

gg_rc gg_openssl_reload(gg_tls_context *base, char error[GG_TLS_ERROR_LEN])
{
    tls_context *context = (tls_context *)base;
    SSL_CTX *fresh = make_ctx(context, error);
    if (fresh == NULL)
        return GG_EINVAL;
    if (CRYPTO_THREAD_write_lock(context->lock) != 1) {
        SSL_CTX_free(fresh);
        return GG_EIO;
    }
    SSL_CTX *old = context->ctx;
    context->ctx = fresh;
    CRYPTO_THREAD_unlock(context->lock);
    SSL_CTX_free(old); /* sessions hold references of their own */
    return GG_OK;
}

void gg_openssl_free(gg_tls_context *base)
{
    gg_openssl_unref((tls_context *)base);
}
