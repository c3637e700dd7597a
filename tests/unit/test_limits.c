/* test_limits.c -- every limit of gg/message.h: what stands exactly at it is taken, one more is GG_ETOOBIG (or
 * GG_ENOMEM, where it is memory) and the error says how many would have been right.
 *
 *   limit           default                 set by                         here
 *   depth           GG_MESSAGE_DEPTH        gg_codec_options.depth_limit   messages in messages, read
 *   nesting         twice that              the same                       arrays and objects of unknown names
 *   depth written   GG_MESSAGE_DEPTH_OUT    -                              structs that were made by hand
 *   elements        GG_MESSAGE_ELEMENTS     gg_codec_options.element_limit lists, maps
 *   message length  GG_MESSAGE_LEN          -                              serialized bytes
 *   memory          GG_ARENA_LIMIT          gg_arena_new                   all that was decoded */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "proto/member.h"
#include "sample_types.h"

enum { ROOMY = 256 << 20 /* bytes of an arena that is not what is tested */ };

static const gg_message_type *const type = &sample_Everything_type;

/* -- texts -- */
static void add(gg_buf *b, const char *text)
{
    assert_int_equal(gg_buf_append(b, gg_str_from(text)), GG_OK);
}

static void add_many(gg_buf *b, const char *text, size_t times)
{
    while (times-- > 0)
        add(b, text);
}

/* -- what is done with an input -- */
typedef gg_rc (*reader)(gg_str input, const gg_codec_options *options, gg_arena *arena, gg_decode_error *error);

static gg_rc from_json(gg_str input, const gg_codec_options *options, gg_arena *arena, gg_decode_error *error)
{
    return gg_message_from_json(type, gg_message_new(type, arena), input, options, arena, error);
}

static gg_rc from_json_in_pieces(gg_str input, const gg_codec_options *options, gg_arena *arena, gg_decode_error *error)
{
    gg_json_decoder *decoder = gg_json_decoder_new(type, gg_message_new(type, arena), NULL, options, arena);
    gg_rc rc = GG_NEED_MORE;
    for (size_t i = 0; i < input.len && rc == GG_NEED_MORE; i++)
        rc = gg_json_decoder_feed(decoder, gg_str_of(input.ptr + i, 1), i + 1 == input.len, error);
    return rc;
}

static gg_rc json_to_wire(gg_str input, const gg_codec_options *options, gg_arena *arena, gg_decode_error *error)
{
    gg_str wire;
    return gg_json_to_wire(type, input, options, arena, &wire, error);
}

static gg_rc from_wire(gg_str input, const gg_codec_options *options, gg_arena *arena, gg_decode_error *error)
{
    return gg_message_from_wire(type, gg_message_new(type, arena), input, options, arena, error);
}

static gg_rc wire_to_json(gg_str input, const gg_codec_options *options, gg_arena *arena, gg_decode_error *error)
{
    gg_str json;
    return gg_wire_to_json(type, input, options, arena, &json, error);
}

static gg_rc wire_to_wire(gg_str input, const gg_codec_options *options, gg_arena *arena, gg_decode_error *error)
{
    gg_str wire;
    return gg_wire_to_wire(type, input, options, arena, &wire, error);
}

static const reader json_readers[] = { from_json, from_json_in_pieces, json_to_wire, NULL };
static const reader wire_readers[] = { from_wire, wire_to_json, wire_to_wire, NULL };

/* Each way of reading the input: GG_OK, or, if `expected` is given, GG_ETOOBIG and that text in the error. */
static void check(const char *what, const reader *readers, gg_str input, const gg_codec_options *options,
    const char *expected)
{
    for (size_t i = 0; readers[i] != NULL; i++) {
        gg_arena *arena = gg_arena_new(NULL, ROOMY);
        gg_decode_error error = { 0 };
        gg_rc rc = readers[i](input, options, arena, &error);
        if (rc != (expected != NULL ? GG_ETOOBIG : GG_OK) ||
            (expected != NULL && !gg_str_eq(error.expected, gg_str_from(expected))))
            fail_msg("%s, way %zu, limits %u and %u: %d, expected %.*s", what, i,
                options != NULL ? options->depth_limit : 0, options != NULL ? options->element_limit : 0, rc,
                GG_STR_ARG(error.expected));
        gg_arena_unref(arena);
    }
}

