/* h2_client_stream.c -- the streams of an HTTP/2 client, and nghttp2's callbacks.
 *
 *   open --> HEADERS --> head ---> body, written ---> trailers ---> closed(ENDED)
 *                          \________ RST_STREAM, GOAWAY, connection lost ____> closed(...)
 *
 * nghttp2 checks frames, fields and their order; here are the limits on a response's fields that it leaves to us.
 * A stream is looked up by its id wherever nghttp2 calls: after its end, frames of it may still be on their way
 * in both directions, and then nobody is there.  Heads of 1xx are skipped.
 * Spec: RFC 9113, 8.1 (a response that is whole before its request: RST_STREAM with NO_ERROR). */
#include "http/h2_client_private.h"

#include <assert.h>

enum { FIELD_LEN = 32 /* counted for each field, RFC 9113, 6.5.2 */, FRAME_HEAD_LEN = 9 };

static gg_client_stream *stream_of(nghttp2_session *session, int32_t id)
{
    return id > 0 ? nghttp2_session_get_stream_user_data(session, id) : NULL;
}

/* -- the end -- */

/* Nothing of it reaches the stream any more. */
static void detach(gg_client_stream *stream)
{
    gg_h2_client *client = stream->client;
    if (stream->prev != NULL)
        stream->prev->next = stream->next;
    else
        client->streams = stream->next;
    if (stream->next != NULL)
        stream->next->prev = stream->prev;
    stream->client = NULL;
    if (client->broken)
        return;
    nghttp2_session_set_stream_user_data(client->session, stream->id, NULL);
    if (stream->unconsumed > 0)
        gg_h2_client_check(client, nghttp2_session_consume_connection(client->session, stream->unconsumed));
}

static void close_stream(gg_client_stream *stream, gg_client_stream_ending end, uint32_t h2_error)
{
    detach(stream);
    stream->events->closed(stream, end, h2_error);
}

static void submit_reset(gg_h2_client *client, int32_t id, uint32_t h2_error)
{
    if (!client->broken)
        gg_h2_client_check(client, nghttp2_submit_rst_stream(client->session, NGHTTP2_FLAG_NONE, id, h2_error));
}

void gg_client_stream_reset(gg_client_stream *stream, uint32_t h2_error)
{
    gg_h2_client *client = stream->client;
    if (client == NULL)
        return;
    detach(stream);
    submit_reset(client, stream->id, h2_error);
}

/* END_STREAM came: what we have not sent yet is not wanted. */
static void end_response(gg_client_stream *stream)
{
    gg_h2_client *client = stream->client;
    if (!stream->end_framed)
        submit_reset(client, stream->id, NGHTTP2_NO_ERROR);
    close_stream(stream, GG_STREAM_ENDED, NGHTTP2_NO_ERROR);
}

/* A response that we do not take. */
static void refuse_response(gg_client_stream *stream)
{
    submit_reset(stream->client, stream->id, NGHTTP2_CANCEL);
    close_stream(stream, stream->fault, NGHTTP2_CANCEL);
}

void gg_client_stream_lose(gg_client_stream *stream)
{
    bool sent = stream->framed_at > 0 && stream->framed_at <= stream->client->sent;
    close_stream(stream, sent ? GG_STREAM_LOST : GG_STREAM_UNPROCESSED, NGHTTP2_NO_ERROR);
}

/* -- what comes in -- */

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    (void)user;
    gg_client_stream *stream = stream_of(session, frame->hd.stream_id);
    if (stream != NULL && stream->has_head) /* trailers; heads of 1xx count with the one that follows */
        stream->head_len = stream->head_count = 0;
    return 0;
}

/* :status is three digits, nghttp2 has checked it. */
static int status_of(gg_str value)
{
    int status = 0;
    for (size_t i = 0; i < value.len && i < 3; i++)
        status = status * 10 + (value.ptr[i] - '0');
    return status;
}

/* What is wrong with one more field; GG_STREAM_ENDED: nothing. */
static gg_client_stream_ending add_field(gg_client_stream *stream, gg_str name, gg_str value)
{
    const gg_h2_client_config *config = &stream->client->config;
    stream->head_len += name.len + value.len + FIELD_LEN;
    if (stream->head_len > config->header_bytes || ++stream->head_count > config->header_count)
        return GG_STREAM_TOO_BIG;
    if (gg_str_eq(name, GG_STR(":status"))) {
        stream->status = status_of(value);
        return GG_STREAM_ENDED;
    }
    char *copy = gg_arena_bytes(stream->arena, name.len + value.len + 1);
    if (copy == NULL)
        return GG_STREAM_NO_MEMORY;
    memcpy(copy, name.ptr, name.len);
    memcpy(copy + name.len, value.ptr, value.len);
    gg_headers *list = stream->has_head ? &stream->trailers : &stream->headers;
    gg_rc rc = gg_headers_add(list, stream->arena, gg_str_of(copy, name.len), gg_str_of(copy + name.len, value.len));
    return rc == GG_OK ? GG_STREAM_ENDED : GG_STREAM_NO_MEMORY;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_len,
    const uint8_t *value, size_t value_len, uint8_t flags, void *user)
{
    (void)flags;
    (void)user;
    gg_client_stream *stream = stream_of(session, frame->hd.stream_id);
    if (stream != NULL && stream->fault == GG_STREAM_ENDED)
        stream->fault =
            add_field(stream, gg_str_of((const char *)name, name_len), gg_str_of((const char *)value, value_len));
    return 0;
}

