/* from_wire.c -- serialized bytes into a struct, by its table.
 *
 * As every protobuf parser: the last value of a singular field wins, sub-messages merge, a oneof keeps
 * its last member, packed and unpacked lists are both read, and what the table does not know is passed
 * over: unknown fields, known ones of another wire type, unknown numbers of closed enums.
 *
 * One C call per nested message, at most GG_MESSAGE_DEPTH.  Every function takes the position and gives
 * the next one, or NULL when the error is set: positions stay in registers.
 * Left out: unknown fields are not kept; proto2 `required` is not enforced.
 * Spec: protobuf.dev, "Encoding". */
#include "base/text.h"
#include "proto/decode_error.h"
#include "proto/member.h"

typedef struct wire_reader {
    const char *begin; /* of the whole input */
    gg_arena *arena;
    gg_decode_error *error; /* may be NULL */
    gg_rc rc;
} wire_reader;

/* A message that is being read, inside the one that `up` reads. */
typedef struct wire_level {
    const struct wire_level *up;
    const gg_message_type *type;
    void *message;
    const gg_field *field; /* the one read now, NULL if not known */
    uint32_t depth;        /* messages around it, itself included */
} wire_level;

/* -- errors -- */
static gg_str path_to(const wire_reader *r, const wire_level *level)
{
    const wire_level *chain[2 * GG_MESSAGE_DEPTH + 2]; /* a map entry between any two messages */
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
    return fail(r, level, at, GG_ENOMEM, GG_STR("a message that fits the memory of one call"), (gg_str){ 0 });
}

/* A repeated field could not grow. */
static const char *fail_grow(wire_reader *r, const wire_level *level, const char *at, gg_rc rc)
{
    if (rc == GG_ETOOBIG)
        return fail(r, level, at, rc, GG_STR("at most 16777216 elements"), (gg_str){ 0 });
    return fail_memory(r, level, at);
}

/* -- single values -- */
static const char *read_long_varint(const char *p, const char *end, uint64_t *value)
{
    gg_str input = gg_str_of(p, (size_t)(end - p));
    return gg_wire_varint(&input, value) == GG_OK ? input.ptr : NULL;
}

/* NULL when cut or longer than 10 bytes. */
static inline const char *read_varint(const char *p, const char *end, uint64_t *value)
{
    if (p < end && (uint8_t)p[0] < 0x80) {
        *value = (uint8_t)p[0];
        return p + 1;
    }
    if (end - p > 1 && (uint8_t)p[1] < 0x80) {
        *value = ((uint64_t)(uint8_t)p[0] & 0x7f) | (uint64_t)(uint8_t)p[1] << 7;
        return p + 2;
    }
    return read_long_varint(p, end, value);
}

