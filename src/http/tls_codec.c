/* tls_codec.c -- moves bytes between a TLS session and the codec within it.
 *
 * Left out: keys, certificates, records (src/tls). */
#include "http/tls_codec.h"

#include <stdio.h>
#include <stdlib.h>

#include "http/out.h"

#define TLS_OF(member, ptr) ((tls_codec *)(void *)((char *)(ptr)-offsetof(tls_codec, member)))

typedef struct tls_codec {
    gg_codec base;
    const gg_tls_ops *ops;
    gg_tls_session *session;
    gg_tls_pipe pipe;
    gg_codec *inner; /* NULL: not yet */
    gg_sched *sched;
    gg_task *wake;
    enum {
        HANDSHAKE, /* neither side has sent its last handshake message */
        OPEN,      /* application data */
        ENDED,     /* close_notify is in out; nothing follows it */
        FAILED     /* an alert may be in out */
    } state;
    gg_buf kept;     /* of the peer's bytes, not used yet */
    gg_out out;      /* records */
    bool eof;        /* the peer's end of file has come */
    bool peer_ended; /* the inner codec knows */
    bool lingers;    /* after FAILED */
    char failure[GG_TLS_ERROR_LEN];

    const gg_codec_config *config; /* of an accepted connection; else NULL */
    gg_str peer;
    gg_timer timer; /* of its handshake */
    gg_task *opened;
} tls_codec;

static tls_codec *tls_of(const gg_codec *codec)
{
    return (tls_codec *)(uintptr_t)codec;
}

/* -- the end -- */

/* lingers: the peer may not have read yet what out holds. */
static void fail(tls_codec *tls, const char *why, bool lingers)
{
    if (tls->state == FAILED)
        return;
    const gg_log *log = tls->config != NULL ? tls->config->log : NULL;
    if (log != NULL)
        gg_logf(log, GG_LOG_DEBUG, "TLS with %.*s failed: %s", GG_STR_ARG(tls->peer), why);
    snprintf(tls->failure, sizeof tls->failure, "TLS: %s", why);
    tls->state = FAILED;
    tls->lingers = lingers;
    gg_timer_stop(tls->sched, &tls->timer);
    gg_buf_deinit(&tls->kept);
    tls->pipe.in = GG_STR("");
    gg_sched_post(tls->sched, tls->wake);
}

static void fail_session(tls_codec *tls, gg_rc rc)
{
    if (rc == GG_ENOMEM)
        fail(tls, "out of memory", false);
    else
        fail(tls, tls->ops->reason(tls->session), true);
}

static void time_is_up(gg_timer *timer)
{
    fail(TLS_OF(timer, timer), "the handshake takes too long", false);
}

/* -- from the peer -- */

static void open_inner(tls_codec *tls)
{
    gg_str protocol = tls->ops->protocol(tls->session);
    bool is_h2 = gg_str_eq(protocol, GG_STR("h2"));
    gg_timer_stop(tls->sched, &tls->timer);
    tls->state = OPEN;
    if (tls->config != NULL) {
        tls->inner = (is_h2 ? gg_h2_new : gg_h1_new)(tls->config, tls->peer, tls->wake);
        if (tls->inner == NULL)
            fail(tls, "out of memory", false);
    } else if (is_h2) {
        gg_sched_post(tls->sched, tls->opened);
    } else {
        fail(tls, "the server does not offer HTTP/2 (ALPN)", true);
    }
}

static void shake(tls_codec *tls)
{
    gg_rc rc = tls->ops->handshake(tls->session);
    if (rc == GG_OK)
        open_inner(tls);
    else if (rc != GG_NEED_MORE)
        fail_session(tls, rc);
    else if (tls->eof)
        fail(tls, "the peer closed the connection during the handshake", false);
}

static void end_input(tls_codec *tls)
{
    tls->peer_ended = true;
    tls->inner->ops->eof(tls->inner);
}

/* Alerts and key updates are answered even to a peer that reads nothing: within reason. */
static bool may_read(const tls_codec *tls)
{
    if (gg_out_len(&tls->out) >= 2 * (size_t)GG_TLS_OUT_LEN)
        return false;
    return tls->state == HANDSHAKE ||
        (tls->state == OPEN && !tls->peer_ended && tls->inner != NULL && tls->inner->ops->wants_input(tls->inner));
}

/* Ends: each round takes a record off pipe.in, or is the last one. */
static void use_input(tls_codec *tls)
{
    char plain[GG_TLS_RECORD];
    if (tls->state == HANDSHAKE)
        shake(tls);
    while (tls->state == OPEN && may_read(tls)) {
        size_t len = 0;
        gg_rc rc = tls->ops->read(tls->session, plain, sizeof plain, &len);
        if (rc == GG_OK) {
            tls->inner->ops->receive(tls->inner, gg_str_of(plain, len));
        } else if (rc == GG_END || (rc == GG_NEED_MORE && tls->eof)) {
            end_input(tls);
        } else {
            if (rc != GG_NEED_MORE)
                fail_session(tls, rc);
            return;
        }
    }
}

/* What was kept, then bytes; what cannot be used yet is kept. */
static void take(tls_codec *tls, gg_str bytes)
{
    bool from_kept = tls->kept.len > 0;
    if (from_kept && gg_buf_append(&tls->kept, bytes) != GG_OK) {
        fail(tls, "out of memory", false);
        return;
    }
    tls->pipe.in = from_kept ? gg_buf_str(&tls->kept) : bytes;
    size_t before = tls->pipe.in.len;
    use_input(tls);
    gg_str rest = tls->pipe.in;
    tls->pipe.in = GG_STR("");
    if (tls->state != HANDSHAKE && tls->state != OPEN)
        return; /* fail has freed what was kept */
    if (from_kept)
        gg_buf_consume(&tls->kept, before - rest.len);
    else if (gg_buf_append(&tls->kept, rest) != GG_OK)
        fail(tls, "out of memory", false);
}

