"""The HTTP/2 channel: a gateway (tests/gateway) in front of servers of its own kind and of python3-grpcio, by TCP
and by a Unix socket; servers that stop, die and come back."""

import base64
import concurrent.futures
import signal
import socket
import threading
import time

import grpc
import pytest

import grpcclient
from http1 import Connection, fetch, request

ECHO, WAIT, BOTH = "/test.v1.Types/Echo", "/test.v1.Slow/Wait", "/test.v1.Streaming/Both"
MIB = 1 << 20


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]


@pytest.fixture(params=("tcp", "unix"))
def address(request, tmp_path):
    """Where a server is going to be: as it listens there, and as a channel's target."""
    if request.param == "tcp":
        place = "127.0.0.1:%d" % free_port()
        return place, place
    place = str(tmp_path / "up.sock")
    return place, "unix:" + place


@pytest.fixture
def gateway(start, address):
    return start("test-gateway", "--upstream", address[1])


def start_server(start, address, *flags):
    network = "unix" if address[0].startswith("/") else "tcp"
    return start("test-server", *(flags or ("--mode", "typed")), "--grpc-network", network, grpc=address[0])


# -- a server of python3-grpcio --


class Foreign(grpc.GenericRpcHandler):
    """Wait as its request says, with the request's x-* metadata as headers and trailers; Echo."""

    def __init__(self, pb, address, options=(), **kwargs):
        self.pb = pb
        self.deadlines, self.canceled = [], threading.Event()
        self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(16), handlers=(self,),
                                  options=[("grpc.max_receive_message_length", -1), *options], **kwargs)
        self.server.add_insecure_port("unix:" + address if address.startswith("/") else address)
        self.server.start()

    def service(self, details):
        if details.method == BOTH:
            return grpc.stream_stream_rpc_method_handler(self.both)
        handler = {ECHO: lambda data, context: data, WAIT: self.wait}.get(details.method)
        return handler and grpc.unary_unary_rpc_method_handler(handler)

    def both(self, requests, context):
        """Each message comes back; one that begins with "p" is not compressed."""
        for data in requests:
            payload = self.pb.StreamRequest.FromString(data).payload
            if payload.startswith(b"p"):
                context.disable_next_message_compression()
            yield self.pb.StreamResponse(payload=payload).SerializeToString()

    def wait(self, data, context):
        asked = self.pb.WaitRequest.FromString(data)
        own = [(k, v) for k, v in context.invocation_metadata() if k.startswith("x-")]
        context.send_initial_metadata(own)
        if asked.mode.startswith("details:"):
            own.append(("grpc-status-details-bin", base64.b64decode(asked.mode[8:] + "==")))
        context.set_trailing_metadata(own)
        self.deadlines.append(context.time_remaining())
        if asked.mode == "never":
            context.add_callback(self.canceled.set)
            self.canceled.wait(60)
        time.sleep(asked.ms / 1000)
        if asked.status_code:
            context.set_code(next(c for c in grpc.StatusCode if c.value[0] == asked.status_code))
            context.set_details(asked.message)
            return b""
        return self.pb.WaitResponse(message=asked.message, padding="x" * asked.size).SerializeToString()


@pytest.fixture
def foreign(pb, address):
    foreign = Foreign(pb, address[0])
    yield foreign
    foreign.server.stop(None).wait()


def test_foreign_calls(pb, foreign, gateway):
    for i in range(20):
        answer = fetch(gateway.http, "POST", "/v1/wait", {"message": "m%d" % i})
        assert answer.status == 200 and answer.json()["message"] == "m%d" % i
    message = pb.AllTypes(string_value="é\U0001f600", bytes_value=bytes(range(256)))
    assert grpcclient.call(gateway.grpc, ECHO, message, pb.AllTypes) == message


@pytest.mark.parametrize("code", range(1, 17))
def test_foreign_statuses(pb, foreign, gateway, code):
    text = "told: 100% é\U0001f600\n\t"
    got = grpcclient.failure(gateway.grpc, WAIT, pb.WaitRequest(status_code=code, message=text), pb.WaitResponse)
    assert (got[0].value[0], got[1]) == (code, text)
    answer = fetch(gateway.http, "POST", "/v1/wait", {"statusCode": code, "message": text})
    assert answer.json() == {"code": code, "message": text, "details": []}


