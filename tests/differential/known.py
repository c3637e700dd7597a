"""known.py -- what python3-protobuf 3.21 does otherwise than the rules say: the differences that are no fault of ours.

json_format is corrected here, rule by rule, before it is compared with; `applied` counts how often each rule spoke.  What
still differs after that is a fault.  "Spec" is protobuf.dev, "ProtoJSON Format"; "suite" is protobuf's conformance suite."""
import base64
import collections
import json
import math
import re
import struct
from fractions import Fraction

from google.protobuf import json_format
from google.protobuf.json_format import ParseError

from schema import is_map, is_repeated

RULES = {
    "constant": "NaN and Infinity without quotes are no JSON (RFC 8259, section 6); python reads them where no float is due",
    "surrogate": "half of a surrogate pair is no character (RFC 8259, section 8.2; spec, string); python passes over it in "
                 "fields that are not known",
    "unknown twice": "what is passed over is not looked into; python refuses an unknown name that comes twice",
    "key twice": "a key is given once, however it is written (spec, map); python takes the last of 1 and 1.0",
    "minus zero": "-0 is a number like any other, and doubles have it (RFC 8259, section 6); python reads an integer",
    "oneof null": "null is a value of Value and NullValue, in a oneof too, which then has no other (spec, null, oneof)",
    "null list": "null stands for no elements (spec, null); python takes it for an element where they are Value",
    "shortest": "a float has the digits that it needs (1e-45); python writes at least six",
    "object": "a message is a JSON object (spec, table); python looks for fields in any text or list",
    "two names": "a field is given once, by whichever of its names (suite, FieldNameDuplicateDifferentCasing); "
                 "python looks at the spelling",
    "integer": "a number in a string is written as in JSON, exponent and all, and exact (RFC 8259, section 6; spec, int64); "
               "python takes int(), which has signs, spaces and underscores of its own, and rounds large ones",
    "float": "a float in a string is a JSON number, NaN, Infinity or -Infinity (spec, float); python takes float(), and true",
    "float range": "a number that rounds to none of the type is an error, one that rounds to its largest is not (suite, "
                   "FloatFieldTooLarge); python looks at some of them",
    "bytes": "bytes are base64, either alphabet, padded or not (spec, bytes); python passes over other characters",
    "enum": "an enum is a name or a number that is whole (spec, enum); python takes int(): of strings, booleans, fractions",
    "open enum": "whether an unknown number is a value depends on the enum, not on the file that uses it (protobuf.dev, "
                 "Enum Behavior); python looks at the file",
    "null value": "NullValue is null in JSON, in lists and maps too (spec, null); python writes 0 with numbers and refuses null",
    "extension": "[full.name] is the name of any extension, repeated ones too, and null unsets it (spec, table); python "
                 "writes repeated ones by their field's name and cannot read them",
    "unknown extension": "unknown names are passed over if asked for; python refuses those in brackets",
    "timestamp": "RFC 3339, with all its digits, in the years 1 to 9999 UTC (spec, Timestamp); python takes strptime()",
    "duration": "digits, at most nine behind a point, s (spec, Duration); python takes int() and float()",
    "field mask": "paths of letters, digits and points that can be read back (spec, FieldMask); python refuses only _",
    "any": "an Any of a type that is not known is its bytes, and one without a type is empty if unknown fields are passed "
           "over (docs/decisions.md; Go's protojson); python refuses both",
    "any empty": "Empty is a well-known type, so inside Any it is the value (spec, Any; suite); python leaves it out",
    "any value": "what stands beside the value of a well-known type in Any is an unknown field; python passes over it",
}
applied = collections.Counter()
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
EXPONENT_LIMIT = 400


class Number(float):
    """A JSON number with a fraction or an exponent, and how it was written."""
    def __new__(cls, text):
        self = float.__new__(cls, text)
        self.text = text
        return self


class NotHeld(Exception):
    """Right, but python's messages cannot hold it: nothing to compare."""


def integer(text):
    return Number(text) if text == "-0" else int(text)


class Object(dict):
    """A JSON object; twice has the names that came more than once."""
    twice = frozenset()

    @classmethod
    def of(cls, pairs):
        self = cls(pairs)
        if len(self) < len(pairs):
            seen = set()
            self.twice = {name for name, _ in pairs if name in seen or seen.add(name)}
        return self