/* -- depth -- */
static const char too_nested[] = "fewer arrays and objects inside each other"; /* the JSON reader's own limit */

/* A document of `levels` messages, the outermost one included: head, each for all but two, then inside. */
static const struct {
    const char *what;
    bool nests; /* two containers a message: the reader has counted too many before the messages are */
    const char *head, *each, *inside, *close, *tail;
} deep_rows[] = {
    { "messages", false, "{\"fInner\":", "{\"child\":", "{}", "}", "}" },
    { "messages in lists", true, "{\"rInner\":[", "{\"children\":[", "{}", "]}", "]}" },
    { "Structs", false, "{\"anyStruct\":", "{\"a\":", "{}", "}", "}" },
    { "ListValues", false, "{\"anyList\":", "[", "[]", "]", "}" },
    { "Structs in a Value", false, "{\"anyValue\":", "{\"a\":", "{}", "}", "}" },
    { "Anys", false, "{\"any\":", "{\"@type\":\"type.googleapis.com/google.protobuf.Any\",\"value\":", "{}", "}", "}" },
    { "Anys, types last", false, "{\"any\":", "{\"value\":", "{}",
        ",\"@type\":\"type.googleapis.com/google.protobuf.Any\"}", "}" },
};

static void build_deep(gg_buf *b, size_t row, size_t levels)
{
    add(b, deep_rows[row].head);
    add_many(b, deep_rows[row].each, levels - 2);
    add(b, deep_rows[row].inside);
    add_many(b, deep_rows[row].close, levels - 2);
    add(b, deep_rows[row].tail);
}

static const struct {
    uint32_t set, limit;
} depths[] = { { 0, GG_MESSAGE_DEPTH }, { 2, 2 }, { 3, 3 }, { 99, 99 }, { 101, 101 }, { 500, 500 }, { 501, 500 },
    { UINT32_MAX, 500 } };

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

static void test_json_depth(void **state)
{
    (void)state;
    for (size_t row = 0; row < COUNT(deep_rows); row++)
        for (size_t i = 0; i < COUNT(depths); i++) {
            gg_codec_options options = GG_CODEC_OPTIONS(.depth_limit = depths[i].set);
            char expected[64];
            gg_buf at = { 0 }, above = { 0 };
            if (deep_rows[row].nests)
                snprintf(expected, sizeof expected, "%s", too_nested);
            else
                snprintf(expected, sizeof expected, "at most %u nested messages", depths[i].limit);
            build_deep(&at, row, depths[i].limit);
            build_deep(&above, row, depths[i].limit + 1);
            check(deep_rows[row].what, json_readers, gg_buf_str(&at), &options, NULL);
            check(deep_rows[row].what, json_readers, gg_buf_str(&above), &options, expected);
            if (depths[i].set == 0) {
                check(deep_rows[row].what, json_readers, gg_buf_str(&at), NULL, NULL);
                check(deep_rows[row].what, json_readers, gg_buf_str(&above), NULL, expected);
            }
            gg_buf_deinit(&at);
            gg_buf_deinit(&above);
        }
}

/* Arrays and objects that are passed over: one of two levels may be a list. */
static void test_json_nesting(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(depths); i++)
        for (size_t more = 0; more < 2; more++) {
            gg_codec_options options = GG_CODEC_OPTIONS(.depth_limit = depths[i].set);
            size_t inside = 2 * depths[i].limit - 1 + more;
            gg_buf b = { 0 };
            add(&b, "{\"nobody\":");
            add_many(&b, "[", inside);
            add_many(&b, "]", inside);
            add(&b, "}");
            check("unknown arrays", json_readers, gg_buf_str(&b), &options, more ? too_nested : NULL);
            gg_buf_deinit(&b);
        }
}