def test_foreign_metadata(pb, foreign, gateway):
    sent = (("x-one", "1"), ("x-two-bin", b"\0\xff,"), ("x-one", "2"), ("x-two-bin", b""))
    with grpcclient.channel(gateway.grpc) as chan:
        wait = grpcclient.method(chan, WAIT, pb.WaitResponse)
        _, call = wait.with_call(pb.WaitRequest(), metadata=sent)
        for got in (call.initial_metadata(), call.trailing_metadata()):
            assert sorted((k, v) for k, v in got if k.startswith("x-")) == sorted(sent)
    answer = fetch(gateway.http, "POST", "/v1/wait", {}, headers=[("Grpc-Metadata-X-One", "1"), ("TE", "trailers")])
    assert answer.header("grpc-metadata-x-one") == "1"


@pytest.mark.parametrize("name", ["test.v1.WaitRequest", "no.such.Type"])
def test_foreign_details(pb, foreign, gateway, name):
    """grpc-status-details-bin goes through as it is; REST shows what is in it, and the bytes of an unknown type."""
    detail = pb.WaitRequest(message="why").SerializeToString()
    url = b"type.googleapis.com/" + name.encode()
    any_ = b"\x0a%c%s\x12%c%s" % (len(url), url, len(detail), detail)
    status = b"\x08\x05\x12\x02no\x1a%c%s" % (len(any_), any_)
    encoded = base64.b64encode(status).decode().rstrip("=")
    request = pb.WaitRequest(status_code=5, message="no", mode="details:" + encoded)
    with grpcclient.channel(gateway.grpc) as chan:
        with pytest.raises(grpc.RpcError) as failed:
            grpcclient.method(chan, WAIT, pb.WaitResponse)(request, timeout=60)
        assert dict(failed.value.trailing_metadata())["grpc-status-details-bin"] == status
    answer = fetch(gateway.http, "POST", "/v1/wait", {"statusCode": 5, "message": "no", "mode": request.mode})
    shown = {"value": base64.b64encode(detail).decode()}
    if name == "test.v1.WaitRequest":
        shown = {"ms": 0, "statusCode": 0, "message": "why", "mode": "", "size": 0, "count": 0}
    assert answer.status == 404 and answer.json()["details"] == [{"@type": url.decode(), **shown}]


def test_foreign_deadline(pb, foreign, gateway):
    """The timeout goes on, less what has passed; and when it is over the server hears of it."""
    got = grpcclient.failure(gateway.grpc, WAIT, pb.WaitRequest(mode="never"), pb.WaitResponse, timeout=0.5)
    assert got[0] == grpc.StatusCode.DEADLINE_EXCEEDED
    assert 0 < foreign.deadlines[0] < 1  # grpcio rounds on both ways: a few ms more than was asked
    assert foreign.canceled.wait(60)
    answer = fetch(gateway.http, "POST", "/v1/wait", {"ms": 2000}, headers=[("Grpc-Timeout", "100m")])
    assert answer.status == 504 and answer.json()["code"] == 4


def test_foreign_cancel(pb, foreign, gateway):
    """A client that goes away ends the call at the far end."""
    with Connection(gateway.http) as conn:
        conn.send(request("POST", "/v1/wait", {"mode": "never"}))
        while not foreign.deadlines:
            time.sleep(0.01)
        conn.cut()
        assert foreign.canceled.wait(60)


def test_foreign_sizes(pb, foreign, gateway):
    big = [("grpc.max_receive_message_length", 8 * MIB)]
    for size in (0, 1, 16384, 65536, 3 * MIB):
        message = pb.AllTypes(bytes_value=b"x" * size)
        assert grpcclient.call(gateway.grpc, ECHO, message, pb.AllTypes, options=big) == message
    got = grpcclient.failure(gateway.grpc, WAIT, pb.WaitRequest(size=5 * MIB), pb.WaitResponse, options=big)
    assert got[0] == grpc.StatusCode.RESOURCE_EXHAUSTED and "larger than max" in got[1]
    assert fetch(gateway.http, "POST", "/v1/wait", {"size": 5 * MIB}).status == 429


COMPRESSIONS = {"identity": grpc.Compression.NoCompression, "gzip": grpc.Compression.Gzip,
                "deflate": grpc.Compression.Deflate}


@pytest.fixture(params=[(up, down) for up in COMPRESSIONS for down in COMPRESSIONS], ids="-".join)
def compressing(request, pb, start):
    """A gateway that compresses its requests, in front of a server that compresses its responses."""
    place = "127.0.0.1:%d" % free_port()
    foreign = Foreign(pb, place, compression=COMPRESSIONS[request.param[1]])
    yield start("test-gateway", "--upstream", place, "--compression", request.param[0])
    foreign.server.stop(None).wait()


