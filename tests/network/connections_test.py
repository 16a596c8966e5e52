"""Broken connections of every kind: no call gets another's answer, and calls succeed again soon."""

import concurrent.futures
import time

from local_pair import wait_until
from network_case import LATE_SECONDS_MAX, RelayedCase

CALLS = 20
DRIP_SECONDS = 0.05  # per byte: an answer of a few hundred bytes exceeds its deadline


def ask_at_once(case, stubs, count=CALLS, seconds=5):
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: case.ask(stubs, seconds), range(count)))


class ConnectionsTest(RelayedCase):
    SPOKEN = "HTTP/1.1"

    def ask_at_once(self, count=CALLS, seconds=5):
        return ask_at_once(self, self.stubs, count, seconds)

    def open_connections(self):
        self.assertEqual({end for end, _ in self.ask_at_once()}, {"OK"})

    def test_speaks_the_version_that_is_asked_for(self):
        self.open_connections()
        self.assertEqual(self.spoken(), {self.SPOKEN})

    def test_connections_that_go_silent_are_not_used_for_long(self):
        self.open_connections()
        self.relay.silence_open_connections()
        for end, seconds in self.ask_at_once(seconds=1):
            self.assertTrue(end.startswith(("OK", "DEADLINE_EXCEEDED DEADLINE_EXCEEDED: ")), end)
            self.assertLess(seconds, 1 + LATE_SECONDS_MAX)
        self.assert_recovers(self.stubs)

    def test_calls_that_follow_each_other_closely_do_not_keep_a_silent_connection_in_use(self):
        self.open_connections()
        self.relay.silence_open_connections()
        with concurrent.futures.ThreadPoolExecutor(CALLS) as pool:
            for recovery in [pool.submit(self.assert_recovers, self.stubs) for _ in range(CALLS)]:
                recovery.result()

    def test_calls_under_way_when_connections_are_reset_say_so_or_are_sent_again(self):
        self.open_connections()
        self.relay.silence_open_connections()
        with concurrent.futures.ThreadPoolExecutor(CALLS) as pool:
            under_way = [pool.submit(self.ask, self.stubs) for _ in range(CALLS)]
            wait_until(lambda: self.relay.swallowed >= 1, "a request on its way")
            self.relay.reset()
            ends = [call.result()[0] for call in under_way]
        for end in ends:
            self.assertTrue(end.startswith(("OK", "UNAVAILABLE UPSTREAM_NO_ANSWER: ")), end)
        self.assertIn("OK", ends)
        self.open_connections()

    def test_connections_that_are_reset_are_not_noticed(self):
        self.open_connections()
        self.relay.reset()
        self.open_connections()

    def test_connections_that_shopee_has_half_closed_are_not_noticed(self):
        self.open_connections()
        self.relay.half_close()
        self.open_connections()

    def test_a_platform_that_is_away_for_a_while_is_told_and_found_again(self):
        self.open_connections()
        self.relay.silence_open_connections()
        self.relay.silence_new_connections()
        begin = time.monotonic()
        while time.monotonic() < begin + 5:
            end, seconds = self.ask(self.stubs, seconds=1)
            self.assertTrue(end.startswith(("DEADLINE_EXCEEDED ", "UNAVAILABLE ")), end)
            self.assertLess(seconds, 1 + LATE_SECONDS_MAX)
        self.relay.silence_ends()
        self.assert_recovers(self.stubs)

    def test_an_answer_that_drips_ends_at_the_deadline(self):
        self.relay.drip_seconds = DRIP_SECONDS
        end, seconds = self.ask(self.stubs, seconds=1)
        self.assertTrue(end.startswith("DEADLINE_EXCEEDED DEADLINE_EXCEEDED: "), end)
        self.assertLess(seconds, 1 + LATE_SECONDS_MAX)
        self.relay.drip_seconds = 0
        self.assert_recovers(self.stubs)
