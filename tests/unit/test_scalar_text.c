/* test_scalar_text.c -- integers and floats from their text: every integer type at and beyond its borders, in
 * every form that JSON has for it, and texts of absurd length. */
#include "proto/scalar_text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

/* What a text is worth to each group of types; one that is not named refuses it. */
enum { I32 = 1, U32 = 2, I64 = 4, U64 = 8, ALL = 15, NONE = 0 };

static const struct {
    gg_field_type type;
    int group;
} types[] = {
    { GG_TYPE_INT32, I32 },
    { GG_TYPE_SINT32, I32 },
    { GG_TYPE_SFIXED32, I32 },
    { GG_TYPE_ENUM, I32 },
    { GG_TYPE_UINT32, U32 },
    { GG_TYPE_FIXED32, U32 },
    { GG_TYPE_INT64, I64 },
    { GG_TYPE_SINT64, I64 },
    { GG_TYPE_SFIXED64, I64 },
    { GG_TYPE_UINT64, U64 },
    { GG_TYPE_FIXED64, U64 },
};

static const struct {
    const char *text;
    int takes;
    uint64_t bits; /* of the value as a 64-bit integer */
} integer_rows[] = {
    { "0", ALL, 0 },
    { "-0", ALL, 0 },
    { "0.0", ALL, 0 },
    { "-0.000e5", ALL, 0 },
    { "0e99999999999999999999", ALL, 0 },
    { "0e-99999999999999999999", ALL, 0 },
    { "1", ALL, 1 },
    { "1.0", ALL, 1 },
    { "1e0", ALL, 1 },
    { "1e3", ALL, 1000 },
    { "1E+3", ALL, 1000 },
    { "1.0e2", ALL, 100 },
    { "100e-2", ALL, 1 },
    { "1.5e1", ALL, 15 },
    { "1.25e2", ALL, 125 },
    { "0.001e3", ALL, 1 },
    { "0.00000000000000000000000000000001e32", ALL, 1 },
    { "1e0000000000000000000000000000000003", ALL, 1000 },
    { "-1", I32 | I64, UINT64_MAX },
    { "-1.0", I32 | I64, UINT64_MAX },
    { "-1e0", I32 | I64, UINT64_MAX },
    /* borders */
    { "2147483647", ALL, 2147483647 },
    { "2147483647.0", ALL, 2147483647 },
    { "2.147483647e9", ALL, 2147483647 },
    { "2147483648", U32 | I64 | U64, 2147483648 },
    { "-2147483648", I32 | I64, 0 - (uint64_t)2147483648 },
    { "-2147483648.000", I32 | I64, 0 - (uint64_t)2147483648 },
    { "-2147483649", I64, 0 - (uint64_t)2147483649 },
    { "4294967295", U32 | I64 | U64, 4294967295 },
    { "4294967296", I64 | U64, 4294967296 },
    { "9223372036854775807", I64 | U64, INT64_MAX },
    { "9223372036854775807.0", I64 | U64, INT64_MAX },
    { "9223372036854775808", U64, 9223372036854775808u },
    { "-9223372036854775808", I64, 9223372036854775808u },
    { "-9223372036854775808.0", I64, 9223372036854775808u },
    { "-9.223372036854775808e18", I64, 9223372036854775808u },
    { "-9223372036854775809", NONE, 0 },
    { "9999999999999999999", U64, 9999999999999999999u },
    { "1e19", U64, 10000000000000000000u },
    { "10000000000000000000000e-3", U64, 10000000000000000000u },
    { "18446744073709551615", U64, UINT64_MAX },
    { "18446744073709551615.0", U64, UINT64_MAX },
    { "1.8446744073709551615e19", U64, UINT64_MAX },
    { "18446744073709551615000000000000000000000e-21", U64, UINT64_MAX },
    { "18446744073709551616", NONE, 0 },
    { "18446744073709551616.0", NONE, 0 },
    { "18446744073709551620", NONE, 0 },
    { "-18446744073709551615", NONE, 0 },
    { "1e20", NONE, 0 },
    { "1e400", NONE, 0 },
    { "-1e400", NONE, 0 },
    { "1e99999999999999999999", NONE, 0 },
    { "123456789012345678901234567890", NONE, 0 },
    /* not whole */
    { "0.1", NONE, 0 },
    { "1.5", NONE, 0 },
    { "-1.5", NONE, 0 },
    { "1e-1", NONE, 0 },
    { "1e-400", NONE, 0 },
    { "1e-99999999999999999999", NONE, 0 },
    { "1234e-3", NONE, 0 },
    { "18446744073709551615.1", NONE, 0 },
    { "0.99999999999999999999999999999999999999", NONE, 0 },
    { "1.00000000000000000000000000000000000001", NONE, 0 },
    /* no JSON numbers */
    { "", NONE, 0 },
    { "-", NONE, 0 },
    { "+1", NONE, 0 },
    { "--1", NONE, 0 },
    { "01", NONE, 0 },
    { "-01", NONE, 0 },
    { "00", NONE, 0 },
    { "00.5e1", NONE, 0 },
    { " 1", NONE, 0 },
    { "1 ", NONE, 0 },
    { "1\n", NONE, 0 },
    { "1 000", NONE, 0 },
    { "1.", NONE, 0 },
    { "1.e3", NONE, 0 },
    { ".5", NONE, 0 },
    { "e3", NONE, 0 },
    { "1e", NONE, 0 },
    { "1e+", NONE, 0 },
    { "1e-", NONE, 0 },
    { "1e1.0", NONE, 0 },
    { "1e 3", NONE, 0 },
    { "1,0", NONE, 0 },
    { "0x10", NONE, 0 },
    { "1f", NONE, 0 },
    { "NaN", NONE, 0 },
    { "Infinity", NONE, 0 },
    { "true", NONE, 0 },
};

