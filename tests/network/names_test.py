"""Name servers that are slow, dead or wrong: calls end in time, and succeed once the servers work again."""

from network_case import LATE_SECONDS_MAX, NetworkCase, free_port

CALLS = 20


class NamesTest(NetworkCase):
    def start(self):
        port = free_port()
        self.start_nginx(port)
        return port, self.start_towards(port)

    def test_a_call_ends_at_its_deadline_while_the_name_server_is_silent(self):
        self.name_server.silent = True
        _, sidecar = self.start()
        stubs = self.stubs_of(sidecar)
        for _ in range(3):
            end, seconds = self.ask(stubs, seconds=1)
            self.assertTrue(end.startswith("DEADLINE_EXCEEDED DEADLINE_EXCEEDED: "), end)
            self.assertIn("Not sent", end)
            self.assertLess(seconds, 1 + LATE_SECONDS_MAX)
        self.name_server.silent = False
        self.assert_recovers(stubs)

    def test_a_call_with_time_is_told_that_the_name_was_not_resolved(self):
        self.name_server.silent = True
        _, sidecar = self.start()
        self.assert_unreachable(sidecar, "the host platform.test was not resolved in time", seconds=20)

    def test_a_name_that_does_not_exist(self):
        del self.name_server.addresses["platform.test"]
        _, sidecar = self.start()
        stubs = self.stubs_of(sidecar)
        self.assert_unreachable(sidecar, "the host platform.test cannot be resolved: ")
        self.name_server.addresses["platform.test"] = "127.0.0.1"
        self.assert_recovers(stubs)

    def test_a_name_server_that_dies_is_not_noticed_where_connections_are_new(self):
        port = free_port()
        self.start_nginx(port)
        relay = self.start_relay(port)
        stubs = self.stubs_of(self.start_towards(relay.port))
        self.assertEqual(self.ask(stubs)[0], "OK")
        self.name_server.silent = True
        for _ in range(CALLS):
            relay.reset()
            self.assertEqual(self.ask(stubs, seconds=1)[0], "OK")
        self.assertGreater(relay.accepted, CALLS / 2)

    def test_a_name_server_that_lies_gets_no_token(self):
        self.name_server.addresses["platform.test"] = "127.0.0.9"
        port, sidecar = self.start()
        liar = self.start_liar(port)
        self.assert_unreachable(sidecar, "TLS: the certificate of Shopee is for another host")
        self.name_server.addresses["platform.test"] = "127.0.0.1"
        self.assert_recovers(self.stubs_of(sidecar))
        self.assertTrue(liar.process.poll() is None)

    def start_liar(self, port):
        """The target of the wrong answer: a host with its own certificate."""
        return self.start_nginx(port, host="other.test", address="127.0.0.9")
