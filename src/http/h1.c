/* h1.c -- the HTTP/1.x codec: input kept and parsed in turn, time limits, the end of a connection.
 *
 * Time limits: from a request's first byte to its whole head, between two pieces of its body, and without
 * any request.  One timer serves them all; it is not moved with every piece, but looks again when it fires.
 * A response has no limit here: who owns the socket notices a peer that does not read.
 * The peer's end of file while a front is busy means that nobody waits for the answer: the exchange is
 * aborted.  A response that is whole is still sent. */
#include "http/h1.h"

#include <stdlib.h>

#define H1_OF(member, ptr) ((gg_h1 *)(void *)((char *)(ptr)-offsetof(gg_h1, member)))

static gg_h1 *h1_of(gg_codec *codec)
{
    return H1_OF(base, codec);
}

static const gg_h1 *h1_of_const(const gg_codec *codec)
{
    return (const gg_h1 *)(const void *)codec;
}

void gg_h1_set_due(gg_h1 *h1, uint64_t timeout_ns)
{
    h1->due_ns = gg_later(h1->config->sched->now_ns, timeout_ns);
    if (h1->due_ns != UINT64_MAX && (!h1->timer.armed || h1->timer.due_ns > h1->due_ns))
        gg_timer_start(h1->config->sched, &h1->timer, h1->due_ns);
}

void gg_h1_stop(gg_h1 *h1, bool lingers)
{
    if (h1->state != GG_H1_CLOSED)
        h1->lingers = lingers;
    h1->state = GG_H1_CLOSED;
    h1->due_ns = UINT64_MAX;
    gg_sched_post(h1->config->sched, h1->wake);
}

void gg_h1_close(gg_h1 *h1, bool lingers)
{
    gg_exchange *x = h1->x;
    bool unseen = h1->state == GG_H1_HEAD; /* by a front */
    gg_h1_stop(h1, lingers);
    h1->x = NULL;
    if (x == NULL)
        return;
    if (unseen)
        gg_exchange_discard(x);
    else
        gg_exchange_detach(x);
}

void gg_h1_next(gg_h1 *h1)
{
    if (!h1->keep_alive || h1->draining || (h1->eof && h1->in.len == 0)) {
        gg_h1_close(h1, h1->in.len > 0);
        return;
    }
    h1->state = GG_H1_IDLE;
    h1->answered = true;
    h1->responding = false;
    gg_h1_set_due(h1, h1->config->limits.idle_ns);
    if (h1->in.len > 0)
        gg_sched_post(h1->config->sched, &h1->resume);
}

/* Whether the next byte may be parsed now. */
static bool may_parse(const gg_h1 *h1)
{
    switch (h1->state) {
    case GG_H1_IDLE:
        return gg_out_len(&h1->out) < h1->config->limits.high_water;
    case GG_H1_HEAD:
    case GG_H1_BODY:
        return true;
    case GG_H1_WHOLE:
    case GG_H1_CLOSED:
        break;
    }
    return false;
}

/* Parses what was kept, request by request, as long as each is answered at once. */
static void parse_kept(gg_h1 *h1)
{
    size_t used = 0;
    while (h1->in.len > 0 && may_parse(h1)) {
        if (!gg_h1_parse(h1, gg_buf_str(&h1->in), &used))
            return;
        gg_buf_consume(&h1->in, used);
    }
    if (h1->eof && h1->in.len == 0 && h1->state == GG_H1_IDLE)
        gg_h1_close(h1, false);
}

static void resume(gg_task *task)
{
    parse_kept(H1_OF(resume, task));
}

static gg_rc receive(gg_codec *codec, gg_str bytes)
{
    gg_h1 *h1 = h1_of(codec);
    size_t used = 0;
    while (bytes.len > 0 && h1->in.len == 0 && may_parse(h1)) {
        if (!gg_h1_parse(h1, bytes, &used))
            return GG_EPROTO;
        bytes.ptr += used;
        bytes.len -= used;
    }
    if (h1->state == GG_H1_CLOSED)
        return GG_OK; /* what comes after the last request is dropped */
    if (gg_buf_append(&h1->in, bytes) != GG_OK) {
        gg_h1_close(h1, true);
        return GG_ENOMEM;
    }
    parse_kept(h1);
    return h1->state == GG_H1_CLOSED && h1->refusal != 0 ? GG_EPROTO : GG_OK;
}

