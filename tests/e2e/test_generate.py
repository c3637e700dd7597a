"""What is kept in the repository is what the plugins write, from protoc and from buf; protoc-gen-gg's compiles as
C17 and as C++17; and what that cannot write it refuses in words.  The other plugin: test_openapi.py."""

import filecmp
import json
import os
import re
import shutil
import subprocess

import pytest

from conftest import debian_tool, foreign_tool
from program import PATIENCE, ROOT, SANITIZER, binary, environment

FOLDERS = ("examples/ping", "examples/routeguide", "bench", "tests")
MADE = ("examples/ping/gen", "examples/ping/spec", "examples/routeguide/gen", "bench/gen", "tests/gen", "src/app/gen")
PLUGIN = binary("protoc-gen-gg")
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"]
# The protobuf of Debian 12: another one's google/protobuf files may differ, and so what is built in.
BUILTIN_PROTOC = "libprotoc 3.21.12"


def script(*args):
    return subprocess.run([os.path.join(ROOT, "tools/generate.sh"), *args], check=True, cwd=ROOT,
                          env={**os.environ, "PROTOC_GEN_GG": PLUGIN})


def files_below(folder):
    return sorted(os.path.relpath(os.path.join(where, name), folder)
                  for where, _, names in os.walk(folder) for name in names)


def assert_same(made, kept):
    assert files_below(made) == files_below(kept)
    different = [f for f in files_below(kept) if not filecmp.cmp(os.path.join(made, f), os.path.join(kept, f), False)]
    assert not different, "make generate would change %s" % different


# -- the files in the repository --


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    out = tmp_path_factory.mktemp("generated")
    script(str(out))
    return out


@pytest.mark.parametrize("folder", MADE)
def test_kept_files(generated, folder):
    assert_same(os.path.join(generated, folder), os.path.join(ROOT, folder))


def test_builtin_files(tmp_path):
    version = subprocess.run([debian_tool("protoc", "protobuf-compiler"), "--version"], capture_output=True, text=True)
    if version.stdout.strip() != BUILTIN_PROTOC:
        pytest.skip("not %s" % BUILTIN_PROTOC)
    script("--builtin", str(tmp_path / "builtin.c"))
    assert filecmp.cmp(tmp_path / "builtin.c", os.path.join(ROOT, "src/proto/builtin_files.c"), False)


@pytest.fixture(scope="module")
def buf():
    return foreign_tool("buf", "npm")


def test_buf(buf, tmp_path):
    modules = ["proto", *(folder + "/proto" for folder in FOLDERS)]
    for module in modules:
        shutil.copytree(os.path.join(ROOT, module), tmp_path / module)
    (tmp_path / "buf.yaml").write_text("version: v2\nmodules:\n" + "".join("  - path: %s\n" % m for m in modules))
    for folder in FOLDERS:
        template = {"version": "v2", "plugins": [{"local": PLUGIN, "out": folder + "/gen"}]}
        subprocess.run([buf, "generate", "--template", json.dumps(template), folder + "/proto"], cwd=tmp_path,
                       check=True, timeout=PATIENCE, env={**os.environ, "HOME": str(tmp_path)})
        assert_same(tmp_path / folder / "gen", os.path.join(ROOT, folder, "gen"))


@pytest.fixture
def example(tmp_path):
    """A copy of examples/ping and of the interface files that it links to, where nothing was generated yet."""
    shutil.copytree(os.path.join(ROOT, "proto"), tmp_path / "proto")
    shutil.copytree(os.path.join(ROOT, "examples/ping"), tmp_path / "examples/ping", symlinks=True,
                    ignore=shutil.ignore_patterns("gen", "spec", "build"))
    return tmp_path / "examples/ping"


def run_buf(buf, folder, home, *args):
    path = "%s:%s" % (os.path.dirname(PLUGIN), os.environ["PATH"])
    return subprocess.run([buf, *args], cwd=folder, check=True, timeout=PATIENCE, capture_output=True, text=True,
                          env={**environment(), "PATH": path, "HOME": str(home), "BUF_CACHE_DIR": str(home / "cache"),
                               "https_proxy": "http://127.0.0.1:1"}) # the network is not to be used


def test_buf_generate(buf, example, tmp_path):
    run_buf(buf, example, tmp_path, "generate")
    for made in ("gen", "spec"):
        assert_same(example / made, os.path.join(ROOT, "examples/ping", made))


def test_buf_dep_update(buf, example, tmp_path):
    before = files_below(example)
    run_buf(buf, example, tmp_path, "dep", "update")
    assert files_below(example) == before, "there is nothing to lock"


def test_buf_lint(buf, example, tmp_path):
    assert run_buf(buf, example, tmp_path, "lint").stdout == ""


# -- compilers --

