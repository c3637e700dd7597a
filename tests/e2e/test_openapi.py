"""protoc-gen-openapiv2: the document of examples/ping is what it is meant to be; every other one is that of
grpc-gateway's plugin, byte for byte; and what it cannot do it refuses in words."""

import json
import os
import re
import subprocess

import pytest

from conftest import debian_tool, proto_args, skip_or_fail
from program import PATIENCE, ROOT, SANITIZER, binary, environment

PLUGIN = binary("protoc-gen-openapiv2")


@pytest.fixture(scope="module")
def peer():
    """grpc-gateway's plugin."""
    places = (os.environ.get("GG_PROTOC_GEN_OPENAPIV2"), os.path.join(ROOT, ".cache/bin/protoc-gen-openapiv2"))
    for path in places:
        if path and os.access(path, os.X_OK):
            return path
    return skip_or_fail("grpc-gateway's protoc-gen-openapiv2", "not in .cache/bin; tools/foreign installs it", "go")


def protoc(plugin, out, protos, parameters="", made=None):
    """Runs one plugin; made is a folder of .proto files that are found before those of the repository."""
    out.mkdir(exist_ok=True)
    flags = ["--openapiv2_opt=" + parameters] if parameters else []
    return subprocess.run([debian_tool("protoc", "protobuf-compiler"), *(["-I%s" % made] if made else []), *proto_args(),
                           "--plugin=protoc-gen-openapiv2=" + plugin, "--openapiv2_out=%s" % out, *flags, *protos],
                          capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT, env=environment())


