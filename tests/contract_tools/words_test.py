"""The check of retired words, which lint runs, finds them and leaves the field's words alone."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / ".dev"))
import words


class WordsTest(unittest.TestCase):
    def test_each_retired_word_is_found_with_its_line_and_a_better_one(self):
        for old in ("a room", "in custody", "quarantined", "the keeper", "sealed", "a verdict", "in doubt", "the platform"):
            with self.subTest(old):
                (line,) = words.findings([("a/page.md", f"first\n{old}")])
                self.assertTrue(line.startswith("a/page.md:2: "), line)
                self.assertIn("write ", line)

    def test_words_of_the_field_are_no_findings(self):
        text = "module, stored tokens, encrypted, error class, unknown outcome, Shopee Open Platform, bedroom"
        self.assertEqual(list(words.findings([("page.md", text)])), [])

    def test_the_tree_has_none(self):
        self.assertEqual(list(words.findings(words.tracked_texts())), [])


if __name__ == "__main__":
    unittest.main()
