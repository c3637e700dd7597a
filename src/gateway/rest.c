/* rest.c -- the REST front: one exchange, one unary call.
 *
 *   request head --match--> body (JSON, as it comes) --end--> path, query, metadata --> call
 *                                                             message --> JSON
 *                                                             status  --> response, release
 *
 * The exchange is released once: with the error that stopped it before the call, or in the call's status
 * event.  A peer that goes away cancels the call; the status event still ends it.
 * Spec: google/api/http.proto.  Elsewhere: routes (match.c), fields (bind.c), headers (rest_metadata.c),
 * errors (rest_error.c).  Not here: streams of messages, HttpBody, field masks for PATCH. */
#include "gateway/rest.h"

#include "gateway/bind.h"
#include "gateway/rest_error.h"
#include "gateway/rest_metadata.h"

#include <assert.h>

typedef enum {
    REST_BODY, /* the request's body is arriving; no call yet */
    REST_CALL, /* the call runs; its status event is the end */
    REST_DONE  /* answered and released */
} rest_state;

enum { REST_REPLY_LEN = 256 /* of most JSON replies, in bytes */, REST_HEADERS = 4 };

typedef struct rest_call { /* stands in the exchange's arena */
    const gg_rest_front *front;
    gg_exchange *x;
    rest_state state;
    gg_binding binding;
    void *request;            /* struct of binding.input */
    gg_json_decoder *decoder; /* NULL: nothing of a body came, or no rule takes it */
    size_t body_len;          /* received so far */
    bool body_blank;          /* white space only, so far */

    gg_rpc *rpc;
    gg_message message;
    bool sent, replied, failed; /* failed: `failure` is the answer, whatever the call says */
    gg_rpc_status failure;
    gg_json_writer reply;
    int http_status; /* of a success */
    gg_headers headers;
    gg_header first_headers[REST_HEADERS];

    gg_route_match match; /* last: most of it is never touched */
} rest_call;

/* -- errors -- */

static const gg_str out_of_memory = GG_STR_INIT("the call has spent its memory");

static void answer_error(rest_call *c, int http_status, gg_status code, gg_str message)
{
    c->state = REST_DONE;
    gg_rest_error(c->x, http_status, code, message, NULL);
}

/* What a decoder or a binder said about the request. */
static void answer_bad_request(rest_call *c, gg_rc rc, gg_str message)
{
    if (rc == GG_ENOMEM || message.ptr == NULL)
        answer_error(c, 0, GG_STATUS_RESOURCE_EXHAUSTED, out_of_memory);
    else
        answer_error(c, 0, GG_STATUS_INVALID_ARGUMENT, message);
}

static void answer_no_match(gg_exchange *x, gg_rc rc, gg_str allow)
{
    gg_header header = { GG_STR("allow"), allow };
    if (rc == GG_ENOTFOUND)
        gg_rest_error(x, 0, GG_STATUS_NOT_FOUND, GG_STR("Not Found"), NULL);
    else if (rc == GG_EINVAL)
        gg_rest_error(x, 405, GG_STATUS_UNIMPLEMENTED, GG_STR("Method Not Allowed"), &(gg_headers){ &header, 1, 1 });
    else if (rc == GG_EPROTO)
        gg_rest_error(x, 0, GG_STATUS_INVALID_ARGUMENT,
            GG_STR("malformed path: it begins with /, in UTF-8, each % followed by two hex digits"), NULL);
    else
        gg_rest_error(x, 0, GG_STATUS_RESOURCE_EXHAUSTED, out_of_memory, NULL);
}

/* Ends a running call with an answer of our own. */
static void fail_call(rest_call *c, gg_status code, gg_str message)
{
    if (c->failed)
        return;
    c->failed = true;
    c->failure = (gg_rpc_status){ .code = code, .message = message };
    gg_rpc_cancel(c->rpc, code);
}

/* -- the call's events -- */

static void on_headers(void *user, const gg_headers *headers)
{
    rest_call *c = user;
    if (gg_rest_metadata_out(c->front, headers, c->x->arena, &c->headers, &c->http_status) != GG_OK)
        fail_call(c, GG_STATUS_RESOURCE_EXHAUSTED, out_of_memory);
}

