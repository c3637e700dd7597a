/* front.c -- the head of a gRPC request: what is refused at once, what starts a call.
 *
 *   refused                                    answer (Trailers-Only but for the first)
 *   not HTTP/2                                 505
 *   not POST                                   405, INTERNAL
 *   a sub-type other than proto                415, INTERNAL
 *   two Host fields, a bad grpc-timeout,
 *   a -bin value that is not base64            400, INTERNAL, as grpc-go
 *   a grpc-encoding that is not known here     200, UNIMPLEMENTED and grpc-accept-encoding
 *
 * What is accepted (grpc-accept-encoding) is told to callers that say something about compression; a field costs a
 * twentieth of a small call.
 * Spec: gRPC PROTOCOL-HTTP2, "Requests"; gRFC A41 for Host.  `te: trailers` is not asked for: nothing is lost
 * without it.  Elsewhere: unknown methods (the channel), duplicate pseudo-headers and the connection header
 * (HTTP/2 codec). */
#include "base/text.h"
#include "grpc/front_private.h"

#include <assert.h>

#define CONTENT_TYPE GG_STR_INIT("content-type")
#define ACCEPT GG_STR_INIT("grpc-accept-encoding")
static const gg_header plain_head[] = { { CONTENT_TYPE, GG_STR_INIT("application/grpc") },
    { ACCEPT, GG_ACCEPT_ENCODING } };
static const gg_header proto_head[] = { { CONTENT_TYPE, GG_STR_INIT("application/grpc+proto") },
    { ACCEPT, GG_ACCEPT_ENCODING } };
static const gg_header text_head[] = { { CONTENT_TYPE, GG_STR_INIT("text/plain") } };

/* What follows application/grpc, without parameters: "", "+proto".  False if it is another type. */
static bool subtype_of(gg_str value, gg_str *subtype)
{
    gg_str prefix = GG_STR("application/grpc");
    *subtype = gg_str_of(NULL, 0);
    if (gg_str_eq(value, prefix)) /* as every client writes it */
        return true;
    if (!gg_str_starts_nocase(value, prefix))
        return false;
    *subtype = gg_str_of(value.ptr + prefix.len, value.len - prefix.len);
    const char *semicolon = subtype->len > 0 ? memchr(subtype->ptr, ';', subtype->len) : NULL;
    if (semicolon != NULL)
        subtype->len = (size_t)(semicolon - subtype->ptr);
    while (subtype->len > 0 && subtype->ptr[subtype->len - 1] == ' ')
        subtype->len--;
    return subtype->len == 0 || subtype->ptr[0] == '+';
}

bool gg_grpc_content_type(gg_str value)
{
    gg_str subtype;
    return subtype_of(value, &subtype);
}

/* A status at once, and the end of the exchange.  extra: one more field, or name empty. */
static void refuse(gg_exchange *x, int http_status, gg_status code, gg_str message, gg_header extra)
{
    gg_headers headers = gg_front_table(plain_head, 1);
    gg_rpc_status status = { .code = code, .message = message };
    gg_rc rc = extra.name.len > 0 ? gg_headers_add(&headers, x->arena, extra.name, extra.value) : GG_OK;
    if (rc == GG_OK)
        rc = gg_status_to_headers(&status, x->arena, &headers);
    if (rc == GG_OK)
        gg_exchange_respond(x, http_status, &headers, GG_STR(""), NULL);
    gg_exchange_release(x); /* without a response: reset */
}

static void refuse_http1(gg_exchange *x)
{
    gg_headers headers = gg_front_table(text_head, 1);
    gg_exchange_respond(x, 505, &headers, GG_STR("gRPC needs HTTP/2\n"), NULL);
    gg_exchange_release(x);
}

static size_t count_of(const gg_headers *headers, gg_str name)
{
    size_t count = 0;
    for (size_t i = 0; i < headers->count; i++)
        count += gg_str_eq(headers->items[i].name, name);
    return count;
}

static void on_abort(gg_exchange *x)
{
    gg_front_call *call = x->front;
    if (call->rpc != NULL)
        gg_rpc_cancel(call->rpc, GG_STATUS_CANCELLED); /* its status event releases */
    else
        gg_front_release(call);
}

static const gg_exchange_events exchange_events = { gg_front_on_body, gg_front_on_end, gg_front_on_writable, on_abort };
static const gg_rpc_events channel_events = { gg_front_on_headers, gg_front_on_message, gg_front_on_channel_writable,
    gg_front_on_status };

