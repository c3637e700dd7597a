/* call.c -- what handlers and interceptors ask of a call (gg/call.h).
 *
 * Nothing here runs a hook or an event: what is asked is noted, and the call's task (inproc.c) acts on it.
 * Elsewhere: gg_call_continue (intercept.c), gg_call_send and what else is of streams (handler.c). */
#include "grpc/call_private.h"

#include "base/clock.h"
#include "gg/message.h"
#include "grpc/compress.h"
#include "grpc/metadata.h"

#include <assert.h>
#include <stdlib.h>

/* -- what the caller sent -- */

gg_str gg_call_method(const gg_call *call)
{
    return call->path;
}

gg_str gg_call_peer(const gg_call *call)
{
    return call->peer;
}

gg_str gg_call_metadata(const gg_call *call, gg_str key)
{
    return call->metadata != NULL ? gg_headers_get(call->metadata, key) : gg_str_of(NULL, 0);
}

bool gg_call_metadata_at(const gg_call *call, size_t index, gg_str *key, gg_str *value)
{
    if (call->metadata == NULL || index >= call->metadata->count)
        return false;
    *key = call->metadata->items[index].name;
    *value = call->metadata->items[index].value;
    return true;
}

uint64_t gg_call_deadline_ns(const gg_call *call)
{
    return call->deadline_ns;
}

bool gg_call_canceled(const gg_call *call)
{
    return call->forced;
}

void *gg_call_user(const gg_call *call)
{
    return call->method != NULL ? call->method->user : NULL;
}

void *gg_call_response(gg_call *call)
{
    return call->owes ? call->response : NULL;
}

/* -- memory -- */

void *gg_call_alloc(gg_call *call, size_t len)
{
    return gg_arena_zalloc(call->arena, len);
}

gg_str gg_call_printf(gg_call *call, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    gg_str text = gg_arena_vprintf(call->arena, format, args);
    va_end(args);
    return text.ptr != NULL ? text : GG_STR("");
}

gg_str gg_call_dup(gg_call *call, gg_str text)
{
    gg_str copy = gg_arena_dup(call->arena, text);
    return copy.ptr != NULL ? copy : GG_STR("");
}

/* -- what the caller will get -- */

static gg_rc add_metadata(gg_call *call, gg_headers *to, gg_str key, gg_str value)
{
    if (!gg_metadata_valid(key, value))
        return GG_EINVAL;
    gg_str key_copy = gg_arena_dup(call->arena, key), value_copy = gg_arena_dup(call->arena, value);
    if (key_copy.ptr == NULL || value_copy.ptr == NULL)
        return GG_ENOMEM;
    return gg_headers_add(to, call->arena, key_copy, value_copy);
}

gg_rc gg_call_set_header(gg_call *call, gg_str key, gg_str value)
{
    if (call->headers_sent || call->forced || call->phase == GG_CALL_CLOSED)
        return GG_ECANCELED;
    return add_metadata(call, &call->headers, key, value);
}

gg_rc gg_call_set_trailer(gg_call *call, gg_str key, gg_str value)
{
    if (call->phase == GG_CALL_CLOSED)
        return GG_ECANCELED;
    return add_metadata(call, &call->trailers, key, value);
}

gg_rc gg_call_add_detail(gg_call *call, gg_str type, gg_str message)
{
    if (call->phase == GG_CALL_CLOSED)
        return GG_ECANCELED;
    return gg_details_add(&call->details, call->arena, type, message);
}

gg_rc gg_call_add_detail_typed(gg_call *call, const gg_message_type *type, const void *message)
{
    gg_str wire;
    gg_rc rc = gg_message_to_wire(type, message, call->arena, &wire);
    return rc == GG_OK ? gg_call_add_detail(call, type->name, wire) : rc == GG_ENOMEM ? rc : GG_EINVAL;
}

gg_rc gg_call_set_compression(gg_call *call, gg_compression compression)
{
    if (!gg_compression_valid(compression))
        return GG_EINVAL;
    if (call->headers_sent || call->forced || call->phase == GG_CALL_CLOSED)
        return GG_ECANCELED;
    call->rpc.compression = compression;
    return GG_OK;
}

void gg_call_compress(gg_call *call, bool compress)
{
    call->plain = !compress;
}

bool gg_call_request_compressed(const gg_call *call)
{
    return call->in.message.compressed;
}

gg_rc gg_call_send_headers(gg_call *call)
{
    if (call->forced || call->phase == GG_CALL_CLOSED)
        return GG_ECANCELED;
    call->headers_due = true;
    gg_call_wake(call);
    return GG_OK;
}

gg_status gg_call_fail(gg_call *call, gg_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    gg_str text = gg_arena_vprintf(call->arena, format, args);
    va_end(args);
    call->said = text.ptr != NULL ? text : GG_STR("");
    return status;
}

