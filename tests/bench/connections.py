"""Ten thousand connections that wait for their answers at the same time.

Usage: connections.py EMULATOR [LATENCY_MS]
Ends with 1 when an answer is missing or the emulator did not hold all of them at once, with 77 when this process
may not open so many files.
"""

import resource
import selectors
import socket
import sys
import time
import urllib.parse

from support import ANSWER, Program, tracking_number_target

CONNECTIONS = 10_000
SPARE_DESCRIPTORS = 100
LATENCY_MS = 2000
MOST_SECONDS = 60
SKIPPED = 77


def raise_descriptor_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard == resource.RLIM_INFINITY or hard >= CONNECTIONS + SPARE_DESCRIPTORS


def connect(base):
    url = urllib.parse.urlsplit(base)
    return [socket.create_connection((url.hostname, url.port), timeout=MOST_SECONDS) for _ in range(CONNECTIONS)]


def read_all(sockets):
    """Reads answers until all have arrived, a connection ends, or the time is up."""
    answers = {one: b"" for one in sockets}
    waiting = set(sockets)
    end = time.monotonic() + MOST_SECONDS
    with selectors.DefaultSelector() as selector:
        for one in sockets:
            selector.register(one, selectors.EVENT_READ)
        while waiting and time.monotonic() < end:
            for key, _ in selector.select(timeout=1):
                one = key.fileobj
                data = one.recv(65536)
                answers[one] += data
                if not data or ANSWER in answers[one]:
                    selector.unregister(one)
                    waiting.discard(one)
    return answers.values()


def main():
    if not raise_descriptor_limit():
        print(f"this process may not open {CONNECTIONS + SPARE_DESCRIPTORS} files")
        return SKIPPED
    latency = sys.argv[2] if len(sys.argv) > 2 else str(LATENCY_MS)
    with Program([sys.argv[1], "--listen", "127.0.0.1:0", "--latency_ms", latency]) as emulator:
        sockets = connect(emulator.base)
        request = f"GET {tracking_number_target()} HTTP/1.1\r\nHost: emulator\r\n\r\n".encode()
        begin = time.monotonic()
        for one in sockets:
            one.sendall(request)
        answers = read_all(sockets)
        took = time.monotonic() - begin
        good = sum(answer.startswith(b"HTTP/1.1 200") and ANSWER in answer for answer in answers)
        peak = emulator.counters()["max_in_flight"]
        for one in sockets:
            one.close()
    print(f"{CONNECTIONS} connections that wait {latency} ms: {good} answered in {took:.1f} s, {peak} at once")
    return 0 if good == CONNECTIONS and peak == CONNECTIONS else 1


if __name__ == "__main__":
    sys.exit(main())
