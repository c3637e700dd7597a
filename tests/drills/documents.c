/* documents.c -- the drills (documents.h).  Messages: tests/proto/test/v1/types.proto, legacy.proto. */
#include "documents.h"

#include "test/v1/legacy.gg.h"
#include "test/v1/types.gg.h"

#include <stdio.h>
#include <stdlib.h>

/* Fields of AllTypes, of its Point, and of Legacy. */
enum {
    INT32 = 3,
    STRING = 14,
    POINT = 18,
    SELF = 19,
    INT32S = 43,
    INT64S = 44,
    DOUBLES = 41,
    STRINGS = 54,
    POINTS = 57,
    UNPACKED = 58,
    BY_STRING = 61,
    BY_INT32 = 62,
    BY_UINT64 = 65,
    CHOICE_STRING = 82,
    CHOICE_POINT = 86,
    STRUCT = 104,
    LIST_VALUE = 106,
    ANY = 107,
    VALUES = 121,
    UNKNOWN = 1000
};
enum { POINT_X = 1, POINT_NEXT = 3 };
enum { LEGACY_EXTRA = 7, LEGACY_PART = 8, PART_INNER = 2, LEGACY_BY_NAME = 9, LEGACY_MOODS = 12 };

static const char any_head[] = "{\"@type\":\"type.googleapis.com/google.protobuf.Any\",\"value\":";
static const char any_tail[] = ",\"@type\":\"type.googleapis.com/google.protobuf.Any\"}";
static const char any_url[] = "type.googleapis.com/google.protobuf.Any";

/* -- JSON: nesting.  `n` levels, the first ones only opened. -- */
#define OPENED(name, head, each) \
    static void name(builder *b, size_t n) \
    { \
        put_text(b, head); \
        put_many(b, each, n); \
    }
#define CLOSED(name, head, each, inside, close, tail) \
    static void name(builder *b, size_t n) \
    { \
        put_text(b, head); \
        put_many(b, each, n); \
        put_text(b, inside); \
        put_many(b, close, n); \
        put_text(b, tail); \
    }
OPENED(unknown_arrays, "{\"nobody\":", "[")
OPENED(unknown_objects, "{\"nobody\":", "{\"a\":")
CLOSED(unknown_closed, "{\"nobody\":", "[", "", "]", "}")
CLOSED(known_objects, "{\"point\":{", "\"next\":{", "", "}", "}}")
CLOSED(values, "{\"value\":", "[", "", "]", "}")
CLOSED(structs, "{\"struct\":", "{\"a\":", "1", "}", "}")
CLOSED(value_mixture, "{\"value\":", "[{\"a\":", "null", "}]", "}")
CLOSED(anys, "{\"any\":", any_head, "{}", "}", "}")
CLOSED(anys_backwards, "{\"any\":", "{\"value\":", "{}", any_tail, "}")
OPENED(anys_untyped, "{\"any\":", "{\"value\":")

/* -- JSON: lists.  `n` elements. -- */
#define LISTED(name, head, each, tail) \
    static void name(builder *b, size_t n) \
    { \
        put_text(b, head); \
        put_many(b, each ",", n - 1); \
        put_text(b, each tail); \
    }
LISTED(int32s, "{\"int32s\":[", "7", "]}")
LISTED(doubles, "{\"doubles\":[", "0.1", "]}")
LISTED(strings, "{\"strings\":[", "\"\"", "]}")
LISTED(escaped_strings, "{\"strings\":[", "\"\\u00e9x\"", "]}")
LISTED(points, "{\"points\":[", "{}", "]}")
LISTED(nulls, "{\"listValue\":[", "null", "]}")
LISTED(lists, "{\"listValue\":[", "[]", "]}")
LISTED(any_list, "{\"anys\":[", "{\"value\":\"1s\",\"@type\":\"type.googleapis.com/google.protobuf.Duration\"}", "]}")
LISTED(untyped_list, "{\"anys\":[", "{\"a\":{}}", "]}")
LISTED(unknown_enums, "{\"colors\":[", "\"PINK\"", "]}")
LISTED(field_mask, "{\"fieldMask\":\"", "a", "\"}")
LISTED(unknown_list, "{\"nobody\":[", "{\"a\":[1,\"b\"]}", "]}")
LISTED(same_name, "{", "\"int32Value\":1", "}")
LISTED(same_unknown_name, "{", "\"nobody\":1", "}")
LISTED(nothings, "{", "\"point\":null", "}")
LISTED(oneof_twice, "{", "\"choiceInt32\":1,\"choiceString\":\"a\"", "}")
LISTED(bad_at_the_end, "{\"int32s\":[", "7", ",x]}")
LISTED(cut_at_the_end, "{\"int32s\":[", "7", "")
LISTED(too_many_values, "", "{}", "")

