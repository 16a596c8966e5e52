"""The sessions of README.md work as pasted after ./dev serve."""

import pathlib
import re
import subprocess
import sys

from harness import BUILD, ROOT, SidecarCase

# What README.md says, and what stands for it here: the same programs on free ports, from this build.
DEFAULT_TARGET = "127.0.0.1:50051"
DEFAULT_EMULATOR = "http://127.0.0.1:50080"
DEFAULT_LINK = ".build/serve/"
DEFAULT_BUILD = ".build/release/"
SESSION_LINES = (".tools/bin/grpcurl ", "code=$(curl ", ".build/release/server/firstmiled shops ")


def commands_of(block):
    """A command goes on until the next line that does not begin with a space."""
    return [command for command in re.split(r"^(?=\S)", block, flags=re.MULTILINE) if command]


def pasted_blocks():
    """The console blocks of the README that talk to what ./dev serve has started."""
    blocks = re.findall(
        r"^```console\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    return [b for b in blocks if any(c.startswith(SESSION_LINES) for c in commands_of(b))]


class ReadmeTest(SidecarCase):
    def serve(self):
        """./dev serve on free ports; returns what it greets with, by the first word of a line."""
        self.link = self.folder / "serve"
        ports = ("--grpc_port", "0", "--emulator_port", "0", "--folder_link", self.link)
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        serve = subprocess.Popen([sys.executable, ROOT / ".dev/serve.py", BUILD, *ports], text=True, **pipes)
        self.addCleanup(serve.communicate, timeout=60)
        self.addCleanup(serve.terminate)
        greeting = {}
        for line in serve.stdout:
            word, _, rest = line.strip().partition(" ")
            greeting[word] = rest.strip()
            if word == "Ctrl-C":
                return serve, greeting
        self.fail("./dev serve ended")

    def paste(self, block, greeting):
        for said, here in (
            (DEFAULT_TARGET, greeting["gRPC"]),
            (DEFAULT_EMULATOR, greeting["emulator"].removesuffix("/_emulator/")),
            (DEFAULT_LINK, f"{self.link}/"),
            (DEFAULT_BUILD, f"{BUILD}/"),
        ):
            block = block.replace(said, here)
        return subprocess.run(
            ["bash", "-o", "errexit", "-c", block], cwd=ROOT, capture_output=True, text=True, timeout=60
        )

    def test_every_session_works_as_pasted(self):
        _, greeting = self.serve()
        outputs, failures = "", 0
        blocks = pasted_blocks()
        self.assertGreaterEqual(len(blocks), 8)
        for block in blocks:
            for command in commands_of(block):
                self.assertTrue(command.startswith(SESSION_LINES), command)
            run = self.paste(block, greeting)
            is_promised_error = "google.rpc.ErrorInfo" in run.stderr
            self.assertTrue(run.returncode == 0 or is_promised_error, f"{block}\n{run.stderr}")
            failures += is_promised_error
            outputs += run.stdout + run.stderr
        self.assertEqual(failures, 1)
        for promised in (
            "firstmile.v1.FirstMileService",
            "/api/v2/first_mile/get_detail",
            "MY200448706479IT",
            "CNF877146678717210312",
            '"last": true',
            "OUTCOME_STATE_SUCCEEDED",
            "OUTCOME_STATE_FAILED",
            '"vendorCode"',
            '"requestId"',
            "/auth?partner_id=2001887",
            "CUSTODY_STATE_READY",
            "shop 600000          ready",
        ):
            self.assertIn(promised, outputs)

    def test_serve_keeps_tokens_privately_and_leaves_nothing_behind(self):
        serve, _ = self.serve()
        folder = pathlib.Path(self.link).resolve()
        self.assertEqual(folder.stat().st_mode & 0o077, 0)
        for name in ("tokens.db", "sealing_key", "partner_key", "firstmiled.textproto"):
            self.assertEqual((folder / name).stat().st_mode & 0o777, 0o600, name)
        serve.terminate()
        self.assertEqual(serve.wait(60), 0)
        self.assertEqual((self.link.is_symlink(), folder.exists()), (False, False))
