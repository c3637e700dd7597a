/* gateway.c -- a gateway without services: REST and gRPC on its listeners, everything to a server elsewhere.
 *
 *   test-gateway --upstream TARGET [--wait-for-ready] [--compression NAME] --http-address ADDRESS --grpc-address ADDRESS
 *
 * It knows the services of tests/proto by their generated tables, and nothing of their handlers.  The flags and
 * the log are those of every program under test (tests/e2e/program.py); SIGTERM ends it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "gateway/dispatch.h"
#include "gateway/rest_error.h"
#include "grpc/framing.h"
#include "grpc/h2_channel.h"
#include "http/listener.h"
#include "test/v1/library.gg.h"
#include "test/v1/slow.gg.h"
#include "test/v1/streams.gg.h"
#include "test/v1/types.gg.h"

enum { LISTENERS = 2 };
static const char *const listener_names[LISTENERS] = { "gRPC", "HTTP" }; /* in the order of their lines */
static const gg_service_type *const services[] = { &test_v1_Types_type, &test_v1_Library_type, &test_v1_Slow_type,
    &test_v1_Streaming_type };

typedef struct gateway {
    const char *upstream, *compression, *addresses[LISTENERS];
    bool wait_for_ready;
    gg_log log;
    gg_loop loop;
    gg_routes *routes;
    gg_schema *schema;
    gg_h2_channel channel;
    gg_compressor compressor;
    gg_fronts fronts;
    gg_codec_config codec;
    gg_socket sockets[LISTENERS];
    gg_listener listeners[LISTENERS];
    uv_signal_t signal;
    size_t draining;
} gateway;

static int fail(const char *what)
{
    fprintf(stderr, "test-gateway: %s\n", what);
    return 1;
}

static void log_fault(void *user, const gg_schema_fault *fault)
{
    (void)user;
    fprintf(stderr, "%.*s: %.*s\n", GG_STR_ARG(fault->symbol), GG_STR_ARG(fault->reason));
}

static const gg_method_type *method_of(const void *unused, gg_str path)
{
    (void)unused;
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
        for (size_t j = 0; j < services[i]->method_count; j++)
            if (gg_str_eq(services[i]->methods[j].path, path))
                return &services[i]->methods[j];
    return NULL;
}

static gg_rc make_routes(gateway *g)
{
    const gg_file_type *files[sizeof services / sizeof services[0]];
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
        files[i] = services[i]->file;
    g->schema = gg_schema_of_files(files, sizeof services / sizeof services[0]);
    if (g->schema == NULL)
        return GG_ENOMEM;
    g->routes = gg_routes_new(log_fault, NULL);
    gg_rc rc = g->routes != NULL ? GG_OK : GG_ENOMEM;
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
        for (size_t j = 0; j < services[i]->method_count && rc == GG_OK; j++)
            rc = gg_routes_add_method(g->routes, services[i], &services[i]->methods[j]);
    return rc == GG_OK ? gg_routes_freeze(g->routes) : rc;
}

static const char *open_channel(gateway *g)
{
    gg_h2_channel_config config = { .target = gg_str_from(g->upstream),
        .loop = &g->loop,
        .wait_for_ready = g->wait_for_ready,
        .user_agent = GG_STR("test-gateway"),
        .compressor = &g->compressor,
        .log = &g->log,
        .method = method_of };
    if (g->compression != NULL && !gg_compression_parse(gg_str_from(g->compression), &config.compression))
        return "--compression is not known";
    gg_h2_limits_init(&config.limits);
    const char *wrong = gg_h2_channel_init(&g->channel, &config);
    g->fronts = (gg_fronts){ .grpc = { .channel = &g->channel.base,
                                 .max_message_len = GG_MESSAGE_LEN_MAX,
                                 .max_response_len = GG_MESSAGE_LEN_MAX,
                                 .compressor = &g->compressor },
        .rest = { .channel = &g->channel.base,
            .routes = g->routes,
            .unescape = GG_UNESCAPE_ALL_EXCEPT_RESERVED,
            .json = GG_CODEC_OPTIONS(.schema = g->schema),
            .log = &g->log } };
    return wrong;
}

