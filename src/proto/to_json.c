/* to_json.c -- a struct into JSON, by its table.
 *
 * Members stand in declaration order under their JSON names.  Unless told to leave them out, members
 * without a value are printed as grpc-gateway prints them: zero, "", [], {}, the name of the enum's zero,
 * null for a message; unset members of a oneof and unset optional fields are never printed.
 *
 * One C call per nested message, at most GG_MESSAGE_DEPTH_OUT.  The text goes straight into the writer's
 * span: a member's name, colon and comma are one reservation, a number with its quotes another.
 * Spec: protobuf.dev, "ProtoJSON Format". */
#include "base/text.h"
#include "proto/member.h"
#include "proto/well_known.h"

typedef struct json_printer {
    gg_json_writer *w;
    gg_codec_options options;
    gg_rc rc; /* of the first value that has no JSON */
} json_printer;

static void give_up(json_printer *p, gg_rc rc)
{
    if (p->rc == GG_OK)
        p->rc = rc;
}

static inline char *reserve(gg_json_writer *w, size_t n)
{
    return w->cap - w->len >= n ? w->data + w->len : gg_json_reserve(w, n);
}

/* -- text -- */
/* Copies the text and says whether it stands in JSON as it is. */
static inline bool copy_plain(char *out, gg_str text)
{
    bool plain = true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        out[i] = c;
        plain &= (uint8_t)c >= 0x20 && c != '"' && c != '\\';
    }
    return plain;
}

/* A name of the schema, quoted, with one byte before it (0: none) and one after. */
static void put_name(gg_json_writer *w, char before, gg_str name, char after)
{
    char *start = reserve(w, name.len + 4), *p = start;
    if (p == NULL)
        return;
    if (before != 0)
        *p++ = before;
    *p++ = '"';
    bool plain = copy_plain(p, name);
    p += name.len;
    *p++ = '"';
    if (after != 0)
        *p++ = after;
    if (plain) {
        w->len += (size_t)(p - start);
        return;
    }
    if (before != 0) /* a json_name of the author's own making */
        gg_json_put(w, before);
    gg_json_write_string(w, name);
    if (after != 0)
        gg_json_put(w, after);
}

static void put_literal(gg_json_writer *w, const char *text, size_t len)
{
    char *p = reserve(w, len);
    if (p == NULL)
        return;
    memcpy(p, text, len);
    w->len += len;
}
#define PUT(w, literal) put_literal((w), (literal), sizeof(literal) - 1)

/* -- scalars -- */
/* A whole number; 64-bit ones and map keys are quoted. */
static void put_integer(gg_json_writer *w, bool is_signed, uint64_t bits, bool quoted)
{
    char *p = reserve(w, GG_I64_TEXT_LEN + 2);
    if (p == NULL)
        return;
    *p = '"';
    size_t len = is_signed ? gg_i64_print(p + quoted, (int64_t)bits) : gg_u64_print(p + quoted, bits);
    if (quoted) {
        p[len + 1] = '"';
        len += 2;
    }
    w->len += len;
}

static void put_enum(json_printer *p, const gg_field *field, int32_t number)
{
    const gg_enum_value *value = gg_enum_by_number(field->enum_type, number);
    if (gg_str_eq(field->enum_type->name, GG_STR("google.protobuf.NullValue")))
        PUT(p->w, "null");
    else if (value == NULL || p->options.enums_as_numbers)
        put_integer(p->w, true, (uint64_t)(int64_t)number, false);
    else
        put_name(p->w, 0, value->name, 0);
}

static void put_double(gg_json_writer *w, const void *place)
{
    double value;
    memcpy(&value, place, sizeof value);
    gg_json_write_double(w, value);
}

static void put_float(gg_json_writer *w, const void *place)
{
    float value;
    memcpy(&value, place, sizeof value);
    gg_json_write_float(w, value);
}

