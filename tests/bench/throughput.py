"""One core of the emulator against one core of a server that only signs, by turns, under the same load.

Usage: throughput.py EMULATOR BARE_SERVER
Prints the requests per second of each round and the median of their ratios. Ends with 1 below LEAST_RATIO.
"""

import os
import re
import statistics
import subprocess
import sys

from support import ANSWER, Program, signed_target

CONNECTIONS = 64
ROUNDS = 5
SECONDS_EACH = 3
LEAST_RATIO = 0.5


def on_core(core):
    return {"preexec_fn": lambda: os.sched_setaffinity(0, {core})}


def requests_per_second(program, core):
    """Ends the bench on a single answer that is missing or not a 2xx."""
    if ANSWER not in program.get(signed_target()):
        sys.exit("the call is refused")
    command = ["wrk", "--threads", "1", "--connections", str(CONNECTIONS),
               "--duration", f"{SECONDS_EACH}s", program.base + signed_target()]
    text = subprocess.run(command, check=True, capture_output=True, text=True, **on_core(core)).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        sys.exit(text)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))


def main():
    emulator_program, bare_program = sys.argv[1:]
    cores = sorted(os.sched_getaffinity(0))
    server_core, load_core = cores[0], cores[-1]
    ratios = []
    with Program([emulator_program, "--listen", "127.0.0.1:0"], **on_core(server_core)) as emulator, \
            Program([bare_program], **on_core(server_core)) as bare:
        for _ in range(ROUNDS):
            plain = requests_per_second(bare, load_core)
            full = requests_per_second(emulator, load_core)
            ratios.append(full / plain)
            print(f"  bare server {plain:8.0f}/s   emulator {full:8.0f}/s   {full / plain:.2f}", flush=True)
    ratio = statistics.median(ratios)
    print(f"emulator / bare server, one core each: {ratio:.2f} (at least {LEAST_RATIO})")
    return 0 if ratio >= LEAST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
