/* test_grpc_front.c -- the gRPC front between an exchange in memory and the in-process channel.
 *
 * Every row runs with its body whole, byte by byte and in threes, with a peer that takes all of the response or
 * 7 bytes at a time, and with every allocation failing: then it ends all the same, and nothing leaks. */
#include "call_script.h"
#include "fake_exchange.h"

#include "grpc/framing.h"
#include "grpc/front.h"

#include "failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

enum { MAX_LEN = 64, MAX_RESPONSE_LEN = 80, WRITABLE_MAX = 1000 };

#define GRPC "content-type: application/grpc\nte: trailers\n"
#define HEAD "200\ncontent-type: application/grpc\n"
#define OPEN \
    HEAD "grpc-accept-encoding: identity,deflate,gzip\n" /* for a caller that may compress, not Trailers-Only */
#define M1 "\0\0\0\0\4\n\2m1"
#define M2 "\0\0\0\0\4\n\2m2"
#define M62 "12345678901234567890123456789012345678901234567890123456789012" /* with its tag and length, MAX_LEN */
#define RE_M1 "\0\0\0\0\7\n\5re:m1"

typedef struct row {
    const char *what;
    const char *method, *path, *headers;
    gg_str body;
    gg_str response; /* as fake_exchange.h writes it */
    handler_does handler;
    hook_does hook;
} row;

