/* percent.c -- percent coding in paths and queries, and in grpc-message.
 *
 * Spec: RFC 3986, 2.1; RFC 6570, 1.5 for the reserved characters; gRPC PROTOCOL-HTTP2, "Status-Message".
 * Left out: UTF-8 of what comes out, which is the caller's to check. */
#include "base/text.h"

/* The value of a hex digit plus one; 0: it is none. */
static const unsigned char hex_plus_one[256] = {
    ['0'] = 1,
    ['1'] = 2,
    ['2'] = 3,
    ['3'] = 4,
    ['4'] = 5,
    ['5'] = 6,
    ['6'] = 7,
    ['7'] = 8,
    ['8'] = 9,
    ['9'] = 10,
    ['a'] = 11,
    ['b'] = 12,
    ['c'] = 13,
    ['d'] = 14,
    ['e'] = 15,
    ['f'] = 16,
    ['A'] = 11,
    ['B'] = 12,
    ['C'] = 13,
    ['D'] = 14,
    ['E'] = 15,
    ['F'] = 16,
};

/* Whether an escape that stands for this byte stays as received. */
static bool stays_escaped(unsigned char byte, gg_unescape_mode mode)
{
    switch (mode) {
    case GG_UNESCAPE_ALL:
        return false;
    case GG_UNESCAPE_ALL_EXCEPT_SLASH:
        return byte == '/';
    case GG_UNESCAPE_ALL_EXCEPT_RESERVED:
        return byte != 0 && strchr(":/?#[]@!$&'()*+,;=", byte) != NULL;
    }
    return false;
}

/* The byte that the escape at the front of text stands for; -1: there is none. */
static int escaped_byte(gg_str text)
{
    if (text.len < 3 || text.ptr[0] != '%')
        return -1;
    int high = hex_plus_one[(unsigned char)text.ptr[1]], low = hex_plus_one[(unsigned char)text.ptr[2]];
    return high == 0 || low == 0 ? -1 : (high - 1) << 4 | (low - 1);
}

gg_rc gg_percent_decode(char *out, size_t *out_len, gg_str text, gg_unescape_mode mode, bool plus_is_space)
{
    size_t to = 0;
    for (size_t from = 0; from < text.len; from++) {
        char c = text.ptr[from];
        if (c == '+' && plus_is_space)
            c = ' ';
        if (c == '%') {
            int byte = escaped_byte(gg_str_of(text.ptr + from, text.len - from));
            if (byte < 0)
                return GG_EPROTO;
            if (stays_escaped((unsigned char)byte, mode)) {
                out[to++] = c;
                out[to++] = text.ptr[++from];
                c = text.ptr[++from];
            } else {
                c = (char)byte;
                from += 2;
            }
        }
        out[to++] = c;
    }
    *out_len = to;
    return GG_OK;
}

size_t gg_grpc_message_encode(char *out, gg_str text)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t to = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte >= 0x20 && byte <= 0x7e && byte != '%') {
            out[to++] = (char)byte;
            continue;
        }
        out[to++] = '%';
        out[to++] = digits[byte >> 4];
        out[to++] = digits[byte & 15];
    }
    return to;
}

size_t gg_grpc_message_decode(char *out, gg_str text)
{
    size_t to = 0;
    for (size_t from = 0; from < text.len; from++) {
        int byte = escaped_byte(gg_str_of(text.ptr + from, text.len - from));
        out[to++] = byte >= 0 ? (char)byte : text.ptr[from];
        from += byte >= 0 ? 2 : 0;
    }
    return to;
}
