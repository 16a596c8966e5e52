"""A call through the sidecar against a call of a gRPC server that does nothing, by turns, with as many in flight.

Usage: sidecar.py BUILD_FOLDER
Prints for each round the calls per second of both, the slowest hundredth, and the processor time that one call costs
them. All share the machine with their caller and the emulator, so the verdict is about the processor time: at most
MOST_RATIO times that of the bare server, or the bench ends with 1. It is the price of HTTP to the platform, JSON,
signature, token and limits.
"""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

from local_pair import Emulator, Program, Sidecar, wait_until, write_config
from support import cpu_seconds

SHOPS = "600000:20"
IN_FLIGHT, CALLS = 32, 9_600
ROUNDS = 5
MOST_RATIO = 8
# What is measured is a call that nothing holds up.
NO_LIMITS = "limits { initial_rate: 100000 max_rate: 100000 max_in_flight_per_shop: 1000 }"


def measure(build, process, target):
    """Calls per second, the slowest hundredth in ms, and CPU microseconds per call."""
    before = cpu_seconds(process)
    client = [build / "tests/load/load_client", "closed", f"--target={target}", f"--shops={SHOPS}",
              f"--in_flight={IN_FLIGHT}", f"--calls={CALLS}"]
    found = json.loads(subprocess.run(client, check=True, capture_output=True, text=True).stdout)
    cost = (cpu_seconds(process) - before) / CALLS * 1e6
    if list(found["ends"]) != ["OK"]:
        sys.exit(f"not every call is answered: {found['ends']}")
    return CALLS / found["seconds"], found["ends"]["OK"]["p99_us"] / 1000, cost


def start_echo(build):
    echo = Program([build / "tests/load/echo_server"])
    return echo, wait_until(lambda: echo.lines or echo.require_running(), "the bare server")[0]


def main():
    build = pathlib.Path(sys.argv[1])
    ratios = []
    with tempfile.TemporaryDirectory() as folder, Emulator(build, folder) as emulator:
        config = write_config(folder, emulator.base_url, emulator.shop_tokens(), more=[NO_LIMITS])
        echo, echo_target = start_echo(build)
        with echo, Sidecar(build, config) as sidecar:
            for round_number in range(1 + ROUNDS):
                bare = measure(build, echo.process, echo_target)
                whole = measure(build, sidecar.process, sidecar.target)
                if round_number == 0:
                    continue  # warms up
                ratios.append(whole[2] / bare[2])
                print("  bare server {:6.0f}/s p99 {:5.1f} ms {:5.1f} us   ".format(*bare)
                      + "sidecar {:6.0f}/s p99 {:5.1f} ms {:5.1f} us   ".format(*whole)
                      + f"{ratios[-1]:.2f}", flush=True)
    ratio = statistics.median(ratios)
    print(f"sidecar / bare gRPC server: {ratio:.2f} by processor time (at most {MOST_RATIO})")
    return 0 if ratio <= MOST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
