"""The page for operators: its exit codes and packages are those of the program, and its unit knows them.

systemd checks the unit in pages_test.py.
"""

import pathlib
import re
import subprocess
import unittest

from harness import FIRSTMILED, ROOT, SidecarCase

PAGE = (ROOT / "server/docs/operations.md").read_text()


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def section(heading):
    return PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


class ExitCodesTest(SidecarCase):
    def test_the_table_has_the_codes_of_the_program(self):
        source = (ROOT / "server/app/process.h").read_text()
        known = set(re.findall(r"constexpr int kExit\w+ = (\d+);", source))
        self.assertEqual(set(re.findall(r"^\| (\d+) \|", section("Exit codes"), re.MULTILINE)), known)
        self.assertEqual(len(known), 4)

    def test_help_names_the_same(self):
        said = subprocess.run([FIRSTMILED, "--help"], capture_output=True, text=True, check=True, timeout=30).stdout
        codes = re.findall(r"\b(\d+) (?:stopped|cannot|wrong)", said)
        self.assertEqual(set(codes), set(re.findall(r"^\| (\d+) \|", section("Exit codes"), re.MULTILINE)))


class InstallTest(unittest.TestCase):
    @unittest.skipUnless(
        pathlib.Path("/etc/debian_version").exists() and pathlib.Path("/etc/debian_version").read_text().startswith("12"),
        "the names of packages are those of Debian 12",
    )
    def test_every_library_comes_from_a_package_of_the_list(self):
        listed = set(re.search(r"no-install-recommends ([^`]*)", PAGE)[1].replace("\\", " ").split())
        needed = subprocess.run(["readelf", "-d", FIRSTMILED], capture_output=True, text=True, check=True).stdout
        linked = subprocess.run(["ldd", FIRSTMILED], capture_output=True, text=True, check=True).stdout
        paths = dict(re.findall(r"^\s*(\S+) => (\S+)", linked, re.MULTILINE))
        libraries = re.findall(r"\(NEEDED\).*\[(.*)\]", needed)
        self.assertGreater(len(libraries), 20)
        for library in libraries:
            if package := self.package_of(paths[library]):
                self.assertIn(package, {*listed, "libc6", "libgcc-s1"}, library)

    def package_of(self, path):
        real = pathlib.Path(path).resolve()
        for name in (real, pathlib.Path(str(real).removeprefix("/usr"))):
            found = subprocess.run(["dpkg", "-S", name], capture_output=True, text=True)
            if found.returncode == 0:
                return found.stdout.split(":")[0]
        return None


class UnitTest(unittest.TestCase):
    def test_a_wrong_configuration_is_not_restarted_for(self):
        (unit,) = blocks("ini")
        self.assertIn("RestartPreventExitStatus=64\n", unit)
