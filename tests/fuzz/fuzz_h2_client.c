/* fuzz_h2_client.c -- frames to the HTTP/2 codec of a client that has streams open.  Laws:
 *
 *   - What it sends is frames, SETTINGS first (frames.h), after the preface.
 *   - A stream hears `headers` at most once and before its body, `closed` exactly once and nothing after it.
 *   - A stream that is not reset by its owner hears `closed`, at the latest when the connection goes.
 *   - Tasks and timers are gone with the connection.
 *
 * The first byte of an input: how many streams are opened (its low two bits, and one more), bit 2 their requests have
 * ended. */
#include "frames.h"
#include "http/h2_client.h"

enum { STREAMS = 8, PREFACE = 24 };

typedef struct fuzz_stream {
    gg_client_stream stream; /* first: one pointer is both */
    gg_arena *arena;
    unsigned heads, closes;
    bool reset;
} fuzz_stream;

static void nothing(gg_task *task)
{
    (void)task;
}

static void on_headers(gg_client_stream *stream, bool ended)
{
    fuzz_stream *s = (fuzz_stream *)stream;
    (void)ended;
    LAW(++s->heads == 1 && s->closes == 0 && !s->reset, "a second head");
    LAW(stream->status >= 200 && stream->status <= 999, "status %d", stream->status);
}

static void on_body(gg_client_stream *stream, gg_str bytes)
{
    fuzz_stream *s = (fuzz_stream *)stream;
    LAW(s->heads == 1 && s->closes == 0 && !s->reset, "a body too early or too late");
    gg_client_stream_consume(stream, bytes.len);
}

static void on_written(gg_client_stream *stream)
{
    gg_client_stream_end(stream);
}

static void on_closed(gg_client_stream *stream, gg_client_stream_ending end, uint32_t error)
{
    fuzz_stream *s = (fuzz_stream *)stream;
    (void)error;
    LAW(++s->closes == 1 && !s->reset, "a second end");
    LAW(end != GG_STREAM_ENDED || s->heads == 1, "whole, but without a head");
}

static const gg_client_stream_events events = { on_headers, on_body, on_written, on_closed };

static void open_stream(fuzz_stream *s, gg_h2_client *client, bool ended)
{
    gg_header fields[] = { { GG_STR_INIT(":method"), GG_STR_INIT("POST") },
        { GG_STR_INIT(":scheme"), GG_STR_INIT("http") }, { GG_STR_INIT(":path"), GG_STR_INIT("/a") },
        { GG_STR_INIT(":authority"), GG_STR_INIT("a") } };
    *s = (fuzz_stream){ .arena = gg_arena_new(NULL, 1 << 20) };
    s->stream.events = &events;
    s->stream.arena = s->arena;
    if (gg_client_stream_open(&s->stream, client, &(gg_headers){ fields, 4, 4 }) != GG_OK) {
        s->closes = 1;
        return;
    }
    gg_client_stream_write(&s->stream, GG_STR("hello"), GG_STR(""));
    if (ended)
        gg_client_stream_end(&s->stream);
}

static void reset(fuzz_stream *s)
{
    if (s->closes > 0 || s->reset || s->arena == NULL)
        return;
    s->reset = true;
    gg_client_stream_reset(&s->stream, 8);
}

static void run(gg_str input, gg_h2_client *client, fuzz_stream *streams, size_t *count, gg_sched *sched)
{
    frames_sent sent = { .heads.skip = PREFACE };
    frames_step step;
    gg_codec *codec = &client->base;
    frames_settle(&sent, codec, sched, 0);
    while (!codec->ops->done(codec) && frames_next(&input, &step)) {
        if (step.kind == FRAMES_BYTES && codec->ops->wants_input(codec))
            codec->ops->receive(codec, step.bytes);
        else if (step.kind == FRAMES_OTHER && step.number < STREAMS)
            reset(&streams[step.number]);
        else if (step.kind == FRAMES_OTHER && step.number == 63)
            codec->ops->drain(codec);
        else if (step.kind == FRAMES_OTHER && *count < STREAMS)
            open_stream(&streams[(*count)++], client, step.number & 1);
        frames_settle(&sent, codec, sched, step.kind == FRAMES_TIME ? step.number * (uint64_t)5000000000 : 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    gg_sched sched;
    gg_sched_init(&sched);
    gg_task wake = { .run = nothing }, changed = { .run = nothing };
    gg_h2_client_config config = { .sched = &sched,
        .header_bytes = 4096,
        .header_count = 32,
        .stream_window = 65535,
        .conn_window = 65535,
        .keepalive = { 20000000000u, 10000000000u } };
    gg_h2_client *client = gg_h2_client_new(&config, &wake, &changed);
    LAW(client != NULL, "no codec");
    fuzz_stream streams[STREAMS] = { 0 };
    size_t count = 0;
    while (count <= (data[0] & 3u))
        open_stream(&streams[count++], client, data[0] & 4);
    run(gg_str_of((const char *)data + 1, size - 1), client, streams, &count, &sched);
    client->base.ops->free(&client->base);
    for (size_t i = 0; i < count; i++) {
        LAW(streams[i].closes == !streams[i].reset, "stream %zu has not heard of the end", i);
        gg_arena_unref(streams[i].arena);
    }
    LAW(sched.head == NULL && sched.timers == NULL, "a task or a timer is left");
    return 0;
}
