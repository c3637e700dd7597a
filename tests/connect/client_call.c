/* client_call.c -- one call, as a ClientCompatRequest describes it.
 *
 * All kinds of calls are made as streams, and messages stay serialized: every request comes so, and every response has
 * its payload in the same field. */
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "connectrpc/conformance/v1/client_compat.gg.h"
#include "connectrpc/conformance/v1/service_client.gg.h"
#include "gg/tls.h"

typedef connectrpc_conformance_v1_ClientCompatRequest Request;
typedef connectrpc_conformance_v1_ClientCompatResponse Response;
typedef connectrpc_conformance_v1_ClientResponseResult Result;
typedef connectrpc_conformance_v1_Header Header;

enum { CANCEL_BEFORE_CLOSE_SEND = 1, CANCEL_AFTER_CLOSE_SEND_MS = 2, CANCEL_AFTER_NUM_RESPONSES = 3 };

/* -- headers: one entry a name with all its values; those of "-bin" names in base64 -- */

static bool is_binary(gg_str name)
{
    return name.len > 4 && memcmp(name.ptr + name.len - 4, "-bin", 4) == 0;
}

static gg_str lower(gg_arena *arena, gg_str text)
{
    char *out = take(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        out[i] = text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? (char)(text.ptr[i] + ('a' - 'A')) : text.ptr[i];
    return gg_str_of(out, text.len);
}

static gg_str decoded(gg_arena *arena, gg_str value)
{
    char *out = take(arena, value.len / 4 * 3 + 2);
    size_t len;
    return gg_base64_decode(out, &len, value) == GG_OK ? gg_str_of(out, len) : value;
}

static gg_str encoded(gg_arena *arena, gg_str value)
{
    char *out = take(arena, gg_base64_encoded_len(value.len, GG_BASE64_UNPADDED) + 1);
    return gg_str_of(out, gg_base64_encode(out, value, GG_BASE64_UNPADDED));
}

static gg_metadata to_metadata(gg_arena *arena, const Header *headers, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += headers[i].value_count;
    gg_metadata_entry *entries = take(arena, (total + 1) * sizeof *entries);
    gg_metadata metadata = { entries, 0 };
    for (size_t i = 0; i < count; i++) {
        gg_str name = lower(arena, headers[i].name);
        for (size_t k = 0; k < headers[i].value_count; k++) {
            gg_str value = headers[i].value[k];
            entries[metadata.count++] = (gg_metadata_entry){ name, is_binary(name) ? decoded(arena, value) : value };
        }
    }
    return metadata;
}

static Header *from_metadata(gg_arena *arena, const gg_metadata *metadata, size_t *count)
{
    Header *headers = take(arena, (metadata->count + 1) * sizeof *headers);
    *count = 0;
    for (size_t i = 0; i < metadata->count; i++) {
        gg_str name = metadata->entries[i].key, value = metadata->entries[i].value;
        size_t at = 0;
        while (at < *count && !gg_str_eq(headers[at].name, name))
            at++;
        if (at == *count) {
            headers[(*count)++].name = name;
            headers[at].value = take(arena, metadata->count * sizeof *headers[at].value);
        }
        headers[at].value[headers[at].value_count++] = is_binary(name) ? encoded(arena, value) : value;
    }
    return headers;
}

/* -- the channel -- */

/* A file with these bytes, for as long as a channel is made. */
static const char *temporary(gg_arena *arena, gg_str bytes)
{
    char *path = memcpy(take(arena, 64), "/tmp/connect-client-XXXXXX", 27);
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, bytes.ptr, bytes.len) != (ssize_t)bytes.len || close(fd) != 0) {
        perror(path);
        exit(1);
    }
    return path;
}

static gg_channel *open_channel(const Request *request, gg_arena *arena, char why[GG_WHY_LEN])
{
    gg_channel_options options;
    gg_channel_options_init(&options);
    options.max_message_len = request->message_receive_limit;
    options.compression = request->compression == connectrpc_conformance_v1_COMPRESSION_GZIP ? GG_COMPRESSION_GZIP
        : request->compression == connectrpc_conformance_v1_COMPRESSION_DEFLATE              ? GG_COMPRESSION_DEFLATE
                                                                                             : GG_COMPRESSION_IDENTITY;
    gg_tls_client_config tls;
    gg_tls_client_config_init(&tls);
    if (request->server_tls_cert.len > 0) {
        options.tls = gg_tls_openssl();
        options.tls_config = &tls;
        tls.ca_file = temporary(arena, request->server_tls_cert);
        if (request->client_tls_creds != NULL) {
            tls.cert_file = temporary(arena, request->client_tls_creds->cert);
            tls.key_file = temporary(arena, request->client_tls_creds->key);
        }
    }
    char target[300];
    snprintf(target, sizeof target, "%.*s:%u", GG_STR_ARG(request->host), (unsigned)request->port);
    gg_channel *channel = gg_channel_new(target, &options, why);
    const char *files[] = { tls.ca_file, tls.cert_file, tls.key_file };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (files[i] != NULL)
            unlink(files[i]);
    return channel;
}

