/* wire_number.h -- numbers off the wire, for the inner loops of from_wire.c: positions in, positions out. */
#ifndef GG_SRC_PROTO_WIRE_NUMBER_H
#define GG_SRC_PROTO_WIRE_NUMBER_H

#include "proto/member.h"

static inline const char *read_long_varint(const char *p, const char *end, uint64_t *value)
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

#endif
