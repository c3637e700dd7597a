/* server.c -- gRPC's interop service, by which clients of all languages check each other's servers.
 *
 * Unary calls are answered on the loop's thread, streams by handlers that block.  Beyond what grpc-go's and grpc-java's
 * servers do it looks whether each request was compressed as its expect_compressed says.
 * Spec: gRPC interop-test-descriptions.md, "Server". */
#include <stdio.h>
#include <unistd.h>

#include "gg/tls.h"
#include "grpc/testing/test.gg.h"

typedef grpc_testing_SimpleRequest SimpleRequest;
typedef grpc_testing_SimpleResponse SimpleResponse;
typedef grpc_testing_StreamingInputCallRequest InputRequest;
typedef grpc_testing_StreamingInputCallResponse InputResponse;
typedef grpc_testing_StreamingOutputCallRequest OutputRequest;
typedef grpc_testing_StreamingOutputCallResponse OutputResponse;
typedef grpc_testing_ResponseParameters ResponseParameters;

enum { PAYLOAD_LEN_MAX = 4 << 20 };
static char zeros[PAYLOAD_LEN_MAX]; /* what all payloads are cut from; never written */

#define ECHO_HEADER GG_STR("x-grpc-test-echo-initial")
#define ECHO_TRAILER GG_STR("x-grpc-test-echo-trailing-bin")

static bool make_payload(grpc_testing_Payload *payload, int32_t type, int32_t size)
{
    if (size < 0 || size > PAYLOAD_LEN_MAX || type != grpc_testing_COMPRESSABLE)
        return false;
    *payload = (grpc_testing_Payload){ .type = type, .body = gg_str_of(zeros, (size_t)size) };
    return true;
}

static bool compressed_as_said(const grpc_testing_BoolValue *expected, bool compressed)
{
    return expected == NULL || expected->value == compressed;
}

/* -- on the loop's thread -- */

static gg_status empty_call(gg_call *call, const grpc_testing_Empty *request, grpc_testing_Empty *response)
{
    (void)call, (void)request, (void)response;
    return GG_STATUS_OK;
}

