/* client_stream.c -- calls by functions that wait: what the caller's threads and the channel's say to each other.
 *
 *   caller's threads                              the channel's thread
 *   send: a message in `out`        -- pump -->   accepted: `out` empty        one message each way, in memory that
 *   recv: `in` taken                -- pump -->   the next message may come    changes hands with it
 *   close_send, cancel, finish      -- pump -->
 *                                   <-- wake --   headers, `in`, `over`
 *
 * Requests of the caller are flags under the mutex, and one job looks at all of them. */
#include "app/client.h"

#include <stdlib.h>

struct gg_stream {
    gg_loop_job pump;
    gg_channel *channel;
    gg_client_call *call; /* of the channel's thread */
    const gg_method_type *method;

    uv_mutex_t mutex; /* of what follows */
    uv_cond_t changed;
    bool pumping; /* the job is on its way */

    gg_arena *out; /* memory of a request message to be accepted; NULL: none */
    gg_message out_message;
    gg_rc out_rc;                     /* of the last one */
    bool close, cancel, drain, freed; /* the caller's wishes */

    gg_arena *in; /* memory of a response message to be received; NULL: none */
    gg_str in_wire;
    bool in_taken; /* the channel's thread is to be told */

    bool has_headers, over;
    gg_metadata headers;
    gg_client_status status;
    gg_arena *arena; /* the call's, that the above live in */

    gg_status failure; /* of the caller's side: a response that it does not understand; OK: none */
    gg_str failure_text;
    char failure_buf[256];
};

/* -- on the channel's thread -- */

static void lock(gg_stream *stream)
{
    uv_mutex_lock(&stream->mutex);
}

static void unlock(gg_stream *stream)
{
    uv_mutex_unlock(&stream->mutex);
}

/* With the mutex: gives the call the message, if it takes it now. */
static void offer(gg_stream *stream)
{
    if (stream->out == NULL)
        return;
    gg_rc rc = stream->over ? GG_ECANCELED : gg_client_call_put(stream->call, stream->out, &stream->out_message);
    if (rc == GG_AGAIN)
        return;
    if (stream->over)
        gg_arena_unref(stream->out);
    stream->out = NULL;
    stream->out_rc = rc;
    uv_cond_broadcast(&stream->changed);
}

static void free_stream(gg_stream *stream)
{
    gg_arena_unref(stream->in);
    gg_arena_unref(stream->arena);
    uv_cond_destroy(&stream->changed);
    uv_mutex_destroy(&stream->mutex);
    free(stream);
}

/* Does what the caller's threads have asked for.  The calls below post tasks: no event comes from inside. */
static void pump(gg_loop_job *job)
{
    gg_stream *stream = (gg_stream *)(void *)((char *)job - offsetof(gg_stream, pump));
    lock(stream);
    stream->pumping = false;
    if (stream->freed) {
        unlock(stream);
        free_stream(stream);
        return;
    }
    offer(stream);
    if (stream->cancel && !stream->over)
        gg_client_call_cancel(stream->call);
    if (stream->close && !stream->over)
        gg_client_call_close_send(stream->call);
    if (stream->drain && stream->in != NULL) {
        gg_arena_unref(stream->in);
        stream->in = NULL;
        stream->in_taken = true;
    }
    if (stream->in_taken && !stream->over)
        gg_client_call_message_done(stream->call);
    stream->in_taken = false;
    unlock(stream);
}

static void on_headers(gg_client_call *call, const gg_metadata *headers, void *user)
{
    gg_stream *stream = user;
    lock(stream);
    stream->headers = *headers;
    stream->has_headers = true;
    if (stream->arena == NULL)
        stream->arena = gg_arena_ref(call->arena);
    uv_cond_broadcast(&stream->changed);
    unlock(stream);
}

static void on_message(gg_client_call *call, const gg_message *message, void *user)
{
    gg_stream *stream = user;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_str wire = arena != NULL ? gg_arena_dup(arena, message->wire) : gg_str_of(NULL, 0);
    if (wire.ptr == NULL) {
        gg_arena_unref(arena);
        gg_client_call_fail(call, GG_STATUS_RESOURCE_EXHAUSTED, GG_STR("out of memory"));
        return;
    }
    lock(stream);
    if (stream->drain) {
        gg_arena_unref(arena);
    } else {
        stream->in = arena;
        stream->in_wire = wire;
        if (stream->method->server_streaming)
            gg_client_call_hold_message(call);
        uv_cond_broadcast(&stream->changed);
    }
    unlock(stream);
}

static void on_writable(gg_client_call *call, void *user)
{
    gg_stream *stream = user;
    (void)call;
    lock(stream);
    offer(stream);
    unlock(stream);
}

