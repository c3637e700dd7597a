"""texts.py -- JSON texts: one value in many spellings, and texts with something odd or wrong in them.

A value here is what json.loads gives, but that an object may also be Members, a list of pairs in which a name may come
twice, and that Raw stands for a token as it is written."""
import json
import re


class Raw(str):
    pass


class Members(list):
    pass


TOKENS = [Raw(t) for t in (
    "null", "true", "false", "nan", "nul", "True", "'a'", "[]", "{}", "[1]", "[null]", '[""]', "[[]]", "[1,]", "[,]",
    '{"a":1}', '{"a":null}', '{"a":1,}', '{"":""}', "{1:2}", "", '"', '"\\ud800"', '"\\udc00x"', '"\\ud83d\\ude00"',
    '"\\u0000"', '"\\x41"', '"\\u12"', '"\t"', '"\\/"', '{"value":"1s"}', '{"seconds":1}')]
ANYS = [Raw(t) for t in (
    '{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}',
    '{"value":"1s","@type":"type.googleapis.com/google.protobuf.Duration"}',
    '{"@type":"type.googleapis.com/google.protobuf.Duration"}',
    '{"@type":"type.googleapis.com/google.protobuf.Duration","value":null}',
    '{"@type":"type.googleapis.com/google.protobuf.Int32Value","value":null}',
    '{"@type":"type.googleapis.com/google.protobuf.Value","value":null}',
    '{"@type":"type.googleapis.com/google.protobuf.Int32Value","value":1,"more":1}',
    '{"@type":"type.googleapis.com/google.protobuf.Empty"}',
    '{"@type":"type.googleapis.com/google.protobuf.Empty","value":{}}',
    '{"@type":"type.googleapis.com/every.v1.Names","plain":1}', '{"plain":1,"@type":"type.googleapis.com/every.v1.Names"}',
    '{"@type":"type.googleapis.com/every.v1.Names","plain":1,"plain":2}',
    '{"@type":"type.googleapis.com/every.v1.Nothing"}', '{"@type":"type.googleapis.com/every.v1.Nothing","value":"YQ=="}',
    '{"@type":"every.v1.Names"}', '{"@type":1}', '{"@type":""}', '{"@type":"/every.v1.Names"}', '{"@type":null}')]
NUMBERS = [Raw(t) for t in (
    "0", "-0", "1", "-1", "1.0", "1.5", "-1.5", "1e3", "1E+2", "1e-1", "100e-2", "0.0", "-0.0", "2147483647", "2147483648",
    "-2147483648", "-2147483649", "4294967295", "4294967296", "9007199254740991", "9007199254740993",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
    "18446744073709551616", "1e18", "1e19", "1e400", "-1e400", "1e-400", "3.4028235e38", "3.4028236e38", "3.5e38",
    "1.7976931348623157e308", "1.8e308", "01", "+1", ".5", "1.", "1e", "--1", "0x10", "1_0", "NaN", "Infinity",
    "-Infinity")] + [
    "", " ", "0", "-0", "1", "-1", "1.0", "1.5", "1e3", "+1", " 1", "1 ", "01", "0x1", "1_0", "true", "false", "True", "null",
    "NaN", "Infinity", "-Infinity", "nan", "inf", "infinity", "+Infinity", "1e400", "3.5e38", "2147483648", "-2147483649",
    "4294967296", "9223372036854775808", "18446744073709551616", "9007199254740993", "\u0663"]
ENUMS = ["COLOR_RED", "COLOR_CRIMSON", "color_red", "COLOR_NOT", "MOOD_FINE", "NULL_VALUE", "KIND_DRY", "1"]
BASE64 = ["YQ==", "YQ", "YQ=", "YWI", "_-8", "/+8", "_+8", "Y Q=", "Y", "YR==", "YQ===", "YQ==YQ==", "\u00e9", "=", "===="]
TIMES = [
    "1972-01-01T10:00:20.021Z", "1972-01-01T10:00:20.021-05:00", "1972-01-01t10:00:20z", "1972-01-01 10:00:20Z",
    "1972-02-30T00:00:00Z", "2000-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z", "10000-01-01T00:00:00Z", "1972-01-01T10:00:60Z", "1972-01-01T24:00:00Z",
    "1972-01-01T10:00:20.1234567891Z", "1972-01-01T10:00:20.Z", "1972-1-1T1:0:0Z", "1972-01-01T10:00:20", "1972-13-01T00:00:00Z",
    "1972-01-01T10:00:20+0500", "1972-01-01T10:00:20+99:00", "1972-01-01T10:00:20+23:59", "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00-01:00", "1972-01-01T10:00:20.5", "1972-01-01T10:00Z", "1972-01-01T10:00:20ZZ"]
DURATIONS = ["1s", "-1s", "1.5s", "-0.5s", "1.0000000001s", "0.123456789s", "315576000000s", "315576000000.5s",
             "315576000001s", "-315576000001s", "s", ".5s", "1.s", "1", "1S", "+1s", " 1s", "1e3s", "--1s", "-0s", "-0.0s"]
PATHS = ["fooBar,a.b", "foo_bar", "fooBar,", ",", "a.,b", "fooBAR", "Foo", "a b", "a-b", "a..b", "9a", "x", "@type", ""]
EXTENSION_NAMES = ["[every.v1.x_int32]", "[every.v1.xr_plain]"]
GROUPS = [TOKENS, ANYS, NUMBERS, ENUMS, BASE64, TIMES, DURATIONS, PATHS]
FORMS = [(re.compile(r"\d{4}-.*Z"), TIMES), (re.compile(r"-?[0-9.]+s"), DURATIONS), (re.compile(r"[A-Z]+_[A-Z_]+"), ENUMS),
         (re.compile(r"-?\d+|NaN|-?Infinity"), NUMBERS), (re.compile(r"[a-z]+[a-zA-Z.,0-9]*"), PATHS), (re.compile(r".*="), BASE64)]


