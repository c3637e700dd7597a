/* fuzz_h2_server.c -- frames to the HTTP/2 codec of a server, under a front that answers, waits, streams or resets.  Laws:
 *
 *   - What it sends is frames, SETTINGS first, nothing after a GOAWAY that tells of an error (frames.h).
 *   - Every exchange is told its end once: end or abort, and nothing after it; all are gone with the connection.
 *   - Tasks and timers are gone with the connection.
 *
 * The first byte of an input: bit 0 the preface and SETTINGS come first. */
#include "frames.h"

enum { OPEN_MAX = 64, PIECE = 5000, STREAMED = 150 * 1000 };

typedef struct fuzz_front {
    gg_exchange *open[OPEN_MAX]; /* held ones */
    size_t alive;                /* not released yet */
} fuzz_front;

typedef struct fuzz_call { /* in the arena of its exchange */
    fuzz_front *front;
    size_t left; /* to be streamed */
} fuzz_call;

static void wake(gg_task *task)
{
    (void)task;
}

static void release(gg_exchange *x)
{
    fuzz_front *front = ((fuzz_call *)x->front)->front;
    for (size_t i = 0; i < OPEN_MAX; i++)
        if (front->open[i] == x)
            front->open[i] = NULL;
    front->alive--;
    gg_exchange_release(x);
}

static void stream_on(gg_exchange *x)
{
    static const char zeros[PIECE];
    fuzz_call *call = x->front;
    while (call->left > 0) {
        size_t len = call->left < PIECE ? call->left : PIECE;
        size_t taken = gg_exchange_write(x, gg_str_of(zeros, len));
        call->left -= taken;
        if (taken < len)
            return;
    }
    gg_header trailer = { GG_STR_INIT("x-sum"), GG_STR_INIT("7") };
    gg_exchange_end(x, &(gg_headers){ &trailer, 1, 1 });
    release(x);
}

static void on_body(gg_exchange *x, gg_str bytes)
{
    gg_exchange_consume(x, bytes.len);
}

static void on_end(gg_exchange *x)
{
    char kind = x->path.len > 1 ? x->path.ptr[1] : 'o';
    if (kind == 'h' || kind == 's')
        return; /* held: the target answers it; streamed already */
    gg_exchange_respond(x, 200, NULL, GG_STR("ok"), NULL);
    release(x);
}

static void on_abort(gg_exchange *x)
{
    release(x);
}

static const gg_exchange_events events = { on_body, on_end, stream_on, on_abort };

static void on_request(void *user, gg_exchange *x)
{
    fuzz_front *front = user;
    char kind = x->path.len > 1 ? x->path.ptr[1] : 'o';
    fuzz_call *call = gg_arena_zalloc(x->arena, sizeof *call);
    LAW(call != NULL, "no memory");
    *call = (fuzz_call){ front, STREAMED };
    x->front = call;
    x->events = &events;
    front->alive++;
    if (kind == 'r') {
        gg_exchange_reset(x, 8);
        release(x);
    } else if (kind == 'e') {
        gg_exchange_respond(x, 200, NULL, GG_STR("early"), NULL);
        release(x);
    } else if (kind == 's' && gg_exchange_start(x, 200, NULL) == GG_OK) {
        stream_on(x);
    } else if (kind == 'h') {
        for (size_t i = 0; i < OPEN_MAX; i++)
            if (front->open[i] == NULL) {
                front->open[i] = x;
                return;
            }
    }
}

static void answer_held(fuzz_front *front, unsigned number)
{
    gg_exchange *x = front->open[number % OPEN_MAX];
    if (x == NULL)
        return;
    gg_exchange_respond(x, 200, NULL, GG_STR("at last"), NULL);
    release(x);
}

static void run(gg_str input, fuzz_front *front, gg_codec *codec, gg_sched *sched)
{
    frames_sent sent = { 0 };
    frames_step step;
    frames_settle(&sent, codec, sched, 0);
    while (!codec->ops->done(codec) && frames_next(&input, &step)) {
        if (step.kind == FRAMES_BYTES && codec->ops->wants_input(codec))
            codec->ops->receive(codec, step.bytes);
        else if (step.kind == FRAMES_OTHER && step.number == 63)
            codec->ops->drain(codec);
        else if (step.kind == FRAMES_OTHER)
            answer_held(front, step.number);
        frames_settle(&sent, codec, sched, step.kind == FRAMES_TIME ? step.number * (uint64_t)5000000000 : 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char opening[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0";
    if (size < 1)
        return 0;
    fuzz_front front = { 0 };
    gg_sched sched;
    gg_sched_init(&sched);
    gg_task task = { .run = wake };
    gg_codec_config config = { .handler = { on_request, &front }, .arena_limit = GG_ARENA_LIMIT, .sched = &sched };
    gg_http_limits_init(&config.limits);
    config.limits.age_ns = (uint64_t)600000000000;
    gg_codec *codec = gg_h2_new(&config, GG_STR("peer"), &task);
    LAW(codec != NULL, "no codec");
    if (data[0] & 1)
        codec->ops->receive(codec, gg_str_of(opening, sizeof opening));
    run(gg_str_of((const char *)data + 1, size - 1), &front, codec, &sched);
    codec->ops->free(codec);
    LAW(front.alive > 0 || sched.head == NULL, "a task is left");
    for (unsigned i = 0; i < OPEN_MAX; i++)
        LAW(front.open[i] == NULL, "an exchange has not heard of the end");
    LAW(front.alive == 0, "%zu exchanges are left", front.alive);
    LAW(sched.timers == NULL, "a timer is left");
    return 0;
}
