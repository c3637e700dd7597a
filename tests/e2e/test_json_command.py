"""lambda-grpc-gateway json: documents through a pipe, and what is said of wrong ones, to the letter."""

import json
import os
import subprocess

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from program import PATIENCE, SANITIZER, binary, environment, run_once

PROGRAM = "lambda-grpc-gateway"
ANY_FAULT = "any fault"


def run(*args, stdin=b"", env=None, **kwargs):
    """Status, stdout, stderr; stdin and stdout are bytes, stderr is text."""
    if "stdin_file" in kwargs:
        given = {"stdin": kwargs["stdin_file"]}
    else:
        given = {"input": stdin}
    done = subprocess.run([binary(PROGRAM), *args], env=environment(env), stderr=subprocess.PIPE,
                          stdout=kwargs.get("stdout", subprocess.PIPE), timeout=PATIENCE, **given)
    text = done.stderr.decode()
    assert not SANITIZER.search(text), text
    return done.returncode, done.stdout, text


@pytest.fixture(scope="module")
def book(descriptor_set):
    """Runs `json` on a type of test.v1."""

    def call(document, *flags, type="Book", **kwargs):
        stdin = document.encode() if isinstance(document, str) else document
        return run("json", "--schema", descriptor_set, "--type", "test.v1." + type, *flags, stdin=stdin, **kwargs)

    return call


# -- right documents --


@pytest.mark.parametrize("document", [
    {}, {"name": "a"}, {"title": "T\u00fcr \u65e5\u672c \U0001f600", "pages": -7, "authors": ["x", "", "z"]},
    {"genre": "GENRE_POETRY", "published": "2026-01-31T12:00:00.500Z"}])
def test_there_and_back(book, pb, document):
    status, wire, error = book(json.dumps(document))
    assert (status, error) == (0, "")
    assert pb.Book.FromString(wire) is not None
    status, text, error = book(wire, "--to-json", "--omit-unset")
    assert (status, error) == (0, "")
    assert text.endswith(b"\n") and json.loads(text) == document


FLAGS = [
    ("Book", b"", [], {"name": "", "title": "", "pages": 0, "genre": "GENRE_UNSPECIFIED", "authors": [],
                       "published": None}),
    ("Book", b"", ["--omit-unset"], {}),
    ("Book", b"\x20\x01", ["--omit-unset"], {"genre": "GENRE_NOVEL"}),
    ("Book", b"\x20\x01", ["--omit-unset", "--enums-as-numbers"], {"genre": 1}),
    ("BookRequest", b"\x38\x05", ["--omit-unset"], {"pageSize": 5}),
    ("BookRequest", b"\x38\x05", ["--omit-unset", "--proto-names"], {"page_size": 5}),
    ("BookRequest", b"\x18\x05", ["--omit-unset"], {"bookId": "5"}),
    ("BookRequest", b"\x18\x05", ["--omit-unset", "--int64-as-numbers"], {"bookId": 5}),
]


@pytest.mark.parametrize("type,wire,flags,document", FLAGS, ids=lambda v: " ".join(v) if isinstance(v, list) else None)
def test_flags_of_json(book, type, wire, flags, document):
    status, text, error = book(wire, "--to-json", *flags, type=type)
    assert (status, error) == (0, "")
    assert json.loads(text) == document


def test_pretty(book):
    status, text, error = book('{"int32s":[1],"self":{}}', type="AllTypes")
    assert (status, error) == (0, "")
    assert book(text, "--to-json", "--omit-unset", "--pretty", type="AllTypes") == (
        0, b'{\n  "self": {},\n  "int32s": [\n    1\n  ]\n}\n', "")


def test_any_by_schema(book):
    """What is inside is a type of the descriptor set."""
    document = b'{"any":{"@type":"type.googleapis.com/test.v1.Book","title":"x"}}\n'
    status, wire, error = book(document, type="AllTypes")
    assert (status, error) == (0, "") and b"type.googleapis.com/test.v1.Book" in wire and b'"title"' not in wire
    assert book(wire, "--to-json", "--omit-unset", type="AllTypes") == (0, document, "")
    status, _, said = book(document.replace(b"Book", b"Nope"), type="AllTypes")
    assert status == 1 and said.startswith("<stdin>:1:52: any: ") and "test.v1.Nope" in said


