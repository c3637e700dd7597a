/* main.c -- gg_app_main: flags, sockets, workers, signals, shutdown.
 *
 * Inside Lambda (AWS_LAMBDA_RUNTIME_API is set) one worker has one socket, for gRPC, and a Lambda runtime.
 * The only place that touches process state: signals and SIGPIPE. */
#include "gg/app.h"

#include <signal.h>
#include <stdlib.h>

#include "app/lambda.h"
#include "app/tls.h"

enum { EXIT_FAILED = 1, EXIT_USAGE = 2, SIGNALS = 3 };

typedef struct process { /* the whole of it, while it serves */
    gg_app *app;
    gg_socket sockets[GG_APP_LISTENERS]; /* gRPC first, HTTP second */
    size_t socket_count;
    gg_worker *workers;
    size_t worker_count; /* initialised */
    uv_signal_t signals[SIGNALS];
    size_t signal_count;
    gg_lambda lambda;
    bool stopping;
} process;

static const struct {
    const char *front;
    size_t network, address; /* offsets in gg_options */
} listeners[GG_APP_LISTENERS] = {
    { "gRPC", offsetof(gg_options, grpc_network), offsetof(gg_options, grpc_address) },
    { "HTTP", offsetof(gg_options, http_network), offsetof(gg_options, http_address) },
};

static const gg_str *option_text(const gg_options *options, size_t offset)
{
    return (const gg_str *)(const void *)((const char *)options + offset);
}

/* -- signals -- */

static void on_signal(uv_signal_t *handle, int signum)
{
    process *p = handle->data;
    if (p->stopping) { /* asked twice: at once */
        gg_logf(&p->app->log, GG_LOG_WARN, "Stopped by a second signal");
        _Exit(128 + signum);
    }
    p->stopping = true;
    gg_logf(&p->app->log, GG_LOG_INFO, "Shutting down on %s", signum == SIGTERM ? "SIGTERM" : "SIGINT");
    gg_health_shut_down(p->app->health);
    if (p->app->options.runtime_api != NULL) {
        gg_lambda_drain(&p->lambda); /* it stops the worker */
        return;
    }
    for (size_t i = 0; i < p->worker_count; i++)
        gg_worker_stop(&p->workers[i]);
}

static void on_hang_up(uv_signal_t *handle, int signum)
{
    const process *p = handle->data;
    (void)signum;
    gg_app_reload_tls(p->app);
}

static void watch(process *p, int signum, uv_signal_cb on_signum)
{
    uv_signal_t *handle = &p->signals[p->signal_count++];
    uv_signal_init(p->workers[0].loop.uv, handle);
    handle->data = p;
    uv_signal_start(handle, on_signum, signum);
    uv_unref((uv_handle_t *)handle);
}

static void watch_signals(process *p)
{
    signal(SIGPIPE, SIG_IGN);
    watch(p, SIGTERM, on_signal);
    watch(p, SIGINT, on_signal);
    if (p->app->tls_context != NULL)
        watch(p, SIGHUP, on_hang_up);
}

static void unwatch_signals(process *p)
{
    for (size_t i = 0; i < p->signal_count; i++)
        uv_close((uv_handle_t *)&p->signals[i], NULL);
}

/* -- starting -- */

static gg_rc open_sockets(process *p, char *error, size_t error_len)
{
    const gg_options *options = &p->app->options;
    if (options->runtime_api != NULL) {
        p->socket_count = 1;
        return gg_socket_listen(&p->sockets[0], GG_STR("unix"), options->lambda_socket, error, error_len);
    }
    p->socket_count = GG_APP_LISTENERS;
    for (size_t i = 0; i < GG_APP_LISTENERS; i++) {
        gg_rc rc = gg_socket_listen(&p->sockets[i], *option_text(options, listeners[i].network),
            *option_text(options, listeners[i].address), error, error_len);
        if (rc != GG_OK)
            return rc;
    }
    return GG_OK;
}

static gg_rc start_workers(process *p, char *error, size_t error_len)
{
    const gg_options *options = &p->app->options;
    size_t wanted = options->runtime_api != NULL ? 1 : options->workers;
    p->workers = calloc(wanted, sizeof *p->workers);
    if (p->workers == NULL) {
        snprintf(error, error_len, "out of memory");
        return GG_ENOMEM;
    }
    for (size_t i = 0; i < wanted; i++) {
        gg_rc rc = gg_worker_init(&p->workers[i], p->app, p->sockets, p->socket_count, error, error_len);
        if (rc != GG_OK)
            return rc;
        p->worker_count++;
    }
    return options->runtime_api != NULL ? gg_lambda_start(&p->lambda, &p->workers[0], error, error_len) : GG_OK;
}

static void announce(const process *p)
{
    bool in_lambda = p->app->options.runtime_api != NULL;
    gg_logf(&p->app->log, GG_LOG_INFO, in_lambda ? "Lambda runtime started" : "Application server started");
    for (size_t i = 0; i < p->socket_count; i++)
        gg_logf(&p->app->log, GG_LOG_INFO, "%s server listening at %s", listeners[i].front, p->sockets[i].name);
}

