/* test_text.c -- base64, percent coding, UTF-8, integers and case; doubles are test_double.c's. */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

static void check_str(gg_str got, gg_str want)
{
    if (!gg_str_eq(got, want))
        fail_msg("got %.*s, want %.*s", GG_STR_ARG(got), GG_STR_ARG(want));
}

/* -- base64 -- */

static const struct {
    gg_str bytes;
    gg_str padded, unpadded, url;
} base64_rows[] = {
    /* RFC 4648, 10 */
    { GG_STR_INIT(""), GG_STR_INIT(""), GG_STR_INIT(""), GG_STR_INIT("") },
    { GG_STR_INIT("f"), GG_STR_INIT("Zg=="), GG_STR_INIT("Zg"), GG_STR_INIT("Zg") },
    { GG_STR_INIT("fo"), GG_STR_INIT("Zm8="), GG_STR_INIT("Zm8"), GG_STR_INIT("Zm8") },
    { GG_STR_INIT("foo"), GG_STR_INIT("Zm9v"), GG_STR_INIT("Zm9v"), GG_STR_INIT("Zm9v") },
    { GG_STR_INIT("foobar"), GG_STR_INIT("Zm9vYmFy"), GG_STR_INIT("Zm9vYmFy"), GG_STR_INIT("Zm9vYmFy") },
    /* where the alphabets differ */
    { GG_STR_INIT("\xfb\xff\xfe\xff"), GG_STR_INIT("+//+/w=="), GG_STR_INIT("+//+/w"), GG_STR_INIT("-__-_w") },
};

static void test_base64(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(base64_rows); i++) {
        const gg_str forms[] = { [GG_BASE64_PADDED] = base64_rows[i].padded,
            [GG_BASE64_UNPADDED] = base64_rows[i].unpadded,
            [GG_BASE64_URL_UNPADDED] = base64_rows[i].url };
        for (size_t form = 0; form < COUNT(forms); form++) {
            char text[16], bytes[16];
            size_t len = gg_base64_encode(text, base64_rows[i].bytes, (gg_base64_form)form);
            check_str(gg_str_of(text, len), forms[form]);
            assert_int_equal(len, gg_base64_encoded_len(base64_rows[i].bytes.len, (gg_base64_form)form));
            assert_int_equal(gg_base64_decode(bytes, &len, forms[form]), GG_OK);
            check_str(gg_str_of(bytes, len), base64_rows[i].bytes);
        }
    }
}

static void test_base64_any_bytes(void **state)
{
    (void)state;
    for (size_t len = 0; len < 70; len++) { /* exact blocks: a write beyond them is seen */
        char *bytes = malloc(len + 1), *text = malloc(len * 2 + 4), *back = malloc(len * 2 + 4);
        assert_true(bytes != NULL && text != NULL && back != NULL);
        for (size_t i = 0; i < len; i++)
            bytes[i] = (char)(i * 37 + len * 11);
        for (int form = GG_BASE64_PADDED; form <= GG_BASE64_URL_UNPADDED; form++) {
            size_t text_len = gg_base64_encode(text, gg_str_of(bytes, len), (gg_base64_form)form), back_len = 0;
            char *exact = malloc(text_len / 4 * 3 + 2);
            assert_non_null(exact);
            assert_int_equal(gg_base64_decode(exact, &back_len, gg_str_of(text, text_len)), GG_OK);
            check_str(gg_str_of(exact, back_len), gg_str_of(bytes, len));
            free(exact);
        }
        free(bytes);
        free(text);
        free(back);
    }
}

static void test_base64_malformed(void **state)
{
    (void)state;
    static const gg_str rows[] = { GG_STR_INIT("Z"), GG_STR_INIT("Zg="), GG_STR_INIT("Zg==="), GG_STR_INIT("Z==="),
        GG_STR_INIT("===="), GG_STR_INIT("="), GG_STR_INIT("Zm9v="), GG_STR_INIT("Zm9vZ"), GG_STR_INIT("Zm 9"),
        GG_STR_INIT("Zm9\n"), GG_STR_INIT("Zm9\0"), GG_STR_INIT("Z=9v"), GG_STR_INIT("Zm9v\xc3\xa9"),
        GG_STR_INIT("Zm8=Zm9v") };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char out[16];
        size_t len;
        if (gg_base64_decode(out, &len, rows[i]) != GG_EPROTO)
            fail_msg("%.*s was taken", GG_STR_ARG(rows[i]));
    }
}

