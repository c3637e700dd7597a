/* test_path.c -- single fields by path, in generated structs and in those of a loaded schema alike.
 *
 * Each row does one thing to a message, with every allocation failing once; what is left of the message is
 * compared as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "failmalloc.h"
#include "proto/message.h"
#include "proto/wire.h"
#include "test/v1/legacy.gg.h"
#include "test/v1/types.gg.h"

enum { TEXT_MAX = 1024 };

typedef enum { HAS, GET, GET_JSON, SET_JSON, SET_TEXT, CLEAR } action;

/* clang-format off */
/* result: HAS yes or no; GET kind, whether set, value; GET_JSON the JSON; the others the message afterwards.
 * An error is "!" rc offset, then as gg_decode_error_text; the message is then as it was. */
typedef struct row { action action; const char *message, *path, *value, *result; } row;
static const row all_types_rows[] = {
    /* what is set */
    { HAS, "{}", "int32Value", NULL, "no" },
    { HAS, "{\"int32Value\":0}", "int32_value", NULL, "no" },
    { HAS, "{\"int32Value\":7}", "int32_value", NULL, "yes" },
    { HAS, "{\"int32Value\":7}", "int32Value", NULL, "yes" },
    { HAS, "{\"optionalInt32\":0}", "optional_int32", NULL, "yes" },
    { HAS, "{\"point\":{}}", "point", NULL, "yes" },
    { HAS, "{\"point\":{}}", "point.next", NULL, "no" },
    { HAS, "{\"point\":{\"next\":{\"x\":1}}}", "point.next.x", NULL, "yes" },
    { HAS, "{\"choiceInt32\":0}", "choice_int32", NULL, "yes" },
    { HAS, "{\"choiceInt32\":0}", "choice_string", NULL, "no" },
    { HAS, "{\"choiceInt32\":1}", "choice_point.x", NULL, "no" },
    { HAS, "{\"int32s\":[0]}", "int32s", NULL, "yes" },
    { HAS, "{\"int32s\":[0]}", "int32s[0]", NULL, "yes" },
    { HAS, "{\"int32s\":[0]}", "int32s[1]", NULL, "no" },
    { HAS, "{\"byString\":{\"a\":\"\"}}", "by_string", NULL, "yes" },
    { HAS, "{\"byString\":{\"a\":\"\"}}", "by_string[\"a\"]", NULL, "yes" },
    { HAS, "{\"byString\":{\"a\":\"\"}}", "by_string[\"b\"]", NULL, "no" },
    { HAS, "{}", "nothing", NULL, "no" },

    /* values */
    { GET, "{\"int32Value\":-7}", "int32_value", NULL, "INT set -7" },
    { GET, "{\"sint64Value\":\"-9223372036854775808\"}", "sint64Value", NULL, "INT set -9223372036854775808" },
    { GET, "{\"sfixed32Value\":-1}", "sfixed32_value", NULL, "INT set -1" },
    { GET, "{\"uint32Value\":4294967295}", "uint32Value", NULL, "UINT set 4294967295" },
    { GET, "{\"fixed64Value\":\"18446744073709551615\"}", "fixed64_value", NULL, "UINT set 18446744073709551615" },
    { GET, "{\"floatValue\":1.5}", "float_value", NULL, "DOUBLE set 1.5" },
    { GET, "{\"doubleValue\":-0.25}", "double_value", NULL, "DOUBLE set -0.25" },
    { GET, "{\"boolValue\":true}", "bool_value", NULL, "BOOL set 1" },
    { GET, "{\"stringValue\":\"a\"}", "string_value", NULL, "STRING set a" },
    { GET, "{\"bytesValue\":\"YWI=\"}", "bytes_value", NULL, "BYTES set ab" },
    { GET, "{\"color\":\"COLOR_GREEN\"}", "color", NULL, "ENUM set 2" },
    { GET, "{\"point\":{}}", "point", NULL, "MESSAGE set 1" },
    { GET, "{\"int32s\":[1,2]}", "int32s", NULL, "LIST set 2" },
    { GET, "{\"byInt32\":{\"1\":\"2\"}}", "by_int32", NULL, "MAP set 1" },
    { GET, "{\"byInt32\":{\"-1\":\"2\"}}", "by_int32[-1]", NULL, "INT set 2" },
    { GET, "{\"byBool\":{\"true\":\"t\"}}", "by_bool[true]", NULL, "STRING set t" },
    { GET, "{\"byBool\":{\"true\":\"t\"}}", "by_bool[\"true\"]", NULL, "STRING set t" },
    { GET, "{\"byUint64\":{\"18446744073709551615\":{\"x\":3}}}", "by_uint64[18446744073709551615].x", NULL, "INT set 3" },
    { GET, "{\"byString\":{\"a]\\\"b\":\"c\"}}", "by_string[\"a]\\\"b\"]", NULL, "STRING set c" },
    { GET, "{\"byString\":{\"\":\"c\"}}", "by_string[\"\"]", NULL, "STRING set c" },
    { GET, "{\"points\":[{},{\"next\":{\"y\":9}}]}", "points[1].next.y", NULL, "INT set 9" },
    { GET, "{\"anotherName\":\"r\"}", "anotherName", NULL, "STRING set r" },
    { GET, "{\"anotherName\":\"r\"}", "renamed", NULL, "STRING set r" },
    { GET, "{}", "int32_value", NULL, "INT unset 0" },
    { GET, "{}", "point", NULL, "MESSAGE unset 0" },
    { GET, "{}", "point.next.x", NULL, "INT unset 0" },
    { GET, "{}", "strings", NULL, "LIST unset 0" },
    { GET, "{}", "self.self.strings", NULL, "LIST unset 0" },
    { GET, "{\"choiceInt32\":5}", "choice_string", NULL, "STRING unset " },
    { GET, "{\"timestamp\":\"1970-01-01T00:00:05Z\"}", "timestamp.seconds", NULL, "INT set 5" },

    /* JSON of values */
    { GET_JSON, "{\"point\":{\"x\":1}}", "point", NULL, "{\"x\":1}" },
    { GET_JSON, "{\"int32s\":[1,2]}", "int32s", NULL, "[1,2]" },
    { GET_JSON, "{\"int32s\":[1,2]}", "int32s[1]", NULL, "2" },
    { GET_JSON, "{\"byInt32\":{\"1\":\"2\"}}", "by_int32", NULL, "{\"1\":\"2\"}" },
    { GET_JSON, "{\"points\":[{\"x\":1}]}", "points[0]", NULL, "{\"x\":1}" },
    { GET_JSON, "{\"bySfixed64\":{\"1\":\"2026-01-31T12:00:00Z\"}}", "by_sfixed64[1]", NULL, "\"2026-01-31T12:00:00Z\"" },
    { GET_JSON, "{\"color\":\"COLOR_RED\"}", "color", NULL, "\"COLOR_RED\"" },
    { GET_JSON, "{\"stringValue\":\"a\\\"b\"}", "string_value", NULL, "\"a\\\"b\"" },
    { GET_JSON, "{}", "point", NULL, "null" },
    { GET_JSON, "{}", "int64_value", NULL, "\"0\"" },
    { GET_JSON, "{}", "self.strings", NULL, "[]" },
    { GET_JSON, "{}", "self.by_string", NULL, "{}" },

    /* from JSON */
    { SET_JSON, "{}", "int32_value", "7", "{\"int32Value\":7}" },
    { SET_JSON, "{\"int32Value\":1}", "int32_value", "\"7\"", "{\"int32Value\":7}" },
    { SET_JSON, "{\"int32Value\":1}", "int32_value", "null", "{}" },
    { SET_JSON, "{}", "self.point", "null", "{}" },
    { SET_JSON, "{}", "self.int32s", "[]", "{}" },
    { SET_JSON, "{}", "optional_int32", "0", "{\"optionalInt32\":0}" },
    { SET_JSON, "{\"optionalInt32\":0}", "optional_int32", "null", "{}" },
    { SET_JSON, "{}", "self.point.next.x", "3", "{\"self\":{\"point\":{\"next\":{\"x\":3}}}}" },
    { SET_JSON, "{\"point\":{\"x\":1}}", "point", "{\"y\":2}", "{\"point\":{\"y\":2}}" },
    { SET_JSON, "{\"int32s\":[1,2]}", "int32s", "[3]", "{\"int32s\":[3]}" },
    { SET_JSON, "{\"int32s\":[1,2]}", "int32s[0]", "3", "{\"int32s\":[3,2]}" },
    { SET_JSON, "{\"int32s\":[1,2]}", "int32s[2]", "3", "{\"int32s\":[1,2,3]}" },
    { SET_JSON, "{\"int32s\":[1,2,3,4]}", "int32s[4]", "5", "{\"int32s\":[1,2,3,4,5]}" },
    { SET_JSON, "{}", "self.points[0].next.x", "3", "{\"self\":{\"points\":[{\"next\":{\"x\":3}}]}}" },
    { SET_JSON, "{\"points\":[{\"x\":1,\"y\":2}]}", "points[0]", "{\"x\":4}", "{\"points\":[{\"x\":4}]}" },
    { SET_JSON, "{\"byInt32\":{\"1\":\"2\"}}", "by_int32[1]", "3", "{\"byInt32\":{\"1\":\"3\"}}" },
    { SET_JSON, "{\"byInt32\":{\"1\":\"2\"}}", "by_int32[2]", "3", "{\"byInt32\":{\"1\":\"2\",\"2\":\"3\"}}" },
    { SET_JSON, "{\"byInt32\":{\"1\":\"2\"}}", "by_int32", "{\"5\":6}", "{\"byInt32\":{\"5\":\"6\"}}" },
    { SET_JSON, "{}", "by_uint64[5]", "{\"x\":1}", "{\"byUint64\":{\"5\":{\"x\":1}}}" },
    { SET_JSON, "{}", "by_uint64[5].next.x", "1", "{\"byUint64\":{\"5\":{\"next\":{\"x\":1}}}}" },
    { SET_JSON, "{}", "by_string[\"a\\u0041\"]", "\"v\"", "{\"byString\":{\"aA\":\"v\"}}" },
    { SET_JSON, "{\"choiceInt32\":5}", "choice_string", "\"s\"", "{\"choiceString\":\"s\"}" },
    { SET_JSON, "{\"choiceString\":\"s\"}", "choice_point.x", "1", "{\"choicePoint\":{\"x\":1}}" },
    { SET_JSON, "{\"choicePoint\":{\"x\":1}}", "choice_point.y", "2", "{\"choicePoint\":{\"x\":1,\"y\":2}}" },
    { SET_JSON, "{\"choiceInt32\":5}", "choice_string", "null", "{\"choiceInt32\":5}" },
    { SET_JSON, "{}", "choice_null", "null", "{\"choiceNull\":null}" },
    { SET_JSON, "{}", "timestamp", "\"2026-01-31T12:00:00Z\"", "{\"timestamp\":\"2026-01-31T12:00:00Z\"}" },
    { SET_JSON, "{}", "struct", "{\"a\":[null]}", "{\"struct\":{\"a\":[null]}}" },
    { SET_JSON, "{\"int32Value\":1}", "int32_value", "\"x\"",
      "!-1 0 int32_value: expected an integer between -2147483648 and 2147483647, found \"x\"" },
    { SET_JSON, "{}", "self.point", "{\"next\":{\"x\":[]}}",
      "!-1 13 self.point.next.x: expected an integer between -2147483648 and 2147483647, found an array" },
    { SET_JSON, "{\"int32s\":[1]}", "int32s[0]", "null", "!-1 0 int32s[0]: expected a value, found null" },
    { SET_JSON, "{}", "by_uint64[1]", "null", "!-1 0 by_uint64[1]: expected a value, found null" },
    { SET_JSON, "{\"int32s\":[1]}", "int32s[2]", "0", "!-6 6 int32s: expected an index of the 1 elements, found \"[2]\"" },
    { SET_JSON, "{}", "self.points[1].x", "0", "!-6 11 self.points: expected an index of the 0 elements, found \"[1].x\"" },

    /* from text */
    { SET_TEXT, "{}", "int32_value", "7", "{\"int32Value\":7}" },
    { SET_TEXT, "{}", "point.x", "7", "{\"point\":{\"x\":7}}" },
    { SET_TEXT, "{}", "strings", "a,b", "{\"strings\":[\"a,b\"]}" },
    { SET_TEXT, "{\"strings\":[\"a\"]}", "strings", "b", "{\"strings\":[\"a\",\"b\"]}" },
    { SET_TEXT, "{\"strings\":[\"a\"]}", "strings[0]", "b", "{\"strings\":[\"b\"]}" },
    { SET_TEXT, "{\"byString\":{\"a\":\"b\"}}", "by_string[\"a\"]", "c", "{\"byString\":{\"a\":\"c\"}}" },
    { SET_TEXT, "{}", "by_sfixed64[1]", "2026-01-31T12:00:00Z", "{\"bySfixed64\":{\"1\":\"2026-01-31T12:00:00Z\"}}" },
    { SET_TEXT, "{}", "duration", "1h", "{\"duration\":\"3600s\"}" },
    { SET_TEXT, "{}", "color", "2", "{\"color\":\"COLOR_GREEN\"}" },
    { SET_TEXT, "{\"choiceInt32\":5}", "choice_string", "s", "{\"choiceString\":\"s\"}" },
    { SET_TEXT, "{\"choiceString\":\"s\"}", "choice_int32", "x",
      "!-1 0 choice_int32: expected an integer between -2147483648 and 2147483647, found \"x\"" },
    { SET_TEXT, "{}", "self.strings", "\xff", "!-1 0 self.strings: expected a string of valid UTF-8, found \"\xef\xbf\xbd\"" },
    { SET_TEXT, "{}", "by_string", "x",
      "!-1 0 by_string: expected a key in brackets after the name of a map, found \"x\"" },
    { SET_TEXT, "{}", "point", "x",
      "!-1 0 point: expected the name of one of the message's fields, not the message itself, found \"x\"" },

    /* clearing */
    { CLEAR, "{\"int32Value\":7}", "int32_value", NULL, "{}" },
    { CLEAR, "{\"optionalString\":\"a\",\"optionalInt32\":1}", "optional_string", NULL, "{\"optionalInt32\":1}" },
    { CLEAR, "{\"point\":{\"x\":1}}", "point", NULL, "{}" },
    { CLEAR, "{\"point\":{\"x\":1}}", "point.x", NULL, "{\"point\":{}}" },
    { CLEAR, "{}", "point.next.x", NULL, "{}" },
    { CLEAR, "{\"choiceInt32\":5}", "choice_int32", NULL, "{}" },
    { CLEAR, "{\"choiceString\":\"s\"}", "choice_int32", NULL, "{\"choiceString\":\"s\"}" },
    { CLEAR, "{\"choicePoint\":{}}", "choice_point", NULL, "{}" },
    { CLEAR, "{\"int32s\":[1,2,3]}", "int32s", NULL, "{}" },
    { CLEAR, "{\"int32s\":[1,2,3]}", "int32s[0]", NULL, "{\"int32s\":[2,3]}" },
    { CLEAR, "{\"int32s\":[1,2,3]}", "int32s[2]", NULL, "{\"int32s\":[1,2]}" },
    { CLEAR, "{\"int32s\":[1,2,3]}", "int32s[3]", NULL, "{\"int32s\":[1,2,3]}" },
    { CLEAR, "{\"points\":[{\"x\":1},{\"x\":2}]}", "points[0]", NULL, "{\"points\":[{\"x\":2}]}" },
    { CLEAR, "{\"byInt32\":{\"1\":\"2\",\"3\":\"4\"}}", "by_int32[1]", NULL, "{\"byInt32\":{\"3\":\"4\"}}" },
    { CLEAR, "{\"byInt32\":{\"1\":\"2\"}}", "by_int32[5]", NULL, "{\"byInt32\":{\"1\":\"2\"}}" },

    /* paths that do not fit */
    { GET, "{}", "", NULL, "!-6 0 expected a field of test.v1.AllTypes, found the end of the path" },
    { GET, "{}", "nope", NULL, "!-6 0 expected a field of test.v1.AllTypes, found \"nope\"" },
    { GET, "{}", "point.z.x", NULL, "!-6 6 point: expected a field of test.v1.AllTypes.Point, found \"z\"" },
    { GET, "{}", "point.", NULL, "!-6 6 point: expected a field of test.v1.AllTypes.Point, found the end of the path" },
    { GET, "{}", "point..x", NULL, "!-6 6 point: expected a field of test.v1.AllTypes.Point, found the end of the path" },
    { GET, "{}", ".point", NULL, "!-6 0 expected a field of test.v1.AllTypes, found the end of the path" },
    { GET, "{}", "int32_value.x", NULL, "!-5 11 int32_value: expected the end of the path, found \".x\"" },
    { GET, "{}", "int32_value[0]", NULL, "!-5 11 int32_value: expected the end of the path, found \"[0]\"" },
    { GET, "{}", "point[0]", NULL, "!-5 5 point: expected a dot or the end of the path, found \"[0]\"" },
    { GET, "{}", "points.x", NULL, "!-5 6 points: expected an index in brackets, found \".x\"" },
    { GET, "{}", "points[]", NULL, "!-5 6 points: expected an index in brackets, found \"[]\"" },
    { GET, "{}", "points[-1]", NULL, "!-5 6 points: expected an index in brackets, found \"[-1]\"" },
    { GET, "{}", "points[1", NULL, "!-5 6 points: expected an index in brackets, found \"[1\"" },
    { GET, "{}", "points[", NULL, "!-5 6 points: expected an index in brackets, found \"[\"" },
    { GET, "{}", "points[99999999999999999999]", NULL, "!-5 6 points: expected an index in brackets, found \"[99999999999999999999]\"" },
    { GET, "{}", "points[16777216]", NULL, "!-6 6 points: expected an index below 16777216, found \"[16777216]\"" },
    { GET, "{}", "points[0]x", NULL, "!-5 9 points[0]: expected a dot or the end of the path, found \"x\"" },
    { GET, "{}", "points[0]", NULL, "!-6 6 points: expected an index of the 0 elements, found \"[0]\"" },
    { GET, "{}", "int32s[0][0]", NULL, "!-5 9 int32s[0]: expected the end of the path, found \"[0]\"" },
    { GET, "{}", "by_string.a", NULL, "!-5 9 by_string: expected a key in brackets, found \".a\"" },
    { GET, "{}", "by_string[a]", NULL, "!-5 9 by_string: expected a key in quotes and brackets, found \"[a]\"" },
    { GET, "{}", "by_string[\"a", NULL, "!-5 9 by_string: expected a key in quotes and brackets, found \"[\\\"a\"" },
    { GET, "{}", "by_string[\"a\"", NULL, "!-5 9 by_string: expected a key in quotes and brackets, found \"[\\\"a\\\"\"" },
    { GET, "{}", "by_string[\"\\x\"]", NULL, "!-5 9 by_string: expected a key in quotes and brackets, found \"[\\\"\\\\x\\\"]\"" },
    { GET, "{}", "by_string[\"a\"]", NULL, "!-6 9 by_string: expected a key of the map, found \"[\\\"a\\\"]\"" },
    { GET, "{}", "by_int32[x]", NULL,
      "!-5 8 by_int32: expected an integer between -2147483648 and 2147483647, found \"[x]\"" },
    { GET, "{}", "by_bool[2]", NULL, "!-5 7 by_bool: expected true or false, found \"[2]\"" },
    { SET_JSON, "{}", "nope", "1", "!-6 0 expected a field of test.v1.AllTypes, found \"nope\"" },
    { SET_TEXT, "{}", "point.nope", "1", "!-6 6 point: expected a field of test.v1.AllTypes.Point, found \"nope\"" },
    { CLEAR, "{}", "point.nope", NULL, "!-6 6 point: expected a field of test.v1.AllTypes.Point, found \"nope\"" },
};

