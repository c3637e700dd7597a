"""PINGs and age of HTTP/2 connections: what the flags set, seen by peers made by hand and by python3-grpcio."""

import grpc
import pytest

import grpcclient
from http1 import fetch
from frames import ACK, CALM, END_STREAM, GOAWAY, HEADERS, PING, Raw, frame, get, u32

WAIT = "/test.v1.Slow/Wait"


@pytest.mark.parametrize("path", (None, b"/v1/wait?mode=never"), ids=("idle", "call"))
def test_keepalive(start, path):
    """Silence, a PING, its answer; silence, a PING, no answer, the end."""
    program = start("test-server", "--mode", "typed", "--keepalive-time", "200ms", "--keepalive-timeout", "200ms")
    with Raw(program.grpc) as conn:
        if path is not None:
            conn.send(get(1, path))
        for _ in range(3):
            _, payload = conn.wait_for(PING)
            conn.send(frame(PING, ACK, 0, payload))
        conn.wait_for(PING)
        assert conn.goaway() == (0, b"")
    if path is not None:
        program.wait_msg("rpc error: method = " + WAIT)


def test_keepalive_off(start):
    program = start("test-server", "--mode", "typed", "--keepalive-time", "0s", "--idle-timeout", "300ms")
    with Raw(program.grpc) as conn:
        pings = sum(kind == PING for kind, flags, _, _ in conn.frames())  # until it is closed for being idle
    assert pings == 1  # the one between the two GOAWAYs


PINGING = [("grpc.keepalive_time_ms", 20), ("grpc.keepalive_timeout_ms", 20000),
           ("grpc.http2.min_time_between_pings_ms", 20), ("grpc.http2.max_pings_without_data", 0),
           ("grpc.keepalive_permit_without_calls", 1)]


def test_too_many_pings(start, pb, capfd):
    """A client that pings fifty times a second during a call is told to stop, one that may is not."""
    program = start("test-server", "--mode", "typed")
    with grpcclient.channel(program.grpc, PINGING) as chan:
        call = grpcclient.method(chan, WAIT, pb.WaitResponse).future(pb.WaitRequest(mode="never"), timeout=60)
        assert call.code() == grpc.StatusCode.UNAVAILABLE
        assert "too_many_pings" in capfd.readouterr().err  # grpcio says so itself


@pytest.mark.parametrize("flags", (("--min-ping-interval", "0s", "--ping-without-calls"), ("--max-ping-strikes", "0")),
                         ids=" ".join)
def test_pings_allowed(start, pb, flags):
    program = start("test-server", "--mode", "typed", *flags)
    with grpcclient.channel(program.grpc, PINGING) as chan:
        call = grpcclient.method(chan, WAIT, pb.WaitResponse)
        assert call(pb.WaitRequest(ms=400, message="a"), timeout=60).message == "a"  # twenty PINGs
    with Raw(program.grpc) as conn:
        for _ in range(50):
            conn.send(frame(PING, 0, 0, b"12345678"))
            conn.wait_for(PING, ACK)


def test_age(start):
    """Old: two GOAWAYs, the call under way is answered, then the end."""
    program = start("test-server", "--mode", "typed", "--max-connection-age", "100ms")
    with Raw(program.grpc) as conn:
        conn.send(get(1, b"/v1/wait?ms=700&message=last"))
        last, answered = [], False
        for kind, flags, stream_id, payload in conn.frames():
            if kind == GOAWAY:
                assert payload[4:] == u32(0) and not answered
                last.append(int.from_bytes(payload[:4], "big"))
            if kind == PING and not flags & ACK:
                conn.send(frame(PING, ACK, 0, payload))
            answered = answered or (stream_id == 1 and bool(flags & END_STREAM))
        assert answered and last == [(1 << 31) - 1, 1]


def test_age_grace(start):
    """A call that does not end is given up when its time is over."""
    program = start("test-server", "--mode", "typed", "--max-connection-age", "100ms", "--max-connection-age-grace", "100ms")
    with Raw(program.grpc) as conn:
        conn.send(get(1, b"/v1/wait?mode=never"))
        assert not [kind for kind, _, _, _ in conn.frames() if kind == HEADERS]
    program.wait_msg("rpc error: method = " + WAIT)
    assert fetch(program.http, "GET", "/v1/wait?ms=0").status == 200


def test_strikes(start):
    """PINGs by hand, without any call: the third one that is too early."""
    program = start("test-server", "--mode", "typed")
    with Raw(program.grpc) as conn:
        for _ in range(3):
            conn.send(frame(PING, 0, 0, b"12345678"))
            conn.wait_for(PING, ACK)
        conn.send(frame(PING, 0, 0, b"12345678"))
        assert conn.goaway() == (CALM, b"too_many_pings")
