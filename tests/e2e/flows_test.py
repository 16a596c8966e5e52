"""FlowService: what is called at Shopee, what the caller is told, and who waits for whom."""

import unittest

import grpc

from firstmile.v1 import common_pb2, error_reason_pb2, first_mile_streams_pb2, flow_orders_pb2
from firstmile.v1.flow_service_pb2_grpc import FlowServiceStub
from harness import SidecarCase
from local_pair import wait_until

SECONDS = 120
SHOPS = (600001, 600002)
ORDERS_OF_SHOP = 200
PER_CALL = 50
BIND = "bind_first_mile_tracking_number"
UNBIND = "unbind_first_mile_tracking_number"
BIND_PATH = f"/api/v2/first_mile/{BIND}"
NUMBER = "CNF000000000005241101"
MISSING = "2411010FMNOBODY"


class FlowCase(SidecarCase):
    def setUp(self):
        super().setUp()
        self.emulator = self.start_emulator("--orders_per_shop", str(ORDERS_OF_SHOP))
        self.sidecar = self.start_sidecar(self.emulator)
        self.stubs = self.stubs_of(self.sidecar)

    def unbound(self, *shops):
        """The shops' orders that may be bound, one shop after the other."""
        request = first_mile_streams_pb2.StreamUnbindOrdersRequest(shop_ids=shops, page_size=100)
        of = {shop: [] for shop in shops}
        for frame in self.stubs.first_mile.StreamUnbindOrders(request, timeout=SECONDS):
            of[frame.shop_id] += [{"shop_id": frame.shop_id, "order_sn": o.order_sn} for o in frame.page.order_list]
        return [order for orders in of.values() for order in orders]

    def bind(self, orders, seconds=SECONDS, stub=None):
        request = flow_orders_pb2.BindOrdersRequest(
            first_mile_tracking_number=NUMBER,
            shipment_method="pickup",
            region="CN",
            logistics_channel_id=813,
            order_list=orders,
        )
        return (stub or self.stubs.flows).BindOrders(request, timeout=seconds)

    def bind_all(self, orders):
        """The calls of a flow that runs to its end, and its summary."""
        *calls, last = self.bind(orders)
        self.assertEqual({event.WhichOneof("event") for event in calls}, {"call"})
        self.assertEqual(last.WhichOneof("event"), "summary")
        return [event.call for event in calls], last.summary

    def orders_on_the_number(self):
        request = first_mile_streams_pb2.StreamFirstMileDetailRequest(
            shop_id=SHOPS[0], first_mile_tracking_number=NUMBER
        )
        pages = self.stubs.first_mile.StreamFirstMileDetail(request, timeout=SECONDS)
        return {order.order_sn for page in pages for order in page.page.order_list}


