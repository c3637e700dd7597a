"""compare.py -- where two JSON values, or two messages, differ.

Numbers are compared exactly, as doubles or integers; -0 is not 0; true is not 1.  Members that stand for unset fields are
compared by a rule, since the two print different ones (DESCRIPTION)."""
import math

from google.protobuf import descriptor_pool

from schema import in_real_oneof, is_map, is_repeated

DESCRIPTION = """With unset fields printed, python prints those without presence, and optional ones of proto2 with their
default.  Ours must print: those without presence as python does; null for an optional one of proto2 and for a message;
nothing for members of a oneof, optional ones of proto3, and extensions.  (What grpc-gateway prints.)"""


class Missing:
    def __repr__(self):
        return "nothing"


MISSING = Missing()


def kind(value):
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


def same_scalar(a, b):
    if kind(a) != kind(b):
        return False
    if kind(a) == "number":
        if type(a) is not type(b): # a whole double, written in digits or with an exponent
            a, b = float(a), float(b)
        return (a == b and math.copysign(1, a) == math.copysign(1, b)) or (a != a and b != b)
    return a == b


def plain(ours, theirs, path=""):
    """The first difference of two JSON values as (path, ours, theirs), or None."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in {**ours, **theirs}:
            found = plain(ours.get(name, MISSING), theirs.get(name, MISSING), "%s.%s" % (path, name))
            if found:
                return found
        return None
    if isinstance(ours, list) and isinstance(theirs, list):
        for i in range(max(len(ours), len(theirs))):
            found = plain(ours[i] if i < len(ours) else MISSING, theirs[i] if i < len(theirs) else MISSING,
                          "%s[%d]" % (path, i))
            if found:
                return found
        return None
    return None if same_scalar(ours, theirs) else (path, ours, theirs)


def printed(schema, descriptor, ours, bare, full, proto_names, path=""):
    """The same for the JSON of a message that has unset fields printed.
      bare, full   python's JSON without and with them"""
    if descriptor.full_name == "google.protobuf.Any" and isinstance(bare, dict) and "@type" in bare:
        inner = schema.pool.FindMessageTypeByName(bare["@type"].split("/")[-1])
        if "value" in bare and inner.full_name.startswith("google.protobuf."):
            if not isinstance(ours, dict) or ours.get("@type") != bare["@type"] or set(ours) != {"@type", "value"}:
                return path, ours, bare
            return printed(schema, inner, ours["value"], bare["value"], full["value"], proto_names, path + ".value")
        if not isinstance(ours, dict) or ours.get("@type") != bare["@type"]:
            return path, ours, bare
        without = lambda value: {k: v for k, v in value.items() if k != "@type"}
        return printed(schema, inner, without(ours), without(bare), without(full), proto_names, path)
    if descriptor.full_name.startswith("google.protobuf.") or not isinstance(bare, dict) or not isinstance(ours, dict):
        return plain(ours, bare, path)

    wanted = set()
    for field in schema.fields(descriptor):
        name = "[%s]" % field.full_name if field.is_extension else field.name if proto_names else field.json_name
        here = "%s.%s" % (path, name)
        got = ours.get(name, MISSING)
        wanted.add(name)
        if name in bare:
            found = member(schema, field, got, bare[name], full[name], proto_names, here)
        elif field.is_extension or in_real_oneof(field):
            found = None if got is MISSING else (here, got, MISSING)
        elif is_repeated(field) or (field.message_type is None and field.file.syntax == "proto3"):
            found = plain(got, full[name], here)
        else:
            found = None if got is None else (here, got, None)
        if found:
            return found
    extra = set(ours) - wanted
    return (path + "." + min(extra), ours[min(extra)], MISSING) if extra else None


def member(schema, field, ours, bare, full, proto_names, path):
    inner = field.message_type
    if inner is None or any(isinstance(ours, t) != isinstance(bare, t) for t in (dict, list)):
        return plain(ours, bare, path)
    if is_map(field):
        inner = inner.fields_by_name["value"].message_type
        if inner is None or set(ours) != set(bare):
            return plain(ours, bare, path)
        steps = [("%s[%r]" % (path, k), ours[k], bare[k], full[k]) for k in bare]
    elif is_repeated(field):
        if len(ours) != len(bare):
            return path, ours, bare
        steps = [("%s[%d]" % (path, i), ours[i], bare[i], full[i]) for i in range(len(bare))]
    else:
        steps = [(path, ours, bare, full)]
    for here, a, b, c in steps:
        found = printed(schema, inner, a, b, c, proto_names, here)
        if found:
            return found
    return None


# -- messages --
def canonical(message):
    """Serialized, with maps in order of their keys, also inside of Any."""
    order_any(message)
    return message.SerializePartialToString(deterministic=True)


def order_any(message):
    if message.DESCRIPTOR.full_name == "google.protobuf.Any":
        try:
            inner = message_of(message.type_url)
            inner.ParseFromString(message.value)
        except Exception: # the type is not known, or the bytes are not of it
            return
        message.value = canonical(inner)
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if is_map(field):
            if field.message_type.fields_by_name["value"].message_type is not None:
                for key in value:
                    order_any(value[key])
        elif is_repeated(field):
            for each in value:
                order_any(each)
        else:
            order_any(value)


def message_of(type_url):
    from google.protobuf import symbol_database
    descriptor = descriptor_pool.Default().FindMessageTypeByName(type_url.split("/")[-1])
    return symbol_database.Default().GetPrototype(descriptor)()


def messages(ours, theirs, path=""):
    """The path of the first difference of two messages of one type."""
    a, b = ({f.full_name: (f, v) for f, v in each.ListFields()} for each in (ours, theirs))
    for name in sorted({**a, **b}):
        here = "%s.%s" % (path, name.split(".")[-1])
        if name not in a or name not in b:
            return "%s: ours %s, theirs %s" % (here, *(short(x[name][1]) if name in x else MISSING for x in (a, b)))
        field, mine = a[name]
        other = b[name][1]
        if field.message_type is not None and not is_repeated(field):
            if canonical(mine) != canonical(other):
                return messages(mine, other, here)
        elif repr(mine) != repr(other):
            return "%s: ours %s, theirs %s" % (here, short(mine), short(other))
    return path + ": unknown fields, or their order"


def short(value, limit=120):
    text = " ".join(str(value).split()) if not isinstance(value, bytes) else repr(value)
    return text if len(text) < limit else text[:limit] + "..."