static void unknown_names(builder *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put_format(b, "%c\"u%zu\":%zu", i == 0 ? '{' : ',', i, i);
    put_text(b, "}");
}

static void json_map(builder *b, const char *head, size_t n, size_t (*key)(size_t i, size_t n), const char *value)
{
    put_text(b, head);
    for (size_t i = 0; i < n; i++)
        put_format(b, "%s\"%zu\":%s", i == 0 ? "" : ",", key(i, n), value);
    put_text(b, "}}");
}

static size_t equal(size_t i, size_t n)
{
    (void)i;
    (void)n;
    return 1;
}
static size_t rising(size_t i, size_t n)
{
    (void)n;
    return i;
}
static size_t falling(size_t i, size_t n)
{
    return n - i;
}
#define KEYED(name, head, key, value) \
    static void name(builder *b, size_t n) \
    { \
        json_map(b, head, n, key, value); \
    }
KEYED(equal_keys, "{\"byString\":{", equal, "\"x\"")
KEYED(rising_keys, "{\"byInt32\":{", rising, "1")
KEYED(falling_keys, "{\"byInt32\":{", falling, "1")
KEYED(scattered_keys, "{\"byString\":{", scattered, "\"x\"")
KEYED(struct_keys, "{\"struct\":{", scattered, "[1]")

/* Keys alike for a thousand bytes: n of them in all are n bytes. */
static void long_keys(builder *b, size_t n)
{
    enum { ALIKE = 1024 };
    put_text(b, "{\"byString\":{");
    for (size_t i = 0; i < n / ALIKE; i++) {
        put_text(b, i == 0 ? "\"" : ",\"");
        put_many(b, "k", ALIKE);
        put_format(b, "%zu\":\"\"", scattered(i, n / ALIKE));
    }
    put_text(b, "}}");
}

/* -- JSON: long tokens of `n` parts -- */
CLOSED(long_string, "{\"stringValue\":\"", "a", "", "", "\"}")
CLOSED(long_escapes, "{\"stringValue\":\"", "\\u00e9\\n", "", "", "\"}")
CLOSED(long_unknown_string, "{\"nobody\":\"", "\\u00e9", "", "", "\"}")
CLOSED(long_name, "{\"", "n", "", "", "\":1}")
CLOSED(long_base64, "{\"bytesValue\":\"", "AAAA", "", "", "\"}")
CLOSED(long_integer, "{\"int64Value\":1", "0", "", "", "}")
CLOSED(long_double, "{\"doubleValue\":1", "0", "", "", "}")
CLOSED(long_fraction, "{\"doubleValue\":0.", "3", "", "", "}")
CLOSED(long_exponent, "{\"doubleValue\":1e-", "9", "", "", "}")
CLOSED(spaces, "", " ", "{}", " ", "")
CLOSED(lines, "", "\n", "{}", "\r\n", "x")
CLOSED(long_line, "", " ", "{", "", "x")
CLOSED(long_timestamp, "{\"timestamp\":\"2000-01-01T00:00:00.", "0", "", "", "Z\"}")

static void whole_by_exponent(builder *b, size_t n)
{
    put_text(b, "{\"int64Value\":1");
    put_many(b, "0", n);
    put_format(b, "e-%zu}", n);
}

/* An Any whose type comes last, around a long list; ten deep. */
static void any_behind_list(builder *b, size_t n)
{
    enum { DEEP = 10 };
    put_text(b, "{\"any\":");
    put_many(b, "{\"value\":", DEEP);
    put_text(b, "{\"value\":[");
    put_many(b, "1,", n - 1);
    put_text(b, "1],\"@type\":\"type.googleapis.com/google.protobuf.ListValue\"}");
    put_many(b, any_tail, DEEP);
    put_text(b, "}");
}

