/* to_json.c -- a struct into JSON, by its table.
 *
 * Members stand in declaration order under their JSON names.  Unless told to leave them out, members
 * without a value are printed as grpc-gateway prints them: zero, "", [], {}, the name of the enum's zero,
 * null where there is presence; unset members of a oneof, optional fields of proto3 and extensions never.
 *
 * One C call per nested message, at most GG_MESSAGE_DEPTH_OUT.
 * Elsewhere: scalars (json_print.c), Timestamp and its like (well_known.c).
 * Spec: protobuf.dev, "ProtoJSON Format". */
#include "proto/decode_error.h"
#include "proto/json_printer.h"
#include "proto/member.h"
#include "proto/well_known.h"

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

static const gg_str out_of_memory = GG_STR_INIT(GG_MEMORY_EXPECTED);

static gg_str too_deep(const json_printer *p)
{
    return gg_arena_printf(p->w->arena, "at most %u nested messages", (unsigned)p->options.depth_limit);
}

/* -- lists and maps -- */
static void put_message(json_printer *p, const gg_message_type *type, const void *message, unsigned depth);

/* pretty: where the next member or element begins, or the end of its container. */
static void put_line(json_printer *p)
{
    char *out = gg_printer_room(p->w, 1 + 2 * (size_t)p->indent);
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
        gg_printer_scalar(p, field, place);
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
            gg_printer_give_up(p, GG_ENOMEM, out_of_memory);
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
        gg_printer_map_key(p, key, gg_member_const(key, entry));
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
        gg_printer_scalar(p, field, place);
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
        gg_printer_name(p->w, before, name, ':');
        return;
    }
    gg_json_put(p->w, before);
    put_line(p);
    gg_printer_name(p->w, 0, name, ':');
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
            gg_printer_give_up(p, GG_EINVAL, GG_STR("a number that is finite"));
        else if (gg_field_is_message(field)) /* Struct, ListValue: no step of the path */
            put_message(p, field->message, gg_load_pointer(gg_member_const(field, message)), depth + 1);
        else
            gg_printer_scalar(p, field, gg_member_const(field, message));
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
        gg_printer_give_up(p, GG_ENOMEM, out_of_memory);
    else if (rc != GG_OK)
        gg_printer_give_up(p, GG_EINVAL, gg_arena_printf(p->w->arena, "the bytes of a %.*s", GG_STR_ARG(type->name)));
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
    const gg_message_type *type = gg_any_type(url, p->options.schema);
    if (type == NULL && !gg_any_is_url(url)) {
        gg_printer_give_up(p, GG_EINVAL, GG_STR(GG_ANY_URL_EXPECTED));
        return;
    }
    if (p->any_depth == p->options.depth_limit) {
        gg_printer_give_up(p, GG_ETOOBIG, too_deep(p));
        return;
    }
    open_container(p, '{');
    put_separator(p, true);
    PUT(p->w, "\"@type\"");
    put_colon(p);
    gg_printer_string(p, url);
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
        gg_printer_give_up(p, rc, gg_str_from(rc == GG_EINVAL ? gg_well_known_expected(type) : out_of_memory.ptr));
}

static void put_message(json_printer *p, const gg_message_type *type, const void *message, unsigned depth)
{
    if (depth > GG_MESSAGE_DEPTH_OUT) {
        gg_printer_give_up(p, GG_ETOOBIG, too_deep(p));
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
        gg_printer_scalar(p, &type->fields[0], gg_member_const(&type->fields[0], message));
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
        gg_printer_give_up(p, GG_ENOMEM, out_of_memory);
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
        gg_printer_scalar(&p, field, &zero);
    return finish(&p, error);
}
