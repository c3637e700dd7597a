/* wire_text.h -- bytes of a test written as hex digits: "08 96 01". */
#ifndef GG_TESTS_WIRE_TEXT_H
#define GG_TESTS_WIRE_TEXT_H

#include "gg/base.h"

enum { WIRE_TEXT_MAX = 512 }; /* bytes of one row */

/* The bytes, in out. */
gg_str wire_from_hex(const char *hex, char out[WIRE_TEXT_MAX]);
/* Hex digits of the bytes, NUL-terminated, in out; cut to what fits. */
const char *wire_to_hex(gg_str bytes, char out[3 * WIRE_TEXT_MAX + 1]);

#endif
