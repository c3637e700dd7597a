/* test_wire.c -- single fields of the wire format: whole, cut at every byte, written and read again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "failmalloc.h"
#include "proto/wire.h"
#include "wire_text.h"

static const struct {
    const char *what, *hex;
    gg_rc rc;
    uint32_t number;
    gg_wire_type type;
    uint64_t value; /* LEN, SGROUP: length of the bytes */
    size_t rest;    /* bytes left behind the field */
} rows[] = {
    { "varint of two bytes", "08 96 01", GG_OK, 1, GG_WIRE_VARINT, 150, 0 },
    { "varint with more behind it", "08 00 08 01", GG_OK, 1, GG_WIRE_VARINT, 0, 2 },
    { "longest varint", "08 ff ff ff ff ff ff ff ff ff 01", GG_OK, 1, GG_WIRE_VARINT, UINT64_MAX, 0 },
    { "overlong zero", "08 80 80 00", GG_OK, 1, GG_WIRE_VARINT, 0, 0 },
    { "varint of eleven bytes", "08 80 80 80 80 80 80 80 80 80 80 00", GG_EPROTO, 0, 0, 0, 0 },
    { "I64", "11 01 02 03 04 05 06 07 08", GG_OK, 2, GG_WIRE_I64, 0x0807060504030201, 0 },
    { "I32", "1d ff 00 00 80", GG_OK, 3, GG_WIRE_I32, 0x800000ff, 0 },
    { "LEN", "22 03 61 62 63 ff", GG_OK, 4, GG_WIRE_LEN, 3, 1 },
    { "LEN of nothing", "22 00", GG_OK, 4, GG_WIRE_LEN, 0, 0 },
    { "LEN beyond the input", "22 04 61 62 63", GG_EPROTO, 0, 0, 0, 0 },
    { "LEN of 2^64 - 1", "22 ff ff ff ff ff ff ff ff ff 01 61", GG_EPROTO, 0, 0, 0, 0 },
    { "highest number", "f8 ff ff ff 0f 01", GG_OK, 536870911, GG_WIRE_VARINT, 1, 0 },
    { "number above the highest", "80 80 80 80 10 01", GG_EPROTO, 0, 0, 0, 0 },
    { "number 0", "00 01", GG_EPROTO, 0, 0, 0, 0 },
    { "wire type 6", "0e 01", GG_EPROTO, 0, 0, 0, 0 },
    { "wire type 7", "0f 01", GG_EPROTO, 0, 0, 0, 0 },
    { "group", "0b 10 01 0c 99", GG_OK, 1, GG_WIRE_SGROUP, 2, 1 },
    { "group in a group", "0b 13 08 01 14 1a 01 0c 0c", GG_OK, 1, GG_WIRE_SGROUP, 7, 0 },
    { "group with the end of another", "0b 10 01 14", GG_EPROTO, 0, 0, 0, 0 },
    { "end without a group", "0c", GG_EPROTO, 0, 0, 0, 0 },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char bytes[WIRE_TEXT_MAX];
        gg_str whole = wire_from_hex(rows[i].hex, bytes), input = whole;
        gg_wire_field field;
        gg_rc rc = gg_wire_next(&input, &field);
        if (rc != rows[i].rc)
            fail_msg("%s: got %d", rows[i].what, rc);
        size_t used = rc == GG_OK ? whole.len - rows[i].rest : whole.len;
        for (size_t cut = 0; cut < used; cut++) {
            gg_str part = gg_str_of(whole.ptr, cut);
            gg_wire_field ignored;
            gg_rc want = cut == 0 ? GG_NEED_MORE : GG_EPROTO;
            if (gg_wire_next(&part, &ignored) != want)
                fail_msg("%s, cut at %zu", rows[i].what, cut);
            assert_int_equal(part.len, cut);
        }
        if (rc != GG_OK)
            continue;
        bool view = field.type == GG_WIRE_LEN || field.type == GG_WIRE_SGROUP;
        assert_int_equal(field.number, rows[i].number);
        assert_int_equal(field.type, rows[i].type);
        assert_true((view ? field.bytes.len : field.value) == rows[i].value);
        assert_int_equal(input.len, rows[i].rest);
        assert_int_equal(field.whole.len, used);
    }
}

static void test_deep_groups(void **state)
{
    (void)state;
    for (size_t depth = 100; depth <= 101; depth++) {
        char bytes[202];
        memset(bytes, 0x0b, depth);
        memset(bytes + depth, 0x0c, depth);
        gg_str input = gg_str_of(bytes, 2 * depth);
        gg_wire_field field;
        assert_int_equal(gg_wire_next(&input, &field), depth == 100 ? GG_OK : GG_EPROTO);
    }
}

static void test_skip(void **state)
{
    (void)state;
    char bytes[WIRE_TEXT_MAX];
    gg_str group = wire_from_hex("10 01 0c 08", bytes);
    assert_int_equal(gg_wire_skip(&group, 1, GG_WIRE_SGROUP), GG_OK);
    assert_int_equal(group.len, 1);
    assert_int_equal(gg_wire_skip(&group, 1, GG_WIRE_I32), GG_EPROTO);
}

static void test_varints(void **state)
{
    (void)state;
    for (unsigned shift = 0; shift < 64; shift++) {
        for (uint64_t below = 0; below <= 1; below++) { /* 2^shift and 2^shift - 1 */
            uint64_t value = (UINT64_C(1) << shift) - below, got = 0;
            char bytes[GG_VARINT_LEN];
            size_t len = gg_wire_put_varint(bytes, value);
            gg_str input = gg_str_of(bytes, len);
            assert_int_equal(len, gg_wire_varint_len(value));
            assert_int_equal(gg_wire_varint(&input, &got), GG_OK);
            assert_true(got == value && input.len == 0);
        }
    }
}

static void test_write(void **state)
{
    (void)state;
    for (size_t n = 0;; n++) {
        gg_fail_after(n);
        gg_buf out = { 0 };
        gg_rc rc = gg_wire_write_varint(&out, 1, 150);
        if (rc == GG_OK)
            rc = gg_wire_write_bytes(&out, 2, GG_STR("abc"));
        if (rc == GG_OK)
            rc = gg_wire_write_bytes(&out, 3, (gg_str){ 0 });
        char hex[3 * WIRE_TEXT_MAX + 1];
        if (rc == GG_OK)
            assert_string_equal(wire_to_hex(gg_buf_str(&out), hex), "08 96 01 12 03 61 62 63 1a 00");
        else
            assert_true(rc == GG_ENOMEM && gg_fail_happened());
        gg_buf_deinit(&out);
        if (!gg_fail_happened())
            break;
    }
    gg_fail_after(SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_deep_groups),
        cmocka_unit_test(test_skip),
        cmocka_unit_test(test_varints),
        cmocka_unit_test(test_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
