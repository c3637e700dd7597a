/* double_parse.c -- JSON's number form to a double or float, correctly rounded.
 *
 * Algorithm: Daniel Lemire, "Number Parsing at a Gigabyte per Second" (2021), for the first 19 digits.
 * When these do not decide (a rare near tie, or more digits that matter), the C library decides, on a
 * bounded copy without a decimal point, so that no locale matters.
 * Spec: RFC 8259, 6. */
#include "base/text.h"

#include "base/power10.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    DIGITS_KEPT = 19,      /* as many as always fit in 64 bits */
    DIGITS_DECIDING = 800, /* no double lies between two numbers that agree in so many digits */
    EXPONENT_CAP = 1000000000
};

/* A number as written: digits * 10^exponent, and more digits after these if `cut`. */
typedef struct decimal {
    uint64_t digits;
    int64_t exponent;
    unsigned kept;      /* digits in `digits`, leading zeros not counted */
    bool negative, cut; /* cut: a digit other than 0 was left out */
    const char *first;  /* the text of integer and fraction */
    size_t len;
} decimal;

static bool is_digit(const char *p, const char *end)
{
    return p < end && *p >= '0' && *p <= '9';
}

/* Takes the digits at p; *places counts those that `d->digits` did not take. */
static const char *scan_digits(const char *p, const char *end, decimal *d, int64_t *left_out)
{
    for (; is_digit(p, end); p++) {
        unsigned digit = (unsigned)(*p - '0');
        if (d->kept < DIGITS_KEPT) {
            d->digits = d->digits * 10 + digit;
            d->kept += d->digits != 0;
        } else {
            d->cut |= digit != 0;
            ++*left_out;
        }
    }
    return p;
}

/* After the e: an optional sign and digits.  NULL if there are none. */
static const char *scan_exponent(const char *p, const char *end, decimal *d)
{
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    if (!is_digit(p, end))
        return NULL;
    int64_t value = 0;
    for (; is_digit(p, end); p++)
        value = value < EXPONENT_CAP ? value * 10 + (*p - '0') : value;
    d->exponent += negative ? -value : value;
    return p;
}

static gg_rc scan(gg_str text, decimal *d)
{
    const char *p = text.ptr, *end = text.ptr + text.len;
    *d = (decimal){ 0 };
    d->negative = p < end && *p == '-';
    p += d->negative;
    d->first = p;
    bool zero = p < end && *p == '0';
    int64_t left_out = 0;
    p = scan_digits(p, end, d, &left_out);
    if (p == d->first || (zero && p - d->first > 1))
        return GG_EPROTO;
    d->exponent = left_out;
    if (p < end && *p == '.') {
        const char *fraction = ++p;
        left_out = 0;
        p = scan_digits(p, end, d, &left_out);
        if (p == fraction)
            return GG_EPROTO;
        d->exponent -= (p - fraction) - left_out;
    }
    d->len = (size_t)(p - d->first);
    if (p < end && (*p == 'e' || *p == 'E'))
        p = scan_exponent(p + 1, end, d);
    return p == end ? GG_OK : GG_EPROTO;
}

/* What differs between double and float. */
typedef struct format {
    int bits; /* of the fraction */
    int bias;
    int infinity;         /* the biased exponent of infinity */
    int tie_min, tie_max; /* powers of ten with which a 64-bit number can lie midway between two */
} format;
static const format double_format = { .bits = 52, .bias = 1023, .infinity = 0x7ff, .tie_min = -4, .tie_max = 23 };
static const format float_format = { .bits = 23, .bias = 127, .infinity = 0xff, .tie_min = -17, .tie_max = 10 };

/* Biased exponent above the fraction, as stored without the sign. */
typedef struct rounded {
    uint64_t word;
    bool sure;
} rounded;

