#!/usr/bin/python3
"""fake_runtime.py [OPTION...] EVENT.json... [-- BOOTSTRAP ARGS...]: a stand-in for the Lambda Runtime API.

Gives the events in turn to whoever asks for `next`, checks what comes back, and prints a line of JSON for each
request: {"call": "next"|"response"|"error"|"init", "status": of the reply, "id", "headers", "body"}; a broken
protocol is {"fault": ...}.  The first line says where it listens and the seed of its random cuts:

    tests/lambda/fake_runtime.py --cut tests/lambda/events/http-api-2.0-get-ping.json -- build/bin/ping

With a bootstrap it starts that with AWS_LAMBDA_RUNTIME_API set, ends it by SIGTERM when the events are answered,
and exits with its status.  Without one it serves until it is killed.

  --count N        events to give in all (default: each file once)
  --port N         where to listen on 127.0.0.1 (default: any free port)
  --prefix /PATH   before every path, as emulators have it
  --cut            write replies in pieces cut at random places
  --seed N         of the cuts
  --timeout S      of an invocation, for its deadline (default 30)
  --nonce          give each invocation an id of its own, which has to come back with the answer
  --next LIST      what the first calls of `next` get, then: ok.  A comma list of
  --answer LIST    the same for `response` and `error`:
                     ok       what Lambda would reply        chunked  the same in chunks
                     bye      the same, then closed          half     half of it, then closed
                     close    nothing, closed                refuse   nothing, closed, and no connection is taken any more
                     hang     nothing at all                 204 403 410 413 500 ...  that status"""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time

API = "/2018-06-01/runtime/"
ANSWER_MAX = 6 * 1024 * 1024 + 100  # bytes Lambda takes; one more gets 413
REASONS = {200: "OK", 202: "Accepted", 204: "No Content", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
           410: "Gone", 413: "Request Entity Too Large", 500: "Internal Server Error"}
ERRORS = {400: "InvalidRequestID", 403: "InvalidStateTransition", 410: "InvokeTimeout", 413: "RequestEntityTooLarge"}


class Gone(Exception):
    """The connection is over."""


