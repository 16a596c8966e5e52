"""How firstmiled ends: calls answered or cancelled, within the limit, with the promised exit code."""

import signal
import time

import grpc

from harness import DOCUMENTED_NUMBER, DOCUMENTED_REQUEST, SidecarCase
from local_pair import wait_until
from metrics_test import get

SERVING, NOT_SERVING = b"\x08\x01", b"\x08\x02"  # grpc.health.v1.HealthCheckResponse on the wire


class DrainTest(SidecarCase):
    def call_in_flight(self, emulator, sidecar, timeout=60):
        call = self.stubs_of(sidecar).logistics.GetTrackingNumber.future(DOCUMENTED_REQUEST, timeout=timeout)
        wait_until(lambda: emulator.counters()["in_flight"] == 1, "Shopee to get the call")
        return call

    def test_a_call_on_a_silent_platform_is_ended_at_the_drain_limit(self):
        emulator, sidecar = self.start_both(more=["server { drain_timeout_ms: 500 }"])
        emulator.control("faults", {"action": "never_answer"})
        call = self.call_in_flight(emulator, sidecar)
        begin = time.monotonic()
        self.assertEqual(sidecar.stop(signal.SIGTERM), 0)
        took = time.monotonic() - begin
        self.assertGreaterEqual(took, 0.4)
        self.assertLess(took, 5)
        self.assertIn(call.exception(10).code(), (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED))
        wait_until(lambda: emulator.counters()["in_flight"] == 0, "the transfer to end", 5)

    def test_a_call_that_ends_within_the_limit_is_answered(self):
        emulator, sidecar = self.start_both()
        emulator.control("faults", {"action": "delay", "delay_ms": 500})
        call = self.call_in_flight(emulator, sidecar)
        self.assertEqual(sidecar.stop(signal.SIGTERM), 0)
        self.assertEqual(call.result(10).tracking_number, DOCUMENTED_NUMBER)

    def test_an_idle_sidecar_ends_at_once(self):
        _, sidecar = self.start_both()
        begin = time.monotonic()
        self.assertEqual(sidecar.stop(signal.SIGINT), 0)
        self.assertLess(time.monotonic() - begin, 3)

    def test_health_says_not_serving_during_the_lame_duck_time_while_calls_still_work(self):
        emulator, sidecar = self.start_both(more=["server { lame_duck_ms: 2000 }"])
        with grpc.insecure_channel(sidecar.target) as channel:
            watch = channel.unary_stream("/grpc.health.v1.Health/Watch")(b"", timeout=30)
            self.assertEqual(next(watch), SERVING)
            sidecar.process.send_signal(signal.SIGTERM)
            self.assertEqual(next(watch), NOT_SERVING)
        answer = self.stubs_of(sidecar).logistics.GetTrackingNumber(DOCUMENTED_REQUEST, timeout=10)
        self.assertEqual(answer.tracking_number, DOCUMENTED_NUMBER)
        self.assertEqual(sidecar.process.wait(20), 0)

    def test_readiness_ends_at_the_start_of_a_drain_while_calls_still_work(self):
        more = ["server { lame_duck_ms: 2000 }", 'admin { metrics_listen: "127.0.0.1:0" }']
        _, sidecar = self.start_both(more=more)
        admin = self.log_lines(sidecar, "metrics_listening")[0]["detail"]
        self.assertEqual(get(admin, "/readiness"), (200, "ready\n"))
        sidecar.process.send_signal(signal.SIGTERM)
        wait_until(lambda: get(admin, "/readiness")[0] == 503, "the sidecar to be no longer ready", 2)
        self.assertEqual(get(admin, "/liveness")[0], 200)
        answer = self.stubs_of(sidecar).logistics.GetTrackingNumber(DOCUMENTED_REQUEST, timeout=10)
        self.assertEqual(answer.tracking_number, DOCUMENTED_NUMBER)
        self.assertEqual(sidecar.process.wait(20), 0)

    def test_a_second_signal_ends_the_drain_with_130(self):
        emulator, sidecar = self.start_both(more=["server { drain_timeout_ms: 60000 }"])
        emulator.control("faults", {"action": "never_answer"})
        self.call_in_flight(emulator, sidecar)
        sidecar.process.send_signal(signal.SIGTERM)
        wait_until(lambda: any('"event":"draining"' in line for line in sidecar.lines), "the drain")
        self.assertEqual(sidecar.stop(signal.SIGTERM), 130)