static const row legacy_rows[] = { /* presence everywhere, groups */
    { GET, "{}", "yes", NULL, "BOOL unset 0" },
    { GET, "{}", "extra.weight", NULL, "DOUBLE unset 0" },
    { GET, "{\"count\":0}", "count", NULL, "INT set 0" },
    { SET_JSON, "{}", "extra.weight", "1.5", "{\"extra\":{\"weight\":1.5}}" },
    { SET_JSON, "{}", "part[0].inner.id", "1", "{\"part\":[{\"inner\":{\"id\":1}}]}" },
    { SET_TEXT, "{}", "by_name[\"a.b\"].name", "x", "{\"byName\":{\"a.b\":{\"name\":\"x\"}}}" },
    { SET_JSON, "{\"yes\":true}", "maybe.chance", "0.5", "{\"maybe\":{\"chance\":0.5}}" },
    { CLEAR, "{\"id\":1,\"count\":\"2\"}", "count", NULL, "{\"id\":1}" },
    { SET_TEXT, "{}", "mood", "MOOD_FINE", "!-1 0 mood: expected a name or number of the enum, found \"MOOD_FINE\"" },
};
/* clang-format on */

/* -- one row -- */
static const char *const kinds[] = { "BOOL", "INT", "UINT", "DOUBLE", "STRING", "BYTES", "ENUM", "MESSAGE", "LIST",
    "MAP" };