/* clang-format off */
#define BODY(text) GG_STR_INIT(text)
static const row rows[] = {
    { "unary", "POST", TYPED, GRPC, BODY(M1), BODY(HEAD "\n" RE_M1 "\n\ngrpc-status: 0\n"), ANSWER, PASS },
    { "unary, raw", "POST", RAW, GRPC, BODY(M1), BODY(HEAD "\n" M1 "\n\ngrpc-status: 0\n"), ANSWER, PASS },
    { "an empty message", "POST", TYPED, GRPC, BODY("\0\0\0\0\0"),
      BODY(HEAD "\n\0\0\0\0\5\n\3re:\n\ngrpc-status: 0\n"), ANSWER, PASS },
    { "+proto is echoed", "POST", TYPED, "content-type: application/grpc+proto;x=y\n", BODY(M1),
      BODY("200\ncontent-type: application/grpc+proto\n\n" RE_M1 "\n\ngrpc-status: 0\n"), ANSWER, PASS },
    { "that limit is of requests", "POST", TYPED, GRPC, BODY("\0\0\0\0\x40\n\x3e" M62),
      BODY(HEAD "\n\0\0\0\0\x43\n\x41re:" M62 "\n\ngrpc-status: 0\n"), ANSWER, PASS },
    { "in any case", "POST", TYPED, "content-type: Application/GRPC\n", BODY(M1),
      BODY(HEAD "\n" RE_M1 "\n\ngrpc-status: 0\n"), ANSWER, PASS },
    { "identity", "POST", TYPED, GRPC "grpc-encoding: identity\n", BODY(M1),
      BODY(OPEN "\n" RE_M1 "\n\ngrpc-status: 0\n"), ANSWER, PASS },
    { "an error", "POST", TYPED, GRPC, BODY(M1), BODY(HEAD "grpc-status: 5\ngrpc-message: no m1\n\n"), FAIL, PASS },
    { "metadata", "POST", TYPED, GRPC, BODY(M1),
      BODY(HEAD "x-head: 1\n\n" RE_M1 "\n\ngrpc-status: 0\nx-tail-bin: AQ\n"), METADATA, PASS },
    { "metadata and an error", "POST", TYPED, GRPC, BODY(M1),
      BODY(HEAD "x-hook: a\n\n\n\ngrpc-status: 5\ngrpc-message: no m1\nx-end: a\n"), FAIL, SET_HEADER },
    { "a header of every response", "POST", TYPED, GRPC, BODY(M1),
      BODY(HEAD "x-hook: a\n\n" RE_M1 "\n\ngrpc-status: 0\nx-end: a\n"), ANSWER, SET_HEADER },
    { "refused by an interceptor", "POST", TYPED, GRPC, BODY(M1),
      BODY(HEAD "grpc-status: 16\ngrpc-message: who?\n\n"), ANSWER, REFUSE },
    { "a stream without messages", "POST", STREAM, GRPC, BODY(""), BODY(HEAD "\n\n\ngrpc-status: 0\n"), ANSWER, PASS },
    { "a stream of two", "POST", STREAM, GRPC, BODY(M1 M2), BODY(HEAD "\n\n\ngrpc-status: 0\n"), ANSWER, PASS },

    { "GET", "GET", TYPED, GRPC, BODY(""),
      BODY("405\ncontent-type: application/grpc\nallow: POST\ngrpc-status: 13\n"
           "grpc-message: gRPC needs the method POST\n\n"), ANSWER, PASS },
    { "+json", "POST", TYPED, "content-type: application/grpc+json\n", BODY(M1),
      BODY("415\ncontent-type: application/grpc\ngrpc-status: 13\ngrpc-message: unsupported content type\n\n"),
      ANSWER, PASS },
    { "two hosts", "POST", TYPED, GRPC "host: a\nhost: a\n", BODY(M1),
      BODY("400\ncontent-type: application/grpc\ngrpc-status: 13\ngrpc-message: more than one host header\n\n"),
      ANSWER, PASS },
    { "an unknown encoding", "POST", TYPED, GRPC "grpc-encoding: br\n", BODY(M1),
      BODY(HEAD "grpc-accept-encoding: identity,deflate,gzip\ngrpc-status: 12\n"
           "grpc-message: grpc-encoding \"br\" is not supported\n\n"), ANSWER, PASS },
    { "a bad timeout", "POST", TYPED, GRPC "grpc-timeout: 1s\n", BODY(M1),
      BODY("400\ncontent-type: application/grpc\ngrpc-status: 13\ngrpc-message: malformed grpc-timeout\n\n"),
      ANSWER, PASS },
    { "bad base64", "POST", TYPED, GRPC "x-bin: *\n", BODY(M1),
      BODY("400\ncontent-type: application/grpc\ngrpc-status: 13\ngrpc-message: malformed binary metadata\n\n"),
      ANSWER, PASS },
    { "no time", "POST", TYPED, GRPC "grpc-timeout: 0n\n", BODY(M1),
      BODY(HEAD "grpc-status: 4\ngrpc-message: deadline exceeded\n\n"), ANSWER, PASS },
    { "unknown service", "POST", "/a.B/C", GRPC, BODY(M1),
      BODY(HEAD "grpc-status: 12\ngrpc-message: unknown service a.B\n\n"), ANSWER, PASS },
    { "unknown method", "POST", "/test.v1.Test/C", GRPC, BODY(M1),
      BODY(HEAD "grpc-status: 12\ngrpc-message: unknown method C for service test.v1.Test\n\n"), ANSWER, PASS },

    { "no message", "POST", TYPED, GRPC, BODY(""),
      BODY(HEAD "grpc-status: 12\ngrpc-message: the method takes one request message, none came\n\n"), ANSWER, PASS },
    { "two messages", "POST", TYPED, GRPC, BODY(M1 M2),
      BODY(HEAD "grpc-status: 12\ngrpc-message: the method takes one request message, more came\n\n"), ANSWER, PASS },
    { "flag 1 without an encoding", "POST", TYPED, GRPC, BODY("\1\0\0\0\4\n\2m1"),
      BODY(HEAD "grpc-status: 13\ngrpc-message: compressed flag set with identity or empty encoding\n\n"),
      ANSWER, PASS },
    { "flag 2", "POST", TYPED, GRPC, BODY("\2\0\0\0\4\n\2m1"),
      BODY(HEAD "grpc-status: 13\ngrpc-message: message with an unknown flag\n\n"), ANSWER, PASS },
    { "over the limit, by its prefix", "POST", TYPED, GRPC, BODY("\0\0\0\0\101"),
      BODY(HEAD "grpc-status: 8\ngrpc-message: received message larger than max (65 vs. 64)\n\n"), ANSWER, PASS },
    { "cut in a message", "POST", TYPED, GRPC, BODY("\0\0\0\0\4\n\2m"),
      BODY(HEAD "grpc-status: 13\ngrpc-message: the request ends within a message\n\n"), ANSWER, PASS },
    { "cut in a prefix", "POST", STREAM, GRPC, BODY(M1 "\0\0\0"),
      BODY(HEAD "grpc-status: 13\ngrpc-message: the request ends within a message\n\n"), ON_CANCEL, PASS },
    { "not a message of the type", "POST", TYPED, GRPC, BODY("\0\0\0\0\3\n\5m"),
      BODY(HEAD "grpc-status: 13\ngrpc-message: malformed request: "), ANSWER, PASS },
    { "a response that cannot be sent", "POST", TYPED, GRPC, BODY(M1),
      BODY(HEAD "\n\n\ngrpc-status: 13\ngrpc-message: the response cannot be serialized\n"), BAD_TEXT, PASS },
};

