"""Calls of all four kinds by python3-grpcio: handlers that are told events, handlers that block, one for any method."""

import threading

import grpc
import pytest

import grpcclient
from program import PATIENCE, Program

SERVICE = "/test.v1.Streaming/"


@pytest.fixture(scope="module", params=("callback", "blocking"))
def streaming(request):
    program = Program("test-server", "--streams", request.param)
    yield program
    program.stop()


@pytest.fixture
def rpc(streaming, pb):
    with stubs(streaming.grpc, pb) as found:
        yield found


class stubs:
    def __init__(self, address, pb):
        self.context = grpcclient.channel(address, [("grpc.max_receive_message_length", -1)])
        self.pb = pb

    def __enter__(self):
        chan = self.context.__enter__()
        for name, kind in (("Unary", chan.unary_unary), ("Down", chan.unary_stream), ("Up", chan.stream_unary),
                           ("Both", chan.stream_stream)):
            setattr(self, name.lower(), kind(SERVICE + name, request_serializer=lambda m: m.SerializeToString(),
                                             response_deserializer=self.pb.StreamResponse.FromString))
        return self

    def __exit__(self, *args):
        return self.context.__exit__(*args)


def failure(call):
    """(code, details) of a call that must fail; its messages are read."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return caught.value.code(), caught.value.details()


class Feed:
    """Request messages, one by one as the test puts them."""

    def __init__(self):
        self.items, self.changed = [], threading.Condition()

    def put(self, item):
        with self.changed:
            self.items.append(item)
            self.changed.notify()

    def __iter__(self):
        return self

    def __next__(self):
        with self.changed:
            assert self.changed.wait_for(lambda: self.items, PATIENCE)
            item = self.items.pop(0)
        if item is None:
            raise StopIteration
        return item


def test_unary(pb, rpc):
    answer = rpc.unary(pb.StreamRequest(payload=b"hello"), timeout=PATIENCE)
    assert (answer.payload, answer.count, answer.bytes) == (b"hello", 1, 5)


@pytest.mark.parametrize("count,size", ((0, 0), (1, 0), (1000, 10), (100, 1000), (50, 100000), (8, 1 << 20)))
def test_down(pb, rpc, count, size):
    answers = list(rpc.down(pb.StreamRequest(count=count, size=size), timeout=PATIENCE))
    assert [a.count for a in answers] == list(range(count))
    assert all(a.payload == bytes(size) for a in answers)


@pytest.mark.parametrize("count,size", ((0, 0), (1, 0), (1000, 10), (100, 1000), (50, 100000), (8, 1 << 20)))
def test_up(pb, rpc, count, size):
    answer = rpc.up((pb.StreamRequest(payload=b"x" * size) for _ in range(count)), timeout=PATIENCE)
    assert (answer.count, answer.bytes) == (count, count * size)


@pytest.mark.parametrize("count,size", ((0, 0), (1, 0), (1000, 10), (100, 1000), (50, 100000), (8, 1 << 20)))
def test_both(pb, rpc, count, size):
    sent = [pb.StreamRequest(payload=bytes([i % 256]) * size) for i in range(count)]
    answers = list(rpc.both(iter(sent), timeout=PATIENCE))
    assert [a.payload for a in answers] == [s.payload for s in sent]
    assert [a.count for a in answers] == list(range(1, count + 1))


def test_ping_pong(pb, rpc):
    """Each message is answered before the next is sent."""
    feed = Feed()
    answers = rpc.both(feed, timeout=PATIENCE)
    for i in range(20):
        feed.put(pb.StreamRequest(payload=b"%d" % i))
        assert next(answers).payload == b"%d" % i
    feed.put(None)
    assert list(answers) == []


def test_early_headers(pb, rpc):
    feed = Feed()
    call = rpc.both(feed, timeout=PATIENCE)
    feed.put(pb.StreamRequest(mode="headers"))
    assert ("x-early", "1") in [tuple(pair) for pair in call.initial_metadata()]
    feed.put(None)
    assert len(list(call)) == 1


def test_failure(pb, rpc):
    last = pb.StreamRequest(status=9, message="enough", count=3)
    down = rpc.down(last, timeout=PATIENCE)
    assert [next(down).count for _ in range(3)] == [0, 1, 2]
    assert failure(lambda: next(down)) == (grpc.StatusCode.FAILED_PRECONDITION, "enough")
    assert failure(lambda: rpc.up(iter([pb.StreamRequest(), last]), timeout=PATIENCE))[1] == "enough"
    both = rpc.both(iter([pb.StreamRequest(), last]), timeout=PATIENCE)
    assert next(both).count == 1
    assert failure(lambda: next(both))[1] == "enough"


def test_detail(pb, rpc):
    """grpc-status-details-bin is a google.rpc.Status that agrees with the status."""
    request = pb.StreamRequest(status=3, message="bad \N{PILE OF POO}", mode="detail")
    with pytest.raises(grpc.RpcError) as caught:
        list(rpc.down(request, timeout=PATIENCE))
    assert caught.value.details() == request.message
    details = dict(caught.value.trailing_metadata())["grpc-status-details-bin"]
    any_field = b"\x0a" + bytes([len("type.googleapis.com/test.v1.StreamRequest")]) + \
        b"type.googleapis.com/test.v1.StreamRequest" + b"\x12" + bytes([request.ByteSize()]) + request.SerializeToString()
    message = request.message.encode()
    assert details == b"\x08\x03\x12" + bytes([len(message)]) + message + b"\x1a" + bytes([len(any_field)]) + any_field


def test_cancel(pb, streaming, rpc):
    """The call ends at the server, and is logged once."""
    def ends(program=streaming):
        return [line["error"] for line in program.rpc_lines()
                if line["msg"].startswith("rpc error") and line["error"].startswith("CANCELLED")]
    before = len(ends())
    call = rpc.down(pb.StreamRequest(mode="never"), timeout=PATIENCE)
    call.initial_metadata()
    call.cancel()
    streaming.wait_line(lambda _: len(ends()) > before)
    assert len(ends()) == before + 1


def test_deadline(pb, rpc):
    code, _ = failure(lambda: list(rpc.down(pb.StreamRequest(mode="never"), timeout=0.2)))
    assert code == grpc.StatusCode.DEADLINE_EXCEEDED


def test_any_method(streaming):
    """A method that no service has: its bytes come back."""
    with grpcclient.channel(streaming.grpc) as chan:
        call = chan.stream_stream("/who.Knows/What")(iter([b"", b"one", b"two" * 100000]), timeout=PATIENCE)
        assert list(call) == [b"", b"one", b"two" * 100000]
        assert ("x-method", "/who.Knows/What") in [tuple(pair) for pair in call.initial_metadata()]


def test_barrier(pb):
    """16 calls hold the pool's threads, 84 wait for one; the connection goes on, and then all complete."""
    program = Program("test-server", "--streams", "blocking", "--pool-threads", "16")
    with stubs(program.grpc, pb) as rpc:
        calls = [rpc.up.future(iter([pb.StreamRequest(mode="barrier", payload=b"x")]), timeout=PATIENCE)
                 for _ in range(100)]
        assert rpc.unary(pb.StreamRequest(payload=b"ping"), timeout=PATIENCE).payload == b"ping"
        assert not any(call.done() for call in calls)
        assert rpc.unary(pb.StreamRequest(mode="open"), timeout=PATIENCE).count == 1
        assert [call.result().count for call in calls] == [1] * 100
    program.stop()


