"""A program under test: started on free ports, watched through its log, stopped by a signal.

Nothing here sleeps.  Whoever waits, waits for a log line, for bytes or for the end of the process, and
PATIENCE only bounds how long a broken program may hang a test."""

import json
import os
import re
import signal
import subprocess
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.path.join(ROOT, os.environ.get("GG_BIN", "build/debug/bin"))
WORKERS = os.environ.get("TEST_WORKERS")  # of every program that does not say how many
PATIENCE = 60  # seconds

LOST = 10  # seconds after which a signal is taken for lost
SANITIZER = re.compile(r"Sanitizer|runtime error:")
LISTENING = re.compile(r"^(HTTP|gRPC) server listening at (.+)$")


def binary(name):
    return os.path.join(BIN, name)


def environment(extra=None):
    """This process's environment, less any setting of the program, plus extra."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GG_")}
    env.setdefault("ASAN_OPTIONS", "detect_leaks=1")
    if WORKERS:
        env["GG_WORKERS"] = WORKERS
    env.update(extra or {})
    return env


def run_once(name, *args, env=None):
    """A program that is expected to end by itself: status, stdout, stderr."""
    done = subprocess.run([binary(name), *args], env=environment(env), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=PATIENCE)
    assert not SANITIZER.search(done.stderr), done.stderr
    return done.returncode, done.stdout, done.stderr


class Program:
    def __init__(self, name, *args, env=None, http="127.0.0.1:0", grpc="127.0.0.1:0"):
        self.name = name
        argv = [binary(name), *args]
        if http is not None:
            argv += ["--http-address", http]
        if grpc is not None:
            argv += ["--grpc-address", grpc]
        self.lines = []  # of stderr, as they came
        self._more = threading.Condition()
        self._closed = False
        self.process = subprocess.Popen(argv, env=environment(env), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.http = self.grpc = None
        try:
            self.grpc = self.wait_line(lambda line: self._address(line, "gRPC"))
            self.http = self.wait_line(lambda line: self._address(line, "HTTP"))
        except AssertionError:
            self.process.kill()
            self.process.wait()
            raise

    def _read(self):
        for raw in self.process.stderr:
            with self._more:
                self.lines.append(raw.decode("utf-8", "replace").rstrip("\n"))
                self._more.notify_all()
        with self._more:
            self._closed = True
            self._more.notify_all()

    @staticmethod
    def _address(line, front):
        found = LISTENING.match(entry(line).get("msg", ""))
        return found.group(2) if found and found.group(1) == front else None

    # -- the log --

    def wait_line(self, wanted, count=1):
        """Waits until `count` lines satisfy wanted(line); returns what it answered for the last one."""
        with self._more:
            seen = at = 0
            while True:
                while at < len(self.lines):
                    answer = wanted(self.lines[at])
                    at += 1
                    seen += bool(answer)
                    if seen == count:
                        return answer
                assert not self._closed, "%s ended; its stderr:\n%s" % (self.name, "\n".join(self.lines))
                assert self._more.wait(PATIENCE), "no such line from %s:\n%s" % (self.name, "\n".join(self.lines))

    def wait_msg(self, msg, count=1):
        self.wait_line(lambda line: entry(line).get("msg") == msg, count)

    def entries(self):
        """The log so far, each line parsed (all of it once the program has been stopped)."""
        with self._more:
            return [json.loads(line) for line in self.lines]

    def rpc_lines(self):
        return [e for e in self.entries() if e["msg"].startswith("rpc ")]

    # -- its end --

    def kill(self, number=signal.SIGTERM):
        heard = self._signals_heard()
        self.process.send_signal(number)
        if "/tsan/" in BIN:
            self._send_again(number, heard)

    def _signals_heard(self):
        with self._more:
            return sum("Shutting down on" in line or "second signal" in line for line in self.lines)

    def _send_again(self, number, heard):
        """ThreadSanitizer's runtime may lose a signal, also one for a bare uv_signal_t: again while nothing came of it."""
        with self._more:
            for _ in range(3):
                if self._more.wait_for(lambda: self._closed or self._signals_heard() > heard, LOST):
                    break
                self.process.send_signal(number)

    def wait(self):
        """Its exit status, once it has ended and the whole log is here."""
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)
            self.process.wait()
            raise AssertionError("%s did not stop; its stderr:\n%s" % (self.name, "\n".join(self.lines[-50:]))) from None
        self._reader.join(PATIENCE)
        return status

    def stop(self, number=signal.SIGTERM):
        """Stops it and asserts a clean end: status 0, a log of JSON lines only, no leak, no sanitizer report."""
        if self.process.poll() is None:
            self.kill(number)
        status = self.wait()
        text = "\n".join(self.lines)
        assert not SANITIZER.search(text), text
        assert status == 0, "exit status %d; stderr:\n%s" % (status, text)
        for line in self.lines:
            assert entry(line), "not a log line: " + line

    # -- where it is --

    def port(self, front="http"):
        return int(getattr(self, front).rpartition(":")[2])

    def url(self, target="", front="http"):
        return "http://" + getattr(self, front) + target


def entry(line):
    """A log line as a dict; {} if it is none."""
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) and {"level", "msg", "time"} <= value.keys() else {}
