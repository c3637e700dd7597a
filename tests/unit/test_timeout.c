/* test_timeout.c -- the grpc-timeout header. */
#include "grpc/framing.h"

#include <setjmp.h>
#include <stdarg.h>
/* cmocka wants those first */
#include <cmocka.h>

static const struct {
    gg_str text;
    gg_rc want;
    uint64_t want_ns;
} rows[] = {
    { GG_STR_INIT("1n"), GG_OK, 1 },
    { GG_STR_INIT("0n"), GG_OK, 0 },
    { GG_STR_INIT("00000000H"), GG_OK, 0 },
    { GG_STR_INIT("7u"), GG_OK, 7000 },
    { GG_STR_INIT("100m"), GG_OK, 100000000 },
    { GG_STR_INIT("1S"), GG_OK, 1000000000 },
    { GG_STR_INIT("01S"), GG_OK, 1000000000 },
    { GG_STR_INIT("2M"), GG_OK, 120000000000 },
    { GG_STR_INIT("1H"), GG_OK, 3600000000000 },
    { GG_STR_INIT("99999999n"), GG_OK, 99999999 },
    { GG_STR_INIT("99999999S"), GG_OK, 99999999000000000 },
    { GG_STR_INIT("99999999M"), GG_OK, 5999999940000000000 },
    { GG_STR_INIT("5124095H"), GG_OK, 18446742000000000000u },
    { GG_STR_INIT("5124096H"), GG_OK, UINT64_MAX },
    { GG_STR_INIT("99999999H"), GG_OK, UINT64_MAX },
    { GG_STR_INIT(""), GG_EPROTO, 0 },
    { GG_STR_INIT("1"), GG_EPROTO, 0 },
    { GG_STR_INIT("S"), GG_EPROTO, 0 },
    { GG_STR_INIT("1s"), GG_EPROTO, 0 },
    { GG_STR_INIT("1h"), GG_EPROTO, 0 },
    { GG_STR_INIT("1U"), GG_EPROTO, 0 },
    { GG_STR_INIT("-1S"), GG_EPROTO, 0 },
    { GG_STR_INIT("+1S"), GG_EPROTO, 0 },
    { GG_STR_INIT(" 1S"), GG_EPROTO, 0 },
    { GG_STR_INIT("1S "), GG_EPROTO, 0 },
    { GG_STR_INIT("1.5S"), GG_EPROTO, 0 },
    { GG_STR_INIT("1S1S"), GG_EPROTO, 0 },
    { GG_STR_INIT("100000000n"), GG_EPROTO, 0 },
    { GG_STR_INIT("1\0S"), GG_EPROTO, 0 },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t ns = 0;
        print_message("\"%.*s\"\n", GG_STR_ARG(rows[i].text));
        assert_int_equal(gg_timeout_parse(rows[i].text, &ns), rows[i].want);
        assert_true(ns == rows[i].want_ns);
    }
}

/* Rounded up, in the smallest unit that can say it. */
static const struct {
    uint64_t ns;
    const char *want;
} printed[] = {
    { 0, "0n" },
    { 1, "1n" },
    { 99999999, "99999999n" },
    { 100000000, "100000u" },
    { 100000001, "100001u" },
    { 99999999000, "99999999u" },
    { 99999999001, "100000m" },
    { 1800000000000, "1800000m" },
    { 99999999000000, "99999999m" },
    { 99999999000001, "100000S" },
    { 5999999940000000000, "99999999M" },
    { UINT64_MAX, "5124096H" },
};

static void test_print(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof printed / sizeof printed[0]; i++) {
        char out[GG_TIMEOUT_LEN];
        size_t len = gg_timeout_print(out, printed[i].ns);
        print_message("%s\n", printed[i].want);
        assert_true(gg_str_eq(gg_str_of(out, len), gg_str_from(printed[i].want)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows), cmocka_unit_test(test_print) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
