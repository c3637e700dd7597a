/* test_h2_client.c -- the HTTP/2 channel against servers of all kinds: what a call is told, and what the server
 * hears.
 *
 * The server is a script of frames (h2_script.h).  Every row runs whole, byte by byte, and with every allocation
 * failing: then the story may differ, but the call has exactly one status, and nothing is left open or leaked. */
#include "call_script.h"
#include "h2_script.h"

#include "grpc/h2_channel_private.h"

#include "failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

enum { MS = 1000000, MAX_LEN = 64 };
#define S ((uint64_t)1000000000)
static const uint64_t NONE = UINT64_MAX;

#define HEAD "H :status=200 content-type=application/grpc"
#define ANSWERED HEAD "; M re; H. grpc-status=0"
#define SENT "HEADERS(1) DATA(1,9.)"
#define SENT_3 "HEADERS(3) DATA(3,9.)"

/* Text{"ok"}, compressed */
#define GZIP_OK "01000000181f8b0800000000000003e362cacf0600ae24787504000000"
#define ZLIB_OK "010000000c789ce362cacf0600017b00e7"

typedef struct row {
    const char *what, *path;
    const char *script;  /* the caller's steps, see call_script.h */
    const char *servers; /* to the first request; after " / " to the second */
    const char *story, *heard;
} row;

