/* test_schema.c -- schemas from descriptor sets: rows of sets and the faults in them, each cut at every byte
 * and with every allocation failing.  What the tables hold: test_schema_tables.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "descriptor_text.h"
#include "failmalloc.h"
#include "gg/wkt.h"
#include "proto/builtin.h"
#include "proto/member.h"
#include "proto/wire.h"

/* -- loading text -- */
typedef struct faults {
    char text[4096]; /* "file: symbol: reason" lines */
    size_t len, count;
} faults;

static void on_fault(void *user, const gg_schema_fault *fault)
{
    faults *f = user;
    assert_true(fault->reason.len > 0);
    int n = snprintf(f->text + f->len, sizeof f->text - f->len, "%s%.*s: %.*s: %.*s", f->count > 0 ? "\n" : "",
        GG_STR_ARG(fault->file), GG_STR_ARG(fault->symbol), GG_STR_ARG(fault->reason));
    f->len += (size_t)n < sizeof f->text - f->len ? (size_t)n : 0;
    f->count++;
}

static gg_schema *load_text(const char *text, faults *f)
{
    gg_buf set = { 0 };
    descriptor_from_text(text, "set", &set);
    gg_schema *schema = gg_schema_load(gg_buf_str(&set), on_fault, f);
    gg_buf_deinit(&set);
    return schema;
}

/* -- rows -- */
#define P3 "file{ name:'a.proto' syntax:'proto3' "
#define P2 "file{ name:'a.proto' "
#define E23 "file{ name:'a.proto' syntax:'editions' edition:1000 "
#define E24 "file{ name:'a.proto' syntax:'editions' edition:1001 "
#define MESSAGE(inside) "message_type{ name:'M' " inside " } "
#define FIELD(name, number, rest) "field{ name:'" name "' number:" number " " rest " } "
#define INT "label:1 type:5"
#define RANGE(start, end) "extension_range{ start:" start " end:" end " } "
#define EXTEND(name, number, rest) "extension{ name:'" name "' extendee:'.M' number:" number " " rest " } "

