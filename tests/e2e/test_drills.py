"""Drills: many streams, floods, cancels, readers that stop, a server that is killed again and again.

Each is bounded in number; a test waits for bytes, log lines or the end of a process, and times nothing."""

import contextlib
import os
import random
import re
import socket
import struct
import subprocess
import time

import grpc
import pytest

import grpcclient
from frames import (ACK, CALM, CONTINUATION, DATA, END_STREAM, GOAWAY, HEADERS, PING, PRIORITY, RST_STREAM, SETTINGS,
                    WINDOW_UPDATE, Raw, frame, get, rpc, u32)
from http1 import fetch
from program import BIN, PATIENCE, SANITIZER, Program, binary, environment

SMALL_QUARANTINE = {"ASAN_OPTIONS": "detect_leaks=1:quarantine_size_mb=1"}  # so that memory shows what is in use
MB = 1 << 20
RELEASE = os.path.abspath(os.environ.get("GG_BIN_RELEASE", os.path.join(BIN, "../../bin")))


def rss(program, what="VmRSS"):
    if "/tsan/" in program.process.args[0]:
        return 0  # ThreadSanitizer's shadow memory is counted too; the debug build's run looks at it
    with open("/proc/%d/status" % program.process.pid) as file:
        return int(re.search(what + r":\s+(\d+) kB", file.read()).group(1)) * 1024


def lives(program):
    assert fetch(program.http, "GET", "/v1/wait?ms=0&message=here").json()["message"] == "here"


@pytest.fixture
def server(start):
    def launch(*flags, mode="typed"):
        return start("test-server", "--mode", mode, *flags, env=SMALL_QUARANTINE)
    return launch


@pytest.fixture
def streaming(start):
    def launch(*flags):
        return start("test-server", "--streams", "callback", "--mode", "typed", *flags, env=SMALL_QUARANTINE)
    return launch


# -- many streams --


def test_ten_thousand_streams(server):
    """100 connections of 100 calls, all under way at the same time; then every one is answered or canceled."""
    program = server()
    with contextlib.ExitStack() as stack:
        conns = [stack.enter_context(Raw(program.grpc)) for _ in range(100)]
        for conn in conns:
            conn.send(b"".join(get(2 * i + 1, b"/v1/wait?mode=never") for i in range(100)))
        program.wait_msg("rpc call: method = /test.v1.Slow/Wait", 10000)
        lives(program)
        assert rss(program) < 1024 * MB
        for conn in conns:
            conn.send(b"".join(frame(RST_STREAM, 0, 2 * i + 1, u32(8)) for i in range(100)))
        program.wait_msg("rpc error: method = /test.v1.Slow/Wait", 10000)
        for conn in conns:  # all of them are as good as new
            conn.send(get(201, b"/v1/wait?ms=0"))
            assert conn.wait_for(HEADERS)[0] == 201
    lives(program)


# -- floods --


def flood(program, data, most=400):
    """Sends data again and again until the server ends the connection; what its GOAWAY says."""
    with Raw(program.grpc) as conn:
        conn.sock.settimeout(PATIENCE)
        for _ in range(most):
            if not conn.send(data):
                break
        return conn.goaway()


def test_rapid_reset(server):
    """100,000 streams, each reset at once, over as many connections as it takes (CVE-2023-44487)."""
    program = server("--log-level", "info")
    total, base = 0, rss(program)
    while total < 100000:
        with Raw(program.grpc) as conn:
            sent = 2000
            conn.send(b"".join(get(2 * i + 1, b"/v1/wait?mode=never") + frame(RST_STREAM, 0, 2 * i + 1, u32(8))
                               for i in range(sent)))
            end = conn.goaway()
            assert end is None or end[0] == CALM
            total += sent
    lives(program)
    assert rss(program) < base + 64 * MB