static const row rows[] = {
    { "unary", TYPED, "Sh.", ANSWERED, "headers message(re) OK()", SENT },
    { "typed messages go as bytes", TYPED, "Th.", ANSWERED, "headers message(re) OK()", SENT },
    { "metadata, in its two places", TYPED, "Sh.",
        HEAD " x-a=1 date=now server=x x-b-bin=AQ; M re; H. grpc-status=0 x-c=2",
        "headers [x-a=49] [server=120] [x-b-bin=1] message(re) OK() trailers [x-c=50]", SENT },
    { "1xx before the head", TYPED, "Sh.", "H :status=103 link=x; H :status=100; " ANSWERED, "headers message(re) OK()",
        SENT },
    { "an error with trailers", TYPED, "Sh.", HEAD "; H. grpc-status=5 grpc-message=no%20such x-c=1",
        "headers NOT_FOUND(no such) trailers [x-c=49]", SENT },
    { "Trailers-Only", TYPED, "Sh.",
        "H. :status=200 content-type=application/grpc grpc-status=5 grpc-message=gone x-c=1",
        "NOT_FOUND(gone) trailers [x-c=49]", SENT },
    { "an error after the message", TYPED, "Sh.", HEAD "; M re; H. grpc-status=13", "headers message(re) INTERNAL()",
        SENT },
    { "an empty message", TYPED, "Sh.", HEAD "; D 0000000000; H. grpc-status=0", "headers message() OK()", SENT },
    { "a message in pieces", TYPED, "Sh.", HEAD "; D 0000; D 000004; D 0a; D 026f; D 6b; H. grpc-status=0",
        "headers message(ok) OK()", SENT },
    { "answered before the request has ended", STREAM, "S.", "!" HEAD "; M o1; H. grpc-status=7", "headers message(o1)",
        "HEADERS(1) DATA(1,9) RST_STREAM(1,0)" },
    { "bidirectional", STREAM, "S.S.h.d.d.", HEAD "; M o1; M o2; H. grpc-status=0",
        "headers message(o1) message(o2) OK()", "HEADERS(1) DATA(1,9) DATA(1,9) DATA(1,0.)" },
    { "server streaming, nothing", SERVER, "Sh.", HEAD "; H. grpc-status=0", "headers OK()", SENT },
    { "reset after complete trailers", TYPED, "Sh.", ANSWERED "; R 8", "headers message(re) OK()", SENT },

    { "no message", TYPED, "Sh.", HEAD "; H. grpc-status=0",
        "headers UNIMPLEMENTED(the method gives one response message, none came)", SENT },
    { "no message, Trailers-Only OK", TYPED, "Sh.", "H. :status=200 content-type=application/grpc grpc-status=0",
        "UNIMPLEMENTED(the method gives one response message, none came)", SENT },
    { "two messages", CLIENT, "Sh.", HEAD "; M a; M b; H. grpc-status=0",
        "headers message(a) UNIMPLEMENTED(the method gives one response message, more came)", SENT " RST_STREAM(1,8)" },
    { "no trailers", TYPED, "Sh.", HEAD "; M re; D.",
        "headers message(re) INTERNAL(the response ended without a grpc-status)", SENT },
    { "trailers without grpc-status", TYPED, "Sh.", HEAD "; M re; H. x-a=1",
        "headers message(re) INTERNAL(the response ended without a grpc-status) trailers [x-a=49]", SENT },
    { "a head alone", TYPED, "Sh.", "H. :status=200 content-type=application/grpc",
        "INTERNAL(the response ended without a grpc-status)", SENT },
    { "a status that is no number", TYPED, "Sh.", HEAD "; M re; H. grpc-status=no grpc-message=x",
        "headers message(re) UNKNOWN(x)", SENT },
    { "a cut message", SERVER, "Sh.", HEAD "; D 000000000401; H. grpc-status=0",
        "headers INTERNAL(the response ends within a message)", SENT },
    { "a cut message, and an error", SERVER, "Sh.", HEAD "; D 000000000401; H. grpc-status=10", "headers ABORTED()",
        SENT },
    { "flag 1", SERVER, "Sh.", HEAD "; D 0100000000",
        "headers INTERNAL(compressed flag set with identity or empty encoding)", SENT " RST_STREAM(1,8)" },
    { "flag 2", SERVER, "Sh.", HEAD "; D 0200000000", "headers INTERNAL(message with an unknown flag)",
        SENT " RST_STREAM(1,8)" },
    { "over the limit, by its prefix", SERVER, "Sh.", HEAD "; D 0000000041",
        "headers RESOURCE_EXHAUSTED(received message larger than max (65 vs. 64))", SENT " RST_STREAM(1,8)" },
    { "gzip", TYPED, "Sh.", HEAD " grpc-encoding=gzip; D " GZIP_OK "; H. grpc-status=0", "headers message(ok) OK()",
        SENT },
    { "deflate", TYPED, "Sh.", HEAD " grpc-encoding=deflate; D " ZLIB_OK "; H. grpc-status=0",
        "headers message(ok) OK()", SENT },
    { "some of a stream", SERVER, "Sh.d.d.d.d.",
        HEAD " grpc-encoding=gzip; D " GZIP_OK "; M re; D 0100000000; D " GZIP_OK "; H. grpc-status=0",
        "headers message(ok) message(re) message() message(ok) OK()", SENT },
    { "gzip without saying so", TYPED, "Sh.", HEAD "; D " GZIP_OK "; H. grpc-status=0",
        "headers INTERNAL(compressed flag set with identity or empty encoding)", SENT " RST_STREAM(1,8)" },
    { "an unknown encoding", SERVER, "Sh.d.", HEAD " grpc-encoding=br; M re; D " GZIP_OK "; H. grpc-status=0",
        "headers message(re) INTERNAL(message with the unknown encoding \"br\")", SENT },
    { "an unknown encoding that is not used", TYPED, "Sh.", HEAD " grpc-encoding=br; M re; H. grpc-status=0",
        "headers message(re) OK()", SENT },
    { "zlib, called gzip", TYPED, "Sh.", HEAD " grpc-encoding=gzip; D " ZLIB_OK "; H. grpc-status=0",
        "headers INTERNAL(the message cannot be decompressed)", SENT " RST_STREAM(1,8)" },
    { "over the limit once decompressed", TYPED, "Sh.",
        HEAD " grpc-encoding=gzip; D 01000000191f8b0800000000000003e3b2afa20c0000ef419d6241000000; H. grpc-status=0",
        "headers RESOURCE_EXHAUSTED(received message after decompression larger than max 64)",
        SENT " RST_STREAM(1,8)" },
    { "bad base64 in the head", TYPED, "Sh.", HEAD " x-bin=*; M re; H. grpc-status=0",
        "INTERNAL(malformed binary metadata in the response)", SENT " RST_STREAM(1,8)" },
    { "bad base64 in the trailers", TYPED, "Sh.", HEAD "; M re; H. grpc-status=0 x-bin=*",
        "headers message(re) INTERNAL(malformed binary metadata in the response)", SENT },
    { "bad base64 beside an error", TYPED, "Sh.", HEAD "; H. grpc-status=5 x-bin=*", "headers NOT_FOUND()", SENT },

    { "not gRPC", TYPED, "Sh.", "H :status=200 content-type=text/html; D 3c",
        "UNKNOWN(the server answered with content-type \"text/html\")", SENT " RST_STREAM(1,8)" },
    { "no content type", TYPED, "Sh.", "H :status=200; D 3c", "UNKNOWN(the server answered with content-type \"\")",
        SENT " RST_STREAM(1,8)" },
    { "not gRPC, and nothing else", TYPED, "Sh.", "H. :status=200 content-type=text/html",
        "UNKNOWN(the server answered with content-type \"text/html\")", SENT },
    { "grpc-status wins over HTTP's", TYPED, "Sh.", "H. :status=503 content-type=application/grpc grpc-status=8",
        "RESOURCE_EXHAUSTED()", SENT },
    { "a name in upper case", TYPED, "Sh.", "H :status=200 Content-Type=application/grpc; H. grpc-status=0",
        "INTERNAL(the stream was reset: PROTOCOL_ERROR)", SENT " RST_STREAM(1,1)" },
    { "no :status", TYPED, "Sh.", "H content-type=application/grpc; H. grpc-status=0",
        "INTERNAL(the stream was reset: PROTOCOL_ERROR)", SENT " RST_STREAM(1,1)" },
    { "connection fields", TYPED, "Sh.", HEAD " connection=close; H. grpc-status=0",
        "INTERNAL(the stream was reset: PROTOCOL_ERROR)", SENT " RST_STREAM(1,1)" },
    { "a pseudo-field in the trailers", TYPED, "Sh.", HEAD "; M re; H. :status=200 grpc-status=0",
        "headers message(re) INTERNAL(the stream was reset: PROTOCOL_ERROR)", SENT " RST_STREAM(1,1)" },
    { "body before the head", TYPED, "Sh.", "M re; " HEAD, "UNAVAILABLE(the connection was lost)", SENT " GOAWAY(0)" },
    { "another length than declared", TYPED, "Sh.", HEAD " content-length=3; M re; H. grpc-status=0",
        "headers INTERNAL(the stream was reset: PROTOCOL_ERROR)", SENT " RST_STREAM(1,1)" },

    { "canceled", TYPED, "Sh.c.", NULL, "CANCELLED(the caller is gone)", SENT " RST_STREAM(1,8)" },
    { "out of time", TYPED, "Sh.++.", NULL, "DEADLINE_EXCEEDED(deadline exceeded)", SENT " RST_STREAM(1,8)" },
    { "the connection ends", TYPED, "Sh.", "E", "UNAVAILABLE(the connection was lost)", SENT },
    { "the connection ends after the head", TYPED, "Sh.", HEAD "; E", "headers UNAVAILABLE(the connection was lost)",
        SENT },
    { "the connection ends after the trailers", TYPED, "Sh.", ANSWERED "; E", "headers message(re) OK()", SENT },
    { "a frame that is none", TYPED, "Sh.", "X 0000000400000000ff", "UNAVAILABLE(the connection was lost)",
        SENT " GOAWAY(0)" },
    { "refused, and sent again", TYPED, "Sh.", "R 7 / " ANSWERED, "headers message(re) OK()", SENT " " SENT_3 },
    { "refused twice", TYPED, "Sh.", "R 7 / R 7", "UNAVAILABLE(the server did not process the call)", SENT " " SENT_3 },
    { "refused after its head", TYPED, "Sh.", HEAD "; R 7", "headers UNAVAILABLE(the server did not process the call)",
        SENT },
    { "a stream refused, and sent again", STREAM, "S..h.", "!R 7 / " HEAD "; H. grpc-status=0", "headers OK()",
        "HEADERS(1) DATA(1,9) HEADERS(3) DATA(3,9) DATA(3,0.)" },
    { "a stream refused after two messages", STREAM, "S.S.h.", "R 7",
        "UNAVAILABLE(the server did not process the call)", "HEADERS(1) DATA(1,9) DATA(1,9) DATA(1,0.)" },
    { "GOAWAY that leaves it out", TYPED, "Sh.", "G 0 0 / " ANSWERED, "headers message(re) OK()", SENT " " SENT },
    { "GOAWAY that leaves it out, twice", TYPED, "Sh.", "G 0 0 / G 0 0",
        "UNAVAILABLE(the server did not process the call)", SENT " " SENT },
    { "GOAWAY, and the answer", TYPED, "Sh.", "G 1 0; " ANSWERED, "headers message(re) OK()", SENT },
    { "GOAWAY with an error, and the answer", TYPED, "Sh.", "G 1 11; " ANSWERED, "headers message(re) OK()", SENT },
};

