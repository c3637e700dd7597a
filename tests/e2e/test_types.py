"""test.v1.Types/Echo in all modes: every type by REST and by gRPC, and 100,000 levels of nesting."""

import json

import grpc
import pytest

import canonical
import grpcclient
from http1 import fetch
from http2 import Http2, framed
from rows_types import ECHO, REFUSED, SPELLINGS

ECHO_PATH = "/test.v1.Types/Echo"


def ids(rows):
    return [row[0] for row in rows]


@pytest.mark.parametrize("name, value", ECHO, ids=ids(ECHO))
def test_rest(pb, server, name, value):
    answer = fetch(server.http, "POST", "/v1/types", json.dumps(value).encode())
    assert answer.status == 200 and answer.header("content-type") == "application/json", answer
    want = canonical.answer(canonical.parse(pb.AllTypes(), value, pb.pool), pb.pool)
    assert canonical.differences(answer.json(), want) == []


@pytest.fixture(scope="module")
def echo(pb, server):
    with grpcclient.channel(server.grpc) as chan:
        yield grpcclient.method(chan, ECHO_PATH, pb.AllTypes)


@pytest.mark.parametrize("name, value", ECHO, ids=ids(ECHO))
def test_grpc(pb, echo, name, value):
    message = canonical.parse(pb.AllTypes(), value, pb.pool)
    assert echo(message, timeout=60).SerializeToString(deterministic=True) == message.SerializeToString(deterministic=True)


@pytest.mark.parametrize("name, body, fields", SPELLINGS, ids=ids(SPELLINGS))
def test_spellings(server, name, body, fields):
    answer = fetch(server.http, "POST", "/v1/types", body)
    assert answer.status == 200, answer
    assert {k: answer.json()[k] for k in fields} == fields


@pytest.mark.parametrize("name, body, said", REFUSED, ids=ids(REFUSED))
def test_refused(server, name, body, said):
    """said None: may be taken too."""
    answer = fetch(server.http, "POST", "/v1/types", body)
    if said is None and answer.status == 200:
        return
    error = answer.json()
    assert answer.status == 400 and error["code"] == 3 and error["details"] == [], answer
    assert "line 1, column " in error["message"] and (said or "").lower() in error["message"].lower().replace("_", "")


def test_optional_message(server):
    assert "optionalPoint" not in fetch(server.http, "POST", "/v1/types", b"{}").json()


# -- the order of fields, repeated and unknown ones, on the wire --

WIRE = [
    # name, request, the fields that must be set
    ("fields out of order", b"\x72\x01s\x18\x01", {"stringValue": "s", "int32Value": 1}),
    ("the last one wins", b"\x18\x01\x18\x02", {"int32Value": 2}),
    ("messages merge", b"\x92\x01\x02\x08\x01\x92\x01\x02\x10\x02", {"point": {"x": 1, "y": 2}}),
    ("packed field unpacked", b"\xd8\x02\x01\xd8\x02\x02", {"int32s": [1, 2]}),
    ("unpacked field packed", b"\xd2\x03\x02\x01\x02", {"unpackedInt32s": [1, 2]}),
    ("packed in two pieces", b"\xda\x02\x01\x01\xda\x02\x01\x02", {"int32s": [1, 2]}),
    ("unknown fields", b"\xf8\x7f\x01\xfa\x7f\x01x\xfd\x7f1234\xf9\x7f12345678\xfb\x7f\xfc\x7f\x18\x01", {"int32Value": 1}),
    ("varint longer than needed", b"\x18\x81\x80\x80\x80\x00", {"int32Value": 1}),
    ("int32 cut to 32 bits", b"\x18\x81\x80\x80\x80\x10", {"int32Value": 1}),
    ("bool above 1", b"\x68\x05", {"boolValue": True}),
    ("map entry without key", b"\xea\x03\x03\x12\x01v", {"byString": {"": "v"}}),
    ("map entry without value", b"\xea\x03\x03\x0a\x01k", {"byString": {"k": ""}}),
    ("map key twice", b"\xea\x03\x04\x0a\x00\x12\x00\xea\x03\x05\x0a\x00\x12\x01v", {"byString": {"": "v"}}),
    ("oneof: the last one wins", b"\x88\x05\x01\x92\x05\x01s", {"choiceString": "s"}),
]


