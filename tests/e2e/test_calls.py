"""Calls that take their time: timers, cancels, other threads, deadlines, statuses, metadata, large answers.

test.v1.Slow/Wait does as its request says (tests/programs/slow.c); the interceptor of the test server does as
metadata says (tests/programs/intercept.c)."""

import base64
import threading

import grpc
import pytest

import grpcclient
from http1 import Connection, fetch, request
from http2 import Http2, framed

WAIT = "/test.v1.Slow/Wait"
LATER = (  # how a handler may end its call
    {}, {"ms": 20}, {"ms": 20, "mode": "timer"}, {"mode": "post"}, {"ms": 20, "mode": "post"},
)
STATUSES = {  # gRPC code: HTTP status (google.rpc.Code)
    1: 499, 2: 500, 3: 400, 4: 504, 5: 404, 6: 409, 7: 403, 8: 429, 9: 400, 10: 409, 11: 400, 12: 501, 13: 500, 14: 503,
    15: 500, 16: 401,
}


@pytest.fixture
def wait(pb, server):
    with grpcclient.channel(server.grpc) as chan:
        yield grpcclient.method(chan, WAIT, pb.WaitResponse)


def query(fields):
    return "/v1/wait?" + "&".join("%s=%s" % item for item in fields.items())


@pytest.mark.parametrize("how", LATER, ids=str)
def test_grpc(pb, wait, how):
    answer = wait(pb.WaitRequest(message="done", **how), timeout=60)
    assert answer.message == "done" and answer.ms >= how.get("ms", 0)


@pytest.mark.parametrize("how", LATER, ids=str)
def test_rest(server, how):
    for answer in (fetch(server.http, "POST", "/v1/wait", {"message": "done", **how}),
                   fetch(server.http, "GET", query({"message": "done", **how}))):
        assert answer.status == 200 and answer.json()["message"] == "done" and answer.json()["ms"] >= how.get("ms", 0)


@pytest.mark.parametrize("how", LATER, ids=str)
@pytest.mark.parametrize("code", STATUSES)
def test_status(pb, server, wait, code, how):
    text = "told: 100% \"é\" \U0001f600\n\t"
    with pytest.raises(grpc.RpcError) as failed:
        wait(pb.WaitRequest(status_code=code, message=text, **how), timeout=60)
    assert failed.value.code().value[0] == code and failed.value.details() == text
    answer = fetch(server.http, "POST", "/v1/wait", {"statusCode": code, "message": text, **how})
    assert answer.status == STATUSES[code]
    assert answer.json() == {"code": code, "message": text, "details": []}


@pytest.mark.parametrize("code", (17, 99, -1, -2, 2147483647))
def test_status_that_is_none(pb, server, wait, code):
    with pytest.raises(grpc.RpcError) as failed:
        wait(pb.WaitRequest(status_code=code, ms=1), timeout=60)
    assert failed.value.code() == grpc.StatusCode.UNKNOWN
    assert fetch(server.http, "GET", query({"statusCode": code, "ms": 1})).status == 500


@pytest.mark.parametrize("size", (0, 1, 16384, 65536, 1000000, 3 << 20))
def test_large_answers(pb, server, wait, size):
    assert wait(pb.WaitRequest(size=size), timeout=60).padding == "x" * size
    assert fetch(server.http, "GET", query({"size": size, "ms": 1})).json()["padding"] == "x" * size


def test_answer_over_the_limit(pb, server, wait):
    """4 MiB each way: RESOURCE_EXHAUSTED, 429."""
    with pytest.raises(grpc.RpcError) as failed:
        wait(pb.WaitRequest(size=5 << 20), timeout=60)
    assert failed.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    answer = fetch(server.http, "GET", query({"size": 5 << 20}))
    assert answer.status == 429 and answer.json()["code"] == 8


def test_answer_beyond_the_memory_of_a_call(pb, start):
    program = start("test-server", "--mode", "typed", "--max-call-bytes", "1MiB")
    code, _ = grpcclient.failure(program.grpc, WAIT, pb.WaitRequest(size=2 << 20), pb.WaitResponse)
    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert fetch(program.http, "GET", query({"size": 2 << 20})).status == 429
    assert fetch(program.http, "GET", query({"size": 1 << 10})).status == 200


