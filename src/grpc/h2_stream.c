/* h2_stream.c -- a call's HTTP/2 stream: its head, and what the server sends.
 *
 *   HEADERS :method POST, :scheme http, :path, :authority, te: trailers, content-type,
 *           grpc-encoding, grpc-accept-encoding, user-agent, grpc-timeout, metadata
 *   DATA    Length-Prefixed-Messages
 *
 *   HEADERS :status 200, content-type, grpc-encoding, metadata    DATA        HEADERS grpc-status, ..., metadata
 *   or HEADERS with END_STREAM: Trailers-Only
 *
 * Spec: gRPC PROTOCOL-HTTP2.  A server that hears CANCEL although the deadline has passed is late, not wrong: the
 * status is DEADLINE_EXCEEDED. */
#include "grpc/h2_channel_private.h"

#include "grpc/metadata.h"
#include "http/field.h"

#define RPC_OF(stream_) ((gg_h2_rpc *)(void *)((char *)(stream_)-offsetof(gg_h2_rpc, stream)))

static const gg_rpc_status spent = { .code = GG_STATUS_RESOURCE_EXHAUSTED,
    .message = GG_STR_INIT("the call has spent its memory") };
static const gg_rpc_status malformed_metadata = { .code = GG_STATUS_INTERNAL,
    .message = GG_STR_INIT("malformed binary metadata in the response") };
static const gg_rpc_status second_message = { .code = GG_STATUS_UNIMPLEMENTED,
    .message = GG_STR_INIT("the method gives one response message, more came") };

/* -- the response -- */

/* The response is wrong here: what came before is still given to the caller, and then this status. */
static void break_off(gg_h2_rpc *rpc, const gg_rpc_status *status)
{
    gg_client_stream_reset(&rpc->stream, GG_H2_CANCEL);
    gg_inbound_drop(&rpc->inbound);
    gg_h2_rpc_decide(rpc, status);
    gg_h2_rpc_wake(rpc);
}

static void on_headers(gg_client_stream *stream, bool ended)
{
    gg_h2_rpc *rpc = RPC_OF(stream);
    gg_rpc_status status;
    rpc->answered = true;
    if (ended)
        return; /* Trailers-Only: `closed` follows */
    gg_rc rc = GG_OK;
    if (!gg_h2_check_head(stream->status, &stream->headers, rpc->arena, &status))
        rc = GG_EINVAL;
    else
        rc = gg_metadata_from_headers(&stream->headers, rpc->arena, &rpc->headers);
    if (rc == GG_ENOMEM)
        status = spent;
    else if (rc == GG_EPROTO)
        status = malformed_metadata;
    rpc->inbound.encoding = gg_headers_get(&stream->headers, GG_STR("grpc-encoding"));
    rpc->headers_due = rc == GG_OK;
    if (rc != GG_OK)
        break_off(rpc, &status);
    gg_h2_rpc_wake(rpc);
}

void gg_h2_rpc_take(gg_h2_rpc *rpc, gg_str bytes)
{
    gg_rpc_status failure = spent;
    gg_rc rc = GG_NEED_MORE;
    if (rpc->in == GG_IN_NONE) {
        size_t consumed = 0;
        rc = gg_inbound_next(&rpc->inbound, &bytes, &consumed, &rpc->message, &failure);
        gg_client_stream_consume(&rpc->stream, consumed);
        if (rc == GG_OK) {
            rpc->in = GG_IN_READY;
            rpc->got_message = true;
            gg_message_arena_accepted(&rpc->messages);
        }
    }
    if (rc == GG_OK || rc == GG_NEED_MORE)
        rc = gg_inbound_keep(&rpc->inbound, bytes);
    if (rc != GG_OK)
        break_off(rpc, &failure);
    else if (rpc->got_message && !rpc->server_streams && !gg_inbound_at_end(&rpc->inbound))
        break_off(rpc, &second_message);
}

static void on_body(gg_client_stream *stream, gg_str bytes)
{
    gg_h2_rpc *rpc = RPC_OF(stream);
    gg_h2_rpc_take(rpc, bytes);
    gg_h2_rpc_wake(rpc);
}

/* A response that came to its END_STREAM: the status that its trailers say. */
static void end_response(gg_h2_rpc *rpc)
{
    const gg_client_stream *stream = &rpc->stream;
    bool trailers_only = !rpc->headers_due;
    const gg_headers *list = trailers_only ? &stream->headers : &stream->trailers;
    gg_rpc_status status = gg_h2_status_of_reset(GG_STREAM_ENDED, 0);
    gg_rc rc = gg_status_from_headers(list, rpc->arena, &status);
    if (rc == GG_ENOTFOUND && trailers_only)
        gg_h2_check_head(stream->status, list, rpc->arena, &status);
    if (rc != GG_ENOMEM)
        rc = gg_metadata_from_headers(list, rpc->arena, &rpc->trailers);
    if (rc == GG_ENOMEM)
        status = spent;
    else if (rc == GG_EPROTO && status.code == GG_STATUS_OK)
        status = malformed_metadata;
    gg_h2_rpc_decide(rpc, &status);
}

