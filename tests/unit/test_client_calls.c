/* test_client_calls.c -- all ways to make a call with the public client, over all ways to a server of this process, with
 * every allocation of both sides failing once.
 *
 * Whatever fails, each call has one status, and soon; and OK means that nothing is missing: messages, headers, trailers.
 * What there is without a failure is OK. */
#include "app/worker.h"
#include "failmalloc.h"
#include "gg/channel.h"
#include "test/v1/streams_client.gg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

enum { MESSAGES = 3, SMALL = 5, LARGE = 6000, VALUE_LEN = 5000 };
#define TIMEOUT_NS (60 * (uint64_t)1000000000) /* only what hangs takes as long */

static char bytes[LARGE]; /* of a payload, or of a metadata value */

static gg_str value(void)
{
    return gg_str_of(bytes, VALUE_LEN);
}

/* -- the service: echoes, with metadata; by handlers of both kinds -- */

static gg_status of_rc(gg_rc rc)
{
    return rc == GG_OK || rc == GG_END || rc == GG_AGAIN ? GG_STATUS_OK : GG_STATUS_RESOURCE_EXHAUSTED;
}

static gg_status set_metadata(gg_call *call)
{
    gg_rc rc = gg_call_set_header(call, GG_STR("x-h"), value());
    return of_rc(rc == GG_OK ? gg_call_set_trailer(call, GG_STR("x-t"), value()) : rc);
}

static gg_status unary(gg_call *call, const test_v1_StreamRequest *request, test_v1_StreamResponse *response)
{
    response->payload = request->payload;
    return set_metadata(call);
}

static gg_status down(gg_call *call, gg_stream_event event, const test_v1_StreamRequest *request)
{
    uint32_t *count = gg_call_state(call, sizeof *count);
    gg_status status = count == NULL ? GG_STATUS_RESOURCE_EXHAUSTED
        : event == GG_STREAM_START   ? set_metadata(call)
                                     : GG_STATUS_OK;
    for (; status == GG_STATUS_OK && *count < request->count; ++*count) {
        test_v1_StreamResponse response = { .payload = request->payload };
        gg_rc rc = test_v1_Streaming_Down_send(call, &response);
        if (rc == GG_AGAIN)
            return GG_STATUS_PENDING;
        status = of_rc(rc);
    }
    return status;
}

static gg_status up(gg_call *call, gg_stream_event event, const test_v1_StreamRequest *request,
    test_v1_StreamResponse *response)
{
    if (event == GG_STREAM_MESSAGE)
        response->bytes += request->payload.len;
    gg_status status = event == GG_STREAM_START ? set_metadata(call) : GG_STATUS_OK;
    return status == GG_STATUS_OK && event != GG_STREAM_HALF_CLOSE ? GG_STATUS_PENDING : status;
}

static gg_status both(gg_call *call, gg_stream_event event, const test_v1_StreamRequest *request)
{
    gg_status status = event == GG_STREAM_START ? set_metadata(call) : GG_STATUS_OK;
    if (event == GG_STREAM_MESSAGE) {
        test_v1_StreamResponse response = { .payload = request->payload };
        status = of_rc(test_v1_Streaming_Both_send(call, &response));
    }
    return status == GG_STATUS_OK && event != GG_STREAM_HALF_CLOSE ? GG_STATUS_PENDING : status;
}

static gg_status set_blocking_metadata(gg_blocking_call *call)
{
    gg_rc rc = gg_blocking_set_header(call, GG_STR("x-h"), value());
    return of_rc(rc == GG_OK ? gg_blocking_set_trailer(call, GG_STR("x-t"), value()) : rc);
}

static gg_status blocking_unary(gg_blocking_call *call, const test_v1_StreamRequest *request,
    test_v1_StreamResponse *response)
{
    response->payload = request->payload;
    return set_blocking_metadata(call);
}

static gg_status blocking_down(gg_blocking_call *call, const test_v1_StreamRequest *request)
{
    gg_status status = set_blocking_metadata(call);
    test_v1_StreamResponse response = { .payload = request->payload };
    for (uint32_t i = 0; status == GG_STATUS_OK && i < request->count; i++)
        status = of_rc(test_v1_Streaming_Down_blocking_send(call, &response));
    return status;
}

