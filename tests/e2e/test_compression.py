"""Compression of messages: python3-grpcio's both ways, frames by hand, and bombs.

The handlers of test.v1.Streaming compress as metadata (x-compression) and the mode of a message say; a trailer,
x-compressed, tells of each request message whether it came compressed."""

import gzip
import zlib

import grpc
import pytest

from http2 import Http2, framed
from program import PATIENCE, Program
from test_streams import SERVICE, failure, stubs

OK, EXHAUSTED, UNIMPLEMENTED, INTERNAL = 0, 8, 12, 13
MIB = 1 << 20
BOTH_WAYS = {"gzip": (grpc.Compression.Gzip, gzip.compress, gzip.decompress),
             "deflate": (grpc.Compression.Deflate, zlib.compress, zlib.decompress),
             "identity": (grpc.Compression.NoCompression, lambda data: data, lambda data: data)}
ACCEPT = "identity,deflate,gzip"


@pytest.fixture(scope="module", params=("callback", "blocking"))
def server(request):
    program = Program("test-server", "--streams", request.param)
    yield program
    program.stop()


@pytest.fixture
def rpc(server, pb):
    with stubs(server.grpc, pb) as found:
        yield found


@pytest.fixture
def conn(server):
    with Http2(server.grpc) as connection:
        yield connection


def came(fields):
    """What the trailer tells of the requests."""
    return [v for k, v in fields if k == "x-compressed"]


# -- a foreign client --


@pytest.mark.parametrize("down", BOTH_WAYS)
@pytest.mark.parametrize("up", BOTH_WAYS)
def test_foreign_client(pb, rpc, up, down):
    """All four kinds, each direction with a compression of its own."""
    how = {"timeout": PATIENCE, "compression": BOTH_WAYS[up][0], "metadata": (("x-compression", down),)}
    sent = [pb.StreamRequest(payload=bytes([i]) * 10000) for i in range(5)]
    told = "no" if up == "identity" else "yes"

    answer, call = rpc.unary.with_call(sent[1], **how)
    assert answer.payload == sent[1].payload and came(call.trailing_metadata()) == [told]
    answer, call = rpc.up.with_call(iter(sent), **how)
    assert (answer.count, answer.bytes) == (5, 50000) and came(call.trailing_metadata()) == [told] * 5
    call = rpc.down(pb.StreamRequest(payload=b"x" * 1000, count=20, size=5000, mode="alternate"), **how)
    assert [len(a.payload) for a in call] == [5000] * 20 and came(call.trailing_metadata()) == [told]
    call = rpc.both(iter(sent), **how)
    assert [a.payload for a in call] == [s.payload for s in sent] and came(call.trailing_metadata()) == [told] * 5


def test_foreign_large(pb, rpc):
    """Messages above what is kept between them, and some that do not become smaller."""
    noise = zlib.compress(bytes(range(256)) * 4096)
    payloads = [b"x" * 3 * MIB, noise, b"", noise * 300, b"y" * 65536, b"z"]
    for name, (compression, _, _) in BOTH_WAYS.items():
        call = rpc.both(iter([pb.StreamRequest(payload=p) for p in payloads]), timeout=PATIENCE,
                        compression=compression, metadata=(("x-compression", name),))
        assert [a.payload for a in call] == payloads


# -- by hand --


def ask(pb, conn, method, messages, encoding=None, accept=None, want=None):
    """messages: (request, whether to compress it).  The stream; the answers: (message, whether it was compressed)."""
    headers = {"grpc-encoding": encoding, "grpc-accept-encoding": accept, "x-compression": want}
    body = b""
    for message, compress in messages:
        data = message.SerializeToString()
        body += framed(BOTH_WAYS[encoding][1](data) if compress else data, flag=int(compress))
    stream = conn.call(SERVICE + method, [body], headers=headers)
    used, answers, data = dict(stream.headers).get("grpc-encoding", "identity"), [], stream.data
    while data:
        flag, length = data[0], int.from_bytes(data[1:5], "big")
        message, data = data[5:5 + length], data[5 + length:]
        if flag:
            message = BOTH_WAYS[used][2](message)
        answers.append((pb.StreamResponse.FromString(message), bool(flag)))
    return stream, answers


