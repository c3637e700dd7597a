"""gRPC over HTTP/2 by hand: how a call may be cut into frames, and what is no call at all.

Spec: gRPC PROTOCOL-HTTP2 and statuscodes.md; the numbers below are its status codes."""

import base64
import struct

import pytest

import h2.errors
from http2 import Http2, framed

PING = "/example.v1.PingService/Ping"
PONG = b"\0\0\0\0\x06\x0a\x04Pong"
OK, CANCELLED, DEADLINE, EXHAUSTED, UNIMPLEMENTED, INTERNAL = 0, 1, 4, 8, 12, 13


@pytest.fixture
def conn(bench):
    with Http2(bench.grpc) as connection:
        yield connection


def ping(conn, **kwargs):
    return conn.call(PING, [framed(b"")], **kwargs)


def test_answer(conn):
    stream = ping(conn)
    assert stream.status == 200 and stream.data == PONG and stream.ended and stream.reset is None
    assert dict(stream.headers)["content-type"] == "application/grpc"
    assert stream.trailers is not None and dict(stream.trailers)["grpc-status"] == "0"
    assert "grpc-message" not in dict(stream.trailers)


@pytest.mark.parametrize("content_type", ("application/grpc", "application/grpc+proto"))
def test_content_type_is_echoed(conn, content_type):
    assert dict(ping(conn, content_type=content_type).headers)["content-type"] == content_type


ABUSE = (
    # name, path, pieces of the body, status
    ("flag 2", PING, [framed(b"", flag=2)], INTERNAL),
    ("flag 255", PING, [framed(b"", flag=255)], INTERNAL),
    ("flag 1 without encoding", PING, [framed(b"", flag=1)], INTERNAL),
    ("length over the limit", PING, [framed(b"", length=0xffffffff)], EXHAUSTED),
    ("length just over", PING, [framed(b"", length=(4 << 20) + 1)], EXHAUSTED),
    ("message over the limit", PING, [framed(b"\x0a\xfb\xff\xff\x01" + b"x" * (4 << 20))], EXHAUSTED),
    ("cut in the prefix", PING, [b"\0\0\0"], INTERNAL),
    ("cut after the prefix", PING, [framed(b"", length=10)], INTERNAL),
    ("cut in the message", PING, [framed(b"x" * 5, length=10)], INTERNAL),
    ("no message", PING, [b""], UNIMPLEMENTED),
    ("two messages", PING, [framed(b"") * 2], UNIMPLEMENTED),
    ("a message and a bit", PING, [framed(b"") + b"\0"], None),
    ("not protobuf", PING, [framed(b"\xff" * 20)], INTERNAL),
    ("field number 0", PING, [framed(b"\x00\x01")], INTERNAL),
    ("wire type 7", PING, [framed(b"\x0f\x01")], INTERNAL),
    ("group without end", PING, [framed(b"\x0b")], INTERNAL),
    ("end of no group", PING, [framed(b"\x0c")], INTERNAL),
    ("bad utf-8", "/bench.v1.Echo/Echo", [framed(b"\x0a\x01\xff")], INTERNAL),
    ("unknown method", "/example.v1.PingService/Pang", [framed(b"")], UNIMPLEMENTED),
    ("unknown service", "/example.v1.Nothing/Ping", [framed(b"")], UNIMPLEMENTED),
    ("no service", "/", [framed(b"")], UNIMPLEMENTED),
    ("other case", PING.lower(), [framed(b"")], UNIMPLEMENTED),
    ("trailing slash", PING + "/", [framed(b"")], UNIMPLEMENTED),
    ("a REST path", "/v1/ping", [framed(b"")], UNIMPLEMENTED),
)


@pytest.mark.parametrize("name, path, pieces, status", ABUSE, ids=[row[0] for row in ABUSE])
def test_abuse(conn, name, path, pieces, status):
    """status None: either of the two faults may be seen first."""
    stream = conn.call(path, pieces)
    assert stream.status == 200, stream
    assert stream.grpc_status == status if status is not None else stream.grpc_status in (UNIMPLEMENTED, INTERNAL)
    assert ping(conn).data == PONG  # the connection lives


def test_decided_by_the_prefix(conn):
    """A length over the limit is refused before the message has come, the request's end not awaited."""
    stream_id = conn.open(PING)
    conn.data(stream_id, framed(b"", length=1 << 30))
    stream = conn.finish(stream_id)
    assert stream.grpc_status == EXHAUSTED