/* clang-format off */
static const struct { const char *what, *set, *faults; } rows[] = {
    /* what loads */
    { "an empty file", P3 "}", "" },
    { "files in the wrong order",
      P3 "dependency:'b.proto'" MESSAGE(FIELD("b", "1", "label:1 type:11 type_name:'.B'")) "} file{ name:'b.proto' message_type{ name:'B' } }", "" },
    { "built-in imports that are missing",
      P3 "dependency:'google/protobuf/timestamp.proto' dependency:'google/api/annotations.proto'"
      MESSAGE(FIELD("t", "1", "label:1 type:11 type_name:'.google.protobuf.Timestamp'")) "}", "" },
    { "the same file twice", P3 "} " P3 "}", "" },
    { "names without a leading dot, from the inside out",
      P3 "package:'a.b'" "message_type{ name:'M' field{ name:'x' number:1 label:1 type_name:'N' } nested_type{ name:'N' } } "
      "message_type{ name:'O' field{ name:'x' number:1 label:1 type_name:'M.N' } field{ name:'y' number:2 label:1 type_name:'b.E' } } "
      "enum_type{ name:'E' value{ name:'Z' number:0 } } }", "" },
    { "a public import",
      P3 "dependency:'b.proto'" MESSAGE(FIELD("c", "1", "label:1 type:11 type_name:'.C'")) "} "
      "file{ name:'b.proto' dependency:'c.proto' public_dependency:0 } file{ name:'c.proto' message_type{ name:'C' } }", "" },
    { "a proto2 enum that does not start at 0", P2 "enum_type{ name:'E' value{ name:'A' number:5 } } }", "" },
    { "proto2 fields with one JSON name", P2 MESSAGE(FIELD("a_b", "1", INT) FIELD("aB", "2", INT)) "}", "" },
    { "a field called _", P3 MESSAGE(FIELD("_", "1", INT)) "}", "" },

    /* the set and its files */
    { "nothing", "", ": : the descriptor set holds no file" },
    { "a file without a name", "file{ package:'a' }", ": : a file without a name" },
    { "two files of one name", P3 "} " P3 "package:'p' }", "a.proto: : the file is there twice, with different contents" },
    { "an unknown syntax", "file{ name:'a.proto' syntax:'proto4' }", "a.proto: : syntax \"proto4\" is not known; proto2, proto3 and editions are" },
    { "no edition", "file{ name:'a.proto' syntax:'editions' }",
      "a.proto: : edition 0 is not known; 2023 (1000) and 2024 (1001) are" },
    { "an edition to come", "file{ name:'a.proto' syntax:'editions' edition:1002 }",
      "a.proto: : edition 1002 is not known; 2023 (1000) and 2024 (1001) are" },
    { "an edition for proto3", "file{ name:'a.proto' syntax:'editions' edition:999 }",
      "a.proto: : edition 999 is not known; 2023 (1000) and 2024 (1001) are" },
    { "malformed", "file{ name:'a.proto' 4:7 }", "a.proto: : the descriptor is cut short or malformed" },
    { "malformed inside", "file{ name:'a.proto' 4:'\\x12\\x05' }", "a.proto: : the descriptor is cut short or malformed" },
    { "a missing import", P3 "dependency:'b/c.proto' }", "a.proto: : imports b/c.proto, which is not in this set" },
    { "a public import that is none", P3 "public_dependency:0 }", "a.proto: : public import 0 of 0" },
    { "a file that imports itself", P3 "dependency:'a.proto' }", "a.proto: : imports itself: a.proto -> a.proto" },
    { "a cycle behind an import",
      P3 "dependency:'b.proto' } file{ name:'b.proto' dependency:'c.proto' } file{ name:'c.proto' dependency:'b.proto' }",
      "b.proto: : imports itself: b.proto -> c.proto -> b.proto" },

    /* names */
    { "a package that is none", P3 "package:'a..b' }", "a.proto: a..b: is not the name of a package" },
    { "a package that ends in a dot", P3 "package:'a.' }", "a.proto: a.: is not the name of a package" },
    { "a message without a name", P3 "message_type{ } }",
      "a.proto: : the name of a message must be letters, digits and underscores" },
    { "a field with a dash", P3 MESSAGE(FIELD("a-b", "1", INT)) "}",
      "a.proto: M.a-b: the name of a field must be letters, digits and underscores" },
    { "two messages", P3 "package:'p' message_type{ name:'M' } message_type{ name:'M' } }",
      "a.proto: p.M: a message, but a message of that name is defined in a.proto" },
    { "an enum called like a message elsewhere", P3 "message_type{ name:'M' } } file{ name:'b.proto' enum_type{ name:'M' value{ name:'V' number:1 } } }",
      "b.proto: M: an enum, but a message of that name is defined in a.proto" },
    { "a message called like a package", P3 "package:'p.q' } file{ name:'b.proto' message_type{ name:'p' } }",
      "b.proto: p: a message, but a package of that name is defined in a.proto" },
    { "a package called like a message", "file{ name:'b.proto' message_type{ name:'p' } }" P3 "package:'p.q' }",
      "a.proto: p: a package, but a message of that name is defined in b.proto" },
    { "two fields", P3 MESSAGE(FIELD("x", "1", INT) FIELD("x", "2", INT)) "}",
      "a.proto: M.x: a field, but a field of that name is defined in a.proto" },
    { "values of two enums", P3 "enum_type{ name:'E' value{ name:'V' number:0 } } enum_type{ name:'F' value{ name:'V' number:0 } } }",
      "a.proto: V: an enum value, but an enum value of that name is defined in a.proto" },

    /* types */
    { "no such type", P3 MESSAGE(FIELD("x", "1", "label:1 type:11 type_name:'.p.Missing'")) "}",
      "a.proto: M.x: type p.Missing is not defined in this set" },
    { "no such type in scope", P3 MESSAGE(FIELD("x", "1", "label:1 type:11 type_name:'Missing'")) "}",
      "a.proto: M.x: type Missing is not defined in this set" },
    { "a type that is not imported", P3 MESSAGE(FIELD("x", "1", "label:1 type:11 type_name:'.B'")) "} file{ name:'b.proto' message_type{ name:'B' } }",
      "a.proto: M.x: type B is defined in b.proto, which this file does not import" },
    { "a type behind an import that is not public",
      P3 "dependency:'b.proto'" MESSAGE(FIELD("c", "1", "label:1 type:11 type_name:'.C'")) "} "
      "file{ name:'b.proto' dependency:'c.proto' } file{ name:'c.proto' message_type{ name:'C' } }",
      "a.proto: M.c: type C is defined in c.proto, which this file does not import" },
    { "a message that is an enum", P3 MESSAGE(FIELD("x", "1", "label:1 type:11 type_name:'.E'")) "enum_type{ name:'E' value{ name:'V' number:0 } } }",
      "a.proto: M.x: E is an enum, not a message" },
    { "an enum that is a message", P3 MESSAGE(FIELD("x", "1", "label:1 type:14 type_name:'.M'")) "}",
      "a.proto: M.x: M is a message, not an enum" },
    { "no type at all", P3 MESSAGE(FIELD("x", "1", "label:1")) "}", "a.proto: M.x: type 0 is none" },
    { "type 19", P3 MESSAGE(FIELD("x", "1", "label:1 type:19")) "}", "a.proto: M.x: type 19 is none" },
    { "a scalar with a name", P3 MESSAGE(FIELD("x", "1", "label:1 type:5 type_name:'.M'")) "}",
      "a.proto: M.x: a scalar with the type name .M" },
    { "a method of no message", P3 "service{ name:'S' method{ name:'F' input_type:'.S' output_type:'.N' } } }",
      "a.proto: S.F: S is a service, not a message\na.proto: S.F: type N is not defined in this set" },

    /* fields */
    { "number 0", P3 MESSAGE(FIELD("x", "0", INT)) "}", "a.proto: M.x: number 0 is not between 1 and 536870911" },
    { "number 2^29", P3 MESSAGE(FIELD("x", "536870912", INT)) "}", "a.proto: M.x: number 536870912 is not between 1 and 536870911" },
    { "a reserved number", P3 MESSAGE(FIELD("x", "19500", INT)) "}",
      "a.proto: M.x: number 19500 is reserved for protobuf itself (19000 to 19999)" },
    { "one number twice", P3 MESSAGE(FIELD("x", "7", INT) FIELD("y", "1", INT) FIELD("z", "7", INT)) "}",
      "a.proto: M.z: number 7 is that of M.x" },
    { "one JSON name twice", P3 MESSAGE(FIELD("a_b", "1", INT) FIELD("aB", "2", INT)) "}",
      "a.proto: M.aB: JSON name \"aB\" is that of M.a_b" },
    { "a JSON name that is not UTF-8", P3 MESSAGE(FIELD("x", "1", INT " json_name:'a\\xff'")) "}",
      "a.proto: M.x: its JSON name is not UTF-8" },
    { "required in proto3", P3 MESSAGE(FIELD("x", "1", "label:2 type:5")) "}", "a.proto: M.x: required in a proto3 file" },
    { "a group in proto3", P3 MESSAGE(FIELD("x", "1", "label:1 type:10 type_name:'.M'")) "}", "a.proto: M.x: a group in a proto3 file" },
    { "a proto2 enum in proto3",
      P3 "dependency:'b.proto'" MESSAGE(FIELD("x", "1", "label:1 type:14 type_name:'.E'")) "} file{ name:'b.proto' enum_type{ name:'E' value{ name:'V' number:0 } } }",
      "a.proto: M.x: E is a closed enum, this is a proto3 message" },
    { "packed text", P3 MESSAGE(FIELD("x", "1", "label:3 type:9 options{ packed:1 }")) "}",
      "a.proto: M.x: packed, but not a repeated number, bool or enum" },
    { "a oneof that is not there", P3 MESSAGE(FIELD("x", "1", INT " oneof_index:0")) "}", "a.proto: M.x: is in oneof 0, which there is not" },
    { "a oneof without fields", P3 MESSAGE("oneof_decl{ name:'o' }") "}", "a.proto: M: oneof o has no field" },
    { "a repeated member of a oneof", P3 MESSAGE(FIELD("x", "1", "label:3 type:5 oneof_index:0") FIELD("y", "2", INT " oneof_index:0") "oneof_decl{ name:'o' }") "}",
      "a.proto: M.x: a member of a oneof must be optional" },
    { "an optional field without its oneof", P3 MESSAGE(FIELD("x", "1", INT " proto3_optional:1")) "}",
      "a.proto: M.x: optional without its oneof" },
    { "two optional fields in a oneof",
      P3 MESSAGE(FIELD("x", "1", INT " oneof_index:0 proto3_optional:1") FIELD("y", "2", INT " oneof_index:0 proto3_optional:1") "oneof_decl{ name:'_x' }") "}",
      "a.proto: M.y: shares the oneof of an optional field" },

    /* maps */
    { "a map with a float for a key",
      P3 MESSAGE(FIELD("m", "1", "label:3 type:11 type_name:'.M.E'")
      "nested_type{ name:'E' field{ name:'key' number:1 label:1 type:2 } field{ name:'value' number:2 label:1 type:5 } options{ map_entry:1 } }") "}",
      "a.proto: M.E: a map's key must be an integer, a bool or a string" },
    { "a map entry of three",
      P3 MESSAGE(FIELD("m", "1", "label:3 type:11 type_name:'.M.E'")
      "nested_type{ name:'E' field{ name:'key' number:1 label:1 type:5 } options{ map_entry:1 } }") "}",
      "a.proto: M.E: a map entry must have a field 1, the key, and a field 2, the value" },
    { "a single map entry",
      P3 MESSAGE(FIELD("m", "1", "label:1 type:11 type_name:'.M.E'")
      "nested_type{ name:'E' field{ name:'key' number:1 label:1 type:5 } field{ name:'value' number:2 label:1 type:5 } options{ map_entry:1 } }") "}",
      "a.proto: M.m: M.E is the entry of a map that this is not" },

    /* enums */
    { "an enum without values", P3 "enum_type{ name:'E' } }", "a.proto: E: an enum of 0 values" },
    { "a proto3 enum that does not start at 0", P3 "enum_type{ name:'E' value{ name:'V' number:1 } } }",
      "a.proto: E: the first value of an open enum must be 0" },
    { "aliases", P3 "enum_type{ name:'E' value{ name:'V' number:0 } value{ name:'W' number:0 } } }",
      "a.proto: E: V and W are both 0, without allow_alias" },
    { "aliases that are allowed", P3 "enum_type{ name:'E' value{ name:'V' number:0 } value{ name:'W' number:0 } options{ allow_alias:1 } } }", "" },

    /* extensions */
    { "two extensions of one number",
      P2 MESSAGE(RANGE("100", "200")) EXTEND("x", "100", INT) EXTEND("y", "100", INT) "}",
      "a.proto: y: extends M with number 100, as does x" },
    { "an extension outside the ranges",
      P2 MESSAGE(RANGE("300", "400") RANGE("100", "200")) EXTEND("x", "199", INT) EXTEND("y", "200", INT) EXTEND("z", "300", INT) "}",
      "a.proto: y: M leaves no number 200 to extensions" },
    { "ranges that overlap", P2 MESSAGE(RANGE("300", "400") RANGE("100", "301")) "}",
      "a.proto: M: two ranges of numbers with 300 in them" },
    { "an extension in the longer of two ranges that overlap",
      P2 MESSAGE(RANGE("100", "200") RANGE("110", "120")) EXTEND("x", "150", INT) EXTEND("y", "200", INT) "}",
      "a.proto: M: two ranges of numbers with 110 in them\na.proto: y: M leaves no number 200 to extensions" },
    { "ranges from the least number", P2 MESSAGE("reserved_range{ start:-2147483648 end:-2147483648 } reserved_range{ start:5 end:7 }" FIELD("x", "1", INT))
      "enum_type{ name:'E' value{ name:'V' number:1 } reserved_range{ start:-2147483648 end:-2147483648 } reserved_range{ start:5 end:7 } } }",
      "a.proto: M: a range of numbers from -2147483648 to -2147483648" },
    { "a range that is none", P2 MESSAGE("reserved_range{ start:5 end:5 }") "}", "a.proto: M: a range of numbers from 5 to 5" },
    { "a field among the extensions", P2 MESSAGE(RANGE("1", "2") FIELD("x", "1", INT)) "}",
      "a.proto: M.x: number 1 is left to extensions" },
    { "a MessageSet", P2 MESSAGE(RANGE("4", "2147483647") "options{ message_set:1 }") EXTEND("x", "2147483646", "label:1 type:11 type_name:'.M'") "}", "" },
    { "a MessageSet with fields", P2 MESSAGE(FIELD("x", "1", INT) "options{ message_set:1 }") "}",
      "a.proto: M: a MessageSet with fields of its own" },
    { "a number in a MessageSet", P2 MESSAGE(RANGE("4", "9") "options{ message_set:1 }") EXTEND("x", "4", INT) "}",
      "a.proto: x: extends a MessageSet, and is no optional message" },
    { "reserved numbers and names",
      P3 MESSAGE("reserved_range{ start:9 end:12 } reserved_range{ start:2 end:3 } reserved_name:'old' " FIELD("old", "1", INT)
      FIELD("a", "2", INT) FIELD("b", "3", INT) FIELD("c", "11", INT) FIELD("d", "12", INT)) "}",
      "a.proto: M.old: the name is reserved\na.proto: M.a: number 2 is reserved\na.proto: M.c: number 11 is reserved" },
    { "reserved numbers and names of an enum",
      P3 "enum_type{ name:'E' value{ name:'V' number:0 } value{ name:'W' number:5 } value{ name:'X' number:7 } "
      "reserved_range{ start:3 end:5 } reserved_name:'X' } }",
      "a.proto: E: number 5 of W is reserved\na.proto: E: the name X is reserved" },
    { "an extension of nothing", P2 "extension{ name:'x' extendee:'.M' number:100 label:1 type:5 } }",
      "a.proto: x: type M is not defined in this set" },

    /* default values */
    { "a default of a list", P2 MESSAGE(FIELD("x", "1", "label:3 type:5 default_value:'1'")) "}",
      "a.proto: M.x: a repeated field with a default value" },
    { "a default of a message", P2 MESSAGE(FIELD("x", "1", "label:1 type:11 type_name:'.M' default_value:'1'")) "}",
      "a.proto: M.x: a message with a default value" },
    { "a default in proto3", P3 MESSAGE(FIELD("x", "1", INT " default_value:'1'")) "}",
      "a.proto: M.x: a field of a proto3 file with a default value" },
    { "a default of implicit presence", E23 MESSAGE(FIELD("x", "1", INT " default_value:'1' options{ field_features{ presence:2 } }")) "}",
      "a.proto: M.x: a field of implicit presence with a default value" },
    { "no number", P2 MESSAGE(FIELD("x", "1", "label:1 type:5 default_value:'1.5'")) "}",
      "a.proto: M.x: default value \"1.5\" is not an integer between -2147483648 and 2147483647" },
    { "an empty number", P2 MESSAGE(FIELD("x", "1", "label:1 type:5 default_value:''")) "}",
      "a.proto: M.x: default value \"\" is not an integer between -2147483648 and 2147483647" },
    { "a number too big", P2 MESSAGE(FIELD("x", "1", "label:1 type:13 default_value:'4294967296'")) "}",
      "a.proto: M.x: default value \"4294967296\" is not an integer between 0 and 4294967295" },
    { "a float too big", P2 MESSAGE(FIELD("x", "1", "label:1 type:2 default_value:'1e39'")) "}",
      "a.proto: M.x: default value \"1e39\" is not a number of at most 3.4028235e+38, \"NaN\", \"Infinity\" or \"-Infinity\"" },
    { "no bool", P2 MESSAGE(FIELD("x", "1", "label:1 type:8 default_value:'yes'")) "}",
      "a.proto: M.x: default value \"yes\" is not true or false" },
    { "a string that is no UTF-8", E23 MESSAGE(FIELD("x", "1", "label:1 type:9 default_value:'\\xff'")) "}",
      "a.proto: M.x: default value \"\xff\" is not a string of valid UTF-8" },
    { "an escape that is none", P2 MESSAGE(FIELD("x", "1", "label:1 type:12 default_value:'\\x5cq'")) "}",
      "a.proto: M.x: default value \"\\q\" is not bytes with escapes of C" },
    { "an octal escape too big", P2 MESSAGE(FIELD("x", "1", "label:1 type:12 default_value:'\\x5c777'")) "}",
      "a.proto: M.x: default value \"\\777\" is not bytes with escapes of C" },
    { "a backslash at the end", P2 MESSAGE(FIELD("x", "1", "label:1 type:12 default_value:'\\x5c'")) "}",
      "a.proto: M.x: default value \"\\\" is not bytes with escapes of C" },
    { "a value of another enum", P2 MESSAGE(FIELD("x", "1", "label:1 type:14 type_name:'.E' default_value:'W'"))
      "enum_type{ name:'E' value{ name:'V' number:1 } } enum_type{ name:'F' value{ name:'W' number:1 } } }",
      "a.proto: M.x: default value \"W\" is no value of E" },

    /* editions */
    { "edition 2023", E23 "}", "" },
    { "edition 2024, an import for options that is not there", E24 "option_dependency:'x.proto' }", "" },
    { "a feature in proto3", P3 "options{ file_features{ presence:1 } } }", "a.proto: : feature field_presence, which only editions have" },
    { "a feature of no such value", E23 MESSAGE(FIELD("x", "1", "label:1 type:9 options{ field_features{ utf8:1 } }")) "}",
      "a.proto: M.x: feature utf8_validation has no such value" },
    { "a feature of a value to come", E23 "options{ file_features{ presence:4 } } }", "a.proto: : feature field_presence has no such value" },
    { "all fields required", E23 "options{ file_features{ presence:3 } } }", "a.proto: : every field is required by feature field_presence" },
    { "required in an edition", E23 MESSAGE(FIELD("x", "1", "label:2 type:5")) "}",
      "a.proto: M.x: required, for which editions have the feature field_presence" },
    { "a group in an edition", E23 MESSAGE(FIELD("x", "1", "label:1 type:10 type_name:'.M'")) "}",
      "a.proto: M.x: a group, for which editions have the feature message_encoding" },
    { "packed in an edition", E23 MESSAGE(FIELD("x", "1", "label:3 type:5 options{ packed:1 }")) "}",
      "a.proto: M.x: option packed, for which editions have the feature repeated_field_encoding" },
    { "optional in an edition", E23 MESSAGE(FIELD("x", "1", INT " oneof_index:0 proto3_optional:1") "oneof_decl{ name:'_x' }") "}",
      "a.proto: M.x: optional, for which editions have the feature field_presence" },
    { "presence of a list", E23 MESSAGE(FIELD("x", "1", "label:3 type:5 options{ field_features{ presence:1 } }")) "}",
      "a.proto: M.x: feature field_presence on a repeated field or a member of a oneof" },
    { "presence in a oneof", E23 MESSAGE(FIELD("x", "1", INT " oneof_index:0 options{ field_features{ presence:2 } }") "oneof_decl{ name:'o' }") "}",
      "a.proto: M.x: feature field_presence on a repeated field or a member of a oneof" },
    { "a message of implicit presence", E23 MESSAGE(FIELD("x", "1", "label:1 type:11 type_name:'.M' options{ field_features{ presence:2 } }")) "}",
      "a.proto: M.x: feature implicit field_presence on a message" },
    { "one value packed", E23 MESSAGE(FIELD("x", "1", INT " options{ field_features{ repeated:1 } }")) "}",
      "a.proto: M.x: feature repeated_field_encoding on a field that is not repeated" },
    { "strings packed", E23 MESSAGE(FIELD("x", "1", "label:3 type:9 options{ field_features{ repeated:1 } }")) "}",
      "a.proto: M.x: feature repeated_field_encoding PACKED on what is no number, bool or enum" },
    { "UTF-8 of a number", E23 MESSAGE(FIELD("x", "1", INT " options{ field_features{ utf8:2 } }")) "}",
      "a.proto: M.x: feature utf8_validation on a field that is no string" },
    { "a delimited number", E23 MESSAGE(FIELD("x", "1", INT " options{ field_features{ encoding:2 } }")) "}",
      "a.proto: M.x: feature message_encoding on a field that is no message" },
    { "a closed enum of implicit presence",
      E23 "options{ file_features{ presence:2 } }" MESSAGE(FIELD("x", "1", "label:1 type:14 type_name:'.E'"))
      "enum_type{ name:'E' value{ name:'V' number:0 } options{ enum_features{ enum:2 } } } }",
      "a.proto: M.x: E is a closed enum, this has implicit presence" },
    { "an open enum that does not start at 0", E23 "enum_type{ name:'E' value{ name:'V' number:1 } } }",
      "a.proto: E: the first value of an open enum must be 0" },
    { "a closed one", E23 "enum_type{ name:'E' value{ name:'V' number:1 } options{ enum_features{ enum:2 } } } }", "" },
    { "JSON names as well as it goes", E23 MESSAGE(FIELD("a_b", "1", INT) FIELD("aB", "2", INT) "options{ message_features{ json:2 } }") "}", "" },
    { "JSON names", E23 MESSAGE(FIELD("a_b", "1", INT) FIELD("aB", "2", INT)) "}", "a.proto: M.aB: JSON name \"aB\" is that of M.a_b" },
    { "a local message of another file", P3 "dependency:'b.proto'" MESSAGE(FIELD("x", "1", "label:1 type:11 type_name:'.B'")) "} "
      "file{ name:'b.proto' syntax:'editions' edition:1001 message_type{ name:'B' visibility:1 } }",
      "a.proto: M.x: type B is local to b.proto" },
    { "a nested enum of another file, unless it is exported",
      P3 "dependency:'b.proto'" MESSAGE(FIELD("x", "1", "label:1 type:14 type_name:'.B.E'") FIELD("y", "2", "label:1 type:14 type_name:'.B.F'")) "} "
      "file{ name:'b.proto' syntax:'editions' edition:1001 message_type{ name:'B' "
      "enum_type{ name:'E' value{ name:'V' number:0 } } enum_type{ name:'F' visibility:2 value{ name:'W' number:0 } } } }",
      "a.proto: M.x: type B.E is local to b.proto" },
    { "a file that exports all", P3 "dependency:'b.proto'" MESSAGE(FIELD("x", "1", "label:1 type:11 type_name:'.B.C'")) "} "
      "file{ name:'b.proto' syntax:'editions' edition:1001 options{ file_features{ visibility:1 } } message_type{ name:'B' nested_type{ name:'C' } } }", "" },
    { "a local message at home", E24 MESSAGE(FIELD("x", "1", "label:1 type:11 type_name:'.M.N'") "nested_type{ name:'N' }") "}", "" },

    /* all of them are told, and nothing that follows from another */
    { "a missing import hides nothing in other files, nor here",
      P3 "dependency:'gone.proto'" MESSAGE(FIELD("x", "1", "label:1 type:11 type_name:'.Gone'") FIELD("y", "0", INT)) "} "
      "file{ name:'b.proto' message_type{ name:'B' field{ name:'x' number:1 label:1 type:11 type_name:'.Missing' } } }",
      "a.proto: : imports gone.proto, which is not in this set\n"
      "a.proto: M.y: number 0 is not between 1 and 536870911\n"
      "b.proto: B.x: type Missing is not defined in this set" },
    { "an import that lacks a public import",
      P3 "dependency:'b.proto'" MESSAGE(FIELD("x", "1", "label:1 type:11 type_name:'.Gone'")) "} "
      "file{ name:'b.proto' dependency:'gone.proto' public_dependency:0 }",
      "b.proto: : imports gone.proto, which is not in this set" },
    { "an import that lacks one that is not public",
      P3 "dependency:'b.proto'" MESSAGE(FIELD("x", "1", "label:1 type:11 type_name:'.Gone'")) "} "
      "file{ name:'b.proto' dependency:'gone.proto' }",
      "b.proto: : imports gone.proto, which is not in this set\na.proto: M.x: type Gone is not defined in this set" },
    { "an import that cannot be read",
      P3 "dependency:'b.proto'" MESSAGE(FIELD("x", "1", "label:1 type:11 type_name:'.B'")) "} file{ name:'b.proto' 4:7 }",
      "b.proto: : the descriptor is cut short or malformed" },
    { "an import of an edition to come",
      P3 "dependency:'b.proto'" MESSAGE(FIELD("x", "1", "label:1 type:11 type_name:'.B'")) "} "
      "file{ name:'b.proto' syntax:'editions' edition:1002 }",
      "b.proto: : edition 1002 is not known; 2023 (1000) and 2024 (1001) are" },
    { "a cycle, and a type that is not there",
      P3 "dependency:'a.proto'" MESSAGE(FIELD("x", "1", "label:1 type:11 type_name:'.Missing'")) "}",
      "a.proto: : imports itself: a.proto -> a.proto\na.proto: M.x: type Missing is not defined in this set" },
    { "a message twice, its fields not told again",
      P3 MESSAGE(FIELD("x", "1", INT)) MESSAGE(FIELD("x", "1", INT)) "service{ name:'S' method{ name:'F' input_type:'.M' output_type:'.N' } } }",
      "a.proto: M: a message, but a message of that name is defined in a.proto\na.proto: S.F: type N is not defined in this set" },
    { "a name that is none, used",
      P3 "message_type{ name:'a-b' } " MESSAGE(FIELD("x", "1", "label:1 type:11 type_name:'.a-b'")) "}",
      "a.proto: a-b: the name of a message must be letters, digits and underscores" },
    { "options that are malformed, twice",
      P3 MESSAGE("") "service{ name:'S' method{ name:'F' input_type:'.M' output_type:'.M' options{ 33:'\\x0a' 72295728:'\\xff' } } "
      "method{ name:'G' input_type:'.M' output_type:'.M' 4:'\\xff' } method{ name:'H' input_type:'.M' output_type:'.M' 4:'\\xff' } } }",
      "a.proto: S.G: malformed options\na.proto: S.H: malformed options" },
    { "three faults", P3 MESSAGE(FIELD("x", "0", INT) FIELD("y", "19000", INT)) "enum_type{ name:'E' } }",
      "a.proto: M.x: number 0 is not between 1 and 536870911\n"
      "a.proto: M.y: number 19000 is reserved for protobuf itself (19000 to 19999)\n"
      "a.proto: E: an enum of 0 values" },
};
/* clang-format on */

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        faults f = { .len = 0 };
        gg_schema *schema = load_text(rows[i].set, &f);
        if (strcmp(f.text, rows[i].faults) != 0)
            fail_msg("%s:\n%s", rows[i].what, f.text);
        assert_int_equal(schema == NULL, f.count > 0);
        gg_schema_free(schema);
    }
}

