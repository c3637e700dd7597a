/* h2_peer.c -- nghttp2's callbacks, and what it said. */
#include "h2_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

h2_peer_stream *h2_peer_stream_of(h2_peer *c, int32_t id)
{
    return &c->streams[(size_t)id / 2 % STREAMS_MAX];
}

static void add_field(char *text, gg_str name, gg_str value)
{
    size_t len = strlen(text);
    snprintf(text + len, TEXT_LEN - len, " %.*s=%.*s", GG_STR_ARG(name), GG_STR_ARG(value));
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_len,
    const uint8_t *value, size_t value_len, uint8_t flags, void *user)
{
    (void)session;
    (void)flags;
    h2_peer_stream *stream = h2_peer_stream_of(user, frame->hd.stream_id);
    gg_str n = gg_str_of((const char *)name, name_len), v = gg_str_of((const char *)value, value_len);
    if (gg_str_eq(n, GG_STR(":status")))
        memcpy(stream->status, value, 3);
    else if (!gg_str_eq(n, GG_STR("date")))
        add_field(frame->headers.cat == NGHTTP2_HCAT_RESPONSE ? stream->fields : stream->trailers, n, v);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data, size_t len, void *user)
{
    (void)session;
    (void)flags;
    h2_peer_stream *stream = h2_peer_stream_of(user, id);
    for (size_t i = 0; i < len; i++, stream->body_len++) {
        if (stream->body_len < TEXT_LEN - 1)
            stream->body[stream->body_len] = (char)data[i];
        if (stream->body_len >= TEXT_LEN) /* of /big and /stream */
            assert_int_equal(data[i], 'a' + stream->body_len % 26);
    }
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    (void)session;
    h2_peer *c = user;
    h2_peer_stream *stream = h2_peer_stream_of(c, frame->hd.stream_id);
    if (frame->hd.type == NGHTTP2_RST_STREAM)
        stream->reset = (int)frame->rst_stream.error_code;
    if (frame->hd.type == NGHTTP2_PING && !(frame->hd.flags & NGHTTP2_FLAG_ACK))
        c->pings++;
    if (frame->hd.type == NGHTTP2_GOAWAY) {
        c->goaways++;
        c->goaway_error = frame->goaway.error_code;
        c->last_stream = frame->goaway.last_stream_id;
    }
    bool may_end = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (may_end && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) {
        stream->ended = true;
        size_t len = strlen(c->order);
        snprintf(c->order + len, sizeof c->order - len, "%d.", (int)frame->hd.stream_id);
    }
    return 0;
}

void h2_peer_open(h2_peer *c, uint32_t window)
{
    c->out_len = c->pings = c->goaways = c->goaway_error = 0;
    c->last_stream = 0;
    c->order[0] = '\0';
    nghttp2_session_callbacks *callbacks = NULL;
    nghttp2_option *option = NULL;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_option_new(&option);
    nghttp2_option_set_no_auto_ping_ack(option, 1);
    nghttp2_option_set_no_auto_window_update(option, window != 0);
    nghttp2_session_client_new2(&c->session, callbacks, c, option);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_option_del(option);
    nghttp2_settings_entry settings[] = { { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window != 0 ? window : 65535 } };
    nghttp2_submit_settings(c->session, NGHTTP2_FLAG_NONE, settings, 1);
}

void h2_peer_close(h2_peer *c)
{
    nghttp2_session_del(c->session);
    c->session = NULL;
}

static ssize_t read_upload(nghttp2_session *session, int32_t id, uint8_t *buf, size_t len, uint32_t *flags,
    nghttp2_data_source *source, void *user)
{
    (void)session;
    (void)source;
    h2_peer_stream *stream = h2_peer_stream_of(user, id);
    size_t n = stream->upload.len < len ? stream->upload.len : len;
    if (n == 0 && stream->upload_rests)
        return NGHTTP2_ERR_DEFERRED;
    if (n > 0)
        memcpy(buf, stream->upload.ptr, n);
    stream->upload.ptr += n;
    stream->upload.len -= n;
    if (stream->upload.len == 0 && !stream->upload_rests)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)n;
}

static nghttp2_nv nv(gg_str name, gg_str value)
{
    return (nghttp2_nv){ (uint8_t *)(uintptr_t)name.ptr, (uint8_t *)(uintptr_t)value.ptr, name.len, value.len, 0 };
}

int32_t h2_peer_request(h2_peer *c, const char *method, const char *path, gg_header more, gg_str upload, bool rests)
{
    nghttp2_nv nva[5] = { nv(GG_STR(":method"), gg_str_from(method)), nv(GG_STR(":path"), gg_str_from(path)),
        nv(GG_STR(":scheme"), GG_STR("http")), nv(GG_STR(":authority"), GG_STR("a")), nv(more.name, more.value) };
    nghttp2_data_provider provider = { .read_callback = read_upload };
    bool has_body = upload.len > 0 || rests;
    int32_t id =
        nghttp2_submit_request(c->session, NULL, nva, more.name.len > 0 ? 5 : 4, has_body ? &provider : NULL, NULL);
    assert_true(id > 0);
    *h2_peer_stream_of(c, id) = (h2_peer_stream){ .upload = upload, .upload_rests = rests, .reset = -1 };
    return id;
}

void h2_peer_hear(fake_front *front, h2_peer *c)
{
    if (front->sent_len > 0)
        nghttp2_session_mem_recv(c->session, (const uint8_t *)front->sent, front->sent_len);
    front->sent_len = 0;
}

void h2_peer_talk(fake_front *front, h2_peer *c, size_t piece)
{
    fake_front_run(front);
    for (bool more = true; more;) {
        more = front->sent_len > 0;
        h2_peer_hear(front, c);
        const uint8_t *data = NULL;
        for (ssize_t len; (len = nghttp2_session_mem_send(c->session, &data)) > 0;) {
            assert_true(c->out_len + (size_t)len <= sizeof c->out);
            memcpy(c->out + c->out_len, data, (size_t)len);
            c->out_len += (size_t)len;
        }
        more = more || c->out_len > 0;
        for (size_t at = 0; at < c->out_len; at += piece) {
            size_t left = c->out_len - at;
            fake_front_feed(front, gg_str_of(c->out + at, left < piece ? left : piece));
        }
        c->out_len = 0;
    }
}

void h2_peer_acknowledge(h2_peer *c, uint32_t first_word)
{
    uint8_t data[8] = { (uint8_t)(first_word >> 24), (uint8_t)(first_word >> 16), (uint8_t)(first_word >> 8),
        (uint8_t)first_word };
    nghttp2_submit_ping(c->session, NGHTTP2_FLAG_ACK, data);
}