/* -- wire: nesting -- */
static void wire_points(builder *b, size_t n)
{
    put_nested(b, POINT_NEXT, n);
    wrap(b, 0, POINT);
}
static void wire_selves(builder *b, size_t n)
{
    put_nested(b, SELF, n);
}
static void wire_groups(builder *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put_tag(b, LEGACY_PART, SGROUP);
}
static void wire_unknown_groups(builder *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put_tag(b, UNKNOWN, SGROUP);
    for (size_t i = 0; i < n; i++)
        put_tag(b, UNKNOWN, EGROUP);
}
static void wire_open_groups(builder *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put_tag(b, UNKNOWN + (uint32_t)i % 1000, SGROUP);
}
static void wire_end_groups(builder *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put_tag(b, UNKNOWN, EGROUP);
}
/* An Any in an Any ..., each with its URL. */
static void wire_anys(builder *b, size_t n)
{
    size_t head = 2 + sizeof any_url - 1, len = 0;
    uint32_t *lens = calloc(n + 1, sizeof *lens);
    if (lens == NULL)
        abort();
    for (size_t i = 1; i <= n; i++) {
        size_t digits = 1;
        for (size_t rest = len; rest >= 0x80; rest >>= 7)
            digits++;
        len += head + 1 + digits;
        lens[i] = (uint32_t)len;
    }
    put_tag(b, ANY, LEN);
    put_varint(b, len);
    for (size_t i = n; i-- > 0;) {
        put_bytes(b, 1, any_url, sizeof any_url - 1);
        put_tag(b, 2, LEN);
        put_varint(b, lens[i]);
    }
    free(lens);
}

/* Ninety Anys around a long string: each level has a copy, which is as much as the depth limit allows. */
static void wire_deep_any(builder *b, size_t n)
{
    enum { DEEP = 90 };
    static const char url[] = "type.googleapis.com/google.protobuf.StringValue";
    builder inner = { 0 };
    put_many(&inner, "s", n);
    wrap(&inner, 0, 1);
    for (size_t i = 0; i < DEEP; i++) {
        wrap(&inner, 0, 2);
        put_bytes(&inner, 1, i == 0 ? url : any_url, i == 0 ? sizeof url - 1 : sizeof any_url - 1);
    }
    wrap(&inner, 0, ANY);
    put(b, inner.data, inner.len);
    free(inner.data);
}

/* -- wire: lengths that are not there.  `n` does not matter. -- */
#define CLAIMED(name, ...) \
    static void name(builder *b, size_t n) \
    { \
        const uint32_t numbers[] = { __VA_ARGS__ }; \
        (void)n; \
        for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) { \
            put_tag(b, numbers[i], LEN); \
            put_varint(b, (1u << 30) - 16 * i); \
        } \
        put_text(b, "few"); \
    }
CLAIMED(claim_string, STRING)
CLAIMED(claim_packed, INT32S)
CLAIMED(claim_doubles, DOUBLES)
CLAIMED(claim_message, POINT)
CLAIMED(claim_nested, SELF, SELF, SELF)
CLAIMED(claim_entry, BY_STRING)
CLAIMED(claim_unknown, UNKNOWN)

/* -- wire: many.  `n` fields. -- */
#define REPEATED(name, ...) \
    static void name(builder *b, size_t n) \
    { \
        for (size_t i = 0; i < n; i++) { \
            __VA_ARGS__; \
        } \
    }
