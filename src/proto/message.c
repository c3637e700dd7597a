/* message.c -- new messages, and look-ups in a type's tables (gg/schema.h).
 *
 * Look-ups are binary searches; the inner loops first look where the answer mostly is (member.h). */
#include "proto/message.h"

#include "proto/wire.h"

void *gg_message_new(const gg_message_type *type, gg_arena *arena)
{
    return gg_arena_zalloc(arena, type->size > 0 ? type->size : 1);
}

/* By length, then bytes: the order of every by_name index. */
static int compare_names(gg_str a, gg_str b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return a.len == 0 ? 0 : memcmp(a.ptr, b.ptr, a.len);
}

const gg_field *gg_field_by_number(const gg_message_type *type, uint32_t number)
{
    size_t low = 0, high = type->field_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const gg_field *field = &type->fields[type->by_number[middle]];
        if (field->number == number)
            return field;
        if (field->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const gg_field *gg_field_by_name(const gg_message_type *type, gg_str name)
{
    size_t low = 0, high = type->name_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const gg_field *field = &type->fields[type->by_name[middle] / 2];
        int order = compare_names(type->by_name[middle] & 1 ? field->json_name : field->name, name);
        if (order == 0)
            return field;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const gg_enum_value *gg_enum_by_number(const gg_enum_type *type, int32_t number)
{
    size_t low = 0, high = type->value_count;
    if (number >= 0 && (size_t)number < high) { /* numbers 0, 1, 2, ... without aliases: the place is known */
        const gg_enum_value *values = type->values;
        const uint16_t *at = &type->by_number[number];
        if (values[*at].number == number && (number == 0 || values[at[-1]].number != number))
            return &values[*at];
    }
    while (low < high) { /* the first of the aliases: the lowest place with the number */
        size_t middle = low + (high - low) / 2;
        if (type->values[type->by_number[middle]].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == type->value_count || type->values[type->by_number[low]].number != number)
        return NULL;
    return &type->values[type->by_number[low]];
}

const gg_enum_value *gg_enum_by_name(const gg_enum_type *type, gg_str name)
{
    size_t low = 0, high = type->value_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const gg_enum_value *value = &type->values[type->by_name[middle]];
        int order = compare_names(value->name, name);
        if (order == 0)
            return value;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

bool gg_method_option(const gg_method_type *method, uint32_t number, size_t index, gg_str *value)
{
    gg_str rest = method->options;
    gg_wire_field field;
    while (gg_wire_next(&rest, &field) == GG_OK) { /* each round takes a byte or more */
        if (field.number != number || index-- > 0)
            continue;
        size_t tag_len = gg_wire_varint_len((uint64_t)number << 3);
        bool inside = field.type == GG_WIRE_LEN || field.type == GG_WIRE_SGROUP;
        *value = inside ? field.bytes : gg_str_of(field.whole.ptr + tag_len, field.whole.len - tag_len);
        return true;
    }
    return false;
}
