/* test_h1.c -- the HTTP/1.x codec: what a peer sends, what the front is told, what the peer gets.
 *
 * Every row runs whole, byte by byte, and with every allocation failing.  Date fields are cut out. */
#include "fake_front.h"

#include "failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HOST "Host: a\r\n"
#define OK200 "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
#define OK_OK OK200 "Content-Length: 2\r\n\r\nok"
#define ERROR(line, len, close) \
    "HTTP/1.1 " line "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " len "\r\n" close
#define BAD ERROR("400 Bad Request", "11", "Connection: close\r\n\r\nBad Request")
#define LINES16 "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
#define A100 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* clang-format off */
static const struct row {
    const char *what;
    gg_str wire;
    const char *journal;
    const char *sent;
    bool done;
} rows[] = {
    { "a GET", GG_STR_INIT("GET /ok?q=1 HTTP/1.1\r\n" HOST "\r\n"), "GET /ok?q=1 a ||.", OK_OK, false },
    { "names in lower case, values trimmed", GG_STR_INIT("GET /ok HTTP/1.1\r\nhOST: a\r\nX-One:  b c \t\r\nx-two:\r\n\r\n"),
      "GET /ok a x-one=b c x-two= ||.", OK_OK, false },
    { "a body by length", GG_STR_INIT("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello"),
      "POST /echo a |hello|.", OK200 "Content-Length: 5\r\n\r\nhello", false },
    { "a body in chunks, extension and trailer dropped",
      GG_STR_INIT("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nX-T: v\r\n\r\n"),
      "POST /echo a |hello|.", OK200 "Content-Length: 5\r\n\r\nhello", false },
    { "pipelined", GG_STR_INIT("GET /ok?1 HTTP/1.1\r\n" HOST "\r\nPOST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi"
      "GET /ok?3 HTTP/1.1\r\n" HOST "\r\n"),
      "GET /ok?1 a ||.POST /echo a |hi|.GET /ok?3 a ||.", OK_OK OK200 "Content-Length: 2\r\n\r\nhi" OK_OK, false },
    { "empty lines before a request", GG_STR_INIT("\r\n\r\nGET /ok HTTP/1.1\r\n" HOST "\r\n"), "GET /ok a ||.", OK_OK, false },
    { "too many empty lines", GG_STR_INIT("HEAD /ok HTTP/1.1\r\n" HOST "\r\n" LINES16 LINES16 LINES16 "GET /ok HTTP/1.1\r\n" HOST "\r\n"),
      "HEAD /ok a ||.", OK200 "Content-Length: 2\r\n\r\n" BAD, true },
    { "Connection: close", GG_STR_INIT("GET /ok HTTP/1.1\r\n" HOST "Connection: close\r\n\r\nGET /ok HTTP/1.1\r\n" HOST "\r\n"),
      "GET /ok a ||.", OK200 "Content-Length: 2\r\nConnection: close\r\n\r\nok", true },
    { "HTTP/1.0 closes", GG_STR_INIT("GET /ok HTTP/1.0\r\n\r\n"), "GET /ok  ||.",
      OK200 "Content-Length: 2\r\nConnection: close\r\n\r\nok", true },
    { "HTTP/1.0 keep-alive", GG_STR_INIT("GET /ok HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /ok HTTP/1.0\r\n\r\n"),
      "GET /ok  ||.GET /ok  ||.", OK200 "Content-Length: 2\r\nConnection: keep-alive\r\n\r\nok"
      OK200 "Content-Length: 2\r\nConnection: close\r\n\r\nok", true },
    { "HEAD has the length and no body", GG_STR_INIT("HEAD /ok HTTP/1.1\r\n" HOST "\r\nGET /ok HTTP/1.1\r\n" HOST "\r\n"),
      "HEAD /ok a ||.GET /ok a ||.", OK200 "Content-Length: 2\r\n\r\n" OK_OK, false },
    { "an empty body", GG_STR_INIT("GET /empty HTTP/1.1\r\n" HOST "\r\n"), "GET /empty a ",
      OK200 "Content-Length: 0\r\n\r\n", false },
    { "204 has no length", GG_STR_INIT("GET /204 HTTP/1.1\r\n" HOST "\r\n"), "GET /204 a ",
      "HTTP/1.1 204 No Content\r\nContent-Type: text/plain\r\n\r\n", false },
    { "trailers come in chunked form", GG_STR_INIT("GET /trailers HTTP/1.1\r\n" HOST "\r\n"), "GET /trailers a ",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 7\r\n\r\n", false },
    { "fields that split a response are not sent", GG_STR_INIT("GET /unsafe HTTP/1.1\r\n" HOST "\r\n"), "GET /unsafe a ",
      "HTTP/1.1 200 OK\r\nX-Good: yes\r\nContent-Length: 2\r\n\r\nok", false },
    { "an absolute target's authority wins", GG_STR_INIT("GET http://b:1/ok?x HTTP/1.1\r\n" HOST "\r\n"),
      "GET http://b:1/ok?x b:1 ||.", OK_OK, false },
    { "an offer to upgrade is ignored", GG_STR_INIT("GET /ok HTTP/1.1\r\n" HOST "Connection: Upgrade, HTTP2-Settings\r\n"
      "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\nGET /ok HTTP/1.1\r\n" HOST "\r\n"),
      "GET /ok a ||.GET /ok a ||.", OK_OK OK_OK, false },
    { "CONNECT is a method", GG_STR_INIT("CONNECT a:80 HTTP/1.1\r\n" HOST "\r\n"), "CONNECT a:80 a ||.", "", false },
    { "Expect: 100-continue", GG_STR_INIT("POST /hold HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"),
      "POST /hold a ", "HTTP/1.1 100 Continue\r\n\r\n", false },
    { "Expect, answered at once: closed, for the body may come or not",
      GG_STR_INIT("POST /early HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"),
      "POST /early a ", OK200 "Content-Length: 5\r\nConnection: close\r\n\r\nearly", true },
    { "an early response, the body is dropped", GG_STR_INIT("POST /early HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello"
      "GET /ok HTTP/1.1\r\n" HOST "\r\n"),
      "POST /early a GET /ok a ||.", OK200 "Content-Length: 5\r\n\r\nearly" OK_OK, false },
    { "an early response to a long upload closes", GG_STR_INIT("POST /early HTTP/1.1\r\n" HOST "Content-Length: 500000\r\n\r\nhello"),
      "POST /early a ", OK200 "Content-Length: 5\r\nConnection: close\r\n\r\nearly", true },
    { "reset", GG_STR_INIT("GET /reset HTTP/1.1\r\n" HOST "\r\n"), "GET /reset a ", "", true },
    /* malformed, or a smuggler's */
    { "no request", GG_STR_INIT("\x16\x03\x01\x02"), "", BAD, true },
    { "no request, in words", GG_STR_INIT("INVALID CONNECTION PREFACE\r\n"), "", "", true },
    { "a method that nobody knows", GG_STR_INIT("FOO / HTTP/1.1\r\n"), "", BAD, true },
    { "HTTP/0.9", GG_STR_INIT("GET /\r\n\r\n"), "", BAD, true },
    { "HTTP/2.0 in text", GG_STR_INIT("GET / HTTP/2.0\r\n" HOST "\r\n"), "",
      ERROR("505 HTTP Version Not Supported", "26", "Connection: close\r\n\r\nHTTP Version Not Supported"), true },
    { "no Host", GG_STR_INIT("GET /ok HTTP/1.1\r\n\r\n"), "", BAD, true },
    { "two Hosts", GG_STR_INIT("GET /ok HTTP/1.1\r\n" HOST HOST "\r\n"), "", BAD, true },
    { "a length and chunks", GG_STR_INIT("POST /ok HTTP/1.1\r\n" HOST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
      "", BAD, true },
    { "chunks and a length", GG_STR_INIT("POST /ok HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"),
      "", BAD, true },
    { "two lengths", GG_STR_INIT("POST /ok HTTP/1.1\r\n" HOST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"), "", BAD, true },
    { "a list of lengths", GG_STR_INIT("POST /ok HTTP/1.1\r\n" HOST "Content-Length: 3, 3\r\n\r\nabc"), "", BAD, true },
    { "a signed length", GG_STR_INIT("POST /ok HTTP/1.1\r\n" HOST "Content-Length: +3\r\n\r\nabc"), "", BAD, true },
    { "a length that wraps", GG_STR_INIT("POST /ok HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551619\r\n\r\nabc"), "", BAD, true },
    { "a space before the colon", GG_STR_INIT("GET /ok HTTP/1.1\r\n" HOST "Content-Length : 3\r\n\r\n"), "", BAD, true },
    { "a space in a name", GG_STR_INIT("GET /ok HTTP/1.1\r\n" HOST "A B: 3\r\n\r\n"), "", BAD, true },
    { "a bare LF", GG_STR_INIT("GET /ok HTTP/1.1\nHost: a\n\n"), "", BAD, true },
    { "a bare CR in a value", GG_STR_INIT("GET /ok HTTP/1.1\r\n" HOST "X: a\rb\r\n\r\n"), "", BAD, true },
    { "a NUL in a value", GG_STR_INIT("GET /ok HTTP/1.1\r\n" HOST "X: a\0b\r\n\r\n"), "", BAD, true },
    { "another transfer coding", GG_STR_INIT("POST /ok HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), "",
      ERROR("501 Not Implemented", "15", "Connection: close\r\n\r\nNot Implemented"), true },
    { "chunked twice", GG_STR_INIT("POST /ok HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
      "", BAD, true },
    { "chunks in HTTP/1.0", GG_STR_INIT("POST /ok HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "", BAD, true },
    { "a chunk without its end", GG_STR_INIT("POST /ok HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n2\r\nabXX0\r\n\r\n"),
      "POST /ok a !", BAD, true },
    { "a chunk length that is none", GG_STR_INIT("POST /ok HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
      "POST /ok a !", BAD, true },
    { "a control character in the target", GG_STR_INIT("GET /o\tk HTTP/1.1\r\n" HOST "\r\n"), "", BAD, true },
    { "too long a head (the limit is 1000 here)", GG_STR_INIT("GET /ok HTTP/1.1\r\n" HOST "X: " A100 A100 A100 A100 A100 A100
      A100 A100 A100 A100 "\r\n\r\n"), "",
      ERROR("431 Request Header Fields Too Large", "31", "Connection: close\r\n\r\nRequest Header Fields Too Large"), true },
    { "too many fields (the limit is 5 here)", GG_STR_INIT("GET /ok HTTP/1.1\r\n" HOST "X:1\r\nX:2\r\nX:3\r\nX:4\r\nX:5\r\n\r\n"), "",
      ERROR("431 Request Header Fields Too Large", "31", "Connection: close\r\n\r\nRequest Header Fields Too Large"), true },
    { "a bad request after a good one", GG_STR_INIT("GET /ok HTTP/1.1\r\n" HOST "\r\nnonsense\r\n\r\n"), "GET /ok a ||.",
      OK_OK BAD, true },
};
/* clang-format on */

/* What was sent, without "Date: ...\r\n". */
static void cut_dates(fake_front *front)
{
    enum { DATE_LINE_LEN = 6 + 29 + 2 };
    front->sent[front->sent_len] = '\0';
    for (char *at = front->sent; (at = strstr(at, "Date: ")) != NULL;) {
        size_t rest = front->sent_len - (size_t)(at - front->sent) - DATE_LINE_LEN;
        memmove(at, at + DATE_LINE_LEN, rest + 1);
        front->sent_len -= DATE_LINE_LEN;
    }
}

/* Feeds the row in pieces of that length; false when an allocation failed. */
static bool run_row(fake_front *front, const struct row *row, size_t piece)
{
    if (!fake_front_open(front, false)) {
        assert_true(gg_fail_happened());
        fake_front_close(front);
        return false;
    }
    front->config.limits.header_bytes = 1000;
    front->config.limits.header_count = 5;
    for (size_t at = 0; at < row->wire.len; at += piece) {
        size_t left = row->wire.len - at;
        fake_front_feed(front, gg_str_of(row->wire.ptr + at, left < piece ? left : piece));
    }
    bool done = front->codec->ops->done(front->codec);
    char journal[FAKE_JOURNAL_LEN];
    memcpy(journal, front->journal, sizeof journal);
    fake_front_close(front);
    if (gg_fail_happened())
        return false;
    cut_dates(front);
    if (strcmp(journal, row->journal) != 0 || strcmp(front->sent, row->sent) != 0 || done != row->done)
        fail_msg("%s, in pieces of %zu: done %d\njournal %s\nwant    %s\nsent %s\nwant %s", row->what, piece, done,
            journal, row->journal, front->sent, row->sent);
    return true;
}

static void test_rows(void **state)
{
    static const size_t pieces[] = { SIZE_MAX / 2, 1, 7 };
    fake_front *front = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t p = 0; p < sizeof pieces / sizeof pieces[0]; p++) {
            gg_fail_after(SIZE_MAX);
            run_row(front, &rows[i], pieces[p]);
            for (size_t n = 0;; n++) {
                gg_fail_after(n);
                if (run_row(front, &rows[i], pieces[p]))
                    break;
            }
        }
    gg_fail_after(SIZE_MAX);
}

static gg_str get(const char *path)
{
    static char text[200];
    return gg_str_of(text, (size_t)snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path));
}

/* A response larger than the high-water mark is taken as the peer reads; nothing of it is lost. */
static void test_big(void **state)
{
    fake_front *front = *state;
    fake_front_open(front, false);
    fake_front_feed(front, get("/big"));
    cut_dates(front);
    const char *head = OK200 "Content-Length: 200000\r\n\r\n";
    assert_int_equal(front->sent_len, strlen(head) + FAKE_BIG_LEN);
    assert_memory_equal(front->sent, head, strlen(head));
    for (size_t i = 0; i < FAKE_BIG_LEN; i++)
        assert_int_equal(front->sent[strlen(head) + i], 'a' + i % 26);
    fake_front_close(front);
}

/* A stream of unknown length, as chunks in HTTP/1.1; to its end in HTTP/1.0. */
static void test_stream(void **state)
{
    fake_front *front = *state;
    fake_front_open(front, false);
    fake_front_feed(front, get("/stream"));
    cut_dates(front);
    char *at = strstr(front->sent, "\r\n\r\n") + 4;
    size_t total = 0;
    for (unsigned long len; (len = strtoul(at, &at, 16)) > 0; at += len + 2) {
        at += 2;
        assert_int_equal(at[0], 'a' + total % 26);
        total += len;
    }
    assert_int_equal(total, FAKE_BIG_LEN);
    assert_string_equal(at, "\r\nX-Sum: 7\r\n\r\n");
    fake_front_close(front);

    fake_front_open(front, false);
    fake_front_feed(front, GG_STR("GET /stream HTTP/1.0\r\n\r\n"));
    cut_dates(front);
    const char *head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    assert_memory_equal(front->sent, head, strlen(head));
    assert_int_equal(front->sent_len, strlen(head) + FAKE_BIG_LEN);
    assert_true(front->codec->ops->done(front->codec));
    fake_front_close(front);
}

/* The peer does not read: the codec holds the mark, not the response. */
static void test_slow_reader(void **state)
{
    fake_front *front = *state;
    fake_front_open(front, false);
    const gg_codec_ops *ops = front->codec->ops;
    ops->receive(front->codec, get("/stream"));
    gg_sched_run(&front->sched, front->sched.now_ns);
    gg_str out = ops->output(front->codec);
    assert_in_range(out.len, front->config.limits.high_water / 2, front->config.limits.high_water + 4096);
    /* What was lent stays where it is while one byte is sent and the front writes on. */
    char first = out.ptr[1];
    ops->sent(front->codec, 1);
    assert_int_equal(*ops->output(front->codec).ptr, first);
    fake_front_run(front);
    assert_true(front->sent_len > FAKE_BIG_LEN);
    fake_front_close(front);
}

/* A front that is busy: what a pipelining peer sends is kept up to a bound, then not wanted. */
static void test_kept_input(void **state)
{
    fake_front *front = *state;
    fake_front_open(front, false);
    const gg_codec_ops *ops = front->codec->ops;
    fake_front_feed(front, get("/hold"));
    size_t requests = 0;
    for (; ops->wants_input(front->codec); requests++)
        fake_front_feed(front, get("/ok"));
    assert_in_range(requests, 100, 1000);
    assert_string_equal(front->journal, "GET /hold a ||.");
    fake_front_answer(front, GG_STR("held"));
    assert_true(ops->wants_input(front->codec));
    size_t answers = 0;
    cut_dates(front);
    for (char *at = front->sent; (at = strstr(at, "\r\n\r\nok")) != NULL; at++)
        answers++;
    assert_int_equal(answers, requests);
    fake_front_close(front);
}

/* A front that does not use the body: the codec reads no more. */
static void test_unused_body(void **state)
{
    fake_front *front = *state;
    fake_front_open(front, false);
    const gg_codec_ops *ops = front->codec->ops;
    char piece[10000];
    memset(piece, 'x', sizeof piece);
    fake_front_feed(front, GG_STR("POST /greedy HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n"));
    size_t len = 0;
    for (; ops->wants_input(front->codec) && len < 9999999; len += sizeof piece)
        fake_front_feed(front, gg_str_of(piece, sizeof piece));
    assert_in_range(len, front->config.limits.high_water, front->config.limits.high_water + sizeof piece);
    fake_front_wait(front, 3600 * (uint64_t)1000000000); /* it is the front that is slow, not the peer */
    assert_false(ops->done(front->codec));
    fake_front_close(front);
    assert_string_equal(front->journal, "POST /greedy a !");
}

/* The end of file: before, in the midst of, and after a request; with a response under way. */
static void test_eof(void **state)
{
    static const struct {
        const char *wire, *journal;
    } cases[] = {
        { "", "" },
        { "GET /ok HT", "" },
        { "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", "POST /echo a !" },
        { "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n", "GET /hold a ||.!" },
        { "GET /ok HTTP/1.1\r\nHost: a\r\n\r\n", "GET /ok a ||." },
    };
    fake_front *front = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake_front_open(front, false);
        fake_front_feed(front, gg_str_from(cases[i].wire));
        front->codec->ops->eof(front->codec);
        fake_front_run(front);
        assert_true(front->codec->ops->done(front->codec));
        assert_false(front->codec->ops->lingers(front->codec));
        assert_string_equal(front->journal, cases[i].journal);
        fake_front_close(front);
    }
    /* A whole response that the peer has not read yet is still sent. */
    fake_front_open(front, false);
    const gg_codec_ops *ops = front->codec->ops;
    ops->receive(front->codec, get("/big"));
    ops->eof(front->codec);
    assert_false(ops->done(front->codec));
    fake_front_run(front);
    assert_true(front->sent_len > FAKE_BIG_LEN);
    assert_true(ops->done(front->codec));
    fake_front_close(front);
}

#define S ((uint64_t)1000000000)

static void test_time(void **state)
{
    static const struct {
        const char *wire;
        uint64_t fine_ns, over_ns;
        const char *sent;
    } cases[] = {
        { "", 299 * S, 2 * S, "" },
        { "GET /ok HTTP/1.1\r\nHost: a\r\n\r\n", 299 * S, 2 * S, OK_OK },
        { "GET /o", 59 * S, 2 * S, ERROR("408 Request Timeout", "15", "Connection: close\r\n\r\nRequest Timeout") },
        { "POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", 59 * S, 2 * S,
            ERROR("408 Request Timeout", "15", "Connection: close\r\n\r\nRequest Timeout") },
        { "POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", 59 * S, 2 * S,
            OK200 "Content-Length: 5\r\n\r\nearly" },
    };
    fake_front *front = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake_front_open(front, false);
        fake_front_feed(front, gg_str_from(cases[i].wire));
        fake_front_wait(front, cases[i].fine_ns);
        assert_false(front->codec->ops->done(front->codec));
        fake_front_wait(front, cases[i].over_ns);
        assert_true(front->codec->ops->done(front->codec));
        cut_dates(front);
        assert_string_equal(front->sent, cases[i].sent);
        fake_front_close(front);
    }
    /* A slow handler has all the time it wants; a piece of body starts the time anew. */
    fake_front_open(front, false);
    fake_front_feed(front, GG_STR("POST /hold HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na"));
    fake_front_wait(front, 50 * S);
    fake_front_feed(front, GG_STR("b"));
    fake_front_wait(front, 1000 * S);
    assert_false(front->codec->ops->done(front->codec));
    fake_front_answer(front, GG_STR("ok"));
    cut_dates(front);
    assert_string_equal(front->sent, OK_OK);
    fake_front_close(front);
}

/* Drain: an idle connection is done at once, a busy one after its response. */
static void test_drain(void **state)
{
    fake_front *front = *state;
    fake_front_open(front, false);
    front->codec->ops->drain(front->codec);
    assert_true(front->codec->ops->done(front->codec));
    fake_front_close(front);

    fake_front_open(front, false);
    fake_front_feed(front, get("/hold"));
    front->codec->ops->drain(front->codec);
    assert_false(front->codec->ops->done(front->codec));
    fake_front_answer(front, GG_STR("ok"));
    cut_dates(front);
    assert_string_equal(front->sent, OK200 "Content-Length: 2\r\nConnection: close\r\n\r\nok");
    assert_true(front->codec->ops->done(front->codec));
    fake_front_close(front);
}

/* After an early response the body is read and dropped up to a bound; then the connection is done, and
 * lingers so that the answer is not lost. */
static void test_dropped_upload(void **state)
{
    fake_front *front = *state;
    fake_front_open(front, false);
    const gg_codec_ops *ops = front->codec->ops;
    static char piece[6 + 10000 + 2] = "2710\r\n";
    memset(piece + 6, 'x', 10000);
    memcpy(piece + 6 + 10000, "\r\n", 2);
    fake_front_feed(front, GG_STR("POST /early HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    size_t pieces = 0;
    for (; !ops->done(front->codec) && pieces < 100; pieces++)
        fake_front_feed(front, gg_str_of(piece, sizeof piece));
    assert_in_range(pieces, 26, 27);
    assert_true(ops->lingers(front->codec));
    fake_front_close(front);
}

static void error_body(int status, gg_str *content_type, gg_str *body)
{
    *content_type = GG_STR("application/json");
    *body = status == 400 ? GG_STR("{\"code\":3}") : GG_STR("{}");
}

static void test_error_body(void **state)
{
    fake_front *front = *state;
    fake_front_open(front, false);
    front->config.error_body = error_body;
    fake_front_feed(front, GG_STR("NONSENSE / HTTP/1.1\r\n"));
    cut_dates(front);
    assert_string_equal(front->sent,
        "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 10\r\n"
        "Connection: close\r\n\r\n{\"code\":3}");
    fake_front_close(front);
}

/* Once warm, a request costs no allocation. */
static void test_no_malloc(void **state)
{
    fake_front *front = *state;
    fake_front_open(front, false);
    for (unsigned i = 0; i < 3; i++)
        fake_front_feed(front, get("/ok"));
    gg_fail_after(SIZE_MAX);
    for (unsigned i = 0; i < 100; i++)
        fake_front_feed(front, get("/ok"));
    assert_int_equal(gg_fail_count(), 0);
    fake_front_close(front);
}

static int set_up(void **state)
{
    static fake_front front;
    *state = &front;
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_big),
        cmocka_unit_test(test_stream),
        cmocka_unit_test(test_slow_reader),
        cmocka_unit_test(test_kept_input),
        cmocka_unit_test(test_unused_body),
        cmocka_unit_test(test_eof),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_drain),
        cmocka_unit_test(test_dropped_upload),
        cmocka_unit_test(test_error_body),
        cmocka_unit_test(test_no_malloc),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
