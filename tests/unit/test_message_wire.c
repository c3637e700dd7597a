/* test_message_wire.c -- whole messages in the wire format, by the tables of sample_types.c.
 *
 * A row is decoded and encoded again; it is also cut at every byte, and every allocation fails once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "failmalloc.h"
#include "proto/member.h"
#include "proto/well_known.h"
#include "sample_types.h"
#include "wire_text.h"

static const struct {
    const char *what, *in, *out; /* out NULL: the same as in */
} rows[] = {
    { "empty", "", NULL },
    { "double", "09 00 00 00 00 00 00 f8 3f", NULL },
    { "float", "15 00 00 c0 3f", NULL },
    { "int64, negative", "18 ff ff ff ff ff ff ff ff ff 01", NULL },
    { "uint64, largest", "20 ff ff ff ff ff ff ff ff ff 01", NULL },
    { "int32, negative", "28 ff ff ff ff ff ff ff ff ff 01", NULL },
    { "int32 is cut to 32 bits", "28 81 80 80 80 10", "28 01" },
    { "fixed64", "31 01 00 00 00 00 00 00 80", NULL },
    { "fixed32", "3d 01 00 00 80", NULL },
    { "bool", "40 01", NULL },
    { "bool of another number", "40 80 80 01", "40 01" },
    { "string", "4a 03 61 c3 a9", NULL },
    { "bytes need not be UTF-8", "52 02 ff fe", NULL },
    { "uint32", "58 ff ff ff ff 0f", NULL },
    { "sfixed32", "65 ff ff ff ff", NULL },
    { "sfixed64", "69 ff ff ff ff ff ff ff ff", NULL },
    { "sint32, least", "70 ff ff ff ff 0f", NULL },
    { "sint64, least", "78 ff ff ff ff ff ff ff ff ff 01", NULL },
    { "negative zero is a value", "09 00 00 00 00 00 00 00 80", NULL },
    { "zeros are not written", "18 00 20 00 28 00 40 00 4a 00 52 00 70 00", "" },
    { "enum", "80 01 05", NULL },
    { "enum, unknown number", "80 01 63", NULL },
    { "enum, negative", "80 01 ff ff ff ff ff ff ff ff ff 01", NULL },
    { "closed enum, unknown number", "90 03 63 90 03 01", "90 03 01 90 03 63" },
    { "last value wins", "28 01 28 02", "28 02" },
    { "fields in any order", "4a 01 61 28 01", "28 01 4a 01 61" },
    { "overlong varints", "28 81 80 00 a8 80 00 02", "28 02" },
    { "message", "8a 01 05 08 07 12 01 61", NULL },
    { "empty message is present", "8a 01 00", NULL },
    { "messages merge", "8a 01 02 08 07 8a 01 03 12 01 61", "8a 01 05 08 07 12 01 61" },
    { "packed", "92 01 03 01 02 03", NULL },
    { "packed, empty", "92 01 00", "" },
    { "packed field, not packed", "90 01 01 90 01 02", "92 01 02 01 02" },
    { "packed and not packed together", "90 01 01 92 01 02 02 03 90 01 04", "92 01 04 01 02 03 04" },
    { "unpacked", "98 01 01 98 01 02", NULL },
    { "unpacked field, packed", "9a 01 02 01 02", "98 01 01 98 01 02" },
    { "packed doubles", "a2 01 10 00 00 00 00 00 00 f8 3f 00 00 00 00 00 00 00 00", NULL },
    { "packed fixed32", "aa 01 04 01 00 00 00", NULL },
    { "packed bools", "b2 01 03 01 00 01", NULL },
    { "strings", "ba 01 01 61 ba 01 00 ba 01 01 62", NULL },
    { "packed enums", "ca 01 02 05 63", NULL },
    { "packed closed enums", "9a 03 0c 01 ff ff ff ff ff ff ff ff ff 01 00",
        "9a 03 02 01 00 98 03 ff ff ff ff ff ff ff ff ff 01" },
    { "closed enums one by one", "98 03 01 98 03 63 98 03 00", "9a 03 02 01 00 98 03 63" },
    { "repeated messages", "d2 01 02 08 01 d2 01 00 d2 01 02 08 03", NULL },
    { "map", "da 01 05 0a 01 61 10 01 da 01 05 0a 01 62 10 02", NULL },
    { "map, key missing", "da 01 02 10 01", "da 01 04 0a 00 10 01" },
    { "map, value missing", "da 01 03 0a 01 61", "da 01 05 0a 01 61 10 00" },
    { "map, value before key", "da 01 05 10 01 0a 01 61", "da 01 05 0a 01 61 10 01" },
    { "map, key twice: the last value", "da 01 05 0a 01 61 10 01 da 01 05 0a 01 62 10 02 da 01 05 0a 01 61 10 03",
        "da 01 05 0a 01 61 10 03 da 01 05 0a 01 62 10 02" },
    { "map of messages, value missing", "e2 01 02 08 05", "e2 01 04 08 05 12 00" },
    { "map of messages", "e2 01 06 08 05 12 02 08 01", NULL },
    { "map of a closed enum, entry of an unknown number", "fa 01 04 08 02 10 63 fa 01 04 08 01 10 01",
        "fa 01 04 08 01 10 01 fa 01 04 08 02 10 63" },
    { "oneof, zero is a value", "80 02 00", NULL },
    { "oneof, last member wins", "80 02 01 8a 02 01 61", "8a 02 01 61" },
    { "oneof, message after another member", "8a 02 01 61 92 02 02 08 01", "92 02 02 08 01" },
    { "oneof, messages merge", "92 02 02 08 01 92 02 03 12 01 61", "92 02 05 08 01 12 01 61" },
    { "oneof, message comes back empty", "92 02 02 08 01 80 02 05 92 02 00", "92 02 00" },
    { "optional, zero is a value", "a0 02 00 aa 02 00", NULL },
    { "group", "8b 03 08 00 12 01 61 8c 03", NULL },
    { "groups merge", "8b 03 08 01 8c 03 8b 03 12 01 61 8c 03", "8b 03 08 01 12 01 61 8c 03" },
    { "message in a group", "8b 03 1a 02 08 01 8c 03", NULL },
    { "timestamp", "ba 02 06 08 80 b4 be 95 06 ", "ba 02 06 08 80 b4 be 95 06" },
    { "number 1000", "c0 3e 01", NULL },
    { "highest number", "fa ff ff ff 0f 01 61", NULL },
    { "unknown fields are kept", "c8 3e 01 c9 3e 01 02 03 04 05 06 07 08 28 01 ca 3e 01 61 cd 3e 01 02 03 04",
        "28 01 c8 3e 01 c9 3e 01 02 03 04 05 06 07 08 ca 3e 01 61 cd 3e 01 02 03 04" },
    { "unknown fields, more than the first room for them",
        "ca 3e 1e 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 c8 3e 01",
        NULL },
    { "unknown group", "cb 3e 08 01 13 14 cc 3e 28 01", "28 01 cb 3e 08 01 13 14 cc 3e" },
    { "known field of another wire type", "2d 01 02 03 04 48 01 28 01", "28 01 2d 01 02 03 04 48 01" },
    { "unknown fields where the struct has no place for them", "8a 01 05 08 07 c8 3e 01", "8a 01 02 08 07" },
    { "unknown fields in a map entry", "da 01 08 0a 01 61 10 01 c8 3e 01", "da 01 05 0a 01 61 10 01" },
};

