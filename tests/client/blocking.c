/* blocking.c -- the cases by functions that wait. */
#include "client.h"

#include <pthread.h>

typedef test_v1_StreamRequest Request;
typedef test_v1_StreamResponse Response;

static gg_call_options with_timeout(uint64_t timeout_ns)
{
    gg_call_options options;
    gg_call_options_init(&options);
    options.timeout_ns = timeout_ns;
    return options;
}

static gg_str bytes_of(fixture *f, size_t len)
{
    char *bytes = gg_arena_alloc(f->arena, len + 1);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(i * 31 + i / 256);
    return gg_str_of(bytes, len);
}

static gg_status unary(fixture *f, const gg_call_options *options, const Request *request, Response *response)
{
    return test_v1_StreamingClient_Unary(f->channel, options, request, response, f->arena, &f->status);
}

/* -- the four kinds -- */

static void test_unary(fixture *f)
{
    Request request = { .payload = GG_STR("hello") };
    Response response;
    for (int i = 0; i < 20; i++) {
        CHECK(f, unary(f, NULL, &request, &response) == GG_STATUS_OK);
        CHECK_STATUS(f, GG_STATUS_OK);
        CHECK(f, gg_str_eq(response.payload, GG_STR("hello")) && response.count == 1 && response.bytes == 5);
    }
    CHECK(f, f->status.message.len == 0 && f->status.details.len == 0);
}

static void test_unary_without_status(fixture *f)
{
    Request request = { .payload = GG_STR("") };
    Response response;
    CHECK(f,
        test_v1_StreamingClient_Unary(f->channel, NULL, &request, &response, f->arena, NULL) == GG_STATUS_OK &&
            response.count == 1);
}

static void test_unary_raw(fixture *f)
{
    gg_str response;
    gg_status code = gg_client_unary_raw(f->channel, &test_v1_Streaming_type.methods[0], NULL, GG_STR("\x0a\x02hi"),
        &response, f->arena, &f->status);
    CHECK(f, code == GG_STATUS_OK);
    CHECK(f, gg_str_eq(response, GG_STR("\x0a\x02hi\x10\x01\x18\x02")));
}

static void test_down(fixture *f)
{
    static const struct {
        uint32_t count, size;
    } rows[] = { { 0, 0 }, { 1, 0 }, { 500, 10 }, { 50, 100000 }, { 8, 1 << 20 } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Request request = { .count = rows[i].count, .size = rows[i].size };
        gg_stream *stream = test_v1_StreamingClient_Down(f->channel, NULL, &request);
        Response response;
        uint32_t count = 0;
        gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        while (test_v1_StreamingClient_Down_recv(stream, &response, arena) == GG_OK) {
            CHECK(f, response.count == count && response.payload.len == rows[i].size);
            count++;
            gg_arena_unref(arena);
            arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        }
        gg_arena_unref(arena);
        CHECK(f, gg_stream_finish(stream, f->arena, &f->status) == GG_STATUS_OK);
        CHECK_STATUS(f, GG_STATUS_OK);
        CHECK(f, count == rows[i].count);
    }
}

static void test_down_unread(fixture *f)
{
    Request request = { .count = 100, .size = 1000 };
    gg_stream *stream = test_v1_StreamingClient_Down(f->channel, NULL, &request);
    Response response;
    CHECK(f, test_v1_StreamingClient_Down_recv(stream, &response, f->arena) == GG_OK);
    CHECK(f, gg_stream_finish(stream, NULL, NULL) == GG_STATUS_OK); /* passes over the other 99 */
}

static void test_up(fixture *f)
{
    gg_stream *stream = test_v1_StreamingClient_Up(f->channel, NULL);
    Request request = { .payload = bytes_of(f, 100000) };
    Response response;
    for (int i = 0; i < 50; i++)
        CHECK(f, test_v1_StreamingClient_Up_send(stream, &request) == GG_OK);
    CHECK(f, test_v1_StreamingClient_Up_finish(stream, &response, f->arena, &f->status) == GG_STATUS_OK);
    CHECK_STATUS(f, GG_STATUS_OK);
    CHECK(f, response.count == 50 && response.bytes == 5000000);
}

