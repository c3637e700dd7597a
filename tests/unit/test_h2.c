/* test_h2.c -- the HTTP/2 codec against a client session of nghttp2: no socket between them.
 *
 * Every row runs whole, byte by byte, and with every allocation of the codec failing. */
#include "fake_front.h"

#include "failmalloc.h"
#include "http/h2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <nghttp2/nghttp2.h>

#define S ((uint64_t)1000000000)

enum { STREAMS_MAX = 1024, TEXT_LEN = 400, WHOLE = 1 << 20 };

typedef struct client_stream {
    gg_str upload;     /* not sent yet */
    bool upload_rests; /* no END_STREAM after it */
    char status[4], fields[TEXT_LEN], trailers[TEXT_LEN], body[TEXT_LEN];
    size_t body_len;
    bool ended; /* END_STREAM came */
    int reset;  /* the code of RST_STREAM; -1: none came */
} client_stream;

typedef struct client {
    nghttp2_session *session;
    client_stream streams[STREAMS_MAX]; /* by stream id / 2 */
    char out[8 * 1024 * 1024];          /* to the codec */
    size_t out_len;
    unsigned pings, goaways;
    uint32_t goaway_error;
    int32_t last_stream;
    char order[200]; /* "3.", "1.": which stream ended when */
} client;

static client_stream *stream_of(client *c, int32_t id)
{
    return &c->streams[(size_t)id / 2 % STREAMS_MAX];
}

static void add_field(char *text, gg_str name, gg_str value)
{
    size_t len = strlen(text);
    snprintf(text + len, TEXT_LEN - len, " %.*s=%.*s", GG_STR_ARG(name), GG_STR_ARG(value));
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_len,
    const uint8_t *value, size_t value_len, uint8_t flags, void *user)
{
    (void)session;
    (void)flags;
    client_stream *stream = stream_of(user, frame->hd.stream_id);
    gg_str n = gg_str_of((const char *)name, name_len), v = gg_str_of((const char *)value, value_len);
    if (gg_str_eq(n, GG_STR(":status")))
        memcpy(stream->status, value, 3);
    else if (!gg_str_eq(n, GG_STR("date")))
        add_field(frame->headers.cat == NGHTTP2_HCAT_RESPONSE ? stream->fields : stream->trailers, n, v);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data, size_t len, void *user)
{
    (void)session;
    (void)flags;
    client_stream *stream = stream_of(user, id);
    for (size_t i = 0; i < len; i++, stream->body_len++) {
        if (stream->body_len < TEXT_LEN - 1)
            stream->body[stream->body_len] = (char)data[i];
        if (stream->body_len >= TEXT_LEN) /* of /big and /stream */
            assert_int_equal(data[i], 'a' + stream->body_len % 26);
    }
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    (void)session;
    client *c = user;
    client_stream *stream = stream_of(c, frame->hd.stream_id);
    if (frame->hd.type == NGHTTP2_RST_STREAM)
        stream->reset = (int)frame->rst_stream.error_code;
    if (frame->hd.type == NGHTTP2_PING && !(frame->hd.flags & NGHTTP2_FLAG_ACK))
        c->pings++;
    if (frame->hd.type == NGHTTP2_GOAWAY) {
        c->goaways++;
        c->goaway_error = frame->goaway.error_code;
        c->last_stream = frame->goaway.last_stream_id;
    }
    bool may_end = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (may_end && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) {
        stream->ended = true;
        size_t len = strlen(c->order);
        snprintf(c->order + len, sizeof c->order - len, "%d.", (int)frame->hd.stream_id);
    }
    return 0;
}

static void client_open(client *c, uint32_t window)
{
    c->out_len = c->pings = c->goaways = c->goaway_error = 0;
    c->last_stream = 0;
    c->order[0] = '\0';
    nghttp2_session_callbacks *callbacks = NULL;
    nghttp2_option *option = NULL;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_option_new(&option);
    nghttp2_option_set_no_auto_ping_ack(option, 1);
    nghttp2_option_set_no_auto_window_update(option, window != 0);
    nghttp2_session_client_new2(&c->session, callbacks, c, option);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_option_del(option);
    nghttp2_settings_entry settings[] = { { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window != 0 ? window : 65535 } };
    nghttp2_submit_settings(c->session, NGHTTP2_FLAG_NONE, settings, 1);
}

static void client_close(client *c)
{
    nghttp2_session_del(c->session);
    c->session = NULL;
}

