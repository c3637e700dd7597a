/* client_call.c -- a call of the public client: from its options to its status event.
 *
 *   new        copies the options, serializes the request          on the caller's thread
 *   begin      starts it on the internal channel (grpc/channel.h)  from here on the channel's thread
 *   events     messages in the form that was asked for; the last one frees the call
 *
 * What an HTTP/2 server's front and the HTTP/2 channel check is checked here for calls in-process, so that callers
 * cannot tell which it is: the lengths of messages and how many there are.
 * Elsewhere: connections and the wire (grpc/h2_*.c), handlers (grpc/inproc.c). */
#include "app/client.h"

#include "base/clock.h"
#include "grpc/metadata.h"

#include <assert.h>

void gg_call_options_init(gg_call_options *options)
{
    *options = (gg_call_options){ .size = sizeof *options };
}

/* -- before the start -- */

static void refuse(gg_client_call *call, gg_status status, gg_str text)
{
    if (call->failed)
        return;
    call->failed = true;
    call->failure = status;
    call->failure_text = text;
}

gg_rc gg_client_encode(const gg_message *message, gg_arena *arena, gg_message *wire)
{
    *wire = *message;
    wire->typed = NULL;
    if (message->typed != NULL)
        return gg_message_to_wire(message->type, message->typed, arena, &wire->wire);
    wire->wire = gg_arena_dup(arena, message->wire);
    return wire->wire.ptr != NULL ? GG_OK : GG_ENOMEM;
}

static gg_rc add_metadata(gg_client_call *call, gg_str key, gg_str value)
{
    key = gg_arena_dup(call->arena, key);
    value = gg_arena_dup(call->arena, value);
    if (key.ptr == NULL || value.ptr == NULL)
        return GG_ENOMEM;
    return gg_headers_add(&call->metadata, call->arena, key, value);
}

/* In-process the server sees the user agent that it would see over HTTP/2. */
static gg_rc copy_metadata(gg_client_call *call, const gg_metadata *metadata)
{
    static const gg_str agent = GG_STR_INIT("user-agent");
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < metadata->count && rc == GG_OK; i++) {
        const gg_metadata_entry *entry = &metadata->entries[i];
        rc = add_metadata(call, entry->key, entry->value);
        if (!gg_metadata_valid(entry->key, entry->value) && !gg_str_eq(entry->key, agent))
            refuse(call, GG_STATUS_INTERNAL,
                gg_arena_printf(call->arena, "metadata \"%.*s\" cannot be sent: its key or value is not allowed",
                    GG_STR_ARG(entry->key)));
    }
    if (rc == GG_OK && call->channel->app != NULL && gg_headers_get(&call->metadata, agent).ptr == NULL)
        rc = gg_headers_add(&call->metadata, call->arena, agent, call->channel->user_agent);
    return rc;
}

/* The server's limit, which in-process nobody else looks at.  GG_OK, GG_ETOOBIG: the call has failed. */
static gg_rc check_request(gg_client_call *call, gg_str wire)
{
    const gg_app *app = call->channel->app;
    if (app == NULL || wire.len <= app->server.max_message_len)
        return GG_OK;
    refuse(call, GG_STATUS_RESOURCE_EXHAUSTED,
        gg_arena_printf(call->arena, "received message larger than max (%zu vs. %u)", wire.len,
            (unsigned)app->server.max_message_len));
    return GG_ETOOBIG;
}

static void encode_request(gg_client_call *call, const gg_message *message)
{
    gg_rc rc = gg_client_encode(message, call->arena, &call->request);
    if (rc == GG_OK)
        check_request(call, call->request.wire);
    else if (rc == GG_EINVAL)
        refuse(call, GG_STATUS_INTERNAL, GG_STR("the request cannot be serialized"));
    else
        refuse(call, GG_STATUS_RESOURCE_EXHAUSTED, GG_STR("the call has spent its memory"));
}

static gg_call_options options_of(const gg_call_options *given)
{
    gg_call_options options;
    gg_call_options_init(&options);
    if (given != NULL)
        memcpy(&options, given, given->size < sizeof options ? given->size : sizeof options);
    return options;
}

