/* wire_text.c -- bytes of a test written as hex digits (wire_text.h). */
#include "wire_text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

gg_str wire_from_hex(const char *hex, char out[WIRE_TEXT_MAX])
{
    size_t len = 0;
    for (const char *p = hex; *p != '\0'; p++) {
        if (*p == ' ')
            continue;
        char digits[3] = { p[0], p[1], '\0' };
        assert(p[1] != '\0' && len < WIRE_TEXT_MAX);
        out[len++] = (char)strtoul(digits, NULL, 16);
        p++;
    }
    return gg_str_of(out, len);
}

const char *wire_to_hex(gg_str bytes, char out[3 * WIRE_TEXT_MAX + 1])
{
    out[0] = '\0';
    for (size_t i = 0; i < bytes.len && i < WIRE_TEXT_MAX; i++)
        snprintf(out + (i > 0 ? 3 * i - 1 : 0), 4, i > 0 ? " %02x" : "%02x", (uint8_t)bytes.ptr[i]);
    return out;
}
