/* provider.c -- the tables through which libgg uses this library. */
#include "tls/openssl.h"

const gg_tls_ops gg_openssl_ops = { .open = gg_openssl_open,
    .close = gg_openssl_close,
    .handshake = gg_openssl_handshake,
    .protocol = gg_openssl_protocol,
    .read = gg_openssl_read,
    .write = gg_openssl_write,
    .finish = gg_openssl_finish,
    .reason = gg_openssl_reason,
    .reload = gg_openssl_reload,
    .free = gg_openssl_free };

const gg_extension *gg_tls_openssl(void)
{
    static const gg_tls_provider provider = { .server = gg_openssl_server_context,
        .client = gg_openssl_client_context };
    static const gg_extension extension = { GG_EXTENSION_TLS, GG_TLS_ABI, &provider };
    return &extension;
}
