"""Large ids, states of a later version and absent fields are safe in Go, Java and TypeScript.

Each language's program of values/ is built with the installed package, in a copy of that language's example, and reads
bytes that Python has made.
"""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

import common
import lang_go
import lang_java
import lang_typescript
from firstmile.v1.common_pb2 import OrderOutcome
from firstmile.v1.first_mile_courier_pb2 import GenerateAndBindFirstMileTrackingNumberRequest
from language_case import toolchain, users_environment

PROGRAMS = pathlib.Path(__file__).resolve().parent / "values"
LARGEST_SHOP = 2**32 - 1
BEYOND_DOUBLES = 2**60 + 1  # a double would make it 2**60
STATE_OF_LATER = 999

IDS = [f"shop_id {LARGEST_SHOP}", f"logistics_product_id {BEYOND_DOUBLES}"]
UNCHANGED = "passed on unchanged: true"
LINES = [
    *IDS,
    "prepaid_account_id is absent",
    UNCHANGED,
    *IDS,
    "prepaid_account_id 0",
    UNCHANGED,
    f"state is another: {STATE_OF_LATER}",
    UNCHANGED,
]


def request(**account):
    info = {"logistics_product_id": BEYOND_DOUBLES} | account
    return GenerateAndBindFirstMileTrackingNumberRequest(shop_id=LARGEST_SHOP, courier_delivery_info=info)


def go_program(example):
    shutil.copytree(PROGRAMS / "go", example / "values")
    lang_go.go("build", "-o", "read_values", "./values", cwd=example)
    return [example / "read_values"]


def java_program(example):
    """It was compiled with the example, whose jar names the libraries."""
    return ["java", "-cp", example / "target/pickup-story.jar", "dev.firstmile.example.Values"]


def typescript_program(example):
    for file in (PROGRAMS / "typescript").iterdir():
        shutil.copy(file, example)
    common.run(example / "node_modules/.bin/tsc", "--project", "tsconfig.values.json", cwd=example)
    return ["node", example / "dist/values.js"]


class ValuesTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="firstmile-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.files = [self.folder / name for name in ("absent", "zero", "other")]
        messages = request(), request(prepaid_account_id=0), OrderOutcome(order_sn="A", state=STATE_OF_LATER)
        for file, message in zip(self.files, messages):
            file.write_bytes(message.SerializeToString(deterministic=True))

    def install(self, module):
        """The package of a language and its example, whose manifest the program shares."""
        package, example = self.folder / "package", self.folder / "example"
        package.mkdir()
        example.mkdir(exist_ok=True)
        contract = common.published_contract()
        module.example(contract, module.package(contract, package), example)
        return example

    def assert_reads_what_was_written(self, program):
        environment = users_environment()
        read = subprocess.run([*program, *self.files], env=environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(read.returncode, 0, read.stderr)
        self.assertEqual(read.stdout.splitlines(), LINES)

    def test_in_go(self):
        with toolchain(self, "go"):
            self.assert_reads_what_was_written(go_program(self.install(lang_go)))

    def test_in_java(self):
        sources = self.folder / "example/src/main/java/dev/firstmile/example"
        sources.mkdir(parents=True)
        shutil.copy(PROGRAMS / "java/Values.java", sources)
        with toolchain(self, "java"):
            self.assert_reads_what_was_written(java_program(self.install(lang_java)))

    def test_in_typescript(self):
        with toolchain(self, "typescript"):
            self.assert_reads_what_was_written(typescript_program(self.install(lang_typescript)))


if __name__ == "__main__":
    unittest.main()
