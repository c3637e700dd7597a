"""The programs as Lambda runtimes: events of a fake Runtime API (tests/lambda/fake_runtime.py), and of AWS's emulator.

Most tests are one run of the fake: it starts the program, gives its events, and prints what it saw; then both end."""

import base64
import collections
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import threading
import time
import urllib.request

import pytest

import grpcclient
from conftest import skip_or_fail
from program import PATIENCE, ROOT, SANITIZER, binary, entry, environment

FAKE = os.path.join(ROOT, "tests/lambda/fake_runtime.py")
EVENTS = os.path.join(ROOT, "tests/lambda/events")
PING = "rpc call: method = /example.v1.PingService/Ping"
TYPED = ("--mode", "typed")  # of test-server
PONG = {"message": "Pong"}
NOT_FOUND = {"code": 5, "message": "Not Found", "details": []}
ECHO = {"name": 'Grüße, "world"', "id": "42", "score": 0, "ok": False, "tags": [], "counts": {}, "items": []}

Run = collections.namedtuple("Run", "status calls faults log socket")


def event(name):
    return os.path.join(EVENTS, name + ".json")


def post_event(path, target, body, text=False):
    """Writes an event of an HTTP API: a POST of that body, in base64 unless it is to go as text."""
    with open(event("http-api-2.0-get-ping")) as f:
        made = json.load(f)
    made.update(rawPath=target, isBase64Encoded=not text, body=body if text else base64.b64encode(body.encode()).decode())
    made["requestContext"]["http"].update(method="POST", path=target)
    path.write_text(json.dumps(made))
    return str(path)


def run_fake(tmp_path, program, events, *options, env=None, args=()):
    """One run: exit status, calls as the fake told them, faults, log lines of the program."""
    sock = str(tmp_path / "grpc.sock")
    program = program if os.path.isabs(program) else binary(program)
    done = subprocess.run(["/usr/bin/python3", FAKE, *options, *events, "--", program, *args],
                          env=environment({"GG_LAMBDA_SOCKET": sock, **(env or {})}), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=PATIENCE)
    assert not SANITIZER.search(done.stderr), done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    print(told[0])  # the seed, should the test fail
    assert "exit" in told[-1], done.stdout + done.stderr
    return Run(told[-1]["exit"], [t for t in told if "call" in t], [t["fault"] for t in told if "fault" in t],
               [entry(line) for line in done.stderr.splitlines()], sock)


def names(run):
    return " ".join(c["call"] for c in run.calls)


def answers(run):
    """The answers as parsed JSON, in order."""
    return [json.loads(c["body"]) for c in run.calls if c["call"] in ("response", "error")]


def fields(answer):
    """Header fields of an answer, each as a list."""
    if "multiValueHeaders" in answer:
        assert "headers" not in answer and "cookies" not in answer
        return answer["multiValueHeaders"]
    return {name: [value] for name, value in answer["headers"].items()}


def body(answer):
    assert answer["isBase64Encoded"] is False
    return json.loads(answer["body"])


def rpc_calls(run):
    return [line["msg"] for line in run.log if line.get("msg", "").startswith("rpc call")]


# -- events and answers --


def test_foreign_bootstrap(tmp_path):
    """The fake itself, first: by a bootstrap that is not ours."""
    path = os.environ.get("GG_GO_BOOTSTRAP") or shutil.which("go-bootstrap")
    if not path:
        skip_or_fail("go-bootstrap", "tools/foreign builds it", "go")
    run = run_fake(tmp_path, path, [event("http-api-2.0-get-ping")], "--count", "1000")
    assert not run.faults
    assert names(run) == "next response " * 1000 + "next"
    assert all(a["statusCode"] == 200 and a["body"] == "/v1/ping" for a in answers(run))


@pytest.mark.parametrize("options", ([], ["--cut"], ["--next", "chunked,chunked,chunked", "--answer", "chunked"],
                                     ["--next", "bye,bye,bye", "--answer", "bye,bye"], ["--prefix", "/.rt/name"],
                                     ["--nonce"]), ids=("whole", "cut", "chunked", "closed", "prefix", "nonce"))
