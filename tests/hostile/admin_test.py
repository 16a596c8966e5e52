"""A client that occupies the admin port does not block probes."""

import contextlib
import socket
import threading
import time

from hostile_case import ADMIN, HostileCase
from metrics_test import get

CONNECTIONS = 1000
WINDOW_SECONDS = 2
PROBE_SECONDS_MAX = 1.0  # Kubernetes's default probe timeout
PIPELINED = 20_000


class AdminTest(HostileCase):
    def setUp(self):
        super().setUp()
        _, self.sidecar = self.start_both(more=[ADMIN])
        self.address = self.admin_of(self.sidecar)

    def connect(self, first=b""):
        host, port = self.address.split(":")
        connection = socket.create_connection((host, int(port)), 5)
        if first:
            connection.sendall(first)
        return connection

    def assert_probed(self, seconds=WINDOW_SECONDS):
        """Sequential probes on separate connections, each answered in time."""
        end, slowest, count = time.monotonic() + seconds, 0.0, 0
        while time.monotonic() < end:
            for page in ("/readiness", "/liveness"):
                begin = time.monotonic()
                self.assertEqual(get(self.address, page)[0], 200)
                slowest = max(slowest, time.monotonic() - begin)
                count += 1
        print(f"{self._testMethodName}: {count} probes, the slowest took {1000 * slowest:.0f} ms")
        self.assertLess(slowest, PROBE_SECONDS_MAX)

    @contextlib.contextmanager
    def held(self, first):
        """Opens `count` connections that have sent something and stay open."""
        with contextlib.ExitStack() as stack:
            for _ in range(CONNECTIONS):
                with contextlib.suppress(OSError):  # a refusal is fine too
                    stack.enter_context(self.connect(first))
            yield

    def test_idle_connections(self):
        with self.held(b""):
            self.assert_probed()

    def test_half_requests(self):
        with self.held(b"GET /readiness HTTP/1.1\r\nHost: x\r\nX-Half: "):
            self.assert_probed()

    def test_connections_idle_after_an_answer(self):
        with self.held(b"GET /liveness HTTP/1.1\r\nHost: x\r\n\r\n"):
            self.assert_probed()

    def test_half_requests_that_go_on_byte_by_byte(self):
        stopped = threading.Event()

        def drip():
            connections = [self.connect(b"GET /metrics HTTP/1.1\r\nX: ") for _ in range(200)]
            while not stopped.wait(0.2):
                for number, connection in enumerate(connections):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        connection.close()
                        with contextlib.suppress(OSError):
                            connections[number] = self.connect(b"GET /metrics HTTP/1.1\r\nX: ")
            for connection in connections:
                connection.close()

        thread = threading.Thread(target=drip)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(stopped.set)
        self.assert_probed()

    def test_pages_that_nobody_reads(self):
        """Requests in one go, whose answers pile up."""
        request = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"

        def pipeline(connection):
            connection.settimeout(WINDOW_SECONDS)
            with contextlib.suppress(OSError):
                connection.sendall(PIPELINED * request)

        connections = [self.connect() for _ in range(10)]
        threads = [threading.Thread(target=pipeline, args=[connection]) for connection in connections]
        with self.memory_below(self.sidecar, 256):
            for thread in threads:
                thread.start()
            self.assert_probed()
        for connection in connections:
            connection.close()
        for thread in threads:
            thread.join()

    def test_requests_that_are_none(self):
        for first in (
            b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + bytes(500),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"GET /" + 100_000 * b"a" + b" HTTP/1.1\r\n\r\n",
            b"GET /readiness HTTP/1.1\r\n" + 2000 * b"X-Many: v\r\n" + b"\r\n",
            b"POST /readiness HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
            b"POST /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
            b"GET /\xff\0 HTTP/1.1\r\n\r\n",
            b"GET  HTTP/1.1\r\n\r\n",
            b"\r\n" * 10_000,
            bytes(100_000),
        ):
            with self.subTest(first=first[:40]), contextlib.suppress(OSError), self.connect(first) as connection:
                connection.settimeout(5)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(65536)  # an answer, or the end
        self.assert_probed(0.2)

    def test_a_flood_of_connections(self):
        stopped = threading.Event()

        def knock():
            while not stopped.is_set():
                with contextlib.suppress(OSError), self.connect(b"GET /metrics HTTP/1.1\r\n"):
                    pass

        thread = threading.Thread(target=knock)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(stopped.set)
        self.assert_probed()
