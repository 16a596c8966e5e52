"""What stands in proto/: every option of languages, none of ours, and just what server/proto declares."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from google.protobuf.descriptor_pb2 import FileDescriptorSet

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PUBLIC = ROOT / "proto"
LANGUAGE_OPTIONS = {
    "csharp_namespace",
    "go_package",
    "java_multiple_files",
    "java_outer_classname",
    "java_package",
    "objc_class_prefix",
    "php_metadata_namespace",
    "php_namespace",
    "ruby_package",
    "swift_prefix",
}


def described(root):
    """What protoc says of the files of our package."""
    files = sorted(path.relative_to(root) for path in root.glob("firstmile/v1/*.proto"))
    with tempfile.NamedTemporaryFile() as described_set:
        subprocess.run(["protoc", "-I", root, f"--descriptor_set_out={described_set.name}", *files], check=True)
        return FileDescriptorSet.FromString(pathlib.Path(described_set.name).read_bytes()).file


def missing_language_options(file):
    return LANGUAGE_OPTIONS - {field.name for field, _ in file.options.ListFields()}


def private_options(message, path=""):
    """Where a descriptor or a part of it has an option that Protobuf itself does not know."""
    if message.DESCRIPTOR.name.endswith("Options"):
        if len(message.UnknownFields()) or any(field.is_extension for field, _ in message.ListFields()):
            yield path
        return
    for field, value in message.ListFields():
        if field.message_type:
            for part in [value] if field.label != field.LABEL_REPEATED else value:
                yield from private_options(part, f"{path}/{getattr(part, 'name', field.name)}")


class OtherNamesTest(unittest.TestCase):
    """--go_module and --java_group, which ./dev stubs and ./dev package hand on."""

    def published(self, *flags):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, ROOT / ".dev/contract.py", "--into", folder, *flags]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            return described(pathlib.Path(folder))

    def test_a_go_module_begins_each_go_package_and_changes_nothing_else(self):
        files = self.published("--go_module", "example.com/acme/contract")
        self.assertGreater(len(files), 10)
        for file, plain in zip(files, self.published(), strict=True):
            self.assertTrue(file.options.go_package.startswith("example.com/acme/contract/firstmile/v1;"), file)
            file.options.go_package = plain.options.go_package
            self.assertEqual(file, plain)

    def test_a_java_group_is_each_java_package_and_changes_nothing_else(self):
        for file, plain in zip(self.published("--java_group", "com.acme"), self.published(), strict=True):
            self.assertEqual(file.options.java_package, "com.acme.v1")
            file.options.java_package = plain.options.java_package
            self.assertEqual(file, plain)

    def test_the_contract_of_the_tree_keeps_its_names(self):
        command = [sys.executable, ROOT / ".dev/contract.py", "--java_group", "com.acme"]
        refused = subprocess.run(command, capture_output=True, text=True)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("give --into", refused.stderr)


class PublishedContractTest(unittest.TestCase):
    def test_every_file_has_every_option_of_languages(self):
        files = described(PUBLIC)
        self.assertGreater(len(files), 10)
        for file in files:
            with self.subTest(file.name):
                self.assertEqual(missing_language_options(file), set())

    def test_a_missing_option_of_languages_is_found(self):
        for option in LANGUAGE_OPTIONS:
            with self.subTest(option):
                file = described(PUBLIC)[0]
                file.options.ClearField(option)
                self.assertEqual(missing_language_options(file), {option})

    def test_no_file_has_a_private_option(self):
        self.assertEqual([path for file in described(PUBLIC) for path in private_options(file, file.name)], [])

    def test_private_options_are_found(self):
        sources = described(ROOT / "server/proto")
        found = "\n".join(path for file in sources for path in private_options(file, file.name))
        self.assertIn("FirstMileService/GetDetail", found)  # of an rpc
        self.assertIn("GetDetailRequest/shop_id", found)  # of a field
        self.assertIn("WarehouseType/WAREHOUSE_TYPE_NORMAL", found)  # of a value

    def test_the_root_holds_nothing_else(self):
        for file in described(PUBLIC):
            for imported in file.dependency:
                self.assertRegex(imported, r"^(firstmile/v1|google/protobuf)/")
        elsewhere = [path for path in PUBLIC.rglob("*.proto") if path.parent != PUBLIC / "firstmile/v1"]
        self.assertEqual(elsewhere, [])


class PublisherTest(unittest.TestCase):
    """.dev/contract.py --check in a copy of what it reads."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="firstmile-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name in (".dev/contract.py", ".clang-format", "proto/names.json"):
            (self.root / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, self.root / name)
        for name in ("proto/firstmile", "server/proto"):
            shutil.copytree(ROOT / name, self.root / name)

    def check(self, *flags):
        command = [sys.executable, self.root / ".dev/contract.py", *flags]
        return subprocess.run(command, capture_output=True, text=True)

    def assert_stale(self, *names):
        checked = self.check("--check")
        self.assertEqual(checked.returncode, 1, checked.stdout + checked.stderr)
        expected = [f"{self.root / name}: stale, run ./dev contract" for name in names]
        self.assertEqual(checked.stdout.splitlines(), expected)

    def edit(self, name, old, new):
        text = (self.root / name).read_text()
        self.assertIn(old, text)
        (self.root / name).write_text(text.replace(old, new, 1))

    def test_what_is_checked_in_is_fresh(self):
        checked = self.check("--check")
        self.assertEqual((checked.returncode, checked.stdout), (0, ""), checked.stderr)

    def test_a_published_file_that_was_edited_is_noticed(self):
        name = "proto/firstmile/v1/common.proto"
        self.edit(name, "string order_sn = 1;", "string order_sn = 2;")
        self.assert_stale(name)

    def test_a_source_that_was_edited_is_noticed(self):
        name = "firstmile/v1/common.proto"
        self.edit(f"server/proto/{name}", "Order that the warning is about", "The warning's order")
        self.assert_stale(f"proto/{name}")

    def test_a_source_without_its_language_options_is_noticed(self):
        name = "server/proto/firstmile/v1/common.proto"
        self.edit(name, 'option swift_prefix = "Firstmile";\n', "")
        self.assert_stale(name)

    def test_a_published_file_without_a_source_or_the_reverse_is_noticed(self):
        shutil.move(self.root / "proto/firstmile/v1/common.proto", self.root / "proto/firstmile/v1/other.proto")
        self.assert_stale("proto/firstmile/v1/common.proto", "proto/firstmile/v1/other.proto")

    def test_publishing_makes_it_fresh(self):
        self.edit("server/proto/firstmile/v1/common.proto", "Order that the warning is about", "The warning's order")
        self.assertEqual(self.check().returncode, 0)
        self.assertEqual(self.check("--check").returncode, 0)
        self.assertIn("The warning's order", (self.root / "proto/firstmile/v1/common.proto").read_text())


if __name__ == "__main__":
    unittest.main()
