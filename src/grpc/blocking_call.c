/* blocking_call.c -- what a handler asks of its call, on its thread (gg/blocking.h). */
#include "base/clock.h"
#include "grpc/blocking.h"
#include "grpc/compress.h"
#include "grpc/metadata.h"

/* -- what does not change while the handler runs -- */

gg_str gg_blocking_method(const gg_blocking_call *call)
{
    return gg_call_method(call->call);
}

gg_str gg_blocking_peer(const gg_blocking_call *call)
{
    return gg_call_peer(call->call);
}

gg_str gg_blocking_metadata(const gg_blocking_call *call, gg_str key)
{
    return gg_call_metadata(call->call, key);
}

bool gg_blocking_metadata_at(const gg_blocking_call *call, size_t index, gg_str *key, gg_str *value)
{
    return gg_call_metadata_at(call->call, index, key, value);
}

uint64_t gg_blocking_deadline_ns(const gg_blocking_call *call)
{
    return gg_call_deadline_ns(call->call);
}

void *gg_blocking_user(const gg_blocking_call *call)
{
    return gg_call_user(call->call);
}

bool gg_blocking_canceled(gg_blocking_call *call)
{
    uv_mutex_lock(&call->mutex);
    bool canceled = call->canceled;
    uv_mutex_unlock(&call->mutex);
    return canceled;
}

/* -- memory -- */

gg_arena *gg_blocking_arena(gg_blocking_call *call)
{
    return call->arena;
}

void *gg_blocking_alloc(gg_blocking_call *call, size_t len)
{
    return gg_arena_zalloc(call->arena, len);
}

gg_str gg_blocking_printf(gg_blocking_call *call, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    gg_str text = gg_arena_vprintf(call->arena, format, args);
    va_end(args);
    return text.ptr != NULL ? text : GG_STR("");
}

/* -- what the caller will get -- */

gg_status gg_blocking_fail(gg_blocking_call *call, gg_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    gg_str text = gg_arena_vprintf(call->arena, format, args);
    va_end(args);
    call->said = text.ptr != NULL ? text : GG_STR("");
    return status;
}

static gg_rc add_metadata(gg_blocking_call *call, gg_headers *list, gg_str key, gg_str value)
{
    if (!gg_metadata_valid(key, value))
        return GG_EINVAL;
    gg_str key_copy = gg_arena_dup(call->arena, key), value_copy = gg_arena_dup(call->arena, value);
    if (key_copy.ptr == NULL || value_copy.ptr == NULL)
        return GG_ENOMEM;
    uv_mutex_lock(&call->mutex);
    gg_rc rc = call->canceled ? GG_ECANCELED : gg_headers_add(list, call->arena, key_copy, value_copy);
    uv_mutex_unlock(&call->mutex);
    return rc;
}

gg_rc gg_blocking_set_header(gg_blocking_call *call, gg_str key, gg_str value)
{
    return call->sent_headers ? GG_ECANCELED : add_metadata(call, &call->headers, key, value);
}

gg_rc gg_blocking_set_trailer(gg_blocking_call *call, gg_str key, gg_str value)
{
    return add_metadata(call, &call->trailers, key, value);
}

gg_rc gg_blocking_add_detail(gg_blocking_call *call, gg_str type, gg_str message)
{
    return gg_details_add(&call->details, call->arena, type, message);
}

gg_rc gg_blocking_set_compression(gg_blocking_call *call, gg_compression compression)
{
    if (!gg_compression_valid(compression))
        return GG_EINVAL;
    uv_mutex_lock(&call->mutex);
    gg_rc rc = call->canceled || call->sent_headers ? GG_ECANCELED : GG_OK;
    if (rc == GG_OK) {
        call->compression = compression;
        call->compression_set = true;
    }
    uv_mutex_unlock(&call->mutex);
    return rc;
}

void gg_blocking_compress(gg_blocking_call *call, bool compress)
{
    call->plain = !compress;
}

bool gg_blocking_request_compressed(const gg_blocking_call *call)
{
    return call->request_compressed;
}

gg_rc gg_blocking_send_headers(gg_blocking_call *call)
{
    uv_mutex_lock(&call->mutex);
    gg_rc rc = call->canceled ? GG_ECANCELED : GG_OK;
    if (rc == GG_OK) {
        call->sent_headers = call->headers_due = true;
        gg_blocking_notify(call);
    }
    uv_mutex_unlock(&call->mutex);
    return rc;
}

