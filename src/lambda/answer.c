/* answer.c -- a front's response to the JSON that the event's origin wants back.
 *
 *   payload 1.0, REST API        {"statusCode":200,"multiValueHeaders":{"a":["1","2"]},"isBase64Encoded":false,"body":"..."}
 *   payload 2.0, function URL    {"statusCode":200,"headers":{"a":"1, 2"},"cookies":["k=v"],"isBase64Encoded":false,"body":"..."}
 *
 * A body goes as text if its type says that it is text, it is not compressed, and it is UTF-8; else as base64.
 * (A REST API passes base64 on as it is unless its binary media types say otherwise.)
 * Left out: multiValueHeaders beside headers (an origin would send both); response streaming.
 * Spec: AWS, "Set up Lambda proxy integrations", "Working with AWS Lambda proxy integrations for HTTP APIs". */
#include "base/text.h"
#include "http/field.h"
#include "lambda/event.h"

enum { ENVELOPE_LEN = 256 /* expected beside the body */, BODY_LEN = 1024 /* collected at first */ };

/* -- which bodies are text -- */

static bool ends_nocase(gg_str s, gg_str end)
{
    return s.len >= end.len && gg_str_eq_nocase(gg_str_of(s.ptr + s.len - end.len, end.len), end);
}

static bool is_text_type(gg_str type)
{
    static const gg_str text[] = { GG_STR_INIT("application/json"), GG_STR_INIT("application/xml"),
        GG_STR_INIT("application/javascript"), GG_STR_INIT("application/yaml"),
        GG_STR_INIT("application/x-www-form-urlencoded") };
    static const gg_str suffixes[] = { GG_STR_INIT("+json"), GG_STR_INIT("+xml"), GG_STR_INIT("+yaml") };
    const char *semicolon = type.len > 0 ? memchr(type.ptr, ';', type.len) : NULL;
    if (semicolon != NULL)
        type.len = (size_t)(semicolon - type.ptr);
    type = gg_field_trim(type);
    if (gg_str_starts_nocase(type, GG_STR("text/")) || gg_str_starts_nocase(type, GG_STR("application/grpc-web-text")))
        return true;
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        if (gg_str_eq_nocase(type, text[i]))
            return true;
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (ends_nocase(type, suffixes[i]))
            return true;
    return false;
}

static bool is_text(const gg_headers *headers)
{
    gg_str coding = gg_headers_get(headers, GG_STR("content-encoding"));
    return (coding.len == 0 || gg_str_eq_nocase(coding, GG_STR("identity"))) &&
        is_text_type(gg_headers_get(headers, GG_STR("content-type")));
}

/* -- the head -- */

static bool is_2_0(gg_event_kind kind)
{
    return kind == GG_EVENT_HTTP_API_2 || kind == GG_EVENT_FUNCTION_URL;
}

/* The fields that may be sent, as views. */
static gg_rc keep_sendable(gg_headers *fields, const gg_headers *headers, gg_arena *arena)
{
    for (size_t i = 0; i < headers->count; i++)
        if (gg_field_sendable(&headers->items[i]) &&
            gg_headers_add(fields, arena, headers->items[i].name, headers->items[i].value) != GG_OK)
            return GG_ENOMEM;
    return GG_OK;
}

static bool same_name(const gg_headers *fields, size_t a, size_t b)
{
    return gg_str_eq(fields->items[a].name, fields->items[b].name);
}

/* Whether a field of that name stands before it. */
static bool is_repeat(const gg_headers *fields, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (same_name(fields, i, at))
            return true;
    return false;
}

/* ["1","2"]: the field at `first` and those after it with its name. */
static void write_values(gg_json_writer *json, const gg_headers *fields, size_t first)
{
    gg_json_put(json, '[');
    for (size_t i = first; i < fields->count; i++) {
        if (!same_name(fields, i, first))
            continue;
        if (i > first)
            gg_json_put(json, ',');
        gg_json_write_string(json, fields->items[i].value);
    }
    gg_json_put(json, ']');
}

/* "1, 2": the same as one value (RFC 9110, 5.3). */
static void write_joined(gg_json_writer *json, const gg_headers *fields, size_t first)
{
    size_t len = 0, values = 0;
    for (size_t i = first; i < fields->count; i++)
        if (same_name(fields, i, first)) {
            len += fields->items[i].value.len + 2;
            values++;
        }
    if (values == 1) {
        gg_json_write_string(json, fields->items[first].value);
        return;
    }
    char *text = gg_arena_bytes(json->arena, len), *to = text;
    if (text == NULL) {
        json->failed = true;
        return;
    }
    for (size_t i = first; i < fields->count; i++) {
        gg_str value = fields->items[i].value;
        if (!same_name(fields, i, first))
            continue;
        if (value.len > 0)
            memcpy(to, value.ptr, value.len);
        memcpy(to + value.len, ", ", 2);
        to += value.len + 2;
    }
    gg_json_write_string(json, gg_str_of(text, len - 2));
}