/* A set cut short is a schema only where it is a shorter set; otherwise it says why not. */
static void test_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gg_buf set = { 0 };
        descriptor_from_text(rows[i].set, "set", &set);
        for (size_t cut = 0; cut < set.len; cut++) {
            faults f = { .len = 0 };
            char *exact = malloc(cut + 1); /* a read beyond the end is seen by the sanitizer */
            if (exact == NULL)
                abort();
            memcpy(exact, set.data + set.start, cut);
            gg_schema *schema = gg_schema_load(gg_str_of(exact, cut), on_fault, &f);
            if ((schema == NULL) != (f.count > 0))
                fail_msg("%s, cut at %zu:\n%s", rows[i].what, cut, f.text);
            gg_schema_free(schema);
            free(exact);
        }
        gg_buf_deinit(&set);
    }
}

static void test_starved(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gg_buf set = { 0 };
        descriptor_from_text(rows[i].set, "set", &set);
        for (size_t n = 0;; n++) {
            faults f = { .len = 0 };
            gg_fail_after(n);
            gg_schema *schema = gg_schema_load(gg_buf_str(&set), on_fault, &f);
            bool starved = gg_fail_happened();
            gg_fail_after(SIZE_MAX);
            const char *told = strstr(f.text, "out of memory");
            if (starved ? schema != NULL || told == NULL : strcmp(f.text, rows[i].faults) != 0)
                fail_msg("%s, allocation %zu:\n%s", rows[i].what, n, f.text);
            gg_schema_free(schema);
            if (!starved)
                break;
        }
        gg_buf_deinit(&set);
    }
}

