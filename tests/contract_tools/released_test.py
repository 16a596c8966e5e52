"""The contract of a release holds: buf refuses whatever would break its clients, and takes what would not."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PUBLIC = ROOT / "proto"
BUF = ROOT / ".tools/bin/buf"
NUMBERS = "first_mile_numbers.proto"
QUANTITY = "optional int32 quantity = 3;"
SERVICE = "first_mile_service.proto"


def version():
    """That of the project."""
    return re.search(r"^project\(firstmile VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)[1]


class ReleasedTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="firstmile-")
        self.addCleanup(folder.cleanup)
        self.copy = pathlib.Path(folder.name) / "proto"
        shutil.copytree(PUBLIC, self.copy)
        self.image = PUBLIC / f"released/firstmile-{version()}.binpb"

    def breaking(self):
        command = [BUF, "breaking", self.copy, "--against", self.image]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def edit(self, name, old, new):
        file = self.copy / "firstmile/v1" / name
        text = file.read_text()
        self.assertIn(old, text)
        file.write_text(text.replace(old, new, 1))

    def assert_refused(self, words):
        answer = self.breaking()
        self.assertEqual(answer.returncode, 100, answer.stdout + answer.stderr)
        self.assertIn(words, answer.stdout)

    def assert_taken(self):
        answer = self.breaking()
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def test_the_project_has_the_image_of_its_version_and_keeps_to_it(self):
        self.assertTrue(self.image.is_file())
        self.assert_taken()

    def test_the_image_says_no_more_than_the_contract(self):
        made = self.copy / "image.binpb"
        subprocess.run([BUF, "build", self.copy, "--output", made], check=True, timeout=60)
        self.assertGreater(made.stat().st_size, 2 * self.image.stat().st_size)  # with all comments and positions

    def test_a_renumbered_field_is_refused(self):
        self.edit(NUMBERS, QUANTITY, "optional int32 quantity = 4;")
        self.assert_refused('field "3" with name "quantity"')

    def test_a_renamed_field_is_refused(self):
        self.edit(NUMBERS, QUANTITY, "optional int32 amount = 3;")
        self.assert_refused('from "quantity" to "amount"')

    def test_a_removed_field_is_refused(self):
        self.edit(NUMBERS, QUANTITY, "")
        self.assert_refused('field "3" with name "quantity"')

    def test_a_removed_field_is_refused_although_it_is_reserved(self):
        self.edit(NUMBERS, QUANTITY, 'reserved 3;\n  reserved "quantity";')
        self.assert_refused('field "3" with name "quantity"')

    def test_a_retyped_field_is_refused(self):
        self.edit(NUMBERS, QUANTITY, "optional int64 quantity = 3;")
        self.assert_refused('"int32" to "int64"')

    def test_a_message_that_moved_to_another_file_is_refused(self):
        message = "// Names the carrier.\nmessage Carrier {\n  // Its name.\n  string name = 1;\n}\n"
        numbers, places = self.copy / "firstmile/v1" / NUMBERS, self.copy / "firstmile/v1/first_mile_places.proto"
        before = places.read_text()
        places.write_text(f"{before}\n{message}")
        self.image = self.copy / "before.binpb"
        subprocess.run([BUF, "build", self.copy, "--output", self.image], check=True, timeout=60)
        self.assert_taken()
        places.write_text(before)
        numbers.write_text(f"{numbers.read_text()}\n{message}")
        self.assert_refused('message "Carrier" was deleted from file')

    def test_a_renamed_rpc_is_refused(self):
        self.edit(SERVICE, "rpc GetDetail(", "rpc ReadDetail(")
        self.assert_refused('"GetDetail"')

    def test_another_package_of_a_language_is_refused(self):
        self.edit(NUMBERS, '"dev.firstmile.v1"', '"com.example.v1"')
        self.assert_refused('"java_package"')

    def test_an_added_field_is_taken(self):
        self.edit(NUMBERS, QUANTITY, f"{QUANTITY}\n\n  // For buyers in a hurry.\n  bool urgent = 4;")
        self.assert_taken()

    def test_an_added_rpc_is_taken(self):
        rpc = "// Reads it again.\n  rpc ReadDetail(GetDetailRequest) returns (GetDetailResponse);\n\n"
        self.edit(SERVICE, "service FirstMileService {\n", f"service FirstMileService {{\n  {rpc}")
        self.assert_taken()

    def test_a_deprecated_field_is_taken(self):
        self.edit(NUMBERS, QUANTITY, "optional int32 quantity = 3 [deprecated = true];")
        self.assert_taken()


class LintTest(unittest.TestCase):
    def test_both_roots_are_clean(self):
        for root in (PUBLIC, ROOT / "server/proto"):
            with self.subTest(root.name):
                linted = subprocess.run([BUF, "lint", root], capture_output=True, text=True, timeout=60)
                self.assertEqual((linted.returncode, linted.stdout), (0, ""), linted.stderr)


if __name__ == "__main__":
    unittest.main()
