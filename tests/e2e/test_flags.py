"""Flags and environment of a program: what they set, and how a wrong one is told."""

import errno
import re
import socket

import pytest

import grpcclient
from http1 import fetch
from program import entry, run_once

FLAGS = ("http-network", "http-address", "grpc-network", "grpc-address", "grpc-compression", "log-level", "workers",
         "header-timeout",
         "body-timeout", "write-timeout", "idle-timeout", "shutdown-timeout", "max-header-bytes", "max-header-count",
         "max-body-bytes", "max-message-bytes", "max-sent-message-bytes", "max-call-bytes", "max-streams", "stream-window",
         "connection-window", "keepalive-time", "keepalive-timeout", "min-ping-interval", "ping-without-calls",
         "max-ping-strikes", "max-connection-age", "max-connection-age-grace", "max-reset-rate", "max-reset-burst",
         "max-control-rate", "max-continuations", "max-queued-acks", "tls-cert", "tls-key", "tls-client-ca", "help",
         "version")
PING = b'{"message":"Pong"}'


def test_help():
    for flag in ("--help", "-h"):
        status, out, err = run_once("ping", flag)
        assert status == 0 and err == "" and out.startswith("Usage: ping [flags]")
        assert not [name for name in FLAGS if not re.search(r"^  --%s\b" % name, out, re.M)]
    for default in ("0.0.0.0:8080", "0.0.0.0:8081", "tcp", "debug"):
        assert "(default %s)" % default in out
    assert all(len(line) <= 120 for line in out.splitlines())


def test_version():
    status, out, err = run_once("ping", "--version")
    assert status == 0 and err == "" and re.fullmatch(r"ping \d+\.\d+\.\d+\n", out)


WRONG = (
    # arguments, what the line must say
    (["--http-adress", ":0"], ["--http-adress", "did you mean --http-address?"]),
    (["--http_address=:0"], ["--http_address", "did you mean --http-address?"]),
    (["--loglevel", "info"], ["did you mean --log-level?"]),
    (["--worker", "2"], ["did you mean --workers?"]),
    (["--verbose-and-more"], ["--verbose-and-more", "--help"]),
    (["serve"], ["serve", "--help"]),
    (["-x"], ["-x"]),
    (["--"], ["--help"]),
    (["--http-address"], ["--http-address", "value"]),
    (["--log-level", "loud"], ["--log-level", "loud", "trace", "panic"]),
    (["--log-level", "inf"], ["did you mean info?"]),
    (["--log-level", "INFO"], ["--log-level"]),
    (["--http-network", "udp"], ["--http-network", "udp", "tcp", "unix"]),
    (["--grpc-network", ""], ["--grpc-network"]),
    (["--grpc-compression", "br"], ["--grpc-compression", "br", "identity", "gzip", "deflate"]),
    (["--workers", "0"], ["--workers", "0", "from 1"]),
    (["--workers", "-1"], ["--workers", "-1"]),
    (["--workers", "two"], ["--workers", "two"]),
    (["--workers", "99999999999999999999999"], ["--workers"]),
    (["--http-address", "nonsense"], ["--http-address", "nonsense"]),
    (["--http-address", "1.2.3.4:70000"], ["--http-address", "70000"]),
    (["--http-address", "localhost:http"], ["--http-address", "localhost:http"]),
    (["--grpc-address", "[::1:8080"], ["--grpc-address"]),
    (["--http-network", "unix", "--http-address", ""], ["--http-address"]),
    (["--http-network", "unix", "--http-address", "/tmp/" + "x" * 200], ["--http-address"]),
    (["--header-timeout", "60"], ["--header-timeout", "60", "500ms"]),
    (["--header-timeout", "0s"], ["--header-timeout"]),
    (["--idle-timeout", "soon"], ["--idle-timeout", "soon"]),
    (["--max-header-bytes", "1"], ["--max-header-bytes", "from 256"]),
    (["--max-body-bytes", "1TiB"], ["--max-body-bytes"]),
    (["--help=maybe"], ["--help"]),
)


@pytest.mark.parametrize("args, said", WRONG, ids=[" ".join(row[0])[:40] for row in WRONG])
def test_wrong(args, said):
    status, out, err = run_once("ping", *args)
    assert status == 2 and out == ""
    assert err.startswith("ping: ") and err.count("\n") == 1
    assert not [word for word in said if word not in err], err


WRONG_ENV = (
    ({"GG_LOG_LEVEL": "loud"}, ["GG_LOG_LEVEL", "loud"]),
    ({"GG_WORKERS": "many"}, ["GG_WORKERS", "many"]),
    ({"GG_HTTP_ADDRESS": "nonsense"}, ["nonsense"]),
    ({"GG_BODY_TIMEOUT": "1"}, ["GG_BODY_TIMEOUT"]),
)


@pytest.mark.parametrize("env, said", WRONG_ENV, ids=[next(iter(row[0])) for row in WRONG_ENV])
def test_wrong_environment(env, said):
    status, _, err = run_once("ping", env=env)
    assert status == 2 and err.count("\n") == 1 and not [word for word in said if word not in err], err


