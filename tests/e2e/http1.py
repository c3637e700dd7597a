"""HTTP/1 by hand: bytes out as given, strictly parsed answers in.  (RFC 9112)"""

import json
import socket
import struct

from program import PATIENCE


class Answer:
    def __init__(self, version, status, headers, body):
        self.version, self.status, self.headers, self.body = version, status, headers, body

    def header(self, name):
        """The value of a header that occurs once; None if it does not occur."""
        found = [v for k, v in self.headers if k.lower() == name.lower()]
        assert len(found) <= 1, found
        return found[0] if found else None

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return "%s %d %r %r" % (self.version, self.status, self.headers, self.body[:300])


def connect(address, tls=None):
    """A socket to "host:port" or to the path of a Unix socket; wildcards by the loopback.  tls: an ssl.SSLContext."""
    if address.startswith("/"):
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(PATIENCE)
        sock.connect(address)
        return sock
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    sock = socket.create_connection(("127.0.0.1" if host in ("::", "0.0.0.0") else host, int(port)), PATIENCE)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if tls is not None:  # an end without close_notify is an error
        sock = tls.wrap_socket(sock, server_hostname="localhost", suppress_ragged_eofs=False)
    return sock


class Connection:
    def __init__(self, address, tls=None):
        self.sock = connect(address, tls)
        self.input = self.sock.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.input.close()
        self.sock.close()

    def cut(self):
        """Ends the connection by RST: what was not read is lost."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def send(self, data):
        self.sock.sendall(data)

    def half_close(self):
        self.sock.shutdown(socket.SHUT_WR)

    def closed(self):
        """Waits for the peer's end of the stream; true if nothing came before it."""
        try:
            return self.input.read(1) == b""
        except ConnectionResetError:
            return True

    def drain(self):
        """Everything up to the peer's end of the stream."""
        got = b""
        try:
            while True:
                more = self.input.read1(65536)
                if not more:
                    return got
                got += more
        except ConnectionResetError:
            return got

    def _line(self):
        line = self.input.readline(65537)
        assert line.endswith(b"\r\n"), "cut short: %r" % line
        return line[:-2]

    def _headers(self):
        headers = []
        for line in iter(self._line, b""):
            name, colon, value = line.partition(b":")
            assert colon and name and name == name.strip(), line
            headers.append((name.decode(), value.strip().decode("latin-1")))
        return headers

    def _exactly(self, length):
        data = self.input.read(length)
        assert len(data) == length, "body cut short: %r" % data[:100]
        return data

    def _chunks(self):
        body = b""
        while True:
            size = int(self._line().partition(b";")[0], 16)
            if size == 0:
                self._headers()  # trailers
                return body
            body += self._exactly(size)
            assert self._line() == b""

    def answer(self, method="GET", informational=False):
        """The next response.  1xx responses are passed over unless they are asked for."""
        while True:
            version, status, _ = (self._line() + b" ").split(b" ", 2)
            status, headers = int(status), self._headers()
            if status >= 200 or informational:
                break
        answer = Answer(version.decode(), status, headers, b"")
        if method == "HEAD" or status < 200 or status in (204, 304):
            return answer
        if answer.header("transfer-encoding") is not None:
            assert answer.header("transfer-encoding").lower() == "chunked" and answer.header("content-length") is None
            answer.body = self._chunks()
        elif answer.header("content-length") is not None:
            answer.body = self._exactly(int(answer.header("content-length")))
        else:
            answer.body = self.input.read()  # to the end of the connection
        return answer


def request(method, target, body=None, headers=(), version="HTTP/1.1"):
    """The bytes of a request; a body that is not bytes is sent as JSON."""
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    head = ["%s %s %s" % (method, target, version), "Host: test"]
    head += ["%s: %s" % pair for pair in headers]
    if body is not None:
        head.append("Content-Length: %d" % len(body))
        if not any(k.lower() == "content-type" for k, _ in headers):
            head.append("Content-Type: application/json")
    return "\r\n".join(head + ["", ""]).encode("latin-1") + (body or b"")


def fetch(address, method, target, body=None, headers=()):
    """One request on a connection of its own; the answer may come before the request is sent."""
    with Connection(address) as conn:
        try:
            conn.send(request(method, target, body, headers))
        except (BrokenPipeError, ConnectionResetError):
            pass
        return conn.answer(method)
