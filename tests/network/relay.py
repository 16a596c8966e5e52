"""A TCP relay that stalls, breaks off or drips, on command."""

import contextlib
import socket
import ssl
import struct
import threading
import time

PIECE = 65536
NO_LINGER = struct.pack("ii", 1, 0)


class Relay:
    """Forwards each connection to `target`, a port of this machine. `tls`: a certificate and its key."""

    def __init__(self, target, tls=None):
        self._target = target
        self._context = None
        if tls:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*tls)
        self.drip_seconds = 0.0  # per byte to the client; 0: no delay
        self.accepted = 0
        self.swallowed = 0  # pieces that came on silenced connections
        self.seen = bytearray()  # all that passed, in both directions
        self._flows = threading.Event()  # for connections that are accepted while it is set
        self._flows.set()
        self._silenced = set()
        self._pairs = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.reset()

    def silence_open_connections(self):
        """They stay open, and nothing passes any more. New ones work."""
        self._silenced.update(self._pairs)

    def silence_new_connections(self):
        """Until silence_ends()."""
        self._flows.clear()

    def silence_ends(self):
        self._flows.set()

    def reset(self):
        """Breaks all open connections off with RST."""
        for pair in self._pairs:
            with contextlib.suppress(OSError):
                pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
            for side in pair:
                with contextlib.suppress(OSError):
                    side.shutdown(socket.SHUT_RD)  # wakes its thread, which closes
        self._pairs = []

    def half_close(self):
        """Closes the sending side of all open connections to the client, and keeps reading."""
        for client, _ in self._pairs:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_WR)

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.accepted += 1
                threading.Thread(target=self._connect, args=[client], daemon=True).start()

    def _connect(self, client):
        try:
            self._flows.wait()
            if self._context:
                client = self._context.wrap_socket(client, server_side=True)
            pair = (client, socket.create_connection(("127.0.0.1", self._target)))
        except OSError:
            return client.close()
        self._pairs.append(pair)
        for source, sink in (pair, pair[::-1]):
            threading.Thread(target=self._pass_on, args=[pair, source, sink], daemon=True).start()

    def _pass_on(self, pair, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(PIECE):
                if pair in self._silenced:
                    self.swallowed += 1
                    continue
                self.seen += data
                if self.drip_seconds and sink is pair[0]:
                    self._drip(sink, data)
                else:
                    sink.sendall(data)
        for side in pair:
            with contextlib.suppress(OSError):
                side.close()

    def _drip(self, sink, data):
        for at in range(len(data)):
            time.sleep(self.drip_seconds)
            sink.sendall(data[at : at + 1])
