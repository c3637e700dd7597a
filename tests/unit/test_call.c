/* test_call.c -- calls on both kinds of channel: their order of events, and their one status, whatever races.
 *
 * Every row runs in-process and over HTTP/2 in memory.  There the service's story and the caller's are compared
 * one by one, for bytes on their way lie between them.
 * Every row runs as it stands, and again with each of its allocations failing: then the story may differ, but
 * the call still has exactly one status, and nothing is left open or leaked. */
#include "call_script.h"

#include "failmalloc.h"
#include "http/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

enum { MS = 1000000 };
static const uint64_t NONE = UINT64_MAX;

typedef struct row {
    const char *what, *path;
    handler_does handler;
    hook_does hook;
    uint64_t timeout_ns;
    const char *script, *story;
} row;

#define STARTS "A.start B.start "
#define ASKED STARTS "A.in B.in handler(m1) "
#define ANSWERED "B.out A.out A.headers headers message(re:m1) "
#define ENDED_OK "B.end A.end OK,5 OK()"

static const row unary_rows[] = {
    { "at once", TYPED, ANSWER, PASS, NONE, "Sh.", ASKED ANSWERED ENDED_OK },
    { "raw", RAW, ANSWER, PASS, NONE, "Sh.", ASKED "B.out A.out A.headers headers message(m1) " ENDED_OK },
    { "raw, from a typed request", RAW, ANSWER, PASS, NONE, "Th.",
        ASKED "B.out A.out A.headers headers message(m1) " ENDED_OK },
    { "typed, by its own table", TYPED, ANSWER, SET_HEADER, NONE, "Th.",
        ASKED "B.out A.out A.headers headers [x-hook=97] message(re:m1) B.end A.end OK,5 OK() trailers [x-end=97]" },
    { "typed, by another table", TYPED, ANSWER, PASS, NONE, "Th.", ASKED ANSWERED ENDED_OK },
    { "request in steps", TYPED, ANSWER, PASS, NONE, ".S..h.", ASKED ANSWERED ENDED_OK },
    { "message done, also after the status", TYPED, ANSWER, PASS, NONE, "Sh.d.d", ASKED ANSWERED ENDED_OK },
    { "fails", TYPED, FAIL, PASS, NONE, "Sh.", ASKED "A.headers B.end A.end NOT_FOUND,4 NOT_FOUND(no m1)" },
    { "later", TYPED, LATER, PASS, NONE, "Sh.+..+", ASKED "timer " ANSWERED ENDED_OK },
    { "finished by hand", TYPED, WAIT, PASS, NONE, "Sh..f.", ASKED ANSWERED ENDED_OK },
    { "finished within the handler", TYPED, FINISH_NOW, PASS, NONE, "Sh.", ASKED ANSWERED ENDED_OK },
    { "finished with an error", TYPED, WAIT, PASS, NONE, "Sh.n.",
        ASKED "A.headers B.end A.end NOT_FOUND,4 NOT_FOUND()" },
    { "no status at all", TYPED, NONSENSE, PASS, NONE, "Sh.", ASKED "A.headers B.end A.end UNKNOWN,4 UNKNOWN()" },
    { "metadata", TYPED, METADATA, PASS, NONE, "Sh.",
        ASKED
        "B.out A.out A.headers headers [x-head=49] message(re:m1) B.end A.end OK,5 OK() trailers [x-tail-bin=1]" },

    { "canceled before it began", TYPED, ANSWER, PASS, NONE, "Shc.",
        STARTS "B.end A.end CANCELLED,2 CANCELLED(the caller is gone)" },
    { "canceled before the half-close", TYPED, ANSWER, PASS, NONE, "S.c.h.",
        STARTS "B.end A.end CANCELLED,2 CANCELLED(the caller is gone)" },
    { "canceled, then finished", TYPED, WAIT, PASS, NONE, "Sh.c.f.",
        ASKED "B.end A.end CANCELLED,3 CANCELLED(the caller is gone) on_cancel" },
    { "canceled, finishes on cancel", TYPED, ON_CANCEL, PASS, NONE, "Sh.c..",
        ASKED "B.end A.end CANCELLED,3 CANCELLED(the caller is gone) on_cancel" },
    { "canceled twice", TYPED, WAIT, PASS, NONE, "Sh.cec.c.f.c",
        ASKED "B.end A.end CANCELLED,3 CANCELLED(the caller is gone) on_cancel" },
    { "canceled while a timer runs", TYPED, LATER, PASS, NONE, "Sh.c.+..+.",
        ASKED "B.end A.end CANCELLED,3 CANCELLED(the caller is gone) on_cancel timer" },
    { "canceled as it finishes", TYPED, WAIT, PASS, NONE, "Sh.fc.",
        ASKED "B.end A.end CANCELLED,3 CANCELLED(the caller is gone)" },
    { "an error stays, canceled or not", TYPED, WAIT, PASS, NONE, "Sh.nc.",
        ASKED "B.end A.end NOT_FOUND,3 NOT_FOUND()" },
    { "canceled after the end", TYPED, ANSWER, PASS, NONE, "Sh.c.Sh", ASKED ANSWERED ENDED_OK " canceled" },
    { "the peer sends nonsense", TYPED, WAIT, PASS, NONE, "S.e.",
        STARTS "B.end A.end INTERNAL,2 INTERNAL(a message is malformed)" },

    { "deadline while pending", TYPED, WAIT, PASS, 15 * MS, "Sh.++f.",
        ASKED "B.end A.end DEADLINE_EXCEEDED,3 DEADLINE_EXCEEDED(deadline exceeded) on_cancel" },
    { "deadline and its finish at once", TYPED, LATER, PASS, 15 * MS, "Sh.++.",
        ASKED "timer B.end A.end DEADLINE_EXCEEDED,3 DEADLINE_EXCEEDED(deadline exceeded)" },
    { "finished in time", TYPED, LATER, PASS, 25 * MS, "Sh.+++.", ASKED "timer " ANSWERED ENDED_OK },
    { "deadline while reading", TYPED, WAIT, PASS, 15 * MS, "S.++.",
        STARTS "B.end A.end DEADLINE_EXCEEDED,2 DEADLINE_EXCEEDED(deadline exceeded)" },
    { "no time at all", TYPED, ANSWER, PASS, 0, "Sh.",
        STARTS "B.end A.end DEADLINE_EXCEEDED,2 DEADLINE_EXCEEDED(deadline exceeded)" },

    { "no message", TYPED, ANSWER, PASS, NONE, "h.",
        STARTS "A.headers B.end A.end UNIMPLEMENTED,3 UNIMPLEMENTED(the method takes one request message, none came)" },
    { "two messages", TYPED, ANSWER, PASS, NONE, ".SS.h.",
        STARTS "canceled B.end A.end UNIMPLEMENTED,2 UNIMPLEMENTED(the method takes one request message, more came)" },
    { "unknown service", "/test.v1.Toast/Typed", ANSWER, PASS, NONE, "Sh.",
        STARTS "A.headers B.end A.end UNIMPLEMENTED,3 UNIMPLEMENTED(unknown service test.v1.Toast)" },
    { "unknown method", "/test.v1.Test/Other", ANSWER, PASS, NONE, "Sh.",
        STARTS "A.headers B.end A.end UNIMPLEMENTED,3 UNIMPLEMENTED(unknown method Other for service test.v1.Test)" },
    { "no method at all", "/", ANSWER, PASS, NONE, "Sh.",
        STARTS "A.headers B.end A.end UNIMPLEMENTED,3 UNIMPLEMENTED(malformed method name: \"/\")" },
    { "a method without a handler", NOBODY, ANSWER, PASS, NONE, "S.",
        STARTS "A.headers B.end A.end UNIMPLEMENTED,3 UNIMPLEMENTED(method /test.v1.Test/Nobody not implemented)" },
};

