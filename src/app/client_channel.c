/* client_channel.c -- a channel of the public client: its thread, what it leads to, its state, its end.
 *
 *   new ---> the thread runs the loop ---> close: calls are canceled, connections closed ---> all is over: it ends
 *
 * The thread has all signals blocked: the program's handlers run elsewhere, and a server that goes away costs no
 * SIGPIPE.
 * Elsewhere: connections (grpc/h2_channel.c), calls (client_call.c, client_stream.c). */
#include "app/client.h"

#include "base/clock.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static const uint64_t KEEPALIVE_MIN_NS = 10ULL * 1000 * 1000 * 1000; /* gRPC A8 */

enum {
    LOOK_NS = 1000 * 1000,       /* how often a closing channel looks whether it is done */
    WAIT_NS = 1000 * 1000 * 1000 /* the longest single wait: libuv adds the time to it without a check */
};

#define OF(type, member, ptr) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

void gg_channel_options_init(gg_channel_options *options)
{
    *options = (gg_channel_options){ .size = sizeof *options };
}

bool gg_channel_on_thread(const gg_channel *channel)
{
    uv_thread_t self = uv_thread_self();
    return uv_thread_equal(&self, &channel->thread) != 0;
}

/* -- the state -- */

static void set_state(void *user, gg_connectivity state)
{
    gg_channel *channel = user;
    uv_mutex_lock(&channel->mutex);
    channel->state = state;
    uv_cond_broadcast(&channel->changed);
    uv_mutex_unlock(&channel->mutex);
}

gg_connectivity gg_channel_state(gg_channel *channel)
{
    uv_mutex_lock(&channel->mutex);
    gg_connectivity state = channel->state;
    uv_mutex_unlock(&channel->mutex);
    return state;
}

/* Waits while the state is (not) that one; the state in the end. */
static gg_connectivity wait_while(gg_channel *channel, bool is, gg_connectivity what, uint64_t timeout_ns)
{
    uint64_t now_ns = gg_clock_ns(), until_ns = timeout_ns > UINT64_MAX - now_ns ? UINT64_MAX : now_ns + timeout_ns;
    uv_mutex_lock(&channel->mutex);
    for (; now_ns < until_ns && (channel->state == what) == is && channel->state != GG_SHUTDOWN; now_ns = gg_clock_ns())
        uv_cond_timedwait(&channel->changed, &channel->mutex,
            until_ns - now_ns < WAIT_NS ? until_ns - now_ns : WAIT_NS);
    gg_connectivity state = channel->state;
    uv_mutex_unlock(&channel->mutex);
    return state;
}

gg_connectivity gg_channel_wait_for_change(gg_channel *channel, gg_connectivity last, uint64_t timeout_ns)
{
    return wait_while(channel, true, last, timeout_ns);
}

bool gg_channel_wait_for_state(gg_channel *channel, gg_connectivity wanted, uint64_t timeout_ns)
{
    return wait_while(channel, false, wanted, timeout_ns) == wanted;
}

static void connect_now(gg_loop_job *job)
{
    gg_channel *channel = OF(gg_channel, connect_job, job);
    uv_mutex_lock(&channel->mutex);
    channel->connecting = false;
    uv_mutex_unlock(&channel->mutex);
    if (channel->closing)
        return;
    if (channel->options.balancing == GG_ROUND_ROBIN)
        gg_h2_balance_connect(&channel->balance);
    else
        gg_h2_channel_connect(&channel->h2);
}

void gg_channel_connect(gg_channel *channel)
{
    uv_mutex_lock(&channel->mutex);
    bool post = !channel->connecting && channel->app == NULL;
    channel->connecting = channel->connecting || post;
    uv_mutex_unlock(&channel->mutex);
    if (post)
        gg_loop_call(&channel->loop, &channel->connect_job);
}

/* -- jobs -- */

typedef struct post {
    gg_loop_job job;
    void (*fn)(void *arg);
    void *arg;
} post;

static void run_post(gg_loop_job *job)
{
    post given = *OF(post, job, job);
    free(OF(post, job, job));
    given.fn(given.arg);
}

gg_rc gg_channel_post(gg_channel *channel, void (*fn)(void *arg), void *arg)
{
    post *item = malloc(sizeof *item);
    if (item == NULL)
        return GG_ENOMEM;
    *item = (post){ .job.run = run_post, .fn = fn, .arg = arg };
    gg_loop_call(&channel->loop, &item->job);
    return GG_OK;
}

/* -- the beginning -- */

static uint64_t or_default(uint64_t value, uint64_t by_default)
{
    return value != 0 ? value : by_default;
}

