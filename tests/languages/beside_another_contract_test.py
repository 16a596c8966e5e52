"""Our stubs and those of a contract whose options have the numbers 50601 to 50605 live in one program."""

import contextlib
import dataclasses
import io
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import common
import lang_go
import lang_python
from language_case import toolchain, users_environment

HERE = pathlib.Path(__file__).resolve().parent
THEIRS = HERE / "another_contract"
THEIR_PROTO = "acme/private/v1/private.proto"
LINES = ["route /weigh /scale", "column NAME", "unit g", "label S", "order A"]


class BesideAnotherContractTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="firstmile-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def python_stubs(self, contract):
        """Made and loaded with the newest protobuf: Debian's own does not mind two options of one number."""
        folders = [self.folder / "ours", self.folder / "theirs"]
        for folder in folders:
            folder.mkdir()
        with toolchain(self, "python"):
            self.python = lang_python.build_tools() / "bin/python"
            lang_python.generate(contract, folders[0], self.python.parent.parent)
        protoc = [self.python, "-m", "grpc_tools.protoc"]
        common.run(*protoc, "-I", THEIRS, f"--python_out={folders[1]}", THEIR_PROTO)
        return folders

    def load(self, folders):
        environment = users_environment() | {"PYTHONPATH": ":".join(map(str, folders))}
        command = [self.python, HERE / "beside/beside.py", *folders]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    def test_in_python(self):
        folders = self.python_stubs(common.published_contract())
        for order in (folders, folders[::-1]):
            with self.subTest(first=order[0].name):
                loaded = self.load(order)
                self.assertEqual((loaded.returncode, loaded.stdout.splitlines()), (0, LINES), loaded.stderr)

    def test_in_go(self):
        with toolchain(self, "go"):
            self.assertEqual(self.run_in_go(common.published_contract()).splitlines(), LINES)

    def test_python_refuses_an_option_of_ours_with_such_a_number(self):
        loaded = self.load(self.python_stubs(self.clashing_contract()))
        self.assertNotEqual(loaded.returncode, 0)
        self.assertIn("duplicate extension entry", loaded.stderr)

    def test_go_refuses_an_option_of_ours_with_such_a_number(self):
        output = io.StringIO()
        with toolchain(self, "go"), contextlib.redirect_stderr(output), self.assertRaises(SystemExit):
            self.run_in_go(self.clashing_contract())
        self.assertIn("extension number 50603 is already registered", output.getvalue())

    def clashing_contract(self):
        """The published contract with an option that it must not have: proof that the numbers matter."""
        root = self.folder / "clashing"
        shutil.copytree(common.ROOT / "proto/firstmile/v1", root / "firstmile/v1")
        file = root / "firstmile/v1/common.proto"
        text = file.read_text().replace("import ", 'import "google/protobuf/descriptor.proto";\nimport ', 1)
        file.write_text(f"{text}\nextend google.protobuf.FieldOptions {{ string wire = 50603; }}\n")
        return dataclasses.replace(common.published_contract(), root=root)

    def run_in_go(self, contract):
        module = lang_go.package(contract, self.folder / "module")
        self.generate_theirs(module, contract.names["go_module"])
        (module / "beside").mkdir()
        shutil.copy(HERE / "beside/beside.go", module / "beside")
        return lang_go.go("run", "./beside", cwd=module)

    def generate_theirs(self, module, name):
        plugin = lang_go.filled_tools() / "bin/protoc-gen-go"
        options = [f"--go_opt=module={name}", f"--go_opt=M{THEIR_PROTO}={name}/acme"]
        common.run("protoc", "-I", THEIRS, f"--plugin={plugin}", f"--go_out={module}", *options, THEIR_PROTO)


if __name__ == "__main__":
    unittest.main()
