/* test_h2.c -- the HTTP/2 codec against a client session of nghttp2: no socket between them.
 *
 * Every row runs whole, byte by byte, and with every allocation of the codec failing. */
#include "h2_peer.h"

#include "failmalloc.h"
#include "http/h2.h"
#include "raw_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define S ((uint64_t)1000000000)

/* -- rows: up to three requests, sent at once -- */

#define TYPE " content-type=text/plain"

/* clang-format off */
static const struct row {
    const char *what;
    struct { const char *method, *path; gg_header field; gg_str upload; } requests[3];
    const char *journal;
    const char *answers; /* per stream: status fields |body|trailers */
} rows[] = {
    { "a GET", { { "GET", "/ok?q=1", { { 0 }, { 0 } }, { 0 } } }, "GET /ok?q=1 a ||.", "200" TYPE " content-length=2|ok|;" },
    { "fields", { { "GET", "/ok", { GG_STR_INIT("x-one"), GG_STR_INIT("b c") }, { 0 } } }, "GET /ok a x-one=b c ||.",
      "200" TYPE " content-length=2|ok|;" },
    { "a body", { { "POST", "/echo", { { 0 }, { 0 } }, GG_STR_INIT("hello") } }, "POST /echo a |hello|.",
      "200" TYPE " content-length=5|hello|;" },
    { "three at once", { { "GET", "/ok?1", { { 0 }, { 0 } }, { 0 } }, { "POST", "/echo", { { 0 }, { 0 } }, GG_STR_INIT("hi") },
      { "GET", "/ok?3", { { 0 }, { 0 } }, { 0 } } }, NULL,
      "200" TYPE " content-length=2|ok|;200" TYPE " content-length=2|hi|;200" TYPE " content-length=2|ok|;" },
    { "HEAD", { { "HEAD", "/ok", { { 0 }, { 0 } }, { 0 } } }, "HEAD /ok a ||.", "200" TYPE " content-length=2||;" },
    { "HEAD of a stream", { { "HEAD", "/stream", { { 0 }, { 0 } }, { 0 } } }, "HEAD /stream a ", "200||;" },
    { "an empty body", { { "GET", "/empty", { { 0 }, { 0 } }, { 0 } } }, "GET /empty a ", "200" TYPE "||;" },
    { "204", { { "GET", "/204", { { 0 }, { 0 } }, { 0 } } }, "GET /204 a ", "204" TYPE "||;" },
    { "trailers after an empty body", { { "GET", "/trailers", { { 0 }, { 0 } }, { 0 } } }, "GET /trailers a ", "200|| x-sum=7;" },
    { "fields about the connection, and those that split, are not sent", { { "GET", "/unsafe", { { 0 }, { 0 } }, { 0 } } },
      "GET /unsafe a ", "200 x-good=yes content-length=2|ok|;" },
    { "a large body", { { "GET", "/big", { { 0 }, { 0 } }, { 0 } } }, "GET /big a ", "200" TYPE " content-length=200000|#200000|;" },
    { "a stream with a trailer", { { "GET", "/stream", { { 0 }, { 0 } }, { 0 } } }, "GET /stream a ||.", "200|#200000| x-sum=7;" },
    { "reset", { { "GET", "/reset", { { 0 }, { 0 } }, { 0 } } }, "GET /reset a ", "||reset 8;" },
    { "a field about the connection", { { "GET", "/ok", { GG_STR_INIT("connection"), GG_STR_INIT("close") }, { 0 } } }, "",
      "||reset 1;" },
    { "Content-Length that lies", { { "POST", "/echo", { GG_STR_INIT("content-length"), GG_STR_INIT("3") }, GG_STR_INIT("hello") } },
      "POST /echo a !", "||reset 1;" },
    { "too large a field (the limit is 1000 here)", { { "GET", "/ok", { GG_STR_INIT("x-1"), GG_STR_INIT(
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") },
      { 0 } } }, "", "431 content-type=text/plain; charset=utf-8 content-length=31|Request Header Fields Too Large|;" },
};
/* clang-format on */

static void write_answer(char *out, size_t out_len, const h2_peer_stream *stream)
{
    char body[TEXT_LEN];
    snprintf(body, sizeof body, "#%zu", stream->body_len);
    char reset[20] = "";
    if (stream->reset >= 0)
        snprintf(reset, sizeof reset, "reset %d", stream->reset);
    size_t len = strlen(out);
    snprintf(out + len, out_len - len, "%s%s|%s|%s%s;", stream->status, stream->fields,
        stream->body_len < 100 ? stream->body : body, stream->trailers, reset);
}

static bool run_row(fake_front *front, h2_peer *c, const struct row *row, size_t piece)
{
    if (!fake_front_open(front, true)) {
        assert_true(gg_fail_happened());
        fake_front_close(front);
        return false;
    }
    front->config.limits.header_bytes = 1000;
    h2_peer_open(c, 0);
    size_t count = 0;
    for (; count < 3 && row->requests[count].method != NULL; count++)
        h2_peer_request(c, row->requests[count].method, row->requests[count].path, row->requests[count].field,
            row->requests[count].upload, false);
    h2_peer_talk(front, c, piece);
    char answers[4 * TEXT_LEN] = "";
    for (size_t i = 0; i < count; i++)
        write_answer(answers, sizeof answers, h2_peer_stream_of(c, (int32_t)(i * 2 + 1)));
    char journal[FAKE_JOURNAL_LEN];
    memcpy(journal, front->journal, sizeof journal);
    h2_peer_close(c);
    fake_front_close(front);
    if (gg_fail_happened())
        return false;
    if ((row->journal != NULL && strcmp(journal, row->journal) != 0) || strcmp(answers, row->answers) != 0)
        fail_msg("%s, in pieces of %zu\njournal %s\nwant    %s\nanswers %s\nwant    %s", row->what, piece, journal,
            row->journal, answers, row->answers);
    return true;
}

typedef struct fixture {
    fake_front front;
    h2_peer c;
} fixture;

static void test_rows(void **state)
{
    static const size_t pieces[] = { WHOLE, 1, 11 };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gg_fail_after(SIZE_MAX);
        for (size_t p = 0; p < sizeof pieces / sizeof pieces[0]; p++)
            run_row(&f->front, &f->c, &rows[i], pieces[p]);
        for (size_t n = 0;; n++) {
            gg_fail_after(n);
            if (run_row(&f->front, &f->c, &rows[i], WHOLE))
                break;
        }
    }
    gg_fail_after(SIZE_MAX);
}

/* -- flow control -- */

static char upload_bytes[2 * 1024 * 1024];

/* The codec gives the peer as much window as the front has used of the body, no more. */
static void test_upload(void **state)
{
    fixture *f = *state;
    fake_front_open(&f->front, true);
    h2_peer_open(&f->c, 0);
    gg_str upload = gg_str_of(upload_bytes, sizeof upload_bytes);
    int32_t greedy = h2_peer_request(&f->c, "POST", "/greedy", no_field, upload, false);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    assert_int_equal(sizeof upload_bytes - h2_peer_stream_of(&f->c, greedy)->upload.len,
        f->front.config.limits.stream_window);
    int32_t fine = h2_peer_request(&f->c, "POST", "/hold", no_field, upload, false);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    assert_int_equal(h2_peer_stream_of(&f->c, fine)->upload.len, 0);
    fake_front_answer(&f->front, GG_STR("ok"));
    h2_peer_talk(&f->front, &f->c, WHOLE);
    assert_true(h2_peer_stream_of(&f->c, fine)->ended);

    /* Four that use nothing take the connection's whole window; half of it comes back with two of them. */
    int32_t second = h2_peer_request(&f->c, "POST", "/greedy", no_field, upload, false);
    h2_peer_request(&f->c, "POST", "/greedy", no_field, upload, false);
    h2_peer_request(&f->c, "POST", "/greedy", no_field, upload, false);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    int32_t stuck = h2_peer_request(&f->c, "POST", "/hold", no_field, upload, false);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    assert_int_equal(h2_peer_stream_of(&f->c, stuck)->upload.len, sizeof upload_bytes);
    nghttp2_submit_rst_stream(f->c.session, 0, greedy, NGHTTP2_CANCEL);
    nghttp2_submit_rst_stream(f->c.session, 0, second, NGHTTP2_CANCEL);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    assert_int_equal(h2_peer_stream_of(&f->c, stuck)->upload.len, 0);
    h2_peer_close(&f->c);
    fake_front_close(&f->front);
}

/* The peer gives no window: the front is stopped at the mark; a window lets the rest out. */
static void test_slow_reader(void **state)
{
    fixture *f = *state;
    fake_front_open(&f->front, true);
    h2_peer_open(&f->c, 1000);
    int32_t id = h2_peer_request(&f->c, "GET", "/stream", no_field, no_upload, false);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    assert_int_equal(h2_peer_stream_of(&f->c, id)->body_len, 1000);
    assert_true(f->front.open == 1); /* it waits for writable */
    nghttp2_submit_window_update(f->c.session, 0, 0, 1 << 20);
    nghttp2_submit_window_update(f->c.session, 0, id, 1 << 20);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    assert_int_equal(h2_peer_stream_of(&f->c, id)->body_len, FAKE_BIG_LEN);
    assert_string_equal(h2_peer_stream_of(&f->c, id)->trailers, " x-sum=7");
    h2_peer_close(&f->c);
    fake_front_close(&f->front);
}

/* A large response does not hold up a small one that was asked for later. */
static void test_fair(void **state)
{
    fixture *f = *state;
    fake_front_open(&f->front, true);
    h2_peer_open(&f->c, 1 << 20);
    nghttp2_submit_window_update(f->c.session, 0, 0, 1 << 20);
    h2_peer_request(&f->c, "GET", "/stream", no_field, no_upload, false);
    h2_peer_request(&f->c, "GET", "/ok", no_field, no_upload, false);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    assert_string_equal(f->c.order, "3.1.");
    h2_peer_close(&f->c);
    fake_front_close(&f->front);
}

/* -- early responses -- */

static void test_early(void **state)
{
    fixture *f = *state;
    fake_front_open(&f->front, true);
    h2_peer_open(&f->c, 0);
    int32_t id =
        h2_peer_request(&f->c, "POST", "/early", no_field, gg_str_of(upload_bytes, sizeof upload_bytes), false);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    const h2_peer_stream *stream = h2_peer_stream_of(&f->c, id);
    assert_true(stream->ended);
    assert_string_equal(stream->body, "early");
    assert_int_equal(stream->reset, -1); /* not before the peer has seen it */
    assert_int_equal(f->c.pings, 0);     /* nor before it had time to end the stream itself */
    fake_front_wait(&f->front, S / 4);
    h2_peer_hear(&f->front, &f->c);
    assert_int_equal(f->c.pings, 1);
    assert_true(stream->upload.len >= sizeof upload_bytes - f->front.config.limits.stream_window);
    h2_peer_acknowledge(&f->c, (uint32_t)id);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    assert_int_equal(stream->reset, NGHTTP2_NO_ERROR);
    /* The connection's window is whole again. */
    int32_t hold =
        h2_peer_request(&f->c, "POST", "/hold", no_field, gg_str_of(upload_bytes, sizeof upload_bytes), false);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    assert_int_equal(h2_peer_stream_of(&f->c, hold)->upload.len, 0);
    h2_peer_close(&f->c);
    fake_front_close(&f->front);
    assert_string_equal(f->front.journal, "POST /early a POST /hold a ||.!");
}

/* -- peers that mean harm -- */

static void test_rapid_reset(void **state)
{
    fixture *f = *state;
    fake_front_open(&f->front, true);
    f->front.config.limits.guard.reset_burst = 200;
    h2_peer_open(&f->c, 0);
    unsigned requests = 0;
    for (; requests < 400 && f->c.goaways == 0; requests++) {
        int32_t id = h2_peer_request(&f->c, "GET", "/hold", no_field, no_upload, false);
        h2_peer_talk(&f->front, &f->c, WHOLE);
        nghttp2_submit_rst_stream(f->c.session, 0, id, NGHTTP2_CANCEL);
        h2_peer_talk(&f->front, &f->c, WHOLE);
    }
    assert_int_equal(requests, 201);
    assert_int_equal(f->c.goaway_error, NGHTTP2_ENHANCE_YOUR_CALM);
    assert_true(f->front.codec->ops->done(f->front.codec));
    h2_peer_close(&f->c);
    fake_front_close(&f->front);
}

/* The peer's mistakes make the server reset its streams (CVE-2025-8671). */
static void test_made_resets(void **state)
{
    fixture *f = *state;
    fake_front_open(&f->front, true);
    f->front.config.limits.guard.reset_burst = 200;
    h2_peer_open(&f->c, 0);
    gg_header bad = { GG_STR_INIT("connection"), GG_STR_INIT("close") };
    unsigned requests = 0;
    for (; requests < 400 && f->c.goaways == 0; requests++) {
        h2_peer_request(&f->c, "GET", "/hold", bad, no_upload, false);
        h2_peer_talk(&f->front, &f->c, WHOLE);
    }
    assert_int_equal(requests, 201);
    assert_int_equal(f->c.goaway_error, NGHTTP2_ENHANCE_YOUR_CALM);
    h2_peer_close(&f->c);
    fake_front_close(&f->front);
}

static void test_empty_data(void **state)
{
    fixture *f = *state;
    fake_front_open(&f->front, true);
    f->front.config.limits.guard.control_rate = 200;
    h2_peer_open(&f->c, 0);
    h2_peer_request(&f->c, "POST", "/hold", no_field, no_upload, true);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    for (unsigned i = 0; i < 400; i++)
        fake_front_feed(&f->front, gg_str_of("\0\0\0\0\0\0\0\0\1", 9));
    h2_peer_hear(&f->front, &f->c);
    assert_int_equal(f->c.goaway_error, NGHTTP2_ENHANCE_YOUR_CALM);
    h2_peer_close(&f->c);
    fake_front_close(&f->front);
}

/* Bytes that no client session would send; each ends in GOAWAY. */
static void test_malformed(void **state)
{
    static const struct {
        const char *what;
        gg_str wire;
        uint32_t error;
    } cases[] = {
        { "no SETTINGS after the preface", GG_STR_INIT(RAW_PREFACE "\0\0\0\1\5\0\0\0\1"), NGHTTP2_PROTOCOL_ERROR },
        { "another preface", GG_STR_INIT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\r"), NGHTTP2_PROTOCOL_ERROR },
        { "too long a frame", GG_STR_INIT(RAW_PREFACE RAW_SETTINGS "\x40\0\1\0\0\0\0\0\1"), NGHTTP2_FRAME_SIZE_ERROR },
        { "DATA on stream 0", GG_STR_INIT(RAW_PREFACE RAW_SETTINGS "\0\0\1\0\0\0\0\0\0x"), NGHTTP2_PROTOCOL_ERROR },
        { "HEADERS that HPACK cannot read", GG_STR_INIT(RAW_PREFACE RAW_SETTINGS "\0\0\1\1\5\0\0\0\1\xff"),
            NGHTTP2_COMPRESSION_ERROR },
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t piece = 1; piece <= cases[i].wire.len; piece++) {
            fake_front_open(&f->front, true);
            h2_peer_open(&f->c, 0);
            for (size_t at = 0; at < cases[i].wire.len; at += piece) {
                size_t left = cases[i].wire.len - at;
                fake_front_feed(&f->front, gg_str_of(cases[i].wire.ptr + at, left < piece ? left : piece));
            }
            h2_peer_hear(&f->front, &f->c);
            assert_int_equal(f->c.goaway_error, cases[i].error);
            assert_true(f->front.codec->ops->done(f->front.codec));
            assert_true(f->front.codec->ops->lingers(f->front.codec));
            h2_peer_close(&f->c);
            fake_front_close(&f->front);
        }
}

static void test_eof(void **state)
{
    fixture *f = *state;
    fake_front_open(&f->front, true);
    h2_peer_open(&f->c, 0);
    h2_peer_request(&f->c, "GET", "/hold", no_field, no_upload, false);
    h2_peer_request(&f->c, "POST", "/hold", no_field, no_upload, true);
    h2_peer_request(&f->c, "POST", "/greedy", no_field, gg_str_of(upload_bytes, sizeof upload_bytes), false);
    h2_peer_talk(&f->front, &f->c, WHOLE);
    f->front.codec->ops->eof(f->front.codec);
    assert_true(f->front.codec->ops->done(f->front.codec));
    h2_peer_close(&f->c);
    fake_front_close(&f->front);
    assert_string_equal(f->front.journal, "GET /hold a ||.POST /hold a POST /greedy a !!!");
}

/* Once warm, neither a request nor an upload costs an allocation. */
static void test_no_malloc(void **state)
{
    fixture *f = *state;
    fake_front_open(&f->front, true);
    h2_peer_open(&f->c, 0);
    for (unsigned i = 0; i < 120; i++) {
        if (i == 20)
            gg_fail_after(SIZE_MAX);
        for (unsigned j = 0; j < 4; j++)
            h2_peer_request(&f->c, "POST", "/echo", no_field, GG_STR("hello"), false);
        h2_peer_talk(&f->front, &f->c, WHOLE);
    }
    assert_int_equal(gg_fail_count(), 0);
    fake_front_wait(&f->front, 2 * S); /* nor after a rest */
    h2_peer_request(&f->c, "GET", "/ok", no_field, no_upload, false);
    size_t kept_len = f->front.pool.kept_len; /* what streams leave behind is the pool's, not the connection's */
    h2_peer_talk(&f->front, &f->c, WHOLE);
    assert_int_equal(gg_fail_count(), 0);
    assert_int_equal(f->front.pool.kept_len, kept_len);
    h2_peer_close(&f->c);
    fake_front_close(&f->front);
}

static int set_up(void **state)
{
    static fixture f;
    for (size_t i = 0; i < sizeof upload_bytes; i++)
        upload_bytes[i] = (char)('a' + i % 26);
    *state = &f;
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_upload),
        cmocka_unit_test(test_slow_reader),
        cmocka_unit_test(test_fair),
        cmocka_unit_test(test_early),
        cmocka_unit_test(test_rapid_reset),
        cmocka_unit_test(test_made_resets),
        cmocka_unit_test(test_empty_data),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_eof),
        cmocka_unit_test(test_no_malloc),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
