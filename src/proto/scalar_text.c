/* scalar_text.c -- numbers, booleans and bytes between their text and their memory (scalar_text.h). */
#include "proto/scalar_text.h"

#include "base/text.h"

#include <math.h>

/* -- whole numbers -- */
enum {
    GG_FAST_DIGITS = 19,         /* digits that cannot overflow 64 bits */
    GG_EXPONENT_MAX = 1000000000 /* beyond it a number is zero or too big anyway */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A decimal number as it is read: value = mantissa * 10^zeros * 10^-places * 10^exponent. */
typedef struct decimal {
    uint64_t mantissa; /* without its trailing zeros */
    int64_t zeros, places, exponent;
    bool overflow;
} decimal;

static void decimal_scale(decimal *d, int64_t power)
{
    for (; power > 0 && d->mantissa > 0 && !d->overflow; power--) { /* at most 20 rounds, then it overflows */
        d->overflow = d->mantissa > UINT64_MAX / 10;
        d->mantissa *= 10;
    }
}

static void decimal_digit(decimal *d, char c)
{
    if (c == '0') {
        d->zeros += d->mantissa > 0;
        return;
    }
    decimal_scale(d, d->zeros + 1);
    uint64_t digit = (uint64_t)(c - '0');
    d->overflow |= d->mantissa > UINT64_MAX - digit;
    d->mantissa += digit;
    d->zeros = 0;
}

/* "e-12" at p, to the end; false if it is not that. */
static bool decimal_exponent(decimal *d, const char *p, const char *end)
{
    if (p == end)
        return true;
    if (*p != 'e' && *p != 'E')
        return false;
    bool negative = ++p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    if (p == end)
        return false;
    for (; p < end && is_digit(*p); p++)
        if (d->exponent < GG_EXPONENT_MAX)
            d->exponent = d->exponent * 10 + (*p - '0');
    if (negative)
        d->exponent = -d->exponent;
    return p == end;
}

/* The long way: a fraction, an exponent, or very many digits.  p is behind the sign. */
static gg_rc parse_decimal(const char *p, const char *end, uint64_t *magnitude)
{
    decimal d = { 0 };
    if (p == end || !is_digit(*p) || (*p == '0' && p + 1 < end && is_digit(p[1])))
        return GG_EPROTO;
    for (; p < end && is_digit(*p); p++)
        decimal_digit(&d, *p);
    if (p < end && *p == '.') {
        const char *first = ++p;
        for (; p < end && is_digit(*p); p++)
            decimal_digit(&d, *p);
        d.places = p - first;
        if (d.places == 0)
            return GG_EPROTO;
    }
    if (!decimal_exponent(&d, p, end))
        return GG_EPROTO;
    int64_t power = d.mantissa == 0 ? 0 : d.exponent - d.places + d.zeros;
    if (power < 0)
        return GG_EPROTO; /* not whole */
    decimal_scale(&d, power);
    *magnitude = d.mantissa;
    return d.overflow ? GG_EPROTO : GG_OK;
}

gg_rc gg_integer_parse_json(gg_str text, gg_integer *value)
{
    const char *p = text.ptr, *end = p + text.len;
    value->negative = text.len > 0 && *p == '-';
    p += value->negative;
    const char *digits = p;
    uint64_t magnitude = 0;
    while (p < end && is_digit(*p))
        magnitude = magnitude * 10 + (uint64_t)(*p++ - '0');
    if (p < end || p == digits || p - digits > GG_FAST_DIGITS || (*digits == '0' && p - digits > 1))
        return parse_decimal(digits, end, &value->magnitude);
    value->magnitude = magnitude;
    return GG_OK;
}

gg_rc gg_integer_parse(gg_str text, gg_integer *value)
{
    int64_t number;
    if (gg_u64_parse(text, &value->magnitude) == GG_OK) {
        value->negative = false;
        return GG_OK;
    }
    if (gg_i64_parse(text, &number) != GG_OK)
        return GG_EPROTO;
    *value = (gg_integer){ number < 0, number < 0 ? 0 - (uint64_t)number : (uint64_t)number };
    return GG_OK;
}

/* The largest magnitude, above and below zero, by type. */
static gg_rc check_range(gg_integer value, uint64_t above, uint64_t below)
{
    return value.magnitude <= (value.negative ? below : above) ? GG_OK : GG_EPROTO;
}

gg_rc gg_integer_store(gg_field_type type, gg_integer value, void *place)
{
    uint64_t bits = value.negative ? 0 - value.magnitude : value.magnitude;
    uint32_t low = (uint32_t)bits;
    gg_rc rc;
    switch (type) {
    case GG_TYPE_INT32:
    case GG_TYPE_SINT32:
    case GG_TYPE_SFIXED32:
    case GG_TYPE_ENUM:
        rc = check_range(value, INT32_MAX, (uint64_t)INT32_MAX + 1);
        break;
    case GG_TYPE_UINT32:
    case GG_TYPE_FIXED32:
        rc = check_range(value, UINT32_MAX, 0);
        break;
    case GG_TYPE_INT64:
    case GG_TYPE_SINT64:
    case GG_TYPE_SFIXED64:
        rc = check_range(value, INT64_MAX, (uint64_t)INT64_MAX + 1);
        if (rc == GG_OK)
            memcpy(place, &bits, sizeof bits);
        return rc;
    case GG_TYPE_UINT64:
    case GG_TYPE_FIXED64:
        rc = check_range(value, UINT64_MAX, 0);
        if (rc == GG_OK)
            memcpy(place, &bits, sizeof bits);
        return rc;
    case GG_TYPE_DOUBLE:
    case GG_TYPE_FLOAT:
    case GG_TYPE_BOOL:
    case GG_TYPE_STRING:
    case GG_TYPE_BYTES:
    case GG_TYPE_GROUP:
    case GG_TYPE_MESSAGE:
    default:
        return GG_EPROTO;
    }
    if (rc == GG_OK)
        memcpy(place, &low, sizeof low);
    return rc;
}

/* -- floating point -- */
static gg_rc parse_name(gg_str text, gg_float_form form, double *value)
{
    static const struct {
        gg_str name;
        bool json; /* else in a path or query alone */
        double value;
    } names[] = {
        { GG_STR_INIT("NaN"), true, NAN },
        { GG_STR_INIT("Infinity"), true, INFINITY },
        { GG_STR_INIT("-Infinity"), true, -INFINITY },
        { GG_STR_INIT("+Infinity"), false, INFINITY },
        { GG_STR_INIT("Inf"), false, INFINITY },
        { GG_STR_INIT("+Inf"), false, INFINITY },
        { GG_STR_INIT("-Inf"), false, -INFINITY },
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        bool same = form == GG_FLOAT_ANY_CASE ? gg_str_eq_nocase(text, names[i].name)
                                              : names[i].json && gg_str_eq(text, names[i].name);
        if (same) {
            *value = names[i].value;
            return GG_OK;
        }
    }
    return GG_EPROTO;
}

/* Each type is parsed as itself: a double made narrower would be rounded twice. */
gg_rc gg_float_store(gg_field_type type, gg_str text, gg_float_form form, void *place)
{
    double value;
    float narrow;
    bool named = form != GG_FLOAT_NUMBER && parse_name(text, form, &value) == GG_OK;
    if (type == GG_TYPE_FLOAT) {
        if (named)
            narrow = (float)value;
        else if (gg_float_parse(text, &narrow) != GG_OK)
            return GG_EPROTO;
        memcpy(place, &narrow, sizeof narrow);
        return GG_OK;
    }
    if (!named && gg_double_parse(text, &value) != GG_OK)
        return GG_EPROTO;
    memcpy(place, &value, sizeof value);
    return GG_OK;
}

/* -- bytes -- */
gg_rc gg_bytes_parse(gg_str text, gg_arena *arena, gg_str *bytes)
{
    char *out = gg_arena_bytes(arena, text.len / 4 * 3 + 3);
    size_t len;
    if (out == NULL)
        return GG_ENOMEM;
    if (gg_base64_decode(out, &len, text) != GG_OK)
        return GG_EPROTO;
    out[len] = '\0';
    *bytes = gg_str_of(out, len);
    return GG_OK;
}

/* -- words -- */
const char *gg_scalar_expected(gg_field_type type)
{
    static const char *const expected[GG_TYPE_SINT64 + 1] = {
        [GG_TYPE_DOUBLE] = "a number, \"NaN\", \"Infinity\" or \"-Infinity\"",
        [GG_TYPE_FLOAT] = "a number of at most 3.4028235e+38, \"NaN\", \"Infinity\" or \"-Infinity\"",
        [GG_TYPE_INT64] = "an integer between -9223372036854775808 and 9223372036854775807",
        [GG_TYPE_SINT64] = "an integer between -9223372036854775808 and 9223372036854775807",
        [GG_TYPE_SFIXED64] = "an integer between -9223372036854775808 and 9223372036854775807",
        [GG_TYPE_UINT64] = "an integer between 0 and 18446744073709551615",
        [GG_TYPE_FIXED64] = "an integer between 0 and 18446744073709551615",
        [GG_TYPE_INT32] = "an integer between -2147483648 and 2147483647",
        [GG_TYPE_SINT32] = "an integer between -2147483648 and 2147483647",
        [GG_TYPE_SFIXED32] = "an integer between -2147483648 and 2147483647",
        [GG_TYPE_UINT32] = "an integer between 0 and 4294967295",
        [GG_TYPE_FIXED32] = "an integer between 0 and 4294967295",
        [GG_TYPE_BOOL] = "true or false",
        [GG_TYPE_STRING] = "a string",
        [GG_TYPE_BYTES] = "a string in base64",
        [GG_TYPE_ENUM] = "a name or number of the enum",
        [GG_TYPE_GROUP] = "an object",
        [GG_TYPE_MESSAGE] = "an object",
    };
    return expected[type];
}