FLOODS = (
    ("ping", frame(PING, 0, 0, b"12345678") * 100, CALM, b"too_many_pings"),
    ("settings", frame(SETTINGS, 0, 0) * 1000, CALM, b""),
    ("priority", b"".join(frame(PRIORITY, 0, 2 * i + 1, b"\0\0\0\0\x10") for i in range(1000)), CALM, b""),
    ("unknown", frame(0xbe, 0, 0, b"x") * 1000, CALM, b""),
    ("window update", frame(WINDOW_UPDATE, 0, 0, u32(1)) * 1000, CALM, b""),
    ("continuation", frame(HEADERS, 0, 1, b"\x82") + frame(CONTINUATION, 0, 1, b"\x40\x01a\x01b" * 100) * 1000, CALM, b""),
    ("empty continuation", frame(HEADERS, 0, 1, b"\x82") + frame(CONTINUATION, 0, 1) * 1000, CALM, b""),
    ("empty data", rpc(1, b"/test.v1.Slow/Wait") + frame(DATA, 0, 1) * 2000, CALM, b""),
)


@pytest.mark.parametrize("data, code, words", [row[1:] for row in FLOODS], ids=[row[0] for row in FLOODS])
def test_flood(server, data, code, words):
    program = server("--log-level", "info")
    base = rss(program)
    for _ in range(3):
        end = flood(program, data)
        assert end is None or end == (code, words)  # None: the reset of the connection was faster
    lives(program)
    assert rss(program) < base + 64 * MB


def test_flood_unread(server):
    """PINGs whose answers nobody reads: the server stops reading, and gives the peer up."""
    program = server("--log-level", "info", "--max-ping-strikes", "0", "--max-control-rate", "1000000",
                     "--write-timeout", "500ms")
    base = rss(program)
    with Raw(program.grpc) as conn:
        conn.sock.settimeout(PATIENCE)
        while conn.send(frame(PING, 0, 0, b"12345678") * 500):
            pass
    lives(program)
    assert rss(program) < base + 64 * MB


def test_long_messages_leave_nothing(start):
    """What calls with a megabyte each took goes back to the system when they are over.  By the release build: that is
    also about the C library's malloc, in whose place the sanitizers have their own."""
    program = start(os.path.join(RELEASE, "bench-server"))
    base = rss(program)
    message = b"\x0a\x80\x80\x40" + b"x" * MB  # field 1
    with grpcclient.channel(program.grpc) as chan:
        echo = chan.unary_unary("/bench.v1.Echo/Echo", request_serializer=bytes, response_deserializer=bytes)
        for call in [echo.future(message, timeout=PATIENCE) for _ in range(64)]:
            assert call.result() == message
    assert rss(program, "VmHWM") > base + 4 * MB
    deadline = time.monotonic() + PATIENCE
    while rss(program) > base + 4 * MB:
        assert time.monotonic() < deadline, "it keeps %d KiB" % (rss(program) >> 10)
        time.sleep(0.05)  # nothing tells


# -- peers that do nothing --


def test_no_window(streaming):
    """100 answers of 100 MB, no window for any: each holds what it may, until its time is up."""
    program = streaming("--log-level", "info", "--write-timeout", "1s")
    base = rss(program)
    with Raw(program.grpc, settings=struct.pack(">HI", 4, 0)) as conn:
        conn.send(b"".join(rpc(2 * i + 1, b"/test.v1.Streaming/Down", b"\x10\x64\x18\x80\x80\x40") for i in range(100)))
        lives(program)
        resets = set()
        for kind, _, stream_id, payload in conn.frames():
            if kind == RST_STREAM:
                assert payload == u32(8)
                resets.add(stream_id)
            if len(resets) == 100:
                break
        assert len(resets) == 100
        conn.send(get(201, b"/v1/wait?ms=0"))  # the connection is as good as new
        assert conn.wait_for(HEADERS)[0] == 201
    # each: a message of 1 MB that is on its way, once as the handler's, once as framed bytes
    assert rss(program, "VmHWM") < base + 100 * 3 * MB + 64 * MB