static void on_status(gg_client_call *call, const gg_client_status *status, void *user)
{
    gg_stream *stream = user;
    gg_client_status kept = *status; /* in the call's arena, but for what the channel has of its own */
    kept.message = gg_arena_dup(call->arena, status->message);
    kept.details = gg_arena_dup(call->arena, status->details);
    lock(stream);
    stream->status = kept;
    if (stream->arena == NULL)
        stream->arena = gg_arena_ref(call->arena);
    stream->over = true;
    offer(stream); /* nobody takes it any more */
    uv_cond_broadcast(&stream->changed);
    unlock(stream);
}

/* -- on the caller's -- */

/* With the mutex. */
static void ask(gg_stream *stream)
{
    if (stream->pumping)
        return;
    stream->pumping = true;
    gg_loop_call(&stream->channel->loop, &stream->pump);
}

static void wait_for_change(gg_stream *stream)
{
    uv_cond_wait(&stream->changed, &stream->mutex);
}

static gg_stream *open_stream(gg_channel *channel, const gg_client_request *request)
{
    static const gg_client_handler handler = { on_headers, on_message, on_writable, on_status };
    gg_stream *stream = gg_channel_on_thread(channel) ? NULL : calloc(1, sizeof *stream);
    if (stream == NULL)
        return NULL;
    stream->pump.run = pump;
    stream->channel = channel;
    stream->method = request->method;
    if (uv_mutex_init(&stream->mutex) != 0)
        goto free_memory;
    if (uv_cond_init(&stream->changed) != 0)
        goto destroy_mutex;
    gg_rc rc;
    stream->call = gg_client_call_new(channel, request, &handler, stream, &rc);
    if (stream->call != NULL) {
        gg_client_call_launch(stream->call);
        return stream;
    }
    uv_cond_destroy(&stream->changed);
destroy_mutex:
    uv_mutex_destroy(&stream->mutex);
free_memory:
    free(stream);
    return NULL;
}

gg_stream *gg_stream_open(gg_channel *channel, const gg_method_type *method, const gg_call_options *options,
    const gg_message *request)
{
    return open_stream(channel, &(gg_client_request){ .method = method, .options = options, .message = request });
}

gg_rc gg_stream_send(gg_stream *stream, const gg_message *message)
{
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    if (arena == NULL)
        return GG_ENOMEM;
    gg_message wire;
    gg_rc rc = gg_client_encode(message, arena, &wire);
    if (rc != GG_OK || !stream->method->client_streaming) {
        gg_arena_unref(arena);
        return rc != GG_OK ? rc : GG_EINVAL;
    }
    lock(stream);
    stream->out = arena;
    stream->out_message = wire;
    if (stream->over)
        offer(stream); /* refuses it */
    else
        ask(stream);
    while (stream->out != NULL)
        wait_for_change(stream);
    rc = stream->out_rc == GG_ECANCELED ? GG_END : stream->out_rc;
    unlock(stream);
    return rc;
}

gg_rc gg_stream_close_send(gg_stream *stream)
{
    lock(stream);
    stream->close = true;
    if (!stream->over)
        ask(stream);
    unlock(stream);
    return GG_OK;
}

void gg_stream_cancel(gg_stream *stream)
{
    lock(stream);
    stream->cancel = true;
    if (!stream->over)
        ask(stream);
    unlock(stream);
}

gg_rc gg_stream_headers(gg_stream *stream, gg_metadata *headers)
{
    lock(stream);
    while (!stream->has_headers && !stream->over)
        wait_for_change(stream);
    gg_rc rc = stream->has_headers ? GG_OK : GG_END;
    *headers = stream->headers;
    unlock(stream);
    return rc;
}

static const gg_str arena_spent = GG_STR_INIT("the arena of the response is spent");

/* The caller cannot use what the server has sent: the call is canceled, and its status is this one. */
static void fail(gg_stream *stream, gg_status status, gg_str text)
{
    lock(stream);
    size_t len = text.len < sizeof stream->failure_buf ? text.len : sizeof stream->failure_buf;
    memcpy(stream->failure_buf, text.ptr, len);
    stream->failure = status;
    stream->failure_text = gg_str_of(stream->failure_buf, len);
    unlock(stream);
    gg_stream_cancel(stream);
}

static gg_rc decode(const gg_message_type *type, void *response, gg_str wire, gg_arena *arena, gg_decode_error *error)
{
    if (type != NULL)
        return gg_message_from_wire(type, response, wire, NULL, arena, error);
    gg_str *bytes = response;
    *bytes = gg_arena_dup(arena, wire);
    return bytes->ptr != NULL ? GG_OK : GG_ENOMEM;
}

