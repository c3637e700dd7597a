/* fake_exchange.c -- the source's side of an exchange, without a connection. */
#include "fake_exchange.h"

#include <stdio.h>

static void append(fake_exchange *fake, gg_str text)
{
    size_t room = sizeof fake->response - 1 - fake->response_len;
    size_t len = text.len < room ? text.len : room;
    if (len > 0)
        memcpy(fake->response + fake->response_len, text.ptr, len);
    fake->response_len += len;
    fake->response[fake->response_len] = '\0';
}

static void append_headers(fake_exchange *fake, const gg_headers *headers)
{
    for (size_t i = 0; i < headers->count; i++) {
        append(fake, headers->items[i].name);
        append(fake, GG_STR(": "));
        append(fake, headers->items[i].value);
        append(fake, GG_STR("\n"));
    }
}

static gg_rc start(gg_exchange *x, int status, const gg_headers *headers, const size_t *content_length)
{
    (void)content_length;
    fake_exchange *fake = x->source;
    char line[16];
    append(fake, gg_str_of(line, (size_t)snprintf(line, sizeof line, "%d\n", status)));
    append_headers(fake, headers);
    append(fake, GG_STR("\n"));
    return GG_OK;
}

static size_t write_some(gg_exchange *x, gg_str bytes)
{
    fake_exchange *fake = x->source;
    size_t len = fake->high_water > 0 && fake->high_water < bytes.len ? fake->high_water : bytes.len;
    append(fake, gg_str_of(bytes.ptr, len));
    return len;
}

static void finish(fake_exchange *fake)
{
    gg_exchange *x = fake->x;
    fake->whole = true;
    fake->x = NULL;
    gg_exchange_detach(x);
}

static void end(gg_exchange *x, const gg_headers *trailers)
{
    fake_exchange *fake = x->source;
    if (trailers != NULL) {
        append(fake, GG_STR("\n\n"));
        append_headers(fake, trailers);
    }
    finish(fake);
}

static void consume(gg_exchange *x, size_t len)
{
    ((fake_exchange *)x->source)->consumed += len;
}

static void reset(gg_exchange *x, uint32_t h2_error)
{
    (void)h2_error;
    fake_exchange *fake = x->source;
    fake->was_reset = true;
    finish(fake);
}

static const gg_exchange_ops ops = {
    .start = start, .write = write_some, .end = end, .consume = consume, .reset = reset
};

static gg_rc add_headers(gg_exchange *x, const char *headers)
{
    gg_str text = gg_arena_dup(x->arena, gg_str_from(headers));
    if (text.ptr == NULL)
        return GG_ENOMEM;
    for (const char *line = text.ptr; *line != '\0';) {
        const char *colon = strstr(line, ": "), *newline = strchr(line, '\n');
        gg_rc rc = gg_headers_add(&x->headers, x->arena, gg_str_of(line, (size_t)(colon - line)),
            gg_str_of(colon + 2, (size_t)(newline - colon - 2)));
        if (rc != GG_OK)
            return rc;
        line = newline + 1;
    }
    return GG_OK;
}

gg_rc fake_exchange_open(fake_exchange *fake, const char *method, const char *target, const char *headers, gg_str body)
{
    gg_sched_init(&fake->sched);
    fake->body = body;
    gg_exchange *x = gg_exchange_new(NULL, &fake->sched, &fake->limits, GG_ARENA_LIMIT);
    if (x == NULL)
        return GG_ENOMEM;
    gg_str copy = gg_arena_dup(x->arena, gg_str_from(target));
    if (copy.ptr == NULL || add_headers(x, headers) != GG_OK) {
        gg_exchange_discard(x);
        return GG_ENOMEM;
    }
    x->method = gg_str_from(method);
    gg_exchange_set_target(x, copy);
    x->authority = GG_STR("example.com");
    x->peer = GG_STR("192.0.2.1:4000");
    x->version = GG_HTTP_1_1;
    x->has_body = body.len > 0;
    x->ops = &ops;
    x->source = fake;
    fake->x = x;
    return GG_OK;
}

void fake_exchange_run(fake_exchange *fake)
{
    for (int i = 0; i < FAKE_EVENTS_MAX; i++) {
        gg_sched_run(&fake->sched, fake->sched.now_ns);
        if (fake->x == NULL || !fake->x->pending_end)
            return;
        gg_exchange_on_writable(fake->x);
    }
}

void fake_exchange_feed(fake_exchange *fake, size_t piece)
{
    while (fake->body.len > 0 && fake->x != NULL) {
        size_t len = piece > 0 && piece < sizeof fake->piece ? piece : sizeof fake->piece;
        len = len < fake->body.len ? len : fake->body.len;
        memcpy(fake->piece, fake->body.ptr, len);
        gg_exchange_on_body(fake->x, gg_str_of(fake->piece, len));
        memset(fake->piece, '?', len); /* the view ends with the event */
        fake->body = gg_str_of(fake->body.ptr + len, fake->body.len - len);
        fake_exchange_run(fake);
    }
    if (fake->x != NULL)
        gg_exchange_on_end(fake->x);
    fake_exchange_run(fake);
}

void fake_exchange_abort(fake_exchange *fake)
{
    gg_exchange *x = fake->x;
    fake->x = NULL;
    if (x != NULL)
        gg_exchange_detach(x);
}