static void print_value(const gg_value *value, char text[TEXT_MAX])
{
    int n = snprintf(text, TEXT_MAX, "%s %s ", kinds[value->kind], value->is_set ? "set" : "unset");
    char *rest = text + n;
    size_t room = TEXT_MAX - (size_t)n;
    switch (value->kind) {
    case GG_VALUE_BOOL:
        snprintf(rest, room, "%d", value->as_bool);
        break;
    case GG_VALUE_INT:
    case GG_VALUE_ENUM:
        snprintf(rest, room, "%lld", (long long)value->as_int);
        break;
    case GG_VALUE_UINT:
        snprintf(rest, room, "%llu", (unsigned long long)value->as_uint);
        break;
    case GG_VALUE_DOUBLE:
        snprintf(rest, room, "%g", value->as_double);
        break;
    case GG_VALUE_STRING:
    case GG_VALUE_BYTES:
        snprintf(rest, room, "%.*s", GG_STR_ARG(value->as_str));
        break;
    case GG_VALUE_MESSAGE:
        snprintf(rest, room, "%d", value->as_message != NULL);
        break;
    case GG_VALUE_LIST:
    case GG_VALUE_MAP:
        snprintf(rest, room, "%zu", value->as_count);
        break;
    }
}

static gg_rc act(const row *r, const gg_message_type *type, void *message, gg_arena *arena, gg_decode_error *error,
    char text[TEXT_MAX])
{
    gg_codec_options options = GG_CODEC_OPTIONS(.omit_unset = true);
    gg_str path = gg_str_from(r->path), value = gg_str_from(r->value), json = { 0 };
    gg_value got;
    gg_rc rc = GG_OK;
    switch (r->action) {
    case HAS:
        snprintf(text, TEXT_MAX, "%s", gg_message_has(type, message, path, arena) ? "yes" : "no");
        break;
    case GET:
        rc = gg_message_get(type, message, path, &got, arena, error);
        if (rc == GG_OK)
            print_value(&got, text);
        break;
    case GET_JSON:
        rc = gg_message_get_json(type, message, path, &options, arena, &json, error);
        snprintf(text, TEXT_MAX, "%.*s", GG_STR_ARG(json));
        break;
    case SET_JSON:
        rc = gg_message_set_json(type, message, path, value, NULL, arena, error);
        break;
    case SET_TEXT:
        rc = gg_message_set_text(type, message, path, value, arena, error);
        break;
    case CLEAR:
        rc = gg_message_clear(type, message, path, arena, error);
        break;
    }
    return rc;
}