gg_rc gg_stream_recv(gg_stream *stream, const gg_message_type *type, void *response, gg_arena *arena)
{
    lock(stream);
    while (stream->in == NULL && !stream->over)
        wait_for_change(stream);
    gg_arena *message = stream->failure == GG_STATUS_OK ? stream->in : NULL;
    gg_str wire = stream->in_wire;
    if (message != NULL) {
        stream->in = NULL;
        stream->in_taken = true;
        if (!stream->over)
            ask(stream);
    }
    unlock(stream);
    if (message == NULL)
        return GG_END;
    gg_decode_error error = { 0 };
    gg_rc rc = decode(type, response, wire, arena, &error);
    if (rc == GG_ENOMEM) {
        fail(stream, GG_STATUS_RESOURCE_EXHAUSTED, arena_spent);
    } else if (rc != GG_OK) {
        char text[160];
        int len = snprintf(text, sizeof text, "the response is malformed: %.*s: expected %.*s", GG_STR_ARG(error.path),
            GG_STR_ARG(error.expected));
        fail(stream, GG_STATUS_INTERNAL, gg_str_of(text, (size_t)len < sizeof text ? (size_t)len : sizeof text - 1));
    }
    gg_arena_unref(message);
    return rc == GG_OK ? GG_OK : GG_END;
}

/* -- the end -- */

/* False: the arena is spent, and *to empty. */
static bool copy_metadata(gg_metadata *to, const gg_metadata *from, gg_arena *arena)
{
    *to = (gg_metadata){ NULL, 0 };
    if (from->count == 0)
        return true;
    gg_metadata_entry *entries = gg_arena_alloc(arena, from->count * sizeof *entries);
    for (size_t i = 0; entries != NULL && i < from->count; i++) {
        entries[i].key = gg_arena_dup(arena, from->entries[i].key);
        entries[i].value = gg_arena_dup(arena, from->entries[i].value);
        if (entries[i].key.ptr == NULL || entries[i].value.ptr == NULL)
            return false;
    }
    if (entries != NULL)
        *to = (gg_metadata){ entries, from->count };
    return entries != NULL;
}

/* False: the arena is spent, and something is missing. */
static bool copy_status(gg_client_status *to, const gg_client_status *from, gg_arena *arena)
{
    to->code = from->code;
    to->message = gg_arena_dup(arena, from->message);
    to->details = gg_arena_dup(arena, from->details);
    bool has_headers = copy_metadata(&to->headers, &from->headers, arena);
    return copy_metadata(&to->trailers, &from->trailers, arena) && has_headers && to->message.ptr != NULL &&
        to->details.ptr != NULL;
}

/* With the mutex: the end of the call, as the caller is told.  What fails stays what it is, though text may be missing;
 * OK is OK only with all that belongs to it. */
static gg_status told(const gg_stream *stream, gg_arena *arena, gg_client_status *status)
{
    gg_client_status end = stream->status;
    if (stream->failure != GG_STATUS_OK) {
        end.code = stream->failure;
        end.message = stream->failure_text;
        end.details = GG_STR("");
    }
    if (status == NULL || copy_status(status, &end, arena) || end.code != GG_STATUS_OK)
        return end.code;
    *status = (gg_client_status){ .code = GG_STATUS_RESOURCE_EXHAUSTED, .message = arena_spent };
    return status->code;
}

gg_status gg_stream_finish(gg_stream *stream, gg_arena *arena, gg_client_status *status)
{
    lock(stream);
    stream->close = stream->drain = true;
    ask(stream);
    while (!stream->over)
        wait_for_change(stream);
    gg_status code = told(stream, arena, status);
    stream->freed = true;
    ask(stream); /* frees it, on the channel's thread */
    unlock(stream);
    return code;
}

gg_status gg_stream_finish_with(gg_stream *stream, const gg_message_type *type, void *response, gg_arena *arena,
    gg_client_status *status)
{
    gg_stream_close_send(stream);
    (void)gg_stream_recv(stream, type, response, arena); /* what was wrong is the status */
    return gg_stream_finish(stream, arena, status);
}

/* -- unary calls -- */

static gg_status unary(gg_channel *channel, const gg_client_request *request, const gg_message_type *type,
    void *response, gg_arena *arena, gg_client_status *status)
{
    gg_stream *stream = open_stream(channel, request);
    if (stream != NULL)
        return gg_stream_finish_with(stream, type, response, arena, status);
    gg_client_status none = { .code = GG_STATUS_RESOURCE_EXHAUSTED, .message = GG_STR("out of memory") };
    if (gg_channel_on_thread(channel))
        none = (gg_client_status){ .code = GG_STATUS_INTERNAL,
            .message = GG_STR("a function that waits was called on the channel's own thread") };
    if (status != NULL)
        *status = none;
    return none.code;
}

gg_status gg_client_unary(gg_channel *channel, const gg_method_type *method, const gg_call_options *options,
    const void *request, void *response, gg_arena *arena, gg_client_status *status)
{
    gg_message message = gg_message_of(method->input, request);
    gg_client_request start = { .method = method, .options = options, .message = &message };
    return unary(channel, &start, method->output, response, arena, status);
}

gg_status gg_client_unary_raw(gg_channel *channel, const gg_method_type *method, const gg_call_options *options,
    gg_str request, gg_str *response, gg_arena *arena, gg_client_status *status)
{
    gg_message message = { .wire = request };
    gg_client_request start = { .method = method, .options = options, .message = &message };
    return unary(channel, &start, NULL, response, arena, status);
}
