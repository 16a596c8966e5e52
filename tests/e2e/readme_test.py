"""The grpcurl lines of README.md work as pasted."""

import re
import subprocess

from harness import ROOT, SidecarCase

DEFAULT_TARGET = "127.0.0.1:50051"


def pasted_commands():
    """The grpcurl commands of the README's console blocks; a command goes on until the next one."""
    blocks = re.findall(
        r"^```console\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    commands = [re.split(r"^(?=\S)", block, flags=re.MULTILINE) for block in blocks]
    return [c for block in commands for c in block if c.startswith(".tools/bin/grpcurl ")]


class ReadmeTest(SidecarCase):
    def test_every_grpcurl_line_works_as_pasted(self):
        _, sidecar = self.start_both()
        outputs, failures = "", 0
        commands = pasted_commands()
        self.assertGreaterEqual(len(commands), 6)
        for command in commands:
            self.assertIn(DEFAULT_TARGET, command)
            command = command.replace(DEFAULT_TARGET, sidecar.target)
            run = subprocess.run(
                ["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=60
            )
            is_promised_error = "google.rpc.ErrorInfo" in run.stderr
            self.assertTrue(run.returncode == 0 or is_promised_error, f"{command}\n{run.stderr}")
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
        ):
            self.assertIn(promised, outputs)
