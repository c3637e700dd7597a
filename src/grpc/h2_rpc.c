/* h2_rpc.c -- one call of an HTTP/2 channel, from its start to its one status event.
 *
 *   start ---> queued or sent ---> headers, messages ---> status decided, messages given ---> closed
 *                   |  ^ not processed                        ^
 *                   +--+                                       |
 *                   +---- canceled, out of time, nonsense -----+ (forced: at once)
 *
 * Spec: gRPC statuscodes.md for the statuses that come from here.  Elsewhere: connections and the queue
 * (h2_channel.c), the stream (h2_stream.c). */
#include "grpc/h2_channel_private.h"

#include <assert.h>

#define RPC_OF(member, ptr) ((gg_h2_rpc *)(void *)((char *)(ptr)-offsetof(gg_h2_rpc, member)))

void gg_h2_rpc_wake(gg_h2_rpc *rpc)
{
    if (!rpc->running)
        gg_sched_post(rpc->channel->sched, &rpc->task);
}

void gg_h2_rpc_decide(gg_h2_rpc *rpc, const gg_rpc_status *status)
{
    if (rpc->decided && (rpc->status.code != GG_STATUS_OK || status->code == GG_STATUS_OK))
        return;
    rpc->decided = true;
    rpc->status = *status;
    rpc->status.trailers = &rpc->trailers;
}

void gg_h2_rpc_force(gg_h2_rpc *rpc, gg_status code, gg_str message)
{
    if (rpc->closed)
        return;
    gg_h2_rpc_decide(rpc, &(gg_rpc_status){ .code = code, .message = message });
    rpc->forced = true;
    gg_h2_channel_forget(rpc->channel, rpc); /* now: a stream may get free before the task runs */
    gg_client_stream_reset(&rpc->stream, GG_H2_CANCEL);
    gg_h2_rpc_wake(rpc);
}

/* -- the steps -- */

/* An OK needs whole messages, and one of them where the method gives one. */
static void check_messages(gg_h2_rpc *rpc)
{
    static const gg_rpc_status cut = { .code = GG_STATUS_INTERNAL,
        .message = GG_STR_INIT("the response ends within a message") };
    static const gg_rpc_status missing = { .code = GG_STATUS_UNIMPLEMENTED,
        .message = GG_STR_INIT("the method gives one response message, none came") };
    if (!gg_inbound_at_end(&rpc->inbound))
        gg_h2_rpc_decide(rpc, &cut);
    else if (!rpc->got_message && !rpc->server_streams)
        gg_h2_rpc_decide(rpc, &missing);
}

static void close_call(gg_h2_rpc *rpc)
{
    check_messages(rpc);
    rpc->closed = true;
    gg_h2_channel_forget(rpc->channel, rpc);
    gg_timer_stop(rpc->channel->sched, &rpc->deadline);
    rpc->rpc.events->status(rpc->rpc.user, &rpc->status);
}

static void give_headers(gg_h2_rpc *rpc)
{
    rpc->headers_told = true;
    if (rpc->rpc.events->headers != NULL)
        rpc->rpc.events->headers(rpc->rpc.user, &rpc->headers);
}

static void give_message(gg_h2_rpc *rpc)
{
    rpc->in = GG_IN_TAKEN;
    rpc->rpc.events->message(rpc->rpc.user, &rpc->message);
}

static void give_writable(gg_h2_rpc *rpc)
{
    rpc->sender_waits = false;
    if (rpc->rpc.events->writable != NULL)
        rpc->rpc.events->writable(rpc->rpc.user);
}

/* Does the next thing that is due; false if there is none until the call is woken. */
static bool step(gg_h2_rpc *rpc)
{
    if (rpc->closed)
        return false;
    if (rpc->in == GG_IN_NONE && rpc->inbound.backlog.len > 0 && !rpc->forced)
        gg_h2_rpc_take(rpc, GG_STR(""));
    bool reader_waits = rpc->in == GG_IN_NONE || (rpc->in == GG_IN_TAKEN && !rpc->server_streams);
    if (rpc->forced) {
        close_call(rpc);
    } else if (rpc->again) {
        rpc->again = false;
        gg_h2_channel_admit(rpc->channel, rpc);
    } else if (rpc->sender_waits && !rpc->out_held && !rpc->decided) {
        give_writable(rpc);
    } else if (rpc->headers_due && !rpc->headers_told) {
        give_headers(rpc);
    } else if (rpc->in == GG_IN_READY) {
        give_message(rpc);
    } else if (rpc->decided && reader_waits) {
        close_call(rpc);
    } else {
        return false;
    }
    return true;
}

/* The last use of the call. */
static void free_call(gg_h2_rpc *rpc)
{
    gg_h2_channel *channel = rpc->channel;
    gg_inbound_deinit(&rpc->inbound);
    gg_message_arena_deinit(&rpc->messages);
    gg_outbound_deinit(&rpc->out);
    if (rpc->in_arena != NULL)
        gg_message_arena_deinit(rpc->in_arena);
    channel->open--;
    channel->idle_since_ns = channel->sched->now_ns;
    gg_arena_unref(rpc->arena);
}

static void run(gg_task *task)
{
    gg_h2_rpc *rpc = RPC_OF(task, task);
    rpc->running = true;
    while (step(rpc)) { /* every step tells one thing once, takes a message, or queues the call again, once */
    }
    rpc->running = false;
    if (rpc->closed)
        free_call(rpc);
}

