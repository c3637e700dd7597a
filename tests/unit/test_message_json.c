/* test_message_json.c -- whole messages in JSON, by the tables of sample_types.c.
 *
 * Each row is read whole, in two parts cut at every byte, byte by byte, and with every allocation failing
 * once; what was read is written again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "failmalloc.h"
#include "proto/message.h"
#include "sample_types.h"

/* `out` NULL: the same as in.  Written without the members that are not set. */
typedef struct row {
    const char *what, *in, *out;
} row;

static const row rows[] = {
    { "empty", "{}", NULL },
    { "white space", " { \n \"fInt32\" : 1 \t } \r\n", "{\"fInt32\":1}" },
    { "proto name", "{\"f_int32\":1}", "{\"fInt32\":1}" },
    { "double", "{\"fDouble\":1.5}", NULL },
    { "double, shortest form", "{\"fDouble\":0.1000}", "{\"fDouble\":0.1}" },
    { "double as a string", "{\"fDouble\":\"-2.5e3\"}", "{\"fDouble\":-2500}" },
    { "double, by name", "{\"fDouble\":\"NaN\",\"fFloat\":\"-Infinity\"}", NULL },
    { "double, negative zero", "{\"fDouble\":-0}", NULL },
    { "float", "{\"fFloat\":3.4028235e38}", "{\"fFloat\":3.4028235e+38}" },
    { "int32, edges", "{\"fInt32\":-2147483648,\"fSint32\":2147483647}", NULL },
    { "int32 as a string", "{\"fInt32\":\"-12\"}", "{\"fInt32\":-12}" },
    { "int32 with an exponent", "{\"fInt32\":1e3}", "{\"fInt32\":1000}" },
    { "int32 with a fraction of zeros", "{\"fInt32\":12.000}", "{\"fInt32\":12}" },
    { "int32, fraction made whole", "{\"fInt32\":1.25e2}", "{\"fInt32\":125}" },
    { "int32, negative exponent", "{\"fInt32\":\"1200e-2\"}", "{\"fInt32\":12}" },
    { "int32, zero with an exponent", "{\"fInt32\":0e999999999999999999999}", "{}" },
    { "uint32, largest", "{\"fFixed32\":4294967295,\"fUint32\":4294967295}", NULL },
    { "int64, edges", "{\"fInt64\":\"-9223372036854775808\",\"fSint64\":\"9223372036854775807\"}", NULL },
    { "int64 as a number", "{\"fInt64\":-9223372036854775808}", "{\"fInt64\":\"-9223372036854775808\"}" },
    { "uint64, largest", "{\"fUint64\":18446744073709551615}", "{\"fUint64\":\"18446744073709551615\"}" },
    { "uint64 with many zeros", "{\"fUint64\":1.0000000000000000000000e19}", "{\"fUint64\":\"10000000000000000000\"}" },
    { "fixed64, sfixed64, sfixed32", "{\"fFixed64\":\"1\",\"fSfixed32\":-1,\"fSfixed64\":\"-1\"}", NULL },
    { "bool", "{\"fBool\":true}", NULL },
    { "string", "{\"fString\":\"a\\u00e9\\ud83d\\ude08\\n\\u0000\"}",
        "{\"fString\":\"a\xc3\xa9\xf0\x9f\x98\x88\\n\\u0000\"}" },
    { "bytes", "{\"fBytes\":\"AP/+\"}", NULL },
    { "bytes, URL alphabet, no padding", "{\"fBytes\":\"-_8\"}", "{\"fBytes\":\"+/8=\"}" },
    { "enum by name", "{\"fColor\":\"COLOR_BLUE\"}", NULL },
    { "enum by number", "{\"fColor\":-1}", "{\"fColor\":\"COLOR_NONE\"}" },
    { "enum, unknown number", "{\"fColor\":77}", NULL },
    { "enum, alias", "{\"oColor\":\"COLOR_CRIMSON\"}", "{\"oColor\":\"COLOR_RED\"}" },
    { "enum, unknown name is ignored",
        "{\"fColor\":\"PINK\",\"rColor\":[\"COLOR_BLUE\",\"PINK\"],\"mBool\":{\"true\":\"PINK\"}}",
        "{\"rColor\":[\"COLOR_BLUE\"]}" },
    { "null is no value",
        "{\"fInt32\":null,\"fInner\":null,\"rInt32\":null,\"mString\":null,\"oInt32\":null,\"at\":null,\"wInt64\":null}",
        "{}" },
    { "message", "{\"fInner\":{\"id\":1,\"label\":\"x\",\"child\":{},\"children\":[{\"id\":2},{}]}}", NULL },
    { "lists",
        "{\"rInt32\":[1,-2,3],\"rSint64\":[\"1\",\"2\"],\"rDouble\":[1.5,\"NaN\"],\"rBool\":[true,false],\"rString\":[\"a\",\"\"]}",
        NULL },
    { "list of many", "{\"rInt32\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}", NULL },
    { "empty list and map", "{\"rInt32\":[],\"mString\":{}}", "{}" },
    { "maps",
        "{\"mString\":{\"a\":1,\"\":2},\"mInt64\":{\"-5\":{\"id\":1},\"7\":{}},\"mBool\":{\"true\":\"COLOR_BLUE\",\"false\":\"COLOR_RED\"},"
        "\"mUint32\":{\"4294967295\":\"x\"}}",
        NULL },
    { "oneof", "{\"cString\":\"x\"}", NULL },
    { "oneof, zero is a value", "{\"cInt32\":0}", NULL },
    { "oneof, null members", "{\"cInt32\":null,\"cInner\":{\"id\":1},\"cString\":null}", "{\"cInner\":{\"id\":1}}" },
    { "oneof, NullValue", "{\"cNull\":null}", NULL },
    { "NullValue by name", "{\"cNull\":\"NULL_VALUE\"}", "{\"cNull\":null}" },
    { "optional, zero is a value", "{\"oInt32\":0,\"oString\":\"\"}", NULL },
    { "group", "{\"legacy\":{\"id\":0,\"label\":\"x\",\"nested\":{\"id\":3}}}", NULL },
    { "odd JSON name", "{\"odd\\\"name\":1}", NULL },
    { "unknown names",
        "{\"x\":1,\"y\":{\"a\":[1,{\"b\":null}]},\"fInt32\":1,\"fInner\":{\"z\":[[]],\"id\":2},\"w\":\"s\"}",
        "{\"fInt32\":1,\"fInner\":{\"id\":2}}" },
    { "fields in any order", "{\"rInt32\":[1],\"fBool\":true,\"fDouble\":1}",
        "{\"fDouble\":1,\"fBool\":true,\"rInt32\":[1]}" },
    { "timestamp", "{\"at\":\"2026-01-31T12:00:00Z\"}", NULL },
    { "timestamp with a fraction", "{\"at\":\"1969-12-31T23:59:59.250000001Z\"}", NULL },
    { "timestamp, digits in threes", "{\"rAt\":[\"2000-02-29T00:00:00.1Z\",\"2000-02-29T00:00:00.1234Z\"]}",
        "{\"rAt\":[\"2000-02-29T00:00:00.100Z\",\"2000-02-29T00:00:00.123400Z\"]}" },
    { "timestamp with an offset", "{\"at\":\"2026-01-01T00:30:00+01:00\"}", "{\"at\":\"2025-12-31T23:30:00Z\"}" },
    { "timestamp, first and last", "{\"rAt\":[\"0001-01-01T00:00:00Z\",\"9999-12-31T23:59:59.999999999Z\"]}", NULL },
    { "duration", "{\"lasts\":\"-1.500s\"}", NULL },
    { "duration, other fractions", "{\"lasts\":\"0.000000001s\"}", NULL },
    { "duration, zero", "{\"lasts\":\"0s\"}", NULL },
    { "duration, less than a second below zero", "{\"lasts\":\"-0.250s\"}", NULL },
    { "duration, largest", "{\"lasts\":\"315576000000.999999999s\"}", NULL },
    { "field mask", "{\"mask\":\"user.displayName,photo,a1B\"}", NULL },
    { "field mask, empty", "{\"mask\":\"\"}", NULL },
    { "wrappers", "{\"wInt64\":\"-5\",\"wString\":\"\"}", NULL },
    { "empty message", "{\"empty\":{}}", NULL },
    { "struct", "{\"anyStruct\":{\"a\":1,\"b\":[true,null,{\"c\":\"d\"}],\"e\":{}}}", NULL },
    { "value", "{\"anyValue\":null,\"anyList\":[1,[2,[]],\"x\"],\"rValue\":[null,1,\"a\",{},[]]}", NULL },
    { "any of an unknown type", "{\"any\":{\"@type\":\"type.googleapis.com/sample.v1.Inner\",\"value\":\"CAE=\"}}",
        NULL },
    { "any, empty", "{\"any\":{}}", NULL },
    { "any, type first", "{\"any\":{\"@type\":\"type.googleapis.com/google.rpc.Status\",\"code\":5,\"message\":\"x\"}}",
        NULL },
    { "any, type last",
        "{\"any\":{\"code\":5,\"message\":\"x\",\"@type\":\"type.googleapis.com/google.rpc.Status\"},\"lastOne\":\"y\"}",
        "{\"any\":{\"@type\":\"type.googleapis.com/google.rpc.Status\",\"code\":5,\"message\":\"x\"},\"lastOne\":\"y\"}" },
    { "any, escapes in type and name",
        "{\"any\":{ \"c\\u006fde\":5 , \"\\u0040type\":\"type.googleapis.com\\/google.rpc.Status\"}}",
        "{\"any\":{\"@type\":\"type.googleapis.com/google.rpc.Status\",\"code\":5}}" },
    { "any, form of its own",
        "{\"any\":{\"@type\":\"type.googleapis.com/google.protobuf.Duration\",\"value\":\"1.500s\"}}", NULL },
    { "any, form of its own, type last",
        "{\"any\":{\"value\":[1,{\"a\":null}],\"@type\":\"x/google.protobuf.ListValue\"}}",
        "{\"any\":{\"@type\":\"x/google.protobuf.ListValue\",\"value\":[1,{\"a\":null}]}}" },
    { "any, wrapper", "{\"any\":{\"@type\":\"a/b/google.protobuf.Int64Value\",\"value\":\"-7\"}}", NULL },
    { "any, empty message", "{\"any\":{\"@type\":\"t/google.protobuf.Empty\"}}",
        "{\"any\":{\"@type\":\"t/google.protobuf.Empty\",\"value\":{}}}" },
    { "any, empty message as a value", "{\"any\":{\"@type\":\"t/google.protobuf.Empty\",\"value\":{}}}", NULL },
    { "any in any",
        "{\"any\":{\"@type\":\"t/google.protobuf.Any\",\"value\":{\"@type\":\"t/google.protobuf.Timestamp\",\"value\":\"2026-01-31T12:00:00Z\"}}}",
        NULL },
    { "any in any, types last",
        "{\"any\":{\"value\":{\"value\":\"2026-01-31T12:00:00Z\",\"@type\":\"t/google.protobuf.Timestamp\"},\"@type\":\"t/google.protobuf.Any\"}}",
        "{\"any\":{\"@type\":\"t/google.protobuf.Any\",\"value\":{\"@type\":\"t/google.protobuf.Timestamp\",\"value\":\"2026-01-31T12:00:00Z\"}}}" },
    { "anys in a list, types last or in the middle",
        "{\"any\":{\"details\":[{\"value\":\"1s\",\"@type\":\"t/google.protobuf.Duration\"},{},{\"code\":1,\"@type\":\"t/google.rpc.Status\",\"details\":[{\"@type\":\"t/google.protobuf.Empty\"}]}],\"@type\":\"t/google.rpc.Status\",\"code\":2}}",
        "{\"any\":{\"@type\":\"t/google.rpc.Status\",\"code\":2,\"details\":[{\"@type\":\"t/google.protobuf.Duration\",\"value\":\"1s\"},{},{\"@type\":\"t/google.rpc.Status\",\"code\":1,\"details\":[{\"@type\":\"t/google.protobuf.Empty\",\"value\":{}}]}]}}" },
    { "an any after one whose type came first",
        "{\"any\":{\"@type\":\"t/google.protobuf.Any\",\"value\":{\"value\":\"1s\",\"@type\":\"t/google.protobuf.Duration\"}}}",
        "{\"any\":{\"@type\":\"t/google.protobuf.Any\",\"value\":{\"@type\":\"t/google.protobuf.Duration\",\"value\":\"1s\"}}}" },
    { "any without a type", "{\"any\":{\"code\":1,\"x\":{\"@type\":\"t/google.rpc.Status\"}},\"fInt32\":1}",
        "{\"fInt32\":1,\"any\":{}}" },
    { "any of an unknown type, type last", "{\"any\":{\"value\":\"CAE=\",\"@type\":\"t/no.Such\"}}",
        "{\"any\":{\"@type\":\"t/no.Such\",\"value\":\"CAE=\"}}" },
    { "any, unknown members",
        "{\"any\":{\"no\":[{}],\"@type\":\"t/google.protobuf.Duration\",\"such\":1,\"value\":\"1s\"}}",
        "{\"any\":{\"@type\":\"t/google.protobuf.Duration\",\"value\":\"1s\"}}" },
};

