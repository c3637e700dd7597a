/* h2_session.h -- an nghttp2 session as both sides of HTTP/2 use it. */
#ifndef GG_SRC_HTTP_H2_SESSION_H
#define GG_SRC_HTTP_H2_SESSION_H

#include <nghttp2/nghttp2.h>

#include "http/h2_mem.h"

typedef enum { GG_H2_SERVER, GG_H2_CLIENT } gg_h2_side;

/* A session on our allocator; WINDOW_UPDATE follows what is consumed, closed streams are not remembered.
 * NULL: no memory. */
nghttp2_session *gg_h2_session_new(gg_h2_side side, gg_h2_mem *mem, void (*set_callbacks)(nghttp2_session_callbacks *),
    void *user);

/* nghttp2 copies both. */
static inline nghttp2_nv gg_h2_nv(gg_str name, gg_str value)
{
    return (nghttp2_nv){ .name = (uint8_t *)(uintptr_t)name.ptr,
        .namelen = name.len,
        .value = (uint8_t *)(uintptr_t)value.ptr,
        .valuelen = value.len };
}

#endif
