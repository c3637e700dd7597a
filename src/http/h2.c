/* h2.c -- the HTTP/2 codec: a server session of nghttp2, its limits, its time, its end.
 *
 *   drain: GOAWAY(2^31-1) and PING --- answer, or GG_H2_DRAIN_NS ---> GOAWAY(last stream) --- last stream ends
 *          ---> done                                               (RFC 9113, 6.8)
 *
 * Time limits: the client's SETTINGS, and every header block once begun (header_ns); no stream (idle_ns);
 * with streams open a peer that is silent for body_ns is sent a PING and, silent still, given up.  A request
 * body has none: a gRPC stream may rest as long as it likes.
 * Left out: priorities (RFC 9218 signals are nghttp2's), server push, Upgrade: h2c. */
#include "http/h2.h"

#include <stdlib.h>

#define H2_OF(member, ptr) ((gg_h2 *)(void *)((char *)(ptr)-offsetof(gg_h2, member)))

static gg_h2 *h2_of(gg_codec *codec)
{
    return H2_OF(base, codec);
}

static const gg_h2 *h2_of_const(const gg_codec *codec)
{
    return (const gg_h2 *)(const void *)codec;
}

static uint64_t earlier(uint64_t a_ns, uint64_t b_ns)
{
    return a_ns < b_ns ? a_ns : b_ns;
}

/* -- the end -- */

static char *put_u32(char *p, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *p++ = (char)(value >> shift & 0xff);
    return p;
}

void gg_h2_break(gg_h2 *h2, uint32_t error)
{
    enum { GOAWAY_LEN = 17 };
    gg_h2_wake(h2);
    if (h2->broken)
        return;
    h2->broken = true;
    h2->lingers |= error != NGHTTP2_NO_ERROR;
    char frame[GOAWAY_LEN] = { 0, 0, 8, NGHTTP2_GOAWAY };
    char *p = put_u32(frame + 9, (uint32_t)nghttp2_session_get_last_proc_stream_id(h2->session));
    put_u32(p, error);
    gg_buf_append(gg_out_tail(&h2->out), gg_str_of(frame, sizeof frame)); /* no memory: then without */
}

bool gg_h2_tolerates(gg_h2 *h2)
{
    if (gg_h2_guard_reset(&h2->guard, &h2->config->limits.guard, h2->config->sched->now_ns))
        return true;
    gg_h2_break(h2, NGHTTP2_ENHANCE_YOUR_CALM);
    return false;
}

static void leave_writable(gg_h2_stream *stream)
{
    gg_h2_stream **at = &stream->h2->writable;
    while (*at != stream)
        at = &(*at)->next_writable;
    *at = stream->next_writable;
}

void gg_h2_stream_close(gg_h2_stream *stream)
{
    gg_h2 *h2 = stream->h2;
    gg_exchange *x = stream->x;
    if (h2->head == stream)
        h2->head = NULL;
    if (stream->in_writable)
        leave_writable(stream);
    if (stream->prev != NULL)
        stream->prev->next = stream->next;
    else
        h2->streams = stream->next;
    if (stream->next != NULL)
        stream->next->prev = stream->prev;
    h2->lingers |= h2->drain != GG_H2_SERVING; /* WINDOW_UPDATE for its response may be on its way */
    if (h2->streams == NULL) {
        h2->idle_since_ns = h2->config->sched->now_ns;
        h2->trimmed = false;
    }
    gg_buf_deinit(&stream->out);
    if (stream->seen)
        gg_exchange_detach(x); /* the stream goes with it */
    else
        gg_exchange_discard(x); /* its head never became whole */
}

/* -- time -- */

static uint64_t next_due(const gg_h2 *h2)
{
    const gg_http_limits *limits = &h2->config->limits;
    uint64_t due = earlier(h2->drain_due_ns, h2->head_due_ns);
    if (h2->streams == NULL)
        return earlier(due, gg_later(h2->idle_since_ns, h2->trimmed ? limits->idle_ns : GG_H2_TRIM_NS));
    return earlier(due, gg_later(h2->heard_ns, gg_later(limits->body_ns, h2->pinged ? GG_H2_PING_NS : 0)));
}

