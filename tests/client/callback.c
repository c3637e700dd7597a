/* callback.c -- the cases by callbacks.  What they note is looked at when the last call is over. */
#include "client.h"

#include <pthread.h>

typedef test_v1_StreamRequest Request;
typedef test_v1_StreamResponse Response;

/* One call, or several that end together. */
typedef struct notes {
    fixture *f;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int open; /* calls without a status */
    int ok;   /* that ended with OK */
    gg_status code;

    /* on the channel's thread */
    gg_client_call *call;
    gg_str payload;
    int wanted, sent, received, agains;
    uint32_t count;
    bool holds, early;
} notes;

static notes notes_of(fixture *f, int open)
{
    return (notes){ .f = f,
        .mutex = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER,
        .open = open,
        .code = GG_STATUS_PENDING };
}

static void on_status(gg_client_call *call, const gg_client_status *status, void *user)
{
    notes *n = user;
    (void)call;
    pthread_mutex_lock(&n->mutex);
    n->open--;
    n->ok += status->code == GG_STATUS_OK;
    n->code = status->code;
    pthread_cond_broadcast(&n->changed);
    pthread_mutex_unlock(&n->mutex);
}

static void wait_for(notes *n)
{
    pthread_mutex_lock(&n->mutex);
    while (n->open > 0)
        pthread_cond_wait(&n->changed, &n->mutex);
    pthread_mutex_unlock(&n->mutex);
}

static void on_headers(gg_client_call *call, const gg_metadata *headers, void *user)
{
    notes *n = user;
    (void)call, (void)headers;
    n->early = n->received == 0;
}

static void on_message(gg_client_call *call, const gg_message *message, void *user)
{
    notes *n = user;
    (void)call;
    n->count = test_v1_StreamingClient_Unary_response(message)->count;
    n->received++;
}

/* Sends as many as are wanted, as far as they are taken. */
static void on_writable(gg_client_call *call, void *user)
{
    notes *n = user;
    Request request = { .payload = n->payload };
    n->call = call;
    while (n->sent < n->wanted) {
        gg_rc rc = test_v1_StreamingClient_Both_call_send(call, &request);
        n->agains += rc == GG_AGAIN;
        if (rc != GG_OK)
            return;
        n->sent++;
    }
    gg_client_call_close_send(call);
}

static const gg_client_handler simple = { on_headers, on_message, on_writable, on_status };

static void test_unary(fixture *f)
{
    notes n = notes_of(f, 200);
    Request request = { .payload = GG_STR("hello") };
    for (int i = 0; i < 200; i++)
        CHECK(f, test_v1_StreamingClient_Unary_start(f->channel, NULL, &request, &simple, &n) == GG_OK);
    wait_for(&n);
    CHECK(f, n.ok == 200 && n.received == 200 && n.count == 1);
}

static void test_down(fixture *f)
{
    notes n = notes_of(f, 1);
    Request request = { .count = 300, .size = 1000 };
    CHECK(f, test_v1_StreamingClient_Down_start(f->channel, NULL, &request, &simple, &n) == GG_OK);
    wait_for(&n);
    CHECK(f, n.ok == 1 && n.received == 300 && n.count == 299 && n.early);
}

static void test_up(fixture *f)
{
    static const char zeros[10000];
    notes n = notes_of(f, 1);
    n.wanted = 100;
    n.payload = gg_str_of(zeros, sizeof zeros);
    CHECK(f, test_v1_StreamingClient_Up_start(f->channel, NULL, &simple, &n) == GG_OK);
    wait_for(&n);
    CHECK(f, n.ok == 1 && n.received == 1 && n.count == 100 && n.agains > 0);
}

static void test_both(fixture *f)
{
    static const char zeros[10000];
    notes n = notes_of(f, 1);
    n.wanted = 100;
    n.payload = gg_str_of(zeros, sizeof zeros);
    CHECK(f, test_v1_StreamingClient_Both_start(f->channel, NULL, &simple, &n) == GG_OK);
    wait_for(&n);
    CHECK(f, n.ok == 1 && n.received == 100 && n.count == 100);
}

/* Messages as bytes: what was sent comes in one piece, not as a struct. */
static void on_bytes(gg_client_call *call, const gg_message *message, void *user)
{
    notes *n = user;
    (void)call;
    n->received++;
    CHECK(n->f, message->typed == NULL && gg_str_eq(message->wire, GG_STR("\x10\x01")));
}

static void test_raw(fixture *f)
{
    static const gg_client_handler handler = { NULL, on_bytes, NULL, on_status };
    notes n = notes_of(f, 1);
    gg_message message = { .wire = GG_STR("") };
    gg_client_request request = { .method = &test_v1_Streaming_type.methods[0], .message = &message };
    CHECK(f, gg_client_call_start(f->channel, &request, &handler, &n) == GG_OK);
    wait_for(&n);
    CHECK(f, n.ok == 1 && n.received == 1);
    request.message = NULL;
    CHECK(f, gg_client_call_start(f->channel, &request, &handler, &n) == GG_EINVAL);
}

/* -- back-pressure: a reader that holds its first message stops the server, and that stops the sender -- */

