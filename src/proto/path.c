/* path.c -- reads a path such as items[3].by_name["a b"].qty by the tables of a type (path.h).
 *
 *   path       = step *( "." step )
 *   step       = name [ "[" ( index / key ) "]" ]
 *   name       = a field's name in the .proto or in JSON / "[" an extension's full name "]"
 *   key        = a string as in JSON / a number / "true" / "false"
 *
 * Field names have no dot or bracket; a json_name of the author's own that has one can be reached by the other
 * name. */
#include "proto/path.h"

#include "base/text.h"
#include "proto/decode_error.h"
#include "proto/member.h"
#include "proto/scalar_text.h"

gg_field gg_slot_field(const gg_field *field, bool whole, gg_str name)
{
    gg_field own = *field;
    bool repeated = whole && gg_field_is_repeated(field);
    own.name = own.json_name = name;
    own.rule = repeated ? field->rule : GG_FIELD_EXPLICIT;
    own.offset = offsetof(gg_slot, value);
    own.presence = repeated ? offsetof(gg_slot, count) : offsetof(gg_slot, has);
    return own;
}

/* Bytes of the name at the start of text: up to one of the ends, of an extension with both of its brackets. */
static size_t name_len(gg_str text, const char *ends)
{
    size_t len = 0;
    if (text.len > 0 && text.ptr[0] == '[') {
        const char *close = memchr(text.ptr, ']', text.len);
        return close != NULL ? (size_t)(close - text.ptr) + 1 : text.len;
    }
    while (len < text.len && (text.ptr[len] == '\0' || strchr(ends, text.ptr[len]) == NULL))
        len++;
    return len;
}

static gg_str from(const gg_path *path, size_t offset)
{
    return gg_str_of(path->text.ptr + offset, path->text.len - offset);
}

/* -- errors -- */
gg_rc gg_path_fail(const gg_path *path, gg_rc rc, size_t offset, gg_str expected)
{
    if (path->error == NULL)
        return rc;
    gg_str rest = from(path, offset), right = gg_str_of(path->text.ptr, offset);
    bool at_name = offset == 0 || right.ptr[offset - 1] == '.';
    if (at_name && offset > 0)
        right.len--;
    if (at_name)
        rest.len = name_len(rest, ".");
    *path->error = (gg_decode_error){ .path = gg_arena_dup(path->arena, right),
        .expected = expected,
        .found = rest.len > 0 ? gg_found_quoted(rest, path->arena) : GG_STR("the end of the path"),
        .offset = offset };
    return rc;
}

static gg_rc fail_name(const gg_path *path, size_t offset, const gg_message_type *type)
{
    if (path->error == NULL)
        return GG_ENOTFOUND;
    gg_str expected = gg_arena_printf(path->arena, "a field of %.*s", GG_STR_ARG(type->name));
    return gg_path_fail(path, GG_ENOTFOUND, offset, expected);
}

/* -- subscripts -- */
static gg_rc take_index(gg_path *path, gg_path_step *step, size_t *at)
{
    gg_str rest = from(path, *at + 1);
    const char *close = rest.len > 0 ? memchr(rest.ptr, ']', rest.len) : NULL;
    gg_str digits = gg_str_of(rest.ptr, close != NULL ? (size_t)(close - rest.ptr) : 0);
    uint64_t index = 0;
    gg_rc rc =
        digits.len > 0 && digits.ptr[0] >= '0' && digits.ptr[0] <= '9' ? gg_u64_parse(digits, &index) : GG_EPROTO;
    if (rc == GG_OK && index >= GG_MESSAGE_ELEMENTS)
        return gg_path_fail(path, GG_ENOTFOUND, *at, GG_STR("an index below 16777216"));
    if (rc != GG_OK)
        return gg_path_fail(path, GG_EINVAL, *at, GG_STR("an index in brackets"));
    step->index = (size_t)index;
    *at += digits.len + 2;
    return GG_OK;
}

/* Bytes of the string in quotes at the start of text; 0 if it does not end. */
static size_t quoted_len(gg_str text)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] == '\\')
            i++;
        else if (text.ptr[i] == '"')
            return i + 1;
    }
    return 0;
}

/* What a string in quotes says. */
static gg_rc unquote(gg_str quoted, gg_arena *arena, gg_str *plain)
{
    gg_json_reader reader;
    gg_json_token token;
    gg_json_reader_init(&reader, arena, 1);
    gg_json_feed(&reader, quoted, true);
    gg_rc rc = quoted.len > 0 ? gg_json_next(&reader, &token) : GG_EPROTO;
    if (rc == GG_OK)
        *plain = token.text;
    return rc;
}

