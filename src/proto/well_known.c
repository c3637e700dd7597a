/* well_known.c -- which types are well known, and those that JSON writes as strings (well_known.h). */
#include "proto/well_known.h"

#include "proto/member.h"

/* -- which type is which -- */
typedef struct known_field {
    uint8_t type, rule;
} known_field;

/* The fields have the numbers 1, 2, ...; a type may not have more of them. */
static const struct known_type {
    gg_str name;
    gg_well_known kind;
    uint16_t field_count;
    known_field fields[6];
} known_types[] = {
#define KNOWN(name, kind, count, ...) \
    { \
        GG_STR_INIT("google.protobuf." name), GG_WKT_##kind, count, \
        { \
            __VA_ARGS__ \
        } \
    }
#define FIELD(type, rule) \
    { \
        GG_TYPE_##type, GG_FIELD_##rule \
    }
    KNOWN("Any", ANY, 2, FIELD(STRING, IMPLICIT), FIELD(BYTES, IMPLICIT)),
    KNOWN("Duration", DURATION, 2, FIELD(INT64, IMPLICIT), FIELD(INT32, IMPLICIT)),
    KNOWN("Timestamp", TIMESTAMP, 2, FIELD(INT64, IMPLICIT), FIELD(INT32, IMPLICIT)),
    KNOWN("FieldMask", FIELD_MASK, 1, FIELD(STRING, REPEATED)),
    KNOWN("Struct", STRUCT, 1, FIELD(MESSAGE, MAP)),
    KNOWN("Value", VALUE, 6, FIELD(ENUM, ONEOF), FIELD(DOUBLE, ONEOF), FIELD(STRING, ONEOF), FIELD(BOOL, ONEOF),
        FIELD(MESSAGE, ONEOF), FIELD(MESSAGE, ONEOF)),
    KNOWN("ListValue", LIST_VALUE, 1, FIELD(MESSAGE, REPEATED)),
    KNOWN("DoubleValue", WRAPPER, 1, FIELD(DOUBLE, IMPLICIT)),
    KNOWN("FloatValue", WRAPPER, 1, FIELD(FLOAT, IMPLICIT)),
    KNOWN("Int64Value", WRAPPER, 1, FIELD(INT64, IMPLICIT)),
    KNOWN("UInt64Value", WRAPPER, 1, FIELD(UINT64, IMPLICIT)),
    KNOWN("Int32Value", WRAPPER, 1, FIELD(INT32, IMPLICIT)),
    KNOWN("UInt32Value", WRAPPER, 1, FIELD(UINT32, IMPLICIT)),
    KNOWN("BoolValue", WRAPPER, 1, FIELD(BOOL, IMPLICIT)),
    KNOWN("StringValue", WRAPPER, 1, FIELD(STRING, IMPLICIT)),
    KNOWN("BytesValue", WRAPPER, 1, FIELD(BYTES, IMPLICIT)),
    KNOWN("Empty", EMPTY, 0, { 0 }),
#undef KNOWN
#undef FIELD
};

static bool fits(const gg_message_type *type, const struct known_type *known)
{
    if (type->field_count != known->field_count)
        return false;
    for (uint16_t i = 0; i < known->field_count; i++) {
        const gg_field *field = gg_field_numbered(type, i + 1u);
        if (field == NULL || field->type != known->fields[i].type || field->rule != known->fields[i].rule)
            return false;
    }
    return true;
}

gg_well_known gg_well_known_of(const gg_message_type *type)
{
    for (size_t i = 0; i < sizeof known_types / sizeof known_types[0]; i++)
        if (gg_str_eq(type->name, known_types[i].name))
            return fits(type, &known_types[i]) ? known_types[i].kind : GG_WKT_NONE;
    return GG_WKT_NONE;
}

bool gg_well_known_is_text(const gg_message_type *type)
{
    return type->well_known == GG_WKT_TIMESTAMP || type->well_known == GG_WKT_DURATION ||
        type->well_known == GG_WKT_FIELD_MASK;
}

