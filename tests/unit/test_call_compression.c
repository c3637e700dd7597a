/* test_call_compression.c -- what handlers and callers choose and see of compression: the same in-process and over
 * HTTP/2, where it really happens.
 *
 * The handlers send each message back, as plain as its first letter says; both sides write down how messages came. */
#include "grpc/server.h"
#include "h2_loopback.h"

#include "failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

enum { MESSAGES_MAX = 4, STORY_LEN = 400, TEXT_LEN = 200 };
#define GZIP GG_COMPRESSION_GZIP
#define DEFLATE GG_COMPRESSION_DEFLATE
#define IDENTITY GG_COMPRESSION_IDENTITY
#define DEFAULT GG_COMPRESSION_DEFAULT

/* request letters: C as the call says, p with gg_message.plain; response: as it came, p if the request's letter is in
 * lower case, o after gg_call_compress(false), O after gg_call_compress(true) */
typedef struct row {
    const char *what, *path, *letters;
    gg_compression request, response;
    const char *story; /* each message's letter as the handler (<) or the caller (>) got it; ! if it was compressed */
} row;

#define BOTH "/t.T/Both"
#define UNARY "/t.T/Unary"
static const row rows[] = {
    { "nothing asked", BOTH, "CC", DEFAULT, DEFAULT, "<C >C <C >C OK" },
    { "identity", BOTH, "CC", IDENTITY, IDENTITY, "<C >C <C >C OK" },
    { "requests", BOTH, "CpC", GZIP, DEFAULT, "<C! >C <p >p <C! >C OK" },
    { "responses", BOTH, "CpC", DEFAULT, GZIP, "<C >C! <p >p <C >C! OK" },
    { "both", BOTH, "CpC", DEFLATE, GZIP, "<C! >C! <p >p <C! >C! OK" },
    { "both, the same", BOTH, "pC", DEFLATE, DEFLATE, "<p >p <C! >C! OK" },
    { "off and on", BOTH, "oCOC", GZIP, DEFLATE, "<o! >o <C! >C <O! >O! <C! >C! OK" },
    { "unary", UNARY, "C", DEFAULT, DEFAULT, "<C >C OK" },
    { "a unary request", UNARY, "C", GZIP, DEFAULT, "<C! >C OK" },
    { "a unary response", UNARY, "p", GZIP, DEFLATE, "<p >p! OK" },
    { "a unary response, off", UNARY, "o", DEFLATE, DEFLATE, "<o! >o OK" },
    { "no such compression", UNARY, "C", DEFAULT, (gg_compression)9, "<C >C OK" },
};

typedef struct fixture {
    const row *r;
    gg_sched sched;
    gg_server server;
    gg_inproc_channel channel;
    h2_loopback h2;
    gg_arena *arena;
    gg_rpc *rpc;
    gg_message message;
    bool waits; /* message, to be sent */
    size_t next, status_count;
    char story[STORY_LEN];
    char texts[MESSAGES_MAX][TEXT_LEN];
} fixture;

static void note(fixture *f, const char *word, char letter, bool compressed)
{
    size_t len = strlen(f->story);
    snprintf(f->story + len, sizeof f->story - len, "%s%c%s ", word, letter, compressed ? "!" : "");
}

/* -- the service -- */

static void choose(gg_call *call, const fixture *f)
{
    bool possible = f->r->response <= DEFLATE;
    assert_int_equal(gg_call_set_compression(call, f->r->response), possible ? GG_OK : GG_EINVAL);
}

static void note_request(gg_call *call, fixture *f, gg_str request)
{
    char letter = request.ptr[0];
    note(f, "<", letter, gg_call_request_compressed(call));
    if (letter == 'o' || letter == 'O')
        gg_call_compress(call, letter == 'O');
}

static gg_status on_start(gg_call *call, void *state)
{
    (void)state;
    choose(call, gg_call_user(call));
    return GG_STATUS_PENDING;
}

static gg_status on_request(gg_call *call, void *state, const gg_message *message)
{
    fixture *f = gg_call_user(call);
    (void)state;
    note_request(call, f, message->wire);
    assert_int_equal(message->compressed, gg_call_request_compressed(call));
    gg_message sent = *message;
    sent.plain = message->wire.ptr[0] == 'p';
    gg_rc rc = gg_call_send(call, &sent);
    return rc == GG_OK ? GG_STATUS_PENDING : GG_STATUS_RESOURCE_EXHAUSTED;
}

static gg_status on_half_close(gg_call *call, void *state)
{
    (void)state;
    if (!gg_fail_happened() && gg_call_set_compression(call, GZIP) != GG_ECANCELED) /* the headers are gone */
        return GG_STATUS_INTERNAL;
    return GG_STATUS_OK;
}

