/* inproc.c -- the in-process channel: moves a call from its start to its one status event.
 *
 *                 hooks pass           message, half-close            handler finished, response taken
 *   STARTING  ---------------> READING -----------------> HANDLING ----------------------------------> CLOSED
 *       |                        |                            |                                          ^
 *       +--- hook answers -------+--- wrong cardinality ------+--- canceled, out of time ----------------+
 *
 * The order at the end: the end hooks, the caller's status event, the handler's on_cancel if it has not
 * finished; then only its gg_call_finish is awaited, to free the call.
 * Spec: gRPC statuscodes.md for the statuses that come from here.  Elsewhere: what each step does (handler.c,
 * intercept.c). */
#include "grpc/call_private.h"
#include "grpc/compress.h"

#include <assert.h>
#include <stdalign.h>

static gg_call *of_task(gg_task *task)
{
    return (gg_call *)((char *)task - offsetof(gg_call, task));
}

static gg_call *of_deadline(gg_timer *timer)
{
    return (gg_call *)((char *)timer - offsetof(gg_call, deadline));
}

void gg_call_wake(gg_call *call)
{
    if (!call->running)
        gg_sched_post(call->sched, &call->task);
}

void gg_call_decide(gg_call *call, gg_status status, gg_str message)
{
    if (status < GG_STATUS_OK || status > GG_STATUS_UNAUTHENTICATED)
        status = GG_STATUS_UNKNOWN;
    if (call->phase == GG_CALL_CLOSED || (call->decided && (call->status != GG_STATUS_OK || status == GG_STATUS_OK)))
        return;
    call->decided = true;
    call->status = status;
    call->message = status == GG_STATUS_OK ? GG_STR("") : message;
}

void gg_call_force(gg_call *call, gg_status status, gg_str message)
{
    gg_call_decide(call, status, message);
    call->forced = true;
    gg_call_wake(call);
}

void gg_call_put_response(gg_call *call, const gg_message *message)
{
    call->out.message = *message;
    call->out.message.compressed = gg_compression_is_on(call->rpc.compression) && !message->plain;
    call->out.state = GG_SLOT_READY;
    call->sent_message = true;
    gg_call_wake(call);
}

/* -- the steps -- */

/* UNIMPLEMENTED in grpc-go's words, which people search for. */
static gg_str unknown_method(gg_call *call)
{
    gg_str path = call->path;
    size_t slash = path.len;
    while (slash > 0 && path.ptr[slash - 1] != '/')
        slash--;
    if (slash < 2 || path.ptr[0] != '/')
        return gg_call_printf(call, "malformed method name: \"%.*s\"", GG_STR_ARG(path));
    gg_str service = gg_str_of(path.ptr + 1, slash - 2), method = gg_str_of(path.ptr + slash, path.len - slash);
    if (gg_map_get(&call->channel->server->services, service) == NULL)
        return gg_call_printf(call, "unknown service %.*s", GG_STR_ARG(service));
    return gg_call_printf(call, "unknown method %.*s for service %.*s", GG_STR_ARG(method), GG_STR_ARG(service));
}

/* All start hooks let it pass: is there a handler, and time? */
static void admit(gg_call *call)
{
    const gg_method *method = call->method;
    if (method == NULL)
        gg_call_decide(call, GG_STATUS_UNIMPLEMENTED, unknown_method(call));
    else if (method->typed == NULL && method->raw == NULL && method->stream == NULL)
        gg_call_decide(call, GG_STATUS_UNIMPLEMENTED,
            gg_call_printf(call, "method %.*s not implemented", GG_STR_ARG(call->path)));
    else if (call->deadline_ns <= call->sched->now_ns)
        gg_call_decide(call, GG_STATUS_DEADLINE_EXCEEDED, GG_STR("deadline exceeded"));
    else
        call->phase = GG_CALL_READING;
}

/* Headers, once: before the first message, or with a status that has some or is OK. */
static void send_headers(gg_call *call)
{
    if (call->headers_sent)
        return;
    gg_hooks_headers_out(call);
    call->headers_sent = true;
    bool wanted = call->headers_due || call->headers.count > 0 || call->out.state == GG_SLOT_READY ||
        call->status == GG_STATUS_OK;
    if (wanted && call->rpc.events->headers != NULL)
        call->rpc.events->headers(call->rpc.user, &call->headers);
}

