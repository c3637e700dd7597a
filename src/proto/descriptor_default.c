/* descriptor_default.c -- default values: from the text in a descriptor to their form in memory (descriptor.h).
 *
 *   numbers   as written: 42, -1.5e3, inf, -inf, nan     string   the text itself
 *   bool      true, false                                bytes    C escapes in it: \n \" \\ \303 \x7f
 *   enum      the name of a value
 *
 * A closed enum reads as its first value where no default is given.  A default that is all zero is none.
 * Spec: google/protobuf/descriptor.proto, FieldDescriptorProto.default_value. */
#include "proto/descriptor.h"

#include "base/text.h"
#include "proto/member.h"
#include "proto/scalar_text.h"

static bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One to three octal digits at *at, which moves behind them. */
static unsigned octal(gg_str text, size_t *at)
{
    unsigned value = 0;
    for (size_t end = *at + 3; *at < end && *at < text.len && is_octal(text.ptr[*at]); ++*at)
        value = value * 8 + (unsigned)(text.ptr[*at] - '0');
    return value;
}

/* One or two hexadecimal digits; false if there is none. */
static bool hexadecimal(gg_str text, size_t *at, unsigned *value)
{
    size_t first = *at;
    *value = 0;
    for (; *at < first + 2 && *at < text.len && hex_digit(text.ptr[*at]) >= 0; ++*at)
        *value = *value * 16 + (unsigned)hex_digit(text.ptr[*at]);
    return *at > first;
}

/* What stands behind a backslash at *at; false if that is no escape. */
static bool escaped(gg_str text, size_t *at, unsigned *value)
{
    static const char letters[] = "abfnrtv\\'\"?", meanings[] = "\a\b\f\n\r\t\v\\'\"?";
    if (*at == text.len)
        return false;
    char c = text.ptr[*at];
    if (is_octal(c)) {
        *value = octal(text, at);
        return *value <= UINT8_MAX;
    }
    ++*at;
    if (c == 'x' || c == 'X')
        return hexadecimal(text, at, value);
    const char *letter = c != '\0' ? strchr(letters, c) : NULL;
    *value = letter != NULL ? (unsigned char)meanings[letter - letters] : 0;
    return letter != NULL;
}

static gg_rc parse_bytes(gg_desc_set *set, gg_str text, gg_str *bytes)
{
    char *out = gg_desc_alloc(set, text.len + 1, 1);
    size_t len = 0;
    if (out == NULL)
        return GG_ENOMEM;
    for (size_t i = 0; i < text.len;) {
        unsigned value = (unsigned char)text.ptr[i++];
        if (value == '\\' && !escaped(text, &i, &value))
            return GG_EPROTO;
        out[len++] = (char)(uint8_t)value;
    }
    *bytes = gg_str_of(out, len);
    return GG_OK;
}

/* The values of an enum are siblings of it. */
static gg_rc find_value(gg_desc_set *set, const gg_desc_enum *e, gg_str name, int32_t *number)
{
    gg_str scope = gg_str_of(e->full_name.ptr, e->full_name.len - e->name.len);
    if (scope.len > 0)
        scope.len--;
    gg_str full_name = gg_desc_join(set, scope, name);
    if (full_name.ptr == NULL)
        return set->out_of_memory ? GG_ENOMEM : GG_EPROTO;
    const gg_desc_symbol *symbol = gg_map_get(&set->symbols, full_name);
    const gg_desc_enum_value *value = symbol != NULL && symbol->kind == GG_DESC_ENUM_VALUE ? symbol->what : NULL;
    if (value == NULL || value < e->values || value >= e->values + e->value_count)
        return GG_EPROTO;
    *number = value->number;
    return GG_OK;
}

static gg_rc parse_integer(gg_field_type type, gg_str text, void *place)
{
    gg_integer number;
    gg_rc rc = gg_integer_parse(text, &number);
    return rc == GG_OK ? gg_integer_store(type, number, place) : GG_EPROTO;
}

