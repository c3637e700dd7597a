/* rest_error.c -- errors as google.rpc.Status JSON.
 *
 * The serialized google.rpc.Status is read by hand; each of its details is an Any, printed by its type.
 * Spec: google/rpc/status.proto; HTTP statuses: google.rpc.Code. */
#include "gateway/rest_error.h"

#include "gg/wkt.h"
#include "proto/wire.h"

enum { STATUS_DETAILS = 3, ANY_TYPE_URL = 1, ANY_VALUE = 2, STATUS_JSON_LEN = 128 /* of most of them, in bytes */ };

static const gg_str exhausted_body = GG_STR_INIT("{\"code\":8,\"message\":\"out of memory\",\"details\":[]}");

/* By its type, or, if that is not known or its bytes are not of that type, as the bytes that it is. */
static void write_detail(gg_str wire, const gg_codec_options *options, gg_json_writer *w)
{
    gg_wire_field f;
    google_protobuf_Any any = { { 0 }, { 0 } };
    while (gg_wire_next(&wire, &f) == GG_OK) {
        if (f.number == ANY_TYPE_URL && f.type == GG_WIRE_LEN)
            any.type_url = f.bytes;
        else if (f.number == ANY_VALUE && f.type == GG_WIRE_LEN)
            any.value = f.bytes;
    }
    size_t start = w->len;
    if (gg_message_print(&gg_google_protobuf_Any_type, &any, options, w, NULL) == GG_OK)
        return;
    w->len = start;
    gg_json_write_raw(w, GG_STR("{\"@type\":"));
    gg_json_write_string(w, any.type_url);
    gg_json_write_raw(w, GG_STR(",\"value\":"));
    gg_json_write_base64(w, any.value);
    gg_json_put(w, '}');
}

void gg_rest_status_json(const gg_rpc_status *status, const gg_codec_options *options, gg_json_writer *w)
{
    gg_wire_field f;
    gg_str details = status->details;
    bool first = true;
    gg_json_write_raw(w, GG_STR("{\"code\":"));
    gg_json_write_i64(w, status->code);
    gg_json_write_raw(w, GG_STR(",\"message\":"));
    gg_json_write_string(w, status->message);
    gg_json_write_raw(w, GG_STR(",\"details\":["));
    while (gg_wire_next(&details, &f) == GG_OK) {
        if (f.number != STATUS_DETAILS || f.type != GG_WIRE_LEN)
            continue;
        if (!first)
            gg_json_put(w, ',');
        first = false;
        write_detail(f.bytes, options, w);
    }
    gg_json_write_raw(w, GG_STR("]}"));
}

/* clang-format off */
/* The statuses that a codec answers with, and the code that stands in the body of each. */
#define CODEC_ERROR_MAP(X)                                                                             \
    X(400, 3, "Bad Request") X(408, 4, "Request Timeout") X(413, 8, "Content Too Large")               \
    X(431, 8, "Request Header Fields Too Large") X(501, 12, "Not Implemented") X(503, 14, "Service Unavailable") \
    X(505, 12, "HTTP Version Not Supported")
/* clang-format on */

void gg_rest_error_body(int http_status, gg_str *content_type, gg_str *body)
{
#define CODEC_ERROR(status, code, message) \
    case status: \
        *body = GG_STR("{\"code\":" #code ",\"message\":\"" message "\",\"details\":[]}"); \
        break;
    *content_type = GG_STR("application/json");
    switch (http_status) {
        CODEC_ERROR_MAP(CODEC_ERROR)
    default:
        *body = GG_STR("{\"code\":2,\"message\":\"Error\",\"details\":[]}");
    }
#undef CODEC_ERROR
}

/* The message as the challenge; only what a header may hold. */
static gg_rc add_challenge(gg_headers *headers, gg_arena *arena, gg_str message)
{
    char *text = gg_arena_bytes(arena, message.len);
    if (text == NULL)
        return GG_ENOMEM;
    for (size_t i = 0; i < message.len; i++)
        text[i] = message.ptr[i] < 0x20 || message.ptr[i] > 0x7e ? ' ' : message.ptr[i];
    return gg_headers_add(headers, arena, GG_STR("www-authenticate"), gg_str_of(text, message.len));
}

void gg_rest_answer_status(gg_exchange *x, int http_status, const gg_rpc_status *status,
    const gg_codec_options *options, gg_headers *headers, const gg_headers *trailers)
{
    gg_json_writer w;
    gg_json_writer_init(&w, x->arena, STATUS_JSON_LEN + status->message.len);
    gg_rest_status_json(status, options, &w);
    gg_rc rc = gg_headers_add(headers, x->arena, GG_STR("content-type"), GG_STR("application/json"));
    if (rc == GG_OK && status->code == GG_STATUS_UNAUTHENTICATED && status->message.len > 0)
        rc = add_challenge(headers, x->arena, status->message);
    if (rc == GG_OK && !w.failed) {
        bool has_trailers = trailers != NULL && trailers->count > 0;
        int code = http_status != 0 ? http_status : gg_status_http(status->code);
        gg_exchange_respond(x, code, headers, gg_json_result(&w), has_trailers ? trailers : NULL);
    } else { /* the arena is spent: what needs none */
        gg_header type = { GG_STR("content-type"), GG_STR("application/json") };
        gg_exchange_respond(x, gg_status_http(GG_STATUS_RESOURCE_EXHAUSTED), &(gg_headers){ &type, 1, 1 },
            exhausted_body, NULL);
    }
    gg_exchange_release(x);
}

void gg_rest_error(gg_exchange *x, int http_status, gg_status code, gg_str message, const gg_headers *extra)
{
    gg_rpc_status status = { .code = code, .message = message };
    gg_headers headers = { 0 };
    for (size_t i = 0; extra != NULL && i < extra->count; i++)
        if (gg_headers_add(&headers, x->arena, extra->items[i].name, extra->items[i].value) != GG_OK)
            break; /* the answer itself will find that memory is out */
    gg_rest_answer_status(x, http_status, &status, NULL, &headers, NULL);
}
