/* h1_in.c -- a request from bytes: llhttp finds the parts, this file judges and keeps them.
 *
 * llhttp (built in its strict mode, no lenient flag set) refuses Content-Length beside Transfer-Encoding, a
 * second Content-Length, a bare LF or CR, and spaces in names.  Added here, because a proxy before us could see
 * the message otherwise (request smuggling): exactly one Host in HTTP/1.1, no transfer coding but chunked,
 * none at all in HTTP/1.0, no control characters in values.
 * Left out: request trailers (read and dropped), chunk extensions, Upgrade (ignored), obsolete line folding
 * (llhttp joins the lines).
 * Spec: RFC 9112, 2.2, 3.2, 5.1, 6, 7.1. */
#include "http/h1.h"

#include "base/text.h"

static gg_h1 *h1_of(llhttp_t *parser)
{
    return parser->data;
}

/* What a callback returns: goes on, or stops the parser. */
static int go_on(const gg_h1 *h1)
{
    return h1->refusal != 0 || h1->state == GG_H1_CLOSED ? HPE_USER : HPE_OK;
}

static int refuse(gg_h1 *h1, int status)
{
    h1->refusal = status;
    return HPE_USER;
}

/* Makes *s longer by len bytes of at; most of the time in place. */
static bool extend(gg_h1 *h1, gg_str *s, const char *at, size_t len)
{
    h1->head_len += len;
    if (h1->head_len > h1->config->limits.header_bytes) {
        h1->refusal = 431;
        return false;
    }
    char *grown = s->len == 0 ? gg_arena_bytes(h1->x->arena, len)
                              : gg_arena_grow(h1->x->arena, (char *)(uintptr_t)s->ptr, s->len, s->len + len);
    if (grown == NULL) {
        h1->refusal = 503;
        return false;
    }
    memcpy(grown + s->len, at, len);
    s->ptr = grown;
    s->len += len;
    return true;
}

static int on_message_begin(llhttp_t *parser)
{
    gg_h1 *h1 = h1_of(parser);
    const gg_codec_config *config = h1->config;
    h1->state = GG_H1_HEAD;
    h1->field = (gg_header){ .name = { NULL, 0 } };
    h1->in_value = false;
    h1->blank_len = h1->head_len = h1->field_count = 0;
    h1->unconsumed = h1->dropped = 0;
    h1->expects_continue = h1->responding = h1->blocked = h1->is_head = h1->is_1_0 = false;
    gg_h1_set_due(h1, config->limits.header_ns);
    h1->x = gg_exchange_new(config->pool, config->sched, &config->limits, config->arena_limit);
    if (h1->x == NULL)
        return refuse(h1, 503);
    h1->x->source = h1;
    h1->x->ops = &gg_h1_exchange_ops;
    h1->x->peer = h1->peer;
    h1->x->scheme = config->tls != NULL ? GG_STR("https") : GG_STR("http");
    return HPE_OK;
}

static int on_url(llhttp_t *parser, const char *at, size_t len)
{
    gg_h1 *h1 = h1_of(parser);
    extend(h1, &h1->x->target, at, len);
    return go_on(h1);
}

/* Puts the field that was read into the list. */
static bool keep_field(gg_h1 *h1)
{
    gg_header field = h1->field;
    h1->field = (gg_header){ .name = { NULL, 0 } };
    h1->in_value = false;
    if (field.name.len == 0)
        return true;
    h1->head_len += GG_H1_LINE_LEN;
    if (++h1->field_count > h1->config->limits.header_count)
        h1->refusal = 431;
    else if (!gg_field_value_valid(field.value))
        h1->refusal = 400;
    else if (gg_headers_add(&h1->x->headers, h1->x->arena, field.name, gg_field_trim(field.value)) != GG_OK)
        h1->refusal = 503;
    return h1->refusal == 0;
}

