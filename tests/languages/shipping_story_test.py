"""The examples that ship an order, in Python and in Go, tell the same story."""

import re
import subprocess
import unittest

from harness import SidecarCase
from language_case import installed, users_environment

# Relative to the folder where the example of the language is installed.
PROGRAMS = {"go": ["shipping_story"], "python": [".venv/bin/python", "shipping_story.py"]}
STORY_SECONDS = 120
STORY = """\
1. shop 600001: 14 orders to ship, the first is 2411011FMSHIP0
2. shipped, to be collected at address 11223
3. tracking number <number>
4. air waybill: application/pdf, <size> bytes
5. bound to first-mile number <number>
"""

# What each run makes anew.
NEW = ((r"number \w+", "number <number>"), (r"\d+ bytes", "<size> bytes"))


def normalized(transcript):
    for pattern, name in NEW:
        transcript = re.sub(pattern, name, transcript)
    return transcript


class ShippingStoryTest(SidecarCase):
    def command(self, language):
        folder = installed(self, language).folder
        program, *arguments = PROGRAMS[language]
        return [folder / program, *(folder / argument for argument in arguments)]

    def tell(self, language, target, *flags):
        command = [*self.command(language), "--target", target, "--label", self.folder / "label.pdf", *flags]
        return subprocess.run(
            command, env=users_environment(), capture_output=True, text=True, timeout=STORY_SECONDS
        )

    def check(self, language):
        emulator, sidecar = self.start_both()
        story = self.tell(language, sidecar.target)
        self.assertEqual(story.returncode, 0, story.stdout + story.stderr)
        self.assertEqual(normalized(story.stdout), STORY)
        label = self.folder / "label.pdf"
        self.assertEqual(subprocess.run(["pdfinfo", label], capture_output=True).returncode, 0)
        self.assertEqual(emulator.requests("ship_order"), 1)

    def test_in_python(self):
        self.check("python")

    def test_in_go(self):
        self.check("go")

    def test_says_when_there_is_no_sidecar(self):
        for language in PROGRAMS:
            with self.subTest(language):
                story = self.tell(language, "127.0.0.1:1")
                self.assertEqual(story.returncode, 1, story.stdout + story.stderr)
                self.assertNotEqual(story.stderr.strip(), "")


if __name__ == "__main__":
    unittest.main()
