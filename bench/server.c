/* server.c -- ping, bench.v1.Echo and bench.v1.BenchmarkService in one program, with ping's flags: what bench/run and
 * bench/grpc measure. */
#include "bench/v1/benchmark.gg.h"
#include "bench/v1/echo.gg.h"
#include "gg/app.h"
#include "ping.h"

static gg_status echo(gg_call *call, const bench_v1_EchoMessage *request, bench_v1_EchoMessage *response)
{
    (void)call;
    *response = *request; /* both live as long as the call, so nothing below is copied */
    return GG_STATUS_OK;
}

static gg_status unary_call(gg_call *call, const bench_v1_Payload *request, bench_v1_Payload *response)
{
    (void)call;
    *response = *request;
    return GG_STATUS_OK;
}

static gg_status from_client(gg_call *call, gg_stream_event event, const bench_v1_Payload *message,
    bench_v1_Received *response)
{
    bench_v1_Received *received = gg_call_state(call, sizeof *received);
    if (received == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    if (event == GG_STREAM_MESSAGE) {
        received->count++;
        received->bytes += message->body.len;
    }
    if (event != GG_STREAM_HALF_CLOSE)
        return GG_STATUS_PENDING;
    *response = *received;
    return GG_STATUS_OK;
}

typedef struct sending {
    bench_v1_Payload response;
    uint32_t sent;
} sending;

static gg_status from_server(gg_call *call, gg_stream_event event, const bench_v1_Wanted *request)
{
    sending *s = gg_call_state(call, sizeof *s);
    if (s != NULL && event == GG_STREAM_START)
        s->response.body = gg_str_of(gg_call_alloc(call, request->len), request->len);
    if (s == NULL || (s->response.body.ptr == NULL && request->len > 0))
        return GG_STATUS_RESOURCE_EXHAUSTED;
    for (; s->sent < request->count; s->sent++) {
        gg_rc rc = bench_v1_BenchmarkService_StreamingFromServer_send(call, &s->response);
        if (rc == GG_AGAIN)
            return GG_STATUS_PENDING; /* GG_STREAM_WRITABLE comes */
        if (rc != GG_OK)
            return rc == GG_ENOMEM ? GG_STATUS_RESOURCE_EXHAUSTED : GG_STATUS_CANCELLED;
    }
    return GG_STATUS_OK;
}

static gg_status both_ways(gg_call *call, gg_stream_event event, const bench_v1_Payload *message)
{
    if (event == GG_STREAM_HALF_CLOSE)
        return GG_STATUS_OK;
    if (event == GG_STREAM_MESSAGE && bench_v1_BenchmarkService_StreamingBothWays_send(call, message) != GG_OK)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    return GG_STATUS_PENDING;
}

int main(int argc, char **argv)
{
    static const bench_v1_Echo echo_service = { .Echo = echo };
    static const bench_v1_BenchmarkService benchmark_service = { .UnaryCall = unary_call,
        .StreamingFromClient = from_client,
        .StreamingFromServer = from_server,
        .StreamingBothWays = both_ways };
    gg_app *app = gg_app_new("bench-server");
    gg_app_intercept(app, &log_interceptor, app);
    example_v1_PingService_register(app, &ping_service, NULL);
    bench_v1_Echo_register(app, &echo_service, NULL);
    bench_v1_BenchmarkService_register(app, &benchmark_service, NULL);
    return gg_app_main(app, argc, argv);
}
