"""More concurrent calls than the sidecar admits: it refuses the rest at once and keeps serving."""

import json
import statistics
import subprocess
import threading
import unittest

from harness import SANITIZED
from load_case import LoadCase
from load_test import process_status

CALLS = 20_000
ROUNDS = 5  # after a first one, which warms up
PLATFORM_LATENCY_MS = 1500  # so slow that most admitted calls time out
DEADLINE_MS = 3_000
CALM_DEADLINE_MS = 15_000
SHOPS = "600000:8"
MEMORY_MAX_MB = 384
EXHAUSTED, LATE = "8 ", ("4", "4 DEADLINE_EXCEEDED")  # from the caller's library or from the sidecar
SLOWER_THAN_ECHO_AT_MOST = 2.0


class MemoryWatch:
    """The peak resident memory of a process while the block runs, in MiB."""

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
        limits = f"limits {{ max_calls: {CALLS // 2} max_memory_mib: {MEMORY_MAX_MB} }}"
        sidecar = self.start_sidecar(emulator, more=[limits])
        echo = self.start_echo()
        calm = self.start_calm_caller(sidecar)
        refusals, echoes = [], []
        with MemoryWatch(sidecar.pid) as memory:
            for _ in range(1 + ROUNDS):
                found = self.burst(sidecar)
                self.assert_ends(found)
                refusals.append(found["refused"])
                echoes.append(self.burst(echo)["ends"]["OK"])
        calm_ends = self.end_calm_caller(calm)
        refused, refusal_ms = self.middle(refusals[1:])
        _, echo_ms = self.middle(echoes[1:])
        ratio = refusal_ms / echo_ms
        print(f"{refused} of {ROUNDS * CALLS} calls refused, in the middle after {refusal_ms:.0f} ms, an echo "
              f"after {echo_ms:.0f} ms: {ratio:.2f} times; at most {memory.most:.0f} MiB; calm caller: {calm_ends}")
        self.assertLess(memory.most, MEMORY_MAX_MB)
        self.assertLessEqual(ratio, SLOWER_THAN_ECHO_AT_MOST)
        self.assertEqual(list(calm_ends), ["OK"])

    @staticmethod
    def middle(groups):
        """How many calls in all, and the median of the groups' medians in milliseconds."""
        return sum(g["count"] for g in groups), statistics.median(g["median_us"] for g in groups) / 1000

    def burst(self, server):
        """The results of CALLS calls that start at the same moment."""
        return self.run_client("burst", server.target, server_pid=server.pid, shops=SHOPS, calls=CALLS,
                               deadline_ms=DEADLINE_MS)

    def assert_ends(self, found):
        """Each call succeeds, is refused with a retry delay, or times out at the slow platform."""
        ends = found["ends"]
        refused = {end for end in ends if end.startswith(EXHAUSTED)}
        self.assertLessEqual(set(ends), {"OK", *LATE, *refused})
        self.assertIn("OK", ends)
        self.assertGreater(found["refused"]["count"], 0)
        self.assertEqual(found["refused"]["with_retry_info"], found["refused"]["count"], ends)

    def start_calm_caller(self, sidecar):
        """One call at a time, on a channel of its own."""
        self.ended = self.folder / "calm_caller_may_end"
        command = self.client_command(
            "calm", sidecar.target, shops="600000:1", deadline_ms=CALM_DEADLINE_MS, until_file=self.ended
        )
        caller = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.addCleanup(caller.stdout.close)
        self.addCleanup(caller.kill)
        return caller

    def end_calm_caller(self, caller):
        self.ended.touch()
        output, _ = caller.communicate(timeout=60)
        return json.loads(output)["ends"]
