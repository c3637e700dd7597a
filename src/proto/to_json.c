/* to_json.c -- a struct into JSON, by its table.
 *
 * Members stand in declaration order under their JSON names.  Unless told to leave them out, members
 * without a value are printed as grpc-gateway prints them: zero, "", [], {}, the name of the enum's zero,
 * null where there is presence; unset members of a oneof, optional fields of proto3 and extensions never.
 *
 * One C call per nested message, at most GG_MESSAGE_DEPTH_OUT.  The text goes straight into the writer's
 * span: a member's name, colon and comma are one reservation, a number with its quotes another.
 * Spec: protobuf.dev, "ProtoJSON Format". */
#include "base/ascii.h"
#include "base/text.h"
#include "proto/decode_error.h"
#include "proto/member.h"
#include "proto/well_known.h"

/* A step on the path to a value that has no JSON, noted on the way back from it. */
typedef struct path_step {
    const struct path_step *inside;
    const gg_field *field; /* NULL: an element, or an entry of a map */
    const gg_field *key;   /* of a map's entry */
    const void *entry;
    size_t index;
} path_step;

typedef struct json_printer {
    gg_json_writer *w;
    gg_codec_options options;
    unsigned indent;    /* pretty: levels */
    unsigned any_depth; /* Anys in Anys */
    gg_rc rc;           /* of the first value that has no JSON */
    gg_str expected;    /* what it should have been */
    const path_step *path;
} json_printer;

static void give_up(json_printer *p, gg_rc rc, gg_str expected)
{
    if (p->rc == GG_OK) {
        p->rc = rc;
        p->expected = expected;
    }
}

/* After a failure: where it was, seen from one level further out. */
static void note(json_printer *p, path_step step)
{
    path_step *kept = gg_arena_alloc(p->w->arena, sizeof *kept);
    if (kept == NULL)
        return;
    *kept = step;
    kept->inside = p->path;
    p->path = kept;
}

static const gg_str out_of_memory = GG_STR_INIT("a message that fits the memory of one call");

static gg_str too_deep(const json_printer *p)
{
    return gg_arena_printf(p->w->arena, "at most %u nested messages", (unsigned)p->options.depth_limit);
}

static inline char *reserve(gg_json_writer *w, size_t n)
{
    return w->cap - w->len >= n ? w->data + w->len : gg_json_reserve(w, n);
}

/* -- text -- */
/* Copies the text and says whether it stands in JSON as it is.  A word at a time, the last one overlapping. */
static inline bool copy_plain(char *out, gg_str text)
{
    const char *p = text.ptr;
    if (text.len >= 8) {
        size_t last = text.len - 8;
        uint64_t word = gg_load64(p + last);
        bool special = gg_has_special(word);
        memcpy(out + last, &word, 8);
        for (size_t i = 0; i < last; i += 8) {
            word = gg_load64(p + i);
            special |= gg_has_special(word);
            memcpy(out + i, &word, 8);
        }
        return !special;
    }
    if (text.len >= 4) {
        uint32_t first = gg_load32(p), last = gg_load32(p + text.len - 4);
        memcpy(out, &first, 4);
        memcpy(out + text.len - 4, &last, 4);
        return !gg_has_special(first | (uint64_t)last << 32);
    }
    bool special = false;
    for (size_t i = 0; i < text.len; i++) {
        out[i] = p[i];
        special |= gg_is_special(p[i]);
    }
    return !special;
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

static void put_string(json_printer *p, gg_str text)
{
    gg_json_write_string(p->w, text);
    if (p->w->replaced)
        give_up(p, GG_EINVAL, GG_STR("a string of valid UTF-8"));
}

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
        put_string(p, gg_load_str(place));
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
        put_string(p, gg_load_str(place));
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

/* pretty: where the next member or element begins, or the end of its container. */
static void put_line(json_printer *p)
{
    char *out = reserve(p->w, 1 + 2 * (size_t)p->indent);
    if (out == NULL)
        return;
    *out = '\n';
    memset(out + 1, ' ', 2 * (size_t)p->indent);
    p->w->len += 1 + 2 * (size_t)p->indent;
}

static void open_container(json_printer *p, char bracket)
{
    gg_json_put(p->w, bracket);
    p->indent++;
}

/* Before an element or entry. */
static void put_separator(json_printer *p, bool first)
{
    if (!first)
        gg_json_put(p->w, ',');
    if (p->options.pretty)
        put_line(p);
}

static void close_container(json_printer *p, bool empty, char bracket)
{
    p->indent--;
    if (p->options.pretty && !empty)
        put_line(p);
    gg_json_put(p->w, bracket);
}

static void put_colon(json_printer *p)
{
    gg_json_put(p->w, ':');
    if (p->options.pretty)
        gg_json_put(p->w, ' ');
}

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
    open_container(p, '[');
    for (size_t i = 0; i < count && p->rc == GG_OK; i++, element += size) {
        put_separator(p, i == 0);
        put_value(p, field, element, depth);
        if (p->rc != GG_OK)
            note(p, (path_step){ .index = i });
    }
    close_container(p, count == 0, ']');
}

