/* from_wire.c -- serialized bytes into a struct, by its table.
 *
 * As every protobuf parser: the last value of a singular field wins, sub-messages merge, a oneof keeps
 * its last member, packed and unpacked lists are both read, and what the table does not know goes among the
 * unknown fields: unknown numbers, known ones of another wire type, unknown numbers of closed enums.
 *
 * One C call per nested message, at most the depth limit.  Every function takes the position and gives
 * the next one, or NULL when the error is set: positions stay in registers.
 * Left out: proto2 `required` is not enforced.
 * Spec: protobuf.dev, "Encoding". */
#include "base/text.h"
#include "proto/decode_error.h"
#include "proto/wire_number.h"

typedef struct wire_reader {
    const char *begin; /* of the whole input */
    gg_arena *arena;
    gg_decode_error *error; /* may be NULL */
    uint32_t depth_limit, element_limit;
    gg_map_place *merged; /* maps of messages that came in pieces */
    size_t merged_count, merged_cap;
    gg_rc rc;
} wire_reader;

/* A message that is being read, inside the one that `up` reads. */
typedef struct wire_level {
    const struct wire_level *up;
    const gg_message_type *type;
    void *message;
    const gg_field *field; /* the one read now, NULL if not known */
    const char *tag;       /* of that field */
    uint32_t depth;        /* messages around it, itself included */
    bool is_new;           /* this is the first piece of the message */
} wire_level;

/* -- errors -- */
static gg_str path_to(const wire_reader *r, const wire_level *level)
{
    const wire_level *chain[3 * GG_MESSAGE_DEPTH_MAX + 2]; /* a Value and a map entry between any two messages */
    size_t count = 0;
    for (; level != NULL; level = level->up)
        chain[count++] = level;
    gg_json_writer path;
    gg_json_writer_init(&path, r->arena, 64);
    while (count-- > 0) {
        const gg_field *field = chain[count]->field;
        if (field == NULL)
            break;
        gg_path_field(&path, field->name);
        size_t elements = gg_field_is_repeated(field) ? gg_repeated_count(field, chain[count]->message) : 0;
        if (elements > 0 && count > 0)
            gg_path_index(&path, elements - 1);
    }
    return gg_path_text(&path);
}

static const char *fail(wire_reader *r, const wire_level *level, const char *at, gg_rc rc, gg_str expected,
    gg_str found)
{
    r->rc = rc;
    if (r->error != NULL)
        *r->error = (gg_decode_error){ .path = path_to(r, level),
            .expected = expected,
            .found = found,
            .offset = (size_t)(at - r->begin) };
    return NULL;
}

static const char *fail_cut(wire_reader *r, const wire_level *level, const char *at)
{
    return fail(r, level, at, GG_EPROTO, GG_STR("a whole value"), GG_STR("one that is cut short or malformed"));
}

static const char *fail_memory(wire_reader *r, const wire_level *level, const char *at)
{
    return fail(r, level, at, GG_ENOMEM, GG_STR(GG_MEMORY_EXPECTED), (gg_str){ 0 });
}

/* A repeated field could not grow. */
static const char *fail_grow(wire_reader *r, const wire_level *level, const char *at, gg_rc rc)
{
    if (rc == GG_ETOOBIG)
        return fail(r, level, at, rc, gg_arena_printf(r->arena, "at most %u elements", (unsigned)r->element_limit),
            (gg_str){ 0 });
    return fail_memory(r, level, at);
}

/* -- single values -- */
/* Whether the number is none of the closed enum's. */
static bool is_unknown_enum(const gg_field *field, uint64_t value)
{
    return (field->flags & GG_FIELD_CLOSED) && field->enum_type != NULL &&
        gg_enum_by_number(field->enum_type, (int32_t)(uint32_t)value) == NULL;
}

/* Where the next value of the field goes: the member itself, or one more element. */
static void *place_of(wire_reader *r, const wire_level *here, const char *at)
{
    void *place = gg_member(here->field, here->message);
    if (gg_field_is_repeated(here->field)) {
        gg_rc rc = gg_repeated_add(here->field, here->message, r->element_limit, r->arena, &place);
        if (rc != GG_OK) {
            fail_grow(r, here, at, rc);
            return NULL;
        }
        return place;
    }
    gg_field_mark(here->field, here->message);
    return place;
}

