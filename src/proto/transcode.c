/* transcode.c -- from bytes to bytes through the struct, and the whole-document forms (gg/message.h).
 *
 *   JSON -> struct -> wire        wire -> struct -> JSON        wire -> struct -> wire
 *
 * Passing through the struct makes what needs merging, ordering or last-one-wins right by construction; the
 * struct lies in the same arena as the result. */
#include "proto/decode_error.h"

void gg_codec_options_init(gg_codec_options *options)
{
    *options = (gg_codec_options){ .size = sizeof *options };
}

gg_codec_options gg_codec_options_of(const gg_codec_options *options)
{
    gg_codec_options own = { .size = sizeof own };
    if (options != NULL)
        memcpy(&own, options, options->size < sizeof own ? options->size : sizeof own);
    if (own.depth_limit == 0)
        own.depth_limit = GG_MESSAGE_DEPTH;
    if (own.depth_limit > GG_MESSAGE_DEPTH_MAX)
        own.depth_limit = GG_MESSAGE_DEPTH_MAX;
    if (own.element_limit == 0 || own.element_limit > GG_MESSAGE_ELEMENTS)
        own.element_limit = GG_MESSAGE_ELEMENTS;
    return own;
}

static gg_rc fail_memory(gg_decode_error *error)
{
    if (error != NULL)
        *error = (gg_decode_error){ .expected = GG_STR(GG_MEMORY_EXPECTED) };
    return GG_ENOMEM;
}

gg_rc gg_message_from_json(const gg_message_type *type, void *message, gg_str json, const gg_codec_options *options,
    gg_arena *arena, gg_decode_error *error)
{
    return gg_field_from_json(type, message, NULL, json, options, arena, error);
}

gg_rc gg_field_from_json(const gg_message_type *type, void *message, const gg_field *field, gg_str json,
    const gg_codec_options *options, gg_arena *arena, gg_decode_error *error)
{
    gg_json_decoder *decoder = gg_json_decoder_new(type, message, field, options, arena);
    return decoder != NULL ? gg_json_decoder_feed(decoder, json, true, error) : fail_memory(error);
}

gg_rc gg_message_to_json(const gg_message_type *type, const void *message, const gg_codec_options *options,
    gg_arena *arena, gg_str *json, gg_decode_error *error)
{
    enum { FIRST_LEN = 256 };
    gg_json_writer w;
    gg_json_writer_init(&w, arena, FIRST_LEN);
    gg_rc rc = gg_message_print(type, message, options, &w, error);
    if (rc == GG_OK)
        *json = gg_json_result(&w);
    return rc;
}

/* -- from bytes to bytes -- */
static gg_rc serialize(const gg_message_type *type, const void *message, gg_arena *arena, gg_str *wire,
    gg_decode_error *error)
{
    gg_rc rc = gg_message_to_wire(type, message, arena, wire);
    if (rc == GG_ENOMEM)
        return fail_memory(error);
    if (rc != GG_OK && error != NULL)
        *error = (gg_decode_error){ .expected = GG_STR("a message of less than 2 GiB") };
    return rc;
}

gg_rc gg_json_to_wire(const gg_message_type *type, gg_str json, const gg_codec_options *options, gg_arena *arena,
    gg_str *wire, gg_decode_error *error)
{
    void *message = gg_message_new(type, arena);
    if (message == NULL)
        return fail_memory(error);
    gg_rc rc = gg_field_from_json(type, message, NULL, json, options, arena, error);
    return rc == GG_OK ? serialize(type, message, arena, wire, error) : rc;
}

gg_rc gg_wire_to_json(const gg_message_type *type, gg_str wire, const gg_codec_options *options, gg_arena *arena,
    gg_str *json, gg_decode_error *error)
{
    void *message = gg_message_new(type, arena);
    if (message == NULL)
        return fail_memory(error);
    gg_rc rc = gg_message_from_wire(type, message, wire, options, arena, error);
    if (rc != GG_OK)
        return rc;
    gg_json_writer w;
    gg_json_writer_init(&w, arena, 2 * wire.len + 64);
    rc = gg_message_print(type, message, options, &w, error);
    if (rc == GG_OK)
        *json = gg_json_result(&w);
    return rc;
}

gg_rc gg_wire_to_wire(const gg_message_type *type, gg_str wire, const gg_codec_options *options, gg_arena *arena,
    gg_str *out, gg_decode_error *error)
{
    void *message = gg_message_new(type, arena);
    if (message == NULL)
        return fail_memory(error);
    gg_rc rc = gg_message_from_wire(type, message, wire, options, arena, error);
    return rc == GG_OK ? serialize(type, message, arena, out, error) : rc;
}
