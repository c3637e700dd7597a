/* h2_out.c -- responses to frames: the table of functions of an HTTP/2 exchange, and nghttp2's callbacks
 * while it writes.
 *
 * DATA goes from the stream's buffer straight behind its frame header into the connection's output.  A
 * response that is whole before its request is followed, a round trip later, by RST_STREAM(NO_ERROR).
 * No Content-Length where END_STREAM says it already, or where trailers follow.
 * Spec: RFC 9113, 8.1, 8.2.2. */
#include "http/h2.h"

#include "base/text.h"

#include <assert.h>

static gg_h2_stream *stream_of(const gg_exchange *x)
{
    return x->source;
}

/* How much of the body the next DATA frame takes; its bytes are copied in on_send_data. */
static ssize_t read_body(nghttp2_session *session, int32_t id, uint8_t *buf, size_t len, uint32_t *flags,
    nghttp2_data_source *source, void *user)
{
    (void)buf;
    (void)user;
    gg_h2_stream *stream = source->ptr;
    size_t ready = stream->out.len;
    if (ready == 0 && !stream->response_ended) {
        stream->deferred = true;
        return NGHTTP2_ERR_DEFERRED;
    }
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (ready > len)
        return (ssize_t)len;
    if (!stream->response_ended)
        return (ssize_t)ready;
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (stream->trailer_count == 0)
        return (ssize_t)ready;
    *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    if (nghttp2_submit_trailer(session, id, stream->trailers, stream->trailer_count) != 0)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    return (ssize_t)ready;
}

/* -- the exchange's functions -- */

static gg_rc op_start(gg_exchange *x, int status, const gg_headers *headers, const size_t *content_length)
{
    enum { OWN_FIELDS = 3 };
    gg_h2_stream *stream = stream_of(x);
    gg_h2 *h2 = stream->h2;
    assert(status >= 200 && status <= 999);
    if (h2->broken || stream->reset)
        return GG_ECANCELED;
    size_t cap = (headers != NULL ? headers->count : 0) + OWN_FIELDS, count = 0;
    nghttp2_nv *nva = gg_arena_alloc(x->arena, cap * sizeof *nva);
    if (nva == NULL)
        return GG_ENOMEM;
    char code[] = { (char)('0' + status / 100), (char)('0' + status / 10 % 10), (char)('0' + status % 10) };
    char length[GG_I64_TEXT_LEN];
    bool no_body = gg_http_has_no_body(status);
    bool empty = content_length != NULL && *content_length == 0;
    stream->bodyless = stream->is_head || no_body || empty;
    nva[count++] = gg_h2_nv_named(GG_STR(":status"), gg_str_of(code, sizeof code));
    for (size_t i = 0; headers != NULL && i < headers->count; i++)
        if (gg_field_sendable(&headers->items[i]))
            nva[count++] = gg_h2_nv(headers->items[i].name, headers->items[i].value);
    nva[count++] = gg_h2_nv_named(GG_STR("date"), gg_date_now(&h2->date, h2->config->sched->now_ns));
    if (content_length != NULL && !no_body && (!empty || stream->is_head))
        nva[count++] =
            gg_h2_nv_named(GG_STR("content-length"), gg_str_of(length, gg_u64_print(length, *content_length)));

    nghttp2_data_provider body = { .source = { .ptr = stream }, .read_callback = read_body };
    bool end_stream = stream->bodyless && content_length != NULL; /* nothing comes after the head */
    int rc = nghttp2_submit_response(h2->session, stream->id, nva, count, end_stream ? NULL : &body);
    gg_h2_wake(h2);
    return rc == 0 ? GG_OK : GG_ENOMEM;
}

void gg_h2_reset(gg_h2_stream *stream, uint32_t error)
{
    if (stream->h2->broken || stream->reset)
        return;
    stream->reset = true;
    if (nghttp2_submit_rst_stream(stream->h2->session, NGHTTP2_FLAG_NONE, stream->id, error) != 0)
        gg_h2_break(stream->h2, NGHTTP2_INTERNAL_ERROR);
    gg_h2_wake(stream->h2);
}

