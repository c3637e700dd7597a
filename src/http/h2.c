/* h2.c -- the HTTP/2 codec: a server session of nghttp2, its settings, its end.
 *
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

/* -- the end -- */

static char *put_u32(char *p, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *p++ = (char)(value >> shift & 0xff);
    return p;
}

/* The frame is written past nghttp2, which may be out of order; without memory there is none. */
void gg_h2_break_saying(gg_h2 *h2, uint32_t error, gg_str debug_data)
{
    enum { PAYLOAD_LEN = 8 };
    gg_h2_wake(h2);
    if (h2->broken)
        return;
    h2->broken = true;
    h2->lingers |= error != NGHTTP2_NO_ERROR;
    char frame[GG_H2_HEAD_LEN + PAYLOAD_LEN] = { 0, 0, (char)(PAYLOAD_LEN + debug_data.len), NGHTTP2_GOAWAY };
    char *p = put_u32(frame + GG_H2_HEAD_LEN, (uint32_t)nghttp2_session_get_last_proc_stream_id(h2->session));
    put_u32(p, error);
    gg_buf *out = gg_out_tail(&h2->out);
    if (gg_buf_reserve(out, sizeof frame + debug_data.len) == NULL)
        return;
    gg_buf_append(out, gg_str_of(frame, sizeof frame));
    gg_buf_append(out, debug_data);
}

void gg_h2_break(gg_h2 *h2, uint32_t error)
{
    gg_h2_break_saying(h2, error, gg_str_of(NULL, 0));
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
    if (h2->streams == NULL)
        h2->idle_since_ns = h2->config->sched->now_ns;
    gg_buf_deinit(&stream->out);
    if (stream->seen)
        gg_exchange_detach(x); /* the stream goes with it */
    else
        gg_exchange_discard(x); /* its head never became whole */
}

/* -- the codec's functions -- */

static gg_rc receive(gg_codec *codec, gg_str bytes)
{
    gg_h2 *h2 = h2_of(codec);
    if (h2->broken)
        return GG_EPROTO;
    h2->heard_ns = h2->config->sched->now_ns;
    h2->pinged_ns = 0;
    gg_h2_feed(h2, bytes);
    if (h2->settings_seen && h2->head == NULL)
        h2->head_due_ns = UINT64_MAX;
    gg_h2_reschedule(h2);
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
    gg_h2_reschedule(h2);
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
    gg_h2_drain(h2_of(codec));
}

static void h2_free(gg_codec *codec)
{
    gg_h2 *h2 = h2_of(codec);
    h2->broken = true;
    while (h2->streams != NULL)
        gg_h2_stream_close(h2->streams);
    nghttp2_session_del(h2->session);
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
        { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits->stream_window },
        { NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, list_len },
    };
    int rc = nghttp2_submit_settings(h2->session, NGHTTP2_FLAG_NONE, settings, sizeof settings / sizeof settings[0]);
    if (rc != 0)
        return rc;
    return nghttp2_session_set_local_window_size(h2->session, NGHTTP2_FLAG_NONE, 0, (int32_t)limits->conn_window);
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
    h2->base.ops = &ops;
    h2->config = config;
    h2->peer = peer;
    h2->wake = wake;
    h2->stall.fire = gg_h2_stalled;
    h2->heads.skip = GG_H2_PREFACE_LEN;
    gg_h2_time_init(h2);
    gg_out_init(&h2->out, config->pool);
    h2->session = gg_h2_session_new(&(gg_h2_session_config){ .server = true,
        .pool = config->pool,
        .queued_acks = config->limits.queued_acks,
        .set_callbacks = set_callbacks,
        .user = h2 });
    bool opened = h2->session != NULL && submit_settings(h2) == 0;
    if (opened)
        gg_h2_pump(h2); /* SETTINGS stands before all else, a GOAWAY from gg_h2_break too */
    if (!opened || h2->broken) {
        h2_free(&h2->base);
        return NULL;
    }
    gg_h2_reschedule(h2);
    gg_h2_wake(h2);
    return &h2->base;
}