@pytest.mark.parametrize("upstream", ("in-process", "self-socket"))
def test_events(tmp_path, options, upstream):
    given = [("http-api-1.0-get-ping", 200, PONG), ("http-api-2.0-get-ping", 200, PONG), ("rest-api-get-ping", 200, PONG),
             ("function-url-get-ping", 200, PONG), ("http-api-1.0-post-echo", 200, ECHO),
             ("http-api-2.0-post-echo-base64", 200, ECHO), ("http-api-2.0-unknown-path", 404, NOT_FOUND)]
    run = run_fake(tmp_path, "bench-server", [event(name) for name, _, _ in given], *options,
                   env={"GG_UPSTREAM": upstream})
    assert run.status == 0 and not run.faults
    assert names(run) == "next response " * len(given) + "next"
    for (name, status, want), answer in zip(given, answers(run)):
        assert answer["statusCode"] == status, name
        assert body(answer) == want, name
        assert fields(answer)["content-type"] == ["application/json"], name
        assert ("multiValueHeaders" in answer) == ("1.0" in name or "rest" in name), name
    assert rpc_calls(run).count(PING) == 4 and len(rpc_calls(run)) == 6


def test_bad_events(tmp_path):
    """Each is an invocation error, and the next event is served."""
    run = run_fake(tmp_path, "ping", [event("malformed"), event("other-sqs"), event("rest-api-get-ping")])
    assert run.status == 0 and not run.faults
    assert names(run) == "next error next error next response next"
    types = [c["headers"].get("lambda-runtime-function-error-type") for c in run.calls]
    assert types[1] == "Function.InvalidEvent" and types[3] == "Function.UnsupportedEvent"
    failed = answers(run)
    for answer, kind in zip(failed, (types[1], types[3])):
        assert answer["errorType"] == kind and answer["errorMessage"] and answer["stackTrace"] == []
    assert body(failed[2]) == PONG


def test_errors_are_answers(tmp_path):
    made = [post_event(tmp_path / "status.json", "/v1/wait", '{"status_code": 5, "message": "no"}', text=True),
            post_event(tmp_path / "json.json", "/v1/wait", "{", text=True)]
    run = run_fake(tmp_path, "test-server", made, args=TYPED)
    first, second = answers(run)
    assert (first["statusCode"], body(first)) == (404, {"code": 5, "message": "no", "details": []})
    assert second["statusCode"] == 400 and body(second)["code"] == 3


def test_deadline(tmp_path):
    """A handler that never ends: the caller hears of it before Lambda ends the process."""
    made = post_event(tmp_path / "wait.json", "/v1/wait", '{"mode": "never"}')
    began = time.monotonic()
    run = run_fake(tmp_path, "test-server", [made, event("http-api-2.0-unknown-path")], "--timeout", "1",
                   args=TYPED)
    assert run.status == 0
    first, second = answers(run)
    assert (first["statusCode"], body(first)["code"]) == (504, 4)
    assert second["statusCode"] == 404
    assert time.monotonic() - began < PATIENCE / 2


def test_large(tmp_path):
    """An event of almost 6 MB; an answer above what Lambda takes is an error of ours, not a 413 of Lambda's."""
    env = {"GG_MAX_%s_BYTES" % what: "16MiB" for what in ("BODY", "MESSAGE", "RESPONSE")}
    fits, quotes = json.dumps({"name": "x" * 4400000}), json.dumps({"name": '"' * 1600000})
    made = [post_event(tmp_path / "fits.json", "/v1/echo", fits), post_event(tmp_path / "quotes.json", "/v1/echo", quotes),
            event("http-api-2.0-get-ping")]
    run = run_fake(tmp_path, "bench-server", made, env=env)
    assert run.status == 0 and [c["status"] for c in run.calls if c["call"] == "response"] == [202] * 3
    first, second, third = answers(run)
    assert first["statusCode"] == 200 and body(first) == {**ECHO, **json.loads(fits), "id": "0"}
    assert second["statusCode"] == 500 and body(second)["code"] == 13
    assert body(third) == PONG