/* `out` is what the text of the error begins with. */
static const row bad_rows[] = {
    { "nothing", "", "line 1, column 1: expected " },
    { "a word that is none", "{\"fBool\":nulx", "line 1, column 10: fBool: expected a value, found \"n\"" },
    { "an escape that is none", "{\"fString\":\"a\\q",
        "line 1, column 14: fString: expected an escape sequence, found \"\\\\\"" },
    { "half a surrogate pair", "{\"fString\":\"\\ud800\\n",
        "line 1, column 13: fString: expected a pair of surrogates, found \"\\\\\"" },
    { "half a character", "{\"fString\":\"\xe2\x82(",
        "line 1, column 13: fString: expected valid UTF-8, found \"\xef\xbf\xbd\"" },
    { "null", "null", "line 1, column 1: expected an object, found null" },
    { "a list", "[1]", "line 1, column 1: expected an object, found an array" },
    { "cut", "{\"fInt32\":1", "line 1, column 12: fInt32: expected " },
    { "more behind it", "{} x", "line 1, column 4: expected " },
    { "place", "{\n  \"fInner\": {\"id\": \"abc\"}}",
        "line 2, column 20: fInner.id: expected an integer between -2147483648 and 2147483647, found \"abc\"" },
    { "place in a list", "{\"rInner\":[{},{\"id\":1},{\"id\":true}]}",
        "line 1, column 30: rInner[2].id: expected an integer" },
    { "place in a map", "{\"mInt64\":{\"12\":{\"id\":{}}}}", "line 1, column 23: mInt64[12].id: expected an integer" },
    { "place in a map of text", "{\"mString\":{\"a key\":[]}}",
        "line 1, column 21: mString[\"a key\"]: expected an integer" },
    { "int32, too large", "{\"fInt32\":2147483648}", "line 1, column 11: fInt32: expected an integer between" },
    { "int32, too small", "{\"fInt32\":-2147483649}", "line 1, column 11: fInt32: expected an integer between" },
    { "int32, far too large", "{\"fInt32\":1e99}", "line 1, column 11: fInt32: expected an integer between" },
    { "int32, not whole", "{\"fInt32\":0.5}", "line 1, column 11: fInt32: expected an integer" },
    { "int32, empty string", "{\"fInt32\":\"\"}", "line 1, column 11: fInt32: expected an integer" },
    { "int32, leading zero in a string", "{\"fInt32\":\"01\"}", "line 1, column 11: fInt32: expected an integer" },
    { "int32, space in a string", "{\"fInt32\":\" 1\"}", "line 1, column 11: fInt32: expected an integer" },
    { "int32, plus", "{\"fInt32\":\"+1\"}", "line 1, column 11: fInt32: expected an integer" },
    { "int32, point without digits", "{\"fInt32\":\"1.\"}", "line 1, column 11: fInt32: expected an integer" },
    { "int32, exponent without digits", "{\"fInt32\":\"1e\"}", "line 1, column 11: fInt32: expected an integer" },
    { "uint32, negative", "{\"fUint32\":-1}",
        "line 1, column 12: fUint32: expected an integer between 0 and 4294967295, found -1" },
    { "uint64, too large", "{\"fUint64\":18446744073709551616}", "line 1, column 12: fUint64: expected an integer" },
    { "int64, too large", "{\"fInt64\":\"9223372036854775808\"}", "line 1, column 11: fInt64: expected an integer" },
    { "float, too large", "{\"fFloat\":3.5e38}", "line 1, column 11: fFloat: expected a number" },
    { "double, too large", "{\"fDouble\":1e309}", "line 1, column 12: fDouble: expected a number" },
    { "double, name in another case", "{\"fDouble\":\"nan\"}", "line 1, column 12: fDouble: expected a number" },
    { "bool as a string", "{\"fBool\":\"true\"}", "line 1, column 10: fBool: expected true or false, found \"true\"" },
    { "bool as a number", "{\"fBool\":1}", "line 1, column 10: fBool: expected true or false, found 1" },
    { "string as a number", "{\"fString\":1}", "line 1, column 12: fString: expected a string, found 1" },
    { "bytes that are no base64", "{\"fBytes\":\"!\"}",
        "line 1, column 11: fBytes: expected a string in base64, found \"!\"" },
    { "enum as a bool", "{\"fColor\":true}",
        "line 1, column 11: fColor: expected a name or number of sample.v1.Color, found true" },
    { "enum, not whole", "{\"fColor\":1.5}", "line 1, column 11: fColor: expected a name or number" },
    { "closed enum, unknown number", "{\"fMode\":7}",
        "line 1, column 10: fMode: expected a name or number of sample.v1.Mode, found 7" },
    { "scalar for a list", "{\"rInt32\":1}", "line 1, column 11: rInt32: expected an array, found 1" },
    { "scalar for a map", "{\"mString\":[]}", "line 1, column 12: mString: expected an object, found an array" },
    { "scalar for a message", "{\"fInner\":1}", "line 1, column 11: fInner: expected an object, found 1" },
    { "null in a list", "{\"rInt32\":[1,null]}", "line 1, column 14: rInt32[1]: expected an integer" },
    { "null in a list of messages", "{\"rInner\":[null]}",
        "line 1, column 12: rInner[0]: expected an object, found null" },
    { "null in a map", "{\"mString\":{\"a\":null}}", "line 1, column 17: mString[\"a\"]: expected an integer" },
    { "list in a list", "{\"rInt32\":[[1]]}", "line 1, column 12: rInt32[0]: expected an integer" },
    { "map key of another type", "{\"mInt64\":{\"x\":{}}}", "line 1, column 12: mInt64: expected an integer" },
    { "map key for a bool", "{\"mBool\":{\"1\":0}}", "line 1, column 11: mBool: expected true or false, found \"1\"" },
    { "field twice", "{\"fInt32\":1,\"fInt32\":2}",
        "line 1, column 13: fInt32: expected a field only once, found \"fInt32\"" },
    { "field twice by both names", "{\"fInt32\":1,\"f_int32\":2}",
        "line 1, column 13: fInt32: expected a field only once" },
    { "field twice, null first", "{\"fInt32\":null,\"fInt32\":2}",
        "line 1, column 16: fInt32: expected a field only once" },
    { "oneof twice", "{\"cInt32\":1,\"cString\":\"x\"}",
        "line 1, column 23: cString: expected no value beside that of cInt32" },
    { "timestamp, lower case", "{\"at\":\"2026-01-31t12:00:00Z\"}", "line 1, column 7: at: expected a time such as" },
    { "timestamp without a zone", "{\"at\":\"2026-01-31T12:00:00\"}", "line 1, column 7: at: expected a time such as" },
    { "timestamp, no such day", "{\"at\":\"2026-02-29T12:00:00Z\"}", "line 1, column 7: at: expected a time such as" },
    { "timestamp, no such hour", "{\"at\":\"2026-02-28T24:00:00Z\"}", "line 1, column 7: at: expected a time such as" },
    { "timestamp, year 0", "{\"at\":\"0000-12-31T23:59:59Z\"}", "line 1, column 7: at: expected a time such as" },
    { "timestamp, before year 1 by its offset", "{\"at\":\"0001-01-01T00:00:00+00:01\"}",
        "line 1, column 7: at: expected a time" },
    { "timestamp, ten digits", "{\"at\":\"2026-01-31T12:00:00.1234567890Z\"}",
        "line 1, column 7: at: expected a time such as" },
    { "timestamp as a number", "{\"at\":1}", "line 1, column 7: at: expected a time such as" },
    { "duration without s", "{\"lasts\":\"1\"}", "line 1, column 10: lasts: expected a duration" },
    { "duration, too long", "{\"lasts\":\"315576000001s\"}", "line 1, column 10: lasts: expected a duration" },
    { "duration, point without digits", "{\"lasts\":\"1.s\"}", "line 1, column 10: lasts: expected a duration" },
    { "field mask in snake case", "{\"mask\":\"display_name\"}", "line 1, column 9: mask: expected field paths" },
    { "field mask, empty path", "{\"mask\":\"a,\"}", "line 1, column 9: mask: expected field paths" },
    { "any, other members of an unknown type", "{\"any\":{\"@type\":\"a/x\",\"id\":1}}",
        "line 1, column 23: any: expected \"value\" with base64, as type a/x is not known, found \"id\"" },
    { "any, no URL", "{\"any\":{\"@type\":\"x\",\"value\":\"\"}}",
        "line 1, column 17: any: expected the URL of a type" },
    { "any, URL without a name", "{\"any\":{\"@type\":\"x/\"}}", "line 1, column 17: any: expected the URL of a type" },
    { "any, type that is no string", "{\"any\":{\"@type\":1}}", "line 1, column 17: any: expected the URL of a type" },
    { "any, type last and no string", "{\"any\":{\"a\":1,\"@type\":1}}",
        "line 1, column 15: any: expected a string as the type, found \"@type\"" },
    { "any, type twice", "{\"any\":{\"@type\":\"t/google.rpc.Status\",\"@type\":\"t/google.rpc.Status\"}}",
        "line 1, column 39: any: expected a field only once" },
    { "any, type twice, not first",
        "{\"any\":{\"code\":1,\"@type\":\"t/google.rpc.Status\",\"@type\":\"t/google.rpc.Status\"}}",
        "line 1, column 48: any.code: expected a field only once" },
    { "any, value twice", "{\"any\":{\"@type\":\"t/google.protobuf.Duration\",\"value\":\"1s\",\"value\":\"1s\"}}",
        "line 1, column 59: any.value: expected a field only once" },
    { "any, no value", "{\"any\":{\"@type\":\"t/google.protobuf.Duration\"}}",
        "line 1, column 45: any: expected the member \"value\"" },
    { "any, wrong value", "{\"any\":{\"@type\":\"t/google.protobuf.Duration\",\"value\":1}}",
        "line 1, column 54: any.value: expected a duration" },
    { "any, type last, wrong value", "{\n \"any\": {\n  \"code\": true,\n\"@type\":\"t/google.rpc.Status\"}}",
        "line 3, column 11: any.code: expected an integer" },
    { "any, cut before its type", "{\"any\":{\"code\":1", "line 1, column 17: any: expected " },
    { "any, broken before its type", "{\"any\":{\"code\":1]", "line 1, column 17: any: expected " },
    { "any as a string", "{\"any\":\"x\"}", "line 1, column 8: any: expected an object" },
    { "map, an entry that is left out, then an error", "{\"mBool\":{\"true\":\"NO\",",
        "line 1, column 23: mBool: expected" },
    { "map, key twice", "{\"mString\":{\"b\":1,\"a\":2,\"b\":3}}",
        "line 1, column 30: mString: expected every key only once" },
    { "map, key twice in another form", "{\"mUint32\":{\"1\":\"x\",\"1.0\":\"y\"}}",
        "line 1, column 30: mUint32: expected every key only once" },
    { "lone surrogate", "{\"fString\":\"\\ud83d\"}", "line 1, column " },
    { "not UTF-8", "{\"fString\":\"\xff\"}", "line 1, column 13: fString: expected " },
    { "leading zero", "{\"fInt32\":01}", "line 1, column " },
    { "comma at the end", "{\"fInt32\":1,}", "line 1, column 13: fInt32: expected " },
    { "single quotes", "{'fInt32':1}", "line 1, column 2: expected " },
};

