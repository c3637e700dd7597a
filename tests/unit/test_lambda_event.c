/* test_lambda_event.c -- events to requests: each row whole, cut at every byte, and with every allocation failing.
 *
 * A request is shown as "METHOD target", "scheme authority peer", its fields, an empty line, its body; an event that
 * is refused as "! why". */
#include "failmalloc.h"
#include "lambda/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SHOWN_LEN = 4096, EVENT_LEN = 16 * 1024 };

typedef struct row {
    const char *what, *event, *want;
} row;

/* The rest of an event; %s is not needed: rows are literals put together. */
#define REST(members) "{\"resource\":\"/{proxy+}\",\"httpMethod\":\"GET\"," members "}"
#define API_1(members) "{\"version\":\"1.0\",\"resource\":\"/{proxy+}\",\"httpMethod\":\"GET\"," members "}"
#define API_2(members, http, context) \
    "{\"version\":\"2.0\"," members ",\"requestContext\":{\"http\":{\"method\":\"GET\"" http "}" context "}}"
#define CONTEXT_1(stage, domain) "\"requestContext\":{\"stage\":\"" stage "\",\"domainName\":\"" domain "\"}"
#define CONTEXT_2(stage, domain) ",\"stage\":\"" stage "\",\"domainName\":\"" domain "\""
#define API_DOMAIN "abc.execute-api.eu-west-1.amazonaws.com"
#define URL_DOMAIN "abc.lambda-url.eu-west-1.on.aws"
#define NOBODY "https  lambda\n\n"
#define API_NOBODY "https " API_DOMAIN " lambda\n\n"

