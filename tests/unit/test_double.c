/* test_double.c -- doubles and floats as decimal text: known hard cases, then many values against the C
 * library, also under a locale with a decimal comma if there is one. */
#include "base/text.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

static const struct {
    double value;
    const char *text;
} print_rows[] = {
    { 0, "0" },
    { -0.0, "-0" },
    { 1, "1" },
    { -1.5, "-1.5" },
    { 0.1, "0.1" },
    { 100, "100" },
    { 123456789012345680.0, "123456789012345680" },
    { 9007199254740992, "9007199254740992" },
    { 1e20, "100000000000000000000" },
    { 1e21, "1e+21" },
    { 1.5e21, "1.5e+21" },
    { 1e23, "1e+23" },
    { 0.000001, "0.000001" },
    { 0.0000012345, "0.0000012345" },
    { 1e-7, "1e-7" },
    { 5e-324, "5e-324" },
    { 2.2250738585072014e-308, "2.2250738585072014e-308" },
    { 1.7976931348623157e308, "1.7976931348623157e+308" },
    { -1.7976931348623157e308, "-1.7976931348623157e+308" },
    { 9007199254740991, "9007199254740991" },
    { 4.35, "4.35" },
    { 5e-7, "5e-7" },
    { 2e-44, "2e-44" },
    { 299792458.123, "299792458.123" },
};

/* To tell -0 from 0. */
static uint64_t bits(double value)
{
    uint64_t word;
    memcpy(&word, &value, sizeof word);
    return word;
}

static void test_print(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(print_rows); i++) {
        char text[GG_DOUBLE_TEXT_LEN + 1];
        text[gg_double_print(text, print_rows[i].value)] = '\0';
        assert_string_equal(text, print_rows[i].text);
    }
    static const struct {
        float value;
        const char *text;
    } floats[] = { { 0.1f, "0.1" }, { 16777216, "16777216" }, { 3.4028235e38f, "3.4028235e+38" }, { 1e-45f, "1e-45" },
        { -0.3f, "-0.3" }, { 1e10f, "10000000000" }, { 1.1754944e-38f, "1.1754944e-38" } };
    for (size_t i = 0; i < COUNT(floats); i++) {
        char text[GG_DOUBLE_TEXT_LEN + 1];
        text[gg_float_print(text, floats[i].value)] = '\0';
        assert_string_equal(text, floats[i].text);
    }
}

static const struct {
    const char *text;
    gg_rc rc;
    double value;
} parse_rows[] = {
    { "0", GG_OK, 0 },
    { "-0", GG_OK, -0.0 },
    { "1e0", GG_OK, 1 },
    { "1E+2", GG_OK, 100 },
    { "-1.25e-2", GG_OK, -0.0125 },
    { "0e999999999999999999999", GG_OK, 0 },
    { "1e-999999999999999999999", GG_OK, 0 },
    { "1e308", GG_OK, 1e308 },
    { "1.7976931348623158e308", GG_OK, 1.7976931348623157e308 },
    { "1.7976931348623159e308", GG_ETOOBIG, 0 },
    { "1e309", GG_ETOOBIG, 0 },
    { "-1e999999999999", GG_ETOOBIG, 0 },
    { "2.4703282292062327e-324", GG_OK, 0 },
    { "2.4703282292062328e-324", GG_OK, 5e-324 },
    { "2.2250738585072011e-308", GG_OK, 2.225073858507201e-308 },
    /* midway between two, and by one digit off it */
    { "9007199254740993", GG_OK, 9007199254740992 },
    { "9007199254740993.0000000000000000000000000000000000001", GG_OK, 9007199254740994 },
    { "9007199254740992.9999999999999999999999999999999999999", GG_OK, 9007199254740992 },
    { "0.500000000000000166533453693773481063544750213623046875", GG_OK, 0.5000000000000002 },
    { "123456789012345678901234567890", GG_OK, 1.2345678901234568e29 },
    { "0.000000000000000000000000000000000000000000000000000001e54", GG_OK, 1 },
    { "100000000000000000000000000000000000000000000000000000000e-56", GG_OK, 1 },
    { "", GG_EPROTO, 0 },
    { "-", GG_EPROTO, 0 },
    { "+1", GG_EPROTO, 0 },
    { "01", GG_EPROTO, 0 },
    { "1.", GG_EPROTO, 0 },
    { ".5", GG_EPROTO, 0 },
    { "1e", GG_EPROTO, 0 },
    { "1e+", GG_EPROTO, 0 },
    { "1e1.5", GG_EPROTO, 0 },
    { "1,5", GG_EPROTO, 0 },
    { "0x10", GG_EPROTO, 0 },
    { "nan", GG_EPROTO, 0 },
    { "inf", GG_EPROTO, 0 },
    { " 1", GG_EPROTO, 0 },
    { "1 ", GG_EPROTO, 0 },
};