/* One value that is no message. */
static void put_scalar(json_printer *p, const gg_field *field, const void *place)
{
    gg_json_writer *w = p->w;
    switch ((gg_field_type)field->type) {
    case GG_TYPE_DOUBLE:
        put_double(w, place);
        break;
    case GG_TYPE_FLOAT:
        put_float(w, place);
        break;
    case GG_TYPE_INT64:
    case GG_TYPE_SFIXED64:
    case GG_TYPE_SINT64:
        put_integer(w, true, (uint64_t)gg_load_i64(place), !p->options.int64_as_numbers);
        break;
    case GG_TYPE_UINT64:
    case GG_TYPE_FIXED64:
        put_integer(w, false, (uint64_t)gg_load_i64(place), !p->options.int64_as_numbers);
        break;
    case GG_TYPE_INT32:
    case GG_TYPE_SFIXED32:
    case GG_TYPE_SINT32:
        put_integer(w, true, (uint64_t)(int64_t)gg_load_i32(place), false);
        break;
    case GG_TYPE_UINT32:
    case GG_TYPE_FIXED32:
        put_integer(w, false, (uint32_t)gg_load_i32(place), false);
        break;
    case GG_TYPE_BOOL:
        if (gg_load_bool(place))
            PUT(w, "true");
        else
            PUT(w, "false");
        break;
    case GG_TYPE_STRING:
        gg_json_write_string(w, gg_load_str(place));
        break;
    case GG_TYPE_BYTES:
        gg_json_write_base64(w, gg_load_str(place));
        break;
    case GG_TYPE_ENUM:
        put_enum(p, field, gg_load_i32(place));
        break;
    case GG_TYPE_GROUP:
    case GG_TYPE_MESSAGE:
        break;
    }
}

static void put_map_key(json_printer *p, const gg_field *key, const void *place)
{
    if (key->type == GG_TYPE_STRING)
        gg_json_write_string(p->w, gg_load_str(place));
    else if (key->type == GG_TYPE_BOOL)
        put_name(p->w, 0, gg_load_bool(place) ? GG_STR("true") : GG_STR("false"), 0);
    else if (gg_scalar_size[key->type] == 8)
        put_integer(p->w, key->type != GG_TYPE_UINT64 && key->type != GG_TYPE_FIXED64, (uint64_t)gg_load_i64(place),
            true);
    else if (key->type == GG_TYPE_UINT32 || key->type == GG_TYPE_FIXED32)
        put_integer(p->w, false, (uint32_t)gg_load_i32(place), true);
    else
        put_integer(p->w, true, (uint64_t)(int64_t)gg_load_i32(place), true);
}

/* -- lists and maps -- */
static void put_message(json_printer *p, const gg_message_type *type, const void *message, unsigned depth);

/* One value; of a message, place is the struct itself. */
static inline void put_value(json_printer *p, const gg_field *field, const void *place, unsigned depth)
{
    if (gg_field_is_message(field))
        put_message(p, field->message, place, depth + 1);
    else
        put_scalar(p, field, place);
}

static void put_list(json_printer *p, const gg_field *field, const void *message, unsigned depth)
{
    size_t count = gg_repeated_count(field, message), size = gg_element_size(field);
    const char *element = gg_load_pointer(gg_member_const(field, message));
    gg_json_put(p->w, '[');
    for (size_t i = 0; i < count && p->rc == GG_OK; i++, element += size) {
        if (i > 0)
            gg_json_put(p->w, ',');
        put_value(p, field, element, depth);
    }
    gg_json_put(p->w, ']');
}

static void put_map(json_printer *p, const gg_field *field, const void *message, unsigned depth)
{
    const gg_field *key = &field->message->fields[0], *value = &field->message->fields[1];
    size_t count = gg_repeated_count(field, message), size = field->message->size;
    const char *entry = gg_load_pointer(gg_member_const(field, message));
    gg_json_put(p->w, '{');
    for (size_t i = 0; i < count && p->rc == GG_OK; i++, entry += size) {
        if (i > 0)
            gg_json_put(p->w, ',');
        put_map_key(p, key, gg_member_const(key, entry));
        gg_json_put(p->w, ':');
        const void *place = gg_member_const(value, entry);
        if (gg_field_is_message(value)) {
            place = gg_load_pointer(place);
            if (place == NULL && (place = gg_message_new(value->message, p->w->arena)) == NULL)
                give_up(p, GG_ENOMEM);
        }
        if (place != NULL)
            put_value(p, value, place, depth);
    }
    gg_json_put(p->w, '}');
}

/* The value of a member that has one, or of an implicit one that has none. */
static void put_member(json_printer *p, const gg_field *field, const void *message, unsigned depth)
{
    const void *place = gg_member_const(field, message);
    if (field->rule == GG_FIELD_MAP)
        put_map(p, field, message, depth);
    else if (field->rule == GG_FIELD_REPEATED)
        put_list(p, field, message, depth);
    else if (!gg_field_is_message(field))
        put_scalar(p, field, place);
    else if ((place = gg_load_pointer(place)) != NULL)
        put_message(p, field->message, place, depth + 1);
    else
        PUT(p->w, "null");
}