def test_foreign_compression(pb, compressing):
    """Neither the gateway's clients nor its server's handlers see anything of it."""
    for size in (0, 1, 1000, 65536, 3 * MIB):
        message = pb.AllTypes(bytes_value=b"x" * size)
        assert grpcclient.call(compressing.grpc, ECHO, message, pb.AllTypes) == message
    answer = fetch(compressing.http, "POST", "/v1/wait", {"size": 100000})
    assert answer.json()["padding"] == "x" * 100000 and answer.header("content-encoding") is None
    payloads = [b"x" * 10000, b"p" * 10000, b"", bytes(range(256)), b"x" * MIB]
    with grpcclient.channel(compressing.grpc) as chan:
        both = chan.stream_stream(BOTH, request_serializer=lambda m: m.SerializeToString(),
                                  response_deserializer=pb.StreamResponse.FromString)
        answers = both(iter([pb.StreamRequest(payload=p) for p in payloads]), timeout=60)
        assert [a.payload for a in answers] == payloads


@pytest.mark.parametrize("name", ("gzip", "deflate"))
def test_foreign_bomb(pb, start, name):
    """A response that is too large when it is decompressed."""
    place = "127.0.0.1:%d" % free_port()
    foreign = Foreign(pb, place, compression=COMPRESSIONS[name])
    try:
        gateway = start("test-gateway", "--upstream", place)
        got = grpcclient.failure(gateway.grpc, WAIT, pb.WaitRequest(size=64 * MIB), pb.WaitResponse)
        assert got[0] == grpc.StatusCode.RESOURCE_EXHAUSTED and "after decompression" in got[1]
        assert fetch(gateway.http, "POST", "/v1/wait", {"size": 64 * MIB}).status == 429
        assert fetch(gateway.http, "POST", "/v1/wait", {}).status == 200
    finally:
        foreign.server.stop(None).wait()


def test_compressed_requests(pb, start, address):
    """They really are compressed: the server tells."""
    start_server(start, address, "--streams", "callback")
    gateway = start("test-gateway", "--upstream", address[1], "--compression", "gzip")
    with grpcclient.channel(gateway.grpc) as chan:
        both = chan.stream_stream(BOTH, request_serializer=lambda m: m.SerializeToString())
        call = both(iter([pb.StreamRequest(payload=b"x" * 1000), pb.StreamRequest(payload=b"x")]), timeout=60,
                    metadata=(("x-compression", "gzip"),))
        assert len(list(call)) == 2
        assert [v for k, v in call.trailing_metadata() if k == "x-compressed"] == ["yes", "no"]


def test_foreign_max_streams(pb, address, gateway):
    """More calls than the server allows at once: the others wait for their turn."""
    foreign = Foreign(pb, address[0], [("grpc.max_concurrent_streams", 2)])
    try:
        with grpcclient.channel(gateway.grpc) as chan:
            wait = grpcclient.method(chan, WAIT, pb.WaitResponse)
            calls = [wait.future(pb.WaitRequest(ms=30, message=str(i)), timeout=60) for i in range(20)]
            assert [c.result().message for c in calls] == [str(i) for i in range(20)]
    finally:
        foreign.server.stop(None).wait()


def test_foreign_goaway(pb, address, gateway):
    """A server that stops: calls under way are answered, and the next ones by the server that follows it."""
    first = Foreign(pb, address[0])
    with grpcclient.channel(gateway.grpc) as chan:
        wait = grpcclient.method(chan, WAIT, pb.WaitResponse)
        calls = [wait.future(pb.WaitRequest(ms=500, message=str(i)), timeout=60) for i in range(8)]
        while len(first.deadlines) < 8:
            time.sleep(0.01)
        stopped = first.server.stop(30)
        second = Foreign(pb, address[0])
        try:
            assert fetch(gateway.http, "POST", "/v1/wait", {"message": "new"}).json()["message"] == "new"
            assert [c.result().message for c in calls] == [str(i) for i in range(8)]
            assert stopped.wait(30) and len(second.deadlines) == 1
        finally:
            second.server.stop(None).wait()


# -- servers that are not there --