static void resume(gg_h2_stream *stream)
{
    gg_h2 *h2 = stream->h2;
    gg_h2_wake(h2);
    if (!stream->deferred)
        return;
    stream->deferred = false;
    if (nghttp2_is_fatal(nghttp2_session_resume_data(h2->session, stream->id)))
        gg_h2_break(h2, NGHTTP2_INTERNAL_ERROR);
}

static size_t op_write(gg_exchange *x, gg_str bytes)
{
    gg_h2_stream *stream = stream_of(x);
    gg_h2 *h2 = stream->h2;
    if (stream->bodyless || stream->reset || h2->broken)
        return bytes.len;
    size_t mark = h2->config->limits.high_water;
    size_t taken = stream->out.len < mark ? mark - stream->out.len : 0;
    if (taken > bytes.len)
        taken = bytes.len;
    stream->blocked = taken < bytes.len;
    bool was_empty = stream->out.len == 0;
    if (gg_buf_append(&stream->out, gg_str_of(bytes.ptr, taken)) != GG_OK) {
        gg_h2_reset(stream, NGHTTP2_INTERNAL_ERROR);
        return bytes.len;
    }
    if (was_empty) {
        stream->sent_ns = h2->config->sched->now_ns;
        gg_h2_watch(stream);
    }
    resume(stream);
    return taken;
}

/* Copies the fields that may be sent into the arena; false: no memory.  nghttp2 need not copy them once more: it looks at
 * a list of fields only while the stream is open, and so long the arena lives. */
static bool keep_trailers(gg_h2_stream *stream, const gg_headers *trailers)
{
    size_t len = 0;
    for (size_t i = 0; i < trailers->count; i++)
        len += trailers->items[i].name.len + trailers->items[i].value.len;
    gg_arena *arena = stream->x->arena;
    nghttp2_nv *nva = gg_arena_alloc(arena, trailers->count * sizeof *nva);
    char *text = gg_arena_bytes(arena, len);
    if (nva == NULL || text == NULL)
        return false;
    for (size_t i = 0; i < trailers->count; i++) {
        const gg_header *field = &trailers->items[i];
        if (!gg_field_sendable(field))
            continue;
        gg_str name = { text, field->name.len }, value = { text + name.len, field->value.len };
        memcpy(text, field->name.ptr, name.len);
        if (value.len > 0)
            memcpy(text + name.len, field->value.ptr, value.len);
        text += name.len + value.len;
        nva[stream->trailer_count] = gg_h2_nv(name, value);
        nva[stream->trailer_count++].flags = NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE;
    }
    stream->trailers = nva;
    return true;
}

static void op_end(gg_exchange *x, const gg_headers *trailers)
{
    gg_h2_stream *stream = stream_of(x);
    if (stream->h2->broken || stream->reset)
        return;
    if (trailers != NULL && trailers->count > 0 && !stream->bodyless && !keep_trailers(stream, trailers)) {
        gg_h2_reset(stream, NGHTTP2_INTERNAL_ERROR);
        return;
    }
    stream->response_ended = true;
    resume(stream);
}

static void op_consume(gg_exchange *x, size_t len)
{
    gg_h2_stream *stream = stream_of(x);
    gg_h2 *h2 = stream->h2;
    assert(len <= stream->unconsumed);
    stream->unconsumed -= len;
    if (h2->broken)
        return;
    if (nghttp2_is_fatal(nghttp2_session_consume(h2->session, stream->id, len)))
        gg_h2_break(h2, NGHTTP2_INTERNAL_ERROR);
    gg_h2_wake(h2);
}

static void op_reset(gg_exchange *x, uint32_t h2_error)
{
    gg_h2_reset(stream_of(x), h2_error);
}

const gg_exchange_ops gg_h2_exchange_ops = {
    .start = op_start,
    .write = op_write,
    .end = op_end,
    .consume = op_consume,
    .reset = op_reset,
};

void gg_h2_refuse(gg_h2_stream *stream, int status)
{
    gg_str type, body;
    gg_codec_error_body(stream->h2->config, status, &type, &body);
    gg_header item = { GG_STR_INIT("content-type"), type };
    gg_headers headers = { .items = &item, .count = 1, .cap = 1 };
    gg_exchange_respond(stream->x, status, &headers, body, NULL);
    gg_exchange_release(stream->x);
}

/* -- nghttp2's callbacks -- */

