"""h2spec, the conformance tests of HTTP/2 servers, without TLS and with it."""

import os
import sys

import pytest

from certificates import Certificates
from conftest import debian_tool, foreign_tool
from program import ROOT, Program

sys.path.insert(0, os.path.join(ROOT, "tests/h2spec"))
from h2spec import MODES, verdict  # noqa: E402


@pytest.fixture(scope="module")
def h2spec():
    return foreign_tool("h2spec", "go")


@pytest.fixture(scope="module")
def secure(tmp_path_factory):
    debian_tool("openssl", "openssl")
    program = Program("test-server", "--mode", "typed", *Certificates(tmp_path_factory.mktemp("certs")).flags())
    yield program
    program.stop()


@pytest.mark.parametrize("front", ("http", "grpc"))
@pytest.mark.parametrize("mode", MODES)
def test_h2spec(typed, h2spec, mode, front):
    good, words = verdict(h2spec, getattr(typed, front), mode)
    assert good, words


@pytest.mark.parametrize("front", ("http", "grpc"))
@pytest.mark.parametrize("mode", MODES)
def test_h2spec_tls(secure, h2spec, mode, front):
    good, words = verdict(h2spec, getattr(secure, front), mode, tls=True)
    assert good, words