static ssize_t read_upload(nghttp2_session *session, int32_t id, uint8_t *buf, size_t len, uint32_t *flags,
    nghttp2_data_source *source, void *user)
{
    (void)session;
    (void)source;
    client_stream *stream = stream_of(user, id);
    size_t n = stream->upload.len < len ? stream->upload.len : len;
    if (n == 0 && stream->upload_rests)
        return NGHTTP2_ERR_DEFERRED;
    if (n > 0)
        memcpy(buf, stream->upload.ptr, n);
    stream->upload.ptr += n;
    stream->upload.len -= n;
    if (stream->upload.len == 0 && !stream->upload_rests)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)n;
}

static nghttp2_nv nv(gg_str name, gg_str value)
{
    return (nghttp2_nv){ (uint8_t *)(uintptr_t)name.ptr, (uint8_t *)(uintptr_t)value.ptr, name.len, value.len, 0 };
}

/* "POST /path" with a field more, if name is set. */
static int32_t request(client *c, const char *method, const char *path, gg_header more, gg_str upload, bool rests)
{
    nghttp2_nv nva[5] = { nv(GG_STR(":method"), gg_str_from(method)), nv(GG_STR(":path"), gg_str_from(path)),
        nv(GG_STR(":scheme"), GG_STR("http")), nv(GG_STR(":authority"), GG_STR("a")), nv(more.name, more.value) };
    nghttp2_data_provider provider = { .read_callback = read_upload };
    bool has_body = upload.len > 0 || rests;
    int32_t id =
        nghttp2_submit_request(c->session, NULL, nva, more.name.len > 0 ? 5 : 4, has_body ? &provider : NULL, NULL);
    assert_true(id > 0);
    *stream_of(c, id) = (client_stream){ .upload = upload, .upload_rests = rests, .reset = -1 };
    return id;
}

static const gg_header no_field;
static const gg_str no_upload;

/* What the codec has sent since, to the client. */
static void hear(fake_front *front, client *c)
{
    if (front->sent_len > 0)
        nghttp2_session_mem_recv(c->session, (const uint8_t *)front->sent, front->sent_len);
    front->sent_len = 0;
}

/* Both sides, until nobody has anything to say. */
static void talk(fake_front *front, client *c, size_t piece)
{
    fake_front_run(front);
    for (bool more = true; more;) {
        more = front->sent_len > 0;
        hear(front, c);
        const uint8_t *data = NULL;
        for (ssize_t len; (len = nghttp2_session_mem_send(c->session, &data)) > 0;) {
            assert_true(c->out_len + (size_t)len <= sizeof c->out);
            memcpy(c->out + c->out_len, data, (size_t)len);
            c->out_len += (size_t)len;
        }
        more = more || c->out_len > 0;
        for (size_t at = 0; at < c->out_len; at += piece) {
            size_t left = c->out_len - at;
            fake_front_feed(front, gg_str_of(c->out + at, left < piece ? left : piece));
        }
        c->out_len = 0;
    }
}

static void acknowledge(client *c, uint32_t first_word)
{
    uint8_t data[8] = { (uint8_t)(first_word >> 24), (uint8_t)(first_word >> 16), (uint8_t)(first_word >> 8),
        (uint8_t)first_word };
    nghttp2_submit_ping(c->session, NGHTTP2_FLAG_ACK, data);
}

static void raw(fake_front *front, const char *bytes, size_t len)
{
    fake_front_feed(front, gg_str_of(bytes, len));
}

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

static void write_answer(char *out, size_t out_len, const client_stream *stream)
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

