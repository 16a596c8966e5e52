"""What the end-to-end tests share: the two programs per test, and grpcurl."""

import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

from firstmile.v1.logistics_tracking_pb2 import GetTrackingNumberRequest
from firstmile_client import connect
from local_pair import Emulator, Program, Sidecar, wait_until, write_config

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("FIRSTMILE_BUILD", ROOT / ".build/release"))
SANITIZED = bool(os.environ.get("FIRSTMILE_SANITIZE"))
GRPCURL = ROOT / ".tools/bin/grpcurl"
FIRSTMILED = BUILD / "server/firstmiled"

# The example of Shopee's documents, which the emulator's world contains.
DOCUMENTED_SHOP = 600000
DOCUMENTED_ORDER = "201214JASXYXY6"
DOCUMENTED_NUMBER = "MY200448706479IT"
DOCUMENTED_REQUEST = GetTrackingNumberRequest(shop_id=DOCUMENTED_SHOP, order_sn=DOCUMENTED_ORDER)


def grpcurl(target, *arguments, data=None):
    """Runs grpcurl in the clear against a target; the answer has returncode, stdout and stderr."""
    options = ["-plaintext", "-max-time", "30", *(["-d", json.dumps(data)] if data is not None else [])]
    command = [GRPCURL, *options, target, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def compile_commands():
    """How each object of the build was compiled."""
    return json.loads((BUILD / "compile_commands.json").read_text())


def cxx_compiler():
    """The compiler of the build, without what comes before it, such as ccache."""
    return next(word for word in shlex.split(compile_commands()[0]["command"]) if re.search(r"(clang|g)\+\+", word))


class SidecarCase(unittest.TestCase):
    """Every test starts the programs that it needs in a private folder; all end with it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="firstmile-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start_emulator(self, *flags):
        return self._until_cleanup(Emulator(BUILD, self.folder, *flags))

    def start_sidecar(self, emulator, *flags, listen="127.0.0.1:0", env=None, **config):
        path = write_config(self.folder, emulator.base_url, emulator.shop_tokens(), **config)
        return self._until_cleanup(Sidecar(BUILD, path, *flags, listen=listen, env=env))

    def start_both(self, **config):
        emulator = self.start_emulator()
        return emulator, self.start_sidecar(emulator, **config)

    def stubs_of(self, sidecar):
        context = connect(sidecar.target)
        stubs = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return stubs

    def run_to_end(self, *arguments, env=None):
        """Runs firstmiled that is expected to end by itself: its exit code and stderr lines."""
        program = self._until_cleanup(Program([FIRSTMILED, *arguments], env))
        program.process.wait(30)
        return program.stop(), program.lines

    def log_lines(self, sidecar, event, count=1):
        """Waits for so many log lines of an event: a line is written a moment after what it tells of."""

        def find():
            lines = [json.loads(line) for line in list(sidecar.lines) if f'"event":"{event}"' in line]
            return lines if len(lines) >= count else None

        return wait_until(find, f"{count} log lines of {event}", 30)

    def whole_log(self, sidecar):
        """Ends the sidecar: all lines that it has written."""
        self.assertEqual(sidecar.stop(), 0)
        return sidecar.lines

    def call_line(self, sidecar, method, *codes):
        """Waits for the log line of a call that ended with one of the codes."""

        def find():
            calls = [json.loads(line) for line in list(sidecar.lines) if '"event":"call"' in line]
            return [c for c in calls if c["method"].endswith(method) and c["code"] in codes]

        return wait_until(find, f"a log line of {method} with {codes}", 30)[-1]

    def _until_cleanup(self, program):
        self.addCleanup(program.stop)
        return program
