"""The promises that pages make, and the table that names the tests of each: server/docs/promises.md."""

import pathlib
import re
import subprocess

TABLE = "server/docs/promises.md"
PAGES = ("README.md", "server/SECURITY.md", "proto/README.md", "server/docs/**/*.md")

# In these sections each paragraph and bullet is a promise, and begins with it in bold.
SECTIONS = ("What it promises", "What is protected, and against whom")

# Elsewhere a promise is marked by name: <!-- promise: name -->
MARK = re.compile(r"<!-- promise: (.+?) -->")


class Pages:
    """What the pages below `project` promise: page -> promises; and what is wrong with how they say it."""

    def __init__(self, project):
        self.problems = []
        self.promises = {}
        for pattern in PAGES:
            for path in sorted(pathlib.Path(project).glob(pattern)):
                page = path.relative_to(project).as_posix()
                if page != TABLE:
                    self._read(page, path.read_text())

    def _read(self, page, text):
        found = MARK.findall(text)
        for section in re.split(r"(?m)^## ", text)[1:]:
            title, _, body = section.partition("\n")
            if title.strip() in SECTIONS:
                found += self._leads(page, body)
        if found:
            self.promises[page] = found

    def _leads(self, page, body):
        # A code block or a table explains; a paragraph or a bullet promises.
        body = re.sub(r"(?ms)^```.*?^```|^\|.*?$", "", body)
        for block in re.split(r"\n\s*\n|\n(?=- )", body):
            lead = re.match(r"(?:- )?\*\*(.+?)\*\*", block.strip(), re.DOTALL)
            if lead:
                yield " ".join(lead[1].split())
            elif block.strip().startswith("- "):
                self.problems.append(f"{page}: a promise begins with itself in bold: {block.strip()[:60]}")


class Table:
    """The rows of promises.md: (page, promise) -> names of tests. Each page has a section, whose heading links to it."""

    def __init__(self, project):
        self.rows = {}
        self.problems = []
        table = pathlib.Path(project) / TABLE
        for section in re.split(r"(?m)^## ", table.read_text())[1:]:
            link = re.match(r"\[.*?\]\((.+?)\)", section)
            page = (table.parent / link[1]).resolve().relative_to(pathlib.Path(project).resolve()).as_posix()
            for promise, tests in re.findall(r"(?m)^\| (.+?) \| (.+?) \|$", section):
                if promise not in ("promise", "---"):
                    self._add(page, promise, re.findall(r"`([^`]+)`", tests))

    def _add(self, page, promise, tests):
        if (page, promise) in self.rows:
            self.problems.append(f"{TABLE}: {page}: two rows for: {promise}")
        if not tests:
            self.problems.append(f"{TABLE}: {page}: no test for: {promise}")
        self.rows[page, promise] = tests


def check(project, known):
    """Every problem of the pages and the table, given the names of all tests."""
    pages, table = Pages(project), Table(project)
    made = {(page, promise) for page, promises in pages.promises.items() for promise in promises}
    problems = pages.problems + table.problems
    problems += [f"{TABLE}: {page}: no row for: {promise}" for page, promise in sorted(made - table.rows.keys())]
    problems += [f"{TABLE}: {page} does not promise: {promise}" for page, promise in sorted(table.rows.keys() - made)]
    for (page, promise), tests in table.rows.items():
        problems += [f"{TABLE}: {page}: {promise}: no such test: {test}" for test in tests if test not in known]
    return problems


def known_tests(project, build):
    """ctest's names, those of GoogleTest without parameters (Suite.Name), and Python's (folder/file_test.test_method)."""
    listed = subprocess.run(["ctest", "--test-dir", build, "-N"], check=True, capture_output=True, text=True).stdout
    known = set()
    for name in re.findall(r"(?m)^ *Test +#\d+: (\S+)", listed):
        suite, _, test = name.partition(".")
        known |= {name} | {f"{part}.{test.partition('/')[0]}" for part in suite.split("/")}
    for path in (pathlib.Path(project) / "tests").rglob("*_test.py"):
        tests = re.findall(r"def (test_\w+)\(", path.read_text())
        known |= {f"{path.parent.name}/{path.stem}.{test}" for test in tests}
    return known