static const row hook_rows[] = {
    { "start refuses", TYPED, ANSWER, REFUSE, NONE, "Sh.",
        "A.start A.headers A.end UNAUTHENTICATED,3 UNAUTHENTICATED(who?)" },
    { "start holds back, then passes", TYPED, ANSWER, HOLD, NONE, "Sh..k.",
        "A.start B.start A.in B.in handler(m1) " ANSWERED ENDED_OK },
    { "start holds back, then refuses", TYPED, ANSWER, HOLD, NONE, "Sh.K.",
        "A.start A.headers A.end PERMISSION_DENIED,3 PERMISSION_DENIED()" },
    { "start passes before it returns", TYPED, ANSWER, HOLD_AND_PASS, NONE, "Sh.", ASKED ANSWERED ENDED_OK },
    { "canceled while held back", TYPED, ANSWER, HOLD, NONE, "Sh.c.k.",
        "A.start A.end CANCELLED,2 CANCELLED(the caller is gone)" },
    { "out of time while held back", TYPED, ANSWER, HOLD, 15 * MS, "Sh.++.K.",
        "A.start A.end DEADLINE_EXCEEDED,2 DEADLINE_EXCEEDED(deadline exceeded)" },
    { "canceled before it is held back", TYPED, ANSWER, HOLD, NONE, "Shc.k.",
        "A.start A.end CANCELLED,2 CANCELLED(the caller is gone)" },
    { "canceled before it is refused", TYPED, ANSWER, REFUSE, NONE, "Shc.",
        STARTS "B.end A.end CANCELLED,2 CANCELLED(the caller is gone)" },
    { "held back without a message", TYPED, ANSWER, HOLD, NONE, ".k.Sh.", ASKED ANSWERED ENDED_OK },
    { "message_in refuses", TYPED, ANSWER, REFUSE_IN, NONE, "Sh.",
        STARTS "A.in A.headers B.end A.end INVALID_ARGUMENT,4 INVALID_ARGUMENT(in?)" },
    { "message_in cannot hold back", TYPED, ANSWER, PENDING_IN, NONE, "Sh.",
        STARTS "A.in A.headers B.end A.end INTERNAL,4 INTERNAL(an interceptor cannot hold a message back)" },
    { "message_out refuses", TYPED, ANSWER, REFUSE_OUT, NONE, "Sh.",
        ASKED "B.out A.out A.headers B.end A.end DATA_LOSS,5 DATA_LOSS(out?)" },
    { "message_in refuses a stream's", STREAM, WAIT, REFUSE_IN, NONE, "S.f.",
        STARTS "handler A.in B.end A.end INVALID_ARGUMENT,3 INVALID_ARGUMENT(in?) on_cancel" },
    { "message_out refuses a stream's", STREAM, WAIT, REFUSE_OUT, NONE, ".O.f.",
        STARTS "handler B.out A.out B.end A.end DATA_LOSS,3 DATA_LOSS(out?) on_cancel" },
};

