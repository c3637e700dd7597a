/* test_lambda_client.c -- the Runtime API's client: what the API replies, what the client does then.
 *
 * A row is a conversation.  What the API says:   bytes; "!eof", "!lost", "!refused", "!wait" (a second goes by), "!answer"
 *                                                (the held request gets its response), "!drain", "!abort"
 * What the client did, in the transcript:        "connect", "hang up", "next", "POST path [field: value]... body",
 *                                                "end 0 why"
 * Each row runs whole, byte by byte in both directions, and with every allocation failing. */
#include "failmalloc.h"
#include "lambda/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    SAYS_MAX = 16,
    FAKE_LONG = GG_CLIENT_OUT_LEN + 1000,
    TRANSCRIPT_LEN = 16384,
    SENT_LEN = 8192,
    ROUNDS_MAX = 10000
};

typedef struct row {
    const char *what;
    const char *says[SAYS_MAX];
    const char *want;
} row;

#define EVENT(path) "{\"version\":\"2.0\",\"rawPath\":\"" path "\",\"requestContext\":{\"http\":{\"method\":\"GET\"}}}"
#define EVENT_LEN_3 "76" /* of EVENT with a path of three bytes, and so on */
#define EVENT_LEN_5 "78"
#define EVENT_LEN_6 "79"
#define ID "Lambda-Runtime-Aws-Request-Id: id-1\r\n"
#define OK_EVENT "HTTP/1.1 200 OK\r\n" ID "Content-Length: " EVENT_LEN_3 "\r\n\r\n" EVENT("/ok")
#define HOLD_EVENT "HTTP/1.1 200 OK\r\n" ID "Content-Length: " EVENT_LEN_5 "\r\n\r\n" EVENT("/hold")
#define LONG_EVENT "HTTP/1.1 200 OK\r\n" ID "Content-Length: " EVENT_LEN_5 "\r\n\r\n" EVENT("/long")
#define ACCEPTED "HTTP/1.1 202 Accepted\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n"
#define STATUS(line) "HTTP/1.1 " line "\r\nContent-Length: 0\r\n\r\n"
#define OK_JSON \
    "{\"statusCode\":200,\"headers\":{\"content-type\":\"text/plain\"},\"isBase64Encoded\":false,\"body\":\"ok\"}"
#define FAILED(type, text) \
    "POST invocation/id-1/error [Lambda-Runtime-Function-Error-Type: " type "] {\"errorMessage\":\"" text \
    "\",\"errorType\":\"" type "\",\"stackTrace\":[]}\n"
#define START "connect\nnext\n"
#define POST_OK "POST invocation/id-1/response " OK_JSON "\n"