/* The value of an entry; one that is unset is an empty message. */
static void put_entry_value(json_printer *p, const gg_field *value, const void *entry, unsigned depth)
{
    const void *place = gg_member_const(value, entry);
    if (gg_field_is_message(value)) {
        place = gg_load_pointer(place);
        if (place == NULL)
            place = gg_message_new(value->message, p->w->arena);
        if (place == NULL) {
            give_up(p, GG_ENOMEM, out_of_memory);
            return;
        }
    }
    put_value(p, value, place, depth);
}

static void put_map(json_printer *p, const gg_field *field, const void *message, unsigned depth)
{
    const gg_field *key = &field->message->fields[0], *value = &field->message->fields[1];
    size_t count = gg_repeated_count(field, message), size = field->message->size;
    const char *entry = gg_load_pointer(gg_member_const(field, message));
    open_container(p, '{');
    for (size_t i = 0; i < count && p->rc == GG_OK; i++, entry += size) {
        put_separator(p, i == 0);
        put_map_key(p, key, gg_member_const(key, entry));
        put_colon(p);
        put_entry_value(p, value, entry, depth);
        if (p->rc != GG_OK)
            note(p, (path_step){ .key = key, .entry = entry });
    }
    close_container(p, count == 0, '}');
}

/* The value of a member that has one, or of an implicit or repeated one that has none. */
static void put_member(json_printer *p, const gg_field *field, const void *message, unsigned depth)
{
    const void *place = gg_member_const(field, message);
    if (field->rule == GG_FIELD_MAP)
        put_map(p, field, message, depth);
    else if (field->rule == GG_FIELD_REPEATED)
        put_list(p, field, message, depth);
    else if (!gg_field_is_message(field))
        put_scalar(p, field, place);
    else
        put_message(p, field->message, gg_load_pointer(place), depth + 1);
    if (p->rc != GG_OK)
        note(p, (path_step){ .field = field });
}

/* -- messages -- */
typedef enum { LEFT_OUT, AS_VALUE, AS_NULL } appearance;

static inline appearance appearance_of(const json_printer *p, const gg_field *field, const void *message)
{
    bool may_be_unset = !p->options.omit_unset && !(field->flags & (GG_FIELD_OPTIONAL | GG_FIELD_EXTENSION));
    switch ((gg_field_rule)field->rule) {
    case GG_FIELD_IMPLICIT:
    case GG_FIELD_REPEATED:
    case GG_FIELD_MAP:
        return may_be_unset || gg_field_is_set(field, message) ? AS_VALUE : LEFT_OUT;
    case GG_FIELD_EXPLICIT:
        if (gg_field_is_set(field, message))
            return AS_VALUE;
        return may_be_unset ? AS_NULL : LEFT_OUT;
    case GG_FIELD_ONEOF:
        break;
    }
    return gg_field_is_set(field, message) ? AS_VALUE : LEFT_OUT;
}

static void put_member_name(json_printer *p, char before, const gg_field *field)
{
    bool proto_name = p->options.proto_names && !(field->flags & GG_FIELD_EXTENSION);
    gg_str name = proto_name ? field->name : field->json_name;
    if (!p->options.pretty) {
        put_name(p->w, before, name, ':');
        return;
    }
    gg_json_put(p->w, before);
    put_line(p);
    put_name(p->w, 0, name, ':');
    gg_json_put(p->w, ' ');
}

/* The members and the closing brace; before: '{', or ',' if the object has begun. */
static void put_members(json_printer *p, const gg_message_type *type, const void *message, unsigned depth, char before)
{
    if (before == '{')
        p->indent++;
    for (size_t i = 0; i < type->field_count && p->rc == GG_OK; i++) {
        const gg_field *field = &type->fields[i];
        appearance as = appearance_of(p, field, message);
        if (as == LEFT_OUT)
            continue;
        put_member_name(p, before, field);
        if (as == AS_NULL)
            PUT(p->w, "null");
        else
            put_member(p, field, message, depth);
        before = ',';
    }
    if (before == '{')
        gg_json_put(p->w, '{');
    close_container(p, before == '{', '}');
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
            give_up(p, GG_EINVAL, GG_STR("a number that is finite"));
        else if (gg_field_is_message(field)) /* Struct, ListValue: no step of the path */
            put_message(p, field->message, gg_load_pointer(gg_member_const(field, message)), depth + 1);
        else
            put_scalar(p, field, gg_member_const(field, message));
        return;
    }
    PUT(p->w, "null");
}