/* Bytes changed at random: a schema or a fault, and no byte read that is not there. */
static void test_mutated(void **state)
{
    enum { ROUNDS = 40 };
    (void)state;
    uint32_t seed = 1;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t round = 0; round < ROUNDS; round++) {
            gg_buf set = { 0 };
            descriptor_from_text(rows[i].set, "set", &set);
            char *exact = malloc(set.len + 1);
            if (exact == NULL)
                abort();
            if (set.len > 0)
                memcpy(exact, set.data + set.start, set.len);
            for (size_t n = 0; n <= round % 4 && set.len > 0; n++) {
                seed = seed * 1664525u + 1013904223u;
                exact[(seed >> 8) % set.len] = (char)(seed >> 24);
            }
            faults f = { .len = 0 };
            gg_schema *schema = gg_schema_load(gg_str_of(exact, set.len), on_fault, &f);
            if ((schema == NULL) != (f.count > 0))
                fail_msg("%s, round %zu:\n%s", rows[i].what, round, f.text);
            gg_schema_free(schema);
            free(exact);
            gg_buf_deinit(&set);
        }
}

/* -- what editions make of a field -- */
#define ENTRY \
    "nested_type{ name:'E' field{ name:'key' number:1 label:1 type:9 } " \
    "field{ name:'value' number:2 label:1 type:11 type_name:'.M' } options{ map_entry:1 } }"
