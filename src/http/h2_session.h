/* h2_session.h -- an nghttp2 session as both sides of HTTP/2 use it. */
#ifndef GG_SRC_HTTP_H2_SESSION_H
#define GG_SRC_HTTP_H2_SESSION_H

#include <nghttp2/nghttp2.h>

#include "base/block.h"

typedef struct gg_h2_session_config {
    bool server;
    gg_chunk_pool *pool;  /* outlives it; NULL: malloc */
    uint32_t queued_acks; /* answers to PING and SETTINGS that may wait to be sent; above: NGHTTP2_ERR_FLOODED */
    void (*set_callbacks)(nghttp2_session_callbacks *callbacks);
    void *user; /* of the callbacks */
} gg_h2_session_config;

/* A session on blocks of the pool; WINDOW_UPDATE follows what is consumed, closed streams are not remembered.
 * NULL: no memory. */
nghttp2_session *gg_h2_session_new(const gg_h2_session_config *config);

/* nghttp2 copies both. */
static inline nghttp2_nv gg_h2_nv(gg_str name, gg_str value)
{
    return (nghttp2_nv){ .name = (uint8_t *)(uintptr_t)name.ptr,
        .namelen = name.len,
        .value = (uint8_t *)(uintptr_t)value.ptr,
        .valuelen = value.len };
}
/* The same with a name in lower case that is static, or lives as long as the stream. */
static inline nghttp2_nv gg_h2_nv_named(gg_str name, gg_str value)
{
    nghttp2_nv nv = gg_h2_nv(name, value);
    nv.flags = NGHTTP2_NV_FLAG_NO_COPY_NAME;
    return nv;
}

#endif
