/* test_rest.c -- the REST front between an exchange and a channel (rest_service.h), both made here.
 *
 * Every row runs with its body whole, byte by byte, with a peer that reads three bytes at a time, and with
 * every allocation failing.  The leak checker sees to it that each exchange is released, once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "failmalloc.h"
#include "fake_exchange.h"
#include "rest_service.h"

/* -- rows -- */

#define JSON "content-type: application/json\n\n"
#define BAD "400\n" JSON "{\"code\":3,\"message\":\""
#define INTERNAL "500\n" JSON "{\"code\":13,\"message\":\""
#define META_HEADERS "grpc-metadata-x-id: 7\ngrpc-metadata-x-raw-bin: YQBi\nlocation: /here\n"

static const struct {
    const char *method, *target, *headers, *body;
    const char *want; /* the response, or its start where it ends in "..." */
} rows[] = {
    { "POST", "/echo", "", "{\"fString\":\"a\",\"rInt32\":[1,2]}",
        "200\n" JSON "{\"fString\":\"a\",\"rInt32\":[1,2]}" },
    { "POST", "/echo", "", "{\"f_string\":\"a\"} \r\n", "200\n" JSON "{\"fString\":\"a\"}" },
    { "POST", "/echo", "content-type: text/plain\n", "{}", "200\n" JSON "{}" },
    { "POST", "/echo", "", "", "200\n" JSON "{}" },
    { "POST", "/echo", "", " \n", "200\n" JSON "{}" },
    { "POST", "/echo?f_string=x", "", "{}", "200\n" JSON "{}" },
    { "PUT", "/echo/5/x?f_string=q", "", "{\"id\":2}",
        "200\n" JSON "{\"fString\":\"q\",\"fSint32\":5,\"fInner\":{\"id\":2,\"label\":\"x\"}}" },
    { "GET", "/wire/a%2Fb/c%20d?r_int32=1&r_int32=2", "", "",
        "200\n" JSON "{\"fString\":\"a%2Fb/c d\",\"rInt32\":[1,2]}" },
    { "GET", "/wire/x", "", "ignored", "200\n" JSON "{\"fString\":\"x\"}" },
    { "POST", "/created", "", "[1,2]", "201\n" JSON "[1,2]" },
    { "DELETE", "/things/7", "", "", "204\n\n" },
    { "POST", "/busy", "", "\"text\"", "200\n" JSON "\"text\"" },
    { "HEAD", "/wire/x", "", "", "200\n" JSON "{\"fString\":\"x\"}" }, /* the source leaves the body out */
    { "GET", "/meta", "", "", "200\n" META_HEADERS JSON "{}" },
    { "GET", "/meta", "te: trailers\n", "",
        "200\n" META_HEADERS "trailer: grpc-trailer-x-cost\n" JSON "{}\n\ngrpc-trailer-x-cost: 3\n" },
    /* not to be found, or not so */
    { "GET", "/nothing", "", "", "404\n" JSON "{\"code\":5,\"message\":\"Not Found\",\"details\":[]}" },
    { "GET", "/echo", "", "",
        "405\nallow: POST\n" JSON "{\"code\":12,\"message\":\"Method Not Allowed\",\"details\":[]}" },
    { "OPTIONS", "/meta", "", "",
        "405\nallow: GET, HEAD\n" JSON "{\"code\":12,\"message\":\"Method Not Allowed\",\"details\":[]}" },
    { "GET", "/wire/%zz", "", "", BAD "malformed path..." },
    { "GET", "/stream", "", "",
        "501\n" JSON "{\"code\":12,\"message\":\"streaming over REST is not supported yet\"..." },
    { "GET", "/unknown", "", "", "501\n" JSON "{\"code\":12,\"message\":\"unknown method\",\"details\":[]}" },
    /* bad requests */
    { "POST", "/echo", "", "{\"fInt32\":\"x\"}", BAD "line 1, column 11: fInt32: expected ..." },
    { "POST", "/echo", "", "{\n\"fString\":1}", BAD "line 2, column 11: fString: expected ..." },
    { "POST", "/echo", "", "{", BAD "line 1, column 2: ..." },
    { "POST", "/echo", "", "{}{}", BAD "line 1, column 3: ..." },
    { "POST", "/echo", "", "[]", BAD "line 1, column 1: ..." },
    { "POST", "/created", "", "[1,\"x\"]", BAD "line 1, column 4: rInt32[1]: expected ..." },
    { "PUT", "/echo/abc/x", "", "{}", BAD "type mismatch, parameter: f_sint32: expected ..." },
    { "GET", "/meta?f_sint32=abc", "", "", BAD "type mismatch, parameter: f_sint32: expected ..." },
    { "GET", "/meta?f_string=a;b", "", "", BAD "invalid semicolon separator..." },
    { "GET", "/meta", "grpc-timeout: soon\n", "", BAD "invalid grpc-timeout\"..." },
    { "GET", "/meta", "grpc-timeout: -1S\n", "", "504\n" JSON "{\"code\":4,..." },
    { "GET", "/meta", "grpc-metadata-x-bin: !!\n", "", BAD "a header whose name ends in -bin is not base64..." },
    { "POST", "/echo", "", "\"more than the sixty-four bytes that are allowed in this test, by a little\"",
        "413\n" JSON "{\"code\":8,\"message\":\"the request body is larger than 64 bytes\",\"details\":[]}" },
    { "GET", "/meta", "", "more than the sixty-four bytes that are allowed in this test, although ignored",
        "413\n" JSON "{\"code\":8..." },
    /* statuses */
    { "GET", "/fail", "", "",
        "404\n" META_HEADERS JSON "{\"code\":5,\"message\":\"no \\\"such\\\" thing\","
        "\"details\":[{\"@type\":\"t/x.Y\",\"value\":\"YWI=\"}]}" },
    { "GET", "/fail", "te: gzip, Trailers\n", "",
        "404\n" META_HEADERS "trailer: grpc-trailer-x-cost\n" JSON "{\"code\":5,\"message\":\"no \\\"such\\\" thing\","
        "\"details\":[{\"@type\":\"t/x.Y\",\"value\":\"YWI=\"}]}\n\ngrpc-trailer-x-cost: 3\n" },
    { "GET", "/deny", "", "",
        "401\ncontent-type: application/json\nwww-authenticate: Bearer realm=\"x\" \n\n"
        "{\"code\":16,\"message\":\"Bearer realm=\\\"x\\\"\\n\",\"details\":[]}" },
    { "GET", "/silent", "", "", INTERNAL "the call ended without a response\"..." },
    { "GET", "/twice", "", "", INTERNAL "a second response to a unary call\"..." },
    { "GET", "/garbage", "", "", INTERNAL "the response cannot be read: ..." },
    { "GET", "/badtime", "", "",
        INTERNAL "the response has a value that JSON cannot hold: at: expected a time such as..." },
};

