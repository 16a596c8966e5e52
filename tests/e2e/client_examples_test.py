"""Every client example tells its story against the real programs."""

import re
import subprocess
import sys

from custody_case import CustodyCase
from harness import ROOT, SidecarCase
from seller import log_in


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


class PythonFirstLoginTest(CustodyCase):
    def setUp(self):
        super().setUp()
        self.sidecar = self.start()

    def begin(self, *arguments):
        """Starts the story; it ends by itself once it has read the address, or what it has is enough."""
        script = ROOT / "client_examples/python/first_login.py"
        command = [sys.executable, script, "--target", self.sidecar.target, *arguments]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        story = subprocess.Popen(command, text=True, **pipes)
        self.addCleanup(story.communicate)
        self.addCleanup(story.kill)
        return story

    def page_of(self, story):
        line = story.stdout.readline()
        page = re.search(r"http://\S+$", line)
        self.assertIsNotNone(page, line)
        return page.group()

    def test_tells_the_story_with_the_address_typed_in(self):
        story = self.begin()
        told, _ = story.communicate(log_in(self.page_of(story), "shop:600001") + "\n", timeout=60)
        self.assertEqual(story.returncode, 0, told)
        self.assertIn("shop_id 600001 CUSTODY_STATE_READY, access until 20", told)
        self.assertIn("first call: shop 600001 shows 10 waiting orders", told)

    def test_tells_the_story_for_a_main_account_with_the_address_as_an_argument(self):
        page = self.login_url(self.stubs_of(self.sidecar))
        story = self.begin(log_in(page, "main_account:500001"))
        told, _ = story.communicate(timeout=60)
        self.assertEqual(story.returncode, 0, told)
        self.assertIn("merchant_id 1000001 CUSTODY_STATE_READY", told)
        self.assertIn("first call: shop ", told)

    def test_refuses_a_login_that_somebody_else_began(self):
        story = self.begin()
        self.page_of(story)
        forged = log_in(self.login_url(self.stubs_of(self.sidecar), state="forged"), "shop:600001")
        told, _ = story.communicate(forged + "\n", timeout=60)
        self.assertEqual(story.returncode, 1)
        self.assertIn("the state is not ours", told)
        self.assertEqual(self.emulator.requests("auth/token/get"), 0)

    def test_explains_a_code_that_the_platform_refuses(self):
        story = self.begin("https://backend.example/?code=nonsense&shop_id=600001")
        told, _ = story.communicate(timeout=60)
        self.assertEqual(story.returncode, 1)
        self.assertIn("FAILED_PRECONDITION CODE_REFUSED", told)
