/* ascii.h -- finds the first byte of a class, sixteen (SSE2) or eight (one word) at a time.
 *
 * Sixteen bytes are looked at only while sixteen are left: nothing is read beyond the end. */
#ifndef GG_SRC_BASE_ASCII_H
#define GG_SRC_BASE_ASCII_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define GG_EACH_BYTE(c) (0x0101010101010101u * (uint64_t)(c))
#define GG_HIGH_BITS GG_EACH_BYTE(0x80)

static inline uint64_t gg_load64(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/* The index of the byte that holds the lowest set bit of a mask of high bits, in memory order. */
static inline size_t gg_first_byte(uint64_t high_bits)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (size_t)__builtin_ctzll(high_bits) / 8;
#else
    return (size_t)__builtin_clzll(high_bits) / 8;
#endif
}

/* The first byte above 0x7f, or end. */
static inline const char *gg_skip_ascii(const char *p, const char *end)
{
#if defined(__SSE2__)
    for (; end - p >= 16; p += 16) {
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)p));
        if (mask != 0)
            return p + __builtin_ctz(mask);
    }
#endif
    for (; end - p >= 8; p += 8) {
        uint64_t high = gg_load64(p) & GG_HIGH_BITS;
        if (high != 0)
            return p + gg_first_byte(high);
    }
    while (p < end && (unsigned char)*p < 0x80)
        p++;
    return p;
}

/* The first byte that cannot stand for itself in a JSON string (RFC 8259, 7): a quote, a backslash, a
 * control character -- or one above 0x7f, which is to be checked; or end. */
static inline const char *gg_skip_plain(const char *p, const char *end)
{
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(0x20);
    for (; end - p >= 16; p += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
        /* As signed numbers, control characters and bytes above 0x7f are both below the space. */
        __m128i stop = _mm_or_si128(_mm_cmplt_epi8(bytes, space),
            _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
        unsigned mask = (unsigned)_mm_movemask_epi8(stop);
        if (mask != 0)
            return p + __builtin_ctz(mask);
    }
#endif
    for (; end - p >= 8; p += 8) {
        uint64_t word = gg_load64(p), quote_x = word ^ GG_EACH_BYTE('"'), backslash_x = word ^ GG_EACH_BYTE('\\');
        /* x - 1 borrows into the high bit where x is 0; a byte after such a one may be a false hit, so
         * only whether there is a hit is used here, and the bytes then decide. */
        uint64_t hit =
            ((quote_x - GG_EACH_BYTE(1)) | (backslash_x - GG_EACH_BYTE(1)) | (word - GG_EACH_BYTE(0x20)) | word) &
            GG_HIGH_BITS;
        if (hit != 0)
            break;
    }
    while (p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80 && *p != '"' && *p != '\\')
        p++;
    return p;
}

#endif