/* -- Timestamp, Duration: { int64 seconds = 1; int32 nanos = 2; } -- */
static void store_time(const gg_message_type *type, void *message, int64_t seconds, int32_t nanos)
{
    memcpy(gg_member(gg_field_numbered(type, 1), message), &seconds, sizeof seconds);
    memcpy(gg_member(gg_field_numbered(type, 2), message), &nanos, sizeof nanos);
}

static gg_rc time_to_json(const gg_message_type *type, const void *message, gg_json_writer *w)
{
    int64_t seconds = gg_load_i64(gg_member_const(gg_field_numbered(type, 1), message));
    int32_t nanos = gg_load_i32(gg_member_const(gg_field_numbered(type, 2), message));
    char *p = gg_json_reserve(w, GG_TIMESTAMP_TEXT_LEN + 2);
    if (p == NULL)
        return GG_ENOMEM;
    size_t len = type->well_known == GG_WKT_TIMESTAMP ? gg_timestamp_print(p + 1, seconds, nanos)
                                                      : gg_duration_print(p + 1, seconds, nanos);
    if (len == 0)
        return GG_EINVAL;
    p[0] = p[len + 1] = '"';
    w->len += len + 2;
    return GG_OK;
}

/* -- FieldMask: { repeated string paths = 1; }, snake_case in memory and camelCase in JSON -- */
static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* "userName" to "user_name" in out, which holds twice the bytes; 0 if it is no path. */
static size_t path_to_snake(char *out, gg_str path)
{
    size_t len = 0;
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        if (is_upper(c)) {
            out[len++] = '_';
            c = (char)(c - 'A' + 'a');
        } else if (!is_lower(c) && !(c >= '0' && c <= '9') && c != '.') {
            return 0;
        }
        out[len++] = c;
    }
    return len;
}

/* "user_name" to "userName" in out, which holds as many bytes; false if it could not be read back: an empty path, other
 * characters than those of names, an underscore that no lower-case letter follows. */
static bool path_to_camel(char *out, size_t *out_len, gg_str path)
{
    size_t len = 0;
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        if (c == '_') {
            if (++i == path.len || !is_lower(path.ptr[i]))
                return false;
            c = (char)(path.ptr[i] - 'a' + 'A');
        } else if (!is_lower(c) && !(c >= '0' && c <= '9') && c != '.') {
            return false;
        }
        out[len++] = c;
    }
    *out_len = len;
    return len > 0;
}

static gg_rc add_path(const gg_field *paths, void *message, gg_str path, uint32_t limit, gg_arena *arena)
{
    void *place;
    gg_rc rc = gg_repeated_add(paths, message, limit, arena, &place);
    if (rc == GG_OK)
        gg_store_str(place, path);
    return rc;
}

/* Takes what stands before the next comma off the front. */
static gg_str take_path(gg_str *text)
{
    const char *comma = memchr(text->ptr, ',', text->len);
    size_t len = comma != NULL ? (size_t)(comma - text->ptr) : text->len;
    gg_str path = gg_str_of(text->ptr, len);
    *text = comma != NULL ? gg_str_of(comma + 1, text->len - len - 1) : (gg_str){ 0 };
    return path;
}

static gg_rc field_mask_from_json(const gg_message_type *type, void *message, gg_str text, uint32_t limit,
    gg_arena *arena)
{
    const gg_field *paths = gg_field_numbered(type, 1);
    bool more = text.len > 0;
    while (more) {
        gg_str path = take_path(&text);
        more = text.ptr != NULL;
        char *snake = gg_arena_bytes(arena, 2 * path.len + 1);
        if (snake == NULL)
            return GG_ENOMEM;
        size_t len = path_to_snake(snake, path);
        if (len == 0)
            return GG_EPROTO;
        snake[len] = '\0';
        gg_rc rc = add_path(paths, message, gg_str_of(snake, len), limit, arena);
        if (rc != GG_OK)
            return rc;
    }
    return GG_OK;
}