/* -- percent coding -- */

static const struct {
    gg_str text;
    gg_str all, slash, reserved; /* decoded in the three modes; ptr NULL: malformed */
} percent_rows[] = {
    { GG_STR_INIT(""), GG_STR_INIT(""), GG_STR_INIT(""), GG_STR_INIT("") },
    { GG_STR_INIT("a%20b"), GG_STR_INIT("a b"), GG_STR_INIT("a b"), GG_STR_INIT("a b") },
    { GG_STR_INIT("a%2Fb%2fc"), GG_STR_INIT("a/b/c"), GG_STR_INIT("a%2Fb%2fc"), GG_STR_INIT("a%2Fb%2fc") },
    { GG_STR_INIT("a%26b%25"), GG_STR_INIT("a&b%"), GG_STR_INIT("a&b%"), GG_STR_INIT("a%26b%") },
    { GG_STR_INIT("%2525"), GG_STR_INIT("%25"), GG_STR_INIT("%25"), GG_STR_INIT("%25") },
    { GG_STR_INIT("%C3%a9%00"), GG_STR_INIT("\xc3\xa9\0"), GG_STR_INIT("\xc3\xa9\0"), GG_STR_INIT("\xc3\xa9\0") },
    { GG_STR_INIT("a+b"), GG_STR_INIT("a+b"), GG_STR_INIT("a+b"), GG_STR_INIT("a+b") },
    { GG_STR_INIT("%"), { NULL, 0 }, { NULL, 0 }, { NULL, 0 } },
    { GG_STR_INIT("a%2"), { NULL, 0 }, { NULL, 0 }, { NULL, 0 } },
    { GG_STR_INIT("%G0"), { NULL, 0 }, { NULL, 0 }, { NULL, 0 } },
    { GG_STR_INIT("%0g"), { NULL, 0 }, { NULL, 0 }, { NULL, 0 } },
    { GG_STR_INIT("%%20"), { NULL, 0 }, { NULL, 0 }, { NULL, 0 } },
};

static void test_percent_decode(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(percent_rows); i++) {
        const gg_str want[] = { percent_rows[i].all, percent_rows[i].slash, percent_rows[i].reserved };
        for (size_t mode = 0; mode < COUNT(want); mode++) {
            char text[32];
            size_t len;
            memcpy(text, percent_rows[i].text.ptr, percent_rows[i].text.len); /* in place */
            gg_rc rc =
                gg_percent_decode(text, &len, gg_str_of(text, percent_rows[i].text.len), (gg_unescape_mode)mode, false);
            assert_int_equal(rc, want[mode].ptr != NULL ? GG_OK : GG_EPROTO);
            if (rc == GG_OK)
                check_str(gg_str_of(text, len), want[mode]);
        }
    }
    static const char reserved[] = "%3A%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D";
    char out[64];
    size_t len;
    gg_percent_decode(out, &len, gg_str_from(reserved), GG_UNESCAPE_ALL, false);
    check_str(gg_str_of(out, len), GG_STR(":/?#[]@!$&'()*+,;="));
    gg_percent_decode(out, &len, gg_str_from(reserved), GG_UNESCAPE_ALL_EXCEPT_RESERVED, false);
    check_str(gg_str_of(out, len), gg_str_from(reserved));
    gg_percent_decode(out, &len, GG_STR("a+b%2B+"), GG_UNESCAPE_ALL, true);
    check_str(gg_str_of(out, len), GG_STR("a b+ "));
}