/* The message as JSON. */
static gg_rc print(const gg_message_type *type, const void *message, gg_arena *arena, char text[TEXT_MAX])
{
    gg_codec_options options = GG_CODEC_OPTIONS(.omit_unset = true);
    gg_str json = { 0 };
    gg_rc rc = gg_message_to_json(type, message, &options, arena, &json, NULL);
    snprintf(text, TEXT_MAX, "%.*s", GG_STR_ARG(json));
    return rc;
}

/* Runs the row; GG_ENOMEM, or what came out of it in text. */
static gg_rc run(const row *r, const gg_message_type *type, gg_arena *arena, char text[TEXT_MAX])
{
    gg_decode_error error = { .offset = 0 };
    void *message = gg_message_new(type, arena);
    if (message == NULL)
        return GG_ENOMEM;
    gg_rc rc = gg_message_from_json(type, message, gg_str_from(r->message), NULL, arena, NULL);
    if (rc != GG_OK)
        return rc;
    rc = act(r, type, message, arena, &error, text);
    if (rc == GG_OK)
        return r->action >= SET_JSON ? print(type, message, arena, text) : GG_OK;
    if (rc == GG_ENOMEM)
        return rc;
    char after[TEXT_MAX];
    if (print(type, message, arena, after) != GG_OK)
        return GG_ENOMEM;
    if (strcmp(after, r->message) != 0)
        fail_msg("%s: changed by an error: %s", r->path, after);
    size_t place = error.offset;
    gg_str said = gg_decode_error_text(&error, arena);
    const char *colon = said.len > 0 ? strchr(said.ptr, ':') : NULL;
    if (colon == NULL)
        return GG_ENOMEM;
    if (strncmp(said.ptr, "line ", 5) == 0 || strncmp(said.ptr, "byte ", 5) == 0)
        colon += 2; /* the offset is shown instead */
    snprintf(text, TEXT_MAX, "!%d %zu %s", (int)rc, place, colon);
    return GG_OK;
}