/* digits * 10^exponent, rounded to nearest, ties to even. */
static rounded round_decimal(uint64_t digits, int64_t exponent, const format *f)
{
    if (digits == 0 || exponent < GG_POWER10_MIN)
        return (rounded){ 0, true };
    if (exponent > 308)
        return (rounded){ (uint64_t)f->infinity << f->bits, true };
    int e = (int)exponent;
    int zeros = __builtin_clzll(digits);
    uint64_t w = digits << zeros;
    gg_power10 power = gg_power10_of(e);
    if (e < 0 && e >= -27) /* where ties are: from above, so that a whole product is not seen as just below */
        power.low++;
    gg_u128 product = (gg_u128)w * power.high;
    uint64_t below = ((uint64_t)1 << (64 - f->bits - 3)) - 1; /* bits of the high word that rounding drops */
    if (((uint64_t)(product >> 64) & below) == below)
        product += (uint64_t)((gg_u128)w * power.low >> 64);
    uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
    if (low == UINT64_MAX && (e < -27 || e > 55))
        return (rounded){ 0, false };

    int top = (int)(high >> 63);
    int shift = top + 64 - f->bits - 3;
    uint64_t significand = high >> shift; /* with one bit more than is kept */
    int biased = ((217706 * e) >> 16) + 63 + top - zeros + f->bias;
    if (biased <= 0) { /* subnormal, or so small that it is zero */
        if (biased <= -63)
            return (rounded){ 0, true };
        significand >>= 1 - biased;
        significand = (significand + (significand & 1)) >> 1;
        return (rounded){ significand, true }; /* rounded up to the hidden bit it is the smallest normal */
    }
    bool tie = low <= 1 && e >= f->tie_min && e <= f->tie_max && (significand & 3) == 1 && significand << shift == high;
    if (tie)
        significand &= ~(uint64_t)1; /* to even: down */
    significand = (significand + (significand & 1)) >> 1;
    if (significand >> (f->bits + 1) != 0) {
        significand >>= 1;
        biased++;
    }
    if (biased >= f->infinity)
        return (rounded){ (uint64_t)f->infinity << f->bits, true };
    uint64_t fraction = significand & (((uint64_t)1 << f->bits) - 1);
    return (rounded){ (uint64_t)biased << f->bits | fraction, true };
}

/* All digits that may decide, as a whole number with an exponent, for strtod. */
static void print_for_strtod(const decimal *d, char *out)
{
    size_t kept = 0;
    int64_t exponent = d->exponent; /* of the last digit that round_decimal took */
    bool cut = false;
    for (size_t i = 0; i < d->len; i++) {
        char c = d->first[i];
        if (c == '.' || (c == '0' && kept == 0))
            continue;
        if (kept < DIGITS_DECIDING)
            out[kept++] = c;
        else
            cut |= c != '0';
    }
    exponent -= (int64_t)kept - d->kept;
    if (cut) { /* anything above zero, so that it is no tie */
        out[kept++] = '1';
        exponent--;
    }
    snprintf(out + kept, 24, "e%lld", (long long)exponent);
}

static uint64_t round_by_library(const decimal *d, const format *f)
{
    char text[DIGITS_DECIDING + 1 + 24];
    print_for_strtod(d, text);
    uint64_t word = 0;
    if (f->bits == 52) {
        double value = strtod(text, NULL);
        memcpy(&word, &value, sizeof value);
    } else {
        float value = strtof(text, NULL);
        uint32_t half;
        memcpy(&half, &value, sizeof value);
        word = half;
    }
    return word;
}

/* The bits of the number, sign included. */
static gg_rc parse(gg_str text, const format *f, uint64_t *word)
{
    decimal d;
    gg_rc rc = scan(text, &d);
    if (rc != GG_OK)
        return rc;
    rounded r = round_decimal(d.digits, d.exponent, f);
    if (d.cut && r.sure) {
        rounded next = round_decimal(d.digits + 1, d.exponent, f);
        r.sure = next.sure && next.word == r.word;
    }
    if (!r.sure)
        r.word = round_by_library(&d, f);
    if (r.word >> f->bits == (uint64_t)f->infinity)
        return GG_ETOOBIG;
    uint64_t sign_bit = ((uint64_t)f->infinity + 1) << f->bits;
    *word = r.word | (d.negative ? sign_bit : 0);
    return GG_OK;
}

gg_rc gg_double_parse(gg_str text, double *value)
{
    uint64_t word;
    gg_rc rc = parse(text, &double_format, &word);
    if (rc == GG_OK)
        memcpy(value, &word, sizeof *value);
    return rc;
}

gg_rc gg_float_parse(gg_str text, float *value)
{
    uint64_t word;
    gg_rc rc = parse(text, &float_format, &word);
    if (rc != GG_OK)
        return rc;
    uint32_t half = (uint32_t)word;
    memcpy(value, &half, sizeof *value);
    return GG_OK;
}