#define TALKS STARTS "handler "
#define FIRST "B.out A.out A.headers headers "
static const row stream_rows[] = {
    { "no message either way", STREAM, ANSWER, PASS, NONE, ".h.",
        TALKS "half-close A.headers headers B.end A.end OK,3 OK()" },
    { "messages one by one", STREAM, ANSWER, PASS, NONE, "S.S.h.",
        TALKS "A.in B.in got(m1) A.in B.in got(m2) half-close A.headers headers B.end A.end OK,5 OK()" },
    { "one message is held", STREAM, WAIT, PASS, NONE, "S.S.D.S.h.D.f.",
        TALKS "A.in B.in got(m1) again writable A.in B.in got(m2) half-close A.headers headers B.end A.end OK,5 OK()" },
    { "answers one by one", STREAM, WAIT, PASS, NONE, ".O.d.O.d.f.",
        TALKS FIRST "message(o1) B.out A.out message(o2) B.end A.end OK,5 OK()" },
    { "a reader that stopped", STREAM, WAIT, PASS, NONE, ".O.O.d.O.d.f.",
        TALKS FIRST "message(o1) handler-again handler-writable B.out A.out message(o2) B.end A.end OK,5 OK()" },
    { "the status waits for the reader", STREAM, WAIT, PASS, NONE, ".O.f..d.",
        TALKS FIRST "message(o1) B.end A.end OK,4 OK()" },
    { "an error waits too", STREAM, WAIT, PASS, NONE, ".O.n..d.",
        TALKS FIRST "message(o1) B.end A.end NOT_FOUND,4 NOT_FOUND()" },
    { "a cancel does not", STREAM, WAIT, PASS, NONE, ".O.f.c.d",
        TALKS FIRST "message(o1) B.end A.end CANCELLED,4 CANCELLED(the caller is gone)" },
    { "nor does the deadline", STREAM, WAIT, PASS, 15 * MS, ".O.++d.f.",
        TALKS FIRST "message(o1) B.end A.end DEADLINE_EXCEEDED,4 DEADLINE_EXCEEDED(deadline exceeded) on_cancel" },
    { "an accepted answer comes before the status", STREAM, WAIT, PASS, NONE, ".Of.d.",
        TALKS FIRST "message(o1) B.end A.end OK,4 OK()" },
    { "finished before the caller is", STREAM, WAIT, PASS, NONE, "S.f.S.h.",
        TALKS "A.in B.in got(m1) A.headers headers B.end A.end OK,4 OK() canceled" },
    { "sends after a cancel", STREAM, WAIT, PASS, NONE, ".c.Of.",
        TALKS "B.end A.end CANCELLED,2 CANCELLED(the caller is gone) on_cancel handler-canceled" },
    { "finishes on cancel", STREAM, ON_CANCEL, PASS, NONE, "S.c.",
        TALKS "A.in B.in got(m1) B.end A.end CANCELLED,3 CANCELLED(the caller is gone) on_cancel" },
    { "client streaming", CLIENT, WAIT, PASS, NONE, "S.DSh.D.O.f.",
        TALKS "A.in B.in got(m1) A.in B.in got(m2) half-close " FIRST "message(o1) B.end A.end OK,6 OK()" },
    { "client streaming, two answers", CLIENT, WAIT, PASS, NONE, ".OO.f.",
        TALKS "invalid " FIRST "message(o1) B.end A.end OK,4 OK()" },
    { "client streaming, no answer", CLIENT, ANSWER, PASS, NONE, "h.",
        TALKS "half-close A.headers B.end A.end INTERNAL,3 INTERNAL(the handler sent no response)" },
    { "server streaming waits for its request", SERVER, WAIT, PASS, NONE, ".S.h.D.O.d.f.",
        TALKS "A.in B.in got(m1) half-close " FIRST "message(o1) B.end A.end OK,5 OK()" },
    { "server streaming, no request", SERVER, WAIT, PASS, NONE, "h.",
        STARTS "A.headers B.end A.end UNIMPLEMENTED,3 UNIMPLEMENTED(the method takes one request message, none came)" },
    { "server streaming, two requests", SERVER, WAIT, PASS, NONE, "SS.",
        "canceled " STARTS
        "B.end A.end UNIMPLEMENTED,2 UNIMPLEMENTED(the method takes one request message, more came)" },
};