static bool run_row(fake_front *front, client *c, const struct row *row, size_t piece)
{
    if (!fake_front_open(front, true)) {
        assert_true(gg_fail_happened());
        fake_front_close(front);
        return false;
    }
    front->config.limits.header_bytes = 1000;
    client_open(c, 0);
    size_t count = 0;
    for (; count < 3 && row->requests[count].method != NULL; count++)
        request(c, row->requests[count].method, row->requests[count].path, row->requests[count].field,
            row->requests[count].upload, false);
    talk(front, c, piece);
    char answers[4 * TEXT_LEN] = "";
    for (size_t i = 0; i < count; i++)
        write_answer(answers, sizeof answers, stream_of(c, (int32_t)(i * 2 + 1)));
    char journal[FAKE_JOURNAL_LEN];
    memcpy(journal, front->journal, sizeof journal);
    client_close(c);
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
    client c;
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
    client_open(&f->c, 0);
    gg_str upload = gg_str_of(upload_bytes, sizeof upload_bytes);
    int32_t greedy = request(&f->c, "POST", "/greedy", no_field, upload, false);
    talk(&f->front, &f->c, WHOLE);
    assert_int_equal(sizeof upload_bytes - stream_of(&f->c, greedy)->upload.len, f->front.config.limits.stream_window);
    int32_t fine = request(&f->c, "POST", "/hold", no_field, upload, false);
    talk(&f->front, &f->c, WHOLE);
    assert_int_equal(stream_of(&f->c, fine)->upload.len, 0);
    fake_front_answer(&f->front, GG_STR("ok"));
    talk(&f->front, &f->c, WHOLE);
    assert_true(stream_of(&f->c, fine)->ended);

    /* Four that use nothing take the connection's whole window; half of it comes back with two of them. */
    int32_t second = request(&f->c, "POST", "/greedy", no_field, upload, false);
    request(&f->c, "POST", "/greedy", no_field, upload, false);
    request(&f->c, "POST", "/greedy", no_field, upload, false);
    talk(&f->front, &f->c, WHOLE);
    int32_t stuck = request(&f->c, "POST", "/hold", no_field, upload, false);
    talk(&f->front, &f->c, WHOLE);
    assert_int_equal(stream_of(&f->c, stuck)->upload.len, sizeof upload_bytes);
    nghttp2_submit_rst_stream(f->c.session, 0, greedy, NGHTTP2_CANCEL);
    nghttp2_submit_rst_stream(f->c.session, 0, second, NGHTTP2_CANCEL);
    talk(&f->front, &f->c, WHOLE);
    assert_int_equal(stream_of(&f->c, stuck)->upload.len, 0);
    client_close(&f->c);
    fake_front_close(&f->front);
}

/* The peer gives no window: the front is stopped at the mark; a window lets the rest out. */
static void test_slow_reader(void **state)
{
    fixture *f = *state;
    fake_front_open(&f->front, true);
    client_open(&f->c, 1000);
    int32_t id = request(&f->c, "GET", "/stream", no_field, no_upload, false);
    talk(&f->front, &f->c, WHOLE);
    assert_int_equal(stream_of(&f->c, id)->body_len, 1000);
    assert_true(f->front.open == 1); /* it waits for writable */
    nghttp2_submit_window_update(f->c.session, 0, 0, 1 << 20);
    nghttp2_submit_window_update(f->c.session, 0, id, 1 << 20);
    talk(&f->front, &f->c, WHOLE);
    assert_int_equal(stream_of(&f->c, id)->body_len, FAKE_BIG_LEN);
    assert_string_equal(stream_of(&f->c, id)->trailers, " x-sum=7");
    client_close(&f->c);
    fake_front_close(&f->front);
}

/* A large response does not hold up a small one that was asked for later. */
static void test_fair(void **state)
{
    fixture *f = *state;
    fake_front_open(&f->front, true);
    client_open(&f->c, 1 << 20);
    nghttp2_submit_window_update(f->c.session, 0, 0, 1 << 20);
    request(&f->c, "GET", "/stream", no_field, no_upload, false);
    request(&f->c, "GET", "/ok", no_field, no_upload, false);
    talk(&f->front, &f->c, WHOLE);
    assert_string_equal(f->c.order, "3.1.");
    client_close(&f->c);
    fake_front_close(&f->front);
}

/* -- early responses -- */

static void test_early(void **state)
{
    fixture *f = *state;
    fake_front_open(&f->front, true);
    client_open(&f->c, 0);
    int32_t id = request(&f->c, "POST", "/early", no_field, gg_str_of(upload_bytes, sizeof upload_bytes), false);
    talk(&f->front, &f->c, WHOLE);
    const client_stream *stream = stream_of(&f->c, id);
    assert_true(stream->ended);
    assert_string_equal(stream->body, "early");
    assert_int_equal(stream->reset, -1); /* not before the peer has seen it */
    assert_int_equal(f->c.pings, 0);     /* nor before it had time to end the stream itself */
    fake_front_wait(&f->front, S / 4);
    hear(&f->front, &f->c);
    assert_int_equal(f->c.pings, 1);
    assert_true(stream->upload.len >= sizeof upload_bytes - f->front.config.limits.stream_window);
    acknowledge(&f->c, (uint32_t)id);
    talk(&f->front, &f->c, WHOLE);
    assert_int_equal(stream->reset, NGHTTP2_NO_ERROR);
    /* The connection's window is whole again. */
    int32_t hold = request(&f->c, "POST", "/hold", no_field, gg_str_of(upload_bytes, sizeof upload_bytes), false);
    talk(&f->front, &f->c, WHOLE);
    assert_int_equal(stream_of(&f->c, hold)->upload.len, 0);
    client_close(&f->c);
    fake_front_close(&f->front);
    assert_string_equal(f->front.journal, "POST /early a POST /hold a ||.!");
}

