/* calls.c -- the messages of a load, and calls from their headers to their grpc-status.
 *
 * A message is made once and sent by all calls.  Spec: gRPC PROTOCOL-HTTP2, protobuf's encoding. */
#include "load.h"

#include <stdlib.h>
#include <string.h>

enum { PREFIX_LEN = 5, VARINT_MAX = 10 };

/* -- messages -- */

static size_t put_varint(unsigned char *at, uint64_t value)
{
    size_t len = 0;
    for (; value > 0x7f; value >>= 7) /* at most 9 rounds */
        at[len++] = (unsigned char)(value | 0x80);
    at[len++] = (unsigned char)value;
    return len;
}

/* Field 1 and field 2 as proto3 has them: not there if zero. */
static message numbers(uint64_t first, uint64_t second)
{
    message m = { must(calloc(1, PREFIX_LEN + 2 * (1 + VARINT_MAX))), PREFIX_LEN };
    const uint64_t values[] = { first, second };
    for (unsigned i = 0; i < 2; i++)
        if (values[i] != 0) {
            m.bytes[m.len++] = (unsigned char)((i + 1) << 3); /* VARINT */
            m.len += put_varint(m.bytes + m.len, values[i]);
        }
    return m;
}

/* Field 1 is bytes. */
static message text(const char *body, size_t len)
{
    message m = { must(calloc(1, PREFIX_LEN + 1 + VARINT_MAX + len)), PREFIX_LEN };
    if (len == 0)
        return m;
    m.bytes[m.len++] = 1 << 3 | 2; /* LEN */
    m.len += put_varint(m.bytes + m.len, len);
    if (body != NULL)
        memcpy(m.bytes + m.len, body, len);
    m.len += len;
    return m;
}

static void set_prefix(message m)
{
    for (unsigned i = 1; i < PREFIX_LEN; i++)
        m.bytes[i] = (unsigned char)((m.len - PREFIX_LEN) >> (8 * (PREFIX_LEN - 1 - i)));
}

void make_messages(load *l)
{
    const kind *k = l->kind;
    bool ping = strcmp(k->name, "ping") == 0;
    l->request = ping                                  ? text(NULL, 0)
        : !k->streams_requests && k->streams_responses ? numbers(l->count, l->len)
                                                       : text(NULL, l->len);
    l->response = ping                                 ? text("Pong", 4)
        : k->streams_requests && !k->streams_responses ? numbers(l->count, l->count * l->len)
                                                       : text(NULL, l->len);
    set_prefix(l->request);
    set_prefix(l->response);
    l->request_count = k->streams_requests ? l->count : 1;
    l->response_count = k->streams_responses ? l->count : 1;
}

/* -- calls -- */

static ssize_t read_request(nghttp2_session *session, int32_t stream_id, uint8_t *buf, size_t len, uint32_t *flags,
    nghttp2_data_source *source, void *user)
{
    (void)session, (void)stream_id;
    call *c = source->ptr;
    load *l = ((conn *)user)->load;
    bool waits = l->kind->streams_requests && l->kind->streams_responses;
    size_t filled = 0;
    while (filled < len && c->requests < l->request_count && !(waits && c->requests > c->responses)) {
        size_t n = l->request.len - c->request_at < len - filled ? l->request.len - c->request_at : len - filled;
        memcpy(buf + filled, l->request.bytes + c->request_at, n);
        filled += n;
        c->request_at += n;
        if (c->request_at == l->request.len) {
            c->request_at = 0;
            c->requests++;
        }
    }
    if (c->requests == l->request_count)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    c->deferred = filled == 0 && c->requests < l->request_count;
    return c->deferred ? NGHTTP2_ERR_DEFERRED : (ssize_t)filled;
}

#define NV(name, value) \
    { \
        (uint8_t *)(name), (uint8_t *)(value), strlen(name), strlen(value), NGHTTP2_NV_FLAG_NONE \
    }

void call_start(conn *on, uint64_t due_ns)
{
    load *l = on->load;
    call *c = l->spare != NULL ? l->spare : must(malloc(sizeof *c));
    l->spare = c == l->spare ? c->next : l->spare;
    *c = (call){ .conn = on, .due_ns = due_ns };
    nghttp2_nv headers[] = { NV(":method", "POST"), NV(":scheme", "http"), NV(":path", l->kind->path),
        NV(":authority", l->authority), NV("content-type", "application/grpc"), NV("te", "trailers"),
        NV("user-agent", "grpc-load") };
    nghttp2_data_provider body = { .source.ptr = c, .read_callback = read_request };
    c->stream_id = nghttp2_submit_request(on->session, NULL, headers, sizeof headers / sizeof headers[0], &body, c);
    if (c->stream_id < 0)
        fail("%s", nghttp2_strerror(c->stream_id));
    l->started++;
    l->open++;
}

bool may_start(const load *l, uint64_t now)
{
    return l->calls > 0 ? l->started < l->calls : now < l->end_ns;
}

static void call_end(call *c)
{
    load *l = c->conn->load;
    uint64_t now = now_ns();
    times_add(&l->took, now - c->due_ns);
    l->ended++;
    l->open--;
    l->fresh -= !c->conn->answered;
    c->conn->answered = true;
    c->next = l->spare;
    l->spare = c;
    if (l->rate == 0 && !l->holds && may_start(l, now))
        call_start(c->conn, now);
}

/* -- what comes -- */

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_len,
    const uint8_t *value, size_t value_len, uint8_t flags, void *user)
{
    (void)flags, (void)user;
    call *c = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    if (c == NULL || name_len != strlen("grpc-status") || memcmp(name, "grpc-status", name_len) != 0)
        return 0;
    c->ok = value_len == 1 && *value == '0';
    if (!c->ok)
        fail("grpc-status %.*s", (int)value_len, (const char *)value);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream_id, const uint8_t *data, size_t len,
    void *user)
{
    (void)flags;
    load *l = ((conn *)user)->load;
    call *c = nghttp2_session_get_stream_user_data(session, stream_id);
    while (c != NULL && len > 0) { /* each round compares a byte or more */
        size_t n = l->response.len - c->response_at < len ? l->response.len - c->response_at : len;
        if (memcmp(data, l->response.bytes + c->response_at, n) != 0)
            fail("an answer is wrong");
        data += n;
        len -= n;
        c->response_at += n;
        if (c->response_at == l->response.len) {
            c->response_at = 0;
            c->responses++;
        }
    }
    if (c != NULL && c->deferred) {
        c->deferred = false;
        nghttp2_session_resume_data(session, stream_id);
    }
    return 0;
}

static int on_close(nghttp2_session *session, int32_t stream_id, uint32_t error_code, void *user)
{
    load *l = ((conn *)user)->load;
    call *c = nghttp2_session_get_stream_user_data(session, stream_id);
    if (error_code != NGHTTP2_NO_ERROR)
        fail("a call was reset: %s", nghttp2_http2_strerror(error_code));
    if (!c->ok || c->responses != l->response_count || c->response_at > 0)
        fail("a call ended after %zu messages and %zu bytes, grpc-status 0 %s", c->responses, c->response_at,
            c->ok ? "seen" : "not seen");
    call_end(c);
    return 0;
}

nghttp2_session_callbacks *make_callbacks(void)
{
    nghttp2_session_callbacks *callbacks;
    if (nghttp2_session_callbacks_new(&callbacks) != 0)
        fail("out of memory");
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    return callbacks;
}