static gg_status unary_call(gg_call *call, const SimpleRequest *request, SimpleResponse *response)
{
    gg_str header = gg_call_metadata(call, ECHO_HEADER), trailer = gg_call_metadata(call, ECHO_TRAILER);
    if (header.ptr != NULL)
        gg_call_set_header(call, ECHO_HEADER, header);
    if (trailer.ptr != NULL)
        gg_call_set_trailer(call, ECHO_TRAILER, trailer);
    const grpc_testing_EchoStatus *status = request->response_status;
    if (status != NULL && status->code != 0)
        return gg_call_fail(call, (gg_status)status->code, "%.*s", GG_STR_ARG(status->message));
    if (!compressed_as_said(request->expect_compressed, gg_call_request_compressed(call)))
        return gg_call_fail(call, GG_STATUS_INVALID_ARGUMENT, "the request's compression is not as expected");
    if (request->response_compressed != NULL) {
        gg_call_set_compression(call, GG_COMPRESSION_GZIP);
        gg_call_compress(call, request->response_compressed->value);
    }
    response->payload = gg_call_alloc(call, sizeof *response->payload);
    if (response->payload == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    if (!make_payload(response->payload, request->response_type, request->response_size))
        return gg_call_fail(call, GG_STATUS_INVALID_ARGUMENT, "no payload of this type or size");
    char name[256] = "";
    gethostname(name, sizeof name - 1);
    response->hostname = gg_call_printf(call, "%s", name);
    if (request->fill_server_id)
        response->server_id = gg_call_printf(call, "%s:%ld", name, (long)getpid());
    return GG_STATUS_OK;
}

static gg_status input_call(gg_call *call, gg_stream_event event, const InputRequest *message, InputResponse *response)
{
    int32_t *sum = gg_call_state(call, sizeof *sum);
    if (sum == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    if (event == GG_STREAM_HALF_CLOSE) {
        response->aggregated_payload_size = *sum;
        return GG_STATUS_OK;
    }
    if (event != GG_STREAM_MESSAGE)
        return GG_STATUS_PENDING;
    if (!compressed_as_said(message->expect_compressed, gg_call_request_compressed(call)))
        return gg_call_fail(call, GG_STATUS_INVALID_ARGUMENT, "the request's compression is not as expected");
    if (message->payload != NULL && message->payload->body.len > (size_t)(INT32_MAX - *sum))
        return gg_call_fail(call, GG_STATUS_OUT_OF_RANGE, "more payload than aggregated_payload_size can count");
    if (message->payload != NULL)
        *sum += (int32_t)message->payload->body.len;
    return GG_STATUS_PENDING;
}

/* -- blocking -- */

/* The responses that one request asks for. */
static gg_status send_responses(gg_blocking_call *call, int32_t type, const ResponseParameters *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const ResponseParameters *p = &wanted[i];
        if (p->interval_us > 0 && gg_blocking_sleep(call, (uint64_t)p->interval_us * 1000) != GG_OK)
            return GG_STATUS_CANCELLED;
        grpc_testing_Payload payload;
        if (!make_payload(&payload, type, p->size))
            return gg_blocking_fail(call, GG_STATUS_INVALID_ARGUMENT, "no payload of this type or size");
        OutputResponse response = { .payload = &payload };
        if (p->fill_peer_socket_address != NULL && p->fill_peer_socket_address->value)
            response.peer_socket_address = gg_blocking_peer(call);
        gg_blocking_compress(call, p->compressed != NULL && p->compressed->value);
        if (grpc_testing_TestService_StreamingOutputCall_blocking_send(call, &response) != GG_OK)
            return GG_STATUS_CANCELLED;
    }
    return GG_STATUS_OK;
}

static gg_status output_call(gg_blocking_call *call, const OutputRequest *request)
{
    gg_blocking_set_compression(call, GG_COMPRESSION_GZIP); /* of the messages that ask for it */
    return send_responses(call, request->response_type, request->response_parameters,
        request->response_parameters_count);
}

/* Each request is answered before the next one is read. */
static gg_status full_duplex_call(gg_blocking_call *call)
{
    gg_str header = gg_blocking_metadata(call, ECHO_HEADER), trailer = gg_blocking_metadata(call, ECHO_TRAILER);
    if (header.ptr != NULL)
        gg_blocking_set_header(call, ECHO_HEADER, header);
    if (trailer.ptr != NULL)
        gg_blocking_set_trailer(call, ECHO_TRAILER, trailer);
    gg_blocking_set_compression(call, GG_COMPRESSION_GZIP);
    const OutputRequest *request;
    gg_status status = GG_STATUS_OK;
    while (status == GG_STATUS_OK && grpc_testing_TestService_FullDuplexCall_recv(call, &request) == GG_OK) {
        const grpc_testing_EchoStatus *wanted = request->response_status;
        if (wanted != NULL && wanted->code != 0)
            return gg_blocking_fail(call, (gg_status)wanted->code, "%.*s", GG_STR_ARG(wanted->message));
        status = send_responses(call, request->response_type, request->response_parameters,
            request->response_parameters_count);
    }
    return status;
}

/* All requests are read before the first one is answered: kept are their parameters. */
static gg_status half_duplex_call(gg_blocking_call *call)
{
    enum { KEPT_MAX = 1024 };
    ResponseParameters *kept = gg_blocking_alloc(call, KEPT_MAX * sizeof *kept);
    size_t count = 0;
    if (kept == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    const OutputRequest *request;
    while (grpc_testing_TestService_HalfDuplexCall_recv(call, &request) == GG_OK)
        for (size_t i = 0; i < request->response_parameters_count; i++) {
            if (count == KEPT_MAX)
                return gg_blocking_fail(call, GG_STATUS_RESOURCE_EXHAUSTED, "more than %d responses", KEPT_MAX);
            const ResponseParameters *p = &request->response_parameters[i];
            kept[count++] = (ResponseParameters){ .size = p->size, .interval_us = p->interval_us };
        }
    return send_responses(call, grpc_testing_COMPRESSABLE, kept, count);
}

int main(int argc, char **argv)
{
    static const grpc_testing_TestService now = {
        .EmptyCall = empty_call,
        .UnaryCall = unary_call,
        .CacheableUnaryCall = unary_call,
        .StreamingInputCall = input_call,
    };
    static const grpc_testing_TestService_Blocking blocking = {
        .StreamingOutputCall = output_call,
        .FullDuplexCall = full_duplex_call,
        .HalfDuplexCall = half_duplex_call,
    };
    gg_app *app = gg_app_new("interop-server");
    gg_app_use(app, gg_tls_openssl());
    grpc_testing_TestService_register(app, &now, NULL);
    grpc_testing_TestService_register_blocking(app, &blocking, NULL);
    return gg_app_main(app, argc, argv);
}
