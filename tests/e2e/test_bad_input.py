"""Bad input over HTTP, each with its answer; the server lives on and its end shows that nothing leaked."""

import json
import ssl

import pytest

import h2.errors
from http1 import Connection, fetch, request
from http2 import Http2

PING = b'{"message":"Pong"}'

# -- errors of REST: HTTP status, code in the body --

ERRORS = (
    # name, method, target, body, headers, HTTP status, code
    ("not found", "GET", "/v1/nothing", None, [], 404, 5),
    ("root", "GET", "/", None, [], 404, 5),
    ("method not allowed", "POST", "/v1/ping", {}, [], 405, 12),
    ("delete", "DELETE", "/v1/ping", None, [], 405, 12),
    ("options", "OPTIONS", "/v1/ping", None, [], 405, 12),
    ("options *", "OPTIONS", "*", None, [], 400, 3),
    ("unknown method token", "PURGE", "/v1/ping", None, [], 405, 12),
    ("bad escape in a path", "GET", "/v1/pi%zzng", None, [], 400, 3),
    ("long path", "GET", "/v1/" + "x/" * 2000, None, [], 404, 5),
    ("get on post", "GET", "/v1/echo", None, [], 405, 12),
    ("not json", "POST", "/v1/echo", b"ping", [], 400, 3),
    ("form", "POST", "/v1/echo", b"name=x", [("Content-Type", "application/x-www-form-urlencoded")], 400, 3),
    ("array", "POST", "/v1/echo", b"[]", [], 400, 3),
    ("null", "POST", "/v1/echo", b"null", [], 400, 3),
    ("cut", "POST", "/v1/echo", b'{"name":"x"', [], 400, 3),
    ("two values", "POST", "/v1/echo", b"{}{}", [], 400, 3),
    ("wrong type", "POST", "/v1/echo", b'{"name":1}', [], 400, 3),
    ("out of range", "POST", "/v1/echo", b'{"counts":{"a":2147483648}}', [], 400, 3),
    ("bad base64", "POST", "/v1/echo", b'{"items":[{"blob":"***"}]}', [], 400, 3),
    ("bad timestamp", "POST", "/v1/echo", b'{"items":[{"at":"yesterday"}]}', [], 400, 3),
    ("name twice", "POST", "/v1/echo", b'{"name":"a","name":"b"}', [], 400, 3),
    ("bad utf-8", "POST", "/v1/echo", b'{"name":"\xff"}', [], 400, 3),
    ("lone surrogate", "POST", "/v1/echo", b'{"name":"\\ud800"}', [], 400, 3),
    ("control character", "POST", "/v1/echo", b'{"name":"\n"}', [], 400, 3),
    ("body too large", "POST", "/v1/echo", b'{"name":"' + b"x" * (4 << 20) + b'"}', [], 413, 8),
)


def check_error(answer, status, code):
    assert answer.status == status, answer
    assert answer.header("content-type") == "application/json"
    error = answer.json()
    assert set(error) == {"code", "message", "details"} and error["code"] == code and error["details"] == []
    assert isinstance(error["message"], str) and error["message"]
    return error["message"]


@pytest.mark.parametrize("name, method, target, body, headers, status, code", ERRORS, ids=[row[0] for row in ERRORS])
def test_errors(bench, name, method, target, body, headers, status, code):
    check_error(fetch(bench.http, method, target, body, headers), status, code)


@pytest.mark.parametrize("name, method, target, body, headers, status, code", ERRORS, ids=[row[0] for row in ERRORS])
def test_errors_on_http2(bench, name, method, target, body, headers, status, code):
    """The same answers over HTTP/2; HTTP/2 has no Transfer-Encoding and its own way to say OPTIONS *."""
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    with Http2(bench.http) as conn:
        stream = conn.call(target, [body] if body else [], method=method,
                           content_type=dict(headers).get("Content-Type", "application/json") if body else None,
                           headers={"te": None})
        assert stream.status == status, stream
        error = json.loads(stream.data)
        assert set(error) == {"code", "message", "details"} and error["code"] == code
        assert conn.call("/v1/ping", method="GET", content_type=None).data == PING  # the connection lives


def test_exact_texts(ping):
    assert fetch(ping.http, "GET", "/nowhere").json() == {"code": 5, "message": "Not Found", "details": []}
    assert fetch(ping.http, "POST", "/v1/ping", {}).json() == {"code": 12, "message": "Method Not Allowed", "details": []}


ALLOWED = (
    ("ping", "POST", "/v1/ping", {"GET", "HEAD"}),
    ("ping", "OPTIONS", "/v1/ping", {"GET", "HEAD"}),
    ("bench", "GET", "/v1/echo", {"POST"}),
    ("bench", "HEAD", "/v1/echo", {"POST"}),
)