static const struct {
    const char *what, *in, *error;
} bad_rows[] = {
    { "number 0", "28 01 00 01", "byte 2: expected the tag of a field, found no field number or wire type" },
    { "wire type 6", "2e 01", "byte 0: expected the tag of a field, found no field number or wire type" },
    { "tag of six bytes", "a8 80 80 80 80 00 01", "byte 0: expected the tag of a field" },
    { "length of six bytes", "4a 81 80 80 80 80 00 61", "byte 1: f_string: expected a whole value" },
    { "unknown field, length of six bytes", "ca 3e 81 80 80 80 80 00 61", "byte 2: expected a whole value" },
    { "varint cut", "28 80", "byte 1: f_int32: expected" },
    { "varint too long", "28 80 80 80 80 80 80 80 80 80 80 01", "byte 1: f_int32: expected a whole value" },
    { "string cut", "4a 03 61 62", "byte 1: f_string: expected a whole value" },
    { "string that is not UTF-8", "4a 03 61 ff 62", "byte 3: f_string: expected a string of valid UTF-8" },
    { "map key that is not UTF-8", "da 01 03 0a 01 80", "byte 5: m_string[0].key: expected a string of valid UTF-8" },
    { "overlong UTF-8", "4a 02 c0 80", "byte 2: f_string: expected a string of valid UTF-8" },
    { "message cut inside", "8a 01 02 08 80", "byte 4: f_inner.id: expected a whole value" },
    { "third element", "d2 01 00 d2 01 00 d2 01 03 12 01 ff", "byte 11: r_inner[2].label: expected a string" },
    { "packed varint cut", "92 01 02 01 80", "byte 4: r_int32: expected a whole value" },
    { "packed doubles cut", "a2 01 07 00 00 00 00 00 00 00", "byte 3: r_double: expected a whole value" },
    { "group without end", "8b 03 08 00", "byte 4: legacy: expected the end of the group" },
    { "group with the end of another", "8b 03 8c 04",
        "byte 2: legacy: expected a field, found the end of another group" },
    { "end without a group", "8c 03", "byte 0: expected a field, found the end of another group" },
    { "unknown group without end", "cb 3e 08 01", "byte 2: expected a whole value" },
};