def test_message_limit_flag(start):
    program = start("bench-server", "--max-message-bytes", "1KiB")
    message = b"\x0a\x80\x07" + b"x" * 0x380
    with Http2(program.grpc) as conn:
        assert conn.call("/bench.v1.Echo/Echo", [framed(message)]).grpc_status == OK
        assert conn.call("/bench.v1.Echo/Echo", [framed(message + message)]).grpc_status == EXHAUSTED


def test_sent_message_limit_flag(start):
    program = start("bench-server", "--max-sent-message-bytes", "1KiB")
    message = b"\x0a\x80\x07" + b"x" * 0x380
    with Http2(program.grpc) as conn:
        assert conn.call("/bench.v1.Echo/Echo", [framed(message)]).grpc_status == OK
        assert conn.call("/bench.v1.Echo/Echo", [framed(message + message)]).grpc_status == OK, "the last value counts"
        assert conn.call("/bench.v1.Echo/Echo", [framed(b"\x0a\x81\x08" + b"x" * 0x401)]).grpc_status == EXHAUSTED


def test_frames_of_one_byte(conn):
    message = framed(b"\x0a\x05hello")
    stream_id = conn.open("/bench.v1.Echo/Echo")
    conn.data(stream_id, message, frame=1, end=True)
    stream = conn.finish(stream_id)
    assert stream.grpc_status == OK and stream.data == message


def test_end_in_a_frame_of_its_own(conn):
    stream_id = conn.open(PING)
    conn.data(stream_id, b"")
    conn.data(stream_id, framed(b""))
    conn.data(stream_id, b"", end=True)
    assert conn.finish(stream_id).data == PONG


def test_padded_frames(conn):
    stream_id = conn.open(PING)
    for i, byte in enumerate(framed(b"")):
        conn.conn.send_data(stream_id, bytes([byte]), pad_length=100, end_stream=i == 4)
    conn.flush()
    assert conn.finish(stream_id).data == PONG


def test_end_on_the_head(conn):
    stream = conn.finish(conn.open(PING, end=True))
    assert stream.grpc_status == UNIMPLEMENTED


def test_trailers_of_a_request(conn):
    stream_id = conn.open(PING)
    conn.data(stream_id, framed(b""))
    conn.conn.send_headers(stream_id, [("x-check", "1")], end_stream=True)
    conn.flush()
    assert conn.finish(stream_id).data == PONG


def test_many_streams_interleaved(conn):
    ids = [conn.open(PING) for _ in range(100)]
    for byte in framed(b""):
        for stream_id in ids:
            conn.data(stream_id, bytes([byte]))
    for stream_id in reversed(ids):
        conn.data(stream_id, b"", end=True)
    assert all(conn.finish(stream_id).data == PONG for stream_id in ids)


def test_many_streams_in_a_row(conn):
    for _ in range(1000):
        assert ping(conn).grpc_status == OK


METHODS = ("GET", "PUT", "HEAD", "DELETE")


@pytest.mark.parametrize("method", METHODS)
def test_only_post(conn, method):
    stream = conn.call(PING, [framed(b"")] if method == "PUT" else [], method=method)
    assert stream.status == 405 or stream.grpc_status in (2, UNIMPLEMENTED, INTERNAL)
    assert ping(conn).data == PONG


ENCODINGS = (
    ("identity", 0, OK),
    ("identity", 1, INTERNAL),
    ("gzip", 0, OK),
    ("deflate", 1, OK), # no bytes at all: an empty message
    ("br", 0, UNIMPLEMENTED),
    ("snappy", 1, UNIMPLEMENTED),
)


@pytest.mark.parametrize("encoding, flag, status", ENCODINGS)
def test_encoding(conn, encoding, flag, status):
    """The answer to an unknown encoding lists what is accepted."""
    stream = conn.call(PING, [framed(b"", flag=flag)], headers={"grpc-encoding": encoding})
    assert stream.grpc_status == status
    if status == UNIMPLEMENTED:
        assert stream.field("grpc-accept-encoding") == "identity,deflate,gzip"