/* The struct of a reply that came as wire bytes. */
static const void *decode_reply(rest_call *c, const gg_message_type *type, gg_str wire)
{
    gg_decode_error error;
    void *reply = gg_message_new(type, c->x->arena);
    gg_rc rc = reply != NULL ? gg_message_from_wire(type, reply, wire, NULL, c->x->arena, &error) : GG_ENOMEM;
    if (rc == GG_OK)
        return reply;
    if (rc == GG_ENOMEM)
        fail_call(c, GG_STATUS_RESOURCE_EXHAUSTED, out_of_memory);
    else
        fail_call(c, GG_STATUS_INTERNAL,
            gg_arena_printf(c->x->arena, "the response cannot be read: %.*s",
                GG_STR_ARG(gg_decode_error_text(&error, c->x->arena))));
    return NULL;
}

static gg_rc write_reply(rest_call *c, const gg_message_type *type, const void *reply, gg_decode_error *error)
{
    const gg_route *route = c->match.route;
    const gg_field *field = route->response_body;
    if (field != NULL && type != route->method->output)
        field = gg_field_by_number(type, field->number);
    gg_json_writer_init(&c->reply, c->x->arena, REST_REPLY_LEN);
    return field != NULL ? gg_field_print(field, reply, &c->front->json, &c->reply, error)
                         : gg_message_print(type, reply, &c->front->json, &c->reply, error);
}

/* The reply as JSON, or the failure that it comes to. */
static void take_reply(rest_call *c, const gg_message *message)
{
    const gg_message_type *type = message->type != NULL ? message->type : c->match.route->method->output;
    const void *reply = message->typed != NULL ? message->typed : decode_reply(c, type, message->wire);
    size_t limit = c->x->limits->response_bytes;
    c->replied = true;
    if (reply == NULL)
        return; /* decode_reply has said why */
    gg_decode_error error;
    gg_rc rc = write_reply(c, type, reply, &error);
    if (rc == GG_ENOMEM || c->reply.failed)
        fail_call(c, GG_STATUS_RESOURCE_EXHAUSTED, out_of_memory);
    else if (rc != GG_OK)
        fail_call(c, GG_STATUS_INTERNAL,
            gg_arena_printf(c->x->arena, "the response has a value that JSON cannot hold: %.*s%sexpected %.*s",
                GG_STR_ARG(error.path), error.path.len > 0 ? ": " : "", GG_STR_ARG(error.expected)));
    else if (c->reply.len > limit)
        fail_call(c, GG_STATUS_RESOURCE_EXHAUSTED,
            gg_arena_printf(c->x->arena, "the response is larger than %zu bytes", limit));
}

static void on_message(void *user, const gg_message *message)
{
    rest_call *c = user;
    if (c->replied)
        fail_call(c, GG_STATUS_INTERNAL, GG_STR("a second response to a unary call"));
    else if (!c->failed)
        take_reply(c, message);
    gg_rpc_message_done(c->rpc);
}

static void send_request(rest_call *c)
{
    if (c->sent || gg_rpc_send(c->rpc, &c->message) == GG_AGAIN)
        return; /* writable follows */
    c->sent = true;
    gg_rpc_half_close(c->rpc);
}

static void on_writable(void *user)
{
    send_request(user);
}

/* trailers: in the arena, empty if none can be sent. */
static void answer_reply(rest_call *c, const gg_headers *trailers)
{
    static const int no_content = 204;
    bool has_body = c->http_status != no_content;
    if (has_body &&
        gg_headers_add(&c->headers, c->x->arena, GG_STR("content-type"), GG_STR("application/json")) != GG_OK) {
        answer_error(c, 0, GG_STATUS_RESOURCE_EXHAUSTED, out_of_memory);
        return;
    }
    c->state = REST_DONE;
    gg_exchange_respond(c->x, c->http_status, &c->headers, has_body ? gg_json_result(&c->reply) : (gg_str){ 0 },
        trailers->count > 0 ? trailers : NULL);
    gg_exchange_release(c->x);
}

