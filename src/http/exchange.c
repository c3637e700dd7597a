/* exchange.c -- the part of an exchange that is the same for every source: who still listens, what may
 * still be called, and the response that a front gave whole.
 *
 *                start            write ...         end
 *   (nothing) ----------> started ---------> ... -------> ended     no event reaches the front any more
 *       \____________________ reset ______________________^
 *
 * No I/O.  Elsewhere: bytes on the wire (h1_out.c, h2_out.c). */
#include "http/exchange.h"

#include <assert.h>

enum { H2_INTERNAL_ERROR = 0x2 }; /* RFC 9113, 7 */

gg_exchange *gg_exchange_new(gg_chunk_pool *pool, gg_sched *sched, const gg_http_limits *limits, size_t arena_limit)
{
    gg_arena *arena = gg_arena_new(pool, arena_limit);
    if (arena == NULL)
        return NULL;
    gg_exchange *x = gg_arena_zalloc(arena, sizeof *x);
    if (x == NULL) {
        gg_arena_unref(arena);
        return NULL;
    }
    x->content_length = SIZE_MAX;
    x->deadline_ns = UINT64_MAX;
    x->arena = gg_arena_ref(arena);
    x->sched = sched;
    x->limits = limits;
    return x;
}

/* "http://host:1/path" to its parts; false if it is not in absolute form. */
static bool split_absolute(gg_str target, gg_str *scheme, gg_str *authority, gg_str *rest)
{
    const char *colon = target.len > 0 ? memchr(target.ptr, ':', target.len) : NULL;
    if (colon == NULL || target.ptr[0] == '/')
        return false;
    const char *end = target.ptr + target.len;
    if (end - colon < 3 || colon[1] != '/' || colon[2] != '/')
        return false;
    const char *from = colon + 3, *to = from;
    while (to < end && *to != '/' && *to != '?')
        to++;
    *scheme = gg_str_of(target.ptr, (size_t)(colon - target.ptr));
    *authority = gg_str_of(from, (size_t)(to - from));
    *rest = gg_str_of(to, (size_t)(end - to));
    return true;
}

void gg_exchange_set_target(gg_exchange *x, gg_str target)
{
    x->target = target;
    gg_str rest = target;
    bool absolute = split_absolute(target, &x->scheme, &x->authority, &rest);
    const char *mark = rest.len > 0 ? memchr(rest.ptr, '?', rest.len) : NULL;
    size_t path_len = mark != NULL ? (size_t)(mark - rest.ptr) : rest.len;
    x->path = gg_str_of(rest.ptr, path_len);
    x->query = mark != NULL ? gg_str_of(mark + 1, rest.len - path_len - 1) : gg_str_of(NULL, 0);
    if (absolute && path_len == 0)
        x->path = GG_STR("/");
}

/* -- what a front calls -- */

static gg_rc start(gg_exchange *x, int status, const gg_headers *headers, const size_t *content_length)
{
    if (x->ops == NULL)
        return GG_ECANCELED;
    assert(!x->started && !x->ended);
    gg_rc rc = x->ops->start(x, status, headers, content_length);
    x->started = rc == GG_OK;
    return rc;
}

gg_rc gg_exchange_start(gg_exchange *x, int status, const gg_headers *headers)
{
    return start(x, status, headers, NULL);
}

size_t gg_exchange_write(gg_exchange *x, gg_str bytes)
{
    if (x->ops == NULL || bytes.len == 0)
        return bytes.len;
    assert(x->started && !x->ended);
    return x->ops->write(x, bytes);
}

void gg_exchange_end(gg_exchange *x, const gg_headers *trailers)
{
    if (x->ops == NULL || x->ended)
        return;
    assert(x->started);
    x->ended = true;
    x->ops->end(x, trailers); /* the source may be done with x now */
}

/* Offers what is left of a whole response to the source; ends it when all is taken. */
static void send_pending(gg_exchange *x)
{
    size_t taken = x->pending.len > 0 ? x->ops->write(x, x->pending) : 0;
    x->pending.ptr += taken;
    x->pending.len -= taken;
    if (x->pending.len > 0)
        return;
    x->pending_end = false;
    x->ops->end(x, x->pending_trailers);
}

void gg_exchange_respond(gg_exchange *x, int status, const gg_headers *headers, gg_str body, const gg_headers *trailers)
{
    if (x->ops == NULL)
        return;
    if (start(x, status, headers, trailers == NULL ? &body.len : NULL) != GG_OK) {
        gg_exchange_reset(x, H2_INTERNAL_ERROR);
        return;
    }
    x->ended = true;
    x->pending = body.len > 0 ? body : GG_STR("");
    x->pending_trailers = trailers;
    x->pending_end = true;
    send_pending(x);
}

void gg_exchange_consume(gg_exchange *x, size_t len)
{
    if (x->ops != NULL && len > 0)
        x->ops->consume(x, len);
}

void gg_exchange_reset(gg_exchange *x, uint32_t h2_error)
{
    if (x->ops == NULL)
        return;
    x->ended = true;
    x->pending_end = false;
    x->ops->reset(x, h2_error); /* the source may be done with x now */
}

void gg_exchange_release(gg_exchange *x)
{
    assert(!x->released);
    gg_arena *arena = x->arena;
    x->released = true;
    if (!x->ended)
        gg_exchange_reset(x, H2_INTERNAL_ERROR);
    gg_arena_unref(arena);
}

/* -- what a source calls -- */

void gg_exchange_on_body(gg_exchange *x, gg_str bytes)
{
    if (gg_exchange_listens(x))
        x->events->body(x, bytes);
}

void gg_exchange_on_end(gg_exchange *x)
{
    if (gg_exchange_listens(x))
        x->events->end(x);
}

void gg_exchange_on_writable(gg_exchange *x)
{
    if (x->pending_end)
        send_pending(x);
    else if (gg_exchange_listens(x))
        x->events->writable(x);
}

void gg_exchange_detach(gg_exchange *x)
{
    gg_arena *arena = x->arena;
    bool listens = gg_exchange_listens(x);
    x->ops = NULL;
    x->source = NULL;
    x->aborted = listens;
    if (listens)
        x->events->abort(x);
    gg_arena_unref(arena);
}

void gg_exchange_discard(gg_exchange *x)
{
    gg_arena *arena = x->arena;
    gg_arena_unref(arena);
    gg_arena_unref(arena);
}

void gg_http_limits_init(gg_http_limits *limits)
{
    const uint64_t s = 1000000000u; /* nanoseconds */
    *limits = (gg_http_limits){
        .header_bytes = 64u << 10,
        .header_count = 128,
        .body_bytes = 4u << 20,
        .response_bytes = 4u << 20,
        .high_water = 64u << 10,
        .header_ns = 60 * s,
        .body_ns = 60 * s,
        .write_ns = 60 * s,
        .idle_ns = 300 * s,
        .streams = 256,
        .stream_window = 1u << 20,
        .conn_window = 4u << 20,
        .queued_acks = 1000,
        .keepalive = { .time_ns = 60 * s, .timeout_ns = 20 * s },
        .ping_ns = 300 * s,
        .ping_strikes = 2,
    };
    gg_h2_guard_limits_init(&limits->guard);
}