static int on_header_field(llhttp_t *parser, const char *at, size_t len)
{
    gg_h1 *h1 = h1_of(parser);
    if (h1->state != GG_H1_HEAD)
        return HPE_OK; /* of a trailer */
    if (h1->in_value && !keep_field(h1))
        return HPE_USER;
    size_t from = h1->field.name.len;
    if (!extend(h1, &h1->field.name, at, len))
        return HPE_USER;
    unsigned char *name = (unsigned char *)(uintptr_t)h1->field.name.ptr;
    for (size_t i = from; i < from + len; i++) {
        name[i] = gg_field_lower[name[i]];
        if (name[i] == 0)
            return refuse(h1, 400);
    }
    return HPE_OK;
}

static int on_header_value(llhttp_t *parser, const char *at, size_t len)
{
    gg_h1 *h1 = h1_of(parser);
    if (h1->state != GG_H1_HEAD)
        return HPE_OK;
    h1->in_value = true;
    if (len > 0)
        extend(h1, &h1->field.value, at, len);
    return go_on(h1);
}

/* 0: the head is fine; else the status to refuse it with. */
static int judge_head(const gg_h1 *h1)
{
    const llhttp_t *parser = &h1->parser;
    const gg_headers *headers = &h1->x->headers;
    size_t hosts = 0;
    for (size_t i = 0; i < headers->count; i++)
        hosts += gg_str_eq(headers->items[i].name, GG_STR("host"));
    if (parser->http_major == 0)
        return 400; /* a request line without a version */
    if (parser->http_major != 1)
        return 505;
    if (hosts > 1 || (hosts == 0 && parser->http_minor > 0))
        return 400;
    if (parser->flags & F_TRANSFER_ENCODING) {
        if (parser->http_minor == 0)
            return 400;
        if (!gg_str_eq_nocase(gg_headers_get(headers, GG_STR("transfer-encoding")), GG_STR("chunked")))
            return 501;
    }
    return 0;
}

/* The exchange's own members, from what was collected. */
static void fill_in(gg_h1 *h1)
{
    const llhttp_t *parser = &h1->parser;
    gg_exchange *x = h1->x;
    bool chunked = (parser->flags & F_CHUNKED) != 0;
    h1->is_1_0 = parser->http_minor == 0;
    h1->is_head = parser->method == HTTP_HEAD;
    h1->keep_alive = llhttp_should_keep_alive(parser) != 0;
    x->version = h1->is_1_0 ? GG_HTTP_1_0 : GG_HTTP_1_1;
    x->method = gg_str_from(llhttp_method_name((llhttp_method_t)parser->method));
    x->authority = gg_headers_get(&x->headers, GG_STR("host"));
    gg_exchange_set_target(x, x->target);
    x->has_body = chunked || parser->content_length > 0;
    if (!chunked && (parser->flags & F_CONTENT_LENGTH))
        x->content_length = parser->content_length < SIZE_MAX ? (size_t)parser->content_length : SIZE_MAX - 1;
    h1->expects_continue = x->has_body && !h1->is_1_0 &&
        gg_str_eq_nocase(gg_headers_get(&x->headers, GG_STR("expect")), GG_STR("100-continue"));
}

static int on_headers_complete(llhttp_t *parser)
{
    gg_h1 *h1 = h1_of(parser);
    parser->upgrade = 0; /* an offer to upgrade is ignored, CONNECT is a method like any other */
    if (!keep_field(h1))
        return HPE_USER;
    int status = judge_head(h1);
    if (status != 0)
        return refuse(h1, status);
    fill_in(h1);
    h1->state = GG_H1_BODY;
    gg_h1_set_due(h1, h1->x->has_body ? h1->config->limits.body_ns : UINT64_MAX);
    h1->config->handler.request(h1->config->handler.user, h1->x);
    if (h1->expects_continue && h1->x != NULL && !h1->responding)
        gg_h1_send_continue(h1);
    return go_on(h1);
}

