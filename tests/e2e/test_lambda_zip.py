"""lambda.zip as `make build-lambda-zip` leaves it, and the Terraform configuration that deploys it."""

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import zipfile

import pytest

from conftest import debian_tool, skip_or_fail
from program import PATIENCE, ROOT
from test_lambda import NOT_FOUND, PONG, answers, body, event, names, run_emulator, run_fake

ZIP = os.path.join(ROOT, "lambda.zip")
ZIP_MAX = 900000  # bytes
TERRAFORM = os.path.join(ROOT, "examples/ping/terraform")
GIVEN = (("http-api-1.0-get-ping", 200, PONG), ("http-api-2.0-get-ping", 200, PONG), ("rest-api-get-ping", 200, PONG),
         ("http-api-2.0-unknown-path", 404, NOT_FOUND))


def output(*command, cwd=ROOT):
    done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture
def bootstrap(tmp_path):
    """The package unpacked as Lambda does: the path of the only file."""
    assert os.path.exists(ZIP), "make build-lambda-zip"
    with zipfile.ZipFile(ZIP) as package:
        entry, = package.infolist()
        data = package.read(entry)
    assert (entry.filename, entry.external_attr >> 16) == ("bootstrap", stat.S_IFREG | 0o755)
    root = tmp_path / "root"
    root.mkdir()
    path = root / "bootstrap"
    path.write_bytes(data)
    path.chmod(0o755)
    return path


# -- the package --


def test_size(bootstrap):
    assert os.path.getsize(ZIP) <= ZIP_MAX


def test_static(bootstrap):
    headers = output(debian_tool("readelf", "binutils"), "-lW", str(bootstrap))
    assert "LOAD" in headers and "INTERP" not in headers and "DYNAMIC" not in headers


def test_same_bytes(bootstrap):
    with open(ZIP, "rb") as f:
        before = f.read()
    output("tools/lambda-zip")
    with open(ZIP, "rb") as f:
        assert f.read() == before


def test_linker_says_nothing(tmp_path):
    """The program is linked again as the build does it, with all that the linker has to say."""
    command = output("ninja", "-C", "build", "-t", "commands", "-s", "bin/ping-static").splitlines()[-1]
    assert "-Wl,--fatal-warnings" in command and not re.search(r" -w |--no-warn|2>", command)
    words = [w for w in shlex.split(command) if w not in (":", "&&")]
    words[words.index("-o") + 1] = str(tmp_path / "bootstrap")
    assert output(*words, cwd=os.path.join(ROOT, "build")) == ""


def check_answers(run):
    assert run.status == 0 and not run.faults
    assert names(run) == "next response " * len(GIVEN) + "next"
    assert [(a["statusCode"], body(a)) for a in answers(run)] == [(status, want) for _, status, want in GIVEN]


def test_events(tmp_path, bootstrap):
    check_answers(run_fake(tmp_path, str(bootstrap), [event(name) for name, _, _ in GIVEN]))


@pytest.mark.skipif(os.geteuid() != 0, reason="chroot is for root")
def test_empty_root(tmp_path, bootstrap):
    """Nothing but the program, /tmp and /dev/null: no library, no /proc, no /etc."""
    (bootstrap.parent / "tmp").mkdir()
    (bootstrap.parent / "dev").mkdir()
    try:
        os.mknod(bootstrap.parent / "dev/null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
        with open(bootstrap.parent / "dev/null", "w") as null:
            null.write("nothing")
    except PermissionError:
        pytest.skip("no devices may be made here")
    run = run_fake(tmp_path, debian_tool("chroot", "coreutils"), [event(name) for name, _, _ in GIVEN],
                   env={"GG_LAMBDA_SOCKET": "/tmp/grpc.sock"}, args=(str(bootstrap.parent), "/bootstrap"))
    check_answers(run)
    assert any(e["msg"] == "gRPC server listening at /tmp/grpc.sock" for e in run.log)
    assert os.listdir(bootstrap.parent / "tmp") == []


def test_emulator(tmp_path, bootstrap):
    answered = run_emulator(tmp_path, str(bootstrap), [name for name, _, _ in GIVEN])
    for name, status, want in GIVEN:
        assert (answered[name]["statusCode"], body(answered[name])) == (status, want), name


# -- how it is deployed --


@pytest.fixture(scope="module")
def terraform():
    """What the configuration says: {"resource": {type: {name: ...}}, "variable": {name: ...}, ...}."""
    tool = os.environ.get("GG_HCL2TOJSON") or shutil.which("hcl2tojson")
    if not tool:
        skip_or_fail("hcl2tojson", "tools/foreign installs it", "pypi")
    said = {}
    for name in sorted(os.listdir(TERRAFORM)):
        if name.endswith(".tf"):
            parsed = json.loads(output(tool, "--quiet", "--strip-string-quotes", os.path.join(TERRAFORM, name)))
            for kind, blocks in parsed.items():
                for block in blocks:
                    merge(said.setdefault(kind, {}), block)
    return said


def merge(into, block):
    for key, value in block.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


def only(terraform, kind):
    resource, = terraform["resource"][kind].values()
    return resource


def test_terraform_function(terraform):
    function = only(terraform, "aws_lambda_function")
    assert (function["runtime"], function["handler"], function["timeout"]) == ("provided.al2023", "bootstrap", 30)
    assert function["architectures"] == ["${var.architecture}"]
    assert terraform["variable"]["architecture"]["default"] == "x86_64"
    assert function["filename"] == "${local.zip}"
    path = terraform["locals"]["zip"].replace("${path.module}", TERRAFORM)
    assert os.path.realpath(path) == ZIP and os.path.exists(path)
    assert only(terraform, "aws_cloudwatch_log_group")["name"] == "/aws/lambda/${var.name}"


def test_terraform_api(terraform):
    integration = only(terraform, "aws_apigatewayv2_integration")
    assert (integration["payload_format_version"], integration["timeout_milliseconds"]) == ("1.0", 30000)
    assert (integration["integration_type"], integration["integration_method"]) == ("AWS_PROXY", "POST")
    routes = terraform["resource"]["aws_apigatewayv2_route"].values()
    assert sorted(r["route_key"] for r in routes) == ["ANY /", "ANY /{proxy+}"]
    assert only(terraform, "aws_apigatewayv2_stage")["name"] == "$default"
    permission = only(terraform, "aws_lambda_permission")
    assert (permission["action"], permission["principal"]) == ("lambda:InvokeFunction", "apigateway.amazonaws.com")
    assert "endpoint" in terraform["output"]


def test_terraform_versions(terraform):
    versions = terraform["terraform"]
    provider, = versions["required_providers"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", provider["aws"]["version"])
    assert versions["required_version"]


def test_terraform_format():
    if not shutil.which("terraform"):
        print("SKIP terraform: not installed")
        pytest.skip("terraform is not installed")
    output("terraform", "fmt", "-check", "-recursive", "-diff", TERRAFORM)
