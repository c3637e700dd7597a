/* blocking.c -- a call whose handler runs on a thread of the pool (gg/blocking.h).
 *
 *   the loop's thread (a stream handler)                    the pool's thread (the program's handler)
 *     message     request: NONE -> READY      -------->       recv: READY -> TAKEN; the next recv releases it
 *     note        releases, sends             <--------       send: response, once the one before is taken
 *     writable    the response is taken       -------->
 *     on_cancel   canceled                    -------->       whatever waits answers GG_ECANCELED
 *     last        response, status, finish    <--------       the handler has returned
 *
 * What both sides use is under the mutex.  The thread has an arena of its own; what it hands over lies there, or in its
 * message arenas, and is not touched again until it was taken.  The loop is told by two intrusive jobs, so nothing that
 * must be told needs memory.
 * Elsewhere: the pool (pool.c), what a handler asks of its call (blocking_call.c). */
#include "grpc/blocking.h"

#include "base/clock.h"

#define OF(member, ptr) ((gg_blocking_call *)(void *)((char *)(ptr)-offsetof(gg_blocking_call, member)))

/* -- the thread's side -- */

void gg_blocking_notify(gg_blocking_call *call)
{
    if (call->noted)
        return;
    call->noted = true;
    gg_loop_call(call->call->channel->loop, &call->note);
}

static gg_status run_typed(gg_blocking_call *call, gg_str *response)
{
    const gg_method *method = call->call->method;
    const gg_method_type *type = method->type;
    gg_message request = { 0 };
    void *out = type->server_streaming ? NULL : gg_message_new(type->output, call->arena);
    if (out == NULL && !type->server_streaming)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    if (!type->client_streaming) {
        gg_rc rc = gg_blocking_recv(call, &request);
        if (rc != GG_OK)
            return call->failed;
    }
    gg_status status = method->blocking(call, method->impl, request.typed, out);
    if (status != GG_STATUS_OK || type->server_streaming)
        return status;
    gg_rc rc = gg_message_to_wire(type->output, out, call->arena, response);
    if (rc == GG_OK)
        return status;
    return rc == GG_ENOMEM ? gg_blocking_fail(call, GG_STATUS_RESOURCE_EXHAUSTED, "the call has spent its memory")
                           : gg_blocking_fail(call, GG_STATUS_INTERNAL, "the response cannot be serialized");
}

static gg_status run_raw(gg_blocking_call *call, gg_str *response)
{
    const gg_method *method = call->call->method;
    gg_message request = { 0 };
    if (!method->type->client_streaming && gg_blocking_recv(call, &request) != GG_OK)
        return call->failed;
    return method->blocking_raw(call, request.wire, response);
}

static void work(gg_pool_job *job)
{
    gg_blocking_call *call = OF(job, job);
    gg_str response = { 0 };
    gg_status status = call->call->method->blocking != NULL ? run_typed(call, &response) : run_raw(call, &response);
    if (call->failed != GG_STATUS_OK)
        status = call->failed;
    uv_mutex_lock(&call->mutex);
    while (call->response_due && !call->canceled) /* it lies in memory that goes with the call */
        uv_cond_wait(&call->changed, &call->mutex);
    call->status = status;
    call->response = (gg_message){ .wire = response, .plain = call->plain };
    uv_mutex_unlock(&call->mutex);
    gg_loop_call(call->call->channel->loop, &call->last);
}

/* -- the loop's side -- */

static void tell(gg_blocking_call *call)
{
    uv_cond_broadcast(&call->changed);
    uv_mutex_unlock(&call->mutex);
}

/* The end: the thread does not use it any more, or never did. */
static void finish(gg_blocking_call *blocking, gg_status status)
{
    gg_call *call = blocking->call;
    gg_message_arena_deinit(&blocking->in);
    gg_message_arena_deinit(&blocking->out);
    gg_arena_unref(blocking->arena);
    uv_cond_destroy(&blocking->changed);
    uv_mutex_destroy(&blocking->mutex);
    gg_call_finish(call, status);
}

/* Metadata that the handler has set since the last time.  What the call has no memory for ends it: no later message
 * may come without what was set before. */
static void apply(gg_blocking_call *blocking)
{
    gg_call *call = blocking->call;
    gg_headers *headers = &blocking->headers, *trailers = &blocking->trailers;
    bool spent = false;
    for (size_t i = 0; i < headers->count; i++)
        spent |= gg_call_set_header(call, headers->items[i].name, headers->items[i].value) == GG_ENOMEM;
    for (size_t i = 0; i < trailers->count; i++)
        spent |= gg_call_set_trailer(call, trailers->items[i].name, trailers->items[i].value) == GG_ENOMEM;
    headers->count = trailers->count = 0;
    if (spent)
        blocking->spent = blocking->canceled = true;
    if (blocking->spent)
        return;
    if (blocking->compression_set)
        gg_call_set_compression(call, blocking->compression);
    if (blocking->headers_due)
        gg_call_send_headers(call);
    blocking->headers_due = blocking->compression_set = false;
}