/* GG_OK, GG_EPROTO, GG_ENOMEM. */
static gg_rc parse_value(gg_desc_set *set, const gg_desc_field *field, void *place)
{
    gg_str text = field->default_value;
    gg_field_type type = (gg_field_type)field->type;
    switch (type) {
    case GG_TYPE_DOUBLE:
    case GG_TYPE_FLOAT:
        return gg_float_store(type, text, GG_FLOAT_ANY_CASE, place);
    case GG_TYPE_BOOL:
        *(bool *)place = gg_str_eq(text, GG_STR("true"));
        return *(bool *)place || gg_str_eq(text, GG_STR("false")) ? GG_OK : GG_EPROTO;
    case GG_TYPE_STRING:
        *(gg_str *)place = text;
        return (field->flags & GG_FIELD_UTF8) == 0 || gg_utf8_valid(text) ? GG_OK : GG_EPROTO;
    case GG_TYPE_BYTES:
        return parse_bytes(set, text, place);
    case GG_TYPE_ENUM:
        return find_value(set, field->enum_type, text, place);
    case GG_TYPE_INT64:
    case GG_TYPE_UINT64:
    case GG_TYPE_INT32:
    case GG_TYPE_FIXED64:
    case GG_TYPE_FIXED32:
    case GG_TYPE_UINT32:
    case GG_TYPE_SFIXED32:
    case GG_TYPE_SFIXED64:
    case GG_TYPE_SINT32:
    case GG_TYPE_SINT64:
        return parse_integer(type, text, place);
    case GG_TYPE_GROUP:
    case GG_TYPE_MESSAGE:
        break;
    }
    return GG_EPROTO;
}

/* Why a field cannot have a default; NULL if it can. */
static const char *not_allowed(const gg_desc_field *field)
{
    if (field->label == GG_LABEL_REPEATED)
        return "a repeated field";
    if (field->message != NULL)
        return "a message";
    if (field->file->edition == GG_EDITION_PROTO3)
        return "a field of a proto3 file";
    return field->rule == GG_FIELD_IMPLICIT ? "a field of implicit presence" : NULL;
}

/* Whether it is what an unset field reads as anyway. */
static bool is_zero(const gg_desc_field *field, const void *place)
{
    static const char zeros[sizeof(double)];
    if (field->type == GG_TYPE_STRING || field->type == GG_TYPE_BYTES)
        return ((const gg_str *)place)->len == 0;
    return memcmp(place, zeros, gg_scalar_size[field->type]) == 0;
}

static gg_rc first_value(gg_desc_set *set, gg_desc_field *field)
{
    const gg_desc_enum *e = field->enum_type;
    bool reads = field->rule == GG_FIELD_EXPLICIT || field->rule == GG_FIELD_ONEOF;
    if (!reads || e == NULL || !gg_desc_enum_is_closed(e) || e->value_count == 0 || e->values[0].number == 0)
        return GG_OK;
    int32_t *place = gg_desc_alloc(set, 1, sizeof *place);
    if (place == NULL)
        return GG_ENOMEM;
    *place = e->values[0].number;
    field->default_data = place;
    return GG_OK;
}

gg_rc gg_desc_parse_default(gg_desc_set *set, gg_desc_field *field)
{
    if (field->default_value.ptr == NULL)
        return first_value(set, field);
    const char *kind = not_allowed(field);
    if (kind != NULL)
        return gg_desc_fault(set, field->file, field->full_name, "%s with a default value", kind);
    void *place = gg_desc_alloc(set, 1, gg_scalar_size[field->type]);
    if (place == NULL)
        return GG_ENOMEM;
    gg_rc rc = parse_value(set, field, place);
    if (rc == GG_OK && !is_zero(field, place))
        field->default_data = place;
    if (rc != GG_EPROTO)
        return rc;
    const char *expected = gg_scalar_expected((gg_field_type)field->type);
    if (field->type == GG_TYPE_STRING)
        expected = "a string of valid UTF-8";
    if (field->type == GG_TYPE_BYTES)
        expected = "bytes with escapes of C";
    if (field->type == GG_TYPE_ENUM)
        return gg_desc_fault(set, field->file, field->full_name, "default value \"%.*s\" is no value of %.*s",
            GG_STR_ARG(field->default_value), GG_STR_ARG(field->enum_type->full_name));
    return gg_desc_fault(set, field->file, field->full_name, "default value \"%.*s\" is not %s",
        GG_STR_ARG(field->default_value), expected);
}
