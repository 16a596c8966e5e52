"""Callers who flood the sidecar, or only hold connections, and the honest ones beside them."""

import contextlib
import json
import pathlib
import re
import resource
import socket
import statistics
import time

import grpc
import raw_http2 as h2
from firstmile.v1.logistics_service_pb2_grpc import LogisticsServiceStub
from harness import DOCUMENTED_NUMBER, DOCUMENTED_REQUEST, SANITIZED, SidecarCase
from local_pair import wait_until
from metrics_test import get, parse

GET_TRACKING_NUMBER = b"/firstmile.v1.LogisticsService/GetTrackingNumber"
MEMORY_MIB = 512
ATTACK_SECONDS = 8


class ListenerCase(SidecarCase):
    def start(self, *lines, **options):
        emulator = self.start_emulator()
        limits = f"limits {{ max_memory_mib: {MEMORY_MIB} }}"
        self.sidecar = self.start_sidecar(
            emulator, more=[limits, 'admin { metrics_listen: "127.0.0.1:0" }', *lines], **options
        )
        self.admin = self.log_lines(self.sidecar, "metrics_listening")[0]["detail"]

    def metric(self, name, cause=""):
        return parse(get(self.admin, "/metrics")[1]).get((name, (f'cause="{cause}"' if cause else "",)), 0)

    def assert_ready(self):
        self.assertEqual(get(self.admin, "/readiness"), (200, "ready\n"))

    def resident_mib(self):
        status = pathlib.Path(f"/proc/{self.sidecar.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) // 1024

    def ask_on_a_new_connection(self):
        alone = [("grpc.use_local_subchannel_pool", 1)]
        with grpc.insecure_channel(self.sidecar.target, options=alone) as channel:
            logistics = LogisticsServiceStub(channel)
            logistics.GetTrackingNumber(DOCUMENTED_REQUEST, timeout=20, wait_for_ready=True)

    def ask(self, stubs, timeout=10):
        begin = time.monotonic()
        answer = stubs.logistics.GetTrackingNumber(DOCUMENTED_REQUEST, timeout=timeout)
        self.assertEqual(answer.tracking_number, DOCUMENTED_NUMBER)
        return time.monotonic() - begin

    def assert_served_during(self, attack, cause):
        """attack(attacker) says some more and is repeated until the sidecar closes the attacker's connection."""
        stubs = self.stubs_of(self.sidecar)
        self.ask(stubs)
        attacker = h2.Attacker(self.sidecar.target)
        self.addCleanup(attacker.close)
        largest, times = 0, []
        end = time.monotonic() + ATTACK_SECONDS
        while not attacker.closed and time.monotonic() < end:
            attack(attacker)
            largest = max(largest, self.resident_mib())
            times.append(self.ask(stubs))
        self.assertTrue(attacker.closed, "the flooding connection is still open")
        times += [self.ask(stubs) for _ in range(20)]
        largest = max(largest, self.resident_mib())
        closed = [self.metric("firstmile_connections_closed_total", told) for told in {cause, "memory"}]
        self.assertGreaterEqual(sum(closed), 1)
        self.assert_ready()
        if not SANITIZED:
            self.assertLess(largest, MEMORY_MIB)
        self.assertLess(statistics.median(times), 1)


class FloodTest(ListenerCase):
    def setUp(self):
        super().setUp()
        self.start()
        self.stream = 1

    def next_streams(self, count):
        first = self.stream
        self.stream += 2 * count
        return range(first, self.stream, 2)

    def resets(self, attacker, more):
        block = h2.headers(GET_TRACKING_NUMBER)
        attacker.say(
            b"".join(
                h2.frame(h2.HEADERS, h2.END_HEADERS, stream, block)
                + more(stream)
                + h2.frame(h2.RST_STREAM, 0, stream, h2.CANCEL)
                for stream in self.next_streams(200)
            )
        )

    def test_resets_of_whole_requests(self):
        def message(stream):
            return h2.frame(h2.DATA, h2.END_STREAM, stream, h2.EMPTY_MESSAGE)

        self.assert_served_during(lambda attacker: self.resets(attacker, message), "flood")

    def test_resets_of_requests_that_never_get_a_message(self):
        self.assert_served_during(lambda attacker: self.resets(attacker, lambda stream: b""), "flood")

    def continue_without_end(self, piece, more=b""):
        """One header block that begins with `more` and goes on with `piece`, again and again."""

        def attack(attacker):
            if self.stream == 1:
                self.stream = 3
                attacker.say(h2.frame(h2.HEADERS, 0, 1, h2.headers(GET_TRACKING_NUMBER, more)))
            attacker.say(piece)

        self.assert_served_during(attack, "flood")

    def test_metadata_without_end(self):
        self.continue_without_end(h2.frame(h2.CONTINUATION, 0, 1, h2.literal(b"k", b"v" * 8000) * 2) * 4)

    def test_one_header_without_end(self):
        endless = b"\0" + h2.text(b"k") + h2.integer(1 << 30, 7)
        self.continue_without_end(h2.frame(h2.CONTINUATION, 0, 1, b"v" * 16000) * 4, endless)

    def test_empty_continuations_without_end(self):
        self.continue_without_end(h2.frame(h2.CONTINUATION, 0, 1) * 5000)

    def test_messages_that_never_end(self):
        half = b"\0" + (1 << 20).to_bytes(4, "big") + b"x" * 16000

        def more(attacker):
            block = h2.headers(GET_TRACKING_NUMBER)
            for stream in self.next_streams(4):
                attacker.say(
                    h2.frame(h2.HEADERS, h2.END_HEADERS, stream, block) + h2.frame(h2.DATA, 0, stream, half)
                )

        self.assert_served_during(more, "flood")


class ConnectionsTest(ListenerCase):
    def test_connections_that_say_nothing_are_closed_in_time(self):
        self.start("connections { handshake_timeout_ms: 500 }")
        host, port = self.sidecar.target.rsplit(":", 1)
        with socket.create_connection((host, int(port)), 10) as silent:
            while silent.recv(1000):  # the server's own settings come first
                pass
        wait_until(lambda: self.metric("firstmile_connections") == 0, "the connection's end", 10)

    def test_thousands_of_idle_connections_keep_nobody_out(self):
        self.start("connections { max_connections: 500 max_connections_per_peer: 500 }")
        stubs = self.stubs_of(self.sidecar)
        self.ask(stubs)
        host, port = self.sidecar.target.rsplit(":", 1)
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        idle = []
        self.addCleanup(lambda: [connection.close() for connection in idle])
        for _ in range(8):
            for _ in range(250):
                with contextlib.suppress(ConnectionResetError):  # closed at once: all others were used just now
                    idle.append(socket.create_connection((host, int(port)), 10))
            self.ask(stubs)
            self.ask_on_a_new_connection()
        self.assertLessEqual(self.metric("firstmile_connections"), 500)
        self.assertGreater(self.metric("firstmile_connections_closed_total", "idle"), 0)
        self.assert_ready()

    def test_readiness_tells_that_the_socket_file_is_gone(self):
        path = self.folder / "grpc.sock"
        self.start(listen=f"unix:{path}")
        self.assert_ready()
        path.unlink()
        status, body = get(self.admin, "/readiness")
        self.assertEqual(status, 503)
        self.assertIn("No such file or directory", body)