static gg_rc fill_in(gg_client_call *call, const gg_client_request *request)
{
    const gg_call_options options = options_of(request->options);
    const gg_channel *channel = call->channel;
    uint64_t now_ns = gg_clock_ns();
    call->deadline_ns = options.deadline_ns != 0 ? options.deadline_ns : UINT64_MAX;
    if (options.timeout_ns != 0 && options.timeout_ns < call->deadline_ns - now_ns && now_ns < call->deadline_ns)
        call->deadline_ns = now_ns + options.timeout_ns;
    call->wait = options.wait_for_ready;
    call->compression =
        options.compression != GG_COMPRESSION_DEFAULT ? options.compression : channel->options.compression;
    call->max_message_len = options.max_message_len != 0 ? options.max_message_len : channel->limits.max_message_len;
    gg_rc rc = copy_metadata(call, &options.metadata);
    if (rc == GG_OK && !call->method->client_streaming)
        encode_request(call, request->message);
    return rc;
}

gg_client_call *gg_client_call_new(gg_channel *channel, const gg_client_request *request,
    const gg_client_handler *handler, void *user, gg_rc *rc)
{
    *rc = GG_EINVAL;
    if (!request->method->client_streaming && request->message == NULL)
        return NULL;
    *rc = GG_ENOMEM;
    gg_chunk_pool *pool = gg_channel_on_thread(channel) ? &channel->loop.pool : NULL;
    gg_arena *arena = gg_arena_new(pool, channel->options.call_bytes);
    gg_client_call *call = arena != NULL ? gg_arena_zalloc(arena, sizeof *call) : NULL;
    if (call != NULL) {
        call->channel = channel;
        call->arena = arena;
        call->method = request->method;
        call->handler = handler;
        call->user = user;
        call->typed = request->typed;
        call->out.pool = call->in.pool = pool;
        *rc = fill_in(call, request);
    }
    if (*rc == GG_OK)
        return call;
    gg_arena_unref(arena);
    return NULL;
}

/* -- the end -- */

/* As the caller is told; without memory for its trailers an OK is none. */
static gg_client_status told(gg_client_call *call, const gg_rpc_status *status)
{
    gg_client_status end = { status->code, status->message, status->details, call->headers, { NULL, 0 } };
    size_t count = status->trailers != NULL ? status->trailers->count : 0;
    if (count == 0)
        return end;
    gg_metadata_entry *entries = gg_arena_alloc(call->arena, count * sizeof *entries);
    if (entries == NULL) {
        if (end.code == GG_STATUS_OK) {
            end.code = GG_STATUS_RESOURCE_EXHAUSTED;
            end.message = GG_STR("the call has spent its memory");
        }
        return end;
    }
    for (size_t i = 0; i < count; i++)
        entries[i] = (gg_metadata_entry){ status->trailers->items[i].name, status->trailers->items[i].value };
    end.trailers = (gg_metadata){ entries, count };
    return end;
}

static void end(gg_client_call *call, const gg_rpc_status *status)
{
    gg_client_status last = told(call, status);
    call->over = true;
    call->handler->status(call, &last, call->user);

    if (call->prev != NULL)
        call->prev->next = call->next;
    else
        call->channel->calls = call->next;
    if (call->next != NULL)
        call->next->prev = call->prev;
    gg_message_arena_deinit(&call->in);
    if (call->rpc == NULL)
        gg_message_arena_deinit(&call->out);
    gg_arena_unref(call->arena);
}

/* What the call was ended with here; the server's own error, if there was one before, stands. */
static gg_rpc_status failure_of(const gg_client_call *call)
{
    return (gg_rpc_status){ .code = call->failure, .message = call->failure_text };
}

void gg_client_call_fail(gg_client_call *call, gg_status status, gg_str text)
{
    if (call->over || call->failed)
        return;
    refuse(call, status, text);
    gg_rpc_cancel(call->rpc, status);
}

static void on_status(void *user, const gg_rpc_status *status)
{
    gg_client_call *call = user;
    gg_rpc_status told = *status;
    if (call->failed && status->code == call->failure)
        told = failure_of(call);
    else if (status->code == GG_STATUS_OK && !call->got_message && !call->method->server_streaming)
        told = (gg_rpc_status){ .code = GG_STATUS_UNIMPLEMENTED,
            .message = GG_STR("the method gives one response message, none came"),
            .trailers = status->trailers };
    end(call, &told);
}

/* -- the response -- */

static void on_headers(void *user, const gg_headers *headers)
{
    gg_client_call *call = user;
    gg_metadata_entry *entries = gg_arena_zalloc(call->arena, (headers->count + 1) * sizeof *entries);
    if (entries == NULL) {
        gg_client_call_fail(call, GG_STATUS_RESOURCE_EXHAUSTED, GG_STR("the call has spent its memory"));
        return;
    }
    for (size_t i = 0; i < headers->count; i++)
        entries[i] = (gg_metadata_entry){ headers->items[i].name, headers->items[i].value };
    call->headers = (gg_metadata){ entries, headers->count };
    if (call->handler->headers != NULL && !call->failed)
        call->handler->headers(call, &call->headers, call->user);
}

