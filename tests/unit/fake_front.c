/* fake_front.c -- the front, and the part of a connection that a codec needs. */
#include "fake_front.h"

#include "failmalloc.h"
#include "http/tls_codec.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>

#include <cmocka.h>

typedef struct fake_call {
    fake_front *front;
    gg_exchange *x;
    char *body;
    size_t body_len, body_cap;
    size_t left; /* of /stream */
} fake_call;

static void note(fake_front *front, gg_str text)
{
    assert_true(front->journal_len + text.len < sizeof front->journal);
    if (text.len > 0)
        memcpy(front->journal + front->journal_len, text.ptr, text.len);
    front->journal_len += text.len;
    front->journal[front->journal_len] = '\0';
}

static void release(fake_call *call)
{
    fake_front *front = call->front;
    front->open--;
    if (front->held == call->x)
        front->held = NULL;
    gg_exchange_release(call->x);
}

static void respond(fake_call *call, int status, gg_str body)
{
    gg_header type = { GG_STR_INIT("content-type"), GG_STR_INIT("text/plain") };
    gg_exchange_respond(call->x, status, &(gg_headers){ &type, 1, 1 }, body, NULL);
    release(call);
}

static gg_str big_body(gg_arena *arena)
{
    char *bytes = gg_arena_bytes(arena, FAKE_BIG_LEN);
    for (size_t i = 0; bytes != NULL && i < FAKE_BIG_LEN; i++)
        bytes[i] = (char)('a' + i % 26);
    return gg_str_of(bytes, FAKE_BIG_LEN);
}

static void stream_on(fake_call *call)
{
    enum { PIECE = 3000 };
    char piece[PIECE];
    while (call->left > 0) {
        size_t len = call->left < PIECE ? call->left : PIECE;
        for (size_t i = 0; i < len; i++)
            piece[i] = (char)('a' + (FAKE_BIG_LEN - call->left + i) % 26);
        size_t taken = gg_exchange_write(call->x, gg_str_of(piece, len));
        call->left -= taken;
        if (taken < len)
            return;
    }
    gg_header trailer = { GG_STR_INIT("x-sum"), GG_STR_INIT("7") };
    gg_exchange_end(call->x, &(gg_headers){ &trailer, 1, 1 });
    release(call);
}

static void on_body(gg_exchange *x, gg_str bytes)
{
    fake_call *call = x->front;
    if (gg_str_eq(x->path, GG_STR("/greedy")))
        return;
    if (call->body_len + bytes.len > call->body_cap) {
        size_t cap = (call->body_len + bytes.len) * 2;
        char *grown = gg_arena_grow(x->arena, call->body, call->body_cap, cap);
        if (grown == NULL) {
            gg_exchange_reset(x, 2);
            release(call);
            return;
        }
        call->body = grown;
        call->body_cap = cap;
    }
    memcpy(call->body + call->body_len, bytes.ptr, bytes.len);
    call->body_len += bytes.len;
    gg_exchange_consume(x, bytes.len);
}

static void on_end(gg_exchange *x)
{
    fake_call *call = x->front;
    gg_str body = gg_str_of(call->body, call->body_len);
    note(call->front, GG_STR("|"));
    if (body.len < 100)
        note(call->front, body);
    note(call->front, GG_STR("|."));
    if (gg_str_eq(x->path, GG_STR("/ok")))
        respond(call, 200, GG_STR("ok"));
    else if (gg_str_eq(x->path, GG_STR("/echo")))
        respond(call, 200, body);
}

static void on_writable(gg_exchange *x)
{
    stream_on(x->front);
}

static void on_abort(gg_exchange *x)
{
    fake_call *call = x->front;
    note(call->front, GG_STR("!"));
    release(call);
}

static const gg_exchange_events events = { .body = on_body, .end = on_end, .writable = on_writable, .abort = on_abort };

static void note_head(fake_front *front, const gg_exchange *x)
{
    note(front, x->method);
    note(front, GG_STR(" "));
    note(front, x->target);
    note(front, GG_STR(" "));
    note(front, x->authority);
    for (size_t i = 0; i < x->headers.count; i++) {
        const gg_header *field = &x->headers.items[i];
        if (field->name.ptr[0] != 'x')
            continue;
        note(front, GG_STR(" "));
        note(front, field->name);
        note(front, GG_STR("="));
        note(front, field->value);
    }
    note(front, GG_STR(" "));
}

static void respond_unsafe(fake_call *call)
{
    gg_header items[] = {
        { GG_STR_INIT("x-good"), GG_STR_INIT("yes") },
        { GG_STR_INIT("x-split"), GG_STR_INIT("a\r\nx-injected: b") },
        { GG_STR_INIT("x-nul"), GG_STR_INIT("a\0b") },
        { GG_STR_INIT("x bad name"), GG_STR_INIT("a") },
        { GG_STR_INIT("connection"), GG_STR_INIT("upgrade") },
        { GG_STR_INIT("transfer-encoding"), GG_STR_INIT("gzip") },
        { GG_STR_INIT("content-length"), GG_STR_INIT("99") },
    };
    size_t count = sizeof items / sizeof items[0];
    gg_exchange_respond(call->x, 200, &(gg_headers){ items, count, count }, GG_STR("ok"), NULL);
    release(call);
}