def test_quick_ones_pass_slow_ones(pb, server, wait):
    """On one connection of HTTP/2, and on others."""
    slow = wait.future(pb.WaitRequest(mode="never"), timeout=60)
    for i in range(20):
        assert wait(pb.WaitRequest(message=str(i)), timeout=60).message == str(i)
        assert fetch(server.http, "GET", query({"message": i})).json()["message"] == str(i)
    assert not slow.done()
    slow.cancel()


def test_pipelined_answers_keep_their_order(server):
    """A slow call holds back the answers behind it, on its own connection only."""
    with Connection(server.http) as conn:
        conn.send(b"".join(request("GET", query({"ms": ms, "message": i})) for i, ms in enumerate((50, 0, 20, 0))))
        assert [conn.answer().json()["message"] for _ in range(4)] == ["0", "1", "2", "3"]


# -- deadlines and cancels --


@pytest.mark.parametrize("mode", ("never", "timer", "post"))
def test_deadline(pb, server, mode):
    """The server itself ends the call, whether or not the handler has."""
    message = pb.WaitRequest(mode=mode, ms=1000).SerializeToString()
    with Http2(server.grpc) as conn:
        stream = conn.call(WAIT, [framed(message)], headers={"grpc-timeout": "20m"})
        assert stream.grpc_status == 4
    with pytest.raises(grpc.RpcError) as failed:
        grpcclient.call(server.grpc, WAIT, message, pb.WaitResponse, timeout=0.02)
    assert failed.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED


def test_deadline_by_rest(server):
    answer = fetch(server.http, "GET", query({"mode": "never"}), headers=[("Grpc-Timeout", "20m")])
    assert answer.status == 504 and answer.json()["code"] == 4
    assert fetch(server.http, "GET", query({}), headers=[("Grpc-Timeout", "soon")]).status == 400


def ended(program, method, number):
    """Waits until `number` calls have been told as failed in the log."""
    program.wait_msg("rpc error: method = " + method, number)


CANCELS = ("reset", "close", "rest")


@pytest.mark.parametrize("how", CANCELS)
@pytest.mark.parametrize("mode", ("never", "timer", "post"))
def test_cancel(pb, start, mode, how):
    """The peer goes while the handler has the call: told once, as CANCELLED."""
    program = start("test-server", "--mode", "typed")
    fields = {"mode": mode, "ms": 500}
    if how == "rest":
        with Connection(program.http) as conn:
            conn.send(request("GET", query(fields)))
            program.wait_msg("rpc call: method = " + WAIT)
    else:
        with Http2(program.grpc) as conn:
            stream_id = conn.open(WAIT)
            conn.data(stream_id, framed(pb.WaitRequest(**fields).SerializeToString()), end=True)
            program.wait_msg("rpc call: method = " + WAIT)
            if how == "reset":
                conn.reset(stream_id)
                ended(program, WAIT, 1)
    ended(program, WAIT, 1)
    assert fetch(program.http, "GET", query({"message": "alive"})).json()["message"] == "alive"
    program.stop()
    lines = program.rpc_lines()
    assert [line["msg"].split(":")[0] for line in lines] == ["rpc call", "rpc error", "rpc call"]
    assert lines[1]["error"].startswith("CANCELLED") and lines[1]["level"] == "debug"


def test_many_cancels(pb, start):
    program = start("test-server", "--mode", "typed")
    with Http2(program.grpc) as conn:
        for i in range(200):
            stream_id = conn.open(WAIT)
            conn.data(stream_id, framed(pb.WaitRequest(mode=("never", "timer", "post")[i % 3], ms=i % 7).SerializeToString()), end=True)
            if i % 2:
                conn.reset(stream_id)
            elif i % 4 == 0 and i % 3:
                conn.finish(stream_id)
    assert fetch(program.http, "GET", query({"message": "alive"})).json()["message"] == "alive"
    program.stop()
    calls = [line for line in program.rpc_lines() if line["msg"].startswith("rpc call")]
    assert 101 <= len(calls) <= 201  # a stream that is reset at once may not have become a call


