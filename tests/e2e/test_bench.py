"""bench.v1.Echo with the bodies that the benchmark sends (bench/bodies.py): there and back, unchanged."""

import json
import os
import sys

import pytest
from google.protobuf import json_format

import canonical
import grpcclient
from http1 import Connection, request
from program import ROOT

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