/* Keeps the bytes from `from` to `to`, whole fields, among the unknown ones.  Gives `to`. */
static const char *keep(wire_reader *r, const wire_level *here, const char *from, const char *to)
{
    gg_str bytes = gg_str_of(from, (size_t)(to - from));
    return gg_unknown_add(here->type, here->message, bytes, r->arena) ? to : fail_memory(r, here, from);
}

/* An unknown number of a packed list, as a field of its own. */
static bool keep_number(wire_reader *r, const wire_level *here, uint64_t value)
{
    char field[2 * GG_VARINT_LEN];
    size_t len = gg_wire_put_varint(field, (uint64_t)here->field->number << 3 | GG_WIRE_VARINT);
    len += gg_wire_put_varint(field + len, (uint64_t)(int64_t)(int32_t)(uint32_t)value);
    return gg_unknown_add(here->type, here->message, gg_str_of(field, len), r->arena);
}

/* -- fields -- */
static const char *read_scalar(wire_reader *r, const wire_level *here, gg_wire_type wire, const char *p,
    const char *end)
{
    uint64_t value;
    const char *next = read_number(wire, p, end, &value);
    if (next == NULL)
        return fail_cut(r, here, p);
    if (is_unknown_enum(here->field, value))
        return keep(r, here, here->tag, next);
    void *place = place_of(r, here, p);
    if (place == NULL)
        return NULL;
    store_number((gg_field_type)here->field->type, place, value);
    return next;
}

/* How many numbers a packed list holds, so that room is taken once. */
static size_t count_packed(gg_wire_type wire, const char *p, const char *end)
{
    if (wire != GG_WIRE_VARINT)
        return (size_t)(end - p) / (wire == GG_WIRE_I64 ? 8 : 4);
    size_t count = 0;
    for (; p < end; p++)
        count += (uint8_t)*p < 0x80; /* the last byte of a varint */
    return count;
}

static const char *read_packed(wire_reader *r, const wire_level *here, const char *p, const char *end)
{
    const gg_field *field = here->field;
    gg_wire_type wire = (gg_wire_type)gg_type_wire[field->type];
    size_t more = count_packed(wire, p, end);
    if (more == 0)
        return p == end ? end : fail_cut(r, here, p);
    gg_rc rc = gg_repeated_reserve(field, here->message, more, r->element_limit, r->arena);
    if (rc != GG_OK)
        return fail_grow(r, here, p, rc);
    size_t count = gg_repeated_count(field, here->message), size = gg_scalar_size[field->type];
    char *place = (char *)gg_load_pointer(gg_member(field, here->message)) + count * size;
    while (p < end) {
        uint64_t value;
        const char *next = read_number(wire, p, end, &value);
        if (next == NULL)
            return fail_cut(r, here, p);
        p = next;
        if (is_unknown_enum(field, value)) {
            if (!keep_number(r, here, value))
                return fail_memory(r, here, p);
            continue;
        }
        store_number((gg_field_type)field->type, place, value);
        place += size;
        count++;
    }
    gg_repeated_set_count(field, here->message, count);
    return p;
}

static const char *read_string(wire_reader *r, const wire_level *here, const char *p, const char *end)
{
    gg_str bytes = gg_str_of(p, (size_t)(end - p));
    if ((here->field->flags & GG_FIELD_UTF8) && !gg_utf8_valid(bytes))
        return fail(r, here, p + gg_utf8_valid_len(bytes), GG_EPROTO, GG_STR("a string of valid UTF-8"), (gg_str){ 0 });
    gg_str copy = gg_arena_dup(r->arena, bytes);
    if (copy.ptr == NULL)
        return fail_memory(r, here, p);
    void *place = place_of(r, here, p);
    if (place == NULL)
        return NULL;
    gg_store_str(place, copy);
    return end;
}

static const char *read_fields(wire_reader *r, wire_level *here, const char *p, const char *end, uint32_t group);

/* An unset message value in a map entry stands for an empty message. */
static bool fill_entry(wire_reader *r, const gg_message_type *type, void *entry)
{
    const gg_field *value = &type->fields[1];
    return !gg_field_is_message(value) || gg_submessage_make(value, entry, r->arena) != NULL;
}

