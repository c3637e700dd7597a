"""messages.py -- random messages of any type, by its descriptor; values at the borders are likely."""
import math
import struct

from schema import WELL_KNOWN, is_map, is_repeated

RANGES = {"INT32": 32, "SINT32": 32, "SFIXED32": 32, "INT64": 64, "SINT64": 64, "SFIXED64": 64,
          "UINT32": -32, "FIXED32": -32, "UINT64": -64, "FIXED64": -64}
DOUBLES = [0.0, -0.0, 1.0, -1.0, 0.1, 1e-7, 1e21, 123456789.125, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308,
           -1.7976931348623157e308, 9007199254740993.0, 1e15, 1e16, 1e17, math.inf, -math.inf, math.nan]
FLOATS = [0.0, -0.0, 1.0, 0.1, 16777216.0, 16777217.0, 1.401298464324817e-45, 1.1754943508222875e-38,
          3.4028234663852886e38, -3.4028234663852886e38, 1e10, 1e-5, math.inf, -math.inf, math.nan]
STRINGS = ["", "a", "hello", "\0", "\n\t\r\b\f\"\\/", "\u007f", "\u0080", "é", "\u2028\u2029", "日本", "\ud7ff",
           "\ue000", "\uffff", "😀", "</script>&'", "null", "0", "@type", "x" * 200]
TIMES = [(0, 0), (-62135596800, 0), (253402300799, 999999999), (-1, 999999999), (1, 1000), (1, 1000000), (951782400, 0),
         (-62135596799, 1), (1583020800, 120000000)]
DURATIONS = [(0, 0), (0, -1), (0, 1), (315576000000, 999999999), (-315576000000, -999999999), (1, 500000000), (-1, -10),
             (3, 21000), (0, -999000000)]
PATHS = ["a", "foo_bar", "foo.bar_baz", "a1.b2", "a_b_c.d_e", "user.display_name"]
TYPES = ["Scalars", "Names", "Tree", "Choice", "WellKnown", "Extended", "Closed"]