LIMITS = [
    (["--depth-limit", "3"], b'{"self":{"self":{}}}', b'{"self":{"self":{"self":{}}}}', "self.self.self"),
    (["--element-limit", "2"], b'{"int32s":[1,2]}', b'{"int32s":[1,2,3]}', "int32s"),
]


@pytest.mark.parametrize("limit,right,wrong,path", LIMITS, ids=[row[0][0] for row in LIMITS])
def test_limits(book, limit, right, wrong, path):
    status, wire, error = book(right, *limit, type="AllTypes")
    assert (status, error) == (0, "")
    assert book(wire, "--to-json", "--omit-unset", *limit, type="AllTypes") == (0, right + b"\n", "")
    status, out, said = book(wrong, *limit, type="AllTypes")
    assert (status, out) == (1, b"") and said.startswith("<stdin>:1:") and path in said.splitlines()[0]
    status, wire, error = book(wrong, type="AllTypes")
    assert (status, error) == (0, "")
    status, out, said = book(wire, "--to-json", *limit, type="AllTypes")
    assert (status, out) == (1, b"") and said.startswith("<stdin>: byte ") and path in said.splitlines()[0]


def test_environment(descriptor_set):
    env = {"GG_SCHEMA": descriptor_set, "GG_TYPE": "test.v1.Book", "GG_TO_JSON": "true", "GG_OMIT_UNSET": "true"}
    assert run("json", stdin=b"\x18\x05", env=env) == (0, b'{"pages":5}\n', "")
    status, text, _ = run("json", "--omit-unset=false", stdin=b"\x18\x05", env=env)
    assert status == 0 and b'"title":""' in text
    status, _, error = run("json", env={**env, "GG_OMIT_UNSET": "yes"})
    assert status == 2 and "GG_OMIT_UNSET" in error


def test_empty_message(book):
    assert book("{}") == (0, b"", "")
    assert book(b"", "--to-json", "--omit-unset") == (0, b"{}\n", "")


def test_list(descriptor_set):
    status, text, error = run("json", "--schema", descriptor_set, "--list")
    names = text.decode().splitlines()
    assert (status, error) == (0, "")
    assert "test.v1.Book" in names and "google.protobuf.Timestamp" in names
    assert not [name for name in names if name.endswith("Entry")] # of maps


# -- wrong documents: status 1, this on standard error, nothing on standard output --

INT32 = "expected an integer between -2147483648 and 2147483647"
WRONG_JSON = [
    ("a value of a line", '{\n    "title": "x",\n    "pages": "abc"\n}\n',
     '<stdin>:3:14: pages: %s, found "abc"\n  "pages": "abc"\n           ^\n' % INT32),
    ("a value of an element", '{"authors": ["a", 7]}',
     '<stdin>:1:19: authors[1]: expected a string, found 7\n  {"authors": ["a", 7]}\n                    ^\n'),
    ("behind wide characters", '{"title": "\u65e5\u672c", "pages": 1.5}',
     '<stdin>:1:30: pages: %s, found 1.5\n  {"title": "\u65e5\u672c", "pages": 1.5}\n%s^\n' % (INT32, " " * 29)),
    ("behind tabs", '{\t"pages":\tx}',
     "<stdin>:1:12: pages: expected a value, found \"x\"\n  { \"pages\": x}\n             ^\n"),
    ("a control character", '{"pages": "\x1b[31m"}', ANY_FAULT),
    ("bytes that are not UTF-8", b'{"title": "\xff"}', ANY_FAULT),
    ("a document that is cut short", '{"pages": 1',
     "<stdin>:1:12: pages: expected more JSON, found the end of the input\n  {\"pages\": 1\n             ^\n"),
    ("nothing at all", "", "<stdin>:1:1: expected more JSON, found the end of the input\n"),
    ("text behind the document", "{} {}",
     "<stdin>:1:4: expected the end of the input, found \"{\"\n  {} {}\n     ^\n"),
    ("a long line", '{"title": "%s", "pages": "%s"}' % ("a" * 300, "b" * 300),
     '<stdin>:1:324: pages: %s, found "%s"...\n  ...%s", "pages": "%s...\n%s^\n'
     % (INT32, "b" * 32, "a" * 48, "b" * 39, " " * 65)),
    ("the end of a long text", '{"title": "%s",\n "pages": "x"}' % ("a" * 300000),
     '<stdin>:2:11: pages: %s, found "x"\n  "pages": "x"}\n           ^\n' % INT32),
    ("a line whose beginning is gone", '{"title": "%s", "pages": "x"}' % ("a" * 300000),
     '<stdin>:1:300024: pages: %s, found "x"\n  ...%s", "pages": "x"}\n%s^\n' % (INT32, "a" * 48, " " * 65)),
]