#define CALM STARTS "start"
static const row typed_stream_rows[] = {
    { "typed client streaming", TYPED_CLIENT, ANSWER, PASS, NONE, "S.T.h.",
        CALM " A.in B.in got(m1) A.in B.in got(m2) half-close " FIRST "message(2) B.end A.end OK,6 OK()" },
    { "typed client streaming, empty", TYPED_CLIENT, ANSWER, PASS, NONE, "h.",
        CALM " half-close " FIRST "message(0) B.end A.end OK,4 OK()" },
    { "typed client streaming, canceled", TYPED_CLIENT, ANSWER, PASS, NONE, "S.c.",
        CALM " A.in B.in got(m1) B.end A.end CANCELLED,3 CANCELLED(the caller is gone)" },
    { "typed client streaming, out of time", TYPED_CLIENT, ANSWER, PASS, 15 * MS, "S.++",
        CALM " A.in B.in got(m1) B.end A.end DEADLINE_EXCEEDED,3 DEADLINE_EXCEEDED(deadline exceeded)" },
    { "typed server streaming", TYPED_SERVER, ANSWER, PASS, NONE, "Sh.d.d.d.",
        STARTS "A.in B.in start(m1) " FIRST "message(m1) may-send(m1) B.out A.out message(m1) may-send(m1) B.out A.out "
               "message(m1) B.end A.end OK,7 OK()" },
    { "typed server streaming, canceled", TYPED_SERVER, ANSWER, PASS, NONE, "Sh.c.",
        STARTS "A.in B.in start(m1) " FIRST "message(m1) B.end A.end CANCELLED,5 CANCELLED(the caller is gone)" },
    { "typed both ways", TYPED_BOTH, ANSWER, PASS, NONE, "S.d.T.d.h.",
        CALM " A.in B.in got(m1) " FIRST "message(m1) A.in B.in got(m2) B.out A.out message(m2) half-close "
             "B.end A.end OK,7 OK()" },
    { "typed both ways, paced", TYPED_BOTH, ANSWER, PASS, NONE, "S.S.d.S.d.h.",
        CALM " A.in B.in got(m1) " FIRST
             "message(m1) again writable A.in B.in got(m2) B.out A.out message(m2) half-close "
             "B.end A.end OK,7 OK()" },
    { "typed both ways, malformed", TYPED_BOTH, ANSWER, REFUSE_IN, NONE, "S.",
        CALM " A.in B.end A.end INVALID_ARGUMENT,3 INVALID_ARGUMENT(in?)" },
    { "unknown", UNKNOWN, ANSWER, PASS, NONE, "S.d.T.d.h.",
        STARTS "A.in B.in /who.Knows/What(4) " FIRST "message(m1) A.in B.in /who.Knows/What(4) B.out A.out message(m2) "
               "B.end A.end ABORTED,7 ABORTED(that was all)" },
};