static void expect_error(const char *what, const gg_decode_error *error, const char *want, gg_arena *arena)
{
    gg_str text = gg_decode_error_text(error, arena);
    if (text.ptr == NULL || strncmp(text.ptr, want, strlen(want)) != 0)
        fail_msg("%s: got \"%.*s\"", what, GG_STR_ARG(text));
}

/* Decodes, encodes, compares. */
static gg_rc round_trip(gg_str in, gg_str *out, gg_arena *arena)
{
    gg_decode_error error;
    sample_Everything *message = gg_message_new(&sample_Everything_type, arena);
    if (message == NULL)
        return GG_ENOMEM;
    gg_rc rc = gg_message_from_wire(&sample_Everything_type, message, in, NULL, arena, &error);
    return rc == GG_OK ? gg_message_to_wire(&sample_Everything_type, message, arena, out) : rc;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char bytes[WIRE_TEXT_MAX], hex[3 * WIRE_TEXT_MAX + 1];
        gg_str in = wire_from_hex(rows[i].in, bytes), out;
        for (size_t n = 0;; n++) {
            gg_fail_after(n);
            gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
            gg_rc rc = arena != NULL ? round_trip(in, &out, arena) : GG_ENOMEM;
            if (rc != GG_OK && !(rc == GG_ENOMEM && gg_fail_happened()))
                fail_msg("%s: got %d", rows[i].what, rc);
            const char *want = rows[i].out != NULL ? rows[i].out : rows[i].in;
            if (rc == GG_OK && strcmp(wire_to_hex(out, hex), want) != 0)
                fail_msg("%s: got %s", rows[i].what, hex);
            if (arena != NULL)
                gg_arena_unref(arena);
            if (!gg_fail_happened())
                break;
        }
        gg_fail_after(SIZE_MAX);
    }
}

/* Cut anywhere, a message is another message or malformed; nothing is read behind the cut (ASan). */
static void test_cuts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char bytes[WIRE_TEXT_MAX];
        gg_str in = wire_from_hex(rows[i].in, bytes), out;
        for (size_t cut = 0; cut < in.len; cut++) {
            char *copy = malloc(cut > 0 ? cut : 1);
            memcpy(copy, in.ptr, cut);
            gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
            gg_rc rc = round_trip(gg_str_of(copy, cut), &out, arena);
            if (rc != GG_OK && rc != GG_EPROTO)
                fail_msg("%s, cut at %zu: got %d", rows[i].what, cut, rc);
            gg_arena_unref(arena);
            free(copy);
        }
    }
}

static void test_bad_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_rows / sizeof bad_rows[0]; i++) {
        char bytes[WIRE_TEXT_MAX];
        gg_str in = wire_from_hex(bad_rows[i].in, bytes);
        gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        gg_decode_error error;
        void *message = gg_message_new(&sample_Everything_type, arena);
        gg_rc rc = gg_message_from_wire(&sample_Everything_type, message, in, NULL, arena, &error);
        if (rc != GG_EPROTO)
            fail_msg("%s: got %d", bad_rows[i].what, rc);
        expect_error(bad_rows[i].what, &error, bad_rows[i].error, arena);
        assert_int_equal(gg_message_from_wire(&sample_Everything_type, message, in, NULL, arena, NULL), GG_EPROTO);
        gg_arena_unref(arena);
    }
}