static void on_note(gg_loop_job *job)
{
    gg_blocking_call *blocking = OF(note, job);
    gg_call *call = blocking->call;
    uv_mutex_lock(&blocking->mutex);
    blocking->noted = false;
    apply(blocking);
    bool release = blocking->release;
    blocking->release = false;
    if (blocking->response_due && !blocking->response_sent) {
        blocking->response_sent = true;
        if (!blocking->spent && gg_call_send(call, &blocking->response) == GG_OK)
            call->out.sender_waits = true; /* so that writable tells when it is taken */
        else
            blocking->response_due = false; /* canceled: it was told, or will be */
    }
    tell(blocking);
    if (release)
        gg_call_message_done(call);
}

/* The handler's answer; the response is copied to where it lasts as long as whoever sends it. */
static void on_last(gg_loop_job *job)
{
    gg_blocking_call *blocking = OF(last, job);
    gg_call *call = blocking->call;
    gg_status status = blocking->status;
    apply(blocking);
    if (status == GG_STATUS_OK && !gg_call_server_streams(call) && !blocking->spent) {
        gg_str response = gg_arena_dup(call->arena, blocking->response.wire);
        gg_message message = { .wire = response, .plain = blocking->response.plain };
        blocking->spent = response.ptr == NULL || gg_call_send(call, &message) == GG_ENOMEM;
    }
    if (blocking->spent) {
        status = gg_call_fail(call, GG_STATUS_RESOURCE_EXHAUSTED, "the call has spent its memory");
    } else if (status != GG_STATUS_OK) {
        gg_call_fail(call, status, "%.*s", GG_STR_ARG(blocking->said));
        call->details = gg_call_dup(call, blocking->details);
    }
    finish(blocking, status);
}

static void on_cancel(gg_call *call, void *arg)
{
    gg_blocking_call *blocking = arg;
    if (!blocking->submitted || gg_pool_take_back(call->channel->pool, &blocking->job)) {
        finish(blocking, GG_STATUS_CANCELLED);
        return;
    }
    uv_mutex_lock(&blocking->mutex);
    blocking->canceled = true;
    tell(blocking);
}

static gg_status submit(gg_blocking_call *blocking)
{
    gg_call *call = blocking->call;
    gg_rc rc = gg_pool_submit(call->channel->pool, &blocking->job);
    if (rc == GG_OK) {
        blocking->submitted = true;
        return GG_STATUS_PENDING;
    }
    gg_call_fail(call, GG_STATUS_RESOURCE_EXHAUSTED, "%s",
        rc == GG_ETOOBIG ? "too many calls wait for a thread" : "no thread can be started");
    finish(blocking, GG_STATUS_RESOURCE_EXHAUSTED);
    return GG_STATUS_PENDING;
}

static gg_status on_start(gg_call *call, void *state)
{
    gg_blocking_call *blocking = state;
    if (call->channel->pool == NULL || call->channel->loop == NULL)
        return gg_call_fail(call, GG_STATUS_INTERNAL, "there are no threads for handlers that block");
    *blocking = (gg_blocking_call){ .call = call, .job.run = work, .note.run = on_note, .last.run = on_last };
    blocking->arena = gg_arena_new(NULL, gg_arena_limit(call->arena));
    bool has_mutex = blocking->arena != NULL && uv_mutex_init(&blocking->mutex) == 0;
    if (!has_mutex || uv_cond_init(&blocking->changed) != 0) {
        if (has_mutex)
            uv_mutex_destroy(&blocking->mutex);
        gg_arena_unref(blocking->arena);
        return gg_call_fail(call, GG_STATUS_RESOURCE_EXHAUSTED, "out of memory");
    }
    gg_call_on_cancel(call, on_cancel, blocking);
    return GG_STATUS_PENDING;
}

static gg_status on_message(gg_call *call, void *state, const gg_message *message)
{
    gg_blocking_call *blocking = state;
    gg_call_hold_message(call);
    uv_mutex_lock(&blocking->mutex);
    blocking->request = *message;
    blocking->has_request = true;
    tell(blocking);
    return blocking->submitted ? GG_STATUS_PENDING : submit(blocking);
}

/* A request that is not streamed is held until the handler has returned, so its half-close does not come. */
static gg_status on_half_close(gg_call *call, void *state)
{
    gg_blocking_call *blocking = state;
    (void)call;
    uv_mutex_lock(&blocking->mutex);
    blocking->half_closed = true;
    tell(blocking);
    return blocking->submitted ? GG_STATUS_PENDING : submit(blocking);
}

static gg_status on_writable(gg_call *call, void *state)
{
    gg_blocking_call *blocking = state;
    (void)call;
    uv_mutex_lock(&blocking->mutex);
    blocking->response_due = blocking->response_sent = false;
    tell(blocking);
    return GG_STATUS_PENDING;
}

const gg_stream_handler gg_blocking_handler = { sizeof(gg_blocking_call), on_start, on_message, on_half_close,
    on_writable, false };
