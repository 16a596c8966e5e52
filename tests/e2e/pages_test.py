"""Every fenced block on every page works as it stands: see pages.py."""

import configparser
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

from harness import BUILD, FIRSTMILED, ROOT, SidecarCase
from local_pair import DEMO_PARTNER_KEY, Sidecar, encryption_key_file, write_private
from pages import EXCLUDED, FENCE, MACHINE_WIDE, NOT_RUN, RUN_ELSEWHERE, RUNNERS, blocks_of, pages, read_blocks
from python_package import with_errors
from serve_case import DEFAULT_SETTINGS, ServeCase
from stored_tokens_case import RedisServer

TYPED = ("console", "bash", "python")
QUOTED = {
    "cpp": ("client_examples/cpp/*.cc", "tests/emulator/*.cc"),
    "go": ("client_examples/go/*.go",),
    "java": ("client_examples/java/**/*.java",),
    "typescript": ("client_examples/typescript/*.ts",),
}
PAGE_SECONDS = 240
BUILD_LINE = re.compile(r"^\./dev build .*\n", re.MULTILINE)  # done: it is the build that runs this test

# The start of a script: each failed command is shown, on the terminal itself even from within $().
PROLOGUE = """exec 3>&1
trap 'printf "@@failed %s\\n" "$BASH_COMMAND" >&3' ERR
"""

MASKS = (
    (re.compile(r"\b[0-9a-f]{32}\b"), "<id>"),
    (re.compile(r"\b20\d\d-\d\d-\d\dT[\d:.]+Z"), "<time>"),
    (re.compile(r"\b20\d\d-\d\d-\d\d\b"), "<day>"),
    (re.compile(r"\s+$", re.MULTILINE), ""),
)


def masked(text):
    for pattern, name in MASKS:
        text = pattern.sub(name, text)
    return text.strip()


def shows(said, shown):
    """Whether the output is what a page says of it; a line `...` stands for any lines."""
    parts = re.split(r"^[ \t]*\.\.\.$", masked(said), flags=re.MULTILINE)
    return re.fullmatch(".*".join(re.escape(part.strip("\n")) for part in parts), masked(shown), re.DOTALL) is not None


def output_of(block, blocks):
    """The block of text right below a block that is run, or None."""
    below = blocks[blocks.index(block) + 1 :][:1]
    return below[0] if below and below[0].kind == "text" and below[0].follows else None


def is_quoted(block, root=ROOT):
    """Whether its lines stand in a source, at any indentation."""
    sources = [path.read_text() for glob in QUOTED[block.kind] for path in root.glob(glob)]
    wanted = "\n".join(line.strip() for line in block.text.strip().splitlines())
    return any(wanted in "\n".join(line.strip() for line in source.splitlines()) for source in sources)


def faults_of(blocks):
    """What is wrong with the blocks of a page before any is run."""
    for block in blocks:
        if block.kind not in RUNNERS:
            yield f"{block.name}: no runner for a block of the kind {block.kind!r}; pages.py lists them"
        above = blocks[blocks.index(block) - 1] if blocks.index(block) else None
        if block.kind == "text" and not (block.follows and above.kind in (*TYPED, "textproto wrong")):
            yield f"{block.name}: no block right above that prints this"
        if block.kind in TYPED and not block.excluded and MACHINE_WIDE.search(block.text.replace(DEFAULT_SETTINGS, "")):
            yield f"{block.name}: changes the machine; EXCLUDED in pages.py lists such blocks"
        if block.kind in QUOTED and not is_quoted(block):
            yield f"{block.name}: stands in no source of {', '.join(QUOTED[block.kind])}"
        if block.kind == "json":
            yield from fault_of_parser(block, json.loads)
        if block.kind == "yaml":
            yield from fault_of_parser(block, lambda text: list(yaml.safe_load_all(text)))
        if block.kind == "ini":
            yield from fault_of_parser(block, configparser.ConfigParser(strict=False).read_string)


def fault_of_parser(block, parse):
    try:
        parse(block.text)
    except (ValueError, yaml.YAMLError, configparser.Error) as error:
        yield f"{block.name}: {error}"