/* The bytes become the value of a field around them. */
static void wrap(gg_buf *b, uint32_t number)
{
    gg_buf outer = { 0 };
    assert_int_equal(gg_wire_write_bytes(&outer, number, gg_buf_str(b)), GG_OK);
    gg_buf_deinit(b);
    *b = outer;
}

static void add_tag(gg_buf *b, uint32_t number, gg_wire_type wire)
{
    char *p = gg_buf_reserve(b, GG_VARINT_LEN);
    assert_non_null(p);
    gg_buf_added(b, gg_wire_put_varint(p, (uint64_t)number << 3 | wire));
}

static uint32_t number_of(const char *field)
{
    return gg_field_by_name(type, gg_str_from(field))->number;
}

enum { INNER_CHILD = 3, INNER_CHILDREN = 4, LEGACY_NESTED = 3, LIST_VALUES = 1, VALUE_LIST = 6 };

static void wire_messages(gg_buf *b, size_t levels)
{
    for (size_t i = 2; i < levels; i++)
        wrap(b, INNER_CHILD);
    wrap(b, number_of("f_inner"));
}
static void wire_lists(gg_buf *b, size_t levels)
{
    for (size_t i = 2; i < levels; i++)
        wrap(b, INNER_CHILDREN);
    wrap(b, number_of("r_inner"));
}
static void wire_map(gg_buf *b, size_t levels) /* an entry is no level */
{
    for (size_t i = 2; i < levels; i++)
        wrap(b, INNER_CHILD);
    wrap(b, 2);
    wrap(b, number_of("m_int64"));
}
static void wire_group(gg_buf *b, size_t levels)
{
    gg_buf group = { 0 };
    for (size_t i = 3; i < levels; i++)
        wrap(b, INNER_CHILD);
    if (levels > 2)
        wrap(b, LEGACY_NESTED);
    add_tag(&group, number_of("legacy"), GG_WIRE_SGROUP);
    assert_int_equal(gg_buf_append(&group, gg_buf_str(b)), GG_OK);
    add_tag(&group, number_of("legacy"), GG_WIRE_EGROUP);
    gg_buf_deinit(b);
    *b = group;
}
static void wire_list_values(gg_buf *b, size_t levels) /* a Value is no level */
{
    for (size_t i = 2; i < levels; i++) {
        wrap(b, VALUE_LIST);
        wrap(b, LIST_VALUES);
    }
    wrap(b, number_of("any_list"));
}

static void test_wire_depth(void **state)
{
    (void)state;
    static void (*const builds[])(gg_buf * b, size_t levels) = { wire_messages, wire_lists, wire_map, wire_group,
        wire_list_values };
    for (size_t row = 0; row < COUNT(builds); row++)
        for (size_t i = 0; i < COUNT(depths); i++)
            for (size_t more = 0; more < 2; more++) {
                gg_codec_options options = GG_CODEC_OPTIONS(.depth_limit = depths[i].set);
                char expected[64], what[32];
                gg_buf b = { 0 };
                snprintf(expected, sizeof expected, "at most %u nested messages", depths[i].limit);
                snprintf(what, sizeof what, "wire row %zu", row);
                builds[row](&b, depths[i].limit + more);
                check(what, wire_readers, gg_buf_str(&b), &options, more ? expected : NULL);
                gg_buf_deinit(&b);
            }
}

