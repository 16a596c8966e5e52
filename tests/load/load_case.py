"""Shared by the load tests: the caller in C++, and the echo server."""

import json
import subprocess

from harness import BUILD, SidecarCase
from local_pair import Program, wait_until


class LoadCase(SidecarCase):
    def run_client(self, mode, target, seconds=250, **options):
        """The output of load_client; options are its flags."""
        done = subprocess.run(self.client_command(mode, target, **options), capture_output=True, text=True,
                              timeout=seconds)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def client_command(self, mode, target, **options):
        flags = [f"--{name}={value}" for name, value in options.items()]
        return [str(BUILD / "tests/load/load_client"), mode, f"--target={target}", *flags]

    def start_echo(self):
        """An echo server, with its address as `target`."""
        echo = self._until_cleanup(Program([BUILD / "tests/load/echo_server"]))
        echo.target = wait_until(lambda: echo.lines or echo.require_running(), "the echo server")[0]
        return echo


def percentile(samples, share):
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