REPEATED(wire_unpacked, put_number(b, UNPACKED, 7))
REPEATED(wire_one_by_one, put_number(b, INT32S, 7))
REPEATED(wire_interleaved, put_number(b, INT32S, 7); put_number(b, INT64S, 7))
REPEATED(wire_packs, put_bytes(b, INT32S, "\1\2", 2))
REPEATED(wire_strings_and_unknown, put_bytes(b, STRINGS, "abc", 3); put_number(b, UNKNOWN, i))
REPEATED(wire_strings_and_points, put_bytes(b, STRINGS, "abc", 3); put_bytes(b, POINTS, "", 0))
REPEATED(wire_last_wins, put_bytes(b, STRING, "abc", 3))
REPEATED(wire_oneof, put_bytes(b, CHOICE_STRING, "a", 1); put_bytes(b, CHOICE_POINT, "\10\1", 2))
REPEATED(wire_pieces, put_bytes(b, POINT, "\10\1", 2))
REPEATED(wire_deep_pieces, put_bytes(b, POINT, "\32\2\32\0", 4))
REPEATED(wire_group_pieces, put_tag(b, LEGACY_EXTRA, SGROUP); put_tag(b, LEGACY_EXTRA, EGROUP))
REPEATED(wire_small_unknown_groups, put_tag(b, UNKNOWN, SGROUP); put_number(b, 1, 1); put_tag(b, UNKNOWN, EGROUP))
REPEATED(wire_moods, put_number(b, LEGACY_MOODS, 99))
REPEATED(wire_wrong_types, put_bytes(b, INT32, "abc", 3))
REPEATED(wire_any_values, put_bytes(b, VALUES, "", 0))
REPEATED(wire_overlong, put(b, "\x98\x80\x80\x80\x00\x81\x80\x80\x80\x80\x80\x80\x80\x80\x00", 15))

/* One entry of a map with this key. */
static void wire_entry(builder *b, uint32_t map, size_t key)
{
    builder entry = { 0 };
    put_number(&entry, 1, key);
    put_number(&entry, 2, 1);
    put_bytes(b, map, entry.data, entry.len);
    free(entry.data);
}
static void wire_text_entry(builder *b, uint32_t map, size_t key)
{
    builder entry = { 0 };
    char text[24];
    put_bytes(&entry, 1, text, (size_t)snprintf(text, sizeof text, "%zu", key));
    put_bytes(b, map, entry.data, entry.len);
    free(entry.data);
}
REPEATED(wire_equal_keys, wire_entry(b, BY_INT32, 1))
REPEATED(wire_falling_keys, wire_entry(b, BY_INT32, n - i))
REPEATED(wire_scattered_keys, wire_entry(b, BY_INT32, scattered(i, n)))
REPEATED(wire_text_keys, wire_text_entry(b, BY_STRING, scattered(i, n)))
REPEATED(wire_message_keys, put_bytes(b, BY_UINT64, "", 0))
REPEATED(wire_legacy_keys, wire_text_entry(b, LEGACY_BY_NAME, scattered(i, n)))

/* A message with a map, in n pieces of one entry. */
REPEATED(wire_map_pieces, size_t from = b->len; wire_entry(b, BY_INT32, n - i); wrap(b, from, SELF))
REPEATED(wire_struct_pieces, size_t from = b->len; wire_text_entry(b, 1, scattered(i, n)); wrap(b, from, STRUCT))
REPEATED(wire_two_maps, size_t from = b->len; wire_entry(b, BY_INT32, n - i);
         wire_text_entry(b, BY_STRING, scattered(i, n)); wrap(b, from, SELF))

static void wire_packed(builder *b, size_t n)
{
    put_many(b, "\7", n);
    wrap(b, 0, INT32S);
}
static void wire_packed_doubles(builder *b, size_t n)
{
    put_many(b, "12345678", n);
    wrap(b, 0, DOUBLES);
}
static void wire_packed_moods(builder *b, size_t n)
{
    put_many(b, "\143", n);
    wrap(b, 0, LEGACY_MOODS);
}
static void wire_pack_then_cut(builder *b, size_t n)
{
    put_many(b, "\7", n);
    put(b, "\x80", 1);
    wrap(b, 0, INT32S);
}
static void wire_endless_varint(builder *b, size_t n)
{
    put_tag(b, INT32, VARINT);
    put_many(b, "\x80", n);
}
static void wire_endless_tag(builder *b, size_t n)
{
    put_many(b, "\x80", n);
}
static void wire_bad_string(builder *b, size_t n)
{
    put_many(b, "s", n);
    put(b, "\xff", 1);
    wrap(b, 0, STRING);
}

#define ALL &test_v1_AllTypes_type
#define OLD &test_v1_Legacy_type
enum { MANY = 1 << 15, FEW = 1 << 13, TEN_MILLION = 10000000 };

