/* test_health.c -- grpc.health.v1.Health on the in-process channel: Check, List and Watch, told by scripts.
 *
 * Up to two calls of one method, "1" and "2"; what they are told stands in one story.  The script:
 *   .  runs the loop until nothing is left to do       n, s  service "a" does not serve, serves
 *   d, D  the message of call 1, 2 is done             N, S  the server ("")
 *   c, C  cancels call 1, 2                            x  shut_down
 *
 * Every row runs as it stands, again with each of its allocations failing, and again with call memory of any size: then
 * a call may end with RESOURCE_EXHAUSTED, but it has exactly one status, what it was told is true, and shutting down
 * ends every watch. */
#include "app/app.h"
#include "app/gen/grpc/health/v1/health.gg.h"
#include "failmalloc.h"
#include "http/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

enum { CALLS = 2, STORY_LEN = 1024, ROOM_STEP = 64, ROOM_MAX = 8192 };

#define CHECK "/grpc.health.v1.Health/Check"
#define LIST "/grpc.health.v1.Health/List"
#define WATCH "/grpc.health.v1.Health/Watch"

typedef struct row {
    const char *what, *path;
    const char *services[CALLS]; /* NULL: no such call */
    const char *script, *story;
} row;

static const row rows[] = {
    { "check", CHECK, { "a", "" }, ".", "1:SERVING 1:OK 2:SERVING 2:OK" },
    { "check what does not serve", CHECK, { "a", "" }, "n.", "1:NOT_SERVING 1:OK 2:SERVING 2:OK" },
    { "check when the server does not", CHECK, { "a", "" }, "N.", "1:SERVING 1:OK 2:NOT_SERVING 2:OK" },
    { "check what serves again", CHECK, { "a", NULL }, "ns.", "1:SERVING 1:OK" },
    { "check after the end", CHECK, { "a", "" }, "x.", "1:NOT_SERVING 1:OK 2:NOT_SERVING 2:OK" },
    { "check, back after the end", CHECK, { "a", "" }, "xs.", "1:NOT_SERVING 1:OK 2:NOT_SERVING 2:OK" },
    { "check nobody", CHECK, { "nobody", NULL }, ".", "1:NOT_FOUND(unknown service)" },
    { "list", LIST, { "", NULL }, "n.", "1:[=SERVING][a=NOT_SERVING] 1:OK" },
    { "list after the end", LIST, { "", NULL }, "x.", "1:[=NOT_SERVING][a=NOT_SERVING] 1:OK" },

#define END "UNAVAILABLE(the server is shutting down)"
    { "watch", WATCH, { "a", NULL }, ".dn.ds.dx.d.", "1:SERVING 1:NOT_SERVING 1:SERVING 1:NOT_SERVING 1:" END },
    { "watch two", WATCH, { "a", "" }, ".dDn.dN.Dx.",
        "1:SERVING 2:SERVING 1:NOT_SERVING 2:NOT_SERVING 2:" END " 1:" END },
    { "watch one from two calls", WATCH, { "a", "a" }, ".dDn.dDx.",
        "1:SERVING 2:SERVING 2:NOT_SERVING 1:NOT_SERVING 2:" END " 1:" END },
    { "watch nobody", WATCH, { "nobody", NULL }, ".dn.x.", "1:SERVICE_UNKNOWN 1:" END },
    { "a reader that lags hears the last", WATCH, { "a", NULL }, ".n.s.n.d.dx.", "1:SERVING 1:NOT_SERVING 1:" END },
    { "a reader that lags, and all is as before", WATCH, { "a", NULL }, ".n.s.d.dx.d.",
        "1:SERVING 1:NOT_SERVING 1:" END },
    { "set, and nothing changes", WATCH, { "a", NULL }, ".ds.dx.d.", "1:SERVING 1:NOT_SERVING 1:" END },
    { "canceled", WATCH, { "a", "a" }, ".dDc.n.Dx.",
        "1:SERVING 2:SERVING 1:CANCELLED(the caller is gone) 2:NOT_SERVING 2:" END },
    { "the first of the list canceled", WATCH, { "a", "a" }, ".dDC.n.dx.",
        "1:SERVING 2:SERVING 2:CANCELLED(the caller is gone) 1:NOT_SERVING 1:" END },
    { "canceled as it changes", WATCH, { "a", NULL }, ".dnc.", "1:SERVING 1:CANCELLED(the caller is gone)" },
    { "canceled as all ends", WATCH, { "a", NULL }, ".dxc.", "1:SERVING 1:CANCELLED(the caller is gone)" },
    { "canceled before it begins", WATCH, { "a", NULL }, "c.n.x.", "1:CANCELLED(the caller is gone)" },
    { "begun after the end", WATCH, { "a", NULL }, "x.d.", "1:NOT_SERVING 1:" END },
};

