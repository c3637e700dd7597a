"""peers.py: what bench/run and bench/grpc share: servers, ours and others, each on a CPU of its own, load for them,
and the table of what a request costs each."""
import contextlib
import os
import re
import socket
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "tools")]
from report import run
from server import Server

SERVER_CPU, LOAD_CPU = "1", "0"
WARM_UP_S = 1
ROUNDS = 2
PING = "/example.v1.PingService/Ping"
PONG = b"\0\0\0\0\6\12\4Pong" # PingResponse{message: "Pong"} in a gRPC message
PINNED = ("taskset", "-c", SERVER_CPU) if os.cpu_count() > 1 else ()
LOAD_PINNED = ("taskset", "-c", LOAD_CPU) if os.cpu_count() > 1 else ()


class Peer:
    """A server of somebody else, or the bare one, on one port."""

    def __init__(self, argv, port, before=()):
        self.http = self.grpc = "127.0.0.1:%d" % port
        self.process = subprocess.Popen([*before, *argv], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.pid = self.process.pid
        for _ in range(400):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            time.sleep(0.05)
        raise SystemExit("%s did not start" % argv[0])

    cpu_s, rss_kib = Server.cpu_s, Server.rss_kib

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def build(*targets):
    """Programs of ours that are not built unless asked for."""
    status, out = run(["cmake", "--build", "build", "--target", *targets])
    if status != 0:
        raise SystemExit(out)


def foreign(name):
    """A program in another language; None, and a line saying why, where it cannot be had."""
    done = subprocess.run(["tools/foreign", name], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode == 0:
        return done.stdout.strip()
    if done.returncode != 77:
        raise SystemExit(done.stderr)
    print("SKIP %s: %s" % (name, done.stderr.strip()))
    return None


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def file(scratch, name, content):
    path = os.path.join(scratch, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(content)
    return path


def ours(before=PINNED, env=None, workers=1):
    return Server(os.path.join(ROOT, "build/bin/bench-server"), "--log-level", "info", "--workers", str(workers),
                  before=before, env=env)


def bare(before=PINNED):
    port = free_port()
    return Peer([os.path.join(ROOT, "build/bin/nghttp2-bare"), str(port)], port, before)


def h2load(scratch, server, *amount, before=LOAD_PINNED, answer_len=None):
    """Unary calls of gRPC; (answered, per second)."""
    message = file(scratch, "ping.grpc", b"\0\0\0\0\0")
    status, out = run([*before, "h2load", "-t1", "-c4", "-m32", *amount, "-d", message, "-H",
                       "content-type: application/grpc", "-H", "te: trailers", "http://%s%s" % (server.grpc, PING)])
    m = re.search(r"(\d+) succeeded, (\d+) failed", out)
    right = answer_len is None or m and "(%d) data" % (int(m[1]) * answer_len) in out
    if status != 0 or not m or int(m[1]) == 0 or not right:
        raise SystemExit("h2load: wrong answers\n" + out)
    return int(m[1]), float(re.search(r"finished in \S+ ([\d.]+) req/s", out)[1])


def measure(title, servers, load, goal=None, seconds=0, message_len=None):
    """One table: every server in turn, twice; the first is ours, the others what it is compared with.  load(server,
    seconds) gives what was answered, and how many of it a second: requests, or messages of message_len bytes."""
    best = {}
    for _ in range(ROUNDS):
        for name, start in servers.items():
            with start() as server:
                load(server, WARM_UP_S)
                cpu = server.cpu_s()
                answered, rate = load(server, seconds)
                cost = (server.cpu_s() - cpu) / answered * 1e6
                best[name] = min(best.get(name, (cost, rate)), (cost, rate))
    print("\n%s%s" % (title, "   (goal: %s)" % goal if goal else ""))
    names = list(best)
    for name in names:
        cost, rate = best[name]
        speed = "%12.0f req/s" % rate if message_len is None else \
            "%12.0f msg/s %9.1f MB/s" % (rate, rate * message_len / 1e6)
        ratio = "" if len(names) == 1 else "   x %.2f" % (best[names[0]][0] / cost) if name != names[0] else ""
        print("  %-16s %10.2f us CPU %s%s" % (name, cost, speed, ratio), flush=True)