static void test_row(const row *r, const gg_message_type *type)
{
    for (size_t n = 0;; n++) {
        char text[TEXT_MAX] = "";
        gg_fail_after(n);
        gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        gg_rc rc = arena != NULL ? run(r, type, arena, text) : GG_ENOMEM;
        bool spent = gg_fail_happened(); /* then words of an error may be missing */
        gg_fail_after(SIZE_MAX);
        if (rc != GG_OK && !(rc == GG_ENOMEM && spent))
            fail_msg("%s of %s: got %d", r->path, r->message, (int)rc);
        if (!spent && strcmp(text, r->result) != 0)
            fail_msg("%s of %s: got %s, wanted %s", r->path, r->message, text, r->result);
        gg_arena_unref(arena);
        if (!spent)
            break;
    }
}

static void test_rows(const gg_message_type *all_types, const gg_message_type *legacy)
{
    for (size_t i = 0; i < sizeof all_types_rows / sizeof all_types_rows[0]; i++)
        test_row(&all_types_rows[i], all_types);
    for (size_t i = 0; i < sizeof legacy_rows / sizeof legacy_rows[0]; i++)
        test_row(&legacy_rows[i], legacy);
}

static void test_generated(void **state)
{
    (void)state;
    test_rows(&test_v1_AllTypes_type, &test_v1_Legacy_type);
}