static void deliver_response(gg_call *call)
{
    if (!gg_hooks_message_out(call, &call->out.message)) {
        call->out.state = GG_SLOT_EMPTY;
        return;
    }
    send_headers(call);
    call->out.state = GG_SLOT_TAKEN;
    call->rpc.events->message(call->rpc.user, &call->out.message);
}

static void close_call(gg_call *call)
{
    assert(call->decided && call->phase != GG_CALL_CLOSED);
    if (!call->forced)
        send_headers(call);
    gg_hooks_end(call);
    call->phase = GG_CALL_CLOSED;
    if (call->deadline.armed)
        gg_timer_stop(call->sched, &call->deadline);
    gg_rpc_status status = { .code = call->status, .message = call->message, .trailers = &call->trailers };
    if (status.code != GG_STATUS_OK) /* without memory for them: without details */
        gg_details_finish(call->details, call->arena, status.code, status.message, &status.details);
    call->rpc.events->status(call->rpc.user, &status);
}

/* The caller has its status; a handler that is still at work hears of it, once.  One that streams and has nothing to
 * hear it with ends here. */
static bool tell_cancel(gg_call *call)
{
    if (!call->owes || call->cancel_told || (call->on_cancel == NULL && !call->streams))
        return false;
    call->cancel_told = true;
    if (call->on_cancel != NULL)
        call->on_cancel(call, call->on_cancel_arg);
    else
        gg_call_finish(call, call->status);
    return true;
}

/* The hooks are started even if the call is canceled already: each call that came is seen by them. */
static bool step_starting(gg_call *call)
{
    if (call->owes)
        return false; /* held back */
    bool refused = call->decided && !call->forced;
    if (!refused && gg_hooks_start(call) && !call->decided)
        admit(call);
    if (!call->decided)
        return !call->owes;
    close_call(call);
    return true;
}

static bool step_reading(gg_call *call)
{
    if (!gg_call_client_streams(call)) {
        if (!call->half_closed)
            return false;
        if (call->in.state == GG_SLOT_EMPTY) {
            gg_call_decide(call, GG_STATUS_UNIMPLEMENTED, GG_STR("the method takes one request message, none came"));
            close_call(call);
            return true;
        }
    }
    call->phase = GG_CALL_HANDLING;
    gg_handler_start(call);
    return true;
}

static bool step_handling(gg_call *call)
{
    if (call->headers_due && !call->headers_sent) {
        send_headers(call);
        return true;
    }
    if (call->out.state == GG_SLOT_READY) {
        deliver_response(call);
        return true;
    }
    if (gg_handler_step(call))
        return true;
    if (call->owes || (call->out.state == GG_SLOT_TAKEN && gg_call_server_streams(call)))
        return false;
    close_call(call);
    return true;
}

/* Does the next thing that is due; false if there is none until the call is woken. */
static bool step(gg_call *call)
{
    bool begun = call->phase != GG_CALL_STARTING || call->owes;
    if (call->forced && begun && call->phase != GG_CALL_CLOSED) {
        close_call(call);
        return true;
    }
    if (call->in.sender_waits && call->in.state == GG_SLOT_EMPTY && call->phase != GG_CALL_CLOSED) {
        call->in.sender_waits = false;
        if (call->rpc.events->writable != NULL)
            call->rpc.events->writable(call->rpc.user);
        return true;
    }
    switch (call->phase) {
    case GG_CALL_STARTING:
        return step_starting(call);
    case GG_CALL_READING:
        return step_reading(call);
    case GG_CALL_HANDLING:
        return step_handling(call);
    case GG_CALL_CLOSED:
        return tell_cancel(call);
    }
    return false;
}

/* Both sides are through: the last use of the call. */
static void free_call(gg_call *call)
{
    gg_call_stop_timers(call);
    gg_message_arena_deinit(&call->out_arena);
    gg_message_arena_deinit(&call->converted);
    if (call->in_arena != NULL)
        gg_message_arena_deinit(call->in_arena);
    call->channel->open--;
    gg_arena_unref(call->arena);
}

static void run(gg_task *task)
{
    gg_call *call = of_task(task);
    call->running = true;
    while (step(call)) { /* every step moves the phase, fills or empties a slot, or tells one thing once */
    }
    call->running = false;
    if (call->phase == GG_CALL_CLOSED && !call->owes && atomic_load(&call->posted) == 0)
        free_call(call);
}

