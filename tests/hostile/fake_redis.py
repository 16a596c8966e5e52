"""A misbehaving Redis server, on threads of the test."""

import contextlib
import itertools
import socket
import threading
import time

# Each server's reply to every command, by name: bytes, or a generator of chunks.
REPLIES = {
    "an error": b"-ERR no\r\n",
    "an error of 1 MB": b"-ERR " + 1_000_000 * b"e" + b"\r\n",
    "an error with escapes": b"-ERR \x1b[31mred\x9b31m\r\n",
    "a text in the place of a list": b"+OK\r\n",
    "a number in the place of a list": b":7\r\n",
    "nothing, as a bulk": b"$-1\r\n",
    "a list of nothing": b"*-1\r\n",
    "a bulk of 2 GB": b"$2000000000\r\n" + 1000 * b"x",
    "a bulk beyond 64 bits": b"$99999999999999999999\r\n",
    "a bulk below nothing": b"$-7\r\n",
    "a bulk that is longer than it says": b"$2\r\nabcdef\r\n",
    "a list of 4 billion": b"*4294967295\r\n",
    "a list of 100 million": b"*100000000\r\n",
    "a list of a million lists": b"*1000000\r\n" + 1_000_000 * b"*0\r\n",
    "a list of 300 million elements that do not come": b"*311111111\r\n",
    "lists in lists": 1_000_000 * b"*1\r\n",
    "a map of Redis 7": b"%1\r\n+a\r\n+b\r\n",
    "a push message": b">2\r\n+invalidate\r\n+x\r\n",
    "a number that is none": b":abc\r\n",
    "a type that is none": b"?what\r\n",
    "HTTP": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "NUL": bytes(1000),
    "five for one": 5 * b"+OK\r\n",
    "a line without an end": lambda: itertools.repeat(65536 * b"+", LINE_BYTES // 65536),
    "a bulk of 2 GB that comes": lambda: itertools.chain([b"$2000000000\r\n"], itertools.repeat(65536 * b"x", LINE_BYTES // 65536)),
}
LINE_BYTES = 2_000_000_000


class FakeRedis:
    """Forwards to a real server, if there is one. `reply` is what it sends for every command: bytes, chunks, or
    one of the words below."""

    PASS = "what the real server says"
    PASS_WITH_SURPLUS = "the same, and now and then what it said to the command before, too"
    SURPLUS_EVERY = 7  # replies
    NEVER = "nothing"
    CLOSE = "the end of the connection"

    def __init__(self, reply, behind=None, pause=0.0):
        self.reply, self.pause, self._behind = reply, pause, behind
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._connections = []
        self._last = b"+OK\r\n"
        self._replies = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            connection.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._connections.append(connection)
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError), connection, contextlib.ExitStack() as stack:
            real = None
            if self._behind:
                real = stack.enter_context(socket.socket(socket.AF_UNIX))
                real.connect(str(self._behind))
            while command := connection.recv(1 << 20):
                if self.reply in (self.PASS, self.PASS_WITH_SURPLUS):
                    real.sendall(command)
                    reply = real.recv(1 << 20)  # small commands and replies, each in one piece
                    self._replies += 1
                    surplus = self.reply == self.PASS_WITH_SURPLUS and self._replies % self.SURPLUS_EVERY == 0
                    connection.sendall(reply + self._last if surplus else reply)
                    self._last = reply
                elif self.reply == self.CLOSE:
                    return
                elif self.reply != self.NEVER:
                    self._send(connection)

    def _send(self, connection):
        for chunk in [self.reply] if isinstance(self.reply, bytes) else self.reply():
            connection.sendall(chunk)
            time.sleep(self.pause)
