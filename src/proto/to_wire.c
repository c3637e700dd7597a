/* to_wire.c -- a struct into serialized bytes, by its table.
 *
 * Written from the last byte to the first: the length of a sub-message is known when its tag comes to be
 * written, so the struct is walked once and nothing is measured beforehand.
 *
 *   begin          pos                      end
 *   |   free room  | field 7 | field 9 | ...|        grows to the left; when the room is spent, a block
 *                                                    of twice the size takes the bytes over at its end
 *
 * Fields stand in order of number, elements and entries in the struct's order, then unknown fields as they
 * came; a value equal to the default of an implicit field is not written.  Spec: protobuf.dev, "Encoding". */
#include "base/text.h"
#include "proto/member.h"

enum {
    GG_WIRE_FIRST_LEN = 512 /* bytes of the first block, and free ones before a long field */
};

typedef struct wire_writer {
    gg_arena *arena;
    char *begin, *pos, *end;
    gg_rc rc; /* of the first failure: pos then no longer moves */
} wire_writer;

static void give_up(wire_writer *w, gg_rc rc)
{
    if (w->rc == GG_OK)
        w->rc = rc;
}

/* -- room -- */
static bool grow(wire_writer *w, size_t need)
{
    size_t used = (size_t)(w->end - w->pos), cap = (size_t)(w->end - w->begin);
    if (w->rc != GG_OK)
        return false;
    if (need > GG_MESSAGE_LEN - used) {
        give_up(w, GG_ETOOBIG);
        return false;
    }
    cap = cap > 0 ? 2 * cap : GG_WIRE_FIRST_LEN;
    if (cap <
        used + need + GG_WIRE_FIRST_LEN) /* a long field finds room for its length and tag, and for a few before it */
        cap = used + need + GG_WIRE_FIRST_LEN;
    char *block = gg_arena_bytes(w->arena, cap);
    if (block == NULL) {
        give_up(w, GG_ENOMEM);
        return false;
    }
    if (used > 0)
        memcpy(block + cap - used, w->pos, used);
    w->begin = block;
    w->end = block + cap;
    w->pos = w->end - used;
    return true;
}

/* Where the n bytes before the last ones go; NULL after a failure. */
static inline char *take(wire_writer *w, size_t n)
{
    if ((size_t)(w->pos - w->begin) < n && !grow(w, n))
        return NULL;
    return w->pos -= n;
}

/* -- single values -- */
static void put_varint(wire_writer *w, uint64_t value)
{
    char *p = take(w, value < 0x80 ? 1 : gg_wire_varint_len(value));
    if (p == NULL)
        return;
    if (value < 0x80)
        *p = (char)value;
    else
        gg_wire_put_varint(p, value);
}

static void put_tag(wire_writer *w, const gg_field *field, gg_wire_type wire)
{
    put_varint(w, (uint64_t)field->number << 3 | wire);
}

static void put_fixed(wire_writer *w, uint64_t bits, size_t len)
{
    char *p = take(w, len);
    for (size_t i = 0; p != NULL && i < len; i++)
        p[i] = (char)(uint8_t)(bits >> (8 * i));
}

/* The number at place as the bits of its varint or fixed form. */
static uint64_t wire_bits(gg_field_type type, const void *place)
{
    if (type == GG_TYPE_BOOL)
        return gg_load_bool(place);
    if (gg_scalar_size[type] == 8) {
        uint64_t bits = (uint64_t)gg_load_i64(place);
        return type == GG_TYPE_SINT64 ? bits << 1 ^ (0 - (bits >> 63)) : bits; /* zigzag */
    }
    int32_t value = gg_load_i32(place);
    if (type == GG_TYPE_INT32 || type == GG_TYPE_ENUM)
        return (uint64_t)(int64_t)value; /* a negative one takes ten bytes */
    uint32_t bits = (uint32_t)value;
    return type == GG_TYPE_SINT32 ? (uint32_t)(bits << 1 ^ (0 - (bits >> 31))) : bits;
}

static void put_number(wire_writer *w, gg_field_type type, const void *place)
{
    uint64_t bits = wire_bits(type, place);
    if (gg_type_wire[type] == GG_WIRE_VARINT)
        put_varint(w, bits);
    else
        put_fixed(w, bits, gg_type_wire[type] == GG_WIRE_I64 ? 8 : 4);
}

static void put_raw(wire_writer *w, gg_str bytes)
{
    char *p = bytes.len > 0 ? take(w, bytes.len) : NULL;
    if (p != NULL)
        memcpy(p, bytes.ptr, bytes.len);
}

static void put_string(wire_writer *w, const gg_field *field, const void *place)
{
    gg_str s = gg_load_str(place);
    if ((field->flags & GG_FIELD_UTF8) && !gg_utf8_valid(s)) {
        give_up(w, GG_EINVAL);
        return;
    }
    put_raw(w, s);
    put_varint(w, s.len);
}

