"""A log without a reader costs lines, not calls; lines that are lost are counted."""

import contextlib
import fcntl
import json
import os
import pathlib
import re
import signal
import subprocess
import unittest

import grpc

from firstmile.v1.first_mile_orders_pb2 import BindFirstMileTrackingNumberRequest
from firstmile_client import connect
from harness import DOCUMENTED_NUMBER, DOCUMENTED_REQUEST, FIRSTMILED, SANITIZED, SidecarCase
from local_pair import wait_until, write_config
from metrics_test import get, parse

CALLS = 6_000  # more lines than the pipe and the log's queue hold
AT_ONCE = 500


class UnreadLogTest(SidecarCase):
    def start_unread(self):
        """A sidecar whose standard error is read until it listens, and then no more: its process, its addresses."""
        more = ['admin { metrics_listen: "127.0.0.1:0" }']
        emulator = self.start_emulator()
        config = write_config(self.folder, emulator.base_url, emulator.shop_tokens(), more=more)
        command = [FIRSTMILED, "--config", config, "--listen", "127.0.0.1:0"]
        sidecar = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.addCleanup(sidecar.stderr.close)
        self.addCleanup(sidecar.kill)
        addresses = {}
        while "listening" not in addresses:
            line = json.loads(sidecar.stderr.readline())
            addresses[line["event"]] = line.get("detail")
        return sidecar, addresses["listening"], addresses["metrics_listening"]

    def test_calls_go_on_lines_are_dropped_and_counted_and_the_end_comes(self):
        sidecar, target, admin = self.start_unread()
        with connect(target) as stubs:
            for _ in range(CALLS // AT_ONCE):
                ask = stubs.logistics.GetTrackingNumber.future
                calls = [ask(DOCUMENTED_REQUEST, timeout=60) for _ in range(AT_ONCE)]
                for call in calls:
                    call.result()
        dropped = parse(get(admin, "/metrics")[1])["firstmile_log_lines_dropped_total", ("",)]
        self.assertGreater(dropped, 0)
        self.assertLess(dropped, CALLS)
        sidecar.send_signal(signal.SIGTERM)
        self.assertEqual(sidecar.wait(30), 0)

    def test_the_last_lines_are_written_before_the_end(self):
        _, sidecar = self.start_both()
        stubs = self.stubs_of(sidecar)
        for _ in range(100):
            stubs.logistics.GetTrackingNumber(DOCUMENTED_REQUEST)
        self.assertEqual(sidecar.stop(), 0)
        events = [json.loads(line)["event"] for line in sidecar.lines]
        self.assertEqual(events.count("call"), 100)
        self.assertEqual(events[-1], "stopped")

    def line_of_call(self, method, fault, request):
        """The line of a call that meets `fault`."""
        emulator, sidecar = self.start_both()
        emulator.control("faults", fault)
        service, rpc = method.split("/")
        stub = {"LogisticsService": "logistics", "FirstMileService": "first_mile"}[service]
        with self.assertRaises(grpc.RpcError):
            getattr(getattr(self.stubs_of(sidecar), stub), rpc)(request, timeout=20)
        self.assertEqual(sidecar.stop(), 0)
        lines = [json.loads(line) for line in sidecar.lines]
        return next(line for line in lines if line.get("method") == method)

    def test_the_line_of_a_call_says_why_it_failed_and_how_often_it_was_tried(self):
        line = self.line_of_call("LogisticsService/GetTrackingNumber", {"preset": "html_502"}, DOCUMENTED_REQUEST)
        self.assertEqual((line["code"], line["reason"]), ("UNAVAILABLE", "UPSTREAM_UNAVAILABLE"))
        self.assertGreater(line["attempts"], 1)
        self.assertGreater(line["waited_ms"], 0)

    def test_the_line_of_a_write_whose_answer_was_lost_says_what_reading_back_found(self):
        path = "/api/v2/first_mile/bind_first_mile_tracking_number"
        request = BindFirstMileTrackingNumberRequest(
            shop_id=600000,
            region="CN",
            logistics_channel_id=813,
            first_mile_tracking_number=DOCUMENTED_NUMBER,
            shipment_method="pickup",
            order_list=[{"order_sn": "2411010FMDEMO2"}],
        )
        fault = {"preset": "cut_before", "path": path}
        line = self.line_of_call("FirstMileService/BindFirstMileTrackingNumber", fault, request)
        self.assertEqual((line["reason"], line["read_back"]), ("WRITE_NOT_APPLIED", "not_applied"))


DROPPED = "firstmile_log_lines_dropped_total"
ONE_PAGE = 4096  # the smallest pipe, which holds about twenty lines


class StderrCase(SidecarCase):
    """A sidecar whose standard error is whatever the test makes of it, so that its addresses are known otherwise."""

    def start_with(self, stderr, wrapper=(), level="info"):
        more = ['admin { metrics_listen: "127.0.0.1:0" }', f'log {{ level: "{level}" }}']
        self.emulator = emulator = self.start_emulator()
        config = write_config(self.folder, emulator.base_url, emulator.shop_tokens(), more=more)
        self.target = f"unix:{self.folder}/grpc.sock"
        command = [*wrapper, FIRSTMILED, "--config", config, "--listen", self.target]
        sidecar = subprocess.Popen(command, stderr=stderr, stdin=subprocess.DEVNULL)
        self.addCleanup(sidecar.wait)
        self.addCleanup(sidecar.kill)
        self.admin = f"127.0.0.1:{wait_until(lambda: self.tcp_port(sidecar.pid), 'the admin port')}"
        wait_until(lambda: self.ready(), "readiness")
        return sidecar

    def tcp_port(self, pid):
        """The port on which the process listens, as the kernel tells."""
        sockets = set()
        for file in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                sockets.add(os.readlink(file))
        for row in pathlib.Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]:
            columns = row.split()
            if columns[3] == "0A" and f"socket:[{columns[9]}]" in sockets:
                return int(columns[1].split(":")[1], 16)
        return None

    def ready(self):
        with contextlib.suppress(OSError):
            return get(self.admin, "/readiness")[0] == 200
        return False

    def small_pipe(self):
        read, write = os.pipe()
        fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, ONE_PAGE)
        return read, write

    def call(self, count):
        with connect(self.target) as stubs:
            for _ in range(count):
                answer = stubs.logistics.GetTrackingNumber(DOCUMENTED_REQUEST, timeout=20)
                self.assertEqual(answer.tracking_number, DOCUMENTED_NUMBER)

    def dropped(self):
        return parse(get(self.admin, "/metrics")[1])[DROPPED, ("",)]


