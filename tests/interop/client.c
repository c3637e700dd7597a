/* client.c -- gRPC's interop cases, made by our client; its flags are those of all interop clients.
 *
 *   interop-client --server_host=HOST --server_port=PORT --test_case=NAME
 *       [--use_tls --ca_file=FILE --server_host_override=NAME]
 *
 * HOST may be "unix:PATH" too.  Exit status: 0, the case passed; 1, it did not, and stderr says where; 2, usage.
 * The compression cases are in client_compression.c.
 * Spec: gRPC interop-test-descriptions.md. */
#include "client.h"

#include <getopt.h>
#include <stdlib.h>

#include "gg/tls.h"
#include "grpc/testing/test_client.gg.h"

enum { LARGE_REQUEST = 271828, LARGE_RESPONSE = 314159, SOAK_ROUNDS = 10 };
static const int32_t request_sizes[] = { 27182, 8, 1828, 45904 };
static const int32_t response_sizes[] = { 31415, 9, 2653, 58979 };
enum { SIZES = 4, SIZES_SUM = 74922 };

bool failed_at(const char *file, int line, const char *what, const gg_client_status *status)
{
    fprintf(stderr, "%s:%d: not true: %s", file, line, what);
    if (status != NULL)
        fprintf(stderr, "  (status %s: %.*s)", gg_status_name(status->code), GG_STR_ARG(status->message));
    fprintf(stderr, "\n");
    return false;
}

grpc_testing_Payload *zero_payload(gg_arena *arena, int32_t size)
{
    grpc_testing_Payload *payload = gg_arena_alloc(arena, sizeof *payload);
    char *zeros = gg_arena_alloc(arena, (size_t)size + 1);
    if (payload == NULL || zeros == NULL)
        abort(); /* the sizes above fit the arena */
    *payload = (grpc_testing_Payload){ .body = gg_str_of(memset(zeros, 0, (size_t)size), (size_t)size) };
    return payload;
}

static bool is_payload(const grpc_testing_Payload *payload, int32_t size)
{
    return payload != NULL && payload->type == grpc_testing_COMPRESSABLE && payload->body.len == (size_t)size;
}

/* -- unary -- */

static bool empty_unary(const fixture *f)
{
    grpc_testing_Empty request = { 0 }, response;
    gg_client_status status;
    grpc_testing_TestServiceClient_EmptyCall(f->channel, NULL, &request, &response, f->arena, &status);
    CHECK(status.code == GG_STATUS_OK, &status);
    CHECK(response.unknown_fields.len == 0, &status);
    return true;
}

static bool large_unary_on(gg_channel *channel, gg_arena *arena)
{
    grpc_testing_SimpleRequest request = { .response_size = LARGE_RESPONSE,
        .payload = zero_payload(arena, LARGE_REQUEST) };
    grpc_testing_SimpleResponse response;
    gg_client_status status;
    grpc_testing_TestServiceClient_UnaryCall(channel, NULL, &request, &response, arena, &status);
    CHECK(status.code == GG_STATUS_OK, &status);
    CHECK(is_payload(response.payload, LARGE_RESPONSE), &status);
    return true;
}

static bool large_unary(const fixture *f)
{
    return large_unary_on(f->channel, f->arena);
}

/* -- streams -- */

static bool client_streaming(const fixture *f)
{
    gg_stream *stream = grpc_testing_TestServiceClient_StreamingInputCall(f->channel, NULL);
    for (size_t i = 0; i < SIZES; i++) {
        grpc_testing_StreamingInputCallRequest request = { .payload = zero_payload(f->arena, request_sizes[i]) };
        grpc_testing_TestServiceClient_StreamingInputCall_send(stream, &request);
    }
    grpc_testing_StreamingInputCallResponse response;
    gg_client_status status;
    grpc_testing_TestServiceClient_StreamingInputCall_finish(stream, &response, f->arena, &status);
    CHECK(status.code == GG_STATUS_OK, &status);
    CHECK(response.aggregated_payload_size == SIZES_SUM, &status);
    return true;
}