class Random:
    def __init__(self, schema, random):
        self.schema, self.random = schema, random

    def message(self, name):
        message = self.schema.new(name)
        self.fill(message, self.random.choice((1, 2, 2, 3, 4)))
        return message

    # -- scalars --
    def integer(self, bits):
        low, high = (0, (1 << -bits) - 1) if bits < 0 else (-(1 << bits - 1), (1 << bits - 1) - 1)
        kind = self.random.random()
        if kind < 0.3:
            return self.random.choice([v for v in (0, 1, -1, low, high, high - 1, low + 1) if low <= v <= high])
        if kind < 0.7:
            return min(max(self.random.randint(-300, 300), low), high)
        return self.random.randint(low, high)

    def real(self, single):
        kind = self.random.random()
        if kind < 0.4:
            return self.random.choice(FLOATS if single else DOUBLES)
        if kind < 0.6:
            return float(self.random.randint(-100000, 100000)) / self.random.choice((1, 2, 8))
        if single:
            return struct.unpack("<f", self.random.randbytes(4))[0]
        return struct.unpack("<d", self.random.randbytes(8))[0]

    def text(self):
        if self.random.random() < 0.6:
            return self.random.choice(STRINGS)
        return "".join(chr(self.random.choice((self.random.randint(0, 127), self.random.randint(0, 0x7ff),
                                               self.random.randint(0xe000, 0x10ffff))))
                       for _ in range(self.random.randint(0, 12)))

    def enum(self, enum, closed):
        if not closed and self.random.random() < 0.15:
            return self.integer(32)
        return self.random.choice(enum.values).number

    def scalar(self, field):
        kind = SCALAR_NAMES[field.type]
        if kind in RANGES:
            return self.integer(RANGES[kind])
        if kind in ("DOUBLE", "FLOAT"):
            return self.real(kind == "FLOAT")
        if kind == "BOOL":
            return self.random.random() < 0.5
        if kind == "STRING":
            return self.text()
        if kind == "BYTES":
            return self.random.randbytes(self.random.choice((0, 1, 2, 3, 4, 5, 17)))
        return self.enum(field.enum_type, field.file.syntax == "proto2")

    # -- messages --
    def fill(self, message, depth):
        special = getattr(self, "fill_" + message.DESCRIPTOR.name, None)
        if message.DESCRIPTOR.full_name.startswith("google.protobuf.") and special:
            return special(message, depth)
        fields = self.schema.fields(message.DESCRIPTOR)
        few = self.random.sample(fields, min(len(fields), self.random.choice((0, 1, 2, 3, 5))))
        for field in fields if self.random.random() < 0.02 and depth < 3 else few:
            self.set(message, field, depth)
        for field in fields:
            if field.label == field.LABEL_REQUIRED and not message.HasField(field.name):
                self.set(message, field, depth)
        if self.random.random() < 0.05:
            message.MergeFromString(self.unknown())

    def set(self, message, field, depth):
        is_message = field.message_type is not None
        if is_message and depth <= 0 and field.message_type.full_name.startswith("every."):
            return
        value = message.Extensions[field] if field.is_extension and (is_message or is_repeated(field)) else (
            getattr(message, field.name) if not field.is_extension else None)
        if is_map(field):
            key, item = field.message_type.fields_by_name["key"], field.message_type.fields_by_name["value"]
            for _ in range(self.random.choice((0, 1, 2, 3))):
                if item.message_type is not None:
                    self.fill(value[self.scalar(key)], depth - 1)
                else:
                    value[self.scalar(key)] = self.scalar(item)
        elif is_repeated(field):
            for _ in range(self.random.choice((1, 2, 3))):
                if is_message:
                    self.fill(value.add(), depth - 1)
                else:
                    value.append(self.scalar(field))
        elif is_message:
            value.SetInParent()
            self.fill(value, depth - 1)
        elif field.is_extension:
            message.Extensions[field] = self.scalar(field)
        else:
            setattr(message, field.name, self.scalar(field))

    def strange(self):
        """Wire for Closed with a number that its enums do not have: alone, in lists, in a oneof.  Not in a map, where python's
        dynamic messages make an entry of zero, and generated C++ an unknown field, as we do; tests/fuzz compares with that."""
        return b"".join(self.random.choice((b"\x08\x63", b"\x10\x63", b"\x12\x02\x01\x63", b"\x1a\x03\x63\x01\x02", b"\x18\x63",
                                            b"\x28\x63", b"\x28\x01", b"\x08\x02"))
                        for _ in range(self.random.randint(1, 3)))

    def unknown(self):
        """Fields 50000 and up, of every wire type, groups too."""
        number = self.random.randint(50000, 50009)
        varint = b"\x96\x01"
        body = [varint, b"12345678", b"\x02hi", varint_of(50010 << 3) + varint + varint_of(number << 3 | 4), b"1234"]
        wire_type = self.random.choice((0, 1, 2, 3, 5))
        return varint_of(number << 3 | wire_type) + body[wire_type if wire_type < 4 else 4]

    # -- well-known types --
    def fill_Timestamp(self, message, _):
        message.seconds, message.nanos = self.random.choice(TIMES) if self.random.random() < 0.5 else (
            self.random.randint(-62135596800, 253402300799), self.nanos())

    def fill_Duration(self, message, _):
        if self.random.random() < 0.5:
            message.seconds, message.nanos = self.random.choice(DURATIONS)
            return
        sign = self.random.choice((1, -1))
        message.seconds, message.nanos = sign * self.random.randint(0, 315576000000), sign * self.nanos()

    def nanos(self):
        return self.random.choice((0, self.random.randint(0, 999) * 1000000, self.random.randint(0, 999999) * 1000,
                                   self.random.randint(0, 999999999)))

    def fill_FieldMask(self, message, _):
        message.paths.extend(self.random.choice(PATHS) for _ in range(self.random.randint(0, 3)))

    def fill_Struct(self, message, depth):
        message.SetInParent()
        for _ in range(self.random.randint(0, 2)):
            self.fill_Value(message.fields[self.text()], depth - 1)

    def fill_ListValue(self, message, depth):
        message.SetInParent()
        for _ in range(self.random.randint(0, 2)):
            self.fill_Value(message.values.add(), depth - 1)

    def fill_Value(self, message, depth):
        kind = self.random.randint(0, 5 if depth > 0 else 3)
        if kind == 0:
            message.null_value = 0
        elif kind == 1:
            value = self.real(False)
            message.number_value = value if math.isfinite(value) else 1.5
        elif kind == 2:
            message.string_value = self.text()
        elif kind == 3:
            message.bool_value = self.random.random() < 0.5
        elif kind == 4:
            self.fill_Struct(message.struct_value, depth)
        else:
            self.fill_ListValue(message.list_value, depth)

    def fill_Any(self, message, depth):
        if self.random.random() < 0.1:
            return # empty
        names = WELL_KNOWN if self.random.random() < 0.5 else ["every." + t for t in TYPES]
        name = self.random.choice([n for n in names if depth > 0 or n not in ("Any", "every.Tree")])
        name = "google.protobuf." + name if not name.startswith("every.") else "every.v1." + name[len("every."):]
        inner = self.schema.new(name)
        self.fill(inner, depth - 1)
        host = self.random.choice(("type.googleapis.com/", "type.googleapis.com/", "example.com/a/b/"))
        message.type_url = host + name
        message.value = inner.SerializePartialToString(deterministic=True)


def varint_of(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


SCALAR_NAMES = {1: "DOUBLE", 2: "FLOAT", 3: "INT64", 4: "UINT64", 5: "INT32", 6: "FIXED64", 7: "FIXED32", 8: "BOOL",
                9: "STRING", 12: "BYTES", 13: "UINT32", 14: "ENUM", 15: "SFIXED32", 16: "SFIXED64", 17: "SINT32",
                18: "SINT64"}