static bool is_wanted(const char *got, const char *want)
{
    size_t len = strlen(want);
    bool start_only = len > 3 && strcmp(want + len - 3, "...") == 0;
    return start_only ? strncmp(got, want, len - 3) == 0 : strcmp(got, want) == 0;
}

/* One row; true if it ran to an answer: the right one, or (with an allocation failing) 429. */
static bool run_row(rest_service *f, size_t i, size_t piece, size_t high_water)
{
    static fake_exchange fake;
    gg_rest_front front = rest_service_front(f);
    gg_str body = gg_str_from(rows[i].body);
    memset(&fake, 0, sizeof fake);
    gg_http_limits_init(&fake.limits);
    fake.limits.body_bytes = 64;
    fake.high_water = high_water;
    if (fake_exchange_open(&fake, rows[i].method, rows[i].target, rows[i].headers, body) != GG_OK)
        return false;
    gg_rest_front_request(&front, fake.x);
    fake_exchange_run(&fake);
    fake_exchange_feed(&fake, piece);
    assert_null(fake.x);
    assert_true(fake.whole && !fake.was_reset);
    bool right = is_wanted(fake.response, rows[i].want);
    bool out_of_memory = strncmp(fake.response, "429\n", 4) == 0;
    if (!right && !(gg_fail_happened() && out_of_memory))
        fail_msg("%s %s: got \"%s\", want \"%s\"", rows[i].method, rows[i].target, fake.response, rows[i].want);
    return true;
}