typedef struct script script;
typedef struct one_call {
    script *script;
    gg_rpc *rpc;
    gg_arena *arena;
    grpc_health_v1_HealthCheckRequest request;
    gg_message message;
    size_t statuses;
    gg_status status;
    int told; /* the last status of the service */
} one_call;

struct script {
    gg_app *app;
    gg_loop loop;
    gg_inproc_channel channel;
    one_call calls[CALLS];
    char story[STORY_LEN];
    bool watches;
};

static const char *serving_name(int status)
{
    static const char *const names[] = { "UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN" };
    assert_in_range(status, 0, 3);
    return names[status];
}

static void note(one_call *call, const char *format, ...)
{
    script *s = call->script;
    size_t len = strlen(s->story);
    len += (size_t)snprintf(s->story + len, STORY_LEN - len, "%s%d:", len > 0 ? " " : "", (int)(call - s->calls) + 1);
    va_list args;
    va_start(args, format);
    vsnprintf(s->story + len, STORY_LEN - len, format, args);
    va_end(args);
}

static void on_message(void *user, const gg_message *message)
{
    one_call *call = user;
    if (message->type == &grpc_health_v1_HealthCheckResponse_type) {
        call->told = ((const grpc_health_v1_HealthCheckResponse *)message->typed)->status;
        note(call, "%s", serving_name(call->told));
        return;
    }
    const grpc_health_v1_HealthListResponse *list = message->typed;
    char text[STORY_LEN] = "";
    call->told = grpc_health_v1_HealthCheckResponse_SERVING;
    for (size_t i = 0, len = 0; i < list->statuses_count; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "[%.*s=%s]", GG_STR_ARG(list->statuses[i].key),
            serving_name(list->statuses[i].value->status));
    note(call, "%s", text);
}

static void on_status(void *user, const gg_rpc_status *status)
{
    one_call *call = user;
    call->statuses++;
    call->status = status->code;
    assert_true(status->code != GG_STATUS_OK || call->told != 0);
    if (status->message.len > 0)
        note(call, "%s(%.*s)", gg_status_name(status->code), GG_STR_ARG(status->message));
    else
        note(call, "%s", gg_status_name(status->code));
}

static const gg_rpc_events events = { .message = on_message, .status = on_status };

static gg_app *new_app(void)
{
    gg_app *app = gg_app_new("test");
    if (app != NULL && gg_app_set_serving(app, GG_STR("a"), true) == GG_OK && gg_app_freeze(app) == GG_OK)
        return app;
    gg_app_free(app);
    return NULL;
}

static void run_loop(script *s)
{
    uv_run(s->loop.uv, UV_RUN_NOWAIT);
    gg_loop_turn(&s->loop);
}

static void start_call(script *s, one_call *call, const char *path, const char *service, gg_arena *arena)
{
    call->script = s;
    call->arena = arena;
    call->request.service = gg_str_from(service);
    bool list = strcmp(path, LIST) == 0; /* its request is empty */
    call->message = list ? (gg_message){ .wire = GG_STR("") }
                         : gg_message_of(&grpc_health_v1_HealthCheckRequest_type, &call->request);
    if (arena != NULL)
        call->rpc = gg_rpc_channel_start(&s->channel.base,
            &(gg_rpc_start){ .path = gg_str_from(path),
                .deadline_ns = UINT64_MAX,
                .arena = arena,
                .sched = &s->loop.sched,
                .events = &events,
                .user = call });
    if (call->rpc == NULL)
        return;
    assert_int_equal(gg_rpc_send(call->rpc, &call->message), GG_OK);
    gg_rpc_half_close(call->rpc);
}

