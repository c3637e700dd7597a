"""test.v1.Library in all modes: paths, queries, bodies, responses; and the same methods by gRPC."""

import json

import grpc
import pytest
from google.protobuf import json_format

import canonical
import grpcclient
from http1 import Connection, fetch, request
from rows_library import BODIES, BOOK, NOT_ALLOWED, NOTHING_FOUND, PATHS, QUERIES, REFUSED, REFUSED_BODIES


def ids(rows):
    return ["%s %s" % row[:2] for row in rows]


def check(pb, answer, rpc, fields):
    assert answer.status == 200 and answer.header("content-type") == "application/json", answer
    want = canonical.answer(canonical.parse(pb.BookReply(), {"rpc": rpc, "request": fields}, pb.pool), pb.pool)
    assert canonical.differences(answer.json(), want) == []


@pytest.mark.parametrize("method, target, rpc, fields", PATHS + QUERIES, ids=ids(PATHS + QUERIES))
def test_paths_and_queries(pb, server, method, target, rpc, fields):
    check(pb, fetch(server.http, method, target), rpc, fields)


@pytest.mark.parametrize("method, target, body, rpc, fields", BODIES, ids=ids(BODIES))
def test_bodies(pb, server, method, target, body, rpc, fields):
    check(pb, fetch(server.http, method, target, None if body is None else json.dumps(body).encode()), rpc, fields)


@pytest.mark.parametrize("method, target", NOTHING_FOUND, ids=ids(NOTHING_FOUND))
def test_nothing_found(server, method, target):
    answer = fetch(server.http, method, target)
    assert (answer.status, answer.json()) == (404, {"code": 5, "message": "Not Found", "details": []})


@pytest.mark.parametrize("method, target, allowed", NOT_ALLOWED, ids=ids(NOT_ALLOWED))
def test_not_allowed(server, method, target, allowed):
    answer = fetch(server.http, method, target)
    assert (answer.status, answer.json()) == (405, {"code": 12, "message": "Method Not Allowed", "details": []})
    assert {a.strip() for a in answer.header("allow").split(",")} == allowed


def check_refused(answer, names):
    error = answer.json()
    assert answer.status == 400 and error["code"] == 3 and error["details"] == [], answer
    assert names in error["message"]


@pytest.mark.parametrize("method, target, names", REFUSED, ids=ids(REFUSED))
def test_refused(server, method, target, names):
    check_refused(fetch(server.http, method, target), names)


@pytest.mark.parametrize("method, target, body", REFUSED_BODIES, ids=ids(REFUSED_BODIES))
def test_refused_bodies(server, method, target, body):
    answer = fetch(server.http, method, target, body)
    check_refused(answer, "line 1, column ")


def test_all_on_one_connection(server):
    """Good and bad in a row: none leaves anything behind for the next one."""
    rows = [(m, t, None, 200) for m, t, _, _ in PATHS + QUERIES] + [(m, t, None, 400) for m, t, _ in REFUSED] + \
        [(m, t, b, 400) for m, t, b in REFUSED_BODIES] + [(m, t, None, 404) for m, t in NOTHING_FOUND]
    with Connection(server.http) as conn:
        for method, target, body, status in rows:
            conn.send(request(method, target, body))
            assert conn.answer(method).status == status, (method, target)


# -- responses --


def test_response_body(server):
    """One field of the reply is the answer."""
    message = fetch(server.http, "GET", "/v1/replies/x?filter=f").json()
    assert message["name"] == "x" and message["filter"] == "f" and "rpc" not in message
    assert fetch(server.http, "GET", "/v1/rpcs/x").body == b'"GetReply"'


def test_head_of_any_get(server):
    for target in ("/v1/shelves/s/books/b", "/v1/books?filter=x", "/v1/rpcs/x"):
        get, head = fetch(server.http, "GET", target), fetch(server.http, "HEAD", target)
        assert (head.status, head.header("content-length"), head.body) == (200, str(len(get.body)), b"")


def test_accept_does_not_matter(server):
    for accept in ("*/*", "text/html", "image/png;q=0", "nonsense"):
        answer = fetch(server.http, "GET", "/v1/books", headers=[("Accept", accept)])
        assert answer.status == 200 and answer.header("content-type") == "application/json"


def test_content_type_does_not_matter(server):
    for content_type in ("text/plain", "application/json; charset=utf-8", "nonsense", "APPLICATION/JSON"):
        answer = fetch(server.http, "POST", "/v1/books:search", b'{"filter":"x"}', [("Content-Type", content_type)])
        assert answer.json()["request"]["filter"] == "x"


def test_no_override(server):
    """X-HTTP-Method-Override and forms change nothing."""
    form = [("Content-Type", "application/x-www-form-urlencoded"), ("X-HTTP-Method-Override", "GET")]
    assert fetch(server.http, "DELETE", "/v1/books", b"filter=x", form).status == 405


def test_streams_are_not_served_yet(server):
    answer = fetch(server.http, "GET", "/v1/watch")
    assert (answer.status, answer.json()["code"]) == (501, 12)


# -- gRPC --

METHODS = ("GetBook", "GetBookById", "GetFile", "GetFileInfo", "GetRange", "GetKind", "ListBooks", "CreateBook", "ReplaceBook",
           "UpdateBook", "DeleteBook", "SearchBooks", "SetFields", "PurgeShelf", "GetReply", "NotMapped")
MESSAGES = ({}, {"name": "n", "book": BOOK, "tags": ["a", ""], "labels": {"k": "v"}, "note": "", "serial": "0"},
            {"range": {"inner": {"inner": {}}}, "ttl": "-1.5s", "mask": "a,b", "limit": "0", "books": [BOOK, {}]})


@pytest.mark.parametrize("method", METHODS)
def test_grpc(pb, server, method):
    with grpcclient.channel(server.grpc) as chan:
        stub = grpcclient.method(chan, "/test.v1.Library/" + method, pb.BookReply)
        for value in MESSAGES:
            sent = json_format.ParseDict(value, pb.BookRequest())
            got = stub(sent, timeout=60)
            assert got.rpc == method and got.request == sent


@pytest.mark.parametrize("path", ("/test.v1.Library/Missing", "/test.v1.Nothing/GetBook", "/test.v1.Slow/Watch", "/x", "/"))
def test_grpc_unknown(pb, server, path):
    code, details = grpcclient.failure(server.grpc, path, pb.BookRequest(), pb.BookReply)
    assert code == grpc.StatusCode.UNIMPLEMENTED and details
