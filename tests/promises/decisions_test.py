"""The decision records have one form, and their index lists them all."""

import pathlib
import re
import unittest

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "server/docs/design/decisions"
PARTS = ["Decided.", "Why.", "Cost.", "Would change our mind."]


class DecisionsTest(unittest.TestCase):
    def setUp(self):
        self.records = sorted(FOLDER.glob("[0-9]*.md"))
        self.assertGreater(len(self.records), 15)

    def test_each_has_its_number_in_the_title_and_the_four_parts_in_order(self):
        for record in self.records:
            with self.subTest(record.name):
                text = record.read_text()
                self.assertRegex(text, rf"\A# {record.name[:4]}: [A-Z`]")
                parts = re.findall(r"(?m)^\*\*(.+?)\*\*", text)
                self.assertEqual([part for part in parts if part in PARTS], PARTS)
                self.assertEqual((parts[0], parts[-1]), (PARTS[0], PARTS[-1]))

    def test_the_index_lists_each_once(self):
        listed = re.findall(r"(?m)^\| \[\d{4}\]\((.+?)\)", (FOLDER / "README.md").read_text())
        self.assertEqual(listed, [record.name for record in self.records])


if __name__ == "__main__":
    unittest.main()
