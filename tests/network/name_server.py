"""A name server at 127.0.0.1:53 that answers, stays silent or answers wrong, on command."""

import contextlib
import socket
import struct
import threading

NO_SUCH_NAME = 0x8183
ANSWER = 0x8180
TYPE_A = 1
TTL_SECONDS = 1


class NameServer:
    def __init__(self, **addresses):
        """Names with _ for each dot, and their addresses."""
        self.addresses = {name.replace("_", "."): address for name, address in addresses.items()}
        self.silent = False
        self.questions = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 53))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self):
        with contextlib.suppress(OSError):  # wakes the thread, although it is refused
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _serve(self):
        while True:
            try:
                question, caller = self._socket.recvfrom(4096)
            except OSError:
                return
            if not question:
                return
            self.questions += 1
            if not self.silent:
                self._socket.sendto(self._answer(question), caller)

    def _answer(self, question):
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1 : at + 1 + question[at]].decode())
            at += 1 + question[at]
        kind = struct.unpack(">H", question[at + 1 : at + 3])[0]
        asked = question[12 : at + 5]
        address = self.addresses.get(".".join(labels).lower())
        record = b""
        if address and kind == TYPE_A:
            record = b"\xc0\x0c" + struct.pack(">HHIH", TYPE_A, 1, TTL_SECONDS, 4) + socket.inet_aton(address)
        flags = ANSWER if address else NO_SUCH_NAME
        return question[:2] + struct.pack(">HHHHH", flags, 1, 1 if record else 0, 0, 0) + asked + record