/* -- the call -- */

typedef struct call {
    const Request *request;
    const gg_method_type *method;
    gg_stream *stream;
    gg_arena *arena;
    Result *result;
    size_t payloads_max;
} call;

static const gg_method_type *find_method(const Request *request)
{
    const gg_service_type *service = &connectrpc_conformance_v1_ConformanceService_type;
    if (request->has_service && !gg_str_eq(request->service, service->name))
        return NULL;
    for (size_t i = 0; i < service->method_count; i++) {
        gg_str path = service->methods[i].path;
        size_t at = service->name.len + 2;
        if (gg_str_eq(gg_str_of(path.ptr + at, path.len - at), request->method))
            return &service->methods[i];
    }
    return NULL;
}

/* The type is named behind the last '/' of the URL. */
static bool is_of_type(const google_protobuf_Any *any, const gg_message_type *type)
{
    size_t from = any->type_url.len;
    while (from > 0 && any->type_url.ptr[from - 1] != '/')
        from--;
    return gg_str_eq(gg_str_of(any->type_url.ptr + from, any->type_url.len - from), type->name);
}

static void wait_ms(uint32_t ms)
{
    struct timespec delay = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };
    while (nanosleep(&delay, &delay) != 0)
        continue;
}

static int32_t cancel_when(const Request *request)
{
    if (request->cancel == NULL)
        return 0;
    int32_t when = request->cancel->cancel_timing_case;
    return when != 0 ? when : CANCEL_AFTER_CLOSE_SEND_MS;
}

static void keep_payload(call *c, const connectrpc_conformance_v1_UnaryResponse *response)
{
    Result *result = c->result;
    if (result->payloads_count == c->payloads_max) {
        size_t max = c->payloads_max * 2 + 8;
        connectrpc_conformance_v1_ConformancePayload *more = take(c->arena, max * sizeof *more);
        if (result->payloads_count > 0)
            memcpy(more, result->payloads, result->payloads_count * sizeof *more);
        result->payloads = more;
        c->payloads_max = max;
    }
    if (response->payload != NULL)
        result->payloads[result->payloads_count] = *response->payload;
    result->payloads_count++;
}

/* The next response of a call that streams them; false when none follows. */
static bool receive(call *c)
{
    connectrpc_conformance_v1_UnaryResponse response = { 0 }; /* all responses look alike */
    if (gg_stream_recv(c->stream, &connectrpc_conformance_v1_UnaryResponse_type, &response, c->arena) != GG_OK)
        return false;
    keep_payload(c, &response);
    if (cancel_when(c->request) == CANCEL_AFTER_NUM_RESPONSES &&
        c->result->payloads_count == c->request->cancel->after_num_responses)
        gg_stream_cancel(c->stream);
    return true;
}

/* All requests of a call that streams them; of a full-duplex one a response is awaited after each. */
static void send_all(call *c)
{
    const Request *request = c->request;
    bool full_duplex = request->stream_type == connectrpc_conformance_v1_STREAM_TYPE_FULL_DUPLEX_BIDI_STREAM;
    for (size_t i = 0; i < request->request_messages_count; i++) {
        wait_ms(request->request_delay_ms);
        gg_message message = gg_message_of(NULL, NULL);
        message.wire = request->request_messages[i].value;
        bool sent = gg_stream_send(c->stream, &message) == GG_OK;
        if (!sent || (full_duplex && !receive(c))) {
            c->result->num_unsent_requests = (int32_t)(request->request_messages_count - i - (sent ? 1 : 0));
            return;
        }
    }
}

static void tell_error(call *c, const gg_client_status *status)
{
    connectrpc_conformance_v1_Error *error = take(c->arena, sizeof *error);
    *error = (connectrpc_conformance_v1_Error){ .code = status->code, .message = status->message, .has_message = true };
    gg_str type, value, rest = status->details;
    size_t count = 0;
    while (gg_status_next_detail(&rest, &type, &value) == GG_OK)
        count++;
    error->details = take(c->arena, (count + 1) * sizeof *error->details);
    rest = status->details;
    while (error->details_count < count && gg_status_next_detail(&rest, &type, &value) == GG_OK) {
        const gg_str prefix = GG_STR("type.googleapis.com/");
        char *url = take(c->arena, prefix.len + type.len);
        memcpy(url, prefix.ptr, prefix.len);
        memcpy(url + prefix.len, type.ptr, type.len);
        error->details[error->details_count++] = (google_protobuf_Any){ gg_str_of(url, prefix.len + type.len), value };
    }
    c->result->error = error;
}

