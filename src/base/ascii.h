/* ascii.h -- finds the first byte of a class, sixteen (SSE2) or eight (one word) at a time.
 *
 * Sixteen bytes are looked at only while sixteen are left: nothing is read beyond the end. */
#ifndef GG_SRC_BASE_ASCII_H
#define GG_SRC_BASE_ASCII_H

#include <stdbool.h>
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

static inline uint32_t gg_load32(const char *p)
{
    uint32_t word;
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

/* Special: what cannot stand for itself in a JSON string (RFC 8259, 7), which is a quote, a backslash and
 * the control characters; and bytes above 0x7f, which are to be checked. */
static inline bool gg_is_special(char c)
{
    return (unsigned char)(c - 0x20) >= 0x60 || c == '"' || c == '\\';
}

/* Whether one of eight bytes is special.  x - 1 borrows into the high bit of a byte where x is 0, and
 * never does when there is none, so the answer is exact (which byte it is, is not). */
static inline bool gg_has_special(uint64_t word)
{
    uint64_t quote = word ^ GG_EACH_BYTE('"'), backslash = word ^ GG_EACH_BYTE('\\');
    return ((quote - GG_EACH_BYTE(1)) | (backslash - GG_EACH_BYTE(1)) | (word - GG_EACH_BYTE(0x20)) | word) &
        GG_HIGH_BITS;
}

#if defined(__SSE2__)
/* One bit for each of sixteen bytes: it is special.  As signed numbers, control characters and bytes
 * above 0x7f are both below the space. */
static inline unsigned gg_special_mask(__m128i bytes)
{
    __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
    __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(quote, backslash)));
}
#endif

/* The first special byte, or end. */
static inline const char *gg_skip_plain(const char *p, const char *end)
{
#if defined(__SSE2__)
    for (; end - p >= 16; p += 16) {
        unsigned mask = gg_special_mask(_mm_loadu_si128((const __m128i *)(const void *)p));
        if (mask != 0)
            return p + __builtin_ctz(mask);
    }
#endif
    while (end - p >= 8 && !gg_has_special(gg_load64(p)))
        p += 8;
    while (p < end && !gg_is_special(*p))
        p++;
    return p;
}

/* The first byte that is no white space of JSON (RFC 8259, 2), or end. */
static inline const char *gg_skip_space(const char *p, const char *end)
{
    if (p < end && (unsigned char)*p > ' ')
        return p;
#if defined(__SSE2__)
    const __m128i space = _mm_set1_epi8(' '), tab = _mm_set1_epi8('\t');
    const __m128i newline = _mm_set1_epi8('\n'), carriage_return = _mm_set1_epi8('\r');
    for (; end - p >= 16; p += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i blank = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, space), _mm_cmpeq_epi8(bytes, newline)),
            _mm_or_si128(_mm_cmpeq_epi8(bytes, carriage_return), _mm_cmpeq_epi8(bytes, tab)));
        unsigned mask = ~(unsigned)_mm_movemask_epi8(blank) & 0xffff;
        if (mask != 0)
            return p + __builtin_ctz(mask);
    }
#endif
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        p++;
    return p;
}

#endif