static gg_schema *load_schema(void)
{
    static const gg_file_type *const files[] = { &test_v1_types_proto_file, &test_v1_legacy_proto_file };
    gg_buf set = { 0 };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        assert_int_equal(gg_wire_write_bytes(&set, 1, files[i]->descriptor), GG_OK);
    gg_schema *schema = gg_schema_load(gg_buf_str(&set), NULL, NULL);
    gg_buf_deinit(&set);
    assert_non_null(schema);
    return schema;
}

static void test_loaded(void **state)
{
    (void)state;
    gg_schema *schema = load_schema();
    test_rows(gg_schema_message(schema, GG_STR("test.v1.AllTypes")),
        gg_schema_message(schema, GG_STR("test.v1.Legacy")));
    gg_schema_free(schema);
}

/* Every path cut at every byte, and with every byte in turn made another: never more than an error. */
static void test_cut(void **state)
{
    (void)state;
    static const char others[] = { '.', '[', ']', '"', '\\', '0', '\0', '\xff' };
    const gg_message_type *type = &test_v1_AllTypes_type;
    for (size_t i = 0; i < sizeof all_types_rows / sizeof all_types_rows[0]; i++) {
        size_t whole = strlen(all_types_rows[i].path);
        for (size_t n = 0; n < whole * (1 + sizeof others); n++) {
            bool cut = n < whole;
            size_t len = cut ? n : whole, at = (n - whole) / sizeof others;
            char *path = malloc(len > 0 ? len : 1); /* its own block: a sanitizer sees a step over its end */
            assert_non_null(path);
            memcpy(path, all_types_rows[i].path, len);
            if (!cut)
                path[at] = others[(n - whole) % sizeof others];
            test_v1_AllTypes message = { 0 };
            gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
            gg_decode_error error;
            gg_value value;
            gg_rc rc = gg_message_get(type, &message, gg_str_of(path, len), &value, arena, &error);
            assert_true(rc == GG_OK || rc == GG_ENOTFOUND || rc == GG_EINVAL);
            gg_message_set_json(type, &message, gg_str_of(path, len), GG_STR("1"), NULL, arena, &error);
            gg_message_set_text(type, &message, gg_str_of(path, len), GG_STR("1"), arena, &error);
            gg_message_clear(type, &message, gg_str_of(path, len), arena, NULL);
            gg_arena_unref(arena);
            free(path);
        }
    }
}

