"""The JSON that a gateway must answer with, worked out by Python's protobuf.

That is proto3 JSON with unset fields printed.  grpc-gateway, and so this project, also prints null for an
unset message, which Python leaves out: fill() adds it.  Members of oneofs and optional fields stay out."""

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor

MESSAGE = FieldDescriptor.TYPE_MESSAGE


def parse(message, value, pool):
    return json_format.ParseDict(value, message, ignore_unknown_fields=True, descriptor_pool=pool)


def answer(message, pool):
    value = json_format.MessageToDict(message, including_default_value_fields=True, descriptor_pool=pool)
    fill(message, value)
    return value


def fill(message, value):
    for field in message.DESCRIPTOR.fields:
        if field.type != MESSAGE:
            continue
        if field.label != FieldDescriptor.LABEL_REPEATED:
            if message.HasField(field.name):
                fill_one(getattr(message, field.name), value[field.json_name])
            elif field.containing_oneof is None:  # an `optional` one has a oneof of its own
                value[field.json_name] = None
        elif not field.message_type.GetOptions().map_entry:
            for inner, inner_value in zip(getattr(message, field.name), value[field.json_name]):
                fill_one(inner, inner_value)
        elif field.message_type.fields_by_name["value"].type == MESSAGE:
            entries = getattr(message, field.name)
            for key in entries:
                text = str(key).lower() if isinstance(key, bool) else str(key)
                fill_one(entries[key], value[field.json_name][text])


def fill_one(message, value):
    if message.DESCRIPTOR.file.package != "google.protobuf":  # those have a form of their own
        fill(message, value)


def differences(got, want, path=""):
    """Where two JSON values differ.  NaN is NaN by its name, -0.0 is not 0.0, true is not 1; 1 is 1.0."""
    if isinstance(got, dict) and isinstance(want, dict):
        return [d for key in {**got, **want}
                for d in (differences(got[key], want[key], "%s.%s" % (path, key)) if key in got and key in want
                          else ["%s.%s is %s" % (path, key, "missing" if key in want else "too many")])]
    if isinstance(got, list) and isinstance(want, list) and len(got) == len(want):
        return [d for i, pair in enumerate(zip(got, want)) for d in differences(*pair, "%s[%d]" % (path, i))]
    same = got == want and isinstance(got, bool) == isinstance(want, bool) and \
        (not isinstance(got, float) or not isinstance(want, float) or str(got) == str(want))
    return [] if same else ["%s: %r, not %r" % (path, got, want)]