/* clang-format off */
static const row rows[] = {
    { "two events", { OK_EVENT, ACCEPTED, OK_EVENT, ACCEPTED }, START POST_OK "next\n" POST_OK "next\n" },
    { "field names in any case, others passed over", { "HTTP/1.1 200 OK\r\nX-A: b\r\nlambda-runtime-aws-REQUEST-ID:id-1\r\n"
      "Lambda-Runtime-Aws-Request-Id-Of-A-Very-Long-Name-Indeed: x\r\nContent-Length: " EVENT_LEN_3 "\r\n\r\n" EVENT("/ok"), ACCEPTED },
      START POST_OK "next\n" },
    { "in chunks", { "HTTP/1.1 200 OK\r\n" ID "Transfer-Encoding: chunked\r\n\r\n41;x=y\r\n"
      "{\"version\":\"2.0\",\"rawPath\":\"/ok\",\"requestContext\":{\"http\":{\"metho\r\ne\r\nd\":\"GET\"}}}   \r\n0\r\n\r\n", ACCEPTED },
      START POST_OK "next\n" },
    { "until the connection ends", { "HTTP/1.1 200 OK\r\n" ID "\r\n" EVENT("/ok"), "!eof", ACCEPTED },
      START "hang up\nconnect\n" POST_OK "next\n" },
    { "an interim reply first", { "HTTP/1.1 100 Continue\r\n\r\n" OK_EVENT, ACCEPTED }, START POST_OK "next\n" },
    { "the invocation id is given back", { "HTTP/1.1 200 OK\r\n" ID "Lambda-Runtime-Invocation-Id: n-2\r\nContent-Length: " EVENT_LEN_3
      "\r\n\r\n" EVENT("/ok"), ACCEPTED }, START "POST invocation/id-1/response [Lambda-Runtime-Invocation-Id: n-2] " OK_JSON "\nnext\n" },
    { "what the API says of it reaches the front", { "HTTP/1.1 200 OK\r\n" ID "Lambda-Runtime-Trace-Id: Root=1\r\n"
      "Lambda-Runtime-Aws-Tenant-Id:\r\nLambda-Runtime-Deadline-Ms: 99\r\nContent-Length: " EVENT_LEN_6 "\r\n\r\n" EVENT("/shows") },
      START "POST invocation/id-1/response {\"statusCode\":200,\"headers\":{\"content-type\":\"text/plain\"},"
      "\"isBase64Encoded\":false,\"body\":\"lambda-runtime-aws-request-id=id-1;lambda-runtime-trace-id=Root=1;\"}\n" },
    { "any status from 200 to 299 will do", { OK_EVENT, STATUS("200 OK"), OK_EVENT, STATUS("204 No Content") }, START POST_OK "next\n" POST_OK "next\n" },
    { "a response later", { HOLD_EVENT, "!answer", ACCEPTED }, START POST_OK "next\n" },

    /* events that cannot be served */
    { "malformed", { "HTTP/1.1 200 OK\r\n" ID "Content-Length: 1\r\n\r\n{", ACCEPTED, OK_EVENT },
      START FAILED("Function.InvalidEvent", "the event is not JSON: line 1, column 2: expected more JSON") "next\n" POST_OK },
    { "empty", { "HTTP/1.1 200 OK\r\n" ID "Content-Length: 0\r\n\r\n" },
      START FAILED("Function.InvalidEvent", "the event is not JSON: line 1, column 1: expected more JSON") },
    { "of another service", { "HTTP/1.1 200 OK\r\n" ID "Content-Length: 2\r\n\r\n{}", ACCEPTED },
      START FAILED("Function.UnsupportedEvent", "events of something other than an HTTP request are not served") "next\n" },
    { "the front gives up", { "HTTP/1.1 200 OK\r\n" ID "Content-Length: " EVENT_LEN_6 "\r\n\r\n" EVENT("/reset"), ACCEPTED },
      START FAILED("Function.NoResponse", "the request was given up without a response") "next\n" },

    /* statuses that an answer gets */
    { "refused answers: on with the next", { OK_EVENT, STATUS("400 Bad Request"), OK_EVENT, STATUS("403 Forbidden"), OK_EVENT,
      STATUS("410 Gone"), OK_EVENT, STATUS("413 Too Large") },
      START POST_OK "next\n" POST_OK "next\n" POST_OK "next\n" POST_OK "next\n" },
    { "the container is dead", { OK_EVENT, STATUS("500 Oh") }, START POST_OK "end -7 the Runtime API answers 500 to a response\nhang up\n" },

    /* statuses that next gets */
    { "nothing yet", { STATUS("204 No Content"), "!wait", OK_EVENT }, START "next\n" POST_OK },
    { "500 to next", { STATUS("500 Oh") }, START "end -7 the Runtime API answers 500 to next\nhang up\n" },
    { "403, with a pause after each", { STATUS("403 Forbidden"), "!wait", STATUS("403 Forbidden"), "!wait", OK_EVENT },
      START "next\nnext\n" POST_OK },
    { "403 for ever", { STATUS("403 Forbidden"), "!wait", STATUS("403 Forbidden"), "!wait", STATUS("403 Forbidden"), "!wait",
      STATUS("403 Forbidden"), "!wait", STATUS("403 Forbidden"), "!wait", STATUS("403 Forbidden") },
      START "next\nnext\nnext\nnext\nnext\nend -7 the Runtime API gives no event: status 403\nhang up\n" },
    { "no request id", { STATUS("200 OK"), "!wait" }, START "next\n" },
    { "a request id that would break the path", { "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: a b\r\nContent-Length: 0\r\n\r\n" }, START },

    /* connections */
    { "closed while idle: again at once, then after a pause", { "!lost", "!lost", "!wait", OK_EVENT }, START "connect\nnext\nconnect\nnext\n" POST_OK },
    { "closed in the midst of an event", { "HTTP/1.1 200 OK\r\n" ID "Content-Length: 76\r\n\r\n{\"ver", "!lost", ACCEPTED },
      START "connect\n" FAILED("Runtime.EventLost", "the connection was closed") "next\n" },
    { "closed in the midst of an event's head", { "HTTP/1.1 200 OK\r\n" ID "Content-Le", "!lost", "!wait", OK_EVENT },
      START "connect\nnext\n" POST_OK },
    { "ended by the peer, not reset: the same", { "!eof", OK_EVENT, "!eof", ACCEPTED },
      START "hang up\nconnect\nnext\n" POST_OK "hang up\nconnect\n" POST_OK "next\n" },
    { "ended while the front works", { HOLD_EVENT, "!eof", "!answer", ACCEPTED }, START "hang up\nconnect\n" POST_OK "next\n" },
    { "refused", { "!refused" }, START "end -7 the Runtime API takes no connection: reset\n" },
    { "refused later", { OK_EVENT, "!lost", "!refused" }, START POST_OK "connect\n" POST_OK "end -7 the Runtime API takes no connection: reset\n" },
    { "closed before the answer's reply: once more", { OK_EVENT, "!lost", ACCEPTED }, START POST_OK "connect\n" POST_OK "next\n" },
    { "but not a third time", { OK_EVENT, "!lost", "!lost", OK_EVENT }, START POST_OK "connect\n" POST_OK "connect\nnext\n" POST_OK },
    { "closed in the midst of the answer's reply", { OK_EVENT, "HTTP/1.1 2", "!lost" }, START POST_OK "connect\nnext\n" },
    { "closed while the front works", { HOLD_EVENT, "!lost", "!answer", ACCEPTED }, START "connect\n" POST_OK "next\n" },
    { "Connection: close", { "HTTP/1.1 200 OK\r\n" ID "Connection: close\r\nContent-Length: " EVENT_LEN_3 "\r\n\r\n" EVENT("/ok"), ACCEPTED },
      START "hang up\nconnect\n" POST_OK "next\n" },
    { "not HTTP", { "SSH-2.0-x\r\n", "!wait" }, START "hang up\nconnect\nnext\n" },
    { "bytes after a reply", { STATUS("204 No Content") "x", "!wait" }, START "hang up\nconnect\nnext\n" },
    { "bytes that nobody asked for", { HOLD_EVENT, "HTTP/1.1 200 OK\r\n", "!answer" }, START "hang up\nconnect\n" POST_OK },
    { "an event of 4 GB", { "HTTP/1.1 200 OK\r\n" ID "Content-Length: 4294967296\r\n\r\n" },
      START "hang up\nconnect\n" FAILED("Runtime.EventLost", "the reply is too large") },

    /* the end */
    { "drained while idle", { "!drain" }, START "end 0 drained\nhang up\n" },
    { "drained during a pause", { STATUS("403 Forbidden"), "!drain" }, START "end 0 drained\nhang up\n" },
    { "drained while the front works", { HOLD_EVENT, "!drain", "!answer", ACCEPTED }, START POST_OK "end 0 drained\nhang up\n" },
    { "drained while the answer is on its way", { OK_EVENT, "!drain", ACCEPTED }, START POST_OK "end 0 drained\nhang up\n" },
    { "drained while an event arrives", { "HTTP/1.1 200 OK\r\n" ID "Content-Length: " EVENT_LEN_3 "\r\n\r\n", "!drain", EVENT("/ok"), ACCEPTED },
      START POST_OK "end 0 drained\nhang up\n" },
    { "stopped while the front works", { HOLD_EVENT, "!abort" }, START "end -4 stopped\nhang up\n" },
};
/* clang-format on */

