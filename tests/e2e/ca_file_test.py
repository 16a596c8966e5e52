"""upstream.ca_file alone decides which servers the sidecar trusts, and a file without a certificate stops the start."""

import json
import os
import socket
import ssl
import subprocess
import threading
import unittest

import grpc

from harness import BUILD, DOCUMENTED_REQUEST, DOCUMENTED_SHOP, ROOT, SANITIZED, SidecarCase, cxx_compiler
from local_pair import Sidecar, write_config, write_private

BAD_USE = 64
CALL_SECONDS = 20
ANSWER = {"error": "", "message": "", "request_id": "r", "response": {"tracking_number": "TLS1"}}

# Preloaded, it makes another folder the one of the system's authorities, which only root could change.
SYSTEM_FOLDER = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
int X509_STORE_load_path(void* store, const char* path) {
  int (*load)(void*, const char*) = dlsym(RTLD_NEXT, "X509_STORE_load_path");
  const char* other = getenv("TEST_SYSTEM_FOLDER");
  return load(store, other ? other : path);
}
"""


def openssl(folder, *words):
    subprocess.run(["openssl", *map(str, words)], cwd=folder, check=True, capture_output=True)


def make_authority(folder, name):
    """NAME.pem and NAME.key: a certificate that may sign others."""
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", 2,
            "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")


def make_certificate(folder, name, authority):
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", 2,
            "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
            "-addext", "basicConstraints=critical,CA:FALSE",
            "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-keyout", f"{name}.key", "-out", f"{name}.pem")


class Platform:
    """Answers every request over TLS with ANSWER, one a connection, and counts those that came through."""

    def __init__(self, folder):
        self.answered = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(folder / "platform.pem", folder / "platform.key")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            try:
                connection.settimeout(CALL_SECONDS)
                self._answer(connection)
            except OSError:  # of a client that does not trust us, too
                connection.close()

    def _answer(self, connection):
        with self._context.wrap_socket(connection, server_side=True) as stream:
            while b"\r\n\r\n" not in stream.recv(65536):
                pass
            body = json.dumps(ANSWER).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            stream.sendall(head.encode() + b"Connection: close\r\n\r\n" + body)
            self.answered += 1

    def stop(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(CALL_SECONDS)


class CaFileCase(SidecarCase):
    def setUp(self):
        super().setUp()
        for authority in ("ours", "another"):
            make_authority(self.folder, authority)
        make_certificate(self.folder, "platform", "ours")

    def write(self, base_url, ca_file):
        upstream = f'ca_file: "{self.folder / ca_file}"' if ca_file else ""
        return write_config(self.folder, base_url, {DOCUMENTED_SHOP: "token"}, upstream=upstream)


class TrustTest(CaFileCase):
    def setUp(self):
        super().setUp()
        self.platform = Platform(self.folder)
        self.addCleanup(self.platform.stop)

    def call(self, ca_file, **environment):
        config = self.write(self.platform.base_url, ca_file)
        sidecar = self._until_cleanup(Sidecar(BUILD, config, env={**os.environ, **environment}))
        return self.stubs_of(sidecar).logistics.GetTrackingNumber(DOCUMENTED_REQUEST, timeout=CALL_SECONDS)

    def assert_not_trusted(self, ca_file, **environment):
        with self.assertRaises(grpc.RpcError) as refused:
            self.call(ca_file, **environment)
        self.assertEqual(refused.exception.code(), grpc.StatusCode.UNAVAILABLE)
        self.assertIn("certificate", refused.exception.details())
        self.assertEqual(self.platform.answered, 0)

    def folder_that_trusts(self):
        certificates = self.folder / "certificates"
        certificates.mkdir()
        (certificates / "ours.pem").write_bytes((self.folder / "ours.pem").read_bytes())
        openssl(self.folder, "rehash", certificates)
        return str(certificates)

    def test_a_platform_of_that_authority_is_trusted(self):
        self.assertEqual(self.call("ours.pem").tracking_number, "TLS1")

    def test_a_platform_of_another_authority_is_not(self):
        self.assert_not_trusted("another.pem")

    def test_the_environment_adds_nobody(self):
        bundle = str(self.folder / "ours.pem")
        self.assert_not_trusted(
            "another.pem", SSL_CERT_DIR=self.folder_that_trusts(), SSL_CERT_FILE=bundle, CURL_CA_BUNDLE=bundle)

    @unittest.skipIf(SANITIZED, "AddressSanitizer must be loaded first")
    def test_the_systems_folder_counts_only_without_it(self):
        library = self.folder / "system_folder.so"
        command = [cxx_compiler(), "-shared", "-fPIC", "-x", "c", "-", "-o", library]
        subprocess.run(command, input=SYSTEM_FOLDER, text=True, check=True, capture_output=True)
        environment = {"LD_PRELOAD": str(library), "TEST_SYSTEM_FOLDER": self.folder_that_trusts()}
        self.assert_not_trusted("another.pem", **environment)
        self.assertEqual(self.call("", **environment).tracking_number, "TLS1")


class StartTest(CaFileCase):
    def refused(self, ca_file):
        code, lines = self.run_to_end("--config", self.write("https://127.0.0.1:9", ca_file))
        self.assertEqual(code, BAD_USE, lines)
        self.assertEqual(len(lines), 1, lines)
        self.assertIn("upstream.ca_file: ", lines[0])
        self.assertIn(str(self.folder / ca_file), lines[0])
        return lines[0]

    def test_a_missing_file_stops_it(self):
        self.assertIn("No such file", self.refused("nowhere.pem"))

    def test_an_empty_file_stops_it(self):
        write_private(self.folder / "empty.pem", "")
        self.assertIn("is empty", self.refused("empty.pem"))

    def test_a_file_with_a_key_alone_stops_it(self):
        self.assertIn("holds no certificate", self.refused("ours.key"))

    def test_garbage_stops_it(self):
        write_private(self.folder / "garbage.pem", "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n")
        self.assertIn("cannot be read", self.refused("garbage.pem"))

    def test_an_expired_certificate_is_a_warning(self):
        header = (ROOT / "tests/support/test_certificate.h").read_text()
        begin, end = header.index("-----BEGIN"), header.index("-----END CERTIFICATE-----") + 26
        write_private(self.folder / "old.pem", header[begin:end] + (self.folder / "ours.pem").read_text())
        sidecar = self._until_cleanup(Sidecar(BUILD, self.write("https://127.0.0.1:9", "old.pem")))
        warnings = self.log_lines(sidecar, "configuration")
        self.assertEqual([warning["level"] for warning in warnings], ["warning"])
        self.assertIn("1 of 2 certificates", warnings[0]["detail"])


if __name__ == "__main__":
    unittest.main()
