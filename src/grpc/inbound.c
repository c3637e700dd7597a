/* inbound.c -- bytes to messages, and what a call ends with when they make none.
 *
 * Spec: gRPC PROTOCOL-HTTP2, "Length-Prefixed-Message"; statuscodes.md and compression.md for the failures.
 * Elsewhere: how many messages a method takes (the channels). */
#include "grpc/inbound.h"

void gg_inbound_init(gg_inbound *in, gg_arena *arena, gg_message_arena *messages, uint32_t max_len,
    gg_compressor *compressor)
{
    *in = (gg_inbound){ .arena = arena,
        .messages = messages,
        .backlog = { .pool = gg_arena_pool(arena) },
        .compressor = compressor };
    gg_deframer_init(&in->deframer, arena, max_len);
}

void gg_inbound_deinit(gg_inbound *in)
{
    gg_buf_deinit(&in->backlog);
}

static gg_rpc_status failure_of(const gg_inbound *in, gg_rc rc)
{
    const gg_deframer *d = &in->deframer;
    if (rc == GG_ETOOBIG)
        return (gg_rpc_status){ .code = GG_STATUS_RESOURCE_EXHAUSTED,
            .message = gg_arena_printf(in->arena, "received message larger than max (%u vs. %u)", (unsigned)d->want,
                (unsigned)d->max_len) };
    if (rc == GG_ENOMEM)
        return (
            gg_rpc_status){ .code = GG_STATUS_RESOURCE_EXHAUSTED, .message = GG_STR("the call has spent its memory") };
    return (gg_rpc_status){ .code = GG_STATUS_INTERNAL, .message = GG_STR("message with an unknown flag") };
}

/* A message of a stream begins in memory of its own. */
static gg_rc begin_message(gg_inbound *in)
{
    if (in->messages == NULL || !gg_deframer_at_boundary(&in->deframer))
        return GG_OK;
    gg_arena *arena = gg_message_arena_next(in->messages);
    if (arena == NULL)
        return GG_ENOMEM;
    gg_deframer_init(&in->deframer, arena, in->deframer.max_len);
    return GG_OK;
}

/* In the memory that the message as it came is in. */
static gg_rc decompress(gg_inbound *in, gg_str *message, gg_rpc_status *failure)
{
    const gg_deframer *d = &in->deframer;
    gg_compression how = GG_COMPRESSION_IDENTITY;
    bool known = in->encoding.len == 0 || gg_compression_parse(in->encoding, &how);
    gg_rc rc = GG_EPROTO;
    *failure = (gg_rpc_status){ .code = GG_STATUS_INTERNAL, .message = GG_STR("the message cannot be decompressed") };
    if (!known)
        failure->message =
            gg_arena_printf(in->arena, "message with the unknown encoding \"%.*s\"", GG_STR_ARG(in->encoding));
    else if (how == GG_COMPRESSION_IDENTITY)
        failure->message = GG_STR("compressed flag set with identity or empty encoding");
    else
        rc = gg_decompress(in->compressor, how, *message, d->max_len, d->arena, message);
    if (rc == GG_ETOOBIG)
        *failure = (gg_rpc_status){ .code = GG_STATUS_RESOURCE_EXHAUSTED,
            .message = gg_arena_printf(in->arena, "received message after decompression larger than max %u",
                (unsigned)d->max_len) };
    else if (rc == GG_ENOMEM)
        *failure = failure_of(in, rc);
    return rc;
}

gg_rc gg_inbound_next(gg_inbound *in, gg_str *bytes, size_t *consumed, gg_message *message, gg_rpc_status *failure)
{
    *message = (gg_message){ 0 };
    gg_str backlog = gg_buf_str(&in->backlog);
    gg_str *sources[] = { &backlog, bytes };
    size_t before = backlog.len + bytes->len;
    gg_rc rc = GG_NEED_MORE;
    for (size_t i = 0; i < 2 && rc == GG_NEED_MORE; i++) {
        if (sources[i]->len == 0)
            continue;
        rc = begin_message(in);
        if (rc == GG_OK)
            rc = gg_deframer_next(&in->deframer, sources[i], &message->wire, &message->compressed);
    }
    gg_buf_consume(&in->backlog, in->backlog.len - backlog.len);
    *consumed = before - backlog.len - bytes->len;
    if (rc == GG_OK && message->compressed)
        return decompress(in, &message->wire, failure);
    if (rc != GG_OK && rc != GG_NEED_MORE)
        *failure = failure_of(in, rc);
    return rc;
}

gg_rc gg_inbound_keep(gg_inbound *in, gg_str bytes)
{
    return bytes.len == 0 ? GG_OK : gg_buf_append(&in->backlog, bytes);
}

size_t gg_inbound_drop(gg_inbound *in)
{
    size_t len = in->backlog.len;
    gg_buf_consume(&in->backlog, len);
    return len;
}

bool gg_inbound_at_end(const gg_inbound *in)
{
    return in->backlog.len == 0 && gg_deframer_at_boundary(&in->deframer);
}