/* -- one run: the front, the API and the socket in one -- */

typedef struct fixture {
    gg_sched sched;
    gg_codec_config config;
    gg_log log;
    gg_api_address api;
    gg_client client;
    gg_task wake;
    gg_exchange *held;
    size_t piece; /* bytes at a time; 0: all */
    bool connected, ended;
    char sent[SENT_LEN]; /* of the request that is being sent */
    size_t sent_len;
    char transcript[TRANSCRIPT_LEN];
    size_t transcript_len;
} fixture;

GG_PRINTF(2, 3) static void note(fixture *f, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t room = sizeof f->transcript - f->transcript_len;
    int len = vsnprintf(f->transcript + f->transcript_len, room, format, args);
    va_end(args);
    assert_true(len >= 0 && (size_t)len < room);
    f->transcript_len += (size_t)len;
}

/* -- the front -- */

static void on_body(gg_exchange *x, gg_str bytes)
{
    gg_exchange_consume(x, bytes.len);
}

static void nothing(gg_exchange *x)
{
    (void)x;
}

static void on_abort(gg_exchange *x)
{
    fixture *f = x->front;
    f->held = NULL;
    gg_exchange_release(x);
}

static const gg_exchange_events events = { .body = on_body, .end = nothing, .writable = nothing, .abort = on_abort };