def test_nobody_there(pb, gateway, address):
    """Calls fail at once and say why; when the server comes, the next attempt finds it."""
    for _ in range(3):
        answer = fetch(gateway.http, "POST", "/v1/wait", {})
        assert answer.status == 503 and address[1] in answer.json()["message"]
    foreign = Foreign(pb, address[0])
    try:
        gateway.wait_line(lambda line: "Connected to " + address[1] in line)
        assert fetch(gateway.http, "POST", "/v1/wait", {}).status == 200
    finally:
        foreign.server.stop(None).wait()


def test_wait_for_ready(pb, start, address):
    gateway = start("test-gateway", "--upstream", address[1], "--wait-for-ready")
    with grpcclient.channel(gateway.grpc) as chan:
        wait = grpcclient.method(chan, WAIT, pb.WaitResponse)
        early = wait.future(pb.WaitRequest(message="early"), timeout=60)
        gateway.wait_line(lambda line: "No connection to " + address[1] in line)
        got = grpcclient.failure(gateway.grpc, WAIT, pb.WaitRequest(), pb.WaitResponse, timeout=0.2)
        assert got[0] == grpc.StatusCode.DEADLINE_EXCEEDED
        foreign = Foreign(pb, address[0])
        try:
            assert early.result().message == "early"
        finally:
            foreign.server.stop(None).wait()


def test_not_http2(start):
    """Something that speaks another protocol is no server."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        def serve():
            while True:
                try:
                    conn, _ = sock.accept()
                except OSError:
                    return
                conn.sendall(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
                conn.close()
        threading.Thread(target=serve, daemon=True).start()
        gateway = start("test-gateway", "--upstream", "localhost:%d" % sock.getsockname()[1])
        assert fetch(gateway.http, "POST", "/v1/wait", {}).status == 503
        sock.shutdown(socket.SHUT_RDWR)


# -- death under load --


class Load:
    """Clients that ask one request after the other and count the answers by their status."""

    def __init__(self, gateway, pb, clients=4):
        self.gateway, self.pb = gateway, pb
        self.stopping = False
        self.lock = threading.Lock()
        self.asked, self.answers, self.wrong = 0, [], []
        self.threads = [threading.Thread(target=self.run, args=(kind,), daemon=True)
                        for kind in (self.by_rest, self.by_grpc) for _ in range(clients // 2)]
        for thread in self.threads:
            thread.start()

    def run(self, kind):
        try:
            kind()
        except Exception as error:  # noqa: BLE001
            self.wrong.append(repr(error))

    def count(self, status):
        with self.lock:
            self.asked += 1
            self.answers.append(status)

    def by_rest(self):
        with Connection(self.gateway.http) as conn:
            while not self.stopping:
                conn.send(request("POST", "/v1/wait", {"ms": 5, "message": "m"}))
                answer = conn.answer()
                assert (answer.status == 200 and answer.json()["message"] == "m") or answer.json()["code"] == 14
                self.count(answer.status)

    def by_grpc(self):
        with grpcclient.channel(self.gateway.grpc) as chan:
            wait = grpcclient.method(chan, WAIT, self.pb.WaitResponse)
            while not self.stopping:
                try:
                    assert wait(self.pb.WaitRequest(ms=5, message="m"), timeout=60).message == "m"
                    self.count(200)
                except grpc.RpcError as error:
                    assert error.code() == grpc.StatusCode.UNAVAILABLE, error
                    self.count(503)

    def until(self, status, count):
        """Waits until so many more answers have that status; how long that took."""
        begun = time.monotonic()
        with self.lock:
            at = len(self.answers)
        while self.answers[at:].count(status) < count:
            assert not self.wrong, self.wrong
            assert time.monotonic() - begun < 60, "%d answers, and not %d of %d" % (len(self.answers), count, status)
            time.sleep(0.01)
        return time.monotonic() - begun

    def stop(self):
        self.stopping = True
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()
        assert not self.wrong, self.wrong
        assert set(self.answers) == {200, 503}


def test_killed_under_load(pb, start, address, gateway):
    """Every call ends with exactly one status, and the channel finds the new server by itself, soon."""
    server = start_server(start, address)
    load = Load(gateway, pb)
    for _ in range(3):
        load.until(200, 50)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        load.until(503, 20)
        server = start_server(start, address)
        assert load.until(200, 50) < 20  # backoff: 1 s, 1.6 s, ...
    load.stop()
    lines = [e["msg"] for e in gateway.entries()]
    assert sum(m.startswith("No connection to") for m in lines) >= 3
    assert sum(m.startswith("Connected to") for m in lines) >= 3