static gg_status blocking_up(gg_blocking_call *call, test_v1_StreamResponse *response)
{
    const test_v1_StreamRequest *request;
    gg_status status = set_blocking_metadata(call);
    gg_rc rc = GG_OK;
    while (status == GG_STATUS_OK && (rc = test_v1_Streaming_Up_recv(call, &request)) == GG_OK)
        response->bytes += request->payload.len;
    return status == GG_STATUS_OK ? of_rc(rc) : status;
}

static gg_status blocking_both(gg_blocking_call *call)
{
    const test_v1_StreamRequest *request;
    gg_status status = set_blocking_metadata(call);
    gg_rc rc = GG_OK;
    while (status == GG_STATUS_OK && rc == GG_OK && (rc = test_v1_Streaming_Both_recv(call, &request)) == GG_OK) {
        test_v1_StreamResponse response = { .payload = request->payload };
        rc = test_v1_Streaming_Both_blocking_send(call, &response);
    }
    return status == GG_STATUS_OK ? of_rc(rc) : status;
}

/* -- the ways to a server -- */

typedef enum way { IN_PROCESS, BLOCKING, TCP, ROUND_ROBIN } way;
static const char *const way_names[] = { "in-process", "in-process, blocking handlers", "TCP", "TCP, round robin" };

typedef struct service {
    way way;
    gg_app *app;
    gg_socket sockets[GG_APP_LISTENERS];
    gg_worker worker;
    char target[2 * GG_ADDRESS_LEN];
} service;

static void run_worker(void *worker)
{
    gg_worker_run(worker);
}

static void open_service(service *s, way w)
{
    static const test_v1_Streaming handlers = { .Unary = unary, .Down = down, .Up = up, .Both = both };
    static const test_v1_Streaming_Blocking blocking = { .Unary = blocking_unary,
        .Down = blocking_down,
        .Up = blocking_up,
        .Both = blocking_both };
    *s = (service){ .way = w, .app = gg_app_new("test") };
    assert_non_null(s->app);
    gg_rc rc = w == BLOCKING ? test_v1_Streaming_register_blocking(s->app, &blocking, NULL)
                             : test_v1_Streaming_register(s->app, &handlers, NULL);
    assert_int_equal(rc, GG_OK);
    assert_int_equal(gg_app_freeze(s->app), GG_OK);
    if (w < TCP)
        return;
    char error[GG_OPTION_ERROR_LEN], *argv[] = { "test", NULL };
    assert_int_equal(gg_options_read(&s->app->options, &s->app->flags, 1, argv, error), GG_OK);
    for (size_t i = 0; i < GG_APP_LISTENERS; i++)
        assert_int_equal(gg_socket_listen(&s->sockets[i], GG_STR("tcp"), GG_STR("127.0.0.1:0"), error, sizeof error),
            GG_OK);
    assert_int_equal(gg_worker_init(&s->worker, s->app, s->sockets, GG_APP_LISTENERS, error, sizeof error), GG_OK);
    assert_int_equal(uv_thread_create(&s->worker.thread, run_worker, &s->worker), 0);
    snprintf(s->target, sizeof s->target, w == TCP ? "%s" : "ipv4:%s,%s", s->sockets[0].name, s->sockets[1].name);
}

static void close_service(service *s)
{
    if (s->way >= TCP) {
        gg_worker_stop(&s->worker);
        uv_thread_join(&s->worker.thread);
        assert_true(gg_worker_cut(&s->worker));
        gg_worker_deinit(&s->worker);
        for (size_t i = 0; i < GG_APP_LISTENERS; i++)
            gg_socket_close(&s->sockets[i]);
    }
    gg_app_free(s->app);
}

static gg_channel *new_channel(service *s)
{
    gg_channel_options options;
    gg_channel_options_init(&options);
    options.balancing = s->way == ROUND_ROBIN ? GG_ROUND_ROBIN : GG_PICK_FIRST;
    return s->way < TCP ? gg_channel_in_process(s->app, &options, NULL) : gg_channel_new(s->target, &options, NULL);
}

/* -- the calls -- */

typedef struct call {
    gg_channel *channel;
    gg_call_options options;
    test_v1_StreamRequest request;
    gg_arena *arena;
    size_t messages, payload_len; /* of the response */
    size_t header_len, trailer_len;
} call;