/* {"zz...": 33 of them} as gzip and as zlib, and the answer "re:zz..." as zlib */
#define GZIP_MEMBER(text) "\037\213\010\0\0\0\0\0\0\3" text
#define ZIPPED "\1\0\0\0\30" GZIP_MEMBER("\343\122\254\042\004\0\226\341\117\146\043\0\0\0")
#define DEFLATED "\1\0\0\0\14\170\234\343\122\254\042\004\0\021\114\017\346"
#define RE_DEFLATED "\1\0\0\0\17\170\234\343\122\051\112\265\252\042\004\0\067\312\020\372"
#define ZS "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
#define PLAIN "\0\0\0\0\43\n\41" ZS
#define RE_PLAIN "\0\0\0\0\46\n\44re:" ZS
#define DONE "\n\ngrpc-status: 0\n"
#define ENCODING(name) GRPC "grpc-encoding: " name "\n"
#define ACCEPT(names) GRPC "grpc-accept-encoding: " names "\n"

/* With --grpc-compression deflate. */
static const row compressed_rows[] = {
    { "gzip", "POST", TYPED, ENCODING("gzip"), BODY(ZIPPED), BODY(OPEN "\n" RE_PLAIN DONE), ANSWER, PASS },
    { "gzip, raw", "POST", RAW, ENCODING("gzip"), BODY(ZIPPED), BODY(OPEN "\n" PLAIN DONE), ANSWER, PASS },
    { "not this one", "POST", TYPED, ENCODING("gzip"), BODY(PLAIN), BODY(OPEN "\n" RE_PLAIN DONE), ANSWER, PASS },
    { "deflate, which the client can read then", "POST", TYPED, ENCODING("deflate"), BODY(DEFLATED),
      BODY(OPEN "grpc-encoding: deflate\n\n" RE_DEFLATED DONE), ANSWER, PASS },
    { "of the response alone", "POST", TYPED, ACCEPT("identity,deflate,gzip"), BODY(PLAIN),
      BODY(OPEN "grpc-encoding: deflate\n\n" RE_DEFLATED DONE), ANSWER, PASS },
    { "of a raw response", "POST", RAW, ACCEPT("deflate"), BODY(PLAIN),
      BODY(OPEN "grpc-encoding: deflate\n\n" DEFLATED DONE), ANSWER, PASS },
    { "one that would not be smaller", "POST", TYPED, ACCEPT("deflate"), BODY(M1),
      BODY(OPEN "grpc-encoding: deflate\n\n" RE_M1 DONE), ANSWER, PASS },
    { "of a stream", "POST", TYPED_SERVER, ENCODING("gzip") "grpc-accept-encoding: deflate\n", BODY(ZIPPED),
      BODY(OPEN "grpc-encoding: deflate\n\n" DEFLATED DEFLATED DEFLATED DONE), ANSWER, PASS },
    { "both ways", "POST", TYPED_BOTH, ENCODING("deflate"), BODY(DEFLATED PLAIN M1 DEFLATED),
      BODY(OPEN "grpc-encoding: deflate\n\n" DEFLATED DEFLATED M1 DEFLATED DONE), ANSWER, PASS },
    { "not accepted", "POST", TYPED, ACCEPT("gzip,identity"), BODY(PLAIN), BODY(OPEN "\n" RE_PLAIN DONE), ANSWER, PASS },
    { "an error", "POST", TYPED, ACCEPT("deflate"), BODY(M1), BODY(HEAD "grpc-status: 5\ngrpc-message: no m1\n\n"),
      FAIL, PASS },
    { "exactly the limit", "POST", TYPED_CLIENT, ENCODING("gzip"),
      BODY("\1\0\0\0\31" GZIP_MEMBER("\343\262\253\242\010\0\0\334\052\205\037\100\0\0\0")),
      BODY(OPEN "\n\0\0\0\0\3\n\0011" DONE), ANSWER, PASS },
    { "one byte more", "POST", TYPED, ENCODING("gzip"),
      BODY("\1\0\0\0\31" GZIP_MEMBER("\343\262\257\242\014\0\0\357\101\235\142\101\0\0\0")),
      BODY(HEAD "grpc-status: 8\ngrpc-message: received message after decompression larger than max 64\n\n"), ANSWER,
      PASS },
    { "cut short", "POST", TYPED, ENCODING("gzip"), BODY("\1\0\0\0\12" GZIP_MEMBER("")),
      BODY(HEAD "grpc-status: 13\ngrpc-message: the message cannot be decompressed\n\n"), ANSWER, PASS },
    { "not of that format", "POST", TYPED, ENCODING("deflate"), BODY(ZIPPED),
      BODY(HEAD "grpc-status: 13\ngrpc-message: the message cannot be decompressed\n\n"), ANSWER, PASS },
    { "none, but the flag", "POST", TYPED, ENCODING("identity"), BODY(ZIPPED),
      BODY(HEAD "grpc-status: 13\ngrpc-message: compressed flag set with identity or empty encoding\n\n"), ANSWER,
      PASS },
    { "no bytes, compressed", "POST", TYPED, ENCODING("gzip"), BODY("\1\0\0\0\0"),
      BODY(OPEN "\n\0\0\0\0\5\n\3re:" DONE), ANSWER, PASS },
};
/* clang-format on */

