/* server.c -- the ConformanceService of the Connect suite: each request says how to answer it, and gets told what came.
 *
 * Unary and IdempotentUnary and ServerStream are answered on the loop's thread, ClientStream and BidiStream by handlers
 * that block.  Unimplemented is left to the library.
 * Left out: raw_response, which is for the suite's own server; metadata in binary ("-bin"), which no case sends.
 * Spec: connectrpc/conformance/v1/service.proto; the suite's docs/testing_servers.md. */
#include <time.h>

#include "connectrpc/conformance/v1/service.gg.h"
#include "gg/message.h"
#include "gg/tls.h"

#define V1(name) connectrpc_conformance_v1_##name
typedef V1(ConformancePayload) Payload;
typedef V1(ConformancePayload_RequestInfo) RequestInfo;
typedef V1(UnaryResponseDefinition) UnaryDefinition;
typedef V1(StreamResponseDefinition) StreamDefinition;
typedef V1(UnaryRequest) UnaryRequest;
typedef V1(UnaryResponse) UnaryResponse;
typedef V1(IdempotentUnaryRequest) IdempotentUnaryRequest;
typedef V1(IdempotentUnaryResponse) IdempotentUnaryResponse;
typedef V1(ServerStreamRequest) ServerStreamRequest;
typedef V1(ServerStreamResponse) ServerStreamResponse;
typedef V1(ClientStreamRequest) ClientStreamRequest;
typedef V1(ClientStreamResponse) ClientStreamResponse;
typedef V1(BidiStreamRequest) BidiStreamRequest;
typedef V1(BidiStreamResponse) BidiStreamResponse;
typedef V1(Header) Header;
typedef V1(Error) Error;
typedef google_protobuf_Any Any;

enum { NS_PER_MS = 1000000 };

/* -- what both kinds of handlers ask of their call -- */

typedef struct rpc { /* one of the two */
    gg_call *call;
    gg_blocking_call *blocking;
} rpc;

static gg_arena *arena_of(rpc r)
{
    return r.call != NULL ? gg_call_arena(r.call) : gg_blocking_arena(r.blocking);
}

static bool metadata_at(rpc r, size_t index, gg_str *key, gg_str *value)
{
    return r.call != NULL ? gg_call_metadata_at(r.call, index, key, value)
                          : gg_blocking_metadata_at(r.blocking, index, key, value);
}

static uint64_t deadline_ns(rpc r)
{
    return r.call != NULL ? gg_call_deadline_ns(r.call) : gg_blocking_deadline_ns(r.blocking);
}

static gg_rc set_header(rpc r, gg_str key, gg_str value)
{
    return r.call != NULL ? gg_call_set_header(r.call, key, value) : gg_blocking_set_header(r.blocking, key, value);
}

static gg_rc set_trailer(rpc r, gg_str key, gg_str value)
{
    return r.call != NULL ? gg_call_set_trailer(r.call, key, value) : gg_blocking_set_trailer(r.blocking, key, value);
}

static gg_rc add_detail(rpc r, const Any *detail)
{
    return r.call != NULL ? gg_call_add_detail(r.call, detail->type_url, detail->value)
                          : gg_blocking_add_detail(r.blocking, detail->type_url, detail->value);
}

static gg_status fail_with(rpc r, gg_status status, gg_str message)
{
    return r.call != NULL ? gg_call_fail(r.call, status, "%.*s", GG_STR_ARG(message))
                          : gg_blocking_fail(r.blocking, status, "%.*s", GG_STR_ARG(message));
}

/* -- what came -- */

/* *any, in the arena: the message as it is told back. */
static bool pack(gg_arena *arena, const gg_message_type *type, const void *message, Any *any)
{
    static const gg_str prefix = GG_STR_INIT("type.googleapis.com/");
    char *url = gg_arena_alloc(arena, prefix.len + type->name.len);
    if (url == NULL || gg_message_to_wire(type, message, arena, &any->value) != GG_OK)
        return false;
    memcpy(url, prefix.ptr, prefix.len);
    memcpy(url + prefix.len, type->name.ptr, type->name.len);
    any->type_url = gg_str_of(url, prefix.len + type->name.len);
    return true;
}

/* The values of a name, in their order, behind those already in the header. */
static void collect(rpc r, Header *header)
{
    gg_str name, value;
    for (size_t i = 0; metadata_at(r, i, &name, &value); i++)
        if (gg_str_eq(name, header->name))
            header->value[header->value_count++] = value;
}