/* A chain of `depth` messages below the outermost one, written from its end. */
static gg_str nested(size_t depth, char *block, size_t cap)
{
    char *p = block + cap;
    for (size_t i = 0; i < depth; i++) {
        char head[1 + GG_VARINT_LEN] = { 0x1a }; /* Inner.child */
        size_t len = 1 + gg_wire_put_varint(head + 1, (size_t)(block + cap - p));
        p -= len;
        memcpy(p, head, len);
    }
    return gg_str_of(p, (size_t)(block + cap - p));
}

static void test_depth(void **state)
{
    (void)state;
    static const struct {
        size_t depth;
        gg_rc rc;
    } depths[] = { { 99, GG_OK }, { 100, GG_ETOOBIG }, { 100000, GG_ETOOBIG } };
    size_t cap = 500000;
    char *block = malloc(cap);
    for (size_t i = 0; i < sizeof depths / sizeof depths[0]; i++) {
        gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        gg_decode_error error = { 0 };
        gg_str in = nested(depths[i].depth, block, cap), out = { 0 };
        void *message = gg_message_new(&sample_Inner_type, arena);
        assert_int_equal(gg_message_from_wire(&sample_Inner_type, message, in, NULL, arena, &error), depths[i].rc);
        if (depths[i].rc == GG_OK) {
            assert_int_equal(gg_message_to_wire(&sample_Inner_type, message, arena, &out), GG_OK);
            assert_true(gg_str_eq(in, out));
        } else {
            gg_str text = gg_decode_error_text(&error, arena);
            assert_non_null(strstr(text.ptr, "child.child: expected at most 100 nested messages"));
        }
        gg_arena_unref(arena);
    }
    memset(block, 0x8b, cap); /* groups, 8b 03 each */
    for (size_t i = 1; i < cap; i += 2)
        block[i] = 0x03;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    void *message = gg_message_new(&sample_Everything_type, arena);
    assert_int_equal(gg_message_from_wire(&sample_Everything_type, message, gg_str_of(block, cap), NULL, arena, NULL),
        GG_EPROTO);
    gg_arena_unref(arena);
    free(block);
}

/* A struct that a handler filled in may be a ring, or hold text that is none. */
static void test_bad_structs(void **state)
{
    (void)state;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_str out;
    sample_Inner ring = { .id = 1 }, text = { .label = GG_STR("a\xff") };
    ring.child = &ring;
    assert_int_equal(gg_message_to_wire(&sample_Inner_type, &ring, arena, &out), GG_ETOOBIG);
    assert_int_equal(gg_message_to_wire(&sample_Inner_type, &text, arena, &out), GG_EINVAL);
    gg_arena_unref(arena);
}

/* Decoded text is followed by a NUL, and the input may go away. */
static void test_text_is_copied(void **state)
{
    (void)state;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    sample_Everything message = { 0 };
    char *in = malloc(5);
    memcpy(in,
        "\x4a\x03"
        "abc",
        5);
    assert_int_equal(gg_message_from_wire(&sample_Everything_type, &message, gg_str_of(in, 5), NULL, arena, NULL),
        GG_OK);
    free(in);
    assert_string_equal(message.f_string.ptr, "abc");
    gg_arena_unref(arena);
}

/* More elements than any first guess, growing in place and not. */
static void test_long_lists(void **state)
{
    (void)state;
    enum { COUNT = 1000 };
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    sample_Everything *in = gg_message_new(&sample_Everything_type, arena),
                      *out = gg_message_new(&sample_Everything_type, arena);
    static int32_t numbers[COUNT];
    static gg_str words[COUNT];
    static sample_Inner messages[COUNT];
    static sample_Everything_MStringEntry entries[2 * COUNT];
    static char keys[COUNT][8];
    for (int i = 0; i < COUNT; i++) {
        numbers[i] = i * 77777;
        words[i] = GG_STR("word");
        messages[i] = (sample_Inner){ .id = i + 1, .label = GG_STR("label") };
        gg_str key = gg_str_of(keys[i], (size_t)snprintf(keys[i], sizeof keys[i], "%d", (i * 7919) % COUNT));
        entries[i] = (sample_Everything_MStringEntry){ key, -1 };
        entries[i + COUNT] = (sample_Everything_MStringEntry){ key, i };
    }
    in->r_int32 = numbers, in->r_string = words, in->r_inner = messages, in->m_string = entries;
    in->r_int32_count = in->r_string_count = in->r_inner_count = COUNT;
    in->m_string_count = 2 * COUNT;
    gg_str wire, again;
    assert_int_equal(gg_message_to_wire(&sample_Everything_type, in, arena, &wire), GG_OK);
    assert_int_equal(gg_message_from_wire(&sample_Everything_type, out, wire, NULL, arena, NULL), GG_OK);
    assert_int_equal(out->r_int32_count, COUNT);
    assert_int_equal(out->r_inner_count, COUNT);
    assert_int_equal(out->m_string_count, COUNT); /* every key was there twice: the second value stays */
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(out->r_int32[i], numbers[i]);
        assert_int_equal(out->r_inner[i].id, i + 1);
        assert_true(gg_str_eq(out->m_string[i].key, entries[i].key));
        assert_int_equal(out->m_string[i].value, i);
    }
    in->m_string = entries + COUNT;
    in->m_string_count = COUNT;
    assert_int_equal(gg_message_to_wire(&sample_Everything_type, in, arena, &wire), GG_OK);
    assert_int_equal(gg_message_to_wire(&sample_Everything_type, out, arena, &again), GG_OK);
    assert_true(gg_str_eq(wire, again));
    gg_arena_unref(arena);
}