static int on_body(llhttp_t *parser, const char *at, size_t len)
{
    gg_h1 *h1 = h1_of(parser);
    h1->expects_continue = false;
    gg_h1_set_due(h1, h1->config->limits.body_ns);
    if (h1->x != NULL && gg_exchange_listens(h1->x)) {
        h1->unconsumed += len;
        gg_exchange_on_body(h1->x, gg_str_of(at, len));
    } else {
        h1->dropped += len;
        if (h1->dropped > GG_H1_DROP_LEN)
            h1->keep_alive = false;
        if (h1->dropped > GG_H1_DROP_LEN && h1->x == NULL)
            gg_h1_close(h1, true);
    }
    return go_on(h1);
}

static int on_message_complete(llhttp_t *parser)
{
    gg_h1 *h1 = h1_of(parser);
    h1->state = GG_H1_WHOLE;
    gg_h1_set_due(h1, UINT64_MAX);
    if (h1->x != NULL)
        gg_exchange_on_end(h1->x);
    if (h1->state == GG_H1_WHOLE && h1->x == NULL)
        gg_h1_next(h1);
    return h1->state == GG_H1_CLOSED ? HPE_USER : HPE_PAUSED; /* one request at a time */
}

const llhttp_settings_t gg_h1_callbacks = {
    .on_message_begin = on_message_begin,
    .on_url = on_url,
    .on_header_field = on_header_field,
    .on_header_value = on_header_value,
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

/* Counts the empty lines before a request, which llhttp passes over without an end; false: too many. */
static bool count_blank(gg_h1 *h1, gg_str bytes)
{
    for (size_t i = 0; i < bytes.len && (bytes.ptr[i] == '\r' || bytes.ptr[i] == '\n'); i++)
        if (++h1->blank_len > GG_H1_BLANK_LEN)
            return false;
    return true;
}

/* The rest of a first line that begins with no method.  If it ends as a request line does, it is answered; what is
 * no HTTP/1 (a wrong preface of HTTP/2, RFC 9113, 3.4) is closed without a word; binary bytes do not wait for the end
 * of a line.  False: the connection is CLOSED. */
static bool read_foreign(gg_h1 *h1, gg_str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        bool request = memcmp(h1->line_end, " HTTP/", 6) == 0 && h1->line_end[GG_H1_VERSION_LEN - 1] == '\r';
        if (c == '\n' && !request)
            gg_h1_close(h1, true);
        else if (c == '\n' || (c < ' ' && c != '\r' && c != '\t'))
            gg_h1_refuse(h1, 400);
        else if (++h1->head_len > h1->config->limits.header_bytes)
            gg_h1_refuse(h1, 431);
        if (h1->state == GG_H1_CLOSED)
            return false;
        memmove(h1->line_end, h1->line_end + 1, GG_H1_VERSION_LEN - 1);
        h1->line_end[GG_H1_VERSION_LEN - 1] = (char)c;
    }
    return true;
}

bool gg_h1_parse(gg_h1 *h1, gg_str bytes, size_t *used)
{
    if (h1->foreign) {
        *used = bytes.len;
        return read_foreign(h1, bytes);
    }
    if (h1->state == GG_H1_IDLE && !count_blank(h1, bytes)) {
        h1->is_head = h1->is_1_0 = false; /* of the request before */
        gg_h1_refuse(h1, 400);
        return false;
    }
    llhttp_resume(&h1->parser);
    llhttp_errno_t error = llhttp_execute(&h1->parser, bytes.ptr, bytes.len);
    *used = bytes.len;
    if (error == HPE_OK)
        return true;
    if (error == HPE_PAUSED) {
        *used = (size_t)(llhttp_get_error_pos(&h1->parser) - bytes.ptr);
        return true;
    }
    if (error == HPE_INVALID_METHOD && h1->state == GG_H1_HEAD && !h1->answered) {
        const char *at = llhttp_get_error_pos(&h1->parser);
        h1->foreign = true;
        return read_foreign(h1, gg_str_of(at, (size_t)(bytes.ptr + bytes.len - at)));
    }
    if (h1->state != GG_H1_CLOSED)
        gg_h1_refuse(h1, h1->refusal != 0 ? h1->refusal : 400);
    return false;
}
