/* test_exchange.c -- the exchange itself over a source that only takes notes; header fields; dates; the
 * choice between the two codecs. */
#include "http/codec.h"
#include "http/field.h"

#include "failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { NOTES_LEN = 512 };

typedef struct fake_source {
    char notes[NOTES_LEN];
    size_t room; /* bytes that write takes before it says enough */
    gg_rc start_rc;
    gg_exchange *x;
} fake_source;

static void note(fake_source *source, const char *text)
{
    assert_true(strlen(source->notes) + strlen(text) < NOTES_LEN);
    memcpy(source->notes + strlen(source->notes), text, strlen(text) + 1);
}

static gg_rc op_start(gg_exchange *x, int status, const gg_headers *headers, const size_t *content_length)
{
    (void)headers;
    char text[40];
    snprintf(text, sizeof text, "start %d %d;", status, content_length != NULL ? (int)*content_length : -1);
    note(x->source, text);
    return ((fake_source *)x->source)->start_rc;
}

static size_t op_write(gg_exchange *x, gg_str bytes)
{
    fake_source *source = x->source;
    size_t taken = bytes.len < source->room ? bytes.len : source->room;
    source->room -= taken;
    char text[40];
    snprintf(text, sizeof text, "write %.*s;", (int)taken, bytes.ptr);
    note(source, text);
    return taken;
}

static void op_end(gg_exchange *x, const gg_headers *trailers)
{
    note(x->source, trailers != NULL ? "end with trailers;" : "end;");
}

static void op_consume(gg_exchange *x, size_t len)
{
    char text[40];
    snprintf(text, sizeof text, "consume %zu;", len);
    note(x->source, text);
}

static void op_reset(gg_exchange *x, uint32_t h2_error)
{
    char text[40];
    snprintf(text, sizeof text, "reset %u;", (unsigned)h2_error);
    note(x->source, text);
}

static const gg_exchange_ops ops = { op_start, op_write, op_end, op_consume, op_reset };

static void on_body(gg_exchange *x, gg_str bytes)
{
    (void)bytes;
    note(x->front, "body;");
}

static void on_end(gg_exchange *x)
{
    note(x->front, "whole;");
}

static void on_writable(gg_exchange *x)
{
    note(x->front, "writable;");
}

static void on_abort(gg_exchange *x)
{
    note(x->front, "abort;");
}

static const gg_exchange_events events = { on_body, on_end, on_writable, on_abort };

/* An exchange between the two; NULL: no memory. */
static gg_exchange *open_exchange(fake_source *source, size_t room)
{
    static gg_sched sched;
    static gg_http_limits limits;
    gg_http_limits_init(&limits);
    *source = (fake_source){ .room = room };
    gg_exchange *x = gg_exchange_new(NULL, &sched, &limits, GG_ARENA_LIMIT);
    if (x == NULL)
        return NULL;
    x->ops = &ops;
    x->source = x->front = source;
    x->events = &events;
    source->x = x;
    return x;
}

/* Every event and every function once more: what comes through. */
static void poke(gg_exchange *x)
{
    gg_exchange_on_body(x, GG_STR("b"));
    gg_exchange_on_end(x);
    gg_exchange_on_writable(x);
}

static void test_whole_response(void **state)
{
    (void)state;
    fake_source source;
    gg_exchange *x = open_exchange(&source, 100);
    poke(x);
    gg_exchange_consume(x, 1);
    gg_exchange_respond(x, 200, NULL, GG_STR("hello"), NULL);
    poke(x); /* the front hears no more */
    gg_exchange_release(x);
    assert_string_equal(source.notes, "body;whole;writable;consume 1;start 200 5;write hello;end;");
    gg_exchange_detach(x);
}

/* A response that the source takes in pieces, after the front is gone. */
static void test_pending_response(void **state)
{
    (void)state;
    fake_source source;
    static const gg_headers trailers = { 0 };
    gg_exchange *x = open_exchange(&source, 2);
    gg_exchange_respond(x, 200, NULL, GG_STR("hello"), &trailers);
    gg_exchange_release(x);
    assert_string_equal(source.notes, "start 200 -1;write he;");
    source.room = 1;
    gg_exchange_on_writable(x);
    source.room = 100;
    gg_exchange_on_writable(x);
    assert_string_equal(source.notes, "start 200 -1;write he;write l;write lo;end with trailers;");
    gg_exchange_detach(x);
}

