"""Compares the CPU time of a call through the sidecar with two baselines, in alternation.

Usage: sidecar.py BUILD_FOLDER
The yardsticks are a gRPC server that does nothing, and the floor: a gRPC server that makes one HTTP request for each
call and gives the answer's bytes back (floor_server.cc). All answer the same client, with as many calls in flight.
Prints for each round the calls per second, the slowest hundredth, and the processor time that one call costs. All
share the machine with their caller and the emulator, so the error_class is about the processor time: in the middle of the
rounds a call costs at most MOST_FLOORS times the floor, or the bench ends with 1. What is above the floor is the price
of JSON, signature, token, limits, metrics and log.
"""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

from local_pair import Emulator, Program, Sidecar, wait_until, write_config
from support import cpu_seconds, signed_target

FIRST_SHOP, SHOPS = 600000, 20
CHANNELS = "/api/v2/first_mile/get_channel_list"
IN_FLIGHT, CALLS = 32, 6_400
ROUNDS = 9
MOST_FLOORS = 1.9
# Measures calls without waits.
NO_LIMITS = "limits { initial_rate: 100000 max_rate: 100000 max_in_flight_per_shop: 1000 }"


def measure(build, process, target):
    """Calls per second, the slowest hundredth in ms, and CPU microseconds per call."""
    before = cpu_seconds(process)
    client = [build / "tests/load/load_client", "closed", f"--target={target}", f"--shops={FIRST_SHOP}:{SHOPS}",
              f"--in_flight={IN_FLIGHT}", f"--calls={CALLS}"]
    found = json.loads(subprocess.run(client, check=True, capture_output=True, text=True).stdout)
    cost = (cpu_seconds(process) - before) / CALLS * 1e6
    if list(found["ends"]) != ["OK"]:
        sys.exit(f"not every call is answered: {found['ends']}")
    return CALLS / found["seconds"], found["ends"]["OK"]["p99_us"] / 1000, cost


class Yardstick(Program):
    """A server that prints its address in its first line."""

    def __init__(self, *command):
        super().__init__(command)
        self.target = wait_until(lambda: self.lines or self.require_running(), self.name)[0]


def spread(ratios):
    """The median of the rounds, and their interquartile range."""
    low, middle, high = statistics.quantiles(ratios, n=4)
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def main():
    build = pathlib.Path(sys.argv[1])
    costs = {}
    with tempfile.TemporaryDirectory() as folder, Emulator(build, folder) as emulator:
        config = write_config(folder, emulator.base_url, emulator.shop_tokens(), more=[NO_LIMITS])
        floor_url = emulator.base_url + signed_target(CHANNELS, FIRST_SHOP)
        with Yardstick(build / "tests/load/echo_server") as bare, \
                Yardstick(build / "tests/bench/floor_server", floor_url) as floor, Sidecar(build, config) as sidecar:
            programs = {"bare": bare, "floor": floor, "sidecar": sidecar}
            for round_number in range(1 + ROUNDS):
                found = {name: measure(build, one.process, one.target) for name, one in programs.items()}
                if round_number == 0:
                    continue  # warms up
                for name, (_, _, cost) in found.items():
                    costs.setdefault(name, []).append(cost)
                words = ["{} {:5.0f}/s p99 {:4.1f} ms {:5.1f} us".format(name, *one) for name, one in found.items()]
                print("  " + "   ".join(words), flush=True)
    floors = [whole / floor for whole, floor in zip(costs["sidecar"], costs["floor"])]
    bares = [whole / bare for whole, bare in zip(costs["sidecar"], costs["bare"])]
    print(f"processor time of a call, sidecar / floor: {spread(floors)}, at most {MOST_FLOORS}; "
          f"sidecar / bare gRPC server: {spread(bares)}")
    return 0 if statistics.median(floors) <= MOST_FLOORS else 1


if __name__ == "__main__":
    sys.exit(main())