@pytest.mark.parametrize("name", ("gzip", "deflate"))
def test_each_message(pb, conn, name):
    """A stream where each message says whether it is compressed, both ways."""
    sent = [(pb.StreamRequest(payload=b"x" * 500, mode=mode), compress)
            for mode, compress in (("", True), ("plain", True), ("", False), ("plain", False), ("", True))]
    stream, answers = ask(pb, conn, "Both", sent, encoding=name, accept=ACCEPT, want=name)
    assert dict(stream.headers)["grpc-encoding"] == name and dict(stream.headers)["grpc-accept-encoding"] == ACCEPT
    assert [flag for _, flag in answers] == [True, False, True, False, True]
    assert all(answer.payload == b"x" * 500 for answer, _ in answers)
    assert came(stream.trailers) == ["yes", "yes", "no", "no", "yes"]

    stream, answers = ask(pb, conn, "Down", [(pb.StreamRequest(count=4, size=500, mode="alternate"), False)],
                          accept=name, want=name)
    assert [flag for _, flag in answers] == [True, False, True, False]
    for mode, compressed in (("", True), ("plain", False)):
        for method in ("Unary", "Up"):
            request = pb.StreamRequest(payload=b"x" * 500, mode=mode)
            stream, answers = ask(pb, conn, method, [(request, True)], encoding=name, accept=name, want=name)
            small = method == "Up" # a count, which does not become smaller
            assert stream.grpc_status == OK and [flag for _, flag in answers] == [compressed and not small]
            assert came(stream.trailers) == ["yes"]


CHOICES = (
    # grpc-encoding, grpc-accept-encoding, x-compression; what the response uses
    (None, None, "gzip", None),
    (None, "identity", "gzip", None),
    (None, "deflate,br", "gzip", None),
    (None, "br, gzip", "gzip", "gzip"),
    ("gzip", None, "gzip", "gzip"), # who sends it can read it
    ("gzip", "deflate", "gzip", None),
    ("gzip", "deflate", "deflate", "deflate"),
    ("identity", "gzip", "identity", None),
    (None, ACCEPT, None, None),
)


@pytest.mark.parametrize("encoding, accept, want, used", CHOICES)
def test_choice(pb, conn, encoding, accept, want, used):
    """What the client does not accept is not used."""
    request = pb.StreamRequest(payload=b"x" * 500)
    stream, answers = ask(pb, conn, "Unary", [(request, False)], encoding, accept, want)
    assert stream.grpc_status == OK and dict(stream.headers).get("grpc-encoding") == used
    assert answers[0][0].payload == request.payload and answers[0][1] == (used is not None)


def test_default(pb, start):
    """--grpc-compression is for handlers that do not say."""
    for name in ("gzip", "deflate"):
        server = start("test-server", "--streams", "callback", "--grpc-compression", name)
        request = pb.StreamRequest(payload=b"x" * 500)
        with Http2(server.grpc) as conn:
            for want, accept, used in ((None, ACCEPT, name), ("identity", ACCEPT, None), (None, "identity", None),
                                       ("deflate", ACCEPT, "deflate")):
                stream, answers = ask(pb, conn, "Unary", [(request, False)], accept=accept, want=want)
                assert dict(stream.headers).get("grpc-encoding") == used
                assert answers == [(pb.StreamResponse(payload=b"x" * 500, count=1, bytes=500), used is not None)]


