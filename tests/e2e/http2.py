"""HTTP/2 by hand (python3-h2): one connection, streams with frames cut as a test wants them."""

import struct

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings

from http1 import connect

# python3-h2 takes no frame after a GOAWAY; RFC 9113, 6.8 lets the streams under way end.
State, Inputs = h2.connection.ConnectionState, h2.connection.ConnectionInputs
h2.connection.H2ConnectionStateMachine._transitions[State.CLIENT_OPEN, Inputs.RECV_GOAWAY] = (None, State.CLIENT_OPEN)


def framed(message, flag=0, length=None):
    """A Length-Prefixed-Message of gRPC, its prefix possibly a lie."""
    return struct.pack(">BI", flag, len(message) if length is None else length) + message


class Stream:
    """What came back on one stream."""

    def __init__(self):
        self.headers, self.trailers, self.data = None, None, b""
        self.ended, self.reset = False, None

    def field(self, name):
        """A field of the trailers, or of the only header block (Trailers-Only)."""
        return dict(self.trailers or self.headers or {}).get(name)

    @property
    def over(self):
        return self.ended or self.reset is not None

    @property
    def status(self):
        return int(dict(self.headers)[":status"]) if self.headers else None

    @property
    def grpc_status(self):
        value = self.field("grpc-status")
        return None if value is None else int(value)

    def __repr__(self):
        return "headers %r data %r trailers %r ended %r reset %r" % (
            self.headers, self.data[:200], self.trailers, self.ended, self.reset)


class Http2:
    def __init__(self, address, window=None, tls=None):
        self.sock = connect(address, tls)
        config = h2.config.H2Configuration(client_side=True, header_encoding="utf-8",
                                           validate_outbound_headers=False, normalize_outbound_headers=False)
        self.conn = h2.connection.H2Connection(config)
        self.streams, self.goaway, self.eof = {}, None, False
        self.auto_window = window is None  # false: the test opens windows itself
        self.conn.initiate_connection()
        if window is not None:
            self.conn.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: window})
        self.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def flush(self):
        data = self.conn.data_to_send()
        if data:
            self.sock.sendall(data)

    # -- sending --

    def open(self, path, headers=(), method="POST", content_type="application/grpc", end=False):
        """A new stream; its id.  A header whose value is None is left out."""
        fields = {":method": method, ":scheme": "http", ":authority": "test", ":path": path,
                  "content-type": content_type, "te": "trailers"}
        fields.update(headers)
        stream_id = self.conn.get_next_available_stream_id()
        self.streams[stream_id] = Stream()
        self.conn.send_headers(stream_id, [(k, v) for k, v in fields.items() if v is not None], end_stream=end)
        self.flush()
        return stream_id

    def data(self, stream_id, data, end=False, frame=None):
        """Sends data as the peer's windows allow it, in frames of at most `frame` bytes.  Stops without an
        error when the peer has ended the stream."""
        stream = self.streams[stream_id]
        while True:
            while data and not stream.over and not self.eof and self.conn.local_flow_control_window(stream_id) == 0:
                self.receive()
            if stream.over or self.eof:
                return
            room = min(self.conn.local_flow_control_window(stream_id), self.conn.max_outbound_frame_size,
                       frame or 1 << 24)
            piece, data = data[:room], data[room:]
            try:
                self.conn.send_data(stream_id, piece, end_stream=end and not data)
            except h2.exceptions.StreamClosedError:
                return
            self.flush()
            if not data:
                return

    def reset(self, stream_id, code=h2.errors.ErrorCodes.CANCEL):
        self.conn.reset_stream(stream_id, code)
        self.flush()

    # -- receiving --

    def receive(self):
        """Waits for more bytes and takes in what they say."""
        data = self.sock.recv(65536)
        if not data:
            self.eof = True
            return
        for event in self.conn.receive_data(data):
            self._take(event)
        try:
            self.flush()
        except (BrokenPipeError, ConnectionResetError):
            pass

    def _take(self, event):
        stream = self.streams.get(getattr(event, "stream_id", None))
        if isinstance(event, h2.events.ConnectionTerminated):
            self.goaway = event
        elif stream is None:
            return
        elif isinstance(event, h2.events.ResponseReceived):
            stream.headers = event.headers
        elif isinstance(event, h2.events.TrailersReceived):
            stream.trailers = event.headers
        elif isinstance(event, h2.events.DataReceived):
            stream.data += event.data
            if self.auto_window and event.flow_controlled_length:
                self.conn.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            stream.ended = True
        elif isinstance(event, h2.events.StreamReset):
            stream.reset = event.error_code

    def finish(self, stream_id):
        """Waits for the end of the stream and returns it."""
        stream = self.streams[stream_id]
        while not stream.over:
            assert not self.eof, "connection closed before the stream's end: %r" % stream
            self.receive()
        return stream

    def call(self, path, pieces=(), end=True, **kwargs):
        """One stream: head, pieces of body, end; what came back."""
        stream_id = self.open(path, end=end and not pieces, **kwargs)
        for i, piece in enumerate(pieces):
            self.data(stream_id, piece, end=end and i == len(pieces) - 1)
        return self.finish(stream_id)
