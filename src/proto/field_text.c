/* field_text.c -- one field from the text of a path variable or a query parameter.
 *
 * Scalars as ProtoJSON has them inside its strings, with what grpc-gateway takes besides: 1, t, TRUE for
 * true, Inf for Infinity, "1h30m" for a Duration, field paths as they are for a FieldMask; and JSON text
 * for a Struct, Value or ListValue.  Integers are base 10.
 * Left out: whether a parameter may be there at all, or twice (the gateway).
 * Spec: google/api/http.proto. */
#include "proto/member.h"

#include "base/text.h"
#include "proto/scalar_text.h"
#include "proto/well_known.h"

static gg_rc parse_bool(gg_str text, void *place)
{
    static const struct {
        gg_str text;
        bool value;
    } words[] = { { GG_STR_INIT("true"), true }, { GG_STR_INIT("false"), false }, { GG_STR_INIT("1"), true },
        { GG_STR_INIT("0"), false }, { GG_STR_INIT("t"), true }, { GG_STR_INIT("f"), false },
        { GG_STR_INIT("T"), true }, { GG_STR_INIT("F"), false }, { GG_STR_INIT("TRUE"), true },
        { GG_STR_INIT("FALSE"), false }, { GG_STR_INIT("True"), true }, { GG_STR_INIT("False"), false } };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (gg_str_eq(text, words[i].text)) {
            *(char *)place = words[i].value;
            return GG_OK;
        }
    }
    return GG_EPROTO;
}

static gg_rc parse_enum(const gg_enum_type *type, gg_str text, void *place)
{
    const gg_enum_value *value = gg_enum_by_name(type, text);
    gg_integer number;
    if (value != NULL) {
        memcpy(place, &value->number, sizeof value->number);
        return GG_OK;
    }
    if (gg_integer_parse(text, &number) != GG_OK || gg_integer_store(GG_TYPE_ENUM, number, place) != GG_OK)
        return GG_EPROTO;
    return gg_enum_by_number(type, gg_load_i32(place)) != NULL ? GG_OK : GG_EPROTO;
}

static gg_rc parse_string(gg_str text, gg_arena *arena, void *place, const char **expected)
{
    if (!gg_utf8_valid(text)) {
        *expected = "a string of valid UTF-8";
        return GG_EPROTO;
    }
    gg_str copy = gg_arena_dup(arena, text);
    gg_store_str(place, copy);
    return copy.ptr != NULL ? GG_OK : GG_ENOMEM;
}

static gg_rc parse_scalar(const gg_field *field, gg_str text, gg_arena *arena, void *place, const char **expected)
{
    gg_field_type type = (gg_field_type)field->type;
    gg_integer number;
    gg_str bytes;
    gg_rc rc;
    *expected = gg_scalar_expected(type);
    if (type == GG_TYPE_STRING)
        return parse_string(text, arena, place, expected);
    if (type == GG_TYPE_BOOL)
        return parse_bool(text, place);
    if (type == GG_TYPE_ENUM)
        return parse_enum(field->enum_type, text, place);
    if (type == GG_TYPE_DOUBLE || type == GG_TYPE_FLOAT)
        return gg_float_store(type, text, GG_FLOAT_ANY_CASE, place);
    if (type == GG_TYPE_BYTES) {
        rc = gg_bytes_parse(text, arena, &bytes);
        if (rc == GG_OK)
            gg_store_str(place, bytes);
        return rc;
    }
    rc = gg_integer_parse(text, &number);
    return rc == GG_OK ? gg_integer_store(type, number, place) : rc;
}

/* A Duration in Go's syntax, if it is not in protobuf's. */
static gg_rc parse_duration(const gg_message_type *type, void *message, gg_str text, gg_arena *arena,
    const char **expected)
{
    int64_t seconds;
    int32_t nanos;
    gg_rc rc = gg_well_known_from_text(type, message, text, GG_MESSAGE_ELEMENTS, arena, expected);
    if (rc != GG_EPROTO)
        return rc;
    *expected = "a duration such as \"1.5s\" or \"1h30m\"";
    rc = gg_duration_parse_go(text, &seconds, &nanos);
    if (rc == GG_OK) {
        memcpy(gg_member(gg_field_numbered(type, 1), message), &seconds, sizeof seconds);
        memcpy(gg_member(gg_field_numbered(type, 2), message), &nanos, sizeof nanos);
    }
    return rc;
}

/* A whole message from one text: the well-known types alone have such a form. */
static gg_rc parse_message(const gg_message_type *type, void *message, gg_str text, gg_arena *arena,
    const char **expected)
{
    const gg_field *value;
    switch ((gg_well_known)type->well_known) {
    case GG_WKT_TIMESTAMP:
        return gg_well_known_from_text(type, message, text, GG_MESSAGE_ELEMENTS, arena, expected);
    case GG_WKT_DURATION:
        return parse_duration(type, message, text, arena, expected);
    case GG_WKT_FIELD_MASK:
        *expected = "field paths separated by commas";
        return gg_utf8_valid(text) ? gg_field_mask_from_list(type, message, text, arena) : GG_EPROTO;
    case GG_WKT_WRAPPER:
        value = &type->fields[0];
        return parse_scalar(value, text, arena, gg_member(value, message), expected);
    case GG_WKT_STRUCT:
    case GG_WKT_VALUE:
    case GG_WKT_LIST_VALUE:
        *expected = "JSON";
        return gg_field_from_json(type, message, NULL, text, NULL, arena, NULL);
    case GG_WKT_NONE:
    case GG_WKT_ANY:
    case GG_WKT_EMPTY:
        break;
    }
    *expected = "the name of one of the message's fields, not the message itself";
    return GG_EPROTO;
}