/* Serialized, for its length; false: the call has failed. */
static bool message_wire(gg_client_call *call, const gg_message *message, gg_arena *arena, gg_str *wire)
{
    gg_rc rc = GG_OK;
    *wire = message->wire;
    if (message->typed != NULL)
        rc = gg_message_to_wire(message->type, message->typed, arena, wire);
    if (rc == GG_ENOMEM)
        gg_client_call_fail(call, GG_STATUS_RESOURCE_EXHAUSTED, GG_STR("the call has spent its memory"));
    else if (rc != GG_OK)
        gg_client_call_fail(call, GG_STATUS_INTERNAL, GG_STR("the response cannot be serialized"));
    else if (wire->len > call->max_message_len)
        gg_client_call_fail(call, GG_STATUS_RESOURCE_EXHAUSTED,
            gg_arena_printf(call->arena, "received message larger than max (%zu vs. %u)", wire->len,
                (unsigned)call->max_message_len));
    return !call->failed;
}

static bool message_struct(gg_client_call *call, gg_arena *arena, gg_message *message)
{
    const gg_message_type *type = call->method->output;
    gg_decode_error error;
    void *typed = gg_message_new(type, arena);
    gg_rc rc = typed != NULL ? gg_message_from_wire(type, typed, message->wire, NULL, arena, &error) : GG_ENOMEM;
    message->type = type;
    message->typed = typed;
    if (rc == GG_OK)
        return true;
    if (rc == GG_ENOMEM)
        gg_client_call_fail(call, GG_STATUS_RESOURCE_EXHAUSTED, GG_STR("the call has spent its memory"));
    else
        gg_client_call_fail(call, GG_STATUS_INTERNAL,
            gg_arena_printf(call->arena, "the response is malformed: %.*s",
                GG_STR_ARG(gg_decode_error_text(&error, call->arena))));
    return false;
}

/* The message in the form that the caller takes.  False: the call has failed. */
static bool convert(gg_client_call *call, const gg_message *from, gg_message *to)
{
    gg_arena *arena = call->method->server_streaming ? gg_message_arena_next(&call->in) : call->arena;
    if (arena == NULL) {
        gg_client_call_fail(call, GG_STATUS_RESOURCE_EXHAUSTED, GG_STR("the call has spent its memory"));
        return false;
    }
    *to = *from;
    bool done = message_wire(call, from, arena, &to->wire);
    if (done && !call->typed) {
        to->type = NULL;
        to->typed = NULL;
    } else if (done && (from->typed == NULL || from->type != call->method->output)) {
        done = message_struct(call, arena, to);
    }
    gg_message_arena_accepted(&call->in);
    return done;
}

static void message_done(gg_client_call *call)
{
    call->holds_message = false;
    gg_message_arena_done(&call->in);
    gg_rpc_message_done(call->rpc);
}

static void on_message(void *user, const gg_message *message)
{
    gg_client_call *call = user;
    gg_message given;
    if (call->got_message && !call->method->server_streaming)
        gg_client_call_fail(call, GG_STATUS_UNIMPLEMENTED, GG_STR("the method gives one response message, more came"));
    call->got_message = true;
    if (!call->failed && convert(call, message, &given) && call->handler->message != NULL)
        call->handler->message(call, &given, call->user);
    if (!call->holds_message)
        message_done(call);
}

void gg_client_call_hold_message(gg_client_call *call)
{
    call->holds_message = true;
}

void gg_client_call_message_done(gg_client_call *call)
{
    if (call->holds_message && !call->over)
        message_done(call);
}

/* -- the request -- */

/* Gives the channel what is pending, and the end behind it. */
static void flush(gg_client_call *call)
{
    if (call->has_pending) {
        gg_rc rc = gg_rpc_send(call->rpc, &call->pending);
        if (rc == GG_AGAIN)
            return;
        call->has_pending = false;
        if (rc == GG_OK)
            gg_message_arena_accepted(&call->out);
    }
    if (call->send_closed)
        gg_rpc_half_close(call->rpc);
}

