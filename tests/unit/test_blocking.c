/* test_blocking.c -- calls whose handlers run on a thread of a pool: what the caller is told, by scripts.
 *
 *   S  sends the request, once the call takes it   h  half-close   m  waits for a message, and is done with it
 *   k  waits for a message, and keeps it           c  cancel       r  waits until the handler sleeps
 *
 * At the end the status is awaited.  Every row runs as it stands, and again with each of its allocations failing, in the
 * order that two threads make them, and each start of a thread: then the call may end with RESOURCE_EXHAUSTED, but has
 * exactly one status; and OK means that nothing is missing, neither a message nor metadata. */
#include "app/app.h"
#include "failmalloc.h"
#include "gg/message.h"
#include "test/v1/streams.gg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

enum { STORY_LEN = 1024, LARGE = 6000, MORE_THAN_A_CHUNK = 5000 };

#define UNARY "/test.v1.Streaming/Unary"
#define DOWN "/test.v1.Streaming/Down"
#define UP "/test.v1.Streaming/Up"
#define BOTH "/test.v1.Streaming/Both"

typedef enum registered { TYPED, RAW, BUSY /* typed, and the only thread is taken */ } registered;

typedef struct row {
    const char *what, *path;
    registered registered;
    size_t queue;
    uint64_t timeout_ns;
    const char *mode; /* of the request: what the handler does */
    uint32_t count, size;
    const char *script, *story;
} row;

static const uint64_t NONE = UINT64_MAX;
#define GONE "CANCELLED(the caller is gone)"

/* clang-format off */
static const row rows[] = {
    { "unary", UNARY, TYPED, 1, NONE, "", 0, 5, "Sh", "5 OK" },
    { "unary, raw", UNARY, RAW, 1, NONE, "", 0, 5, "Sh", "5 OK" },
    { "unary, large", UNARY, TYPED, 1, NONE, "", 0, LARGE, "Sh", "6000 OK" },
    { "unary, raw and large", UNARY, RAW, 1, NONE, "", 0, LARGE, "Sh", "6000 OK" },
    { "metadata", UNARY, TYPED, 1, NONE, "metadata", 0, 5, "Sh", "[x-h:5000] 5 OK [x-t:5000]" },
    { "an error", UNARY, TYPED, 1, NONE, "fail", 0, 5, "Sh", "NOT_FOUND(no such thing) details" },
    { "an error, raw", UNARY, RAW, 1, NONE, "fail", 0, 5, "Sh", "NOT_FOUND(no such thing) details" },
    { "no request", UNARY, TYPED, 1, NONE, "", 0, 5, "h",
        "UNIMPLEMENTED(the method takes one request message, none came)" },
    { "canceled before its request", UNARY, TYPED, 1, NONE, "", 0, 5, "c", GONE },
    { "canceled before it begins", UNARY, TYPED, 1, NONE, "", 0, 5, "Shc", GONE },
    { "canceled while it sleeps", UNARY, TYPED, 1, NONE, "sleep", 0, 5, "Shrc", GONE },
    { "out of time", UNARY, TYPED, 1, 1000000, "sleep", 0, 5, "Sh", "DEADLINE_EXCEEDED(deadline exceeded)" },
    { "waits for the thread, canceled", UNARY, BUSY, 1, NONE, "", 0, 5, "Shc", GONE },
    { "no room to wait", UNARY, BUSY, 0, NONE, "", 0, 5, "Sh",
        "RESOURCE_EXHAUSTED(too many calls wait for a thread)" },
    { "down", DOWN, TYPED, 1, NONE, "", 3, 5, "Shmmm", "5 5 5 OK" },
    { "down, large", DOWN, TYPED, 1, NONE, "", 3, LARGE, "Shmmm", "6000 6000 6000 OK" },
    { "down, none", DOWN, TYPED, 1, NONE, "", 0, 5, "Sh", "OK" },
    { "down, metadata", DOWN, TYPED, 1, NONE, "metadata", 2, 5, "Shmm", "[x-h:5000] 5 5 OK [x-t:5000]" },
    { "down, headers first", DOWN, TYPED, 1, NONE, "headers", 1, 5, "Shm", "[x-h:5000] 5 OK [x-t:5000]" },
    { "down, an error", DOWN, TYPED, 1, NONE, "fail", 2, 5, "Shmm", "5 5 NOT_FOUND(no such thing) details" },
    { "down, a reader that stopped, canceled", DOWN, TYPED, 1, NONE, "", 3, 5, "Shkc", "5 " GONE },
    { "up", UP, TYPED, 1, NONE, "", 0, 5, "SSSh", "15 OK" },
    { "up, large", UP, TYPED, 1, NONE, "", 0, LARGE, "SSh", "12000 OK" },
    { "up, none", UP, TYPED, 1, NONE, "", 0, 5, "h", "0 OK" },
    { "up, metadata", UP, TYPED, 1, NONE, "metadata", 0, 5, "SSh", "[x-h:5000,x-h:5000] 10 OK [x-t:5000,x-t:5000]" },
    { "up, canceled", UP, TYPED, 1, NONE, "", 0, 5, "Sc", GONE },
    { "up, ends early", UP, TYPED, 1, NONE, "fail", 0, 5, "S", "NOT_FOUND(no such thing) details" },
    { "both", BOTH, TYPED, 1, NONE, "", 0, 5, "SmSmSmh", "5 5 5 OK" },
    { "both, large", BOTH, TYPED, 1, NONE, "", 0, LARGE, "SmSmh", "6000 6000 OK" },
    { "both, none", BOTH, TYPED, 1, NONE, "", 0, 5, "h", "OK" },
    { "both, trailers of each", BOTH, TYPED, 1, NONE, "trailers", 0, 5, "SmSmh", "5 5 OK [x-t:5000,x-t:5000]" },
    { "both, canceled while it waits", BOTH, TYPED, 1, NONE, "", 0, 5, "Smc", "5 " GONE },
    { "both, waits for the thread, canceled", BOTH, BUSY, 1, NONE, "", 0, 5, "Sc", GONE },
};
/* clang-format on */

