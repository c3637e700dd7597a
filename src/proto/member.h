/* member.h -- where a field's value stands in a struct, whether it is set, and how to set or add one.
 *
 * The layout rules are in gg/schema.h.  A repeated member is a pointer and a count; how much room the
 * pointer has follows from the count (gg_repeated_cap), so nothing else need be stored.
 * Pointers to messages are moved by memcpy: the struct declares them as M *, this code as void *.
 * Elsewhere: the codecs (from_wire.c, to_wire.c, from_json.c, to_json.c, field_text.c). */
#ifndef GG_SRC_PROTO_MEMBER_H
#define GG_SRC_PROTO_MEMBER_H

#include "base/arena.h"
#include "proto/message.h"
#include "proto/wire.h"

enum {
    GG_REPEATED_MIN = 4, /* elements of room that the first one brings */
    GG_UNKNOWN_MIN = 32, /* bytes of room that the first unknown field brings */
    /* written levels: two messages for each that was counted when it was read (Value in ListValue) */
    GG_MESSAGE_DEPTH_OUT = 2 * GG_MESSAGE_DEPTH_MAX + 2
};

/* message MessageSet { repeated group Item = 1 { required int32 type_id = 2; required bytes message = 3; } } */
enum { GG_MESSAGE_SET_ITEM = 1, GG_MESSAGE_SET_TYPE_ID = 2, GG_MESSAGE_SET_MESSAGE = 3 };

/* Bytes in memory of one value, by gg_field_type; of a message, the pointer. */
extern const uint8_t gg_scalar_size[GG_TYPE_SINT64 + 1];
/* How one value of the type stands on the wire (gg_wire_type), by gg_field_type. */
extern const uint8_t gg_type_wire[GG_TYPE_SINT64 + 1];

static inline bool gg_field_is_message(const gg_field *field)
{
    return field->message != NULL;
}

static inline bool gg_field_is_repeated(const gg_field *field)
{
    return field->rule == GG_FIELD_REPEATED || field->rule == GG_FIELD_MAP;
}

/* Repeated, and of a type that may be packed. */
static inline bool gg_field_is_packable(const gg_field *field)
{
    return field->rule == GG_FIELD_REPEATED && gg_type_wire[field->type] != GG_WIRE_LEN &&
        gg_type_wire[field->type] != GG_WIRE_SGROUP;
}

/* -- members -- */
static inline void *gg_member(const gg_field *field, void *message)
{
    return (char *)message + field->offset;
}

static inline const void *gg_member_const(const gg_field *field, const void *message)
{
    return (const char *)message + field->offset;
}

static inline void *gg_load_pointer(const void *place)
{
    void *pointer;
    memcpy(&pointer, place, sizeof pointer);
    return pointer;
}

static inline void gg_store_pointer(void *place, void *pointer)
{
    memcpy(place, &pointer, sizeof pointer);
}

static inline gg_str gg_load_str(const void *place)
{
    gg_str s;
    memcpy(&s, place, sizeof s);
    return s;
}

static inline void gg_store_str(void *place, gg_str s)
{
    memcpy(place, &s, sizeof s);
}

static inline int32_t gg_load_i32(const void *place)
{
    int32_t value;
    memcpy(&value, place, sizeof value);
    return value;
}

static inline int64_t gg_load_i64(const void *place)
{
    int64_t value;
    memcpy(&value, place, sizeof value);
    return value;
}

static inline bool gg_load_bool(const void *place)
{
    return *(const unsigned char *)place != 0;
}

/* Of a field whose rule is ONEOF: the number of the member that is set, 0 if none. */
static inline int32_t gg_oneof_case(const gg_field *field, const void *message)
{
    return gg_load_i32((const char *)message + field->presence);
}

/* -- presence -- */
/* Whether a scalar's bytes are all zero; a string's, whether it is empty. */
static inline bool gg_scalar_is_zero(const gg_field *field, const void *place)
{
    switch (gg_scalar_size[field->type]) {
    case 1:
        return *(const unsigned char *)place == 0;
    case 4:
        return gg_load_i32(place) == 0;
    case 8:
        return gg_load_i64(place) == 0;
    default:
        return gg_load_str(place).len == 0;
    }
}

/* Says that a singular member has a value: sets the flag or the oneof's case. */
static inline void gg_field_mark(const gg_field *field, void *message)
{
    if (field->rule == GG_FIELD_ONEOF) {
        int32_t number = (int32_t)field->number;
        memcpy((char *)message + field->presence, &number, sizeof number);
    } else if (field->rule == GG_FIELD_EXPLICIT && !gg_field_is_message(field) && field->presence != 0) {
        *((char *)message + field->presence) = 1;
    }
}

