"""The modules of server/ include what their CMakeLists.txt names, name what they include, and use none above them."""

import pathlib
import re
import tempfile
import unittest

from check import check
from cmake_files import Tree

SERVER = pathlib.Path(__file__).resolve().parents[2] / "server"

# A small tree with nothing wrong: path below server/ -> text.
SOUND = {
    "CMakeLists.txt": """
        foreach(module IN ITEMS low high emulator)
          add_subdirectory(${module})
        endforeach()
        add_executable(firstmiled main.cc)
        target_link_libraries(firstmiled PRIVATE firstmile_high firstmile_warnings)""",
    "main.cc": '#include "high/high.h"',
    "low/CMakeLists.txt": "firstmile_module(low SOURCES low.cc PUBLIC absl::strings PRIVATE absl::time)",
    "low/low.h": '#include "absl/strings/string_view.h"',
    "low/low.cc": '#include "low/low.h"\n#include "absl/time/time.h"\n#include <sys/stat.h>\n#include <vector>',
    "high/CMakeLists.txt": """
        add_subdirectory(inner)
        firstmile_module(high GRPC
          SOURCES high.cc
          PUBLIC firstmile_low)  # a comment""",
    "high/high.h": '#include "low/low.h"',
    "high/high.cc": '#include "high/high.h"',
    "high/inner/CMakeLists.txt": "firstmile_module(inner SOURCES inner.cc)",
    "high/inner/inner.h": "",
    "high/inner/inner.cc": '#include "high/inner/inner.h"',
    "emulator/CMakeLists.txt": """
        add_library(emulator STATIC page.cc)
        target_link_libraries(emulator PRIVATE absl::strings)
        add_executable(shopee-emulator main.cc)
        target_link_libraries(shopee-emulator PRIVATE emulator)""",
    "emulator/page.h": "",
    "emulator/page.cc": '#include "emulator/page.h"\n#include <absl/strings/match.h>',
    "emulator/main.cc": '#include "emulator/page.h"',
}


class ModulesTest(unittest.TestCase):
    def test_each_names_what_it_includes_and_includes_what_it_names(self):
        self.assertEqual(check(SERVER), [])

    def test_each_folder_with_code_is_one(self):
        folders = {path.parent for path in SERVER.rglob("*.cc")} - {SERVER}
        known = {target.folder for target in Tree(SERVER).targets.values()}
        self.assertEqual([f for f in folders if not known & {f, *f.parents} - {SERVER}], [])

    def test_the_readme_lists_them_all_from_the_top_down(self):
        listed = re.findall(r"(?m)^\| `([a-z_/]+)/` \|", (SERVER / "README.md").read_text())
        modules = [target for target in Tree(SERVER).targets.values() if target.name.startswith("firstmile_")]
        self.assertEqual(listed, [module.folder.relative_to(SERVER).as_posix() for module in reversed(modules)])