static void test_streamed_response(void **state)
{
    (void)state;
    fake_source source;
    gg_exchange *x = open_exchange(&source, 3);
    assert_int_equal(gg_exchange_start(x, 200, NULL), GG_OK);
    assert_int_equal(gg_exchange_write(x, GG_STR("hello")), 3);
    assert_int_equal(gg_exchange_write(x, GG_STR("")), 0);
    gg_exchange_on_writable(x);
    gg_exchange_end(x, NULL);
    poke(x);
    gg_exchange_end(x, NULL); /* once is enough */
    gg_exchange_release(x);
    assert_string_equal(source.notes, "start 200 -1;write hel;writable;end;");
    gg_exchange_detach(x);
}

/* The peer goes away: the front hears it once; then its calls do nothing, and writes are swallowed. */
static void test_abort(void **state)
{
    (void)state;
    fake_source source;
    gg_exchange *x = open_exchange(&source, 3);
    gg_exchange_start(x, 200, NULL);
    gg_exchange_detach(x);
    assert_string_equal(source.notes, "start 200 -1;abort;");
    assert_int_equal(gg_exchange_write(x, GG_STR("hello")), 5);
    assert_int_equal(gg_exchange_start(x, 200, NULL), GG_ECANCELED);
    gg_exchange_respond(x, 200, NULL, GG_STR("hello"), NULL);
    gg_exchange_consume(x, 1);
    gg_exchange_end(x, NULL);
    gg_exchange_reset(x, 1);
    gg_exchange_release(x);
    assert_string_equal(source.notes, "start 200 -1;abort;");
}

static void test_reset(void **state)
{
    (void)state;
    fake_source source;
    gg_exchange *x = open_exchange(&source, 3);
    gg_exchange_reset(x, 8);
    poke(x);
    gg_exchange_release(x);
    gg_exchange_detach(x);
    assert_string_equal(source.notes, "reset 8;");

    x = open_exchange(&source, 3); /* released without an answer */
    gg_exchange_release(x);
    gg_exchange_detach(x);
    assert_string_equal(source.notes, "reset 2;");

    x = open_exchange(&source, 3); /* an answer that cannot be started */
    source.start_rc = GG_ENOMEM;
    gg_exchange_respond(x, 200, NULL, GG_STR("hello"), NULL);
    gg_exchange_release(x);
    gg_exchange_detach(x);
    assert_string_equal(source.notes, "start 200 5;reset 2;");

    x = open_exchange(&source, 2); /* a whole answer not taken whole, and the peer goes: nobody listens */
    gg_exchange_respond(x, 200, NULL, GG_STR("hello"), NULL);
    gg_exchange_detach(x);
    gg_exchange_release(x);
    assert_string_equal(source.notes, "start 200 5;write he;");
}

static void test_new(void **state)
{
    (void)state;
    for (size_t n = 0;; n++) {
        fake_source source;
        gg_fail_after(n);
        gg_exchange *x = open_exchange(&source, 0);
        if (x != NULL)
            gg_exchange_discard(x);
        if (!gg_fail_happened())
            break;
        assert_null(x);
    }
    gg_fail_after(SIZE_MAX);
}

