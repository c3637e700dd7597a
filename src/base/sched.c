/* sched.c -- a FIFO of tasks and a pairing heap of timers.
 *
 * Both are lists through the members of gg_task and gg_timer.  Starting a timer is O(1), stopping and
 * firing one O(log n) amortised; the heap is walked by loops, never by recursion.  Cancelling a task walks
 * the queue: it is short, and cancelling is rare.
 * See: Fredman, Sedgewick, Sleator, Tarjan, "The pairing heap" (1986), two-pass variant. */
#include "base/sched.h"

void gg_sched_init(gg_sched *sched)
{
    *sched = (gg_sched){ 0 };
    sched->tail = &sched->head;
}

void gg_sched_post(gg_sched *sched, gg_task *task)
{
    if (task->queued)
        return;
    task->queued = true;
    task->next = NULL;
    *sched->tail = task;
    sched->tail = &task->next;
}

void gg_sched_cancel(gg_sched *sched, gg_task *task)
{
    if (!task->queued)
        return;
    gg_task **at = &sched->head;
    while (*at != task)
        at = &(*at)->next;
    *at = task->next;
    if (sched->tail == &task->next)
        sched->tail = at;
    task->queued = false;
}

/* -- the heap: a timer's children are a list by `sibling`; `prev` is the left sibling, or the parent of
 * the first child; NULL for a root -- */

/* One heap of two; either may be NULL.  Neither root has siblings. */
static gg_timer *merge(gg_timer *a, gg_timer *b)
{
    if (a == NULL || b == NULL)
        return a != NULL ? a : b;
    if (b->due_ns < a->due_ns) {
        gg_timer *swap = a;
        a = b;
        b = swap;
    }
    b->prev = a;
    b->sibling = a->child;
    if (a->child != NULL)
        a->child->prev = b;
    a->child = b;
    return a;
}

/* One heap of a list of siblings: merged in pairs from the left, the pairs then from the right. */
static gg_timer *merge_siblings(gg_timer *first)
{
    gg_timer *pairs = NULL; /* newest first, linked by sibling */
    while (first != NULL) {
        gg_timer *a = first, *b = a->sibling;
        first = b != NULL ? b->sibling : NULL;
        a->sibling = a->prev = NULL;
        if (b != NULL)
            b->sibling = b->prev = NULL;
        gg_timer *pair = merge(a, b);
        pair->sibling = pairs;
        pairs = pair;
    }
    gg_timer *root = NULL;
    while (pairs != NULL) {
        gg_timer *rest = pairs->sibling;
        pairs->sibling = NULL;
        root = merge(root, pairs);
        pairs = rest;
    }
    return root;
}

void gg_timer_stop(gg_sched *sched, gg_timer *timer)
{
    if (!timer->armed)
        return;
    if (timer->sibling != NULL)
        timer->sibling->prev = timer->prev;
    if (timer->prev == NULL)
        sched->timers = NULL; /* it was the root */
    else if (timer->prev->child == timer)
        timer->prev->child = timer->sibling;
    else
        timer->prev->sibling = timer->sibling;
    sched->timers = merge(sched->timers, merge_siblings(timer->child));
    timer->child = timer->sibling = timer->prev = NULL;
    timer->armed = false;
}

void gg_timer_start(gg_sched *sched, gg_timer *timer, uint64_t due_ns)
{
    gg_timer_stop(sched, timer);
    /* One armed by a timer that fires now waits for the next run, else two could keep the loop here. */
    timer->due_ns = sched->firing && due_ns <= sched->now_ns ? sched->now_ns + 1 : due_ns;
    timer->child = timer->sibling = timer->prev = NULL;
    timer->armed = true;
    sched->timers = merge(sched->timers, timer);
}

void gg_sched_run(gg_sched *sched, uint64_t now_ns)
{
    sched->now_ns = now_ns;
    sched->firing = true;
    while (sched->timers != NULL && sched->timers->due_ns <= now_ns) {
        gg_timer *timer = sched->timers;
        gg_timer_stop(sched, timer);
        timer->fire(timer);
    }
    sched->firing = false;
    while (sched->head != NULL) {
        gg_task *task = sched->head;
        sched->head = task->next;
        if (sched->head == NULL)
            sched->tail = &sched->head;
        task->queued = false;
        task->run(task);
    }
}

uint64_t gg_sched_next_due(const gg_sched *sched)
{
    return sched->timers != NULL ? sched->timers->due_ns : UINT64_MAX;
}