static gg_rc listen_on(gateway *g, char *error, size_t error_len)
{
    g->codec = (gg_codec_config){ .handler = { gg_fronts_request, &g->fronts },
        .arena_limit = GG_ARENA_LIMIT,
        .pool = &g->loop.pool,
        .sched = &g->loop.sched,
        .log = &g->log,
        .error_body = gg_rest_error_body };
    gg_http_limits_init(&g->codec.limits);
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < LISTENERS && rc == GG_OK; i++) {
        bool is_path = g->addresses[i][0] == '/';
        rc = gg_socket_listen(&g->sockets[i], is_path ? GG_STR("unix") : GG_STR("tcp"), gg_str_from(g->addresses[i]),
            error, error_len);
        if (rc == GG_OK)
            rc = gg_listener_start(&g->listeners[i], &g->loop, &g->sockets[i], &g->codec, error, error_len);
        if (rc == GG_OK)
            gg_logf(&g->log, GG_LOG_INFO, "%s server listening at %s", listener_names[i], g->sockets[i].name);
    }
    return rc;
}

/* Once both listeners are drained nothing is left to do. */
static void on_idle(void *user)
{
    gateway *g = user;
    if (--g->draining > 0)
        return;
    gg_h2_channel_close(&g->channel);
    uv_close((uv_handle_t *)&g->signal, NULL);
    gg_loop_turn(&g->loop);
}

static void on_signal(uv_signal_t *handle, int number)
{
    gateway *g = handle->data;
    (void)number;
    uv_signal_stop(handle);
    g->draining = LISTENERS;
    for (size_t i = 0; i < LISTENERS; i++)
        gg_listener_drain(&g->listeners[i], on_idle, g);
}

static void serve(gateway *g)
{
    signal(SIGPIPE, SIG_IGN);
    uv_signal_init(g->loop.uv, &g->signal);
    g->signal.data = g;
    uv_signal_start(&g->signal, on_signal, SIGTERM);
    gg_loop_run(&g->loop);
}

static bool read_flags(gateway *g, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char **value = strcmp(argv[i], "--upstream") == 0 ? &g->upstream
            : strcmp(argv[i], "--compression") == 0             ? &g->compression
            : strcmp(argv[i], "--grpc-address") == 0            ? &g->addresses[0]
            : strcmp(argv[i], "--http-address") == 0            ? &g->addresses[1]
                                                                : NULL;
        if (strcmp(argv[i], "--wait-for-ready") == 0)
            g->wait_for_ready = true;
        else if (value != NULL && i + 1 < argc)
            *value = argv[++i];
        else
            return false;
    }
    return g->upstream != NULL && g->addresses[0] != NULL && g->addresses[1] != NULL;
}

int main(int argc, char **argv)
{
    gateway g = { .log = { .fd = 2, .level = GG_LOG_DEBUG } };
    char error[512] = "";
    if (!read_flags(&g, argc, argv))
        return fail("--upstream, --http-address and --grpc-address are needed");
    if (make_routes(&g) != GG_OK || gg_loop_init(&g.loop, NULL) != GG_OK)
        return fail("cannot start");
    const char *wrong = open_channel(&g);
    if (wrong != NULL)
        return fail(wrong);
    if (listen_on(&g, error, sizeof error) != GG_OK)
        return fail(error);
    serve(&g);
    gg_loop_deinit(&g.loop);
    gg_compressor_deinit(&g.compressor);
    for (size_t i = 0; i < LISTENERS; i++)
        gg_socket_close(&g.sockets[i]);
    gg_routes_free(g.routes);
    gg_schema_free(g.schema);
    return 0;
}