/* Whether the entry just read has a value that is none: an unknown number of a closed enum. */
static bool is_unknown_entry(const gg_message_type *type, const char *p, const char *end)
{
    const gg_field *value = &type->fields[1];
    if (!(value->flags & GG_FIELD_CLOSED))
        return false;
    gg_str rest = gg_str_of(p, (size_t)(end - p));
    gg_wire_field field;
    bool dropped = false;
    while (gg_wire_next(&rest, &field) == GG_OK)
        if (field.number == value->number && field.type == GG_WIRE_VARINT)
            dropped = is_unknown_enum(value, field.value);
    return dropped;
}

/* An entry came to a map of a message that comes in pieces: the map is looked at when all have been read.  One map
 * is mostly noted once; if it is noted more often, gg_maps_unique sees that. */
static bool note_merged(wire_reader *r, const wire_level *here)
{
    const gg_map_place *last = r->merged_count > 0 ? &r->merged[r->merged_count - 1] : NULL;
    if (last != NULL && last->field == here->field && last->message == here->message)
        return true;
    if (r->merged == NULL || r->merged_count == r->merged_cap) {
        size_t cap = r->merged_cap > 0 ? 2 * r->merged_cap : 8;
        gg_map_place *merged = gg_arena_grow(r->arena, r->merged, r->merged_cap * sizeof *merged, cap * sizeof *merged);
        if (merged == NULL)
            return false;
        r->merged = merged;
        r->merged_cap = cap;
    }
    r->merged[r->merged_count++] = (gg_map_place){ here->field, here->message };
    return true;
}

/* Messages that count against the depth limit: not map entries, nor a Value, which JSON does not see either. */
static uint32_t depth_of(const gg_message_type *type)
{
    return !type->map_entry && type->well_known != GG_WKT_VALUE;
}

/* A sub-message, an element or a map entry, from p to end (or to the end tag of the group). */
static const char *read_submessage(wire_reader *r, const wire_level *here, const char *p, const char *end,
    uint32_t group)
{
    const gg_field *field = here->field;
    bool repeated = gg_field_is_repeated(field);
    wire_level below = { .up = here, .type = field->message, .depth = here->depth + depth_of(field->message) };
    if (below.depth > r->depth_limit)
        return fail(r, here, p, GG_ETOOBIG,
            gg_arena_printf(r->arena, "at most %u nested messages", (unsigned)r->depth_limit), (gg_str){ 0 });
    below.is_new = repeated || gg_submessage(field, here->message) == NULL;
    if (repeated)
        below.message = place_of(r, here, p);
    else if ((below.message = gg_submessage_make(field, here->message, r->arena)) == NULL)
        fail_memory(r, here, p);
    if (below.message == NULL)
        return NULL;
    const char *next = read_fields(r, &below, p, end, group);
    if (next == NULL || field->rule != GG_FIELD_MAP)
        return next;
    if (!here->is_new && !note_merged(r, here))
        return fail_memory(r, here, p);
    if (is_unknown_entry(field->message, p, end)) {
        gg_repeated_drop(field, here->message);
        return keep(r, here, here->tag, next);
    }
    return fill_entry(r, field->message, below.message) ? next : fail_memory(r, here, p);
}

static const char *read_unknown(wire_reader *r, const wire_level *here, uint32_t number, gg_wire_type wire,
    const char *p, const char *end)
{
    gg_str rest = gg_str_of(p, (size_t)(end - p));
    return gg_wire_skip(&rest, number, wire) == GG_OK ? keep(r, here, here->tag, rest.ptr) : fail_cut(r, here, p);
}

/* An item of a MessageSet: a group that holds an extension's number and its message, in either order. */
static const char *read_item(wire_reader *r, wire_level *here, const char *end)
{
    gg_str rest = gg_str_of(here->tag, (size_t)(end - here->tag));
    gg_wire_field item, part;
    if (gg_wire_next(&rest, &item) != GG_OK)
        return fail_cut(r, here, here->tag);
    uint64_t type_id = 0;
    gg_str message = { 0 }, parts = item.bytes;
    while (gg_wire_next(&parts, &part) == GG_OK) { /* each round takes a byte or more */
        if (part.number == GG_MESSAGE_SET_TYPE_ID && part.type == GG_WIRE_VARINT)
            type_id = part.value;
        else if (part.number == GG_MESSAGE_SET_MESSAGE && part.type == GG_WIRE_LEN)
            message = part.bytes;
    }
    here->field = type_id <= UINT32_MAX ? gg_field_by_number(here->type, (uint32_t)type_id) : NULL;
    if (here->field == NULL || !gg_field_is_message(here->field))
        return keep(r, here, here->tag, rest.ptr);
    if (message.ptr == NULL) /* none: an empty one */
        message = gg_str_of(rest.ptr, 0);
    return read_submessage(r, here, message.ptr, message.ptr + message.len, 0) != NULL ? rest.ptr : NULL;
}

