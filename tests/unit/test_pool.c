/* test_pool.c -- the threads of handlers that block, and the queue before them, by scripts.
 *
 *   j  submits a job, that runs until it is let go   g  lets the oldest that runs go    t  how many threads there are
 *   b, B  takes back the newest, the oldest job      w  waits until as many run as can  r  waits for rest
 *   0  asks for rest, and does not wait
 *
 * Every row runs as it stands, and again with each allocation and each start of a thread failing: then fewer jobs may be
 * taken, but each that was taken runs once, unless it was taken back. */
#include "failmalloc.h"
#include "http/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

enum { JOBS = 8, STORY_LEN = 256 };
#define LONG_NS (600 * (uint64_t)1000000000) /* only a broken pool takes as long */

static const struct row {
    const char *what;
    size_t threads, queue;
    const char *script, *story;
} rows[] = {
    { "nothing", 1, 1, "t0r", "0 rest rest" },
    { "one job", 1, 1, "jwt0grt", "ok 1 busy rest 1" },
    { "full", 1, 1, "jjjwj", "ok ok full full" },
    { "full without a queue", 2, 0, "jjj", "ok ok full" },
    { "room again", 1, 1, "jwjjgwj", "ok ok full ok" },
    { "room after all have run", 1, 0, "jjwgrj", "ok full rest ok" },
    { "an idle thread is used again", 3, 0, "jwgrjwgrt", "ok rest ok rest 1" },
    { "threads as jobs need them", 3, 2, "jwjwtjjwt", "ok ok 2 ok ok 3" },
    { "taken back", 1, 2, "jwjjbbb", "ok ok ok back back runs" },
    { "taken back in order", 1, 3, "jwjjjBBB", "ok ok ok ok runs runs runs" },
    { "taken back, and more come", 1, 2, "jwjjbjjgwgw", "ok ok ok back ok full" },
    { "the last one taken back, the queue goes on", 1, 2, "jwjbjgwb", "ok ok back ok runs" },
    { "no rest while one waits", 1, 1, "jjw0gw0gr", "ok ok busy busy rest" },
};

typedef struct bench bench;
typedef struct job {
    gg_pool_job job; /* first: one pointer is both */
    bench *bench;
    bool accepted, back, let_go; /* back: taken back */
    int started, ended;
} job;

struct bench {
    gg_pool pool;
    uv_mutex_t mutex; /* of the jobs */
    uv_cond_t changed;
    job jobs[JOBS];
    size_t count;
    char story[STORY_LEN];
};

static void note(bench *b, const char *word)
{
    size_t len = strlen(b->story);
    snprintf(b->story + len, STORY_LEN - len, "%s%s", len > 0 ? " " : "", word);
}

static void run_job(gg_pool_job *base)
{
    job *j = (job *)base;
    bench *b = j->bench;
    uv_mutex_lock(&b->mutex);
    j->started++;
    uv_cond_broadcast(&b->changed);
    while (!j->let_go)
        uv_cond_wait(&b->changed, &b->mutex);
    j->ended++;
    uv_cond_broadcast(&b->changed);
    uv_mutex_unlock(&b->mutex);
}

static void submit(bench *b)
{
    assert_true(b->count < JOBS);
    job *j = &b->jobs[b->count++];
    *j = (job){ .job.run = run_job, .bench = b };
    gg_rc rc = gg_pool_submit(&b->pool, &j->job);
    j->accepted = rc == GG_OK;
    note(b, rc == GG_OK ? "ok" : rc == GG_ETOOBIG ? "full" : rc == GG_EIO ? "no thread" : "?");
}

/* Waits until as many jobs run as there are threads for. */
static void wait_running(bench *b)
{
    uv_mutex_lock(&b->mutex);
    for (;;) {
        size_t running = 0, open = 0;
        for (size_t i = 0; i < b->count; i++) {
            const job *j = &b->jobs[i];
            running += (size_t)(j->started - j->ended);
            open += j->accepted && !j->back && j->ended == 0;
        }
        if (running == (open < b->pool.thread_count ? open : b->pool.thread_count))
            break;
        uv_cond_wait(&b->changed, &b->mutex);
    }
    uv_mutex_unlock(&b->mutex);
}