COMPILERS = {
    "C17": ["gcc", "-std=c17", "-x", "c"],
    "gnu17": ["gcc", "-std=gnu17", "-x", "c"],
    "C++17": ["g++", "-std=c++17", "-x", "c++"],
}


def compile_all(compiler, folder):
    for name in files_below(folder):
        flags = ["-I" + os.path.join(ROOT, "include"), "-I" + str(folder)]
        done = subprocess.run([*COMPILERS[compiler], *WARNINGS, *flags, "-fsyntax-only", os.path.join(folder, name)],
                              capture_output=True, text=True)
        assert done.returncode == 0 and done.stderr == "", done.stderr


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("folder", FOLDERS)
def test_compiles(folder, compiler):
    compile_all(compiler, os.path.join(ROOT, folder, "gen"))


# -- .proto files that are made here --


def protoc(tmp_path, files, *flags):
    """Runs protoc on files, a dict of path to text; all are generated."""
    for path, text in files.items():
        (tmp_path / "in" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / path).write_text(text)
    (tmp_path / "out").mkdir(exist_ok=True)
    done = subprocess.run([debian_tool("protoc", "protobuf-compiler"), "-I", str(tmp_path / "in"), "-I",
                           os.path.join(ROOT, "proto"), "--plugin=protoc-gen-gg=" + PLUGIN,
                           "--gg_out=%s" % (tmp_path / "out"), *flags, *files],
                          capture_output=True, text=True, timeout=PATIENCE, env=environment())
    assert not SANITIZER.search(done.stderr), done.stderr
    return done


ODD_FILES = {
    "no package": {"a.proto": 'syntax = "proto3"; message int { int32 x = 1; } message A { int i = 1; } enum E { main_ = 0; }'},
    "odd file names": {"1-odd/a b+c.proto": 'syntax = "proto3"; package odd; message A {}'},
    "no ending": {"plain": 'syntax = "proto3"; package plain; message A {}'},
    "nothing in it": {"a.proto": 'syntax = "proto3";'},
    "public imports": {
        "a.proto": 'syntax = "proto3"; package p; import "b.proto"; message A { C c = 1; D.Kind kind = 2; }',
        "b.proto": 'syntax = "proto3"; package p; import public "c.proto";',
        "c.proto": 'syntax = "proto3"; package p; message C {} message D { enum Kind { NONE = 0; } }'},
    "messages that hold each other": {
        "a.proto": 'syntax = "proto3"; package p; message A { repeated B b = 1; map<int32, A> a = 2; }'
                   'message B { A a = 1; oneof o { B b = 2; A c = 3; } }'},
    "many fields": {"a.proto": 'syntax = "proto3"; package p; message A {%s}' % "".join(
        "string field_number_%d = %d;\n" % (i, 1000 - i) for i in range(300))},
    "service on well-known types": {
        "a.proto": 'syntax = "proto3"; package p; import "google/protobuf/empty.proto"; service S {'
                   'rpc F(google.protobuf.Empty) returns (google.protobuf.Empty); }'},
    "comments": {"a.proto": 'syntax = "proto3"; package p;\n'
                            '// On a message: */ ??/ \\\nmessage A {\n// On\n//\n// a field. \\\nint32 x = 1; // behind\n}\n'
                            '/* On\n * an enum. */\nenum E {\n// On a value.\nZERO = 0;\n}\n'
                            '// On a service.\nservice S {\n// On a method.\nrpc F(A) returns (A);\n}\n'},
}


@pytest.mark.parametrize("what", ODD_FILES)
def test_odd_files(what, tmp_path):
    done = protoc(tmp_path, ODD_FILES[what])
    assert done.returncode == 0, done.stderr
    with_services = sum("service S" in text for text in ODD_FILES[what].values())
    assert len(files_below(tmp_path / "out")) == 2 * len(ODD_FILES[what]) + with_services
    for compiler in COMPILERS:
        compile_all(compiler, tmp_path / "out")
    if what == "comments":
        header = (tmp_path / "out/a.gg.h").read_text()
        for comment in ("/* On a message: * / ??/ \\ */\nstruct p_A", "    /* On\n     *\n     * a field. \\ */\n    int32_t x;",
                        "/* On\n * an enum. */\ntypedef enum p_E", "    /* On a value. */\n    p_ZERO",
                        "/* On a service. */\ntypedef struct p_S", "    /* On a method. */\n    gg_status (*F)"):
            assert comment in header, header
        calls = (tmp_path / "out/a_client.gg.h").read_text()
        for comment in ("/* On a service. */\n", "/* On a method. */\n/* p.S.F: unary"):
            assert comment in calls, calls


