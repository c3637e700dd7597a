/* test_dispatch.c -- which front takes an exchange, seen by how it is answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fake_exchange.h"
#include "gateway/dispatch.h"
#include "grpc/server.h"
#include "rule_options.h"
#include "sample_types.h"

static gg_status echo(gg_call *call, gg_str request, gg_str *response)
{
    (void)call;
    *response = request;
    return GG_STATUS_OK;
}

static const struct {
    const char *method, *path, *headers;
    gg_http_version version;
    const char *want; /* the start of the response */
} rows[] = {
    { "GET", "/ping", "", GG_HTTP_1_1, "200\ncontent-type: application/json\n" },
    { "GET", "/ping", "content-type: application/json\n", GG_HTTP_2, "200\ncontent-type: application/json\n" },
    { "POST", "/sample.v1.Samples/Ping", "content-type: application/grpc\n", GG_HTTP_2,
        "200\ncontent-type: application/grpc" },
    { "POST", "/sample.v1.Samples/Ping", "content-type: application/grpc+proto\n", GG_HTTP_1_1,
        "505\ncontent-type: text/plain" },
    { "POST", "/anything", "content-type: application/grpc\n", GG_HTTP_1_0, "505\n" },
    { "POST", "/sample.v1.Samples/Ping", "content-type: application/json\n", GG_HTTP_2,
        "415\ncontent-type: text/plain; charset=utf-8\n" },
    { "POST", "/sample.v1.Samples/Ping", "", GG_HTTP_1_1, "415\ncontent-type: text/plain; charset=utf-8\n" },
    { "GET", "/sample.v1.Samples/Ping", "", GG_HTTP_2, "404\n" },
    { "POST", "/sample.v1.Samples/Own", "content-type: application/json\n", GG_HTTP_2, "200\n" }, /* a route as well */
    { "POST", "/sample.v1.Samples/Nothing", "", GG_HTTP_2, "404\n" },
    { "POST", "/ping", "", GG_HTTP_1_1, "405\nallow: GET, HEAD\n" },
};

static void test_rows(void **state)
{
    (void)state;
    static const test_rule rules[] = { { "GET", "/ping", NULL, NULL },
        { "POST", "/sample.v1.Samples/Own", "*", NULL } };
    static const char *const names[] = { "/sample.v1.Samples/Ping", "/sample.v1.Samples/Own" };
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_service_type service = { .name = GG_STR("sample.v1.Samples") };
    gg_method_type types[2];
    gg_server server;
    gg_routes *routes = gg_routes_new(NULL, NULL);
    assert_int_equal(gg_server_init(&server), GG_OK);
    for (size_t i = 0; i < 2; i++) {
        types[i] = (gg_method_type){ .path = gg_str_from(names[i]),
            .input = &sample_Everything_type,
            .output = &sample_Everything_type,
            .options = test_rule_options(&rules[i], 1, arena) };
        gg_method method = { .service = &service, .type = &types[i], .raw = echo };
        assert_int_equal(gg_server_add_method(&server, &method), GG_OK);
        assert_int_equal(gg_routes_add_method(routes, &service, &types[i]), GG_OK);
    }
    assert_int_equal(gg_routes_freeze(routes), GG_OK);
    gg_inproc_channel channel;
    gg_inproc_channel_init(&channel, &server, NULL);
    gg_compressor compressor = { 0 };
    gg_fronts fronts = {
        .grpc = { .channel = &channel.base,
            .max_message_len = 1 << 20,
            .max_response_len = 1 << 20,
            .compressor = &compressor },
        .rest = { .channel = &channel.base, .routes = routes, .unescape = GG_UNESCAPE_ALL_EXCEPT_RESERVED },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static fake_exchange fake;
        memset(&fake, 0, sizeof fake);
        gg_http_limits_init(&fake.limits);
        assert_int_equal(fake_exchange_open(&fake, rows[i].method, rows[i].path, rows[i].headers, GG_STR("")), GG_OK);
        fake.x->version = rows[i].version;
        gg_fronts_request(&fronts, fake.x);
        fake_exchange_feed(&fake, 0);
        if (!fake.whole || strncmp(fake.response, rows[i].want, strlen(rows[i].want)) != 0)
            fail_msg("%s %s %s: got \"%s\"", rows[i].method, rows[i].path, rows[i].headers, fake.response);
    }
    gg_compressor_deinit(&compressor);
    gg_routes_free(routes);
    gg_server_deinit(&server);
    gg_arena_unref(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