@pytest.mark.parametrize("what,document,error", WRONG_JSON, ids=[row[0] for row in WRONG_JSON])
def test_wrong_json(book, what, document, error):
    status, out, said = book(document)
    assert (status, out) == (1, b"")
    if error is not ANY_FAULT:
        assert said == error
    assert said.startswith("<stdin>:") and "expected " in said.splitlines()[0]
    assert all(c == "\n" or c >= " " for c in said) # nothing raw


def test_place_at_every_length(book):
    """The place is right wherever the pieces that are read end."""
    for length in (65518, 65519, 65520, 65521, 65522, 65523, 65524, 65525, 131056, 131061):
        status, _, said = book('{"title":"%s","pages":"x"}' % ("a" * length))
        assert status == 1
        assert said.splitlines()[0].startswith("<stdin>:1:%d: pages: " % (length + 21)), length
        line, caret = said.splitlines()[1:]
        assert line[caret.index("^"):] == '"x"}', length


WRONG_WIRE = [
    ("cut short", b"\x12\x05abc",
     "<stdin>: byte 1: title: expected a whole value, found one that is cut short or malformed\n"
     "  12 05 61 62 63\n     ^^\n"),
    ("far inside", b"\x18\x01" * 20 + b"\x12\x05abc",
     "<stdin>: byte 41: title: expected a whole value, found one that is cut short or malformed\n"
     "  ... 01 18 01 18 01 18 01 12 05 61 62 63\n%s^^\n" % (" " * 30)),
    ("field number 0", b"\x00\x00", ANY_FAULT),
    ("not UTF-8", b"\x12\x01\xff", ANY_FAULT),
]


@pytest.mark.parametrize("what,wire,error", WRONG_WIRE, ids=[row[0] for row in WRONG_WIRE])
def test_wrong_wire(book, what, wire, error):
    status, out, said = book(wire, "--to-json")
    assert (status, out) == (1, b"")
    if error is not ANY_FAULT:
        assert said == error
    assert said.startswith("<stdin>: byte ")


def test_not_expressible(book):
    """A year that JSON's form of a time does not have."""
    timestamp = b"\x08" + encode_varint(2**40)
    status, out, said = book(b"\x32" + bytes([len(timestamp)]) + timestamp, "--to-json")
    assert (status, out) == (1, b"")
    assert said.startswith("<stdin>: ") and "expected " in said


def encode_varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


REJECTED = [
    ("--reject-unknown-fields", '{"nope": {"a": [1]}}', "<stdin>:1:2: "),
    ("--reject-unknown-enums", '{"genre": "GENRE_NOPE"}', "<stdin>:1:11: genre: "),
]


@pytest.mark.parametrize("flag,document,error", REJECTED, ids=[row[0] for row in REJECTED])
def test_unknown_names(book, flag, document, error):
    assert book(document) == (0, b"", "")
    status, out, said = book(document, flag)
    assert (status, out) == (1, b"") and said.startswith(error)


# -- schemas --