def documents(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.json")}


def ours(tmp_path, protos, parameters="", made=None):
    done = protoc(PLUGIN, tmp_path / "ours", protos, parameters, made)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return documents(tmp_path / "ours")


def theirs(peer, tmp_path, protos, parameters="", made=None):
    # Go packages are none of a document's business.
    parameters = ",".join(["ignore_go_package_option=true", *([parameters] if parameters else [])])
    done = protoc(peer, tmp_path / "theirs", protos, parameters, made)
    assert done.returncode == 0, done.stderr
    return documents(tmp_path / "theirs")


def make(tmp_path, files):
    for path, text in files.items():
        (tmp_path / "made" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "made" / path).write_text(text)
    return tmp_path / "made"


def assert_equal(got, want):
    assert {name: json.loads(text) for name, text in got.items()} == {name: json.loads(text) for name, text in want.items()}
    assert got == want, "the same values, but not the same text"


# -- examples/ping --


def test_ping():
    with open(os.path.join(ROOT, "examples/ping/spec/example/v1/ping.swagger.json"), encoding="utf-8") as f:
        document = json.load(f)
    definitions = document.pop("definitions")
    assert document == {
        "swagger": "2.0",
        "info": {"title": "example/v1/ping.proto", "version": "1.0"},
        "tags": [{"name": "PingService"}],
        "schemes": ["http"],
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "paths": {"/v1/ping": {"get": {
            "description": "Ping the server.",
            "operationId": "PingService_Ping",
            "responses": {
                "200": {"description": "A successful response.", "schema": {"$ref": "#/definitions/v1PingResponse"}},
                "default": {"description": "An unexpected error response.", "schema": {"$ref": "#/definitions/rpcStatus"}},
            },
            "tags": ["ping"],
        }}},
    }
    assert sorted(definitions) == ["protobufAny", "rpcStatus", "v1PingResponse"]
    assert definitions["v1PingResponse"]["properties"]["message"]["type"] == "string"


# -- beside grpc-gateway's plugin --

SERVICES = ("example/v1/ping.proto", "bench/v1/echo.proto", "test/v1/slow.proto", "test/v1/types.proto", "test/v1/legacy.proto")


@pytest.mark.parametrize("proto", SERVICES)
def test_services(peer, tmp_path, proto):
    assert_equal(ours(tmp_path, [proto]), theirs(peer, tmp_path, [proto]))


@pytest.fixture
def library(tmp_path):
    """The Library service, without the field by which a query parameter would have no end."""
    with open(os.path.join(ROOT, "tests/proto/test/v1/library.proto"), encoding="utf-8") as f:
        text = f.read()
    bounded = re.sub(r"\n *Range inner = 3;", "", text)
    assert bounded != text
    return make(tmp_path, {"test/v1/library.proto": bounded})


def test_library(peer, tmp_path, library):
    protos = ["test/v1/library.proto", "test/v1/slow.proto"] # names depend on what is in the call
    assert_equal(ours(tmp_path, protos, made=library), theirs(peer, tmp_path, protos, made=library))


def test_service_behind_an_empty_one(peer, tmp_path):
    """Theirs gives a service the comment of the one before it when that one has no methods."""
    got, = ours(tmp_path, ["test/v1/names.proto"]).values()
    want, = theirs(peer, tmp_path, ["test/v1/names.proto"]).values()
    got, want = json.loads(got), json.loads(want)
    assert got.pop("tags") == [{"name": "Streams", "description": "Only a stream."}, {"name": "Keywords"}]
    assert [tag["name"] for tag in want.pop("tags")] == ["Streams", "Keywords"]
    assert got == want


SHOP = os.path.join(ROOT, "tests/openapi") # every option that there is

PARAMETERS = """
    allow_patch_feature=false disable_default_errors=true disable_default_responses=true disable_service_tags=true
    enable_field_deprecation=true enable_rpc_deprecation=true generate_unbound_methods=true ignore_comments=true
    include_package_in_tags=true include_package_in_tags json_names_for_fields=false json_names_for_fields=true
    omit_array_item_type_when_ref_sibling=true omit_enum_default_value=true preserve_rpc_order=true
    proto3_optional_nullable=true remove_internal_comments=true simple_operation_ids=true use_allof_for_refs=true
    use_proto3_field_semantics=true enums_as_ints=true openapi_naming_strategy=fqn openapi_naming_strategy=simple
    openapi_naming_strategy=package openapi_naming_strategy=legacy repeated_path_param_separator=tsv
    visibility_restriction_selectors=STAFF visibility_restriction_selectors=STAFF,visibility_restriction_selectors=BOSS
    logtostderr=true allow_repeated_fields_in_body=true output_format=json allow_merge=false""".split()


@pytest.mark.parametrize("parameter", ["", *PARAMETERS])
def test_options_and_parameters(peer, tmp_path, parameter):
    parameters = ",".join(["allow_delete_body=true", *([parameter] if parameter else [])])
    got = ours(tmp_path, ["shop/v1/shop.proto"], parameters, SHOP)
    assert_equal(got, theirs(peer, tmp_path, ["shop/v1/shop.proto"], parameters, SHOP))


# -- what is refused --


def refused(tmp_path, text, parameters=""):
    made = make(tmp_path, {"a.proto": 'syntax = "proto3"; package p; import "google/api/annotations.proto"; '
                           'import "protoc-gen-openapiv2/options/annotations.proto"; ' + text})
    done = protoc(PLUGIN, tmp_path / "ours", ["a.proto"], parameters, made)
    assert done.returncode == 1 and documents(tmp_path / "ours") == {}
    assert not SANITIZER.search(done.stderr), done.stderr
    line, = [line for line in done.stderr.splitlines() if "warning" not in line]
    return line


REFUSED = {
    "unknown=1": "parameter unknown: is not known",
    "enums_as_ints=maybe": "parameter enums_as_ints: is true or false",
    "openapi_naming_strategy=best": "parameter openapi_naming_strategy: best is none of legacy, fqn, simple, package",
    "repeated_path_param_separator=;": "parameter repeated_path_param_separator: ; is none of csv, pipes, ssv, tsv",
    "output_format=yaml": "parameter output_format: yaml is not supported, only json",
    "allow_merge": "parameter allow_merge: true is not supported, only false",
    "use_go_templates=true": "parameter use_go_templates: true is not supported, only false",
    "openapi_configuration=a.yaml": "parameter openapi_configuration: a.yaml is not supported",
    "recursive-depth=3": "parameter recursive-depth: 3 is not supported",
    "Ma.proto=example.com/a": "parameter Ma.proto: Go packages have no place in a document",
    "enums_as_ints=true,,json_names_for_fields=x": "parameter json_names_for_fields: is true or false",
}


@pytest.mark.parametrize("parameters", REFUSED)
def test_refused_parameters(tmp_path, parameters):
    assert refused(tmp_path, "", parameters) == "--openapiv2_out: " + REFUSED[parameters]


def test_refused_query(tmp_path):
    text = 'message R { R r = 1; } service S { rpc M(R) returns (R) { option (google.api.http) = {get: "/a"}; } }'
    assert refused(tmp_path, text) == "--openapiv2_out: a.proto: p.S.M: query parameter r.*: p.R holds itself"


def test_refused_option(tmp_path):
    text = 'message R { string s = 1 [(grpc.gateway.protoc_gen_openapiv2.options.openapiv2_field).example = "no"]; }' \
           'service S { rpc M(R) returns (R) { option (google.api.http) = {get: "/a"}; } }'
    assert refused(tmp_path, text) == "--openapiv2_out: a.proto: p.R.s: is to be JSON, with its quotes: no"


# -- the program by itself --


def plugin(request, *args):
    done = subprocess.run([PLUGIN, *args], input=request, capture_output=True, timeout=PATIENCE, env=environment())
    assert not SANITIZER.search(done.stderr.decode()), done.stderr
    return done


def test_arguments():
    assert re.fullmatch(rb"protoc-gen-openapiv2 \d+\.\d+\.\d+\n", plugin(b"", "--version").stdout)
    assert b"--openapiv2_out" in plugin(b"", "--help").stdout
    for argument in ("--verbose", "a.proto"):
        done = plugin(b"", argument)
        assert done.returncode == 2 and done.stdout == b"" and argument.encode() in done.stderr.splitlines()[0]


def request_for(tmp_path, proto):
    """A real CodeGeneratorRequest, as `tee` would see it."""
    keep = tmp_path / "keep"
    keep.write_text("#!/bin/sh\ncat > %s\nprintf '\\020\\001'\n" % (tmp_path / "request")) # takes proto3 optional
    keep.chmod(0o755)
    protoc(str(keep), tmp_path / "kept", [proto], made=SHOP)
    return (tmp_path / "request").read_bytes()


def test_cut_request(tmp_path):
    """What is cut short is refused, or is another request; nothing worse."""
    request = request_for(tmp_path, "shop/v1/shop.proto")
    for cut in range(0, len(request), max(1, len(request) // 60)):
        done = plugin(request[:cut])
        assert (done.returncode, done.stdout == b"", done.stderr == b"") in ((0, False, True), (1, True, False)), cut


def test_no_room(tmp_path):
    """A response that cannot be written is an error."""
    request = request_for(tmp_path, "example/v1/ping.proto")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([PLUGIN], input=request, stdout=full, stderr=subprocess.PIPE, env=environment())
    assert done.returncode == 1 and done.stderr == b"protoc-gen-openapiv2: cannot write to standard output\n"