static void reschedule(gg_h2 *h2)
{
    uint64_t due = h2->broken ? UINT64_MAX : next_due(h2);
    if (due != UINT64_MAX && (!h2->timer.armed || h2->timer.due_ns > due))
        gg_timer_start(h2->config->sched, &h2->timer, due);
}

static void submit(gg_h2 *h2, int rc)
{
    if (nghttp2_is_fatal(rc))
        gg_h2_break(h2, NGHTTP2_INTERNAL_ERROR);
    gg_h2_wake(h2);
}

static void second_goaway(gg_h2 *h2)
{
    h2->drain = GG_H2_GONE_AWAY;
    h2->drain_due_ns = UINT64_MAX;
    int32_t last = nghttp2_session_get_last_proc_stream_id(h2->session);
    submit(h2, nghttp2_submit_goaway(h2->session, NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, NULL, 0));
}

void gg_h2_ping_data(uint8_t data[GG_H2_PING_LEN], int32_t id)
{
    memset(data, 0, GG_H2_PING_LEN);
    put_u32((char *)data, (uint32_t)id);
}

void gg_h2_ping_answered(gg_h2 *h2, const uint8_t data[GG_H2_PING_LEN])
{
    int32_t id =
        (int32_t)((uint32_t)(data[0] & 0x7f) << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3]);
    gg_h2_stream *stream = id > 0 ? nghttp2_session_get_stream_user_data(h2->session, id) : NULL;
    if (stream != NULL && stream->response_sent)
        gg_h2_reset(stream, NGHTTP2_NO_ERROR);
    else if (id == 0 && h2->drain == GG_H2_NOTICED)
        second_goaway(h2);
}

/* With streams open the peer has sent nothing for a while. */
static void silence(gg_h2 *h2, uint64_t now)
{
    if (gg_out_len(&h2->out) >= GG_H2_OUT_LEN) { /* it is we who do not read */
        h2->heard_ns = now;
    } else if (h2->pinged) {
        gg_h2_break(h2, NGHTTP2_NO_ERROR);
    } else {
        h2->pinged = true;
        submit(h2, nghttp2_submit_ping(h2->session, NGHTTP2_FLAG_NONE, NULL));
    }
}

static void no_streams(gg_h2 *h2)
{
    if (h2->trimmed) {
        gg_h2_break(h2, NGHTTP2_NO_ERROR);
    } else {
        h2->trimmed = true;
        gg_h2_mem_trim(&h2->mem);
    }
}

static void time_is_up(gg_timer *timer)
{
    gg_h2 *h2 = H2_OF(timer, timer);
    uint64_t now = h2->config->sched->now_ns;
    if (h2->broken)
        return;
    if (now >= next_due(h2)) {
        if (now >= h2->head_due_ns)
            gg_h2_break(h2, NGHTTP2_ENHANCE_YOUR_CALM);
        else if (now >= h2->drain_due_ns)
            second_goaway(h2);
        else if (h2->streams == NULL)
            no_streams(h2);
        else
            silence(h2, now);
    }
    reschedule(h2);
}

/* -- the codec's functions -- */

static gg_rc receive(gg_codec *codec, gg_str bytes)
{
    gg_h2 *h2 = h2_of(codec);
    if (h2->broken)
        return GG_EPROTO;
    h2->heard_ns = h2->config->sched->now_ns;
    h2->pinged = false;
    gg_h2_feed(h2, bytes);
    if (h2->settings_seen && h2->head == NULL)
        h2->head_due_ns = UINT64_MAX;
    reschedule(h2);
    gg_h2_wake(h2);
    return h2->broken ? GG_EPROTO : GG_OK;
}

static void eof(gg_codec *codec)
{
    gg_h2 *h2 = h2_of(codec);
    h2->broken = true;
    h2->lingers = false;
    gg_h2_wake(h2);
}

static gg_str output(gg_codec *codec)
{
    gg_h2 *h2 = h2_of(codec);
    gg_h2_pump(h2);
    reschedule(h2);
    return gg_out_lend(&h2->out);
}