static void on_status(void *user, const gg_rpc_status *status)
{
    static const gg_rpc_status no_reply = { .code = GG_STATUS_INTERNAL,
        .message = GG_STR_INIT("the call ended without a response") };
    rest_call *c = user;
    const gg_rpc_status *error = c->failed ? &c->failure
        : status->code != GG_STATUS_OK     ? status
        : !c->replied                      ? &no_reply
                                           : NULL;
    gg_headers *trailers = gg_arena_zalloc(c->x->arena, sizeof *trailers);
    if (trailers == NULL || gg_rest_trailers_out(c->x, status->trailers, &c->headers, trailers) != GG_OK) {
        answer_error(c, 0, GG_STATUS_RESOURCE_EXHAUSTED, out_of_memory);
        return;
    }
    if (error == NULL) {
        answer_reply(c, trailers);
        return;
    }
    c->state = REST_DONE;
    gg_rest_answer_status(c->x, 0, error, &c->front->json, &c->headers, trailers);
}

static const gg_rpc_events rpc_events = {
    .headers = on_headers, .message = on_message, .writable = on_writable, .status = on_status
};

/* -- from the request to the call -- */

static bool bind_request(rest_call *c)
{
    gg_exchange *x = c->x;
    gg_str error = { 0 };
    gg_rc rc = gg_bind_path(&c->binding, c->match.variables, c->request, x->arena, &error);
    bool query = c->match.route->has_query || (c->front->reject_unknown_query && !c->match.route->body_all);
    if (rc == GG_OK && query && x->query.len > 0)
        rc = gg_bind_query(&c->binding, x->query, c->front->reject_unknown_query, c->request, x->arena, &error);
    if (rc != GG_OK)
        answer_bad_request(c, rc, error);
    return rc == GG_OK;
}

static bool read_headers(rest_call *c, gg_rpc_start *start, gg_headers *metadata)
{
    gg_rc rc = gg_rest_deadline(c->x, &start->deadline_ns);
    if (rc == GG_EPROTO)
        answer_error(c, 0, GG_STATUS_INVALID_ARGUMENT, GG_STR("invalid grpc-timeout"));
    else if (rc != GG_OK)
        answer_error(c, 0, GG_STATUS_DEADLINE_EXCEEDED, GG_STR("the deadline has passed"));
    if (rc != GG_OK)
        return false;
    rc = gg_rest_metadata_in(c->front, c->x, metadata);
    if (rc != GG_OK)
        answer_bad_request(c, rc, GG_STR("a header whose name ends in -bin is not base64"));
    return rc == GG_OK;
}

/* The request is here whole: everything but the body goes into it, and the call begins. */
static void start_call(rest_call *c)
{
    gg_exchange *x = c->x;
    gg_headers *metadata = gg_arena_alloc(x->arena, sizeof *metadata);
    if (metadata == NULL) {
        answer_error(c, 0, GG_STATUS_RESOURCE_EXHAUSTED, out_of_memory);
        return;
    }
    gg_rpc_start start = { .path = c->match.route->method->path,
        .metadata = metadata,
        .peer = x->peer,
        .arena = x->arena,
        .sched = x->sched,
        .events = &rpc_events,
        .user = c };
    if (!bind_request(c) || !read_headers(c, &start, metadata))
        return;
    c->rpc = gg_rpc_channel_start(c->front->channel, &start);
    if (c->rpc == NULL) {
        answer_error(c, 0, GG_STATUS_RESOURCE_EXHAUSTED, out_of_memory);
        return;
    }
    c->state = REST_CALL;
    c->message = (gg_message){ .type = c->binding.input, .typed = c->request };
    send_request(c);
}

/* -- the exchange's events -- */

static void answer_too_large(rest_call *c)
{
    answer_error(c, 413, GG_STATUS_RESOURCE_EXHAUSTED,
        gg_arena_printf(c->x->arena, "the request body is larger than %zu bytes", c->x->limits->body_bytes));
}

/* Gives body bytes to the decoder; an answer has been sent if it is false. */
static bool decode_body(rest_call *c, gg_str bytes, bool last)
{
    gg_decode_error error = { 0 };
    gg_arena *arena = c->x->arena;
    if (c->decoder == NULL)
        c->decoder = gg_json_decoder_new(c->binding.input, c->request, c->binding.body, &c->front->json, arena);
    gg_rc rc = c->decoder != NULL ? gg_json_decoder_feed(c->decoder, bytes, last, &error) : GG_ENOMEM;
    if (rc == GG_OK || rc == GG_NEED_MORE)
        return true;
    answer_bad_request(c, rc, rc != GG_ENOMEM ? gg_decode_error_text(&error, arena) : (gg_str){ 0 });
    return false;
}