/* Nothing of it was processed, nothing of it is lost here: it can be sent once more as it is. */
static bool can_send_again(const gg_h2_rpc *rpc, gg_client_stream_ending end)
{
    return end == GG_STREAM_UNPROCESSED && !rpc->answered && !rpc->sent_again && rpc->sent_count <= 1 && !rpc->forced;
}

static void on_closed(gg_client_stream *stream, gg_client_stream_ending end, uint32_t h2_error)
{
    gg_h2_rpc *rpc = RPC_OF(stream);
    bool late = h2_error == GG_H2_CANCEL && rpc->channel->sched->now_ns >= rpc->deadline_ns;
    gg_rpc_status status = gg_h2_status_of_reset(end, h2_error);
    if (late)
        status = (gg_rpc_status){ .code = GG_STATUS_DEADLINE_EXCEEDED, .message = GG_STR("deadline exceeded") };
    if (end == GG_STREAM_ENDED) {
        end_response(rpc);
    } else if (can_send_again(rpc, end)) {
        rpc->again = rpc->sent_again = true;
        rpc->out_held = rpc->sent_count > 0; /* its message is to be sent once more: none may take its place */
    } else {
        gg_h2_rpc_decide(rpc, &status);
    }
    gg_h2_rpc_wake(rpc);
}

/* -- the request -- */

static void on_written(gg_client_stream *stream)
{
    gg_h2_rpc *rpc = RPC_OF(stream);
    rpc->out_held = false;
    if (rpc->sender_waits)
        gg_h2_rpc_wake(rpc);
}

static const gg_client_stream_events stream_events = { on_headers, on_body, on_written, on_closed };

static gg_str timeout_of(const gg_h2_rpc *rpc)
{
    uint64_t now_ns = rpc->channel->sched->now_ns;
    char *text = gg_arena_bytes(rpc->arena, GG_TIMEOUT_LEN);
    uint64_t left_ns = rpc->deadline_ns > now_ns ? rpc->deadline_ns - now_ns : 0;
    return text != NULL ? gg_str_of(text, gg_timeout_print(text, left_ns)) : gg_str_of(NULL, 0);
}

/* The metadata that HTTP can carry, as headers. */
static gg_rc add_metadata(const gg_h2_rpc *rpc, gg_headers *fields)
{
    gg_headers list = { 0 };
    gg_rc rc = rpc->metadata != NULL ? gg_metadata_to_headers(rpc->metadata, rpc->arena, &list) : GG_OK;
    for (size_t i = 0; i < list.count && rc == GG_OK; i++)
        if (gg_field_sendable(&list.items[i]))
            rc = gg_headers_add(fields, rpc->arena, list.items[i].name, list.items[i].value);
    return rc;
}

static gg_rc make_head(const gg_h2_rpc *rpc, gg_headers *fields)
{
    const gg_h2_channel *channel = rpc->channel;
    bool has_agent = rpc->metadata != NULL && gg_headers_get(rpc->metadata, GG_STR("user-agent")).ptr != NULL;
    bool is_compressed = gg_compression_is_on(rpc->out.compression);
    gg_str authority = channel->config.authority;
    if (authority.len == 0)
        authority = gg_str_from(channel->target.authority);
    gg_str timeout = rpc->deadline_ns != UINT64_MAX ? timeout_of(rpc) : GG_STR("");
    const gg_header own[] = {
        { GG_STR(":method"), GG_STR("POST") },
        { GG_STR(":scheme"), channel->config.tls != NULL ? GG_STR("https") : GG_STR("http") },
        { GG_STR(":path"), rpc->path },
        { GG_STR(":authority"), authority },
        { GG_STR("te"), GG_STR("trailers") },
        { GG_STR("content-type"), GG_STR("application/grpc") },
        { GG_STR("grpc-encoding"), is_compressed ? gg_compression_name(rpc->out.compression) : GG_STR("") },
        { GG_STR("grpc-accept-encoding"), (gg_str)GG_ACCEPT_ENCODING },
        { GG_STR("user-agent"), has_agent ? GG_STR("") : channel->config.user_agent },
        { GG_STR("grpc-timeout"), timeout },
    };
    gg_rc rc = timeout.ptr != NULL ? GG_OK : GG_ENOMEM;
    for (size_t i = 0; i < sizeof own / sizeof own[0] && rc == GG_OK; i++)
        if (own[i].value.len > 0)
            rc = gg_headers_add(fields, rpc->arena, own[i].name, own[i].value);
    return rc == GG_OK ? add_metadata(rpc, fields) : rc;
}

void gg_h2_rpc_open(gg_h2_rpc *rpc, gg_h2_client *client)
{
    gg_headers fields = { 0 };
    gg_rc rc = make_head(rpc, &fields);
    rpc->stream.events = &stream_events;
    rpc->stream.arena = rpc->arena;
    if (rc == GG_OK)
        rc = gg_client_stream_open(&rpc->stream, client, &fields);
    if (rc != GG_OK) {
        gg_h2_rpc_force(rpc, spent.code, spent.message);
        return;
    }
    rpc->out_held = rpc->sent_count > 0;
    if (rpc->out_held)
        gg_h2_rpc_write(rpc);
    if (rpc->half_closed)
        gg_client_stream_end(&rpc->stream);
}