class CallsTest(FlowCase):
    def test_400_orders_of_2_shops_are_8_binds_and_a_refused_one_stops_no_other(self):
        orders = self.unbound(*SHOPS)
        self.assertEqual(len(orders), 2 * ORDERS_OF_SHOP)
        orders[7] = {"shop_id": SHOPS[0], "order_sn": MISSING}
        interleaved = [order for pair in zip(orders[:ORDERS_OF_SHOP], orders[ORDERS_OF_SHOP:]) for order in pair]

        calls, summary = self.bind_all(interleaved)

        self.assertEqual(self.emulator.requests(BIND), 8)
        self.assertEqual([len(call.outcomes) for call in calls], [PER_CALL] * 8)
        self.assertEqual((summary.orders, summary.succeeded, summary.refused, summary.calls), (400, 399, 1, 8))
        self.assertEqual(calls[-1].so_far, summary)
        told = {
            shop: [outcome.order_sn for call in calls if call.shop_id == shop for outcome in call.outcomes]
            for shop in SHOPS
        }
        asked = {shop: [order["order_sn"] for order in orders if order["shop_id"] == shop] for shop in SHOPS}
        self.assertEqual(told, asked)
        (refused,) = [o for call in calls for o in call.outcomes if o.state != common_pb2.OUTCOME_STATE_SUCCEEDED]
        self.assertEqual((refused.order_sn, refused.state), (MISSING, common_pb2.OUTCOME_STATE_FAILED))
        self.assertTrue(refused.failure.vendor_message)

    def test_what_was_bound_is_unbound_in_as_many_calls(self):
        orders = self.unbound(*SHOPS)
        self.bind_all(orders)
        request = flow_orders_pb2.UnbindOrdersRequest(first_mile_tracking_number=NUMBER, order_list=orders)
        *_, last = self.stubs.flows.UnbindOrders(request, timeout=SECONDS)
        self.assertEqual((last.summary.succeeded, last.summary.calls), (400, 8))
        self.assertEqual(self.emulator.requests(UNBIND), 8)
        self.assertEqual(self.orders_on_the_number(), set())

    def test_a_shop_that_shopee_refuses_fails_alone(self):
        self.emulator.control("faults", {"preset": "permission", "path": BIND_PATH, "shop_id": SHOPS[0]})
        stranger = {"shop_id": 42, "order_sn": MISSING}
        calls, summary = self.bind_all([*self.unbound(*SHOPS), stranger])
        self.assertEqual((summary.refused, summary.succeeded, summary.not_tried), (ORDERS_OF_SHOP, ORDERS_OF_SHOP, 1))
        reasons = {call.shop_id: call.failure.reason for call in calls}
        self.assertEqual(reasons[SHOPS[0]], error_reason_pb2.ERROR_REASON_ACCESS_DENIED)
        self.assertEqual(reasons[SHOPS[1]], error_reason_pb2.ERROR_REASON_UNSPECIFIED)
        self.assertEqual(reasons[42], error_reason_pb2.ERROR_REASON_NO_ACCESS_TOKEN)

    def test_a_lost_answer_is_read_back(self):
        self.emulator.control("faults", {"preset": "lost_answer", "path": BIND_PATH, "times": 1})
        _, summary = self.bind_all(self.unbound(SHOPS[0]))
        self.assertEqual((summary.succeeded, summary.unknown), (ORDERS_OF_SHOP, 0))
        self.assertEqual(self.emulator.requests(BIND), 4)

    def test_a_request_without_orders_or_with_too_many_is_refused(self):
        for count in (0, 10_001):
            with self.subTest(count), self.assertRaises(grpc.RpcError) as raised:
                list(self.bind([{"shop_id": SHOPS[0], "order_sn": "A"}] * count))
            self.assertEqual(raised.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
        self.assertEqual(self.emulator.requests(BIND), 0)


class PaceTest(FlowCase):
    def test_a_caller_that_does_not_read_holds_its_own_flow_back(self):
        """The failures of 5000 orders are more than all buffers on the way take."""
        calls = 100
        names = [f"241101X{n:07}" for n in range(calls * PER_CALL)]
        options = [("grpc.use_local_subchannel_pool", 1), ("grpc.http2.bdp_probe", 0)]
        channel = grpc.insecure_channel(self.sidecar.target, options)
        self.addCleanup(channel.close)
        slow = FlowServiceStub(channel)
        unread = self.bind([{"shop_id": SHOPS[0], "order_sn": name} for name in names], stub=slow)
        *_, last = self.bind([{"shop_id": SHOPS[1], "order_sn": name} for name in names])
        self.assertEqual(last.summary.calls, calls)
        self.assertLess(self.emulator.requests(BIND) - calls, calls / 2)
        *_, last = unread
        self.assertEqual((last.summary.calls, last.summary.refused), (calls, calls * PER_CALL))

    def test_a_cancel_reaches_the_current_call_and_no_other_is_made(self):
        self.emulator.control("faults", {"preset": "silent", "path": BIND_PATH, "skip": 1})
        flow = self.bind(self.unbound(SHOPS[0]))
        self.assertEqual(next(flow).call.so_far.succeeded, PER_CALL)
        wait_until(lambda: self.emulator.requests(BIND) == 2, "the second bind")
        flow.cancel()
        line = self.call_line(self.sidecar, "FlowService/BindOrders", "CANCELLED")
        self.assertEqual(line["pages"], 1)
        wait_until(lambda: self.emulator.counters()["abandoned"] == 1, "the end of the second bind")
        self.assertEqual(self.emulator.requests(BIND), 2)

    def test_what_was_told_before_the_deadline_stays_told(self):
        """Half a second for each of 40 calls, and three seconds for all."""
        fault = {"action": "delay", "delay_ms": 500, "path": BIND_PATH, "times": -1}
        self.emulator.control("faults", fault)
        orders = [{"shop_id": SHOPS[0], "order_sn": f"241101X{n:07}"} for n in range(40 * PER_CALL)]
        told = []
        with self.assertRaises(grpc.RpcError) as raised:
            for event in self.bind(orders, seconds=3):
                told.append(event)
        self.assertEqual(raised.exception.code(), grpc.StatusCode.DEADLINE_EXCEEDED)
        self.assertEqual(told[0].call.so_far.refused, PER_CALL)
        self.assertEqual({event.WhichOneof("event") for event in told}, {"call"})


if __name__ == "__main__":
    unittest.main()