static void test_up_nothing(fixture *f)
{
    gg_stream *stream = test_v1_StreamingClient_Up(f->channel, NULL);
    Response response;
    CHECK(f, test_v1_StreamingClient_Up_finish(stream, &response, f->arena, &f->status) == GG_STATUS_OK);
    CHECK(f, response.count == 0);
}

static void test_both(fixture *f)
{
    gg_stream *stream = test_v1_StreamingClient_Both(f->channel, NULL);
    for (uint32_t i = 0; i < 100; i++) {
        Request request = { .payload = bytes_of(f, i) };
        Response response;
        CHECK(f, test_v1_StreamingClient_Both_send(stream, &request) == GG_OK);
        CHECK(f, test_v1_StreamingClient_Both_recv(stream, &response, f->arena) == GG_OK);
        CHECK(f, response.count == i + 1 && gg_str_eq(response.payload, request.payload));
    }
    Response none;
    CHECK(f, gg_stream_close_send(stream) == GG_OK && gg_stream_close_send(stream) == GG_OK);
    CHECK(f, test_v1_StreamingClient_Both_recv(stream, &none, f->arena) == GG_END);
    CHECK(f, test_v1_StreamingClient_Both_send(stream, &(Request){ .count = 0 }) != GG_OK);
    CHECK(f, gg_stream_finish(stream, f->arena, &f->status) == GG_STATUS_OK);
}

typedef struct sender {
    gg_stream *stream;
    gg_str payload;
    int wanted, sent;
} sender;

static void *send_all(void *arg)
{
    sender *s = arg;
    Request request = { .payload = s->payload };
    while (s->sent < s->wanted && test_v1_StreamingClient_Both_send(s->stream, &request) == GG_OK)
        s->sent++;
    gg_stream_close_send(s->stream);
    return NULL;
}

/* One thread sends while another one receives, big messages at that. */
static void test_both_at_once(fixture *f)
{
    sender s = { test_v1_StreamingClient_Both(f->channel, NULL), bytes_of(f, 1 << 20), 20, 0 };
    pthread_t thread;
    CHECK(f, pthread_create(&thread, NULL, send_all, &s) == 0);
    Response response;
    int count = 0;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    for (; test_v1_StreamingClient_Both_recv(s.stream, &response, arena) == GG_OK; count++) {
        CHECK(f, gg_str_eq(response.payload, s.payload));
        gg_arena_unref(arena);
        arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    }
    gg_arena_unref(arena);
    pthread_join(thread, NULL);
    CHECK(f, count == 20 && s.sent == 20);
    CHECK(f, gg_stream_finish(s.stream, f->arena, &f->status) == GG_STATUS_OK);
}

/* A method that the client knows by its path only. */
static void test_unknown_method(fixture *f)
{
    static const gg_method_type method = { .path = GG_STR_INIT("/test.v1.Nothing/Echo"),
        .client_streaming = true,
        .server_streaming = true };
    gg_stream *stream = gg_stream_open(f->channel, &method, NULL, NULL);
    gg_message message = { .wire = GG_STR("anything") };
    gg_str answer;
    gg_metadata headers;
    CHECK(f, gg_stream_send(stream, &message) == GG_OK);
    CHECK(f, gg_stream_recv(stream, NULL, &answer, f->arena) == GG_OK && gg_str_eq(answer, message.wire));
    CHECK(f, gg_stream_headers(stream, &headers) == GG_OK);
    CHECK(f, gg_str_eq(gg_metadata_get(&headers, GG_STR("x-method")), method.path));
    CHECK(f, gg_stream_finish(stream, f->arena, &f->status) == GG_STATUS_OK);
}

/* -- metadata, statuses -- */