static void test_rows(void **state)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        run_row(*state, i, 0, 0);
        run_row(*state, i, 1, 3);
        for (size_t piece = 2; piece < strlen(rows[i].body); piece++)
            run_row(*state, i, piece, 0);
    }
}

static void test_no_memory(void **state)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t n = 0;; n++) {
            gg_fail_after(n);
            run_row(*state, i, 1, 0);
            bool failed = gg_fail_happened();
            gg_fail_after(SIZE_MAX);
            if (!failed)
                break;
        }
}

/* -- single cases -- */

static void open_request(fake_exchange *fake, rest_service *f, gg_rest_front *front, const char *method,
    const char *target, const char *headers, const char *body)
{
    *front = rest_service_front(f);
    memset(fake, 0, sizeof *fake);
    gg_http_limits_init(&fake->limits);
    fake->sched.now_ns = 0;
    assert_int_equal(fake_exchange_open(fake, method, target, headers, gg_str_from(body)), GG_OK);
}

static void test_metadata(void **state)
{
    static const struct {
        const char *headers, *want;
    } cases[] = {
        { "", "x-forwarded-host=example.com\nx-forwarded-for=192.0.2.1\n" },
        { "host: a\nuser-agent: curl\naccept: */*\naccept-encoding: br\nx-other: 1\n",
            "grpcgateway-user-agent=curl\ngrpcgateway-accept=*/*\nx-forwarded-host=example.com\n"
            "x-forwarded-for=192.0.2.1\n" },
        { "authorization: Bearer x\n",
            "grpcgateway-authorization=Bearer x\nauthorization=Bearer x\nx-forwarded-host=example.com\n"
            "x-forwarded-for=192.0.2.1\n" },
        { "grpc-metadata-x-id: 7\ngrpc-metadata-x-bin: YWI\ngrpc-metadata-x-id: 8\n",
            "x-id=7\nx-bin=ab\nx-id=8\nx-forwarded-host=example.com\nx-forwarded-for=192.0.2.1\n" },
        { "grpc-metadata-authorization: x\ngrpc-metadata-x-forwarded-for: 1.2.3.4\ngrpc-metadata-te: x\n"
          "grpc-metadata-grpc-timeout: 1S\ngrpc-metadata-grpcgateway-cookie: x\ngrpc-metadata-host: x\n"
          "grpc-metadata-content-type: x\ngrpc-metadata-: x\ngrpc-metadata-a!: x\ngrpc-metadata-b: \xc3\xa4\n",
            "x-forwarded-host=example.com\nx-forwarded-for=192.0.2.1\n" },
        { "x-forwarded-for: 10.0.0.1\nx-forwarded-for: 10.0.0.2, 10.0.0.3\nx-forwarded-host: front\n",
            "x-forwarded-host=front\nx-forwarded-for=10.0.0.1, 10.0.0.2, 10.0.0.3, 192.0.2.1\n" },
    };
    rest_service *f = *state;
    static fake_exchange fake;
    gg_rest_front front;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        open_request(&fake, f, &front, "GET", "/meta", cases[i].headers, "");
        gg_rest_front_request(&front, fake.x);
        fake_exchange_feed(&fake, 0);
        if (strcmp(f->metadata, cases[i].want) != 0)
            fail_msg("%s: got \"%s\"", cases[i].headers, f->metadata);
    }
}