/* -- messages -- */
static bool is_printed(const json_printer *p, const gg_field *field, const void *message)
{
    if (!p->options.omit_unset && (field->rule == GG_FIELD_IMPLICIT || gg_field_is_repeated(field)))
        return true;
    bool prints_null = !p->options.omit_unset && field->rule == GG_FIELD_EXPLICIT && gg_field_is_message(field) &&
        !(field->flags & GG_FIELD_OPTIONAL);
    return prints_null || gg_field_is_set(field, message);
}

static void put_members(json_printer *p, const gg_message_type *type, const void *message, unsigned depth)
{
    char before = '{';
    for (size_t i = 0; i < type->field_count && p->rc == GG_OK; i++) {
        const gg_field *field = &type->fields[i];
        if (!is_printed(p, field, message))
            continue;
        put_name(p->w, before, p->options.proto_names ? field->name : field->json_name, ':');
        put_member(p, field, message, depth);
        before = ',';
    }
    if (before == '{')
        gg_json_put(p->w, '{');
    gg_json_put(p->w, '}');
}

/* The value inside, found by the member that is set; JSON has no NaN here (struct.proto). */
static void put_any_json(json_printer *p, const gg_message_type *type, const void *message, unsigned depth)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const gg_field *field = &type->fields[i];
        if (!gg_field_is_set(field, message))
            continue;
        double value = 0;
        if (field->type == GG_TYPE_DOUBLE)
            memcpy(&value, gg_member_const(field, message), sizeof value);
        if (value - value != 0)
            give_up(p, GG_EINVAL);
        put_member(p, field, message, depth);
        return;
    }
    PUT(p->w, "null");
}

static void put_any(json_printer *p, const gg_message_type *type, const void *message)
{
    gg_str url = gg_load_str(gg_member_const(gg_field_numbered(type, 1), message));
    gg_str value = gg_load_str(gg_member_const(gg_field_numbered(type, 2), message));
    gg_json_put(p->w, '{');
    if (url.len > 0 || value.len > 0) {
        PUT(p->w, "\"@type\":");
        gg_json_write_string(p->w, url);
        PUT(p->w, ",\"value\":");
        gg_json_write_base64(p->w, value);
    }
    gg_json_put(p->w, '}');
}

static void put_text(json_printer *p, const gg_message_type *type, const void *message)
{
    gg_rc rc = gg_well_known_to_json(type, message, p->w);
    if (rc != GG_OK)
        give_up(p, rc);
}

static void put_message(json_printer *p, const gg_message_type *type, const void *message, unsigned depth)
{
    if (depth > GG_MESSAGE_DEPTH_OUT) {
        give_up(p, GG_ETOOBIG);
        return;
    }
    switch ((gg_well_known)type->well_known) {
    case GG_WKT_NONE:
    case GG_WKT_EMPTY:
        put_members(p, type, message, depth);
        break;
    case GG_WKT_TIMESTAMP:
    case GG_WKT_DURATION:
    case GG_WKT_FIELD_MASK:
        put_text(p, type, message);
        break;
    case GG_WKT_WRAPPER:
    case GG_WKT_STRUCT:
    case GG_WKT_LIST_VALUE:
        put_member(p, &type->fields[0], message, depth);
        break;
    case GG_WKT_VALUE:
        put_any_json(p, type, message, depth);
        break;
    case GG_WKT_ANY:
        put_any(p, type, message);
        break;
    }
}

/* -- the two ways in -- */
static json_printer printer_for(const gg_codec_options *options, gg_json_writer *w)
{
    return (json_printer){ .w = w, .options = gg_codec_options_of(options), .rc = GG_OK };
}

static gg_rc finish(const json_printer *p)
{
    return p->rc == GG_OK && p->w->failed ? GG_ENOMEM : p->rc;
}

gg_rc gg_message_print(const gg_message_type *type, const void *message, const gg_codec_options *options,
    gg_json_writer *w, gg_decode_error *error)
{
    json_printer p = printer_for(options, w);
    (void)error;
    put_message(&p, type, message, 1);
    return finish(&p);
}

gg_rc gg_field_print(const gg_field *field, const void *message, const gg_codec_options *options, gg_json_writer *w,
    gg_decode_error *error)
{
    static const union {
        gg_str text;
        uint64_t number;
    } zero = { { NULL, 0 } };
    json_printer p = printer_for(options, w);
    (void)error;
    if (gg_field_is_repeated(field) || gg_field_is_set(field, message))
        put_member(&p, field, message, 1);
    else if (gg_field_is_message(field))
        PUT(w, "null");
    else
        put_scalar(&p, field, &zero);
    return finish(&p);
}