# -- what goes wrong with the Runtime API --

FAILURES = [  # options, calls, exit status
    ("--next 500", "next", 1),
    ("--next refuse", "next", 1),
    ("--next close", "next next response next", 0),
    ("--next close,close,close", "next next next next response next", 0),
    ("--next close,close,close,close,close,close,close", "next next next next next next", 1),
    ("--next 403,403", "next next next response next", 0),
    ("--next 403,403,403,403,403,403,403", "next next next next next next", 1),
    ("--next 204,410,413", "next next next next response next", 0),
    ("--next half", "next error next", 0),
    ("--answer close", "next response response next", 0),
    ("--answer half", "next response next", 0),
    ("--answer 400 --count 2", "next response next response next", 0),
    ("--answer 403 --count 2", "next response next response next", 0),
    ("--answer 410 --count 2", "next response next response next", 0),
    ("--answer 413 --count 2", "next response next response next", 0),
    ("--answer 500", "next response", 1),
    ("--answer refuse", "next response", 1),
]


@pytest.mark.parametrize("options, calls, status", FAILURES, ids=[row[0] for row in FAILURES])
def test_failures(tmp_path, options, calls, status):
    run = run_fake(tmp_path, "ping", [event("http-api-1.0-get-ping")], *options.split())
    assert (names(run), run.status) == (calls, status)
    assert not run.faults
    assert (run.log[-1]["level"] == "fatal") == (status != 0), run.log
    assert not os.path.exists(run.socket)


# -- the start --


@pytest.mark.parametrize("env, status, message", (
    ({"GG_LAMBDA_SOCKET": "/nowhere/grpc.sock"}, 1, "listen unix /nowhere/grpc.sock: no such file or directory"),
    ({"GG_WORKERS": "none"}, 2, 'GG_WORKERS "none": must be a whole number')))
def test_init_error(tmp_path, env, status, message):
    run = run_fake(tmp_path, "ping", [event("http-api-1.0-get-ping")], env=env)
    assert (names(run), run.status) == ("init", status)
    call = run.calls[0]
    assert json.loads(call["body"])["errorMessage"] == message
    assert re.fullmatch(r"Runtime\.[A-Z][a-zA-Z]+", call["headers"]["lambda-runtime-function-error-type"])


def test_handler_name_as_argument(tmp_path):
    run = run_fake(tmp_path, "ping", [event("http-api-1.0-get-ping")], args=("app.handler", "--log-level", "info"))
    assert run.status == 0 and names(run) == "next response next" and not rpc_calls(run)


# -- the socket --


class Served:
    """A fake with more events than anybody waits for, and its program; both are stopped at the end."""

    def __init__(self, argv, sock, *options):
        self.fake = subprocess.Popen(["/usr/bin/python3", FAKE, *options], stdout=subprocess.PIPE, text=True)
        api = json.loads(self.fake.stdout.readline())["listening"]
        env = environment({"AWS_LAMBDA_RUNTIME_API": api, "GG_LAMBDA_SOCKET": sock})
        self.program = subprocess.Popen([binary(argv[0]), *argv[1:]], env=env, stdin=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True)
        self.lines, self.calls = [], []
        self.threads = [threading.Thread(target=self._read, args=(self.program.stderr, self.lines), daemon=True),
                        threading.Thread(target=self._read, args=(self.fake.stdout, self.calls), daemon=True)]
        for thread in self.threads:
            thread.start()

    @staticmethod
    def _read(stream, lines):
        for line in stream:
            lines.append(json.loads(line))

    def wait(self, ready):
        until = time.monotonic() + PATIENCE
        while not ready(self):
            assert time.monotonic() < until and self.program.poll() is None, self.lines
            time.sleep(0.01)

    def stop(self):
        self.program.terminate()
        status = self.program.wait(PATIENCE)
        self.fake.kill()
        self.fake.wait()
        for thread in self.threads:
            thread.join(PATIENCE)
        return status


