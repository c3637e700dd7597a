"""grpc.health.v1.Health by python3-grpcio: Check, List, Watch, and what the program's end does to them."""

import subprocess
import threading

import grpc
import pytest

import grpcclient
from program import PATIENCE

HEALTH = "/grpc.health.v1.Health/"
UNKNOWN, SERVING, NOT_SERVING, SERVICE_UNKNOWN = range(4)
STREAMING = "test.v1.Streaming"


class Health:
    def __init__(self, chan, pb):
        self.pb, self.chan = pb, chan
        self._check = grpcclient.method(chan, HEALTH + "Check", pb.HealthCheckResponse)
        self._list = grpcclient.method(chan, HEALTH + "List", pb.HealthListResponse)
        self._set = grpcclient.method(chan, "/test.v1.Streaming/Unary", pb.StreamResponse)
        self._watch = chan.unary_stream(HEALTH + "Watch", request_serializer=lambda m: m.SerializeToString(),
                                        response_deserializer=pb.HealthCheckResponse.FromString)

    def check(self, service):
        return self._check(self.pb.HealthCheckRequest(service=service), timeout=PATIENCE).status

    def list(self):
        return {k: v.status for k, v in self._list(self.pb.HealthListRequest(), timeout=PATIENCE).statuses.items()}

    def watch(self, service):
        return self._watch(self.pb.HealthCheckRequest(service=service), timeout=PATIENCE)

    def set(self, service, serving):
        self._set(self.pb.StreamRequest(message=service, mode="serving" if serving else "not serving"), timeout=PATIENCE)


@pytest.fixture(params=(("--workers", "1"), ("--workers", "2")), ids=" ".join)
def program(start, request):
    return start("test-server", "--streams", "callback", *request.param)


@pytest.fixture
def health(program, pb):
    with grpcclient.channel(program.grpc) as chan:
        yield Health(chan, pb)


def test_check(health):
    assert [health.check(s) for s in ("", STREAMING)] == [SERVING, SERVING]
    health.set(STREAMING, False)
    assert [health.check(s) for s in ("", STREAMING)] == [SERVING, NOT_SERVING]
    health.set("", False)
    health.set(STREAMING, True)
    assert [health.check(s) for s in ("", STREAMING)] == [NOT_SERVING, SERVING]


@pytest.mark.parametrize("service", ("nobody", "test.v1.Streaming/Unary", "x" * 10000))
def test_unknown(health, service):
    with pytest.raises(grpc.RpcError) as caught:
        health.check(service)
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND
    with pytest.raises(grpc.RpcError) as caught:
        health.set(service, False)
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND
    watched = health.watch(service)
    assert next(watched).status == SERVICE_UNKNOWN
    assert watched.is_active()
    watched.cancel()


def test_list(health):
    assert health.list() == {"": SERVING, STREAMING: SERVING}
    health.set(STREAMING, False)
    assert health.list() == {"": SERVING, STREAMING: NOT_SERVING}


def test_watch(health):
    watched, other = health.watch(STREAMING), health.watch("")
    assert next(watched).status == next(other).status == SERVING
    for i in range(10):
        health.set(STREAMING, i % 2 == 1)
        assert next(watched).status == (SERVING if i % 2 == 1 else NOT_SERVING)
    health.set(STREAMING, True) # no change, no message
    health.set("", False)
    assert next(other).status == NOT_SERVING
    health.set(STREAMING, False)
    assert next(watched).status == NOT_SERVING
    for call in (watched, other):
        call.cancel()


def test_watches_come_and_go(program, health):
    """Changes while watches begin and are canceled; one that stays hears the last."""
    stays = health.watch(STREAMING)
    assert next(stays).status == SERVING
    done = threading.Event()

    def change():
        for i in range(200):
            health.set(STREAMING, i % 2 == 0)
        health.set(STREAMING, False)
        done.set()

    changer = threading.Thread(target=change)
    changer.start()
    while not done.is_set():
        watched = health.watch(STREAMING)
        assert next(watched).status in (SERVING, NOT_SERVING)
        watched.cancel()
    changer.join()
    assert health.check(STREAMING) == NOT_SERVING
    health.set(STREAMING, True)
    program.kill()
    assert [m.status for m in read_to_end(stays)][-2:] == [SERVING, NOT_SERVING]
    assert program.wait() == 0


def test_shutdown(program, health):
    """Watches hear NOT_SERVING and end; they do not hold the program."""
    watches = [health.watch(s) for s in ("", STREAMING, "nobody")]
    assert [next(w).status for w in watches] == [SERVING, SERVING, SERVICE_UNKNOWN]
    program.kill()
    assert [[m.status for m in read_to_end(w)] for w in watches] == [[NOT_SERVING], [NOT_SERVING], []]
    assert {w.code() for w in watches} == {grpc.StatusCode.UNAVAILABLE}
    assert program.wait() == 0
    assert "cut off" not in "".join(program.lines)


def read_to_end(call):
    messages = []
    with pytest.raises(grpc.RpcError):
        for message in call:
            messages.append(message)
    return messages


def test_grpcurl(program, grpcurl):
    done = subprocess.run([grpcurl, "-plaintext", "-d", '{"service": "%s"}' % STREAMING, program.grpc, HEALTH[1:] + "Check"],
                          capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert '"SERVING"' in done.stdout
