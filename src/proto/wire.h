/* wire.h -- the protobuf wire format, one field at a time (protobuf.dev, "Encoding").
 *
 * Reader and writer of single fields, for code that knows its message by heart (descriptors, options,
 * reflection).  Whole messages by tables: message.h.  No allocation. */
#ifndef GG_SRC_PROTO_WIRE_H
#define GG_SRC_PROTO_WIRE_H

#include "base/buf.h"

typedef enum {
    GG_WIRE_VARINT = 0,
    GG_WIRE_I64 = 1,
    GG_WIRE_LEN = 2,
    GG_WIRE_SGROUP = 3,
    GG_WIRE_EGROUP = 4,
    GG_WIRE_I32 = 5
} gg_wire_type;

typedef struct gg_wire_field {
    uint32_t number;
    gg_wire_type type;
    uint64_t value; /* VARINT, I64, I32 */
    gg_str bytes;   /* LEN: a view into the input; SGROUP: what is inside the group */
    gg_str whole;   /* tag and value as they stand */
} gg_wire_field;

/* Takes the next field off *input.  GG_OK; GG_NEED_MORE when *input is empty; GG_EPROTO when it is cut
 * or malformed (field number 0, wire type 6 or 7, unmatched groups, groups deeper than 100). */
gg_rc gg_wire_next(gg_str *input, gg_wire_field *field);
/* One varint off the front; GG_NEED_MORE when cut, GG_EPROTO when longer than 10 bytes. */
gg_rc gg_wire_varint(gg_str *input, uint64_t *value);
/* Passes over the value of a field whose tag was read (a group: to behind its end tag).  GG_OK, GG_EPROTO. */
gg_rc gg_wire_skip(gg_str *input, uint32_t number, gg_wire_type type);

enum {
    GG_VARINT_LEN = 10,
    GG_VARINT32_LEN = 5 /* of tags and lengths, which are 32 bits wide: more bytes are malformed */
};
size_t gg_wire_put_varint(char *out, uint64_t value); /* at most GG_VARINT_LEN bytes */
size_t gg_wire_varint_len(uint64_t value);
gg_rc gg_wire_write_varint(gg_buf *out, uint32_t number, uint64_t value);
gg_rc gg_wire_write_bytes(gg_buf *out, uint32_t number, gg_str bytes);

#endif