static void test_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(parse_rows); i++) {
        double value = 99;
        gg_rc rc = gg_double_parse(gg_str_from(parse_rows[i].text), &value);
        double want = rc == GG_OK ? parse_rows[i].value : 99;
        if (rc != parse_rows[i].rc || bits(value) != bits(want))
            fail_msg("%s: %d, %.17g", parse_rows[i].text, rc, value);
    }
    float f = 99;
    assert_int_equal(gg_float_parse(GG_STR("3.4028235e38"), &f), GG_OK);
    assert_true(f == 3.4028235e38f);
    assert_int_equal(gg_float_parse(GG_STR("3.4028236e38"), &f), GG_ETOOBIG);
    assert_int_equal(gg_float_parse(GG_STR("1e-50"), &f), GG_OK);
    assert_true(f == 0);
    /* Rounded once: by way of a double it would be 1.00000012. */
    assert_int_equal(gg_float_parse(GG_STR("1.00000005960464477538"), &f), GG_OK);
    assert_true(f == 1);
}

/* A digit that decides, behind more digits than any limit inside: 1 + 2^-53 and a little. */
static void test_very_long(void **state)
{
    (void)state;
    static char text[3000] = "1.00000000000000011102230246251565404236316680908203125";
    size_t len = strlen(text);
    memset(text + len, '0', sizeof text - len);
    double value;
    assert_int_equal(gg_double_parse(gg_str_of(text, sizeof text), &value), GG_OK);
    assert_true(value == 1);
    text[sizeof text - 1] = '1';
    assert_int_equal(gg_double_parse(gg_str_of(text, sizeof text), &value), GG_OK);
    assert_true(value == 1.0000000000000002);
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed * 0x2545f4914f6cdd1du;
}

/* Significant digits: without leading and trailing zeros, point and exponent. */
static size_t digit_count(const char *text)
{
    size_t count = 0, zeros = 0;
    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text < '0' || *text > '9' || (*text == '0' && count == 0))
            continue;
        zeros = *text == '0' ? zeros + 1 : 0;
        count++;
    }
    return count - zeros;
}

/* The text reads back as the value, here and in the C library, and the library needs as many digits. */
static void check_double(uint64_t word)
{
    double value, back;
    memcpy(&value, &word, sizeof value);
    if (value - value != 0)
        return;
    char text[GG_DOUBLE_TEXT_LEN + 1], other[64];
    text[gg_double_print(text, value)] = '\0';
    if (gg_double_parse(gg_str_from(text), &back) != GG_OK || bits(back) != bits(value))
        fail_msg("%a printed %s, parsed %a", value, text, back);
    back = strtod(text, NULL);
    if (bits(back) != bits(value))
        fail_msg("%a printed %s", value, text);
    size_t digits = digit_count(text);
    if (digits > 1) {
        snprintf(other, sizeof other, "%.*e", (int)digits - 2, value);
        if (strtod(other, NULL) == value)
            fail_msg("%s is shorter than %s", other, text);
    }
    snprintf(other, sizeof other, "%.30e", value);
    if (gg_double_parse(gg_str_from(other), &back) != GG_OK || back != strtod(other, NULL))
        fail_msg("%s parsed %a", other, back);
}

static void test_many_doubles(void **state)
{
    (void)state;
    uint64_t seed = 88172645463325252;
    for (int i = 0; i < 20000; i++) {
        uint64_t word = next_random(&seed);
        check_double(word);
        check_double(word & ~((uint64_t)0x7ff << 52)); /* subnormal */
        check_double(word & (uint64_t)0xfff << 52);    /* power of two: the lower neighbour is closer */
        double short_one = (double)(int64_t)(word >> 40) / 1000;
        memcpy(&word, &short_one, sizeof word);
        check_double(word);
    }
}

static void test_many_floats(void **state)
{
    (void)state;
    for (uint32_t word = 0; word < 0x7f800000; word += 49999) {
        float value, back;
        memcpy(&value, &word, sizeof value);
        char text[GG_DOUBLE_TEXT_LEN + 1], other[64];
        text[gg_float_print(text, value)] = '\0';
        assert_int_equal(gg_float_parse(gg_str_from(text), &back), GG_OK);
        if (back != value || strtof(text, NULL) != value)
            fail_msg("%a printed %s", (double)value, text);
        size_t digits = digit_count(text);
        if (digits > 1) {
            snprintf(other, sizeof other, "%.*e", (int)digits - 2, (double)value);
            if (strtof(other, NULL) == value)
                fail_msg("%s is shorter than %s", other, text);
        }
    }
}

static void test_decimal_comma(void **state)
{
    (void)state;
    static const char *const names[] = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE" };
    bool found = false;
    for (size_t i = 0; i < COUNT(names) && !found; i++)
        found = setlocale(LC_NUMERIC, names[i]) != NULL;
    if (!found)
        skip();
    test_print(state);
    test_parse(state);
    test_very_long(state);
    setlocale(LC_NUMERIC, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_very_long),
        cmocka_unit_test(test_many_doubles),
        cmocka_unit_test(test_many_floats),
        cmocka_unit_test(test_decimal_comma),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
