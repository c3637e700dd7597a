"""examples/routeguide: its client in both styles over every kind of channel, and the same client by grpc-go; its server by
python3-grpcio, grpcurl, ghz and curl."""

import json
import subprocess

import grpc
import pytest

import grpcclient
from conftest import foreign_tool
from program import PATIENCE, Program, run_once

SERVICE = "routeguide.v1.RouteGuideService"
KINDS = {"GetPlace": "unary_unary", "ListPlaces": "unary_stream", "RecordRoute": "stream_unary", "Chat": "stream_stream"}


@pytest.fixture(scope="module", params=("tcp", "unix"))
def guide(request, tmp_path_factory):
    if request.param == "tcp":
        program = Program("routeguide-server")
    else:
        program = Program("routeguide-server", "--grpc-network", "unix",
                          grpc=str(tmp_path_factory.mktemp("guide") / "grpc.sock"))
    yield program
    program.stop()


# -- our client --


STYLES = {"blocking": ["routeguide-client"], "callbacks": ["routeguide-client", "--callbacks"]}


@pytest.fixture(params=[(style, where) for style in (*STYLES, "grpc-go") for where in ("tcp", "unix", "in-process")
                        if (style, where) != ("grpc-go", "in-process")], ids="-".join)
def client(request, start, tmp_path):
    """Runs one command of a client; what it prints."""
    style, where = request.param
    program = STYLES.get(style) or [foreign_tool("routeguide-go", "go")]
    target = where
    if where == "tcp":
        target = start("routeguide-server").grpc
    elif where == "unix":
        path = str(tmp_path / "grpc.sock")
        start("routeguide-server", "--grpc-network", "unix", grpc=path)
        target = "unix:" + path

    def run(*words):
        status, out, err = run_once(*program, target, *words)
        assert status in (0, 1) and (status == 0) == (err == ""), err
        return out if status == 0 else err

    return run


def test_place(client):
    assert client("place", "bakery") == "bakery: food at -40,30 (sold out by nine)\n"
    both = client("place", "castle", "mill").splitlines()  # maybe at the same time
    assert sorted(both) == ["castle: sight at 480,730 (steep)",
                            "mill: sight at 310,-240 (the wheel turns when there is water)"]
    assert client("place", "harbour") == 'routeguide-client: NOT_FOUND: there is no place "harbour"\n'


def test_places(client):
    assert len(client("places").splitlines()) == 10
    assert client("places", "station") == ("tram stop: station at 20,-10\n"
                                           "station: station at -520,410 (one train an hour)\n")


def test_route(client):
    assert client("route", "0,0", "60,20", "150,-220") == "3 points, 3 places, 410 m, 307 s on foot\n"
    assert client("route") == "0 points, 0 places, 0 m, 0 s on foot\n"
    long = client("route", *("%d,0" % (i % 2 * 100) for i in range(3000)))
    assert long == "3000 points, 1500 places, 299900 m, 224925 s on foot\n"
    assert client("route", *["0,0"] * 10001) == ("routeguide-client: INVALID_ARGUMENT: "
                                                "a route has at most 10000 points\n")


def test_chat(client):
    assert client("chat", "1,2", "one", "1,2", "two", "3,4", "three", "1,2", "four") == "1,2: one\n1,2: one\n1,2: two\n"
    assert client("chat", "1,2", "x" * 201).startswith("routeguide-client: INVALID_ARGUMENT: a note has a point")


def test_usage(client):
    for words in (["places", "sea"], ["route", "0"], ["chat", "1,2"]):
        assert client(*words).startswith("routeguide-client: INVALID_ARGUMENT: expected ")


def test_no_server(port_nobody_has):
    for style in ([], ["--callbacks"]):
        status, _, err = run_once("routeguide-client", *style, port_nobody_has, "place", "mill")
        assert status == 1 and err.startswith("routeguide-client: UNAVAILABLE: "), err


@pytest.fixture
def port_nobody_has(tmp_path):
    return "unix:%s" % (tmp_path / "nobody.sock")


def test_bad_command():
    for words in ([], ["in-process"], ["in-process", "sing"]):
        assert run_once("routeguide-client", *words)[0] == 2
    assert run_once("routeguide-client", "localhost", "places")[0] == 2


# -- foreign clients --


@pytest.fixture
def rpc(guide, pb):
    with grpcclient.channel(guide.grpc) as chan:
        def method(name):
            return getattr(chan, KINDS[name])("/%s/%s" % (SERVICE, name),
                                              request_serializer=lambda m: m.SerializeToString(),
                                              response_deserializer=getattr(pb, name + "Response").FromString)
        yield method


def failure(call):
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return caught.value.code(), caught.value.details()


def test_grpcio_place(rpc, pb):
    place = rpc("GetPlace")(pb.GetPlaceRequest(name="town hall"), timeout=PATIENCE).place
    assert (place.name, place.point.east, place.point.north, place.hint) == (
        "town hall", 60, 20, "the tower is open on Sundays")
    square = rpc("GetPlace")(pb.GetPlaceRequest(name="market square"), timeout=PATIENCE).place
    assert not square.HasField("hint")
    assert failure(lambda: rpc("GetPlace")(pb.GetPlaceRequest(name="?"), timeout=PATIENCE)) == (
        grpc.StatusCode.NOT_FOUND, 'there is no place "?"')


def corner(pb, east, north):
    return pb.Point(east=east, north=north)


