"""The first login of client_examples/python, with the installed wheel."""

import re
import subprocess

from stored_tokens_case import StoredTokensCase
from harness import ROOT
from language_case import installed_example, users_environment
from seller import log_in


class FirstLoginTest(StoredTokensCase):
    def setUp(self):
        super().setUp()
        self.python = installed_example(self, "python")[0]
        self.sidecar = self.start()

    def begin(self, *arguments):
        """Starts the story; it ends by itself once it has read the address, or what it has is enough."""
        script = ROOT / "client_examples/python/first_login.py"
        command = [self.python, script, "--target", self.sidecar.target, *arguments]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        story = subprocess.Popen(command, env=users_environment(), text=True, **pipes)
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
        self.assertIn("shop_id 600001 TOKEN_STATE_READY, access until 20", told)
        self.assertIn("first call: shop 600001 shows 10 waiting orders", told)

    def test_tells_the_story_for_a_main_account_with_the_address_as_an_argument(self):
        page = self.login_url(self.stubs_of(self.sidecar))
        story = self.begin(log_in(page, "main_account:500001"))
        told, _ = story.communicate(timeout=60)
        self.assertEqual(story.returncode, 0, told)
        self.assertIn("merchant_id 1000001 TOKEN_STATE_READY", told)
        self.assertIn("first call: shop ", told)

    def test_refuses_a_login_that_somebody_else_began(self):
        story = self.begin()
        self.page_of(story)
        forged = log_in(self.login_url(self.stubs_of(self.sidecar), state="forged"), "shop:600001")
        told, _ = story.communicate(forged + "\n", timeout=60)
        self.assertEqual(story.returncode, 1)
        self.assertIn("the state is not ours", told)
        self.assertEqual(self.emulator.requests("auth/token/get"), 0)

    def test_explains_a_code_that_shopee_refuses(self):
        story = self.begin("https://backend.example/?code=nonsense&shop_id=600001")
        told, _ = story.communicate(timeout=60)
        self.assertEqual(story.returncode, 1)
        self.assertIn("FAILED_PRECONDITION CODE_REFUSED", told)