static bool is_blank(gg_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != ' ' && text.ptr[i] != '\t' && text.ptr[i] != '\r' && text.ptr[i] != '\n')
            return false;
    return true;
}

static void on_body(gg_exchange *x, gg_str bytes)
{
    rest_call *c = x->front;
    assert(c->state == REST_BODY);
    c->body_len += bytes.len;
    if (c->body_len > x->limits->body_bytes) {
        answer_too_large(c);
        return;
    }
    c->body_blank = c->body_blank && is_blank(bytes);
    bool takes_body = c->binding.body != NULL || c->match.route->body_all;
    if (!takes_body || decode_body(c, bytes, false)) /* without a rule for it the body is ignored */
        gg_exchange_consume(x, bytes.len);
}

static void on_end(gg_exchange *x)
{
    rest_call *c = x->front;
    if (c->state != REST_BODY) /* began without waiting: there was no body */
        return;
    if (c->decoder == NULL || c->body_blank || decode_body(c, (gg_str){ 0 }, true))
        start_call(c);
}

static void on_exchange_writable(gg_exchange *x)
{
    (void)x; /* the response is handed over whole */
}

static void on_abort(gg_exchange *x)
{
    rest_call *c = x->front;
    if (c->state == REST_CALL)
        gg_rpc_cancel(c->rpc, GG_STATUS_CANCELLED);
    else if (c->state == REST_BODY) {
        c->state = REST_DONE;
        gg_exchange_release(x);
    }
}

static const gg_exchange_events exchange_events = {
    .body = on_body, .end = on_end, .writable = on_exchange_writable, .abort = on_abort
};

/* Which tables the request is made by: the channel's own, so that its handler gets the struct it knows. */
static gg_rc choose_tables(rest_call *c)
{
    const gg_route *route = c->match.route;
    const gg_method_type *own = gg_rpc_channel_method(c->front->channel, route->method->path);
    gg_str missing = { 0 };
    gg_rc rc =
        gg_binding_init(&c->binding, route, own != NULL ? own->input : route->method->input, c->x->arena, &missing);
    if (rc == GG_EINVAL)
        answer_error(c, 0, GG_STATUS_INTERNAL,
            gg_arena_printf(c->x->arena, "field %.*s is unknown to the service", GG_STR_ARG(missing)));
    if (rc == GG_OK) {
        c->request = gg_message_new(c->binding.input, c->x->arena);
        rc = c->request != NULL ? GG_OK : GG_ENOMEM;
    }
    if (rc == GG_ENOMEM)
        answer_error(c, 0, GG_STATUS_RESOURCE_EXHAUSTED, out_of_memory);
    return rc;
}

void gg_rest_front_request(const gg_rest_front *front, gg_exchange *x)
{
    x->events = &exchange_events;
    rest_call *c = gg_arena_alloc(x->arena, sizeof *c);
    if (c == NULL) {
        answer_no_match(x, GG_ENOMEM, (gg_str){ 0 });
        return;
    }
    memset(c, 0, offsetof(rest_call, match));
    c->match.allow = (gg_str){ 0 };
    x->front = c;
    c->front = front;
    c->x = x;
    c->body_blank = true;
    c->http_status = 200;
    c->headers = (gg_headers){ .items = c->first_headers, .cap = REST_HEADERS };

    gg_rc rc = gg_routes_match(front->routes, x->method, x->path, front->unescape, x->arena, &c->match);
    if (rc != GG_OK) {
        answer_no_match(x, rc, c->match.allow);
        return;
    }
    const gg_method_type *method = c->match.route->method;
    if (method->client_streaming || method->server_streaming)
        answer_error(c, 0, GG_STATUS_UNIMPLEMENTED, GG_STR("streaming over REST is not supported yet"));
    else if (x->content_length != SIZE_MAX && x->content_length > x->limits->body_bytes)
        answer_too_large(c);
    else if (choose_tables(c) == GG_OK && !x->has_body)
        start_call(c); /* the end event would only say so again */
}
