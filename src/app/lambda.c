/* lambda.c -- wires a Lambda runtime to a worker. */
#include "app/lambda.h"

#define LAMBDA_OF(member, ptr) ((gg_lambda *)(void *)((char *)(ptr)-offsetof(gg_lambda, member)))

static void on_end(void *user, gg_rc result, const char *why)
{
    gg_lambda *lambda = user;
    gg_worker *worker = lambda->worker;
    lambda->started = false;
    gg_timer_stop(&worker->loop.sched, &lambda->patience);
    if (result == GG_OK) {
        gg_worker_stop(worker);
        return;
    }
    lambda->failed = true;
    gg_logf(&worker->app->log, GG_LOG_FATAL, "%s", why);
    uv_stop(worker->loop.uv);
}

static void on_patience_spent(gg_timer *timer)
{
    gg_lambda *lambda = LAMBDA_OF(patience, timer);
    gg_logf(&lambda->worker->app->log, GG_LOG_WARN, "Shutdown timeout: an event was cut off");
    gg_runtime_abort(&lambda->runtime);
    uv_stop(lambda->worker->loop.uv);
}

gg_rc gg_lambda_start(gg_lambda *lambda, gg_worker *worker, char *error, size_t error_len)
{
    *lambda = (gg_lambda){ .worker = worker, .patience = { .fire = on_patience_spent } };
    gg_rc rc = gg_runtime_init(&lambda->runtime, &worker->loop, &worker->codec, worker->app->options.runtime_api,
        on_end, lambda, error, error_len);
    if (rc != GG_OK)
        return rc;
    lambda->started = true;
    gg_runtime_start(&lambda->runtime);
    return GG_OK;
}

void gg_lambda_drain(gg_lambda *lambda)
{
    gg_sched *sched = &lambda->worker->loop.sched;
    if (!lambda->started || lambda->patience.armed)
        return;
    gg_timer_start(sched, &lambda->patience, gg_later(sched->now_ns, lambda->worker->app->options.shutdown_ns));
    gg_runtime_drain(&lambda->runtime);
}

/* -- the program cannot start -- */

static void on_reported(void *user, gg_rc result, const char *why)
{
    (void)user, (void)result, (void)why; /* the loop ends by itself */
}

void gg_lambda_report_init_error(const gg_app *app, const char *message)
{
    const gg_options *options = &app->options;
    gg_loop loop;
    gg_runtime runtime;
    char error[GG_APP_ERROR_LEN];
    if (gg_loop_init(&loop, NULL) != GG_OK)
        return;
    gg_codec_config config = { .limits = options->limits,
        .arena_limit = options->call_memory,
        .pool = &loop.pool,
        .sched = &loop.sched,
        .log = &app->log };
    if (gg_runtime_init(&runtime, &loop, &config, options->runtime_api, on_reported, NULL, error, sizeof error) ==
        GG_OK) {
        gg_runtime_init_error(&runtime, "Runtime.InitError", message);
        gg_loop_turn(&loop); /* connects: from now on the loop has something to wait for */
        gg_loop_run(&loop);
    }
    gg_loop_deinit(&loop);
}