/* clang-format off */
static const row rows[] = {
    /* what is optional may be absent or null */
    { "REST, the least", REST("\"path\":\"/a\""), "GET /a\n" NOBODY },
    { "REST, all null", REST("\"path\":\"/a\",\"headers\":null,\"multiValueHeaders\":null,\"queryStringParameters\":null,"
      "\"multiValueQueryStringParameters\":null,\"body\":null,\"isBase64Encoded\":null,\"requestContext\":null"),
      "GET /a\n" NOBODY },
    { "2.0, the least", API_2("\"rawPath\":\"/a\"", "", ""), "GET /a\n" NOBODY },
    { "2.0, all null", API_2("\"rawPath\":\"/a\",\"rawQueryString\":null,\"headers\":null,\"cookies\":null,\"body\":null,"
      "\"queryStringParameters\":null", ",\"sourceIp\":null", ",\"stage\":null,\"domainName\":null"), "GET /a\n" NOBODY },
    { "members in any order", "{\"requestContext\":{\"http\":{\"sourceIp\":\"1.2.3.4\",\"method\":\"PUT\"}},\"rawPath\":\"/a\","
      "\"version\":\"2.0\"}", "PUT /a\nhttps  1.2.3.4\n\n" },
    { "no path", API_2("\"routeKey\":\"$default\"", "", ""), "GET /\n" NOBODY },
    { "unknown members are passed over", REST("\"path\":\"/a\",\"stageVariables\":{\"path\":\"/b\",\"x\":[1,{\"y\":null}]},"
      "\"requestContext\":{\"path\":\"/prod/a\",\"identity\":{\"sourceIp\":\"1.2.3.4\",\"path\":5},\"httpMethod\":\"PUT\"}"),
      "GET /a\nhttps  1.2.3.4\n\n" },

    /* paths */
    { "REST: as it is, escapes too", REST("\"path\":\"/a%20b/c%2Fd\""), "GET /a%20b/c%2Fd\n" NOBODY },
    { "REST: the stage is not in the path", REST("\"path\":\"/live/a\"," CONTEXT_1("live", API_DOMAIN)),
      "GET /live/a\n" API_NOBODY },
    { "HTTP API: what was decoded is coded again", API_2("\"rawPath\":\"/a b/\\u00e9#?%/%2F%zz\"", "", ""),
      "GET /a%20b/%C3%A9%23%3F%25/%2F%25zz\n" NOBODY },
    { "an escape cut by the end", API_2("\"rawPath\":\"/a%2\"", "", ""), "GET /a%252\n" NOBODY },
    { "1.0: the same", API_1("\"path\":\"/a b\""), "GET /a%20b\n" NOBODY },
    { "HTTP API, named stage", API_2("\"rawPath\":\"/dev/a\"", "", CONTEXT_2("dev", API_DOMAIN)), "GET /a\n" API_NOBODY },
    { "1.0, named stage", API_1("\"path\":\"/dev/a\"," CONTEXT_1("dev", API_DOMAIN)), "GET /a\n" API_NOBODY },
    { "the stage alone", API_2("\"rawPath\":\"/dev\"", "", CONTEXT_2("dev", API_DOMAIN)), "GET /\n" API_NOBODY },
    { "the stage, once", API_2("\"rawPath\":\"/dev/dev/a\"", "", CONTEXT_2("dev", API_DOMAIN)), "GET /dev/a\n" API_NOBODY },
    { "not in the midst of a segment", API_2("\"rawPath\":\"/development\"", "", CONTEXT_2("dev", API_DOMAIN)),
      "GET /development\n" API_NOBODY },
    { "not without the stage", API_2("\"rawPath\":\"/a\"", "", CONTEXT_2("dev", API_DOMAIN)), "GET /a\n" API_NOBODY },
    { "$default is no prefix", API_2("\"rawPath\":\"/$default/a\"", "", CONTEXT_2("$default", API_DOMAIN)),
      "GET /$default/a\n" API_NOBODY },
    { "not on a domain of one's own", API_2("\"rawPath\":\"/dev/a\"", "", CONTEXT_2("dev", "api.example.com")),
      "GET /dev/a\nhttps api.example.com lambda\n\n" },
    { "function URL: as it is", API_2("\"rawPath\":\"/a%20b\"", "", CONTEXT_2("$default", URL_DOMAIN)),
      "GET /a%20b\nhttps " URL_DOMAIN " lambda\n\n" },

    /* queries */
    { "2.0: as sent", API_2("\"rawPath\":\"/a\",\"rawQueryString\":\"x=a+b&x=%2B&e=\",\"queryStringParameters\":{\"x\":\"a b,+\"}", "", ""),
      "GET /a?x=a+b&x=%2B&e=\n" NOBODY },
    { "1.0: decoded pairs are coded again", REST("\"path\":\"/a\",\"queryStringParameters\":{\"x\":\"two\"},"
      "\"multiValueQueryStringParameters\":{\"x\":[\"one\",\"two\"],\"p&q\":[\"a b+c%20=\\u00e9\"],\"e\":[\"\"]}"),
      "GET /a?x=one&x=two&p%26q=a%20b%2Bc%2520%3D%C3%A9&e=\n" NOBODY },
    { "1.0: single values, if there are no lists", REST("\"path\":\"/a\",\"queryStringParameters\":{\"x.y\":\"1\",\"n\":null}"),
      "GET /a?x.y=1\n" NOBODY },

    /* header fields */
    { "lists win over single values", REST("\"path\":\"/\",\"headers\":{\"A\":\"2\",\"B\":\"3\"},"
      "\"multiValueHeaders\":{\"A\":[\"1\",\"2\"],\"B\":[\"3\"]}"), "GET /\nhttps  lambda\na: 1\na: 2\nb: 3\n\n" },
    { "host, scheme, and source", REST("\"path\":\"/\",\"headers\":{\"Host\":\"h:1\",\"X-Forwarded-Proto\":\"http\"},"
      "\"requestContext\":{\"domainName\":\"d\",\"identity\":{\"sourceIp\":\"2001:db8::1\"}}"),
      "GET /\nhttp h:1 2001:db8::1\nhost: h:1\nx-forwarded-proto: http\n\n" },
    { "joined values are not split", API_2("\"rawPath\":\"/\",\"headers\":{\"accept\":\"a/b,c/d\"}", "", ""),
      "GET /\nhttps  lambda\naccept: a/b,c/d\n\n" },
    { "trimmed", API_2("\"rawPath\":\"/\",\"headers\":{\"a\":\" \\tb c \"}", "", ""), "GET /\nhttps  lambda\na: b c\n\n" },
    { "what is no field is dropped", API_2("\"rawPath\":\"/\",\"headers\":{\"\":\"1\",\"a b\":\"1\",\"\\u00e9\":\"1\","
      "\"x\":\"1\\r\\nevil: 2\",\"y\":\"\\u0000\",\"n\":null,\"z\":\"1\"}", "", ""), "GET /\nhttps  lambda\nz: 1\n\n" },
    { "what is about the connection is dropped, and forgeries", API_2("\"rawPath\":\"/\",\"headers\":{\"connection\":\"x\","
      "\"content-length\":\"9\",\"te\":\"trailers\",\"transfer-encoding\":\"chunked\",\"Lambda-Runtime-Trace-Id\":\"x\","
      "\"x-amz-tenant-id\":\"x\",\"X-Amzn-Request-Context\":\"x\",\"a\":\"1\"}", "", ""),
      "GET /\nhttps  lambda\na: 1\n\n" },
    { "cookies apart", API_2("\"rawPath\":\"/\",\"cookies\":[\"a=1\",\"b=2\"],\"headers\":{\"x\":\"1\"}", "", ""),
      "GET /\nhttps  lambda\nx: 1\ncookie: a=1; b=2\n\n" },
    { "a function URL's cookies come twice", API_2("\"rawPath\":\"/\",\"cookies\":[\"a=1\",\"b=2\"],\"headers\":{\"cookie\":\"a=1; b=2\"}",
      "", CONTEXT_2("$default", URL_DOMAIN)), "GET /\nhttps " URL_DOMAIN " lambda\ncookie: a=1; b=2\n\n" },
    { "bad cookies are dropped", API_2("\"rawPath\":\"/\",\"cookies\":[\"a=\\n\",\"b=2\",\"c=\\u0001\"]", "", ""),
      "GET /\nhttps  lambda\ncookie: b=2\n\n" },
    { "and only bad ones", API_2("\"rawPath\":\"/\",\"cookies\":[\"a=\\n\"]", "", ""), "GET /\n" NOBODY },

    /* bodies */
    { "text", REST("\"path\":\"/\",\"body\":\"{\\\"a\\\":\\\"\\u00e9\\\\n\\\"}\""), "GET /\n" NOBODY "{\"a\":\"\xc3\xa9\\n\"}" },
    { "base64", REST("\"path\":\"/\",\"body\":\"aGk=\",\"isBase64Encoded\":true"), "GET /\n" NOBODY "hi" },
    { "an empty body, said to be base64", REST("\"path\":\"/\",\"body\":\"\",\"isBase64Encoded\":true"), "GET /\n" NOBODY },
    { "not base64", REST("\"path\":\"/\",\"body\":\"a?\",\"isBase64Encoded\":true"),
      "! the event's body is said to be base64, and is not" },

    /* kinds */
    { "a WebSocket event", "{\"requestContext\":{\"connectionId\":\"a=\",\"eventType\":\"CONNECT\"},\"path\":\"/\",\"httpMethod\":\"GET\"}",
      "! events of a WebSocket API are not served" },
    { "a load balancer's", "{\"requestContext\":{\"elb\":{\"targetGroupArn\":\"x\"}},\"path\":\"/\",\"httpMethod\":\"GET\"}",
      "! events of an application load balancer are not served" },
    { "VPC Lattice 1", "{\"raw_path\":\"/\",\"method\":\"GET\"}", "! events of VPC Lattice are not served" },
    { "VPC Lattice 2", "{\"version\":\"2.0\",\"path\":\"/\",\"method\":\"GET\",\"requestContext\":{\"serviceArn\":\"x\"}}",
      "! events of VPC Lattice are not served" },
    { "an authorizer's", "{\"type\":\"REQUEST\",\"methodArn\":\"x\",\"path\":\"/\",\"httpMethod\":\"GET\",\"resource\":\"/\"}",
      "! events of a Lambda authorizer are not served" },
    { "a queue's", "{\"Records\":[{\"body\":\"x\"}]}", "! events of something other than an HTTP request are not served" },
    { "no object", "[1,2]", "! events of something other than an HTTP request are not served" },
    { "a text", "\"x\"", "! events of something other than an HTTP request are not served" },

    /* malformed */
    { "nothing", "", "! the event is not JSON: line 1, column 1: expected more JSON" },
    { "not JSON", "{\"a\":\n b}", "! the event is not JSON: line 2, column 2: expected a value" },
    { "more than a value", "{} {}", "! the event is not JSON: line 1, column 4: expected the end of the input" },
    { "a lone surrogate", "{\"path\":\"\\ud800\"}", "! the event is not JSON: line 1, column 10: expected a pair of surrogates" },
    { "not UTF-8", "{\"path\":\"\xff\"}", "! the event is not JSON: line 1, column 10: expected valid UTF-8" },
    { "a number for a text", REST("\"path\":5"), "! the event's \"path\" has a value of the wrong type" },
    { "a body that is an object", REST("\"path\":\"/\",\"body\":{}"), "! the event's \"body\" has a value of the wrong type" },
    { "a list for a map", REST("\"path\":\"/\",\"headers\":[]"), "! the event's \"headers\" has a value of the wrong type" },
    { "a number in a map", REST("\"path\":\"/\",\"headers\":{\"a\":1}"), "! the event's \"headers\" has a value of the wrong type" },
    { "a number in a list", REST("\"path\":\"/\",\"multiValueHeaders\":{\"a\":[1]}"),
      "! the event's \"multiValueHeaders\" has a value of the wrong type" },
    { "a map for a list", API_2("\"cookies\":{}", "", ""), "! the event's \"cookies\" has a value of the wrong type" },
    { "a text for a flag", REST("\"path\":\"/\",\"isBase64Encoded\":\"true\""),
      "! the event's \"isBase64Encoded\" has a value of the wrong type" },
    { "no method", "{\"version\":\"2.0\",\"rawPath\":\"/\",\"requestContext\":{\"http\":{}}}", "! the event has no HTTP method" },
};
/* clang-format on */