/* -- the caller and the channel -- */

typedef struct fixture {
    call_script s;
    h2_script server;
    memory_dialer dialer;
    gg_h2_channel channel;
    gg_compressor compressor;
    char text[1024]; /* of the scripts */
} fixture;

static const gg_method_type *method_of(const void *channel, gg_str path)
{
    return gg_rpc_channel_method(channel, path);
}

static bool open_fixture(fixture *f, size_t piece)
{
    if (!call_script_init(&f->s, WAIT, PASS))
        return false;
    gg_h2_channel_config config = { .target = GG_STR("server.test:80"),
        .dialer = &f->dialer.base,
        .sched = &f->s.sched,
        .compressor = &f->compressor,
        .user_agent = GG_STR("test/1"),
        .method = method_of,
        .methods = &f->s.channel.base };
    gg_h2_limits_init(&config.limits);
    config.limits.max_message_len = MAX_LEN;
    memory_dialer_init(&f->dialer, &f->s.sched, h2_script_accept, &f->server);
    f->dialer.piece = piece;
    f->server.sched = &f->s.sched;
    assert_null(gg_h2_channel_init(&f->channel, &config));
    f->s.caller_uses = &f->channel.base;
    return true;
}

static void set_scripts(fixture *f, const char *servers)
{
    snprintf(f->text, sizeof f->text, "%s", servers != NULL ? servers : "");
    char *second = strstr(f->text, " / ");
    if (second != NULL) {
        *second = '\0';
        f->server.scripts[1] = second + 3;
    }
    f->server.scripts[0] = servers != NULL ? f->text : NULL;
}

