/* json_decoder_error.c -- what was wrong with a JSON document, and where (json_decoder.h).
 *
 * The path is read off the frames: `items`, the count of the list under way, the key of the map. */
#include "proto/json_decoder.h"

#include "proto/decode_error.h"
#include "proto/member.h"

static void put_last_key(gg_json_writer *path, const gg_field *map, const void *message)
{
    size_t last = gg_repeated_count(map, message) - 1;
    const char *entries = gg_load_pointer(gg_member_const(map, message));
    gg_path_map_key(path, &map->message->fields[0], entries + last * map->message->size);
}

static gg_str path_here(const gg_json_decoder *d)
{
    gg_json_writer path;
    gg_json_writer_init(&path, d->arena, 64);
    if (d->field != NULL)
        gg_path_field(&path, d->field->json_name);
    for (uint32_t i = 0; i < d->depth; i++) {
        const json_frame *frame = &d->frames[i];
        size_t count = frame->kind == FRAME_LIST ? gg_repeated_count(frame->field, frame->message) : 0;
        if (frame->kind == FRAME_MESSAGE && frame->field != NULL)
            gg_path_field(&path, frame->field->json_name);
        else if (frame->kind == FRAME_LIST && count > 0)
            gg_path_index(&path, count - 1);
        else if (frame->kind == FRAME_ANY && frame->value_read)
            gg_path_field(&path, GG_STR("value"));
        else if (frame->kind == FRAME_MAP && frame->key_read)
            put_last_key(&path, frame->field, frame->message);
    }
    return gg_path_text(&path);
}

static gg_str describe(const gg_json_decoder *d, const gg_json_token *token)
{
    switch (token->kind) {
    case GG_JSON_OBJECT:
        return GG_STR("an object");
    case GG_JSON_OBJECT_END:
        return GG_STR("the end of the object");
    case GG_JSON_ARRAY:
        return GG_STR("an array");
    case GG_JSON_ARRAY_END:
        return GG_STR("the end of the array");
    case GG_JSON_NAME:
    case GG_JSON_STRING:
        return gg_found_quoted(token->text, d->arena);
    case GG_JSON_NUMBER:
        return gg_found_plain(token->text, d->arena);
    case GG_JSON_TRUE:
        return GG_STR("true");
    case GG_JSON_FALSE:
        return GG_STR("false");
    case GG_JSON_NULL:
        return GG_STR("null");
    case GG_JSON_END:
        break;
    }
    return GG_STR("the end of the input");
}

gg_rc gg_decoder_fail_at(gg_json_decoder *d, gg_rc rc, size_t offset, gg_str expected, gg_str found)
{
    if (d->error != NULL) {
        gg_json_place place = gg_json_where(&d->reader, offset);
        *d->error = (gg_decode_error){ .path = path_here(d),
            .expected = expected,
            .found = found,
            .offset = offset,
            .line = place.line,
            .column = place.column };
    }
    return rc;
}

gg_rc gg_decoder_fail(gg_json_decoder *d, const gg_json_token *token, const char *expected)
{
    return gg_decoder_fail_text(d, token, gg_str_from(expected));
}

gg_rc gg_decoder_fail_text(gg_json_decoder *d, const gg_json_token *token, gg_str expected)
{
    return gg_decoder_fail_at(d, GG_EPROTO, token->offset, expected, describe(d, token));
}

gg_rc gg_decoder_fail_limit(gg_json_decoder *d, const gg_json_token *token, gg_rc rc, uint32_t limit, const char *what)
{
    gg_str expected = GG_STR(GG_MEMORY_EXPECTED);
    if (rc == GG_ETOOBIG)
        expected = gg_arena_printf(d->arena, "at most %u %s", (unsigned)limit, what);
    return gg_decoder_fail_at(d, rc, token->offset, expected, (gg_str){ 0 });
}

gg_rc gg_decoder_fail_memory(gg_json_decoder *d, const gg_json_token *token)
{
    return gg_decoder_fail_limit(d, token, GG_ENOMEM, 0, NULL);
}

gg_rc gg_decoder_fail_syntax(gg_json_decoder *d, gg_rc rc)
{
    const gg_json_reader *reader = &d->reader;
    size_t offset = reader->error_offset, fed = (size_t)(reader->end - reader->start);
    gg_str found = { 0 };
    if (offset >= reader->base && offset - reader->base < fed)
        found = gg_found_quoted(gg_str_of(reader->start + (offset - reader->base), 1), d->arena);
    else if (rc == GG_EPROTO && offset < reader->base)
        found = gg_found_quoted(gg_str_of(&reader->error_byte, 1), d->arena);
    else if (rc == GG_EPROTO && reader->last)
        found = GG_STR("the end of the input");
    bool spent = rc == GG_ENOMEM || reader->error == NULL;
    gg_str expected = gg_str_from(spent ? GG_MEMORY_EXPECTED : reader->error);
    return gg_decoder_fail_at(d, rc, offset, expected, found);
}