/* The message inside an Any, after its "@type". */
static void put_any_message(json_printer *p, const gg_message_type *type, gg_str wire, unsigned depth)
{
    void *message = gg_message_new(type, p->w->arena);
    gg_rc rc = message != NULL ? gg_message_from_wire(type, message, wire, &p->options, p->w->arena, NULL) : GG_ENOMEM;
    if (rc == GG_ENOMEM)
        give_up(p, GG_ENOMEM, out_of_memory);
    else if (rc != GG_OK)
        give_up(p, GG_EINVAL, gg_arena_printf(p->w->arena, "the bytes of a %.*s", GG_STR_ARG(type->name)));
    if (rc != GG_OK)
        return;
    if (!gg_any_has_value(type)) {
        put_members(p, type, message, depth + 1, ',');
        return;
    }
    put_separator(p, false);
    PUT(p->w, "\"value\"");
    put_colon(p);
    put_message(p, type, message, depth + 1);
    close_container(p, false, '}');
}

/* With its own members if the type is known, else with its bytes. */
static void put_any(json_printer *p, const gg_message_type *any, const void *message, unsigned depth)
{
    gg_str url = gg_load_str(gg_member_const(gg_field_numbered(any, 1), message));
    gg_str value = gg_load_str(gg_member_const(gg_field_numbered(any, 2), message));
    if (url.len == 0 && value.len == 0) {
        PUT(p->w, "{}");
        return;
    }
    if (p->any_depth == p->options.depth_limit) {
        give_up(p, GG_ETOOBIG, too_deep(p));
        return;
    }
    open_container(p, '{');
    put_separator(p, true);
    PUT(p->w, "\"@type\"");
    put_colon(p);
    put_string(p, url);
    const gg_message_type *type = gg_any_type(url, p->options.schema);
    p->any_depth++;
    if (type != NULL) {
        put_any_message(p, type, value, depth);
    } else {
        put_separator(p, false);
        PUT(p->w, "\"value\"");
        put_colon(p);
        gg_json_write_base64(p->w, value);
        close_container(p, false, '}');
    }
    p->any_depth--;
}

static void put_text(json_printer *p, const gg_message_type *type, const void *message)
{
    gg_rc rc = gg_well_known_to_json(type, message, p->w);
    if (rc != GG_OK)
        give_up(p, rc, gg_str_from(rc == GG_EINVAL ? gg_well_known_expected(type) : out_of_memory.ptr));
}

static void put_message(json_printer *p, const gg_message_type *type, const void *message, unsigned depth)
{
    if (depth > GG_MESSAGE_DEPTH_OUT) {
        give_up(p, GG_ETOOBIG, too_deep(p));
        return;
    }
    switch ((gg_well_known)type->well_known) {
    case GG_WKT_NONE:
    case GG_WKT_EMPTY:
        put_members(p, type, message, depth, '{');
        break;
    case GG_WKT_TIMESTAMP:
    case GG_WKT_DURATION:
    case GG_WKT_FIELD_MASK:
        put_text(p, type, message);
        break;
    case GG_WKT_WRAPPER:
        put_scalar(p, &type->fields[0], gg_member_const(&type->fields[0], message));
        break;
    case GG_WKT_STRUCT:
        put_map(p, &type->fields[0], message, depth);
        break;
    case GG_WKT_LIST_VALUE:
        put_list(p, &type->fields[0], message, depth);
        break;
    case GG_WKT_VALUE:
        put_any_json(p, type, message, depth);
        break;
    case GG_WKT_ANY:
        put_any(p, type, message, depth);
        break;
    }
}

/* -- the two ways in -- */
static json_printer printer_for(const gg_codec_options *options, gg_json_writer *w)
{
    return (json_printer){ .w = w, .options = gg_codec_options_of(options), .rc = GG_OK };
}

static gg_str path_text(const json_printer *p)
{
    gg_json_writer path;
    gg_json_writer_init(&path, p->w->arena, 64);
    for (const path_step *step = p->path; step != NULL; step = step->inside)
        if (step->field != NULL)
            gg_path_field(&path, step->field->json_name);
        else if (step->key != NULL)
            gg_path_map_key(&path, step->key, step->entry);
        else
            gg_path_index(&path, step->index);
    return gg_path_text(&path);
}

static gg_rc finish(json_printer *p, gg_decode_error *error)
{
    if (p->w->failed)
        give_up(p, GG_ENOMEM, out_of_memory);
    if (p->rc != GG_OK && error != NULL)
        *error = (gg_decode_error){ .path = path_text(p), .expected = p->expected };
    return p->rc;
}

gg_rc gg_message_print(const gg_message_type *type, const void *message, const gg_codec_options *options,
    gg_json_writer *w, gg_decode_error *error)
{
    json_printer p = printer_for(options, w);
    put_message(&p, type, message, 1);
    return finish(&p, error);
}

gg_rc gg_field_print(const gg_field *field, const void *message, const gg_codec_options *options, gg_json_writer *w,
    gg_decode_error *error)
{
    static const union {
        gg_str text;
        uint64_t number;
    } zero = { { NULL, 0 } };
    json_printer p = printer_for(options, w);
    if (gg_field_is_repeated(field) || gg_field_is_set(field, message))
        put_member(&p, field, message, 1);
    else if (gg_field_is_message(field))
        PUT(w, "null");
    else
        put_scalar(&p, field, &zero);
    return finish(&p, error);
}