@pytest.mark.parametrize("name, wire, fields", WIRE, ids=ids(WIRE))
def test_wire(pb, server, name, wire, fields):
    """Whatever the server makes of it, a client of Python's protobuf must see the same message."""
    answer = grpcclient.call(server.grpc, ECHO_PATH, wire, pb.AllTypes)
    value = canonical.answer(answer, pb.pool)
    assert canonical.differences(value, canonical.answer(pb.AllTypes.FromString(wire), pb.pool)) == []
    assert {k: {f: value[k][f] for f in v} if isinstance(v, dict) else value[k] for k, v in fields.items()} == fields


BROKEN = [
    ("cut varint", b"\x18\x80"),
    ("varint of eleven bytes", b"\x18" + b"\x80" * 10 + b"\x01"),
    ("length beyond the end", b"\x72\x05abc"),
    ("length of 2^63", b"\x72\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
    ("cut fixed64", b"\x51\x01\x02"),
    ("cut inside a nested message", b"\x92\x01\x02\x08\x80"),
    ("field number 0", b"\x00\x00"),
    ("wire type 6", b"\x1e\x00"),
    ("group without end", b"\xfb\x7f\x08\x01"),
    ("end of another group", b"\xfb\x7f\x84\x01"),
    ("bad utf-8", b"\x72\x02\xc3\x28"),
    ("packed numbers cut", b"\xca\x02\x07\0\0\0\0\0\0\0"),
]


@pytest.mark.parametrize("name, wire", BROKEN, ids=ids(BROKEN))
def test_broken_wire(pb, typed, name, wire):
    """Typed handlers need the message parsed: INTERNAL, as gRPC's library-made statuses go."""
    code, details = grpcclient.failure(typed.grpc, ECHO_PATH, wire, pb.AllTypes)
    assert code == grpc.StatusCode.INTERNAL and details


# -- nesting --

DEEP = 100000


def varint(value):
    return bytes([value & 0x7f | 0x80]) + varint(value >> 7) if value > 0x7f else bytes([value])


def nested(tag, message):
    return tag + varint(len(message)) + message


def nested_wire(levels, *tags):
    """levels messages, each the only field of the one around it, the tags taking turns from the outside; built
    from the inside, in one pass."""
    pieces, length = [], 0
    for level in reversed(range(levels)):
        tag = tags[level % len(tags)]
        pieces.append(tag + varint(length))
        length += len(pieces[-1])
    return b"".join(reversed(pieces))


DEEP_WIRE = [
    ("messages", nested_wire(DEEP, b"\x9a\x01")),
    ("points", nested(b"\x92\x01", nested_wire(DEEP, b"\x1a"))),
    ("unknown groups", b"\xfb\x7f" * DEEP + b"\xfc\x7f" * DEEP),
    ("unknown groups without end", b"\xfb\x7f" * DEEP),
    ("values", nested(b"\xca\x06", nested_wire(DEEP, b"\x32", b"\x0a"))),
]
DEEP_JSON = [
    ("messages", b'{"self":' * DEEP + b"{}" + b"}" * DEEP),
    ("messages, cut", b'{"self":' * DEEP),
    ("unknown objects", b'{"nope":' * DEEP + b"{}" + b"}" * DEEP),
    ("unknown lists", b'{"nope":' + b"[" * DEEP + b"]" * DEEP + b"}"),
    ("lists where none is", b"[" * DEEP),
    ("values", b'{"value":' + b"[" * DEEP + b"]" * DEEP + b"}"),
    ("struct", b'{"struct":' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}"),
]


@pytest.mark.parametrize("name, wire", DEEP_WIRE, ids=ids(DEEP_WIRE))
def test_deep_wire(pb, typed, name, wire):
    with Http2(typed.grpc) as conn:
        stream = conn.call(ECHO_PATH, [framed(wire)])
        assert stream.grpc_status == 13, stream
    assert grpcclient.call(typed.grpc, ECHO_PATH, pb.AllTypes(int32_value=1), pb.AllTypes).int32_value == 1


@pytest.mark.parametrize("name, body", DEEP_JSON, ids=ids(DEEP_JSON))
def test_deep_json(server, name, body):
    answer = fetch(server.http, "POST", "/v1/types", body)
    assert answer.status == 400 and answer.json()["code"] == 3
    assert fetch(server.http, "POST", "/v1/types", b'{"int32Value":1}').json()["int32Value"] == 1


def test_nesting_that_is_allowed(server):
    levels = 90
    body = b'{"point":' + b'{"next":' * levels + b'{"x":7}' + b"}" * levels + b"}"
    answer = fetch(server.http, "POST", "/v1/types", body)
    assert answer.status == 200 and body.count(b'"next"') == answer.body.count(b'"next":{') and b'"x":7' in answer.body