const drill drills[] = {
    /* what, form, type, build, n, want, feed */
    { "JSON: arrays of an unknown name", FROM_JSON, ALL, unknown_arrays, MANY, TOO_BIG, 0, 0 },
    { "JSON: objects of an unknown name", FROM_JSON, ALL, unknown_objects, MANY, TOO_BIG, 0, 0 },
    { "JSON: arrays of an unknown name, closed", FROM_JSON, ALL, unknown_closed, MANY, TOO_BIG, 0, 0 },
    { "JSON: messages in messages", FROM_JSON, ALL, known_objects, MANY, TOO_BIG, 0, 0 },
    { "JSON: lists in a Value", FROM_JSON, ALL, values, MANY, TOO_BIG, 0, 0 },
    { "JSON: Structs in Structs", FROM_JSON, ALL, structs, MANY, TOO_BIG, 0, 0 },
    { "JSON: lists and Structs", FROM_JSON, ALL, value_mixture, MANY, TOO_BIG, 0, 0 },
    { "JSON: Anys in Anys", FROM_JSON, ALL, anys, MANY, TOO_BIG, 0, 0 },
    { "JSON: Anys in Anys, types last", FROM_JSON, ALL, anys_backwards, MANY, TOO_BIG, 0, 0 },
    { "JSON: Anys in Anys, types last, in pieces", FROM_JSON, ALL, anys_backwards, FEW, TOO_BIG, 100, 0 },
    { "JSON: Anys in Anys without an end", FROM_JSON, ALL, anys_untyped, MANY, TOO_BIG, 0, 0 },
    { "JSON: an Any around a list, type last", FROM_JSON, ALL, any_behind_list, FEW, RIGHT, 0, 0 },
    { "JSON: the same in pieces", FROM_JSON, ALL, any_behind_list, FEW, RIGHT, 1000, 0 },
    { "JSON: many Anys, type last", FROM_JSON, ALL, any_list, FEW, RIGHT, 0, 0 },
    { "JSON: many Anys, type last, in pieces", FROM_JSON, ALL, any_list, FEW, RIGHT, 7, 0 },
    { "JSON: many Anys without a type", FROM_JSON, ALL, untyped_list, FEW, RIGHT, 0, 0 },
    { "JSON: int32s", FROM_JSON, ALL, int32s, MANY, RIGHT, 0, 0 },
    { "JSON: int32s in single bytes", FROM_JSON, ALL, int32s, MANY, RIGHT, 1, 0 },
    { "JSON: doubles", FROM_JSON, ALL, doubles, MANY, RIGHT, 0, 0 },
    { "JSON: strings", FROM_JSON, ALL, strings, MANY, RIGHT, 0, 0 },
    { "JSON: escaped strings in pieces", FROM_JSON, ALL, escaped_strings, MANY, RIGHT, 3, 0 },
    { "JSON: empty messages", FROM_JSON, ALL, points, MANY, RIGHT, 0, 0 },
    { "JSON: nulls in a list", FROM_JSON, ALL, nulls, MANY, RIGHT, 0, 0 },
    { "JSON: empty lists in a list", FROM_JSON, ALL, lists, MANY, RIGHT, 0, 0 },
    { "JSON: unknown names of an enum", FROM_JSON, ALL, unknown_enums, MANY, RIGHT, 0, 0 },
    { "JSON: paths of a mask", FROM_JSON, ALL, field_mask, MANY, RIGHT, 0, 0 },
    { "JSON: unknown names, all different", FROM_JSON, ALL, unknown_names, MANY, RIGHT, 0, 0 },
    { "JSON: an unknown name again and again", FROM_JSON, ALL, same_unknown_name, MANY, RIGHT | WRONG, 0, 0 },
    { "JSON: a list of an unknown name", FROM_JSON, ALL, unknown_list, MANY, RIGHT, 0, 0 },
    { "JSON: one field again and again", FROM_JSON, ALL, same_name, MANY, WRONG, 0, 0 },
    { "JSON: one field null again and again", FROM_JSON, ALL, nothings, MANY, WRONG, 0, 0 },
    { "JSON: members of a oneof again and again", FROM_JSON, ALL, oneof_twice, MANY, WRONG, 0, 0 },
    { "JSON: an error behind a list", FROM_JSON, ALL, bad_at_the_end, MANY, WRONG, 0, 0 },
    { "JSON: an error behind a list, in pieces", FROM_JSON, ALL, bad_at_the_end, MANY, WRONG, 5, 0 },
    { "JSON: a list without an end", FROM_JSON, ALL, cut_at_the_end, MANY, WRONG, 0, 0 },
    { "JSON: more values than one", FROM_JSON, ALL, too_many_values, MANY, WRONG, 0, 0 },
    { "JSON: a map, equal keys", FROM_JSON, ALL, equal_keys, MANY, RIGHT | WRONG, 0, 0 },
    { "JSON: a map, rising keys", FROM_JSON, ALL, rising_keys, MANY, RIGHT, 0, 0 },
    { "JSON: a map, falling keys", FROM_JSON, ALL, falling_keys, MANY, RIGHT, 0, 0 },
    { "JSON: a map, scattered keys", FROM_JSON, ALL, scattered_keys, MANY, RIGHT, 0, 0 },
    { "JSON: a Struct, scattered keys", FROM_JSON, ALL, struct_keys, MANY, RIGHT, 0, 0 },
    { "JSON: a map, long keys alike", FROM_JSON, ALL, long_keys, 1 << 20, RIGHT, 0, 0 },
    { "JSON: a long string", FROM_JSON, ALL, long_string, MANY, RIGHT, 0, 0 },
    { "JSON: a long string in single bytes", FROM_JSON, ALL, long_string, MANY, RIGHT, 1, 0 },
    { "JSON: a string of escapes", FROM_JSON, ALL, long_escapes, MANY, RIGHT, 0, 0 },
    { "JSON: a string of escapes in pieces", FROM_JSON, ALL, long_escapes, MANY, RIGHT, 5, 0 },
    { "JSON: a string of an unknown name", FROM_JSON, ALL, long_unknown_string, MANY, RIGHT, 5, 0 },
    { "JSON: a long name in single bytes", FROM_JSON, ALL, long_name, MANY, RIGHT, 1, 0 },
    { "JSON: long base64", FROM_JSON, ALL, long_base64, MANY, RIGHT, 0, 0 },
    { "JSON: an integer of many digits", FROM_JSON, ALL, long_integer, MANY, WRONG, 0, 0 },
    { "JSON: the same made small by its exponent", FROM_JSON, ALL, whole_by_exponent, MANY, RIGHT, 0, 0 },
    { "JSON: a double of many digits", FROM_JSON, ALL, long_double, MANY, WRONG, 0, 0 },
    { "JSON: a fraction of many digits", FROM_JSON, ALL, long_fraction, MANY, RIGHT, 0, 0 },
    { "JSON: a fraction in single bytes", FROM_JSON, ALL, long_fraction, MANY, RIGHT, 1, 0 },
    { "JSON: an exponent of many digits", FROM_JSON, ALL, long_exponent, MANY, RIGHT, 0, 0 },
    { "JSON: a time of many digits", FROM_JSON, ALL, long_timestamp, MANY, WRONG, 0, 0 },
    { "JSON: white space", FROM_JSON, ALL, spaces, MANY, RIGHT, 0, 0 },
    { "JSON: an error behind many lines, in pieces", FROM_JSON, ALL, lines, MANY, WRONG, 3, 0 },
    { "JSON: an error behind a long line, in pieces", FROM_JSON, ALL, long_line, MANY, WRONG, 3, 0 },

    { "wire: messages in messages", FROM_WIRE, ALL, wire_points, MANY, TOO_BIG, 0, 0 },
    { "wire: large messages in messages", FROM_WIRE, ALL, wire_selves, MANY, TOO_BIG, 0, 0 },
    { "wire: groups in groups", FROM_WIRE, OLD, wire_groups, MANY, WRONG, 0, 0 },
    { "wire: unknown groups in groups", FROM_WIRE, ALL, wire_unknown_groups, MANY, WRONG | TOO_BIG, 0, 0 },
    { "wire: unknown groups without an end", FROM_WIRE, OLD, wire_open_groups, MANY, WRONG | TOO_BIG, 0, 0 },
    { "wire: ends of no group", FROM_WIRE, ALL, wire_end_groups, MANY, WRONG, 0, 0 },
    { "wire: Anys in Anys", FROM_WIRE, ALL, wire_anys, MANY, TOO_BIG | NO_MEMORY, 0, 0 },
    { "wire: Anys in Anys around a string", FROM_WIRE, ALL, wire_deep_any, MANY, RIGHT, 0, 0 },
    { "wire: a string of 1 GB, claimed", FROM_WIRE, ALL, claim_string, 1, WRONG, 0, 0 },
    { "wire: a packed list of 1 GB, claimed", FROM_WIRE, ALL, claim_packed, 1, WRONG, 0, 0 },
    { "wire: packed doubles of 1 GB, claimed", FROM_WIRE, ALL, claim_doubles, 1, WRONG, 0, 0 },
    { "wire: a message of 1 GB, claimed", FROM_WIRE, ALL, claim_message, 1, WRONG, 0, 0 },
    { "wire: messages in messages of 1 GB, claimed", FROM_WIRE, ALL, claim_nested, 1, WRONG, 0, 0 },
    { "wire: an entry of 1 GB, claimed", FROM_WIRE, ALL, claim_entry, 1, WRONG, 0, 0 },
    { "wire: an unknown field of 1 GB, claimed", FROM_WIRE, ALL, claim_unknown, 1, WRONG, 0, 0 },
    { "wire: a packed list", FROM_WIRE, ALL, wire_packed, MANY, RIGHT, 0, 0 },
    { "wire: a packed list of doubles", FROM_WIRE, ALL, wire_packed_doubles, MANY, RIGHT, 0, 0 },
    { "wire: a list not packed", FROM_WIRE, ALL, wire_unpacked, MANY, RIGHT, 0, 0 },
    { "wire: a packed list, one by one", FROM_WIRE, ALL, wire_one_by_one, MANY, RIGHT, 0, 0 },
    { "wire: many packed lists of two", FROM_WIRE, ALL, wire_packs, MANY, RIGHT, 0, 0 },
    { "wire: a packed list cut in its last number", FROM_WIRE, ALL, wire_pack_then_cut, MANY, WRONG, 0, 0 },
    { "wire: two lists interleaved", FROM_WIRE, ALL, wire_interleaved, MANY, RIGHT, 0, 0 },
    { "wire: strings and messages interleaved", FROM_WIRE, ALL, wire_strings_and_points, MANY, RIGHT, 0, 0 },
    { "wire: strings and unknown fields interleaved", FROM_WIRE, ALL, wire_strings_and_unknown, MANY, RIGHT, 0, 0 },
    { "wire: a string again and again", FROM_WIRE, ALL, wire_last_wins, MANY, RIGHT, 0, 0 },
    { "wire: a oneof switched", FROM_WIRE, ALL, wire_oneof, MANY, RIGHT, 0, 0 },
    { "wire: a message in pieces", FROM_WIRE, ALL, wire_pieces, MANY, RIGHT, 0, 0 },
    { "wire: a message in a message in pieces", FROM_WIRE, ALL, wire_deep_pieces, MANY, RIGHT, 0, 0 },
    { "wire: a group in pieces", FROM_WIRE, OLD, wire_group_pieces, MANY, RIGHT, 0, 0 },
    { "wire: unknown groups", FROM_WIRE, ALL, wire_small_unknown_groups, MANY, RIGHT, 0, 0 },
    { "wire: unknown numbers of a closed enum", FROM_WIRE, OLD, wire_moods, MANY, RIGHT, 0, 0 },
    { "wire: the same, packed", FROM_WIRE, OLD, wire_packed_moods, MANY, RIGHT, 0, 0 },
    { "wire: fields of another wire type", FROM_WIRE, ALL, wire_wrong_types, MANY, RIGHT, 0, 0 },
    { "wire: empty Values", FROM_WIRE, ALL, wire_any_values, MANY, RIGHT, 0, 0 },
    { "wire: overlong tags and numbers", FROM_WIRE, ALL, wire_overlong, MANY, RIGHT, 0, 0 },
    { "wire: a number without an end", FROM_WIRE, ALL, wire_endless_varint, MANY, WRONG, 0, 0 },
    { "wire: a tag without an end", FROM_WIRE, ALL, wire_endless_tag, MANY, WRONG, 0, 0 },
    { "wire: a string that ends in no UTF-8", FROM_WIRE, ALL, wire_bad_string, MANY, WRONG, 0, 0 },
    { "wire: a map, equal keys", FROM_WIRE, ALL, wire_equal_keys, MANY, RIGHT, 0, 0 },
    { "wire: a map, falling keys", FROM_WIRE, ALL, wire_falling_keys, MANY, RIGHT, 0, 0 },
    { "wire: a map, scattered keys", FROM_WIRE, ALL, wire_scattered_keys, MANY, RIGHT, 0, 0 },
    { "wire: a map, scattered text keys", FROM_WIRE, ALL, wire_text_keys, MANY, RIGHT, 0, 0 },
    { "wire: a map of messages, empty entries", FROM_WIRE, ALL, wire_message_keys, MANY, RIGHT, 0, 0 },
    { "wire: a map of large messages", FROM_WIRE, OLD, wire_legacy_keys, FEW, RIGHT, 0, 0 },
    { "wire: a map in pieces", FROM_WIRE, ALL, wire_map_pieces, MANY, RIGHT, 0, 0 },
    { "wire: two maps in pieces", FROM_WIRE, ALL, wire_two_maps, MANY, RIGHT, 0, 0 },
    { "wire: a Struct in pieces", FROM_WIRE, ALL, wire_struct_pieces, MANY, RIGHT, 0, 0 },
};
const size_t drill_count = sizeof drills / sizeof drills[0];

