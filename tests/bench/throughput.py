"""Compares one core of the emulator with one core of a server that only signs, in alternation, under equal load.

Usage: throughput.py EMULATOR BARE_SERVER
Prints for each round the requests per second of both and the processor time that one request costs them. The error_class
is about the requests per second of processor time, which neighbours on the machine do not change: at least
LEAST_RATIO of the bare server's, or the bench ends with 1.
"""

import os
import re
import statistics
import subprocess
import sys

from support import ANSWER, Program, cpu_seconds, tracking_number_target

CONNECTIONS = 64
ROUNDS = 5
SECONDS_EACH = 3
LEAST_RATIO = 0.5


def on_core(core):
    return {"preexec_fn": lambda: os.sched_setaffinity(0, {core})}


def measure(program, core):
    """Requests per second, and CPU microseconds per request. Ends the bench on any answer that is not a 2xx."""
    if ANSWER not in program.get(tracking_number_target()):
        sys.exit("the call is refused")
    command = ["wrk", "--threads", "1", "--connections", str(CONNECTIONS),
               "--duration", f"{SECONDS_EACH}s", program.base + tracking_number_target()]
    before = cpu_seconds(program.process)
    text = subprocess.run(command, check=True, capture_output=True, text=True, **on_core(core)).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        sys.exit(text)
    requests = int(re.search(r"(\d+) requests in", text).group(1))
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    return rate, (cpu_seconds(program.process) - before) / requests * 1e6


def main():
    emulator_program, bare_program = sys.argv[1:]
    cores = sorted(os.sched_getaffinity(0))
    server_core, load_core = cores[0], cores[-1]
    rates, costs = [], []
    with Program([emulator_program, "--listen", "127.0.0.1:0"], **on_core(server_core)) as emulator, \
            Program([bare_program], **on_core(server_core)) as bare:
        for _ in range(ROUNDS):
            plain_rate, plain_cost = measure(bare, load_core)
            rate, cost = measure(emulator, load_core)
            rates.append(rate / plain_rate)
            costs.append(cost / plain_cost)
            print(f"  bare server {plain_rate:7.0f}/s {plain_cost:5.1f} us   "
                  f"emulator {rate:7.0f}/s {cost:5.1f} us   {rates[-1]:.2f}", flush=True)
    ratio = 1 / statistics.median(costs)
    print(f"emulator / bare server, one core each: {ratio:.2f} by processor time (at least {LEAST_RATIO}), "
          f"{statistics.median(rates):.2f} by the clock on the wall")
    return 0 if ratio >= LEAST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