/* Extensions are fields of loaded schemas only. */
static void test_extensions(void **state)
{
    (void)state;
    static const row rows[] = {
        { GET, "{}", "[test.v1.remark]", NULL, "STRING unset " },
        { GET, "{\"[test.v1.remark]\":\"x\"}", "[test.v1.remark]", NULL, "STRING set x" },
        { SET_TEXT, "{}", "[test.v1.remark]", "x", "{\"[test.v1.remark]\":\"x\"}" },
        { SET_JSON, "{}", "part[0].inner.[test.v1.remark]", "\"x\"",
            "{\"part\":[{\"inner\":{\"[test.v1.remark]\":\"x\"}}]}" },
        { GET, "{}", "[test.v1.nope]", NULL, "!-6 0 expected a field of test.v1.Legacy, found \"[test.v1.nope]\"" },
        { GET, "{}", "[test.v1", NULL, "!-6 0 expected a field of test.v1.Legacy, found \"[test.v1\"" },
    };
    gg_schema *schema = load_schema();
    const gg_message_type *legacy = gg_schema_message(schema, GG_STR("test.v1.Legacy"));
    if (gg_field_by_number(legacy, 100) != NULL)
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
            test_row(&rows[i], legacy);
    gg_schema_free(schema);
}

/* What an unset field of proto2 reads as. */
typedef struct defaults {
    gg_str name;
    int64_t count;
    bool has_name, has_count;
} defaults;

