/* str.c -- comparing slices without regard to ASCII case, and their beginnings. */
#include "base/text.h"

static unsigned char lower(char c)
{
    unsigned char byte = (unsigned char)c;
    return byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte | 0x20) : byte;
}

bool gg_str_eq_nocase(gg_str a, gg_str b)
{
    return a.len == b.len && gg_str_starts_nocase(a, b);
}

bool gg_str_starts(gg_str s, gg_str prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

bool gg_str_starts_nocase(gg_str s, gg_str prefix)
{
    if (s.len < prefix.len)
        return false;
    for (size_t i = 0; i < prefix.len; i++)
        if (lower(s.ptr[i]) != lower(prefix.ptr[i]))
            return false;
    return true;
}