@pytest.mark.parametrize("name, method, target, allowed", ALLOWED)
def test_allow(request, name, method, target, allowed):
    answer = fetch(request.getfixturevalue(name).http, method, target)
    assert answer.status == 405
    assert {a.strip() for a in answer.header("allow").split(",")} == allowed


PLACES = (
    # body, line, column of the fault, and what the message must name
    (b'{"name":tru}', 1, None, ""),
    (b'{"name" "x"}', 1, 9, ""),
    (b'{\n  "name": "x",\n  "id": nope\n}', 3, None, ""),
    (b'{\n  "id": "seven"\n}', 2, 9, "id"),
    (b'{"items":[\n{},\n{"qty":\n"x"}]}', 4, 1, "items[1].qty"),
    (b'{"name":"x"} x', 1, 14, ""),
    (b'{"name":"x",}', 1, 13, ""),
    (b'{"counts":{"a":1,"b":"c"}}', 1, 22, "counts"),
)


@pytest.mark.parametrize("body, line, column, names", PLACES)
def test_json_errors_name_the_place(bench, body, line, column, names):
    message = check_error(fetch(bench.http, "POST", "/v1/echo", body), 400, 3)
    assert "line %d" % line in message and "column" in message and names in message
    assert column is None or "column %d" % column in message


# -- limits --


