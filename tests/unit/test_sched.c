/* test_sched.c -- tasks in their order, timers by their time, both against what happens while they run. */
#include "base/sched.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

/* A task or timer with a name, a place to write it, and something to do when it runs. */
typedef struct probe {
    gg_task task;
    gg_timer timer;
    char name;
    struct probe *post, *cancel, *start, *stop; /* done when it runs */
    uint64_t start_due;
    struct bench *bench;
} probe;

typedef struct bench {
    gg_sched sched;
    char ran[64];
    size_t count;
} bench;

static void act(probe *p)
{
    bench *b = p->bench;
    assert_true(b->count < sizeof b->ran - 1);
    b->ran[b->count++] = p->name;
    if (p->post != NULL)
        gg_sched_post(&b->sched, &p->post->task);
    if (p->cancel != NULL)
        gg_sched_cancel(&b->sched, &p->cancel->task);
    if (p->start != NULL)
        gg_timer_start(&b->sched, &p->start->timer, p->start_due);
    if (p->stop != NULL)
        gg_timer_stop(&b->sched, &p->stop->timer);
}

static void run_task(gg_task *task)
{
    act((probe *)((char *)task - offsetof(probe, task)));
}

static void fire_timer(gg_timer *timer)
{
    act((probe *)((char *)timer - offsetof(probe, timer)));
}

static void init(bench *b, probe *probes, size_t count)
{
    memset(b, 0, sizeof *b);
    gg_sched_init(&b->sched);
    for (size_t i = 0; i < count; i++)
        probes[i] = (probe){ .task.run = run_task, .timer.fire = fire_timer, .name = (char)('a' + i), .bench = b };
}

static void test_tasks_in_order(void **state)
{
    (void)state;
    bench b;
    probe p[4];
    init(&b, p, 4);
    p[0].post = &p[3];   /* queued by a task: in the same run, at the end */
    p[1].cancel = &p[2]; /* not run any more */
    for (size_t i = 0; i < 3; i++)
        gg_sched_post(&b.sched, &p[i].task);
    gg_sched_post(&b.sched, &p[0].task); /* is queued already */
    gg_sched_run(&b.sched, 0);
    assert_string_equal(b.ran, "abd");
    gg_sched_run(&b.sched, 0);
    assert_string_equal(b.ran, "abd");
}

static void test_cancel(void **state)
{
    (void)state;
    for (size_t gone = 0; gone < 3; gone++) {
        bench b;
        probe p[4];
        init(&b, p, 4);
        for (size_t i = 0; i < 3; i++)
            gg_sched_post(&b.sched, &p[i].task);
        gg_sched_cancel(&b.sched, &p[gone].task);
        gg_sched_cancel(&b.sched, &p[gone].task);
        gg_sched_cancel(&b.sched, &p[3].task); /* was never queued */
        gg_sched_post(&b.sched, &p[3].task);   /* the tail is right again */
        gg_sched_run(&b.sched, 0);
        static const char *const want[] = { "bcd", "acd", "abd" };
        assert_string_equal(b.ran, want[gone]);
    }
}

static void test_task_posts_itself(void **state)
{
    (void)state;
    bench b;
    probe p[2];
    init(&b, p, 2);
    p[0].post = &p[1];
    p[1].post = NULL;
    gg_sched_post(&b.sched, &p[0].task);
    gg_sched_run(&b.sched, 0);
    gg_sched_post(&b.sched, &p[0].task); /* a task that ran may be queued again */
    gg_sched_run(&b.sched, 0);
    assert_string_equal(b.ran, "abab");
}

static void test_timers(void **state)
{
    (void)state;
    bench b;
    probe p[4];
    init(&b, p, 4);
    assert_true(gg_sched_next_due(&b.sched) == UINT64_MAX);
    gg_timer_start(&b.sched, &p[0].timer, 30);
    gg_timer_start(&b.sched, &p[1].timer, 10);
    gg_timer_start(&b.sched, &p[2].timer, 20);
    gg_timer_start(&b.sched, &p[3].timer, 40);
    assert_int_equal(gg_sched_next_due(&b.sched), 10);
    gg_sched_run(&b.sched, 9);
    assert_string_equal(b.ran, "");
    gg_timer_start(&b.sched, &p[0].timer, 15); /* re-armed, earlier */
    gg_timer_stop(&b.sched, &p[1].timer);
    gg_timer_stop(&b.sched, &p[1].timer);
    gg_sched_run(&b.sched, 20);
    assert_string_equal(b.ran, "ac");
    assert_false(p[0].timer.armed);
    assert_int_equal(gg_sched_next_due(&b.sched), 40);
    gg_sched_run(&b.sched, UINT64_MAX);
    assert_string_equal(b.ran, "acd");
}

static void test_timers_that_act(void **state)
{
    (void)state;
    bench b;
    probe p[4];
    init(&b, p, 4);
    p[0].stop = &p[1]; /* due at the same time, and then not fired */
    p[0].post = &p[3]; /* tasks come after the timers */
    p[2].start = &p[2];
    p[2].start_due = 5; /* in the past: again in the next run, not for ever in this one */
    gg_timer_start(&b.sched, &p[0].timer, 10);
    gg_timer_start(&b.sched, &p[1].timer, 11);
    gg_timer_start(&b.sched, &p[2].timer, 11);
    gg_sched_run(&b.sched, 11);
    assert_string_equal(b.ran, "acd");
    gg_sched_run(&b.sched, 12);
    assert_string_equal(b.ran, "acdc");
}

/* -- the heap against a plain array -- */

enum { TIMERS = 200, STEPS = 20000 };

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static size_t fired_count;
static void count_fired(gg_timer *timer)
{
    (void)timer;
    fired_count++;
}

static void test_heap(void **state)
{
    (void)state;
    static gg_timer timers[TIMERS];
    gg_sched sched;
    gg_sched_init(&sched);
    for (size_t i = 0; i < TIMERS; i++)
        timers[i] = (gg_timer){ .fire = count_fired };
    uint64_t seed = 42, now = 0;
    for (int step = 0; step < STEPS; step++) {
        uint64_t r = next_random(&seed);
        gg_timer *timer = &timers[r % TIMERS];
        size_t due_count = 0;
        uint64_t earliest = UINT64_MAX;
        if (r >> 32 & 3) {
            gg_timer_start(&sched, timer, now + (r >> 40) % 1000);
        } else if (r >> 34 & 1) {
            gg_timer_stop(&sched, timer);
        } else {
            now += (r >> 40) % 50;
            for (size_t i = 0; i < TIMERS; i++)
                due_count += timers[i].armed && timers[i].due_ns <= now;
            fired_count = 0;
            gg_sched_run(&sched, now);
            assert_int_equal(fired_count, due_count);
        }
        for (size_t i = 0; i < TIMERS; i++)
            if (timers[i].armed && timers[i].due_ns < earliest)
                earliest = timers[i].due_ns;
        assert_true(gg_sched_next_due(&sched) == earliest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tasks_in_order),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_task_posts_itself),
        cmocka_unit_test(test_timers),
        cmocka_unit_test(test_timers_that_act),
        cmocka_unit_test(test_heap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