typedef struct fixture {
    call_script s;
    fake_exchange fake;
    gg_grpc_front front;
    gg_compressor compressor;
    gg_compression compression;
} fixture;

/* Opens the exchange and gives it to the front; false when memory failed before that. */
static bool open_call(fixture *f, const row *r, size_t high_water)
{
    f->fake = (fake_exchange){ .high_water = high_water };
    if (!call_script_init(&f->s, r->handler, r->hook))
        return false;
    f->front = (gg_grpc_front){ .channel = &f->s.channel.base,
        .max_message_len = MAX_LEN,
        .max_response_len = MAX_RESPONSE_LEN,
        .compressor = &f->compressor,
        .compression = f->compression };
    if (fake_exchange_open(&f->fake, r->method, r->path, r->headers, r->body) != GG_OK)
        return false;
    f->fake.x->version = GG_HTTP_2;
    gg_grpc_front_request(&f->front, f->fake.x);
    return true;
}

/* Lets the peer read until nothing more comes. */
static void drain(fixture *f)
{
    for (int i = 0; i < WRITABLE_MAX && f->fake.x != NULL; i++) {
        fake_exchange_run(&f->fake);
        if (f->fake.x != NULL)
            gg_exchange_on_writable(f->fake.x);
    }
}

static void close_call(fixture *f)
{
    fake_exchange_abort(&f->fake);
    fake_exchange_run(&f->fake);
    if (f->s.waiting != NULL)
        gg_call_finish(f->s.waiting, GG_STATUS_CANCELLED);
    fake_exchange_run(&f->fake);
    assert_int_equal(f->s.channel.open, 0);
    call_script_deinit(&f->s);
    gg_compressor_deinit(&f->compressor);
}

/* want: the whole response; or its beginning, up to a colon and a space. */
static void assert_response(const fixture *f, gg_str want)
{
    bool beginning = want.ptr[want.len - 1] == ' ';
    size_t len = beginning && f->fake.response_len > want.len ? want.len : f->fake.response_len;
    if (len != want.len || memcmp(f->fake.response, want.ptr, len) != 0)
        print_message("got:  %s\nwant: %s\n", f->fake.response, want.ptr);
    assert_int_equal(len, want.len);
    assert_memory_equal(f->fake.response, want.ptr, len);
}

static void run_row(const row *r, gg_compression compression, size_t piece, size_t high_water, size_t fail)
{
    fixture f = { .compression = compression };
    gg_fail_after(fail);
    if (open_call(&f, r, high_water)) {
        fake_exchange_feed(&f.fake, piece);
        drain(&f);
        assert_null(f.fake.x);
        if (!gg_fail_happened()) {
            assert_true(f.fake.whole && !f.fake.was_reset);
            assert_response(&f, r->response);
        }
    }
    close_call(&f);
}

static void run_rows(const row *list, size_t count, gg_compression compression)
{
    static const size_t pieces[] = { 0, 1, 3 }, high_waters[] = { 0, 7 };
    for (size_t i = 0; i < count; i++) {
        print_message("%s\n", list[i].what);
        for (size_t p = 0; p < 3; p++)
            for (size_t h = 0; h < 2; h++)
                run_row(&list[i], compression, pieces[p], high_waters[h], SIZE_MAX);
        for (size_t n = 0;; n++) {
            run_row(&list[i], compression, 0, 0, n);
            if (!gg_fail_happened())
                break;
        }
    }
    gg_fail_after(SIZE_MAX);
}

