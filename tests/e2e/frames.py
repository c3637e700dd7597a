"""HTTP/2 by hand, without any library: a peer that says what it likes, as fast as it can."""

import struct

from http1 import connect

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS = 1, 1, 4
CALM = 0xb


def frame(kind, flags, stream_id, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream_id.to_bytes(4, "big") + payload


def u32(value):
    return struct.pack(">I", value)


def text(value):
    assert len(value) < 127
    return bytes([len(value)]) + value


def get(stream_id, path, flags=END_STREAM):
    """GET path, by HPACK's static table."""
    return frame(HEADERS, flags | END_HEADERS, stream_id, b"\x82\x86\x41\x01a\x04" + text(path))


def rpc(stream_id, path, message=None):
    """A gRPC call with its only message; None: half open, no message yet."""
    head = frame(HEADERS, END_HEADERS, stream_id, b"\x83\x86\x41\x01a\x04" + text(path) +
                 b"\x0f\x10" + text(b"application/grpc") + b"\x40\x02te\x08trailers")
    if message is None:
        return head
    return head + frame(DATA, END_STREAM, stream_id, struct.pack(">BI", 0, len(message)) + message)


class Raw:
    """A connection of frames."""

    def __init__(self, address, settings=b"", extra=b""):
        self.sock = connect(address)
        self.buffer = bytearray()
        self.send(PREFACE + frame(SETTINGS, 0, 0, settings) + extra)

    def send(self, data):
        """False if the peer is gone."""
        try:
            self.sock.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def frames(self):
        """What comes, frame by frame, to the end of the connection."""
        while True:
            while len(self.buffer) >= 9:
                length = int.from_bytes(self.buffer[:3], "big")
                if len(self.buffer) < 9 + length:
                    break
                head, payload = bytes(self.buffer[3:9]), bytes(self.buffer[9:9 + length])
                del self.buffer[:9 + length]
                yield head[0], head[1], int.from_bytes(head[2:], "big"), payload
            try:
                data = self.sock.recv(1 << 18)
            except ConnectionResetError:
                data = b""
            if not data:
                return
            self.buffer += data

    def goaway(self):
        """The error code and text of the last GOAWAY, once the connection has ended; None: there was none."""
        last = None
        for kind, _, _, payload in self.frames():
            if kind == GOAWAY:
                last = int.from_bytes(payload[4:8], "big"), payload[8:]
        return last

    def wait_for(self, wanted, flags=0):
        for kind, has, stream_id, payload in self.frames():
            if kind == wanted and has & flags == flags:
                return stream_id, payload
        raise AssertionError("the connection ended")

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