static void deadline_passed(gg_timer *timer)
{
    gg_h2_rpc *rpc = RPC_OF(deadline, timer);
    const gg_h2_channel *channel = rpc->channel;
    gg_str message = GG_STR("deadline exceeded");
    if (rpc->queued && channel->failing)
        message = gg_arena_printf(rpc->arena, "deadline exceeded while waiting for %.*s: %s",
            GG_STR_ARG(channel->config.target), channel->failure);
    gg_h2_rpc_force(rpc, GG_STATUS_DEADLINE_EXCEEDED, message);
}

/* -- the caller's functions -- */

static gg_rc rpc_send(gg_rpc *base, const gg_message *message)
{
    gg_h2_rpc *rpc = (gg_h2_rpc *)base;
    if (rpc->closed || rpc->decided)
        return GG_ECANCELED;
    assert(!rpc->half_closed);
    if (rpc->sent_count > 0 && !rpc->client_streams) {
        gg_h2_rpc_force(rpc, GG_STATUS_UNIMPLEMENTED, GG_STR("the method takes one request message, more came"));
        return GG_ECANCELED;
    }
    if (rpc->out_held) {
        rpc->sender_waits = true;
        return GG_AGAIN;
    }
    gg_rc rc = gg_outbound_put(&rpc->out, message);
    if (rc == GG_ENOMEM || rc == GG_ETOOBIG)
        gg_h2_rpc_force(rpc, GG_STATUS_RESOURCE_EXHAUSTED, GG_STR("the call has spent its memory"));
    else if (rc != GG_OK)
        gg_h2_rpc_force(rpc, GG_STATUS_INTERNAL, GG_STR("the request cannot be serialized"));
    if (rc != GG_OK)
        return GG_ECANCELED;
    rpc->out_held = true;
    rpc->sent_count++;
    gg_h2_rpc_write(rpc);
    return GG_OK;
}

static void rpc_half_close(gg_rpc *base)
{
    gg_h2_rpc *rpc = (gg_h2_rpc *)base;
    if (rpc->closed)
        return;
    rpc->half_closed = true;
    gg_client_stream_end(&rpc->stream);
}

static void rpc_message_done(gg_rpc *base)
{
    gg_h2_rpc *rpc = (gg_h2_rpc *)base;
    if (rpc->closed || rpc->in != GG_IN_TAKEN)
        return;
    rpc->in = GG_IN_NONE;
    gg_message_arena_done(&rpc->messages);
    gg_h2_rpc_wake(rpc);
}

static void rpc_cancel(gg_rpc *base, gg_status status)
{
    gg_h2_rpc *rpc = (gg_h2_rpc *)base;
    gg_h2_rpc_force(rpc, status, gg_cancel_reason(status));
}

/* -- the beginning -- */

static gg_rpc *start(gg_rpc_channel *base, const gg_rpc_start *start)
{
    gg_h2_channel *channel = (gg_h2_channel *)base;
    const gg_method_type *method = start->method != NULL ? start->method : gg_rpc_channel_method(base, start->path);
    gg_h2_rpc *rpc = gg_arena_zalloc(start->arena, sizeof *rpc);
    if (rpc == NULL)
        return NULL;
    assert(start->sched == channel->sched);
    rpc->rpc = (gg_rpc){ .ops = base->ops, .events = start->events, .user = start->user };
    rpc->channel = channel;
    rpc->arena = gg_arena_ref(start->arena);
    rpc->path = start->path;
    rpc->metadata = start->metadata;
    rpc->deadline_ns = start->deadline_ns;
    rpc->client_streams = method == NULL || method->client_streaming;
    rpc->server_streams = method == NULL || method->server_streaming;
    rpc->wait_for_ready = start->wait_for_ready || (channel->config.wait_for_ready && !start->fail_fast);
    rpc->in_arena = start->in_arena;
    rpc->messages.pool = gg_arena_pool(start->arena);
    gg_outbound_init(&rpc->out, rpc->arena, rpc->client_streams, UINT32_MAX, channel->config.compressor);
    rpc->out.compression =
        start->compression != GG_COMPRESSION_DEFAULT ? start->compression : channel->config.compression;
    gg_inbound_init(&rpc->inbound, rpc->arena, rpc->server_streams ? &rpc->messages : NULL,
        start->max_message_len != 0 ? start->max_message_len : channel->config.limits.max_message_len,
        channel->config.compressor);
    rpc->task.run = run;
    rpc->deadline.fire = deadline_passed;
    channel->open++;
    if (start->deadline_ns != UINT64_MAX)
        gg_timer_start(channel->sched, &rpc->deadline, start->deadline_ns);
    if (start->deadline_ns <= channel->sched->now_ns)
        gg_h2_rpc_force(rpc, GG_STATUS_DEADLINE_EXCEEDED, GG_STR("deadline exceeded"));
    else
        gg_h2_channel_admit(channel, rpc);
    return &rpc->rpc;
}

static const gg_method_type *method_of(const gg_rpc_channel *base, gg_str path)
{
    const gg_h2_channel_config *config = &((const gg_h2_channel *)base)->config;
    return config->method != NULL ? config->method(config->methods, path) : NULL;
}

const gg_rpc_channel_ops gg_h2_channel_ops = { start, rpc_send, rpc_half_close, rpc_message_done, rpc_cancel,
    method_of };
