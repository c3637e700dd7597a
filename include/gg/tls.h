/* gg/tls.h -- TLS, by OpenSSL 3, in a library of its own: libgg-tls (pkg-config gg-tls; CMake: find_package(gg
 * COMPONENTS tls), gg::tls or, for static programs, gg::tls-static).
 *
 *   gg_app_use(app, gg_tls_openssl());
 *
 * gives a program the flags --tls-cert, --tls-key and --tls-client-ca; without it they answer that the program is built
 * without TLS.  libgg itself never refers to OpenSSL.
 * Spoken are TLS 1.2 (with forward secrecy and AEAD ciphers only: all that RFC 9113, 9.2.2 allows) and TLS 1.3; ALPN
 * chooses between "h2" and "http/1.1" (RFC 7301).  There is no renegotiation, no compression, no early data. */
#ifndef GG_TLS_H
#define GG_TLS_H

#include "gg/base.h"

GG_BEGIN_DECLS

/* Of libgg-tls: what gg_app_use and a channel's options take.  Static, never NULL; from any thread. */
GG_API const gg_extension *gg_tls_openssl(void);

/* How a channel meets a server.  All texts may be NULL; all are borrowed until the channel is made.  The files are PEM
 * and are read once, then. */
typedef struct gg_tls_client_config {
    size_t size;         /* of this struct; gg_tls_client_config_init sets it */
    const char *ca_file; /* certificates that the server's must lead to; NULL: those of the system */
    /* The client's own certificate (any that lead from it to a root after it) and its key, for a server that asks for
     * one.  Both or neither. */
    const char *cert_file, *key_file;
    /* The name or numeric address that the server's certificate must be for, and SNI's; NULL: the host of the target
     * ("localhost" for a Unix socket).  Spec: RFC 9110, 4.3.4. */
    const char *server_name;
} gg_tls_client_config;

static inline void gg_tls_client_config_init(gg_tls_client_config *config)
{
    memset(config, 0, sizeof *config);
    config->size = sizeof *config;
}

GG_END_DECLS
#endif