TIMEOUTS = (
    # grpc-timeout, status
    ("1H", OK), ("99999999H", OK), ("1M", OK), ("60S", OK), ("60000m", OK), ("99999999u", OK), ("99999999n", None),
    ("0S", DEADLINE), ("0n", DEADLINE), ("1n", DEADLINE),
    ("", INTERNAL), ("1", INTERNAL), ("S", INTERNAL), ("-1S", INTERNAL), ("1s", INTERNAL), ("123456789S", INTERNAL),
    ("1.5S", INTERNAL), ("1 S", INTERNAL),
)


@pytest.mark.parametrize("timeout, status", TIMEOUTS)
def test_timeout_header(conn, timeout, status):
    stream = conn.call(PING, [framed(b"")], headers={"grpc-timeout": timeout})
    if status is None:  # 0.1 s: whichever comes first
        assert stream.grpc_status in (OK, DEADLINE)
    elif status == INTERNAL:
        assert stream.status == 400 or stream.grpc_status == INTERNAL
    else:
        assert stream.grpc_status == status
    assert ping(conn).data == PONG


METADATA = (
    ("x-any", "value", OK),
    ("x-odd_name.1", "a, b", OK),
    ("x-some-bin", base64.b64encode(b"\0\xff").decode(), OK),
    ("x-some-bin", base64.b64encode(b"\0\xff").decode().rstrip("="), OK),
    ("x-some-bin", "AP8=,AA", OK),
    ("x-some-bin", "***", INTERNAL),
    ("x-latin", "caf\xe9", OK),
    ("grpc-future", "1", OK),
)


@pytest.mark.parametrize("key, value, status", METADATA)
def test_metadata(conn, key, value, status):
    stream = conn.call(PING, [framed(b"")], headers={key: value})
    assert stream.grpc_status == status or (status == INTERNAL and stream.status == 400)
    assert ping(conn).data == PONG


def test_reset_by_the_client(conn):
    """At any point of a call; the connection goes on."""
    for code in (h2.errors.ErrorCodes.CANCEL, h2.errors.ErrorCodes.NO_ERROR, h2.errors.ErrorCodes.INTERNAL_ERROR):
        for sent in (b"", b"\0", framed(b"", length=10) + b"x", framed(b"")):
            stream_id = conn.open(PING)
            conn.data(stream_id, sent)
            if not conn.streams[stream_id].over:
                conn.reset(stream_id, code)
    assert ping(conn).data == PONG


def test_early_answer_gives_windows_back(bench):
    """Bodies that nobody reads (the method is unknown) must not use up the connection's window."""
    with Http2(bench.grpc) as conn:
        for _ in range(40):
            conn.call("/example.v1.PingService/Pang", [framed(b"x" * 30000)])
        assert ping(conn).data == PONG


def test_small_windows(bench):
    """An answer larger than the stream's window comes as the window is opened, piece by piece."""
    message = b"\x0a" + b"\x80\xea\x30" + b"y" * 800000
    with Http2(bench.grpc, window=1000) as conn:
        stream_id = conn.open("/bench.v1.Echo/Echo")
        conn.data(stream_id, framed(message), end=True)
        stream = conn.streams[stream_id]
        while not stream.over:
            conn.receive()
            if not stream.over and conn.conn.remote_flow_control_window(stream_id) == 0:
                conn.conn.increment_flow_control_window(60000, stream_id)
                conn.conn.increment_flow_control_window(60000)
                conn.flush()
        assert stream.grpc_status == OK and stream.data == framed(message)


def test_other_streams_pass_a_stalled_one(bench):
    message = b"\x0a" + b"\x80\xea\x30" + b"y" * 800000
    with Http2(bench.grpc, window=10) as conn:
        stalled = conn.open("/bench.v1.Echo/Echo")
        conn.data(stalled, framed(message), end=True)
        for _ in range(20):  # eleven bytes each: one more than the window
            stream_id = conn.open(PING)
            conn.data(stream_id, framed(b""), end=True)
            conn.conn.increment_flow_control_window(10, stream_id)
            conn.flush()
            assert conn.finish(stream_id).data == PONG
        assert not conn.streams[stalled].over and len(conn.streams[stalled].data) == 10
        conn.reset(stalled)


def test_goaway_from_the_client(bench):
    """A client that says goodbye still gets the answer under way."""
    with Http2(bench.grpc) as conn:
        stream_id = conn.open(PING)
        conn.data(stream_id, framed(b""))
        conn.sock.sendall(struct.pack(">BHBBIII", 0, 8, 7, 0, 0, 0, 0))
        conn.data(stream_id, b"", end=True)
        assert conn.finish(stream_id).data == PONG
