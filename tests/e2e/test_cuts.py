"""Connections cut at every kind of place while others work; the end of the program shows that nothing leaked."""

import threading

import h2.config
import h2.connection
import h2.events

import grpcclient
from http1 import Connection, connect, fetch, request
from http2 import framed

PING = b'{"message":"Pong"}'
ECHO = {"name": "x" * 2000, "id": "1", "tags": ["a"] * 20}
CHUNKED = request("POST", "/v1/echo", headers=[("Transfer-Encoding", "chunked")]) + b'd\r\n{"name":"abc"\r\n1\r\n}\r\n0\r\n\r\n'


def http2_session(path, body, content_type):
    """All the bytes that a client sends for three calls, and no regard for the answers."""
    conn = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
    conn.initiate_connection()
    for stream_id in (1, 3, 5):
        conn.send_headers(stream_id, [(":method", "POST"), (":scheme", "http"), (":authority", "test"), (":path", path),
                                      ("content-type", content_type), ("te", "trailers")])
        conn.send_data(stream_id, body, end_stream=True)
    conn.ping(b"12345678")
    return conn.data_to_send()


SESSIONS = (
    request("GET", "/v1/ping") * 3,
    request("POST", "/v1/echo", ECHO) * 2,
    CHUNKED * 2,
    http2_session("/example.v1.PingService/Ping", framed(b""), "application/grpc"),
    http2_session("/bench.v1.Echo/Echo", framed(b"\x0a\x90\x4e" + b"x" * 10000), "application/grpc"),
    http2_session("/v1/echo", b'{"name":"abc"}', "application/json"),
)


def places(length):
    """Everywhere near both ends, and in between now and then."""
    step = max(1, length // 60)
    return sorted(set(range(0, min(length, 60))) | set(range(0, length, step)) | set(range(max(0, length - 20), length + 1)))


def cut_everywhere(address, data, read_first):
    for place in places(len(data)):
        for how in ("cut", "close"):
            conn = Connection(address)
            try:
                conn.send(data[:place])
                if read_first and place == len(data):
                    conn.sock.recv(10)
            except (BrokenPipeError, ConnectionResetError):
                pass
            getattr(conn, how)()


class Load:
    """REST and gRPC calls in the background; any that fails is told at the end."""

    def __init__(self, program, pb):
        self.program, self.pb = program, pb
        self.done, self.failed, self.count = threading.Event(), [], 0
        self.threads = [threading.Thread(target=self._guard, args=(work,)) for work in (self._rest, self._grpc)]

    def _guard(self, work):
        try:
            work()
        except BaseException as error:  # a failed assertion too: the main thread tells it
            self.failed.append(error)

    def _rest(self):
        with Connection(self.program.http) as conn:
            while not self.done.is_set():
                conn.send(request("GET", "/v1/ping"))
                assert conn.answer().body == PING
                self.count += 1

    def _grpc(self):
        with grpcclient.channel(self.program.grpc) as chan:
            stub = grpcclient.method(chan, "/example.v1.PingService/Ping", self.pb.PingResponse)
            while not self.done.is_set():
                assert stub(self.pb.PingRequest(), timeout=60).message == "Pong"
                self.count += 1

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        for thread in self.threads:
            thread.join()


def test_cut_under_load(pb, start):
    program = start("bench-server", "--log-level", "info")
    with Load(program, pb) as load:
        for i, data in enumerate(SESSIONS):
            cut_everywhere(program.grpc if i % 2 else program.http, data, read_first=i % 3 == 0)
    assert load.failed == [] and load.count > 0
    program.stop()


def test_cut_at_shutdown(pb, start):
    """SIGTERM with connections open in every state."""
    program = start("bench-server", "--log-level", "info", "--shutdown-timeout", "500ms")
    conns = []
    for data in SESSIONS:
        for place in places(len(data))[::7]:
            sock = connect(program.http)
            sock.sendall(data[:place])
            conns.append(sock)
    assert fetch(program.http, "GET", "/v1/ping").body == PING
    program.stop()
    for sock in conns:
        sock.close()


def test_many_connections_at_once(pb, start):
    program = start("bench-server", "--log-level", "info")
    conns = [Connection(program.http) for _ in range(400)]
    for conn in conns:
        conn.send(request("GET", "/v1/ping"))
    assert all(conn.answer().body == PING for conn in conns)
    for i, conn in enumerate(conns):
        conn.cut() if i % 2 else conn.close()
    assert fetch(program.http, "GET", "/v1/ping").body == PING
    program.stop()
