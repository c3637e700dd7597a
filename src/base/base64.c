/* base64.c -- base64 by tables.  Spec: RFC 4648, 4 (base64) and 5 (base64url).
 *
 * The decoder is lenient where the protobuf JSON mapping is: either alphabet, padding or none, any
 * trailing bits.  Left out: line breaks inside the text (MIME); they are malformed here. */
#include "base/text.h"

static const char standard_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The value of a character, of either alphabet. */
enum { BAD = 128, NO = BAD };
// clang-format off
static const unsigned char sextet[256] = {
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, 62, NO, 62, NO, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, NO, NO, NO, NO, NO, NO,
    NO, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, NO, NO, NO, NO, 63,
    NO, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
};
// clang-format on

size_t gg_base64_encoded_len(size_t len, gg_base64_form form)
{
    size_t rest = len % 3;
    if (rest == 0)
        return len / 3 * 4;
    return len / 3 * 4 + (form == GG_BASE64_PADDED ? 4 : rest + 1);
}

size_t gg_base64_encode(char *out, gg_str bytes, gg_base64_form form)
{
    const char *const alphabet = form == GG_BASE64_URL_UNPADDED ? url_alphabet : standard_alphabet;
    const unsigned char *from = (const unsigned char *)bytes.ptr;
    char *to = out;
    size_t left = bytes.len;
    for (; left >= 3; left -= 3, from += 3, to += 4) {
        uint32_t group = (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2];
        to[0] = alphabet[group >> 18];
        to[1] = alphabet[group >> 12 & 63];
        to[2] = alphabet[group >> 6 & 63];
        to[3] = alphabet[group & 63];
    }
    if (left != 0) {
        uint32_t group = (uint32_t)from[0] << 16 | (left == 2 ? (uint32_t)from[1] << 8 : 0);
        *to++ = alphabet[group >> 18];
        *to++ = alphabet[group >> 12 & 63];
        if (left == 2)
            *to++ = alphabet[group >> 6 & 63];
        for (size_t i = left; form == GG_BASE64_PADDED && i < 3; i++)
            *to++ = '=';
    }
    return (size_t)(to - out);
}

gg_rc gg_base64_decode(char *out, size_t *out_len, gg_str text)
{
    if (text.len != 0 && text.len % 4 == 0) /* padded, or nothing to pad */
        for (int i = 0; i < 2 && text.ptr[text.len - 1] == '='; i++)
            text.len--;
    const unsigned char *from = (const unsigned char *)text.ptr;
    unsigned char *to = (unsigned char *)out;
    size_t left = text.len;
    unsigned bad = left % 4 == 1 ? BAD : 0;
    for (; left >= 4; left -= 4, from += 4, to += 3) {
        unsigned a = sextet[from[0]], b = sextet[from[1]], c = sextet[from[2]], d = sextet[from[3]];
        bad |= a | b | c | d;
        uint32_t group = a << 18 | b << 12 | c << 6 | d;
        to[0] = (unsigned char)(group >> 16);
        to[1] = (unsigned char)(group >> 8);
        to[2] = (unsigned char)group;
    }
    if (left >= 2) {
        unsigned a = sextet[from[0]], b = sextet[from[1]], c = left == 3 ? sextet[from[2]] : 0;
        bad |= a | b | c;
        *to++ = (unsigned char)(a << 2 | b >> 4);
        if (left == 3)
            *to++ = (unsigned char)(b << 4 | c >> 2);
    }
    if (bad & BAD)
        return GG_EPROTO;
    *out_len = (size_t)(to - (unsigned char *)out);
    return GG_OK;
}