REFUSED = {
    "two messages, one C name": (
        'syntax = "proto3"; package p; message A { message B {} } message A_B {}', [],
        ["a.proto: p.A_B", "C name p_A_B", "p.A.B"]),
    "a message called like a table": (
        'syntax = "proto3"; package p; message A {} message A_type {}', [], ["p_A_type", "p.A"]),
    "a service called like another one's calls": (
        'syntax = "proto3"; package p; message A {} service S { rpc F(A) returns (A); }'
        'service SClient { rpc F(A) returns (A); }', [], ["p_SClient_F", "p.S.F"]),
    "a type that is built in, but has no struct": (
        'syntax = "proto3"; package p; import "google/protobuf/descriptor.proto";'
        'message A { google.protobuf.FieldOptions o = 1; }', [],
        ["a.proto: p.A.o", "google.protobuf.FieldOptions", "gg/wkt.h"]),
    "a request that is built in, but has no struct": (
        'syntax = "proto3"; package p; import "google/api/httpbody.proto";'
        'service S { rpc F(google.api.HttpBody) returns (google.api.HttpBody); }', [],
        ["a.proto: p.S.F", "google.api.HttpBody"]),
    "a parameter": ('syntax = "proto3"; package p;', ["--gg_opt=paths=source_relative"], ["paths=source_relative", "not known"]),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what, tmp_path):
    text, flags, words = REFUSED[what]
    done = protoc(tmp_path, {"a.proto": text}, *flags)
    assert done.returncode == 1 and done.stderr.startswith("--gg_out: ")
    assert len(done.stderr.splitlines()) == 1 and all(word in done.stderr for word in words), done.stderr
    assert files_below(tmp_path / "out") == []


# -- the program by itself --


def plugin(request, *args):
    done = subprocess.run([PLUGIN, *args], input=request, capture_output=True, timeout=PATIENCE, env=environment())
    assert not SANITIZER.search(done.stderr.decode()), done.stderr
    return done


def request_for(tmp_path, path):
    """A real CodeGeneratorRequest, as `tee` would see it."""
    keep = tmp_path / "keep"
    keep.write_text("#!/bin/sh\ncat > %s\nprintf '\\020\\001'\n" % (tmp_path / "request")) # takes proto3 optional
    keep.chmod(0o755)
    subprocess.run([debian_tool("protoc", "protobuf-compiler"), "-I", os.path.join(ROOT, "tests/proto"), "-I",
                    os.path.join(ROOT, "proto"), "--plugin=protoc-gen-keep=%s" % keep, "--keep_out=%s" % tmp_path, path],
                   check=True)
    return (tmp_path / "request").read_bytes()


def test_same_twice(tmp_path):
    request = request_for(tmp_path, "test/v1/library.proto")
    first, second = plugin(request), plugin(request)
    assert first.returncode == 0 and first.stderr == b"" and first.stdout == second.stdout
    assert first.stdout.startswith(b"\x10\x03\x18\xe6\x07\x20\xe9\x07"), "proto3 optional; editions, proto2 to 2024"


BAD_REQUESTS = {
    "nothing": (b"", "no file"),
    "not a message": (b"\xff\xff\xff", "malformed"),
    "text": (b"hello, world\n", "malformed"),
    "a file that is not there": (b"\x0a\x07a.proto\x7a\x09\x0a\x07b.proto", "a.proto: is not in the request"),
    "a path upwards": (b"\x0a\x0a../b.proto\x7a\x0c\x0a\x0a../b.proto", "../b.proto: is no relative path"),
    "a path from the root": (b"\x0a\x08/b.proto\x7a\x0a\x0a\x08/b.proto", "/b.proto: is no relative path"),
    "an import that is not there": (b"\x7a\x12\x0a\x07b.proto\x1a\x07c.proto", "b.proto: imports c.proto, which is not"),
}


@pytest.mark.parametrize("what", BAD_REQUESTS)
def test_bad_request(what):
    request, words = BAD_REQUESTS[what]
    done = plugin(request)
    assert done.returncode == 1 and done.stdout == b""
    assert re.fullmatch(r"protoc-gen-gg: [^\n]*%s[^\n]*\n" % re.escape(words), done.stderr.decode()), done.stderr


def test_cut_request(tmp_path):
    request = request_for(tmp_path, "test/v1/slow.proto")
    for cut in range(0, len(request), max(1, len(request) // 50)):
        done = plugin(request[:cut])
        assert (done.returncode, done.stdout == b"", done.stderr == b"") in ((0, False, True), (1, True, False)), cut


def test_arguments():
    assert re.fullmatch(rb"protoc-gen-gg \d+\.\d+\.\d+\n", plugin(b"", "--version").stdout)
    assert b"--gg_out" in plugin(b"", "--help").stdout
    for args in (["--bulitin"], ["--builtin", "x"], ["a.proto"]):
        done = plugin(b"", *args)
        assert done.returncode == 2 and done.stdout == b"" and args[-1].encode() in done.stderr.splitlines()[0]
