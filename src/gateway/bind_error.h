/* bind_error.h -- the text of a 400 about one path variable or query parameter. */
#ifndef GG_SRC_GATEWAY_BIND_ERROR_H
#define GG_SRC_GATEWAY_BIND_ERROR_H

#include "base/arena.h"
#include "base/text.h"

typedef struct gg_bad_value {
    gg_str parameter;
    gg_str text;          /* its value */
    const char *expected; /* static */
} gg_bad_value;

/* What gg_field_set_text and gg_map_set_text answered, as bind.h's functions answer it:
 *   "type mismatch, parameter: id: expected a 32-bit integer, found \"abc\""
 * GG_EPROTO and *error, or GG_ENOMEM. */
gg_rc gg_bind_error(gg_rc rc, const gg_bad_value *bad, gg_arena *arena, gg_str *error);

#endif
