/* test_lambda_address.c -- texts that the Runtime API's client is given: its address, and the deadline of an event. */
#include "lambda/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

static void test_deadline(void **state)
{
    (void)state;
    const uint64_t s = 1000000000, unix_now = 1700000000 * s, now = 5 * s;
    static const struct {
        const char *text;
        uint64_t want_ms; /* from now; 0: none */
    } cases[] = {
        { "1700000030000", 29900 }, /* 30 s, less the margin */
        { "1700000000500", 450 },   /* half a second: a tenth is kept back */
        { "1700000000000", 0 },     /* over */
        { "600000", 0 },            /* some emulators live in 1970 */
        { "1702000000000", 0 },     /* or in three weeks */
        { "99999999999999999999", 0 },
        { "18446744073709551615", 0 },
        { "-5", 0 },
        { "soon", 0 },
        { "", 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t want = cases[i].want_ms > 0 ? now + cases[i].want_ms * 1000000 : UINT64_MAX;
        uint64_t got = gg_client_deadline(gg_str_from(cases[i].text), unix_now, now);
        if (got != want)
            fail_msg("\"%s\": %llu", cases[i].text, (unsigned long long)got);
    }
}

static void test_address(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want; /* host, port, authority, prefix; or "! why" */
    } cases[] = {
        { "127.0.0.1:9001", "127.0.0.1 9001 127.0.0.1:9001 " },
        { "localhost:9001", "localhost 9001 localhost:9001 " },
        { "127.0.0.1", "127.0.0.1 80 127.0.0.1:80 " },
        { "HTTP://127.0.0.1/", "127.0.0.1 80 127.0.0.1:80 " },
        { "http://[::]:9000/.rt/name/", ":: 9000 [::]:9000 /.rt/name" },
        { "[::1]/x", "::1 80 [::1]:80 /x" },
        { "", "! missing host" },
        { ":9001", "! missing host" },
        { "http:///x", "! missing host" },
        { "https://a", "! https is not supported" },
        { "a:b", "! the port must be a number from 0 to 65535" },
        { "a:0", "! the port must be a number from 1 to 65535" },
        { "fe80::1", "! an IPv6 address must be in brackets" },
        { "a b", "! it has a character that no address has" },
        { "a\r\nb", "! it has a character that no address has" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        gg_api_address address;
        char shown[4 * GG_TARGET_LEN];
        const char *wrong = gg_api_address_parse(&address, gg_str_from(cases[i].text));
        if (wrong != NULL)
            snprintf(shown, sizeof shown, "! %s", wrong);
        else
            snprintf(shown, sizeof shown, "%s %u %s %s", address.target.host, (unsigned)address.target.port,
                address.target.authority, address.prefix);
        assert_string_equal(shown, cases[i].want);
    }
    char text[GG_TARGET_LEN];
    memset(text, 'a', sizeof text);
    gg_api_address address;
    assert_string_equal(gg_api_address_parse(&address, gg_str_of(text, sizeof text - 3)), "it is too long");
    assert_null(gg_api_address_parse(&address, gg_str_of(text, sizeof text - 4)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
