"""examples/ping answered to foreign clients: curl, grpcurl, grpcio, nghttp, h2load; both ports, TCP and Unix."""

import json
import re
import subprocess

import pytest

import grpcclient
from program import PATIENCE

FRONTS = ("http", "grpc")
METHOD = "example.v1.PingService/Ping"


@pytest.fixture(params=("tcp", "unix"))
def address(request, front):
    """Where a ping listens: every listener speaks everything."""
    return getattr(request.getfixturevalue("ping" if request.param == "tcp" else "unix_ping"), front)


@pytest.fixture(params=FRONTS)
def front(request):
    return request.param


def run(*argv):
    done = subprocess.run(argv, capture_output=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, (argv, done.stdout, done.stderr)
    return done.stdout


def curl_at(address):
    """Arguments of curl for an address, the base of URLs last."""
    if address.startswith("/"):
        return ["-sS", "--noproxy", "*", "--unix-socket", address], "http://localhost"
    return ["-sS", "--noproxy", "*"], "http://" + address


@pytest.mark.parametrize("version", (["--http1.0"], ["--http1.1"], ["--http2-prior-knowledge"]), ids=lambda v: v[0][2:])
def test_curl(curl, address, version):
    args, url = curl_at(address)
    out = run(curl, *args, *version, "-w", "\n%{http_code} %{content_type}", url + "/v1/ping")
    assert out == b'{"message":"Pong"}\n200 application/json'


def test_curl_head(curl, address):
    args, url = curl_at(address)
    head = run(curl, *args, "--head", url + "/v1/ping").decode().lower()
    assert head.startswith("http/1.1 200") and "content-type: application/json" in head
    assert "content-length: 18\r\n" in head


def test_curl_two_requests_one_connection(curl, address):
    args, url = curl_at(address)
    out = run(curl, *args, "-w", "%{num_connects} ", url + "/v1/ping", url + "/v1/ping")
    assert out == b'{"message":"Pong"}1 {"message":"Pong"}0 '


def test_curl_grpc(curl, address):
    """A gRPC call is a POST that any HTTP/2 client can make; here an empty message."""
    args, url = curl_at(address)
    done = subprocess.run([curl, *args, "--http2-prior-knowledge", "-i", "-H", "Content-Type: application/grpc",
                           "-H", "TE: trailers", "--data-binary", "@-", url + "/" + METHOD],
                          input=b"\0\0\0\0\0", capture_output=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert b"\0\0\0\0\x06\x0a\x04Pong" in done.stdout and b"grpc-status: 0" in done.stdout


# -- grpcurl --


def grpcurl_at(address):
    return ["-plaintext"] + (["-unix"] if address.startswith("/") else []), [address]


def test_grpcurl_call(grpcurl, address):
    flags, at = grpcurl_at(address)
    assert json.loads(run(grpcurl, *flags, *at, METHOD)) == {"message": "Pong"}
    assert json.loads(run(grpcurl, *flags, "-d", "{}", *at, METHOD)) == {"message": "Pong"}


def test_grpcurl_list(grpcurl, address):
    flags, at = grpcurl_at(address)
    assert set(run(grpcurl, *flags, *at, "list").decode().split()) == {
        "example.v1.PingService", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"}
    assert run(grpcurl, *flags, *at, "list", "example.v1.PingService").decode().split() == ["example.v1.PingService.Ping"]


DESCRIBED = (
    ("example.v1.PingService", r'get: "/v1/ping"'),
    ("example.v1.PingService", r"rpc Ping \( \.example\.v1\.PingRequest \) returns \( \.example\.v1\.PingResponse \)"),
    ("example.v1.PingService.Ping", r"is a method:"),
    ("example.v1.PingService.Ping", r'option \(\.?google\.api\.http\)'),
    ("example.v1.PingResponse", r"string message = 1;"),
    ("example.v1.PingRequest", r"is a message:"),
)


@pytest.mark.parametrize("symbol, shown", DESCRIBED)
def test_grpcurl_describe(grpcurl, address, symbol, shown):
    flags, at = grpcurl_at(address)
    assert re.search(shown, run(grpcurl, *flags, *at, "describe", symbol).decode())


def test_grpcurl_unknown_symbol(grpcurl, ping):
    done = subprocess.run([grpcurl, "-plaintext", ping.grpc, "describe", "example.v1.Missing"], capture_output=True,
                          text=True, timeout=PATIENCE)
    assert done.returncode != 0 and "not found" in done.stderr.lower()


# -- grpcio --


def test_grpcio(pb, address):
    answer = grpcclient.call(address, "/" + METHOD, pb.PingRequest(), pb.PingResponse)
    assert answer.message == "Pong"


def test_grpcio_many_on_one_channel(pb, ping, front):
    with grpcclient.channel(getattr(ping, front)) as chan:
        stub = grpcclient.method(chan, "/" + METHOD, pb.PingResponse)
        futures = [stub.future(pb.PingRequest(), timeout=PATIENCE) for _ in range(500)]
        assert [f.result().message for f in futures] == ["Pong"] * 500


# -- nghttp2's clients --


def test_nghttp(nghttp, ping, front):
    url = ping.url("/v1/ping", front)
    assert run(nghttp, "-m", "3", url) == b'{"message":"Pong"}' * 3
    assert b":status: 200" in run(nghttp, "-nv", url)


def grpc_body(tmp_path):
    path = tmp_path / "empty.grpc"
    path.write_bytes(b"\0\0\0\0\0")
    return ["-d", str(path), "-H", "content-type: application/grpc", "-H", "te: trailers"]


def test_nghttp_grpc(nghttp, ping, front, tmp_path):
    out = run(nghttp, "-v", *grpc_body(tmp_path), ping.url("/" + METHOD, front))
    assert re.search(rb"grpc-status.*0", out)


LOADS = (
    ("h1", ["--h1", "-c", "8"], "/v1/ping"),
    ("h1 pipelined", ["--h1", "-c", "4", "-m", "8"], "/v1/ping"),
    ("h2", ["-c", "4", "-m", "32"], "/v1/ping"),
    ("grpc", ["-c", "4", "-m", "32"], "/" + METHOD),
)


@pytest.mark.parametrize("name, args, path", LOADS, ids=[row[0] for row in LOADS])
def test_h2load(h2load, ping, front, tmp_path, name, args, path):
    body = grpc_body(tmp_path) if name == "grpc" else []
    out = run(h2load, "-n", "2000", *args, *body, ping.url(path, front)).decode()
    assert "2000 total, 2000 started, 2000 done, 2000 succeeded, 0 failed, 0 errored, 0 timeout" in out
    assert "2000 2xx, 0 3xx, 0 4xx, 0 5xx" in out


def test_h2load_unix(h2load, unix_ping):
    out = run(h2load, "-n", "500", "-c", "2", "-m", "8", "-B", "unix:" + unix_ping.http, "http://localhost/v1/ping").decode()
    assert "500 succeeded, 0 failed" in out and "500 2xx" in out


def test_unix_sockets_are_private_and_removed(start, tmp_path):
    paths = [tmp_path / "http.sock", tmp_path / "grpc.sock"]
    program = start("ping", "--http-network", "unix", "--grpc-network", "unix", http=str(paths[0]), grpc=str(paths[1]))
    assert (program.http, program.grpc) == tuple(map(str, paths))
    assert all(path.is_socket() and path.stat().st_mode & 0o077 == 0 for path in paths)
    program.stop()
    assert not any(path.exists() for path in paths)


def test_stale_unix_socket_is_replaced(start, tmp_path):
    path = tmp_path / "http.sock"
    killed = start("ping", "--http-network", "unix", http=str(path))
    killed.process.kill()
    killed.wait()
    assert path.is_socket()
    again = start("ping", "--http-network", "unix", http=str(path))
    assert again.http == str(path)
    again.stop()