class KindsTest(unittest.TestCase):
    """Each block has a runner, and a page that is wrong is found."""

    def faults(self, content):
        return list(faults_of(blocks_of("page.md", content)))

    def test_each_block_is_of_a_kind_that_is_checked(self):
        for page in pages():
            with self.subTest(page):
                self.assertEqual(list(faults_of(read_blocks(page))), [])

    def test_the_pages_are_those_of_the_tree(self):
        self.assertLessEqual({"README.md", "proto/README.md", "server/docs/clients.md"}, set(pages()))

    def test_each_exclusion_is_needed(self):
        texts = [block.text for page in pages() for block in read_blocks(page)]
        self.assertEqual([begin for begin in EXCLUDED if not any(text.startswith(begin) for text in texts)], [])
        for glob in (*RUN_ELSEWHERE, *NOT_RUN):
            self.assertTrue(any(FENCE.search(page.read_text()) for page in ROOT.glob(glob)), glob)

    def test_each_other_runner_exists(self):
        self.assertEqual([runner for runner in RUN_ELSEWHERE.values() if not (ROOT / runner).exists()], [])

    def test_a_kind_without_a_runner_is_found(self):
        for kind in ("", "sh", "console now"):
            self.assertIn("no runner", *self.faults(f"```{kind}\nls\n```\n"))

    def test_an_output_of_nothing_is_found(self):
        self.assertIn("prints this", *self.faults("```text\n1\n```\n"))
        self.assertIn("prints this", *self.faults("```console\necho 1\n```\nIt prints\n```text\n1\n```\n"))
        self.assertEqual(self.faults("```console\necho 1\n```\n```text\n1\n```\n"), [])

    def test_what_cannot_be_parsed_is_found(self):
        for kind, text in (("json", "{"), ("yaml", "a: [1"), ("ini", "no section")):
            self.assertIn("page.md:1: ", *self.faults(f"```{kind}\n{text}\n```\n"))

    def test_a_block_that_changes_the_machine_is_found(self):
        for command in ("apt-get remove x", "ls\n  sudo ls", "systemctl stop x", "install -d /etc/firstmiled", "cp a /usr/local/bin"):
            self.assertIn("changes the machine", *self.faults(f"```console\n{command}\n```\n"))
        self.assertEqual(self.faults("```console\nls > /etc/firstmiled/encryption_key\n```\n"), [])

    def test_a_quotation_of_nothing_is_found(self):
        self.assertIn("stands in no source", *self.faults("```go\nthisStandsNowhere()\n```\n"))


class OutputTest(unittest.TestCase):
    def test_ids_and_times_may_differ_and_nothing_else(self):
        id_a, id_b = "0123456789abcdef" * 2, "fedcba9876543210" * 2
        for said, shown, same in (
            (f'"requestId": "{id_a}"\n', f'"requestId": "{id_b}"\n\n', True),
            ("on 2026-01-02", "on 2027-03-04", True),
            ("READY", "SPENT", False),
            ("first\n...\nlast", "first\n1\n2\nlast", True),
            ("first\n...\nlast", "first\n1\n2\n", False),
            ("first", "first\nsecond", False),
        ):
            with self.subTest(said):
                self.assertEqual(shows(said, shown), same)


class TypedTest(ServeCase):
    """The blocks of a page, typed one after the other into one shell beside ./dev serve."""

    maxDiff = None

    def script(self, blocks, greeting):
        lines = [PROLOGUE]
        for number, block in enumerate(blocks):
            file = self.folder / f"block{number}"
            file.write_text(self.here(BUILD_LINE.sub("", block.text), greeting))
            run = f"{sys.executable} {file}" if block.kind == "python" else f"source {file}"
            lines.append(f"echo @@block\n{run}\n")
        return "".join(lines)

    def run_blocks(self, blocks):
        """Each block that is typed with what it shows. Runs none of a page that would change the machine."""
        self.assertEqual([fault for fault in faults_of(blocks) if "changes the machine" in fault], [])
        _, greeting = self.serve()
        typed = [block for block in blocks if block.kind in TYPED and not block.excluded]
        env = os.environ | {"PYTHONPATH": f"{with_errors(self.folder)}:{os.environ['PYTHONPATH']}", "PATH": f"{BUILD}/server:{os.environ['PATH']}"}
        shown = self.typed(self.script(typed, greeting), PAGE_SECONDS, env)
        outputs = self.there(shown, greeting).split("@@block\n")[1:]
        self.assertEqual(len(outputs), len(typed), f"the shell ended in {typed[len(outputs) - 1].name}:\n{shown}")
        return zip(typed, outputs, strict=True)

    def faults(self, blocks):
        found = []
        for block, shown in self.run_blocks(blocks):
            failed = re.findall(r"^@@failed (.*)\n", shown, re.MULTILINE)
            shown = re.sub(r"^@@failed .*\n", "", shown, flags=re.MULTILINE)
            said = output_of(block, blocks)
            if failed and not (said and "ERROR:" in said.text):
                found.append(f"{block.name} failed in {failed[0]!r}:\n{shown}")
            elif said and not shows(said.text, shown):
                found.append(f"{said.name} says something else than\n{shown}")
        return found

    def test_a_block_that_fails_or_shows_something_else_is_found(self):
        content = (
            "```console\ntrue\nfalse\ntrue\n```\n"
            "```console\nseen=1\n```\n```bash\necho $seen\n```\n```text\n1\n```\n"
            "```console\necho 1\n```\n```text\n2\n```\n"
            "```python\nimport firstmile.errors\nraise SystemExit(3)\n```\n"
        )
        first, second, third = self.faults(blocks_of("page.md", content))
        self.assertIn("page.md:1 failed in 'false'", first)
        self.assertIn("page.md:18 says something else", second)
        self.assertIn("page.md:21 failed in", third)


