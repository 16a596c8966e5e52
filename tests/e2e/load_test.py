"""Many calls at once and long lists: what the sidecar needs for them."""

import asyncio
import os
import pathlib
import resource
import time
import unittest

import grpc

from firstmile.v1 import first_mile_numbers_pb2, first_mile_streams_pb2
from firstmile.v1.first_mile_service_pb2_grpc import FirstMileServiceStub
from harness import DOCUMENTED_SHOP, SANITIZED, SidecarCase

CALLS = 5000
CONNECTIONS = 4 * CALLS  # one shop has a quarter of them
DESCRIPTORS = CONNECTIONS + 500

# Of the calls with the longest time for an answer, so that Shopee can keep all waiting: as many calls take
# a slow machine, or a libcurl that looks at every connection in each turn, ten seconds until they are under way.
WAYBILL_REQUEST = first_mile_numbers_pb2.GetWaybillRequest(
    shop_id=DOCUMENTED_SHOP, first_mile_tracking_number_list=["CNF877146678717210312"]
)
PLATFORM_LATENCY_MS = 24_000  # of the 30 seconds for an answer
WARM_UP_CALLS = 200
THREAD_SLACK = 2 * os.cpu_count()  # what gRPC's own pools may grow by after the first burst
LIMITS = f"limits {{ initial_rate: 100000 max_rate: 100000 max_in_flight_per_shop: {CALLS} }}"
ORDERS = 200_000
PAGE_SIZE = 100
PAGE_PAUSE_SECONDS = 0.01
WARM_UP_PAGES = 50
GROWTH_BYTES_MAX = 16 * 1024 * 1024


def process_status(pid, field):
    """A number of /proc/PID/status; sizes are in KiB there."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise KeyError(field)


class ManyCallsTest(SidecarCase):
    def test_5000_calls_in_flight_all_succeed_without_further_threads(self):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if hard != resource.RLIM_INFINITY and hard < DESCRIPTORS:
            self.skipTest(f"this machine lets a process open {hard} files, {DESCRIPTORS} are needed")
        emulator = self.start_emulator()
        sidecar = self.start_sidecar(emulator, upstream=f"max_connections: {CONNECTIONS}", more=[LIMITS])
        asyncio.run(self.call_at_once(sidecar, WARM_UP_CALLS))
        idle = process_status(sidecar.pid, "Threads")
        emulator.control("latency", {"latency_ms": PLATFORM_LATENCY_MS})
        answers, threads = asyncio.run(self.call_at_once(sidecar, CALLS))
        at_once = emulator.counters()["max_in_flight"]
        print(f"{at_once} calls at once on Shopee; {idle} threads idle, {threads} busy")
        self.assertEqual(len(answers), CALLS)
        self.assertEqual({answer.waybill[:5] for answer in answers}, {b"%PDF-"})
        self.assertLessEqual(threads, idle + THREAD_SLACK)
        if not SANITIZED:
            self.assertEqual(at_once, CALLS)

    async def call_at_once(self, sidecar, count):
        """The answers, and the most threads that the sidecar had meanwhile."""
        threads = 0
        async with grpc.aio.insecure_channel(sidecar.target) as channel:
            stub = FirstMileServiceStub(channel)
            calls = asyncio.gather(
                *(stub.GetWaybill(WAYBILL_REQUEST, timeout=60) for _ in range(count))
            )
            while not calls.done():
                threads = max(threads, process_status(sidecar.pid, "Threads"))
                await asyncio.wait([calls], timeout=0.05)
            return await calls, threads


@unittest.skipIf(SANITIZED, "sanitizers keep freed memory")
class LongListTest(SidecarCase):
    def test_a_slow_reader_of_200000_orders_does_not_make_the_sidecar_grow(self):
        emulator = self.start_emulator("--orders", str(ORDERS))
        sidecar = self.start_sidecar(emulator)
        stream = self.stubs_of(sidecar).first_mile.StreamUnbindOrders(
            first_mile_streams_pb2.StreamUnbindOrdersRequest(shop_ids=[DOCUMENTED_SHOP], page_size=PAGE_SIZE),
            timeout=240,
        )
        pages = orders = base = most = 0
        for message in stream:
            pages += 1
            orders += len(message.page.order_list)
            if pages == WARM_UP_PAGES:
                base = process_status(sidecar.pid, "VmRSS")
            most = max(most, process_status(sidecar.pid, "VmRSS"))
            time.sleep(PAGE_PAUSE_SECONDS)  # the reader's pace is the load
        self.assertEqual((pages, orders), (ORDERS // PAGE_SIZE, ORDERS))
        grown = (most - base) * 1024
        print(f"{pages} pages; RSS {base} KiB at page {WARM_UP_PAGES}, at most {most} KiB")
        self.assertLess(grown, GROWTH_BYTES_MAX)
