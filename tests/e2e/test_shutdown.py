"""SIGTERM and SIGINT: listeners close, calls under way finish, exit status 0."""

import contextlib
import os
import signal
import socket
import threading

import pytest

import grpcclient
from http1 import Connection, connect, fetch, request
from http2 import Http2, framed

WAIT = "/test.v1.Slow/Wait"


def under_way(program, count):
    program.wait_msg("rpc call: method = " + WAIT, count)


@pytest.mark.parametrize("number", (signal.SIGTERM, signal.SIGINT), ids=("SIGTERM", "SIGINT"))
@pytest.mark.parametrize("flags", (("--workers", "1"), ("--workers", "2"), ("--upstream", "self-socket")), ids=" ".join)
def test_slow_calls_are_answered(pb, start, number, flags):
    """50 calls: 25 by gRPC on one connection, 20 by REST on one connection each, 5 by REST on HTTP/2."""
    program = start("test-server", "--mode", "typed", *flags)
    with grpcclient.channel(program.grpc) as chan, Http2(program.http) as http2:
        stub = grpcclient.method(chan, WAIT, pb.WaitResponse)
        futures = [stub.future(pb.WaitRequest(ms=800, message=str(i), mode="post" if i % 3 else ""), timeout=60) for i in range(25)]
        conns = [Connection(program.http) for _ in range(20)]
        for i, conn in enumerate(conns):
            conn.send(request("POST", "/v1/wait", {"ms": 800, "message": str(i)}))
        streams = [http2.open("/v1/wait?ms=800&message=%d" % i, method="GET", content_type=None, end=True) for i in range(5)]
        under_way(program, 50)
        program.kill(number)
        assert [f.result().message for f in futures] == [str(i) for i in range(25)]
        for i, conn in enumerate(conns):
            answer = conn.answer()
            assert answer.status == 200 and answer.json()["message"] == str(i)
            assert conn.closed()
            conn.close()
        assert all(http2.finish(s).status == 200 for s in streams)
    assert program.wait() == 0
    program.stop()
    assert not [e for e in program.rpc_lines() if e["msg"].startswith("rpc error")]
    assert [e["msg"] for e in program.entries() if e["msg"].startswith("Shutting down")] and \
        "was cut" not in "".join(program.lines)


def until_refused(program):
    """Until the listeners are closed; what was accepted before that is closed at once."""
    with pytest.raises(OSError):
        while True:
            with connect(program.http) as sock:
                sock.sendall(request("GET", "/v1/wait"))
                assert sock.recv(1000) == b""


def test_nothing_new_is_taken(start):
    """After the signal: no new connection; on HTTP/2 GOAWAY, and the stream under way still ends well."""
    program = start("test-server", "--mode", "typed")
    with Http2(program.grpc) as conn:
        stream_id = conn.open("/v1/wait?ms=500&message=last", method="GET", content_type=None, end=True)
        under_way(program, 1)
        program.kill()
        program.wait_line(lambda line: "Shutting down" in line)
        while conn.goaway is None:
            conn.receive()
        until_refused(program)
        assert b"last" in conn.finish(stream_id).data
    assert program.wait() == 0


def test_idle_connections_do_not_hold_it(start):
    program = start("test-server", "--mode", "typed")
    idle = [connect(program.http) for _ in range(10)]
    with Connection(program.http) as used, Http2(program.grpc) as http2:
        used.send(request("GET", "/v1/wait"))
        assert used.answer().status == 200
        assert http2.call(WAIT, [framed(b"")]).grpc_status == 0
        program.stop()
        assert used.closed()
    for sock in idle:
        assert sock.recv(1) == b""
        sock.close()
    assert "cut off" not in "".join(program.lines)


def test_patience_ends(pb, start):
    """A call that never ends is given up after --shutdown-timeout."""
    program = start("test-server", "--mode", "typed", "--shutdown-timeout", "300ms")
    with grpcclient.channel(program.grpc) as chan:
        future = grpcclient.method(chan, WAIT, pb.WaitResponse).future(pb.WaitRequest(mode="never"), timeout=60)
        under_way(program, 1)
        program.stop()
        assert future.code().value[0] in (1, 13, 14)
    assert [e for e in program.entries() if e["level"] == "warn"]


@pytest.mark.parametrize("second", (signal.SIGTERM, signal.SIGINT))
def test_second_signal(start, second):
    """Asked twice: at once, and the exit status says by what."""
    program = start("test-server", "--mode", "typed", "--shutdown-timeout", "1h")
    with Connection(program.http) as conn:
        conn.send(request("GET", "/v1/wait?mode=never"))
        under_way(program, 1)
        program.kill(signal.SIGTERM)
        program.wait_line(lambda line: "Shutting down" in line)
        program.kill(second)
        assert program.wait() == 128 + second


def sockets(program):
    folder, count = "/proc/%d/fd" % program.process.pid, 0
    for fd in os.listdir(folder):
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            count += os.readlink(os.path.join(folder, fd)).startswith("socket:")
    return count


@pytest.mark.parametrize("turn", range(8))
def test_second_signal_while_one_worker_is_done(start, turn):
    """The call is one worker's, by chance the first one's or not; the other one has nothing to wait for."""
    program = start("test-server", "--mode", "typed", "--shutdown-timeout", "1h", "--workers", "2")
    with Connection(program.http) as conn:
        conn.send(request("GET", "/v1/wait?mode=never"))
        under_way(program, 1)
        before = sockets(program)
        program.kill(signal.SIGTERM)
        while sockets(program) > before - 4:  # until both workers have closed both listeners: one is done then
            assert program.process.poll() is None
        program.kill(signal.SIGINT)
        assert program.wait() == 128 + signal.SIGINT


def test_signal_right_after_the_start(start):
    for _ in range(5):
        start("ping").stop(signal.SIGINT)


def test_port_is_free_afterwards(start):
    program = start("ping")
    assert fetch(program.http, "GET", "/v1/ping").status == 200
    program.stop()
    again = start("ping", http=program.http, grpc=program.grpc)
    assert fetch(again.http, "GET", "/v1/ping").status == 200
    with pytest.raises(OSError), socket.socket() as sock:
        sock.bind(("127.0.0.1", again.port()))


def test_load_until_the_end(pb, start):
    """Calls on every side while it stops: each is answered or was never taken, none hangs."""
    program = start("test-server", "--mode", "typed")
    outcomes = []

    def work():
        try:
            for _ in range(10000):
                with Connection(program.http) as conn:
                    conn.send(request("GET", "/v1/wait?ms=1&message=x"))
                    outcomes.append(conn.answer().json()["message"])
        except (OSError, AssertionError) as error:
            outcomes.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    under_way(program, 50)
    program.stop()
    for thread in threads:
        thread.join()
    answered = [o for o in outcomes if o == "x"]
    assert len(answered) >= 46 and len(outcomes) - len(answered) == 4
    assert all(isinstance(o, OSError) or "cut short: b''" in str(o) for o in outcomes if o != "x")