/* -- peers that mean harm -- */

static void test_rapid_reset(void **state)
{
    fixture *f = *state;
    fake_front_open(&f->front, true);
    f->front.config.limits.guard.reset_burst = 200;
    client_open(&f->c, 0);
    unsigned requests = 0;
    for (; requests < 400 && f->c.goaways == 0; requests++) {
        int32_t id = request(&f->c, "GET", "/hold", no_field, no_upload, false);
        talk(&f->front, &f->c, WHOLE);
        nghttp2_submit_rst_stream(f->c.session, 0, id, NGHTTP2_CANCEL);
        talk(&f->front, &f->c, WHOLE);
    }
    assert_int_equal(requests, 201);
    assert_int_equal(f->c.goaway_error, NGHTTP2_ENHANCE_YOUR_CALM);
    assert_true(f->front.codec->ops->done(f->front.codec));
    client_close(&f->c);
    fake_front_close(&f->front);
}

/* The peer's mistakes make the server reset its streams (CVE-2025-8671). */
static void test_made_resets(void **state)
{
    fixture *f = *state;
    fake_front_open(&f->front, true);
    f->front.config.limits.guard.reset_burst = 200;
    client_open(&f->c, 0);
    gg_header bad = { GG_STR_INIT("connection"), GG_STR_INIT("close") };
    unsigned requests = 0;
    for (; requests < 400 && f->c.goaways == 0; requests++) {
        request(&f->c, "GET", "/hold", bad, no_upload, false);
        talk(&f->front, &f->c, WHOLE);
    }
    assert_int_equal(requests, 201);
    assert_int_equal(f->c.goaway_error, NGHTTP2_ENHANCE_YOUR_CALM);
    client_close(&f->c);
    fake_front_close(&f->front);
}

static void test_empty_data(void **state)
{
    fixture *f = *state;
    fake_front_open(&f->front, true);
    f->front.config.limits.guard.control_rate = 200;
    client_open(&f->c, 0);
    request(&f->c, "POST", "/hold", no_field, no_upload, true);
    talk(&f->front, &f->c, WHOLE);
    for (unsigned i = 0; i < 400; i++)
        raw(&f->front, "\0\0\0\0\0\0\0\0\1", 9);
    hear(&f->front, &f->c);
    assert_int_equal(f->c.goaway_error, NGHTTP2_ENHANCE_YOUR_CALM);
    client_close(&f->c);
    fake_front_close(&f->front);
}

#define PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define SETTINGS "\0\0\0\4\0\0\0\0\0"

