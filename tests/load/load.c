/* load.c -- calls without an end on one HTTP/2 channel, each watched: it must end with exactly one status.
 *
 *   test-load TARGET [CALLS]      CALLS (32) are under way at any time, a quarter of them streams that answer at length
 *
 * On stdout: "ok N" after every tenth call that ended well, so that a test can wait for progress.  The end of stdin ends
 * it: no new call, those under way finish, and the last line is
 * "started N ended N ok N unavailable N other N again N": again counts statuses beyond a call's first, and messages
 * after it.  Exit status 1 if that is not 0, if any call has not ended, or if any ended in another way.
 * test.v1.Slow/Wait for 1 ms and test.v1.Streaming/Down must be served there. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "grpc/h2_channel.h"
#include "test/v1/slow.gg.h"
#include "test/v1/streams.gg.h"

enum { CALLS = 32, REPORT_EVERY = 10, PIECES = 20, PIECE_LEN = 3000 };
#define MS ((uint64_t)1000000)

typedef struct load load;
typedef struct one_call {
    load *load;
    gg_arena *arena;
    gg_rpc *rpc;
    gg_task again; /* starts the next one */
    unsigned statuses;
    size_t messages;
    bool streams;
} one_call;

struct load {
    gg_loop loop;
    gg_h2_channel channel;
    gg_compressor compressor;
    uv_pipe_t input;
    char input_bytes[16];
    bool stopping;
    size_t started, ended, ok, unavailable, other, again, open;
    size_t count;
    one_call *calls;
};

static void finish(load *l)
{
    gg_h2_channel_close(&l->channel);
    if (!uv_is_closing((uv_handle_t *)&l->input))
        uv_close((uv_handle_t *)&l->input, NULL);
    uv_stop(l->loop.uv);
}

static void on_message(void *user, const gg_message *message)
{
    one_call *call = user;
    (void)message;
    call->load->again += call->statuses > 0;
    call->messages++;
    gg_rpc_message_done(call->rpc);
}

static void on_status(void *user, const gg_rpc_status *status)
{
    one_call *call = user;
    load *l = call->load;
    if (call->statuses++ > 0) {
        l->again++;
        return;
    }
    l->ended++;
    l->open--;
    bool whole = call->messages == (call->streams ? PIECES : 1);
    if (status->code == GG_STATUS_OK && whole) {
        if (++l->ok % REPORT_EVERY == 0) {
            printf("ok %zu\n", l->ok);
            fflush(stdout);
        }
    } else if (status->code == GG_STATUS_UNAVAILABLE) {
        l->unavailable++;
    } else {
        l->other++;
        fprintf(stderr, "status %d: %.*s, %zu messages\n", (int)status->code, GG_STR_ARG(status->message),
            call->messages);
    }
    gg_sched_post(&l->loop.sched, &call->again);
}

static void start(one_call *call)
{
    static const gg_rpc_events events = { .message = on_message, .status = on_status };
    load *l = call->load;
    gg_arena *arena = gg_arena_new(&l->loop.pool, GG_ARENA_LIMIT);
    if (call->arena != NULL)
        gg_arena_unref(call->arena);
    call->arena = arena;
    call->statuses = 0;
    call->messages = 0;
    gg_rpc_start how = { .path = call->streams ? GG_STR("/test.v1.Streaming/Down") : GG_STR("/test.v1.Slow/Wait"),
        .deadline_ns = UINT64_MAX,
        .arena = arena,
        .sched = &l->loop.sched,
        .events = &events,
        .user = call };
    gg_message *message = arena != NULL ? gg_arena_zalloc(arena, sizeof *message) : NULL;
    call->rpc = message != NULL ? gg_rpc_channel_start(&l->channel.base, &how) : NULL;
    if (call->rpc == NULL) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    /* WaitRequest{ms: 1}; StreamRequest{count: PIECES, size: PIECE_LEN} */
    message->wire = call->streams ? GG_STR("\x10\x14\x18\xb8\x17") : GG_STR("\x08\x01");
    l->started++;
    l->open++;
    if (gg_rpc_send(call->rpc, message) == GG_OK)
        gg_rpc_half_close(call->rpc);
}

static void next(gg_task *task)
{
    one_call *call = (one_call *)(void *)((char *)task - offsetof(one_call, again));
    load *l = call->load;
    if (!l->stopping)
        start(call);
    else if (l->open == 0)
        finish(l);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)suggested;
    load *l = handle->data;
    *buf = uv_buf_init(l->input_bytes, sizeof l->input_bytes);
}

static void on_input(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
    load *l = stream->data;
    (void)buf;
    if (len >= 0)
        return;
    l->stopping = true;
    uv_close((uv_handle_t *)stream, NULL);
    if (l->open == 0)
        finish(l);
    gg_loop_turn(&l->loop);
}

static const gg_method_type *method_of(const void *unused, gg_str path)
{
    (void)unused;
    static const gg_service_type *const services[] = { &test_v1_Slow_type, &test_v1_Streaming_type };
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
        for (size_t j = 0; j < services[i]->method_count; j++)
            if (gg_str_eq(services[i]->methods[j].path, path))
                return &services[i]->methods[j];
    return NULL;
}

static int open_all(load *l, const char *target)
{
    gg_h2_channel_config config = { .target = gg_str_from(target),
        .loop = &l->loop,
        .wait_for_ready = true,
        .compressor = &l->compressor,
        .user_agent = GG_STR("test-load"),
        .method = method_of };
    gg_h2_limits_init(&config.limits);
    config.limits.backoff.initial_ns = 5 * MS; /* the server is back soon */
    config.limits.backoff.max_ns = 50 * MS;
    const char *wrong = gg_h2_channel_init(&l->channel, &config);
    if (wrong != NULL) {
        fprintf(stderr, "%s: %s\n", target, wrong);
        return 1;
    }
    uv_pipe_init(l->loop.uv, &l->input, 0);
    l->input.data = l;
    uv_pipe_open(&l->input, 0);
    return uv_read_start((uv_stream_t *)&l->input, on_alloc, on_input);
}

int main(int argc, char **argv)
{
    static load l;
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2 || gg_loop_init(&l.loop, NULL) != GG_OK || open_all(&l, argv[1]) != 0)
        return 1;
    l.count = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : CALLS;
    l.calls = calloc(l.count, sizeof *l.calls);
    for (size_t i = 0; l.calls != NULL && i < l.count; i++) {
        l.calls[i] = (one_call){ .load = &l, .again = { .run = next }, .streams = i % 4 == 3 };
        start(&l.calls[i]);
    }
    gg_loop_turn(&l.loop);
    gg_loop_run(&l.loop);
    gg_loop_turn(&l.loop);
    for (size_t i = 0; l.calls != NULL && i < l.count; i++)
        gg_arena_unref(l.calls[i].arena);
    gg_loop_deinit(&l.loop);
    gg_compressor_deinit(&l.compressor);
    free(l.calls);
    printf("started %zu ended %zu ok %zu unavailable %zu other %zu again %zu\n", l.started, l.ended, l.ok,
        l.unavailable, l.other, l.again);
    return l.again != 0 || l.other != 0 || l.started != l.ended;
}