@pytest.mark.parametrize("upstream", ("in-process", "self-socket"))
def test_socket_while_events_flow(tmp_path, pb, upstream):
    sock = str(tmp_path / "grpc.sock")
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(sock)  # a file that nobody listens on any more
    served = Served(["ping", "--upstream", upstream], sock, "--count", "1000000", event("http-api-2.0-get-ping"))
    try:
        served.wait(lambda s: any(e["msg"] == "gRPC server listening at " + sock for e in s.lines))
        assert stat.S_IMODE(os.stat(sock).st_mode) == 0o600
        before = len(served.calls)
        with grpcclient.channel(sock) as chan:
            ping = grpcclient.method(chan, "/example.v1.PingService/Ping", pb.PingResponse)
            for _ in range(200):
                assert ping(b"", timeout=PATIENCE).message == "Pong"
        served.wait(lambda s: len(s.calls) > before + 20)
    finally:
        status = served.stop()
    assert status == 0 and not os.path.exists(sock)
    calls = [c for c in served.calls if c.get("call") == "response"]
    assert len(calls) >= 10 and not [c for c in served.calls if "fault" in c]
    assert len([e for e in served.lines if e["msg"] == PING]) == 200 + len(calls)


def test_sigterm_answers_the_event(tmp_path):
    made = post_event(tmp_path / "wait.json", "/v1/wait", '{"ms": 700, "message": "late"}')
    served = Served(["test-server", *TYPED], str(tmp_path / "grpc.sock"), "--count", "9", made)
    try:
        served.wait(lambda s: any(e["msg"].startswith("rpc call") for e in s.lines))
    finally:
        status = served.stop()
    assert status == 0
    assert [c["call"] for c in served.calls] == ["next", "response"]
    assert json.loads(json.loads(served.calls[1]["body"])["body"])["message"] == "late"


# -- AWS's own emulator --


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def invoke(port, data):
    request = urllib.request.Request("http://127.0.0.1:%d/2015-03-31/functions/function/invocations" % port, data)
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                return json.loads(reply.read())
        except urllib.error.URLError:
            assert time.monotonic() < until
            time.sleep(0.05)  # it does not listen yet


def run_emulator(tmp_path, program, events):
    """What AWS's emulator answers for the events, by their names."""
    rie = os.environ.get("GG_AWS_LAMBDA_RIE") or shutil.which("aws-lambda-rie")
    if not rie:
        skip_or_fail("aws-lambda-rie", "tools/foreign installs it", "pypi")
    port, log = free_port(), open(tmp_path / "rie.log", "wb")
    emulator = subprocess.Popen(
        [rie, "--log-level", "error", "--runtime-api-address", "127.0.0.1:%d" % free_port(),
         "--runtime-interface-emulator-address", "127.0.0.1:%d" % port, program, "handler"],
        env=environment({"GG_LAMBDA_SOCKET": str(tmp_path / "grpc.sock"), "AWS_LAMBDA_FUNCTION_TIMEOUT": "30"}),
        stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        answered = {}
        for name in events:
            with open(event(name), "rb") as f:
                answered[name] = invoke(port, f.read())
    finally:
        emulator.terminate()
        emulator.wait(PATIENCE)
        log.close()
    assert not SANITIZER.search((tmp_path / "rie.log").read_text(errors="replace"))
    return answered


def test_emulator(tmp_path):
    answered = run_emulator(tmp_path, binary("bench-server"), (
        "rest-api-get-ping", "http-api-1.0-get-ping", "http-api-2.0-get-ping", "http-api-1.0-post-echo",
        "http-api-2.0-post-echo-base64", "http-api-2.0-unknown-path", "malformed", "rest-api-get-ping"))
    assert answered.pop("malformed")["errorType"] == "Function.InvalidEvent"
    for name, answer in answered.items():
        want = ECHO if "echo" in name else NOT_FOUND if "unknown" in name else PONG
        assert body(answer) == want, name
        assert answer["statusCode"] == (404 if "unknown" in name else 200), name