static inline const char *read_i32(const char *p, const char *end, uint64_t *value)
{
    if (end - p < 4)
        return NULL;
    const uint8_t *b = (const uint8_t *)p;
    *value = (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24;
    return p + 4;
}

static inline const char *read_i64(const char *p, const char *end, uint64_t *value)
{
    uint64_t low = 0, high = 0;
    if (end - p < 8)
        return NULL;
    read_i32(p, end, &low);
    read_i32(p + 4, end, &high);
    *value = low | high << 32;
    return p + 8;
}

/* The bits of a number; wire is VARINT, I64 or I32. */
static inline const char *read_number(gg_wire_type wire, const char *p, const char *end, uint64_t *value)
{
    return wire == GG_WIRE_VARINT ? read_varint(p, end, value)
        : wire == GG_WIRE_I64     ? read_i64(p, end, value)
                                  : read_i32(p, end, value);
}

/* From wire bits to memory bits. */
static inline void store_number(gg_field_type type, void *place, uint64_t value)
{
    if (type == GG_TYPE_BOOL) {
        *(char *)place = value != 0;
        return;
    }
    if (type == GG_TYPE_SINT32)
        value = (value >> 1 & 0x7fffffff) ^ (0 - (value & 1)); /* zigzag */
    else if (type == GG_TYPE_SINT64)
        value = value >> 1 ^ (0 - (value & 1));
    if (gg_scalar_size[type] == 4) {
        uint32_t bits = (uint32_t)value;
        memcpy(place, &bits, sizeof bits);
    } else {
        memcpy(place, &value, sizeof value);
    }
}

static bool is_dropped_enum(const gg_field *field, uint64_t value)
{
    return (field->flags & GG_FIELD_CLOSED) && field->enum_type != NULL &&
        gg_enum_by_number(field->enum_type, (int32_t)(uint32_t)value) == NULL;
}

/* Where the next value of the field goes: the member itself, or one more element. */
static void *place_of(wire_reader *r, const wire_level *here, const char *at)
{
    void *place = gg_member(here->field, here->message);
    if (gg_field_is_repeated(here->field)) {
        gg_rc rc = gg_repeated_add(here->field, here->message, r->arena, &place);
        if (rc != GG_OK) {
            fail_grow(r, here, at, rc);
            return NULL;
        }
        return place;
    }
    gg_field_mark(here->field, here->message);
    return place;
}

/* -- fields -- */
static const char *read_scalar(wire_reader *r, const wire_level *here, gg_wire_type wire, const char *p,
    const char *end)
{
    uint64_t value;
    const char *next = read_number(wire, p, end, &value);
    if (next == NULL)
        return fail_cut(r, here, p);
    if (is_dropped_enum(here->field, value))
        return next;
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
    gg_rc rc = gg_repeated_reserve(field, here->message, count_packed(wire, p, end), r->arena);
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
        if (is_dropped_enum(field, value))
            continue;
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
static bool is_dropped_entry(const gg_message_type *type, const char *p, const char *end)
{
    const gg_field *value = &type->fields[1];
    if (!(value->flags & GG_FIELD_CLOSED))
        return false;
    gg_str rest = gg_str_of(p, (size_t)(end - p));
    gg_wire_field field;
    bool dropped = false;
    while (gg_wire_next(&rest, &field) == GG_OK)
        if (field.number == value->number && field.type == GG_WIRE_VARINT)
            dropped = is_dropped_enum(value, field.value);
    return dropped;
}

/* A sub-message, an element or a map entry, from p to end (or to the end tag of the group). */
static const char *read_submessage(wire_reader *r, const wire_level *here, const char *p, const char *end,
    uint32_t group)
{
    const gg_field *field = here->field;
    wire_level below = { .up = here, .type = field->message, .depth = here->depth + !field->message->map_entry };
    if (below.depth > GG_MESSAGE_DEPTH)
        return fail(r, here, p, GG_ETOOBIG, GG_STR("at most 100 nested messages"), (gg_str){ 0 });
    if (gg_field_is_repeated(field))
        below.message = place_of(r, here, p);
    else if ((below.message = gg_submessage_make(field, here->message, r->arena)) == NULL)
        fail_memory(r, here, p);
    if (below.message == NULL)
        return NULL;
    const char *next = read_fields(r, &below, p, end, group);
    if (next == NULL || field->rule != GG_FIELD_MAP)
        return next;
    if (is_dropped_entry(field->message, p, end))
        gg_repeated_drop(field, here->message);
    else if (!fill_entry(r, field->message, below.message))
        return fail_memory(r, here, p);
    return next;
}

static const char *skip_field(wire_reader *r, const wire_level *here, uint32_t number, gg_wire_type wire, const char *p,
    const char *end)
{
    gg_str rest = gg_str_of(p, (size_t)(end - p));
    return gg_wire_skip(&rest, number, wire) == GG_OK ? rest.ptr : fail_cut(r, here, p);
}

/* The value of here->field, whose tag said `wire`. */
static const char *read_field(wire_reader *r, const wire_level *here, gg_wire_type wire, const char *p, const char *end)
{
    const gg_field *field = here->field;
    bool packed = wire == GG_WIRE_LEN && gg_field_is_packable(field);
    if (wire != gg_type_wire[field->type] && !packed)
        return skip_field(r, here, field->number, wire, p, end);
    if (wire == GG_WIRE_SGROUP)
        return read_submessage(r, here, p, end, field->number);
    if (wire != GG_WIRE_LEN)
        return read_scalar(r, here, wire, p, end);
    uint64_t len;
    const char *value = read_varint(p, end, &len);
    if (value == NULL || len > (uint64_t)(end - value))
        return fail_cut(r, here, p);
    end = value + len;
    return packed                    ? read_packed(r, here, value, end)
        : gg_field_is_message(field) ? read_submessage(r, here, value, end, 0)
                                     : read_string(r, here, value, end);
}

/* After the last field: entries with equal keys become one. */
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
        const char *start = p;
        p = read_varint(p, end, &tag);
        here->field = NULL;
        if (p == NULL || tag > UINT32_MAX || tag >> 3 == 0 || (tag & 7) > GG_WIRE_I32)
            return fail(r, here, start, GG_EPROTO, GG_STR("the tag of a field"),
                GG_STR("no field number or wire type"));
        uint32_t number = (uint32_t)(tag >> 3);
        gg_wire_type wire = (gg_wire_type)(tag & 7);
        if (wire == GG_WIRE_EGROUP) {
            if (number != group)
                return fail(r, here, start, GG_EPROTO, GG_STR("a field"), GG_STR("the end of another group"));
            closed = true;
            break;
        }
        here->field = gg_field_numbered(here->type, number);
        if (here->field == NULL) {
            p = skip_field(r, here, number, wire, p, end);
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
    return maps ? finish_maps(r, here, p) : p;
}

gg_rc gg_message_from_wire(const gg_message_type *type, void *message, gg_str wire, const gg_codec_options *options,
    gg_arena *arena, gg_decode_error *error)
{
    wire_reader r = { .begin = wire.ptr, .arena = arena, .error = error, .rc = GG_OK };
    (void)options;
    wire_level top = { .type = type, .message = message, .depth = 1 };
    if (wire.len > 0)
        read_fields(&r, &top, wire.ptr, wire.ptr + wire.len, 0);
    return r.rc;
}
