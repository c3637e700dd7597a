#!/usr/bin/python3
"""bodies.py: the JSON bodies of the echo rows, canonical proto3 JSON of bench.v1.EchoMessage in compact form;
the same bytes every time."""
import base64
import json
import random


def item(r, n, blob_len):
    return {
        "sku": "SKU-%06d-%s" % (n, "".join(r.choice("ABCDEFGHJK") for _ in range(4))),
        "qty": r.randrange(1, 5000),
        "at": "2026-%02d-%02dT%02d:%02d:%02dZ"
        % (r.randrange(1, 13), r.randrange(1, 29), r.randrange(24), r.randrange(60), r.randrange(60)),
        "blob": base64.b64encode(r.randbytes(blob_len)).decode(),
        "kind": r.choice(["KIND_PART", "KIND_KIT", "KIND_SERVICE"]),
    }


def body(items, tags, counts, blob_len=30):
    r = random.Random(items * 7919 + tags)
    message = {
        "name": 'Ping "quoted" name\n',
        "id": str(r.randrange(10**15, 10**17)),
        "score": round(r.uniform(-1000, 1000), 6),
        "ok": True,
        "tags": ["tag-%s" % "".join(r.choice("abcdefgh éñ") for _ in range(8)).strip() for _ in range(tags)],
        "counts": {"key%03d" % i: r.randrange(-100000, 100000) for i in range(counts)},
        "items": [item(r, i, blob_len) for i in range(items)],
    }
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()


BODIES = {"4 KB": body(27, 10, 10), "256 KB": body(1880, 265, 330)}
SMALL = {"200 B": body(1, 1, 1, 3)}
