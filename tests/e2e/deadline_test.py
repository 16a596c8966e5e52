"""Calls that end early leave nothing behind on the way to Shopee."""

import json
import time

import grpc

from firstmile.v1 import first_mile_streams_pb2
from firstmile.v1.first_mile_service_pb2_grpc import FirstMileServiceStub
from firstmile_client import error_facts
from harness import DOCUMENTED_REQUEST, DOCUMENTED_SHOP, SidecarCase
from local_pair import wait_until

LIST = "get_unbind_order_list"
CALLERS = 60
STEADY_READINGS = 50  # 10 ms apart


class DeadlineTest(SidecarCase):
    def test_a_call_on_a_silent_platform_ends_at_its_deadline_and_its_transfer_with_it(self):
        emulator, sidecar = self.start_both()
        emulator.control("faults", {"action": "never_answer"})
        begin = time.monotonic()
        with self.assertRaises(grpc.RpcError) as raised:
            self.stubs_of(sidecar).logistics.GetTrackingNumber(DOCUMENTED_REQUEST, timeout=1)
        self.assertEqual(raised.exception.code(), grpc.StatusCode.DEADLINE_EXCEEDED)
        self.assertAlmostEqual(time.monotonic() - begin, 1, delta=0.5)
        self.assert_abandoned_once(emulator)
        line = self.call_line(sidecar, "GetTrackingNumber", "DEADLINE_EXCEEDED")
        self.assertEqual(line["attempts"], 1)

    def test_callers_read_why_their_time_was_up(self):
        emulator, sidecar = self.start_both()
        emulator.control("faults", {"action": "never_answer"})
        ask = self.stubs_of(sidecar).logistics.GetTrackingNumber.future
        calls = [ask(DOCUMENTED_REQUEST, timeout=0.5 + 0.025 * number) for number in range(CALLERS)]
        reasons = [error_facts(call.exception()).reason for call in calls]
        # On a busy machine some come too late; without the moment before, nearly all would.
        self.assertGreater(reasons.count("DEADLINE_EXCEEDED"), CALLERS / 2, reasons)
        wait_until(lambda: self.ends(sidecar).count("DEADLINE_EXCEEDED") > CALLERS / 2, "the log lines")

    def ends(self, sidecar):
        lines = [json.loads(line) for line in list(sidecar.lines) if '"event":"call"' in line]
        return [line["code"] for line in lines]

    def test_a_caller_that_cancels_ends_the_transfer(self):
        emulator, sidecar = self.start_both()
        emulator.control("faults", {"action": "never_answer"})
        call = self.stubs_of(sidecar).logistics.GetTrackingNumber.future(DOCUMENTED_REQUEST, timeout=60)
        wait_until(lambda: emulator.counters()["in_flight"] == 1, "Shopee to get the call")
        call.cancel()
        self.assert_abandoned_once(emulator)

    def assert_abandoned_once(self, emulator):
        wait_until(lambda: emulator.counters()["in_flight"] == 0, "the transfer to end", 5)
        self.assertEqual(emulator.counters()["abandoned"], 1)


class LeavingReaderTest(SidecarCase):
    def test_a_reader_that_leaves_mid_stream_costs_at_most_one_more_page(self):
        emulator = self.start_emulator("--orders", "20000")
        sidecar = self.start_sidecar(emulator)
        stream = self.narrow_stubs(sidecar).StreamUnbindOrders(
            first_mile_streams_pb2.StreamUnbindOrdersRequest(shop_ids=[DOCUMENTED_SHOP], page_size=100),
            timeout=60,
        )
        for _ in range(3):
            next(stream)
        before = self.steady_requests(emulator)
        self.assertLess(before, 100, "the whole list was fetched for a reader that took three pages")
        stream.cancel()
        self.call_line(sidecar, "StreamUnbindOrders", "CANCELLED")
        self.assertLessEqual(self.steady_requests(emulator) - before, 1)

    def narrow_stubs(self, sidecar):
        """Without probing the line, gRPC buffers 64 KiB for a reader that does not read, not megabytes."""
        channel = grpc.insecure_channel(sidecar.target, options=[("grpc.http2.bdp_probe", 0)])
        self.addCleanup(channel.close)
        return FirstMileServiceStub(channel)

    def steady_requests(self, emulator):
        """The number of list requests, once flow control has stopped the sidecar."""
        readings = [-1]

        def steady():
            readings.append(emulator.requests(LIST))
            return len(readings) > STEADY_READINGS and len(set(readings[-STEADY_READINGS:])) == 1

        wait_until(steady, "the sidecar to pause", 30)
        return readings[-1]
