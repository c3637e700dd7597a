"""h2spec, the conformance tests of HTTP/2 servers, without TLS."""

import os
import shutil
import sys

import pytest

from conftest import skip_or_fail
from program import ROOT

sys.path.insert(0, os.path.join(ROOT, "tests/h2spec"))
from h2spec import MODES, verdict  # noqa: E402


@pytest.fixture(scope="session")
def h2spec():
    places = (os.environ.get("GG_H2SPEC"), os.path.join(ROOT, ".cache/bin/h2spec"), shutil.which("h2spec"))
    for path in places:
        if path and os.access(path, os.X_OK):
            return path
    return skip_or_fail("h2spec", "not in .cache/bin; tools/foreign installs it", "go")


@pytest.mark.parametrize("front", ("http", "grpc"))
@pytest.mark.parametrize("mode", MODES)
def test_h2spec(ping, h2spec, mode, front):
    good, words = verdict(h2spec, getattr(ping, front), mode)
    assert good, words