static void check_integer(gg_str text, const char *what, int takes, uint64_t bits)
{
    for (size_t i = 0; i < COUNT(types); i++) {
        bool takes_it = takes & types[i].group, wide = types[i].group & (I64 | U64);
        gg_integer number;
        uint64_t place = 0x5555555555555555, want = place;
        if (takes_it) /* a 32-bit value leaves the bytes behind it alone */
            memcpy(&want, wide ? (void *)&bits : (void *)&(uint32_t){ (uint32_t)bits }, wide ? 8 : 4);
        gg_rc rc = gg_integer_parse_json(text, &number);
        if (rc == GG_OK)
            rc = gg_integer_store(types[i].type, number, &place);
        if (rc != (takes_it ? GG_OK : GG_EPROTO) || place != want)
            fail_msg("%s as type %d: %d, %llx", what, types[i].type, rc, (unsigned long long)place);
    }
}

static void test_integers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(integer_rows); i++) {
        const char *text = integer_rows[i].text;
        size_t len = strlen(text);
        char *exact = malloc(len + 1); /* nothing behind it that might be read */
        assert_non_null(exact);
        memcpy(exact, text, len);
        exact[len] = '9';
        check_integer(gg_str_of(exact, len), text, integer_rows[i].takes, integer_rows[i].bits);
        free(exact);
    }
    check_integer((gg_str){ NULL, 0 }, "no text at all", NONE, 0);
}

/* A text of a prefix, very many equal digits and a suffix. */
static gg_str long_text(const char *before, char digit, size_t count, const char *after)
{
    size_t before_len = strlen(before), after_len = strlen(after);
    char *text = malloc(before_len + count + after_len);
    assert_non_null(text);
    memcpy(text, before, before_len);
    memset(text + before_len, digit, count);
    memcpy(text + before_len + count, after, after_len);
    return gg_str_of(text, before_len + count + after_len);
}

static const struct {
    const char *before;
    char digit;
    size_t count;
    const char *after;
    int takes;
    uint64_t bits;
    double value; /* as a double; infinite: refused */
} long_rows[] = {
    { "1", '0', 1000000, "e-1000000", ALL, 1, 1 },
    { "12", '0', 1000000, "e-999998", ALL, 1200, 1200 },
    { "1", '0', 1000000, "e-1000001", NONE, 0, 0.1 },
    { "1", '0', 1000000, "", NONE, 0, INFINITY },
    { "0.", '0', 1000000, "1e1000001", ALL, 1, 1 },
    { "0.", '0', 1000000, "1e1000000", NONE, 0, 0.1 },
    { "0.", '0', 1000000, "", ALL, 0, 0 },
    { "7.", '0', 1000000, "", ALL, 7, 7 },
    { "7.", '0', 1000000, "1", NONE, 0, 7 },
    { "7.5", '0', 1000000, "e1", ALL, 75, 75 },
    { "", '9', 1000000, "e-1000000", NONE, 0, 1 },
    { "0.", '9', 1000000, "", NONE, 0, 1 },
    { "0", '0', 1000000, "", NONE, 0, INFINITY }, /* leading zeros */
    { "5e", '0', 1000000, "", ALL, 5, 5 },
    { "5e-", '0', 1000000, "1", NONE, 0, 0.5 },
    { "5e", '0', 1000000, "1", ALL, 50, 50 },
    { "5e", '9', 1000000, "", NONE, 0, INFINITY },
    { "5e-", '9', 1000000, "", NONE, 0, 0 },
    { "0e", '9', 1000000, "", ALL, 0, 0 },
};

