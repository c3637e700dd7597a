/* h2_channel.c -- the connections of an HTTP/2 channel: states, attempts and their backoff, the queue of calls.
 *
 * A connection that is lost before it carried a call, or sooner than the backoff allows, counts as a failed
 * attempt: a server that accepts and closes is not tried in a tight loop.
 * Spec: gRPC connectivity-semantics-and-api.md, connection-backoff.md.  Elsewhere: calls (h2_rpc.c), sockets
 * (http/dial.c), HTTP/2 (http/h2_client.c). */
#include "grpc/h2_channel_private.h"

#include "base/clock.h"
#include "grpc/framing.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

void gg_h2_limits_init(gg_h2_limits *limits)
{
    *limits = (gg_h2_limits){ .max_message_len = GG_MESSAGE_LEN_MAX,
        .header_bytes = 64 * 1024,
        .header_count = 128,
        .queue_len = 1024,
        .idle_ns = (uint64_t)300 * GG_NS_PER_S,
        .write_ns = (uint64_t)60 * GG_NS_PER_S,
        .stream_window = 1024 * 1024,
        .conn_window = 4 * 1024 * 1024,
        .keepalive = { .timeout_ns = (uint64_t)20 * GG_NS_PER_S } };
    gg_backoff_limits_init(&limits->backoff);
}

/* -- the queue -- */

static gg_str failure_text(const gg_h2_channel *channel, gg_arena *arena)
{
    return gg_arena_printf(arena, "%.*s: %s", GG_STR_ARG(channel->config.target), channel->failure);
}

static void enqueue(gg_h2_channel *channel, gg_h2_rpc *rpc)
{
    if (channel->queued == channel->config.limits.queue_len) {
        gg_h2_rpc_force(rpc, GG_STATUS_UNAVAILABLE, GG_STR("too many calls wait for the server"));
        return;
    }
    rpc->queued = true;
    rpc->next = NULL;
    rpc->prev = channel->queue_last;
    if (rpc->prev != NULL)
        rpc->prev->next = rpc;
    else
        channel->queue = rpc;
    channel->queue_last = rpc;
    channel->queued++;
}

void gg_h2_channel_forget(gg_h2_channel *channel, gg_h2_rpc *rpc)
{
    if (!rpc->queued)
        return;
    rpc->queued = false;
    if (rpc->prev != NULL)
        rpc->prev->next = rpc->next;
    else
        channel->queue = rpc->next;
    if (rpc->next != NULL)
        rpc->next->prev = rpc->prev;
    else
        channel->queue_last = rpc->prev;
    channel->queued--;
}

static bool has_room(const gg_h2_channel *channel)
{
    return channel->state == GG_READY && gg_h2_client_has_room(channel->conn->client);
}

/* Sends what can be sent now, oldest first. */
static void send_queued(gg_h2_channel *channel)
{
    while (channel->queue != NULL && has_room(channel)) {
        gg_h2_rpc *rpc = channel->queue;
        gg_h2_channel_forget(channel, rpc);
        gg_h2_rpc_open(rpc, channel->conn->client);
    }
}

/* Those that do not wait for a connection, or all of them. */
static void fail_queued(gg_h2_channel *channel, bool all)
{
    for (gg_h2_rpc *rpc = channel->queue, *next; rpc != NULL; rpc = next) {
        next = rpc->next;
        if (rpc->wait_for_ready && !all)
            continue;
        gg_h2_channel_forget(channel, rpc);
        gg_h2_rpc_force(rpc, GG_STATUS_UNAVAILABLE, failure_text(channel, rpc->arena));
    }
}

void gg_h2_channel_readmit(gg_h2_channel *channel)
{
    gg_h2_rpc *rpc = channel->queue;
    channel->queue = channel->queue_last = NULL;
    channel->queued = 0;
    for (gg_h2_rpc *next; rpc != NULL; rpc = next) {
        next = rpc->next;
        rpc->queued = false;
        gg_h2_channel_admit(channel, rpc);
    }
}

/* -- states -- */

static void set_state(gg_h2_channel *channel, gg_connectivity state)
{
    channel->state = state;
    if (channel->config.state_changed != NULL)
        channel->config.state_changed(channel->config.state_user, state);
}

static void connect_now(gg_h2_channel *channel);

/* There is no connection, and `why`.  The next attempt follows when its time has come, maybe at once. */
static void fail(gg_h2_channel *channel, gg_str why)
{
    const gg_log *log = channel->config.log;
    snprintf(channel->failure, sizeof channel->failure, "%.*s", GG_STR_ARG(why));
    if (!channel->failing && log != NULL)
        gg_logf(log, GG_LOG_WARN, "No connection to %.*s: %s", GG_STR_ARG(channel->config.target), channel->failure);
    channel->failing = true;
    set_state(channel, GG_TRANSIENT_FAILURE);
    if (channel->sched->now_ns >= channel->again_ns)
        connect_now(channel);
    else
        gg_timer_start(channel->sched, &channel->timer, channel->again_ns);
    if (channel->config.balance != NULL)
        gg_h2_channel_readmit(channel);
    else if (channel->state == GG_TRANSIENT_FAILURE)
        fail_queued(channel, false);
}