def header_block(length):
    return [("X-Pad-%d" % i, "x" * 1000) for i in range(length // 1000)]


HEAD_LIMITS = (
    ("below", header_block(60 * 1024), 200),
    ("bytes", header_block(80 * 1024), 431),
    ("one field", [("X-Pad", "x" * 70000)], 431),
    ("many fields below", [("X-%d" % i, "v") for i in range(100)], 200),
    ("many fields", [("X-%d" % i, "v") for i in range(200)], 431),
)


@pytest.mark.parametrize("name, headers, status", HEAD_LIMITS, ids=[row[0] for row in HEAD_LIMITS])
def test_head_limits(ping, name, headers, status):
    answer = fetch(ping.http, "GET", "/v1/ping", headers=headers)
    assert answer.status == status
    if status == 431:
        check_error(answer, 431, 8)


@pytest.mark.parametrize("name, headers, status", HEAD_LIMITS, ids=[row[0] for row in HEAD_LIMITS])
def test_head_limits_on_http2(ping, name, headers, status):
    """A block over the limit costs its stream (431 or a reset) or at the utmost its connection."""
    with Http2(ping.http) as conn:
        stream_id = conn.open("/v1/ping", [(k.lower(), v) for k, v in headers], method="GET", content_type=None, end=True)
        stream = conn.streams[stream_id]
        while not (stream.ended or stream.reset is not None or conn.eof or conn.goaway):
            conn.receive()
        assert stream.status == 200 if status == 200 else stream.status in (431, None)
    assert fetch(ping.http, "GET", "/v1/ping").body == PING


def test_long_target(ping):
    answer = fetch(ping.http, "GET", "/v1/ping?" + "q=1&" * 20000)
    assert answer.status in (414, 431)


def test_head_without_end(ping):
    """Headers that never stop: refused at the limit, not collected."""
    with Connection(ping.http) as conn:
        conn.send(b"GET /v1/ping HTTP/1.1\r\nHost: test\r\nX: ")
        try:
            for _ in range(100):
                conn.send(b"x" * 65536)
        except (BrokenPipeError, ConnectionResetError):
            return  # the refusal was faster than we
        assert b"431" in conn.drain()[:100]


BODY_LIMITS = ((4096, 200), (100 << 10, 413))


@pytest.mark.parametrize("length, status", BODY_LIMITS)
@pytest.mark.parametrize("chunked", (False, True))
def test_body_limit(start, length, status, chunked):
    program = start("bench-server", "--max-body-bytes", "64KiB")
    body = b'{"name":"' + b"x" * length + b'"}'
    with Connection(program.http) as conn:
        if chunked:
            conn.send(request("POST", "/v1/echo", headers=[("Transfer-Encoding", "chunked")]))
            conn.send(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        else:
            conn.send(request("POST", "/v1/echo", body))
        answer = conn.answer()
    assert answer.status == status
    if status == 413:
        check_error(answer, 413, 8)


# -- gRPC's paths on HTTP/2 with other content types --

CONTENT_TYPES = (
    # content type, HTTP status
    ("application/grpc", 200),
    ("application/grpc+proto", 200),
    ("application/grpc;charset=utf-8", 200),
    ("Application/GRPC", 200),
    ("application/grpc-web", 415),
    ("application/grpcx", 415),
    ("text/plain", 415),
    ("image/jpeg", 415),
    (None, 415),
)


@pytest.mark.parametrize("content_type, status", CONTENT_TYPES)
def test_content_type_of_an_rpc(ping, content_type, status):
    with Http2(ping.grpc) as conn:
        stream = conn.call("/example.v1.PingService/Ping", [b"\0\0\0\0\0"], content_type=content_type)
        assert stream.status == status
        if status == 200:
            assert stream.grpc_status == 0 and stream.data == b"\0\0\0\0\x06\x0a\x04Pong"


def test_grpc_over_http1(ping):
    """gRPC needs trailers, so HTTP/2: the answer says so and the server lives."""
    answer = fetch(ping.http, "POST", "/example.v1.PingService/Ping", b"\0\0\0\0\0", [("Content-Type", "application/grpc")])
    assert answer.status == 505


# -- not HTTP at all --

GARBAGE = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100,  # TLS
    b"\0" * 1000,
    b"hello\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\rx" + b"\0" * 30,
    b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n" + b"\0" * 30,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 100,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"GET / HTTP/1.1\r\n\r\n",
    b"\n" * 100000,
    b"GET " + b"\xff" * 100 + b" HTTP/1.1\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    bytes(range(256)) * 8,
)


@pytest.mark.parametrize("front", ("http", "grpc"))
@pytest.mark.parametrize("data", GARBAGE, ids=lambda d: repr(d[:24]))
def test_garbage(ping, front, data):
    """Closed, after at most a few words."""
    with Connection(getattr(ping, front)) as conn:
        try:
            conn.send(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        conn.drain()
    assert fetch(ping.http, "GET", "/v1/ping").body == PING


def test_tls_client(ping):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with Connection(ping.http) as conn, pytest.raises((ssl.SSLError, ConnectionError)):
        context.wrap_socket(conn.sock)


# -- HTTP/2 broken on purpose --


def frame(kind, flags, stream_id, payload, length=None):
    return (len(payload) if length is None else length).to_bytes(3, "big") + bytes([kind, flags]) + \
        stream_id.to_bytes(4, "big") + payload


PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"")
BROKEN_FRAMES = (
    ("no SETTINGS first", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(6, 0, 0, b"\0" * 8)),
    ("DATA on stream 0", PREFACE + frame(0, 0, 0, b"x")),
    ("DATA on an idle stream", PREFACE + frame(0, 0, 1, b"x")),
    ("HEADERS on an even stream", PREFACE + frame(1, 5, 2, b"\x82")),
    ("HPACK nonsense", PREFACE + frame(1, 5, 1, b"\xff\xff\xff\xff\xff\xff")),
    ("CONTINUATION alone", PREFACE + frame(9, 4, 1, b"\x82")),
    ("frame too large", PREFACE + frame(0, 0, 1, b"", 0xffffff) + b"\0" * 20000),
    ("PING of 7 bytes", PREFACE + frame(6, 0, 0, b"\0" * 7)),
    ("SETTINGS of 5 bytes", PREFACE + frame(4, 0, 0, b"\0" * 5)),
    ("WINDOW_UPDATE of 0", PREFACE + frame(8, 0, 0, b"\0" * 4)),
    ("window overflow", PREFACE + frame(8, 0, 0, b"\x7f\xff\xff\xff") * 2),
    ("CONTINUATION flood", PREFACE + frame(1, 1, 1, b"\x82") + frame(9, 0, 1, b"\x40\x01a\x01b" * 100) * 2000),
    ("SETTINGS flood", PREFACE + frame(4, 0, 0, b"") * 20000),
    ("reset flood", PREFACE + b"".join(frame(1, 5, 2 * i + 1, b"\x82\x86\x84\x41\x01a") + frame(3, 0, 2 * i + 1, b"\0\0\0\x08")
                                      for i in range(20000))),
)


@pytest.mark.parametrize("name, data", BROKEN_FRAMES, ids=[row[0] for row in BROKEN_FRAMES])
def test_broken_frames(ping, name, data):
    """Answered by GOAWAY and the end of the connection; the server lives."""
    with Connection(ping.grpc) as conn:
        try:
            conn.send(data)
            conn.half_close()
        except (BrokenPipeError, ConnectionResetError, OSError):
            pass
        conn.drain()
    assert fetch(ping.http, "GET", "/v1/ping").body == PING


BAD_HEADERS = (
    ("upper case name", {"X-Upper": "v"}),
    ("connection header", {"connection": "keep-alive"}),
    ("te other than trailers", {"te": "gzip"}),
    ("no path", {":path": None}),
    ("empty path", {":path": ""}),
    ("unknown pseudo-header", {":extra": "v"}),
)


@pytest.mark.parametrize("name, headers", BAD_HEADERS, ids=[row[0] for row in BAD_HEADERS])
def test_malformed_request_on_http2(ping, name, headers):
    """A stream error (RFC 9113, 8.1.1): the stream is reset or refused, the others go on."""
    with Http2(ping.grpc) as conn:
        stream_id = conn.open("/v1/ping", headers, method="GET", content_type=None, end=True)
        stream = conn.finish(stream_id)
        assert stream.reset == h2.errors.ErrorCodes.PROTOCOL_ERROR or stream.status == 400
        assert conn.call("/v1/ping", method="GET", content_type=None).data == PING