static void close_fixture(fixture *f)
{
    if (f->channel.sched != NULL) {
        gg_h2_channel_close(&f->channel);
        gg_sched_run(&f->s.sched, f->s.sched.now_ns);
        assert_int_equal(f->channel.open, 0);
        assert_null(f->dialer.links);
    }
    gg_compressor_deinit(&f->compressor);
    call_script_deinit(&f->s);
}

static void run_row(const row *r, size_t piece, size_t fail)
{
    fixture f = { 0 };
    set_scripts(&f, r->servers);
    gg_fail_after(fail);
    if (open_fixture(&f, piece)) {
        call_script_start(&f.s, r->path, f.s.sched.now_ns + 15 * MS);
        call_script_run(&f.s, r->script);
        if (!gg_fail_happened()) {
            assert_string_equal(f.s.story, r->story);
            assert_string_equal(f.server.heard, r->heard);
        }
        call_script_end(&f.s);
        assert_int_equal(f.s.status_count, f.s.last_rpc != NULL);
    }
    close_fixture(&f);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("%s\n", rows[i].what);
        run_row(&rows[i], 0, SIZE_MAX);
        run_row(&rows[i], 1, SIZE_MAX);
        run_row(&rows[i], 3, SIZE_MAX);
        for (size_t n = 0;; n++) {
            run_row(&rows[i], 0, n);
            if (!gg_fail_happened())
                break;
        }
    }
    gg_fail_after(SIZE_MAX);
}

