"""Connections that break in every way: no call gets another's answer, and calls are answered again soon."""

import concurrent.futures
import time

from network_case import LATE_SECONDS_MAX, NetworkCase, free_port

CALLS = 20
DRIP_SECONDS = 0.05  # for each byte: an answer of some hundred takes longer than its deadline


class ConnectionsTest(NetworkCase):
    def setUp(self):
        super().setUp()
        port = free_port()
        self.start_nginx(port)
        self.relay = self.start_relay(port)
        self.sidecar = self.start_towards(self.relay.port)
        self.stubs = self.stubs_of(self.sidecar)

    def ask_at_once(self, count=CALLS, seconds=5):
        with concurrent.futures.ThreadPoolExecutor(count) as pool:
            return list(pool.map(lambda _: self.ask(self.stubs, seconds), range(count)))

    def open_connections(self):
        self.assertEqual({end for end, _ in self.ask_at_once()}, {"OK"})

    def test_connections_that_go_silent_are_not_used_for_long(self):
        self.open_connections()
        self.relay.silence_open_connections()
        for end, seconds in self.ask_at_once(seconds=1):
            self.assertTrue(end.startswith(("OK", "DEADLINE_EXCEEDED DEADLINE_EXCEEDED: ")), end)
            self.assertLess(seconds, 1 + LATE_SECONDS_MAX)
        self.assert_recovers(self.stubs)

    def test_connections_that_are_reset_are_not_noticed(self):
        self.open_connections()
        self.relay.reset()
        self.open_connections()

    def test_connections_that_the_platform_has_half_closed_are_not_noticed(self):
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