/* -- the tables and their look-ups -- */
static int compare_names(gg_str a, gg_str b)
{
    return a.len != b.len ? (a.len < b.len ? -1 : 1) : memcmp(a.ptr, b.ptr, a.len);
}

static gg_str name_at(const gg_message_type *type, size_t i)
{
    const gg_field *field = &type->fields[type->by_name[i] / 2];
    return type->by_name[i] & 1 ? field->json_name : field->name;
}

static void test_look_ups(void **state)
{
    (void)state;
    for (const gg_message_type *const *t = sample_all_types; *t != NULL; t++) {
        const gg_message_type *type = *t;
        for (size_t i = 1; i < type->name_count; i++)
            assert_true(compare_names(name_at(type, i - 1), name_at(type, i)) < 0);
        for (size_t i = 1; i < type->field_count; i++)
            assert_true(type->fields[type->by_number[i - 1]].number < type->fields[type->by_number[i]].number);
        for (size_t i = 0; i < type->field_count; i++) {
            const gg_field *field = &type->fields[i];
            assert_ptr_equal(gg_field_by_number(type, field->number), field);
            assert_ptr_equal(gg_field_by_name(type, field->name), field);
            assert_ptr_equal(gg_field_by_name(type, field->json_name), field);
        }
        assert_null(gg_field_by_number(type, 0));
        assert_null(gg_field_by_number(type, 999));
        assert_null(gg_field_by_number(type, UINT32_MAX));
        assert_null(gg_field_by_name(type, GG_STR("")));
        assert_null(gg_field_by_name(type, GG_STR("f_int3")));
        assert_null(gg_field_by_name(type, GG_STR("fInt33")));
    }
    const gg_enum_type *color = &sample_Color_type;
    assert_true(gg_str_eq(gg_enum_by_number(color, 0)->name, GG_STR("COLOR_RED"))); /* the first alias */
    assert_int_equal(gg_enum_by_name(color, GG_STR("COLOR_CRIMSON"))->number, 0);
    assert_int_equal(gg_enum_by_number(color, -1)->number, -1);
    assert_null(gg_enum_by_number(color, 2));
    assert_null(gg_enum_by_number(color, 6));
    assert_null(gg_enum_by_name(color, GG_STR("COLOR_PINK")));
}

/* A well-known type is one by its fields, not by its name alone. */
static void test_well_known(void **state)
{
    (void)state;
    for (const gg_message_type *const *t = sample_all_types; *t != NULL; t++)
        assert_int_equal(gg_well_known_of(*t), (*t)->well_known);
    gg_message_type odd = sample_Inner_type;
    odd.name = GG_STR("google.protobuf.Timestamp");
    assert_int_equal(gg_well_known_of(&odd), GG_WKT_NONE);
    odd = gg_google_protobuf_Duration_type;
    odd.name = GG_STR("google.protobuf.Timestamp");
    assert_int_equal(gg_well_known_of(&odd), GG_WKT_TIMESTAMP);
    odd.name = GG_STR("google.protobuf.Int64Value");
    assert_int_equal(gg_well_known_of(&odd), GG_WKT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_look_ups),
        cmocka_unit_test(test_well_known),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_bad_rows),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_bad_structs),
        cmocka_unit_test(test_long_lists),
        cmocka_unit_test(test_text_is_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
