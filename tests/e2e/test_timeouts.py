"""Peers that stop in the middle: closed when their time is up, while others are served.

The limits are set short by flags; a test waits for the end of its connection and times nothing."""

import pytest

import h2.errors
from http1 import Connection, fetch, request
from http2 import Http2, framed
from program import Program

PING = b'{"message":"Pong"}'
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
EMPTY_SETTINGS = b"\0\0\0\4\0\0\0\0\0"
POST = request("POST", "/v1/echo", b'{"name":"x"}')


@pytest.fixture(scope="module")
def hasty():
    """bench-server with little patience."""
    program = Program("bench-server", "--header-timeout", "1s", "--body-timeout", "1s",
                      "--write-timeout", "1s", "--idle-timeout", "2s")
    yield program
    program.stop()


HALVES = (
    # name, what is sent, the status line that may come before the end (None: nothing)
    ("nothing", b"", None),
    ("one byte", b"G", b"408"),
    ("half a preface", PREFACE[:10], None),
    ("a request line", b"GET /v1/ping HTTP/1.1\r\n", b"408"),
    ("headers without end", b"GET /v1/ping HTTP/1.1\r\nHost: test\r\nX-Half:", b"408"),
    ("a head without its body", POST[:-12], b"408"),
    ("half a body", POST[:-5], b"408"),
    ("half a chunk", request("POST", "/v1/echo", headers=[("Transfer-Encoding", "chunked")]) + b"5\r\n{", b"408"),
    ("expect, then nothing", request("POST", "/v1/echo", b"{}", [("Expect", "100-continue")])[:-2], b"408"),
    ("a whole preface", PREFACE, None),
    ("SETTINGS and nothing else", PREFACE + EMPTY_SETTINGS, None),
    ("half a frame", PREFACE + EMPTY_SETTINGS + b"\0\0\x40\1\5", None),
    ("half a header block", PREFACE + EMPTY_SETTINGS + b"\0\0\1\1\1\0\0\0\1\x82", None),
)


def test_half_sent(hasty):
    """All at once, so that their time passes together; others are served meanwhile."""
    conns = [Connection(hasty.http) for _ in HALVES]
    for conn, (_, data, _) in zip(conns, HALVES):
        conn.send(data)
    assert fetch(hasty.http, "GET", "/v1/ping").body == PING
    for conn, (name, _, last_words) in zip(conns, HALVES):
        words = conn.drain().replace(b"HTTP/1.1 100 Continue\r\n\r\n", b"")  # until the server closes
        assert last_words is None or words == b"" or words.startswith(b"HTTP/1.1 " + last_words), name
        conn.close()


def test_slow_header_bytes_do_not_help(start):
    """Many small pieces: the time counts for the whole head."""
    program = start("ping", "--header-timeout", "200ms")
    with Connection(program.http) as conn:
        conn.send(b"GET /v1/ping HTTP/1.1\r\nHost: test\r\n")
        conn.sock.settimeout(0.02)
        while True:  # ends when the server closes; without a limit of its own it never would
            try:
                got = conn.sock.recv(4096)
                assert got == b"" or got.startswith(b"HTTP/1.1 408")
                break
            except TimeoutError:
                pass
            except ConnectionResetError:
                break
            try:
                conn.send(b"X: y\r\n")
            except (BrokenPipeError, ConnectionResetError):
                break


def test_idle_after_a_request(hasty):
    with Connection(hasty.http) as conn:
        conn.send(request("GET", "/v1/ping"))
        assert conn.answer().body == PING
        assert conn.closed()


def test_idle_http2(hasty):
    """Told by GOAWAY, then closed."""
    with Http2(hasty.grpc) as conn:
        assert conn.call("/v1/ping", method="GET", content_type=None).data == PING
        while not conn.eof:
            conn.receive()
        assert conn.goaway is not None and conn.goaway.error_code == h2.errors.ErrorCodes.NO_ERROR


def test_half_sent_call_on_http2(hasty):
    """The stream ends; a second one on the same connection is untouched."""
    with Http2(hasty.grpc) as conn:
        stream_id = conn.open("/bench.v1.Echo/Echo")
        conn.data(stream_id, framed(b"", length=100))
        stream = conn.streams[stream_id]
        while not (stream.over or conn.eof):
            conn.receive()
        assert stream.over
        assert stream.reset is not None or stream.grpc_status not in (None, 0) or stream.status == 408


BIG = {"name": "x" * 3000000}


def test_answer_never_read(hasty):
    """The peer asks for much and reads nothing: cut off."""
    with Connection(hasty.http) as conn:
        conn.sock.setsockopt(1, 8, 4096)  # SO_RCVBUF
        try:
            conn.send(request("POST", "/v1/echo", BIG) * 4)
        except (BrokenPipeError, ConnectionResetError):
            return
        assert len(conn.drain()) < 4 * len(BIG["name"])  # it ends before the answers are whole


def test_window_never_opened(hasty):
    with Http2(hasty.grpc, window=100) as conn:
        stream_id = conn.open("/bench.v1.Echo/Echo")
        conn.data(stream_id, framed(b"\x0a\x80\x80\x20" + b"x" * 0x80000), end=True)
        stream = conn.streams[stream_id]
        while not (stream.over or conn.eof):
            conn.receive()
        assert stream.grpc_status is None and len(stream.data) <= 100


def test_slow_reader_gets_everything(bench):
    """A peer that takes little at a time, within its time, gets the whole answer; others go on."""
    with Connection(bench.http) as conn:
        conn.sock.setsockopt(1, 8, 4096)
        conn.send(request("POST", "/v1/echo", {"name": "x" * 200000}))
        head = conn.input.read(100)
        for _ in range(50):
            assert fetch(bench.http, "GET", "/v1/ping").body == PING
        rest = b""
        while not rest.endswith(b"}"):
            piece = conn.input.read1(5000)
            assert piece
            rest += piece
        assert head.startswith(b"HTTP/1.1 200") and rest.count(b"x") == 200000