/* -- one run -- */

typedef struct shown {
    char text[SHOWN_LEN];
    size_t len;
} shown;

static void show(shown *out, gg_str s)
{
    assert_true(s.len < sizeof out->text - out->len);
    if (s.len > 0)
        memcpy(out->text + out->len, s.ptr, s.len);
    out->len += s.len;
    out->text[out->len] = '\0';
}

static void show_request(shown *out, const gg_exchange *x, gg_str body)
{
    const gg_str parts[] = { x->method, GG_STR(" "), x->target, GG_STR("\n"), x->scheme, GG_STR(" "), x->authority,
        GG_STR(" "), x->peer, GG_STR("\n") };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        show(out, parts[i]);
    for (size_t i = 0; i < x->headers.count; i++) {
        show(out, x->headers.items[i].name);
        show(out, GG_STR(": "));
        show(out, x->headers.items[i].value);
        show(out, GG_STR("\n"));
    }
    show(out, GG_STR("\n"));
    show(out, body);
}

static void check_exchange(const gg_exchange *x, gg_str body)
{
    assert_int_equal(x->version, GG_HTTP_EVENT);
    assert_int_equal(x->content_length, body.len);
    assert_int_equal(x->has_body, body.len > 0);
    assert_int_equal(x->path.len + (x->query.ptr != NULL ? x->query.len + 1 : 0), x->target.len);
    assert_memory_equal(x->path.ptr, x->target.ptr, x->path.len);
}