/* What is different when HTTP/2 lies between: a cancel ends the call here and is only then heard there, a request
 * that was canceled at once is never sent, and more messages are on their way. */
static const struct {
    const char *what, *story;
} h2_stories[] = {
    { "canceled before it began", "CANCELLED(the caller is gone)" },
    { "canceled as it finishes", ASKED "B.out A.out A.headers B.end A.end OK,5 CANCELLED(the caller is gone)" },
    { "an error stays, canceled or not", ASKED "A.headers B.end A.end NOT_FOUND,4 CANCELLED(the caller is gone)" },
    { "the peer sends nonsense", STARTS "B.end A.end CANCELLED,2 INTERNAL(a message is malformed)" },
    { "no time at all", "canceled DEADLINE_EXCEEDED(deadline exceeded)" },
    { "two messages",
        STARTS "B.end A.end CANCELLED,2 canceled UNIMPLEMENTED(the method takes one request message, more came)" },
    { "canceled before it is held back", "CANCELLED(the caller is gone)" },
    { "canceled before it is refused", "CANCELLED(the caller is gone)" },
    { "one message is held",
        TALKS "A.in B.in got(m1) A.in B.in got(m2) A.in B.in got(m3) A.headers B.end A.end OK,6 headers OK()" },
    { "a reader that stopped",
        TALKS FIRST "message(o1) B.out A.out message(o2) B.out A.out message(o3) B.end A.end OK,6 "
                    "CANCELLED(the caller is gone)" },
    { "a cancel does not", TALKS FIRST "message(o1) B.end A.end OK,4 CANCELLED(the caller is gone)" },
    { "typed server streaming, canceled",
        STARTS "A.in B.in start(m1) " FIRST "message(m1) may-send(m1) B.out A.out may-send(m1) B.out A.out B.end A.end "
               "OK,7 CANCELLED(the caller is gone)" },
    { "typed both ways, paced",
        CALM " A.in B.in got(m1) " FIRST "message(m1) A.in B.in got(m2) B.out A.out message(m2) A.in B.in got(m3) "
             "B.out A.out message(m3) half-close B.end A.end OK,9 CANCELLED(the caller is gone)" },
    { "server streaming, two requests", "canceled UNIMPLEMENTED(the method takes one request message, more came)" },
};

