"""Many connections: the sidecar survives, serves others, and reports its readiness correctly."""

import concurrent.futures
import resource
import time

import grpc

from firstmile.v1.logistics_service_pb2_grpc import LogisticsServiceStub
from frames import PREFACE, SETTINGS, frame
from harness import BUILD, DOCUMENTED_REQUEST
from hostile_case import ADMIN, PLATFORM_MS, Attacker, HostileCase
from local_pair import Sidecar, wait_until, write_config
from metrics_test import get

CONNECTIONS = 20_000
MEMORY_MAX_MB = 1024  # the default
DESCRIPTORS = 256
HELD_SECONDS = 0.5
# One process each, since each may open as many files as the sidecar.
GREETINGS = [b"", PREFACE[:10], PREFACE + frame(SETTINGS), PREFACE + frame(SETTINGS)]
NEW_CONNECTION_SECONDS = 5


class ConnectionsCase(HostileCase):
    def start_with(self, **options):
        emulator = self.start_emulator("--latency_ms", str(PLATFORM_MS))
        return emulator, self.start_sidecar(emulator, more=[ADMIN], **options)

    def call_on_a_new_connection(self, sidecar, seconds=NEW_CONNECTION_SECONDS):
        """The code of one call."""
        options = [("grpc.use_local_subchannel_pool", 1)]
        with grpc.insecure_channel(sidecar.target, options) as channel:
            try:
                LogisticsServiceStub(channel).GetTrackingNumber(DOCUMENTED_REQUEST, timeout=seconds)
                return "OK"
            except grpc.RpcError as error:
                return error.code().name

    def readiness(self, sidecar):
        return get(self.admin_of(sidecar), "/readiness")[0]

    def assert_recovers(self, sidecar):
        wait_until(lambda: self.readiness(sidecar) == 200, "readiness", 10)
        self.assertEqual(self.call_on_a_new_connection(sidecar), "OK")


class ManyConnectionsTest(ConnectionsCase):
    def test_20000_that_say_little_or_nothing(self):
        _, sidecar = self.start_with()
        holders = [self.attacker("holder.py", sidecar.target, greeting.hex()) for greeting in GREETINGS]
        caller = self.healthy_caller(sidecar)
        with self.memory_below(sidecar, MEMORY_MAX_MB):
            held = []
            times = self.calls_during(caller, lambda: held.extend(self.open_all(holders)))
            print(f"{held} connections are held; while they came the longest call took {1000 * max(times):.0f} ms")
            self.calls_during(caller, lambda: time.sleep(HELD_SECONDS))
            if self.readiness(sidecar) == 200:
                self.assertEqual(self.call_on_a_new_connection(sidecar), "OK", "although it says that it is ready")
        for holder in holders:
            holder.ask("0 -")
        self.assert_recovers(sidecar)

    def open_all(self, holders):
        """Each holder has its own address, like different machines."""
        share = CONNECTIONS // len(holders)
        with concurrent.futures.ThreadPoolExecutor(len(holders)) as pool:
            lines = [f"{share} 127.0.0.{number + 2}" for number in range(len(holders))]
            return list(pool.map(Attacker.ask, holders, lines))

    def test_a_peer_that_connects_and_leaves_all_the_time(self):
        _, sidecar = self.start_with()
        attacker = self.attacker("grpc_attacks.py", "knocks", sidecar.target)
        attacker.ask("0 0")
        self.assert_answers_beside(sidecar, lambda: print(attacker.ask("1 0")))
        self.assert_recovers(sidecar)


class DescriptorsTest(ConnectionsCase):
    def test_readiness_tells_whether_a_new_connection_is_served_when_descriptors_are_exhausted(self):
        def few_descriptors():
            resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))

        emulator = self.start_emulator()
        sidecar = self.start_few(emulator, few_descriptors)
        holder = self.attacker("holder.py", sidecar.target, GREETINGS[-1].hex())
        for _ in range(3):
            holder.ask(f"{2 * DESCRIPTORS} 127.0.0.2")
            for _ in range(3):
                ready = self.readiness(sidecar)
                served = self.call_on_a_new_connection(sidecar, 2)
                if ready == 200:
                    self.assertEqual(served, "OK", "of a new call, though readiness says 200")
            holder.ask("0 -")
            self.assert_recovers(sidecar)
        sidecar.require_running()

    def start_few(self, emulator, preexec):
        config = write_config(
            self.folder, emulator.base_url, emulator.shop_tokens(), upstream="max_connections: 16", more=[ADMIN]
        )
        return self._until_cleanup(Sidecar(BUILD, config, preexec_fn=preexec))