def typed_test(page):
    def test(self):
        self.assertEqual("\n".join(self.faults(read_blocks(page))), "")

    return test


for _page in pages():
    if any(block.kind in TYPED and not block.excluded for block in read_blocks(_page)):
        setattr(TypedTest, f"test_{re.sub(r'[^a-z0-9]+', '_', _page.lower())}_works_as_pasted", typed_test(_page))


class ConfigurationTest(SidecarCase):
    """firstmiled starts with each configuration of a page."""

    def setUp(self):
        super().setUp()
        self.files = self.folder / "files"
        self.files.mkdir(mode=0o700)

    def written(self, text):
        """A file with the configuration; the paths and servers that it names are made here."""
        text = re.sub(r'"/(?:etc|run|var)/[\w/.-]*/([\w.-]+)"', rf'"{self.files}/\1"', text)
        for name, file in re.findall(r'(\w+_file): "([^"]+)"', text):
            self.write(name, pathlib.Path(file))
        if re.search(r"\bredis\b", text):
            password = "secret" if re.search(r"redis \{[^}]*password_file", text) else ""
            redis = self._until_cleanup(RedisServer(self.folder, password))
            text = re.sub(r'(redis \{[^}]*?address: )"[^"]*"', rf'\1"unix:{redis.socket}"', text)
        text = re.sub(r'(metrics_listen: "[^"]*):\d+"', r'\1:0"', text)
        return write_private(self.files / "firstmiled.textproto", text + self.what_lacks(text))

    def what_lacks(self, text):
        """A page may show a part; what no sidecar starts without is added."""
        key = self.write("partner_key_file", self.files / "the_key")
        needed = {
            "upstream": 'upstream { base_url: "https://127.0.0.1:9" }\n',
            "partner": f'partner {{ partner_id: 2001887 partner_key_file: "{key}" }}\n',
        }
        return "".join(line for name, line in needed.items() if not re.search(rf"^{name}\b", text, re.MULTILINE))

    def write(self, name, path):
        if name == "encryption_key_file":
            return encryption_key_file(path.parent, path.name)
        if name == "ca_file":
            return shutil.copy("/etc/ssl/certs/ca-certificates.crt", path)
        return write_private(path, (DEMO_PARTNER_KEY if name == "partner_key_file" else "secret") + "\n")

    def test_each_configuration_starts_a_sidecar(self):
        started = 0
        for page in pages():
            for block in read_blocks(page):
                if block.kind == "textproto" and not block.excluded:
                    with self.subTest(block.name), tempfile.TemporaryDirectory() as folder:
                        self.folder = self.files = pathlib.Path(folder)
                        sidecar = self._until_cleanup(Sidecar(BUILD, self.written(block.text)))
                        self.assertEqual(sidecar.stop(), 0)
                        started += 1
        self.assertGreater(started, 0)

    def refusal(self, text):
        """What firstmiled says before it ends with 64."""
        config = self.written(text)
        code, lines = self.run_to_end("--config", config)
        self.assertEqual(code, 64, lines)
        return "\n".join(lines).replace(f"{config.parent}/", "")

    def test_each_wrong_configuration_is_refused_in_the_words_of_the_page(self):
        for page in pages():
            blocks = read_blocks(page)
            for block in blocks:
                if block.kind == "textproto wrong":
                    with self.subTest(block.name):
                        said = output_of(block, blocks)
                        self.assertTrue(shows(said.text, self.refusal(block.text)), self.refusal(block.text))

    def test_an_unknown_field_is_found(self):
        self.assertIn("no_such_field", self.refusal("limits { no_such_field: 1 }\n"))


class UnitTest(unittest.TestCase):
    def test_systemd_accepts_each_unit(self):
        for page in pages():
            for number, block in enumerate(read_blocks(page)):
                if block.kind == "ini":
                    with self.subTest(block.name), tempfile.TemporaryDirectory() as folder:
                        unit = pathlib.Path(folder) / f"firstmiled{number}.service"
                        unit.write_text(re.sub(r"(?<==)\S*/firstmiled(?= )", str(FIRSTMILED), block.text))
                        command = ("systemd-analyze", "verify", unit)
                        run = subprocess.run(command, capture_output=True, text=True, timeout=60)
                        self.assertEqual((run.returncode, run.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
