"""Limits that a flag sets: one request below it, one above, and the server goes on."""

import json

import pytest

from http1 import fetch

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
