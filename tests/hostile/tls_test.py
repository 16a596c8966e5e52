"""A platform with broken TLS gets no request, and the error says why."""

import contextlib
import socket
import ssl
import threading
import time
import warnings

import grpc

from firstmile_client import error_facts
from harness import BUILD, DOCUMENTED_REQUEST, DOCUMENTED_SHOP
from hostile_case import HostileCase
from local_pair import Sidecar, write_config
from stray_upstream import certificate

CALL_SECONDS = 5
CONNECT_TIMEOUT_MS = 500
TOKEN = "4c0ffee5decafbad4c0ffee5decafbad"


class TlsUpstream:
    """Records what it receives in plain text and over TLS; `serve` decides how it answers a connection."""

    def __init__(self, serve):
        self._serve = serve
        self.requests = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._handle, args=[connection], daemon=True).start()

    def _handle(self, connection):
        with contextlib.suppress(OSError), connection:
            connection.settimeout(CALL_SECONDS)
            self._serve(self, connection)


def with_context(context):
    def serve(upstream, connection):
        with context.wrap_socket(connection, server_side=True) as secure:
            upstream.requests += filter(None, [secure.recv(65536)])

    return serve


def saying(data, pause=0.0):
    """Bytes instead of a handshake."""

    def serve(upstream, connection):
        connection.recv(65536)
        for at in range(0, len(data), 1 if pause else len(data)):
            connection.sendall(data[at : at + (1 if pause else len(data))])
            time.sleep(pause)

    return serve


def silent(upstream, connection):
    connection.recv(65536)
    time.sleep(CALL_SECONDS)


class TlsTest(HostileCase):
    def context(self, name="127.0.0.1", days="2"):
        folder = self.folder / f"tls-{name}{days}"
        folder.mkdir()
        pair = certificate(folder, name, days)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pair)
        return context, pair[0]

    def refused(self, serve, ca_file, *words):
        upstream = TlsUpstream(serve)
        self.addCleanup(upstream.close)
        settings = f'connect_timeout_ms: {CONNECT_TIMEOUT_MS} ca_file: "{ca_file}"'
        base_url = f"https://127.0.0.1:{upstream.port}"
        config = write_config(self.folder, base_url, {DOCUMENTED_SHOP: TOKEN}, upstream=settings)
        sidecar = self._until_cleanup(Sidecar(BUILD, config))
        with self.assertRaises(grpc.RpcError) as raised:
            self.stubs_of(sidecar).logistics.GetTrackingNumber(DOCUMENTED_REQUEST, timeout=CALL_SECONDS)
        end = f"{error_facts(raised.exception).reason}: {raised.exception.details()}"
        self.assertEqual(upstream.requests, [])
        self.assertEqual(raised.exception.code(), grpc.StatusCode.UNAVAILABLE, end)
        self.assertTrue(end.startswith("UPSTREAM_UNREACHABLE"), end)
        for word in words:
            self.assertIn(word, end)
        self.call_line(sidecar, "GetTrackingNumber", "UNAVAILABLE")
        self.assertEqual([line for line in sidecar.lines if TOKEN in line], [])

    def test_an_authority_that_is_not_trusted(self):
        _, trusted = self.context(days="3")
        self.refused(with_context(self.context()[0]), trusted, "of an authority that is not trusted")

    def test_another_hosts_certificate(self):
        context, trusted = self.context(name="127.0.0.9")
        self.refused(with_context(context), trusted, "for another host", "127.0.0.1")

    def test_protocols_of_yesterday(self):
        context, trusted = self.context()
        with warnings.catch_warnings(action="ignore"):  # the test is about these old versions
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        self.refused(with_context(context), trusted, "supports neither TLS 1.2 nor TLS 1.3")

    def test_words_in_the_clear(self):
        self.refused(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"), self.context()[1])

    def test_bytes_that_mean_nothing(self):
        self.refused(saying(bytes(range(256)) * 100), self.context()[1])

    def test_a_record_without_an_end(self):
        self.refused(saying(b"\x16\x03\x03\x40\x00" + bytes(100), pause=0.05), self.context()[1])

    def test_a_handshake_that_never_comes(self):
        self.refused(silent, self.context()[1])

    def test_an_end_in_the_handshake(self):
        self.refused(saying(b"\x16"), self.context()[1])
