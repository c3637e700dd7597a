"""Fixtures: the programs under test, the foreign clients, the message classes.

    ping      examples/ping, one for the whole session
    server    tests/programs/test_server.c, one per mode: typed, raw, schema
    typed     the same in typed mode only
    start     a factory for programs of a test's own; all are stopped and checked after it
    pb        message classes of Python's protobuf: pb.AllTypes, pb.PingRequest, ...

GG_BIN is the folder of the programs.  GG_REQUIRE (comma list of go, npm, pypi, cargo) names the registries
whose tools must be there; without it a test that lacks its tool is skipped and says so."""

import os
import shutil
import subprocess
import sys
import types

import pytest
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import FileDescriptorSet

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from program import ROOT, Program, binary  # noqa: E402

MODES = ("typed", "raw", "schema", "hop-tcp", "hop-unix") # hop: REST calls go through the gRPC listener
PROTO_ROOTS = ("tests/proto", "examples/ping/proto", "examples/routeguide/proto", "bench/proto", "proto")
PROTOS = ("test/v1/types.proto", "test/v1/streams.proto", "test/v1/library.proto", "test/v1/slow.proto",
          "example/v1/ping.proto", "routeguide/v1/route_guide.proto", "grpc/health/v1/health.proto", "bench/v1/echo.proto")


def skip_or_fail(name, reason, registry):
    """A tool is not here: a failure if its registry is required, else a skip that says so."""
    if registry in os.environ.get("GG_REQUIRE", "").split(","):
        pytest.fail("%s: %s" % (name, reason))
    print("SKIP %s: %s" % (name, reason))
    pytest.skip("%s: %s" % (name, reason))


def debian_tool(name, package):
    """A program of a Debian package that `make test` installs: it must be there."""
    path = shutil.which(name)
    assert path is not None, "%s is missing: apt-get install %s" % (name, package)
    return path


def foreign_tool(name, registry):
    """A program that tools/foreign installs: where tools/test says, in .cache/bin, or on PATH."""
    for path in (os.environ.get("GG_" + name.upper().replace("-", "_")), os.path.join(ROOT, ".cache/bin", name), shutil.which(name)):
        if path and os.access(path, os.X_OK):
            return path
    return skip_or_fail(name, "not in .cache/bin; tools/foreign installs it", registry)


@pytest.fixture(scope="session")
def grpcurl():
    return foreign_tool("grpcurl", "go")


@pytest.fixture(scope="session")
def curl():
    return debian_tool("curl", "curl")


@pytest.fixture(scope="session")
def nghttp():
    return debian_tool("nghttp", "nghttp2-client")


@pytest.fixture(scope="session")
def h2load():
    return debian_tool("h2load", "nghttp2-client")


# -- messages --


def proto_args():
    roots = [os.path.join(ROOT, r) for r in PROTO_ROOTS]
    return ["-I" + r for r in roots if os.path.isdir(r)]


def compile_protos(path, protos):
    subprocess.run([debian_tool("protoc", "protobuf-compiler"), *proto_args(), "--include_imports",
                    "--descriptor_set_out=%s" % path, *protos], cwd=ROOT, check=True)


@pytest.fixture(scope="session")
def pb(tmp_path_factory):
    """Messages by their short names, and `pool`, where they come from."""
    path = tmp_path_factory.mktemp("pb") / "all.pb"
    compile_protos(path, PROTOS)
    files = FileDescriptorSet.FromString(path.read_bytes()).file
    pool = descriptor_pool.DescriptorPool()
    for file in files:
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return types.SimpleNamespace(pool=pool, **{
        message.name: factory.GetPrototype(pool.FindMessageTypeByName("%s.%s" % (file.package, message.name)))
        for file in files if file.name in PROTOS for message in file.message_type})


@pytest.fixture(scope="session")
def descriptor_set(tmp_path_factory):
    """What --schema reads: the services of tests/proto, as `protoc --descriptor_set_out` writes them."""
    path = tmp_path_factory.mktemp("schema") / "test.pb"
    compile_protos(path, [p for p in PROTOS if p.startswith("test/")])
    return str(path)


# -- programs --


def server_flags(mode, descriptor_set):
    if mode.startswith("hop"):
        return ["--mode", "typed", "--upstream", "self-socket"]
    return ["--schema", descriptor_set] if mode == "schema" else ["--mode", mode]


@pytest.fixture(scope="session")
def ping():
    program = Program("ping")
    yield program
    program.stop()


@pytest.fixture(scope="session", params=MODES)
def server(request, descriptor_set, tmp_path_factory):
    flags, grpc = server_flags(request.param, descriptor_set), "127.0.0.1:0"
    if request.param == "hop-unix":
        flags, grpc = [*flags, "--grpc-network", "unix"], str(tmp_path_factory.mktemp("hop") / "grpc.sock")
    program = Program("test-server", *flags, grpc=grpc)
    program.mode = request.param
    yield program
    program.stop()


@pytest.fixture(scope="session")
def typed():
    program = Program("test-server", "--mode", "typed")
    yield program
    program.stop()


@pytest.fixture(scope="session")
def bench():
    if not os.access(binary("bench-server"), os.X_OK):
        pytest.fail("bench-server is not built")
    program = Program("bench-server")
    yield program
    program.stop()


@pytest.fixture
def start():
    programs = []

    def launch(name, *args, **kwargs):
        programs.append(Program(name, *args, **kwargs))
        return programs[-1]

    yield launch
    for program in programs:
        if program.process.poll() is None:
            program.stop()


@pytest.fixture
def unix_ping(start, tmp_path):
    """ping on two Unix sockets."""
    return start("ping", "--http-network", "unix", "--grpc-network", "unix",
                 http=str(tmp_path / "http.sock"), grpc=str(tmp_path / "grpc.sock"))