static void assert_story(const call_script *s, const row *r)
{
    char told[STORY_LEN], others[STORY_LEN], want_told[STORY_LEN], want_others[STORY_LEN];
    const char *want = r->story;
    if (!s->over_h2) {
        assert_string_equal(s->story, want);
        return;
    }
    for (size_t i = 0; i < sizeof h2_stories / sizeof h2_stories[0]; i++)
        if (strcmp(h2_stories[i].what, r->what) == 0)
            want = h2_stories[i].story;
    call_script_split(s->story, told, others);
    call_script_split(want, want_told, want_others);
    assert_string_equal(told, want_told);
    assert_string_equal(others, want_others);
}

/* Runs the row with the n-th allocation failing. */
static void run_with_failure(const row *r, bool over_h2, size_t n)
{
    call_script s;
    gg_fail_after(n);
    if (call_script_init(&s, r->handler, r->hook)) {
        if (strcmp(r->path, UNKNOWN) == 0)
            call_script_catch_all(&s);
        if (over_h2)
            call_script_use_h2(&s);
        call_script_start(&s, r->path, r->timeout_ns == NONE ? NONE : s.sched.now_ns + r->timeout_ns);
        call_script_run(&s, r->script);
        call_script_end(&s);
        assert_int_equal(s.status_count, s.last_rpc != NULL);
        assert_int_equal(s.channel.open, 0);
        assert_int_equal(s.h2.channel.open, 0);
        if (!gg_fail_happened())
            assert_story(&s, r);
    }
    call_script_deinit(&s);
}

static void run_rows(const row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        print_message("%s\n", rows[i].what);
        for (int over_h2 = 0; over_h2 < 2; over_h2++) {
            run_with_failure(&rows[i], over_h2 > 0, SIZE_MAX);
            for (size_t n = 0;; n++) {
                run_with_failure(&rows[i], over_h2 > 0, n);
                if (!gg_fail_happened())
                    break;
            }
        }
    }
    gg_fail_after(SIZE_MAX);
}

static void test_unary(void **state)
{
    (void)state;
    run_rows(unary_rows, sizeof unary_rows / sizeof unary_rows[0]);
}

static void test_hooks(void **state)
{
    (void)state;
    run_rows(hook_rows, sizeof hook_rows / sizeof hook_rows[0]);
}

static void test_streams(void **state)
{
    (void)state;
    run_rows(stream_rows, sizeof stream_rows / sizeof stream_rows[0]);
}

static void test_typed_streams(void **state)
{
    (void)state;
    run_rows(typed_stream_rows, sizeof typed_stream_rows / sizeof typed_stream_rows[0]);
}

/* A request that does not parse is INTERNAL, and says where. */
static void test_malformed(void **state)
{
    (void)state;
    call_script s;
    assert_true(call_script_init(&s, ANSWER, PASS));
    call_script_start(&s, TYPED, NONE);
    gg_message message = { .wire = GG_STR("\x0a\x05hi") };
    assert_int_equal(gg_rpc_send(s.rpc, &message), GG_OK);
    call_script_run(&s, "h.");
    assert_int_equal(s.status, GG_STATUS_INTERNAL);
    assert_non_null(strstr(s.story, "INTERNAL(malformed request: "));
    assert_null(strstr(s.story, "handler"));
    call_script_deinit(&s);
}