static void respond_trailers(fake_call *call)
{
    static gg_header trailer = { GG_STR_INIT("x-sum"), GG_STR_INIT("7") };
    static const gg_headers trailers = { &trailer, 1, 1 };
    gg_exchange_respond(call->x, 200, NULL, GG_STR(""), &trailers);
    release(call);
}

static void on_request(void *user, gg_exchange *x)
{
    fake_front *front = user;
    note_head(front, x);
    x->events = &events;
    fake_call *call = gg_arena_zalloc(x->arena, sizeof *call);
    if (call == NULL) {
        gg_exchange_reset(x, 2);
        gg_exchange_release(x);
        return;
    }
    *call = (fake_call){ .front = front, .x = x };
    front->open++;
    x->front = call;
    if (gg_str_eq(x->path, GG_STR("/early"))) {
        respond(call, 200, GG_STR("early"));
    } else if (gg_str_eq(x->path, GG_STR("/hold"))) {
        front->held = x;
    } else if (gg_str_eq(x->path, GG_STR("/empty"))) {
        respond(call, 200, GG_STR(""));
    } else if (gg_str_eq(x->path, GG_STR("/204"))) {
        respond(call, 204, GG_STR(""));
    } else if (gg_str_eq(x->path, GG_STR("/unsafe"))) {
        respond_unsafe(call);
    } else if (gg_str_eq(x->path, GG_STR("/trailers"))) {
        respond_trailers(call);
    } else if (gg_str_eq(x->path, GG_STR("/reset"))) {
        gg_exchange_reset(x, 8);
        release(call);
    } else if (gg_str_eq(x->path, GG_STR("/big"))) {
        gg_str body = big_body(x->arena);
        respond(call, body.ptr != NULL ? 200 : 503, body.ptr != NULL ? body : GG_STR(""));
    } else if (gg_str_eq(x->path, GG_STR("/stream"))) {
        call->left = FAKE_BIG_LEN;
        if (gg_exchange_start(x, 200, NULL) == GG_OK)
            stream_on(call);
        else
            release(call);
    }
}

void fake_front_answer(fake_front *front, gg_str body)
{
    assert_non_null(front->held);
    respond(front->held->front, 200, body);
    fake_front_run(front);
}

/* -- the connection -- */

static void on_wake(gg_task *task)
{
    fake_front *front = (fake_front *)(void *)((char *)task - offsetof(fake_front, wake));
    front->woken = true;
}

static void reset(fake_front *front, gg_tls_context *tls)
{
    front->pool = (gg_chunk_pool){ .keep_limit = GG_POOL_KEEP };
    gg_sched_init(&front->sched);
    front->sched.now_ns = 1000;
    front->wake = (gg_task){ .run = on_wake };
    front->woken = false;
    front->journal_len = front->sent_len = front->open = 0;
    front->journal[0] = front->sent[0] = '\0';
    front->held = NULL;
    front->config = (gg_codec_config){ .handler = { on_request, front },
        .arena_limit = GG_ARENA_LIMIT,
        .pool = &front->pool,
        .sched = &front->sched,
        .tls = tls };
    gg_http_limits_init(&front->config.limits);
}

bool fake_front_open(fake_front *front, bool is_h2)
{
    reset(front, NULL);
    front->codec = (is_h2 ? gg_h2_new : gg_h1_new)(&front->config, GG_STR("peer"), &front->wake);
    return front->codec != NULL;
}

bool fake_front_open_tls(fake_front *front, gg_tls_context *tls)
{
    reset(front, tls);
    front->codec = gg_tls_accept_new(&front->config, GG_STR("peer"), &front->wake);
    return front->codec != NULL;
}

void fake_front_run(fake_front *front)
{
    do {
        front->woken = false;
        gg_sched_run(&front->sched, front->sched.now_ns);
        for (gg_str out; (out = front->codec->ops->output(front->codec)).len > 0;) {
            assert_true(front->sent_len + out.len < FAKE_SENT_LEN);
            memcpy(front->sent + front->sent_len, out.ptr, out.len);
            front->sent_len += out.len;
            front->codec->ops->sent(front->codec, out.len);
        }
    } while (front->woken || front->sched.head != NULL);
}

void fake_front_feed(fake_front *front, gg_str bytes)
{
    const gg_codec_ops *ops = front->codec->ops;
    if (!ops->done(front->codec) && ops->wants_input(front->codec))
        ops->receive(front->codec, bytes);
    fake_front_run(front);
}

void fake_front_wait(fake_front *front, uint64_t ns)
{
    front->sched.now_ns += ns;
    fake_front_run(front);
}

void fake_front_close(fake_front *front)
{
    if (front->codec != NULL)
        front->codec->ops->free(front->codec);
    front->codec = NULL;
    assert_int_equal(front->open, 0);
    assert_null(front->sched.head);
    assert_null(front->sched.timers);
    gg_chunk_pool_deinit(&front->pool);
}
