/* tls.h -- what libgg asks of a TLS library: contexts (files become keys), and sessions that turn bytes into bytes.
 *
 *                pipe.in               gg_tls_read
 *   peer  --------------------> session ---------> plain bytes
 *         <--------------------         <---------
 *           pipe.put (records)           gg_tls_write
 *
 * libgg-tls (src/tls) implements the two tables; libgg refers to no TLS library.  A session does no I/O, has no clock
 * and keeps no more than one record: what it has to send goes to `put` at once, what it cannot use yet stays in `in`.
 * A context belongs to the process: any thread may open sessions from it, also while it is reloaded.
 * A session belongs to one thread.
 * Spec: RFC 8446, RFC 5246, RFC 7301 (ALPN), RFC 9113, 9.2. */
#ifndef GG_SRC_HTTP_TLS_H
#define GG_SRC_HTTP_TLS_H

#include "base/extension.h"
#include "gg/tls.h"

enum {
    GG_TLS_ABI = 1,           /* raised with every change of this header */
    GG_TLS_ERROR_LEN = 256,   /* bytes of a reason, for people */
    GG_TLS_RECORD = 16 * 1024 /* most plain bytes of one record */
};

typedef struct gg_tls_context gg_tls_context;
typedef struct gg_tls_session gg_tls_session;

/* Where a session reads from and writes to.  Owned by whoever opened it, outlives it. */
typedef struct gg_tls_pipe {
    gg_str in;                                      /* from the peer; the session takes bytes off its front */
    gg_rc (*put)(struct gg_tls_pipe *pipe, gg_str); /* to the peer: copies; GG_ENOMEM */
} gg_tls_pipe;

typedef struct gg_tls_ops {
    /* client: host is whom the certificate must be for when the context has no name of its own; server: not used.
     * NULL: no memory. */
    gg_tls_session *(*open)(gg_tls_context *context, const char *host, gg_tls_pipe *pipe);
    void (*close)(gg_tls_session *session);
    /* GG_OK: it is done; GG_NEED_MORE; GG_EPROTO: it failed, an alert may have been put; GG_ENOMEM. */
    gg_rc (*handshake)(gg_tls_session *session);
    /* After it: the protocol that ALPN chose, "" if the peer knows no ALPN.  Lives as long as the session. */
    gg_str (*protocol)(const gg_tls_session *session);
    /* At least one and up to cap bytes, *len of them: GG_OK; GG_NEED_MORE; GG_END: the peer has said that nothing
     * follows (close_notify); GG_EPROTO, GG_ENOMEM. */
    gg_rc (*read)(gg_tls_session *session, char *buf, size_t cap, size_t *len);
    /* All of at most GG_TLS_RECORD bytes, as one record.  GG_OK, GG_EPROTO, GG_ENOMEM. */
    gg_rc (*write)(gg_tls_session *session, gg_str bytes);
    /* Puts close_notify, if that can still be said. */
    void (*finish)(gg_tls_session *session);
    /* After GG_EPROTO: why, for people; nothing of what was sent.  Valid until the next call. */
    const char *(*reason)(const gg_tls_session *session);

    /* Reads the context's files anew, for sessions opened from now on.  GG_OK; else the context stays as it is, and
     * error gets one line.  From one thread at a time. */
    gg_rc (*reload)(gg_tls_context *context, char error[GG_TLS_ERROR_LEN]);
    /* Sessions that are open live on. */
    void (*free)(gg_tls_context *context);
} gg_tls_ops;

struct gg_tls_context { /* the library's own comes after it */
    const gg_tls_ops *ops;
};

/* PEM files; copied. */
typedef struct gg_tls_server_config {
    const char *cert_file, *key_file; /* the chain, leaf first, and its key */
    const char *client_ca_file;       /* NULL: clients need no certificate; else one that leads to these */
} gg_tls_server_config;

typedef struct gg_tls_provider {
    /* NULL: error gets one line that names the file and what is wrong with it. */
    gg_tls_context *(*server)(const gg_tls_server_config *config, char error[GG_TLS_ERROR_LEN]);
    /* For HTTP/2: offers "h2" alone. */
    gg_tls_context *(*client)(const gg_tls_client_config *config, char error[GG_TLS_ERROR_LEN]);
} gg_tls_provider;

/* The provider in an extension; NULL: it is none, or of another version. */
static inline const gg_tls_provider *gg_tls_provider_of(const gg_extension *extension)
{
    return gg_extension_table(extension, GG_EXTENSION_TLS, GG_TLS_ABI);
}

static inline void gg_tls_context_free(gg_tls_context *context)
{
    if (context != NULL)
        context->ops->free(context);
}

#endif