static void test_long_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(long_rows); i++) {
        gg_str text = long_text(long_rows[i].before, long_rows[i].digit, long_rows[i].count, long_rows[i].after);
        char what[64];
        snprintf(what, sizeof what, "%s%c...%s", long_rows[i].before, long_rows[i].digit, long_rows[i].after);
        check_integer(text, what, long_rows[i].takes, long_rows[i].bits);
        double want = long_rows[i].value, got = -1;
        bool refused = want - want != 0;
        gg_rc rc = gg_float_store(GG_TYPE_DOUBLE, text, GG_FLOAT_NAMES, &got);
        if (rc != (refused ? GG_EPROTO : GG_OK) || (!refused && memcmp(&got, &want, sizeof got) != 0))
            fail_msg("%s as a double: %d, %.17g", what, rc, got);
        float narrow = -1, narrow_want = (float)want;
        rc = gg_float_store(GG_TYPE_FLOAT, text, GG_FLOAT_NUMBER, &narrow);
        if (rc != (refused ? GG_EPROTO : GG_OK) || (!refused && memcmp(&narrow, &narrow_want, sizeof narrow) != 0))
            fail_msg("%s as a float: %d, %.9g", what, rc, (double)narrow);
        free((void *)(uintptr_t)text.ptr);
    }
}

/* `bits` 0xffffffff: refused. */
static const struct {
    const char *text;
    gg_float_form form;
    uint32_t bits;
} float_rows[] = {
    { "1", GG_FLOAT_NUMBER, 0x3f800000 },
    { "-0", GG_FLOAT_NUMBER, 0x80000000 },
    { "0.1", GG_FLOAT_NAMES, 0x3dcccccd },
    /* rounded once: by way of a double these would be midpoints */
    { "1.00000005960464477538", GG_FLOAT_NUMBER, 0x3f800000 },
    { "1.0000000596046447754", GG_FLOAT_NUMBER, 0x3f800001 },
    { "1.000000178813934326171874999999999999", GG_FLOAT_NUMBER, 0x3f800001 },
    { "1.000000178813934326171875", GG_FLOAT_NUMBER, 0x3f800002 },
    { "7.00649232162408535e-46", GG_FLOAT_NUMBER, 0 },
    { "7.0064923216240854e-46", GG_FLOAT_NUMBER, 1 },
    { "1e-400", GG_FLOAT_NUMBER, 0 },
    { "3.4028235e38", GG_FLOAT_NUMBER, 0x7f7fffff },
    { "3.4028235677973366e38", GG_FLOAT_NUMBER, 0x7f7fffff },
    { "3.4028235677973367e+38", GG_FLOAT_NAMES, 0xffffffff },
    { "340282356779733661637539395458142568447.999", GG_FLOAT_NUMBER, 0x7f7fffff },
    { "340282356779733661637539395458142568448", GG_FLOAT_NUMBER, 0xffffffff },
    { "1e39", GG_FLOAT_NUMBER, 0xffffffff },
    { "NaN", GG_FLOAT_NAMES, 0x7fc00000 },
    { "Infinity", GG_FLOAT_NAMES, 0x7f800000 },
    { "-Infinity", GG_FLOAT_NAMES, 0xff800000 },
    { "NaN", GG_FLOAT_NUMBER, 0xffffffff },
    { "inf", GG_FLOAT_NAMES, 0xffffffff },
    { "-inf", GG_FLOAT_ANY_CASE, 0xff800000 },
    { "nan", GG_FLOAT_NAMES, 0xffffffff },
    { "-NaN", GG_FLOAT_NAMES, 0xffffffff },
    { "", GG_FLOAT_NAMES, 0xffffffff },
    { " 1", GG_FLOAT_NAMES, 0xffffffff },
    { "1 ", GG_FLOAT_NAMES, 0xffffffff },
    { "+1", GG_FLOAT_NAMES, 0xffffffff },
    { "1.", GG_FLOAT_NAMES, 0xffffffff },
    { "0x1p3", GG_FLOAT_NAMES, 0xffffffff },
};

static void test_floats(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(float_rows); i++) {
        uint32_t bits = 0xffffffff;
        gg_rc rc = gg_float_store(GG_TYPE_FLOAT, gg_str_from(float_rows[i].text), float_rows[i].form, &bits);
        if (rc != (float_rows[i].bits == 0xffffffff ? GG_EPROTO : GG_OK) || bits != float_rows[i].bits)
            fail_msg("%s: %d, %08x", float_rows[i].text, rc, bits);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_floats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
