"""schema.py -- the schema of proto/, compiled by Debian's protoc, in a pool of python3-protobuf."""
import os
import subprocess

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

HERE = os.path.dirname(os.path.abspath(__file__))

# The types whose random messages are compared, with their weights.
ROOTS = {
    "Scalars": 10, "Optionals": 6, "PackedLists": 6, "UnpackedLists": 4, "Choice": 8, "Maps": 10, "WellKnown": 16,
    "Names": 3, "Tree": 10, "Defaults": 6, "Needed": 3, "Closed": 6, "Groups": 6, "Extended": 8, "OldLists": 4, "Old": 6,
}
# Types of one list of field numbers, so that what one wrote the other reads.
TWINS = {"PackedLists": "UnpackedLists", "UnpackedLists": "PackedLists"}
WELL_KNOWN = ["Any", "Timestamp", "Duration", "FieldMask", "Struct", "Value", "ListValue", "DoubleValue", "FloatValue",
              "Int64Value", "UInt64Value", "Int32Value", "UInt32Value", "BoolValue", "StringValue", "BytesValue", "Empty"]


class Schema:
    def __init__(self, path):
        """Writes the descriptor set to the path, for the filter."""
        proto = os.path.join(HERE, "proto")
        subprocess.run(["protoc", "-I", proto, "--include_imports", "-o", path, "every2.proto"], check=True)
        with open(path, "rb") as file:
            files = descriptor_pb2.FileDescriptorSet.FromString(file.read())
        # json_format makes the messages inside Any with the default symbol database: its pool it must be.
        self.pool = descriptor_pool.Default()
        for each in files.file:
            if not each.name.startswith("google/protobuf/"):
                self.pool.Add(each)
        for each in ("any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers"):
            __import__("google.protobuf.%s_pb2" % each)
        self.factory = message_factory.MessageFactory(self.pool)
        self.by_extendee = {}
        for name in ("every.v1.Extended",):
            descriptor = self.pool.FindMessageTypeByName(name)
            self.factory.GetPrototype(descriptor)
            self.by_extendee[name] = sorted(self.pool.FindAllExtensions(descriptor), key=lambda f: f.number)

    def new(self, name):
        return self.factory.GetPrototype(self.pool.FindMessageTypeByName(name))()

    def fields(self, descriptor):
        """All fields of a type, extensions included."""
        return list(descriptor.fields) + self.by_extendee.get(descriptor.full_name, [])


def is_map(field):
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def is_repeated(field):
    return field.label == field.LABEL_REPEATED


def in_real_oneof(field):
    return field.containing_oneof is not None
