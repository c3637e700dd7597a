/* decode_error.c -- what was wrong with a message, in words for the person who sent it. */
#include "proto/decode_error.h"

#include "base/text.h"
#include "proto/member.h"

void gg_path_field(gg_json_writer *path, gg_str name)
{
    if (path->len > 0)
        gg_json_put(path, '.');
    gg_json_write_raw(path, name);
}

void gg_path_index(gg_json_writer *path, size_t index)
{
    gg_json_put(path, '[');
    gg_json_write_u64(path, index);
    gg_json_put(path, ']');
}

/* At most GG_FOUND_LEN bytes of the text, no character cut in two. */
static gg_str cut(gg_str text)
{
    if (text.len <= GG_FOUND_LEN)
        return text;
    gg_str head = gg_str_of(text.ptr, GG_FOUND_LEN);
    size_t valid = gg_utf8_valid_len(head);
    return gg_str_of(text.ptr, valid + 4 > GG_FOUND_LEN ? valid : GG_FOUND_LEN);
}

void gg_path_key(gg_json_writer *path, gg_str key)
{
    gg_json_put(path, '[');
    gg_json_write_string(path, cut(key));
    gg_json_put(path, ']');
}

void gg_path_map_key(gg_json_writer *path, const gg_field *key, const void *entry)
{
    const void *place = gg_member_const(key, entry);
    bool is_signed = key->type != GG_TYPE_UINT32 && key->type != GG_TYPE_FIXED32 && key->type != GG_TYPE_UINT64 &&
        key->type != GG_TYPE_FIXED64;
    if (key->type == GG_TYPE_STRING) {
        gg_path_key(path, gg_load_str(place));
        return;
    }
    gg_json_put(path, '[');
    if (key->type == GG_TYPE_BOOL)
        gg_json_write_raw(path, gg_load_bool(place) ? GG_STR("true") : GG_STR("false"));
    else if (gg_scalar_size[key->type] == 4)
        gg_json_write_i64(path, is_signed ? gg_load_i32(place) : (int64_t)(uint32_t)gg_load_i32(place));
    else if (is_signed)
        gg_json_write_i64(path, gg_load_i64(place));
    else
        gg_json_write_u64(path, (uint64_t)gg_load_i64(place));
    gg_json_put(path, ']');
}

gg_str gg_path_text(const gg_json_writer *path)
{
    return path->failed ? (gg_str){ 0 } : gg_json_result(path);
}

gg_str gg_found_quoted(gg_str text, gg_arena *arena)
{
    gg_json_writer w;
    gg_json_writer_init(&w, arena, GG_FOUND_LEN + 8);
    gg_json_write_string(&w, cut(text));
    if (text.len > GG_FOUND_LEN)
        gg_json_write_raw(&w, GG_STR("..."));
    return gg_path_text(&w);
}

gg_str gg_found_plain(gg_str text, gg_arena *arena)
{
    gg_str head = cut(text);
    return gg_arena_printf(arena, "%.*s%s", GG_STR_ARG(head), text.len > head.len ? "..." : "");
}

gg_str gg_decode_error_text(const gg_decode_error *error, gg_arena *arena)
{
    gg_str place = error->line > 0 ? gg_arena_printf(arena, "line %zu, column %zu: ", error->line, error->column)
                                   : gg_arena_printf(arena, "byte %zu: ", error->offset);
    return gg_arena_printf(arena, "%.*s%.*s%sexpected %.*s%s%.*s", GG_STR_ARG(place), GG_STR_ARG(error->path),
        error->path.len > 0 ? ": " : "", GG_STR_ARG(error->expected), error->found.len > 0 ? ", found " : "",
        GG_STR_ARG(error->found));
}
