/* integer.c -- printing and parsing whole numbers, base 10. */
#include "base/text.h"

static const char two_digits[] = "0001020304050607080910111213141516171819"
                                 "2021222324252627282930313233343536373839"
                                 "4041424344454647484950515253545556575859"
                                 "6061626364656667686970717273747576777879"
                                 "8081828384858687888990919293949596979899";

/* Digits of the value: log10 from log2, put right by one comparison. */
static size_t digit_count(uint64_t value)
{
    static const uint64_t powers[] = { 0, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
        10000000000, 100000000000, 1000000000000, 10000000000000, 100000000000000, 1000000000000000, 10000000000000000,
        100000000000000000, 1000000000000000000, 10000000000000000000u };
    unsigned bits = 64 - (unsigned)__builtin_clzll(value | 1);
    unsigned log10 = bits * 1233 >> 12; /* 1233 / 4096 is just above log10(2) */
    return log10 + (value >= powers[log10]);
}

size_t gg_u64_print(char *out, uint64_t value)
{
    size_t len = digit_count(value);
    char *p = out + len;
    for (; value >= 100; value /= 100) {
        p -= 2;
        memcpy(p, two_digits + value % 100 * 2, 2);
    }
    if (value >= 10) {
        p -= 2;
        memcpy(p, two_digits + value * 2, 2);
    } else {
        *--p = (char)('0' + value);
    }
    return len;
}

size_t gg_i64_print(char *out, int64_t value)
{
    if (value >= 0)
        return gg_u64_print(out, (uint64_t)value);
    *out = '-';
    return 1 + gg_u64_print(out + 1, 0 - (uint64_t)value);
}

/* Digits alone, at least one. */
static gg_rc parse_digits(const char *p, const char *end, uint64_t *value)
{
    if (p == end)
        return GG_EPROTO;
    uint64_t sum = 0;
    bool overflow = false;
    for (; p < end; p++) {
        unsigned digit = (unsigned char)*p - (unsigned)'0';
        if (digit > 9)
            return GG_EPROTO;
        overflow |= __builtin_mul_overflow(sum, 10, &sum);
        overflow |= __builtin_add_overflow(sum, digit, &sum);
    }
    *value = sum;
    return overflow ? GG_ETOOBIG : GG_OK;
}

gg_rc gg_u64_parse(gg_str text, uint64_t *value)
{
    bool negative = text.len != 0 && text.ptr[0] == '-';
    size_t sign_len = negative || (text.len != 0 && text.ptr[0] == '+');
    uint64_t magnitude = 0;
    gg_rc rc = parse_digits(text.ptr + sign_len, text.ptr + text.len, &magnitude);
    if (rc != GG_OK)
        return rc;
    if (negative && magnitude != 0)
        return GG_ETOOBIG;
    *value = magnitude;
    return GG_OK;
}

gg_rc gg_i64_parse(gg_str text, int64_t *value)
{
    bool negative = text.len != 0 && text.ptr[0] == '-';
    size_t sign_len = negative || (text.len != 0 && text.ptr[0] == '+');
    uint64_t magnitude = 0;
    gg_rc rc = parse_digits(text.ptr + sign_len, text.ptr + text.len, &magnitude);
    if (rc != GG_OK)
        return rc;
    if (magnitude > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return GG_ETOOBIG;
    *value = (int64_t)(negative ? 0 - magnitude : magnitude);
    return GG_OK;
}
