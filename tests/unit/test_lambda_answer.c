/* test_lambda_answer.c -- responses to answers: each row with its body declared and whole, in pieces of every length,
 * and with every allocation failing. */
#include "failmalloc.h"
#include "lambda/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { FIELDS_MAX = 8 };

typedef struct row {
    const char *what;
    gg_event_kind kind;
    const char *method;
    int status;
    const char *fields; /* "name: value\n" each */
    gg_str body;
    const char *want;
} row;

#define JSON_1 "{\"statusCode\":200,\"multiValueHeaders\":{\"content-type\":[\"application/json\"]}"
#define JSON_2 "{\"statusCode\":200,\"headers\":{\"content-type\":\"application/json\"}"
#define TEXT ",\"isBase64Encoded\":false,\"body\":"
#define BASE64 ",\"isBase64Encoded\":true,\"body\":"
#define TYPED(type, after) "{\"statusCode\":200,\"headers\":{\"content-type\":\"" type "\"}" after

/* clang-format off */
static const row rows[] = {
    { "REST API", GG_EVENT_REST_API, "GET", 200, "content-type: application/json\n", GG_STR_INIT("{\"a\":\"\xc3\xa9\"}"),
      JSON_1 TEXT "\"{\\\"a\\\":\\\"\xc3\xa9\\\"}\"}" },
    { "1.0", GG_EVENT_HTTP_API_1, "GET", 200, "content-type: application/json\n", GG_STR_INIT("{}"), JSON_1 TEXT "\"{}\"}" },
    { "2.0", GG_EVENT_HTTP_API_2, "GET", 200, "content-type: application/json\n", GG_STR_INIT("{}"), JSON_2 TEXT "\"{}\"}" },
    { "function URL", GG_EVENT_FUNCTION_URL, "GET", 200, "content-type: application/json\n", GG_STR_INIT("{}"), JSON_2 TEXT "\"{}\"}" },
    { "no fields, no body", GG_EVENT_HTTP_API_2, "GET", 200, "", GG_STR_INIT(""), "{\"statusCode\":200,\"headers\":{}" TEXT "\"\"}" },
    { "the same, 1.0", GG_EVENT_HTTP_API_1, "GET", 404, "", GG_STR_INIT(""), "{\"statusCode\":404,\"multiValueHeaders\":{}" TEXT "\"\"}" },

    { "repeated fields, 1.0", GG_EVENT_HTTP_API_1, "GET", 200, "a: 1\nb: 2\na: 3\nset-cookie: x=1\nset-cookie: y=2\n", GG_STR_INIT(""),
      "{\"statusCode\":200,\"multiValueHeaders\":{\"a\":[\"1\",\"3\"],\"b\":[\"2\"],\"set-cookie\":[\"x=1\",\"y=2\"]}" TEXT "\"\"}" },
    { "repeated fields, 2.0", GG_EVENT_HTTP_API_2, "GET", 200, "set-cookie: x=1\na: 1\nb: 2\nset-cookie: y=2\na: \na: 3\n", GG_STR_INIT(""),
      "{\"statusCode\":200,\"headers\":{\"a\":\"1, , 3\",\"b\":\"2\"},\"cookies\":[\"x=1\",\"y=2\"]" TEXT "\"\"}" },
    { "what a gateway sets is left out", GG_EVENT_HTTP_API_1, "GET", 200, "date: x\ncontent-length: 5\nconnection: close\n"
      "transfer-encoding: chunked\na: 1\n", GG_STR_INIT(""), "{\"statusCode\":200,\"multiValueHeaders\":{\"a\":[\"1\"]}" TEXT "\"\"}" },
    { "what splits a response is left out", GG_EVENT_HTTP_API_2, "GET", 200, "a: 1\r2\nA: 2\na b: 3\na: 4\n", GG_STR_INIT(""),
      "{\"statusCode\":200,\"headers\":{\"a\":\"4\"}" TEXT "\"\"}" },
    { "values are escaped", GG_EVENT_HTTP_API_1, "GET", 200, "a: \"\\\t\xff\n", GG_STR_INIT(""),
      "{\"statusCode\":200,\"multiValueHeaders\":{\"a\":[\"\\\"\\\\\\t\xef\xbf\xbd\"]}" TEXT "\"\"}" },

    { "HEAD has no body", GG_EVENT_HTTP_API_2, "HEAD", 200, "content-type: application/json\n", GG_STR_INIT("{}"), JSON_2 TEXT "\"\"}" },
    { "204 has no body", GG_EVENT_HTTP_API_2, "GET", 204, "", GG_STR_INIT("{}"), "{\"statusCode\":204,\"headers\":{}" TEXT "\"\"}" },
    { "304 has no body", GG_EVENT_HTTP_API_2, "GET", 304, "", GG_STR_INIT("{}"), "{\"statusCode\":304,\"headers\":{}" TEXT "\"\"}" },

    { "no type: base64", GG_EVENT_HTTP_API_2, "GET", 200, "", GG_STR_INIT("hi"), "{\"statusCode\":200,\"headers\":{}" BASE64 "\"aGk=\"}" },
    { "a binary type", GG_EVENT_HTTP_API_2, "GET", 200, "content-type: image/png\n", GG_STR_INIT("hi"), TYPED("image/png", BASE64 "\"aGk=\"}") },
    { "text", GG_EVENT_HTTP_API_2, "GET", 200, "content-type: Text/Plain; charset=utf-8\n", GG_STR_INIT("hi\n"),
      TYPED("Text/Plain; charset=utf-8", TEXT "\"hi\\n\"}") },
    { "text with a NUL", GG_EVENT_HTTP_API_2, "GET", 200, "content-type: text/plain\n", GG_STR_INIT("a\0b"), TYPED("text/plain", TEXT "\"a\\u0000b\"}") },
    { "text that is not UTF-8", GG_EVENT_HTTP_API_2, "GET", 200, "content-type: text/plain\n", GG_STR_INIT("\xe9"), TYPED("text/plain", BASE64 "\"6Q==\"}") },
    { "a suffix", GG_EVENT_HTTP_API_2, "GET", 200, "content-type: application/problem+JSON ; x=y\n", GG_STR_INIT("{}"),
      TYPED("application/problem+JSON ; x=y", TEXT "\"{}\"}") },
    { "a form", GG_EVENT_HTTP_API_2, "GET", 200, "content-type: application/x-www-form-urlencoded\n", GG_STR_INIT("a=b"),
      TYPED("application/x-www-form-urlencoded", TEXT "\"a=b\"}") },
    { "gRPC-Web in text", GG_EVENT_HTTP_API_2, "GET", 200, "content-type: application/grpc-web-text+proto\n", GG_STR_INIT("AAAA"),
      TYPED("application/grpc-web-text+proto", TEXT "\"AAAA\"}") },
    { "gRPC-Web", GG_EVENT_HTTP_API_2, "GET", 200, "content-type: application/grpc-web+proto\n", GG_STR_INIT("\0\0\0\0\0"),
      TYPED("application/grpc-web+proto", BASE64 "\"AAAAAAA=\"}") },
    { "compressed", GG_EVENT_HTTP_API_1, "GET", 200, "content-type: application/json\ncontent-encoding: gzip\n", GG_STR_INIT("hi"),
      "{\"statusCode\":200,\"multiValueHeaders\":{\"content-type\":[\"application/json\"],\"content-encoding\":[\"gzip\"]}" BASE64 "\"aGk=\"}" },
    { "not compressed", GG_EVENT_HTTP_API_2, "GET", 200, "content-type: application/json\ncontent-encoding: identity\n", GG_STR_INIT("{}"),
      "{\"statusCode\":200,\"headers\":{\"content-type\":\"application/json\",\"content-encoding\":\"identity\"}" TEXT "\"{}\"}" },
};
/* clang-format on */

