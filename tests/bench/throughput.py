"""One core of the emulator against one core of a server that only signs, by turns, under the same load.

Usage: throughput.py EMULATOR BARE_SERVER
Prints the requests per second of each round and the median of their ratios. Ends with 1 below LEAST_RATIO.
"""

import hashlib
import hmac
import os
import re
import statistics
import subprocess
import sys
import time

KEY = b"57615053704d6470644f554a78656d50484143644964436a5568777544524579"  # the public demo key
PARTNER, SHOP, ORDER = "2001887", "600000", "201214JASXYXY6"
PATH = "/api/v2/logistics/get_tracking_number"
CONNECTIONS = 64
ROUNDS = 5
SECONDS_EACH = 3
LEAST_RATIO = 0.5


def signed_target():
    token = "acce55" + SHOP.zfill(26)
    now = str(int(time.time()))
    sign = hmac.new(KEY, (PARTNER + PATH + now + token + SHOP).encode(), hashlib.sha256).hexdigest()
    return (f"{PATH}?partner_id={PARTNER}&timestamp={now}&access_token={token}&shop_id={SHOP}"
            f"&sign={sign}&order_sn={ORDER}")


class Server:
    """A program that says in its first line where it listens, on a core of its own."""

    def __init__(self, command, core):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                                        preexec_fn=lambda: os.sched_setaffinity(0, {core}))
        self.base = self.process.stdout.readline().split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def requests_per_second(self, core):
        """Fails on a single answer that is none or not a 2xx."""
        command = ["wrk", "--threads", "1", "--connections", str(CONNECTIONS),
                   "--duration", f"{SECONDS_EACH}s", self.base + signed_target()]
        text = subprocess.run(command, check=True, capture_output=True, text=True,
                              preexec_fn=lambda: os.sched_setaffinity(0, {core})).stdout
        if "Non-2xx" in text or "Socket errors" in text:
            sys.exit(text)
        return float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))


def main():
    emulator_program, bare_program = sys.argv[1:]
    cores = sorted(os.sched_getaffinity(0))
    server_core, load_core = cores[0], cores[-1]
    ratios = []
    with Server([emulator_program, "--listen", "127.0.0.1:0"], server_core) as emulator, \
            Server([bare_program], server_core) as bare:
        for _ in range(ROUNDS):
            plain = bare.requests_per_second(load_core)
            full = emulator.requests_per_second(load_core)
            ratios.append(full / plain)
            print(f"  bare server {plain:8.0f}/s   emulator {full:8.0f}/s   {full / plain:.2f}", flush=True)
    ratio = statistics.median(ratios)
    print(f"emulator / bare server, one core each: {ratio:.2f} (at least {LEAST_RATIO})")
    return 0 if ratio >= LEAST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