static void test_metadata(fixture *f)
{
    static const gg_metadata_entry entries[] = { { GG_STR_INIT("x-echo-header"), GG_STR_INIT("one") },
        { GG_STR_INIT("x-echo-header-bin"), GG_STR_INIT("\0\1\xff") },
        { GG_STR_INIT("x-echo-trailer"), GG_STR_INIT("two") },
        { GG_STR_INIT("x-echo-trailer-bin"), GG_STR_INIT("\xfe,\0") } };
    gg_call_options options = with_timeout(PATIENCE_NS);
    options.metadata = (gg_metadata){ entries, 4 };
    Request request = { .count = 0 };
    Response response;
    CHECK(f, unary(f, &options, &request, &response) == GG_STATUS_OK);
    CHECK_STATUS(f, GG_STATUS_OK);
    for (size_t i = 0; i < 4; i++) {
        const gg_metadata *list = i < 2 ? &f->status.headers : &f->status.trailers;
        const gg_metadata *other = i < 2 ? &f->status.trailers : &f->status.headers;
        CHECK(f, gg_str_eq(gg_metadata_get(list, entries[i].key), entries[i].value));
        CHECK(f, gg_metadata_get(other, entries[i].key).ptr == NULL);
    }
}

/* The program's own words, then the library's; or what the call says. */
static void test_user_agent(fixture *f)
{
    static const gg_metadata_entry entries[] = { { GG_STR_INIT("x-agent"), GG_STR_INIT("?") },
        { GG_STR_INIT("user-agent"), GG_STR_INIT("mine/2") } };
    gg_channel_options options;
    gg_channel_options_init(&options);
    options.user_agent = GG_STR("shop/1.0");
    gg_channel *channel = another_channel(f, &options);
    gg_call_options call = with_timeout(PATIENCE_NS);
    Request request = { .count = 0 };
    Response response;
    for (size_t count = 1; count <= 2; count++) {
        call.metadata = (gg_metadata){ entries, count };
        test_v1_StreamingClient_Unary(channel, &call, &request, &response, f->arena, &f->status);
        CHECK_STATUS(f, GG_STATUS_OK);
        gg_str agent = gg_metadata_get(&f->status.headers, GG_STR("x-agent"));
        CHECK(f,
            count == 1 ? agent.len > 19 && memcmp(agent.ptr, "shop/1.0 grpc-c-gg/", 19) == 0
                       : gg_str_eq(agent, GG_STR("mine/2")));
    }
    gg_channel_free(channel);
}

static void test_bad_metadata(fixture *f)
{
    static const gg_metadata_entry rows[] = { { GG_STR_INIT("X-Upper"), GG_STR_INIT("v") },
        { GG_STR_INIT("grpc-status"), GG_STR_INIT("0") }, { GG_STR_INIT("x-ok"), GG_STR_INIT("a\nb") },
        { GG_STR_INIT(""), GG_STR_INIT("v") }, { GG_STR_INIT(":path"), GG_STR_INIT("/") } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gg_call_options options = with_timeout(PATIENCE_NS);
        options.metadata = (gg_metadata){ &rows[i], 1 };
        Request request = { .count = 0 };
        Response response;
        unary(f, &options, &request, &response);
        CHECK_STATUS(f, GG_STATUS_INTERNAL);
    }
}

static void test_status(fixture *f)
{
    for (int32_t code = 1; code <= 16; code++) {
        Request request = { .status = code, .message = GG_STR("\xc3\xbc 100%\n") };
        Response response;
        CHECK(f, unary(f, NULL, &request, &response) == (gg_status)code);
        CHECK(f, f->status.code == (gg_status)code && gg_str_eq(f->status.message, request.message));
        CHECK(f, f->status.details.len == 0);
    }
}

static void test_details(fixture *f)
{
    Request request = { .status = 9, .message = GG_STR("no"), .mode = GG_STR("detail") };
    Response response;
    unary(f, NULL, &request, &response);
    CHECK_STATUS(f, GG_STATUS_FAILED_PRECONDITION);
    gg_str rest = f->status.details, type, message;
    Request detail = { .count = 0 };
    CHECK(f, gg_status_next_detail(&rest, &type, &message) == GG_OK);
    CHECK(f, gg_str_eq(type, GG_STR("test.v1.StreamRequest")));
    CHECK(f, gg_message_from_wire(&test_v1_StreamRequest_type, &detail, message, NULL, f->arena, NULL) == GG_OK);
    CHECK(f, detail.status == 9 && gg_str_eq(detail.message, GG_STR("no")));
    CHECK(f, gg_status_next_detail(&rest, &type, &message) == GG_END);
}