def load(text):
    def constant(name):
        applied["constant"] += 1
        raise ParseError(name)
    def whole(text):
        applied["minus zero"] += text == "-0"
        return integer(text)
    value = json.loads(text, object_pairs_hook=Object.of, parse_float=Number, parse_int=whole,
                       parse_constant=constant)
    if "\\ud" in text.lower() and json_format._UNPAIRED_SURROGATE_PATTERN.search(json.dumps(value, ensure_ascii=False)):
        applied["surrogate"] += 1
        raise ParseError("surrogate")
    return value


def outcome(function, *args):
    """What a function gives: ("ok", value) or ("refused", error)."""
    try:
        return "ok", function(*args)
    except Exception as error:
        return "refused", error


def corrected(rule, theirs, right):
    """The right outcome; notes the rule if theirs is another."""
    if theirs[0] != right[0] or (right[0] == "ok" and repr(theirs[1]) != repr(right[1])):
        applied[rule] += 1
    if right[0] != "ok":
        raise right[1] if isinstance(right[1], Exception) else ParseError(rule)
    return right[1]


REFUSED = ("refused", ParseError("by rule"))


# -- scalars --
def single(value):
    """A double as the nearest float."""
    try:
        return struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return math.inf


def exact(text):
    """The value of a JSON number that is whole, or None."""
    match = NUMBER.fullmatch(text)
    if not match or abs(int((match[3] or "e0")[1:])) > EXPONENT_LIMIT:
        return None
    value = Fraction(text)
    return int(value) if value.denominator == 1 else None


def convert_integer(value, python=json_format._ConvertInteger):
    theirs = outcome(python, value)
    if isinstance(value, str) or type(value) is Number:
        whole = exact(value if isinstance(value, str) else value.text)
        return corrected("integer", theirs, REFUSED if whole is None else ("ok", whole))
    return theirs[1] if theirs[0] == "ok" else corrected("integer", theirs, theirs)


NAMES = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
FLOAT_TOO_LARGE = Fraction(2) ** 128 - Fraction(2) ** 103 # rounds to 2^128
DOUBLE_TOO_LARGE = Fraction(2) ** 1024 - Fraction(2) ** 970


def convert_float(value, field, python=json_format._ConvertFloat):
    theirs = outcome(python, value, field)
    rule, right, text = "float", REFUSED, None
    if isinstance(value, str) and value in NAMES:
        right = "ok", NAMES[value]
    elif type(value) is not bool and isinstance(value, (str, int, Number)):
        text = value if isinstance(value, str) else value.text if isinstance(value, Number) else str(value)
        if NUMBER.fullmatch(text):
            limit = FLOAT_TOO_LARGE if field.cpp_type == field.CPPTYPE_FLOAT else DOUBLE_TOO_LARGE
            rule = "float range"
            large = math.isinf(float(text)) or abs(Fraction(float(text) if "e-" in text.lower() else text)) >= limit
            right = REFUSED if large else ("ok", -0.0 if text == "-0" else float(text))
            if right[0] == "ok" and limit is FLOAT_TOO_LARGE:
                right = "ok", max(min(right[1], 3.4028234663852886e38), -3.4028234663852886e38)
    return corrected("minus zero" if text == "-0" else rule, theirs, right)


BASE64 = re.compile(r"[A-Za-z0-9+/_-]*(={0,2})")


def convert_bytes(value):
    match = BASE64.fullmatch(value) if isinstance(value, str) else None
    digits = value.rstrip("=") if match else ""
    if not match or len(digits) % 4 == 1 or (match[1] and len(value) % 4 != 0):
        return REFUSED
    standard = digits.replace("-", "+").replace("_", "/")
    return "ok", base64.b64decode(standard + "=" * (-len(standard) % 4))


def convert_enum(value, field):
    enum = field.enum_type
    if value is None and enum.full_name == "google.protobuf.NullValue":
        return "null value", ("ok", 0)
    if isinstance(value, str):
        known = enum.values_by_name.get(value)
        return "enum", ("ok", known.number) if known else REFUSED
    number = exact(value.text) if isinstance(value, Number) else value
    if type(number) is not int:
        return "enum", ("refused", ParseError("no enum"))
    closed = enum.file.syntax == "proto2"
    if not -2**31 <= number < 2**31 or (closed and number not in enum.values_by_number):
        return "enum", REFUSED
    if field.file.syntax == "proto2" and number not in enum.values_by_number:
        applied["open enum"] += 1
        raise NotHeld
    return "enum", ("ok", number)


