/* client_compression.c -- the interop cases in which messages, or some of them, are compressed.
 *
 * Whether a response was compressed only callbacks tell, so calls are made by these, one at a time.
 * Spec: gRPC interop-test-descriptions.md, "client_compressed_unary" and the five after it. */
#include "client.h"

#include <pthread.h>

#include "grpc/testing/test_client.gg.h"

enum { LARGE_REQUEST = 271828, LARGE_RESPONSE = 314159, RESPONSES_MAX = 4 };

/* One call, as it went. */
typedef struct outcome {
    pthread_mutex_t lock;
    pthread_cond_t over_now;
    bool over;
    gg_status status;
    size_t count;
    struct {
        bool compressed;
        size_t payload_len;
    } responses[RESPONSES_MAX];
} outcome;

static void on_message(gg_client_call *call, const gg_message *message, void *user)
{
    (void)call;
    outcome *o = user;
    if (o->count == RESPONSES_MAX)
        return;
    const grpc_testing_Payload *payload = message->type == &grpc_testing_SimpleResponse_type
        ? grpc_testing_TestServiceClient_UnaryCall_response(message)->payload
        : grpc_testing_TestServiceClient_StreamingOutputCall_response(message)->payload;
    o->responses[o->count].compressed = message->compressed;
    o->responses[o->count].payload_len = payload != NULL ? payload->body.len : 0;
    o->count++;
}

static void on_status(gg_client_call *call, const gg_client_status *status, void *user)
{
    (void)call;
    outcome *o = user;
    pthread_mutex_lock(&o->lock);
    o->status = status->code;
    o->over = true;
    pthread_cond_signal(&o->over_now);
    pthread_mutex_unlock(&o->lock);
}

static const gg_client_handler collect = { .message = on_message, .status = on_status };

static void await(outcome *o)
{
    pthread_mutex_lock(&o->lock);
    while (!o->over)
        pthread_cond_wait(&o->over_now, &o->lock);
    pthread_mutex_unlock(&o->lock);
    pthread_cond_destroy(&o->over_now);
    pthread_mutex_destroy(&o->lock);
}

static void outcome_init(outcome *o)
{
    memset(o, 0, sizeof *o);
    pthread_mutex_init(&o->lock, NULL);
    pthread_cond_init(&o->over_now, NULL);
}

/* A unary call whose request says that it is compressed, or not, and is so, or not; responses compressed or not. */
static outcome unary(const fixture *f, const grpc_testing_BoolValue *expect, bool compressed,
    const grpc_testing_BoolValue *response_compressed)
{
    gg_call_options options;
    gg_call_options_init(&options);
    options.compression = compressed ? GG_COMPRESSION_GZIP : GG_COMPRESSION_IDENTITY;
    grpc_testing_BoolValue expected, wanted;
    grpc_testing_SimpleRequest request = { .response_size = LARGE_RESPONSE,
        .payload = zero_payload(f->arena, LARGE_REQUEST) };
    if (expect != NULL)
        expected = *expect, request.expect_compressed = &expected;
    if (response_compressed != NULL)
        wanted = *response_compressed, request.response_compressed = &wanted;
    outcome o;
    outcome_init(&o);
    if (grpc_testing_TestServiceClient_UnaryCall_start(f->channel, &options, &request, &collect, &o) == GG_OK)
        await(&o);
    return o;
}

static const grpc_testing_BoolValue yes = { .value = true }, no = { .value = false };

static bool one_response(const outcome *o, const bool *compressed)
{
    return o->status == GG_STATUS_OK && o->count == 1 && o->responses[0].payload_len == LARGE_RESPONSE &&
        (compressed == NULL || o->responses[0].compressed == *compressed);
}

bool client_compressed_unary_noprobe(const fixture *f)
{
    outcome compressed = unary(f, &yes, true, NULL), plain = unary(f, &no, false, NULL);
    CHECK(one_response(&compressed, NULL), NULL);
    CHECK(one_response(&plain, NULL), NULL);
    return true;
}

/* The probe: a server that looks sees that the request was not compressed. */
bool client_compressed_unary(const fixture *f)
{
    outcome probe = unary(f, &yes, false, NULL);
    CHECK(probe.status == GG_STATUS_INVALID_ARGUMENT, NULL);
    return client_compressed_unary_noprobe(f);
}

bool server_compressed_unary(const fixture *f)
{
    outcome compressed = unary(f, NULL, false, &yes), plain = unary(f, NULL, false, &no);
    CHECK(one_response(&compressed, &(bool){ true }), NULL);
    CHECK(one_response(&plain, &(bool){ false }), NULL);
    return true;
}

static gg_rc send_input(const fixture *f, gg_stream *stream, int32_t size, bool expect, bool compressed)
{
    grpc_testing_BoolValue expected = { .value = expect };
    grpc_testing_StreamingInputCallRequest request = { .payload = zero_payload(f->arena, size),
        .expect_compressed = &expected };
    gg_message message = gg_message_of(&grpc_testing_StreamingInputCallRequest_type, &request);
    message.plain = !compressed;
    return gg_stream_send(stream, &message);
}

static gg_stream *open_input(const fixture *f)
{
    gg_call_options options;
    gg_call_options_init(&options);
    options.compression = GG_COMPRESSION_GZIP;
    return grpc_testing_TestServiceClient_StreamingInputCall(f->channel, &options);
}

bool client_compressed_streaming_noprobe(const fixture *f)
{
    gg_stream *stream = open_input(f);
    bool sent =
        send_input(f, stream, 27182, true, true) == GG_OK && send_input(f, stream, 45904, false, false) == GG_OK;
    grpc_testing_StreamingInputCallResponse response;
    gg_client_status status;
    grpc_testing_TestServiceClient_StreamingInputCall_finish(stream, &response, f->arena, &status);
    CHECK(sent && status.code == GG_STATUS_OK, &status);
    CHECK(response.aggregated_payload_size == 27182 + 45904, &status);
    return true;
}

bool client_compressed_streaming(const fixture *f)
{
    gg_stream *stream = open_input(f);
    send_input(f, stream, 27182, true, false);
    gg_client_status status;
    gg_stream_finish(stream, f->arena, &status);
    CHECK(status.code == GG_STATUS_INVALID_ARGUMENT, &status);
    return client_compressed_streaming_noprobe(f);
}

bool server_compressed_streaming(const fixture *f)
{
    grpc_testing_BoolValue compressed = yes, plain = no;
    grpc_testing_ResponseParameters wanted[] = { { .size = 31415, .compressed = &compressed },
        { .size = 92653, .compressed = &plain } };
    grpc_testing_StreamingOutputCallRequest request = { .response_parameters = wanted, .response_parameters_count = 2 };
    outcome o;
    outcome_init(&o);
    if (grpc_testing_TestServiceClient_StreamingOutputCall_start(f->channel, NULL, &request, &collect, &o) == GG_OK)
        await(&o);
    CHECK(o.status == GG_STATUS_OK && o.count == 2, NULL);
    CHECK(o.responses[0].compressed && o.responses[0].payload_len == 31415, NULL);
    CHECK(!o.responses[1].compressed && o.responses[1].payload_len == 92653, NULL);
    return true;
}
