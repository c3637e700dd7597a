"""HTTP/1 as sent by hand: keep-alive, pipelining, HEAD, Expect, chunked bodies, odd but legal requests."""

import json

import pytest

from http1 import Connection, fetch, request

PING = b'{"message":"Pong"}'
CHUNKED = [("Transfer-Encoding", "chunked"), ("Content-Type", "application/json")]
ECHO = {"name": "chunky", "id": "7", "tags": ["a", "b"]}


def get(target="/v1/ping", version="HTTP/1.1", headers=()):
    return request("GET", target, headers=headers, version=version)


def test_keep_alive(ping):
    with Connection(ping.http) as conn:
        for _ in range(20):
            conn.send(get())
            answer = conn.answer()
            assert (answer.status, answer.body, answer.header("content-type")) == (200, PING, "application/json")
            assert (answer.header("connection") or "").lower() != "close"


CLOSING = (
    # version, headers, is the connection kept?
    ("HTTP/1.1", [], True),
    ("HTTP/1.1", [("Connection", "close")], False),
    ("HTTP/1.1", [("Connection", "Close")], False),
    ("HTTP/1.0", [], False),
    ("HTTP/1.0", [("Connection", "keep-alive")], True),
)


@pytest.mark.parametrize("version, headers, kept", CLOSING)
def test_connection(ping, version, headers, kept):
    with Connection(ping.http) as conn:
        conn.send(get(version=version, headers=headers))
        answer = conn.answer()
        assert (answer.status, answer.body) == (200, PING)
        if kept:
            conn.send(get(version=version, headers=headers))
            assert conn.answer().body == PING
        else:
            assert conn.closed()


def test_http_1_0_without_host(ping):
    with Connection(ping.http) as conn:
        conn.send(b"GET /v1/ping HTTP/1.0\r\n\r\n")
        answer = conn.answer()
        assert (answer.status, answer.body, answer.header("transfer-encoding")) == (200, PING, None)
        assert conn.closed()


def test_http_1_1_without_host(ping):
    with Connection(ping.http) as conn:
        conn.send(b"GET /v1/ping HTTP/1.1\r\n\r\n")
        assert conn.answer().status == 400


def test_pipelining(ping):
    """Answers come in the order of the requests, whatever each of them is."""
    with Connection(ping.http) as conn:
        conn.send(get() + get("/nowhere") + request("HEAD", "/v1/ping") + request("POST", "/v1/ping", {}) + get())
        answers = [conn.answer(m) for m in ("GET", "GET", "HEAD", "POST", "GET")]
        assert [a.status for a in answers] == [200, 404, 200, 405, 200]
        assert answers[0].body == answers[4].body == PING


def test_pipelining_deep_and_byte_by_byte(ping):
    with Connection(ping.http) as conn:
        conn.send(get() * 300)
        assert [conn.answer().body for _ in range(300)] == [PING] * 300
        for byte in get() * 2:
            conn.send(bytes([byte]))
        assert [conn.answer().body for _ in range(2)] == [PING] * 2


def test_pipelined_then_half_closed(ping):
    """A client that has said all it will say still gets every answer."""
    with Connection(ping.http) as conn:
        conn.send(get() * 10)
        conn.half_close()
        assert [conn.answer().body for _ in range(10)] == [PING] * 10
        assert conn.closed()


def test_head(ping):
    with Connection(ping.http) as conn:
        conn.send(request("HEAD", "/v1/ping") + get())
        head = conn.answer("HEAD")
        assert (head.status, head.header("content-length"), head.body) == (200, str(len(PING)), b"")
        assert conn.answer().body == PING  # no stray body between the two


def test_head_of_errors(ping):
    with Connection(ping.http) as conn:
        conn.send(request("HEAD", "/nowhere") + get())
        assert conn.answer("HEAD").status == 404
        assert conn.answer().body == PING


# -- bodies --


