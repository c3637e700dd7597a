/* loop.c -- drives a sched by libuv: one uv timer for all of ours, one prepare that leaves nothing queued
 * before the loop sleeps, one async for jobs of other threads.
 *
 * The uv timer is moved only to fire earlier.  When ours were stopped meanwhile it fires in vain, once, and
 * is set anew: cheaper than moving it with every request. */
#include "http/loop.h"

#include "base/clock.h"

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

enum { NS_PER_MS = 1000000, TRIM_MS = 1000 };

static gg_loop *loop_of(const uv_handle_t *handle)
{
    return handle->data;
}

static void on_timer(uv_timer_t *timer)
{
    gg_loop *loop = loop_of((uv_handle_t *)timer);
    loop->armed_ns = UINT64_MAX;
    gg_loop_turn(loop);
}

static void arm(gg_loop *loop)
{
    uint64_t due = gg_sched_next_due(&loop->sched);
    if (due == UINT64_MAX && loop->armed_ns != UINT64_MAX) {
        uv_timer_stop(&loop->timer); /* else it would keep the loop alive */
        loop->armed_ns = UINT64_MAX;
    }
    if (due >= loop->armed_ns)
        return;
    uint64_t now = loop->sched.now_ns;
    uint64_t wait_ms = due > now ? (due - now + NS_PER_MS - 1) / NS_PER_MS : 0;
    uv_timer_start(&loop->timer, on_timer, wait_ms, 0);
    loop->armed_ns = due;
}

/* What nobody used for a while goes back, so that long messages cost memory while there are some. */
static void on_trim(uv_timer_t *timer)
{
    if (gg_chunk_pool_trim(&loop_of((uv_handle_t *)timer)->pool))
        return;
    uv_timer_stop(timer);
#ifdef __GLIBC__
    malloc_trim(0); /* it would keep for ever what is free below something that is not */
#endif
}

void gg_loop_turn(gg_loop *loop)
{
    gg_sched_run(&loop->sched, gg_clock_ns());
    while (loop->last != NULL) {
        gg_task *task = loop->last;
        loop->last = task->next;
        task->queued = false;
        task->run(task);
        gg_sched_run(&loop->sched, loop->sched.now_ns);
    }
    if (loop->pool.kept_len > GG_POOL_IDLE && !uv_is_active((uv_handle_t *)&loop->trim))
        uv_timer_start(&loop->trim, on_trim, TRIM_MS, TRIM_MS);
    arm(loop);
}

void gg_loop_post_last(gg_loop *loop, gg_task *task)
{
    if (task->queued)
        return;
    task->queued = true;
    task->next = loop->last;
    loop->last = task;
}

void gg_loop_cancel_last(gg_loop *loop, gg_task *task)
{
    if (!task->queued)
        return;
    gg_task **at = &loop->last;
    while (*at != task)
        at = &(*at)->next;
    *at = task->next;
    task->queued = false;
}

static void on_prepare(uv_prepare_t *prepare)
{
    gg_loop *loop = loop_of((uv_handle_t *)prepare);
    if (loop->sched.head != NULL || loop->last != NULL)
        gg_loop_turn(loop);
    else
        arm(loop);
}

static void on_async(uv_async_t *async)
{
    gg_loop *loop = loop_of((uv_handle_t *)async);
    uv_mutex_lock(&loop->mutex);
    gg_loop_job *newest = loop->jobs;
    loop->jobs = NULL;
    uv_mutex_unlock(&loop->mutex);

    gg_loop_job *oldest = NULL;
    for (gg_loop_job *next; newest != NULL; newest = next) {
        next = newest->next;
        newest->next = oldest;
        oldest = newest;
    }
    loop->sched.now_ns = gg_clock_ns();
    for (gg_loop_job *next; oldest != NULL; oldest = next) {
        next = oldest->next; /* the job may free itself */
        oldest->run(oldest);
    }
    gg_loop_turn(loop);
}

void gg_loop_call(gg_loop *loop, gg_loop_job *job)
{
    uv_mutex_lock(&loop->mutex);
    job->next = loop->jobs;
    loop->jobs = job;
    uv_mutex_unlock(&loop->mutex);
    uv_async_send(&loop->async);
}

static gg_rc start_handles(gg_loop *loop)
{
    if (uv_async_init(loop->uv, &loop->async, on_async) != 0)
        return GG_EIO;
    uv_prepare_init(loop->uv, &loop->prepare); /* these cannot fail */
    uv_timer_init(loop->uv, &loop->timer);
    uv_timer_init(loop->uv, &loop->trim);
    loop->async.data = loop->prepare.data = loop->timer.data = loop->trim.data = loop;
    loop->pending = 4;
    uv_prepare_start(&loop->prepare, on_prepare);
    uv_unref((uv_handle_t *)&loop->async);
    uv_unref((uv_handle_t *)&loop->prepare);
    uv_unref((uv_handle_t *)&loop->trim);
    return GG_OK;
}

gg_rc gg_loop_init(gg_loop *loop, uv_loop_t *uv)
{
    *loop = (gg_loop){ .uv = uv, .pool = { .keep_limit = GG_POOL_KEEP }, .armed_ns = UINT64_MAX };
    gg_sched_init(&loop->sched);
    loop->sched.now_ns = gg_clock_ns();
    loop->read_buf = malloc(GG_READ_LEN);
    if (loop->read_buf == NULL)
        return GG_ENOMEM;
    gg_rc rc = GG_EIO;
    if (uv_mutex_init(&loop->mutex) != 0)
        goto free_buf;
    if (uv == NULL) {
        if (uv_loop_init(&loop->own) != 0)
            goto destroy_mutex;
        loop->uv = &loop->own;
    }
    rc = start_handles(loop);
    if (rc == GG_OK)
        return GG_OK;
    if (uv == NULL)
        uv_loop_close(&loop->own);
destroy_mutex:
    uv_mutex_destroy(&loop->mutex);
free_buf:
    free(loop->read_buf);
    return rc;
}

void gg_loop_run(gg_loop *loop)
{
    uv_run(loop->uv, UV_RUN_DEFAULT);
}

static void on_close(uv_handle_t *handle)
{
    loop_of(handle)->pending--;
}

void gg_loop_deinit(gg_loop *loop)
{
    uv_close((uv_handle_t *)&loop->async, on_close);
    uv_close((uv_handle_t *)&loop->prepare, on_close);
    uv_close((uv_handle_t *)&loop->timer, on_close);
    uv_close((uv_handle_t *)&loop->trim, on_close);
    while (loop->pending > 0)
        uv_run(loop->uv, UV_RUN_ONCE);
    if (loop->uv == &loop->own)
        uv_loop_close(&loop->own);
    uv_mutex_destroy(&loop->mutex);
    gg_chunk_pool_deinit(&loop->pool);
    free(loop->read_buf);
}
