"""A platform that sends unrequested answers on persistent connections.

Every shop has a number and a token pair of its own, so that an answer to another shop's call is seen as such. It runs
in the threads of the test.
"""

import contextlib
import json
import re
import socket
import ssl
import subprocess
import threading
import urllib.parse

STRAY_SHOP = 666_666


def number_of(shop):
    return f"NUMBER{shop}"


def pair_of(shop, generation):
    return f"access{generation}of{shop}", f"refresh{generation}of{shop}"


def http(body, fields=""):
    body = json.dumps(body).encode()
    return (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{fields}\r\n".encode() + body
    )


def number_answer(shop):
    return http({"error": "", "message": "", "request_id": "r", "response": {"tracking_number": number_of(shop)}})


def grant(shop, generation):
    access, refresh = pair_of(shop, generation)
    account = {"shop_id": shop, "partner_id": 2001887, "expire_in": 14400}
    return http({"error": "", "message": "", "request_id": "r", "access_token": access, "refresh_token": refresh, **account})


def certificate(folder, address="127.0.0.1", days="2"):
    """A self-signed certificate for the address, and its key."""
    key, cert = folder / "tls_key.pem", folder / "tls_cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", days, "-subj", f"/CN={address}", "-addext", f"subjectAltName=IP:{address}"]
    subprocess.run([*command, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


class StrayUpstream:
    """`send(connection, answer, number)` sends the answer to request `number`, and possibly a surplus."""

    def __init__(self, send, tls=None):
        self._send = send
        self._context = None
        if tls:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*tls)
        self._lock = threading.Lock()
        self.sending = threading.Lock()  # held from an answer to its surplus
        self._connections = []
        self._generations = {}
        self.requests = self.accepted = 0
        self.foreign = []  # tokens in calls of another shop
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.base_url = f"http{'s' if tls else ''}://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self.connections():
            connection.close()

    def connections(self):
        with self._lock:
            return list(self._connections)

    def to_all(self, data):
        """Sends to every connection; on loopback the bytes have arrived when this returns."""
        for connection in self.connections():
            with contextlib.suppress(OSError, ValueError):
                connection.sendall(data)

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError, ValueError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            with self._lock:
                self._connections.append(connection)
                self.accepted += 1
            data = b""
            while True:
                path, shop, data = self._read(connection, data)
                if path is None:
                    break
                with self._lock:
                    self.requests += 1
                    count = self.requests
                answer = self._answer(path, shop)
                with self.sending:
                    self._send(connection, answer, count)
        with self._lock:
            if connection in self._connections:
                self._connections.remove(connection)
        connection.close()

    def _read(self, connection, data):
        """Path and shop of the next request, and the bytes read beyond it."""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return None, None, b""
            data += more
        head, data = data.split(b"\r\n\r\n", 1)
        length = re.search(rb"(?i)content-length: (\d+)", head)
        length = int(length[1]) if length else 0
        while len(data) < length:
            data += connection.recv(65536)
        path, _, query = head.decode().split(" ")[1].partition("?")
        fields = dict(urllib.parse.parse_qsl(query))
        if length:
            fields |= json.loads(data[:length])
        shop = int(fields.get("shop_id", 0))
        tokens = [fields[name] for name in ("access_token", "refresh_token") if name in fields]
        self.foreign += [(shop, token) for token in tokens if not token.endswith(f"of{shop}")]
        return path, shop, data[length:]

    def _answer(self, path, shop):
        if not path.endswith("/access_token/get"):
            return number_answer(shop)
        with self._lock:
            self._generations[shop] = self._generations.get(shop, 0) + 1
            return grant(shop, self._generations[shop])
