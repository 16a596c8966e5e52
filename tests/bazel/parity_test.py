"""CMake's build and Bazel's have the same sources, tests and programs."""

import copy
import os
import pathlib
import unittest

from builds import bazel_build, cmake_build

PROJECT = pathlib.Path(__file__).resolve().parents[2]
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

    @classmethod
    def setUpClass(cls):
        cls.cmake = cmake_build(PROJECT, os.environ["FIRSTMILE_BUILD"])
        cls.bazel = bazel_build(PROJECT)

    def setUp(self):
        self.builds = [copy.deepcopy(self.cmake), copy.deepcopy(self.bazel)]

    def test_both_build_the_same(self):
        self.assertEqual(differences(*self.builds), [])

    def test_it_sees_sources_tests_and_programs(self):
        for build in self.builds:
            self.assertEqual(build.programs, {"firstmiled", "shopee-emulator"})
            self.assertGreater(len(build.tests), 40)
            self.assertIn("server/tokens/stores/redis_store.cc", build.sources["firstmile_token_stores"])
            self.assertIn("tests/tokens/redis_store_test.cc", build.sources["redis_store_test"])
            self.assertIn("tests/codec/wire_cases.proto", build.sources["codec_cases"])

    # The test itself: what either build leaves out is named.

    def test_a_source_that_is_left_out_is_named(self):
        for build, name in zip(self.builds, NAMES):
            build.sources["firstmile_codec"].remove("server/codec/echoes.cc")
            self.assertEqual(differences(*self.builds), [f"{name}: firstmile_codec lacks server/codec/echoes.cc"])
            build.sources["firstmile_codec"].add("server/codec/echoes.cc")

    def test_a_test_that_is_left_out_is_named(self):
        for build, name in zip(self.builds, NAMES):
            sources = build.sources.pop("text_test")
            build.tests.remove("text_test")
            self.assertEqual(differences(*self.builds), [f"{name} lacks the test text_test"])
            build.sources["text_test"] = sources
            build.tests.add("text_test")

    def test_a_program_that_is_left_out_is_named(self):
        for build, name in zip(self.builds, NAMES):
            build.programs.remove("shopee-emulator")
            self.assertEqual(differences(*self.builds), [f"{name} lacks the program shopee-emulator"])
            build.programs.add("shopee-emulator")

    def test_a_module_and_a_version_that_differ_are_named(self):
        del self.builds[0].sources["firstmile_text"]
        self.builds[1].version = "9.9.9"
        version = f"version {self.cmake.version} in CMakeLists.txt, 9.9.9 in MODULE.bazel"
        self.assertEqual(differences(*self.builds), ["CMake's build lacks the library firstmile_text", version])


if __name__ == "__main__":
    unittest.main()
