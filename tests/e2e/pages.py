"""The pages of the project and their fenced blocks.

The words after the fence say what a block is and how pages_test.py checks it; RUNNERS lists them. A block of any other
kind, or of no kind, fails. EXCLUDED lists single blocks that do not run here, RUN_ELSEWHERE the pages with another runner,
and NOT_RUN the pages without one, each with its reason.
"""

import dataclasses
import fnmatch
import os
import pathlib
import re

from harness import ROOT

FENCE = re.compile(r"^```(?P<kind>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)

RUNNERS = {
    "console": "typed into bash beside ./dev serve, one shell for a page",
    "bash": "typed in the same way",
    "python": "run beside ./dev serve, after the blocks above it",
    "text": "what the block right above it prints, with ids masked",
    "textproto": "a configuration with which firstmiled starts",
    "textproto wrong": "a configuration that firstmiled refuses, in the words of the text below",
    "json": "parsed",
    "yaml": "parsed",
    "ini": "a unit that systemd-analyze accepts",
    "cpp": "quoted from a source that the tests compile",
    "go": "quoted from client_examples/go, which tests build and run",
    "java": "quoted from client_examples/java, which tests build and run",
    "typescript": "quoted from client_examples/typescript, which tests build and run",
    "text diagram": "drawn for the reader",
    "mermaid": "drawn for the reader",
}

# Blocks that begin like this are not run here, each for its reason.
EXCLUDED = {
    "./dev demo": "it builds first, and every run of .ci/run does it",
    "apt-get install": "it needs root and changes the machine; operations_test.py compares the packages with the program",
    "useradd": "it needs root and changes the machine",
    "./dev package python": "it installs from an index; tests/languages types the same for the example",
}

# Pages whose blocks another test runs.
RUN_ELSEWHERE = {
    "server/docs/errors.md": "tests/e2e/errors_page_test.py",
    "server/emulator/*.md": "tests/emulator/pages_test.py",
    "client_examples/*/README.md": "tests/languages/commands_test.py",
    "proto/API.md": "tests/e2e/manual_test.py",
    "proto/packages/[!p]*/README.md": "tests/languages/package_page_test.py",  # the page for Python is run here
    "proto/packages/php/README.md": "tests/languages/package_page_test.py",
}
NOT_RUN = {
    "tests/golden/README.md": "the form of a case; tests/golden reads the cases themselves",
}
# What a test must not run: such commands need root and change the machine.
MACHINE_WIDE = re.compile(
    r"^\s*(?:sudo|apt|apt-get|dpkg|useradd|adduser|groupadd|systemctl|docker|podman|kubectl|mount|chown)\b|/etc/|/usr/local/",
    re.MULTILINE,
)
NOT_OURS = {"node_modules", "target", "vendor"}  # what tools of languages leave beside an example


@dataclasses.dataclass(frozen=True)
class Block:
    """A fenced block. `follows` is true when nothing but white space stands between it and the block above."""

    page: str
    line: int
    kind: str
    text: str
    follows: bool = False

    @property
    def name(self):
        return f"{self.page}:{self.line}"

    @property
    def excluded(self):
        return self.text.startswith(tuple(EXCLUDED))


def markdown_files(root=ROOT):
    """Every page of the tree."""
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in NOT_OURS and not name.startswith(".")]
        found += [pathlib.Path(folder, name) for name in files if name.endswith(".md")]
    return sorted(found)


def pages():
    """The pages whose blocks are run by pages_test.py, as paths from the root."""
    names = [path.relative_to(ROOT).as_posix() for path in markdown_files()]
    others = (*RUN_ELSEWHERE, *NOT_RUN)
    return [name for name in names if not any(fnmatch.fnmatch(name, other) for other in others)]


def blocks_of(page, content):
    found, end = [], 0
    for match in FENCE.finditer(content):
        follows = bool(found) and not content[end : match.start()].strip()
        line = content.count("\n", 0, match.start()) + 1
        found.append(Block(page, line, match["kind"].strip(), match["text"], follows))
        end = match.end()
    return found


def read_blocks(page):
    return blocks_of(page, (ROOT / page).read_text())
