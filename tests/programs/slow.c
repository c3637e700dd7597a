/* slow.c -- test.v1.Slow/Wait: a call that ends when and as its request says.
 *
 *   ms 0                 before the handler returns
 *   mode "" or "timer"   from a timer of the call (gg_call_after), canceled or not
 *   mode "never"         once the call is canceled (gg_call_on_cancel)
 *   mode "post"          from another thread (gg_call_post) */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "test_server.h"

typedef struct wait {
    test_v1_WaitRequest request;
    bool raw; /* the response is a gg_str, not a struct */
    uint64_t begun_ns;
} wait;

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t wait_ns(const wait *w)
{
    return w->request.ms > 0 ? (uint64_t)w->request.ms * 1000000u : 0;
}

static gg_status respond_raw(gg_call *call, const test_v1_WaitResponse *response, gg_str *out)
{
    char *data = gg_call_alloc(call, response->message.len + response->padding.len + 3 * WIRE_PREFIX_LEN);
    if (data == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    size_t len = wire_put(data, 1, response->message);
    data[len++] = 2 << 3;
    len += wire_put_varint(data + len, (uint64_t)response->ms);
    len += wire_put(data + len, 3, response->padding);
    *out = gg_str_of(data, len);
    return GG_STATUS_OK;
}

/* Fills in the response, or fails as asked; the call's status. */
static gg_status conclude(gg_call *call, const wait *w)
{
    const test_v1_WaitRequest *request = &w->request;
    if (request->status_code != 0)
        return gg_call_fail(call, (gg_status)request->status_code, "%.*s", GG_STR_ARG(request->message));
    test_v1_WaitResponse response = { .message = request->message };
    response.ms = (int32_t)((now_ns() - w->begun_ns) / 1000000u);
    if (request->size > 0) {
        char *padding = gg_call_alloc(call, (size_t)request->size);
        if (padding == NULL)
            return GG_STATUS_RESOURCE_EXHAUSTED;
        memset(padding, 'x', (size_t)request->size);
        response.padding = gg_str_of(padding, (size_t)request->size);
    }
    if (w->raw)
        return respond_raw(call, &response, gg_call_response(call));
    *(test_v1_WaitResponse *)gg_call_response(call) = response;
    return GG_STATUS_OK;
}

static void finish(gg_call *call, void *arg)
{
    gg_call_finish(call, conclude(call, arg));
}

static void finish_canceled(gg_call *call, void *arg)
{
    (void)arg;
    gg_call_finish(call, GG_STATUS_CANCELLED);
}

/* -- from another thread -- */

typedef struct job {
    gg_call *call;
    wait *wait; /* in the call's memory, which lives until finish */
} job;

static void *sleep_and_post(void *arg)
{
    job j = *(job *)arg;
    free(arg);
    uint64_t ns = wait_ns(j.wait);
    struct timespec t = { .tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u) };
    nanosleep(&t, NULL);
    if (gg_call_post(j.call, finish, j.wait) != GG_OK)
        abort();
    return NULL;
}

static gg_status wait_on_thread(gg_call *call, wait *w)
{
    job *j = malloc(sizeof *j);
    if (j == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    *j = (job){ call, w };
    pthread_t thread;
    if (pthread_create(&thread, NULL, sleep_and_post, j) != 0) {
        free(j);
        return GG_STATUS_RESOURCE_EXHAUSTED;
    }
    pthread_detach(thread);
    return GG_STATUS_PENDING;
}

/* -- the handlers -- */

static gg_status begin(gg_call *call, const test_v1_WaitRequest *request, bool raw)
{
    wait *w = gg_call_alloc(call, sizeof *w);
    if (w == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    *w = (wait){ .request = *request, .raw = raw, .begun_ns = now_ns() };
    if (gg_str_eq(request->mode, GG_STR("never"))) {
        gg_call_on_cancel(call, finish_canceled, NULL);
        return GG_STATUS_PENDING;
    }
    if (gg_str_eq(request->mode, GG_STR("post")))
        return wait_on_thread(call, w);
    if (request->ms <= 0)
        return conclude(call, w);
    if (gg_call_after(call, wait_ns(w), finish, w) != GG_OK)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    return GG_STATUS_PENDING;
}

gg_status slow_wait(gg_call *call, const test_v1_WaitRequest *request, test_v1_WaitResponse *response)
{
    (void)response;
    return begin(call, request, false);
}

gg_status slow_wait_raw(gg_call *call, gg_str request, gg_str *response)
{
    (void)response;
    test_v1_WaitRequest r = { 0 };
    unsigned number;
    uint64_t varint;
    gg_str bytes;
    while (wire_next(&request, &number, &varint, &bytes)) { /* each round eats 2 bytes or more */
        switch (number) {
        case 1:
            r.ms = (int32_t)varint;
            break;
        case 2:
            r.status_code = (int32_t)varint;
            break;
        case 3:
            r.message = bytes;
            break;
        case 4:
            r.mode = bytes;
            break;
        case 5:
            r.size = (int32_t)varint;
            break;
        default:
            break;
        }
    }
    return begin(call, &r, true);
}