/* GG_OK, GG_EPROTO ("! why" is shown) or GG_ENOMEM. */
static gg_rc run(gg_str json, shown *out)
{
    gg_sched sched;
    gg_http_limits limits;
    gg_sched_init(&sched);
    gg_http_limits_init(&limits);
    out->len = 0;
    out->text[0] = '\0';
    gg_exchange *x = gg_exchange_new(NULL, &sched, &limits, GG_ARENA_LIMIT);
    if (x == NULL)
        return GG_ENOMEM;
    gg_event event;
    gg_str error = { NULL, 0 }, body = { NULL, 0 };
    gg_rc rc = gg_event_decode(&event, json, x->arena, &error);
    if (rc == GG_OK)
        rc = gg_event_fill(&event, x, &body, &error);
    if (rc == GG_OK) {
        check_exchange(x, body);
        show_request(out, x, body);
    } else if (rc == GG_EPROTO && error.ptr != NULL) {
        show(out, GG_STR("! "));
        show(out, error);
    } else if (rc == GG_EPROTO) {
        rc = GG_ENOMEM; /* for the text of the error */
    }
    gg_exchange_discard(x);
    return rc;
}

/* In a block of its own length, so that a byte read beyond it is seen. */
static gg_rc run_copy(const char *text, size_t len, shown *out)
{
    gg_fail_after(SIZE_MAX);
    char *copy = malloc(len > 0 ? len : 1);
    assert_non_null(copy);
    memcpy(copy, text, len);
    gg_rc rc = run(gg_str_of(copy, len), out);
    free(copy);
    return rc;
}