/* A struct deeper than any that could be read. */
static void test_depth_written(void **state)
{
    (void)state;
    sample_Inner inner[GG_MESSAGE_DEPTH_OUT + 1] = { 0 };
    for (size_t i = 0; i + 1 < COUNT(inner); i++)
        inner[i].child = &inner[i + 1];
    for (size_t more = 0; more < 2; more++) {
        gg_arena *arena = gg_arena_new(NULL, ROOMY);
        gg_str out;
        gg_rc want = more ? GG_ETOOBIG : GG_OK;
        const sample_Inner *top = &inner[1 - more];
        assert_int_equal(gg_message_to_wire(&sample_Inner_type, top, arena, &out), want);
        assert_int_equal(gg_message_to_json(&sample_Inner_type, top, NULL, arena, &out, NULL), want);
        gg_arena_unref(arena);
    }
}

/* -- elements -- */
static const struct {
    const char *what, *head, *each, *tail; /* JSON; %zu in each is another number every time */
    const char *noun;
} many_rows[] = {
    { "numbers", "{\"rInt32\":[", "7", "]}", "elements" },
    { "strings", "{\"rString\":[", "\"\"", "]}", "elements" },
    { "messages", "{\"rInner\":[", "{}", "]}", "elements" },
    { "messages in a message", "{\"fInner\":{\"children\":[", "{}", "]}}", "elements" },
    { "values", "{\"anyList\":[", "null", "]}", "elements" },
    { "paths", "{\"mask\":\"", "a", "\"}", "elements" },
    { "map", "{\"mString\":{", "\"%zu\":1", "}}", "entries" },
    { "map of messages", "{\"mInt64\":{", "\"%zu\":{}", "}}", "entries" },
    { "Struct", "{\"anyStruct\":{", "\"%zu\":null", "}}", "entries" },
};

static void build_many(gg_buf *b, size_t row, size_t count)
{
    add(b, many_rows[row].head);
    for (size_t i = 0; i < count; i++) {
        char text[64];
        const char *number = strstr(many_rows[row].each, "%zu");
        if (i > 0)
            add(b, ",");
        if (number == NULL) {
            add(b, many_rows[row].each);
            continue;
        }
        snprintf(text, sizeof text, "%.*s%zu%s", (int)(number - many_rows[row].each), many_rows[row].each, i,
            number + 3);
        add(b, text);
    }
    add(b, many_rows[row].tail);
}

/* The JSON document, and its serialized form. */
static void test_elements(void **state)
{
    (void)state;
    static const uint32_t limits[] = { 1, 2, 4, 7, 64, 1000 };
    for (size_t row = 0; row < COUNT(many_rows); row++)
        for (size_t i = 0; i < COUNT(limits); i++)
            for (size_t more = 0; more < 2; more++) {
                gg_codec_options options = GG_CODEC_OPTIONS(.element_limit = limits[i]);
                gg_arena *arena = gg_arena_new(NULL, ROOMY);
                gg_str wire = { 0 };
                char expected[64];
                gg_buf b = { 0 };
                build_many(&b, row, limits[i] + more);
                snprintf(expected, sizeof expected, "at most %u %s", limits[i], many_rows[row].noun);
                check(many_rows[row].what, json_readers, gg_buf_str(&b), &options, more ? expected : NULL);
                assert_int_equal(gg_json_to_wire(type, gg_buf_str(&b), NULL, arena, &wire, NULL), GG_OK);
                snprintf(expected, sizeof expected, "at most %u elements", limits[i]);
                check(many_rows[row].what, wire_readers, wire, &options, more ? expected : NULL);
                gg_buf_deinit(&b);
                gg_arena_unref(arena);
            }
}

/* The same list packed in one, in two parts, and one by one. */
static void test_packed_elements(void **state)
{
    (void)state;
    enum { LIMIT = 100 };
    gg_codec_options options = GG_CODEC_OPTIONS(.element_limit = LIMIT);
    static const size_t parts[] = { LIMIT + 1, 60, 1 };
    char sevens[LIMIT + 1];
    memset(sevens, 7, sizeof sevens);
    for (size_t i = 0; i < COUNT(parts); i++)
        for (size_t more = 0; more < 2; more++) {
            gg_buf b = { 0 };
            for (size_t left = LIMIT + more, len; left > 0; left -= len) {
                len = left < parts[i] ? left : parts[i];
                assert_int_equal(gg_wire_write_bytes(&b, number_of("r_int32"), gg_str_of(sevens, len)), GG_OK);
            }
            check("packed", wire_readers, gg_buf_str(&b), &options, more ? "at most 100 elements" : NULL);
            gg_buf_deinit(&b);
        }
}