def test_half_closed_for_ever(streaming):
    """Client-streaming calls that never send: as many as allowed, as long as the peer shows that it lives."""
    program = streaming("--keepalive-time", "300ms", "--keepalive-timeout", "300ms", "--max-streams", "100")
    with Raw(program.grpc) as conn:
        conn.send(b"".join(rpc(2 * i + 1, b"/test.v1.Streaming/Up") for i in range(101)))
        program.wait_msg("rpc call: method = /test.v1.Streaming/Up", 100)
        pings = 0
        for kind, flags, stream_id, payload in conn.frames():
            if kind == RST_STREAM:
                assert (stream_id, payload) == (201, u32(7))  # REFUSED_STREAM: one too many
            if kind == PING and not flags & ACK:
                pings += 1
                if pings < 3:
                    conn.send(frame(PING, ACK, 0, payload))
        assert pings == 3  # the third had no answer: the end
        program.wait_msg("rpc error: method = /test.v1.Streaming/Up", 100)
    lives(program)


# -- cancels and deadlines --


def one_end_each(program):
    """After its stop: every call that was started has ended once.  Only those that fail are logged at their end."""
    begun = [e for e in program.rpc_lines() if e["msg"].startswith("rpc call")]
    failed = [e for e in program.rpc_lines() if e["msg"].startswith("rpc error")]
    assert len(failed) <= len(begun)
    return len(begun), len(failed)


def raw_method(chan, kind, path):
    return getattr(chan, kind)(path, request_serializer=lambda m: m, response_deserializer=lambda m: m)


def test_cancel_midstream(streaming):
    """1,000 streams, each canceled at another place."""
    program = streaming()
    rng = random.Random(1)
    with grpcclient.channel(program.grpc) as chan:
        down = raw_method(chan, "unary_stream", "/test.v1.Streaming/Down")
        for _ in range(1000):
            call = down(b"\x10\xc0\x84\x3d\x18\x80\x80\x01")  # a million messages of 16 KiB
            for _ in range(rng.randrange(4)):
                next(call)
            call.cancel()
            with pytest.raises(grpc.RpcError) as caught:
                for _ in call:
                    pass
            assert caught.value.code() == grpc.StatusCode.CANCELLED
    program.stop()
    begun, failed = one_end_each(program)
    assert begun <= 1000 and failed == begun  # some were canceled before they were begun


def test_deadline_races(server):
    """Deadlines about as long as the handler takes: one status each, and both kinds are seen."""
    program = server()
    codes = []
    with grpcclient.channel(program.grpc) as chan:
        wait = raw_method(chan, "unary_unary", "/test.v1.Slow/Wait")
        for round_ in range(60):
            ms = 1 + round_ % 20
            futures = [wait.future(b"\x08" + bytes([10]), timeout=ms / 1000 + i / 4000) for i in range(10)]
            codes += [f.code() for f in futures]
        codes.append(wait.future(b"\x08\x01", timeout=PATIENCE).code())
        codes.append(wait.future(b"\x08\x64", timeout=0.001).code())
    assert set(codes) == {grpc.StatusCode.OK, grpc.StatusCode.DEADLINE_EXCEEDED}
    program.stop()
    begun, failed = one_end_each(program)
    assert failed <= codes.count(grpc.StatusCode.DEADLINE_EXCEEDED)


# -- a reader that stops --

GIGABYTE = b"\x10\x80\x08\x18\x80\x80\x40"  # StreamRequest{count: 1024, size: 1 MiB}


def varint(number):
    return bytes([number & 127 | 128]) + varint(number >> 7) if number > 127 else bytes([number])


def down_response(number):
    """StreamResponse{payload: 1 MiB of it, count: number}, as test-server sends it; count 0 is left out."""
    return b"\x0a" + varint(MB) + bytes(MB) + (b"\x10" + varint(number) if number else b"")


def read_all(conn, stream_id, expected):
    """Takes in frames, opening the windows, to the end of the stream: so many bytes of DATA are left."""
    got = unsaid = 0
    for kind, flags, on, payload in conn.frames():
        if on == stream_id and kind == DATA:
            got += len(payload)
            unsaid += len(payload)
        if unsaid > 4 * MB:
            conn.send(frame(WINDOW_UPDATE, 0, 0, u32(unsaid)) + frame(WINDOW_UPDATE, 0, stream_id, u32(unsaid)))
            unsaid = 0
        if on == stream_id and flags & END_STREAM:
            assert kind == HEADERS and got == expected
            return
    raise AssertionError("the connection ended after %d bytes" % got)


