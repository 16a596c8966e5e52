"""What the page of one language's example, FIRSTMILE_LANGUAGE, says to type works as it stands, from a clean copy."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import common
from cached_registries import environment
from harness import BUILD
from language_case import installed
from story_test import GOLDEN, normalized

LANGUAGE = os.environ["FIRSTMILE_LANGUAGE"]
HERE = pathlib.Path(__file__).resolve().parent
IN_OWN_NETWORK = HERE.parent / "network/in_own_network.sh"
PAGE = common.EXAMPLES / LANGUAGE / "README.md"
TYPING_SECONDS = 600


def blocks(page):
    return re.findall(r"^```console\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def clean_copy(folder):
    """The tree as a commit would have it, with our caches of tools."""
    listed = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = subprocess.run(listed, cwd=common.ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (common.ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(common.ROOT / name, folder / name)
    (folder / ".tools").symlink_to(common.ROOT / ".tools")
    return folder


class CommandsTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        installed(self, LANGUAGE)  # fills the caches
        folder = tempfile.TemporaryDirectory(prefix="firstmile-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        for name in ("settings", "tree"):
            (self.folder / name).mkdir()
        self.tree = clean_copy(self.folder / "tree")
        self.environment = environment(LANGUAGE, self.folder / "settings")

    def type(self, block):
        modules = {"PYTHONPATH": os.environ["PYTHONPATH"], "PYTHONDONTWRITEBYTECODE": "1"}
        command = [IN_OWN_NETWORK, sys.executable, HERE / "type_block.py", BUILD, self.tree]
        typed = subprocess.run(
            command,
            input=block,
            env=self.environment | modules,
            capture_output=True,
            text=True,
            timeout=TYPING_SECONDS,
        )
        self.assertEqual(typed.returncode, 0, f"{block}\n{typed.stdout}{typed.stderr}")
        return typed.stdout

    def test_the_page_is_typed_as_it_stands(self):
        story, *others = blocks(PAGE.read_text())
        self.assertTrue(story.startswith(f"./dev package {LANGUAGE}\n"), story)
        transcript = "".join(re.findall(r"^\d\. .*\n", self.type(story), re.MULTILINE))
        self.assertEqual(normalized(transcript), GOLDEN.read_text())
        for block in others:
            self.type(block)


if __name__ == "__main__":
    unittest.main()
