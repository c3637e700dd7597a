/* source_info.c -- SourceCodeInfo into a map from paths to comments (source_info.h). */
#include "proto/source_info.h"

#include "proto/wire.h"

enum { /* google.protobuf.SourceCodeInfo and its Location */
    INFO_LOCATION = 1,
    LOCATION_PATH = 1,
    LOCATION_LEADING = 3,
    LOCATION_TRAILING = 4
};

/* Adds one field of a location's path to its text: packed, or one step. */
static gg_rc add_steps(gg_arena *arena, const gg_wire_field *field, gg_str *path)
{
    gg_str packed = field->bytes;
    uint64_t step = field->value;
    bool single = field->type == GG_WIRE_VARINT;
    while (single || gg_wire_varint(&packed, &step) == GG_OK) {
        *path =
            gg_arena_printf(arena, "%.*s%s%llu", GG_STR_ARG(*path), path->len > 0 ? "," : "", (unsigned long long)step);
        if (path->ptr == NULL)
            return GG_ENOMEM;
        if (single)
            break;
    }
    return GG_OK;
}

static gg_rc read_location(gg_str location, gg_arena *arena, gg_map *comments)
{
    gg_source_comment found = { { NULL, 0 }, { NULL, 0 } };
    gg_wire_field field;
    gg_str path = gg_str_of("", 0);
    for (gg_str rest = location; gg_wire_next(&rest, &field) == GG_OK;) {
        if (field.number == LOCATION_LEADING && field.type == GG_WIRE_LEN)
            found.leading = field.bytes;
        if (field.number == LOCATION_TRAILING && field.type == GG_WIRE_LEN)
            found.trailing = field.bytes;
    }
    if (found.leading.len == 0 && found.trailing.len == 0)
        return GG_OK;
    for (gg_str rest = location; gg_wire_next(&rest, &field) == GG_OK;)
        if (field.number == LOCATION_PATH && add_steps(arena, &field, &path) != GG_OK)
            return GG_ENOMEM;
    gg_source_comment *kept = gg_arena_alloc(arena, sizeof *kept);
    if (kept == NULL)
        return GG_ENOMEM;
    *kept = found;
    return gg_map_put(comments, path, kept) == GG_ENOMEM ? GG_ENOMEM : GG_OK;
}

gg_rc gg_source_info_read(gg_str source_info, gg_arena *arena, gg_map *comments)
{
    gg_wire_field field;
    gg_rc rc = GG_OK;
    while (rc == GG_OK && gg_wire_next(&source_info, &field) == GG_OK)
        if (field.number == INFO_LOCATION && field.type == GG_WIRE_LEN)
            rc = read_location(field.bytes, arena, comments);
    return rc;
}

gg_str gg_child_path(gg_arena *arena, gg_str parent, int number, size_t index)
{
    return gg_arena_printf(arena, "%.*s%s%d,%zu", GG_STR_ARG(parent), parent.len > 0 ? "," : "", number, index);
}

/* From the message outwards; the parents are at most GG_DESC_DEPTH. */
gg_str gg_message_path(gg_arena *arena, const gg_desc_message *message)
{
    gg_str path = gg_str_of("", 0);
    for (; message != NULL && path.ptr != NULL; message = message->parent) {
        const gg_desc_message *first = message->parent != NULL ? message->parent->messages : message->file->messages;
        path =
            gg_arena_printf(arena, "%d,%zu%s%.*s", message->parent != NULL ? GG_PATH_NESTED_MESSAGE : GG_PATH_MESSAGE,
                (size_t)(message - first), path.len > 0 ? "," : "", GG_STR_ARG(path));
    }
    return path;
}

gg_str gg_enum_path(gg_arena *arena, const gg_desc_enum *e)
{
    if (e->parent == NULL)
        return gg_child_path(arena, gg_str_of("", 0), GG_PATH_ENUM, (size_t)(e - e->file->enums));
    gg_str parent = gg_message_path(arena, e->parent);
    return parent.ptr != NULL ? gg_child_path(arena, parent, GG_PATH_NESTED_ENUM, (size_t)(e - e->parent->enums))
                              : parent;
}