/* Lambda's own fields pass from an event; nobody else may set them.  Its gateway has noted the client's address. */
static void test_event_metadata(void **state)
{
    static const char headers[] = "lambda-runtime-trace-id: Root=1\ngrpc-metadata-lambda-runtime-aws-request-id: x\n"
                                  "x-forwarded-for: 10.0.0.1\n";
    rest_service *f = *state;
    static fake_exchange fake;
    gg_rest_front front;
    open_request(&fake, f, &front, "GET", "/meta", headers, "");
    fake.x->version = GG_HTTP_EVENT;
    gg_rest_front_request(&front, fake.x);
    fake_exchange_feed(&fake, 0);
    assert_string_equal(f->metadata,
        "lambda-runtime-trace-id=Root=1\nx-forwarded-host=example.com\nx-forwarded-for=10.0.0.1\n");
    open_request(&fake, f, &front, "GET", "/meta", headers, "");
    gg_rest_front_request(&front, fake.x);
    fake_exchange_feed(&fake, 0);
    assert_string_equal(f->metadata, "x-forwarded-host=example.com\nx-forwarded-for=10.0.0.1, 192.0.2.1\n");
}

/* Every header of the fixed list gets its prefix, and no other. */
static void test_permanent_headers(void **state)
{
    static const char *const names[] = { "accept", "accept-charset", "accept-language", "accept-ranges",
        "authorization", "cache-control", "content-type", "cookie", "date", "expect", "from", "if-match",
        "if-modified-since", "if-none-match", "if-schedule-tag-match", "if-unmodified-since", "max-forwards", "origin",
        "pragma", "referer", "user-agent", "via", "warning" };
    static const char *const others[] = { "a", "accepts", "range", "te", "traceparent", "x-forwarded-proto", "vib" };
    rest_service *f = *state;
    static fake_exchange fake;
    gg_rest_front front;
    char header[64], want[64];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(header, sizeof header, "%s: v\n", names[i]);
        snprintf(want, sizeof want, "grpcgateway-%s=v\n", names[i]);
        open_request(&fake, f, &front, "GET", "/meta", header, "");
        gg_rest_front_request(&front, fake.x);
        fake_exchange_feed(&fake, 0);
        if (strncmp(f->metadata, want, strlen(want)) != 0)
            fail_msg("%s: got \"%s\"", names[i], f->metadata);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        snprintf(header, sizeof header, "%s: v\n", others[i]);
        open_request(&fake, f, &front, "GET", "/meta", header, "");
        gg_rest_front_request(&front, fake.x);
        fake_exchange_feed(&fake, 0);
        assert_null(strstr(f->metadata, "=v\n"));
    }
}

static void test_deadlines(void **state)
{
    static const struct {
        const char *header;
        uint64_t of_source, want;
    } cases[] = { { "", UINT64_MAX, UINT64_MAX }, { "grpc-timeout: 0S\n", UINT64_MAX, UINT64_MAX },
        { "grpc-timeout: 100m\n", UINT64_MAX, 100000000 }, { "grpc-timeout: 2S\n", UINT64_MAX, 2000000000 },
        { "grpc-timeout: 1H\n", UINT64_MAX, 3600000000000 }, { "grpc-timeout: 3u\n", UINT64_MAX, 3000 },
        { "grpc-timeout: 99999999999999999999H\n", UINT64_MAX, UINT64_MAX },
        { "grpc-timeout: 9000000000000H\n", UINT64_MAX, UINT64_MAX }, { "", 5000, 5000 },
        { "grpc-timeout: 0S\n", 5000, 5000 }, { "grpc-timeout: 3u\n", 5000, 3000 },
        { "grpc-timeout: 9u\n", 5000, 5000 }, { "grpc-timeout: 9000000000000H\n", 5000, 5000 } };
    rest_service *f = *state;
    static fake_exchange fake;
    gg_rest_front front;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        open_request(&fake, f, &front, "GET", "/meta", cases[i].header, "");
        fake.x->deadline_ns = cases[i].of_source;
        gg_rest_front_request(&front, fake.x);
        fake_exchange_feed(&fake, 0);
        assert_true(f->deadline_ns == cases[i].want);
    }
}