/* Bytes that no client session would send; each ends in GOAWAY. */
static void test_malformed(void **state)
{
    static const struct {
        const char *what;
        gg_str wire;
        uint32_t error;
    } cases[] = {
        { "no SETTINGS after the preface", GG_STR_INIT(PREFACE "\0\0\0\1\5\0\0\0\1"), NGHTTP2_PROTOCOL_ERROR },
        { "another preface", GG_STR_INIT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\r"), NGHTTP2_PROTOCOL_ERROR },
        { "too long a frame", GG_STR_INIT(PREFACE SETTINGS "\x40\0\1\0\0\0\0\0\1"), NGHTTP2_FRAME_SIZE_ERROR },
        { "DATA on stream 0", GG_STR_INIT(PREFACE SETTINGS "\0\0\1\0\0\0\0\0\0x"), NGHTTP2_PROTOCOL_ERROR },
        { "HEADERS that HPACK cannot read", GG_STR_INIT(PREFACE SETTINGS "\0\0\1\1\5\0\0\0\1\xff"),
            NGHTTP2_COMPRESSION_ERROR },
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t piece = 1; piece <= cases[i].wire.len; piece++) {
            fake_front_open(&f->front, true);
            client_open(&f->c, 0);
            for (size_t at = 0; at < cases[i].wire.len; at += piece) {
                size_t left = cases[i].wire.len - at;
                fake_front_feed(&f->front, gg_str_of(cases[i].wire.ptr + at, left < piece ? left : piece));
            }
            hear(&f->front, &f->c);
            assert_int_equal(f->c.goaway_error, cases[i].error);
            assert_true(f->front.codec->ops->done(f->front.codec));
            assert_true(f->front.codec->ops->lingers(f->front.codec));
            client_close(&f->c);
            fake_front_close(&f->front);
        }
}

/* -- time -- */

static void expect_end(fixture *f, uint64_t fine_ns, uint32_t error)
{
    fake_front_wait(&f->front, fine_ns);
    talk(&f->front, &f->c, WHOLE);
    assert_false(f->front.codec->ops->done(f->front.codec));
    fake_front_wait(&f->front, 2 * S);
    hear(&f->front, &f->c);
    assert_true(f->front.codec->ops->done(f->front.codec));
    assert_int_equal(f->c.goaways, 1);
    assert_int_equal(f->c.goaway_error, error);
    client_close(&f->c);
    fake_front_close(&f->front);
}

static void test_time(void **state)
{
    fixture *f = *state;
    /* nothing after the preface */
    fake_front_open(&f->front, true);
    client_open(&f->c, 0);
    raw(&f->front, PREFACE, sizeof PREFACE - 1);
    fake_front_wait(&f->front, 59 * S);
    assert_false(f->front.codec->ops->done(f->front.codec));
    fake_front_wait(&f->front, 2 * S);
    assert_true(f->front.codec->ops->done(f->front.codec));
    client_close(&f->c);
    fake_front_close(&f->front);

    /* a header block that does not end: ":method: GET" without END_HEADERS */
    fake_front_open(&f->front, true);
    client_open(&f->c, 0);
    talk(&f->front, &f->c, WHOLE);
    raw(&f->front, "\0\0\1\1\1\0\0\0\1\x82", 10);
    expect_end(f, 59 * S, NGHTTP2_ENHANCE_YOUR_CALM);

    /* no stream */
    fake_front_open(&f->front, true);
    client_open(&f->c, 0);
    request(&f->c, "GET", "/ok", no_field, no_upload, false);
    talk(&f->front, &f->c, WHOLE);
    fake_front_wait(&f->front, 299 * S);
    acknowledge(&f->c, GG_H2_PING_KEEPALIVE);
    talk(&f->front, &f->c, WHOLE);
    assert_int_equal(f->c.goaways, 0);
    fake_front_wait(&f->front, 2 * S);
    hear(&f->front, &f->c);
    assert_int_equal(f->c.last_stream, INT32_MAX);
    fake_front_wait(&f->front, GG_H2_DRAIN_NS);
    assert_memory_equal(f->front.sent, "\0\0\x08\x07\0\0\0\0\0\0\0\0\1\0\0\0\0", 17); /* the second GOAWAY */
    assert_true(f->front.codec->ops->done(f->front.codec));
    client_close(&f->c);
    fake_front_close(&f->front);

    /* a stream, and silence: a PING after a minute, the end 20 seconds later */
    fake_front_open(&f->front, true);
    client_open(&f->c, 0);
    request(&f->c, "GET", "/hold", no_field, no_upload, false);
    talk(&f->front, &f->c, WHOLE);
    fake_front_wait(&f->front, 61 * S);
    talk(&f->front, &f->c, WHOLE);
    assert_int_equal(f->c.pings, 1);
    expect_end(f, 18 * S, NGHTTP2_NO_ERROR);
    assert_string_equal(f->front.journal, "GET /hold a ||.!");

    /* a call that takes long, whose peer is there */
    fake_front_open(&f->front, true);
    client_open(&f->c, 0);
    request(&f->c, "GET", "/hold", no_field, no_upload, false);
    talk(&f->front, &f->c, WHOLE);
    for (unsigned minutes = 0; minutes < 20; minutes++) {
        fake_front_wait(&f->front, 61 * S);
        acknowledge(&f->c, 0);
        talk(&f->front, &f->c, WHOLE);
    }
    assert_int_equal(f->c.pings, 20);
    assert_false(f->front.codec->ops->done(f->front.codec));
    client_close(&f->c);
    fake_front_close(&f->front);
}

/* One stream stands still on a connection that is alive: it is reset, and only it. */
static void test_stall(void **state)
{
    static const struct {
        const char *method, *path;
        bool rests;      /* the request has no end */
        uint32_t window; /* of each response */
    } cases[] = { { "POST", "/hold", true, 0 }, { "GET", "/big", false, 10 } };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake_front_open(&f->front, true);
        client_open(&f->c, cases[i].window);
        int32_t id = request(&f->c, cases[i].method, cases[i].path, no_field, no_upload, cases[i].rests);
        talk(&f->front, &f->c, WHOLE);
        fake_front_wait(&f->front, 59 * S);
        talk(&f->front, &f->c, WHOLE);
        assert_int_equal(stream_of(&f->c, id)->reset, -1);
        int32_t other = request(&f->c, "GET", "/ok", no_field, no_upload, false);
        talk(&f->front, &f->c, WHOLE);
        fake_front_wait(&f->front, 2 * S);
        talk(&f->front, &f->c, WHOLE);
        assert_int_equal(stream_of(&f->c, id)->reset, NGHTTP2_CANCEL);
        assert_true(stream_of(&f->c, other)->ended);
        assert_false(f->front.codec->ops->done(f->front.codec));
        client_close(&f->c);
        fake_front_close(&f->front);
    }
}

