"""CMake's build and Bazel's have the same sources, tests and programs."""

import json
import os
import pathlib
import re
import shutil
import tempfile
import unittest

from builds import bazel_build, cmake_build

PROJECT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["FIRSTMILE_BUILD"])
NAMES = ("CMake's build", "bazel_alt")


def differences(cmake, bazel):
    """What one of the builds lacks, one line each."""
    problems = []
    for (lacking, has), name in zip([(cmake, bazel), (bazel, cmake)], NAMES):
        problems += [f"{name} lacks the program {program}" for program in has.programs - lacking.programs]
        problems += [f"{name} lacks the test {test}" for test in has.tests - lacking.tests]
        for target in has.sources.keys() - has.programs - has.tests - lacking.sources.keys():
            problems.append(f"{name} lacks the library {target}")
        for target in has.sources.keys() & lacking.sources.keys():
            missing = has.sources[target] - lacking.sources[target]
            problems += [f"{name}: {target} lacks {source}" for source in missing]
    if cmake.version != bazel.version:
        problems.append(f"version {cmake.version} in CMakeLists.txt, {bazel.version} in MODULE.bazel")
    return sorted(problems)


class ParityTest(unittest.TestCase):
    maxDiff = None

    def test_both_build_the_same(self):
        self.assertEqual(differences(cmake_build(PROJECT, BUILD), bazel_build(PROJECT)), [])

    def test_it_sees_sources_tests_and_programs(self):
        for build in (cmake_build(PROJECT, BUILD), bazel_build(PROJECT)):
            self.assertEqual(build.programs, {"firstmiled", "shopee-emulator"})
            self.assertGreater(len(build.tests), 30)
            self.assertIn("server/tokens/stores/redis_store.cc", build.sources["firstmile_token_stores"])
            self.assertIn("tests/tokens/redis_store_test.cc", build.sources["redis_store_test"])
            self.assertIn("tests/codec/wire_cases.proto", build.sources["codec_cases"])


class LeftOutTest(unittest.TestCase):
    """What either build leaves out is named: the same, with something taken out of what each wrote."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="firstmile-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def without_in_cmake(self, pattern):
        """The differences when CMake's build has no command or program that matches."""
        commands = json.loads((BUILD / "compile_commands.json").read_text())
        kept = [entry for entry in commands if not re.search(pattern, entry["command"])]
        (self.folder / "compile_commands.json").write_text(json.dumps(kept).replace(str(BUILD), str(self.folder)))
        lines = (BUILD / "build.ninja").read_text().splitlines(keepends=True)
        (self.folder / "build.ninja").write_text("".join(line for line in lines if not re.search(pattern, line)))
        return differences(cmake_build(PROJECT, self.folder), bazel_build(PROJECT))

    def without_in_bazel(self, file, pattern):
        """The differences when the table `file` of bazel_alt lacks what matches."""
        for name in ("server", "tests"):
            (self.folder / name).symlink_to(PROJECT / name)
        shutil.copytree(PROJECT / "bazel_alt", self.folder / "bazel_alt", symlinks=True)
        table = self.folder / "bazel_alt" / file
        text, count = re.subn(pattern, "", table.read_text())
        self.assertEqual(count, 1)
        table.write_text(text)
        return differences(cmake_build(PROJECT, BUILD), bazel_build(self.folder))

    def test_a_source(self):
        source = "tests/tokens/auth_client_test.cc"
        self.assertEqual(
            self.without_in_cmake(r"auth_client_test\.cc\.o -c"), [f"CMake's build: token_steps_test lacks {source}"]
        )
        self.assertEqual(
            self.without_in_bazel("tests.bzl", r'"auth_client_test\.cc", '), [f"bazel_alt: token_steps_test lacks {source}"]
        )

    def test_a_test(self):
        found = self.without_in_cmake(r"CXX_EXECUTABLE_LINKER__text_test_|/text_test\.dir/")
        self.assertEqual(found, ["CMake's build lacks the test text_test"])
        found = self.without_in_bazel("tests.bzl", r'"text_test": .*')
        self.assertEqual(found, ["bazel_alt lacks the test text_test"])

    def test_a_program(self):
        found = self.without_in_cmake(r"CXX_EXECUTABLE_LINKER__shopee-emulator_|/shopee-emulator\.dir/")
        self.assertEqual(found, ["CMake's build lacks the program shopee-emulator"])
        found = self.without_in_bazel("modules.bzl", r'(?s)"shopee-emulator": {.*?},\n')
        self.assertIn("bazel_alt lacks the program shopee-emulator", found)

    def test_a_module(self):
        self.assertEqual(self.without_in_cmake(r"/firstmile_text\.dir/"), ["CMake's build lacks the library firstmile_text"])
        found = self.without_in_bazel("modules.bzl", r'"firstmile_text": {.*')
        self.assertEqual(found, ["bazel_alt lacks the library firstmile_text"])

    def test_another_version(self):
        found = self.without_in_bazel("MODULE.bazel", r"(?<=0\.1)\.0(?=\",\n\))")
        self.assertEqual(found, ["version 0.1.0 in CMakeLists.txt, 0.1 in MODULE.bazel"])


if __name__ == "__main__":
    unittest.main()