static void respond(gg_exchange *x, gg_str body)
{
    gg_header type = { GG_STR("content-type"), GG_STR("text/plain") };
    gg_exchange_respond(x, 200, &(gg_headers){ &type, 1, 1 }, body, NULL);
    gg_exchange_release(x);
}

static void on_request(void *user, gg_exchange *x)
{
    fixture *f = user;
    x->events = &events;
    x->front = f;
    assert_true(x->deadline_ns == UINT64_MAX);
    if (gg_str_eq(x->path, GG_STR("/hold"))) {
        f->held = x;
    } else if (gg_str_eq(x->path, GG_STR("/reset"))) {
        gg_exchange_release(x);
    } else if (gg_str_eq(x->path, GG_STR("/long"))) {
        char *text = gg_arena_bytes(x->arena, FAKE_LONG);
        assert_non_null(text);
        memset(text, 'x', FAKE_LONG);
        respond(x, gg_str_of(text, FAKE_LONG));
    } else if (gg_str_eq(x->path, GG_STR("/shows"))) {
        gg_str text = GG_STR("");
        for (size_t i = 0; i < x->headers.count && text.ptr != NULL; i++)
            text = gg_arena_printf(x->arena, "%.*s%.*s=%.*s;", GG_STR_ARG(text), GG_STR_ARG(x->headers.items[i].name),
                GG_STR_ARG(x->headers.items[i].value));
        respond(x, text.ptr != NULL ? text : GG_STR("no memory"));
    } else {
        respond(x, GG_STR("ok"));
    }
}

/* -- the socket -- */

#define HEAD_END " HTTP/1.1\r\nHost: api:9001\r\n"

/* The request that was sent, in short form. */
static void note_request(fixture *f)
{
    static const char next[] =
        "GET /p/2018-06-01/runtime/invocation/next" HEAD_END "User-Agent: lambda-grpc-gateway\r\n\r\n";
    static const char post[] = "POST /p/2018-06-01/runtime/", fixed[] = HEAD_END;
    f->sent[f->sent_len] = '\0';
    if (strcmp(f->sent, next) == 0) {
        note(f, "next\n");
        return;
    }
    char *path = f->sent + sizeof post - 1, *fields = strstr(f->sent, fixed), *body = strstr(f->sent, "\r\n\r\n");
    assert_memory_equal(f->sent, post, sizeof post - 1);
    assert_non_null(fields);
    assert_non_null(body);
    note(f, "POST %.*s ", (int)(fields - path), path);
    for (char *line = fields + sizeof fixed - 1, *end; line < body + 2; line = end + 2) {
        end = strstr(line, "\r\n");
        if (strncmp(line, "Content-Length: ", 16) == 0)
            assert_int_equal(strtoul(line + 16, NULL, 10), strlen(body + 4));
        else if (strncmp(line, "Content-Type: application/json\r", 31) != 0)
            note(f, "[%.*s] ", (int)(end - line), line);
    }
    note(f, "%s\n", body + 4);
}

static void on_wake(gg_task *task)
{
    (void)task; /* the loop below looks anyway */
}