static void test_rows(void **state)
{
    (void)state;
    shown out;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gg_rc rc = run_copy(rows[i].event, strlen(rows[i].event), &out);
        if (rc != (rows[i].want[0] == '!' ? GG_EPROTO : GG_OK) || strcmp(out.text, rows[i].want) != 0)
            fail_msg("%s: %d\n%s\nwant\n%s", rows[i].what, (int)rc, out.text, rows[i].want);
    }
}

/* A part of an event is never taken for one. */
static void test_cut(void **state)
{
    (void)state;
    shown out;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].event[0] != '{')
            continue;
        for (size_t len = 0; len < strlen(rows[i].event); len++) {
            gg_rc rc = run_copy(rows[i].event, len, &out);
            bool whole = len > 1 && strcmp(rows[i].what, "more than a value") == 0;
            if (rc != GG_EPROTO && !whole)
                fail_msg("%s, cut at %zu: %d", rows[i].what, len, (int)rc);
        }
    }
}

static void test_out_of_memory(void **state)
{
    (void)state;
    shown out;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t n = 0;; n++) {
            gg_fail_after(n);
            gg_rc rc = run(gg_str_from(rows[i].event), &out);
            bool failed = gg_fail_happened();
            gg_fail_after(SIZE_MAX);
            if (failed ? rc != GG_ENOMEM : strcmp(out.text, rows[i].want) != 0)
                fail_msg("%s, allocation %zu fails: %d %s", rows[i].what, n, (int)rc, out.text);
            if (!failed)
                break;
        }
}

/* -- events as the gateways send them -- */

static void test_files(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct {
        const char *name, *begins;
    } files[] = {
        { "rest-api-get-ping.json", "GET /v1/ping\nhttps abc123.execute-api.us-east-1.amazonaws.com 203.0.113.7\n" },
        { "http-api-1.0-get-ping.json", "GET /v1/ping\nhttps abc123.execute-api.us-east-1.amazonaws.com 203.0.113.7\n" },
        { "http-api-2.0-get-ping.json", "GET /v1/ping\nhttps abc123.execute-api.us-east-1.amazonaws.com 203.0.113.7\n" },
        { "function-url-get-ping.json", "GET /v1/ping\nhttps abc123.lambda-url.us-east-1.on.aws 203.0.113.7\n" },
        { "http-api-1.0-post-echo.json", "POST /v1/echo\nhttps abc123.execute-api.us-east-1.amazonaws.com 203.0.113.7\n" },
        { "http-api-2.0-post-echo-base64.json", "POST /v1/echo\nhttps abc123.execute-api.us-east-1.amazonaws.com 203.0.113.7\n" },
        { "malformed.json", "! the event is not JSON: line 2, column 1: expected more JSON" },
        { "other-sqs.json", "! events of something other than an HTTP request are not served" },
    };
    /* clang-format on */
    static char text[EVENT_LEN];
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[128];
        shown out;
        snprintf(path, sizeof path, "tests/lambda/events/%s", files[i].name);
        FILE *file = fopen(path, "rb");
        if (file == NULL)
            fail_msg("cannot read %s", path);
        size_t len = fread(text, 1, sizeof text, file);
        fclose(file);
        run_copy(text, len, &out);
        if (strncmp(out.text, files[i].begins, strlen(files[i].begins)) != 0)
            fail_msg("%s:\n%s\nwant\n%s", files[i].name, out.text, files[i].begins);
        const char *body = "{\"name\":\"Gr\xc3\xbc\xc3\x9f"
                           "e, \\\"world\\\"\",\"id\":\"42\"}";
        if (strstr(files[i].name, "echo") != NULL)
            assert_string_equal(strstr(out.text, "\n\n") + 2, body);
    }
}

/* A deep event is refused where it is too deep, and not by the end of a stack. */
static void test_deep(void **state)
{
    (void)state;
    enum { DEPTH = 100000 };
    char *text = malloc(DEPTH);
    assert_non_null(text);
    memset(text, '[', DEPTH);
    shown out;
    assert_int_equal(run_copy(text, DEPTH, &out), GG_EPROTO);
    assert_string_equal(out.text,
        "! the event is not JSON: line 1, column 101: expected fewer arrays and objects inside each other");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
