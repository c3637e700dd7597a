"""The public client (gg/channel.h): tests/client over every kind of channel and against python3-grpcio, then its
connections, moved from here."""

import concurrent.futures
import os
import socket
import subprocess
import threading

import grpc
import pytest

from certificates import Certificates
from program import PATIENCE, SANITIZER, Program, binary, environment, run_once

SERVICE = "test.v1.Streaming"


def run_cases(target, *args):
    status, out, err = run_once("test-client", "run", target, *args)
    assert status == 0 and "FAIL" not in out, out + err
    return [line[3:] for line in out.splitlines() if line.startswith("ok ")]


# -- the same cases, wherever the channel leads --


@pytest.fixture(scope="module")
def in_process():
    return run_cases("in-process")


def test_in_process_blocking(in_process):
    assert run_cases("in-process", "blocking") == in_process


@pytest.mark.parametrize("style", ("callback", "blocking"))
def test_tcp(in_process, start, style):
    assert run_cases(start("test-server", "--streams", style).grpc) == in_process


def test_unix(in_process, start, tmp_path):
    path = str(tmp_path / "grpc.sock")
    start("test-server", "--streams", "callback", "--grpc-network", "unix", grpc=path)
    assert run_cases("unix:" + path) == in_process


def test_tls(in_process, start, tmp_path):
    """The server's certificate has to lead to what the channel is given."""
    certs = Certificates(tmp_path)
    server = start("test-server", "--streams", "callback", *certs.flags())
    assert run_cases(server.grpc, "callback", certs("ca.pem")) == in_process
    status, out, _ = run_once("test-client", "call", server.grpc, certs("other-ca.pem"))
    assert status == 1 and "certificate" in out
    status, out, _ = run_once("test-client", "call", server.grpc, "/nowhere.pem")
    assert status == 1 and "/nowhere.pem" in out


@pytest.mark.parametrize("encoding", ("gzip", "deflate"))
def test_compression(in_process, start, encoding):
    server = start("test-server", "--streams", "callback", "--grpc-compression", encoding)
    assert run_cases(server.grpc, "callback", "-", encoding) == [
        c for c in in_process if c not in ("too long", "callbacks: back-pressure")]


# -- a server that is not ours --


class Streaming:
    """What tests/programs/streams.c does."""

    def __init__(self, pb):
        self.pb = pb

    def echo(self, context):
        metadata = [(key, value) for key, value in context.invocation_metadata() if key.startswith("x-echo-")]
        headers = [item for item in metadata if "header" in item[0]]
        given = dict(context.invocation_metadata())
        if "x-agent" in given:
            headers.append(("x-agent", given["user-agent"]))
        if headers:
            context.send_initial_metadata(headers)
        context.set_trailing_metadata([item for item in metadata if "trailer" in item[0]])

    def asked(self, request, context):
        if request.mode == "headers":
            context.send_initial_metadata([("x-early", "1")])
        if request.status:
            context.abort(CODES[request.status], request.message)

    def unary(self, request, context):
        self.echo(context)
        self.asked(request, context)
        return self.pb.StreamResponse(payload=request.payload, count=1, bytes=len(request.payload))

    def down(self, request, context):
        if request.mode == "never":
            over = threading.Event()
            context.send_initial_metadata([])
            if context.add_callback(over.set):
                over.wait(PATIENCE)
            return
        for i in range(request.count):
            yield self.pb.StreamResponse(payload=bytes(request.size), count=i)
        self.asked(request, context)

    def up(self, requests, context):
        count = size = 0
        for request in requests:
            self.asked(request, context)
            count, size = count + 1, size + len(request.payload)
        return self.pb.StreamResponse(count=count, bytes=size)

    def both(self, requests, context):
        count = size = 0
        for request in requests:
            self.asked(request, context)
            count, size = count + 1, size + len(request.payload)
            yield self.pb.StreamResponse(payload=request.payload, count=count, bytes=size)


CODES = {code.value[0]: code for code in grpc.StatusCode}


def handlers(pb):
    service = Streaming(pb)
    codec = {"request_deserializer": pb.StreamRequest.FromString,
             "response_serializer": lambda message: message.SerializeToString()}
    return grpc.method_handlers_generic_handler(SERVICE, {
        "Unary": grpc.unary_unary_rpc_method_handler(service.unary, **codec),
        "Down": grpc.unary_stream_rpc_method_handler(service.down, **codec),
        "Up": grpc.stream_unary_rpc_method_handler(service.up, **codec),
        "Both": grpc.stream_stream_rpc_method_handler(service.both, **codec)})


@pytest.fixture
def foreign(pb):
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(16), options=[("grpc.max_send_message_length", -1)])
    server.add_generic_rpc_handlers([handlers(pb)])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield "127.0.0.1:%d" % port
    server.stop(None).wait(PATIENCE)


def test_foreign_server(in_process, foreign):
    done = run_cases(foreign, "foreign")
    assert set(done) < set(in_process) and len(done) > 30


# -- connections --