/* -- sub-messages -- */
/* The message that a singular field points to, NULL if it is not set. */
static inline void *gg_submessage(const gg_field *field, const void *message)
{
    if (field->rule == GG_FIELD_ONEOF && gg_oneof_case(field, message) != (int32_t)field->number)
        return NULL;
    return gg_load_pointer(gg_member_const(field, message));
}

/* The same; made, and the field marked, if it was not set.  NULL when memory is out. */
void *gg_submessage_make(const gg_field *field, void *message, gg_arena *arena);

/* -- repeated -- */
static inline size_t gg_repeated_count(const gg_field *field, const void *message)
{
    size_t count;
    memcpy(&count, (const char *)message + field->presence, sizeof count);
    return count;
}

static inline void gg_repeated_set_count(const gg_field *field, void *message, size_t count)
{
    memcpy((char *)message + field->presence, &count, sizeof count);
}

/* Bytes of one element: of a message, the whole struct. */
static inline size_t gg_element_size(const gg_field *field)
{
    return gg_field_is_message(field) ? field->message->size : gg_scalar_size[field->type];
}

/* Elements that fit where `count` stand: 0, then powers of two from GG_REPEATED_MIN. */
size_t gg_repeated_cap(size_t count);
/* Room for `more` elements after the last.  GG_OK, GG_ETOOBIG (more than `limit`, which is at most
 * GG_MESSAGE_ELEMENTS), GG_ENOMEM. */
gg_rc gg_repeated_reserve(const gg_field *field, void *message, size_t more, uint32_t limit, gg_arena *arena);
/* One more element, zeroed; *element points at it until the next one is added.  Errors as above. */
gg_rc gg_repeated_add(const gg_field *field, void *message, uint32_t limit, gg_arena *arena, void **element);
/* Takes the last element away again. */
static inline void gg_repeated_drop(const gg_field *field, void *message)
{
    gg_repeated_set_count(field, message, gg_repeated_count(field, message) - 1);
}

/* Of map entries with equal keys keeps the last, in the place of the first.  GG_OK, GG_ENOMEM. */
gg_rc gg_map_unique(const gg_field *field, void *message, gg_arena *arena);
/* A map field of one struct; the same for each of them, which may be listed more than once and are sorted. */
typedef struct gg_map_place {
    const gg_field *field;
    void *message;
} gg_map_place;
gg_rc gg_maps_unique(gg_map_place *maps, size_t count, gg_arena *arena);
/* The order of two entries' keys: below, at or above 0. */
int gg_map_key_compare(const gg_field *key, const void *a, const void *b);

/* -- unknown fields -- */
/* Adds serialized fields behind those that there are, where the type keeps any.  False when memory is out. */
bool gg_unknown_add(const gg_message_type *type, void *message, gg_str fields, gg_arena *arena);
static inline gg_str gg_unknown_fields(const gg_message_type *type, const void *message)
{
    return type->unknown != 0 ? gg_load_str((const char *)message + type->unknown) : gg_str_of(NULL, 0);
}

/* -- presence of any field -- */
static inline bool gg_field_is_set(const gg_field *field, const void *message)
{
    switch ((gg_field_rule)field->rule) {
    case GG_FIELD_IMPLICIT:
        return !gg_scalar_is_zero(field, gg_member_const(field, message));
    case GG_FIELD_EXPLICIT:
        return gg_field_is_message(field) ? gg_load_pointer(gg_member_const(field, message)) != NULL
                                          : gg_load_bool((const char *)message + field->presence);
    case GG_FIELD_ONEOF:
        return gg_oneof_case(field, message) == (int32_t)field->number;
    case GG_FIELD_REPEATED:
    case GG_FIELD_MAP:
        return gg_repeated_count(field, message) > 0;
    }
    return false;
}

/* gg_field_by_number for the inner loops: at once if the type's numbers are 1, 2, 3, ... */
static inline const gg_field *gg_field_numbered(const gg_message_type *type, uint32_t number)
{
    if (number - 1 < type->field_count) { /* number 0 wraps */
        const gg_field *field = &type->fields[type->by_number[number - 1]];
        if (field->number == number)
            return field;
    }
    return gg_field_by_number(type, number);
}

#endif
