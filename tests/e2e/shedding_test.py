"""Calls beyond the sidecar's own limits: one log line a second, and callers known by name or connection."""

import json
import time

import grpc

from firstmile.v1 import auth_tokens_pb2
from firstmile_client import error_facts
from harness import DOCUMENTED_NUMBER, DOCUMENTED_REQUEST, SidecarCase
from local_pair import wait_until

CALLER = "x-firstmile-caller"
LIMITS = "limits { max_calls: 4 max_calls_per_caller: 1 }"


class SheddingTest(SidecarCase):
    def setUp(self):
        super().setUp()
        _, self.sidecar = self.start_both(more=[LIMITS])

    def watch(self, stubs, *names):
        """Holds the one call that its caller may have, until the test ends."""
        metadata = [(CALLER, name) for name in names]
        stream = stubs.auth.WatchShops(auth_tokens_pb2.WatchShopsRequest(), metadata=metadata)
        self.addCleanup(stream.cancel)
        stream.initial_metadata()
        return stream

    def ask(self, stubs, *names):
        metadata = [(CALLER, name) for name in names]
        return stubs.logistics.GetTrackingNumber(DOCUMENTED_REQUEST, timeout=20, metadata=metadata).tracking_number

    def assert_refused(self, stubs, *names):
        with self.assertRaises(grpc.RpcError) as raised:
            self.ask(stubs, *names)
        self.assertEqual(raised.exception.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
        self.assertEqual(error_facts(raised.exception).reason, "SIDECAR_OVERLOADED")

    def shed_lines(self):
        return [json.loads(line) for line in list(self.sidecar.lines) if '"event":"calls_shed"' in line]

    def test_calls_that_are_refused_share_one_line_a_second_which_counts_them(self):
        stubs = self.stubs_of(self.sidecar)
        self.watch(stubs)
        begin = time.monotonic()
        calls = 0

        def all_are_counted():
            nonlocal calls
            for _ in range(20):
                self.assert_refused(stubs)
                calls += 1
            return len(self.shed_lines()) >= 3

        wait_until(all_are_counted, "three lines", 60)
        seconds = time.monotonic() - begin
        lines = self.shed_lines()
        self.assertLessEqual(len(lines), seconds + 1)
        self.assertEqual(lines[0]["count"], 1)
        self.assertLessEqual(sum(line["count"] for line in lines), calls)
        self.assertGreater(sum(line["count"] for line in lines), 20)
        self.assertEqual(self.sidecar.stop(), 0)
        refused = [line for line in self.sidecar.lines if '"event":"call"' in line and "SIDECAR_OVERLOADED" in line]
        self.assertEqual(refused, [])

    def test_connections_that_give_the_same_name_are_one_caller(self):
        self.watch(self.stubs_of(self.sidecar), "orders")
        other = self.separate_stubs()
        self.assert_refused(other, "orders")
        self.assertEqual(self.ask(other, "stock"), DOCUMENTED_NUMBER)
        self.assertEqual(self.ask(other), DOCUMENTED_NUMBER)

    def test_a_connection_that_gives_two_names_is_two_callers(self):
        stubs = self.stubs_of(self.sidecar)
        self.watch(stubs, "orders")
        self.assertEqual(self.ask(stubs, "stock"), DOCUMENTED_NUMBER)
        self.assert_refused(stubs, "orders")

    def test_without_a_name_a_connection_is_a_caller(self):
        self.watch(self.stubs_of(self.sidecar))
        self.assertEqual(self.ask(self.separate_stubs()), DOCUMENTED_NUMBER)

    def separate_stubs(self):
        """On a connection of its own: gRPC shares one among channels of the same target."""
        from firstmile.v1.auth_service_pb2_grpc import AuthServiceStub
        from firstmile.v1.logistics_service_pb2_grpc import LogisticsServiceStub

        channel = grpc.insecure_channel(self.sidecar.target, options=[("grpc.use_local_subchannel_pool", 1)])
        self.addCleanup(channel.close)

        class Stubs:
            auth, logistics = AuthServiceStub(channel), LogisticsServiceStub(channel)

        return Stubs