/* Fields of "name: value\n" lines; views into text. */
static gg_headers read_fields(const char *text, gg_header items[FIELDS_MAX])
{
    gg_headers fields = { .items = items, .cap = FIELDS_MAX };
    while (*text != '\0') {
        const char *colon = strstr(text, ": "), *newline = strchr(text, '\n');
        assert_true(fields.count < fields.cap);
        items[fields.count++] =
            (gg_header){ gg_str_of(text, (size_t)(colon - text)), gg_str_of(colon + 2, (size_t)(newline - colon - 2)) };
        text = newline + 1;
    }
    return fields;
}

/* piece: bytes of the body at a time; 0: whole, and its length declared.  GG_ENOMEM: of the arena, too. */
static gg_rc run(const row *r, size_t piece)
{
    gg_header items[FIELDS_MAX];
    gg_headers fields = read_fields(r->fields, items);
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    if (arena == NULL)
        return GG_ENOMEM;
    gg_answer answer;
    gg_str json;
    gg_answer_start(&answer, r->kind, gg_str_from(r->method), arena, r->status, &fields,
        piece == 0 ? &r->body.len : NULL);
    memset(items, '?', sizeof items); /* the head was copied */
    for (size_t at = 0; at < r->body.len;) {
        size_t left = r->body.len - at, len = piece == 0 || piece > left ? left : piece;
        gg_answer_write(&answer, gg_str_of(r->body.ptr + at, len));
        at += len;
    }
    gg_rc rc = gg_answer_end(&answer, &json);
    if (rc == GG_OK && (json.len != strlen(r->want) || memcmp(json.ptr, r->want, json.len) != 0))
        fail_msg("%s, in pieces of %zu:\n%.*s\nwant\n%s", r->what, piece, GG_STR_ARG(json), r->want);
    gg_arena_unref(arena);
    return rc;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t piece = 0; piece <= rows[i].body.len; piece++)
            assert_int_equal(run(&rows[i], piece), GG_OK);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t n = 0;; n++) {
            gg_fail_after(n);
            gg_rc rc = run(&rows[i], 1);
            bool failed = gg_fail_happened();
            gg_fail_after(SIZE_MAX);
            assert_int_equal(rc, failed ? GG_ENOMEM : GG_OK);
            if (!failed)
                break;
        }
}

