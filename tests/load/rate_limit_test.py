"""A platform that limits a shop to ten calls per second, and a caller that ignores it."""

import math

from load_case import LoadCase

CALLS = 1000
PER_SECOND = 10
USED_AT_LEAST = 0.9
REFUSED_AT_MOST = 0.02
SHOP = "600000"


class RateLimitTest(LoadCase):
    def test_a_thousand_calls_at_once_all_succeed_at_the_rate_of_shopee(self):
        emulator = self.start_emulator("--rate_limit", str(PER_SECOND))
        sidecar = self.start_sidecar(emulator)
        seconds_at_most = CALLS / (PER_SECOND * USED_AT_LEAST)
        found = self.run_client(
            "burst", sidecar.target, shops=f"{SHOP}:1", calls=CALLS,
            deadline_ms=math.ceil(2 * seconds_at_most) * 1000,
        )
        rates = emulator.counters()["rates"][SHOP]
        rate = CALLS / found["seconds"]
        refused = rates["refused"] / (rates["accepted"] + rates["refused"])
        print(f"{CALLS} calls in {found['seconds']:.1f} s: {rate:.2f} of {PER_SECOND} a second; "
              f"Shopee refused {rates['refused']} ({refused:.1%})")
        self.assertEqual({end: ends["count"] for end, ends in found["ends"].items()}, {"OK": CALLS})
        self.assertEqual(rates["accepted"], CALLS)
        self.assertLessEqual(refused, REFUSED_AT_MOST)
        self.assertLessEqual(found["seconds"], seconds_at_most)
