"""The library and the commands know nothing of any one service."""

import os
import re

import pytest

from program import ROOT

NAMES = re.compile(r"ping\.proto|pingservice|pong", re.I)


@pytest.mark.parametrize("folder", ("src", "cmd"))
def test_no_service_is_known(folder):
    found = []
    for where, _, files in os.walk(os.path.join(ROOT, folder)):
        for name in files:
            path = os.path.join(where, name)
            with open(path, encoding="utf-8", errors="replace") as file:
                found += ["%s:%d: %s" % (path, i, line.strip()) for i, line in enumerate(file, 1) if NAMES.search(line)]
    assert not found, "\n".join(found)
