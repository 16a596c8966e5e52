"""HTTP/2 frames by hand, for what no library would send. Talks to this machine alone."""

import socket
import struct
import threading

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, CONTINUATION = 0, 1, 3, 4, 9
END_STREAM, END_HEADERS = 1, 4
CANCEL = struct.pack(">I", 8)
EMPTY_MESSAGE = b"\0\0\0\0\0"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def integer(value, bits, first=0):
    """HPACK's integers (RFC 7541, 5.1)."""
    most = (1 << bits) - 1
    if value < most:
        return bytes([first | value])
    out, value = [first | most], value - most
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes([*out, value])


def text(value):
    return integer(len(value), 7) + value


def literal(name, value):
    return b"\0" + text(name) + text(value)


def headers(path, more=b""):
    pairs = ((b":method", b"POST"), (b":scheme", b"http"), (b":path", path), (b":authority", b"sidecar"))
    grpc = ((b"content-type", b"application/grpc"), (b"te", b"trailers"))
    return b"".join(literal(name, value) for name, value in pairs + grpc) + more


class Attacker:
    """A connection that says what it is told, and whose answers are read and dropped."""

    def __init__(self, target):
        host, port = target.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), 10)
        self.closed = False
        self.socket.sendall(PREFACE + frame(SETTINGS, 0, 0))
        threading.Thread(target=self._drop, daemon=True).start()

    def _drop(self):
        try:
            self.socket.settimeout(None)
            while self.socket.recv(65536):
                pass
        except OSError:
            pass
        self.closed = True

    def say(self, data):
        """False: the other side has closed the connection."""
        try:
            self.socket.sendall(data)
        except OSError:
            self.closed = True
        return not self.closed

    def close(self):
        self.socket.close()