def test_full_pool(pb):
    """A call that finds the queue full is refused; one that waits in it can be canceled."""
    program = Program("test-server", "--streams", "blocking", "--pool-threads", "1", "--pool-queue", "1")
    with stubs(program.grpc, pb) as rpc:
        held = rpc.down(pb.StreamRequest(mode="never"), timeout=PATIENCE)
        held.initial_metadata()
        waits = rpc.down(pb.StreamRequest(mode="never"), timeout=PATIENCE)
        refused = failure(lambda: [list(rpc.down(pb.StreamRequest(), timeout=PATIENCE)) for _ in range(2)])
        assert refused == (grpc.StatusCode.RESOURCE_EXHAUSTED, "too many calls wait for a thread")
        waits.cancel()
        held.cancel()
        while True:  # until the thread is free again
            try:
                assert len(list(rpc.down(pb.StreamRequest(count=3), timeout=PATIENCE))) == 3
                break
            except grpc.RpcError as error:
                assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    program.stop()


def test_stop_with_blocked_handlers(pb):
    """Handlers that wait are woken when the time for shutdown is over."""
    program = Program("test-server", "--streams", "blocking", "--shutdown-timeout", "100ms")
    with stubs(program.grpc, pb) as rpc:
        calls = [rpc.down(pb.StreamRequest(mode="never"), timeout=PATIENCE) for _ in range(3)]
        for call in calls:
            call.initial_metadata()
        program.stop()
        for call in calls:
            assert failure(lambda: list(call))[0] in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