static size_t value_len(const gg_metadata *metadata, const char *key)
{
    for (size_t i = 0; i < metadata->count; i++)
        if (gg_str_eq(metadata->entries[i].key, gg_str_from(key)))
            return metadata->entries[i].value.len;
    return 0;
}

static gg_status note_status(call *c, const gg_client_status *status)
{
    c->header_len = value_len(&status->headers, "x-h");
    c->trailer_len = value_len(&status->trailers, "x-t");
    return status->code;
}

static void note_message(call *c, const test_v1_StreamResponse *response)
{
    c->messages++;
    c->payload_len += response->payload.len + response->bytes;
}

static gg_status no_stream(void)
{
    return GG_STATUS_RESOURCE_EXHAUSTED;
}

static gg_status call_unary(call *c)
{
    test_v1_StreamResponse response = { .count = 0 };
    gg_client_status status;
    gg_status code = test_v1_StreamingClient_Unary(c->channel, &c->options, &c->request, &response, c->arena, &status);
    note_message(c, &response);
    assert_int_equal(code, status.code);
    return note_status(c, &status);
}

static gg_status call_raw(call *c)
{
    gg_str request, response = { 0 };
    gg_client_status status;
    if (gg_message_to_wire(&test_v1_StreamRequest_type, &c->request, c->arena, &request) != GG_OK)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    gg_client_unary_raw(c->channel, &test_v1_Streaming_type.methods[0], &c->options, request, &response, c->arena,
        &status);
    test_v1_StreamResponse decoded = { .count = 0 };
    if (gg_message_from_wire(&test_v1_StreamResponse_type, &decoded, response, NULL, c->arena, NULL) != GG_OK)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    note_message(c, &decoded);
    return note_status(c, &status);
}

static gg_status finish(call *c, gg_stream *stream)
{
    gg_client_status status;
    gg_stream_finish(stream, c->arena, &status);
    return note_status(c, &status);
}

static gg_status call_down(call *c)
{
    test_v1_StreamResponse response = { .count = 0 };
    c->request.count = MESSAGES;
    gg_stream *stream = test_v1_StreamingClient_Down(c->channel, &c->options, &c->request);
    if (stream == NULL)
        return no_stream();
    while (test_v1_StreamingClient_Down_recv(stream, &response, c->arena) == GG_OK)
        note_message(c, &response);
    return finish(c, stream);
}

static gg_status call_up(call *c)
{
    test_v1_StreamResponse response = { .count = 0 };
    gg_client_status status;
    gg_stream *stream = test_v1_StreamingClient_Up(c->channel, &c->options);
    if (stream == NULL)
        return no_stream();
    gg_rc rc = GG_OK;
    for (int i = 0; i < MESSAGES && rc == GG_OK; i++)
        rc = test_v1_StreamingClient_Up_send(stream, &c->request);
    if (rc == GG_ENOMEM)
        gg_stream_cancel(stream);
    test_v1_StreamingClient_Up_finish(stream, &response, c->arena, &status);
    note_message(c, &response);
    return note_status(c, &status);
}

static gg_status call_both(call *c)
{
    test_v1_StreamResponse response = { .count = 0 };
    gg_stream *stream = test_v1_StreamingClient_Both(c->channel, &c->options);
    if (stream == NULL)
        return no_stream();
    gg_rc rc = GG_OK;
    for (int i = 0; i < MESSAGES && rc == GG_OK; i++) {
        rc = test_v1_StreamingClient_Both_send(stream, &c->request);
        if (rc == GG_OK && test_v1_StreamingClient_Both_recv(stream, &response, c->arena) == GG_OK)
            note_message(c, &response);
    }
    if (rc == GG_ENOMEM)
        gg_stream_cancel(stream);
    return finish(c, stream);
}

/* -- by callbacks -- */

typedef struct told {
    call *c;
    uv_sem_t over;
    int sent, statuses;
    gg_status code;
} told;

static void on_message(gg_client_call *client, const gg_message *message, void *user)
{
    (void)client;
    note_message(((told *)user)->c, test_v1_StreamingClient_Both_response(message));
}