def test_schema_faults(tmp_path):
    """All of them, each with file, symbol and reason."""
    files = FileDescriptorSet()
    file = files.file.add(name="a.proto", package="p", syntax="proto3")
    message = file.message_type.add(name="M")
    message.field.add(name="one", number=1, label=1, type=11, type_name=".p.Missing")
    message.field.add(name="two", number=2, label=1, type=14, type_name=".p.Mis\x1bsing")
    path = tmp_path / "a.pb"
    path.write_bytes(files.SerializeToString())
    status, out, said = run("json", "--schema", str(path), "--type", "p.M")
    assert (status, out) == (1, b"")
    lines = said.splitlines()
    assert len(lines) >= 2 and all(line.startswith("%s: a.proto: " % path) for line in lines), said
    for symbol in ("p.M.one", "p.M.two"):
        assert [line for line in lines if line.startswith("%s: a.proto: %s: " % (path, symbol))], said
    assert "\x1b" not in said


@pytest.mark.parametrize("what,error", [("missing", "No such file or directory"), ("folder", "Is a directory")])
def test_schema_cannot_be_read(tmp_path, what, error):
    path = tmp_path / what
    if what == "folder":
        path.mkdir()
    status, out, said = run("json", "--schema", str(path), "--type", "p.M")
    assert (status, out) == (1, b"")
    assert said == "lambda-grpc-gateway json: cannot read %s: %s\n" % (path, error)


@pytest.mark.parametrize("content", [b"", b"{}", b"\x0a\x05abc", b"\xff" * 100], ids=["empty", "JSON", "cut", "noise"])
def test_schema_is_none(tmp_path, content):
    path = tmp_path / "x.pb"
    path.write_bytes(content)
    status, out, said = run("json", "--schema", str(path), "--type", "p.M")
    assert (status, out) == (1, b"")
    assert said.startswith("%s: " % path)


# -- the command line: status 2 --

USAGE = [
    ([], "Usage: lambda-grpc-gateway COMMAND"),
    (["nope"], "lambda-grpc-gateway: unknown command nope; see lambda-grpc-gateway help\n"),
    (["jsn"], "lambda-grpc-gateway: unknown command jsn; did you mean json?\n"),
    (["help", "jsn"], "lambda-grpc-gateway: unknown command jsn; did you mean json?\n"),
    (["json"], "lambda-grpc-gateway json: --schema FILE is missing"),
    (["json", "--schema", "{schema}"], "lambda-grpc-gateway json: --type NAME is missing"),
    (["json", "--schema"], "lambda-grpc-gateway json: --schema needs a value"),
    (["json", "x.pb"], "lambda-grpc-gateway json: unexpected argument"),
    (["json", "--tojson"], "lambda-grpc-gateway json: unknown flag --tojson; did you mean --to-json?\n"),
    (["json", "--depth-limit", "501"], 'lambda-grpc-gateway json: --depth-limit "501": must be from 1 to 500\n'),
    (["json", "--memory-limit", "1"], 'lambda-grpc-gateway json: --memory-limit "1": must be from'),
    (["json", "--schema", "{schema}", "--type", "test.v1.Book", "--to-wire", "--to-json"],
     "lambda-grpc-gateway json: --to-wire and --to-json exclude each other\n"),
    (["json", "--schema", "{schema}", "--type", "Book"],
     "lambda-grpc-gateway json: --type Book: no such message; did you mean test.v1.Book?\n"),
    (["json", "--schema", "{schema}", "--type", "test.v1.book"],
     "lambda-grpc-gateway json: --type test.v1.book: no such message; did you mean test.v1.Book?\n"),
    (["json", "--schema", "{schema}", "--type", "test.v1.BookRequst"],
     "lambda-grpc-gateway json: --type test.v1.BookRequst: no such message; did you mean test.v1.BookRequest?\n"),
    (["json", "--schema", "{schema}", "--type", "Xyzzyxyzzyxyzzy"],
     "lambda-grpc-gateway json: --type Xyzzyxyzzyxyzzy: no such message; --list shows all\n"),
    (["json", "--schema", "{schema}", "--type", "\x1b[31m"],
     "lambda-grpc-gateway json: --type \ufffd[31m: no such message; --list shows all\n"),
]


@pytest.mark.parametrize("args,error", USAGE, ids=[" ".join(row[0]).replace("\x1b", "ESC") for row in USAGE])
def test_usage(descriptor_set, args, error):
    status, out, said = run(*[arg.replace("{schema}", descriptor_set) for arg in args])
    assert (status, out) == (2, b"")
    assert said.startswith(error)
    assert said == error or not error.endswith("\n")