/* Sends what there is to send.  False: nothing was to be done. */
static bool send_some(fixture *f)
{
    gg_codec *codec = &f->client.base;
    if (!f->connected && gg_client_wants_connection(&f->client)) {
        f->connected = true;
        f->sent_len = 0;
        note(f, "connect\n");
    }
    gg_str next = f->connected ? codec->ops->output(codec) : GG_STR("");
    if (next.len == 0)
        return false;
    size_t len = f->piece > 0 && f->piece < next.len ? f->piece : next.len;
    assert_true(f->sent_len + len < sizeof f->sent);
    memcpy(f->sent + f->sent_len, next.ptr, len);
    f->sent_len += len;
    codec->ops->sent(codec, len);
    if (codec->ops->output(codec).len == 0) {
        note_request(f);
        f->sent_len = 0;
    }
    return true;
}

static void settle(fixture *f)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        gg_sched_run(&f->sched, f->sched.now_ns);
        if (f->client.state == GG_CLIENT_ENDED && !f->ended) {
            f->ended = true;
            note(f, "end %d %s\n", (int)f->client.result, f->client.why);
        }
        if (f->connected && f->client.base.ops->done(&f->client.base)) {
            f->connected = false;
            note(f, "hang up\n");
            gg_client_disconnected(&f->client, false, GG_STR("closed"));
        }
        if (!send_some(f))
            return;
    }
    fail_msg("it never rests:\n%s", f->transcript);
}

static void feed(fixture *f, gg_str bytes)
{
    while (bytes.len > 0 && f->connected) {
        size_t len = f->piece > 0 && f->piece < bytes.len ? f->piece : bytes.len;
        char *copy = malloc(len);
        if (copy == NULL) /* one of those that are made to fail */
            copy = malloc(len);
        assert_non_null(copy);
        memcpy(copy, bytes.ptr, len);
        f->client.base.ops->receive(&f->client.base, gg_str_of(copy, len));
        free(copy);
        bytes = gg_str_of(bytes.ptr + len, bytes.len - len);
        settle(f);
    }
}

static void say(fixture *f, const char *what)
{
    const uint64_t second_ns = 1000000000;
    if (strcmp(what, "!eof") == 0) {
        f->client.base.ops->eof(&f->client.base);
    } else if (strcmp(what, "!lost") == 0 || strcmp(what, "!refused") == 0) {
        if (f->connected)
            gg_client_disconnected(&f->client, what[1] == 'r', GG_STR("reset"));
        f->connected = false;
    } else if (strcmp(what, "!wait") == 0) {
        f->sched.now_ns += second_ns;
    } else if (strcmp(what, "!drain") == 0) {
        gg_client_drain(&f->client);
    } else if (strcmp(what, "!abort") == 0) {
        gg_client_abort(&f->client);
    } else if (strcmp(what, "!answer") == 0) {
        gg_exchange *x = f->held;
        f->held = NULL;
        if (x != NULL)
            respond(x, GG_STR("ok"));
    } else {
        feed(f, gg_str_from(what));
    }
    settle(f);
}

static void open_client(fixture *f, size_t piece)
{
    memset(f, 0, sizeof *f);
    gg_sched_init(&f->sched);
    f->sched.now_ns = 1000;
    f->piece = piece;
    f->log = (gg_log){ .fd = -1, .level = GG_LOG_PANIC };
    f->wake.run = on_wake;
    f->config = (gg_codec_config){ .handler = { on_request, f },
        .arena_limit = GG_ARENA_LIMIT,
        .sched = &f->sched,
        .log = &f->log };
    gg_http_limits_init(&f->config.limits);
    assert_null(gg_api_address_parse(&f->api, GG_STR("http://api:9001/p/")));
    gg_client_init(&f->client, &f->config, &f->api, &f->wake);
}

static void close_client(fixture *f)
{
    size_t len = f->transcript_len;
    gg_client_abort(&f->client);
    gg_sched_run(&f->sched, f->sched.now_ns);
    assert_null(f->held);
    assert_null(f->sched.timers);
    f->transcript[len] = '\0';
}

static void run_row(fixture *f, const row *r, size_t piece)
{
    open_client(f, piece);
    gg_client_start(&f->client);
    settle(f);
    for (size_t i = 0; i < SAYS_MAX && r->says[i] != NULL; i++)
        say(f, r->says[i]);
    close_client(f);
}

