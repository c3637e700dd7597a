/* h1_out.c -- a response to bytes: the table of functions of an HTTP/1.x exchange.
 *
 *   length declared         Content-Length
 *   not declared, 1.1       Transfer-Encoding: chunked, trailers after the last chunk
 *   not declared, 1.0       until the connection closes
 *   HEAD, 1xx, 204, 304     the head that a body would have had, and no body
 *
 * Names are written in the usual capitals ("Content-Type"), for the eye and for peers that compare them so.
 * Spec: RFC 9112, 6, 7.1, 9.6; RFC 9110, 6.6.1 (Date), 10.1.1 (100-continue). */
#include "http/h1.h"

#include "base/text.h"

#include <assert.h>

enum {
    HEAD_ROOM = 256, /* status line and the fields written here */
    CHUNK_ROOM = 24  /* hexadecimal length, CRLF, and the CRLF after the data */
};

static gg_h1 *h1_of(const gg_exchange *x)
{
    return x->source;
}

static void wake(gg_h1 *h1)
{
    gg_sched_post(h1->config->sched, h1->wake);
}

static char *put(char *p, gg_str s)
{
    memcpy(p, s.ptr, s.len);
    return p + s.len;
}

static char *put_field(char *p, gg_str name, gg_str value)
{
    bool capital = true;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        *p++ = capital && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        capital = c == '-';
    }
    p = put(p, GG_STR(": "));
    if (value.len > 0)
        p = put(p, value);
    return put(p, GG_STR("\r\n"));
}

static char *put_fields(char *p, const gg_headers *headers)
{
    for (size_t i = 0; headers != NULL && i < headers->count; i++)
        if (gg_field_sendable(&headers->items[i]))
            p = put_field(p, headers->items[i].name, headers->items[i].value);
    return p;
}

static size_t fields_len(const gg_headers *headers)
{
    size_t len = 0;
    for (size_t i = 0; headers != NULL && i < headers->count; i++)
        len += headers->items[i].name.len + headers->items[i].value.len + GG_H1_LINE_LEN;
    return len;
}

/* Whether the peer may go on with another request after this response.  What it has yet to send of this
 * one is read and dropped only up to GG_H1_DROP_LEN; and one that waits for 100 Continue may skip its body
 * or not. */
static bool may_keep_alive(const gg_h1 *h1)
{
    bool long_upload =
        h1->state == GG_H1_BODY && (h1->parser.flags & F_CHUNKED) == 0 && h1->parser.content_length > GG_H1_DROP_LEN;
    return h1->keep_alive && !h1->draining && !long_upload && !h1->expects_continue;
}

static char *put_framing(gg_h1 *h1, char *p, bool has_length, size_t length, bool no_length_at_all)
{
    if (!no_length_at_all && has_length) {
        char digits[GG_I64_TEXT_LEN];
        p = put_field(p, GG_STR("content-length"), gg_str_of(digits, gg_u64_print(digits, length)));
    } else if (!no_length_at_all && h1->chunked) {
        p = put(p, GG_STR("Transfer-Encoding: chunked\r\n"));
    }
    if (!h1->keep_alive)
        p = put(p, GG_STR("Connection: close\r\n"));
    else if (h1->is_1_0)
        p = put(p, GG_STR("Connection: keep-alive\r\n"));
    return p;
}

static gg_rc write_head(gg_h1 *h1, int status, const gg_headers *headers, const size_t *content_length)
{
    gg_buf *out = gg_out_tail(&h1->out);
    char *start = gg_buf_reserve(out, HEAD_ROOM + fields_len(headers));
    if (start == NULL)
        return GG_ENOMEM;
    bool no_length_at_all = gg_http_has_no_body(status);
    h1->bodyless = no_length_at_all || h1->is_head;
    h1->chunked = content_length == NULL && !h1->is_1_0;
    h1->keep_alive = may_keep_alive(h1) && (content_length != NULL || h1->chunked || h1->bodyless);
    h1->left = content_length != NULL ? *content_length : SIZE_MAX;
    h1->responding = true;

    char *p = put(start, GG_STR("HTTP/1.1 "));
    *p++ = (char)('0' + status / 100 % 10);
    *p++ = (char)('0' + status / 10 % 10);
    *p++ = (char)('0' + status % 10);
    *p++ = ' ';
    p = put(p, gg_http_reason(status));
    p = put(p, GG_STR("\r\n"));
    p = put_fields(p, headers);
    p = put_field(p, GG_STR("date"), gg_date_now(&h1->date, h1->config->sched->now_ns));
    p = put_framing(h1, p, content_length != NULL, h1->left, no_length_at_all);
    p = put(p, GG_STR("\r\n"));
    gg_buf_added(out, (size_t)(p - start));
    wake(h1);
    return GG_OK;
}

