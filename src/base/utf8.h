/* utf8.h -- one character of UTF-8, for loops that check it on the way.  Spec: RFC 3629, 4. */
#ifndef GG_SRC_BASE_UTF8_H
#define GG_SRC_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

static inline bool gg_utf8_is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* Bytes of the character of two to four bytes that starts at p; 0 if none does, or if `end` cuts it. */
static inline size_t gg_utf8_sequence_len(const char *p, const char *end)
{
    unsigned char lead = (unsigned char)p[0];
    if (lead < 0xc2 || lead > 0xf4 || end - p < 2 || !gg_utf8_is_continuation(p[1]))
        return 0;
    if (lead < 0xe0)
        return 2;
    unsigned char second = (unsigned char)p[1];
    if (end - p < 3 || !gg_utf8_is_continuation(p[2]))
        return 0;
    if (lead < 0xf0) {
        bool overlong = lead == 0xe0 && second < 0xa0;
        bool surrogate = lead == 0xed && second > 0x9f;
        return overlong || surrogate ? 0 : 3;
    }
    if (end - p < 4 || !gg_utf8_is_continuation(p[3]))
        return 0;
    bool overlong = lead == 0xf0 && second < 0x90;
    bool above_10ffff = lead == 0xf4 && second > 0x8f;
    return overlong || above_10ffff ? 0 : 4;
}

#endif
