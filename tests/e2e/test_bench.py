"""What the benchmark calls: bench.v1.Echo with its bodies (bench/bodies.py), there and back, unchanged; and the methods
of bench.v1.BenchmarkService by its load (bench/load), which compares every answer."""

import json
import os
import subprocess
import sys

import pytest
from google.protobuf import json_format

import canonical
import grpcclient
from http1 import Connection, request
from program import PATIENCE, ROOT, binary

sys.path.insert(0, os.path.join(ROOT, "bench"))
from bodies import BODIES  # noqa: E402

ECHO_PATH = "/bench.v1.Echo/Echo"


@pytest.mark.parametrize("size", BODIES)
def test_echo(pb, bench, size):
    body = BODIES[size]
    message = json_format.Parse(body, pb.EchoMessage())
    want = canonical.answer(message, pb.pool)
    with Connection(bench.http) as conn:
        for _ in range(5):
            conn.send(request("POST", "/v1/echo", body))
            answer = conn.answer()
            assert answer.status == 200 and canonical.differences(answer.json(), want) == []
    assert canonical.differences(json.loads(body), want) == []  # all fields are set, so it is the very same value
    for front in ("http", "grpc"):
        assert grpcclient.call(getattr(bench, front), ECHO_PATH, message, pb.EchoMessage) == message


def test_both_services(pb, bench):
    assert grpcclient.call(bench.grpc, "/example.v1.PingService/Ping", pb.PingRequest(), pb.PingResponse).message == "Pong"


# options of grpc-load, calls, messages
LOADS = (
    ("ping -c4 -m8 -n100", 100, 100),
    ("ping -c2 -r1000000 -n100", 100, 100),
    ("unary -l0 -n10", 10, 10),
    ("unary -l1000000 -c2 -n10", 10, 10),
    ("from-client -l64 -k500 -m4 -n8", 8, 4000),
    ("from-server -l64 -k500 -m4 -n8", 8, 4000),
    ("from-server -l1000000 -k5 -m2 -n4", 4, 20),
    ("both-ways -l5000 -k50 -m4 -n8", 8, 400),
)


def grpc_load(address, options, stdin=subprocess.DEVNULL):
    args = options.split()
    return subprocess.Popen([binary("grpc-load"), *args[1:], args[0], address.split(":")[1]], text=True, stdin=stdin,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize("options, calls, messages", LOADS, ids=[row[0] for row in LOADS])
def test_load(bench, options, calls, messages):
    load = grpc_load(bench.grpc, options)
    out, err = load.communicate(timeout=PATIENCE)
    assert (load.returncode, err) == (0, "")
    figures = dict(line.split("\t") for line in out.splitlines())
    assert (int(figures["calls"]), int(figures["messages"])) == (calls, messages)


def test_held(bench):
    """Connections stay open until stdin ends."""
    load = grpc_load(bench.grpc, "ping -h -c300", stdin=subprocess.PIPE)
    assert "held\n" in iter(load.stdout.readline, "")
    assert load.poll() is None
    load.communicate(timeout=PATIENCE)
    assert load.returncode == 0


def test_load_tells_wrong(start):
    """A server without the service: not one call counts."""
    load = grpc_load(start("ping").grpc, "unary -n1")
    out, err = load.communicate(timeout=PATIENCE)
    assert (load.returncode, out, err) == (1, "", "grpc-load: grpc-status 12\n")