class Connection:
    """One peer: whole requests in, replies out."""

    def __init__(self, sock, cuts):
        self.sock, self.cuts, self.buffer = sock, cuts, b""
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _fill(self):
        data = self.sock.recv(65536)
        if not data:
            raise Gone
        self.buffer += data

    def _until(self, mark):
        while mark not in self.buffer:
            self._fill()
        before, _, self.buffer = self.buffer.partition(mark)
        return before

    def _take(self, length):
        while len(self.buffer) < length:
            self._fill()
        taken, self.buffer = self.buffer[:length], self.buffer[length:]
        return taken

    def _chunks(self):
        body = b""
        while True:
            length = int(self._until(b"\r\n").split(b";")[0], 16)
            if length == 0:
                while self._until(b"\r\n"):  # trailers
                    pass
                return body
            body += self._take(length)
            self._until(b"\r\n")

    def request(self):
        """Method, path, headers (names in lower case), body."""
        lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if headers.get("transfer-encoding") == "chunked":
            return method, path, headers, self._chunks()
        return method, path, headers, self._take(int(headers.get("content-length", 0)))

    def send(self, data):
        while data:
            size = self.cuts.randint(1, 1 + len(data) // 3) if self.cuts else len(data)
            self.sock.sendall(data[:size])
            data = data[size:]
            if self.cuts and data:
                time.sleep(0.0005)

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()


def reply_bytes(status, headers, body, chunked=False):
    lines = ["HTTP/1.1 %d %s" % (status, REASONS.get(status, "Status"))]
    lines += ["%s: %s" % item for item in headers.items()]
    if chunked:
        lines.append("Transfer-Encoding: chunked")
        pieces = [body[i:i + 100] for i in range(0, len(body), 100)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"
    elif status != 204:
        lines.append("Content-Length: %d" % len(body))
    return "\r\n".join(lines + ["", ""]).encode() + body


def error_body(status):
    return json.dumps({"errorMessage": "status %d" % status, "errorType": ERRORS.get(status, "Unknown")}).encode()


class Api:
    def __init__(self, options):
        self.options = options
        self.events = [open(path, "rb").read() for path in options.events]
        self.total = len(self.events) if options.count is None else options.count
        self.cuts = random.Random(options.seed) if options.cut else None
        self.script = {"next": split(options.next), "answer": split(options.answer)}
        self.lock = threading.Lock()
        self.telling = threading.Lock()
        self.exited = False
        self.given = 0          # events
        self.open_id = None     # of the event that awaits its answer
        self.faults = 0
        self.done = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", options.port))

    def tell(self, **what):
        """One line; the program's exit is the last, whatever a connection that it left behind still has to say."""
        with self.telling:
            if not self.exited:
                print(json.dumps(what), flush=True)
            self.exited = self.exited or "exit" in what

    def fault(self, text):
        self.faults += 1
        self.tell(fault=text)

    def directive(self, kind):
        steps = self.script[kind]
        return steps.pop(0) if steps else "ok"

    # -- what a call gets --

    def next(self, _headers, _body):
        if self.open_id is not None:
            self.fault("next before the answer to %s" % self.open_id)
            return 403, {}, error_body(403)
        if self.given == self.total:
            self.done.set()
            return None
        event = self.events[self.given % len(self.events)]
        self.given += 1
        self.open_id = "8476a536-e9f4-11e8-9739-%012x" % self.given
        deadline = int((time.time() + self.options.timeout) * 1000)
        headers = {"Content-Type": "application/json", "Lambda-Runtime-Aws-Request-Id": self.open_id,
                   "Lambda-Runtime-Deadline-Ms": deadline,
                   "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:fake",
                   "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1"}
        if self.options.nonce:
            headers["Lambda-Runtime-Invocation-Id"] = self.nonce()
        return 200, headers, event

    def nonce(self):
        return "nonce-%d" % self.given if self.options.nonce else None

    def answer(self, event_id, headers, body):
        if event_id != self.open_id:
            self.fault("an answer to %s, awaited: %s" % (event_id, self.open_id))
            return 400, {}, error_body(400)
        nonce = headers.get("lambda-runtime-invocation-id")
        if nonce != self.nonce():
            self.fault("invocation id %s came back as %s" % (self.nonce(), nonce))
        self.open_id = None
        if len(body) > ANSWER_MAX:
            return 413, {}, error_body(413)
        return 202, {"Content-Type": "application/json"}, b'{"status":"OK"}\n'

    def init_error(self, _headers, _body):
        return 202, {}, b'{"status":"OK"}\n'

    def call(self, method, path, headers, body):
        """Name of the call, id, reply (None: the peer waits)."""
        base = self.options.prefix + API
        parts = path[len(base):].split("/") if path.startswith(base) else []
        if method == "GET" and parts == ["invocation", "next"]:
            return "next", None, self.next(headers, body)
        if method == "POST" and parts == ["init", "error"]:
            return "init", None, self.init_error(headers, body)
        if method == "POST" and len(parts) == 3 and parts[0] == "invocation" and parts[2] in ("response", "error"):
            return parts[2], parts[1], self.answer(parts[1], headers, body)
        self.fault("no such call: %s %s" % (method, path))
        return "unknown", None, (404, {}, b"")

    # -- what the script makes of it --

    def play(self, connection):
        method, path, headers, body = connection.request()
        with self.lock:
            step = self.directive("next" if method == "GET" else "answer")
            plain = step in ("ok", "bye", "half", "chunked")
            if step.isdigit():
                if method != "GET":
                    self.open_id = None
                name, event_id, reply = path.rpartition("/")[2], None, (int(step), {}, error_body(int(step)))
            elif plain:
                name, event_id, reply = self.call(method, path, headers, body)
            else:
                name, event_id, reply = path.rpartition("/")[2], None, None
            self.tell(call=name, id=event_id, did=step, status=reply[0] if reply else None, headers=headers,
                      body=body.decode("utf-8", "replace"))
        if step in ("close", "refuse"):
            if step == "refuse":
                self.listener.shutdown(socket.SHUT_RDWR)
                self.listener.close()
            raise Gone
        if reply is None:  # for as long as the peer likes
            connection.sock.recv(1)
            raise Gone
        if step == "bye":
            reply[1]["Connection"] = "close"
        data = reply_bytes(*reply, chunked=step == "chunked")
        connection.send(data[:len(data) // 2] if step == "half" else data)
        if step in ("bye", "half"):
            raise Gone

    def converse(self, sock):
        connection = Connection(sock, self.cuts)
        try:
            while True:
                self.play(connection)
        except (Gone, OSError):
            pass
        except ValueError as error:
            self.fault("not HTTP: %s" % error)
        connection.close()

    def serve(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return  # refused from now on
            threading.Thread(target=self.converse, args=(sock,), daemon=True).start()

    def address(self):
        return "127.0.0.1:%d%s" % (self.listener.getsockname()[1], self.options.prefix)


def split(text):
    return [step for step in text.split(",") if step]


def run_bootstrap(api, command):
    child = subprocess.Popen(command, env=dict(os.environ, AWS_LAMBDA_RUNTIME_API=api.address()))
    while child.poll() is None and not api.done.wait(0.05):
        pass
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
    status = child.wait()
    api.tell(exit=status, given=api.given, faults=api.faults)
    return status if status != 0 else int(api.faults > 0)


def main():
    args, command = sys.argv[1:], []
    if "--" in args:
        at = args.index("--")
        args, command = args[:at], args[at + 1:]
    parser = argparse.ArgumentParser(usage=__doc__, add_help=False)
    parser.add_argument("events", nargs="*")
    parser.add_argument("--count", type=int)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--prefix", default="")
    parser.add_argument("--cut", action="store_true")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--timeout", type=float, default=30)
    parser.add_argument("--nonce", action="store_true")
    parser.add_argument("--next", default="")
    parser.add_argument("--answer", default="")
    options = parser.parse_args(args)
    api = Api(options)
    api.tell(listening=api.address(), seed=options.seed)
    thread = threading.Thread(target=api.serve, daemon=True)
    thread.start()
    if command:
        sys.exit(run_bootstrap(api, command))
    thread.join()
    threading.Event().wait()


if __name__ == "__main__":
    main()
