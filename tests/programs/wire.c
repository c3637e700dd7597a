/* wire.c -- varints and length-delimited fields, by hand.  Spec: protobuf.dev, "Encoding". */
#include "test_server.h"

size_t wire_put_varint(char *out, uint64_t value)
{
    size_t len = 0;
    for (; value >= 0x80; value >>= 7)
        out[len++] = (char)(value | 0x80);
    out[len++] = (char)value;
    return len;
}

size_t wire_put(char *out, unsigned number, gg_str bytes)
{
    out[0] = (char)(number << 3 | 2);
    size_t len = 1 + wire_put_varint(out + 1, bytes.len);
    if (bytes.len != 0)
        memcpy(out + len, bytes.ptr, bytes.len);
    return len + bytes.len;
}

static bool take_varint(gg_str *wire, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64 && wire->len > 0; shift += 7) {
        unsigned char byte = (unsigned char)*wire->ptr;
        *wire = gg_str_of(wire->ptr + 1, wire->len - 1);
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

bool wire_next(gg_str *wire, unsigned *number, uint64_t *varint, gg_str *bytes)
{
    uint64_t tag, value;
    if (!take_varint(wire, &tag) || !take_varint(wire, &value))
        return false;
    *number = (unsigned)(tag >> 3);
    *varint = value;
    *bytes = gg_str_of(NULL, 0);
    if ((tag & 7) != 2)
        return (tag & 7) == 0;
    if (value > wire->len)
        return false;
    *bytes = gg_str_of(wire->ptr, (size_t)value);
    *wire = gg_str_of(wire->ptr + value, wire->len - (size_t)value);
    return true;
}