static void test_rows(void **state)
{
    (void)state;
    run_rows(rows, sizeof rows / sizeof rows[0], GG_COMPRESSION_DEFAULT);
}

static void test_compressed_rows(void **state)
{
    (void)state;
    run_rows(compressed_rows, sizeof compressed_rows / sizeof compressed_rows[0], GG_COMPRESSION_DEFLATE);
}

/* The peer goes away after each number of bytes, whatever the handler does. */
static void test_abort(void **state)
{
    (void)state;
    static const handler_does handlers[] = { ANSWER, WAIT, ON_CANCEL, LATER, METADATA };
    static const char *const paths[] = { TYPED, STREAM, SERVER };
    for (size_t h = 0; h < sizeof handlers / sizeof handlers[0]; h++)
        for (size_t p = 0; p < 3; p++)
            for (size_t cut = 0; cut <= 9; cut++) {
                row r = { "", "POST", paths[p], GRPC, gg_str_of(M1, cut), { 0 }, handlers[h], PASS };
                fixture f = { 0 };
                assert_true(open_call(&f, &r, 3));
                if (cut > 0) {
                    gg_exchange_on_body(f.fake.x, r.body);
                    fake_exchange_run(&f.fake);
                }
                if (cut == 9 && f.fake.x != NULL) {
                    gg_exchange_on_end(f.fake.x);
                    fake_exchange_run(&f.fake);
                }
                close_call(&f);
            }
}

static void test_http1(void **state)
{
    (void)state;
    row r = { "", "POST", TYPED, GRPC, { NULL, 0 }, { NULL, 0 }, ANSWER, PASS };
    fixture f = { 0 };
    assert_true(call_script_init(&f.s, ANSWER, PASS));
    f.front = (gg_grpc_front){ .channel = &f.s.channel.base,
        .max_message_len = MAX_LEN,
        .max_response_len = MAX_RESPONSE_LEN,
        .compressor = &f.compressor };
    assert_int_equal(fake_exchange_open(&f.fake, r.method, r.path, r.headers, r.body), GG_OK);
    gg_grpc_front_request(&f.front, f.fake.x);
    assert_response(&f, GG_STR("505\ncontent-type: text/plain\n\ngRPC needs HTTP/2\n"));
    close_call(&f);
}

static void test_deadline(void **state)
{
    (void)state;
    row r = { "", "POST", TYPED, GRPC "grpc-timeout: 10m\n", GG_STR_INIT(M1), { NULL, 0 }, WAIT, PASS };
    fixture f = { 0 };
    assert_true(open_call(&f, &r, 0));
    fake_exchange_feed(&f.fake, 0);
    gg_sched_run(&f.fake.sched, 9999999);
    assert_int_equal(f.fake.response_len, 0);
    gg_sched_run(&f.fake.sched, 10000000);
    assert_response(&f, GG_STR(HEAD "grpc-status: 4\ngrpc-message: deadline exceeded\n\n"));
    assert_non_null(strstr(f.s.story, "on_cancel"));
    close_call(&f);
}

/* Messages are taken off the peer's window as the handler takes them: one with it, one held, no more. */
static void test_request_flow_control(void **state)
{
    (void)state;
    row r = { "", "POST", STREAM, GRPC, GG_STR_INIT(M1 M1 M1 M1 M1), { NULL, 0 }, WAIT, PASS };
    for (size_t step = 1; step <= 45; step += 11) {
        fixture f = { 0 };
        assert_true(open_call(&f, &r, 0));
        for (size_t at = 0; at < 45; at += step) {
            gg_exchange_on_body(f.fake.x, gg_str_of(r.body.ptr + at, step < 45 - at ? step : 45 - at));
            fake_exchange_run(&f.fake);
        }
        gg_exchange_on_end(f.fake.x);
        fake_exchange_run(&f.fake);
        for (size_t got = 1; got <= 5; got++) {
            size_t taken = got + 1 < 5 ? (got + 1) * 9 : 45;
            assert_int_equal(f.fake.consumed, taken);
            assert_null(strstr(f.s.story, "half-close"));
            gg_call_message_done(f.s.waiting);
            fake_exchange_run(&f.fake);
        }
        assert_non_null(strstr(f.s.story, "half-close"));
        close_call(&f);
    }
}