static void on_writable(void *user)
{
    gg_client_call *call = user;
    flush(call);
    if (call->has_pending || !call->sender_waits || call->failed)
        return;
    call->sender_waits = false;
    if (call->handler->writable != NULL)
        call->handler->writable(call, call->user);
}

gg_rc gg_client_call_put(gg_client_call *call, gg_arena *arena, const gg_message *message)
{
    gg_rc rc = GG_OK;
    if (call->over || call->failed)
        rc = GG_ECANCELED;
    else if (!call->method->client_streaming || call->send_closed)
        rc = GG_EINVAL;
    else if (call->has_pending) {
        call->sender_waits = true;
        return GG_AGAIN;
    } else if (check_request(call, message->wire) != GG_OK) {
        gg_rpc_cancel(call->rpc, call->failure);
        rc = GG_ECANCELED;
    }
    if (rc != GG_OK) {
        gg_arena_unref(arena);
        return rc;
    }
    if (call->out.next != NULL)
        gg_arena_unref(call->out.next);
    call->out.next = arena;
    call->pending = *message;
    call->has_pending = true;
    flush(call);
    return GG_OK;
}

gg_rc gg_client_call_send(gg_client_call *call, const gg_message *message)
{
    if (call->has_pending) {
        call->sender_waits = true;
        return GG_AGAIN;
    }
    gg_arena *arena = gg_arena_new(call->out.pool, GG_ARENA_LIMIT);
    if (arena == NULL)
        return GG_ENOMEM;
    gg_message wire;
    gg_rc rc = gg_client_encode(message, arena, &wire);
    if (rc == GG_OK)
        return gg_client_call_put(call, arena, &wire);
    gg_arena_unref(arena);
    return rc;
}

void gg_client_call_close_send(gg_client_call *call)
{
    if (call->over || call->send_closed || !call->method->client_streaming)
        return;
    call->send_closed = true;
    if (!call->has_pending)
        gg_rpc_half_close(call->rpc);
}

void gg_client_call_cancel(gg_client_call *call)
{
    if (!call->over)
        gg_rpc_cancel(call->rpc, GG_STATUS_CANCELLED);
}

/* -- the start -- */

static gg_rpc *start_rpc(gg_client_call *call)
{
    static const gg_rpc_events events = { on_headers, on_message, on_writable, on_status };
    const gg_method_type *method = call->method;
    gg_rpc_start start = { .path = gg_arena_dup(call->arena, method->path),
        .metadata = &call->metadata,
        .peer = GG_STR("in-process"),
        .deadline_ns = call->deadline_ns,
        .arena = call->arena,
        .method = method,
        .wait_for_ready = call->wait == GG_WAIT_FOR_READY,
        .fail_fast = call->wait == GG_WAIT_FAIL_FAST,
        .max_message_len = call->max_message_len,
        .compression = call->compression,
        .in_arena = method->client_streaming ? &call->out : NULL,
        .sched = &call->channel->loop.sched,
        .events = &events,
        .user = call };
    return start.path.ptr != NULL ? gg_rpc_channel_start(call->channel->rpcs, &start) : NULL;
}

static void begin(gg_loop_job *job)
{
    gg_client_call *call = (gg_client_call *)(void *)((char *)job - offsetof(gg_client_call, job));
    gg_channel *channel = call->channel;
    call->next = channel->calls;
    if (call->next != NULL)
        call->next->prev = call;
    channel->calls = call;
    if (channel->closing)
        refuse(call, GG_STATUS_UNAVAILABLE, GG_STR("the channel is shut down"));
    if (!call->failed)
        call->rpc = start_rpc(call);
    if (call->rpc == NULL) {
        refuse(call, GG_STATUS_RESOURCE_EXHAUSTED, GG_STR("the call has spent its memory"));
        gg_rpc_status status = failure_of(call);
        end(call, &status);
    } else if (call->method->client_streaming) {
        if (call->handler->writable != NULL)
            call->handler->writable(call, call->user);
    } else {
        gg_rpc_send(call->rpc, &call->request);
        gg_rpc_half_close(call->rpc);
    }
}

void gg_client_call_launch(gg_client_call *call)
{
    call->job.run = begin;
    gg_loop_call(&call->channel->loop, &call->job);
}

gg_rc gg_client_call_start(gg_channel *channel, const gg_client_request *request, const gg_client_handler *handler,
    void *user)
{
    gg_rc rc;
    gg_client_call *call = gg_client_call_new(channel, request, handler, user, &rc);
    if (call != NULL)
        gg_client_call_launch(call);
    return rc;
}