/* Everything in the head is in order: the call.  GG_ENOMEM: there is none. */
static gg_rc start_call(const gg_grpc_front *front, gg_front_call *call, uint64_t deadline_ns)
{
    gg_exchange *x = call->x;
    const gg_method_type *method = gg_rpc_channel_method(front->channel, x->path);
    assert(front->compressor != NULL);
    call->client_streams = method == NULL || method->client_streaming;
    x->patient = method != NULL && method->client_streaming;
    call->server_streams = method == NULL || method->server_streaming;
    call->in_arena.pool = gg_arena_pool(x->arena);
    gg_inbound_init(&call->in, x->arena, call->client_streams ? &call->in_arena : NULL, front->max_message_len,
        front->compressor);
    call->in.encoding = gg_headers_get(&x->headers, GG_STR("grpc-encoding"));
    gg_outbound_init(&call->outbound, x->arena, call->server_streams, front->max_response_len, front->compressor);
    call->outbound.compression = front->compression;
    call->rpc = gg_rpc_channel_start(front->channel,
        &(gg_rpc_start){ .path = x->path,
            .metadata = &call->metadata,
            .peer = x->peer,
            .deadline_ns = deadline_ns,
            .arena = x->arena,
            .in_arena = &call->in_arena,
            .sched = x->sched,
            .events = &channel_events,
            .user = call });
    return call->rpc != NULL ? GG_OK : GG_ENOMEM;
}

/* The point in time that grpc-timeout sets; UINT64_MAX without one. */
static gg_rc deadline_of(const gg_exchange *x, uint64_t *deadline_ns)
{
    gg_str timeout = gg_headers_get(&x->headers, GG_STR("grpc-timeout"));
    uint64_t timeout_ns = UINT64_MAX;
    gg_rc rc = timeout.ptr != NULL ? gg_timeout_parse(timeout, &timeout_ns) : GG_OK;
    uint64_t now_ns = x->sched->now_ns;
    *deadline_ns = timeout_ns > UINT64_MAX - now_ns ? UINT64_MAX : now_ns + timeout_ns;
    return rc;
}

void gg_grpc_front_request(const gg_grpc_front *front, gg_exchange *x)
{
    static const gg_header no_extra = { GG_STR_INIT(""), GG_STR_INIT("") };
    static const gg_header allow = { GG_STR_INIT("allow"), GG_STR_INIT("POST") };
    static const gg_header accept = { ACCEPT, GG_ACCEPT_ENCODING };
    gg_str subtype = gg_str_of(NULL, 0), encoding = gg_headers_get(&x->headers, GG_STR("grpc-encoding"));
    bool known = subtype_of(gg_headers_get(&x->headers, GG_STR("content-type")), &subtype) &&
        (subtype.len == 0 || gg_str_eq_nocase(subtype, GG_STR("+proto")));
    gg_compression request_compression;
    uint64_t deadline_ns;
    gg_rc rc;
    x->events = &exchange_events;
    if (x->version != GG_HTTP_2) {
        refuse_http1(x);
    } else if (!gg_str_eq(x->method, GG_STR("POST"))) {
        refuse(x, 405, GG_STATUS_INTERNAL, GG_STR("gRPC needs the method POST"), allow);
    } else if (!known) {
        refuse(x, 415, GG_STATUS_INTERNAL, GG_STR("unsupported content type"), no_extra);
    } else if (count_of(&x->headers, GG_STR("host")) > 1) {
        refuse(x, 400, GG_STATUS_INTERNAL, GG_STR("more than one host header"), no_extra);
    } else if (encoding.len > 0 && !gg_compression_parse(encoding, &request_compression)) {
        refuse(x, 200, GG_STATUS_UNIMPLEMENTED,
            gg_arena_printf(x->arena, "grpc-encoding \"%.*s\" is not supported", GG_STR_ARG(encoding)), accept);
    } else if (deadline_of(x, &deadline_ns) != GG_OK) {
        refuse(x, 400, GG_STATUS_INTERNAL, GG_STR("malformed grpc-timeout"), no_extra);
    } else {
        gg_front_call *call = gg_arena_zalloc(x->arena, sizeof *call);
        gg_str accepts = gg_headers_get(&x->headers, GG_STR("grpc-accept-encoding"));
        bool compresses = encoding.ptr != NULL || accepts.ptr != NULL;
        rc = call != NULL ? gg_metadata_from_headers(&x->headers, x->arena, &call->metadata) : GG_ENOMEM;
        if (rc == GG_EPROTO) {
            refuse(x, 400, GG_STATUS_INTERNAL, GG_STR("malformed binary metadata"), no_extra);
            return;
        }
        if (rc == GG_OK) {
            call->x = x;
            call->head = gg_front_table(subtype.len == 0 ? plain_head : proto_head, compresses ? 2 : 1);
            x->front = call;
            rc = start_call(front, call, deadline_ns);
        }
        if (rc != GG_OK)
            refuse(x, 200, GG_STATUS_RESOURCE_EXHAUSTED, GG_STR("the call has spent its memory"), no_extra);
    }
}

void gg_front_fail(gg_front_call *call, gg_status code, gg_str message)
{
    call->input_done = true;
    if (call->failed || call->rpc == NULL)
        return;
    call->failed = true;
    call->failure = (gg_rpc_status){ .code = code, .message = message };
    gg_rpc_cancel(call->rpc, code);
}

void gg_front_release(gg_front_call *call)
{
    gg_inbound_deinit(&call->in);
    gg_outbound_deinit(&call->outbound);
    gg_exchange_release(call->x);
}