/* A header block is whole. */
static void end_headers(gg_client_stream *stream, bool ended)
{
    bool was_head = !stream->has_head;
    if (stream->fault != GG_STREAM_ENDED) {
        refuse_response(stream);
        return;
    }
    if (was_head && stream->status < 100) { /* nghttp2 only counts its digits */
        submit_reset(stream->client, stream->id, NGHTTP2_PROTOCOL_ERROR);
        close_stream(stream, GG_STREAM_RESET, NGHTTP2_PROTOCOL_ERROR);
        return;
    }
    if (was_head && stream->status < 200) {
        stream->status = 0;
        stream->headers.count = 0;
        return;
    }
    stream->has_head = true;
    if (was_head)
        stream->events->headers(stream, ended);
}

static void set_ready(gg_h2_client *client)
{
    client->ready = true;
    gg_h2_client_changed(client);
}

static void gone_away(gg_h2_client *client, const nghttp2_goaway *goaway)
{
    gg_str why = gg_str_of((const char *)goaway->opaque_data, goaway->opaque_data_len);
    gg_h2_client_changed(client);
    if (goaway->error_code == NGHTTP2_ENHANCE_YOUR_CALM && gg_str_eq(why, GG_STR(GG_H2_TOO_MANY_PINGS)) &&
        client->config.too_many_pings != NULL)
        client->config.too_many_pings(client->config.user);
}

static int on_frame_recv(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    gg_h2_client *client = user;
    int32_t id = frame->hd.stream_id;
    if (frame->hd.type == NGHTTP2_SETTINGS && !(frame->hd.flags & NGHTTP2_FLAG_ACK))
        set_ready(client);
    else if (frame->hd.type == NGHTTP2_GOAWAY)
        gone_away(client, &frame->goaway);
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA)
        return 0;
    bool ended = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    gg_client_stream *stream = stream_of(session, id);
    if (stream != NULL && frame->hd.type == NGHTTP2_HEADERS)
        end_headers(stream, ended);
    stream = stream_of(session, id); /* it may have been reset */
    if (stream != NULL && ended)
        end_response(stream);
    return 0;
}

static int on_data_chunk(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data, size_t len,
    void *user)
{
    (void)flags;
    (void)user;
    gg_client_stream *stream = stream_of(session, id);
    if (stream == NULL) /* dropped, and no more of this stream is wanted */
        return nghttp2_is_fatal(nghttp2_session_consume_connection(session, len)) ? NGHTTP2_ERR_CALLBACK_FAILURE : 0;
    stream->unconsumed += len;
    stream->events->body(stream, gg_str_of((const char *)data, len));
    return 0;
}

/* Also for a stream that was reset here before. */
static int on_stream_close(nghttp2_session *session, int32_t id, uint32_t error, void *user)
{
    gg_h2_client *client = user;
    gg_client_stream *stream = stream_of(session, id);
    client->open_count--;
    gg_h2_client_changed(client);
    if (stream != NULL)
        close_stream(stream, error == NGHTTP2_REFUSED_STREAM ? GG_STREAM_UNPROCESSED : GG_STREAM_RESET, error);
    return 0;
}

void gg_client_stream_consume(gg_client_stream *stream, size_t len)
{
    gg_h2_client *client = stream->client;
    if (client == NULL || client->broken)
        return; /* the connection's window was given back with the stream */
    assert(len <= stream->unconsumed);
    stream->unconsumed -= len;
    gg_h2_client_check(client, nghttp2_session_consume(client->session, stream->id, len));
}

/* -- what goes out -- */

/* How much of the body the next DATA frame takes; its bytes are copied in on_send_data. */
static ssize_t read_body(nghttp2_session *session, int32_t id, uint8_t *buf, size_t len, uint32_t *flags,
    nghttp2_data_source *source, void *user)
{
    (void)buf;
    (void)source;
    (void)user;
    gg_client_stream *stream = stream_of(session, id);
    if (stream == NULL)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; /* reset is on its way */
    size_t ready = stream->out[0].len + stream->out[1].len;
    if (ready == 0 && !stream->out_ended) {
        stream->deferred = true;
        return NGHTTP2_ERR_DEFERRED;
    }
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (ready > len)
        return (ssize_t)len;
    if (stream->out_ended)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)ready;
}

