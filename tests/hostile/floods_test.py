"""Floods by gRPC callers: memory stays within its limit, and others are answered as fast as without the flood."""

import concurrent.futures
import time

import grpc
from firstmile.v1.logistics_service_pb2_grpc import LogisticsServiceStub
from harness import DOCUMENTED_REQUEST
from hostile_case import ADMIN, PLATFORM_MS, WINDOW_SECONDS, HostileCase

MEMORY_MAX_MB = 1024  # the default
LIMITS = f"limits {{ max_memory_mib: {MEMORY_MAX_MB} }}"
PACE = 50  # batches a second: 10,000 frames or calls; CVE-2023-44487 was seen with 6,500 a second per connection
FULL_SPEED = 0
FULL_SPEED_SECONDS = 2
SHORT_SECONDS = 1
OWN_CONNECTION = [("grpc.use_local_subchannel_pool", 1)]
NEW_CALLER_SECONDS = 4  # during a flood that takes memory, new connections wait two seconds
LONG_SECONDS = 5  # 60,000 calls and more


class FloodsTest(HostileCase):
    def attacked_sidecar(self, name):
        emulator = self.start_emulator("--latency_ms", str(PLATFORM_MS))
        sidecar = self.start_sidecar(emulator, more=[ADMIN, LIMITS])
        attacker = self.attacker("grpc_attacks.py", name, sidecar.target)
        attacker.ask("0 0")  # it is running
        return sidecar, attacker

    def hold_against(self, name, pace=PACE, seconds=FULL_SPEED_SECONDS):
        sidecar, attacker = self.attacked_sidecar(name)
        with self.memory_below(sidecar, MEMORY_MAX_MB):
            self.assert_answers_beside(sidecar, lambda: attacker.ask(f"{WINDOW_SECONDS} {pace}"))
            if seconds:
                caller, reports = self.healthy_caller(sidecar), []
                self.calls_during(caller, lambda: reports.append(attacker.ask(f"{seconds} {FULL_SPEED}")))
                print(f"{name} at full speed: {reports[0]}")
        self.assert_ready(sidecar)

    def outlast(self, name):
        """A load that uses both cores while it arrives (decision 0011), and then ends."""
        sidecar, attacker = self.attacked_sidecar(name)
        with self.memory_below(sidecar, MEMORY_MAX_MB):
            print(f"{name} at full speed: {attacker.ask(f'{SHORT_SECONDS} {FULL_SPEED}')}")
            self.assert_ready(sidecar)
        self.assert_answers_soon(sidecar)

    def test_calls_that_are_taken_back_at_once(self):
        self.hold_against("resets", seconds=LONG_SECONDS)

    def test_whole_calls_that_are_taken_back_at_once(self):
        self.hold_against("whole_resets")

    def test_callers_and_shops_that_never_came_before(self):
        self.hold_against("strangers", pace=5, seconds=0)  # at full speed they use both cores

    def test_pings_whose_answers_nobody_reads(self):
        self.hold_against("pings")

    def test_new_callers_get_in_beside_a_flood_at_full_speed(self):
        """gRPC reads a connection for as long as data arrives, and takes no other on the same entry point."""
        sidecar, attacker = self.attacked_sidecar("pings")
        with concurrent.futures.ThreadPoolExecutor() as pool:
            flood = pool.submit(attacker.ask, f"{LONG_SECONDS} {FULL_SPEED}")
            waits = []
            while not flood.done():
                begin = time.monotonic()
                with grpc.insecure_channel(sidecar.target, OWN_CONNECTION) as channel:
                    LogisticsServiceStub(channel).GetTrackingNumber(DOCUMENTED_REQUEST, timeout=NEW_CALLER_SECONDS)
                waits.append(time.monotonic() - begin)
        print(f"{len(waits)} new callers, the slowest waited {1000 * max(waits):.0f} ms: {flood.result()}")

    def test_settings_whose_acknowledgements_nobody_reads(self):
        self.hold_against("settings")

    def test_acknowledgements_of_nothing(self):
        self.hold_against("acknowledgements")

    def test_priorities(self):
        self.hold_against("priorities")

    def test_window_updates(self):
        self.hold_against("windows")

    def test_empty_data(self):
        self.hold_against("empty_data")

    def test_headers_without_an_end(self):
        self.hold_against("continuations")

    def test_empty_continuations(self):
        self.hold_against("empty_continuations")

    def test_metadata_of_20_mb(self):
        self.hold_against("metadata", pace=2)

    def test_one_header_named_10000_times(self):
        self.hold_against("header_bomb")

    def test_gzip_bombs(self):
        self.hold_against("gzip_bomb")

    def test_messages_that_lack_their_last_byte(self):
        self.hold_against("half_messages")

    def test_calls_that_begin_and_say_no_more(self):
        self.hold_against("open_streams", seconds=0)

    def test_watchers_of_health(self):
        self.hold_against("watches", pace=10, seconds=0)

    def test_calls_that_say_no_more_leave_nothing_behind_at_full_speed(self):
        self.outlast("open_streams")

    def test_watchers_leave_nothing_behind_at_full_speed(self):
        self.outlast("watches")

    def test_noise(self):
        self.hold_against("noise")
