/* scalar_text.h -- numbers, booleans and bytes between their text and their memory.
 *
 * Shared by JSON values, JSON map keys, path variables and query parameters.
 * Spec: protobuf.dev, "ProtoJSON Format". */
#ifndef GG_SRC_PROTO_SCALAR_TEXT_H
#define GG_SRC_PROTO_SCALAR_TEXT_H

#include "proto/message.h"

/* A whole number, sign apart from size, so that int64 and uint64 both fit. */
typedef struct gg_integer {
    bool negative;
    uint64_t magnitude;
} gg_integer;

/* Text in JSON's number form whose value is whole: "12", "-1.0", "1e3".  GG_EPROTO if it is none, or
 * beyond 64 bits. */
gg_rc gg_integer_parse_json(gg_str text, gg_integer *value);
/* Base 10 with an optional sign, as in a path or query. */
gg_rc gg_integer_parse(gg_str text, gg_integer *value);
/* Into the memory of an integer or enum type.  GG_EPROTO when out of its range. */
gg_rc gg_integer_store(gg_field_type type, gg_integer value, void *place);

/* A double or float from JSON's number form, or by name: NaN, Infinity, -Infinity if `names`, and those in
 * any case, and inf, if also `any_case`.  GG_EPROTO. */
typedef enum { GG_FLOAT_NUMBER, GG_FLOAT_NAMES, GG_FLOAT_ANY_CASE } gg_float_form;
gg_rc gg_float_store(gg_field_type type, gg_str text, gg_float_form form, void *place);

/* Base64 of either alphabet into the arena, followed by a NUL.  GG_OK, GG_EPROTO, GG_ENOMEM. */
gg_rc gg_bytes_parse(gg_str text, gg_arena *arena, gg_str *bytes);

/* What a value of the type looks like: "an integer between 0 and 4294967295".  Static text. */
const char *gg_scalar_expected(gg_field_type type);

#endif
