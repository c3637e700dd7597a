/* pool.h -- threads for handlers that block, and the queue before them.
 *
 * A thread is started when a job finds none idle, up to thread_max; it stays.  One pool belongs to one loop: jobs are
 * submitted, and taken back, on the loop's thread only. */
#ifndef GG_SRC_HTTP_POOL_H
#define GG_SRC_HTTP_POOL_H

#include <uv.h>

#include "gg/base.h"

typedef struct gg_pool_job { /* intrusive: stays until it has run or was taken back */
    struct gg_pool_job *next;
    void (*run)(struct gg_pool_job *job); /* on a thread of the pool */
} gg_pool_job;

enum { GG_POOL_THREADS = 16, GG_POOL_QUEUE = 1024, GG_POOL_THREADS_MAX = 1024 };

typedef struct gg_pool {
    size_t thread_max, queue_max;
    uv_mutex_t mutex; /* of all that follows */
    uv_cond_t work;   /* there is a job, or an end */
    uv_cond_t rest;   /* a thread has become idle */
    gg_pool_job *first, *last;
    size_t queued, busy, thread_count;
    uv_thread_t *threads;
    bool stopping;
} gg_pool;

/* GG_OK, GG_ENOMEM, GG_EIO. */
gg_rc gg_pool_init(gg_pool *pool, size_t thread_max, size_t queue_max);
/* GG_OK; GG_ETOOBIG: all threads are busy and the queue is full; GG_EIO: there is no thread, and none can be made. */
gg_rc gg_pool_submit(gg_pool *pool, gg_pool_job *job);
/* True: the job waited still, and will not run. */
bool gg_pool_take_back(gg_pool *pool, gg_pool_job *job);
/* Waits until no job runs or waits, for at most wait_ns; whether that is so. */
bool gg_pool_rest(gg_pool *pool, uint64_t wait_ns);
/* Ends the threads; no job may be left. */
void gg_pool_deinit(gg_pool *pool);

#endif
