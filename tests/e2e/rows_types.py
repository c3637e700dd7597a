"""Rows of test.v1.Types/Echo: values that go there and back, by JSON and by wire, and values that do not."""

I32, I64 = (-2**31, 2**31 - 1), (-2**63, 2**63 - 1)
U32, U64 = (0, 2**32 - 1), (0, 2**64 - 1)


def edges(stem, low, high):
    """Both ends of an integer type, as numbers and as text; 0 beside another field, so that it is seen."""
    return [("%s %s" % (stem, v), {stem + "Value": v, "renamed": "x"}) for v in (low, high, str(low), str(high), 0, 1)]


ECHO = [
    ("nothing", {}),
    *edges("int32", *I32), *edges("sint32", *I32), *edges("sfixed32", *I32),
    *edges("int64", *I64), *edges("sint64", *I64), *edges("sfixed64", *I64),
    *edges("uint32", *U32), *edges("fixed32", *U32),
    *edges("uint64", *U64), *edges("fixed64", *U64),
    ("integer with a fraction of 0", {"int32Value": 5.0, "int64s": ["7", -7]}),
    *[("double %r" % v, {"doubleValue": v}) for v in (
        0.1, -0.0, 1e-320, 5e-324, 1.7976931348623157e308, -2.2250738585072014e-308, 1e21, 1e22, 123456789012345680,
        0.30000000000000004, 2**53 + 2.0, "1.5", "-1e-7", "NaN", "Infinity", "-Infinity")],
    *[("float %r" % v, {"floatValue": v}) for v in (
        0.1, 16777216, 1.1754942e-38, 3.4028234663852886e38, -1.17549435e-38, 1 / 3, "2.5", "NaN", "-Infinity")],
    ("bools", {"boolValue": True, "bools": [True, False, True]}),
    ("text: empty", {"stringValue": ""}),
    ("text: every sort of character", {"stringValue": "a\"\\/\b\f\n\r\t\u0001\u007f\u0080é€\U0001f600\u2028</script>&\0end"}),
    ("text: long", {"stringValue": "lang " * 20000}),
    *[("bytes of length %d" % len(v), {"bytesValue": v}) for v in ("", "AA==", "AAA=", "AAAA", "/+8=", "YWJjZGVmZw==")],
    ("bytes in the other alphabet, unpadded", {"bytesValue": "_-8"}),
    *[("enum %r" % v, {"color": v}) for v in (
        "COLOR_UNSPECIFIED", "COLOR_RED", "COLOR_CRIMSON", "COLOR_GREEN", "COLOR_MIN", "COLOR_MAX", 1, 2, 0,
        -2147483648, 2147483647, 77, -1)],
    ("enums, nested and repeated", {"size": "SIZE_LARGE", "colors": ["COLOR_GREEN", 1, 99], "unpackedColors": [2, 0]}),
    ("nested", {"point": {"x": 1, "next": {"y": -2, "next": {}}}}),
    ("nested, empty", {"point": {}}),
    ("itself", {"self": {"self": {"stringValue": "deep", "point": {"x": 3}}}, "int32Value": 1}),
    ("proto names", {"string_value": "s", "int32_value": 4, "unpacked_int32s": [1], "by_string": {"k": "v"}}),
    ("JSON name of its own", {"anotherName": "x"}),
    ("null is absent", {"stringValue": None, "point": None, "int32s": None, "byString": None, "timestamp": None}),
    ("optional: default values are kept", {
        "optionalDouble": 0, "optionalFloat": 0, "optionalInt32": 0, "optionalInt64": "0", "optionalUint32": 0,
        "optionalUint64": "0", "optionalBool": False, "optionalString": "", "optionalBytes": "",
        "optionalColor": "COLOR_UNSPECIFIED", "optionalPoint": {}}),
    ("optional: values", {"optionalInt32": -1, "optionalString": "s", "optionalColor": 2, "optionalPoint": {"x": 1}}),
    ("repeated numbers", {
        "doubles": [0, 1.5, "NaN", -1e300], "floats": [0.5, "Infinity"], "int32s": [0, -1, 2147483647],
        "int64s": ["-9223372036854775808", 1], "uint32s": [4294967295], "uint64s": ["18446744073709551615", 0],
        "sint32s": [-1, 1, -2147483648], "sint64s": ["-1"], "fixed32s": [1, 2], "fixed64s": ["3"], "sfixed32s": [-4],
        "sfixed64s": ["-5"], "unpackedInt32s": [1, -1, 300], "unpackedDoubles": [1, 2.5]}),
    ("repeated, empty", {"int32s": [], "points": [], "strings": []}),
    ("repeated texts and messages", {"strings": ["", "a", "ü"], "manyBytes": ["", "AQ=="], "points": [{}, {"x": 1, "next": {}}]}),
    ("repeated, long", {"int32s": list(range(-5000, 5000)), "strings": ["s%d" % i for i in range(3000)]}),
    ("maps: every key", {
        "byString": {"": "empty", "k": "", "ü\n": "v"}, "byInt32": {"-2147483648": "1", "0": "-1"},
        "byInt64": {"9223372036854775807": "AA=="}, "byUint32": {"4294967295": 0.5}, "byUint64": {"18446744073709551615": {"x": 1}},
        "bySint32": {"-1": "COLOR_GREEN"}, "bySint64": {"-9223372036854775808": True}, "byFixed32": {"1": 1.5},
        "byFixed64": {"2": "18446744073709551615"}, "bySfixed32": {"-3": -3}, "bySfixed64": {"-4": "2001-02-03T04:05:06Z"},
        "byBool": {"true": "yes", "false": "no"}}),
    ("maps: long", {"byString": {"key%d" % i: "v" * (i % 40) for i in range(2000)}}),
    *[("oneof %r" % v, v) for v in (
        {"choiceInt32": 0}, {"choiceString": ""}, {"choiceBool": False}, {"choiceBytes": ""}, {"choiceColor": 0},
        {"choicePoint": {}}, {"choiceDouble": 0}, {"choiceUint64": "0"}, {"choiceTimestamp": "1970-01-01T00:00:00Z"},
        {"choicePoint": {"next": {"x": 1}}}, {"choiceString": "s"}, {"choiceNull": None},
        {"choiceString": "s", "choiceInt32": None})],
    *[("timestamp %s" % v, {"timestamp": v}) for v in (
        "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.5Z",
        "2000-02-29T12:00:00.123456Z", "2020-01-01T00:00:00+01:30", "2020-01-01T00:00:00-08:00", "2020-06-30T23:59:59.000000001Z")],
    ("timestamps", {"timestamps": ["2020-01-01T00:00:00Z", "2021-01-01T00:00:00.1Z"]}),
    *[("duration %s" % v, {"duration": v}) for v in (
        "0s", "1s", "-1s", "0.5s", "-0.000000001s", "315576000000s", "-315576000000s", "1.123456789s")],
    ("field mask", {"fieldMask": "stringValue,point.x"}),
    ("struct and values", {"struct": {"a": [1, None, {"b": "c"}, True], "": ""}, "value": {"x": []}, "listValue": [[], "1"],
                           "values": [None, 1.5, "s", False], "valueByString": {"k": None}}),
    ("empty", {"empty": {}}),
    ("wrappers", {"wrappedDouble": 0, "wrappedFloat": 1.5, "wrappedInt64": "-1", "wrappedUint64": "1", "wrappedInt32": 0,
                  "wrappedUint32": 7, "wrappedBool": False, "wrappedString": "", "wrappedBytes": "AA==",
                  "wrappedStrings": ["", "x"]}),
]