def chunks(body, size):
    pieces = [body[i:i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"


def same(got, sent):
    return all(got[name] == value for name, value in sent.items())


def test_expect_continue(bench):
    body = json.dumps(ECHO).encode()
    message = request("POST", "/v1/echo", body, [("Expect", "100-continue")])
    with Connection(bench.http) as conn:
        conn.send(message[:-len(body)])
        assert conn.answer(informational=True).status == 100  # the body is not sent before this
        conn.send(body)
        answer = conn.answer()
        assert answer.status == 200 and same(answer.json(), ECHO)


def test_expect_continue_body_at_once(bench):
    """The client need not wait: with the body here already, 100 may be left out."""
    with Connection(bench.http) as conn:
        conn.send(request("POST", "/v1/echo", ECHO, [("Expect", "100-continue")]) * 2)
        for _ in range(2):
            answer = conn.answer()
            assert answer.status == 200 and same(answer.json(), ECHO)


def test_expect_continue_refused(bench):
    """Nobody asks for a body that would be too large or that nobody wants."""
    for target, length, status in (("/v1/echo", 1 << 30, 413), ("/nowhere", 10, 404)):
        with Connection(bench.http) as conn:
            conn.send(b"POST %s HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" %
                      (target.encode(), length))
            assert conn.answer(informational=True).status == status


def test_unknown_expectation(bench):
    answer = fetch(bench.http, "POST", "/v1/echo", ECHO, [("Expect", "the-moon")])
    assert answer.status in (200, 417)


@pytest.mark.parametrize("size", (1, 2, 7, 64, 100000))
def test_chunked(bench, size):
    body = json.dumps(ECHO).encode()
    with Connection(bench.http) as conn:
        for _ in range(2):  # the second shows that the first was taken to its end
            conn.send(request("POST", "/v1/echo", headers=CHUNKED) + chunks(body, size))
            answer = conn.answer()
            assert answer.status == 200 and same(answer.json(), ECHO)


def test_chunked_cut_anywhere(bench):
    """The same bytes, whatever the reads they arrive in."""
    message = request("POST", "/v1/echo", headers=CHUNKED) + chunks(json.dumps(ECHO).encode(), 5)
    with Connection(bench.http) as conn:
        for cut in range(1, len(message), 3):
            conn.send(message[:cut])
            conn.send(message[cut:])
            answer = conn.answer()
            assert answer.status == 200 and same(answer.json(), ECHO), cut
        for byte in message:
            conn.send(bytes([byte]))
        assert conn.answer().status == 200


def test_chunked_with_extensions_and_trailers(bench):
    body = b'6;name="va;lue"\r\n{"name\r\n5\r\n":"x"\r\n1;a=b\r\n}\r\n0\r\nX-Check: 1\r\n\r\n'
    with Connection(bench.http) as conn:
        conn.send(request("POST", "/v1/echo", headers=CHUNKED) + body)
        answer = conn.answer()
        assert answer.status == 200 and answer.json()["name"] == "x"
        conn.send(get())
        assert conn.answer().body == PING


def test_body_where_none_is_wanted(ping):
    """A GET may have a body; it is read and ignored, and the connection stays in step."""
    with Connection(ping.http) as conn:
        conn.send(request("GET", "/v1/ping", b"GET /nowhere HTTP/1.1\r\n\r\n") + get())
        assert [conn.answer().body for _ in range(2)] == [PING] * 2


def test_large_echo(bench):
    """Far more than the high-water mark both ways."""
    sent = {"name": "x" * 1000000, "tags": ["t%d" % i for i in range(50000)]}
    answer = fetch(bench.http, "POST", "/v1/echo", sent)
    assert answer.status == 200 and same(answer.json(), sent)


ODD = (
    ("absolute form", "GET http://other/v1/ping HTTP/1.1\r\nHost: test\r\n\r\n", 200),
    ("empty line first", "\r\nGET /v1/ping HTTP/1.1\r\nHost: test\r\n\r\n", 200),
    ("header without value", "GET /v1/ping HTTP/1.1\r\nHost: test\r\nX-Empty:\r\n\r\n", 200),
    ("header padded", "GET /v1/ping HTTP/1.1\r\nHost: \t test \t\r\n\r\n", 200),
    ("query ignored", "GET /v1/ping?a=b&c HTTP/1.1\r\nHost: test\r\n\r\n", 200),
    ("other content type", "GET /v1/ping HTTP/1.1\r\nHost: test\r\nContent-Type: text/html\r\n\r\n", 200),
    ("other accept", "GET /v1/ping HTTP/1.1\r\nHost: test\r\nAccept: image/png\r\n\r\n", 200),
    ("upgrade not taken", "GET /v1/ping HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 200),
    ("trailing slash", "GET /v1/ping/ HTTP/1.1\r\nHost: test\r\n\r\n", 404),
    ("lower case method", "get /v1/ping HTTP/1.1\r\nHost: test\r\n\r\n", None),
    ("two lengths", "POST /v1/ping HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400),
    ("length and chunked", "POST /v1/ping HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n"
     "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("negative length", "POST /v1/ping HTTP/1.1\r\nHost: test\r\nContent-Length: -1\r\n\r\n", 400),
    ("huge length", "POST /v1/ping HTTP/1.1\r\nHost: test\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400),
    ("space before colon", "GET /v1/ping HTTP/1.1\r\nHost : test\r\n\r\n", 400),
    ("no version", "GET /v1/ping\r\n\r\n", 400),
    ("no target", "GET  HTTP/1.1\r\nHost: test\r\n\r\n", 400),
    ("NUL in a header", "GET /v1/ping HTTP/1.1\r\nHost: test\r\nX: a\0b\r\n\r\n", 400),
    ("bad chunk size", "POST /v1/ping HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", None),
)


@pytest.mark.parametrize("name, data, status", ODD, ids=[row[0] for row in ODD])
def test_odd_requests(ping, name, data, status):
    """status None: some 4xx."""
    with Connection(ping.http) as conn:
        conn.send(data.encode("latin-1"))
        answer = conn.answer(data.split(" ")[0].strip())
        assert answer.status == status if status else 400 <= answer.status < 500
        if answer.status == 400:
            assert conn.closed()  # nobody knows where the next request would begin