def odd(random, old=None):
    """Something for a place; mostly of the kind of what stands there."""
    if random.random() < 0.3:
        return random.choice(TOKENS)
    if isinstance(old, (int, float)):
        return random.choice(NUMBERS)
    if isinstance(old, dict) and "@type" in old:
        return random.choice(ANYS)
    if isinstance(old, str) and random.random() < 0.8:
        for form, group in FORMS:
            if form.fullmatch(old):
                return random.choice(group)
    return random.choice(random.choice(GROUPS))


def dumps(value, random=None):
    """The text of a value; with random, spaces and escapes where they change nothing."""
    if isinstance(value, Raw):
        return str(value)
    space = (lambda: random.choice(("", "", "", " ", "\n", "\t\r "))) if random else (lambda: "")
    if isinstance(value, (dict, Members)):
        pairs = value.items() if isinstance(value, dict) else value
        return "{" + ",".join(space() + string(k, random) + space() + ":" + space() + dumps(v, random) + space()
                              for k, v in pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(space() + dumps(v, random) + space() for v in value) + "]"
    if isinstance(value, str):
        return string(value, random)
    return json.dumps(value)


def string(value, random):
    if random is None or random.random() < 0.9:
        return json.dumps(value, ensure_ascii=random is not None and random.random() < 0.5)
    return '"' + "".join("\\u%04x" % unit for unit in memoryview(value.encode("utf-16-le")).cast("H")) + '"'


def shuffled(value, random):
    """The same value with the members of its objects in another order."""
    if isinstance(value, dict):
        names = list(value)
        random.shuffle(names)
        return {n: shuffled(value[n], random) for n in names}
    if isinstance(value, list):
        return [shuffled(v, random) for v in value]
    return value


def respelled(value, random):
    """The same value with numbers and strings written in other ways that mean the same in most fields."""
    if isinstance(value, dict):
        return {k: respelled(v, random) for k, v in value.items()}
    if isinstance(value, list):
        return [respelled(v, random) for v in value]
    if random.random() < 0.6 or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return random.choice((str(value), Raw("%d.0" % value), Raw("%de0" % value), Raw("%d0e-1" % value)))
    if isinstance(value, float):
        return random.choice((Raw("%.17e" % value), repr(value), value))
    if isinstance(value, str) and value.lstrip("-").isdigit() and len(value) < 25 and value.isascii():
        return Raw(value) if value == "0" or value.lstrip("-")[0] != "0" else value
    if isinstance(value, str) and value.isascii() and len(value) % 4 == 0 and value.endswith("="):
        return random.choice((value.rstrip("="), value.replace("+", "-").replace("/", "_")))
    return value


def places(value, path=()):
    """The paths of all values in a value."""
    found = [path]
    if isinstance(value, dict):
        for k, v in value.items():
            found += places(v, path + (k,))
    elif isinstance(value, list):
        for i, v in enumerate(value):
            found += places(v, path + (i,))
    return found


def changed(value, path, change):
    """A copy in which the value at the path is change(value)."""
    if not path:
        return change(value)
    if isinstance(value, dict):
        return {k: changed(v, path[1:], change) if k == path[0] else v for k, v in value.items()}
    return [changed(v, path[1:], change) if i == path[0] else v for i, v in enumerate(value)]


def mutated(value, random, names):
    """A text with one thing odd or wrong in it, and mostly in a place that matters."""
    paths = places(value)
    path = random.choice(paths[1:] if len(paths) > 1 and random.random() < 0.9 else paths)
    kind = random.random()
    if kind < 0.55:
        return dumps(changed(value, path, lambda old: odd(random, old)))
    if kind < 0.95:
        return dumps(changed(value, path, lambda old: restructured(old, random, names)))
    text = dumps(value)
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice((*'{}[],:"\\ 0a\0\n', "null", "/**/")) + text[at + random.randint(0, 1):]


def restructured(old, random, names):
    kind = random.randint(0, 5)
    if isinstance(old, dict):
        pairs = Members(old.items())
        if kind == 0 and pairs: # a name twice
            name = random.choice(pairs)[0]
            pairs.append((name, old[name]))
        elif kind == 1: # an unknown name, or a known one where it may not belong
            pairs.append((random.choice(("unknownName", *EXTENSION_NAMES, "[every.v1.none]", "[x", "", "@type", "value")),
                          odd(random)))
        elif kind == 2 and pairs: # all null
            pairs = Members((k, None) for k, _ in pairs)
        elif kind == 3 and pairs: # a name spelled otherwise
            at = random.randrange(len(pairs))
            pairs[at] = (random.choice((pairs[at][0].upper(), "_" + pairs[at][0], odd(random))), pairs[at][1])
            pairs = Members((k if not isinstance(k, Raw) else "k", v) for k, v in pairs)
        else: # a field with a value that may not fit
            name = random.choice(names)
            if name not in old:
                pairs.append((name, odd(random)))
        return pairs
    if isinstance(old, list) and kind < 3:
        return old + [odd(random)]
    return random.choice(([old], {"value": old}, str(old), [old, old], Members([("a", old), ("a", old)])))