/* -- large bodies -- */

static gg_str answer_of(gg_arena *arena, gg_event_kind kind, const char *type, gg_str body, size_t piece)
{
    gg_header field = { GG_STR("content-type"), gg_str_from(type) };
    gg_headers fields = { &field, 1, 1 };
    gg_answer answer;
    gg_str json = { NULL, 0 };
    gg_answer_start(&answer, kind, GG_STR("GET"), arena, 200, &fields, piece == 0 ? &body.len : NULL);
    for (size_t at = 0; at < body.len;) {
        size_t left = body.len - at, len = piece == 0 || piece > left ? left : piece;
        gg_answer_write(&answer, gg_str_of(body.ptr + at, len));
        at += len;
    }
    assert_int_equal(gg_answer_end(&answer, &json), GG_OK);
    return json;
}

/* Just as long as Lambda takes, and one byte more; plain, and too long only when escaped or in base64. */
static void test_limit(void **state)
{
    (void)state;
    static const char head[] = TYPED("text/plain", TEXT "\"\"}");
    enum { BODY_MAX = GG_ANSWER_LEN_MAX + 1 - (sizeof head - 1) };
    static const char refused[] = "{\"statusCode\":500,\"headers\":{\"content-type\":\"application/json\"}" TEXT
                                  "\"{\\\"code\\\":13,\\\"message\\\":\\\"the response is larger than ";
    static const struct {
        const char *type;
        char byte;
        size_t len, want; /* 0: refused */
    } cases[] = {
        { "text/plain", 'x', BODY_MAX - 1, GG_ANSWER_LEN_MAX },
        { "text/plain", 'x', BODY_MAX, 0 },
        { "text/plain", '"', BODY_MAX / 2 + 1, 0 },
        { "image/webp", 'x', BODY_MAX / 4 * 3 + 3, 0 },
        { "text/plain", 'x', 2 * BODY_MAX, 0 },
    };
    char *body = malloc(2 * BODY_MAX);
    assert_non_null(body);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t piece = 0; piece <= 65536; piece += 65536) {
            memset(body, cases[i].byte, 2 * BODY_MAX);
            gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
            gg_str json = answer_of(arena, GG_EVENT_HTTP_API_2, cases[i].type, gg_str_of(body, cases[i].len), piece);
            if (cases[i].want != 0)
                assert_int_equal(json.len, cases[i].want);
            else
                assert_memory_equal(json.ptr, refused, sizeof refused - 1);
            assert_true(gg_arena_taken(arena) < 40u << 20);
            gg_arena_unref(arena);
        }
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
