/* utf8.c -- checking and encoding UTF-8.  Spec: RFC 3629, 4 (the table of well-formed sequences). */
#include "base/text.h"

#include "base/ascii.h"

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Bytes of the well-formed character of two to four bytes that starts at p; 0 if there is none. */
static size_t sequence_len(const unsigned char *p, size_t left)
{
    unsigned char lead = p[0];
    if (lead < 0xc2 || lead > 0xf4 || left < 2 || !is_continuation(p[1]))
        return 0;
    if (lead < 0xe0)
        return 2;
    if (left < 3 || !is_continuation(p[2]))
        return 0;
    if (lead < 0xf0) {
        bool overlong = lead == 0xe0 && p[1] < 0xa0;
        bool surrogate = lead == 0xed && p[1] > 0x9f;
        return overlong || surrogate ? 0 : 3;
    }
    if (left < 4 || !is_continuation(p[3]))
        return 0;
    bool overlong = lead == 0xf0 && p[1] < 0x90;
    bool above_10ffff = lead == 0xf4 && p[1] > 0x8f;
    return overlong || above_10ffff ? 0 : 4;
}

size_t gg_utf8_valid_len(gg_str text)
{
    const char *p = text.ptr, *end = text.ptr + text.len;
    while (p < end) {
        if ((unsigned char)*p < 0x80) {
            p = gg_skip_ascii(p, end);
            continue;
        }
        size_t len = sequence_len((const unsigned char *)p, (size_t)(end - p));
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