# -- metadata and interceptors --

ECHOES = (("x-echo-header", "h 1"), ("x-echo-header-bin", b"\0\xff\x80"), ("x-echo-trailer", "t"), ("x-echo-trailer-bin", b""))


@pytest.mark.parametrize("how", LATER, ids=str)
@pytest.mark.parametrize("code", (0, 5))
def test_metadata(pb, server, code, how):
    with grpcclient.channel(server.grpc) as chan:
        future = grpcclient.method(chan, WAIT, pb.WaitResponse).future(
            pb.WaitRequest(status_code=code, **how), timeout=60, metadata=ECHOES)
        assert future.code().value[0] == code
        got = dict(future.initial_metadata() or ()), dict(future.trailing_metadata())
    for key, value in ECHOES:
        assert got["trailer" in key][key] == value


def test_metadata_by_rest(server):
    headers = [("Grpc-Metadata-X-Echo-Header", "h 1"), ("Grpc-Metadata-X-Echo-Header-Bin", base64.b64encode(b"\0\xff").decode())]
    for target, status in ((query({}), 200), (query({"statusCode": 5}), 404)):
        answer = fetch(server.http, "GET", target, headers=headers)
        assert answer.status == status
        assert answer.header("grpc-metadata-x-echo-header") == "h 1"
        assert base64.b64decode(answer.header("grpc-metadata-x-echo-header-bin") + "==") == b"\0\xff"
        assert answer.header("grpc-metadata-content-type") is None


def test_reserved_metadata_by_rest(server):
    """A client cannot set what belongs to gRPC or to the gateway."""
    headers = [("Grpc-Metadata-Grpc-Timeout", "1n"), ("Grpc-Metadata-Te", "x"), ("Grpc-Metadata-Content-Type", "x")]
    assert fetch(server.http, "GET", query({"ms": 1, "message": "m"}), headers=headers).json()["message"] == "m"


DENIALS = (
    ({"x-deny": "no entry"}, 7, "no entry"),
    ({"x-hold": "10"}, 0, None),
    ({"x-hold": "10", "x-deny-late": "too late"}, 7, "too late"),
)


@pytest.mark.parametrize("metadata, code, text", DENIALS, ids=str)
def test_interceptors(pb, server, metadata, code, text):
    message = pb.WaitRequest(message="through")
    pairs = tuple(metadata.items())
    headers = [("Grpc-Metadata-" + k, v) for k, v in pairs]
    answer = fetch(server.http, "POST", "/v1/wait", {"message": "through"}, headers)
    if code == 0:
        assert grpcclient.call(server.grpc, WAIT, message, pb.WaitResponse, metadata=pairs).message == "through"
        assert answer.json()["message"] == "through"
    else:
        got, details = grpcclient.failure(server.grpc, WAIT, message, pb.WaitResponse, metadata=pairs)
        assert (got.value[0], details) == (code, text)
        assert (answer.status, answer.json()["message"]) == (STATUSES[code], text)


def test_cancel_while_held_back(pb, start):
    program = start("test-server", "--mode", "typed")
    with Http2(program.grpc) as conn:
        for _ in range(5):
            stream_id = conn.open(WAIT, {"x-hold": "500"})
            conn.data(stream_id, framed(b""), end=True)
            program.wait_msg("rpc call: method = " + WAIT)
            conn.reset(stream_id)
        ended(program, WAIT, 5)
    program.stop()
    assert len(program.rpc_lines()) == 10


# -- several workers: handlers run at the same time --


def test_workers(pb, start):
    program = start("test-server", "--mode", "typed", "--workers", "4")
    failed = []

    def work(number):
        try:
            with grpcclient.channel(program.grpc) as chan:
                stub = grpcclient.method(chan, WAIT, pb.WaitResponse)
                for i in range(50):
                    text = "%d.%d" % (number, i)
                    assert stub(pb.WaitRequest(message=text, **LATER[i % len(LATER)]), timeout=60).message == text
        except BaseException as error:  # told by the main thread
            failed.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    program.stop()
    assert len(program.rpc_lines()) == 400
