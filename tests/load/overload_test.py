"""More calls at once than the sidecar takes in: it refuses at once and goes on serving."""

import json
import statistics
import subprocess
import threading
import unittest

from harness import SANITIZED
from load_case import LoadCase
from load_test import process_status

CALLS = 20_000
ROUNDS = 5
PLATFORM_LATENCY_MS = 1500  # so slow that most of the calls that come in run out of time
DEADLINE_MS = 7_000
SHOPS = "600000:8"
MEMORY_MAX_MB = 384
REFUSED = "8 SIDECAR_OVERLOADED"
EXHAUSTED, LATE = "8 ", "4"
SLOWER_THAN_ECHO_AT_MOST = 2.0


class MemoryWatch:
    """The most resident memory of a process while the block runs, in MiB."""

    def __init__(self, pid):
        self.most = 0
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()

    def _watch(self):
        while not self._ended.wait(0.01):
            self.most = max(self.most, process_status(self._pid, "VmRSS") / 1024)


@unittest.skipIf(SANITIZED, "sanitizers change times and memory")
class OverloadTest(LoadCase):
    def test_20000_calls_on_a_slow_platform_are_served_or_refused_at_once_within_the_memory_bound(self):
        emulator = self.start_emulator("--latency_ms", str(PLATFORM_LATENCY_MS))
        limits = f"limits {{ max_calls: {CALLS // 2} memory_max_mb: {MEMORY_MAX_MB} }}"
        sidecar = self.start_sidecar(emulator, more=[limits])
        echo = self.start_echo()
        calm = self.start_calm_caller(sidecar)
        refusals, echoes, refused = [], [], 0
        with MemoryWatch(sidecar.pid) as memory:
            for _ in range(ROUNDS):
                ends = self.burst(sidecar.target)
                self.assert_ends(ends)
                refusals.append(ends[REFUSED]["median_us"])
                refused += ends[REFUSED]["count"]
                echoes.append(self.burst(echo)["OK"]["median_us"])
        calm_ends = self.end_calm_caller(calm)
        ratio = statistics.median(refusals) / statistics.median(echoes)
        print(f"{refused} of {ROUNDS * CALLS} calls refused, in the middle after {refusals} us, an echo after "
              f"{echoes} us: {ratio:.2f} times; at most {memory.most:.0f} MiB; calm caller: {calm_ends}")
        self.assertLess(memory.most, MEMORY_MAX_MB)
        self.assertLessEqual(ratio, SLOWER_THAN_ECHO_AT_MOST)
        self.assertEqual(list(calm_ends), ["OK"])

    def burst(self, target):
        return self.run_client("burst", target, shops=SHOPS, calls=CALLS, deadline_ms=DEADLINE_MS)["ends"]

    def assert_ends(self, ends):
        """Served, told when to come back, or out of time behind a platform that is too slow."""
        refused = [end for end in ends if end.startswith(EXHAUSTED)]
        self.assertLessEqual(set(ends), {"OK", LATE, *refused})
        self.assertIn("OK", ends)
        for end in refused:
            self.assertEqual(ends[end]["with_retry_info"], ends[end]["count"], end)

    def start_calm_caller(self, sidecar):
        """One call at a time, on a channel of its own."""
        self.ended = self.folder / "calm_caller_may_end"
        command = self.client_command(
            "calm", sidecar.target, shops="600000:1", deadline_ms=DEADLINE_MS, until_file=self.ended
        )
        caller = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.addCleanup(caller.stdout.close)
        self.addCleanup(caller.kill)
        return caller

    def end_calm_caller(self, caller):
        self.ended.touch()
        output, _ = caller.communicate(timeout=60)
        return json.loads(output)["ends"]