/* Every byte of what the server says is wrong once, in several ways: the call still has one status. */
static void test_wrong_bytes(void **state)
{
    (void)state;
    static const uint8_t flips[] = { 0x01, 0x04, 0x20, 0x80, 0xff };
    static const char *const scripts[] = { HEAD " x-a=1; M o1; M o2; H. grpc-status=0 x-c=2", "R 7 / " ANSWERED,
        "G 0 0 / " ANSWERED };
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        bool beyond = false; /* all it says */
        for (size_t at = 0; !beyond; at++)
            for (size_t j = 0; j < sizeof flips; j++) {
                fixture f = { .server = { .flip_at = at, .flip_bits = flips[j] } };
                set_scripts(&f, scripts[i]);
                assert_true(open_fixture(&f, 0));
                call_script_start(&f.s, STREAM, f.s.sched.now_ns + 15 * MS);
                call_script_run(&f.s, "Sh.d.d.++");
                assert_int_equal(f.s.status_count, 1);
                beyond = at >= f.server.said;
                close_fixture(&f);
            }
    }
}

/* -- statuses of resets and of HTTP -- */

static const struct {
    unsigned h2_error;
    gg_status want;
} resets[] = {
    { 0, GG_STATUS_INTERNAL },
    { 1, GG_STATUS_INTERNAL },
    { 2, GG_STATUS_INTERNAL },
    { 3, GG_STATUS_INTERNAL },
    { 4, GG_STATUS_INTERNAL },
    { 5, GG_STATUS_INTERNAL },
    { 6, GG_STATUS_INTERNAL },
    { 7, GG_STATUS_UNAVAILABLE },
    { 8, GG_STATUS_CANCELLED },
    { 9, GG_STATUS_INTERNAL },
    { 10, GG_STATUS_INTERNAL },
    { 11, GG_STATUS_RESOURCE_EXHAUSTED },
    { 12, GG_STATUS_PERMISSION_DENIED },
    { 13, GG_STATUS_INTERNAL },
    { 14, GG_STATUS_UNKNOWN },
    { 4000000000, GG_STATUS_UNKNOWN },
};

static const struct {
    int http;
    gg_status want;
} http_statuses[] = {
    { 400, GG_STATUS_INTERNAL },
    { 401, GG_STATUS_UNAUTHENTICATED },
    { 403, GG_STATUS_PERMISSION_DENIED },
    { 404, GG_STATUS_UNIMPLEMENTED },
    { 429, GG_STATUS_UNAVAILABLE },
    { 502, GG_STATUS_UNAVAILABLE },
    { 503, GG_STATUS_UNAVAILABLE },
    { 504, GG_STATUS_UNAVAILABLE },
    { 51, GG_STATUS_INTERNAL }, /* no status at all */
    { 500, GG_STATUS_UNKNOWN },
    { 302, GG_STATUS_UNKNOWN },
    { 204, GG_STATUS_UNKNOWN },
};

static void assert_answer(const char *script, gg_status want)
{
    fixture f = { .server = { .scripts = { script, script } } };
    assert_true(open_fixture(&f, 0));
    call_script_start(&f.s, TYPED, NONE);
    call_script_run(&f.s, "Sh.");
    assert_int_equal(f.s.status_count, 1);
    assert_int_equal(f.s.status, want);
    close_fixture(&f);
}