const drill large[] = {
    { "JSON: 10,000,000 int32s, default memory", FROM_JSON, ALL, int32s, TEN_MILLION, NO_MEMORY, 0, 0 },
    { "JSON: 10,000,000 int32s", FROM_JSON, ALL, int32s, TEN_MILLION, RIGHT, 0, 512u << 20 },
    { "JSON: 10,000,000 int32s, little memory", FROM_JSON, ALL, int32s, TEN_MILLION, NO_MEMORY, 0, 1u << 20 },
    { "JSON: 17,000,000 int32s", FROM_JSON, ALL, int32s, 17000000, TOO_BIG, 0, 512u << 20 },
    { "wire: 10,000,000 packed int32s, default memory", FROM_WIRE, ALL, wire_packed, TEN_MILLION, NO_MEMORY, 0, 0 },
    { "wire: 10,000,000 packed int32s", FROM_WIRE, ALL, wire_packed, TEN_MILLION, RIGHT, 0, 512u << 20 },
    { "wire: 17,000,000 packed int32s", FROM_WIRE, ALL, wire_packed, 17000000, TOO_BIG, 0, 512u << 20 },
    { "wire: 10,000,000 int32s, one by one", FROM_WIRE, ALL, wire_one_by_one, TEN_MILLION, RIGHT, 0, 512u << 20 },
    { "JSON: 1,000,000 unknown names", FROM_JSON, ALL, unknown_names, 1000000, RIGHT, 0, 0 },
    { "JSON: 1,048,576 scattered keys", FROM_JSON, ALL, scattered_keys, 1 << 20, RIGHT, 0, 512u << 20 },
    { "wire: 1,048,576 scattered keys", FROM_WIRE, ALL, wire_scattered_keys, 1 << 20, RIGHT, 0, 512u << 20 },
    { "wire: 1,000,000 equal keys", FROM_WIRE, ALL, wire_equal_keys, 1000000, RIGHT, 0, 0 },
    { "wire: two lists interleaved 1,000,000 times", FROM_WIRE, ALL, wire_interleaved, 1000000, RIGHT, 0, 0 },
    { "wire: a oneof switched 1,000,000 times", FROM_WIRE, ALL, wire_oneof, 1000000, RIGHT | NO_MEMORY, 0, 0 },
    { "wire: a message in 100,000 pieces", FROM_WIRE, ALL, wire_pieces, 100000, RIGHT, 0, 0 },
};
const size_t large_count = sizeof large / sizeof large[0];
