/* worker.c -- start, serve, drain, stop. */
#include "app/worker.h"

#include "base/clock.h"

enum {
    DRAIN_LOOK_NS = 5 * 1000 * 1000, /* how often a stopping worker looks whether it is done */
    CUT_NS = 1000 * 1000 * 1000      /* for handlers that block to return once they are canceled */
};

#define OF(type, member, ptr) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

static const gg_method_type *method_of(const void *server, gg_str path)
{
    const gg_method *method = gg_server_method(server, path);
    return method != NULL ? method->type : NULL;
}

/* The channel to the program's own gRPC listener.  A wildcard is reached at the loopback address. */
static gg_rc open_upstream(gg_worker *worker, const gg_socket *grpc, char *error, size_t error_len)
{
    const gg_app *app = worker->app;
    const char *port = strrchr(grpc->name, ':');
    bool wildcard = !grpc->is_unix && (strncmp(grpc->name, "[::]:", 5) == 0 || strncmp(grpc->name, "0.0.0.0:", 8) == 0);
    snprintf(worker->target, sizeof worker->target, "%s%s",
        grpc->is_unix  ? "unix:"
            : wildcard ? "127.0.0.1"
                       : "",
        wildcard ? port : grpc->name);
    gg_h2_channel_config config = { .target = gg_str_from(worker->target),
        .loop = &worker->loop,
        .user_agent = gg_str_from(app->name),
        .compressor = &worker->compressor,
        .log = &app->log,
        .method = method_of,
        .methods = &app->server };
    gg_h2_limits_init(&config.limits);
    config.limits.max_message_len = (uint32_t)app->options.sent_bytes;
    const char *wrong = gg_h2_channel_init(&worker->upstream, &config);
    worker->has_upstream = wrong == NULL;
    if (wrong == NULL) {
        worker->fronts.rest.channel = &worker->upstream.base;
        return GG_OK;
    }
    snprintf(error, error_len, "--upstream self-socket: %s: %s", worker->target, wrong);
    return GG_EINVAL;
}

static void wire_up(gg_worker *worker)
{
    const gg_app *app = worker->app;
    const gg_options *options = &app->options;
    gg_inproc_channel_init(&worker->channel, &app->server, &worker->loop);
    worker->channel.pool = &worker->pool;
    worker->fronts = (gg_fronts){
        .grpc = { .channel = &worker->channel.base,
            .max_message_len = (uint32_t)options->message_bytes,
            .max_response_len = (uint32_t)options->sent_bytes,
            .compressor = &worker->compressor },
        .rest = { .channel = &worker->channel.base,
            .routes = app->routes,
            .unescape = GG_UNESCAPE_ALL_EXCEPT_RESERVED,
            .json = GG_CODEC_OPTIONS(.schema = app->schema),
            .log = &app->log },
    };
    gg_compression_parse(options->grpc_compression, &worker->fronts.grpc.compression);
    worker->codec = (gg_codec_config){
        .handler = { .request = gg_fronts_request, .user = &worker->fronts },
        .limits = options->limits,
        .arena_limit = options->call_memory,
        .pool = &worker->loop.pool,
        .sched = &worker->loop.sched,
        .log = &app->log,
        .error_body = gg_rest_error_body,
    };
    worker->tls_codec = worker->codec;
    worker->tls_codec.tls = app->tls_context;
}

gg_rc gg_worker_init(gg_worker *worker, const gg_app *app, const gg_socket *sockets, size_t socket_count, char *error,
    size_t error_len)
{
    *worker = (gg_worker){ .app = app };
    gg_rc rc = gg_loop_init(&worker->loop, NULL);
    if (rc != GG_OK) {
        snprintf(error, error_len, "cannot start the event loop");
        return rc;
    }
    rc = gg_pool_init(&worker->pool, app->options.pool_threads, app->options.pool_queue);
    if (rc != GG_OK) {
        snprintf(error, error_len, "cannot make the pool of threads");
        gg_loop_deinit(&worker->loop);
        return rc;
    }
    wire_up(worker);
    if (gg_str_eq(app->options.upstream, GG_STR("self-socket")))
        rc = open_upstream(worker, &sockets[GG_GRPC_LISTENER], error, error_len);
    for (size_t i = 0; i < socket_count && rc == GG_OK; i++) {
        const gg_codec_config *codec = sockets[i].is_unix ? &worker->codec : &worker->tls_codec;
        rc = gg_listener_start(&worker->listeners[i], &worker->loop, &sockets[i], codec, error, error_len);
        worker->listener_count += rc == GG_OK;
    }
    if (rc != GG_OK) {
        gg_worker_cut(worker);
        gg_worker_deinit(worker);
    }
    return rc;
}

