/* sched.h -- what a loop has to do next, without the loop: a queue of tasks and a heap of timers.
 *
 * Steps across a channel are scheduled here and never nested, so a stream cannot recurse.  The libuv
 * loop drives it (http/loop.c); a test drives it by hand with a clock of its own.
 * Both are intrusive: queueing allocates nothing and cannot fail.  One thread, save where said. */
#ifndef GG_SRC_BASE_SCHED_H
#define GG_SRC_BASE_SCHED_H

#include "gg/base.h"

typedef struct gg_task {
    struct gg_task *next;
    void (*run)(struct gg_task *task);
    bool queued;
} gg_task;

typedef struct gg_timer {
    struct gg_timer *child, *sibling, *prev; /* pairing heap */
    void (*fire)(struct gg_timer *timer);
    uint64_t due_ns; /* monotonic */
    bool armed;
} gg_timer;

typedef struct gg_sched {
    gg_task *head, **tail;
    gg_timer *timers; /* root: the earliest */
    uint64_t now_ns;  /* monotonic; set by whoever drives it */
    bool firing;      /* gg_sched_run is firing timers */
} gg_sched;

void gg_sched_init(gg_sched *sched);
/* Queues the task to run once, after those queued before; nothing if it is queued already. */
void gg_sched_post(gg_sched *sched, gg_task *task);
/* Takes it out of the queue if it is there. */
void gg_sched_cancel(gg_sched *sched, gg_task *task);
/* Arms or re-arms the timer; fires once, at or after due_ns, from gg_sched_run. */
void gg_timer_start(gg_sched *sched, gg_timer *timer, uint64_t due_ns);
void gg_timer_stop(gg_sched *sched, gg_timer *timer);
/* Sets the time, fires what is due, runs every task until none is left (those that tasks queue too). */
void gg_sched_run(gg_sched *sched, uint64_t now_ns);
/* When the next timer is due; UINT64_MAX if there is none. */
uint64_t gg_sched_next_due(const gg_sched *sched);

#endif