static gg_rc op_start(gg_exchange *x, int status, const gg_headers *headers, const size_t *content_length)
{
    assert(status >= 200 && status <= 999);
    return write_head(h1_of(x), status, headers, content_length);
}

static size_t hex_print(char *out, size_t value)
{
    size_t len = 1;
    for (size_t rest = value; rest > 15; rest >>= 4)
        len++;
    for (size_t i = len; i-- > 0; value >>= 4)
        out[i] = "0123456789abcdef"[value & 15];
    return len;
}

/* Appends one piece of the body; false when memory is out. */
static bool put_body(gg_h1 *h1, gg_str bytes)
{
    gg_buf *out = gg_out_tail(&h1->out);
    if (!h1->chunked)
        return gg_buf_append(out, bytes) == GG_OK;
    char *start = gg_buf_reserve(out, bytes.len + CHUNK_ROOM);
    if (start == NULL)
        return false;
    char *p = start + hex_print(start, bytes.len);
    p = put(p, GG_STR("\r\n"));
    p = put(p, bytes);
    p = put(p, GG_STR("\r\n"));
    gg_buf_added(out, (size_t)(p - start));
    return true;
}

static size_t op_write(gg_exchange *x, gg_str bytes)
{
    gg_h1 *h1 = h1_of(x);
    if (h1->bodyless || h1->state == GG_H1_CLOSED)
        return bytes.len;
    size_t waiting = gg_out_len(&h1->out), mark = h1->config->limits.high_water;
    size_t taken = waiting < mark ? mark - waiting : 0;
    if (taken > bytes.len)
        taken = bytes.len;
    h1->blocked = taken < bytes.len;
    if (taken == 0)
        return 0;
    size_t body = taken < h1->left ? taken : h1->left; /* never more than was declared */
    if (body > 0 && !put_body(h1, gg_str_of(bytes.ptr, body))) {
        gg_h1_stop(h1, true);
        return bytes.len;
    }
    if (h1->left != SIZE_MAX)
        h1->left -= body;
    wake(h1);
    return taken;
}

static bool put_last_chunk(gg_h1 *h1, const gg_headers *trailers)
{
    gg_buf *out = gg_out_tail(&h1->out);
    char *start = gg_buf_reserve(out, CHUNK_ROOM + fields_len(trailers));
    if (start == NULL)
        return false;
    char *p = put(start, GG_STR("0\r\n"));
    p = put_fields(p, trailers);
    p = put(p, GG_STR("\r\n"));
    gg_buf_added(out, (size_t)(p - start));
    return true;
}

static void op_end(gg_exchange *x, const gg_headers *trailers)
{
    gg_h1 *h1 = h1_of(x);
    bool cut_short = !h1->bodyless && h1->left != SIZE_MAX && h1->left > 0;
    if (h1->chunked && !h1->bodyless && h1->state != GG_H1_CLOSED && !put_last_chunk(h1, trailers))
        cut_short = true;
    bool body_to_come = h1->state == GG_H1_BODY && x->has_body;
    wake(h1);
    h1->x = NULL;
    gg_exchange_detach(x);
    if (h1->state == GG_H1_CLOSED)
        return;
    if (cut_short || (body_to_come && !h1->keep_alive))
        gg_h1_stop(h1, body_to_come);
    else if (h1->state == GG_H1_WHOLE)
        gg_h1_next(h1);
}

static void op_consume(gg_exchange *x, size_t len)
{
    gg_h1 *h1 = h1_of(x);
    assert(len <= h1->unconsumed);
    h1->unconsumed -= len;
    wake(h1); /* reading may go on */
}

static void op_reset(gg_exchange *x, uint32_t h2_error)
{
    (void)h2_error;
    gg_h1_close(h1_of(x), false); /* x is ended: its front hears nothing */
}

const gg_exchange_ops gg_h1_exchange_ops = {
    .start = op_start,
    .write = op_write,
    .end = op_end,
    .consume = op_consume,
    .reset = op_reset,
};

void gg_h1_send_continue(gg_h1 *h1)
{
    h1->expects_continue = false;
    if (gg_buf_append(gg_out_tail(&h1->out), GG_STR("HTTP/1.1 100 Continue\r\n\r\n")) != GG_OK)
        gg_h1_close(h1, false);
    wake(h1);
}

void gg_h1_refuse(gg_h1 *h1, int status)
{
    bool can_answer = !h1->responding;
    gg_h1_close(h1, true);
    if (!can_answer)
        return;
    gg_str type, body;
    gg_codec_error_body(h1->config, status, &type, &body);
    gg_header item = { GG_STR_INIT("content-type"), type };
    gg_headers headers = { .items = &item, .count = 1, .cap = 1 };
    h1->keep_alive = false;
    if (write_head(h1, status, &headers, &body.len) == GG_OK && !h1->bodyless)
        gg_buf_append(gg_out_tail(&h1->out), body);
}