static void test_grpc_message(void **state)
{
    (void)state;
    char out[64];
    size_t len = gg_grpc_message_encode(out, GG_STR("a ~%\n\x7f\xc3\xa9"));
    check_str(gg_str_of(out, len), GG_STR("a ~%25%0A%7F%C3%A9"));
    len = gg_grpc_message_decode(out, gg_str_of(out, len));
    check_str(gg_str_of(out, len), GG_STR("a ~%\n\x7f\xc3\xa9"));
}

/* What is no escape stays. */
static const struct {
    gg_str text, want;
} message_rows[] = {
    { GG_STR_INIT(""), GG_STR_INIT("") },
    { GG_STR_INIT("%c3%A9+"), GG_STR_INIT("\xc3\xa9+") },
    { GG_STR_INIT("100%"), GG_STR_INIT("100%") },
    { GG_STR_INIT("%2"), GG_STR_INIT("%2") },
    { GG_STR_INIT("%2x%%41%"), GG_STR_INIT("%2x%A%") },
    { GG_STR_INIT("\xff%00"), GG_STR_INIT("\xff\0") },
};

static void test_grpc_message_lenient(void **state)
{
    (void)state;
    char out[64];
    for (size_t i = 0; i < sizeof message_rows / sizeof message_rows[0]; i++)
        check_str(gg_str_of(out, gg_grpc_message_decode(out, message_rows[i].text)), message_rows[i].want);
}

/* -- UTF-8 -- */

static const struct {
    gg_str text;
    size_t valid_len;
} utf8_rows[] = {
    { GG_STR_INIT(""), 0 },
    { GG_STR_INIT("plain text of more than sixteen bytes\0"), 38 },
    { GG_STR_INIT("\xc2\x80\xdf\xbf"), 4 },
    { GG_STR_INIT("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"), 12 },
    { GG_STR_INIT("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"), 8 },
    { GG_STR_INIT("0123456789abcdef\x80"), 16 },
    { GG_STR_INIT("0123456789\xff"), 10 },
    { GG_STR_INIT("a\xc0\x80"), 1 },
    { GG_STR_INIT("a\xc1\xbf"), 1 },
    { GG_STR_INIT("a\xe0\x9f\xbf"), 1 },
    { GG_STR_INIT("a\xed\xa0\x80"), 1 },
    { GG_STR_INIT("a\xf0\x8f\xbf\xbf"), 1 },
    { GG_STR_INIT("a\xf4\x90\x80\x80"), 1 },
    { GG_STR_INIT("a\xf5\x80\x80\x80"), 1 },
    { GG_STR_INIT("a\xc3"), 1 },
    { GG_STR_INIT("a\xe2\x82"), 1 },
    { GG_STR_INIT("a\xf0\x9f\x98"), 1 },
    { GG_STR_INIT("a\xc3\xa9\xc3"), 3 },
};

static void test_utf8(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(utf8_rows); i++) {
        assert_int_equal(gg_utf8_valid_len(utf8_rows[i].text), utf8_rows[i].valid_len);
        assert_int_equal(gg_utf8_valid(utf8_rows[i].text), utf8_rows[i].valid_len == utf8_rows[i].text.len);
    }
    for (uint32_t scalar = 0; scalar <= 0x10ffff; scalar += scalar < 0x3000 ? 1 : 61) {
        char text[4];
        size_t len = gg_utf8_encode(text, scalar);
        bool surrogate = scalar >= 0xd800 && scalar <= 0xdfff;
        assert_int_equal(gg_utf8_valid(gg_str_of(text, len)), !surrogate);
        assert_int_equal(len, scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4);
    }
}

/* -- integers -- */