static void let_go(bench *b)
{
    uv_mutex_lock(&b->mutex);
    for (size_t i = 0; i < b->count; i++) {
        job *j = &b->jobs[i];
        if (j->started == j->ended)
            continue;
        j->let_go = true;
        uv_cond_broadcast(&b->changed);
        while (j->ended == 0)
            uv_cond_wait(&b->changed, &b->mutex);
        break;
    }
    uv_mutex_unlock(&b->mutex);
}

static void take_back(bench *b, bool oldest)
{
    for (size_t i = 0; i < b->count; i++) {
        job *j = &b->jobs[oldest ? i : b->count - 1 - i];
        if (!j->accepted || j->back)
            continue;
        j->back = gg_pool_take_back(&b->pool, &j->job);
        note(b, j->back ? "back" : "runs");
        return;
    }
}

static void step(bench *b, char letter)
{
    char number[24];
    switch (letter) {
    case 'j':
        submit(b);
        return;
    case 'w':
        wait_running(b);
        return;
    case 'g':
        let_go(b);
        return;
    case 'b':
    case 'B':
        take_back(b, letter == 'B');
        return;
    case 't':
        snprintf(number, sizeof number, "%zu", b->pool.thread_count);
        note(b, number);
        return;
    case 'r':
    case '0':
        note(b, gg_pool_rest(&b->pool, letter == 'r' ? LONG_NS : 0) ? "rest" : "busy");
        return;
    default:
        abort();
    }
}

/* Lets all jobs end; each that was accepted has run, once. */
static void end(bench *b)
{
    uv_mutex_lock(&b->mutex);
    for (size_t i = 0; i < b->count; i++)
        b->jobs[i].let_go = true;
    uv_cond_broadcast(&b->changed);
    uv_mutex_unlock(&b->mutex);
    assert_true(gg_pool_rest(&b->pool, LONG_NS));
    gg_pool_deinit(&b->pool);
    for (size_t i = 0; i < b->count; i++) {
        const job *j = &b->jobs[i];
        assert_int_equal(j->started, j->accepted && !j->back);
        assert_int_equal(j->ended, j->started);
    }
}

/* The n-th allocation fails; whether there was one. */
static bool run_row(const struct row *r, size_t n)
{
    bench b = { .count = 0 };
    assert_int_equal(uv_mutex_init(&b.mutex), 0);
    assert_int_equal(uv_cond_init(&b.changed), 0);
    gg_fail_after(n);
    gg_rc rc = gg_pool_init(&b.pool, r->threads, r->queue);
    for (const char *at = r->script; rc == GG_OK && *at != '\0'; at++)
        step(&b, *at);
    if (rc == GG_OK)
        end(&b);
    bool failed = gg_fail_happened();
    gg_fail_after(SIZE_MAX);
    assert_int_equal(rc, failed && n == 0 ? GG_ENOMEM : GG_OK);
    if (!failed)
        assert_string_equal(b.story, r->story);
    uv_cond_destroy(&b.changed);
    uv_mutex_destroy(&b.mutex);
    return failed;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("%s\n", rows[i].what);
        run_row(&rows[i], SIZE_MAX);
        for (size_t n = 0; run_row(&rows[i], n);)
            n++;
    }
}

/* Without a single thread a job is refused, and the next that gets one runs. */
static void test_no_thread(void **state)
{
    (void)state;
    bench b = { .count = 0 };
    assert_int_equal(uv_mutex_init(&b.mutex), 0);
    assert_int_equal(uv_cond_init(&b.changed), 0);
    assert_int_equal(gg_pool_init(&b.pool, 1, 1), GG_OK);
    gg_fail_after(0);
    submit(&b);
    submit(&b);
    assert_string_equal(b.story, "no thread ok");
    end(&b);
    gg_fail_after(SIZE_MAX);
    uv_cond_destroy(&b.changed);
    uv_mutex_destroy(&b.mutex);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_no_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