static void test_rows(void **state)
{
    static const size_t pieces[] = { 0, 1, 7 };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t p = 0; p < sizeof pieces / sizeof pieces[0]; p++) {
            run_row(f, &rows[i], pieces[p]);
            if (strcmp(f->transcript, rows[i].want) != 0)
                fail_msg("%s, in pieces of %zu:\n%s\nwant\n%s", rows[i].what, pieces[p], f->transcript, rows[i].want);
        }
}

/* It may fail the event, ask again or end, but it neither leaks nor spins. */
static void test_out_of_memory(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t n = 0;; n++) {
            gg_fail_after(n);
            run_row(f, &rows[i], 7);
            bool failed = gg_fail_happened();
            gg_fail_after(SIZE_MAX);
            if (!failed)
                break;
        }
}

static void test_init_error(void **state)
{
    fixture *f = *state;
    for (size_t piece = 0; piece < 2; piece++) {
        open_client(f, piece);
        gg_client_init_error(&f->client, "Runtime.BadSchema", "no \"x\"");
        settle(f);
        say(f, ACCEPTED);
        close_client(f);
        assert_string_equal(f->transcript,
            "connect\nPOST init/error [Lambda-Runtime-Function-Error-Type: Runtime.BadSchema] "
            "{\"errorMessage\":\"no \\\"x\\\"\",\"errorType\":\"Runtime.BadSchema\",\"stackTrace\":[]}\n"
            "end -7 the program could not start\nhang up\n");
    }
}

/* An arena too small for the event, or for the answer. */
static void test_small_arena(void **state)
{
    fixture *f = *state;
    open_client(f, 0);
    f->config.arena_limit = 4096;
    gg_client_start(&f->client);
    settle(f);
    say(f, "HTTP/1.1 200 OK\r\n" ID "Content-Length: 5000\r\n\r\n");
    close_client(f);
    assert_string_equal(f->transcript,
        START "hang up\nconnect\n" FAILED("Runtime.EventLost", "the reply is too large"));
}

/* A reply that overtakes its request is not looked at until the request is sent: its bytes must stay where they are. */
static void test_early_reply(void **state)
{
    static const struct {
        const char *ends, *want;
    } cases[] = { { "", "next\n" }, { "!eof", "hang up\nconnect\nnext\n" }, { "!lost", "connect\nnext\n" } };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        open_client(f, 0);
        const gg_codec_ops *ops = f->client.base.ops;
        gg_codec *codec = &f->client.base;
        gg_client_start(&f->client);
        settle(f);
        ops->receive(codec, GG_STR(OK_EVENT));
        gg_sched_run(&f->sched, f->sched.now_ns);
        size_t len = ops->output(codec).len;
        ops->sent(codec, len - 1);
        ops->receive(codec, GG_STR(STATUS("413 Too Large")));
        assert_false(ops->done(codec));
        assert_int_equal(f->client.state, GG_CLIENT_ANSWER);
        if (cases[i].ends[0] == '\0')
            ops->sent(codec, 1);
        else
            say(f, cases[i].ends);
        settle(f);
        assert_int_equal(f->client.state, GG_CLIENT_NEXT);
        close_client(f);
        assert_string_equal(f->transcript + strlen(START), cases[i].want);
    }
}

/* An answer that does not fit behind its head comes in two pieces. */
static void test_long_answer(void **state)
{
    fixture *f = *state;
    for (size_t piece = 0; piece < 2; piece++) {
        open_client(f, piece);
        gg_client_start(&f->client);
        settle(f);
        say(f, LONG_EVENT);
        say(f, ACCEPTED);
        close_client(f);
        const char *body = strstr(f->transcript, "xx");
        assert_true(f->client.body.len == 0 && body != NULL);
        assert_int_equal(strspn(body, "x"), FAKE_LONG);
        assert_string_equal(body + FAKE_LONG, "\"}\nnext\n");
    }
}

static int set_up(void **state)
{
    *state = calloc(1, sizeof(fixture));
    return *state == NULL;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_init_error),
        cmocka_unit_test(test_small_arena),
        cmocka_unit_test(test_early_reply),
        cmocka_unit_test(test_long_answer),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
