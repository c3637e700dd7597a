/* reply.c -- llhttp finds the parts of a reply, this file keeps those that matter.
 *
 * A body of declared length goes to its place at once; another one grows there.  An interim reply (1xx) is passed
 * over. */
#include "lambda/reply.h"

#include "base/text.h"

enum { BODY_FIRST = 4096 /* bytes reserved for a body of unknown length */ };

#define PREFIX "lambda-runtime-"

static const gg_str field_names[GG_REPLY_FIELDS] = {
    [GG_REPLY_REQUEST_ID] = GG_STR_INIT(PREFIX "aws-request-id"),
    [GG_REPLY_DEADLINE_MS] = GG_STR_INIT(PREFIX "deadline-ms"),
    [GG_REPLY_FUNCTION_ARN] = GG_STR_INIT(PREFIX "invoked-function-arn"),
    [GG_REPLY_TRACE_ID] = GG_STR_INIT(PREFIX "trace-id"),
    [GG_REPLY_CLIENT_CONTEXT] = GG_STR_INIT(PREFIX "client-context"),
    [GG_REPLY_COGNITO_IDENTITY] = GG_STR_INIT(PREFIX "cognito-identity"),
    [GG_REPLY_TENANT_ID] = GG_STR_INIT(PREFIX "aws-tenant-id"),
    [GG_REPLY_INVOCATION_ID] = GG_STR_INIT(PREFIX "invocation-id"),
};

gg_str gg_reply_field_name(gg_reply_field field)
{
    return field_names[field];
}

/* -- llhttp's callbacks -- */

static gg_reply *reply_of(llhttp_t *parser)
{
    return parser->data;
}

static int fail(gg_reply *reply, gg_rc rc)
{
    reply->failure = rc;
    return HPE_USER;
}

/* Counts bytes of the header block. */
static bool in_head(gg_reply *reply, size_t len)
{
    reply->head_len += len;
    return reply->head_len <= GG_REPLY_HEAD_LEN;
}

static int on_status(llhttp_t *parser, const char *at, size_t len)
{
    (void)at;
    gg_reply *reply = reply_of(parser);
    return in_head(reply, len) ? HPE_OK : fail(reply, GG_ETOOBIG);
}

static int on_header_field(llhttp_t *parser, const char *at, size_t len)
{
    gg_reply *reply = reply_of(parser);
    if (!in_head(reply, len))
        return fail(reply, GG_ETOOBIG);
    if (reply->name_len + len <= sizeof reply->name)
        memcpy(reply->name + reply->name_len, at, len);
    reply->name_len += len;
    return HPE_OK;
}

static int on_header_field_complete(llhttp_t *parser)
{
    gg_reply *reply = reply_of(parser);
    gg_str name = gg_str_of(reply->name, reply->name_len);
    reply->field = -1;
    reply->name_len = 0;
    if (name.len > sizeof reply->name || !gg_str_starts_nocase(name, GG_STR(PREFIX)))
        return HPE_OK;
    for (int i = 0; i < GG_REPLY_FIELDS; i++)
        if (gg_str_eq_nocase(name, field_names[i])) {
            reply->field = i;
            reply->fields[i].len = 0; /* of two, the last one counts */
        }
    return HPE_OK;
}

static int on_header_value(llhttp_t *parser, const char *at, size_t len)
{
    gg_reply *reply = reply_of(parser);
    if (!in_head(reply, len))
        return fail(reply, GG_ETOOBIG);
    if (reply->field < 0 || len == 0)
        return HPE_OK;
    gg_str *value = &reply->fields[reply->field];
    char *text = value->len == 0
        ? gg_arena_bytes(reply->arena, len)
        : gg_arena_grow(reply->arena, (char *)(uintptr_t)value->ptr, value->len, value->len + len);
    if (text == NULL)
        return fail(reply, GG_ENOMEM);
    memcpy(text + value->len, at, len);
    *value = gg_str_of(text, value->len + len);
    return HPE_OK;
}

static bool is_interim(const llhttp_t *parser)
{
    return parser->status_code < 200;
}

static int on_headers_complete(llhttp_t *parser)
{
    gg_reply *reply = reply_of(parser);
    reply->field = -1;
    parser->upgrade = 0;
    if (is_interim(parser))
        return HPE_OK;
    reply->status = parser->status_code;
    size_t cap = 0;
    if (parser->flags & F_CONTENT_LENGTH) {
        if (parser->content_length > GG_REPLY_BODY_LEN)
            return fail(reply, GG_ETOOBIG);
        cap = (size_t)parser->content_length;
    }
    char *body = gg_arena_bytes(reply->arena, cap);
    if (body == NULL)
        return fail(reply, GG_ENOMEM);
    reply->body = gg_str_of(body, 0);
    reply->body_cap = cap;
    return HPE_OK;
}

static int on_body(llhttp_t *parser, const char *at, size_t len)
{
    gg_reply *reply = reply_of(parser);
    gg_str *body = &reply->body;
    if (len > GG_REPLY_BODY_LEN - body->len)
        return fail(reply, GG_ETOOBIG);
    if (len > reply->body_cap - body->len) {
        size_t need = body->len + len, cap = need > 2 * reply->body_cap ? need + BODY_FIRST : 2 * reply->body_cap;
        char *grown = gg_arena_grow(reply->arena, (char *)(uintptr_t)body->ptr, reply->body_cap, cap);
        if (grown == NULL)
            return fail(reply, GG_ENOMEM);
        body->ptr = grown;
        reply->body_cap = cap;
    }
    memcpy((char *)(uintptr_t)body->ptr + body->len, at, len);
    body->len += len;
    return HPE_OK;
}

static int on_message_complete(llhttp_t *parser)
{
    gg_reply *reply = reply_of(parser);
    if (is_interim(parser))
        return HPE_OK;
    reply->whole = true;
    reply->keep_alive = llhttp_should_keep_alive(parser) != 0;
    return HPE_PAUSED;
}

static const llhttp_settings_t callbacks = {
    .on_status = on_status,
    .on_header_field = on_header_field,
    .on_header_field_complete = on_header_field_complete,
    .on_header_value = on_header_value,
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

/* -- from outside -- */

void gg_reply_init(gg_reply *reply, gg_arena *arena)
{
    *reply = (gg_reply){ .arena = arena, .field = -1 };
    llhttp_init(&reply->parser, HTTP_RESPONSE, &callbacks);
    reply->parser.data = reply;
}

gg_rc gg_reply_receive(gg_reply *reply, gg_str bytes)
{
    if (bytes.len == 0)
        return reply->whole ? GG_OK : GG_NEED_MORE;
    if (reply->whole)
        return GG_EPROTO;
    reply->begun = true;
    llhttp_errno_t error = llhttp_execute(&reply->parser, bytes.ptr, bytes.len);
    if (error == HPE_OK)
        return GG_NEED_MORE;
    if (error == HPE_PAUSED && reply->whole)
        return llhttp_get_error_pos(&reply->parser) == bytes.ptr + bytes.len ? GG_OK : GG_EPROTO;
    return reply->failure != GG_OK ? reply->failure : GG_EPROTO;
}

gg_rc gg_reply_eof(gg_reply *reply)
{
    if (!reply->begun || reply->whole)
        return GG_EPROTO;
    llhttp_errno_t error = llhttp_finish(&reply->parser);
    return (error == HPE_OK || error == HPE_PAUSED) && reply->whole ? GG_OK : GG_EPROTO;
}