static void deadline_passed(gg_timer *timer)
{
    gg_call_force(of_deadline(timer), GG_STATUS_DEADLINE_EXCEEDED, GG_STR("deadline exceeded"));
}

/* -- the caller's functions -- */

static gg_rc rpc_send(gg_rpc *rpc, const gg_message *message)
{
    gg_call *call = (gg_call *)rpc;
    if (call->phase == GG_CALL_CLOSED || call->decided)
        return GG_ECANCELED;
    assert(!call->half_closed);
    if (call->got_message && call->method != NULL && !gg_call_client_streams(call)) {
        gg_call_force(call, GG_STATUS_UNIMPLEMENTED, GG_STR("the method takes one request message, more came"));
        return GG_ECANCELED;
    }
    if (call->in.state != GG_SLOT_EMPTY) {
        call->in.sender_waits = true;
        return GG_AGAIN;
    }
    call->in.message = *message;
    call->in.message.compressed = message->compressed || (call->compressed && !message->plain);
    call->in.state = GG_SLOT_READY;
    call->got_message = true;
    gg_call_wake(call);
    return GG_OK;
}

static void rpc_half_close(gg_rpc *rpc)
{
    gg_call *call = (gg_call *)rpc;
    if (call->phase == GG_CALL_CLOSED)
        return;
    call->half_closed = true;
    gg_call_wake(call);
}

static void rpc_message_done(gg_rpc *rpc)
{
    gg_call *call = (gg_call *)rpc;
    if (call->phase == GG_CALL_CLOSED || call->out.state != GG_SLOT_TAKEN)
        return;
    call->out.state = GG_SLOT_EMPTY;
    gg_message_arena_done(&call->out_arena);
    gg_call_wake(call);
}

static void rpc_cancel(gg_rpc *rpc, gg_status status)
{
    gg_call *call = (gg_call *)rpc;
    if (call->phase != GG_CALL_CLOSED)
        gg_call_force(call, status, gg_cancel_reason(status));
}

/* -- the channel -- */

static size_t aligned(size_t len)
{
    return (len + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
}

static gg_rpc *start(gg_rpc_channel *base, const gg_rpc_start *start)
{
    gg_inproc_channel *channel = (gg_inproc_channel *)base;
    const gg_method *method = gg_server_method(channel->server, start->path);
    if (method == NULL && channel->server->unknown.stream != NULL)
        method = &channel->server->unknown;
    size_t call_len = aligned(sizeof(gg_call)), hook_len = aligned(channel->server->intercept_state_len);
    size_t stream_len = method != NULL && method->stream != NULL ? method->stream->state_len : 0;
    char *memory = gg_arena_zalloc(start->arena, call_len + hook_len + stream_len);
    if (memory == NULL)
        return NULL;
    gg_call *call = (gg_call *)memory;
    call->rpc = (gg_rpc){ .ops = base->ops, .events = start->events, .user = start->user };
    call->compressed = gg_compression_is_on(start->compression);
    call->channel = channel;
    call->method = method;
    call->arena = gg_arena_ref(start->arena);
    call->in_arena = start->in_arena;
    call->out_arena.pool = call->converted.pool = gg_arena_pool(start->arena);
    call->sched = start->sched;
    call->path = start->path;
    call->peer = start->peer;
    call->metadata = start->metadata;
    call->deadline_ns = start->deadline_ns;
    call->hook_state = memory + call_len;
    if (stream_len > 0)
        call->state = memory + call_len + hook_len;
    call->task.run = run;
    call->deadline.fire = deadline_passed;
    if (start->deadline_ns != UINT64_MAX)
        gg_timer_start(call->sched, &call->deadline, start->deadline_ns);
    channel->open++;
    gg_call_wake(call);
    return &call->rpc;
}

static const gg_method_type *method_of(const gg_rpc_channel *base, gg_str path)
{
    const gg_method *method = gg_server_method(((const gg_inproc_channel *)base)->server, path);
    return method != NULL ? method->type : NULL;
}

void gg_inproc_channel_init(gg_inproc_channel *channel, const gg_server *server, gg_loop *loop)
{
    static const gg_rpc_channel_ops ops = { start, rpc_send, rpc_half_close, rpc_message_done, rpc_cancel, method_of };
    *channel = (gg_inproc_channel){ .base.ops = &ops, .server = server, .loop = loop };
}
