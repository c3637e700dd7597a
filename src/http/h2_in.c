/* h2_in.c -- frames to exchanges: nghttp2's callbacks while it reads.
 *
 * nghttp2 checks the frames, the fields and their order, and content-length against DATA.  Before it sees them, frames
 * are counted (h2_guard.h), and those of streams that are over are judged (h2_closed.h).  The size of a header list
 * is bounded here too (431).
 * Left out: request trailers (read and dropped), priorities, push.
 * Spec: RFC 9113, 8. */
#include "http/h2.h"

#include "base/text.h"

static gg_h2_stream *stream_of(nghttp2_session *session, int32_t id)
{
    return nghttp2_session_get_stream_user_data(session, id);
}

static bool is_request(const nghttp2_frame *frame)
{
    return frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    gg_h2 *h2 = user;
    const gg_codec_config *config = h2->config;
    if (!is_request(frame))
        return 0;
    gg_exchange *x = gg_exchange_new(config->pool, config->sched, &config->limits, config->arena_limit);
    if (x == NULL)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; /* nghttp2 resets the stream */
    gg_h2_stream *stream = gg_arena_zalloc(x->arena, sizeof *stream);
    if (stream == NULL) {
        gg_exchange_discard(x);
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    stream->h2 = h2;
    stream->x = x;
    stream->id = frame->hd.stream_id;
    stream->out.pool = config->pool;
    stream->next = h2->streams;
    if (stream->next != NULL)
        stream->next->prev = stream;
    h2->streams = h2->head = stream;
    h2->head_due_ns = gg_later(config->sched->now_ns, config->limits.header_ns);
    x->source = stream;
    x->ops = &gg_h2_exchange_ops;
    x->version = GG_HTTP_2;
    x->peer = h2->peer;
    nghttp2_session_set_stream_user_data(session, stream->id, stream);
    return 0;
}

/* Where a pseudo-header field goes; NULL: nowhere. */
static gg_str *pseudo_field(gg_exchange *x, gg_str name)
{
    if (gg_str_eq(name, GG_STR(":method")))
        return &x->method;
    if (gg_str_eq(name, GG_STR(":path")))
        return &x->target;
    if (gg_str_eq(name, GG_STR(":scheme")))
        return &x->scheme;
    return gg_str_eq(name, GG_STR(":authority")) ? &x->authority : NULL;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_len,
    const uint8_t *value, size_t value_len, uint8_t flags, void *user)
{
    (void)session;
    (void)flags;
    gg_h2 *h2 = user;
    gg_h2_stream *stream = h2->head;
    if (!is_request(frame) || stream == NULL || stream->refusal != 0)
        return 0;
    stream->head_len += name_len + value_len + GG_H2_FIELD_LEN;
    if (stream->head_len > h2->config->limits.header_bytes || ++stream->field_count > h2->config->limits.header_count) {
        stream->refusal = 431;
        return 0;
    }
    gg_exchange *x = stream->x;
    char *copy = gg_arena_bytes(x->arena, name_len + value_len);
    if (copy == NULL)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    memcpy(copy, name, name_len);
    memcpy(copy + name_len, value, value_len);
    gg_str name_str = gg_str_of(copy, name_len), value_str = gg_str_of(copy + name_len, value_len);
    if (name_len > 0 && copy[0] == ':') {
        gg_str *place = pseudo_field(x, name_str);
        if (place != NULL)
            *place = value_str;
        return 0;
    }
    return gg_headers_add(&x->headers, x->arena, name_str, value_str) == GG_OK ? 0
                                                                               : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

static void end_of_request(gg_h2_stream *stream)
{
    stream->request_ended = true;
    gg_exchange_on_end(stream->x);
}

/* The head is whole: to the front with it. */
static void begin_request(gg_h2_stream *stream, bool has_body)
{
    gg_exchange *x = stream->x;
    const gg_http_handler *handler = &stream->h2->config->handler;
    uint64_t length = 0;
    gg_str declared = gg_headers_get(&x->headers, GG_STR("content-length"));
    if (declared.ptr != NULL && gg_u64_parse(declared, &length) == GG_OK && length < SIZE_MAX)
        x->content_length = (size_t)length;
    if (x->authority.ptr == NULL)
        x->authority = gg_headers_get(&x->headers, GG_STR("host"));
    gg_exchange_set_target(x, x->target);
    x->has_body = has_body;
    stream->seen = true;
    stream->heard_ns = stream->h2->config->sched->now_ns;
    stream->is_head = gg_str_eq(x->method, GG_STR("HEAD"));
    if (stream->refusal != 0)
        gg_h2_refuse(stream, stream->refusal);
    else
        handler->request(handler->user, x);
    if (!has_body)
        end_of_request(stream);
    else
        gg_h2_watch(stream);
}

static int on_frame_recv(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    gg_h2 *h2 = user;
    gg_h2_stream *stream = frame->hd.stream_id > 0 ? stream_of(session, frame->hd.stream_id) : NULL;
    bool end_stream = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
        h2->head = NULL;
        if (stream == NULL)
            return 0;
        if (is_request(frame))
            begin_request(stream, !end_stream);
        else if (end_stream)
            end_of_request(stream);
        return 0;
    case NGHTTP2_DATA:
        if (stream != NULL && end_stream)
            end_of_request(stream);
        return 0;
    case NGHTTP2_RST_STREAM:
        gg_h2_closed_reset(&h2->closed, frame->hd.stream_id, true);
        return 0;
    case NGHTTP2_SETTINGS:
        h2->settings_seen = true;
        return 0;
    case NGHTTP2_GOAWAY:
        h2->lingers = true; /* it may have said more behind it */
        return 0;
    case NGHTTP2_PING:
        if (!(frame->hd.flags & NGHTTP2_FLAG_ACK))
            return gg_h2_ping_allowed(h2) ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
        gg_h2_ping_answered(h2, frame->ping.opaque_data);
        return 0;
    default:
        return 0;
    }
}

static int on_data_chunk(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data, size_t len,
    void *user)
{
    (void)flags;
    (void)user;
    gg_h2_stream *stream = stream_of(session, id);
    if (stream == NULL || !gg_exchange_listens(stream->x)) /* dropped, and no more of this stream is wanted */
        return nghttp2_is_fatal(nghttp2_session_consume_connection(session, len)) ? NGHTTP2_ERR_CALLBACK_FAILURE : 0;
    stream->unconsumed += len;
    stream->heard_ns = stream->h2->config->sched->now_ns;
    gg_exchange_on_body(stream->x, gg_str_of((const char *)data, len));
    return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t id, uint32_t error, void *user)
{
    (void)error;
    (void)user;
    gg_h2_stream *stream = stream_of(session, id);
    if (stream == NULL)
        return 0;
    size_t unconsumed = stream->unconsumed;
    gg_h2_stream_close(stream);
    return nghttp2_is_fatal(nghttp2_session_consume_connection(session, unconsumed)) ? NGHTTP2_ERR_CALLBACK_FAILURE : 0;
}

/* -- bytes -- */

static void feed(gg_h2 *h2, const char *bytes, size_t len)
{
    if (h2->broken || len == 0)
        return;
    ssize_t used = nghttp2_session_mem_recv(h2->session, (const uint8_t *)bytes, len);
    if (used == NGHTTP2_ERR_NOMEM)
        gg_h2_break(h2, NGHTTP2_INTERNAL_ERROR);
    else if (used == NGHTTP2_ERR_FLOODED)
        gg_h2_break(h2, NGHTTP2_ENHANCE_YOUR_CALM);
    else if (used < 0)
        gg_h2_break(h2, NGHTTP2_PROTOCOL_ERROR);
}

/* HEADERS or DATA on an id that is not new: if there is no such stream, it is late or wrong. */
static void judge_old(gg_h2 *h2, int32_t id)
{
    if (h2->broken || nghttp2_session_find_stream(h2->session, id) != NULL)
        return;
    switch (gg_h2_closed_judge(&h2->closed, id)) {
    case GG_H2_LATE_IGNORE:
        return;
    case GG_H2_LATE_RESET:
        if (nghttp2_submit_rst_stream(h2->session, NGHTTP2_FLAG_NONE, id, NGHTTP2_STREAM_CLOSED) != 0)
            gg_h2_break(h2, NGHTTP2_INTERNAL_ERROR);
        return;
    case GG_H2_LATE_ENDED:
        gg_h2_break(h2, NGHTTP2_STREAM_CLOSED);
        return;
    case GG_H2_LATE_UNOPENED:
        gg_h2_break(h2, NGHTTP2_PROTOCOL_ERROR);
        return;
    }
}

static void open_id(gg_h2 *h2, int32_t id)
{
    gg_h2_closed_open(&h2->closed, id);
    if (h2->drain == GG_H2_GONE_AWAY) /* it will not be opened, nor reset: the peer learns of it by the GOAWAY */
        gg_h2_closed_reset(&h2->closed, id, false);
}

/* HEADERS or DATA on a stream of the peer's that is not new. */
static bool is_old(const gg_h2 *h2, const gg_h2_head *head)
{
    bool of_stream = head->type == NGHTTP2_HEADERS || head->type == NGHTTP2_DATA;
    return of_stream && head->id % 2 == 1 && head->id <= h2->closed.newest;
}

void gg_h2_feed(gg_h2 *h2, gg_str bytes)
{
    const gg_h2_guard_limits *limits = &h2->config->limits.guard;
    size_t at = 0, begin = 0, fed = 0;
    gg_h2_head head;
    while (!h2->broken && gg_h2_heads_next(&h2->heads, bytes, &at, &begin, &head)) {
        if (is_old(h2, &head)) {
            feed(h2, bytes.ptr + fed, begin - fed); /* which may open or close that stream */
            fed = begin;
            judge_old(h2, head.id);
        } else if (head.type == NGHTTP2_HEADERS && head.id % 2 == 1) {
            open_id(h2, head.id);
        }
        if (!gg_h2_guard_frame(&h2->guard, limits, h2->config->sched->now_ns, &head))
            gg_h2_break_saying(h2, NGHTTP2_ENHANCE_YOUR_CALM,
                head.type == NGHTTP2_PING ? GG_STR(GG_H2_TOO_MANY_PINGS) : GG_STR(""));
        if (gg_h2_heads_split(begin, at)) {
            feed(h2, (const char *)h2->heads.bytes, GG_H2_HEAD_LEN);
            fed = at;
        }
    }
    feed(h2, bytes.ptr + fed, begin - fed);
}

void gg_h2_set_receiving(nghttp2_session_callbacks *callbacks)
{
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_recv);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data_chunk);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
}