HELLO = b"\x0a\x05hello"
DAMAGED = (
    # name, grpc-encoding, message, status, what is said
    ("gzip", "gzip", gzip.compress(HELLO), OK, None),
    ("deflate", "deflate", zlib.compress(HELLO), OK, None),
    ("no bytes at all", "gzip", b"", OK, None),
    ("an empty one", "gzip", gzip.compress(b""), OK, None),
    ("unknown", "br", b"x", UNIMPLEMENTED, "br"),
    ("in capitals", "GZIP", gzip.compress(HELLO), UNIMPLEMENTED, "GZIP"),
    ("flag, and identity", "identity", gzip.compress(HELLO), INTERNAL, "identity"),
    ("flag alone", None, gzip.compress(HELLO), INTERNAL, "identity"),
    ("cut short", "gzip", gzip.compress(HELLO)[:-1], INTERNAL, "decompressed"),
    ("its head alone", "gzip", gzip.compress(HELLO)[:10], INTERNAL, "decompressed"),
    ("a byte behind", "gzip", gzip.compress(HELLO) + b"\0", INTERNAL, "decompressed"),
    ("two members", "gzip", gzip.compress(HELLO) * 2, INTERNAL, "decompressed"),
    ("not compressed", "gzip", HELLO, INTERNAL, "decompressed"),
    ("gzip, called deflate", "deflate", gzip.compress(HELLO), INTERNAL, "decompressed"),
    ("deflate without zlib's head", "deflate", zlib.compress(HELLO)[2:-4], INTERNAL, "decompressed"),
    ("a wrong sum", "deflate", zlib.compress(HELLO)[:-1] + b"\0", INTERNAL, "decompressed"),
    ("no protobuf in it", "gzip", gzip.compress(b"\xff" * 20), INTERNAL, "malformed"),
)


@pytest.mark.parametrize("name, encoding, message, status, said", DAMAGED, ids=[row[0] for row in DAMAGED])
def test_damaged(conn, name, encoding, message, status, said):
    """Each ends its call, and the connection goes on."""
    for method in ("Unary", "Up", "Both"):
        stream = conn.call(SERVICE + method, [framed(message, flag=1)], headers={"grpc-encoding": encoding})
        assert stream.grpc_status == status and stream.status == 200
        assert said is None or said in stream.field("grpc-message")
        if status == UNIMPLEMENTED:
            assert stream.field("grpc-accept-encoding") == ACCEPT
    assert conn.call(SERVICE + "Unary", [framed(b"")]).grpc_status == OK


def bomb(name, length):
    """So many zeros, in about a thousandth of that."""
    maker = zlib.compressobj(9, wbits=31 if name == "gzip" else 15)
    return b"".join([maker.compress(bytes(MIB)) for _ in range(length // MIB)]) + maker.flush()


def peak_kib(program):
    with open("/proc/%d/status" % program.process.pid) as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


@pytest.mark.parametrize("name", ("gzip", "deflate"))
def test_bomb(pb, server, conn, rpc, name):
    """256 MiB in 256 KiB: refused, and never there."""
    message = bomb(name, 256 * MIB)
    before = peak_kib(server)
    for method in ("Unary", "Up", "Both"):
        stream = conn.call(SERVICE + method, [framed(message, flag=1)], headers={"grpc-encoding": name})
        assert stream.grpc_status == EXHAUSTED and "after decompression" in stream.field("grpc-message")
    assert peak_kib(server) - before < 64 * 1024
    assert rpc.unary(pb.StreamRequest(payload=b"x"), timeout=PATIENCE).payload == b"x"


def test_limit(pb, rpc):
    """The limit is that of the message, not of what comes in: 4 MiB are taken, a byte more is not."""
    how = {"timeout": PATIENCE, "compression": grpc.Compression.Gzip}
    fits = pb.StreamRequest(payload=bytes(4 * MIB - 5))
    assert fits.ByteSize() == 4 * MIB
    assert rpc.up(iter([fits]), **how).bytes == 4 * MIB - 5
    code, text = failure(lambda: rpc.up(iter([pb.StreamRequest(payload=bytes(4 * MIB - 4))]), **how))
    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED and "after decompression" in text
