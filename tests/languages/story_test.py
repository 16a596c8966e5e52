"""The example of one language, FIRSTMILE_LANGUAGE, tells the same story as those of all others."""

import os
import pathlib
import re
import subprocess

from harness import SidecarCase
from language_case import installed_example, users_environment

LANGUAGE = os.environ["FIRSTMILE_LANGUAGE"]
GOLDEN = pathlib.Path(__file__).with_name("story.golden.txt")
STORY_SECONDS = 60

# What each run makes anew.
NEW = ((r"CNF\d+", "<number>"), (r"\d+ bytes", "<size> bytes"))


def normalized(transcript):
    for pattern, name in NEW:
        transcript = re.sub(pattern, name, transcript)
    return transcript


class StoryTest(SidecarCase):
    def setUp(self):
        super().setUp()
        self.command = installed_example(self, LANGUAGE)
        self.waybill = self.folder / "waybill.pdf"

    def tell(self, target):
        flags = ["--target", target, "--waybill", self.waybill]
        return subprocess.run(
            [*self.command, *flags],
            cwd=self.folder,
            env=users_environment(),
            capture_output=True,
            text=True,
            timeout=STORY_SECONDS,
        )

    def test_is_told_as_in_every_language(self):
        emulator, sidecar = self.start_both()
        story = self.tell(sidecar.target)
        self.assertEqual(story.returncode, 0, story.stdout + story.stderr)
        self.assertEqual(normalized(story.stdout), GOLDEN.read_text())
        self.assertEqual(subprocess.run(["pdfinfo", self.waybill], capture_output=True).returncode, 0)
        self.assertEqual(emulator.requests("generate_first_mile_tracking_number"), 1)

    def test_says_when_there_is_no_sidecar(self):
        story = self.tell("127.0.0.1:1")
        self.assertEqual(story.returncode, 1, story.stdout + story.stderr)
        self.assertNotEqual(story.stderr.strip(), "")