static void set_limits(gg_channel *channel)
{
    gg_channel_options *options = &channel->options;
    gg_h2_limits *limits = &channel->limits;
    gg_h2_limits_init(limits);
    limits->max_message_len = (uint32_t)or_default(options->max_message_len, limits->max_message_len);
    limits->header_bytes = (size_t)or_default(options->header_bytes, limits->header_bytes);
    limits->header_count = (size_t)or_default(options->header_count, limits->header_count);
    limits->queue_len = (size_t)or_default(options->queue_len, limits->queue_len);
    limits->idle_ns = or_default(options->idle_ns, limits->idle_ns);
    limits->write_ns = or_default(options->write_ns, limits->write_ns);
    if (options->keepalive_ns != 0)
        limits->keepalive.time_ns = options->keepalive_ns > KEEPALIVE_MIN_NS ? options->keepalive_ns : KEEPALIVE_MIN_NS;
    limits->keepalive.timeout_ns = or_default(options->keepalive_timeout_ns, limits->keepalive.timeout_ns);
    limits->keepalive_without_calls = options->keepalive_without_calls;
    limits->backoff.min_connect_ns = or_default(options->connect_ns, limits->backoff.min_connect_ns);
    limits->backoff.initial_ns = or_default(options->backoff_ns, limits->backoff.initial_ns);
    limits->backoff.max_ns = or_default(options->backoff_max_ns, limits->backoff.max_ns);
    options->call_bytes = (size_t)or_default(options->call_bytes, GG_ARENA_LIMIT);
    if (options->call_bytes < 4096)
        options->call_bytes = 4096;
}

static const char *open_tls(gg_channel *channel, char error[GG_TLS_ERROR_LEN])
{
    const gg_channel_options *options = &channel->options;
    if (options->tls == NULL)
        return options->tls_config != NULL ? "tls_config is given without tls" : NULL;
    const gg_tls_provider *provider = gg_tls_provider_of(options->tls);
    if (provider == NULL)
        return "tls is not of a libgg-tls that fits this libgg";
    gg_tls_client_config defaults;
    gg_tls_client_config_init(&defaults);
    channel->tls = provider->client(options->tls_config != NULL ? options->tls_config : &defaults, error);
    return channel->tls != NULL ? NULL : error;
}

/* NULL, or what is wrong. */
static const char *lead_to_server(gg_channel *channel, const char *target, char error[GG_TLS_ERROR_LEN])
{
    const char *wrong = open_tls(channel, error);
    if (wrong != NULL)
        return wrong;
    gg_h2_channel_config config = { .target = gg_arena_dup(channel->arena, gg_str_from(target)),
        .loop = &channel->loop,
        .wait_for_ready = channel->options.wait_for_ready,
        .authority = channel->options.authority,
        .user_agent = channel->user_agent,
        .limits = channel->limits,
        .tls = channel->tls,
        .compression = channel->options.compression,
        .compressor = &channel->compressor,
        .state_changed = set_state,
        .state_user = channel };
    if (config.target.ptr == NULL)
        return "out of memory";
    channel->connect_job.run = connect_now;
    if (channel->options.balancing == GG_ROUND_ROBIN) {
        channel->rpcs = &channel->balance.base;
        return gg_h2_balance_init(&channel->balance, &config);
    }
    channel->rpcs = &channel->h2.base;
    return gg_h2_channel_init(&channel->h2, &config);
}

static const char *lead_to_app(gg_channel *channel, gg_app *app)
{
    if (app == NULL || app->error[0] != '\0')
        return app == NULL ? "out of memory"
                           : "a registration of the app has failed, or another channel to it could not be made";
    if (!app->frozen && gg_app_freeze(app) != GG_OK) {
        snprintf(app->error, sizeof app->error, "it could not be completed");
        return "the app's services cannot be served: its REST routes are wrong, or memory is out";
    }
    if (gg_pool_init(&channel->pool, GG_POOL_THREADS, GG_POOL_QUEUE) != GG_OK)
        return "cannot make the pool of threads";
    channel->app = app;
    gg_inproc_channel_init(&channel->in_process, &app->server, &channel->loop);
    channel->in_process.pool = &channel->pool;
    channel->rpcs = &channel->in_process.base;
    channel->state = GG_READY;
    return NULL;
}

