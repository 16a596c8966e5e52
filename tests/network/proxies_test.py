"""Real proxies, which tunnel, refuse, require a password, or stall."""

import os
import signal

from authority import EXPIRED
from harness import BUILD, FIRSTMILED
from local_pair import DEMO_PARTNER_KEY, Program, Sidecar, wait_until
from network_case import PLATFORM, PROXY, NetworkCase, free_port

USER = "sidecar"
PASSWORD = "cafe" * 8
CONNECT_TIMEOUT_MS = 500


class ProxiesTest(NetworkCase):
    def setUp(self):
        super().setUp()
        self.platform_port = free_port()
        self.start_nginx(self.platform_port)

    def through(self, url, user="", password="", more="", **options):
        setting = self.proxy_setting(url, user, password)
        return self.start_towards(self.platform_port, upstream=f"{setting} {more}", **options)

    def test_calls_go_through_an_http_proxy(self):
        port = self.start_tinyproxy(self.platform_port)
        relay = self.start_relay(port)
        self.assert_answered(self.through(f"http://{PROXY}:{relay.port}"), calls=3)
        self.assertEqual(relay.accepted, 1)

    def test_a_proxy_sees_shopees_name_and_neither_path_nor_secret(self):
        relay = self.start_relay(self.start_tinyproxy(self.platform_port))
        self.assert_answered(self.through(f"http://{PROXY}:{relay.port}"))
        seen = bytes(relay.seen)
        self.assertTrue(seen.startswith(f"CONNECT {PLATFORM}:{self.platform_port} HTTP/1.1".encode()), seen[:100])
        tokens = list(self.emulator.shop_tokens().values())
        self.assertTrue(tokens)
        for secret in (*tokens, DEMO_PARTNER_KEY, "get_tracking_number", "sign=", "access_token"):
            self.assertNotIn(secret.encode(), seen)

    def test_calls_go_through_a_proxy_within_tls(self):
        port = self.start_tinyproxy(self.platform_port)
        relay = self.start_relay(port, tls=self.authority.certificate(PROXY))
        self.assert_answered(self.through(f"https://{PROXY}:{relay.port}"), calls=3)
        self.assertEqual(relay.accepted, 3, "what such a proxy sends unasked cannot be seen: no tunnel is used again")

    def test_calls_go_through_a_socks_proxy_that_resolves_the_name(self):
        port = self.start_socks("-u", USER, "-P", PASSWORD)
        relay = self.start_relay(port)
        self.assert_answered(self.through(f"socks5h://{PROXY}:{relay.port}", USER, PASSWORD), calls=3)
        self.assertEqual(relay.accepted, 1)

    def test_a_proxys_own_certificate_is_checked(self):
        relay = self.start_relay(self.start_tinyproxy(self.platform_port), tls=self.authority.certificate(PROXY, EXPIRED))
        url = f"https://{PROXY}:{relay.port}"
        self.assert_unreachable(self.through(url), f"through the proxy {url}: TLS: the certificate of the proxy has expired")

    def test_a_proxy_that_refuses_is_named(self):
        port = self.start_tinyproxy(allowed_port=1)
        url = f"http://{PROXY}:{port}"
        self.assert_unreachable(self.through(url), f"the proxy {url} refuses with 403")

    def test_a_proxy_that_asks_for_a_password_gets_it(self):
        port = self.start_tinyproxy(self.platform_port, f"BasicAuth {USER} {PASSWORD}")
        url = f"http://{PROXY}:{port}"
        self.assert_answered(self.through(url, USER, PASSWORD))

    def test_a_wrong_password_is_told_and_not_shown(self):
        port = self.start_tinyproxy(self.platform_port, f"BasicAuth {USER} right")
        url = f"http://{PROXY}:{port}"
        sidecar = self.through(url, USER, PASSWORD)
        self.assert_unreachable(sidecar, f"the proxy {url} asks for another user or password (upstream.proxy)")
        self.call_line(sidecar, "GetTrackingNumber", "UNAVAILABLE")
        self.assertEqual([line for line in sidecar.lines if PASSWORD in line], [])

    def test_a_wrong_password_for_socks_is_told(self):
        port = self.start_socks("-u", USER, "-P", "right")
        url = f"socks5h://{PROXY}:{port}"
        self.assert_unreachable(self.through(url, USER, PASSWORD), f"through the proxy {url}: ")

    def test_a_proxy_that_goes_silent_is_named_and_it_is_over_when_it_speaks(self):
        relay = self.start_relay(self.start_tinyproxy(self.platform_port))
        relay.silence_new_connections()
        url = f"http://{PROXY}:{relay.port}"
        sidecar = self.through(url, more=f"connect_timeout_ms: {CONNECT_TIMEOUT_MS}")
        self.assert_unreachable(sidecar, f"through the proxy {url}: ")
        relay.silence_ends()
        self.assert_recovers(self.stubs_of(sidecar))

    def test_a_proxy_that_is_not_there_is_named(self):
        for scheme in ("http", "https", "socks5h"):
            url = f"{scheme}://{PROXY}:{free_port()}"
            self.assert_unreachable(self.through(url), f"through the proxy {url}: ")

    def test_a_start_that_checks_the_way_can_be_ended(self):
        relay = self.start_relay(self.start_tinyproxy(self.platform_port))
        relay.silence_new_connections()
        config = self.config(self.platform_port, self.proxy_setting(f"http://{PROXY}:{relay.port}"))
        program = self._until_cleanup(Program([FIRSTMILED, "--config", config, "--check_upstream"]))
        wait_until(lambda: relay.accepted, "a look at the way")
        program.process.terminate()
        self.assertEqual(program.process.wait(1), -signal.SIGTERM)

    def test_variables_of_the_environment_name_no_proxy(self):
        nobody = f"http://127.0.0.1:{free_port()}"
        names = ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
        env = {**os.environ, **{name: nobody for name in names}}
        self.assert_answered(self.start_towards(self.platform_port, env=env))

    def test_a_start_may_check_the_way(self):
        port = self.start_tinyproxy(self.platform_port)
        url = f"http://{PROXY}:{port}"
        config = self.config(self.platform_port, self.proxy_setting(url))
        sidecar = self._until_cleanup(Sidecar(BUILD, config, "--check_upstream"))
        self.assertRegex("\n".join(sidecar.lines), f"answers, with HTTP status [0-9]+, through the proxy {url}\"")

    def test_a_start_that_finds_no_way_says_why(self):
        url = f"http://{PROXY}:{self.start_tinyproxy(allowed_port=1)}"
        config = self.config(self.platform_port, self.proxy_setting(url))
        code, lines = self.run_to_end("--config", config, "--listen", "127.0.0.1:0", "--check_upstream")
        self.assertEqual(code, 1)
        self.assertIn(f"the proxy {url} refuses with 403", lines[-1])