def test_own_flags_are_known_too():
    status, _, err = run_once("test-server", "--mod", "typed")
    assert status == 2 and "did you mean --mode?" in err
    status, out, _ = run_once("test-server", "--help")
    assert status == 0 and "--mode" in out and "--schema" in out


# -- environment --


def test_environment(start, tmp_path):
    path = str(tmp_path / "sock")
    env = {"GG_HTTP_NETWORK": "unix", "GG_HTTP_ADDRESS": path, "GG_GRPC_ADDRESS": "127.0.0.1:0", "GG_LOG_LEVEL": "info"}
    program = start("ping", env=env, http=None, grpc=None)
    assert program.http == path and program.grpc.startswith("127.0.0.1:")
    assert fetch(path, "GET", "/v1/ping").body == PING
    program.stop()
    assert program.rpc_lines() == []


def test_flag_wins(start, tmp_path):
    env = {"GG_HTTP_NETWORK": "unix", "GG_HTTP_ADDRESS": str(tmp_path / "sock"), "GG_LOG_LEVEL": "info"}
    program = start("ping", "--http-network=tcp", "--log-level=debug", env=env, http="127.0.0.1:0")
    assert fetch(program.http, "GET", "/v1/ping").body == PING
    program.stop()
    assert len(program.rpc_lines()) == 1


# -- addresses --


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
        return True
    except OSError:
        return False


IPV6 = has_ipv6()
ANY = r"\[::\]:\d+" if IPV6 else r"0\.0\.0\.0:\d+"
ADDRESSES = (
    # flag, name that is printed, IPv6 needed
    ("127.0.0.1:0", r"127\.0\.0\.1:\d+", False),
    ("0.0.0.0:0", ANY, False),
    (":0", ANY, False),
    ("[::]:0", ANY, False),
    ("localhost:0", r"(127\.0\.0\.1|\[::1\]):\d+", False),
    ("[::1]:0", r"\[::1\]:\d+", True),
)


@pytest.mark.parametrize("flag, printed, ipv6", ADDRESSES, ids=[row[0] for row in ADDRESSES])
def test_addresses(pb, start, flag, printed, ipv6):
    if ipv6 and not IPV6:
        pytest.skip("no IPv6 here")
    program = start("ping", http=flag, grpc=flag)
    for front in ("http", "grpc"):
        assert re.fullmatch(printed, getattr(program, front)) and program.port(front) != 0
        hosts = ["127.0.0.1", "[::1]"] if printed == ANY and IPV6 else \
            ["127.0.0.1"] if printed == ANY else [getattr(program, front).rpartition(":")[0]]
        for host in hosts:  # one socket, both families
            at = "%s:%d" % (host, program.port(front))
            assert fetch(at, "GET", "/v1/ping").body == PING
            assert grpcclient.call(at, "/example.v1.PingService/Ping", pb.PingRequest(),
                                   pb.PingResponse).message == "Pong"


def test_unknown_host():
    status, _, err = run_once("ping", "--http-address", "no-such-host.invalid:0", "--grpc-address", "127.0.0.1:0")
    assert status == 1
    assert entry(err.splitlines()[-1])["level"] == "fatal" and "no-such-host.invalid" in err


def test_port_in_use():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        for flags in (["--http-address", address, "--grpc-address", "127.0.0.1:0"],
                      ["--grpc-address", address, "--http-address", "127.0.0.1:0"]):
            status, out, err = run_once("ping", *flags)
            assert status == 1 and out == ""
            last = entry(err.splitlines()[-1])
            assert last["level"] == "fatal" and address in last["msg"]
            assert "use" in last["msg"].lower() or errno.errorcode[errno.EADDRINUSE] in last["msg"]
            assert "listening" not in err


def test_unix_path_that_is_no_socket(tmp_path):
    """A file that happens to be there is not removed."""
    path = tmp_path / "file"
    path.write_text("precious")
    status, _, err = run_once("ping", "--http-network", "unix", "--http-address", str(path), "--grpc-address", "127.0.0.1:0")
    assert status == 1 and str(path) in err and path.read_text() == "precious"


def test_unix_socket_in_use(unix_ping):
    status, _, err = run_once("ping", "--http-network", "unix", "--http-address", unix_ping.http,
                              "--grpc-address", "127.0.0.1:0")
    assert status == 1 and unix_ping.http in err
    assert fetch(unix_ping.http, "GET", "/v1/ping").body == PING


@pytest.mark.parametrize("workers", ("1", "2", "8"))
def test_workers(pb, start, workers):
    program = start("ping", "--workers", workers)
    for _ in range(20):  # a connection each, so every worker has its chance
        assert fetch(program.http, "GET", "/v1/ping").body == PING
    for _ in range(10):
        assert grpcclient.call(program.grpc, "/example.v1.PingService/Ping", pb.PingRequest(),
                               pb.PingResponse).message == "Pong"
    program.stop()
    assert len(program.rpc_lines()) == 30