def test_grpcio_places(rpc, pb):
    def names(**request):
        return [r.place.name for r in rpc("ListPlaces")(pb.ListPlacesRequest(**request), timeout=PATIENCE)]

    assert names(south_west=corner(pb, 100, -300), north_east=corner(pb, 310, -200)) == ["old bridge", "mill", "fish stall"]
    assert names(south_west=corner(pb, 1, 1), north_east=corner(pb, 0, 0)) == []
    assert names(kind=3, pause_ms=1) == ["tram stop", "station"]
    assert names(kind=99) == []
    code, text = failure(lambda: names(south_west=corner(pb, 0, 0)))
    assert (code, text) == (grpc.StatusCode.INVALID_ARGUMENT, "a rectangle has two corners")
    assert failure(lambda: names(pause_ms=60001)) == (grpc.StatusCode.INVALID_ARGUMENT, "pause_ms is above 60000")


def test_grpcio_places_cut(rpc, pb):
    """The handler waits for its timer when the caller goes."""
    call = rpc("ListPlaces")(pb.ListPlacesRequest(pause_ms=60000), timeout=PATIENCE)
    assert next(call).place.name == "market square"
    call.cancel()
    assert failure(lambda: next(call))[0] == grpc.StatusCode.CANCELLED
    late = rpc("ListPlaces")(pb.ListPlacesRequest(pause_ms=60000), timeout=0.1)
    assert failure(lambda: list(late))[0] == grpc.StatusCode.DEADLINE_EXCEEDED


def test_grpcio_routes(rpc, pb):
    """Several at a time: the surveyor has one thread."""
    def points(n):
        return (pb.RecordRouteRequest(point=corner(pb, i, -i)) for i in range(n))

    calls = [rpc("RecordRoute").future(points(n), timeout=PATIENCE) for n in range(1, 21)]
    for n, call in enumerate(calls, 1):
        route = call.result()
        assert (route.point_count, route.place_count, route.metres) == (n, 1, 2 * (n - 1))
        assert route.walk.seconds == 2 * (n - 1) * 75 // 100
    assert failure(lambda: rpc("RecordRoute")(iter([pb.RecordRouteRequest()]), timeout=PATIENCE)) == (
        grpc.StatusCode.INVALID_ARGUMENT, "a request has no point")
    far = [pb.RecordRouteRequest(point=corner(pb, side, side)) for side in (-2**31, 2**31 - 1)]
    assert rpc("RecordRoute")(iter(far), timeout=PATIENCE).metres == 2 * (2**32 - 1)


def test_grpcio_chat(rpc, pb):
    """Two who talk: each sees what the other one has left."""
    def say(east, *texts):
        notes = (pb.ChatRequest(point=corner(pb, east, 0), text=text) for text in texts)
        return [r.text for r in rpc("Chat")(notes, timeout=PATIENCE)]

    assert say(1000, "a", "b") == ["a"]
    assert say(1000, "c") == ["a", "b"]
    assert say(1001, "d") == []
    assert say(1002, *["n"] * 300).count("n") == sum(min(i, 256) for i in range(300)), "the oldest make room"
    assert say(1000, "e") == [], "the oldest made room"


def test_grpcurl(grpcurl, guide):
    flags = ["-plaintext", *(["-unix"] if guide.grpc.startswith("/") else [])]

    def run(*args, data=None):
        done = subprocess.run([grpcurl, *flags, *(["-d", "@"] if data is not None else []), guide.grpc, *args],
                              input=data, capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert SERVICE in run("list").split()
    assert "rpc Chat ( stream .routeguide.v1.ChatRequest ) returns ( stream" in run("describe", SERVICE)
    assert json.loads(run(SERVICE + "/GetPlace", data='{"name": "mill"}'))["place"]["point"] == {"east": 310, "north": -240}
    found = run(SERVICE + "/ListPlaces", data='{"kind": "KIND_FOOD"}')
    assert [word for word in ("bakery", "fish stall", "station cafe") if word in found] == ["bakery", "fish stall",
                                                                                         "station cafe"]
    route = run(SERVICE + "/RecordRoute", data='{"point": {"east": 0}} {"point": {"east": 100}}')
    assert json.loads(route) == {"pointCount": 2, "placeCount": 1, "metres": "100", "walk": "75s"}
    notes = '{"point": {"east": 77}, "text": "x"} {"point": {"east": 77}, "text": "y"}'
    assert json.loads(run(SERVICE + "/Chat", data=notes))["text"] == "x"


def test_rest(curl, guide):
    done = subprocess.run([curl, "-sS", guide.url("/v1/places/town%20hall")], capture_output=True, timeout=PATIENCE)
    assert json.loads(done.stdout) == {"place": {"name": "town hall", "kind": "KIND_SIGHT",
                                                 "point": {"east": 60, "north": 20},
                                                 "hint": "the tower is open on Sundays"}}


GHZ = {  # method: one call's data, as its kind takes it
    "GetPlace": '{"name": "mill"}',
    "ListPlaces": '{"kind": "KIND_FOOD"}',
    "RecordRoute": '[{"point": {"east": 0}}, {"point": {"east": 60, "north": 20}}]',
    "Chat": '[{"point": {"east": 7777}, "text": "{{.RequestNumber}}"}]',
}


@pytest.mark.parametrize("method", GHZ)
def test_ghz(guide, method):
    """Calls of each kind by the hundred, on connections of several streams; by reflection."""
    target = guide.grpc if not guide.grpc.startswith("/") else "unix:" + guide.grpc
    done = subprocess.run([foreign_tool("ghz", "go"), "--insecure", "--call", "%s/%s" % (SERVICE, method), "-n", "300",
                           "-c", "20", "--connections", "4", "-d", GHZ[method], "-O", "json", target],
                          capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["count"], result["statusCodeDistribution"]) == (300, {"OK": 300}), result["errorDistribution"]