static gg_status unary(gg_call *call, gg_str request, gg_str *response)
{
    fixture *f = gg_call_user(call);
    choose(call, f);
    note_request(call, f, request);
    *response = request;
    return GG_STATUS_OK;
}

static const gg_service_type service = { .name = GG_STR_INIT("t.T") };
static const gg_method_type both_type = { .path = GG_STR_INIT(BOTH),
    .client_streaming = true,
    .server_streaming = true };
static const gg_method_type unary_type = { .path = GG_STR_INIT(UNARY) };
static const gg_stream_handler both = {
    .start = on_start, .message = on_request, .half_close = on_half_close, .paced = true
};

/* -- the caller -- */

/* Sends the message that is waiting; in-process the one before it may be held still. */
static void send_waiting(void *user)
{
    fixture *f = user;
    if (!f->waits || gg_rpc_send(f->rpc, &f->message) == GG_AGAIN)
        return;
    f->waits = false;
    if (strcmp(f->r->path, UNARY) == 0)
        gg_rpc_half_close(f->rpc);
}

/* Sends the next message, or the end. */
static void send_next(fixture *f)
{
    char letter = f->r->letters[f->next];
    if (letter == '\0') {
        gg_rpc_half_close(f->rpc);
        return;
    }
    char *text = f->texts[f->next++];
    memset(text, letter, TEXT_LEN);
    f->message = (gg_message){ .wire = gg_str_of(text, TEXT_LEN), .plain = letter == 'p' };
    f->waits = true;
    send_waiting(f);
}

static void on_message(void *user, const gg_message *message)
{
    fixture *f = user;
    assert_int_equal(message->wire.len, TEXT_LEN);
    note(f, ">", message->wire.ptr[0], message->compressed);
    gg_rpc_message_done(f->rpc);
    if (strcmp(f->r->path, BOTH) == 0)
        send_next(f);
}

static void on_status(void *user, const gg_rpc_status *status)
{
    fixture *f = user;
    f->status_count++;
    f->rpc = NULL;
    if (status->code == GG_STATUS_OK)
        strcat(f->story, "OK");
}

static void run(fixture *f, bool over_h2)
{
    static const gg_rpc_events events = { .message = on_message, .writable = send_waiting, .status = on_status };
    gg_rpc_channel *channel = over_h2 ? &f->h2.channel.base : &f->channel.base;
    f->arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    if (f->arena == NULL)
        return;
    f->rpc = gg_rpc_channel_start(channel,
        &(gg_rpc_start){ .path = gg_str_from(f->r->path),
            .deadline_ns = UINT64_MAX,
            .arena = f->arena,
            .compression = f->r->request,
            .sched = &f->sched,
            .events = &events,
            .user = f });
    if (f->rpc != NULL) {
        send_next(f);
        gg_sched_run(&f->sched, 0);
    }
    if (f->rpc != NULL) {
        assert_true(gg_fail_happened());
        gg_rpc_cancel(f->rpc, GG_STATUS_CANCELLED);
        gg_sched_run(&f->sched, 0);
    }
}

static bool serve(fixture *f)
{
    gg_method methods[] = { { .service = &service, .type = &both_type, .stream = &both, .user = f },
        { .service = &service, .type = &unary_type, .raw = unary, .user = f } };
    gg_rc rc = gg_server_init(&f->server);
    for (size_t i = 0; i < 2 && rc == GG_OK; i++)
        rc = gg_server_add_method(&f->server, &methods[i]);
    return rc == GG_OK;
}

static void run_row(const row *r, bool over_h2, size_t fail)
{
    static fixture f;
    f = (fixture){ .r = r };
    gg_sched_init(&f.sched);
    gg_fail_after(fail);
    if (serve(&f)) {
        gg_inproc_channel_init(&f.channel, &f.server, NULL);
        h2_loopback_init(&f.h2, &f.channel.base, &f.sched);
        h2_loopback_start(&f.h2);
        run(&f, over_h2);
        if (!gg_fail_happened()) {
            assert_string_equal(f.story, r->story);
            assert_int_equal(f.status_count, 1);
        }
        h2_loopback_deinit(&f.h2);
        assert_int_equal(f.channel.open, 0);
    }
    gg_arena_unref(f.arena);
    gg_server_deinit(&f.server);
}

static void run_rows(bool over_h2)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("%s\n", rows[i].what);
        run_row(&rows[i], over_h2, SIZE_MAX);
        for (size_t n = 0;; n++) {
            run_row(&rows[i], over_h2, n);
            if (!gg_fail_happened())
                break;
        }
    }
    gg_fail_after(SIZE_MAX);
}

static void test_in_process(void **state)
{
    (void)state;
    run_rows(false);
}

static void test_over_h2(void **state)
{
    (void)state;
    run_rows(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_process),
        cmocka_unit_test(test_over_h2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
