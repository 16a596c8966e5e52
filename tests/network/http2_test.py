"""HTTP/2, if configured: the same tests as for HTTP/1.1 connections, and HTTP/2's own."""

import connections_test
from network_case import NetworkCase, free_port

HTTP2 = "http_version: HTTP_VERSION_2"
CALLS_OF_A_CONNECTION = 7
CALLS = 100


class Http2ConnectionsTest(connections_test.ConnectionsTest):
    UPSTREAM = HTTP2
    SPOKEN = "HTTP/2.0"

    def test_calls_at_a_time_share_a_connection(self):
        self.open_connections()
        self.assertEqual(self.relay.accepted, 1)


class Http2Test(NetworkCase):
    def test_a_platform_that_goes_away_after_some_calls_fails_none(self):
        port = free_port()
        self.start_nginx(port, http2="http2", calls=CALLS_OF_A_CONNECTION)
        relay = self.start_relay(port)
        stubs = self.stubs_of(self.start_towards(relay.port, HTTP2))
        before = self.emulator.requests("get_tracking_number")
        while (made := self.emulator.requests("get_tracking_number") - before) < CALLS:
            ends = {end for end, _ in connections_test.ask_at_once(self, stubs)}
            self.assertEqual(ends, {"OK"})
        self.assertEqual(made % connections_test.CALLS, 0, "no call reached Shopee twice")
        self.assertEqual(self.spoken(), {"HTTP/2.0"})
        self.assertGreater(relay.accepted, CALLS // CALLS_OF_A_CONNECTION // 2)

    def test_a_platform_without_http2_is_asked_in_http11(self):
        port = free_port()
        self.start_nginx(port)
        self.assert_answered(self.start_towards(port, HTTP2), calls=5)
        self.assertEqual(self.spoken(), {"HTTP/1.1"})