static bool server_streaming(const fixture *f)
{
    grpc_testing_ResponseParameters wanted[SIZES];
    memset(wanted, 0, sizeof wanted);
    for (size_t i = 0; i < SIZES; i++)
        wanted[i].size = response_sizes[i];
    grpc_testing_StreamingOutputCallRequest request = { .response_parameters = wanted,
        .response_parameters_count = SIZES };
    gg_stream *stream = grpc_testing_TestServiceClient_StreamingOutputCall(f->channel, NULL, &request);
    grpc_testing_StreamingOutputCallResponse response;
    size_t count = 0, right = 0;
    while (grpc_testing_TestServiceClient_StreamingOutputCall_recv(stream, &response, f->arena) == GG_OK) {
        right += count < SIZES && is_payload(response.payload, response_sizes[count]);
        count++;
    }
    gg_client_status status;
    gg_stream_finish(stream, f->arena, &status);
    CHECK(status.code == GG_STATUS_OK, &status);
    CHECK(count == SIZES && right == SIZES, &status);
    return true;
}

/* Sends one request on a bidirectional stream, for one response of that size (negative: for none). */
static gg_rc ask(const fixture *f, gg_stream *stream, int32_t request_size, int32_t response_size)
{
    grpc_testing_ResponseParameters wanted = { .size = response_size };
    grpc_testing_StreamingOutputCallRequest request = { .response_parameters = &wanted,
        .response_parameters_count = response_size >= 0,
        .payload = zero_payload(f->arena, request_size) };
    return grpc_testing_TestServiceClient_FullDuplexCall_send(stream, &request);
}

static bool ask_and_receive(const fixture *f, gg_stream *stream, int32_t request_size, int32_t response_size)
{
    grpc_testing_StreamingOutputCallResponse response;
    return ask(f, stream, request_size, response_size) == GG_OK &&
        grpc_testing_TestServiceClient_FullDuplexCall_recv(stream, &response, f->arena) == GG_OK &&
        is_payload(response.payload, response_size);
}

static bool ping_pong(const fixture *f)
{
    gg_stream *stream = grpc_testing_TestServiceClient_FullDuplexCall(f->channel, NULL);
    size_t right = 0;
    for (size_t i = 0; i < SIZES; i++)
        right += ask_and_receive(f, stream, request_sizes[i], response_sizes[i]);
    gg_stream_close_send(stream);
    grpc_testing_StreamingOutputCallResponse none;
    gg_rc after = grpc_testing_TestServiceClient_FullDuplexCall_recv(stream, &none, f->arena);
    gg_client_status status;
    gg_stream_finish(stream, f->arena, &status);
    CHECK(status.code == GG_STATUS_OK, &status);
    CHECK(right == SIZES && after == GG_END, &status);
    return true;
}

static bool empty_stream(const fixture *f)
{
    gg_stream *stream = grpc_testing_TestServiceClient_FullDuplexCall(f->channel, NULL);
    gg_stream_close_send(stream);
    grpc_testing_StreamingOutputCallResponse none;
    gg_rc first = grpc_testing_TestServiceClient_FullDuplexCall_recv(stream, &none, f->arena);
    gg_client_status status;
    gg_stream_finish(stream, f->arena, &status);
    CHECK(status.code == GG_STATUS_OK, &status);
    CHECK(first == GG_END, &status);
    return true;
}

static bool timeout_on_sleeping_server(const fixture *f)
{
    gg_call_options options;
    gg_call_options_init(&options);
    options.timeout_ns = 1000000;
    gg_stream *stream = grpc_testing_TestServiceClient_FullDuplexCall(f->channel, &options);
    ask(f, stream, request_sizes[0], -1); /* may be too late already */
    grpc_testing_StreamingOutputCallResponse none;
    gg_rc first = grpc_testing_TestServiceClient_FullDuplexCall_recv(stream, &none, f->arena);
    gg_client_status status;
    gg_stream_finish(stream, f->arena, &status);
    CHECK(status.code == GG_STATUS_DEADLINE_EXCEEDED, &status);
    CHECK(first == GG_END, &status);
    return true;
}

static bool cancel_after_begin(const fixture *f)
{
    gg_stream *stream = grpc_testing_TestServiceClient_StreamingInputCall(f->channel, NULL);
    gg_stream_cancel(stream);
    gg_client_status status;
    gg_stream_finish(stream, f->arena, &status);
    CHECK(status.code == GG_STATUS_CANCELLED, &status);
    return true;
}

