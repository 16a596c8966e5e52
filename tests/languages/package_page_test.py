"""The code on the page of one language's package, FIRSTMILE_LANGUAGE, compiles and calls a sidecar."""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

import common
import error_programs
from harness import SidecarCase
from language_case import installed, toolchain, users_environment

LANGUAGE = os.environ["FIRSTMILE_LANGUAGE"]
HERE = pathlib.Path(__file__).resolve().parent
PAGE = common.PACKAGES / LANGUAGE / "README.md"
DEFAULT_TARGET = "127.0.0.1:50051"
NUMBER = "MY200448706479IT"

# What the emulator answers to the code, by language.
PRINTS = {"cpp": "10 orders", "go": "10 orders on the first page", "typescript": "2411011FMDEMO0"}


def code_of_the_page():
    """The last block in the language itself: those before it are for manifests."""
    return re.findall(rf"^```{LANGUAGE}\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)[-1]


class PackagePageTest(SidecarCase):
    def program(self, target):
        """The code within what a user's program has around it."""
        source = self.folder / "page"
        shutil.copytree(HERE / "page_programs" / LANGUAGE, source)
        for file in source.iterdir():
            text = re.sub(r"^[ \t]*(?://|#) PAGE$", lambda _: code_of_the_page(), file.read_text(), flags=re.MULTILINE)
            file.write_text(text.replace(DEFAULT_TARGET, target))
        return source

    @unittest.skipIf(LANGUAGE == "python", "tests/e2e/pages_test.py runs it")
    def test_the_code_works_as_it_stands(self):
        example = installed(self, LANGUAGE)
        _, sidecar = self.start_both()
        with toolchain(self, LANGUAGE):
            command = error_programs.command_of(LANGUAGE, example, self.program(sidecar.target))
        run = subprocess.run(command, env=users_environment(), capture_output=True, text=True, timeout=60)
        self.assertEqual((run.returncode, run.stderr), (0, ""), run.stdout)
        self.assertIn(PRINTS.get(LANGUAGE, NUMBER), run.stdout)


if __name__ == "__main__":
    unittest.main()
