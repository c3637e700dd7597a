/* streams.c -- test.v1.Streaming by handlers on the loop's thread, and a handler of unknown methods. */
#include "test_server.h"

enum { PIECE_MAX = 1 << 20 };
static const char zeros[PIECE_MAX];

gg_compression compression_of(gg_str name)
{
    return gg_str_eq(name, GG_STR("gzip"))   ? GG_COMPRESSION_GZIP
        : gg_str_eq(name, GG_STR("deflate")) ? GG_COMPRESSION_DEFLATE
                                             : GG_COMPRESSION_IDENTITY;
}

/* -- what all four have in common -- */

typedef struct stream { /* of a call */
    uint32_t count, wanted;
    uint64_t bytes;
    uint32_t size;
} stream;

/* Compression, if metadata tells one; "plain" is not compressed.  The trailer tells how each request came. */
static void compress_as_asked(gg_call *call, const test_v1_StreamRequest *request)
{
    gg_str name = gg_call_metadata(call, GG_STR("x-compression"));
    if (name.len > 0)
        gg_call_set_compression(call, compression_of(name));
    gg_call_compress(call, !gg_str_eq(request->mode, GG_STR("plain")));
    if (name.ptr != NULL)
        gg_call_set_trailer(call, GG_STR("x-compressed"),
            gg_call_request_compressed(call) ? GG_STR("yes") : GG_STR("no"));
}

/* The status that a request asks for; OK: it goes on. */
static gg_status asked(gg_call *call, const test_v1_StreamRequest *request)
{
    if (gg_str_eq(request->mode, GG_STR("headers"))) {
        gg_call_set_header(call, GG_STR("x-early"), GG_STR("1"));
        gg_call_send_headers(call);
    }
    if (request->status == 0)
        return GG_STATUS_OK;
    if (gg_str_eq(request->mode, GG_STR("detail")))
        gg_call_add_detail_typed(call, &test_v1_StreamRequest_type, request);
    return gg_call_fail(call, (gg_status)request->status, "%.*s", GG_STR_ARG(request->message));
}

static test_v1_StreamResponse piece(const stream *s)
{
    test_v1_StreamResponse response = { .payload = gg_str_of(zeros, s->size), .count = s->count, .bytes = s->bytes };
    return response;
}

/* Sends pieces as long as they are taken. */
static gg_status send_down(gg_call *call, stream *s, bool alternate)
{
    for (; s->count < s->wanted; s->count++) {
        if (alternate)
            gg_call_compress(call, s->count % 2 == 0);
        test_v1_StreamResponse response = piece(s);
        gg_rc rc = test_v1_Streaming_Down_send(call, &response);
        if (rc == GG_AGAIN)
            return GG_STATUS_PENDING;
        if (rc != GG_OK)
            return rc == GG_ECANCELED ? GG_STATUS_CANCELLED : GG_STATUS_RESOURCE_EXHAUSTED;
    }
    return GG_STATUS_OK;
}

static void begin_down(stream *s, const test_v1_StreamRequest *request)
{
    s->wanted = request->count;
    s->size = request->size < PIECE_MAX ? request->size : PIECE_MAX;
}

/* -- typed -- */

static gg_status unary(gg_call *call, const test_v1_StreamRequest *request, test_v1_StreamResponse *response)
{
    if (gg_str_eq(request->mode, GG_STR("open")))
        barrier_open();
    bool serving = gg_str_eq(request->mode, GG_STR("serving"));
    if ((serving || gg_str_eq(request->mode, GG_STR("not serving"))) &&
        gg_app_set_serving(gg_call_user(call), request->message, serving) != GG_OK)
        return GG_STATUS_NOT_FOUND;
    response->payload = request->payload;
    response->count = 1;
    response->bytes = request->payload.len;
    compress_as_asked(call, request);
    return asked(call, request);
}

static gg_status down(gg_call *call, gg_stream_event event, const test_v1_StreamRequest *request)
{
    stream *s = gg_call_state(call, sizeof *s);
    if (s == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    if (event == GG_STREAM_START) {
        begin_down(s, request);
        compress_as_asked(call, request);
    }
    if (event == GG_STREAM_START && gg_str_eq(request->mode, GG_STR("never"))) {
        gg_call_send_headers(call);
        s->wanted = 0;
        return GG_STATUS_PENDING;
    }
    gg_status status = send_down(call, s, gg_str_eq(request->mode, GG_STR("alternate")));
    return status == GG_STATUS_OK ? asked(call, request) : status;
}

static gg_status up(gg_call *call, gg_stream_event event, const test_v1_StreamRequest *request,
    test_v1_StreamResponse *response)
{
    stream *s = gg_call_state(call, sizeof *s);
    gg_status status = GG_STATUS_OK;
    if (s == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    if (event == GG_STREAM_MESSAGE) {
        s->count++;
        s->bytes += request->payload.len;
        compress_as_asked(call, request);
        status = asked(call, request);
    }
    response->count = s->count;
    response->bytes = s->bytes;
    return event == GG_STREAM_HALF_CLOSE || status != GG_STATUS_OK ? status : GG_STATUS_PENDING;
}

static gg_status both(gg_call *call, gg_stream_event event, const test_v1_StreamRequest *request)
{
    stream *s = gg_call_state(call, sizeof *s);
    if (s == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    if (event == GG_STREAM_HALF_CLOSE)
        return GG_STATUS_OK;
    if (event != GG_STREAM_MESSAGE)
        return GG_STATUS_PENDING;
    compress_as_asked(call, request);
    gg_status status = asked(call, request);
    if (status != GG_STATUS_OK)
        return status;
    test_v1_StreamResponse response = { .payload = request->payload, .count = ++s->count };
    s->bytes += request->payload.len;
    response.bytes = s->bytes;
    return test_v1_Streaming_Both_send(call, &response) == GG_OK ? GG_STATUS_PENDING : GG_STATUS_RESOURCE_EXHAUSTED;
}

/* -- what no service has: bytes come back, as a proxy would handle them -- */

static gg_status echo_start(gg_call *call, void *state)
{
    (void)state;
    gg_call_set_header(call, GG_STR("x-method"), gg_call_method(call));
    return GG_STATUS_PENDING;
}

static gg_status echo_message(gg_call *call, void *state, const gg_message *message)
{
    (void)state;
    return gg_call_send(call, message) == GG_OK ? GG_STATUS_PENDING : GG_STATUS_INTERNAL;
}

static gg_status echo_half_close(gg_call *call, void *state)
{
    (void)call, (void)state;
    return GG_STATUS_OK;
}

const char *streams_register(gg_app *app, gg_str style)
{
    static const test_v1_Streaming typed = { .Unary = unary, .Down = down, .Up = up, .Both = both };
    static const test_v1_Streaming quick = { .Unary = unary };
    static const gg_stream_handler echo = { .start = echo_start,
        .message = echo_message,
        .half_close = echo_half_close,
        .paced = true };
    bool blocking = gg_str_eq(style, GG_STR("blocking"));
    if (!blocking && !gg_str_eq(style, GG_STR("callback")))
        return "must be callback or blocking";
    test_v1_Streaming_register(app, blocking ? &quick : &typed, app);
    if (blocking)
        streams_register_blocking(app);
    gg_app_handle_unknown(app, &echo, NULL);
    return NULL;
}
