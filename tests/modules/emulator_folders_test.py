"""The folders of the emulator include what stands below them in one order, and nothing above."""

import pathlib
import re
import unittest

EMULATOR = pathlib.Path(__file__).resolve().parent.parent.parent / "server/emulator"
INCLUDE = re.compile(r'(?m)^#include "emulator/(\w+)/')
# From the lowest to the highest. Files that lie in no folder are for all of them, or, like main.cc, above them.
ORDER = [
    "time", "http", "world", "auth", "push", "api", "gateway", "engine", "page", "control", "simulation",
]  # fmt: skip


def folders(emulator):
    return sorted(path for path in emulator.iterdir() if path.is_dir())


def wrong_arrows(emulator, order):
    """Includes that lead upwards."""
    wrong = []
    for folder in folders(emulator):
        for path in sorted(folder.rglob("*.*")):
            below = order[: order.index(folder.name) + 1]
            wrong += [f"{folder.name}/{path.name} includes {used}" for used in INCLUDE.findall(path.read_text())
                      if used not in below]  # fmt: skip
    return wrong


class EmulatorFoldersTest(unittest.TestCase):
    def test_every_folder_has_its_place(self):
        self.assertEqual([path.name for path in folders(EMULATOR)], sorted(ORDER))

    def test_no_include_leads_upwards(self):
        self.assertEqual(wrong_arrows(EMULATOR, ORDER), [])

    def test_an_include_upwards_is_found(self):
        self.assertIn("world/lifecycle.h includes time", wrong_arrows(EMULATOR, ["world", *ORDER]))


if __name__ == "__main__":
    unittest.main()
