/* outbound.c -- messages to bytes (outbound.h). */
#include "grpc/outbound.h"

#include "proto/message.h"

void gg_outbound_init(gg_outbound *out, gg_arena *arena, bool streams, uint32_t max_len, gg_compressor *compressor)
{
    *out = (gg_outbound){ .arena = arena,
        .streams = streams,
        .messages = { .pool = gg_arena_pool(arena) },
        .max_len = max_len,
        .compressor = compressor };
}

void gg_outbound_deinit(gg_outbound *out)
{
    gg_message_arena_deinit(&out->messages);
}

/* For what is made of a message; NULL when memory is out. */
static gg_arena *message_memory(gg_outbound *out)
{
    if (!out->streams)
        return out->arena;
    gg_arena *arena = gg_message_arena_next(&out->messages);
    gg_message_arena_accepted(&out->messages);
    return arena;
}

gg_rc gg_outbound_put(gg_outbound *out, const gg_message *message)
{
    bool compress = gg_compression_is_on(out->compression) && !message->plain, compressed = false;
    gg_arena *arena = NULL;
    gg_rc rc = GG_OK;
    out->wire = message->wire;
    if ((message->typed != NULL || compress) && (arena = message_memory(out)) == NULL)
        return GG_ENOMEM;
    if (message->typed != NULL)
        rc = gg_message_to_wire(message->type, message->typed, arena, &out->wire);
    if (rc == GG_OK && out->wire.len > out->max_len)
        rc = GG_ETOOBIG;
    if (rc == GG_OK && compress) {
        rc = gg_compress(out->compressor, out->compression, out->wire, arena, &out->wire);
        compressed = rc == GG_OK;
    }
    if (rc != GG_OK && rc != GG_END) /* END: compressed it would not be smaller */
        return rc;
    gg_frame_prefix(out->prefix, out->wire.len, compressed);
    return GG_OK;
}

void gg_outbound_done(gg_outbound *out)
{
    gg_message_arena_done(&out->messages);
}
