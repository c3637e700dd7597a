"""TLS of the listeners, met by curl, openssl s_client, grpcio and Python's ssl."""

import contextlib
import json
import re
import signal
import socket
import ssl
import subprocess
import time

import grpc
import pytest

import grpcclient
from certificates import Certificates
from conftest import debian_tool
from http1 import Connection, connect, fetch, request
from http2 import Http2
from program import PATIENCE, Program, entry, environment, run_once

WAIT = "/test.v1.Slow/Wait"
HELLO = {"message": "hello"}


@pytest.fixture(scope="module")
def certs(tmp_path_factory):
    debian_tool("openssl", "openssl")
    return Certificates(tmp_path_factory.mktemp("certs"))


@pytest.fixture(scope="module")
def plain(certs):
    """Without client certificates, two workers."""
    program = Program("test-server", "--mode", "typed", "--workers", "2", *certs.flags())
    yield program
    program.stop()


@pytest.fixture(scope="module")
def mutual(certs):
    program = Program("test-server", "--mode", "typed", *certs.flags(client_ca="ca.pem"))
    yield program
    program.stop()


@contextlib.contextmanager
def secure_channel(certs, program, client=None, ca="ca.pem", options=()):
    own = (certs.read(client + ".key"), certs.read(client + ".pem")) if client else (None, None)
    credentials = grpc.ssl_channel_credentials(certs.read(ca), *own)
    options = [("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1), *options]
    with grpc.secure_channel("localhost:%d" % program.port("grpc"), credentials, options=options) as chan:
        yield chan


def waits(certs, program, pb, **kwargs):
    """A call with that client: the answer's message, or the code of its failure."""
    with secure_channel(certs, program, **kwargs) as chan:
        try:
            return grpcclient.method(chan, WAIT, pb.WaitResponse)(pb.WaitRequest(message="hello"), timeout=PATIENCE).message
        except grpc.RpcError as error:
            return error.code()


def https(certs, address, method="POST", target="/v1/wait", body=HELLO, **kwargs):
    with Connection(address, certs.context(**kwargs)) as conn:
        conn.send(request(method, target, body))
        return conn.answer(method)


def run_curl(curl, certs, program, *args, front="http"):
    url = "https://localhost:%d/v1/wait" % program.port(front)
    done = subprocess.run([curl, "-sS", "--noproxy", "*", "--cacert", certs("ca.pem"), "-w", "\n%{http_version}", *args, url],
                          capture_output=True, text=True, timeout=PATIENCE)
    body, _, version = done.stdout.rpartition("\n")
    return done.returncode, body, version, done.stderr


def s_client(program, *args, said=""):
    """(status, what it printed); it ends when its input does."""
    done = subprocess.run(["openssl", "s_client", "-connect", "127.0.0.1:%d" % program.port(), *args], input=said,
                          capture_output=True, text=True, timeout=PATIENCE, env=environment())
    return done.returncode, done.stdout + done.stderr


# -- clients --


@pytest.mark.parametrize("front", ("http", "grpc"))
@pytest.mark.parametrize("flag, version", (("--http1.1", "1.1"), ("--http2", "2")))
@pytest.mark.parametrize("tls", ("1.2", "1.3"))
def test_curl(curl, certs, plain, front, flag, version, tls):
    status, body, spoken, said = run_curl(curl, certs, plain, flag, "--tlsv" + tls, "--tls-max", tls, "-d", '{"message":"hello"}',
                                          front=front)
    assert (status, said, spoken) == (0, "", version)
    assert json.loads(body)["message"] == "hello"


def test_curl_does_not_trust_everybody(curl, certs, start):
    program = start("test-server", "--mode", "typed", *certs.flags("other"))
    assert run_curl(curl, certs, program)[0] == 60  # CURLE_PEER_FAILED_VERIFICATION


def test_grpc(certs, plain, pb):
    assert waits(certs, plain, pb) == "hello"
    assert waits(certs, plain, pb, ca="other-ca.pem") == grpc.StatusCode.UNAVAILABLE


def test_client_certificates(curl, certs, mutual, pb):
    pair = ("--cert", certs("client.pem"), "--key", certs("client.key"))
    for flag in ("--http1.1", "--http2"):
        assert run_curl(curl, certs, mutual, flag, *pair, "-d", "{}")[0] == 0
        for tls in ("1.2", "1.3"):
            assert run_curl(curl, certs, mutual, flag, "--tls-max", tls, "-d", "{}")[0] != 0
    other = ("--cert", certs("other.pem"), "--key", certs("other.key"))
    assert run_curl(curl, certs, mutual, *other, "-d", "{}")[0] != 0
    assert waits(certs, mutual, pb, client="client") == "hello"
    assert waits(certs, mutual, pb) == grpc.StatusCode.UNAVAILABLE
    assert waits(certs, mutual, pb, client="other") == grpc.StatusCode.UNAVAILABLE


VERSIONS = (
    # flags of s_client, what it says
    (("-tls1_3", "-alpn", "h2"), ("TLSv1.3", "ALPN protocol: h2")),
    (("-tls1_2", "-alpn", "h2"), ("TLSv1.2", "ALPN protocol: h2", "ECDHE-ECDSA-AES")),
    (("-tls1_2", "-alpn", "http/1.1,h2"), ("ALPN protocol: h2", "Secure Renegotiation IS supported", "Compression: NONE")),
    (("-alpn", "http/1.1"), ("ALPN protocol: http/1.1",)),
    ((), ("No ALPN negotiated",)),
    (("-alpn", "h3,h2c"), ("alert no application protocol",)),
    (("-tls1_1", "-cipher", "ALL@SECLEVEL=0"), ("alert protocol version",)),
    (("-tls1", "-cipher", "ALL@SECLEVEL=0"), ("alert protocol version",)),
    (("-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA384"), ("alert handshake failure",)),
    (("-tls1_2", "-cipher", "kRSA"), ("alert handshake failure",)),
)


@pytest.mark.parametrize("flags, said", VERSIONS, ids=[" ".join(row[0]) or "plain" for row in VERSIONS])
def test_versions(plain, flags, said):
    _, text = s_client(plain, *flags)
    assert not [words for words in said if words not in text], text


def test_no_certificate(mutual):
    _, text = s_client(mutual, "-tls1_2")
    assert "alert handshake failure" in text and "CN = ca" in text  # the roots that it takes
    with connect(mutual.http) as sock, pytest.raises(ssl.SSLError):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(sock) as tls:
            tls.sendall(request("GET", "/v1/wait"))
            assert tls.recv(100) == b""  # in TLS 1.3 the client hears of it here


def test_without_alpn(certs, plain):
    answer = https(certs, plain.http, alpn=())
    assert answer.version == "HTTP/1.1" and answer.json()["message"] == "hello"


@pytest.mark.parametrize("tls", ("-tls1_2", "-tls1_3"))
def test_sessions(certs, tls, tmp_path, start):
    """Tickets resume a session, with client certificates too; not after a reload."""
    program = start("test-server", "--mode", "typed", *certs.flags(client_ca="ca.pem"))
    # one request, so that the tickets of TLS 1.3 have come before the end
    said = "GET /v1/wait?ms=0 HTTP/1.1\nHost: a\nConnection: close\n\n"
    flags = (tls, "-crlf", "-ign_eof", "-cert", certs("client.pem"), "-key", certs("client.key"))
    _, text = s_client(program, *flags, "-sess_out", str(tmp_path / "session"), said=said)
    assert "200 OK" in text and re.search(r"^New, TLSv1", text, re.M), text
    _, text = s_client(program, *flags, "-sess_in", str(tmp_path / "session"), said=said)
    assert "200 OK" in text and re.search(r"^Reused, TLSv1", text, re.M), text
    program.kill(signal.SIGHUP)
    program.wait_msg("TLS: the files were read again")
    _, text = s_client(program, *flags, "-sess_in", str(tmp_path / "session"), said=said)
    assert "200 OK" in text and re.search(r"^New, TLSv1", text, re.M), text


# -- much data --


BIG = 3 << 20


def test_big_bodies(curl, certs, plain, pb, tmp_path):
    body = {"message": "m" * BIG, "size": 16}
    (tmp_path / "body").write_text(json.dumps(body))
    for flag in ("--http1.1", "--http2"):
        status, answer, _, said = run_curl(curl, certs, plain, flag, "--data-binary", "@%s" % (tmp_path / "body"))
        assert status == 0, said
        assert json.loads(answer)["message"] == body["message"]
    with secure_channel(certs, plain, options=[("grpc.max_receive_message_length", -1)]) as chan:
        call = grpcclient.method(chan, WAIT, pb.WaitResponse)
        futures = [call.future(pb.WaitRequest(message="m" * (1 << 19), size=BIG), timeout=PATIENCE) for _ in range(8)]
        for future in futures:
            answer = future.result()
            assert len(answer.message) == 1 << 19 and len(answer.padding) == BIG


def test_slow_reader_gets_everything(certs, plain):
    """A peer that takes little at a time, within its time, gets the whole answer; others go on."""
    with Connection(plain.http, certs.context()) as conn:
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
        conn.send(request("POST", "/v1/wait", {"size": 400000}))
        got = conn.input.read(100)
        assert https(certs, plain.http).status == 200
        while not got.endswith(b"}"):
            piece = conn.input.read1(5000)
            assert piece
            got += piece
        assert got.startswith(b"HTTP/1.1 200") and got.count(b"x") == 400000


def established(program, sock):
    """Whether the program's end of the connection is open still."""
    with open("/proc/net/tcp") as table:
        rows = [line.split()[1:4] for line in table.readlines()[1:]]
    ends = "%04X" % program.port(), "%04X" % sock.getsockname()[1]
    return any((local[-4:], remote[-4:], state) == (*ends, "01") for local, remote, state in rows)


def test_answer_never_read(certs, start):
    """The peer asks for much and reads nothing: cut off."""
    program = start("test-server", "--mode", "typed", "--write-timeout", "300ms", *certs.flags())
    with connect(program.http, certs.context()) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.sendall(request("POST", "/v1/wait", {"size": BIG}) * 4)
        program.wait_line(lambda line: "rpc" in line)
        give_up = time.monotonic() + PATIENCE
        while established(program, sock):
            assert time.monotonic() < give_up
    assert https(certs, program.http).status == 200


# -- handshakes that do not end --


def client_hello(certs, version=None):
    """The first flight of a client."""
    context = certs.context()
    if version:
        context.maximum_version = version
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


def test_stalled_handshake(certs, start):
    program = start("test-server", "--mode", "typed", "--header-timeout", "300ms", *certs.flags())
    hello = client_hello(certs)
    conns = [Connection(program.http) for _ in range(4)]
    for conn, sent in zip(conns, (b"", hello[:1], hello[:-1], hello)):
        conn.send(sent)
    assert https(certs, program.http).status == 200
    for i, conn in enumerate(conns):
        assert bool(conn.drain()) == (i == 3)  # the server's flight, if the whole of the client's has come
        conn.close()
    program.stop()
    assert len([e for e in program.entries() if "the handshake takes too long" in e["msg"]]) == 4


@pytest.mark.parametrize("alpn", ("http/1.1", "h2"))
def test_silence_after_the_handshake(certs, start, alpn):
    """Nothing, half a head, half a preface: closed in time, and by close_notify."""
    program = start("test-server", "--mode", "typed", "--header-timeout", "300ms", "--idle-timeout", "300ms", *certs.flags())
    half = b"GET / HTTP/1.1" if alpn == "http/1.1" else b"PRI * HTTP/2.0"
    conns = [Connection(program.http, certs.context(alpn=(alpn,))) for _ in range(2)]
    conns[1].send(half)
    for conn in conns:
        conn.drain()  # an end without close_notify would raise
        conn.close()


def test_cut_handshake(certs, plain):
    for version in (None, ssl.TLSVersion.TLSv1_2):
        hello = client_hello(certs, version)
        for n in range(0, len(hello) + 1, 7):
            with Connection(plain.http) as conn:
                conn.send(hello[:n])
                if n % 2:
                    conn.half_close()
                    conn.drain()
                else:
                    conn.cut()
    assert https(certs, plain.http).status == 200


def test_no_tls(certs, plain):
    """A client that speaks HTTP without it is told nothing but an alert."""
    with Connection(plain.http) as conn:
        conn.send(request("GET", "/v1/wait"))
        assert len(conn.drain()) <= 7


# -- the end --


def test_shutdown(certs, start):
    """Calls under way are answered; GOAWAY, then close_notify."""
    program = start("test-server", "--mode", "typed", "--workers", "2", *certs.flags())
    with Connection(program.http, certs.context()) as conn, Http2(program.grpc, tls=certs.context(("h2",))) as http2, \
            Connection(program.http, certs.context()) as idle:
        conn.send(request("POST", "/v1/wait", {"ms": 500, "message": "one"}))
        stream = http2.open("/v1/wait?ms=500&message=two", method="GET", content_type=None, end=True)
        program.wait_msg("rpc call: method = " + WAIT, 2)
        program.kill()
        assert conn.answer().json()["message"] == "one"
        assert conn.input.read(1) == b""  # an end without close_notify would raise
        assert b"two" in http2.finish(stream).data
        while not http2.eof:
            http2.receive()
        assert http2.goaway is not None
        assert idle.input.read(1) == b""
    assert program.wait() == 0
    program.stop()
    assert "cut off" not in "".join(program.lines)


# -- files and flags --


def issuer(program, certs):
    """Who has signed the certificate that new connections are shown."""
    found = set()
    for front in ("http", "grpc"):
        for _ in range(4):  # every worker
            context = certs.context()
            context.load_verify_locations(certs("other-ca.pem"))
            with connect(getattr(program, front), context) as sock:
                found.add(dict(pair[0] for pair in sock.getpeercert()["issuer"])["commonName"])
    return found


def test_reload(certs, start, tmp_path):
    def put(name, source):
        (tmp_path / name).write_bytes(certs.read(source))

    put("now.pem", "server.pem")
    put("now.key", "server.key")
    put("now-ca.pem", "ca.pem")
    program = start("test-server", "--mode", "typed", "--workers", "2", "--tls-cert", str(tmp_path / "now.pem"), "--tls-key",
                    str(tmp_path / "now.key"))
    assert issuer(program, certs) == {"ca"}
    with Connection(program.http, certs.context()) as old:
        put("now.pem", "other.pem")
        program.kill(signal.SIGHUP)
        program.wait_line(lambda line: "the old files stay in use" in line and "now.key: the key does not belong" in line)
        assert issuer(program, certs) == {"ca"}
        put("now.key", "other.key")
        program.kill(signal.SIGHUP)
        program.wait_msg("TLS: the files were read again")
        assert issuer(program, certs) == {"other-ca"}
        (tmp_path / "now.pem").unlink()
        program.kill(signal.SIGHUP)
        program.wait_line(lambda line: "now.pem: No such file or directory" in line)
        assert issuer(program, certs) == {"other-ca"}
        old.send(request("POST", "/v1/wait", HELLO))  # a connection keeps what it began with
        assert old.answer().json()["message"] == "hello"


def test_reload_client_ca(certs, start, tmp_path):
    ca = tmp_path / "clients.pem"
    ca.write_bytes(certs.read("ca.pem"))
    program = start("test-server", "--mode", "typed", *certs.flags(), "--tls-client-ca", str(ca))
    assert https(certs, program.http, client="client").status == 200
    with pytest.raises((OSError, AssertionError)):
        https(certs, program.http, client="other")
    ca.write_bytes(certs.read("other-ca.pem"))
    program.kill(signal.SIGHUP)
    program.wait_msg("TLS: the files were read again")
    assert https(certs, program.http, client="other").status == 200
    with pytest.raises((OSError, AssertionError)):
        https(certs, program.http, client="client")


BAD_FILES = (
    # certificate, key, client CA, what the last line says
    ("none.pem", "server.key", None, "none.pem: No such file or directory"),
    ("server.pem", "none.key", None, "none.key: No such file or directory"),
    ("server.pem", "server.key", "none.pem", "none.pem: No such file or directory"),
    ("server.pem", "client.key", None, "client.key: the key does not belong to the certificate in "),
    ("server.key", "server.key", None, "server.key: holds no certificate in PEM"),
    ("server.pem", "server.pem", None, "server.pem: holds no private key in PEM"),
    ("server.pem", "server.key", "server.key", "server.key: holds no certificate in PEM"),
    ("", "server.key", None, ": Is a directory"),
)
NOWHERE = ("--http-address", "127.0.0.1:0", "--grpc-address", "127.0.0.1:0")


@pytest.mark.parametrize("cert, key, ca, said", BAD_FILES)
def test_bad_files(certs, cert, key, ca, said):
    more = ["--tls-client-ca", certs(ca)] if ca else []
    status, out, err = run_once("test-server", *NOWHERE, "--tls-cert", certs(cert), "--tls-key", certs(key), *more)
    last = entry(err.splitlines()[-1])
    assert status == 1 and out == "" and "listening" not in err
    assert last["level"] == "fatal" and certs(said) in last["msg"]
    assert "BEGIN" not in err


WRONG_FLAGS = (
    (["--tls-cert", "c"], "--tls-cert: needs --tls-key"),
    (["--tls-key", "k"], "--tls-key: needs --tls-cert"),
    (["--tls-client-ca", "a"], "--tls-client-ca: needs --tls-cert"),
    (["--tls-cert", "c", "--tls-key", "k", "--upstream", "self-socket"], "must be a Unix socket"),
    (["--tls-cert", "c", "--tls-key", "k", "--http-network", "unix", "--grpc-network", "unix"], "Unix sockets"),
)


@pytest.mark.parametrize("flags, said", WRONG_FLAGS, ids=[" ".join(row[0]) for row in WRONG_FLAGS])
def test_wrong_flags(flags, said):
    status, out, err = run_once("test-server", *flags)
    assert status == 2 and out == "" and said in err and err.count("\n") == 1


def test_built_without(certs):
    for flag in ("cert", "key", "client-ca"):
        status, _, err = run_once("ping", "--tls-" + flag, "x")
        assert (status, err) == (2, "ping: --tls-%s: this program is built without TLS\n" % flag)
        status, _, err = run_once("ping", env={"GG_TLS_%s" % flag.upper().replace("-", "_"): "x"})
        assert status == 2 and "built without TLS" in err


def test_environment(certs, start):
    program = start("test-server", "--mode", "typed", env={
        "GG_TLS_CERT": certs("server.pem"), "GG_TLS_KEY": certs("server.key"), "GG_TLS_CLIENT_CA": certs("ca.pem")})
    assert https(certs, program.http, client="client").status == 200


def test_unix_sockets_are_plain(certs, start, tmp_path):
    """And so REST calls may go through the gRPC listener."""
    program = start("test-server", "--mode", "typed", "--grpc-network", "unix", "--upstream", "self-socket",
                    *certs.flags(client_ca="ca.pem"), grpc=str(tmp_path / "grpc.sock"))
    assert fetch(program.grpc, "POST", "/v1/wait", HELLO).json()["message"] == "hello"
    assert https(certs, program.http, client="client").json()["message"] == "hello"


def test_nothing_secret_is_logged(certs, start):
    program = start("test-server", "--mode", "typed", "--log-level", "trace", *certs.flags(client_ca="ca.pem"))
    assert https(certs, program.http, client="client").status == 200
    with pytest.raises((OSError, AssertionError)):
        https(certs, program.http, client="other")
    program.kill(signal.SIGHUP)
    program.wait_msg("TLS: the files were read again")
    program.stop()
    text = "\n".join(program.lines)
    for name in ("server.key", "server.pem", "client.pem", "other.pem", "ca.pem"):
        for line in certs.read(name).decode().splitlines():
            assert line not in text
