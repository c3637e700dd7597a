/* utf8.c -- checking and encoding UTF-8.  Spec: RFC 3629, 4 (the table of well-formed sequences). */
#include "base/text.h"

#include "base/ascii.h"
#include "base/utf8.h"

size_t gg_utf8_valid_len(gg_str text)
{
    if (text.len == 0)
        return 0;
    const char *p = text.ptr, *end = text.ptr + text.len;
    while (p < end) {
        if ((unsigned char)*p < 0x80) {
            p = gg_skip_ascii(p, end);
            continue;
        }
        size_t len = gg_utf8_sequence_len(p, end);
        if (len == 0)
            break;
        p += len;
    }
    return (size_t)(p - text.ptr);
}

bool gg_utf8_valid(gg_str text)
{
    return gg_utf8_valid_len(text) == text.len;
}

size_t gg_utf8_encode(char *out, uint32_t scalar)
{
    if (scalar < 0x80) {
        out[0] = (char)scalar;
        return 1;
    }
    if (scalar < 0x800) {
        out[0] = (char)(0xc0 | scalar >> 6);
        out[1] = (char)(0x80 | (scalar & 0x3f));
        return 2;
    }
    if (scalar < 0x10000) {
        out[0] = (char)(0xe0 | scalar >> 12);
        out[1] = (char)(0x80 | (scalar >> 6 & 0x3f));
        out[2] = (char)(0x80 | (scalar & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | scalar >> 18);
    out[1] = (char)(0x80 | (scalar >> 12 & 0x3f));
    out[2] = (char)(0x80 | (scalar >> 6 & 0x3f));
    out[3] = (char)(0x80 | (scalar & 0x3f));
    return 4;
}