static const struct {
    const char *text;
    gg_rc i64_rc, u64_rc;
    uint64_t value;
} integer_rows[] = {
    { "0", GG_OK, GG_OK, 0 },
    { "-0", GG_OK, GG_OK, 0 },
    { "+7", GG_OK, GG_OK, 7 },
    { "007", GG_OK, GG_OK, 7 },
    { "9223372036854775807", GG_OK, GG_OK, INT64_MAX },
    { "9223372036854775808", GG_ETOOBIG, GG_OK, (uint64_t)INT64_MAX + 1 },
    { "-9223372036854775808", GG_OK, GG_ETOOBIG, (uint64_t)INT64_MAX + 1 },
    { "-9223372036854775809", GG_ETOOBIG, GG_ETOOBIG, 0 },
    { "18446744073709551615", GG_ETOOBIG, GG_OK, UINT64_MAX },
    { "18446744073709551616", GG_ETOOBIG, GG_ETOOBIG, 0 },
    { "-1", GG_OK, GG_ETOOBIG, UINT64_MAX },
    { "100000000000000000000000000000000000000000", GG_ETOOBIG, GG_ETOOBIG, 0 },
    { "", GG_EPROTO, GG_EPROTO, 0 },
    { "-", GG_EPROTO, GG_EPROTO, 0 },
    { "+-1", GG_EPROTO, GG_EPROTO, 0 },
    { " 1", GG_EPROTO, GG_EPROTO, 0 },
    { "1 ", GG_EPROTO, GG_EPROTO, 0 },
    { "1.0", GG_EPROTO, GG_EPROTO, 0 },
    { "0x1", GG_EPROTO, GG_EPROTO, 0 },
    { "99999999999999999999x", GG_EPROTO, GG_EPROTO, 0 },
};

static void test_integers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(integer_rows); i++) {
        int64_t i64 = 99;
        uint64_t u64 = 99;
        gg_str text = gg_str_from(integer_rows[i].text);
        assert_int_equal(gg_i64_parse(text, &i64), integer_rows[i].i64_rc);
        assert_int_equal(gg_u64_parse(text, &u64), integer_rows[i].u64_rc);
        assert_true(i64 == (integer_rows[i].i64_rc == GG_OK ? (int64_t)integer_rows[i].value : 99));
        assert_true(u64 == (integer_rows[i].u64_rc == GG_OK ? integer_rows[i].value : 99));
    }
    for (uint64_t power = 1; power != 0; power = power > UINT64_MAX / 10 ? 0 : power * 10)
        for (uint64_t value = power - 2; value != power + 2; value++) {
            char text[GG_I64_TEXT_LEN];
            uint64_t u64 = 0;
            int64_t i64 = 0;
            assert_int_equal(gg_u64_parse(gg_str_of(text, gg_u64_print(text, value)), &u64), GG_OK);
            assert_true(u64 == value);
            assert_int_equal(gg_i64_parse(gg_str_of(text, gg_i64_print(text, (int64_t)value)), &i64), GG_OK);
            assert_true(i64 == (int64_t)value);
        }
    char text[GG_I64_TEXT_LEN];
    check_str(gg_str_of(text, gg_i64_print(text, INT64_MIN)), GG_STR("-9223372036854775808"));
    check_str(gg_str_of(text, gg_u64_print(text, UINT64_MAX)), GG_STR("18446744073709551615"));
}

/* -- case -- */

static void test_case(void **state)
{
    (void)state;
    assert_true(gg_str_eq_nocase(GG_STR("Content-TYPE"), GG_STR("content-type")));
    assert_false(gg_str_eq_nocase(GG_STR("content-typ"), GG_STR("content-type")));
    assert_false(gg_str_eq_nocase(GG_STR("@[`{"), GG_STR("`{@["))); /* the neighbours of the letters */
    assert_true(gg_str_eq_nocase(gg_str_of(NULL, 0), GG_STR("")));
    assert_true(gg_str_starts(GG_STR("grpc-timeout"), GG_STR("grpc-")));
    assert_false(gg_str_starts(GG_STR("Grpc-timeout"), GG_STR("grpc-")));
    assert_true(gg_str_starts_nocase(GG_STR("Grpc-timeout"), GG_STR("grpc-")));
    assert_false(gg_str_starts(GG_STR("grpc"), GG_STR("grpc-")));
    assert_true(gg_str_starts(gg_str_of(NULL, 0), gg_str_of(NULL, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_base64_any_bytes),
        cmocka_unit_test(test_base64_malformed),
        cmocka_unit_test(test_percent_decode),
        cmocka_unit_test(test_grpc_message),
        cmocka_unit_test(test_grpc_message_lenient),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