/* "multiValueHeaders":{...}, or "headers":{...},"cookies":[...] */
static void write_fields(gg_json_writer *json, const gg_headers *fields, bool joined)
{
    static const gg_str set_cookie = GG_STR_INIT("set-cookie");
    size_t cookie = SIZE_MAX, written = 0;
    gg_json_write_raw(json, joined ? GG_STR(",\"headers\":{") : GG_STR(",\"multiValueHeaders\":{"));
    for (size_t i = 0; i < fields->count; i++) {
        if (is_repeat(fields, i))
            continue;
        if (joined && gg_str_eq(fields->items[i].name, set_cookie)) {
            cookie = i;
            continue;
        }
        if (written++ > 0)
            gg_json_put(json, ',');
        gg_json_write_string(json, fields->items[i].name);
        gg_json_put(json, ':');
        (joined ? write_joined : write_values)(json, fields, i);
    }
    gg_json_put(json, '}');
    if (cookie == SIZE_MAX)
        return;
    gg_json_write_raw(json, GG_STR(",\"cookies\":"));
    write_values(json, fields, cookie);
}

static void write_head(gg_answer *answer, int status, const gg_headers *headers)
{
    gg_headers fields = { 0 };
    gg_json_writer *json = &answer->json;
    if (headers != NULL && keep_sendable(&fields, headers, json->arena) != GG_OK)
        json->failed = true;
    answer->text = is_text(&fields);
    gg_json_write_raw(json, GG_STR("{\"statusCode\":"));
    gg_json_write_i64(json, status);
    write_fields(json, &fields, is_2_0(answer->kind));
}

void gg_answer_start(gg_answer *answer, gg_event_kind kind, gg_str method, gg_arena *arena, int status,
    const gg_headers *headers, const size_t *content_length)
{
    *answer = (gg_answer){ .kind = kind,
        .no_body = gg_http_has_no_body(status) || gg_str_eq(method, GG_STR("HEAD")),
        .length = content_length != NULL ? *content_length : SIZE_MAX };
    answer->too_large = !answer->no_body && content_length != NULL && *content_length > GG_ANSWER_LEN_MAX;
    size_t body_len = answer->no_body || answer->too_large || content_length == NULL ? 0 : *content_length;
    gg_json_writer_init(&answer->body, arena, 0);
    gg_json_writer_init(&answer->json, arena, ENVELOPE_LEN + body_len + body_len / 4);
    write_head(answer, status, headers);
}

/* -- the body, and the end -- */

static void write_body(gg_answer *answer, gg_str body)
{
    gg_json_writer *json = &answer->json;
    bool text = body.len == 0 || (answer->text && gg_utf8_valid(body));
    gg_json_write_raw(json,
        text ? GG_STR(",\"isBase64Encoded\":false,\"body\":") : GG_STR(",\"isBase64Encoded\":true,\"body\":"));
    (text ? gg_json_write_string : gg_json_write_base64)(json, body.len > 0 ? body : GG_STR(""));
    gg_json_put(json, '}');
    answer->complete = true;
}

void gg_answer_write(gg_answer *answer, gg_str bytes)
{
    if (answer->no_body || answer->too_large || answer->complete || bytes.len == 0)
        return;
    if (answer->body.len == 0 && bytes.len == answer->length) {
        write_body(answer, bytes);
        return;
    }
    if (bytes.len > GG_ANSWER_LEN_MAX - answer->body.len) {
        answer->too_large = true;
        return;
    }
    if (answer->body.data == NULL)
        gg_json_reserve(&answer->body, BODY_LEN);
    gg_json_write_raw(&answer->body, bytes);
}

/* In place of an answer that Lambda would refuse: its caller is to see why. */
static gg_str too_large_answer(gg_event_kind kind)
{
#define TOO_LARGE(fields) \
    GG_STR("{\"statusCode\":500," fields ",\"isBase64Encoded\":false,\"body\":\"{\\\"code\\\":13," \
           "\\\"message\\\":\\\"the response is larger than a Lambda function may return (6 MiB)\\\"," \
           "\\\"details\\\":[]}\"}")
    return is_2_0(kind) ? TOO_LARGE("\"headers\":{\"content-type\":\"application/json\"}")
                        : TOO_LARGE("\"multiValueHeaders\":{\"content-type\":[\"application/json\"]}");
#undef TOO_LARGE
}

gg_rc gg_answer_end(gg_answer *answer, gg_str *json)
{
    if (!answer->complete && !answer->too_large)
        write_body(answer, gg_json_result(&answer->body));
    *json = gg_json_result(&answer->json);
    answer->too_large = answer->too_large || json->len > GG_ANSWER_LEN_MAX;
    if (answer->too_large)
        *json = too_large_answer(answer->kind);
    else if (answer->json.failed || answer->body.failed)
        return GG_ENOMEM;
    return GG_OK;
}
