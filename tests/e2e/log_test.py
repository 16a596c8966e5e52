"""A log that nobody reads costs lines, not calls."""

import json
import signal
import subprocess

from firstmile_client import connect
from harness import DOCUMENTED_REQUEST, FIRSTMILED, SidecarCase
from local_pair import write_config
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
        return sidecar, addresses["listening"], addresses["metrics"]

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
