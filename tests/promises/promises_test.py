"""Every promise of the pages has its tests in server/docs/promises.md, and every test named there exists."""

import os
import pathlib
import tempfile
import unittest

from promises import TABLE, Pages, check, known_tests

PROJECT = pathlib.Path(__file__).resolve().parents[2]

README = """# A program
## What it promises
- **It ends.** SIGTERM is
  enough.
- **It starts
  too.** Always.
## Other things
- **Not a promise.** Only bold.
"""
DESIGN = "# Design\nIt never forgets. <!-- promise: memory -->\n"
ROWS = """# Promises
## [README.md](../../README.md)
| promise | held by |
|---|---|
| It ends. | `Drain.Ends`, `e2e/drain_test.test_ends` |
| It starts too. | `Start.Starts` |

## [Design](design/README.md)
| promise | held by |
|---|---|
| memory | `Memory.Stays` |
"""
TESTS = {"Drain.Ends", "e2e/drain_test.test_ends", "Start.Starts", "Memory.Stays"}


class PromisesTest(unittest.TestCase):
    def test_each_has_its_row_and_each_row_its_tests(self):
        self.assertEqual(check(PROJECT, known_tests(PROJECT, os.environ["FIRSTMILE_BUILD"])), [])

    def test_the_pages_that_promise_are_found(self):
        promises = Pages(PROJECT).promises
        for page in ("README.md", "server/SECURITY.md", "server/docs/design/tokens.md", "server/docs/design/limits.md"):
            self.assertGreater(len(promises.get(page, [])), 4, page)


class CheckTest(unittest.TestCase):
    """The check itself, on a small tree."""

    def assert_problems(self, *expected, readme=README, rows=ROWS, tests=TESTS):
        with tempfile.TemporaryDirectory() as folder:
            for path, text in {"README.md": readme, "server/docs/design/README.md": DESIGN, TABLE: rows}.items():
                file = pathlib.Path(folder) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            self.assertEqual(check(folder, tests), list(expected))

    def test_a_complete_table_has_no_problem(self):
        self.assert_problems()

    def test_a_promise_without_a_row_fails(self):
        self.assert_problems(f"{TABLE}: README.md: no row for: It ends.", rows=ROWS.replace("| It ends.", "\n| x |\n"))

    def test_a_marked_promise_without_a_row_fails(self):
        rows = ROWS.replace("| memory | `Memory.Stays` |\n", "")
        self.assert_problems(f"{TABLE}: server/docs/design/README.md: no row for: memory", rows=rows)

    def test_a_row_without_a_promise_fails(self):
        readme = README.replace("- **It ends.** SIGTERM is\n  enough.\n", "")
        self.assert_problems(f"{TABLE}: README.md does not promise: It ends.", readme=readme)

    def test_a_test_that_does_not_exist_fails(self):
        self.assert_problems(
            f"{TABLE}: README.md: It ends.: no such test: Drain.Ends", tests=TESTS - {"Drain.Ends"}
        )

    def test_a_row_without_a_test_fails(self):
        rows = ROWS.replace("`Start.Starts`", "trust us")
        self.assert_problems(f"{TABLE}: README.md: no test for: It starts too.", rows=rows)

    def test_a_bullet_that_does_not_begin_with_its_promise_fails(self):
        readme = README.replace("## Other", "- It is fast.\n## Other")
        self.assert_problems("README.md: a promise begins with itself in bold: - It is fast.", readme=readme)


class KnownTestsTest(unittest.TestCase):
    def test_holds_each_kind_of_name(self):
        known = known_tests(PROJECT, os.environ["FIRSTMILE_BUILD"])
        for name in (
            "GatewayTest.FillsTheResponseOfASuccess",
            "Pacing.UsesNineTenthsOfTheLimitAndWastesTwoOfAHundredCalls",  # with parameters
            "promises/promises_test.test_holds_each_kind_of_name",
            "modules",
        ):
            self.assertIn(name, known)


if __name__ == "__main__":
    unittest.main()