/* -- gg_call_post, from a thread, on a real loop -- */

typedef struct poster {
    call_script s;
    gg_loop loop;
    uv_timer_t alive; /* keeps the loop running until the status has come */
    uv_thread_t thread;
    size_t ran;
} poster;

static void posted(gg_call *call, void *arg)
{
    poster *p = arg;
    if (++p->ran == 2)
        gg_call_finish(call, GG_STATUS_OK);
    if (p->ran == 2)
        p->s.waiting = NULL;
}

/* Three posts of which the second finishes the call: the third must find it gone, safely. */
static void post_thread(void *arg)
{
    poster *p = arg;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(gg_call_post(p->s.waiting, posted, p), GG_OK);
}

static void watch(uv_timer_t *timer)
{
    poster *p = timer->data;
    gg_loop_turn(&p->loop);
    if (p->s.status_count == 1 && p->s.channel.open == 0)
        uv_close((uv_handle_t *)timer, NULL);
}

static void test_post(void **state)
{
    (void)state;
    static poster p;
    assert_true(call_script_init(&p.s, WAIT, PASS));
    assert_int_equal(gg_loop_init(&p.loop, NULL), GG_OK);
    p.s.channel.loop = &p.loop;
    call_script_start(&p.s, TYPED, NONE);
    call_script_run(&p.s, "Sh.");
    assert_non_null(p.s.waiting);
    assert_int_equal(uv_thread_create(&p.thread, post_thread, &p), 0);
    uv_thread_join(&p.thread);
    p.alive.data = &p;
    assert_int_equal(uv_timer_init(p.loop.uv, &p.alive), 0);
    uv_timer_start(&p.alive, watch, 1, 1);
    while (p.s.channel.open > 0 || p.s.status_count == 0) {
        uv_run(p.loop.uv, UV_RUN_ONCE);
        call_script_run(&p.s, ".");
    }
    gg_loop_run(&p.loop);
    assert_int_equal(p.ran, 2);
    assert_int_equal(p.s.status_count, 1);
    assert_int_equal(p.s.status, GG_STATUS_OK);
    gg_loop_deinit(&p.loop);
    call_script_deinit(&p.s);
}

/* Without a loop there is no other thread to come from. */
static void test_post_without_loop(void **state)
{
    (void)state;
    call_script s;
    assert_true(call_script_init(&s, WAIT, PASS));
    call_script_start(&s, TYPED, NONE);
    call_script_run(&s, "Sh.");
    assert_int_equal(gg_call_post(s.waiting, posted, NULL), GG_EINVAL);
    call_script_end(&s);
    call_script_deinit(&s);
}

/* The streams' messages do not pile up: a thousand answers take as much memory as one. */
static void test_bounded(void **state)
{
    (void)state;
    call_script s;
    assert_true(call_script_init(&s, WAIT, PASS));
    call_script_start(&s, SERVER, NONE);
    call_script_run(&s, "Sh.");
    size_t before = gg_arena_taken(s.arena);
    for (size_t i = 0; i < 1000; i++) {
        gg_arena *arena = gg_call_arena(s.waiting);
        assert_non_null(arena);
        gg_message message = { .wire = gg_str_of(gg_arena_zalloc(arena, 3000), 3000) };
        assert_int_equal(gg_call_send(s.waiting, &message), GG_OK);
        s.story_len = 0;
        call_script_run(&s, ".d.");
        assert_int_equal(gg_arena_taken(s.arena), before);
    }
    call_script_run(&s, "f.");
    assert_int_equal(s.status, GG_STATUS_OK);
    call_script_deinit(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unary),
        cmocka_unit_test(test_hooks),
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_typed_streams),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_post),
        cmocka_unit_test(test_post_without_loop),
        cmocka_unit_test(test_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