/* From the end of the requests to the status. */
static void finish(call *c)
{
    int32_t when = cancel_when(c->request);
    if (when == CANCEL_BEFORE_CLOSE_SEND)
        gg_stream_cancel(c->stream);
    gg_stream_close_send(c->stream);
    if (when == CANCEL_AFTER_CLOSE_SEND_MS) {
        if (c->request->cancel->cancel_timing_case != 0)
            wait_ms(c->request->cancel->after_close_send_ms);
        gg_stream_cancel(c->stream);
    }
    gg_client_status status;
    if (c->method->server_streaming) {
        while (receive(c))
            continue;
        gg_stream_finish(c->stream, c->arena, &status);
    } else {
        connectrpc_conformance_v1_UnaryResponse response = { 0 };
        if (gg_stream_finish_with(c->stream, &connectrpc_conformance_v1_UnaryResponse_type, &response, c->arena,
                &status) == GG_STATUS_OK)
            keep_payload(c, &response);
    }
    if (status.code != GG_STATUS_OK)
        tell_error(c, &status);
    c->result->response_headers = from_metadata(c->arena, &status.headers, &c->result->response_headers_count);
    c->result->response_trailers = from_metadata(c->arena, &status.trailers, &c->result->response_trailers_count);
}

static gg_stream *start(const call *c, gg_channel *channel)
{
    const Request *request = c->request;
    gg_call_options options;
    gg_call_options_init(&options);
    options.metadata = to_metadata(c->arena, request->request_headers, request->request_headers_count);
    if (request->has_timeout_ms)
        options.timeout_ns = request->timeout_ms > 0 ? (uint64_t)request->timeout_ms * 1000000 : 1;
    if (c->method->client_streaming)
        return gg_stream_open(channel, c->method, &options, NULL);
    wait_ms(request->request_delay_ms);
    gg_message message = gg_message_of(NULL, NULL);
    message.wire = request->request_messages[0].value;
    return gg_stream_open(channel, c->method, &options, &message);
}

static void refuse(Response *response, gg_arena *arena, const char *why)
{
    response->result_case = 3;
    response->error = take(arena, sizeof *response->error);
    char *copy = take(arena, strlen(why) + 1);
    response->error->message = gg_str_from(strcpy(copy, why));
}

/* Why the call cannot be made as the request wants it; NULL if it can. */
static const char *why_not(const Request *request, const gg_method_type *method)
{
    if (request->protocol != connectrpc_conformance_v1_PROTOCOL_GRPC || request->raw_request != NULL)
        return "this client makes gRPC calls only";
    if (request->http_version != connectrpc_conformance_v1_HTTP_VERSION_2)
        return "this client speaks HTTP/2 only";
    if (request->codec != connectrpc_conformance_v1_CODEC_PROTO)
        return "this client sends binary protobuf only";
    if (request->compression != connectrpc_conformance_v1_COMPRESSION_IDENTITY &&
        request->compression != connectrpc_conformance_v1_COMPRESSION_GZIP &&
        request->compression != connectrpc_conformance_v1_COMPRESSION_DEFLATE)
        return "this client compresses by gzip and deflate only";
    if (method == NULL)
        return "there is no such method";
    if (!method->client_streaming && request->request_messages_count != 1)
        return "the method takes exactly one request message";
    for (size_t i = 0; i < request->request_messages_count; i++)
        if (!is_of_type(&request->request_messages[i], method->input))
            return "a request message is not of the method's type";
    return NULL;
}

void make_call(const Request *request, gg_arena *arena, Response *response)
{
    response->test_name = request->test_name;
    call c = { .request = request, .arena = arena, .method = find_method(request) };
    const char *wrong = why_not(request, c.method);
    if (wrong != NULL) {
        refuse(response, arena, wrong);
        return;
    }
    char why[GG_WHY_LEN];
    gg_channel *channel = open_channel(request, arena, why);
    if (channel == NULL) {
        refuse(response, arena, why);
        return;
    }
    c.stream = start(&c, channel);
    if (c.stream == NULL) {
        refuse(response, arena, "the call cannot be started");
    } else {
        response->result_case = 2;
        response->response = c.result = take(arena, sizeof *c.result);
        if (c.method->client_streaming)
            send_all(&c);
        finish(&c);
    }
    gg_channel_free(channel);
}
