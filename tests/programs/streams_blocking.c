/* streams_blocking.c -- test.v1.Streaming by handlers that block, and the barrier that they may wait at. */
#include <pthread.h>
#include <stdlib.h>

#include "test_server.h"

enum { PIECE_MAX = 1 << 20 };

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t opens;
    bool open;
} barrier = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false };

void barrier_open(void)
{
    pthread_mutex_lock(&barrier.mutex);
    barrier.open = true;
    pthread_cond_broadcast(&barrier.opens);
    pthread_mutex_unlock(&barrier.mutex);
}

static void barrier_wait(void)
{
    pthread_mutex_lock(&barrier.mutex);
    while (!barrier.open)
        pthread_cond_wait(&barrier.opens, &barrier.mutex);
    pthread_mutex_unlock(&barrier.mutex);
}

/* As in streams.c. */
static void compress_as_asked(gg_blocking_call *call, const test_v1_StreamRequest *request)
{
    gg_str name = gg_blocking_metadata(call, GG_STR("x-compression"));
    bool compressed = gg_blocking_request_compressed(call);
    if (name.len > 0)
        gg_blocking_set_compression(call, compression_of(name));
    gg_blocking_compress(call, !gg_str_eq(request->mode, GG_STR("plain")));
    if (name.ptr != NULL)
        gg_blocking_set_trailer(call, GG_STR("x-compressed"), compressed ? GG_STR("yes") : GG_STR("no"));
}

/* The status that a request asks for; OK: it goes on. */
static gg_status asked(gg_blocking_call *call, const test_v1_StreamRequest *request)
{
    if (gg_str_eq(request->mode, GG_STR("headers"))) {
        gg_blocking_set_header(call, GG_STR("x-early"), GG_STR("1"));
        gg_blocking_send_headers(call);
    }
    if (gg_str_eq(request->mode, GG_STR("barrier")))
        barrier_wait();
    if (gg_str_eq(request->mode, GG_STR("never"))) {
        gg_blocking_send_headers(call);
        gg_blocking_sleep(call, UINT64_MAX);
        return GG_STATUS_CANCELLED;
    }
    if (request->status == 0)
        return GG_STATUS_OK;
    gg_str wire;
    if (gg_str_eq(request->mode, GG_STR("detail")) &&
        gg_message_to_wire(&test_v1_StreamRequest_type, request, gg_blocking_arena(call), &wire) == GG_OK)
        gg_blocking_add_detail(call, test_v1_StreamRequest_type.name, wire);
    return gg_blocking_fail(call, (gg_status)request->status, "%.*s", GG_STR_ARG(request->message));
}

static gg_status down(gg_blocking_call *call, const test_v1_StreamRequest *request)
{
    char *zeros = gg_blocking_alloc(call, PIECE_MAX);
    uint32_t size = request->size < PIECE_MAX ? request->size : PIECE_MAX;
    if (zeros == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    compress_as_asked(call, request);
    for (uint32_t i = 0; i < request->count; i++) {
        if (gg_str_eq(request->mode, GG_STR("alternate")))
            gg_blocking_compress(call, i % 2 == 0);
        test_v1_StreamResponse response = { .payload = gg_str_of(zeros, size), .count = i };
        if (test_v1_Streaming_Down_blocking_send(call, &response) != GG_OK)
            return GG_STATUS_CANCELLED;
    }
    return asked(call, request);
}

static gg_status up(gg_blocking_call *call, test_v1_StreamResponse *response)
{
    const test_v1_StreamRequest *request;
    gg_status status = GG_STATUS_OK;
    while (status == GG_STATUS_OK && test_v1_Streaming_Up_recv(call, &request) == GG_OK) {
        response->count++;
        response->bytes += request->payload.len;
        compress_as_asked(call, request);
        status = asked(call, request);
    }
    return status;
}

static gg_status both(gg_blocking_call *call)
{
    const test_v1_StreamRequest *request;
    test_v1_StreamResponse response = { .count = 0 };
    gg_status status = GG_STATUS_OK;
    while (status == GG_STATUS_OK && test_v1_Streaming_Both_recv(call, &request) == GG_OK) {
        compress_as_asked(call, request);
        status = asked(call, request);
        response.payload = request->payload;
        response.count++;
        response.bytes += request->payload.len;
        if (status == GG_STATUS_OK && test_v1_Streaming_Both_blocking_send(call, &response) != GG_OK)
            status = GG_STATUS_CANCELLED;
    }
    return status;
}

void streams_register_blocking(gg_app *app)
{
    static const test_v1_Streaming_Blocking streams = { .Down = down, .Up = up, .Both = both };
    test_v1_Streaming_register_blocking(app, &streams, NULL);
}