static void become_ready(gg_h2_channel *channel)
{
    const gg_log *log = channel->config.log;
    if (channel->failing && log != NULL)
        gg_logf(log, GG_LOG_INFO, "Connected to %.*s", GG_STR_ARG(channel->config.target));
    channel->failing = false;
    set_state(channel, GG_READY);
    channel->idle_since_ns = channel->sched->now_ns;
    gg_backoff_reset(&channel->backoff);
    channel->again_ns = gg_later(channel->idle_since_ns, channel->config.limits.backoff.initial_ns);
    gg_timer_start(channel->sched, &channel->timer, gg_later(channel->idle_since_ns, channel->config.limits.idle_ns));
    if (channel->config.balance != NULL)
        gg_h2_balance_ready(channel->config.balance);
}

/* The connection takes no new calls; those it has finish. */
static void retire(gg_h2_channel *channel)
{
    gg_h2_conn *conn = channel->conn;
    channel->conn = NULL;
    conn->prev = NULL;
    conn->next = channel->old;
    if (conn->next != NULL)
        conn->next->prev = conn;
    channel->old = conn;
    set_state(channel, GG_IDLE);
    gg_timer_stop(channel->sched, &channel->timer);
}

static void on_changed(gg_task *task)
{
    gg_h2_conn *conn = (gg_h2_conn *)(void *)((char *)task - offsetof(gg_h2_conn, changed));
    gg_h2_channel *channel = conn->channel;
    gg_h2_client *client = conn->client;
    if (conn != channel->conn)
        return;
    if (channel->state == GG_CONNECTING && gg_h2_client_ready(client))
        become_ready(channel);
    if (channel->state != GG_READY)
        return;
    send_queued(channel);
    if (client->broken || !gg_h2_client_closing(client))
        return;
    retire(channel); /* GOAWAY */
    if (channel->queue == NULL)
        return;
    if (client->opened > 0 && channel->config.balance != NULL)
        gg_h2_channel_readmit(channel); /* which may connect again */
    else if (client->opened > 0)
        connect_now(channel);
    else
        fail(channel, GG_STR("the server refuses calls"));
}

/* -- a connection -- */

static void free_conn(gg_h2_conn *conn)
{
    gg_h2_channel *channel = conn->channel;
    if (conn == channel->conn) {
        channel->conn = NULL;
    } else {
        if (conn->prev != NULL)
            conn->prev->next = conn->next;
        else
            channel->old = conn->next;
        if (conn->next != NULL)
            conn->next->prev = conn->prev;
    }
    free(conn);
}

static void close_conn(gg_h2_conn *conn)
{
    gg_link_close(conn->link);
    free_conn(conn);
}

/* Connections to come wait longer between PINGs. */
static void too_many_pings(void *user)
{
    gg_h2_channel *channel = user;
    gg_h2_keepalive *keepalive = &channel->config.limits.keepalive;
    keepalive->time_ns = keepalive->time_ns < UINT64_MAX / 2 ? 2 * keepalive->time_ns : UINT64_MAX;
    if (channel->config.log != NULL)
        gg_logf(channel->config.log, GG_LOG_WARN, "%.*s: too many PINGs, the keepalive time is doubled",
            GG_STR_ARG(channel->config.target));
}

static void on_connected(void *user)
{
    gg_h2_conn *conn = user;
    gg_h2_channel *channel = conn->channel;
    const gg_h2_limits *limits = &channel->config.limits;
    gg_h2_client_config config = { .sched = channel->sched,
        .pool = channel->config.loop != NULL ? &channel->config.loop->pool : NULL,
        .header_bytes = limits->header_bytes,
        .header_count = limits->header_count,
        .stream_window = limits->stream_window,
        .conn_window = limits->conn_window,
        .keepalive = limits->keepalive,
        .keepalive_idle = limits->keepalive_without_calls,
        .too_many_pings = too_many_pings,
        .user = channel };
    conn->client = gg_h2_client_new(&config, conn->link->wake, &conn->changed);
    if (conn->client != NULL) {
        gg_link_attach(conn->link, &conn->client->base);
        return;
    }
    close_conn(conn);
    fail(channel, GG_STR("out of memory"));
}

static void on_closed(void *user, gg_str why)
{
    gg_h2_conn *conn = user;
    gg_h2_channel *channel = conn->channel;
    bool current = conn == channel->conn;
    free_conn(conn);
    if (current)
        fail(channel, why);
}