/* The channel's own copy of the options, in their present form. */
static bool copy_options(gg_channel *channel, const gg_channel_options *given)
{
    gg_channel_options *options = &channel->options;
    gg_channel_options_init(options);
    if (given != NULL)
        memcpy(options, given, given->size < sizeof *options ? given->size : sizeof *options);
    set_limits(channel);
    options->authority = gg_arena_dup(channel->arena, options->authority);
    channel->user_agent = gg_arena_printf(channel->arena, "%.*s%sgrpc-c-gg/%s", GG_STR_ARG(options->user_agent),
        options->user_agent.len > 0 ? " " : "", gg_version());
    return options->authority.ptr != NULL && channel->user_agent.ptr != NULL;
}

static void run_thread(void *arg)
{
    gg_channel *channel = arg;
    gg_loop_run(&channel->loop);
}

static bool start_thread(gg_channel *channel)
{
    sigset_t all, before;
    sigfillset(&all);
    uv_ref((uv_handle_t *)&channel->loop.async); /* a channel without calls waits for jobs */
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        return false;
    int rc = uv_thread_create(&channel->thread, run_thread, channel);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc == 0;
}

static void free_channel(gg_channel *channel)
{
    if (channel->app != NULL)
        gg_pool_deinit(&channel->pool);
    gg_h2_balance_deinit(&channel->balance);
    gg_tls_context_free(channel->tls);
    gg_compressor_deinit(&channel->compressor);
    gg_loop_deinit(&channel->loop);
    uv_cond_destroy(&channel->changed);
    uv_mutex_destroy(&channel->mutex);
    gg_arena_unref(channel->arena);
    free(channel);
}

/* A channel that leads nowhere yet. */
static gg_channel *make(const gg_channel_options *options)
{
    gg_channel *channel = calloc(1, sizeof *channel);
    if (channel == NULL)
        return NULL;
    channel->arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    if (channel->arena == NULL || !copy_options(channel, options) || uv_mutex_init(&channel->mutex) != 0)
        goto free_memory;
    if (uv_cond_init(&channel->changed) != 0)
        goto destroy_mutex;
    if (gg_loop_init(&channel->loop, NULL) == GG_OK)
        return channel;
    uv_cond_destroy(&channel->changed);
destroy_mutex:
    uv_mutex_destroy(&channel->mutex);
free_memory:
    gg_arena_unref(channel->arena);
    free(channel);
    return NULL;
}

static gg_channel *make_to(const char *target, gg_app *app, const gg_channel_options *options, char why[GG_WHY_LEN])
{
    char error[GG_TLS_ERROR_LEN];
    const char *wrong = "out of memory";
    gg_channel *channel = make(options);
    if (channel != NULL) {
        wrong = target != NULL ? lead_to_server(channel, target, error) : lead_to_app(channel, app);
        if (wrong == NULL && !start_thread(channel))
            wrong = "cannot start the thread";
        if (wrong != NULL) {
            free_channel(channel);
            channel = NULL;
        }
    }
    if (wrong != NULL && why != NULL)
        snprintf(why, GG_WHY_LEN, "%s", wrong);
    return channel;
}

gg_channel *gg_channel_new(const char *target, const gg_channel_options *options, char why[GG_WHY_LEN])
{
    return make_to(target != NULL ? target : "", NULL, options, why);
}

gg_channel *gg_channel_in_process(gg_app *app, const gg_channel_options *options, char why[GG_WHY_LEN])
{
    return make_to(NULL, app, options, why);
}

/* -- the end -- */

static void look(gg_timer *timer)
{
    gg_channel *channel = OF(gg_channel, look, timer);
    size_t open = channel->in_process.open + channel->h2.open + gg_h2_balance_open(&channel->balance);
    if (channel->calls == NULL && open == 0)
        uv_stop(channel->loop.uv);
    else
        gg_timer_start(&channel->loop.sched, timer, channel->loop.sched.now_ns + LOOK_NS);
}

static void begin_close(gg_loop_job *job)
{
    gg_channel *channel = OF(gg_channel, close_job, job);
    channel->closing = true;
    for (gg_client_call *call = channel->calls; call != NULL; call = call->next)
        gg_client_call_cancel(call);
    if (channel->rpcs == &channel->h2.base)
        gg_h2_channel_close(&channel->h2);
    gg_h2_balance_close(&channel->balance);
    set_state(channel, GG_SHUTDOWN);
    channel->look.fire = look;
    gg_timer_start(&channel->loop.sched, &channel->look, channel->loop.sched.now_ns);
}

void gg_channel_free(gg_channel *channel)
{
    if (channel == NULL)
        return;
    channel->close_job.run = begin_close;
    gg_loop_call(&channel->loop, &channel->close_job);
    uv_thread_join(&channel->thread);
    uv_run(channel->loop.uv, UV_RUN_NOWAIT); /* what the last events have posted */
    free_channel(channel);
}