/* -- fields -- */
static void put_fields(wire_writer *w, const gg_message_type *type, const void *message, unsigned depth);

static void put_message(wire_writer *w, const gg_field *field, const void *message, unsigned depth)
{
    bool group = field->type == GG_TYPE_GROUP;
    if (group)
        put_tag(w, field, GG_WIRE_EGROUP);
    size_t before = (size_t)(w->end - w->pos);
    if (message != NULL)
        put_fields(w, field->message, message, depth + 1);
    if (!group)
        put_varint(w, (size_t)(w->end - w->pos) - before);
}

/* An extension of a MessageSet: a group of its number and its message. */
static void put_item(wire_writer *w, const gg_field *field, const void *message, unsigned depth)
{
    put_varint(w, GG_MESSAGE_SET_ITEM << 3 | GG_WIRE_EGROUP);
    size_t before = (size_t)(w->end - w->pos);
    put_fields(w, field->message, message, depth + 1);
    put_varint(w, (size_t)(w->end - w->pos) - before);
    put_varint(w, GG_MESSAGE_SET_MESSAGE << 3 | GG_WIRE_LEN);
    put_varint(w, field->number);
    put_varint(w, GG_MESSAGE_SET_TYPE_ID << 3 | GG_WIRE_VARINT);
    put_varint(w, GG_MESSAGE_SET_ITEM << 3 | GG_WIRE_SGROUP);
}

/* Tag and value. */
static void put_element(wire_writer *w, const gg_field *field, const void *place, unsigned depth)
{
    if (field->type == GG_TYPE_STRING || field->type == GG_TYPE_BYTES)
        put_string(w, field, place);
    else if (gg_field_is_message(field))
        put_message(w, field, place, depth);
    else
        put_number(w, (gg_field_type)field->type, place);
    put_tag(w, field, (gg_wire_type)gg_type_wire[field->type]);
}

static void put_repeated(wire_writer *w, const gg_field *field, const void *message, unsigned depth)
{
    size_t count = gg_repeated_count(field, message), size = gg_element_size(field);
    const char *data = gg_load_pointer(gg_member_const(field, message));
    if (count == 0)
        return;
    if (!(field->flags & GG_FIELD_PACKED) || !gg_field_is_packable(field)) {
        while (count-- > 0 && w->rc == GG_OK)
            put_element(w, field, data + count * size, depth);
        return;
    }
    size_t before = (size_t)(w->end - w->pos);
    while (count-- > 0 && w->rc == GG_OK)
        put_number(w, (gg_field_type)field->type, data + count * size);
    put_varint(w, (size_t)(w->end - w->pos) - before);
    put_tag(w, field, GG_WIRE_LEN);
}

static void put_field(wire_writer *w, const gg_field *field, const void *message, unsigned depth)
{
    const void *place = gg_member_const(field, message);
    if (gg_field_is_repeated(field))
        put_repeated(w, field, message, depth);
    else if (gg_field_is_set(field, message))
        put_element(w, field, gg_field_is_message(field) ? gg_load_pointer(place) : place, depth);
}

/* Both fields of a map entry are written, set or not. */
static void put_entry(wire_writer *w, const gg_message_type *type, const void *entry, unsigned depth)
{
    const gg_field *key = &type->fields[0], *value = &type->fields[1];
    const void *place = gg_member_const(value, entry);
    put_element(w, value, gg_field_is_message(value) ? gg_load_pointer(place) : place, depth);
    put_element(w, key, gg_member_const(key, entry), depth);
}

static void put_fields(wire_writer *w, const gg_message_type *type, const void *message, unsigned depth)
{
    if (depth > GG_MESSAGE_DEPTH_OUT) {
        give_up(w, GG_ETOOBIG);
        return;
    }
    if (type->map_entry) {
        put_entry(w, type, message, depth - 1);
        return;
    }
    put_raw(w, gg_unknown_fields(type, message));
    for (size_t i = type->field_count; i-- > 0 && w->rc == GG_OK;) {
        const gg_field *field = &type->fields[type->by_number[i]];
        if (type->message_set && gg_submessage(field, message) != NULL)
            put_item(w, field, gg_submessage(field, message), depth);
        else
            put_field(w, field, message, depth);
    }
}

gg_rc gg_message_to_wire(const gg_message_type *type, const void *message, gg_arena *arena, gg_str *wire)
{
    wire_writer w = { .arena = arena, .rc = GG_OK };
    put_fields(&w, type, message, 1);
    if ((size_t)(w.end - w.pos) > GG_MESSAGE_LEN)
        give_up(&w, GG_ETOOBIG);
    if (w.rc == GG_OK)
        *wire = gg_str_of(w.pos, (size_t)(w.end - w.pos));
    return w.rc;
}