static bool is_told(const RequestInfo *info, gg_str name)
{
    for (size_t i = 0; i < info->request_headers_count; i++)
        if (gg_str_eq(info->request_headers[i].name, name))
            return true;
    return false;
}

static bool is_binary(gg_str name)
{
    return name.len >= 4 && memcmp(name.ptr + name.len - 4, "-bin", 4) == 0;
}

static bool tell_headers(rpc r, RequestInfo *info)
{
    gg_str name, value;
    size_t count = 0;
    while (metadata_at(r, count, &name, &value)) /* --max-header-count of them at most */
        count++;
    gg_str *values = gg_arena_alloc(arena_of(r), (count + 1) * sizeof *values);
    info->request_headers = gg_arena_alloc(arena_of(r), (count + 1) * sizeof *info->request_headers);
    if (values == NULL || info->request_headers == NULL)
        return false;
    for (size_t i = 0; metadata_at(r, i, &name, &value); i++) {
        if (is_binary(name) || is_told(info, name))
            continue;
        Header *header = &info->request_headers[info->request_headers_count++];
        *header = (Header){ .name = name, .value = values };
        collect(r, header);
        values += header->value_count;
    }
    return true;
}

static void tell_timeout(rpc r, RequestInfo *info)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t now_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec, deadline = deadline_ns(r);
    info->has_timeout_ms = deadline != UINT64_MAX;
    if (info->has_timeout_ms && deadline > now_ns)
        info->timeout_ms = (int64_t)((deadline - now_ns) / NS_PER_MS);
}

/* All that came, in the arena; NULL when that is spent. */
static RequestInfo *info_of(rpc r, Any *requests, size_t count)
{
    RequestInfo *info = gg_arena_zalloc(arena_of(r), sizeof *info);
    if (info == NULL || !tell_headers(r, info))
        return NULL;
    tell_timeout(r, info);
    info->requests = requests;
    info->requests_count = count;
    return info;
}

static RequestInfo *info_of_one(rpc r, const gg_message_type *type, const void *request)
{
    Any *seen = gg_arena_alloc(arena_of(r), sizeof *seen);
    return seen != NULL && pack(arena_of(r), type, request, seen) ? info_of(r, seen, 1) : NULL;
}

/* -- what goes -- */

static void set_metadata(rpc r, gg_rc (*set)(rpc r, gg_str key, gg_str value), const Header *headers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < headers[i].value_count; k++)
            set(r, headers[i].name, headers[i].value[k]);
}

/* Ends with an error; info, if there is one, is its last detail. */
static gg_status fail(rpc r, const Error *error, const RequestInfo *info)
{
    for (size_t i = 0; i < error->details_count; i++)
        add_detail(r, &error->details[i]);
    Any detail;
    if (info != NULL) {
        if (!pack(arena_of(r), &V1(ConformancePayload_RequestInfo_type), info, &detail))
            return GG_STATUS_RESOURCE_EXHAUSTED;
        add_detail(r, &detail);
    }
    return fail_with(r, (gg_status)error->code, error->message);
}

