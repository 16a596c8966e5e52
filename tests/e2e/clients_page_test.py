"""The retry loop of server/docs/clients.md waits as errors say, and never repeats a write whose outcome is unknown."""

import sys
import time
import types
import unittest
from unittest import mock

import grpc

from firstmile.v1 import auth_tokens_pb2, first_mile_orders_pb2, logistics_tracking_pb2
from harness import DOCUMENTED_ORDER, DOCUMENTED_SHOP, SidecarCase
from pages import read_blocks
from python_package import with_errors
from serve_case import free_port

BIND = "bind_first_mile_tracking_number"
BIND_PATH = f"/api/v2/first_mile/{BIND}"
READ = logistics_tracking_pb2.GetTrackingNumberRequest(shop_id=DOCUMENTED_SHOP, order_sn=DOCUMENTED_ORDER)
WRITE = first_mile_orders_pb2.BindFirstMileTrackingNumberRequest(
    shop_id=DOCUMENTED_SHOP,
    first_mile_tracking_number="CNF000000000003241101",
    shipment_method="pickup",
    region="CN",
    logistics_channel_id=813,
    order_list=[{"order_sn": "2411010FMDEMO2"}],
)
SECONDS = 30


class ClientsPageTest(SidecarCase):
    def setUp(self):
        super().setUp()
        path = mock.patch.object(sys, "path", [with_errors(self.folder), *sys.path])
        path.start()
        self.addCleanup(path.stop)
        self.page = self.loop_of_the_page()

    def loop_of_the_page(self):
        """The page's Python as a module, whose main part does not run."""
        (block,) = (block for block in read_blocks("server/docs/clients.md") if block.kind == "python")
        module = types.ModuleType("clients_page")
        exec(compile(block.text, block.page, "exec"), module.__dict__)
        return module

    def start(self, *more):
        """A sidecar that leaves retries to its client."""
        self.emulator, self.sidecar = self.start_both(more=["retry { max_attempts: 1 }", *more])
        self.stubs = self.stubs_of(self.sidecar)

    def fault(self, **fault):
        self.emulator.control("faults", fault)

    def read(self):
        return self.page.call(self.stubs.logistics.GetTrackingNumber, READ, SECONDS, is_read=True)

    def write(self):
        return self.page.call(self.stubs.first_mile.BindFirstMileTrackingNumber, WRITE, SECONDS, is_read=False)

    def assert_raises(self, reason, call):
        with self.assertRaises(grpc.RpcError) as raised:
            call()
        self.assertEqual(self.page.ErrorDetails.from_error(raised.exception).reason_name, reason)

    def test_a_read_is_repeated_until_shopee_is_back(self):
        self.start()
        self.fault(preset="html_502", times=2)
        self.assertEqual(self.read().tracking_number, "MY200448706479IT")
        self.assertEqual(self.emulator.requests("get_tracking_number"), 3)

    def test_an_error_that_waiting_does_not_cure_is_raised_at_once(self):
        self.start()
        self.fault(action="error", error="error_param", message="Wrong parameters, detail: order_sn.", times=-1)
        self.assert_raises("ARGUMENT_REFUSED", self.read)
        self.assertEqual(self.emulator.requests("get_tracking_number"), 1)

    def test_a_write_that_had_no_effect_is_repeated(self):
        self.start()
        self.fault(preset="cut_before", path=BIND_PATH, times=1)
        (outcome,) = self.write().outcomes
        self.assertFalse(outcome.HasField("failure"))
        self.assertEqual(self.emulator.requests(BIND), 2)

    def test_a_write_whose_outcome_is_unknown_is_not_repeated(self):
        self.start()
        self.fault(preset="cut_before", times=-1)
        self.assert_raises("WRITE_OUTCOME_UNKNOWN", self.write)
        self.assertEqual(self.emulator.requests(BIND), 1)

    def test_a_write_that_ends_without_a_reason_is_not_repeated(self):
        """As when the connection to the sidecar breaks: gRPC itself makes that error."""
        channel = grpc.insecure_channel(f"127.0.0.1:{free_port()}")
        self.addCleanup(channel.close)
        stub = self.page.first_mile_service_pb2_grpc.FirstMileServiceStub(channel)
        rpc = mock.Mock(side_effect=stub.BindFirstMileTrackingNumber)
        self.assert_raises("UNSPECIFIED", lambda: self.page.call(rpc, WRITE, SECONDS, is_read=False))
        self.assertEqual(rpc.call_count, 1)

    def test_retry_info_says_how_long_to_wait(self):
        self.start("limits { max_calls: 2 max_calls_per_caller: 2 }")
        watches = [self.stubs.auth.WatchShops(auth_tokens_pb2.WatchShopsRequest(), timeout=SECONDS) for _ in range(2)]
        for watch in watches:
            watch.initial_metadata()  # it has begun
        pauses = []

        def sleep(seconds):
            pauses.append(seconds)
            watches[0].cancel()

        self.page.time = types.SimpleNamespace(monotonic=time.monotonic, sleep=sleep)
        self.assertEqual(self.read().tracking_number, "MY200448706479IT")
        self.assertGreater(min(pauses), 0.5)  # the page's own first backoff would be at most 0.2

    def test_no_wait_goes_beyond_the_time_of_the_call(self):
        self.start()
        self.fault(preset="daily_quota", times=-1)
        self.assert_raises("DAILY_QUOTA", self.read)
        self.assertEqual(self.emulator.requests("get_tracking_number"), 1)


if __name__ == "__main__":
    unittest.main()