static void test_resets(void **state)
{
    (void)state;
    char script[80];
    for (size_t i = 0; i < sizeof resets / sizeof resets[0]; i++) {
        snprintf(script, sizeof script, "R %u", resets[i].h2_error);
        assert_answer(script, resets[i].want);
    }
}

static void test_http_statuses(void **state)
{
    (void)state;
    char script[80];
    for (size_t i = 0; i < sizeof http_statuses / sizeof http_statuses[0]; i++) {
        snprintf(script, sizeof script, "H. :status=%03d content-type=text/html", http_statuses[i].http);
        assert_answer(script, http_statuses[i].want);
        snprintf(script, sizeof script, "H :status=%03d; D 3c", http_statuses[i].http);
        assert_answer(script, http_statuses[i].want);
    }
}

/* -- the request's head -- */

#define HEAD_FIELDS \
    ":method=POST\n:scheme=http\n:path=" TYPED "\n:authority=server.test:80\nte=trailers\n" \
    "content-type=application/grpc\n"
#define ACCEPT_FIELD "grpc-accept-encoding=identity,deflate,gzip\n"

static const struct {
    gg_header metadata[4];
    size_t count;
    uint64_t timeout_ns;
    const char *want;
    gg_compression compression;
} heads[] = {
    { { { { 0 }, { 0 } } }, 0, UINT64_MAX, HEAD_FIELDS ACCEPT_FIELD "user-agent=test/1\n", GG_COMPRESSION_DEFAULT },
    { { { { 0 }, { 0 } } }, 0, 15 * MS, HEAD_FIELDS ACCEPT_FIELD "user-agent=test/1\ngrpc-timeout=15000000n\n",
        GG_COMPRESSION_DEFAULT },
    { { { { 0 }, { 0 } } }, 0, 150 * MS, HEAD_FIELDS ACCEPT_FIELD "user-agent=test/1\ngrpc-timeout=150000u\n",
        GG_COMPRESSION_IDENTITY },
    { { { GG_STR_INIT("x-a"), GG_STR_INIT("1") }, { GG_STR_INIT("x-b-bin"), GG_STR_INIT("\0\377") },
          { GG_STR_INIT("x-a"), GG_STR_INIT("2") }, { GG_STR_INIT("user-agent"), GG_STR_INIT("me/2") } },
        4, UINT64_MAX, HEAD_FIELDS ACCEPT_FIELD "x-a=1\nx-b-bin=AP8\nx-a=2\nuser-agent=me/2\n",
        GG_COMPRESSION_DEFAULT },
    { { { GG_STR_INIT("x-bad"), GG_STR_INIT("a\nb") }, { GG_STR_INIT("X-Case"), GG_STR_INIT("1") },
          { GG_STR_INIT("connection"), GG_STR_INIT("close") } },
        3, UINT64_MAX, HEAD_FIELDS ACCEPT_FIELD "user-agent=test/1\n", GG_COMPRESSION_DEFAULT },
    { { { { 0 }, { 0 } } }, 0, UINT64_MAX, HEAD_FIELDS "grpc-encoding=gzip\n" ACCEPT_FIELD "user-agent=test/1\n",
        GG_COMPRESSION_GZIP },
};

static void test_heads(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        fixture f = { .server = { .scripts = { ANSWERED } } };
        gg_headers metadata = { (gg_header *)(uintptr_t)heads[i].metadata, heads[i].count, heads[i].count };
        assert_true(open_fixture(&f, 0));
        f.s.metadata = &metadata;
        f.channel.config.compression = heads[i].compression;
        uint64_t timeout_ns = heads[i].timeout_ns;
        call_script_start(&f.s, TYPED, timeout_ns == NONE ? NONE : f.s.sched.now_ns + timeout_ns);
        call_script_run(&f.s, "Sh.");
        assert_string_equal(f.server.fields, heads[i].want);
        close_fixture(&f);
    }
}