/* -- the handlers -- */

static char bytes[LARGE]; /* of a payload, or of a metadata value */
static atomic_bool sleeps;

static gg_str value(void)
{
    return gg_str_of(bytes, MORE_THAN_A_CHUNK);
}

/* What the request asks for besides an answer. */
static gg_status behave(gg_blocking_call *call, gg_str mode)
{
    bool both = gg_str_eq(mode, GG_STR("metadata")) || gg_str_eq(mode, GG_STR("headers"));
    gg_rc rc = GG_OK;
    if (both)
        rc = gg_blocking_set_header(call, GG_STR("x-h"), value());
    if (rc == GG_OK && gg_str_eq(mode, GG_STR("headers")))
        rc = gg_blocking_send_headers(call);
    if (rc == GG_OK && (both || gg_str_eq(mode, GG_STR("trailers"))))
        rc = gg_blocking_set_trailer(call, GG_STR("x-t"), value());
    if (gg_str_eq(mode, GG_STR("sleep"))) {
        atomic_store(&sleeps, true);
        rc = gg_blocking_sleep(call, UINT64_MAX);
    }
    return rc == GG_OK ? GG_STATUS_OK : rc == GG_ECANCELED ? GG_STATUS_CANCELLED : GG_STATUS_RESOURCE_EXHAUSTED;
}

static gg_status fails(gg_blocking_call *call, gg_str mode)
{
    if (!gg_str_eq(mode, GG_STR("fail")))
        return GG_STATUS_OK;
    gg_blocking_add_detail(call, GG_STR("test.v1.Detail"), GG_STR("detail"));
    return gg_blocking_fail(call, GG_STATUS_NOT_FOUND, "no such %s", "thing");
}

static gg_status unary(gg_blocking_call *call, const test_v1_StreamRequest *request, test_v1_StreamResponse *response)
{
    gg_status status = behave(call, request->mode);
    response->payload = request->payload;
    return status == GG_STATUS_OK ? fails(call, request->mode) : status;
}

static gg_status unary_raw(gg_blocking_call *call, gg_str request, gg_str *response)
{
    test_v1_StreamRequest *decoded = gg_blocking_alloc(call, sizeof *decoded);
    if (decoded == NULL ||
        gg_message_from_wire(&test_v1_StreamRequest_type, decoded, request, NULL, gg_blocking_arena(call), NULL) !=
            GG_OK)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    gg_status status = behave(call, decoded->mode);
    *response = request;
    return status == GG_STATUS_OK ? fails(call, decoded->mode) : status;
}

static gg_status of_rc(gg_rc rc)
{
    return rc == GG_OK || rc == GG_END ? GG_STATUS_OK
        : rc == GG_ENOMEM              ? GG_STATUS_RESOURCE_EXHAUSTED
                                       : GG_STATUS_CANCELLED;
}

static gg_status down(gg_blocking_call *call, const test_v1_StreamRequest *request)
{
    gg_status status = behave(call, request->mode);
    test_v1_StreamResponse response = { .payload = request->payload };
    for (uint32_t i = 0; status == GG_STATUS_OK && i < request->count; i++)
        status = of_rc(test_v1_Streaming_Down_blocking_send(call, &response));
    return status == GG_STATUS_OK ? fails(call, request->mode) : status;
}