static void step(script *s, char letter)
{
    one_call *call = &s->calls[letter >= 'A' && letter <= 'Z' && letter != 'N' && letter != 'S'];
    gg_str service = letter >= 'a' ? GG_STR("a") : GG_STR("");
    switch (letter) {
    case '.':
        run_loop(s);
        return;
    case 'd':
    case 'D':
        if (call->rpc != NULL)
            gg_rpc_message_done(call->rpc);
        return;
    case 'c':
    case 'C':
        if (call->rpc != NULL)
            gg_rpc_cancel(call->rpc, GG_STATUS_CANCELLED);
        return;
    case 'n':
    case 's':
    case 'N':
    case 'S':
        assert_int_equal(gg_app_set_serving(s->app, service, letter == 's' || letter == 'S'), GG_OK);
        return;
    case 'x':
        gg_health_shut_down(s->app->health);
        return;
    default:
        abort();
    }
}

/* Whatever failed: one status, a true one, and no watch outlives the server. */
static void end_call(script *s, one_call *call)
{
    if (call->rpc == NULL)
        return;
    for (int i = 0; i < 3; i++) { /* reads what is left */
        run_loop(s);
        gg_rpc_message_done(call->rpc);
    }
    run_loop(s);
    assert_int_equal(call->statuses, 1);
    if (s->watches && call->status == GG_STATUS_UNAVAILABLE)
        assert_true(call->told == grpc_health_v1_HealthCheckResponse_NOT_SERVING ||
            call->told == grpc_health_v1_HealthCheckResponse_SERVICE_UNKNOWN);
}

/* With the n-th allocation failing, if it is not SIZE_MAX, and call memory of so many bytes, if it is not 0. */
static bool run_row(const row *r, size_t n, size_t room)
{
    script s = { .app = new_app(), .watches = strcmp(r->path, WATCH) == 0 };
    void *memory[CALLS] = { NULL };
    assert_non_null(s.app);
    assert_int_equal(gg_loop_init(&s.loop, NULL), GG_OK);
    uv_ref((uv_handle_t *)&s.loop.async); /* else uv_run would find nothing to wait for, and not look */
    gg_inproc_channel_init(&s.channel, &s.app->server, &s.loop);
    for (size_t i = 0; i < CALLS && room > 0; i++)
        assert_non_null(memory[i] = malloc(room));
    gg_fail_after(n);
    for (size_t i = 0; i < CALLS && r->services[i] != NULL; i++)
        start_call(&s, &s.calls[i], r->path, r->services[i],
            room > 0 ? gg_arena_new_in(memory[i], room) : gg_arena_new(NULL, GG_ARENA_LIMIT));
    for (const char *at = r->script; *at != '\0'; at++)
        step(&s, *at);
    for (size_t i = 0; i < CALLS; i++)
        end_call(&s, &s.calls[i]);
    bool failed = gg_fail_happened();
    gg_fail_after(SIZE_MAX);
    if (!failed && (room == 0 || room == ROOM_MAX))
        assert_string_equal(s.story, r->story);
    assert_int_equal(s.channel.open, 0);
    for (size_t i = 0; i < CALLS; i++) {
        gg_arena_unref(s.calls[i].arena);
        free(memory[i]);
    }
    gg_loop_deinit(&s.loop);
    gg_app_free(s.app);
    return failed;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("%s\n", rows[i].what);
        run_row(&rows[i], SIZE_MAX, 0);
        for (size_t n = 0; run_row(&rows[i], n, 0);)
            n++;
        for (size_t room = ROOM_STEP; room <= ROOM_MAX; room += ROOM_STEP)
            run_row(&rows[i], SIZE_MAX, room);
    }
}

/* The app itself: built whole, or not at all. */
static void test_build(void **state)
{
    (void)state;
    for (size_t n = 0;; n++) {
        gg_fail_after(n);
        gg_app *app = new_app();
        bool failed = gg_fail_happened();
        gg_fail_after(SIZE_MAX);
        assert_int_equal(app != NULL, !failed);
        gg_app_free(app);
        if (!failed)
            break;
    }
}

static void test_names(void **state)
{
    (void)state;
    gg_app *app = new_app();
    assert_non_null(app);
    assert_int_equal(gg_app_set_serving(app, GG_STR("nobody"), true), GG_EINVAL); /* too late for new ones */
    assert_int_equal(gg_health_add(app->health, GG_STR("a")), GG_OK);             /* is there already */
    gg_app_free(app);
    gg_health_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_build),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
