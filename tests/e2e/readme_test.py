"""README.md fits two screens and agrees with the contract; ./dev serve, which it names, keeps its tokens private.

Its blocks are run by pages_test.py, its links are followed by links_test.py.
"""

import re
import unittest

from harness import ROOT
from serve_case import ServeCase

LINES_MAX = 120
ROW = re.compile(r"^\| `([A-Z_]+)` \| \[`([A-Z_]+)`\]\(server/docs/errors\.md#(\w+)\) \|", re.MULTILINE)


def codes_of_reasons():
    """The gRPC codes with which each reason comes, as the contract's comments begin."""
    proto = (ROOT / "proto/firstmile/v1/error_reason.proto").read_text()
    entries = re.findall(r"^  // ([A-Z_]+(?: or [A-Z_]+)*): (?:.|\n)*?^  ERROR_REASON_(\w+) = ", proto, re.MULTILINE)
    return {reason: codes.split(" or ") for codes, reason in entries}


class ReadmeTest(unittest.TestCase):
    def setUp(self):
        self.page = (ROOT / "README.md").read_text()

    def test_it_fits_two_screens(self):
        self.assertLessEqual(len(self.page.splitlines()), LINES_MAX)

    def test_it_says_what_the_project_is_not(self):
        limitations = self.page.split("## Features and limitations\n")[1].split("\n## ")[0]
        for said in ("live Shopee", "caller authentication", "TLS to Redis", "South Korea", "Debian", "licence"):
            self.assertIn(said, limitations)

    def test_the_commonest_reasons_have_the_codes_of_the_contract(self):
        rows, codes = ROW.findall(self.page), codes_of_reasons()
        self.assertEqual(len(rows), 8)
        for code, reason, anchor in rows:
            with self.subTest(reason):
                self.assertIn(code, codes[reason])
                self.assertEqual(anchor, reason.lower())


class ServeTest(ServeCase):
    def test_serve_keeps_tokens_privately_and_leaves_nothing_behind(self):
        serve, _ = self.serve()
        folder = self.link.resolve()
        self.assertEqual(folder.stat().st_mode & 0o077, 0)
        for name in ("tokens.db", "encryption_key", "partner_key", "firstmiled.textproto"):
            self.assertEqual((folder / name).stat().st_mode & 0o777, 0o600, name)
        serve.terminate()
        self.assertEqual(serve.wait(60), 0)
        self.assertEqual((self.link.is_symlink(), folder.exists()), (False, False))


if __name__ == "__main__":
    unittest.main()
