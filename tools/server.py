"""server.py -- one of our programs, started on free ports of the loopback address; for soak and bench."""
import json
import os
import re
import subprocess
import threading
import time

START_S, STOP_S = 20, 20


class Server:
    """with Server(program, flags...) as s:  s.http and s.grpc are "127.0.0.1:port", s.pid the process."""

    def __init__(self, program, *flags, before=(), env=None):
        self.http = self.grpc = None
        self.log = []
        self.process = subprocess.Popen(
            [*before, program, "--http-address", "127.0.0.1:0", "--grpc-address", "127.0.0.1:0", *flags],
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
            env={**os.environ, **(env or {})})
        self.pid = self.process.pid
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._ready.wait(START_S) or not (self.http and self.grpc):
            self.process.kill()
            raise SystemExit("%s did not start:\n%s" % (program, "".join(self.log)))

    def _read(self):
        for line in self.process.stderr:
            self.log = self.log[-99:] + [line]
            try:
                msg = json.loads(line).get("msg", "")
            except ValueError:
                continue
            m = re.match(r"(HTTP|gRPC) server listening at (\S+)$", msg)
            if m:
                setattr(self, m[1].lower(), m[2])
            if self.http and self.grpc:
                self._ready.set()
        self._ready.set()

    def rss_kib(self):
        with open("/proc/%d/status" % self.pid) as f:
            return int(re.search(r"VmRSS:\s+(\d+) kB", f.read())[1])

    def cpu_s(self):
        """CPU seconds of the process, ended threads included (its CPU clock)."""
        return time.clock_gettime((~self.pid << 3) | 2)

    def stop(self):
        """Asks it to end; its exit status, or None if it had to be killed."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                return None
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
