"""Every client example tells its story against the real programs."""

import subprocess
import sys

from harness import ROOT, SidecarCase


class PythonTest(SidecarCase):
    def test_tells_the_pickup_story(self):
        emulator, sidecar = self.start_both()
        waybill = self.folder / "waybill.pdf"
        story = subprocess.run(
            [
                sys.executable,
                ROOT / "client_examples/python/pickup_story.py",
                *("--target", sidecar.target, "--shop", "600001", "--waybill", waybill),
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(story.returncode, 0, story.stdout + story.stderr)
        self.assertIn("2411011FMDEMO0 OUTCOME_STATE_SUCCEEDED", story.stdout)
        self.assertIn("NOSUCHORDER OUTCOME_STATE_FAILED: firstmile.order_not_exist", story.stdout)
        self.assertIn("on the number now: 2411011FMDEMO0, 2411011FMDEMO1\n", story.stdout)
        self.assertIn("platform code logistics.invalid_error, request id ", story.stdout)
        self.assertIn("request field order_sn must not be empty", story.stdout)
        self.assertEqual(subprocess.run(["pdfinfo", waybill], capture_output=True).returncode, 0)
        self.assertEqual(emulator.requests("generate_first_mile_tracking_number"), 1)

    def test_explains_a_sidecar_that_is_not_there(self):
        command = [sys.executable, ROOT / "client_examples/python/pickup_story.py"]
        story = subprocess.run(
            [*command, "--target", f"unix:{self.folder}/nobody"], capture_output=True, text=True, timeout=60
        )
        self.assertEqual(story.returncode, 1)
        self.assertIn("UNAVAILABLE", story.stdout)