gg_rc gg_client_stream_open(gg_client_stream *stream, gg_h2_client *client, const gg_headers *fields)
{
    *stream = (gg_client_stream){ .events = stream->events, .arena = stream->arena };
    if (gg_h2_client_closing(client))
        return GG_ECANCELED;
    nghttp2_nv *nva = gg_arena_alloc(stream->arena, fields->count * sizeof *nva);
    if (nva == NULL)
        return GG_ENOMEM;
    for (size_t i = 0; i < fields->count; i++)
        nva[i] = gg_h2_nv(fields->items[i].name, fields->items[i].value);
    nghttp2_data_provider body = { .read_callback = read_body };
    int32_t id = nghttp2_submit_request(client->session, NULL, nva, fields->count, &body, stream);
    gg_h2_client_check(client, id);
    if (id < 0)
        return GG_ENOMEM; /* that it may open streams was asked above */
    stream->client = client;
    stream->id = id;
    stream->next = client->streams;
    if (stream->next != NULL)
        stream->next->prev = stream;
    client->streams = stream;
    if (stream->next == NULL && client->pinged_ns == 0)
        gg_h2_client_heard(client);
    client->open_count++;
    client->opened++;
    return GG_OK;
}

static void resume(gg_client_stream *stream)
{
    gg_h2_client *client = stream->client;
    gg_h2_client_wake(client);
    if (!stream->deferred || client->broken)
        return;
    stream->deferred = false;
    gg_h2_client_check(client, nghttp2_session_resume_data(client->session, stream->id));
}

void gg_client_stream_write(gg_client_stream *stream, gg_str first, gg_str second)
{
    if (stream->client == NULL)
        return;
    assert(stream->out[0].len == 0 && stream->out[1].len == 0 && !stream->out_ended);
    stream->out[0] = first;
    stream->out[1] = second;
    resume(stream);
}

void gg_client_stream_end(gg_client_stream *stream)
{
    if (stream->client == NULL || stream->out_ended)
        return;
    stream->out_ended = true;
    resume(stream);
}

/* Moves up to len bytes of the pieces behind p; what was moved. */
static size_t take_out(gg_client_stream *stream, char *p, size_t len)
{
    size_t taken = 0;
    for (size_t i = 0; i < 2; i++) {
        gg_str *piece = &stream->out[i];
        size_t part = piece->len < len - taken ? piece->len : len - taken;
        if (part == 0)
            continue;
        memcpy(p + taken, piece->ptr, part);
        *piece = gg_str_of(piece->ptr + part, piece->len - part);
        taken += part;
    }
    return taken;
}

static int on_send_data(nghttp2_session *session, nghttp2_frame *frame, const uint8_t *head, size_t len,
    nghttp2_data_source *source, void *user)
{
    (void)source;
    gg_h2_client *client = user;
    gg_client_stream *stream = stream_of(session, frame->hd.stream_id);
    if (stream == NULL)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    if (gg_out_len(&client->out) >= GG_CLIENT_OUT_LEN)
        return NGHTTP2_ERR_WOULDBLOCK;
    gg_buf *out = gg_out_tail(&client->out);
    char *p = gg_buf_reserve(out, FRAME_HEAD_LEN + len);
    if (p == NULL)
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    memcpy(p, head, FRAME_HEAD_LEN);
    size_t taken = take_out(stream, p + FRAME_HEAD_LEN, len);
    assert(taken == len);
    gg_buf_added(out, FRAME_HEAD_LEN + taken);
    client->framed += FRAME_HEAD_LEN + taken;
    if (len > 0 && stream->out[0].len == 0 && stream->out[1].len == 0)
        stream->events->written(stream);
    return 0;
}

static ssize_t on_send(nghttp2_session *session, const uint8_t *data, size_t len, int flags, void *user)
{
    (void)session;
    (void)flags;
    gg_h2_client *client = user;
    if (gg_buf_append(gg_out_tail(&client->out), gg_str_of((const char *)data, len)) != GG_OK)
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    client->framed += len;
    return (ssize_t)len;
}

static int on_frame_send(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    gg_h2_client *client = user;
    gg_client_stream *stream = stream_of(session, frame->hd.stream_id);
    if (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA)
        gg_h2_guard_sent(&client->guard);
    if (stream == NULL)
        return 0;
    if (frame->hd.type == NGHTTP2_HEADERS)
        stream->framed_at = client->framed;
    if (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)
        stream->end_framed = true;
    return 0;
}

void gg_h2_client_set_callbacks(nghttp2_session_callbacks *callbacks)
{
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_recv);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data_chunk);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
    nghttp2_session_callbacks_set_send_callback(callbacks, on_send);
    nghttp2_session_callbacks_set_send_data_callback(callbacks, on_send_data);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_send);
}