def test_reader_stops(streaming):
    """A gigabyte for a reader that stops in the middle: by its windows, then by its socket."""
    program = streaming("--log-level", "info", "--write-timeout", "1h")
    base = rss(program)
    wanted = sum(5 + len(down_response(n)) for n in range(1024))
    window = 16 * MB
    with Raw(program.grpc, settings=struct.pack(">HI", 4, window),
             extra=frame(WINDOW_UPDATE, 0, 0, u32(window - 65535))) as conn:
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        conn.send(rpc(1, b"/test.v1.Streaming/Down", GIGABYTE))
        lives(program)
        got = 0
        for kind, _, _, payload in conn.frames():  # all that the windows let through
            got += len(payload) if kind == DATA else 0
            if got == window:
                break
        conn.send(frame(PING, 0, 0, b"progress"))
        while True:  # the answer comes, and nothing before it: the sender stands still
            kind, flags, _, payload = next(conn.frames())
            assert kind != DATA
            if kind == PING and flags & ACK:
                break
        lives(program)
        conn.send(frame(WINDOW_UPDATE, 0, 0, u32((1 << 31) - 1)) + frame(WINDOW_UPDATE, 0, 1, u32((1 << 31) - 1)))
        lives(program)  # now it is the socket that is not read
        read_all(conn, 1, wanted - got)
    # the handler's message, the bytes framed for it, the output of the connection
    assert rss(program, "VmHWM") < base + 48 * MB
    lives(program)


# -- a server that dies --


class Load:
    """tests/load: calls without an end, each watched."""

    def __init__(self, target, calls=32):
        self.process = subprocess.Popen([binary("test-load"), target, str(calls)], env=environment(),
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def progress(self, lines=1):
        """Waits for tens of calls more that end well."""
        for _ in range(lines):
            assert self.process.stdout.readline().startswith("ok "), self.process.communicate(timeout=PATIENCE)

    def finish(self):
        """Its last line as {word: number}."""
        out, err = self.process.communicate(timeout=PATIENCE)
        assert not SANITIZER.search(err), err
        assert self.process.returncode == 0, out[-200:] + err
        words = out.strip().splitlines()[-1].split()
        return dict(zip(words[::2], map(int, words[1::2])))


@pytest.fixture
def load():
    loads = []

    def launch(*args, **kwargs):
        loads.append(Load(*args, **kwargs))
        return loads[-1]
    yield launch
    for each in loads:
        if each.process.poll() is None:
            each.process.kill()
            each.process.communicate()


def serve_at(start, path, *flags):
    return start("test-server", "--mode", "typed", "--streams", "callback", "--log-level", "info", "--grpc-network",
                 "unix", *flags, grpc=path)


def test_server_killed(start, load, tmp_path):
    """100 times under load.  Every call ends once; nothing leaks."""
    path = str(tmp_path / "grpc.sock")
    client = None
    for _ in range(100):
        program = serve_at(start, path)
        client = client or load("unix:" + path)
        client.progress()
        program.process.kill()
        program.process.wait()
        for line in program.lines:
            assert not SANITIZER.search(line), line
    program = serve_at(start, path)
    client.progress()
    end = client.finish()
    assert end["started"] == end["ended"] == end["ok"] + end["unavailable"] and end["again"] == 0
    assert end["ok"] >= 1000


def test_drain_loses_nothing(start, load, tmp_path):
    """20 times SIGTERM under load, and a new server each time: every call is answered."""
    path = str(tmp_path / "grpc.sock")
    client = None
    for _ in range(20):
        program = serve_at(start, path)
        client = client or load("unix:" + path)
        client.progress(50)
        program.stop()
        assert "cut off" not in "".join(program.lines)
    serve_at(start, path)
    end = client.finish()
    assert end["started"] == end["ok"] and end["ok"] >= 1000


def test_age_loses_nothing(start, load, tmp_path):
    """Connections that are old after 30 ms, under load: every call is answered."""
    path = str(tmp_path / "grpc.sock")
    serve_at(start, path, "--max-connection-age", "30ms")
    client = load("unix:" + path)
    client.progress(3000)
    end = client.finish()
    assert end["started"] == end["ok"] and end["ok"] >= 30000