void gg_worker_run(gg_worker *worker)
{
    gg_loop_run(&worker->loop);
}

static size_t connections(const gg_worker *worker)
{
    size_t count = 0;
    for (size_t i = 0; i < worker->listener_count; i++)
        count += worker->listeners[i].conn_count;
    return count;
}

/* Once nobody can send REST calls through it any more: the upstream, and then the listener that it leads to. */
static void close_upstream(gg_worker *worker)
{
    bool in_use = worker->upstream.open > 0 || worker->listeners[GG_HTTP_LISTENER].conn_count > 0;
    if (!worker->has_upstream || in_use)
        return;
    worker->has_upstream = false;
    gg_h2_channel_close(&worker->upstream);
    gg_listener_drain(&worker->listeners[GG_GRPC_LISTENER], NULL, NULL);
}

/* While stopping: all done, or the time is up. */
static void look(gg_timer *timer)
{
    gg_worker *worker = OF(gg_worker, drained, timer);
    gg_sched *sched = &worker->loop.sched;
    close_upstream(worker);
    bool idle = connections(worker) == 0 && worker->channel.open == 0;
    if (!idle && sched->now_ns < worker->stop_by_ns) {
        gg_timer_start(sched, timer, sched->now_ns + DRAIN_LOOK_NS);
        return;
    }
    if (!idle)
        gg_logf(&worker->app->log, GG_LOG_WARN, "Shutdown timeout: %zu connections and %zu calls were cut off",
            connections(worker), worker->channel.open);
    uv_stop(worker->loop.uv);
}

static void begin_stop(gg_loop_job *job)
{
    gg_worker *worker = OF(gg_worker, stop_job, job);
    for (size_t i = worker->has_upstream ? GG_HTTP_LISTENER : GG_GRPC_LISTENER; i < worker->listener_count; i++)
        gg_listener_drain(&worker->listeners[i], NULL, NULL);
    gg_sched *sched = &worker->loop.sched;
    uint64_t patience = worker->app->options.shutdown_ns;
    uint64_t now = gg_clock_ns();
    worker->stop_by_ns = patience > UINT64_MAX - now ? UINT64_MAX : now + patience;
    worker->drained.fire = look;
    gg_timer_start(sched, &worker->drained, now);
}

void gg_worker_stop(gg_worker *worker)
{
    if (worker->stopping)
        return;
    worker->stopping = true;
    worker->stop_job.run = begin_stop;
    gg_loop_call(&worker->loop, &worker->stop_job);
}

bool gg_worker_cut(gg_worker *worker)
{
    gg_timer_stop(&worker->loop.sched, &worker->drained);
    if (worker->has_upstream)
        gg_h2_channel_close(&worker->upstream);
    worker->has_upstream = false;
    for (size_t i = 0; i < worker->listener_count; i++)
        gg_listener_close(&worker->listeners[i]);
    gg_loop_turn(&worker->loop); /* calls under way are canceled; their handlers may finish now */
    gg_pool_rest(&worker->pool, CUT_NS);
    uv_run(worker->loop.uv, UV_RUN_NOWAIT); /* what threads of the pool have finished */
    return worker->channel.open == 0;
}

void gg_worker_deinit(gg_worker *worker)
{
    gg_pool_deinit(&worker->pool);
    gg_loop_deinit(&worker->loop);
    gg_compressor_deinit(&worker->compressor);
}