class CheckTest(unittest.TestCase):
    """The check itself, on the small tree with something changed."""

    def problems(self, changes):
        with tempfile.TemporaryDirectory() as folder:
            for path, text in (SOUND | changes).items():
                file = pathlib.Path(folder) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            return check(folder)

    def assert_problems(self, changes, *expected):
        self.assertEqual(sorted(self.problems(changes)), sorted(expected))

    def test_a_sound_tree_has_no_problem(self):
        self.assert_problems({})

    def test_an_include_of_a_module_that_is_not_named_fails(self):
        self.assert_problems(
            {"high/high.cc": '#include "high/high.h"\n#include "high/inner/inner.h"'},
            "high/CMakeLists.txt: firstmile_high does not name firstmile_inner, "
            'but high/high.cc includes "high/inner/inner.h"',
        )

    def test_an_include_of_a_library_that_is_not_named_fails(self):
        self.assert_problems(
            {"low/low.cc": SOUND["low/low.cc"] + "\n#  include <curl/curl.h>"},
            'low/CMakeLists.txt: firstmile_low does not name CURL::libcurl, but low/low.cc includes "curl/curl.h"',
        )

    def test_an_include_of_a_header_that_no_known_library_brings_fails(self):
        self.assert_problems(
            {"low/low.cc": SOUND["low/low.cc"] + "\n#include <zlib.h>"},
            'low/low.cc: includes "zlib.h", and libraries.py does not say which library brings it',
        )

    def test_a_name_that_no_file_needs_fails(self):
        self.assert_problems(
            {"low/CMakeLists.txt": SOUND["low/CMakeLists.txt"].replace("absl::time", "absl::time simdjson::simdjson")},
            "low/CMakeLists.txt: firstmile_low names simdjson::simdjson, "
            "but no file of it includes a header of simdjson::simdjson",
        )

    def test_a_name_that_is_public_for_a_source_alone_fails(self):
        self.assert_problems(
            {"low/CMakeLists.txt": SOUND["low/CMakeLists.txt"].replace("PRIVATE", "")},
            "low/CMakeLists.txt: firstmile_low names absl::time as PUBLIC instead of PRIVATE: "
            'low/low.cc includes "absl/time/time.h"',
        )

    def test_a_name_that_is_private_although_a_header_needs_it_fails(self):
        self.assert_problems(
            {"low/CMakeLists.txt": SOUND["low/CMakeLists.txt"].replace("PUBLIC", "PRIVATE")},
            "low/CMakeLists.txt: firstmile_low names absl::strings as PRIVATE instead of PUBLIC: "
            'low/low.h includes "absl/strings/string_view.h"',
        )

    def test_an_include_of_a_module_above_fails_also_when_it_is_named(self):
        changes = {
            "low/low.cc": SOUND["low/low.cc"] + '\n#include "high/high.h"',
            "low/CMakeLists.txt": SOUND["low/CMakeLists.txt"].replace("PRIVATE", "PRIVATE firstmile_high"),
        }
        self.assert_problems(
            changes, 'low: firstmile_low is below firstmile_high, but low/low.cc includes "high/high.h"'
        )

    def test_an_include_of_the_outer_module_from_the_inner_fails(self):
        changes = {
            "high/inner/inner.h": '#include "high/high.h"',
            "high/inner/CMakeLists.txt": "firstmile_module(inner SOURCES inner.cc PUBLIC firstmile_high)",
        }
        self.assert_problems(
            changes,
            'high/inner: firstmile_inner is below firstmile_high, but high/inner/inner.h includes "high/high.h"',
        )

    def test_a_link_to_a_module_above_fails_without_an_include(self):
        changes = {"low/CMakeLists.txt": SOUND["low/CMakeLists.txt"].replace("PRIVATE", "PRIVATE firstmile_high")}
        self.assertIn(
            "low: firstmile_low is below firstmile_high, but its CMakeLists.txt names firstmile_high",
            self.problems(changes),
        )

    def test_the_emulator_may_not_include_a_module_or_the_contract(self):
        for header in ("low/low.h", "firstmile/v1/common.pb.h"):
            problems = self.problems({"emulator/page.h": f'#include "{header}"'})
            expected = f'the emulator and the modules share no code, but emulator/page.h includes "{header}"'
            self.assertIn(f"emulator: {expected}", problems)

    def test_a_module_may_not_include_the_emulator(self):
        problems = self.problems({"high/high.h": '#include "emulator/page.h"'})
        self.assertIn(
            'high: the emulator and the modules share no code, but high/high.h includes "emulator/page.h"', problems
        )

    def test_a_source_of_another_folder_fails(self):
        cmake = SOUND["emulator/CMakeLists.txt"].replace("page.cc", "page.cc ../low/low.cc")
        self.assert_problems(
            {"emulator/CMakeLists.txt": cmake},
            "emulator/CMakeLists.txt: emulator compiles ../low/low.cc of another folder",
        )

    def test_a_source_that_is_not_built_fails(self):
        self.assert_problems({"low/forgotten.cc": ""}, "low/forgotten.cc: is no source of firstmile_low")


if __name__ == "__main__":
    unittest.main()