enum { TEXT_MAX = 2048 };

/* Feeds the row in pieces of `first` bytes, then of `next`; *text is the JSON again, or the error. */
static gg_rc read_row(const gg_message_type *type, gg_str in, size_t first, size_t next, gg_arena *arena,
    char text[TEXT_MAX])
{
    gg_decode_error error = { 0 };
    void *message = gg_message_new(type, arena);
    gg_json_decoder *decoder = message != NULL ? gg_json_decoder_new(type, message, NULL, NULL, arena) : NULL;
    gg_rc rc = decoder != NULL ? GG_NEED_MORE : GG_ENOMEM;
    text[0] = '\0';
    for (size_t at = 0, step = first; rc == GG_NEED_MORE; step = next) {
        size_t len = step < in.len - at ? step : in.len - at;
        char *piece = malloc(len > 0 ? len : 1); /* of its own, so that ASan sees views that outlive it */
        if (piece == NULL)
            return GG_ENOMEM;
        memcpy(piece, in.ptr + at, len);
        at += len;
        rc = gg_json_decoder_feed(decoder, gg_str_of(piece, len), at == in.len, &error);
        memset(piece, 'X', len);
        free(piece);
    }
    if (rc != GG_OK) {
        gg_str line = gg_decode_error_text(&error, arena);
        snprintf(text, TEXT_MAX, "%.*s", GG_STR_ARG(line));
        return rc;
    }
    gg_codec_options options = { .size = sizeof options, .omit_unset = true };
    gg_json_writer w;
    gg_json_writer_init(&w, arena, 64);
    rc = gg_message_print(type, message, &options, &w, NULL);
    if (rc == GG_OK)
        snprintf(text, TEXT_MAX, "%.*s", GG_STR_ARG(gg_json_result(&w)));
    return rc;
}

