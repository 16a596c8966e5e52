"""Every relative link of every page leads to a file of the tree, and to a heading where it names one."""

import collections
import functools
import pathlib
import re
import tempfile
import unittest

from harness import ROOT
from pages import markdown_files

FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(<?([^)\s>]+)>?\)")
HEADING = re.compile(r"^#+ +(.+?) *#*$", re.MULTILINE)
NAMED = re.compile(r"<a (?:name|id)=\"([^\"]+)\"")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:")


def anchors(text):
    """What GitHub makes of the headings: small letters, dashes for blanks, a number for a repetition."""
    text = FENCED.sub("", text)
    found, seen = set(NAMED.findall(text)), collections.Counter()
    for heading in HEADING.findall(text):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        name = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return found


@functools.cache
def anchors_of(path, _changed):
    return anchors(path.read_text())


def broken_links(page, root):
    text = CODE.sub("", FENCED.sub("", page.read_text()))
    for link in LINK.findall(text):
        if ELSEWHERE.match(link):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or not target.is_relative_to(root):
            yield f"{page.relative_to(root)}: {link} leads nowhere"
        elif anchor and anchor not in anchors_of(target, target.stat().st_mtime_ns):
            yield f"{page.relative_to(root)}: {link} has no such heading"


class LinksTest(unittest.TestCase):
    def test_every_link_leads_somewhere(self):
        self.assertIn(ROOT / "README.md", markdown_files())
        self.assertEqual([broken for page in markdown_files() for broken in broken_links(page, ROOT)], [])

    def test_broken_links_are_found(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder).resolve()
            (root / "b.md").write_text("# One `two`: three\n# Same\n# Same\n```\n# In code\n```\n")
            page = root / "a.md"
            for link, broken in (
                ("b.md", False),
                ("b.md#one-two-three", False),
                ("b.md#same-1", False),
                ("https://example.com/nothing", False),
                ("b.md#same-2", True),
                ("b.md#in-code", True),
                ("c.md", True),
                ("#here", True),
                ("../", True),
            ):
                with self.subTest(link):
                    page.write_text(f"See [there]({link}).\n")
                    self.assertEqual(bool(list(broken_links(page, root))), broken)


if __name__ == "__main__":
    unittest.main()