def test_help():
    status, out, error = run_once(PROGRAM, "--help")
    assert (status, error) == (0, "") and "\n  json " in out
    assert run_once(PROGRAM, "help") == (0, out, "")
    status, out, error = run_once(PROGRAM, "help", "json")
    assert (status, error) == (0, "") and "\n  --to-json " in out and "GG_MEMORY_LIMIT" in out
    assert run_once(PROGRAM, "json", "--help") == (0, out, "")
    assert max(map(len, out.splitlines())) <= 120


def test_version():
    status, out, error = run_once(PROGRAM, "--version")
    assert (status, error) == (0, "") and out.startswith(PROGRAM + " ")


# -- what an operating system can do to it --


def test_large_document(descriptor_set, tmp_path):
    """64 MB of JSON, in a list."""
    path = tmp_path / "big.json"
    element = b'"' + b"x" * 1021 + b'",'
    with open(path, "wb") as f:
        f.write(b'{"authors":[' + element * 65535 + b'"end"]}')
    args = ["json", "--schema", descriptor_set, "--type", "test.v1.Book"]
    with open(path, "rb") as f:
        status, wire, error = run(*args, "--memory-limit", "512MiB", stdin_file=f)
    assert (status, error) == (0, "")
    assert len(wire) == 65535 * (1021 + 3) + 5
    status, text, error = run(*args, "--to-json", "--omit-unset", "--memory-limit", "1GiB", stdin=wire)
    assert (status, error) == (0, "")
    assert text == path.read_bytes() + b"\n"
    with open(path, "rb") as f:
        status, wire, error = run(*args, stdin_file=f) # 64 MiB are not enough for it and what it becomes
    assert (status, wire) == (1, b"") and error.startswith("<stdin>") and "memory" in error
    status, text, error = run(*args, "--to-json", "--memory-limit", "1MiB", stdin=b"\x12\x00" * (1 << 20))
    assert (status, text) == (1, b"")
    assert error == "lambda-grpc-gateway json: standard input has more than 1048576 bytes\n"


def test_reader_went_away(book):
    read_end, write_end = os.pipe()
    os.close(read_end)
    status, _, error = book('{"title":"x"}', stdout=write_end)
    os.close(write_end)
    assert (status, error) == (1, "lambda-grpc-gateway json: cannot write to standard output: Broken pipe\n")


def test_full_disk(book):
    with open("/dev/full", "wb") as full:
        status, _, error = book('{"title":"x"}', stdout=full)
    assert (status, error) == (1, "lambda-grpc-gateway json: cannot write to standard output: No space left on device\n")


@pytest.mark.parametrize("closed,error", [
    ("<&-", "cannot read standard input: Bad file descriptor"),
    (">&-", "cannot write to standard output: Bad file descriptor")])
def test_closed(descriptor_set, closed, error):
    command = 'echo "{\\"title\\":\\"x\\"}" | "$0" json --schema "$1" --type test.v1.Book %s' % closed
    done = subprocess.run(["sh", "-c", command, binary(PROGRAM), descriptor_set], capture_output=True, text=True,
                          timeout=PATIENCE, env=environment())
    assert done.returncode == 1
    assert done.stderr == "lambda-grpc-gateway json: %s\n" % error


def test_stdin_is_a_folder(descriptor_set, tmp_path):
    folder = os.open(tmp_path, os.O_RDONLY)
    for direction in ("--to-wire", "--to-json"):
        status, out, error = run("json", "--schema", descriptor_set, "--type", "test.v1.Book", direction,
                                 stdin_file=folder)
        assert (status, out) == (1, b"")
        assert error == "lambda-grpc-gateway json: cannot read standard input: Is a directory\n"
    os.close(folder)


def test_static():
    """The release build has it as one static file."""
    path = os.path.join(os.environ.get("GG_BIN_RELEASE", "build/bin"), PROGRAM + "-static")
    if not os.path.exists(path):
        pytest.skip("no release build")
    done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=PATIENCE, env={})
    assert done.returncode == 0 and done.stdout.startswith(PROGRAM)