def convert_scalar(value, field, path, require_str=False, python=json_format._ConvertScalarFieldValue):
    theirs = outcome(python, value, field, path, require_str)
    if field.type == field.TYPE_BYTES:
        return corrected("bytes", theirs, convert_bytes(value))
    if field.type == field.TYPE_ENUM:
        return corrected(convert_enum(value, field)[0], theirs, convert_enum(value, field)[1])
    if theirs[0] != "ok":
        raise theirs[1]
    return theirs[1]


# -- well-known types that are strings --
TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[-+]\d\d:\d\d)", re.ASCII)
DURATION = re.compile(r"-?\d+(\.\d{1,9})?s", re.ASCII)
FIELD_MASK = re.compile(r"([a-zA-Z0-9.]+(,[a-zA-Z0-9.]+)*)?")
FIRST_SECOND, LAST_SECOND = -62135596800, 253402300799


def right_form(message, value):
    """Whether a string has the form of the message's type, and the rule."""
    name = message.DESCRIPTOR.name
    if name == "Timestamp":
        match = TIMESTAMP.fullmatch(value)
        zone = re.fullmatch(r"[-+](\d\d):(\d\d)", match[3]) if match else None
        return "timestamp", bool(match) and not (zone and (int(zone[1]) > 23 or int(zone[2]) > 59))
    if name == "Duration":
        return "duration", bool(DURATION.fullmatch(value))
    return "field mask", bool(FIELD_MASK.fullmatch(value))


json_format._ConvertInteger = convert_integer
json_format._ConvertFloat = convert_float
json_format._ConvertScalarFieldValue = convert_scalar


def holds_null(field):
    """Whether null is a value of the field, not the want of one."""
    kind = field.message_type or field.enum_type
    return kind is not None and kind.full_name in ("google.protobuf.Value", "google.protobuf.NullValue")


