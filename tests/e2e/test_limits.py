"""Limits that a flag sets: one request below it, one above, and the server goes on."""

import json

import pytest

from http1 import fetch
from frames import (ACK, CALM, CONTINUATION, END_HEADERS, END_STREAM, HEADERS, PING, RST_STREAM, SETTINGS,
                         WINDOW_UPDATE, Raw, frame, get, u32)

FIELDS = [("X-%d" % i, "v") for i in range(9)]
LIMITS = (
    # flag, its value, headers and body of a request that fits, of one that does not, status, code
    ("--max-header-count", "8", (FIELDS[:2], {}), (FIELDS, {}), 431, 8),
    ("--max-response-bytes", "300", ([], {"name": "x"}), ([], {"name": "x" * 300}), 429, 8),
)


@pytest.mark.parametrize("flag, value, fits, exceeds, status, code", LIMITS, ids=[row[0] for row in LIMITS])
def test_limit(start, flag, value, fits, exceeds, status, code):
    program = start("bench-server", flag, value)
    for _ in range(2):
        headers, body = fits
        assert fetch(program.http, "POST", "/v1/echo", json.dumps(body).encode(), headers).status == 200
        headers, body = exceeds
        answer = fetch(program.http, "POST", "/v1/echo", json.dumps(body).encode(), headers)
        assert answer.status == status and answer.json()["code"] == code


# -- of HTTP/2's frames --


def resets(count):
    return b"".join(get(2 * i + 1, b"/v1/ping") + frame(RST_STREAM, 0, 2 * i + 1, u32(8)) for i in range(count))


def block(continuations):
    """A request in that many CONTINUATION frames."""
    parts = [b"\x82", b"\x86"] + [b""] * (continuations - 3) + [b"\x41\x01a"]
    return frame(HEADERS, END_STREAM, 1001, b"\x84") + b"".join(
        frame(CONTINUATION, 0, 1001, part) for part in parts[:-1]) + frame(CONTINUATION, END_HEADERS, 1001, parts[-1])


def pings(count):
    return frame(PING, 0, 0, b"12345678") * count


FLOODS = (
    # flags, what is fine, what is not
    (("--max-reset-burst", "5"), resets(5), resets(200)),
    (("--max-reset-rate", "1", "--max-reset-burst", "5"), resets(5), resets(20)),
    (("--max-control-rate", "10"), frame(SETTINGS, 0, 0) * 8, frame(SETTINGS, 0, 0) * 100),
    (("--max-continuations", "3"), block(3), block(4)),
    (("--max-queued-acks", "5", "--max-ping-strikes", "0"), pings(4), pings(500)),
)


@pytest.mark.parametrize("flags, fine, flood", FLOODS, ids=[" ".join(row[0]) for row in FLOODS])
def test_flood(start, flags, fine, flood):
    program = start("bench-server", *flags)
    with Raw(program.grpc) as conn:
        conn.send(fine + get(2001, b"/v1/ping"))
        while True:  # what came before it did no harm
            stream_id, _ = conn.wait_for(HEADERS)
            if stream_id == 2001:
                break
    with Raw(program.grpc) as conn:
        conn.send(flood)
        assert conn.goaway() == (CALM, b"")
    assert fetch(program.http, "GET", "/v1/ping").status == 200


def test_windows(start):
    """They are what SETTINGS and the first WINDOW_UPDATE say."""
    program = start("bench-server", "--stream-window", "128KiB", "--connection-window", "3MiB")
    with Raw(program.grpc) as conn:
        _, payload = conn.wait_for(SETTINGS)
        said = {payload[at + 1]: payload[at + 2:at + 6] for at in range(0, len(payload), 6)}
        assert said[4] == u32(128 << 10)
        assert conn.wait_for(WINDOW_UPDATE) == (0, u32((3 << 20) - 65535))
        conn.wait_for(SETTINGS, ACK)