/* The one response of a call. */
static gg_status answer(rpc r, const UnaryDefinition *definition, RequestInfo *info, Payload **payload)
{
    *payload = gg_arena_zalloc(arena_of(r), sizeof **payload);
    if (info == NULL || *payload == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    (*payload)->request_info = info;
    if (definition == NULL)
        return GG_STATUS_OK;
    set_metadata(r, set_header, definition->response_headers, definition->response_headers_count);
    set_metadata(r, set_trailer, definition->response_trailers, definition->response_trailers_count);
    if (definition->response_case == 3)
        return fail(r, definition->error, info);
    if (definition->response_case == 2)
        (*payload)->data = definition->response_data;
    return GG_STATUS_OK;
}

static void set_stream_metadata(rpc r, const StreamDefinition *definition)
{
    set_metadata(r, set_header, definition->response_headers, definition->response_headers_count);
    set_metadata(r, set_trailer, definition->response_trailers, definition->response_trailers_count);
}

/* -- on the loop's thread -- */

static gg_status later(gg_call *call, uint32_t delay_ms, void (*fn)(gg_call *call, void *arg), void *arg)
{
    gg_rc rc = gg_call_after(call, (uint64_t)delay_ms * NS_PER_MS, fn, arg);
    return rc == GG_OK ? GG_STATUS_PENDING : GG_STATUS_RESOURCE_EXHAUSTED;
}

static void finish_with(gg_call *call, void *status)
{
    gg_call_finish(call, *(const gg_status *)status);
}

static gg_status answer_unary(gg_call *call, const UnaryDefinition *definition, RequestInfo *info, Payload **payload)
{
    gg_status *status = gg_call_alloc(call, sizeof *status);
    if (status == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    *status = answer((rpc){ .call = call }, definition, info, payload);
    if (definition == NULL || definition->response_delay_ms == 0)
        return *status;
    return later(call, definition->response_delay_ms, finish_with, status);
}

static gg_status unary(gg_call *call, const UnaryRequest *request, UnaryResponse *response)
{
    RequestInfo *info = info_of_one((rpc){ .call = call }, &V1(UnaryRequest_type), request);
    return answer_unary(call, request->response_definition, info, &response->payload);
}

static gg_status idempotent_unary(gg_call *call, const IdempotentUnaryRequest *request,
    IdempotentUnaryResponse *response)
{
    RequestInfo *info = info_of_one((rpc){ .call = call }, &V1(IdempotentUnaryRequest_type), request);
    return answer_unary(call, request->response_definition, info, &response->payload);
}

typedef struct progress { /* of a stream */
    size_t sent;
    Payload *next; /* made, and waits to be sent */
} progress;

static void go_on(gg_call *call, void *request);

/* Sends until it has to wait: for the delay before a response, or for the caller to take the one before. */
static gg_status send_more(gg_call *call, progress *s, const ServerStreamRequest *request)
{
    const StreamDefinition *definition = request->response_definition;
    rpc r = { .call = call };
    for (; s->sent < definition->response_data_count; s->sent++, s->next = NULL) {
        if (s->next == NULL) {
            s->next = gg_arena_zalloc(gg_call_arena(call), sizeof *s->next);
            if (s->next == NULL)
                return GG_STATUS_RESOURCE_EXHAUSTED;
            s->next->data = definition->response_data[s->sent];
            if (s->sent == 0)
                s->next->request_info = info_of_one(r, &V1(ServerStreamRequest_type), request);
            if (definition->response_delay_ms != 0)
                return later(call, definition->response_delay_ms, go_on, (void *)request);
        }
        ServerStreamResponse response = { .payload = s->next };
        gg_rc rc = V1(ConformanceService_ServerStream_send)(call, &response);
        if (rc != GG_OK)
            return rc == GG_AGAIN ? GG_STATUS_PENDING : GG_STATUS_CANCELLED;
    }
    if (definition->error == NULL)
        return GG_STATUS_OK;
    return fail(r, definition->error, s->sent == 0 ? info_of_one(r, &V1(ServerStreamRequest_type), request) : NULL);
}

static void go_on(gg_call *call, void *request)
{
    gg_status status = send_more(call, gg_call_state(call, sizeof(progress)), request);
    if (status != GG_STATUS_PENDING)
        gg_call_finish(call, status);
}

static gg_status server_stream(gg_call *call, gg_stream_event event, const ServerStreamRequest *request)
{
    progress *s = gg_call_state(call, sizeof *s);
    if (s == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    if (request->response_definition == NULL)
        return GG_STATUS_OK;
    if (event == GG_STREAM_START) {
        set_stream_metadata((rpc){ .call = call }, request->response_definition);
        gg_call_send_headers(call);
    }
    return send_more(call, s, request);
}

/* -- blocking -- */

/* The requests of a stream: the call itself keeps each only until the next one comes. */
typedef struct requests {
    Any *kept;
    size_t count, cap;
} requests;

static bool keep(gg_arena *arena, requests *all, const gg_message_type *type, const void *message)
{
    if (all->count == all->cap) {
        size_t cap = all->cap != 0 ? all->cap * 2 : 8;
        Any *more = gg_arena_alloc(arena, cap * sizeof *more);
        if (more == NULL)
            return false;
        if (all->count > 0)
            memcpy(more, all->kept, all->count * sizeof *more);
        all->kept = more;
        all->cap = cap;
    }
    return pack(arena, type, message, &all->kept[all->count++]);
}

/* The message kept last, as a struct that stays. */
static const void *unpack_last(gg_arena *arena, const requests *all, const gg_message_type *type)
{
    void *message = gg_message_new(type, arena);
    gg_str wire = all->kept[all->count - 1].value;
    return message != NULL && gg_message_from_wire(type, message, wire, NULL, arena, NULL) == GG_OK ? message : NULL;
}

static gg_status client_stream(gg_blocking_call *call, ClientStreamResponse *response)
{
    rpc r = { .blocking = call };
    requests all = { 0 };
    const ClientStreamRequest *request, *first = NULL;
    gg_rc rc;
    while ((rc = V1(ConformanceService_ClientStream_recv)(call, &request)) == GG_OK) {
        if (!keep(arena_of(r), &all, &V1(ClientStreamRequest_type), request))
            return GG_STATUS_RESOURCE_EXHAUSTED;
        if (first == NULL && (first = unpack_last(arena_of(r), &all, &V1(ClientStreamRequest_type))) == NULL)
            return GG_STATUS_RESOURCE_EXHAUSTED;
    }
    if (rc != GG_END)
        return GG_STATUS_CANCELLED;
    const UnaryDefinition *definition = first != NULL ? first->response_definition : NULL;
    gg_status status = answer(r, definition, info_of(r, all.kept, all.count), &response->payload);
    if (definition != NULL)
        gg_blocking_sleep(call, (uint64_t)definition->response_delay_ms * NS_PER_MS);
    return status;
}

/* What the first request says stays; NULL when memory is spent. */
static const BidiStreamRequest *begin_bidi(gg_blocking_call *call, const requests *all)
{
    rpc r = { .blocking = call };
    const BidiStreamRequest *first = unpack_last(arena_of(r), all, &V1(BidiStreamRequest_type));
    if (first == NULL || first->response_definition == NULL)
        return first;
    set_stream_metadata(r, first->response_definition);
    if (first->full_duplex)
        gg_blocking_send_headers(call);
    return first;
}

/* Response number `sent`, after its delay; the first one tells all that came, the others the requests. */
static gg_rc send_bidi(gg_blocking_call *call, const StreamDefinition *definition, size_t sent, const requests *since)
{
    RequestInfo latest = { .requests = since->kept, .requests_count = since->count };
    Payload payload = { .data = definition->response_data[sent], .request_info = &latest };
    if (sent == 0)
        payload.request_info = info_of((rpc){ .blocking = call }, since->kept, since->count);
    BidiStreamResponse response = { .payload = &payload };
    gg_rc rc = gg_blocking_sleep(call, (uint64_t)definition->response_delay_ms * NS_PER_MS);
    return rc == GG_OK ? V1(ConformanceService_BidiStream_blocking_send)(call, &response) : rc;
}

/* Full duplex: each request is answered before the next is read; half duplex: all are read first. */
static gg_status bidi_stream(gg_blocking_call *call)
{
    static const StreamDefinition nothing = { 0 };
    rpc r = { .blocking = call };
    requests since = { 0 }; /* the last response */
    const BidiStreamRequest *request, *first = NULL;
    const StreamDefinition *definition = &nothing;
    size_t sent = 0;
    gg_rc rc;
    while ((rc = V1(ConformanceService_BidiStream_recv)(call, &request)) == GG_OK) {
        if (!keep(arena_of(r), &since, &V1(BidiStreamRequest_type), request))
            return GG_STATUS_RESOURCE_EXHAUSTED;
        if (first == NULL && (first = begin_bidi(call, &since)) == NULL)
            return GG_STATUS_RESOURCE_EXHAUSTED;
        if (first->response_definition != NULL)
            definition = first->response_definition;
        if (!first->full_duplex)
            continue;
        if (sent == definition->response_data_count)
            break;
        if (send_bidi(call, definition, sent++, &since) != GG_OK)
            return GG_STATUS_CANCELLED;
        since = (requests){ 0 };
    }
    if (rc != GG_OK && rc != GG_END)
        return GG_STATUS_CANCELLED;
    gg_blocking_send_headers(call);
    for (; sent < definition->response_data_count; sent++, since = (requests){ 0 })
        if (send_bidi(call, definition, sent, &since) != GG_OK)
            return GG_STATUS_CANCELLED;
    if (definition->error == NULL)
        return GG_STATUS_OK;
    return fail(r, definition->error, sent == 0 ? info_of(r, since.kept, since.count) : NULL);
}

int main(int argc, char **argv)
{
    static const V1(ConformanceService) now = {
        .Unary = unary,
        .IdempotentUnary = idempotent_unary,
        .ServerStream = server_stream,
    };
    static const V1(ConformanceService_Blocking) blocking = {
        .ClientStream = client_stream,
        .BidiStream = bidi_stream,
    };
    gg_app *app = gg_app_new("connect-server");
    gg_app_use(app, gg_tls_openssl());
    V1(ConformanceService_register)(app, &now, NULL);
    V1(ConformanceService_register_blocking)(app, &blocking, NULL);
    return gg_app_main(app, argc, argv);
}