static void on_message_hold(gg_client_call *call, const gg_message *message, void *user)
{
    notes *n = user;
    (void)message;
    n->received++;
    n->call = call;
    if (n->received > 1)
        return;
    gg_client_call_hold_message(call);
    pthread_mutex_lock(&n->mutex);
    n->holds = true;
    pthread_cond_broadcast(&n->changed);
    pthread_mutex_unlock(&n->mutex);
}

static void release(void *arg)
{
    notes *n = arg;
    CHECK(n->f, n->received == 1 && n->agains > 0 && n->sent < n->wanted); /* 64 MB do not fit on the way */
    gg_client_call_message_done(n->call);
}

static void test_back_pressure(fixture *f)
{
    static const char zeros[64 * 1024];
    static const gg_client_handler handler = { NULL, on_message_hold, on_writable, on_status };
    notes n = notes_of(f, 1);
    n.wanted = 1000; /* 64 MB */
    n.payload = gg_str_of(zeros, sizeof zeros);
    CHECK(f, test_v1_StreamingClient_Both_start(f->channel, NULL, &handler, &n) == GG_OK);
    pthread_mutex_lock(&n.mutex);
    while (!n.holds)
        pthread_cond_wait(&n.changed, &n.mutex);
    pthread_mutex_unlock(&n.mutex);
    /* Other calls go on meanwhile, and the sender's as far as it can. */
    for (int i = 0; i < 50; i++) {
        Response response;
        CHECK(f,
            test_v1_StreamingClient_Unary(f->channel, NULL, &(Request){ .payload = GG_STR("x") }, &response, f->arena,
                NULL) == GG_STATUS_OK);
    }
    CHECK(f, gg_channel_post(f->channel, release, &n) == GG_OK);
    wait_for(&n);
    CHECK(f, n.ok == 1 && n.received == 1000 && n.agains > 0);
}

/* -- the ends -- */

static void on_headers_cancel(gg_client_call *call, const gg_metadata *headers, void *user)
{
    (void)headers, (void)user;
    gg_client_call_cancel(call);
}

static void test_cancel(fixture *f)
{
    static const gg_client_handler handler = { on_headers_cancel, NULL, NULL, on_status };
    notes n = notes_of(f, 1);
    Request request = { .mode = GG_STR("never") };
    CHECK(f, test_v1_StreamingClient_Down_start(f->channel, NULL, &request, &handler, &n) == GG_OK);
    wait_for(&n);
    CHECK(f, n.code == GG_STATUS_CANCELLED);
}

/* A channel that is freed ends its calls. */
static void test_free(fixture *f)
{
    static const gg_client_handler handler = { NULL, NULL, NULL, on_status };
    gg_channel *channel = another_channel(f, NULL);
    notes n = notes_of(f, 3);
    Request request = { .mode = GG_STR("never") };
    for (int i = 0; i < 3; i++)
        CHECK(f, test_v1_StreamingClient_Down_start(channel, NULL, &request, &handler, &n) == GG_OK);
    gg_channel_free(channel);
    CHECK(f, n.open == 0 && n.code == GG_STATUS_CANCELLED);
}

/* Functions that wait refuse to do so on the channel's own thread. */
static void call_here(void *arg)
{
    notes *n = arg;
    Response response;
    Request request = { .count = 0 };
    gg_status code = test_v1_StreamingClient_Unary(n->f->channel, NULL, &request, &response, n->f->arena, NULL);
    gg_client_status status = { .code = code };
    on_status(NULL, &status, n);
}

static void test_own_thread(fixture *f)
{
    notes n = notes_of(f, 1);
    CHECK(f, gg_channel_post(f->channel, call_here, &n) == GG_OK);
    wait_for(&n);
    CHECK(f, n.code == GG_STATUS_INTERNAL);
}

/* From one call's end to the next call. */
static void on_status_next(gg_client_call *call, const gg_client_status *status, void *user)
{
    static const gg_client_handler again = { NULL, NULL, NULL, on_status_next };
    notes *n = user;
    Request request = { .payload = GG_STR("next") };
    if (n->open > 1)
        CHECK(n->f, test_v1_StreamingClient_Unary_start(n->f->channel, NULL, &request, &again, user) == GG_OK);
    on_status(call, status, user);
}

static void test_chain(fixture *f)
{
    static const gg_client_handler handler = { NULL, NULL, NULL, on_status_next };
    notes n = notes_of(f, 100);
    Request request = { .payload = GG_STR("first") };
    CHECK(f, test_v1_StreamingClient_Unary_start(f->channel, NULL, &request, &handler, &n) == GG_OK);
    wait_for(&n);
    CHECK(f, n.ok == 100);
}

const test_case callback_cases[] = {
    { "callbacks: unary", test_unary, false, false },
    { "callbacks: down", test_down, false, false },
    { "callbacks: up", test_up, false, false },
    { "callbacks: both", test_both, false, false },
    { "callbacks: raw", test_raw, false, false },
    { "callbacks: back-pressure", test_back_pressure, false, true },
    { "callbacks: cancel", test_cancel, false, false },
    { "callbacks: free", test_free, false, false },
    { "callbacks: own thread", test_own_thread, false, false },
    { "callbacks: chain", test_chain, false, false },
    { 0 },
};