static void check_row(const row *r, gg_rc want_rc, size_t first, size_t next)
{
    char text[TEXT_MAX];
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_rc rc = read_row(&sample_Everything_type, gg_str_from(r->in), first, next, arena, text);
    const char *want = r->out != NULL ? r->out : r->in;
    if (rc != want_rc || strncmp(text, want, rc == GG_OK ? TEXT_MAX : strlen(want)) != 0)
        fail_msg("%s, pieces of %zu and %zu: got %d: %s", r->what, first, next, rc, text);
    gg_arena_unref(arena);
}

static void check_splits(const row *r, gg_rc want_rc)
{
    size_t len = strlen(r->in);
    check_row(r, want_rc, len, len);
    check_row(r, want_rc, 1, 1);
    for (size_t cut = 0; cut < len; cut++)
        check_row(r, want_rc, cut, len);
}

static void check_failures(const row *r, gg_rc want_rc)
{
    char text[TEXT_MAX];
    for (size_t n = 0;; n++) {
        gg_fail_after(n);
        gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        gg_rc rc = GG_ENOMEM;
        if (arena != NULL) {
            rc = read_row(&sample_Everything_type, gg_str_from(r->in), 3, 7, arena, text);
            gg_arena_unref(arena);
        }
        if (rc != want_rc && !(rc == GG_ENOMEM && gg_fail_happened()))
            fail_msg("%s: got %d", r->what, rc);
        if (!gg_fail_happened())
            break;
    }
    gg_fail_after(SIZE_MAX);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_splits(&rows[i], GG_OK);
        check_failures(&rows[i], GG_OK);
    }
}

