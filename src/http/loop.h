/* loop.h -- one libuv loop with what belongs to it: the sched, the chunk pool, the read buffer.
 *
 * One thread: the one that runs it, save gg_loop_call.  After every I/O callback gg_loop_turn runs the
 * tasks, so steps that one read caused are done, and their bytes written, before the next poll. */
#ifndef GG_SRC_HTTP_LOOP_H
#define GG_SRC_HTTP_LOOP_H

#include <uv.h>

#include "base/arena.h"
#include "base/sched.h"

typedef struct gg_loop_job { /* from another thread; intrusive, so queueing cannot fail */
    struct gg_loop_job *next;
    void (*run)(struct gg_loop_job *job);
} gg_loop_job;

typedef struct gg_loop {
    uv_loop_t *uv; /* own or the caller's */
    uv_loop_t own;
    gg_sched sched;
    gg_chunk_pool pool;
    uv_prepare_t prepare;
    uv_timer_t timer, trim; /* trim: of the pool, while it keeps much */
    uv_async_t async;
    uv_mutex_t mutex; /* of jobs */
    gg_loop_job *jobs;
    gg_task *last;     /* run when no other task is left in a turn; newest first */
    uint64_t armed_ns; /* when the uv timer fires; UINT64_MAX: it does not */
    unsigned pending;  /* handles of its own that are open, and look-ups under way */
    char *read_buf;    /* GG_READ_LEN bytes, shared by all connections of the loop */
} gg_loop;

enum { GG_READ_LEN = 64 * 1024 };

/* uv NULL: a loop of its own. GG_OK or GG_ENOMEM / GG_EIO. */
gg_rc gg_loop_init(gg_loop *loop, uv_loop_t *uv);
void gg_loop_run(gg_loop *loop);  /* until nothing is left to wait for, or uv_stop */
void gg_loop_turn(gg_loop *loop); /* time, timers, tasks; at the end of every I/O callback */
/* Runs the task after all others of this turn: what several steps have caused is written at once. */
void gg_loop_post_last(gg_loop *loop, gg_task *task);
void gg_loop_cancel_last(gg_loop *loop, gg_task *task);
/* Runs job->run on the loop's thread; from any thread.  A job that has yet to come does not keep
 * gg_loop_run from returning. */
void gg_loop_call(gg_loop *loop, gg_loop_job *job);
/* Closes its own handles and runs the loop until they are closed and no look-up of a name is under way; every
 * connection and listener must be closed before. */
void gg_loop_deinit(gg_loop *loop);

#endif