class StderrTest(StderrCase):
    def test_a_stderr_that_does_not_block_loses_no_line_and_no_part_of_one(self):
        read, write = self.small_pipe()
        os.set_blocking(write, False)
        sidecar = self.start_with(write)
        os.close(write)
        self.call(300)
        self.assertEqual(self.dropped(), 0)
        sidecar.send_signal(signal.SIGTERM)
        with os.fdopen(read) as lines:
            events = [json.loads(line)["event"] for line in lines]
        self.assertEqual(events.count("call"), 300)
        self.assertEqual(events[-1], "stopped")
        self.assertEqual(sidecar.wait(30), 0)

    def test_lines_to_a_reader_that_has_gone_are_counted(self):
        read, write = self.small_pipe()
        sidecar = self.start_with(write)
        os.close(write)
        os.close(read)
        self.call(50)
        wait_until(lambda: self.dropped() >= 50, "the lost lines to be counted")
        sidecar.send_signal(signal.SIGTERM)
        self.assertEqual(sidecar.wait(30), 0)

    def test_lines_to_a_closed_stderr_are_counted_and_go_to_no_other_file(self):
        closed = ["sh", "-c", 'exec "$0" "$@" 2>&-']
        sidecar = self.start_with(None, wrapper=closed)
        self.assertEqual(os.readlink(f"/proc/{sidecar.pid}/fd/2"), "/dev/null")
        self.call(50)
        wait_until(lambda: self.dropped() >= 50, "the lost lines to be counted")
        sidecar.send_signal(signal.SIGTERM)
        self.assertEqual(sidecar.wait(30), 0)

    def test_requests_that_are_not_utf8_do_not_wait_for_the_reader_of_stderr(self):
        read, write = self.small_pipe()
        self.addCleanup(os.close, read)
        self.start_with(write, level="debug")
        os.close(write)
        broken = b"\x08\xc0\xcf\x24\x12\x04\xff\xfe\xfd\xfc"  # shop_id, and an order_sn of no characters
        with grpc.insecure_channel(self.target) as channel:
            ask = channel.unary_unary("/firstmile.v1.LogisticsService/GetTrackingNumber")
            calls = [ask.future(broken, timeout=20) for _ in range(1000)]
            codes = {call.exception().code() for call in calls}
        self.assertNotIn(grpc.StatusCode.DEADLINE_EXCEEDED, codes)
        self.call(5)

    @unittest.skipIf(SANITIZED, "sanitizers keep freed memory")
    def test_long_answers_leave_nothing_behind_though_nobody_reads_the_log(self):
        read, write = self.small_pipe()
        self.addCleanup(os.close, read)
        sidecar = self.start_with(write)
        os.close(write)
        body = {"error": "e" * 300_000, "message": "m" * 300_000, "request_id": "r" * 300_000}
        fault = {"action": "answer", "status": 200, "body": body}

        def resident():
            status = pathlib.Path(f"/proc/{sidecar.pid}/status").read_text()
            return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) // 1024

        before = resident()
        with connect(self.target) as stubs:
            for _ in range(60):
                self.emulator.control("faults", fault)
                with self.assertRaises(grpc.RpcError):
                    stubs.logistics.GetTrackingNumber(DOCUMENTED_REQUEST, timeout=20)
        self.assertLess(resident() - before, 24, "MiB for 60 answers of 900 KB")