/* The default, which is also the most that can be set. */
static void test_default_elements(void **state)
{
    (void)state;
    static const reader only_read[] = { from_wire, NULL };
    char *zeros = calloc(GG_MESSAGE_ELEMENTS + 1, 1);
    assert_non_null(zeros);
    for (size_t more = 0; more < 2; more++) {
        gg_codec_options most = GG_CODEC_OPTIONS(.element_limit = UINT32_MAX);
        const char *expected = more ? "at most 16777216 elements" : NULL;
        gg_buf b = { 0 };
        gg_str list = gg_str_of(zeros, GG_MESSAGE_ELEMENTS + more);
        assert_int_equal(gg_wire_write_bytes(&b, number_of("r_bool"), list), GG_OK);
        check("default", only_read, gg_buf_str(&b), NULL, expected);
        check("most", only_read, gg_buf_str(&b), &most, expected);
        gg_buf_deinit(&b);
    }
    free(zeros);
}

/* -- length of a message: never reached, as no arena here has so much -- */
static void test_message_len(void **state)
{
    (void)state;
    for (size_t more = 0; more < 2; more++) {
        gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        sample_Everything message = { .f_bytes = gg_str_of("", (size_t)GG_MESSAGE_LEN + more) };
        gg_str wire;
        assert_int_equal(gg_message_to_wire(type, &message, arena, &wire), more ? GG_ETOOBIG : GG_ENOMEM);
        gg_arena_unref(arena);
    }
}

/* -- memory -- */
/* GG_OK or GG_ENOMEM; never more taken than allowed. */
static gg_rc read_within(reader read, gg_str input, size_t limit)
{
    gg_arena *arena = gg_arena_new(NULL, limit);
    gg_decode_error error = { 0 };
    gg_rc rc = read(input, NULL, arena, &error);
    assert_true(gg_arena_taken(arena) <= limit);
    if (rc != GG_OK) {
        assert_int_equal(rc, GG_ENOMEM);
        assert_true(gg_str_eq(error.expected, GG_STR("a message that fits the memory of one call")));
    }
    gg_arena_unref(arena);
    return rc;
}

static void test_memory(void **state)
{
    (void)state;
    for (size_t row = 0; row < COUNT(many_rows); row++) {
        gg_buf b = { 0 };
        build_many(&b, row, 5000);
        for (size_t i = 0; json_readers[i] != NULL; i++) {
            size_t fails = 8192, fits = ROOMY; /* the struct itself needs a chunk or two */
            assert_int_equal(read_within(json_readers[i], gg_buf_str(&b), fails), GG_ENOMEM);
            assert_int_equal(read_within(json_readers[i], gg_buf_str(&b), fits), GG_OK);
            while (fits - fails > 1) { /* to the byte */
                size_t middle = fails + (fits - fails) / 2;
                if (read_within(json_readers[i], gg_buf_str(&b), middle) == GG_OK)
                    fits = middle;
                else
                    fails = middle;
            }
            assert_true(fits < 64 * b.len); /* in step with the input */
        }
        gg_buf_deinit(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_depth),
        cmocka_unit_test(test_json_nesting),
        cmocka_unit_test(test_wire_depth),
        cmocka_unit_test(test_depth_written),
        cmocka_unit_test(test_elements),
        cmocka_unit_test(test_packed_elements),
        cmocka_unit_test(test_default_elements),
        cmocka_unit_test(test_message_len),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
