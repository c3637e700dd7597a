"""Unary calls by python3-grpcio, as little of it as the tests need."""

import contextlib

import grpc

from program import PATIENCE


def target(address):
    if address.startswith("/"):
        return "unix:" + address
    return address.replace("[::]", "127.0.0.1").replace("0.0.0.0", "127.0.0.1")


@contextlib.contextmanager
def channel(address, options=()):
    options = [("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1), *options]
    with grpc.insecure_channel(target(address), options=options) as chan:
        yield chan


def method(chan, path, answer_class):
    return chan.unary_unary(path, request_serializer=lambda m: m if isinstance(m, bytes) else m.SerializeToString(),
                            response_deserializer=answer_class.FromString)


def call(address, path, message, answer_class, timeout=PATIENCE, metadata=None, options=()):
    """The answer; a grpc.RpcError if the status is not OK."""
    with channel(address, options) as chan:
        return method(chan, path, answer_class)(message, timeout=timeout, metadata=metadata)


def failure(address, path, message, answer_class, **kwargs):
    """(code, details) of a call that must fail."""
    try:
        answer = call(address, path, message, answer_class, **kwargs)
    except grpc.RpcError as error:
        return error.code(), error.details()
    raise AssertionError("no error, but: %r" % answer)
