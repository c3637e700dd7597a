"""frames.py -- inputs for the targets of HTTP/2 and of gRPC's framing: steps as frames.h has them."""
import struct

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED, PRIO = 1, 1, 4, 8, 32


def frame(kind, flags, stream_id, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream_id.to_bytes(4, "big") + payload


def u32(value):
    return struct.pack(">I", value)


def steps(*parts):
    """Bytes are said; ("time", n) and ("other", n) are those steps."""
    out = b""
    for part in parts:
        if isinstance(part, tuple):
            out += bytes([(128 if part[0] == "time" else 192) | part[1]])
            continue
        for at in range(0, len(part), 63):
            piece = part[at:at + 63]
            out += bytes([len(piece)]) + piece
    return out


def request(stream_id, path=b"/o", flags=END_STREAM, method=b"\x82"):
    block = method + b"\x86\x41\x01a\x04" + bytes([len(path)]) + path
    return frame(HEADERS, flags | END_HEADERS, stream_id, block)


def server():
    post = request(1, b"/h", 0, b"\x83")
    yield "get", steps(request(1), request(3, b"/e", 0), ("time", 1), frame(PING, ACK, 0, u32(3) + bytes(4)))
    yield "held", steps(request(1, b"/h"), ("other", 0), request(3, b"/r"), request(5, b"/s"))
    yield "upload", steps(post, frame(DATA, 0, 1, b"x" * 100), frame(DATA, END_STREAM | PADDED, 1, b"\2yy\0\0"))
    yield "trailers", steps(post, frame(DATA, 0, 1, b"x"), frame(HEADERS, END_STREAM | END_HEADERS, 1, b"\0\1a\1b"))
    yield "windows", steps(frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 10)), request(1, b"/s"),
                           frame(WINDOW_UPDATE, 0, 1, u32(5000)), frame(WINDOW_UPDATE, 0, 0, u32(100000)))
    yield "resets", steps(request(1, b"/h"), frame(RST_STREAM, 0, 1, u32(8)), frame(DATA, 0, 1, b"late"), request(9),
                          request(5))
    yield "blocks", steps(frame(HEADERS, END_STREAM, 1, b"\x82\x86"), frame(CONTINUATION, 0, 1, b"\x84"),
                          frame(CONTINUATION, END_HEADERS, 1, b"\x41\1a"))
    yield "control", steps(frame(PING, 0, 0, b"01234567"), frame(PRIORITY, 0, 3, b"\0\0\0\1\x10"),
                           frame(SETTINGS, ACK, 0), frame(0xbe, 0, 0, b"?"), frame(GOAWAY, 0, 0, u32(0) + u32(0)))
    yield "drain", steps(request(1, b"/h"), ("other", 63), request(3), ("time", 1), request(5), ("other", 0))
    yield "time", steps(request(1, b"/h"), ("time", 13), ("time", 4), ("time", 60))
    yield "malformed", steps(frame(HEADERS, END_STREAM | END_HEADERS, 1, b"\x82\x86\x84\x41\1a\x40\nconnection\5close"))


def client():
    settings = frame(SETTINGS, 0, 0)
    head = b"\x88\x5f\x10application/grpc"
    done = frame(HEADERS, END_STREAM | END_HEADERS, 1, b"\x40\x0bgrpc-status\x010")
    yield "answer", steps(settings, frame(HEADERS, END_HEADERS, 1, head), frame(DATA, 0, 1, bytes(5)), done)
    yield "early", steps(settings, frame(HEADERS, END_HEADERS | END_STREAM, 1, head))
    yield "informed", steps(settings, frame(HEADERS, END_HEADERS, 1, b"\x48\x03103"), frame(HEADERS, END_HEADERS, 1, head), done)
    yield "resets", steps(settings, frame(RST_STREAM, 0, 1, u32(7)), ("other", 1), frame(DATA, 0, 3, b"late"))
    yield "goaway", steps(settings, frame(GOAWAY, 0, 0, u32(1) + u32(11) + b"too_many_pings"), done)
    yield "silence", steps(settings, ("time", 4), frame(PING, ACK, 0, bytes(8)), ("time", 4), ("time", 2))
    yield "limits", steps(frame(SETTINGS, 0, 0, struct.pack(">HIHI", 3, 1, 4, 3)), ("other", 40), ("other", 41),
                          frame(WINDOW_UPDATE, 0, 1, u32(100)))
    yield "push", steps(settings, frame(PUSH, END_HEADERS, 1, u32(2) + b"\x82"))
    yield "drain", steps(settings, ("other", 63), frame(HEADERS, END_HEADERS, 1, head), done)


def framing():
    message = bytes(4) + b"\x03abc"
    yield "messages", b"\3\0\7\x45" + b"\xff" + message * 3 + bytes(5)
    yield "cut", b"\0\0\0\0" + b"\xff" + message + message[:6]
    yield "flag", b"\0\1\2\3" + b"\xff" + message + b"\2" + message[1:]
    yield "long", b"\0\1\2\3" + b"\1" + message + bytes(3) + b"\1\0" + bytes(300)
    yield "timeout", b"\0\0\0\0\0" + b"99999999m"


def seeds():
    """(target, name, input)"""
    for name, data in server():
        yield "h2_server", name, b"\1" + data
    for name, data in client():
        yield "h2_client", name, b"\2" + data
        yield "h2_client", name + "-half", b"\7" + data
    for name, data in framing():
        yield "framing", name, data