class Parser(json_format._Parser):
    def field(self, message, name):
        """A field by what JSON calls it."""
        fields = message.DESCRIPTOR.fields
        for by in ("json_name", "name"):
            for field in fields:
                if getattr(field, by) == name:
                    return field
        if name[:1] == "[" and name[-1:] == "]" and message.DESCRIPTOR.is_extendable:
            return message.Extensions._FindExtensionByName(name[1:-1])
        return None

    def _ConvertFieldValuePair(self, js, message, path):
        if not isinstance(js, dict):
            applied["object"] += isinstance(js, (str, list))
            raise ParseError("not an object")
        if not isinstance(js, Object):
            js = Object(js)
        seen, rest = set(), {}
        self.check_oneofs(js, message)
        for name, value in js.items():
            field = self.field(message, name)
            if field is not None and name in js.twice:
                raise ParseError("a name twice")
            if field is None:
                applied["unknown twice"] += name in js.twice
                if self.ignore_unknown_fields and json_format._VALID_EXTENSION_NAME.match(name):
                    applied["unknown extension"] += 1
                else:
                    rest[name] = value
                continue
            if field.number in seen:
                applied["two names"] += 1
                raise ParseError("a field twice")
            seen.add(field.number)
            if field.is_extension and (value is None or is_repeated(field)):
                applied["extension"] += 1
                self.extension(message, field, value)
            elif is_repeated(field) and field.message_type is not None and value is None:
                applied["null list"] += (field.message_type.full_name == "google.protobuf.Value")
            elif is_repeated(field) and field.enum_type is not None and \
                    field.enum_type.full_name == "google.protobuf.NullValue" and (value is None or isinstance(value, list)):
                applied["null value"] += value is None or None in value
                rest[name] = ["NULL_VALUE" if v is None else v for v in value or []]
            else:
                rest[name] = value
        super()._ConvertFieldValuePair(rest, message, path)

    def check_oneofs(self, js, message):
        fields = [(self.field(message, name), value) for name, value in js.items()]
        fields = [(f, v) for f, v in fields if f is not None and f.containing_oneof is not None]
        chosen = [f.containing_oneof.name for f, v in fields if v is not None or holds_null(f)]
        if len(chosen) > len(set(chosen)) and any(v is None and holds_null(f) for f, v in fields):
            applied["oneof null"] += 1
            raise ParseError("a oneof twice")

    def extension(self, message, field, value):
        if value is None:
            return message.ClearExtension(field)
        if not isinstance(value, list):
            raise ParseError("not a list")
        message.ClearExtension(field)
        for each in value:
            if field.message_type is not None:
                self.ConvertMessage(each, message.Extensions[field].add(), "")
            else:
                message.Extensions[field].append(json_format._ConvertScalarFieldValue(each, field, ""))
        return None

    def _ConvertGenericMessage(self, value, message, path):
        if not isinstance(value, str):
            raise ParseError("not a string")
        theirs = outcome(super()._ConvertGenericMessage, value, message, path)
        rule, right = right_form(message, value)
        if theirs[0] == "ok" and rule == "timestamp" and not FIRST_SECOND <= message.seconds <= LAST_SECOND:
            right = False
        return corrected(rule, theirs, theirs if right else REFUSED)

    def _ConvertStructMessage(self, value, message, path):
        if isinstance(value, Object) and value.twice:
            raise ParseError("a name twice")
        return super()._ConvertStructMessage(value, message, path)

    def _ConvertMapFieldValue(self, value, message, field, path):
        if isinstance(value, Object):
            key = field.message_type.fields_by_name["key"]
            keys = [json_format._ConvertScalarFieldValue(k, key, path, True) for k in value]
            applied["key twice"] += len(set(keys)) < len(keys)
            if value.twice or len(set(keys)) < len(keys):
                raise ParseError("a key twice")
        return super()._ConvertMapFieldValue(value, message, field, path)

    def _ConvertValueMessage(self, value, message, path):
        if isinstance(value, float) and math.isinf(value):
            applied["float range"] += 1
            raise ParseError("too large")
        return super()._ConvertValueMessage(value, message, path)

    def _ConvertAnyMessage(self, value, message, path):
        if not isinstance(value, dict):
            raise ParseError("not an object")
        if value and "@type" not in value:
            if not self.ignore_unknown_fields:
                raise ParseError("no type")
            applied["any"] += 1
            return
        url = value.get("@type", "")
        special, known = self.any_type(url)
        if value and ("@type" in value.twice or (special or not known) and "value" in value.twice):
            raise ParseError("a name twice")
        if not known and isinstance(url, str) and "/" in url and not url.endswith("/"):
            return self.any_bytes(value, message, url)
        if special:
            beside = set(value) - {"@type", "value"}
            if beside and not self.ignore_unknown_fields:
                applied["any value"] += 1
                raise ParseError("unknown field")
            if url.endswith("/google.protobuf.Empty"):
                applied["any empty"] += 1
                inner = value.get("value", {})
                if not isinstance(inner, dict) or (inner and not self.ignore_unknown_fields):
                    raise ParseError("no empty object")
                value = Object({"@type": url})
        return super()._ConvertAnyMessage(value, message, path)

    def any_type(self, url):
        try:
            name = json_format._CreateMessageFromTypeUrl(url, self.descriptor_pool).DESCRIPTOR.full_name
        except Exception:
            return False, False
        return name.startswith("google.protobuf."), True

    def any_bytes(self, value, message, url):
        applied["any"] += 1
        if set(value) - {"@type", "value"}:
            raise ParseError("no bytes")
        data = convert_bytes(value.get("value", ""))
        if data[0] != "ok":
            raise data[1]
        message.type_url, message.value = url, data[1]


class Printer(json_format._Printer):
    def _RegularMessageToJsonObject(self, message, js):
        js = super()._RegularMessageToJsonObject(message, js)
        for field, _ in message.ListFields():
            if field.is_extension and is_repeated(field):
                applied["extension"] += 1
                js["[%s]" % field.full_name] = js.pop(field.name if self.preserving_proto_field_name else field.json_name)
        return js

    def _FieldToJsonObject(self, field, value):
        if field.enum_type is not None and field.enum_type.full_name == "google.protobuf.NullValue":
            applied["null value"] += self.use_integers_for_enums
            return None
        if field.enum_type is not None and not self.use_integers_for_enums and \
                value not in field.enum_type.values_by_number and field.enum_type.file.syntax == "proto3":
            applied["open enum"] += field.file.syntax != "proto3"
            return value
        if field.cpp_type == field.CPPTYPE_FLOAT and math.isfinite(value):
            short = next(f for f in (float("%.*g" % (n, value)) for n in range(1, 10)) if single(f) == value)
            applied["shortest"] += short != super()._FieldToJsonObject(field, value)
            return short
        return super()._FieldToJsonObject(field, value)

    def _AnyMessageToJsonObject(self, message):
        js = super()._AnyMessageToJsonObject(message)
        if js and message.type_url.endswith("/google.protobuf.Empty"):
            applied["any empty"] += 1
            js["value"] = {}
        return js