/* A response above its limit is an error, one of the exact length is not. */
static void test_response_limit(void **state)
{
    rest_service *f = *state;
    for (size_t over = 0; over < 2; over++) {
        static fake_exchange fake;
        gg_rest_front front;
        open_request(&fake, f, &front, "POST", "/created", "", "[1,2]");
        fake.limits.response_bytes = sizeof "[1,2]" - 1 - over;
        gg_rest_front_request(&front, fake.x);
        fake_exchange_feed(&fake, 0);
        assert_true(strncmp(fake.response, over ? "429\n" : "201\n", 4) == 0);
    }
}

/* A body that says it is too large is refused before it comes; one of the exact length passes. */
static void test_content_length(void **state)
{
    rest_service *f = *state;
    static fake_exchange fake;
    gg_rest_front front;
    open_request(&fake, f, &front, "POST", "/echo", "", "{}");
    fake.x->content_length = fake.limits.body_bytes + 1;
    gg_rest_front_request(&front, fake.x);
    assert_null(fake.x);
    assert_true(strncmp(fake.response, "413\n", 4) == 0);
    open_request(&fake, f, &front, "POST", "/echo", "", "{}");
    fake.limits.body_bytes = 2;
    fake.x->content_length = 2;
    gg_rest_front_request(&front, fake.x);
    fake_exchange_feed(&fake, 0);
    assert_int_equal(fake.consumed, 2);
    assert_true(strncmp(fake.response, "200\n", 4) == 0);
}

/* The peer goes away at each point: no call, or one that is canceled and still ends the exchange. */
static void test_abort(void **state)
{
    rest_service *f = *state;
    static fake_exchange fake;
    gg_rest_front front;
    open_request(&fake, f, &front, "POST", "/echo", "", "{\"fString\":");
    gg_rest_front_request(&front, fake.x);
    size_t calls = f->calls;
    gg_exchange_on_body(fake.x, fake.body);
    fake_exchange_abort(&fake);
    assert_int_equal(f->calls, calls);

    size_t canceled = f->canceled;
    open_request(&fake, f, &front, "GET", "/hang", "", "");
    gg_rest_front_request(&front, fake.x);
    fake_exchange_feed(&fake, 0);
    assert_non_null(fake.x);
    fake_exchange_abort(&fake);
    fake_exchange_run(&fake);
    assert_int_equal(f->canceled, canceled + 1);
    assert_int_equal(fake.response_len, 0);
}

/* Parameters that name no field: ignored, unless the front is told otherwise. */
static void test_unknown_query(void **state)
{
    rest_service *f = *state;
    static fake_exchange fake;
    gg_rest_front front;
    for (int reject = 0; reject < 2; reject++) {
        open_request(&fake, f, &front, "GET", "/meta?nothing=1", "", "");
        front.reject_unknown_query = reject != 0;
        gg_rest_front_request(&front, fake.x);
        fake_exchange_feed(&fake, 0);
        assert_true(strncmp(fake.response, reject ? "400\n" : "200\n", 4) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_event_metadata),
        cmocka_unit_test(test_permanent_headers),
        cmocka_unit_test(test_deadlines),
        cmocka_unit_test(test_response_limit),
        cmocka_unit_test(test_content_length),
        cmocka_unit_test(test_abort),
        cmocka_unit_test(test_unknown_query),
    };
    return cmocka_run_group_tests(tests, rest_service_set_up, rest_service_tear_down);
}