static void test_bad_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_rows / sizeof bad_rows[0]; i++) {
        check_splits(&bad_rows[i], GG_EPROTO);
        check_failures(&bad_rows[i], GG_EPROTO);
    }
}

/* -- one field as the whole document -- */
static void test_field(void **state)
{
    (void)state;
    static const struct {
        const char *field, *in, *out, *error;
    } field_rows[] = {
        { "f_inner", "{\"id\":1}", "{\"id\":1,\"label\":\"\",\"child\":null,\"children\":[],\"on\":false}", NULL },
        { "f_int32", "7", "7", NULL },
        { "f_int64", "\"7\"", "\"7\"", NULL },
        { "f_string", "\"x\"", "\"x\"", NULL },
        { "f_string", "null", "\"\"", NULL },
        { "o_int32", "null", "0", NULL },
        { "f_inner", "null", "null", NULL },
        { "r_int32", "[1,2]", "[1,2]", NULL },
        { "r_int32", "null", "[]", NULL },
        { "m_string", "{\"a\":1}", "{\"a\":1}", NULL },
        { "at", "\"2026-01-31T12:00:00Z\"", "\"2026-01-31T12:00:00Z\"", NULL },
        { "any_value", "null", "null", NULL },
        { "c_int32", "7", "7", NULL },
        { "r_inner", "[{\"id\":1},{\"id\":[]}]", NULL, "line 1, column 17: rInner[1].id: expected an integer" },
        { "f_int32", "{}", NULL, "line 1, column 1: fInt32: expected an integer" },
    };
    for (size_t i = 0; i < sizeof field_rows / sizeof field_rows[0]; i++) {
        gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        const gg_field *field = gg_field_by_name(&sample_Everything_type, gg_str_from(field_rows[i].field));
        sample_Everything message = { 0 };
        gg_decode_error error;
        gg_rc rc = gg_field_from_json(&sample_Everything_type, &message, field, gg_str_from(field_rows[i].in), NULL,
            arena, &error);
        if (rc == GG_OK) {
            gg_json_writer w;
            gg_json_writer_init(&w, arena, 16);
            assert_int_equal(gg_field_print(field, &message, NULL, &w, NULL), GG_OK);
            gg_json_put(&w, '\0');
            assert_string_equal(w.data, field_rows[i].out);
        } else {
            gg_str text = gg_decode_error_text(&error, arena), want = gg_str_from(field_rows[i].error);
            assert_true(want.len > 0 && text.len > want.len);
            assert_memory_equal(text.ptr, want.ptr, want.len);
        }
        gg_arena_unref(arena);
    }
}

