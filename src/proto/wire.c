/* wire.c -- the protobuf wire format, one field at a time.
 *
 *   field  = tag value            tag = varint(number << 3 | wire type)
 *   value  = varint | 8 bytes | varint(length) bytes | fields end-group-tag | 4 bytes
 *
 * Groups are passed over with a stack of their numbers, never by recursion.
 * Spec: protobuf.dev, "Encoding". */
#include "proto/wire.h"

enum { GG_WIRE_GROUP_DEPTH = 100 };

/* -- reading -- */
gg_rc gg_wire_varint(gg_str *input, uint64_t *value)
{
    uint64_t result = 0;
    for (size_t i = 0; i < GG_VARINT_LEN; i++) {
        if (i == input->len)
            return GG_NEED_MORE;
        uint8_t byte = (uint8_t)input->ptr[i];
        result |= (uint64_t)(byte & 0x7f) << (7 * i); /* of the tenth byte one bit counts */
        if (byte < 0x80) {
            *value = result;
            *input = gg_str_of(input->ptr + i + 1, input->len - i - 1);
            return GG_OK;
        }
    }
    return GG_EPROTO;
}

static gg_rc take_bytes(gg_str *input, uint64_t len, gg_str *bytes)
{
    if (len > input->len)
        return GG_EPROTO;
    *bytes = gg_str_of(input->ptr, (size_t)len);
    *input = gg_str_of(input->ptr + len, input->len - (size_t)len);
    return GG_OK;
}

static gg_rc take_fixed(gg_str *input, size_t len, uint64_t *value)
{
    gg_str bytes;
    if (take_bytes(input, len, &bytes) != GG_OK)
        return GG_EPROTO;
    *value = 0;
    for (size_t i = 0; i < len; i++)
        *value |= (uint64_t)(uint8_t)bytes.ptr[i] << (8 * i);
    return GG_OK;
}

static gg_rc take_tag(gg_str *input, uint32_t *number, gg_wire_type *type)
{
    uint64_t tag;
    const char *start = input->ptr;
    if (gg_wire_varint(input, &tag) != GG_OK || input->ptr - start > GG_VARINT32_LEN || tag > UINT32_MAX ||
        tag >> 3 == 0 || (tag & 7) > GG_WIRE_I32)
        return GG_EPROTO;
    *number = (uint32_t)(tag >> 3);
    *type = (gg_wire_type)(tag & 7);
    return GG_OK;
}

/* The value of a field that is no group. */
static gg_rc take_value(gg_str *input, gg_wire_type type, uint64_t *value, gg_str *bytes)
{
    uint64_t len;
    const char *start = input->ptr;
    switch (type) {
    case GG_WIRE_VARINT:
        return gg_wire_varint(input, value) == GG_OK ? GG_OK : GG_EPROTO;
    case GG_WIRE_I64:
        return take_fixed(input, 8, value);
    case GG_WIRE_I32:
        return take_fixed(input, 4, value);
    case GG_WIRE_LEN:
        if (gg_wire_varint(input, &len) != GG_OK || input->ptr - start > GG_VARINT32_LEN)
            return GG_EPROTO;
        return take_bytes(input, len, bytes);
    case GG_WIRE_SGROUP:
    case GG_WIRE_EGROUP:
        break;
    }
    return GG_EPROTO;
}

/* From behind a group's start tag to behind its end tag; *inside is what stands between. */
static gg_rc take_group(gg_str *input, uint32_t number, gg_str *inside)
{
    uint32_t open[GG_WIRE_GROUP_DEPTH] = { number };
    size_t depth = 1;
    const char *start = input->ptr;
    for (;;) { /* each round takes a byte or more */
        const char *tag = input->ptr;
        gg_wire_type type;
        uint64_t value;
        gg_str bytes;
        gg_rc rc = take_tag(input, &number, &type);
        if (rc != GG_OK)
            return rc;
        if (type == GG_WIRE_SGROUP) {
            if (depth == GG_WIRE_GROUP_DEPTH)
                return GG_EPROTO;
            open[depth++] = number;
        } else if (type == GG_WIRE_EGROUP) {
            if (number != open[--depth])
                return GG_EPROTO;
            if (depth == 0) {
                *inside = gg_str_of(start, (size_t)(tag - start));
                return GG_OK;
            }
        } else if ((rc = take_value(input, type, &value, &bytes)) != GG_OK) {
            return rc;
        }
    }
}

gg_rc gg_wire_skip(gg_str *input, uint32_t number, gg_wire_type type)
{
    gg_str bytes;
    uint64_t value;
    return type == GG_WIRE_SGROUP ? take_group(input, number, &bytes) : take_value(input, type, &value, &bytes);
}

gg_rc gg_wire_next(gg_str *input, gg_wire_field *field)
{
    if (input->len == 0)
        return GG_NEED_MORE;
    gg_str rest = *input;
    *field = (gg_wire_field){ 0 };
    gg_rc rc = take_tag(&rest, &field->number, &field->type);
    if (rc == GG_OK)
        rc = field->type == GG_WIRE_SGROUP ? take_group(&rest, field->number, &field->bytes)
                                           : take_value(&rest, field->type, &field->value, &field->bytes);
    if (rc != GG_OK)
        return rc;
    field->whole = gg_str_of(input->ptr, input->len - rest.len);
    *input = rest;
    return GG_OK;
}

/* -- writing -- */
size_t gg_wire_varint_len(uint64_t value)
{
    size_t len = 1;
    while (value >= 0x80) {
        value >>= 7;
        len++;
    }
    return len;
}

size_t gg_wire_put_varint(char *out, uint64_t value)
{
    size_t len = 0;
    while (value >= 0x80) {
        out[len++] = (char)(uint8_t)(value | 0x80);
        value >>= 7;
    }
    out[len++] = (char)(uint8_t)value;
    return len;
}

gg_rc gg_wire_write_varint(gg_buf *out, uint32_t number, uint64_t value)
{
    char *p = gg_buf_reserve(out, 2 * GG_VARINT_LEN);
    if (p == NULL)
        return GG_ENOMEM;
    size_t len = gg_wire_put_varint(p, (uint64_t)number << 3 | GG_WIRE_VARINT);
    len += gg_wire_put_varint(p + len, value);
    gg_buf_added(out, len);
    return GG_OK;
}

gg_rc gg_wire_write_bytes(gg_buf *out, uint32_t number, gg_str bytes)
{
    if (bytes.len > SIZE_MAX - 2 * GG_VARINT_LEN)
        return GG_ENOMEM;
    char *p = gg_buf_reserve(out, 2 * GG_VARINT_LEN + bytes.len);
    if (p == NULL)
        return GG_ENOMEM;
    size_t len = gg_wire_put_varint(p, (uint64_t)number << 3 | GG_WIRE_LEN);
    len += gg_wire_put_varint(p + len, bytes.len);
    if (bytes.len > 0)
        memcpy(p + len, bytes.ptr, bytes.len);
    gg_buf_added(out, len + bytes.len);
    return GG_OK;
}
