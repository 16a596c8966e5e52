"""Failures of some calls do not delay others."""

import concurrent.futures
import statistics

from harness import SANITIZED
from local_pair import wait_until
from network_case import RelayedCase

STUCK = 8
CALLS = 100  # of a round
ROUNDS_MIN, ROUNDS_MAX = 3, 6
LATE_AT_MOST = 1.1
REFUSED_SECONDS_MAX = 0.1 if SANITIZED else 0.005


class StuckConnectionsTest(RelayedCase):
    def stuck_calls(self, pool):
        """Calls on silent connections, each on its own."""
        swallowed = self.relay.swallowed
        self.emulator.control("latency", {"latency_ms": 100})  # so that they overlap
        list(pool.map(lambda _: self.ask(self.stubs), range(STUCK)))
        self.emulator.control("latency", {"latency_ms": 0})
        self.relay.silence_open_connections()
        stuck = [pool.submit(self.ask, self.stubs, 5) for _ in range(STUCK)]
        wait_until(lambda: self.relay.swallowed >= swallowed + STUCK, "the requests that got stuck")
        return stuck

    def median_seconds(self):
        ends = [self.ask(self.stubs) for _ in range(CALLS)]
        self.assertEqual({end for end, _ in ends}, {"OK"})
        return statistics.median(seconds for _, seconds in ends)

    def test_calls_beside_stuck_ones_are_not_late(self):
        alone, beside = [], []
        with concurrent.futures.ThreadPoolExecutor(STUCK) as pool:
            for number in range(ROUNDS_MAX):
                alone.append(self.median_seconds())
                stuck = self.stuck_calls(pool)
                beside.append(self.median_seconds())
                for call in stuck:
                    call.result()
                ratio = statistics.median(beside) / statistics.median(alone)
                if number + 1 >= ROUNDS_MIN and ratio <= LATE_AT_MOST:
                    break
        print(f"{self._testMethodName}: {ratio:.2f} of the time alone, {1000 * statistics.median(alone):.1f} ms")
        if not SANITIZED:
            self.assertLessEqual(ratio, LATE_AT_MOST)


class BreakerTest(RelayedCase):
    def test_an_open_breaker_refuses_at_once(self):
        self.relay.silence_open_connections()
        self.relay.silence_new_connections()
        with concurrent.futures.ThreadPoolExecutor(STUCK) as pool:

            def is_open():
                ends = pool.map(lambda _: self.ask(self.stubs, 1.5)[0], range(STUCK))
                return any("UPSTREAM_CIRCUIT_OPEN" in end for end in ends)

            wait_until(is_open, "the breaker to open", 60)
        refused = [self.ask(self.stubs, 1.5) for _ in range(CALLS)]
        refused = [seconds for end, seconds in refused if "UPSTREAM_CIRCUIT_OPEN" in end]
        self.assertGreater(len(refused), CALLS / 2)  # some of them are probes
        print(f"{self._testMethodName}: after {1000 * statistics.median(refused):.1f} ms")
        self.assertLess(statistics.median(refused), REFUSED_SECONDS_MAX)


class BreakerOverHttp2Test(BreakerTest):
    UPSTREAM = "http_version: HTTP_VERSION_2"