static void test_defaults(void **state)
{
    (void)state;
    static const gg_str name = GG_STR_INIT("none");
    static const int64_t count = -5;
    static const gg_field fields[] = {
        { .name = GG_STR_INIT("name"),
            .json_name = GG_STR_INIT("name"),
            .number = 1,
            .type = GG_TYPE_STRING,
            .rule = GG_FIELD_EXPLICIT,
            .offset = offsetof(defaults, name),
            .presence = offsetof(defaults, has_name),
            .default_value = &name },
        { .name = GG_STR_INIT("count"),
            .json_name = GG_STR_INIT("count"),
            .number = 2,
            .type = GG_TYPE_INT64,
            .rule = GG_FIELD_EXPLICIT,
            .offset = offsetof(defaults, count),
            .presence = offsetof(defaults, has_count),
            .default_value = &count },
    };
    static const uint16_t by_number[] = { 0, 1 }, by_name[] = { 0, 2 };
    static const gg_message_type type = { .name = GG_STR_INIT("Defaults"),
        .fields = fields,
        .by_number = by_number,
        .by_name = by_name,
        .field_count = 2,
        .name_count = 2,
        .size = sizeof(defaults) };
    static const row rows[] = {
        { GET, "{}", "name", NULL, "STRING unset none" },
        { GET, "{\"name\":\"\"}", "name", NULL, "STRING set " },
        { GET, "{}", "count", NULL, "INT unset -5" },
        { GET, "{\"count\":\"0\"}", "count", NULL, "INT set 0" },
        { GET_JSON, "{}", "name", NULL, "\"none\"" },
        { GET_JSON, "{}", "count", NULL, "\"-5\"" },
        { CLEAR, "{\"count\":\"7\"}", "count", NULL, "{}" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        test_row(&rows[i], &type);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_generated),
        cmocka_unit_test(test_loaded),
        cmocka_unit_test(test_extensions),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