static void connect_now(gg_h2_channel *channel)
{
    static const gg_link_events events = { on_connected, on_closed };
    uint64_t give_up_ns = gg_backoff_attempt(&channel->backoff, channel->sched->now_ns, &channel->again_ns);
    gg_h2_conn *conn = calloc(1, sizeof *conn);
    if (conn != NULL) {
        conn->channel = channel;
        conn->changed.run = on_changed;
        conn->link = gg_dial(channel->dialer, &events, conn);
    }
    if (conn == NULL || conn->link == NULL) {
        free(conn);
        fail(channel, GG_STR("out of memory"));
        return;
    }
    channel->conn = conn;
    set_state(channel, GG_CONNECTING);
    gg_timer_start(channel->sched, &channel->timer, give_up_ns);
}

static void time_is_up(gg_timer *timer)
{
    gg_h2_channel *channel = (gg_h2_channel *)(void *)((char *)timer - offsetof(gg_h2_channel, timer));
    uint64_t idle_until_ns = gg_later(channel->idle_since_ns, channel->config.limits.idle_ns);
    switch (channel->state) {
    case GG_CONNECTING:
        close_conn(channel->conn);
        fail(channel, GG_STR("the connection could not be made in time"));
        return;
    case GG_TRANSIENT_FAILURE:
        connect_now(channel);
        return;
    case GG_READY:
        if (channel->open > 0)
            idle_until_ns = gg_later(channel->sched->now_ns, channel->config.limits.idle_ns);
        if (channel->sched->now_ns < idle_until_ns) {
            gg_timer_start(channel->sched, timer, idle_until_ns);
            return;
        }
        channel->conn->client->base.ops->drain(&channel->conn->client->base);
        retire(channel);
        return;
    case GG_IDLE:
    case GG_SHUTDOWN:
        return;
    }
}

/* -- the channel -- */

void gg_h2_channel_admit(gg_h2_channel *channel, gg_h2_rpc *rpc)
{
    if (channel->config.balance != NULL) {
        rpc->channel->open--;
        channel = rpc->channel = gg_h2_balance_pick(channel->config.balance);
        channel->open++;
    }
    switch (channel->state) {
    case GG_SHUTDOWN:
        gg_h2_rpc_force(rpc, GG_STATUS_UNAVAILABLE, GG_STR("the channel is shut down"));
        return;
    case GG_TRANSIENT_FAILURE:
        if (rpc->wait_for_ready)
            enqueue(channel, rpc);
        else
            gg_h2_rpc_force(rpc, GG_STATUS_UNAVAILABLE, failure_text(channel, rpc->arena));
        return;
    case GG_READY:
        if (channel->queue == NULL && has_room(channel))
            gg_h2_rpc_open(rpc, channel->conn->client);
        else
            enqueue(channel, rpc);
        return;
    case GG_CONNECTING:
        enqueue(channel, rpc);
        return;
    case GG_IDLE:
        enqueue(channel, rpc);
        connect_now(channel);
        return;
    }
}

const char *gg_h2_channel_init(gg_h2_channel *channel, const gg_h2_channel_config *config)
{
    assert(config->compressor != NULL);
    assert(config->loop != NULL || (config->dialer != NULL && config->sched != NULL));
    *channel = (gg_h2_channel){ .base.ops = &gg_h2_channel_ops, .config = *config, .timer.fire = time_is_up };
    const char *wrong = gg_target_parse(config->target, &channel->target);
    if (wrong != NULL)
        return wrong;
    channel->sched = config->loop != NULL ? &config->loop->sched : config->sched;
    channel->dialer = config->dialer != NULL ? config->dialer : &channel->sockets.base;
    if (config->loop != NULL) {
        gg_socket_dialer_init(&channel->sockets, config->loop, &channel->target, config->limits.write_ns);
        channel->sockets.tls = config->tls;
    }
    channel->sockets.only = config->only;
    channel->sockets.counted = config->counted;
    channel->sockets.user = config->balance;
    gg_backoff_init(&channel->backoff, &config->limits.backoff, gg_clock_ns() ^ (uint64_t)(uintptr_t)channel);
    return NULL;
}

void gg_h2_channel_connect(gg_h2_channel *channel)
{
    if (channel->state == GG_IDLE)
        connect_now(channel);
}

void gg_h2_channel_close(gg_h2_channel *channel)
{
    if (channel->state == GG_SHUTDOWN)
        return;
    set_state(channel, GG_SHUTDOWN);
    snprintf(channel->failure, sizeof channel->failure, "the channel is shut down");
    gg_timer_stop(channel->sched, &channel->timer);
    fail_queued(channel, true);
    if (channel->conn != NULL)
        close_conn(channel->conn);
    for (gg_h2_conn *next; channel->old != NULL; channel->old = next) {
        next = channel->old->next;
        gg_link_close(channel->old->link);
        free(channel->old);
    }
}