static void test_drain(void **state)
{
    fixture *f = *state;
    for (unsigned answers_ping = 0; answers_ping < 2; answers_ping++) {
        fake_front_open(&f->front, true);
        const gg_codec_ops *ops = f->front.codec->ops;
        client_open(&f->c, 0);
        int32_t id = request(&f->c, "GET", "/hold", no_field, no_upload, false);
        talk(&f->front, &f->c, WHOLE);
        ops->drain(f->front.codec);
        fake_front_run(&f->front);
        hear(&f->front, &f->c);
        assert_int_equal(f->c.goaways, 1);
        assert_int_equal(f->c.last_stream, INT32_MAX);
        if (answers_ping)
            acknowledge(&f->c, 0);
        else
            fake_front_wait(&f->front, S);
        talk(&f->front, &f->c, WHOLE);
        assert_int_equal(f->c.goaways, 2);
        assert_int_equal(f->c.last_stream, id);
        assert_false(ops->done(f->front.codec));
        fake_front_answer(&f->front, GG_STR("ok"));
        talk(&f->front, &f->c, WHOLE);
        assert_string_equal(stream_of(&f->c, id)->body, "ok");
        assert_true(ops->done(f->front.codec));
        assert_true(ops->lingers(f->front.codec)); /* for what the client says of the response */
        client_close(&f->c);
        fake_front_close(&f->front);
    }
}

static void test_eof(void **state)
{
    fixture *f = *state;
    fake_front_open(&f->front, true);
    client_open(&f->c, 0);
    request(&f->c, "GET", "/hold", no_field, no_upload, false);
    request(&f->c, "POST", "/hold", no_field, no_upload, true);
    request(&f->c, "POST", "/greedy", no_field, gg_str_of(upload_bytes, sizeof upload_bytes), false);
    talk(&f->front, &f->c, WHOLE);
    f->front.codec->ops->eof(f->front.codec);
    assert_true(f->front.codec->ops->done(f->front.codec));
    client_close(&f->c);
    fake_front_close(&f->front);
    assert_string_equal(f->front.journal, "GET /hold a ||.POST /hold a POST /greedy a !!!");
}

/* Once warm, neither a request nor an upload costs an allocation. */
static void test_no_malloc(void **state)
{
    fixture *f = *state;
    fake_front_open(&f->front, true);
    client_open(&f->c, 0);
    for (unsigned i = 0; i < 120; i++) {
        if (i == 20)
            gg_fail_after(SIZE_MAX);
        for (unsigned j = 0; j < 4; j++)
            request(&f->c, "POST", "/echo", no_field, GG_STR("hello"), false);
        talk(&f->front, &f->c, WHOLE);
    }
    assert_int_equal(gg_fail_count(), 0);
    fake_front_wait(&f->front, 2 * S); /* nor after a rest */
    request(&f->c, "GET", "/ok", no_field, no_upload, false);
    size_t kept_len = f->front.pool.kept_len; /* what streams leave behind is the pool's, not the connection's */
    talk(&f->front, &f->c, WHOLE);
    assert_int_equal(gg_fail_count(), 0);
    assert_int_equal(f->front.pool.kept_len, kept_len);
    client_close(&f->c);
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
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_stall),
        cmocka_unit_test(test_drain),
        cmocka_unit_test(test_eof),
        cmocka_unit_test(test_no_malloc),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