static bool cancel_after_first_response(const fixture *f)
{
    gg_stream *stream = grpc_testing_TestServiceClient_FullDuplexCall(f->channel, NULL);
    bool first = ask_and_receive(f, stream, request_sizes[0], response_sizes[0]);
    gg_stream_cancel(stream);
    gg_client_status status;
    gg_stream_finish(stream, f->arena, &status);
    CHECK(first, &status);
    CHECK(status.code == GG_STATUS_CANCELLED, &status);
    return true;
}

/* -- statuses and metadata -- */

static bool unary_status(const fixture *f, gg_str message)
{
    grpc_testing_EchoStatus wanted = { .code = GG_STATUS_UNKNOWN, .message = message };
    grpc_testing_SimpleRequest request = { .response_status = &wanted };
    grpc_testing_SimpleResponse response;
    gg_client_status status;
    grpc_testing_TestServiceClient_UnaryCall(f->channel, NULL, &request, &response, f->arena, &status);
    CHECK(status.code == GG_STATUS_UNKNOWN, &status);
    CHECK(gg_str_eq(status.message, message), &status);
    return true;
}

static bool status_code_and_message(const fixture *f)
{
    gg_str message = GG_STR("test status message");
    grpc_testing_EchoStatus wanted = { .code = GG_STATUS_UNKNOWN, .message = message };
    grpc_testing_StreamingOutputCallRequest request = { .response_status = &wanted };
    gg_stream *stream = grpc_testing_TestServiceClient_FullDuplexCall(f->channel, NULL);
    grpc_testing_TestServiceClient_FullDuplexCall_send(stream, &request);
    gg_stream_close_send(stream);
    gg_client_status status;
    gg_stream_finish(stream, f->arena, &status);
    CHECK(status.code == GG_STATUS_UNKNOWN, &status);
    CHECK(gg_str_eq(status.message, message), &status);
    return unary_status(f, message);
}

static bool special_status_message(const fixture *f)
{
    return unary_status(f,
        GG_STR("\t\ntest with whitespace\r\nand Unicode BMP \xe2\x98\xba and non-BMP \xf0\x9f\x98\x88\t\n"));
}

static bool custom_metadata(const fixture *f)
{
    static const gg_metadata_entry sent[] = {
        { GG_STR_INIT("x-grpc-test-echo-initial"), GG_STR_INIT("test_initial_metadata_value") },
        { GG_STR_INIT("x-grpc-test-echo-trailing-bin"), GG_STR_INIT("\xab\xab\xab") },
    };
    gg_call_options options;
    gg_call_options_init(&options);
    options.metadata = (gg_metadata){ sent, 2 };
    grpc_testing_SimpleRequest request = { .response_size = LARGE_RESPONSE,
        .payload = zero_payload(f->arena, LARGE_REQUEST) };
    grpc_testing_SimpleResponse response;
    gg_client_status status;
    grpc_testing_TestServiceClient_UnaryCall(f->channel, &options, &request, &response, f->arena, &status);
    CHECK(status.code == GG_STATUS_OK, &status);
    CHECK(gg_str_eq(gg_metadata_get(&status.headers, sent[0].key), sent[0].value), &status);
    CHECK(gg_str_eq(gg_metadata_get(&status.trailers, sent[1].key), sent[1].value), &status);

    gg_stream *stream = grpc_testing_TestServiceClient_FullDuplexCall(f->channel, &options);
    bool received = ask_and_receive(f, stream, request_sizes[0], response_sizes[0]);
    gg_stream_finish(stream, f->arena, &status);
    CHECK(status.code == GG_STATUS_OK, &status);
    CHECK(received, &status);
    CHECK(gg_str_eq(gg_metadata_get(&status.headers, sent[0].key), sent[0].value), &status);
    CHECK(gg_str_eq(gg_metadata_get(&status.trailers, sent[1].key), sent[1].value), &status);
    return true;
}

static bool unimplemented_method(const fixture *f)
{
    grpc_testing_Empty request = { 0 }, response;
    gg_client_status status;
    grpc_testing_TestServiceClient_UnimplementedCall(f->channel, NULL, &request, &response, f->arena, &status);
    CHECK(status.code == GG_STATUS_UNIMPLEMENTED, &status);
    return true;
}

static bool unimplemented_service(const fixture *f)
{
    grpc_testing_Empty request = { 0 }, response;
    gg_client_status status;
    grpc_testing_UnimplementedServiceClient_UnimplementedCall(f->channel, NULL, &request, &response, f->arena, &status);
    CHECK(status.code == GG_STATUS_UNIMPLEMENTED, &status);
    return true;
}

