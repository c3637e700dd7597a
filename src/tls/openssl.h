/* openssl.h -- what the files of libgg-tls share.
 *
 *   provider.c   gg_tls_openssl, the tables
 *   context.c    files to an SSL_CTX, reload
 *   files.c      certificates, keys, and what is wrong with them
 *   session.c    one connection: an SSL between a pipe and plain bytes
 *
 * The library refers to OpenSSL 3 and the C library, to nothing of libgg.
 * A context is counted: its owner holds one reference, each session another, so that it may be freed before them. */
#ifndef GG_SRC_TLS_OPENSSL_H
#define GG_SRC_TLS_OPENSSL_H

#include <openssl/ssl.h>
#include <stdatomic.h>

#include "http/tls.h"

typedef struct tls_context {
    gg_tls_context base;
    atomic_size_t refs;
    CRYPTO_RWLOCK *lock; /* of ctx: what sessions are made from */
    SSL_CTX *ctx;
    BIO_METHOD *pipe_method;
    bool is_client;
    char *cert_file, *key_file, *ca_file, *server_name; /* own copies; NULL: not given */
} tls_context;

/* -- context.c -- */
gg_tls_context *gg_openssl_server_context(const gg_tls_server_config *config, char error[GG_TLS_ERROR_LEN]);
gg_tls_context *gg_openssl_client_context(const gg_tls_client_config *config, char error[GG_TLS_ERROR_LEN]);
void gg_openssl_unref(tls_context *context);
gg_rc gg_openssl_reload(gg_tls_context *base, char error[GG_TLS_ERROR_LEN]);
void gg_openssl_free(gg_tls_context *base);

/* -- provider.c -- */
extern const gg_tls_ops gg_openssl_ops;

/* -- files.c: false, and a line that names the file -- */
bool gg_openssl_use_certificate(SSL_CTX *ctx, const char *cert_file, const char *key_file,
    char error[GG_TLS_ERROR_LEN]);
/* Trusts what the file holds; for a server, also names it to clients. */
bool gg_openssl_use_ca(SSL_CTX *ctx, const char *ca_file, bool is_client, char error[GG_TLS_ERROR_LEN]);

/* -- session.c -- */
BIO_METHOD *gg_openssl_pipe_method(void); /* NULL: no memory */
gg_tls_session *gg_openssl_open(gg_tls_context *base, const char *host, gg_tls_pipe *pipe);
void gg_openssl_close(gg_tls_session *session);
gg_rc gg_openssl_handshake(gg_tls_session *session);
gg_str gg_openssl_protocol(const gg_tls_session *session);
gg_rc gg_openssl_read(gg_tls_session *session, char *buf, size_t cap, size_t *len);
gg_rc gg_openssl_write(gg_tls_session *session, gg_str bytes);
void gg_openssl_finish(gg_tls_session *session);
const char *gg_openssl_reason(const gg_tls_session *session);

#endif
