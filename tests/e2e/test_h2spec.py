"""h2spec, the conformance tests of HTTP/2 servers, without TLS."""

import os
import sys

import pytest

from conftest import foreign_tool
from program import ROOT

sys.path.insert(0, os.path.join(ROOT, "tests/h2spec"))
from h2spec import MODES, verdict  # noqa: E402


@pytest.fixture(scope="session")
def h2spec():
    return foreign_tool("h2spec", "go")


@pytest.mark.parametrize("front", ("http", "grpc"))
@pytest.mark.parametrize("mode", MODES)
def test_h2spec(ping, h2spec, mode, front):
    good, words = verdict(h2spec, getattr(ping, front), mode)
    assert good, words
