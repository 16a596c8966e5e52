"""Unread answers: large ones share a memory budget, and further ones are refused."""

import contextlib
import os

import grpc

from firstmile.v1.first_mile_numbers_pb2 import GetWaybillRequest
from firstmile.v1.first_mile_service_pb2_grpc import FirstMileServiceStub
from firstmile.v1.first_mile_streams_pb2 import DownloadWaybillRequest
from frames import HEADERS, INITIAL_WINDOW_SIZE, PREFACE, SETTINGS, Connection, call, frame, setting
from harness import BUILD, DOCUMENTED_SHOP
from hostile_case import ADMIN, HERE, HostileCase
from local_pair import Program, Sidecar, wait_until, write_config

READERS = 60
MEMORY_MAX_MB = 128
MEMORY_LEAST_MB = 64
RESIDENT_MAX_MB = 96  # with a limit of 64: gRPC and the program itself need the rest
WAYBILL_BYTES = 8 << 20
CALL_SECONDS = 10


class ReadersTest(HostileCase):
    def start(self, max_memory_mib=MEMORY_MAX_MB, waybill_bytes=WAYBILL_BYTES):
        env = {**os.environ, "HOSTILE_ELSEWHERE": "", "HOSTILE_WAYBILL_BYTES": str(waybill_bytes)}
        upstream = self._until_cleanup(Program(["/usr/bin/python3", HERE / "hostile_upstream.py"], env))
        port = wait_until(lambda: upstream.lines or upstream.require_running(), "the upstream")[0]
        tokens = {DOCUMENTED_SHOP + number: f"token{number}" for number in range(READERS + 1)}
        more = [ADMIN, f"limits {{ max_memory_mib: {max_memory_mib} }}", "server { default_deadline_ms: 2000 }"]
        config = write_config(self.folder, f"http://127.0.0.1:{port}", tokens, more=more)
        self.sidecar = self._until_cleanup(Sidecar(BUILD, config))

    @contextlib.contextmanager
    def held_against(self, max_memory_mib=MEMORY_MAX_MB, resident_max_mb=MEMORY_MAX_MB):
        """Memory is bounded, healthy calls succeed meanwhile, and the sidecar works afterwards."""
        self.start(max_memory_mib)
        with self.memory_below(self.sidecar, resident_max_mb):
            caller = self.healthy_caller(self.sidecar)
            yield lambda attack: self.calls_during(caller, attack)
        self.assert_ready(self.sidecar)
        self.assert_healthy(self.sidecar)

    def download(self, stack, number, seconds=30):
        """On a connection of its own."""
        options = [("grpc.use_local_subchannel_pool", 1), ("grpc.http2.bdp_probe", 0)]
        channel = stack.enter_context(grpc.insecure_channel(self.sidecar.target, options))
        request = DownloadWaybillRequest(shop_id=DOCUMENTED_SHOP + number, first_mile_tracking_number_list=["N"])
        return FirstMileServiceStub(channel).DownloadWaybill(request, timeout=seconds)

    def test_60_paused_readers_of_waybills_need_little_memory(self):
        with contextlib.ExitStack() as stack, self.held_against(MEMORY_LEAST_MB, RESIDENT_MAX_MB) as during:

            def attack():
                for stream in [self.download(stack, number) for number in range(1, READERS + 1)]:
                    next(stream)  # each gets a piece

            during(attack)
        self.assert_a_waybill_comes()

    def test_a_waybill_that_the_memory_of_all_answers_cannot_hold_comes_as_a_stream(self):
        self.start(MEMORY_LEAST_MB, waybill_bytes=20 << 20)
        with contextlib.ExitStack() as stack:
            self.assertGreater(sum(len(piece.chunk) for piece in self.download(stack, 1)), 20 << 20)
        request = GetWaybillRequest(shop_id=DOCUMENTED_SHOP, first_mile_tracking_number_list=["N"])
        with grpc.insecure_channel(self.sidecar.target) as channel, self.assertRaises(grpc.RpcError) as failed:
            FirstMileServiceStub(channel).GetWaybill(request, timeout=CALL_SECONDS)
        self.assertEqual(failed.exception.code(), grpc.StatusCode.INTERNAL)
        self.assertIn("limits.max_memory_mib", failed.exception.details())

    def assert_a_waybill_comes(self):
        """Soon the memory of large answers is free again."""

        def comes():
            with contextlib.ExitStack() as stack, contextlib.suppress(grpc.RpcError):
                return sum(len(piece.chunk) for piece in self.download(stack, 1)) > WAYBILL_BYTES

        wait_until(comes, "a waybill", CALL_SECONDS)

    def test_60_waybills_asked_for_on_a_connection_without_a_window(self):
        greeting = PREFACE + frame(SETTINGS, 0, 0, setting(INITIAL_WINDOW_SIZE, 0))
        path = "/firstmile.v1.FirstMileService/GetWaybill"
        with self.held_against() as during, Connection(self.sidecar.target, greeting) as connection:

            def ask(numbers):
                for number in numbers:
                    shop = DOCUMENTED_SHOP + number % READERS
                    request = GetWaybillRequest(shop_id=shop, first_mile_tracking_number_list=["N"])
                    connection.send(call(2 * number + 1, request.SerializeToString(), path=path))
                for number in numbers:
                    self.assertTrue(connection.wait_for(HEADERS, 2 * number + 1, seconds=CALL_SECONDS))

            during(lambda: ask(range(1, READERS + 1)))
            for number in range(READERS + 1, READERS + 4):  # as many as fit, sequentially
                ask([number])
            self.assert_a_waybill_comes()  # once the others' time for reading is over
            self.assertFalse(connection.closed.is_set())

    def test_a_paused_reader_gives_its_connection_back_however_much_time_it_has(self):
        """Each chunk must be read within the default deadline of a call: two seconds here."""
        with self.held_against(), contextlib.ExitStack() as stack:
            stream = self.download(stack, 1, seconds=60)
            next(stream)
            wait_until(lambda: any("DownloadWaybill" in line for line in list(self.sidecar.lines)), "its end", CALL_SECONDS)
            with self.assertRaises(grpc.RpcError):
                list(stream)
