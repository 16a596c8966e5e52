"""Shops that are throttled, banned or hanging at the platform do not slow the others down."""

import unittest

from harness import SANITIZED
from load_case import LoadCase, percentile

HEALTHY = "600000:97"
THROTTLED, HANGING = 600097, 600098
BANNED = 699902  # of the emulator's default world
PLATFORM_LATENCY_MS = 10
HEALTHY_RATE = 290  # calls a second on all healthy shops together
TROUBLED_RATE = 10  # on each of the three
PHASES, PHASE_MS = 24, 1000
DEADLINE_MS = 1000
SLOWER_AT_MOST = 1.10


@unittest.skipIf(SANITIZED, "sanitizers change the times")
class BulkheadsTest(LoadCase):
    def test_the_p99_of_97_healthy_shops_is_the_same_with_and_without_three_troubled_ones(self):
        emulator = self.start_emulator("--shops", "99", "--latency_ms", str(PLATFORM_LATENCY_MS))
        emulator.control("rate_limit", {"per_second": 1, "shop_id": THROTTLED})
        emulator.control("faults", {"preset": "silent", "shop_id": HANGING})
        sidecar = self.start_sidecar(emulator)
        troubled = ",".join(f"{shop}:{TROUBLED_RATE}" for shop in (THROTTLED, BANNED, HANGING))
        found = self.run_client(
            "steady", sidecar.target, shops=HEALTHY, rate=HEALTHY_RATE, disturbing=troubled,
            phases=PHASES, phase_ms=PHASE_MS, deadline_ms=DEADLINE_MS,
        )
        calm, disturbed = found["calm"], found["disturbed"]
        p99 = {name: percentile(found[name]["healthy_us"], 0.99) for name in ("calm", "disturbed")}
        print(f"p99 of the healthy shops: {p99['calm']} us without, {p99['disturbed']} us with the troubled "
              f"ones, {len(disturbed['healthy_us'])} calls; these ended as {disturbed['others']}")
        self.assertEqual((calm["healthy_failures"], disturbed["healthy_failures"]), ({}, {}))
        self.assert_troubled(disturbed["others"], emulator.counters()["rates"])
        self.assertLessEqual(p99["disturbed"], SLOWER_AT_MOST * p99["calm"])

    def assert_troubled(self, others, rates):
        """The three shops had the troubles that they were meant to have."""
        self.assertEqual(list(others[str(BANNED)]), ["7 ACCOUNT_BANNED"])
        self.assertNotIn("OK", others[str(HANGING)])
        self.assertIn("OK", others[str(THROTTLED)])
        self.assertGreater(rates[str(THROTTLED)]["refused"], 0)