static gg_status up(gg_blocking_call *call, test_v1_StreamResponse *response)
{
    const test_v1_StreamRequest *request;
    gg_status status = GG_STATUS_OK;
    gg_rc rc = GG_OK;
    while (status == GG_STATUS_OK && (rc = test_v1_Streaming_Up_recv(call, &request)) == GG_OK) {
        status = behave(call, request->mode);
        response->bytes += request->payload.len;
        if (status == GG_STATUS_OK)
            status = fails(call, request->mode);
    }
    return status == GG_STATUS_OK ? of_rc(rc) : status;
}

static gg_status both(gg_blocking_call *call)
{
    const test_v1_StreamRequest *request;
    gg_status status = GG_STATUS_OK;
    gg_rc rc = GG_OK;
    while (status == GG_STATUS_OK && (rc = test_v1_Streaming_Both_recv(call, &request)) == GG_OK) {
        status = behave(call, request->mode);
        test_v1_StreamResponse response = { .payload = request->payload };
        if (status == GG_STATUS_OK)
            status = of_rc(test_v1_Streaming_Both_blocking_send(call, &response));
    }
    return status == GG_STATUS_OK ? of_rc(rc) : status;
}

/* -- the caller -- */

typedef struct one_call {
    gg_rpc *rpc;
    gg_arena *arena;
    test_v1_StreamRequest request;
    gg_message message;
    bool writable, has_message;
    size_t statuses;
    gg_status status;
    char story[STORY_LEN];
} one_call;

typedef struct service {
    gg_app *app;
    gg_loop loop;
    gg_pool pool;
    gg_inproc_channel channel;
} service;

static void note(one_call *call, const char *format, ...)
{
    size_t len = strlen(call->story);
    if (len > 0)
        call->story[len++] = ' ';
    va_list args;
    va_start(args, format);
    vsnprintf(call->story + len, STORY_LEN - len, format, args);
    va_end(args);
}

static void note_headers(one_call *call, const gg_headers *list)
{
    char text[200] = "";
    size_t len = 0;
    for (size_t i = 0; i < list->count && len < sizeof text; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%.*s:%zu", i > 0 ? "," : "",
            GG_STR_ARG(list->items[i].name), list->items[i].value.len);
    if (len > 0)
        note(call, "[%s]", text);
}

static void on_headers(void *user, const gg_headers *headers)
{
    note_headers(user, headers);
}

static void on_message(void *user, const gg_message *message)
{
    static char memory[2 * LARGE]; /* not of those that may fail */
    one_call *call = user;
    test_v1_StreamResponse response = { .count = 0 };
    gg_arena *arena = gg_arena_new_in(memory, sizeof memory);
    call->has_message = true;
    assert_int_equal(gg_message_from_wire(&test_v1_StreamResponse_type, &response, message->wire, NULL, arena, NULL),
        GG_OK);
    note(call, "%zu", response.payload.len > 0 ? response.payload.len : (size_t)response.bytes);
}

static void on_writable(void *user)
{
    ((one_call *)user)->writable = true;
}

static void on_status(void *user, const gg_rpc_status *status)
{
    one_call *call = user;
    call->statuses++;
    call->status = status->code;
    if (status->message.len > 0)
        note(call, "%s(%.*s)", gg_status_name(status->code), GG_STR_ARG(status->message));
    else
        note(call, "%s", gg_status_name(status->code));
    if (status->details.len > 0)
        note(call, "details");
    note_headers(call, status->trailers);
}

static const gg_rpc_events events = { on_headers, on_message, on_writable, on_status };

/* Runs the loop until the flag is set or the call is over. */
static void run_until(service *s, const one_call *call, const bool *flag)
{
    while (call->statuses == 0 && (flag == NULL || !*flag))
        uv_run(s->loop.uv, UV_RUN_NOWAIT);
}

static void run_until_handler_sleeps(service *s, const one_call *call)
{
    while (call->statuses == 0 && !atomic_load(&sleeps))
        uv_run(s->loop.uv, UV_RUN_NOWAIT);
}

static void start_call(service *s, one_call *call, const row *r, const char *mode)
{
    call->request =
        (test_v1_StreamRequest){ .payload = gg_str_of(bytes, r->size), .count = r->count, .mode = gg_str_from(mode) };
    call->message = gg_message_of(&test_v1_StreamRequest_type, &call->request);
    call->arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    if (call->arena == NULL)
        return;
    call->rpc = gg_rpc_channel_start(&s->channel.base,
        &(gg_rpc_start){ .path = gg_str_from(r->path),
            .deadline_ns = r->timeout_ns == NONE ? NONE : s->loop.sched.now_ns + r->timeout_ns,
            .arena = call->arena,
            .sched = &s->loop.sched,
            .events = &events,
            .user = call });
}

