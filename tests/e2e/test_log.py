"""The log: JSON lines on stderr, their form, order and level."""

import datetime
import os
import re
import select
import signal
import socket
import subprocess

import pytest

import grpcclient
from http1 import Connection, fetch, request
from http2 import Http2, framed
from program import PATIENCE, binary, environment

PING = "/example.v1.PingService/Ping"
WAIT = "/test.v1.Slow/Wait"
RPC_CALL, RPC_ERROR = "rpc call: method = ", "rpc error: method = "


def ping_both_ways(program, pb):
    assert fetch(program.http, "GET", "/v1/ping").status == 200
    grpcclient.call(program.grpc, PING, pb.PingRequest(), pb.PingResponse)


def test_start_and_stop(start):
    program = start("ping")
    program.stop()
    entries = program.entries()
    assert [e["msg"] for e in entries[:3]] == [
        "Application server started", "gRPC server listening at " + program.grpc, "HTTP server listening at " + program.http]
    assert len(entries) == 4 and re.match(r"Shutting down ", entries[3]["msg"])
    assert {e["level"] for e in entries} == {"info"}


@pytest.mark.parametrize("zone, offset", (("UTC", "Z"), ("XYZ-05:30", "+05:30"), ("XYZ8", "-08:00")))
def test_form(pb, start, zone, offset):
    """level first, msg, extra fields, time last: RFC 3339 with the local offset."""
    program = start("ping", env={"TZ": zone})
    ping_both_ways(program, pb)
    before = datetime.datetime.now(datetime.timezone.utc)
    program.stop()
    for line, entry in zip(program.lines, program.entries()):
        assert list(entry) == ["level", "msg", "time"] and ": " not in line.replace(entry["msg"], "")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", entry["time"])
        assert entry["time"].endswith(offset) or offset == "Z" and entry["time"].endswith("+00:00")
        when = datetime.datetime.fromisoformat(entry["time"].replace("Z", "+00:00"))
        assert abs(before - when) < datetime.timedelta(hours=1)


def test_one_line_per_call(pb, start):
    """Whatever the front."""
    program = start("ping")
    ping_both_ways(program, pb)
    with Http2(program.http) as conn:
        conn.call("/v1/ping", method="GET", content_type=None)
        conn.call(PING, [framed(b"")])
    with Connection(program.grpc) as conn:
        conn.send(request("GET", "/v1/ping") + request("HEAD", "/v1/ping"))
        assert conn.answer().status == 200 and conn.answer("HEAD").status == 200
    for target in ("/nowhere", "/v1/ping%zz"):  # no call, no line
        fetch(program.http, "GET", target)
    program.stop()
    lines = program.rpc_lines()
    assert [(e["level"], e["msg"]) for e in lines] == [("debug", RPC_CALL + PING)] * 6


def test_unknown_method_by_grpc(pb, start):
    """Nothing was called; at most the failure is told."""
    program = start("ping")
    grpcclient.failure(program.grpc, "/example.v1.PingService/Pang", b"", pb.PingResponse)
    program.stop()
    assert not [e for e in program.rpc_lines() if e["level"] not in ("debug", "trace")]


@pytest.mark.parametrize("level, told", (("info", 0), ("debug", 2), ("trace", 2)))
def test_log_level(pb, start, level, told):
    program = start("ping", "--log-level", level)
    ping_both_ways(program, pb)
    program.stop()
    assert [e["level"] for e in program.rpc_lines()] == ["debug"] * told
    assert {e["level"] for e in program.entries()} == ({"info", "debug"} if told else {"info"})


@pytest.mark.parametrize("level", ("warn", "error", "fatal", "panic"))
def test_quiet(tmp_path, level):
    """Nothing at all is said of a normal life, so its socket must be tried until it accepts."""
    path = str(tmp_path / "http.sock")
    process = subprocess.Popen([binary("ping"), "--log-level", level, "--http-network", "unix", "--http-address", path,
                                "--grpc-address", "127.0.0.1:0"], stderr=subprocess.PIPE, env=environment())
    while process.poll() is None:
        try:
            with socket.socket(socket.AF_UNIX) as sock:
                sock.connect(path)
            break
        except (FileNotFoundError, ConnectionRefusedError):
            select.select([], [], [], 0.01)
    assert fetch(path, "GET", "/v1/ping").status == 200
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=PATIENCE)[1] == b"" and process.returncode == 0
    assert not os.path.exists(path)


# -- calls that fail, and calls that end in other ways --

HOW = (("at once", {}), ("timer", {"ms": 10}), ("thread", {"mode": "post"}), ("thread, later", {"ms": 10, "mode": "post"}))


@pytest.mark.parametrize("name, how", HOW, ids=[row[0] for row in HOW])
@pytest.mark.parametrize("front", ("rest", "grpc"))
def test_levels_of_failures(pb, start, front, name, how):
    """error for INTERNAL and UNKNOWN, debug for the others; one line for the call, one for its failure."""
    program = start("test-server", "--mode", "typed")
    names = {0: None, 2: "UNKNOWN", 5: "NOT_FOUND", 13: "INTERNAL", 14: "UNAVAILABLE", 3: "INVALID_ARGUMENT"}
    for code in names:
        fields = {"status_code": code, "message": "why \"%d\"" % code, **how}
        if front == "rest":
            fetch(program.http, "POST", "/v1/wait", fields)
        elif code == 0:
            grpcclient.call(program.grpc, WAIT, pb.WaitRequest(**fields), pb.WaitResponse)
        else:
            grpcclient.failure(program.grpc, WAIT, pb.WaitRequest(**fields), pb.WaitResponse)
    program.stop()
    lines = program.rpc_lines()
    assert [e["msg"] for e in lines if e["msg"].startswith(RPC_CALL)] == [RPC_CALL + WAIT] * len(names)
    failures = [e for e in lines if e["msg"].startswith(RPC_ERROR)]
    assert [list(e) for e in failures] == [["level", "msg", "error", "time"]] * (len(names) - 1)
    assert [(e["level"], e["msg"], e["error"]) for e in failures] == [
        ("error" if code in (2, 13) else "debug", RPC_ERROR + WAIT, "%s: why \"%d\"" % (text, code))
        for code, text in names.items() if text]


def test_failures_at_level_info(start):
    program = start("test-server", "--mode", "typed", "--log-level", "info")
    for code in (0, 5, 13, 2):
        fetch(program.http, "POST", "/v1/wait", {"statusCode": code})
    program.stop()
    assert [(e["level"], e["msg"]) for e in program.rpc_lines()] == [("error", RPC_ERROR + WAIT)] * 2


def test_hostile_text_in_the_log(start):
    """A message cannot forge a line."""
    program = start("test-server", "--mode", "typed")
    text = 'x"}\n{"level":"panic","msg":"forged","time":""}\r\x00\x1b[31m\u2028' + "long" * 2000
    fetch(program.http, "POST", "/v1/wait", {"statusCode": 13, "message": text})
    program.stop()
    assert len(program.rpc_lines()) == 2 and "panic" not in {e["level"] for e in program.entries()}
