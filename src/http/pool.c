/* pool.c -- a queue, one lock, and threads that take from it. */
#include "http/pool.h"

#include <stdlib.h>

#include "base/clock.h"

gg_rc gg_pool_init(gg_pool *pool, size_t thread_max, size_t queue_max)
{
    *pool = (gg_pool){ .thread_max = thread_max, .queue_max = queue_max };
    pool->threads = calloc(thread_max, sizeof *pool->threads);
    if (pool->threads == NULL)
        return GG_ENOMEM;
    if (uv_mutex_init(&pool->mutex) == 0) {
        if (uv_cond_init(&pool->work) == 0) {
            if (uv_cond_init(&pool->rest) == 0)
                return GG_OK;
            uv_cond_destroy(&pool->work);
        }
        uv_mutex_destroy(&pool->mutex);
    }
    free(pool->threads);
    return GG_EIO;
}

static void thread_main(void *arg)
{
    gg_pool *pool = arg;
    uv_mutex_lock(&pool->mutex);
    for (;;) {
        while (pool->first == NULL && !pool->stopping)
            uv_cond_wait(&pool->work, &pool->mutex);
        gg_pool_job *job = pool->first;
        if (job == NULL)
            break;
        pool->first = job->next;
        pool->queued--;
        pool->busy++;
        uv_mutex_unlock(&pool->mutex);
        job->run(job);
        uv_mutex_lock(&pool->mutex);
        pool->busy--;
        uv_cond_broadcast(&pool->rest);
    }
    uv_mutex_unlock(&pool->mutex);
}

/* A thread more, if jobs wait that no idle thread will take. */
static void grow(gg_pool *pool)
{
    if (pool->busy + pool->queued <= pool->thread_count || pool->thread_count == pool->thread_max)
        return;
    if (uv_thread_create(&pool->threads[pool->thread_count], thread_main, pool) == 0)
        pool->thread_count++;
}

gg_rc gg_pool_submit(gg_pool *pool, gg_pool_job *job)
{
    gg_rc rc = GG_OK;
    uv_mutex_lock(&pool->mutex);
    if (pool->busy + pool->queued >= pool->thread_max + pool->queue_max) {
        rc = GG_ETOOBIG;
    } else {
        pool->queued++;
        grow(pool);
        if (pool->thread_count == 0) {
            pool->queued--;
            rc = GG_EIO;
        }
    }
    if (rc == GG_OK) {
        job->next = NULL;
        if (pool->first == NULL)
            pool->first = job;
        else
            pool->last->next = job;
        pool->last = job;
        uv_cond_signal(&pool->work);
    }
    uv_mutex_unlock(&pool->mutex);
    return rc;
}

bool gg_pool_take_back(gg_pool *pool, gg_pool_job *job)
{
    uv_mutex_lock(&pool->mutex);
    gg_pool_job *before = NULL, *at = pool->first;
    while (at != NULL && at != job) { /* queue_max jobs at most */
        before = at;
        at = at->next;
    }
    if (at != NULL) {
        if (before != NULL)
            before->next = at->next;
        else
            pool->first = at->next;
        if (pool->last == at)
            pool->last = before;
        pool->queued--;
    }
    uv_mutex_unlock(&pool->mutex);
    return at != NULL;
}

bool gg_pool_rest(gg_pool *pool, uint64_t wait_ns)
{
    uint64_t until_ns = gg_clock_ns() + wait_ns, now_ns;
    uv_mutex_lock(&pool->mutex);
    while (pool->busy + pool->queued > 0 && (now_ns = gg_clock_ns()) < until_ns)
        uv_cond_timedwait(&pool->rest, &pool->mutex, until_ns - now_ns);
    bool rests = pool->busy + pool->queued == 0;
    uv_mutex_unlock(&pool->mutex);
    return rests;
}

void gg_pool_deinit(gg_pool *pool)
{
    uv_mutex_lock(&pool->mutex);
    pool->stopping = true;
    uv_cond_broadcast(&pool->work);
    uv_mutex_unlock(&pool->mutex);
    for (size_t i = 0; i < pool->thread_count; i++)
        uv_thread_join(&pool->threads[i]);
    uv_cond_destroy(&pool->rest);
    uv_cond_destroy(&pool->work);
    uv_mutex_destroy(&pool->mutex);
    free(pool->threads);
}