static void step(service *s, one_call *call, char letter)
{
    switch (letter) {
    case 'S':
        call->writable = false;
        while (gg_rpc_send(call->rpc, &call->message) == GG_AGAIN) {
            run_until(s, call, &call->writable);
            call->writable = false;
        }
        return;
    case 'h':
        gg_rpc_half_close(call->rpc);
        return;
    case 'm':
    case 'k':
        run_until(s, call, &call->has_message);
        if (letter == 'm') {
            call->has_message = false;
            gg_rpc_message_done(call->rpc);
        }
        return;
    case 'r':
        run_until_handler_sleeps(s, call);
        return;
    case 'c':
        gg_rpc_cancel(call->rpc, GG_STATUS_CANCELLED);
        return;
    default:
        abort();
    }
}

static void open_service(service *s, const row *r)
{
    static const test_v1_Streaming_Blocking handlers = { .Unary = unary, .Down = down, .Up = up, .Both = both };
    *s = (service){ .app = gg_app_new("test") };
    assert_non_null(s->app);
    gg_rc rc = r->registered != RAW
        ? test_v1_Streaming_register_blocking(s->app, &handlers, NULL)
        : gg_app_handle_blocking(s->app, &test_v1_Streaming_type, &test_v1_Streaming_type.methods[0], unary_raw, NULL);
    assert_int_equal(rc, GG_OK);
    assert_int_equal(gg_loop_init(&s->loop, NULL), GG_OK);
    uv_ref((uv_handle_t *)&s->loop.async); /* else uv_run would find nothing to wait for, and not look */
    assert_int_equal(gg_pool_init(&s->pool, 1, r->queue), GG_OK);
    gg_inproc_channel_init(&s->channel, &s->app->server, &s->loop);
    s->channel.pool = &s->pool;
    atomic_store(&sleeps, false);
}

static void close_service(service *s)
{
    while (s->channel.open > 0) /* handlers that have yet to return */
        uv_run(s->loop.uv, UV_RUN_NOWAIT);
    gg_pool_deinit(&s->pool);
    gg_loop_deinit(&s->loop);
    gg_app_free(s->app);
}

/* The n-th allocation fails; whether there was one. */
static bool run_row(const row *r, size_t n)
{
    service s;
    one_call first = { .rpc = NULL }, call = { .rpc = NULL };
    open_service(&s, r);
    if (r->registered == BUSY) {
        start_call(&s, &first, &(row){ .path = UNARY, .timeout_ns = NONE }, "sleep");
        step(&s, &first, 'S');
        step(&s, &first, 'h');
        step(&s, &first, 'r');
    }
    gg_fail_after(n);
    start_call(&s, &call, r, r->mode);
    if (call.rpc != NULL) {
        for (const char *at = r->script; *at != '\0'; at++)
            step(&s, &call, *at);
        run_until(&s, &call, NULL);
    }
    if (first.rpc != NULL) {
        assert_int_equal(first.statuses, 0);
        step(&s, &first, 'c');
        run_until(&s, &first, NULL);
    }
    close_service(&s);
    bool failed = gg_fail_happened();
    gg_fail_after(SIZE_MAX);
    assert_int_equal(call.statuses, call.rpc != NULL);
    if (!failed || (call.rpc != NULL && call.status == GG_STATUS_OK))
        assert_string_equal(call.story, r->story);
    else if (call.rpc != NULL && call.status != GG_STATUS_RESOURCE_EXHAUSTED)
        assert_non_null(strstr(r->story, gg_status_name(call.status)));
    gg_arena_unref(call.arena);
    gg_arena_unref(first.arena);
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

/* A channel whose loop has no pool. */
static void test_no_pool(void **state)
{
    (void)state;
    service s;
    one_call call = { .rpc = NULL };
    open_service(&s, &rows[0]);
    s.channel.pool = NULL;
    start_call(&s, &call, &rows[0], "");
    step(&s, &call, 'S');
    step(&s, &call, 'h');
    run_until(&s, &call, NULL);
    assert_string_equal(call.story, "INTERNAL(there are no threads for handlers that block)");
    close_service(&s);
    gg_arena_unref(call.arena);
}

int main(void)
{
    memset(bytes, 'v', sizeof bytes);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_no_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
