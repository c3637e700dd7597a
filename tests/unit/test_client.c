/* The public client with every allocation failing once: it ends, tells a status, and loses nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "failmalloc.h"
#include "gg/app.h"
#include "gg/channel.h"
#include "gg/tls.h"
#include "test/v1/streams_client.gg.h"

static gg_status both(gg_call *call, gg_stream_event event, const test_v1_StreamRequest *request)
{
    if (event == GG_STREAM_HALF_CLOSE)
        return GG_STATUS_OK;
    test_v1_StreamResponse response = { .count = 1 };
    if (event != GG_STREAM_MESSAGE)
        return GG_STATUS_PENDING;
    response.payload = request->payload;
    return test_v1_Streaming_Both_send(call, &response) == GG_OK ? GG_STATUS_PENDING : GG_STATUS_RESOURCE_EXHAUSTED;
}

static gg_status unary(gg_call *call, const test_v1_StreamRequest *request, test_v1_StreamResponse *response)
{
    response->payload = request->payload;
    return gg_call_set_trailer(call, GG_STR("x-t"), GG_STR("1")) == GG_OK ? GG_STATUS_OK : GG_STATUS_RESOURCE_EXHAUSTED;
}

static gg_channel *new_channel(const char *target, gg_app *app, gg_balancing balancing)
{
    gg_channel_options options;
    gg_channel_options_init(&options);
    options.balancing = balancing;
    return app != NULL ? gg_channel_in_process(app, &options, NULL) : gg_channel_new(target, &options, NULL);
}

/* Calls of both kinds; whether all went well. */
static bool call_all(gg_channel *channel)
{
    test_v1_StreamRequest request = { .payload = GG_STR("hello") };
    test_v1_StreamResponse response;
    gg_client_status status;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    if (arena == NULL)
        return false;
    bool ok = test_v1_StreamingClient_Unary(channel, NULL, &request, &response, arena, &status) == GG_STATUS_OK;
    gg_stream *stream = test_v1_StreamingClient_Both(channel, NULL);
    ok = ok && stream != NULL;
    for (int i = 0; stream != NULL && i < 3; i++) {
        bool sent = test_v1_StreamingClient_Both_send(stream, &request) == GG_OK;
        ok = sent && test_v1_StreamingClient_Both_recv(stream, &response, arena) == GG_OK &&
            gg_str_eq(response.payload, request.payload) && ok;
    }
    if (stream != NULL)
        ok = gg_stream_finish(stream, arena, &status) == GG_STATUS_OK && ok;
    gg_arena_unref(arena);
    return ok;
}

static gg_app *new_app(void)
{
    gg_app *app = gg_app_new("test");
    assert_int_equal(test_v1_Streaming_register(app, &(test_v1_Streaming){ .Unary = unary, .Both = both }, NULL),
        GG_OK);
    return app;
}

static void test_new(void **state)
{
    (void)state;
    for (size_t n = 0;; n++) {
        gg_app *app = new_app();
        gg_fail_after(n);
        gg_channel *channel = new_channel(NULL, app, GG_PICK_FIRST);
        bool failed = gg_fail_happened();
        gg_fail_after(SIZE_MAX);
        assert_true(channel != NULL || failed);
        if (channel != NULL) {
            assert_true(call_all(channel));
        }
        gg_channel_free(channel);
        gg_app_free(app);
        if (!failed)
            break;
    }
}

static void test_in_process(void **state)
{
    (void)state;
    gg_app *app = new_app();
    for (size_t n = 0;; n++) {
        gg_channel *channel = new_channel(NULL, app, GG_PICK_FIRST);
        gg_fail_after(n);
        bool ok = call_all(channel), failed = gg_fail_happened();
        gg_fail_after(SIZE_MAX);
        assert_true(ok || failed);
        gg_channel_free(channel);
        if (!failed)
            break;
    }
    gg_app_free(app);
}

/* Nobody listens there. */
static void test_connecting(void **state)
{
    static const char *const targets[] = { "127.0.0.1:1", "ipv4:127.0.0.1:1,127.0.0.1:2", "unix:/nowhere/at/all" };
    (void)state;
    for (size_t i = 0; i < 6; i++)
        for (size_t n = 0;; n++) {
            gg_fail_after(n);
            gg_channel *channel = new_channel(targets[i / 2], NULL, i % 2 == 0 ? GG_PICK_FIRST : GG_ROUND_ROBIN);
            bool ok = channel != NULL && call_all(channel), failed = gg_fail_happened();
            gg_fail_after(SIZE_MAX);
            assert_false(ok);
            assert_true(channel != NULL || failed);
            gg_channel_free(channel);
            if (!failed)
                break;
        }
}

/* -- options -- */

static void refused(const char *target, const gg_channel_options *options, const char *wanted)
{
    char why[GG_WHY_LEN] = "";
    assert_null(gg_channel_new(target, options, why));
    assert_string_equal(why, wanted);
    assert_null(gg_channel_new(target, options, NULL));
}

/* Asking for more than there is gives no channel, above all none in plain text instead of TLS. */
static void test_refused(void **state)
{
    (void)state;
    gg_channel_options options;
    gg_channel_options_init(&options);
    gg_tls_client_config config;
    gg_tls_client_config_init(&config);
    options.tls_config = &config;
    refused("127.0.0.1:1", &options, "tls_config is given without tls");
    refused(NULL, NULL, "missing port");
    refused("ipv4:a:1", NULL, "not a numeric IPv4 address");
    refused("unix:", NULL, "missing path");
    char why[GG_WHY_LEN];
    assert_null(gg_channel_in_process(NULL, NULL, why));
    assert_string_equal(why, "out of memory");
}

/* A program that was built with an older, shorter struct: members that it has not are the default. */
static void test_older_options(void **state)
{
    (void)state;
    gg_app *app = new_app();
    gg_channel_options options;
    memset(&options, 0xff, sizeof options);
    options.size = offsetof(gg_channel_options, user_agent);
    gg_channel *channel = gg_channel_in_process(app, &options, NULL);
    assert_non_null(channel);
    assert_int_equal(gg_channel_state(channel), GG_READY);
    gg_call_options call;
    memset(&call, 0xff, sizeof call);
    call.size = offsetof(gg_call_options, timeout_ns);
    test_v1_StreamRequest request = { .count = 0 };
    test_v1_StreamResponse response;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    assert_int_equal(test_v1_StreamingClient_Unary(channel, &call, &request, &response, arena, NULL), GG_STATUS_OK);
    gg_arena_unref(arena);
    gg_channel_free(channel);
    gg_app_free(app);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new),
        cmocka_unit_test(test_in_process),
        cmocka_unit_test(test_connecting),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_older_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