/* The value of here->field, whose tag said `wire`. */
static const char *read_field(wire_reader *r, const wire_level *here, gg_wire_type wire, const char *p, const char *end)
{
    const gg_field *field = here->field;
    bool packed = wire == GG_WIRE_LEN && gg_field_is_packable(field);
    if (wire != gg_type_wire[field->type] && !packed)
        return read_unknown(r, here, field->number, wire, p, end);
    if (wire == GG_WIRE_SGROUP)
        return read_submessage(r, here, p, end, field->number);
    if (wire != GG_WIRE_LEN)
        return read_scalar(r, here, wire, p, end);
    uint64_t len;
    const char *value = read_varint(p, end, &len);
    if (value == NULL || value - p > GG_VARINT32_LEN || len > (uint64_t)(end - value))
        return fail_cut(r, here, p);
    end = value + len;
    return packed                    ? read_packed(r, here, value, end)
        : gg_field_is_message(field) ? read_submessage(r, here, value, end, 0)
                                     : read_string(r, here, value, end);
}

/* -- maps -- */
/* After the last field of a message that was read whole: entries with equal keys become one. */
static const char *finish_maps(wire_reader *r, wire_level *here, const char *end)
{
    for (uint16_t i = 0; i < here->type->field_count; i++) {
        here->field = &here->type->fields[i];
        if (here->field->rule == GG_FIELD_MAP && gg_map_unique(here->field, here->message, r->arena) != GG_OK)
            return fail_memory(r, here, end);
    }
    return end;
}

/* Every field up to end, or, in a group, to its end tag. */
static const char *read_fields(wire_reader *r, wire_level *here, const char *p, const char *end, uint32_t group)
{
    bool maps = false, closed = group == 0;
    while (p < end) {
        uint64_t tag;
        here->tag = p;
        p = read_varint(p, end, &tag);
        here->field = NULL;
        if (p == NULL || p - here->tag > GG_VARINT32_LEN || tag > UINT32_MAX || tag >> 3 == 0 ||
            (tag & 7) > GG_WIRE_I32)
            return fail(r, here, here->tag, GG_EPROTO, GG_STR("the tag of a field"),
                GG_STR("no field number or wire type"));
        uint32_t number = (uint32_t)(tag >> 3);
        gg_wire_type wire = (gg_wire_type)(tag & 7);
        if (wire == GG_WIRE_EGROUP) {
            if (number != group)
                return fail(r, here, here->tag, GG_EPROTO, GG_STR("a field"), GG_STR("the end of another group"));
            closed = true;
            break;
        }
        here->field = gg_field_numbered(here->type, number);
        if (here->field == NULL) {
            bool item = here->type->message_set && number == GG_MESSAGE_SET_ITEM && wire == GG_WIRE_SGROUP;
            p = item ? read_item(r, here, end) : read_unknown(r, here, number, wire, p, end);
        } else {
            maps |= here->field->rule == GG_FIELD_MAP;
            p = read_field(r, here, wire, p, end);
        }
        if (p == NULL)
            return NULL;
    }
    if (!closed) {
        here->field = NULL;
        return fail(r, here, p, GG_EPROTO, GG_STR("the end of the group"), GG_STR("the end of the message"));
    }
    return maps && here->is_new ? finish_maps(r, here, p) : p;
}

gg_rc gg_message_from_wire(const gg_message_type *type, void *message, gg_str wire, const gg_codec_options *options,
    gg_arena *arena, gg_decode_error *error)
{
    gg_codec_options own = gg_codec_options_of(options);
    wire_reader r = { .begin = wire.ptr,
        .arena = arena,
        .error = error,
        .depth_limit = own.depth_limit,
        .element_limit = own.element_limit,
        .rc = GG_OK };
    wire_level top = { .type = type, .message = message, .depth = 1, .is_new = true };
    if (wire.len > 0 && read_fields(&r, &top, wire.ptr, wire.ptr + wire.len, 0) != NULL &&
        gg_maps_unique(r.merged, r.merged_count, arena) != GG_OK)
        fail_memory(&r, &top, wire.ptr + wire.len);
    return r.rc;
}