/* What was sent before the error still arrives. */
static void test_status_after_messages(fixture *f)
{
    Request request = { .count = 3, .size = 5, .status = 10, .message = GG_STR("enough") };
    gg_stream *stream = test_v1_StreamingClient_Down(f->channel, NULL, &request);
    Response response;
    int count = 0;
    for (; test_v1_StreamingClient_Down_recv(stream, &response, f->arena) == GG_OK; count++) {}
    gg_stream_finish(stream, f->arena, &f->status);
    CHECK_STATUS(f, GG_STATUS_ABORTED);
    CHECK(f, count == 3 && gg_str_eq(f->status.message, GG_STR("enough")));
}

static void test_status_early(fixture *f)
{
    gg_stream *stream = test_v1_StreamingClient_Up(f->channel, NULL);
    Request request = { .status = 3, .message = GG_STR("not that"), .payload = GG_STR("x") };
    gg_rc rc = GG_OK;
    while (rc == GG_OK)
        rc = test_v1_StreamingClient_Up_send(stream, &request);
    CHECK(f, rc == GG_END);
    Response response;
    test_v1_StreamingClient_Up_finish(stream, &response, f->arena, &f->status);
    CHECK_STATUS(f, GG_STATUS_INVALID_ARGUMENT);
    CHECK(f, gg_str_eq(f->status.message, GG_STR("not that")));
}

static void test_early_headers(fixture *f)
{
    gg_stream *stream = test_v1_StreamingClient_Up(f->channel, NULL);
    gg_metadata headers;
    CHECK(f, test_v1_StreamingClient_Up_send(stream, &(Request){ .mode = GG_STR("headers") }) == GG_OK);
    CHECK(f, gg_stream_headers(stream, &headers) == GG_OK);
    CHECK(f, gg_str_eq(gg_metadata_get(&headers, GG_STR("x-early")), GG_STR("1")));
    Response response;
    CHECK(f, test_v1_StreamingClient_Up_finish(stream, &response, f->arena, &f->status) == GG_STATUS_OK);
}

/* -- deadlines, cancel -- */

static void test_deadline(fixture *f)
{
    gg_call_options options = with_timeout(50 * 1000000);
    Request request = { .mode = GG_STR("never") };
    gg_stream *stream = test_v1_StreamingClient_Down(f->channel, &options, &request);
    Response response;
    CHECK(f, test_v1_StreamingClient_Down_recv(stream, &response, f->arena) == GG_END);
    gg_stream_finish(stream, f->arena, &f->status);
    CHECK_STATUS(f, GG_STATUS_DEADLINE_EXCEEDED);
    options = with_timeout(PATIENCE_NS);
    options.deadline_ns = 1; /* long ago */
    unary(f, &options, &request, &response);
    CHECK_STATUS(f, GG_STATUS_DEADLINE_EXCEEDED);
}

static void *cancel(void *stream)
{
    gg_stream_cancel(stream);
    return NULL;
}

static void test_cancel(fixture *f)
{
    Request request = { .mode = GG_STR("never") };
    gg_stream *stream = test_v1_StreamingClient_Down(f->channel, NULL, &request);
    gg_metadata headers;
    Response response;
    pthread_t thread;
    CHECK(f, gg_stream_headers(stream, &headers) == GG_OK);
    CHECK(f, pthread_create(&thread, NULL, cancel, stream) == 0);
    CHECK(f, test_v1_StreamingClient_Down_recv(stream, &response, f->arena) == GG_END);
    pthread_join(thread, NULL);
    gg_stream_finish(stream, f->arena, &f->status);
    CHECK_STATUS(f, GG_STATUS_CANCELLED);
    stream = test_v1_StreamingClient_Both(f->channel, NULL); /* at once */
    gg_stream_cancel(stream);
    gg_stream_cancel(stream);
    gg_stream_finish(stream, f->arena, &f->status);
    CHECK_STATUS(f, GG_STATUS_CANCELLED);
}

/* -- limits, malformed answers -- */

