"""Shared by the network tests: the emulator under Shopee's name behind nginx with TLS, and real proxies.

They run in a network of their own (in_own_network.sh), where they are the name server.
"""

import contextlib
import socket
import time

import grpc

from authority import VALID, Authority
from firstmile_client import error_facts
from harness import BUILD, DOCUMENTED_REQUEST, ROOT, SANITIZED, SidecarCase
from local_pair import Program, Sidecar, wait_until, write_config, write_private
from name_server import NameServer
from relay import Relay

DAEMONS = ROOT / ".tools/daemons"
PLATFORM = "platform.test"
PROXY = "proxy.test"
CALL_SECONDS = 5
RECOVERY_SECONDS_MAX = 30  # at defaults
LATE_SECONDS_MAX = 2 if SANITIZED else 0.1  # the most that a call may exceed its deadline

NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 512; }}
http {{
  log_format version $server_protocol;
  access_log {folder}/access.log version;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream emulator {{ server {emulator}; keepalive 16; }}
  server {{
    listen {address}:{port} ssl {http2};
    keepalive_requests {calls};
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols {protocols};
    ssl_ciphers ALL:@SECLEVEL=0;
    location / {{
      proxy_pass http://emulator;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }}
  }}
}}
"""

TINYPROXY = """
Port {port}
Listen 127.0.0.1
Timeout 600
LogLevel Connect
ConnectPort {allowed_port}
{more}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


class NetworkCase(SidecarCase):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.folder / "authority")
        self.name_server = self._until_cleanup(NameServer(platform_test="127.0.0.1", proxy_test="127.0.0.1"))
        self.emulator = self.start_emulator()
        self._daemons = 0

    def start_daemon(self, name, port, *arguments):
        """One of .tools/daemons that listens on the port."""
        daemon = self._until_cleanup(Program([next(DAEMONS.glob(f"usr/*bin/{name}")), *arguments]))
        wait_until(lambda: listens(port) or daemon.require_running(), f"{name} to listen")
        return daemon

    def new_folder(self):
        self._daemons += 1
        folder = self.folder / f"daemon{self._daemons}"
        folder.mkdir()
        return folder

    def start_nginx(self, port, host=PLATFORM, days=VALID, authority=None, **changes):
        """The emulator over TLS, with a certificate for the host."""
        certificate, key = (authority or self.authority).certificate(host, days)
        values = {"protocols": "TLSv1.2 TLSv1.3", "address": "127.0.0.1", "http2": "", "calls": 1000, **changes}
        folder = self.new_folder()
        self.access_log = folder / "access.log"
        config = folder / "nginx.conf"
        emulator = self.emulator.base_url.removeprefix("http://")
        values |= {"port": port, "folder": folder, "emulator": emulator, "certificate": certificate, "key": key}
        config.write_text(NGINX.format(**values))
        return self.start_daemon("nginx", port, "-p", folder, "-c", config)

    def spoken(self):
        """The HTTP versions of the last nginx's requests."""
        return set(self.access_log.read_text().split())

    def start_tinyproxy(self, allowed_port, more=""):
        """A proxy that tunnels to one port; its port."""
        port = free_port()
        config = write_private(
            self.new_folder() / "tinyproxy.conf", TINYPROXY.format(port=port, allowed_port=allowed_port, more=more)
        )
        self.start_daemon("tinyproxy", port, "-d", "-c", config)
        return port

    def start_socks(self, *flags):
        """A SOCKS5 proxy that resolves names itself; its port."""
        port = free_port()
        self.start_daemon("microsocks", port, "-i", "127.0.0.1", "-p", str(port), *flags)
        return port

    def start_relay(self, target, tls=None):
        return self._until_cleanup(Relay(target, tls))

    def config(self, port, upstream="", **more):
        """The configuration of a sidecar that calls Shopee by name at the port."""
        settings = f'ca_file: "{self.authority.ca_file}" {upstream}'
        base_url = f"https://{PLATFORM}:{port}"
        return write_config(self.folder, base_url, self.emulator.shop_tokens(), upstream=settings, **more)

    def start_towards(self, port, upstream="", env=None, **more):
        return self._until_cleanup(Sidecar(BUILD, self.config(port, upstream, **more), env=env))

    def proxy_setting(self, url, user="", password=""):
        words = f'url: "{url}"'
        if user:
            words += f' user: "{user}"'
        if password:
            words += f' password_file: "{write_private(self.folder / "proxy_password", password)}"'
        return f"proxy {{ {words} }}"

    def ask(self, stubs, seconds=CALL_SECONDS):
        """How a call ended: "OK" or its code, reason and text; and its duration."""
        begin = time.monotonic()
        try:
            stubs.logistics.GetTrackingNumber(DOCUMENTED_REQUEST, timeout=seconds)
            end = "OK"
        except grpc.RpcError as error:
            end = f"{error.code().name} {error_facts(error).reason}: {error.details()}"
        return end, time.monotonic() - begin

    def assert_answered(self, sidecar, calls=1):
        stubs = self.stubs_of(sidecar)
        self.assertEqual([self.ask(stubs)[0] for _ in range(calls)], ["OK"] * calls)

    def assert_unreachable(self, sidecar, *words, seconds=CALL_SECONDS):
        """Nothing reached Shopee, and the error says why."""
        end, _ = self.ask(self.stubs_of(sidecar), seconds)
        self.assertTrue(end.startswith("UNAVAILABLE UPSTREAM_UNREACHABLE"), end)
        for word in words:
            self.assertIn(word, end)
        self.assertEqual(self.emulator.requests("get_tracking_number"), 0)

    def assert_recovers(self, stubs):
        """Calls with a deadline of one second succeed again within RECOVERY_SECONDS_MAX."""
        begin = time.monotonic()
        ends = []

        def answered():
            ends.append(self.ask(stubs, 1)[0])
            return ends[-1] == "OK"

        try:
            wait_until(answered, "an answer again", RECOVERY_SECONDS_MAX)
        except TimeoutError:
            self.fail(f"no answer within {RECOVERY_SECONDS_MAX} s: {ends[-1]}")
        print(f"{self._testMethodName}: answered again after {time.monotonic() - begin:.1f} s, {len(ends)} calls")


class RelayedCase(NetworkCase):
    """The sidecar calls nginx through a relay that can stall, reset, half-close and drip."""

    UPSTREAM = ""  # settings

    def setUp(self):
        super().setUp()
        port = free_port()
        self.start_nginx(port, http2="http2")
        self.relay = self.start_relay(port)
        self.sidecar = self.start_towards(self.relay.port, self.UPSTREAM)
        self.stubs = self.stubs_of(self.sidecar)