/* -- messages -- */

static gg_rc failed(gg_blocking_call *call, gg_rc rc, const gg_decode_error *error)
{
    bool spent = rc == GG_ENOMEM;
    call->failed = spent ? GG_STATUS_RESOURCE_EXHAUSTED : GG_STATUS_INTERNAL;
    gg_str why = spent ? GG_STR("the call has spent its memory") : gg_decode_error_text(error, call->arena);
    gg_blocking_fail(call, call->failed, "%s%.*s", spent ? "" : "malformed request: ", GG_STR_ARG(why));
    return spent ? rc : GG_EPROTO;
}

/* As a struct, in memory that lasts until the next one is decoded. */
static gg_rc decode(gg_blocking_call *call, gg_message *m)
{
    const gg_message_type *type = call->call->method->type->input;
    gg_arena *arena = gg_message_arena_next(&call->in);
    gg_decode_error error = { 0 };
    void *decoded = arena != NULL ? gg_message_new(type, arena) : NULL;
    gg_rc rc = decoded == NULL ? GG_ENOMEM : gg_message_from_wire(type, decoded, m->wire, NULL, arena, &error);
    gg_message_arena_accepted(&call->in);
    if (rc != GG_OK)
        return failed(call, rc, &error);
    m->type = type;
    m->typed = decoded;
    return GG_OK;
}

gg_rc gg_blocking_recv(gg_blocking_call *call, gg_message *message)
{
    *message = (gg_message){ 0 };
    uv_mutex_lock(&call->mutex);
    if (call->has_taken) {
        call->has_taken = false;
        call->release = true;
        gg_blocking_notify(call);
    }
    while (!call->has_request && !call->half_closed && !call->canceled)
        uv_cond_wait(&call->changed, &call->mutex);
    gg_rc rc = call->canceled ? GG_ECANCELED : call->has_request ? GG_OK : GG_END;
    if (rc == GG_OK) {
        *message = call->request;
        call->request_compressed = call->request.compressed;
        call->has_request = false;
        call->has_taken = true;
    }
    uv_mutex_unlock(&call->mutex);
    if (rc == GG_ECANCELED && call->failed == GG_STATUS_OK)
        call->failed = GG_STATUS_CANCELLED;
    return rc == GG_OK && call->call->method->blocking != NULL ? decode(call, message) : rc;
}

static gg_rc encode(gg_blocking_call *call, const gg_message *message, gg_str *wire)
{
    gg_arena *arena = gg_message_arena_next(&call->out);
    if (arena == NULL)
        return GG_ENOMEM;
    if (message->typed != NULL)
        return gg_message_to_wire(message->type, message->typed, arena, wire);
    *wire = gg_arena_dup(arena, message->wire);
    return wire->ptr != NULL ? GG_OK : GG_ENOMEM;
}

gg_rc gg_blocking_send(gg_blocking_call *call, const gg_message *message)
{
    gg_message sent = *message;
    if (!gg_call_server_streams(call->call))
        return GG_EINVAL;
    gg_rc rc = encode(call, message, &sent.wire);
    if (rc != GG_OK)
        return rc;
    sent.type = NULL;
    sent.typed = NULL;
    sent.plain = message->plain || call->plain;
    uv_mutex_lock(&call->mutex);
    while (call->response_due && !call->canceled)
        uv_cond_wait(&call->changed, &call->mutex);
    rc = call->canceled ? GG_ECANCELED : GG_OK;
    if (rc == GG_OK) {
        gg_message_arena_accepted(&call->out); /* the one before was taken */
        call->response = sent;
        call->response_due = call->sent_headers = true;
        gg_blocking_notify(call);
    }
    uv_mutex_unlock(&call->mutex);
    return rc;
}

gg_rc gg_blocking_sleep(gg_blocking_call *call, uint64_t delay_ns)
{
    uint64_t now_ns = gg_clock_ns(), until_ns = delay_ns > UINT64_MAX - now_ns ? UINT64_MAX : now_ns + delay_ns;
    uv_mutex_lock(&call->mutex);
    while (!call->canceled && (now_ns = gg_clock_ns()) < until_ns)
        uv_cond_timedwait(&call->changed, &call->mutex, until_ns - now_ns);
    gg_rc rc = call->canceled ? GG_ECANCELED : GG_OK;
    uv_mutex_unlock(&call->mutex);
    return rc;
}
