"""Hand-made HTTP/2 frames, for callers that break its rules (RFC 9113, RFC 7541)."""

import collections
import socket
import struct
import threading
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
ACK = END_STREAM = 0x1
END_HEADERS = 0x4
PADDED = 0x8

INITIAL_WINDOW_SIZE = 4  # of SETTINGS
WINDOW_MAX = 2**31 - 1
CANCEL = struct.pack(">I", 8)  # an error code of RST_STREAM
FRAME_HEAD_BYTES = 9
FRAME_BYTES_MAX = 16384  # unless SETTINGS allows more
WINDOW_AT_FIRST = 65535
FRAMES_KEPT = 1000

GET_TRACKING_NUMBER = "/firstmile.v1.LogisticsService/GetTrackingNumber"


def frame(kind, flags=0, stream=0, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def setting(name, value):
    return struct.pack(">HI", name, value)


def integer(value, prefix_bits, first=0):
    """An HPACK integer whose first byte has flags above the prefix."""
    most = (1 << prefix_bits) - 1
    if value < most:
        return bytes([first | value])
    out, value = bytearray([first | most]), value - most
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    out.append(value)
    return bytes(out)


def text(value):
    value = value if isinstance(value, bytes) else value.encode()
    return integer(len(value), 7) + value


def header(name, value, indexed=False):
    """A literal header, which the dynamic table keeps when `indexed`."""
    return (b"\x40" if indexed else b"\x00") + text(name) + text(value)


def call_headers(path=GET_TRACKING_NUMBER, more=()):
    """The header block of a gRPC call."""
    pairs = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost")]
    pairs += [("content-type", "application/grpc"), ("te", "trailers"), *more]
    return b"".join(header(*pair) for pair in pairs)


def message(payload, compressed=False):
    """A gRPC message as DATA contains it."""
    return bytes([compressed]) + struct.pack(">I", len(payload)) + payload


def call(stream, payload, **headers):
    """The frames of a whole unary call."""
    return frame(HEADERS, END_HEADERS, stream, call_headers(**headers)) + frame(
        DATA, END_STREAM, stream, message(payload)
    )


class Connection:
    """A raw connection to a gRPC server. What the server sends is read on a thread, unless `unread`."""

    def __init__(self, target, greeting=PREFACE + frame(SETTINGS), source="", unread=False, seconds=10):
        host, port = target.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), seconds, (source, 0) if source else None)
        self.socket.settimeout(seconds)
        self.closed = threading.Event()
        self._frames = collections.deque(maxlen=FRAMES_KEPT)
        self._windows = collections.defaultdict(lambda: self._initial_window)
        self._initial_window = WINDOW_AT_FIRST
        self._windows[0] = WINDOW_AT_FIRST
        self._changed = threading.Condition()
        if not unread:
            threading.Thread(target=self._read, daemon=True).start()
        self.send(greeting)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()

    def send(self, data):
        """False: the server has closed or stopped reading."""
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            return False

    def send_data(self, stream, data, end=False, seconds=5):
        """Sends DATA as the server's windows allow. False: not all of it, in the time."""
        until = time.monotonic() + seconds
        while data:
            with self._changed:
                if not self._changed.wait_for(lambda: self._room(stream) > 0 or self.closed.is_set(),
                                              max(0.0, until - time.monotonic())):
                    return False
                size = min(self._room(stream), FRAME_BYTES_MAX, len(data))
                self._windows[0] -= size
                self._windows[stream] -= size
            last = end and size == len(data)
            if self.closed.is_set() or not self.send(frame(DATA, END_STREAM if last else 0, stream, data[:size])):
                return False
            data = data[size:]
        return True

    def frames(self):
        """Kind, flags, stream and payload of the latest frame."""
        with self._changed:
            return list(self._frames)

    def wait_for(self, kind, stream=0, flags=0, seconds=5):
        """True once such a frame has arrived; False when none does before the timeout or the end of the connection."""

        def found():
            return any(f[0] == kind and f[2] == stream and f[1] & flags == flags for f in self._frames)

        with self._changed:
            self._changed.wait_for(lambda: found() or self.closed.is_set(), seconds)
            return found()

    def ends(self, stream, seconds):
        """True once the server has ended the stream or the connection."""

        def ended():
            return self.closed.is_set() or any(
                kind == GOAWAY or of == stream and (kind == RST_STREAM or kind == HEADERS and flags & END_STREAM)
                for kind, flags, of, _ in self._frames
            )

        with self._changed:
            return self._changed.wait_for(ended, seconds)

    def _room(self, stream):
        return min(self._windows[0], self._windows[stream])

    def _read(self):
        data = b""
        while True:
            try:
                more = self.socket.recv(65536)
            except TimeoutError:
                continue
            except (OSError, ValueError):
                more = b""
            if not more:
                break
            data = self._take(data + more)
        with self._changed:
            self.closed.set()
            self._changed.notify_all()

    def _take(self, data):
        """Records the complete frames and returns the rest."""
        at = 0
        with self._changed:
            while len(data) - at >= FRAME_HEAD_BYTES:
                end = at + FRAME_HEAD_BYTES + int.from_bytes(data[at : at + 3], "big")
                if end > len(data):
                    break
                stream = int.from_bytes(data[at + 5 : at + 9], "big")
                self._note(data[at + 3], data[at + 4], stream, data[at + FRAME_HEAD_BYTES : end])
                at = end
            self._changed.notify_all()
        return data[at:]

    def _note(self, kind, flags, stream, payload):
        self._frames.append((kind, flags, stream, payload))
        if kind == WINDOW_UPDATE:
            self._windows[stream] += int.from_bytes(payload, "big")
        elif kind == SETTINGS and not flags & ACK:
            for name, value in struct.iter_unpack(">HI", payload):
                if name == INITIAL_WINDOW_SIZE:
                    self._initial_window = value