/* The handler's message is done when the peer has taken its last byte. */
static void test_response_back_pressure(void **state)
{
    (void)state;
    row r = { "", "POST", SERVER, GRPC, GG_STR_INIT(M1), { NULL, 0 }, WAIT, PASS };
    gg_message message = { .wire = GG_STR("\n\2o1") };
    fixture f = { 0 };
    assert_true(open_call(&f, &r, 4));
    fake_exchange_feed(&f.fake, 0);
    assert_int_equal(gg_call_send(f.s.waiting, &message), GG_OK);
    fake_exchange_run(&f.fake);
    assert_int_equal(gg_call_send(f.s.waiting, &message), GG_AGAIN);
    gg_exchange_on_writable(f.fake.x); /* the fifth byte, and four of the message */
    fake_exchange_run(&f.fake);
    gg_exchange_on_writable(f.fake.x);
    fake_exchange_run(&f.fake);
    assert_non_null(strstr(f.s.story, "handler-writable"));
    assert_int_equal(gg_call_send(f.s.waiting, &message), GG_OK);
    drain(&f);
    gg_call_finish(f.s.waiting, GG_STATUS_OK);
    f.s.waiting = NULL;
    drain(&f);
    assert_response(&f, GG_STR(HEAD "\n\0\0\0\0\4\n\2o1\0\0\0\0\4\n\2o1\n\ngrpc-status: 0\n"));
    assert_false(f.fake.was_reset);
    close_call(&f);
}

/* Out of time within a message: no trailers can follow, so the stream is reset. */
static void test_cut_response(void **state)
{
    (void)state;
    row r = { "", "POST", SERVER, GRPC "grpc-timeout: 10m\n", GG_STR_INIT(M1), { NULL, 0 }, WAIT, PASS };
    gg_message message = { .wire = GG_STR("\n\2o1") };
    fixture f = { 0 };
    assert_true(open_call(&f, &r, 4));
    fake_exchange_feed(&f.fake, 0);
    assert_int_equal(gg_call_send(f.s.waiting, &message), GG_OK);
    gg_sched_run(&f.fake.sched, 5000000);
    f.fake.high_water = 1;
    gg_sched_run(&f.fake.sched, 20000000);
    assert_true(f.fake.was_reset);
    close_call(&f);
}

/* A response over the limit is the server's fault, and said so. */
static void test_big_response(void **state)
{
    (void)state;
    static const char zeros[MAX_RESPONSE_LEN + 1];
    row r = { "", "POST", SERVER, GRPC, GG_STR_INIT(M1), { NULL, 0 }, ON_CANCEL, PASS };
    gg_message message = { .wire = gg_str_of(zeros, sizeof zeros) };
    fixture f = { 0 };
    assert_true(open_call(&f, &r, 0));
    fake_exchange_feed(&f.fake, 0);
    assert_int_equal(gg_call_send(f.s.waiting, &message), GG_OK);
    fake_exchange_run(&f.fake);
    assert_response(&f,
        GG_STR(HEAD "\n\n\ngrpc-status: 8\ngrpc-message: trying to send message larger than max (81 vs. 80)\n"));
    assert_non_null(strstr(f.s.story, "RESOURCE_EXHAUSTED"));
    close_call(&f);
}

static const struct {
    gg_str value;
    bool want;
} content_types[] = {
    { GG_STR_INIT("application/grpc"), true },
    { GG_STR_INIT("application/grpc+proto"), true },
    { GG_STR_INIT("application/grpc+json"), true },
    { GG_STR_INIT("application/grpc;charset=utf-8"), true },
    { GG_STR_INIT("application/grpc ; x"), true },
    { GG_STR_INIT("APPLICATION/GRPC+PROTO"), true },
    { GG_STR_INIT("application/grpc-web"), false },
    { GG_STR_INIT("application/grpc-web+proto"), false },
    { GG_STR_INIT("application/grpcx"), false },
    { GG_STR_INIT("application/json"), false },
    { GG_STR_INIT(""), false },
};

static void test_content_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof content_types / sizeof content_types[0]; i++)
        assert_int_equal(gg_grpc_content_type(content_types[i].value), content_types[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_compressed_rows),
        cmocka_unit_test(test_abort),
        cmocka_unit_test(test_http1),
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_request_flow_control),
        cmocka_unit_test(test_response_back_pressure),
        cmocka_unit_test(test_cut_response),
        cmocka_unit_test(test_big_response),
        cmocka_unit_test(test_content_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