static gg_rc receive(gg_codec *codec, gg_str bytes)
{
    tls_codec *tls = tls_of(codec);
    if (tls->state == HANDSHAKE || tls->state == OPEN)
        take(tls, bytes);
    return tls->state == FAILED ? GG_EPROTO : GG_OK;
}

static void eof(gg_codec *codec)
{
    tls_codec *tls = tls_of(codec);
    tls->eof = true;
    receive(codec, GG_STR(""));
}

static bool wants_input(const gg_codec *codec)
{
    const tls_codec *tls = tls_of(codec);
    return !tls->eof && tls->kept.len == 0 && may_read(tls);
}

/* -- to the peer -- */

static gg_rc put(gg_tls_pipe *pipe, gg_str bytes)
{
    return gg_buf_append(gg_out_tail(&TLS_OF(pipe, pipe)->out), bytes);
}

/* Makes records of what the inner codec has to say. */
static void seal(tls_codec *tls)
{
    while (tls->state == OPEN && tls->inner != NULL && gg_out_len(&tls->out) < GG_TLS_OUT_LEN) {
        gg_str plain = tls->inner->ops->output(tls->inner);
        if (plain.len == 0) {
            if (!tls->inner->ops->done(tls->inner))
                return;
            tls->ops->finish(tls->session);
            tls->state = ENDED;
            gg_buf_deinit(&tls->kept);
            return;
        }
        plain.len = plain.len < GG_TLS_RECORD ? plain.len : GG_TLS_RECORD;
        gg_rc rc = tls->ops->write(tls->session, plain);
        if (rc == GG_OK)
            tls->inner->ops->sent(tls->inner, plain.len);
        else
            fail_session(tls, rc);
    }
}

static gg_str output(gg_codec *codec)
{
    tls_codec *tls = tls_of(codec);
    bool behind = tls->kept.len > 0 || (tls->eof && !tls->peer_ended);
    if (behind && may_read(tls))
        take(tls, GG_STR(""));
    seal(tls);
    return gg_out_lend(&tls->out);
}

static void sent(gg_codec *codec, size_t len)
{
    gg_out_sent(&tls_of(codec)->out, len);
}

static bool done(const gg_codec *codec)
{
    const tls_codec *tls = tls_of(codec);
    return tls->state == ENDED || tls->state == FAILED;
}

static bool lingers(const gg_codec *codec)
{
    const tls_codec *tls = tls_of(codec);
    return tls->state == FAILED ? tls->lingers : tls->inner->ops->lingers(tls->inner);
}

static void drain(gg_codec *codec)
{
    tls_codec *tls = tls_of(codec);
    if (tls->inner != NULL)
        tls->inner->ops->drain(tls->inner);
    else
        fail(tls, "shutting down", false);
}

/* -- beginning and end -- */

static void free_codec(gg_codec *codec)
{
    tls_codec *tls = tls_of(codec);
    if (tls->inner != NULL)
        tls->inner->ops->free(tls->inner);
    gg_timer_stop(tls->sched, &tls->timer);
    if (tls->opened != NULL)
        gg_sched_cancel(tls->sched, tls->opened);
    tls->ops->close(tls->session);
    gg_buf_deinit(&tls->kept);
    gg_out_deinit(&tls->out);
    free(tls);
}

static tls_codec *new_codec(gg_tls_context *context, const char *host, gg_sched *sched, gg_chunk_pool *pool,
    gg_task *wake)
{
    static const gg_codec_ops codec_ops = { .receive = receive,
        .eof = eof,
        .output = output,
        .sent = sent,
        .wants_input = wants_input,
        .done = done,
        .lingers = lingers,
        .drain = drain,
        .free = free_codec };
    tls_codec *tls = calloc(1, sizeof *tls);
    if (tls == NULL)
        return NULL;
    tls->base.ops = &codec_ops;
    tls->ops = context->ops;
    tls->sched = sched;
    tls->wake = wake;
    tls->pipe.put = put;
    tls->kept.pool = pool;
    gg_out_init(&tls->out, pool);
    tls->timer.fire = time_is_up;
    tls->session = tls->ops->open(context, host, &tls->pipe);
    if (tls->session == NULL) {
        free(tls);
        return NULL;
    }
    return tls;
}

gg_codec *gg_tls_accept_new(const gg_codec_config *config, gg_str peer, gg_task *wake)
{
    tls_codec *tls = new_codec(config->tls, NULL, config->sched, config->pool, wake);
    if (tls == NULL)
        return NULL;
    tls->config = config;
    tls->peer = peer;
    gg_timer_start(tls->sched, &tls->timer, gg_later(tls->sched->now_ns, config->limits.header_ns));
    return &tls->base;
}

gg_codec *gg_tls_connect_new(const gg_tls_connect *connect)
{
    tls_codec *tls = new_codec(connect->context, connect->host, connect->sched, connect->pool, connect->wake);
    if (tls == NULL)
        return NULL;
    tls->opened = connect->opened;
    shake(tls); /* ClientHello */
    return &tls->base;
}

void gg_tls_attach(gg_codec *codec, gg_codec *inner)
{
    tls_codec *tls = tls_of(codec);
    tls->inner = inner;
    gg_sched_post(tls->sched, tls->wake);
}

gg_str gg_tls_failure(const gg_codec *codec)
{
    return gg_str_from(tls_of(codec)->failure);
}