static void test_too_long(fixture *f)
{
    gg_call_options options = with_timeout(PATIENCE_NS);
    options.max_message_len = 1000;
    Response response;
    unary(f, &options, &(Request){ .payload = bytes_of(f, 2000) }, &response);
    CHECK_STATUS(f, GG_STATUS_RESOURCE_EXHAUSTED);
    CHECK(f, gg_str_eq(f->status.message, GG_STR("received message larger than max (2008 vs. 1000)")));
    unary(f, NULL, &(Request){ .payload = bytes_of(f, (4 << 20) - 100) }, &response);
    CHECK_STATUS(f, GG_STATUS_OK);
    CHECK(f, response.payload.len == (4 << 20) - 100);
    unary(f, NULL, &(Request){ .payload = bytes_of(f, 5 << 20) }, &response);
    CHECK_STATUS(f, GG_STATUS_RESOURCE_EXHAUSTED);
}

static void test_arena_spent(fixture *f)
{
    gg_arena *small = gg_arena_new(NULL, 8192);
    Response response;
    Request request = { .payload = bytes_of(f, 100000) };
    gg_status code = test_v1_StreamingClient_Unary(f->channel, NULL, &request, &response, small, NULL);
    CHECK(f, code == GG_STATUS_RESOURCE_EXHAUSTED);
    gg_arena_unref(small);
}

/* The response's first field is a string here, and it is no UTF-8. */
static void test_malformed(fixture *f)
{
    gg_method_type method = test_v1_Streaming_type.methods[0];
    method.output = &test_v1_WaitResponse_type;
    test_v1_WaitResponse response = { .ms = 0 };
    Request request = { .payload = GG_STR("\xff") };
    gg_client_unary(f->channel, &method, NULL, &request, &response, f->arena, &f->status);
    CHECK_STATUS(f, GG_STATUS_INTERNAL);
    request.message = GG_STR("\xff"); /* no UTF-8: it cannot be sent */
    gg_client_unary(f->channel, &test_v1_Streaming_type.methods[0], NULL, &request, &response, f->arena, &f->status);
    CHECK_STATUS(f, GG_STATUS_INTERNAL);
}

/* The client's table says one response message, the server sends another number of them. */
static void test_cardinality(fixture *f)
{
    gg_method_type method = test_v1_Streaming_type.methods[1];
    method.server_streaming = false;
    Response response = { .count = 0 };
    gg_client_unary(f->channel, &method, NULL, &(Request){ .count = 0 }, &response, f->arena, &f->status);
    CHECK_STATUS(f, GG_STATUS_UNIMPLEMENTED);
    gg_client_unary(f->channel, &method, NULL, &(Request){ .count = 2 }, &response, f->arena, &f->status);
    CHECK_STATUS(f, GG_STATUS_UNIMPLEMENTED);
}

/* -- the channel -- */

static void test_state(fixture *f)
{
    gg_channel *channel = another_channel(f, NULL);
    CHECK(f, gg_channel_state(channel) == (f->app != NULL ? GG_READY : GG_IDLE));
    gg_channel_connect(channel);
    CHECK(f, gg_channel_wait_for_state(channel, GG_READY, PATIENCE_NS));
    CHECK(f, gg_channel_wait_for_change(channel, GG_READY, 1) == GG_READY);
    CHECK(f, gg_channel_wait_for_change(channel, GG_IDLE, UINT64_MAX) == GG_READY);
    gg_channel_free(channel);
}

const test_case blocking_cases[] = {
    { "unary", test_unary, false, false },
    { "unary without status", test_unary_without_status, false, false },
    { "unary, raw", test_unary_raw, false, false },
    { "down", test_down, false, false },
    { "down, unread", test_down_unread, false, false },
    { "up", test_up, false, false },
    { "up, nothing", test_up_nothing, false, false },
    { "both", test_both, false, false },
    { "both at once", test_both_at_once, false, false },
    { "unknown method", test_unknown_method, true, false },
    { "metadata", test_metadata, false, false },
    { "user agent", test_user_agent, false, false },
    { "bad metadata", test_bad_metadata, false, false },
    { "status", test_status, false, false },
    { "details", test_details, true, false },
    { "status after messages", test_status_after_messages, false, false },
    { "early status", test_status_early, false, false },
    { "early headers", test_early_headers, false, false },
    { "deadline", test_deadline, false, false },
    { "cancel", test_cancel, false, false },
    { "too long", test_too_long, false, true },
    { "arena spent", test_arena_spent, false, false },
    { "malformed", test_malformed, false, false },
    { "cardinality", test_cardinality, false, false },
    { "state", test_state, false, false },
    { 0 },
};