static bool is_taken(const gg_field *field, const void *message)
{
    int32_t set = field->rule == GG_FIELD_ONEOF ? gg_oneof_case(field, message) : 0;
    return set != 0 && set != (int32_t)field->number;
}

/* The message that holds the last field of the path; those on the way are made. */
static gg_rc walk(const gg_field *const *fields, size_t count, void **message, gg_arena *arena)
{
    for (size_t i = 0; i + 1 < count; i++) {
        if (is_taken(fields[i], *message))
            return GG_EINVAL;
        *message = gg_submessage_make(fields[i], *message, arena);
        if (*message == NULL)
            return GG_ENOMEM;
    }
    return is_taken(fields[count - 1], *message) ? GG_EINVAL : GG_OK;
}

static gg_rc set_singular(const gg_field *field, void *message, gg_str text, gg_arena *arena, const char **expected)
{
    if (gg_field_is_message(field)) { /* a new one: what was there does not merge */
        void *sub = gg_message_new(field->message, arena);
        gg_rc rc = sub != NULL ? parse_message(field->message, sub, text, arena, expected) : GG_ENOMEM;
        if (rc != GG_OK)
            return rc;
        gg_store_pointer(gg_member(field, message), sub);
        gg_field_mark(field, message);
        return GG_OK;
    }
    union {
        gg_str text;
        uint64_t number;
    } value; /* the member keeps its old value on failure */
    gg_rc rc = parse_scalar(field, text, arena, &value, expected);
    if (rc != GG_OK)
        return rc;
    memcpy(gg_member(field, message), &value, gg_scalar_size[field->type]);
    gg_field_mark(field, message);
    return GG_OK;
}

static gg_rc add_element(const gg_field *field, void *message, gg_str text, gg_arena *arena, const char **expected)
{
    void *place;
    *expected = "at most 16777216 elements";
    gg_rc rc = gg_repeated_add(field, message, GG_MESSAGE_ELEMENTS, arena, &place);
    if (rc != GG_OK)
        return rc == GG_ETOOBIG ? GG_EPROTO : rc;
    rc = gg_field_is_message(field) ? parse_message(field->message, place, text, arena, expected)
                                    : parse_scalar(field, text, arena, place, expected);
    if (rc != GG_OK)
        gg_repeated_drop(field, message);
    return rc;
}

gg_rc gg_field_set_text(const gg_field *const *fields, size_t count, void *message, gg_str text, gg_arena *arena,
    const char **expected)
{
    const gg_field *field = fields[count - 1];
    *expected = NULL;
    gg_rc rc = walk(fields, count, &message, arena);
    if (rc != GG_OK)
        return rc;
    switch ((gg_field_rule)field->rule) {
    case GG_FIELD_IMPLICIT:
    case GG_FIELD_EXPLICIT:
    case GG_FIELD_ONEOF:
        return set_singular(field, message, text, arena, expected);
    case GG_FIELD_REPEATED:
        return add_element(field, message, text, arena, expected);
    case GG_FIELD_MAP:
        break;
    }
    *expected = "a key in brackets after the name of a map";
    return GG_EPROTO;
}

/* Whether an entry before the last one has the last one's key. */
static bool has_key_before_last(const gg_field *field, const void *message)
{
    size_t last = gg_repeated_count(field, message) - 1, size = field->message->size;
    const char *entries = gg_load_pointer(gg_member_const(field, message));
    for (size_t i = 0; i < last; i++)
        if (gg_map_key_compare(&field->message->fields[0], entries + i * size, entries + last * size) == 0)
            return true;
    return false;
}

gg_rc gg_map_set_text(const gg_field *const *fields, size_t count, void *message, gg_str key, gg_str text,
    gg_arena *arena, const char **expected)
{
    const gg_field *field = fields[count - 1];
    void *entry;
    *expected = "the name of a map before a key in brackets";
    gg_rc rc = field->rule == GG_FIELD_MAP ? walk(fields, count, &message, arena) : GG_EPROTO;
    if (rc != GG_OK)
        return rc;
    *expected = "at most 16777216 entries";
    rc = gg_repeated_add(field, message, GG_MESSAGE_ELEMENTS, arena, &entry);
    if (rc != GG_OK)
        return rc == GG_ETOOBIG ? GG_EPROTO : rc;
    const gg_field *key_field = &field->message->fields[0], *value_field = &field->message->fields[1];
    rc = parse_scalar(key_field, key, arena, gg_member(key_field, entry), expected);
    if (rc == GG_OK && has_key_before_last(field, message)) {
        *expected = "one value for each key of a map";
        rc = GG_EPROTO;
    }
    if (rc == GG_OK)
        rc = set_singular(value_field, entry, text, arena, expected);
    if (rc != GG_OK)
        gg_repeated_drop(field, message);
    return rc;
}