/* An OK of a handler brings its response with it, unless it streams them. */
static gg_status take_response(gg_call *call)
{
    const gg_method *method = call->method;
    if (call->sent_message || method->type->server_streaming)
        return GG_STATUS_OK;
    if (method->stream != NULL)
        return gg_call_fail(call, GG_STATUS_INTERNAL, "the handler sent no response");
    gg_message message = { .wire = call->raw_response, .plain = call->plain };
    if (method->typed != NULL)
        message = (gg_message){ .type = method->type->output, .typed = call->response, .plain = call->plain };
    gg_call_put_response(call, &message);
    return GG_STATUS_OK;
}

void gg_call_finish(gg_call *call, gg_status status)
{
    assert(call->owes && call->phase >= GG_CALL_HANDLING); /* exactly once, by the handler */
    gg_call_stop_timers(call);
    if (status == GG_STATUS_OK && !call->decided)
        status = take_response(call);
    gg_call_decide(call, status, call->said);
    call->owes = false;
    gg_call_wake(call);
}

/* -- later -- */

void gg_call_on_cancel(gg_call *call, void (*fn)(gg_call *call, void *arg), void *arg)
{
    call->on_cancel = fn;
    call->on_cancel_arg = arg;
    if (call->phase == GG_CALL_CLOSED)
        gg_call_wake(call); /* canceled already */
}

struct gg_call_timer {
    gg_timer timer; /* first: one pointer is both */
    gg_call_timer *next;
    gg_call *call;
    void (*fn)(gg_call *call, void *arg);
    void *arg;
};

static void timer_fired(gg_timer *base)
{
    gg_call_timer *timer = (gg_call_timer *)base;
    gg_call *call = timer->call;
    gg_call_timer **at = &call->timers;
    while (*at != timer)
        at = &(*at)->next;
    *at = timer->next;
    timer->next = call->spare_timers;
    call->spare_timers = timer;
    timer->fn(call, timer->arg);
}

gg_rc gg_call_after(gg_call *call, uint64_t delay_ns, void (*fn)(gg_call *call, void *arg), void *arg)
{
    if (!call->owes && call->phase >= GG_CALL_HANDLING)
        return GG_ECANCELED; /* finished */
    gg_call_timer *timer = call->spare_timers;
    if (timer != NULL)
        call->spare_timers = timer->next;
    else if ((timer = gg_arena_zalloc(call->arena, sizeof *timer)) == NULL)
        return GG_ENOMEM;
    timer->timer.fire = timer_fired;
    timer->call = call;
    timer->fn = fn;
    timer->arg = arg;
    timer->next = call->timers;
    call->timers = timer;
    /* the sched's time is that of the turn's beginning: the delay would be short by what was done since */
    uint64_t now_ns = call->channel->loop != NULL ? gg_clock_ns() : call->sched->now_ns;
    gg_timer_start(call->sched, &timer->timer, delay_ns > UINT64_MAX - now_ns ? UINT64_MAX : now_ns + delay_ns);
    return GG_OK;
}

void gg_call_stop_timers(gg_call *call)
{
    while (call->timers != NULL) {
        gg_call_timer *timer = call->timers;
        call->timers = timer->next;
        gg_timer_stop(call->sched, &timer->timer);
        timer->next = call->spare_timers;
        call->spare_timers = timer;
    }
}

static void run_job(gg_loop_job *base)
{
    gg_call_job *job = (gg_call_job *)base;
    gg_call *call = job->call;
    if (call->owes) /* else another post finished the call meanwhile */
        job->fn(call, job->arg);
    atomic_fetch_sub(&call->posted, 1); /* fn may have finished the call: this is what kept it */
    gg_call_wake(call);
}

/* It holds the call until it has run, so a call that another post finishes first is still there; to post after the
 * finish is the program's error. */
static void post(gg_call_job *job, void (*run)(gg_loop_job *job))
{
    job->job.run = run;
    atomic_fetch_add(&job->call->posted, 1);
    gg_loop_call(job->call->channel->loop, &job->job);
}

void gg_call_post_job(gg_call_job *job)
{
    post(job, run_job);
}

static void run_own(gg_loop_job *base)
{
    gg_call_job job = *(gg_call_job *)base;
    free(base);
    run_job(&job.job);
}

/* The job is malloc'ed, because an arena has one thread. */
gg_rc gg_call_post(gg_call *call, void (*fn)(gg_call *call, void *arg), void *arg)
{
    if (call->channel->loop == NULL)
        return GG_EINVAL;
    gg_call_job *job = malloc(sizeof *job);
    if (job == NULL)
        return GG_ENOMEM;
    *job = (gg_call_job){ .call = call, .fn = fn, .arg = arg };
    post(job, run_own);
    return GG_OK;
}