class Driver:
    """test-client drive: one line in, one line out."""

    def __init__(self, target, *options):
        self.process = subprocess.Popen([binary("test-client"), "drive", target, *options], env=environment(),
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __call__(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().rstrip("\n").strip()

    def __exit__(self, *args):
        _, err = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0 and not SANITIZER.search(err), err


@pytest.fixture
def port():
    """A port that nobody listens at, for as long as nobody asks the system for one."""
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def server_at(start, address):
    return start("test-server", "--streams", "callback", grpc=address)


def test_states(start):
    server = server_at(start, "127.0.0.1:0")
    with Driver(server.grpc) as drive:
        assert drive("state") == "IDLE"
        assert drive("call") == ok(server)
        assert drive("state") == "READY"


def test_connect_without_a_call(start):
    with Driver(server_at(start, "127.0.0.1:0").grpc) as drive:
        assert drive("connect") == "connecting"
        assert drive("until READY") == "READY"


def test_fail_fast(port):
    with Driver("127.0.0.1:%d" % port) as drive:
        assert drive("call") == "UNAVAILABLE 127.0.0.1:%d: connection refused" % port
        assert drive("state") == "TRANSIENT_FAILURE"
        assert drive("call").startswith("UNAVAILABLE")


def test_wait_for_ready(start, port):
    with Driver("127.0.0.1:%d" % port, "quick") as drive:
        assert drive("start") == "started"
        assert drive("until TRANSIENT_FAILURE") == "TRANSIENT_FAILURE"
        server_at(start, "127.0.0.1:%d" % port)
        assert drive("join") == "OK"


def test_wait_for_ready_by_the_channel(start, tmp_path):
    path = str(tmp_path / "late.sock")
    with Driver("unix:" + path, "quick", "wait") as drive:
        drive("connect")
        assert drive("until TRANSIENT_FAILURE") == "TRANSIENT_FAILURE"
        server = start("test-server", "--streams", "callback", "--grpc-network", "unix", grpc=path)
        assert drive("call") == ok(server)


def test_restart(start, port):
    address = "127.0.0.1:%d" % port
    with Driver(address, "quick") as drive:
        first = server_at(start, address)
        assert drive("start") == "started" and drive("join") == "OK"
        first.stop()
        second = server_at(start, address)
        assert drive("start") == "started" and drive("join") == "OK"
        assert drive("call") == ok(second)


# -- several addresses --


def ok(server):
    return "OK %d" % server.process.pid


def counts(drive, servers, calls=30):
    """How many of so many calls each of them answers; others none."""
    answers = [drive("call") for _ in range(calls)]
    assert set(answers) <= {ok(server) for server in servers}
    return [answers.count(ok(server)) for server in servers]


def list_of(addresses):
    return "ipv4:" + ",".join(addresses)


def until_all(drive, servers):
    """Calls until each of them has got one: then all are connected."""
    seen = set()
    for _ in range(10000):
        seen.add(drive("call"))
        if seen == {ok(server) for server in servers}:
            return
    pytest.fail("not all get calls: %s" % seen)


def test_round_robin_with_one_dead(start, port):
    servers = [server_at(start, "127.0.0.1:0") for _ in range(2)]
    addresses = [servers[0].grpc, "127.0.0.1:%d" % port, servers[1].grpc]
    with Driver(list_of(addresses), "round-robin") as drive:
        assert drive("connect") == "connecting" and drive("until READY") == "READY"
        until_all(drive, servers)
        assert counts(drive, servers) == [15, 15]


def test_round_robin_over_a_restart(start, port):
    steady, address = server_at(start, "127.0.0.1:0"), "127.0.0.1:%d" % port
    mortal = server_at(start, address)
    with Driver(list_of([steady.grpc, address]), "round-robin", "quick") as drive:
        until_all(drive, [steady, mortal])
        assert counts(drive, [steady, mortal]) == [15, 15]
        mortal.stop()
        assert counts(drive, [steady]) == [30]
        reborn = server_at(start, address)
        until_all(drive, [steady, reborn])
        assert counts(drive, [steady, reborn]) == [15, 15]


def test_round_robin_all_dead(port):
    address = "127.0.0.1:%d" % port
    with Driver(list_of([address, address]), "round-robin") as drive:
        assert drive("call") == "UNAVAILABLE %s: connection refused" % list_of([address, address])
        assert drive("state") == "TRANSIENT_FAILURE"


def test_round_robin_waits_for_any(start, port, tmp_path):
    address = "127.0.0.1:%d" % port
    with Driver(list_of([address, "127.0.0.1:1"]), "round-robin", "quick") as drive:
        assert drive("start") == "started"
        assert drive("until TRANSIENT_FAILURE") == "TRANSIENT_FAILURE"
        server_at(start, address)
        assert drive("join") == "OK"


def test_round_robin_over_a_name(start):
    """localhost is 127.0.0.1 and ::1."""
    first = server_at(start, "127.0.0.1:0")
    try:
        second = server_at(start, "[::1]:%d" % first.port("grpc"))
    except AssertionError:
        print("SKIP round robin over a name: no IPv6 here")
        pytest.skip("no IPv6 here")
    with Driver("localhost:%d" % first.port("grpc"), "round-robin") as drive:
        until_all(drive, [first, second])
        assert counts(drive, [first, second]) == [15, 15]


def test_pick_first_of_a_list(start, port):
    servers = [server_at(start, "127.0.0.1:0") for _ in range(2)]
    addresses = ["127.0.0.1:%d" % port, servers[0].grpc, servers[1].grpc]
    with Driver(list_of(addresses)) as drive:
        assert counts(drive, servers) == [30, 0]


@pytest.mark.parametrize("target", ("", "127.0.0.1", "unix:", "127.0.0.1:99999", "dns:"))
def test_bad_target(target):
    status, out, _ = run_once("test-client", "drive", target)
    assert status == 1 and out.startswith("no channel: ")