/* -- soak: the same call many times, on one channel or each on a new one -- */

static bool rpc_soak(const fixture *f)
{
    bool ok = true;
    for (int i = 0; ok && i < SOAK_ROUNDS; i++) {
        gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        ok = large_unary_on(f->channel, arena);
        gg_arena_unref(arena);
    }
    return ok;
}

static bool channel_soak(const fixture *f)
{
    bool ok = true;
    for (int i = 0; ok && i < SOAK_ROUNDS; i++) {
        gg_channel *channel = gg_channel_new(f->target, f->options, NULL);
        gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        ok = channel != NULL && large_unary_on(channel, arena);
        gg_arena_unref(arena);
        gg_channel_free(channel);
    }
    return ok;
}

/* -- command line -- */

#define CASE(name) \
    { \
#name, name \
    }
static const struct {
    const char *name;
    bool (*run)(const fixture *f);
} cases[] = { CASE(empty_unary), CASE(large_unary), CASE(client_streaming), CASE(server_streaming), CASE(ping_pong),
    CASE(empty_stream), CASE(timeout_on_sleeping_server), CASE(cancel_after_begin), CASE(cancel_after_first_response),
    CASE(status_code_and_message), CASE(special_status_message), CASE(custom_metadata), CASE(unimplemented_method),
    CASE(unimplemented_service), CASE(rpc_soak), CASE(channel_soak), CASE(client_compressed_unary),
    CASE(client_compressed_unary_noprobe), CASE(client_compressed_streaming), CASE(client_compressed_streaming_noprobe),
    CASE(server_compressed_unary), CASE(server_compressed_streaming) };

static int usage(void)
{
    fprintf(stderr,
        "usage: interop-client --server_host=HOST --server_port=PORT --test_case=NAME\n"
        "           [--use_tls --ca_file=FILE --server_host_override=NAME]\ncases:");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        fprintf(stderr, " %s", cases[i].name);
    fprintf(stderr, "\n");
    return 2;
}

/* Over a channel that the flags describe. */
static int run(bool (*test_case)(const fixture *f), const char *target, const gg_channel_options *options)
{
    char why[GG_WHY_LEN];
    fixture f = { .target = target, .options = options };
    f.channel = gg_channel_new(target, options, why);
    f.arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    if (f.channel == NULL)
        fprintf(stderr, "interop-client: %s\n", why);
    bool ok = f.channel != NULL && f.arena != NULL && test_case(&f);
    gg_arena_unref(f.arena);
    gg_channel_free(f.channel);
    return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
    static const struct option flags[] = { { "server_host", required_argument, NULL, 'h' },
        { "server_port", required_argument, NULL, 'p' }, { "test_case", required_argument, NULL, 'c' },
        { "use_tls", optional_argument, NULL, 't' }, { "ca_file", required_argument, NULL, 'a' },
        { "server_host_override", required_argument, NULL, 'o' }, { NULL, 0, NULL, 0 } };
    const char *host = "localhost", *port = "", *name = "";
    gg_tls_client_config tls;
    gg_channel_options options;
    gg_tls_client_config_init(&tls);
    gg_channel_options_init(&options);
    for (int flag; (flag = getopt_long(argc, argv, "", flags, NULL)) != -1;)
        switch (flag) {
        case 'h':
            host = optarg;
            break;
        case 'p':
            port = optarg;
            break;
        case 'c':
            name = optarg;
            break;
        case 't':
            options.tls = optarg != NULL && strcmp(optarg, "false") == 0 ? NULL : gg_tls_openssl();
            break;
        case 'a':
            tls.ca_file = optarg;
            break;
        case 'o':
            tls.server_name = optarg;
            break;
        default:
            return usage();
        }
    options.tls_config = options.tls != NULL ? &tls : NULL;
    char target[512];
    bool unix_socket = strncmp(host, "unix:", 5) == 0;
    int len = snprintf(target, sizeof target, unix_socket ? "%s" : "%s:%s", host, port);
    if (len >= (int)sizeof target || optind != argc)
        return usage();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (strcmp(cases[i].name, name) == 0)
            return run(cases[i].run, target, &options);
    return usage();
}