/* The timeout that is sent is what is left of it. */
static void test_late_head(void **state)
{
    (void)state;
    fixture f = { .server = { .scripts = { ANSWERED } } };
    assert_true(open_fixture(&f, 0));
    f.dialer.mode = MEMORY_REFUSES;
    f.channel.config.wait_for_ready = true;
    call_script_start(&f.s, TYPED, f.s.sched.now_ns + 60 * S);
    call_script_run(&f.s, "Sh.");
    f.dialer.mode = MEMORY_ACCEPTS;
    gg_sched_run(&f.s.sched, f.s.sched.now_ns + 10 * S);
    assert_non_null(strstr(f.server.fields, "grpc-timeout=50000000u\n"));
    assert_string_equal(f.s.story, "headers message(re) OK()");
    close_fixture(&f);
}

/* A response's fields are counted, and their bytes. */
static void test_field_limits(void **state)
{
    (void)state;
    static char script[8000];
    for (size_t trailers = 0; trailers < 2; trailers++) {
        size_t len = (size_t)snprintf(script, sizeof script, "%s", trailers > 0 ? HEAD "; H. grpc-status=0" : HEAD);
        for (size_t i = 0; i < 140; i++)
            len += (size_t)snprintf(script + len, sizeof script - len, " x-%zu=1", i);
        assert_answer(script, GG_STATUS_RESOURCE_EXHAUSTED);
    }
}

/* -- flow control -- */

/* The request waits for the server's window, the message after it for the first to be gone. */
static void test_request_window(void **state)
{
    (void)state;
    fixture f = { .server = { .settings = "S 4=4" } };
    assert_true(open_fixture(&f, 0));
    call_script_start(&f.s, STREAM, NONE);
    call_script_run(&f.s, "S.S");
    assert_string_equal(f.server.heard, "HEADERS(1) DATA(1,4)");
    assert_string_equal(f.s.story, "again");
    h2_script_say(&f.server, 1, "W 4");
    call_script_run(&f.s, ".");
    assert_string_equal(f.s.story, "again");
    h2_script_say(&f.server, 1, "W 100");
    call_script_run(&f.s, ".S.h.");
    assert_string_equal(f.s.story, "again writable");
    assert_string_equal(f.server.heard, "HEADERS(1) DATA(1,4) DATA(1,4) DATA(1,1) DATA(1,9) DATA(1,0.)");
    close_fixture(&f);
}

/* The server's window opens as the caller takes its messages: one with it, one made, the rest not consumed. */
static void test_response_window(void **state)
{
    (void)state;
    enum { MESSAGES = 12000, TEXT = 64 - 2, LEN = TEXT + 7 };
    fixture f = { 0 };
    char message[2 * TEXT];
    snprintf(message, sizeof message, "M %.*s", (int)TEXT,
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    assert_true(open_fixture(&f, 0));
    call_script_start(&f.s, SERVER, NONE);
    call_script_run(&f.s, "Sh.");
    h2_script_say(&f.server, 1, HEAD);
    for (size_t i = 0; i < MESSAGES; i++)
        h2_script_say(&f.server, 1, message);
    call_script_run(&f.s, ".");
    assert_int_equal(f.server.returned, 0);
    gg_h2_rpc *rpc = (gg_h2_rpc *)f.s.rpc;
    assert_int_equal(rpc->inbound.backlog.len, (MESSAGES - 1) * LEN);
    for (size_t i = 0; i < MESSAGES - 1; i++)
        call_script_run(&f.s, "d.");
    assert_int_equal(rpc->inbound.backlog.len, 0);
    assert_true(f.server.returned > MESSAGES * LEN / 2);
    call_script_end(&f.s);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_wrong_bytes),
        cmocka_unit_test(test_resets),
        cmocka_unit_test(test_http_statuses),
        cmocka_unit_test(test_heads),
        cmocka_unit_test(test_late_head),
        cmocka_unit_test(test_field_limits),
        cmocka_unit_test(test_request_window),
        cmocka_unit_test(test_response_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