# Bodies as text, because Python would not write or not read them so, and what the fields must then hold.
SPELLINGS = [
    ("white space", b' \r\n\t{ "int32Value" : 1 , "bools" : [ true ] } \n', {"int32Value": 1, "bools": [True]}),
    ("exponents", b'{"int32Value":1.5e1,"int64Value":"1e3","doubleValue":1E+2}', {"int32Value": 15, "int64Value": "1000", "doubleValue": 100}),
    ("escapes", b'{"stringValue":"\\u0041\\ud83d\\ude00\\/"}', {"stringValue": "A\U0001f600/"}),
    ("escaped name", b'{"int32\\u0056alue":3}', {"int32Value": 3}),
    ("unknown fields", b'{"nope":{"a":[1,{}]},"int32Value":1,"x":[[]]}', {"int32Value": 1}),
    ("unknown enum name", b'{"color":"COLOR_NONE","int32Value":1}', {"color": "COLOR_UNSPECIFIED", "int32Value": 1}),
    ("the least float", b'{"floatValue":1.401298464324817e-45}', {"floatValue": 1e-45}),
    ("empty body", b"", {"int32Value": 0}),
    ("only white space", b"  ", {"int32Value": 0}),
]

# Bodies that are refused: 400, code 3, the message naming what the last column says.
REFUSED = [
    ("int32 too large", b'{"int32Value":2147483648}', "int32"),
    ("int32 too small", b'{"int32Value":-2147483649}', "int32"),
    ("int32 with a fraction", b'{"int32Value":0.5}', "int32"),
    ("int32 of text", b'{"int32Value":"x"}', "int32"),
    ("int32 of empty text", b'{"int32Value":""}', "int32"),
    ("int32 with space", b'{"int32Value":" 1"}', "int32"),
    ("int32 of a bool", b'{"int32Value":true}', "int32"),
    ("leading zero", b'{"int32Value":01}', ""),
    ("plus sign", b'{"int32Value":+1}', ""),
    ("hexadecimal", b'{"int32Value":0x1}', ""),
    ("uint32 negative", b'{"uint32Value":-1}', "uint32"),
    ("uint64 too large", b'{"uint64Value":"18446744073709551616"}', "uint64"),
    ("int64 too small", b'{"int64Value":-9223372036854775809}', "int64"),
    ("double too large", b'{"doubleValue":1e309}', "double"),
    ("float too large", b'{"floatValue":1e39}', "float"),
    ("bare NaN", b'{"doubleValue":NaN}', ""),
    ("bool of text", b'{"boolValue":"true"}', "bool"),
    ("bool of a number", b'{"boolValue":1}', "bool"),
    ("text of a number", b'{"stringValue":1}', "string"),
    ("bytes that are no base64", b'{"bytesValue":"a*"}', "bytes"),
    ("enum of a fraction", b'{"color":1.5}', "color"),
    ("enum of a bool", b'{"color":true}', "color"),
    ("message of text", b'{"point":"x"}', "point"),
    ("message of a list", b'{"point":[]}', "point"),
    ("list of a number", b'{"int32s":1}', "int32s"),
    ("null in a list", b'{"strings":["a",null]}', "strings"),
    ("null in a map", b'{"byString":{"a":null}}', ""),
    ("map of a list", b'{"byString":[]}', ""),
    ("map key out of range", b'{"byInt32":{"2147483648":"1"}}', ""),
    ("map key that is no bool", b'{"byBool":{"yes":"1"}}', ""),
    ("map key twice", b'{"byString":{"a":"1","a":"2"}}', None),
    ("both names of a field", b'{"stringValue":"a","string_value":"b"}', "string"),
    ("two members of a oneof", b'{"choiceInt32":1,"choiceString":"s"}', "choice"),
    ("timestamp without zone", b'{"timestamp":"2020-01-01T00:00:00"}', "timestamp"),
    ("timestamp in lower case", b'{"timestamp":"2020-01-01t00:00:00z"}', "timestamp"),
    ("timestamp of 30 February", b'{"timestamp":"2020-02-30T00:00:00Z"}', "timestamp"),
    ("timestamp of year 0", b'{"timestamp":"0000-01-01T00:00:00Z"}', "timestamp"),
    ("timestamp, ten digits", b'{"timestamp":"2020-01-01T00:00:00.1234567890Z"}', "timestamp"),
    ("duration without unit", b'{"duration":"1"}', "duration"),
    ("duration too long", b'{"duration":"315576000001s"}', "duration"),
    ("comment", b'{/* no */}', ""),
    ("single quotes", b"{'int32Value':1}", ""),
    ("trailing comma", b'{"int32Value":1,}', ""),
    ("byte order mark", b'\xef\xbb\xbf{}', ""),
    ("bad utf-8", b'{"stringValue":"\xc3\x28"}', ""),
    ("surrogate encoded", b'{"stringValue":"\xed\xa0\x80"}', ""),
    ("swapped surrogates", b'{"stringValue":"\\ude00\\ud83d"}', ""),
    ("bad escape", b'{"stringValue":"\\x41"}', ""),
    ("open text", b'{"stringValue":"abc', ""),
    ("more behind", b'{"int32Value":1} {"int32Value":2}', ""),
    ("a number", b"1", ""),
    ("a text", b'"x"', ""),
]