static void on_writable(gg_client_call *client, void *user)
{
    told *t = user;
    while (t->sent < MESSAGES) {
        gg_rc rc = test_v1_StreamingClient_Both_call_send(client, &t->c->request);
        if (rc == GG_ENOMEM)
            gg_client_call_cancel(client);
        if (rc != GG_OK)
            return;
        t->sent++;
    }
    gg_client_call_close_send(client);
}

static void on_status(gg_client_call *client, const gg_client_status *status, void *user)
{
    told *t = user;
    (void)client;
    t->statuses++;
    t->code = note_status(t->c, status);
    uv_sem_post(&t->over);
}

static gg_status call_by_callbacks(call *c)
{
    static const gg_client_handler handler = { NULL, on_message, on_writable, on_status };
    told t = { .c = c };
    assert_int_equal(uv_sem_init(&t.over, 0), 0);
    gg_rc rc = test_v1_StreamingClient_Both_start(c->channel, &c->options, &handler, &t);
    if (rc == GG_OK)
        uv_sem_wait(&t.over);
    uv_sem_destroy(&t.over);
    assert_int_equal(t.statuses, rc == GG_OK);
    assert_true(rc == GG_OK || rc == GG_ENOMEM);
    return rc == GG_OK ? t.code : GG_STATUS_RESOURCE_EXHAUSTED;
}

static const struct row {
    const char *what;
    gg_status (*fn)(call *c);
    size_t messages, payloads; /* of the response: how many, and of how many payloads */
} rows[] = {
    { "unary", call_unary, 1, 1 },
    { "unary, bytes", call_raw, 1, 1 },
    { "down", call_down, MESSAGES, MESSAGES },
    { "up", call_up, 1, MESSAGES },
    { "both", call_both, MESSAGES, MESSAGES },
    { "both, by callbacks", call_by_callbacks, MESSAGES, MESSAGES },
};

/* With a channel of its own, and the n-th allocation failing; whether there was one. */
static bool run_row(service *s, const struct row *r, size_t payload_len, size_t n)
{
    gg_metadata_entry entry = { GG_STR("x-request"), value() };
    call c = { .request.payload = gg_str_of(bytes, payload_len) };
    gg_call_options_init(&c.options);
    c.options.metadata = (gg_metadata){ &entry, 1 };
    c.options.timeout_ns = TIMEOUT_NS;
    gg_fail_after(n);
    c.channel = new_channel(s);
    c.arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_status code = c.channel != NULL && c.arena != NULL ? r->fn(&c) : GG_STATUS_RESOURCE_EXHAUSTED;
    gg_channel_free(c.channel);
    gg_arena_unref(c.arena);
    bool failed = gg_fail_happened();
    gg_fail_after(SIZE_MAX);
    if (code != GG_STATUS_OK) {
        assert_true(failed);
        assert_int_not_equal(code, GG_STATUS_DEADLINE_EXCEEDED);
        return failed;
    }
    assert_int_equal(c.messages, r->messages);
    assert_int_equal(c.payload_len, r->payloads * payload_len);
    assert_int_equal(c.header_len, VALUE_LEN);
    assert_int_equal(c.trailer_len, VALUE_LEN);
    return failed;
}

static void run_way(way w)
{
    service s;
    open_service(&s, w);
    for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i / 2];
        size_t payload_len = i % 2 == 0 ? SMALL : LARGE;
        print_message("%s, %zu bytes, %s\n", r->what, payload_len, way_names[w]);
        run_row(&s, r, payload_len, SIZE_MAX);
        for (size_t n = 0; run_row(&s, r, payload_len, n);)
            n++;
    }
    close_service(&s);
}

static void test_in_process(void **state)
{
    (void)state;
    run_way(IN_PROCESS);
}

static void test_blocking_handlers(void **state)
{
    (void)state;
    run_way(BLOCKING);
}

static void test_tcp(void **state)
{
    (void)state;
    run_way(TCP);
}

static void test_round_robin(void **state)
{
    (void)state;
    run_way(ROUND_ROBIN);
}

int main(void)
{
    memset(bytes, 'v', sizeof bytes);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_process),
        cmocka_unit_test(test_blocking_handlers),
        cmocka_unit_test(test_tcp),
        cmocka_unit_test(test_round_robin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