static int on_send_data(nghttp2_session *session, nghttp2_frame *frame, const uint8_t *head, size_t len,
    nghttp2_data_source *source, void *user)
{
    enum { FRAME_HEAD_LEN = 9 };
    (void)session;
    (void)frame; /* no padding is ever chosen */
    gg_h2 *h2 = user;
    gg_h2_stream *stream = source->ptr;
    if (gg_out_len(&h2->out) >= GG_H2_OUT_LEN)
        return NGHTTP2_ERR_WOULDBLOCK;
    gg_buf *out = gg_out_tail(&h2->out);
    char *p = gg_buf_reserve(out, FRAME_HEAD_LEN + len);
    if (p == NULL)
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    memcpy(p, head, FRAME_HEAD_LEN);
    if (len > 0)
        memcpy(p + FRAME_HEAD_LEN, stream->out.data + stream->out.start, len);
    gg_buf_added(out, FRAME_HEAD_LEN + len);
    gg_buf_consume(&stream->out, len);
    stream->sent_ns = h2->config->sched->now_ns;
    if (stream->blocked && !stream->in_writable && stream->out.len <= h2->config->limits.high_water / 2) {
        stream->in_writable = true;
        stream->next_writable = h2->writable;
        h2->writable = stream;
    }
    return 0;
}

static ssize_t on_send(nghttp2_session *session, const uint8_t *data, size_t len, int flags, void *user)
{
    (void)session;
    (void)flags;
    gg_h2 *h2 = user;
    gg_rc rc = gg_buf_append(gg_out_tail(&h2->out), gg_str_of((const char *)data, len));
    return rc == GG_OK ? (ssize_t)len : NGHTTP2_ERR_CALLBACK_FAILURE;
}

/* The response is whole, the request is not.  RST_STREAM at its heels makes some clients (curl 7.88) forget
 * the response; so it waits until the peer has answered a PING, thus seen the response.  Most peers end the stream by
 * themselves, so the PING waits for a while too (GG_H2_EARLY_NS). */
static void early_response(gg_h2_stream *stream)
{
    stream->response_sent = true;
    stream->sent_ns = stream->h2->config->sched->now_ns;
    gg_h2_watch(stream);
}

static int on_frame_send(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    gg_h2 *h2 = user;
    gg_h2_stream *stream =
        frame->hd.stream_id > 0 ? nghttp2_session_get_stream_user_data(session, frame->hd.stream_id) : NULL;
    if (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA) {
        gg_h2_guard_sent(&h2->guard);
        h2->ping_free = true;
    }
    if (frame->hd.type == NGHTTP2_GOAWAY) {
        h2->lingers |= frame->goaway.error_code != NGHTTP2_NO_ERROR;
    } else if (frame->hd.type == NGHTTP2_RST_STREAM) {
        uint32_t error = frame->rst_stream.error_code;
        bool our_own = stream != NULL && stream->reset;
        if (stream == NULL || !stream->request_ended)
            gg_h2_closed_reset(&h2->closed, frame->hd.stream_id, false);
        if (error != NGHTTP2_NO_ERROR && error != NGHTTP2_REFUSED_STREAM && !our_own && !gg_h2_tolerates(h2))
            return NGHTTP2_ERR_CALLBACK_FAILURE;
    } else if (stream != NULL && (frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS) &&
        (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) && !stream->request_ended) {
        early_response(stream);
    }
    return 0;
}

void gg_h2_set_sending(nghttp2_session_callbacks *callbacks)
{
    nghttp2_session_callbacks_set_send_callback(callbacks, on_send);
    nghttp2_session_callbacks_set_send_data_callback(callbacks, on_send_data);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_send);
}

void gg_h2_pump(gg_h2 *h2)
{
    bool more = true;
    while (more && !h2->broken) {
        if (nghttp2_session_send(h2->session) != 0) {
            gg_h2_break(h2, NGHTTP2_INTERNAL_ERROR);
            return;
        }
        more = h2->writable != NULL && gg_out_len(&h2->out) < GG_H2_OUT_LEN;
        for (gg_h2_stream *stream; (stream = h2->writable) != NULL;) {
            h2->writable = stream->next_writable;
            stream->in_writable = stream->blocked = false;
            gg_exchange_on_writable(stream->x);
        }
    }
}