static void on_ended(gg_loop_job *job)
{
    gg_worker *worker = (gg_worker *)(void *)((char *)job - offsetof(gg_worker, ended_job));
    worker->ended = true;
}

static void thread_main(void *arg)
{
    gg_worker *worker = arg;
    gg_worker_run(worker);
    worker->ended_job.run = on_ended;
    gg_loop_call(worker->first, &worker->ended_job);
}

static bool start_thread(process *p, gg_worker *worker)
{
    worker->first = &p->workers[0].loop;
    return uv_thread_create(&worker->thread, thread_main, worker) == 0;
}

/* Waits for another worker; signals are heard meanwhile. */
static void join(process *p, gg_worker *worker)
{
    while (!worker->ended)
        uv_run(p->workers[0].loop.uv, UV_RUN_ONCE);
    uv_thread_join(&worker->thread);
}

/* Runs every worker, the first on this thread; back when all have stopped. */
static void serve(process *p)
{
    watch_signals(p); /* before any worker answers */
    size_t threads = 1;
    while (threads < p->worker_count && start_thread(p, &p->workers[threads]))
        threads++;
    if (threads < p->worker_count)
        gg_logf(&p->app->log, GG_LOG_WARN, "only %zu of %zu workers could be started", threads, p->worker_count);
    announce(p);
    gg_worker_run(&p->workers[0]);
    uv_ref((uv_handle_t *)&p->signals[0]); /* the loop goes on without anything to serve */
    for (size_t i = 1; i < threads; i++)
        join(p, &p->workers[i]);
    unwatch_signals(p);
}

/* The program cannot start. */
static void complain(const gg_app *app, const char *error)
{
    gg_logf(&app->log, GG_LOG_FATAL, "%s", error);
    if (app->options.runtime_api != NULL)
        gg_lambda_report_init_error(app, error);
}

static void stop_workers(process *p)
{
    bool all_finished = true;
    for (size_t i = 0; i < p->worker_count; i++)
        all_finished &= gg_worker_cut(&p->workers[i]);
    if (!all_finished) { /* their handlers hold memory of ours: only the end of the process can free it */
        for (size_t i = 0; i < GG_APP_LISTENERS; i++)
            gg_socket_close(&p->sockets[i]);
        _Exit(p->lambda.failed ? EXIT_FAILED : EXIT_SUCCESS);
    }
    for (size_t i = 0; i < p->worker_count; i++)
        gg_worker_deinit(&p->workers[i]);
    free(p->workers);
}

static int run(gg_app *app)
{
    char error[GG_OPTION_ERROR_LEN] = "";
    process p = { .app = app };
    for (size_t i = 0; i < GG_APP_LISTENERS; i++)
        p.sockets[i].fd = -1;
    gg_rc rc = gg_app_freeze(app);
    if (rc != GG_OK)
        snprintf(error, sizeof error, "the services cannot be served: %s",
            rc == GG_ENOMEM ? "out of memory" : "see above");
    if (rc == GG_OK)
        rc = gg_app_open_tls(app, error);
    if (rc == GG_OK)
        rc = open_sockets(&p, error, sizeof error);
    if (rc == GG_OK)
        rc = start_workers(&p, error, sizeof error);
    if (rc == GG_OK)
        serve(&p);
    else
        complain(app, error);
    stop_workers(&p);
    for (size_t i = 0; i < GG_APP_LISTENERS; i++)
        gg_socket_close(&p.sockets[i]);
    return rc == GG_OK && !p.lambda.failed ? EXIT_SUCCESS : EXIT_FAILED;
}

/* Flags, --help, --version; -1: go on and serve. */
static int read_command_line(gg_app *app, int argc, char **argv)
{
    char error[GG_OPTION_ERROR_LEN];
    gg_rc rc = gg_options_read(&app->options, &app->flags, argc, argv, error);
    if (rc == GG_OK && !app->options.help && !app->options.version)
        rc = gg_app_check_tls(app, error);
    if (rc != GG_OK) {
        fprintf(stderr, "%s: %s\n", app->name, error);
        if (app->options.runtime_api != NULL)
            gg_lambda_report_init_error(app, error);
        return EXIT_USAGE;
    }
    if (app->options.help)
        gg_options_help(stdout, app->name, &app->flags);
    else if (app->options.version)
        printf("%s %s\n", app->name, app->version);
    else
        return -1;
    return EXIT_SUCCESS;
}

int gg_app_main(gg_app *app, int argc, char **argv)
{
    if (app == NULL) {
        fputs("out of memory\n", stderr);
        return EXIT_FAILED;
    }
    int code = read_command_line(app, argc, argv);
    if (code < 0) {
        app->log = (gg_log){ .fd = 2, .level = app->options.log_level };
        code = EXIT_FAILED;
        if (app->error[0] == '\0')
            code = run(app);
        else
            complain(app, app->error);
    }
    gg_app_free(app);
    return code;
}