static void test_target(void **state)
{
    (void)state;
    static const struct {
        const char *target, *path, *query, *scheme, *authority;
    } rows[] = {
        { "/v1/ping", "/v1/ping", "", "", "" },
        { "/v1/ping?a=b?c", "/v1/ping", "a=b?c", "", "" },
        { "/?", "/", "", "", "" },
        { "/a://b/c", "/a://b/c", "", "", "" },
        { "*", "*", "", "", "" },
        { "host:80", "host:80", "", "", "" },
        { "http://h:1/p?q", "/p", "q", "http", "h:1" },
        { "http://h", "/", "", "http", "h" },
        { "http://h?q", "/", "q", "http", "h" },
        { "http:/", "http:/", "", "", "" },
        { "", "", "", "", "" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gg_exchange x = { .scheme = GG_STR(""), .authority = GG_STR("") };
        gg_exchange_set_target(&x, gg_str_from(rows[i].target));
        assert_true(gg_str_eq(x.path, gg_str_from(rows[i].path)));
        assert_true(gg_str_eq(x.query, gg_str_from(rows[i].query)));
        assert_true(gg_str_eq(x.scheme, gg_str_from(rows[i].scheme)));
        assert_true(gg_str_eq(x.authority, gg_str_from(rows[i].authority)));
    }
}

static void test_headers(void **state)
{
    (void)state;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_headers headers = { 0 };
    static const char names[][2] = { "a", "b", "c", "d" };
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(gg_headers_add(&headers, arena, gg_str_from(names[i % 4]), gg_str_of("0123456789", i % 10)),
            GG_OK);
    assert_int_equal(headers.count, 100);
    assert_int_equal(gg_headers_get(&headers, GG_STR("c")).len, 2); /* the first one */
    assert_null(gg_headers_get(&headers, GG_STR("e")).ptr);
    assert_null(gg_headers_get(&headers, GG_STR("C")).ptr);
    gg_arena_unref(arena);
}

static void test_fields(void **state)
{
    (void)state;
    static const struct {
        gg_header field;
        bool sendable;
    } rows[] = {
        { { GG_STR_INIT("content-type"), GG_STR_INIT("a/b; c=\"d\"") }, true },
        { { GG_STR_INIT("x"), GG_STR_INIT("") }, true },
        { { GG_STR_INIT("x"), GG_STR_INIT("a\tb \xc3\xa9") }, true },
        { { GG_STR_INIT("x"), GG_STR_INIT("a\rb") }, false },
        { { GG_STR_INIT("x"), GG_STR_INIT("a\nb") }, false },
        { { GG_STR_INIT("x"), GG_STR_INIT("a\0b") }, false },
        { { GG_STR_INIT("x"), GG_STR_INIT("a\x7f") }, false },
        { { GG_STR_INIT(""), GG_STR_INIT("a") }, false },
        { { GG_STR_INIT("X-Upper"), GG_STR_INIT("a") }, false },
        { { GG_STR_INIT("x:y"), GG_STR_INIT("a") }, false },
        { { GG_STR_INIT(":status"), GG_STR_INIT("200") }, false },
        { { GG_STR_INIT("connection"), GG_STR_INIT("close") }, false },
        { { GG_STR_INIT("keep-alive"), GG_STR_INIT("5") }, false },
        { { GG_STR_INIT("transfer-encoding"), GG_STR_INIT("chunked") }, false },
        { { GG_STR_INIT("content-length"), GG_STR_INIT("5") }, false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(gg_field_sendable(&rows[i].field), rows[i].sendable);
    assert_true(gg_str_eq(gg_field_trim(GG_STR(" \ta b\t ")), GG_STR("a b")));
    assert_true(gg_str_eq(gg_field_trim(GG_STR(" \t ")), GG_STR("")));
    assert_true(gg_str_eq(gg_http_reason(404), GG_STR("Not Found")));
    assert_int_equal(gg_http_reason(799).len, 0);
}

static void test_date(void **state)
{
    (void)state;
    static const struct {
        int64_t unix_s;
        const char *text;
    } rows[] = {
        { 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
        { 784111777, "Sun, 06 Nov 1994 08:49:37 GMT" },
        { 951782399, "Mon, 28 Feb 2000 23:59:59 GMT" },
        { 951782400, "Tue, 29 Feb 2000 00:00:00 GMT" },
        { 1709251199, "Thu, 29 Feb 2024 23:59:59 GMT" },
        { 1735689599, "Tue, 31 Dec 2024 23:59:59 GMT" },
        { 4102444800, "Fri, 01 Jan 2100 00:00:00 GMT" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[GG_DATE_LEN + 1] = "";
        gg_date_print(text, rows[i].unix_s);
        assert_string_equal(text, rows[i].text);
    }
    gg_date date = { 0 };
    assert_int_equal(gg_date_now(&date, 5).len, GG_DATE_LEN);
    assert_in_range(date.until_ns, 6, 5 + 1000000000u);
}

static void test_sniff(void **state)
{
    (void)state;
    static const gg_str preface = GG_STR_INIT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nmore");
    bool is_h2 = false;
    for (size_t len = 0; len < GG_H2_PREFACE_LEN; len++)
        assert_int_equal(gg_codec_sniff(gg_str_of(preface.ptr, len), &is_h2), GG_NEED_MORE);
    for (size_t len = GG_H2_PREFACE_LEN; len <= preface.len; len++) {
        is_h2 = false;
        assert_int_equal(gg_codec_sniff(gg_str_of(preface.ptr, len), &is_h2), GG_OK);
        assert_true(is_h2);
    }
    static const char *const others[] = { "G", "GET / HTTP/1.1\r\n", "PRX", "PRI * HTTP/2.0\r\n\r\nXX", "POST",
        "\x16\x03" };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        is_h2 = true;
        assert_int_equal(gg_codec_sniff(gg_str_from(others[i]), &is_h2), GG_OK);
        assert_false(is_h2);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_response),
        cmocka_unit_test(test_pending_response),
        cmocka_unit_test(test_streamed_response),
        cmocka_unit_test(test_abort),
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_new),
        cmocka_unit_test(test_target),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_date),
        cmocka_unit_test(test_sniff),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