static void eof(gg_codec *codec)
{
    gg_h1 *h1 = h1_of(codec);
    h1->eof = true;
    bool answered = h1->state == GG_H1_WHOLE && h1->x != NULL && !gg_exchange_listens(h1->x);
    bool more = h1->state == GG_H1_IDLE && h1->in.len > 0;
    if (!answered && !more)
        gg_h1_close(h1, false);
}

static gg_str output(gg_codec *codec)
{
    return gg_out_lend(&h1_of(codec)->out);
}

static void sent(gg_codec *codec, size_t len)
{
    gg_h1 *h1 = h1_of(codec);
    gg_out_sent(&h1->out, len);
    if (gg_out_len(&h1->out) > h1->config->limits.high_water / 2)
        return;
    if (h1->blocked && h1->x != NULL) {
        h1->blocked = false;
        gg_exchange_on_writable(h1->x);
    }
    if (h1->in.len > 0)
        gg_sched_post(h1->config->sched, &h1->resume);
}

static bool wants_input(const gg_codec *codec)
{
    const gg_h1 *h1 = h1_of_const(codec);
    return h1->state != GG_H1_CLOSED && !h1->eof && h1->in.len < GG_H1_KEEP_LEN &&
        h1->unconsumed < h1->config->limits.high_water && h1->dropped <= GG_H1_DROP_LEN;
}

static bool done(const gg_codec *codec)
{
    return h1_of_const(codec)->state == GG_H1_CLOSED;
}

static bool lingers(const gg_codec *codec)
{
    const gg_h1 *h1 = h1_of_const(codec);
    return h1->lingers && !h1->eof;
}

static void drain(gg_codec *codec)
{
    gg_h1 *h1 = h1_of(codec);
    h1->draining = true;
    if (h1->state == GG_H1_IDLE && h1->in.len == 0)
        gg_h1_close(h1, false);
}

static void time_is_up(gg_timer *timer)
{
    gg_h1 *h1 = H1_OF(timer, timer);
    gg_sched *sched = h1->config->sched;
    if (sched->now_ns < h1->due_ns) {
        if (h1->due_ns != UINT64_MAX)
            gg_timer_start(sched, timer, h1->due_ns);
        return;
    }
    switch (h1->state) {
    case GG_H1_IDLE:
        gg_h1_close(h1, false);
        break;
    case GG_H1_BODY:
        if (h1->unconsumed >= h1->config->limits.high_water) { /* it is the front that is slow */
            gg_h1_set_due(h1, h1->config->limits.body_ns);
            break;
        }
        gg_h1_refuse(h1, 408);
        break;
    case GG_H1_HEAD:
        gg_h1_refuse(h1, 408);
        break;
    case GG_H1_WHOLE:
    case GG_H1_CLOSED:
        break;
    }
}

static void h1_free(gg_codec *codec)
{
    gg_h1 *h1 = h1_of(codec);
    gg_h1_close(h1, false);
    gg_sched_cancel(h1->config->sched, h1->wake);
    gg_sched_cancel(h1->config->sched, &h1->resume);
    gg_timer_stop(h1->config->sched, &h1->timer);
    gg_buf_deinit(&h1->in);
    gg_out_deinit(&h1->out);
    free(h1);
}

static const gg_codec_ops ops = {
    .receive = receive,
    .eof = eof,
    .output = output,
    .sent = sent,
    .wants_input = wants_input,
    .done = done,
    .lingers = lingers,
    .drain = drain,
    .free = h1_free,
};

gg_codec *gg_h1_new(const gg_codec_config *config, gg_str peer, gg_task *wake)
{
    gg_h1 *h1 = calloc(1, sizeof *h1);
    if (h1 == NULL)
        return NULL;
    h1->base.ops = &ops;
    h1->config = config;
    h1->peer = peer;
    h1->wake = wake;
    h1->keep_alive = true;
    h1->in.pool = config->pool;
    gg_out_init(&h1->out, config->pool);
    h1->resume.run = resume;
    h1->timer.fire = time_is_up;
    llhttp_init(&h1->parser, HTTP_REQUEST, &gg_h1_callbacks);
    h1->parser.data = h1;
    gg_h1_set_due(h1, config->limits.idle_ns);
    return &h1->base;
}
