/* double_print.c -- the shortest decimal that reads back as the same double or float.
 *
 * Algorithm: Raffaello Giulietti, "The Schubfach way to render doubles" (2021).  Of the decimals inside
 * the interval that rounds to the value, it takes the shortest, and of those the closest.
 * Text form: as JavaScript and protobuf's JSON write it, plain from 1e-6 to below 1e21, else 1.5e+21.
 * No use of the locale.  Left out: NaN and the infinities, which JSON numbers cannot express. */
#include "base/text.h"

#include "base/power10.h"

/* value = digits * 10^exponent */
typedef struct decimal {
    uint64_t digits;
    int exponent;
} decimal;

/* floor(log2(10^e)) for |e| <= 1233; floor(log10(2^e)) and floor(log10(3/4 * 2^e)) for |e| <= 1500.
 * (Arithmetic shift: what every compiler we build with does.) */
static int floor_log2_pow10(int e)
{
    return (e * 1741647) >> 19;
}
static int floor_log10_pow2(int e)
{
    return (e * 1262611) >> 22;
}
static int floor_log10_three_quarters_pow2(int e)
{
    return (e * 1262611 - 524031) >> 22;
}

/* g * factor / 2^128, rounded to odd: the lowest bit says whether anything was cut off. */
static uint64_t multiply_round_to_odd(gg_power10 g, uint64_t factor)
{
    gg_u128 low = (gg_u128)g.low * factor;
    gg_u128 sum = (gg_u128)g.high * factor + (uint64_t)(low >> 64);
    return (uint64_t)(sum >> 64) | ((uint64_t)sum > 1);
}

/* The shortest decimal of significand * 2^exponent.  lower_is_closer: the value is a power of two, whose
 * lower neighbour is half as far away as the upper one. */
static decimal shortest(uint64_t significand, int exponent, bool lower_is_closer)
{
    bool even = significand % 2 == 0; /* the ends of the interval round to an even significand */
    int k = lower_is_closer ? floor_log10_three_quarters_pow2(exponent) : floor_log10_pow2(exponent);
    int shift = exponent + floor_log2_pow10(-k) + 1;
    gg_power10 g = gg_power10_of(-k); /* the algorithm wants it rounded up */
    if (-k < 0 || -k > GG_POWER10_EXACT_MAX) {
        g.low++;
        g.high += g.low == 0;
    }
    /* Value and ends of the interval, in units of 10^k / 4. */
    uint64_t lower = multiply_round_to_odd(g, (4 * significand - 2 + lower_is_closer) << shift) + !even;
    uint64_t value = multiply_round_to_odd(g, 4 * significand << shift);
    uint64_t upper = multiply_round_to_odd(g, (4 * significand + 2) << shift) - !even;
    uint64_t s = value / 4;
    if (s >= 10) { /* one digit less? */
        uint64_t tens = s / 10;
        bool down = lower <= 40 * tens, up = 40 * tens + 40 <= upper;
        if (down != up)
            return (decimal){ tens + up, k + 1 };
    }
    bool down = lower <= 4 * s, up = 4 * s + 4 <= upper;
    if (down != up)
        return (decimal){ s + up, k };
    uint64_t middle = 4 * s + 2;
    return (decimal){ s + (value > middle || (value == middle && s % 2 != 0)), k };
}

static decimal without_trailing_zeros(decimal d)
{
    static const struct {
        uint32_t power;
        int zeros;
    } steps[] = { { 100000000, 8 }, { 100000000, 8 }, { 10000, 4 }, { 100, 2 }, { 10, 1 } };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (d.digits % steps[i].power == 0) {
            d.digits /= steps[i].power;
            d.exponent += steps[i].zeros;
        }
    return d;
}

static char *put(char *to, const char *from, size_t len)
{
    memcpy(to, from, len);
    return to + len;
}

static char *put_zeros(char *to, int count)
{
    memset(to, '0', (size_t)count);
    return to + count;
}

static char *print_decimal(char *to, decimal d)
{
    d = without_trailing_zeros(d);
    char digits[GG_I64_TEXT_LEN];
    int len = (int)gg_u64_print(digits, d.digits);
    int point = len + d.exponent; /* where the decimal point goes in the digits; 0: before the first */
    if (point > 21 || point < -5) {
        *to++ = digits[0];
        if (len > 1) {
            *to++ = '.';
            to = put(to, digits + 1, (size_t)len - 1);
        }
        *to++ = 'e';
        *to++ = point > 0 ? '+' : '-';
        return to + gg_u64_print(to, (uint64_t)(point > 0 ? point - 1 : 1 - point));
    }
    if (point <= 0) {
        to = put(to, "0.", 2);
        to = put_zeros(to, -point);
        return put(to, digits, (size_t)len);
    }
    if (point >= len) {
        to = put(to, digits, (size_t)len);
        return put_zeros(to, point - len);
    }
    to = put(to, digits, (size_t)point);
    *to++ = '.';
    return put(to, digits + point, (size_t)(len - point));
}

/* fraction and biased exponent as stored; `bits` is the length of the fraction. */
static char *print_parts(char *to, bool negative, uint64_t fraction, int biased, int bits, int bias)
{
    if (negative)
        *to++ = '-';
    if (biased == 0 && fraction == 0) {
        *to++ = '0';
        return to;
    }
    uint64_t hidden = (uint64_t)1 << bits;
    uint64_t significand = biased != 0 ? hidden | fraction : fraction;
    int exponent = (biased != 0 ? biased : 1) - bias - bits;
    if (exponent <= 0 && exponent >= -bits && (significand & (((uint64_t)1 << -exponent) - 1)) == 0)
        return to + gg_u64_print(to, significand >> -exponent); /* a whole number below 2^(bits + 1) */
    return print_decimal(to, shortest(significand, exponent, fraction == 0 && biased > 1));
}

size_t gg_double_print(char *out, double value)
{
    uint64_t word;
    memcpy(&word, &value, sizeof word);
    uint64_t fraction = word & (((uint64_t)1 << 52) - 1);
    return (size_t)(print_parts(out, word >> 63 != 0, fraction, (int)(word >> 52 & 0x7ff), 52, 1023) - out);
}

size_t gg_float_print(char *out, float value)
{
    uint32_t word;
    memcpy(&word, &value, sizeof word);
    uint32_t fraction = word & (((uint32_t)1 << 23) - 1);
    return (size_t)(print_parts(out, word >> 31 != 0, fraction, (int)(word >> 23 & 0xff), 23, 127) - out);
}