/* -- limits -- */
static gg_rc read_repeated(const char *head, const char *open, size_t times)
{
    size_t head_len = strlen(head), open_len = strlen(open), len = head_len + times * open_len;
    char *json = malloc(len);
    memcpy(json, head, head_len);
    for (size_t i = 0; i < times; i++)
        memcpy(json + head_len + i * open_len, open, open_len);
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_decode_error error;
    sample_Everything message = { 0 };
    gg_rc rc = gg_field_from_json(&sample_Everything_type, &message, NULL, gg_str_of(json, len), NULL, arena, &error);
    gg_arena_unref(arena);
    free(json);
    return rc;
}

static void test_depth(void **state)
{
    (void)state;
    assert_int_equal(read_repeated("{\"fInner\":", "{\"child\":", 99), GG_EPROTO); /* cut, but not too deep */
    assert_int_equal(read_repeated("{\"fInner\":", "{\"child\":", 100), GG_ETOOBIG);
    assert_int_equal(read_repeated("{\"fInner\":", "{\"child\":", 100000), GG_ETOOBIG);
    assert_int_equal(read_repeated("{\"rInner\":[", "{\"children\":[", 98), GG_EPROTO);
    assert_int_equal(read_repeated("{\"rInner\":[", "{\"children\":[", 100000), GG_ETOOBIG);
    assert_int_equal(read_repeated("{\"anyStruct\":", "{\"a\":", 100000), GG_ETOOBIG);
    assert_int_equal(read_repeated("{\"anyList\":", "[", 100000), GG_ETOOBIG);
    assert_int_equal(read_repeated("{\"x\":", "[", 100000), GG_ETOOBIG);
}

static void test_wide(void **state)
{
    (void)state;
    char text[TEXT_MAX];
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_str good = GG_STR("{\"f69\":1,\"f0\":2,\"f63\":3,\"f64\":4}"), twice = GG_STR("{\"f69\":1,\"f64\":4,\"f69\":1}");
    assert_int_equal(read_row(&sample_Wide_type, good, 5, 5, arena, text), GG_OK);
    assert_string_equal(text, "{\"f0\":2,\"f63\":3,\"f64\":4,\"f69\":1}");
    assert_int_equal(read_row(&sample_Wide_type, twice, 5, 5, arena, text), GG_EPROTO);
    assert_string_equal(text, "line 1, column 18: f69: expected a field only once, found \"f69\"");
    gg_arena_unref(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_bad_rows),
        cmocka_unit_test(test_field),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