static void sent(gg_codec *codec, size_t len)
{
    gg_out_sent(&h2_of(codec)->out, len);
}

static bool wants_input(const gg_codec *codec)
{
    const gg_h2 *h2 = h2_of_const(codec);
    return !h2->broken && gg_out_len(&h2->out) < GG_H2_OUT_LEN;
}

static bool done(const gg_codec *codec)
{
    const gg_h2 *h2 = h2_of_const(codec);
    return h2->broken || (!nghttp2_session_want_read(h2->session) && !nghttp2_session_want_write(h2->session));
}

static bool lingers(const gg_codec *codec)
{
    return h2_of_const(codec)->lingers;
}

static void drain(gg_codec *codec)
{
    gg_h2 *h2 = h2_of(codec);
    if (h2->broken || h2->drain != GG_H2_SERVING)
        return;
    h2->drain = GG_H2_NOTICED;
    h2->drain_due_ns = gg_later(h2->config->sched->now_ns, GG_H2_DRAIN_NS);
    submit(h2, nghttp2_submit_shutdown_notice(h2->session));
    submit(h2, nghttp2_submit_ping(h2->session, NGHTTP2_FLAG_NONE, NULL));
    reschedule(h2);
}

static void h2_free(gg_codec *codec)
{
    gg_h2 *h2 = h2_of(codec);
    h2->broken = true;
    while (h2->streams != NULL)
        gg_h2_stream_close(h2->streams);
    nghttp2_session_del(h2->session);
    gg_h2_mem_trim(&h2->mem);
    gg_sched_cancel(h2->config->sched, h2->wake);
    gg_timer_stop(h2->config->sched, &h2->timer);
    gg_timer_stop(h2->config->sched, &h2->stall);
    gg_out_deinit(&h2->out);
    free(h2);
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
    .free = h2_free,
};

static int submit_settings(gg_h2 *h2)
{
    const gg_http_limits *limits = &h2->config->limits;
    uint32_t list_len = limits->header_bytes < UINT32_MAX ? (uint32_t)limits->header_bytes : UINT32_MAX;
    const nghttp2_settings_entry settings[] = {
        { NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits->streams },
        { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, GG_H2_STREAM_WINDOW },
        { NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, list_len },
    };
    int rc = nghttp2_submit_settings(h2->session, NGHTTP2_FLAG_NONE, settings, sizeof settings / sizeof settings[0]);
    if (rc != 0)
        return rc;
    return nghttp2_session_set_local_window_size(h2->session, NGHTTP2_FLAG_NONE, 0, GG_H2_CONN_WINDOW);
}

static void set_callbacks(nghttp2_session_callbacks *callbacks)
{
    gg_h2_set_receiving(callbacks);
    gg_h2_set_sending(callbacks);
}

gg_codec *gg_h2_new(const gg_codec_config *config, gg_str peer, gg_task *wake)
{
    gg_h2 *h2 = calloc(1, sizeof *h2);
    if (h2 == NULL)
        return NULL;
    uint64_t now = config->sched->now_ns;
    h2->base.ops = &ops;
    h2->config = config;
    h2->peer = peer;
    h2->wake = wake;
    h2->timer.fire = time_is_up;
    h2->stall.fire = gg_h2_stalled;
    h2->heard_ns = h2->idle_since_ns = now;
    h2->heads.skip = GG_H2_PREFACE_LEN;
    h2->head_due_ns = gg_later(now, config->limits.header_ns);
    h2->drain_due_ns = UINT64_MAX;
    gg_out_init(&h2->out, config->pool);
    h2->session = gg_h2_session_new(GG_H2_SERVER, &h2->mem, set_callbacks, h2);
    bool opened = h2->session != NULL && submit_settings(h2) == 0;
    if (opened)
        gg_h2_pump(h2); /* SETTINGS stands before all else, a GOAWAY from gg_h2_break too */
    if (!opened || h2->broken) {
        h2_free(&h2->base);
        return NULL;
    }
    reschedule(h2);
    gg_h2_wake(h2);
    return &h2->base;
}