gg_rc gg_field_mask_from_list(const gg_message_type *type, void *message, gg_str text, gg_arena *arena)
{
    const gg_field *paths = gg_field_numbered(type, 1);
    while (text.len > 0) {
        gg_str path = gg_arena_dup(arena, take_path(&text));
        if (path.ptr == NULL)
            return GG_ENOMEM;
        gg_rc rc = add_path(paths, message, path, GG_MESSAGE_ELEMENTS, arena);
        if (rc != GG_OK)
            return rc;
    }
    return GG_OK;
}

static gg_rc field_mask_to_json(const gg_message_type *type, const void *message, gg_json_writer *w)
{
    const gg_field *paths = gg_field_numbered(type, 1);
    size_t count = gg_repeated_count(paths, message);
    const gg_str *path = gg_load_pointer(gg_member_const(paths, message));
    gg_json_put(w, '"');
    for (size_t i = 0; i < count; i++) {
        char *p = gg_json_reserve(w, path[i].len + 1);
        size_t len, comma = i > 0;
        if (p == NULL)
            return GG_ENOMEM;
        if (!path_to_camel(p + comma, &len, path[i]))
            return GG_EINVAL;
        if (comma)
            p[0] = ',';
        w->len += comma + len;
    }
    gg_json_put(w, '"');
    return w->failed ? GG_ENOMEM : GG_OK;
}

/* -- all three -- */
const char *gg_well_known_expected(const gg_message_type *type)
{
    if (type->well_known == GG_WKT_FIELD_MASK)
        return "field paths in lowerCamelCase, separated by commas";
    if (type->well_known == GG_WKT_TIMESTAMP)
        return "a time such as \"2026-01-31T12:00:00Z\", in the years 1 to 9999";
    return "a duration in seconds such as \"1.5s\", of at most 315576000000s";
}

gg_rc gg_well_known_from_text(const gg_message_type *type, void *message, gg_str text, uint32_t element_limit,
    gg_arena *arena, const char **expected)
{
    int64_t seconds = 0;
    int32_t nanos = 0;
    gg_rc rc;
    *expected = gg_well_known_expected(type);
    if (type->well_known == GG_WKT_FIELD_MASK)
        return field_mask_from_json(type, message, text, element_limit, arena);
    if (type->well_known == GG_WKT_TIMESTAMP)
        rc = gg_timestamp_parse(text, &seconds, &nanos);
    else
        rc = gg_duration_parse(text, &seconds, &nanos);
    if (rc == GG_OK)
        store_time(type, message, seconds, nanos);
    return rc;
}

gg_rc gg_well_known_to_json(const gg_message_type *type, const void *message, gg_json_writer *w)
{
    return type->well_known == GG_WKT_FIELD_MASK ? field_mask_to_json(type, message, w)
                                                 : time_to_json(type, message, w);
}

/* -- Any: { string type_url = 1; bytes value = 2; } -- */
const gg_message_type *gg_any_type(gg_str url, const gg_schema *schema)
{
    size_t start = url.len;
    while (start > 0 && url.ptr[start - 1] != '/')
        start--;
    if (start == url.len)
        return NULL;
    gg_str name = gg_str_of(url.ptr + start, url.len - start);
    const gg_message_type *type = schema != NULL ? gg_schema_message(schema, name) : NULL;
    if (type == NULL)
        type = gg_wkt_message(name);
    return type != NULL && !type->map_entry ? type : NULL;
}

bool gg_any_is_url(gg_str url)
{
    return url.len > 0 && memchr(url.ptr, '/', url.len) != NULL && url.ptr[url.len - 1] != '/';
}

bool gg_any_has_value(const gg_message_type *type)
{
    return type->well_known != GG_WKT_NONE;
}