static gg_rc take_key(gg_path *path, gg_path_step *step, size_t *at)
{
    const gg_field *key = &step->field->message->fields[0];
    gg_str rest = from(path, *at + 1), text = rest;
    bool quoted = rest.len > 0 && rest.ptr[0] == '"';
    const char *close = rest.len > 0 ? memchr(rest.ptr, ']', rest.len) : NULL, *expected;
    size_t len = quoted ? quoted_len(rest) : close != NULL ? (size_t)(close - rest.ptr) : 0;
    gg_rc rc = len > 0 && len < rest.len && rest.ptr[len] == ']' ? GG_OK : GG_EPROTO;
    text.len = len;
    if (rc == GG_OK && quoted)
        rc = unquote(gg_str_of(rest.ptr, len), path->arena, &text);
    if (rc == GG_ENOMEM)
        return rc;
    if (key->type == GG_TYPE_STRING) {
        if (rc != GG_OK || !quoted)
            return gg_path_fail(path, GG_EINVAL, *at, GG_STR("a key in quotes and brackets"));
        step->key.value.text = text;
    } else if (rc != GG_OK) {
        return gg_path_fail(path, GG_EINVAL, *at, GG_STR("a key in brackets"));
    } else {
        const gg_field own = gg_slot_field(key, false, key->name), *field = &own;
        if (gg_field_set_text(&field, 1, &step->key, text, path->arena, &expected) != GG_OK)
            return gg_path_fail(path, GG_EINVAL, *at, gg_str_from(gg_scalar_expected((gg_field_type)key->type)));
    }
    *at += len + 2;
    return GG_OK;
}

/* -- steps -- */
static gg_rc take_step(gg_path *path, const gg_message_type *type, size_t *at)
{
    gg_str name = from(path, *at);
    name.len = name_len(name, ".[");
    const gg_field *field = gg_field_by_name(type, name);
    if (field == NULL)
        return fail_name(path, *at, type);
    if (path->count == GG_PATH_NAMES)
        return gg_path_fail(path, GG_ETOOBIG, *at, GG_STR("a path of at most 32 names"));
    gg_path_step *step = &path->steps[path->count++];
    *step = (gg_path_step){ .field = field, .offset = *at };
    *at += name.len;
    if (*at == path->text.len || path->text.ptr[*at] != '[' || !gg_field_is_repeated(field))
        return GG_OK;
    step->subscript = true;
    step->offset = *at;
    return field->rule == GG_FIELD_MAP ? take_key(path, step, at) : take_index(path, step, at);
}

gg_rc gg_path_parse(gg_path *path, const gg_message_type *type, gg_str text, gg_arena *arena, gg_decode_error *error)
{
    *path = (gg_path){ .text = text, .arena = arena, .error = error };
    for (size_t at = 0;; at++) { /* at most GG_PATH_NAMES rounds */
        gg_rc rc = take_step(path, type, &at);
        if (rc != GG_OK || at == text.len)
            return rc;
        const gg_path_step *step = &path->steps[path->count - 1];
        if (gg_field_is_repeated(step->field) && !step->subscript)
            return gg_path_fail(path, GG_EINVAL, at,
                step->field->rule == GG_FIELD_MAP ? GG_STR("a key in brackets") : GG_STR("an index in brackets"));
        type = gg_path_value(step)->message;
        if (text.ptr[at] != '.' || type == NULL)
            return gg_path_fail(path, GG_EINVAL, at,
                type == NULL ? GG_STR("the end of the path") : GG_STR("a dot or the end of the path"));
    }
}

gg_rc gg_path_resolve(const gg_message_type *type, gg_str path, const gg_field **fields, size_t cap, size_t *count,
    gg_arena *arena, gg_decode_error *error)
{
    const gg_path whole = { .text = path, .arena = arena, .error = error };
    *count = 0;
    for (size_t at = 0;; at++) { /* at most cap rounds */
        gg_str name = from(&whole, at);
        name.len = name_len(name, ".");
        const gg_field *field = gg_field_by_name(type, name);
        if (field == NULL)
            return fail_name(&whole, at, type);
        if (*count == cap)
            return gg_path_fail(&whole, GG_ETOOBIG, at, gg_str_from("a path of fewer names"));
        fields[(*count)++] = field;
        at += name.len;
        if (at == path.len)
            return GG_OK;
        if (path.ptr[at] != '.' || field->message == NULL || gg_field_is_repeated(field))
            return gg_path_fail(&whole, GG_EINVAL, at, GG_STR("the end of the path"));
        type = field->message;
    }
}