#define DELIMITED_FILE E23 "options{ file_features{ encoding:2 } }"

/* clang-format off */
static const struct { const char *what, *set; gg_field_type type; gg_field_rule rule; unsigned flags; } feature_rows[] = {
    { "2023: a number", E23 MESSAGE(FIELD("x", "1", INT)) "}", GG_TYPE_INT32, GG_FIELD_EXPLICIT, 0 },
    { "2024: a number", E24 MESSAGE(FIELD("x", "1", INT)) "}", GG_TYPE_INT32, GG_FIELD_EXPLICIT, 0 },
    { "proto2: a number", P2 MESSAGE(FIELD("x", "1", INT)) "}", GG_TYPE_INT32, GG_FIELD_EXPLICIT, 0 },
    { "proto3: a number", P3 MESSAGE(FIELD("x", "1", INT)) "}", GG_TYPE_INT32, GG_FIELD_IMPLICIT, 0 },
    { "implicit by the field", E23 MESSAGE(FIELD("x", "1", INT " options{ field_features{ presence:2 } }")) "}", GG_TYPE_INT32, GG_FIELD_IMPLICIT, 0 },
    { "implicit by the file", E23 "options{ file_features{ presence:2 } }" MESSAGE(FIELD("x", "1", INT)) "}", GG_TYPE_INT32, GG_FIELD_IMPLICIT, 0 },
    { "explicit again", E23 "options{ file_features{ presence:2 } }" MESSAGE(FIELD("x", "1", INT " options{ field_features{ presence:1 } }")) "}", GG_TYPE_INT32, GG_FIELD_EXPLICIT, 0 },
    { "required", E23 MESSAGE(FIELD("x", "1", INT " options{ field_features{ presence:3 } }")) "}", GG_TYPE_INT32, GG_FIELD_EXPLICIT, GG_FIELD_REQUIRED },
    { "proto2: required", P2 MESSAGE(FIELD("x", "1", "label:2 type:5")) "}", GG_TYPE_INT32, GG_FIELD_EXPLICIT, GG_FIELD_REQUIRED },
    { "a list", E23 MESSAGE(FIELD("x", "1", "label:3 type:5")) "}", GG_TYPE_INT32, GG_FIELD_REPEATED, GG_FIELD_PACKED },
    { "a list, expanded by the message", E23 MESSAGE(FIELD("x", "1", "label:3 type:5") "options{ message_features{ repeated:2 } }") "}", GG_TYPE_INT32, GG_FIELD_REPEATED, 0 },
    { "a list, packed again", E23 "options{ file_features{ repeated:2 } }" MESSAGE(FIELD("x", "1", "label:3 type:5 options{ field_features{ repeated:1 } }")) "}", GG_TYPE_INT32, GG_FIELD_REPEATED, GG_FIELD_PACKED },
    { "proto3: not packed", P3 MESSAGE(FIELD("x", "1", "label:3 type:5 options{ packed:0 }")) "}", GG_TYPE_INT32, GG_FIELD_REPEATED, 0 },
    { "proto2: packed", P2 MESSAGE(FIELD("x", "1", "label:3 type:5 options{ packed:1 }")) "}", GG_TYPE_INT32, GG_FIELD_REPEATED, GG_FIELD_PACKED },
    { "a string", E23 MESSAGE(FIELD("x", "1", "label:1 type:9")) "}", GG_TYPE_STRING, GG_FIELD_EXPLICIT, GG_FIELD_UTF8 },
    { "a string of any bytes", E23 "options{ file_features{ utf8:3 } }" MESSAGE(FIELD("x", "1", "label:1 type:9")) "}", GG_TYPE_STRING, GG_FIELD_EXPLICIT, 0 },
    { "in a oneof that says so", E23 MESSAGE(FIELD("x", "1", "label:1 type:9 oneof_index:0") "oneof_decl{ name:'o' options{ oneof_features{ utf8:3 } } }") "}", GG_TYPE_STRING, GG_FIELD_ONEOF, 0 },
    { "a message", E23 MESSAGE(FIELD("x", "1", "label:1 type:11 type_name:'.M'")) "}", GG_TYPE_MESSAGE, GG_FIELD_EXPLICIT, 0 },
    { "a delimited one", DELIMITED_FILE MESSAGE(FIELD("x", "1", "label:1 type:11 type_name:'.M'")) "}", GG_TYPE_GROUP, GG_FIELD_EXPLICIT, 0 },
    { "a delimited list", DELIMITED_FILE MESSAGE(FIELD("x", "1", "label:3 type:11 type_name:'.M'")) "}", GG_TYPE_GROUP, GG_FIELD_REPEATED, 0 },
    { "a map is never delimited", DELIMITED_FILE MESSAGE(FIELD("x", "1", "label:3 type:11 type_name:'.M.E'") ENTRY) "}", GG_TYPE_MESSAGE, GG_FIELD_MAP, 0 },
    { "an open enum", E23 MESSAGE(FIELD("x", "1", "label:1 type:14 type_name:'.E'")) "enum_type{ name:'E' value{ name:'V' number:0 } } }", GG_TYPE_ENUM, GG_FIELD_EXPLICIT, 0 },
    { "a closed enum", E23 MESSAGE(FIELD("x", "1", "label:1 type:14 type_name:'.E'"))
      "options{ file_features{ enum:2 } } enum_type{ name:'E' value{ name:'V' number:0 } } }", GG_TYPE_ENUM, GG_FIELD_EXPLICIT, GG_FIELD_CLOSED },
};
/* clang-format on */

static void test_features(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof feature_rows / sizeof feature_rows[0]; i++) {
        faults f = { .len = 0 };
        gg_schema *schema = load_text(feature_rows[i].set, &f);
        if (schema == NULL)
            fail_msg("%s:\n%s", feature_rows[i].what, f.text);
        const gg_field *x = gg_field_by_number(gg_schema_message(schema, GG_STR("M")), 1);
        if (x->type != feature_rows[i].type || x->rule != feature_rows[i].rule || x->flags != feature_rows[i].flags)
            fail_msg("%s: type %u, rule %u, flags %u", feature_rows[i].what, x->type, x->rule, x->flags);
        if (x->rule == GG_FIELD_MAP) /* nor is what stands in it */
            assert_int_equal(x->message->fields[1].type, GG_TYPE_MESSAGE);
        gg_schema_free(schema);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_starved),
        cmocka_unit_test(test_mutated),
        cmocka_unit_test(test_features),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
