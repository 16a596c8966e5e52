"""proto/buf.gen.yaml serves as it stands: it writes the files that ./dev stubs writes."""

import os
import pathlib
import shutil
import tempfile
import unittest

import common
import lang_go
import lang_java
import lang_python
import lang_typescript
from language_case import toolchain

BUF = common.ROOT / ".tools/bin/buf"
LANGUAGES = {"cpp", "csharp", "go", "java", "kotlin", "php", "python", "ruby", "typescript"}


def files_of(folder):
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


class BufGenerateTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="firstmile-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)

    def generated(self):
        """gen/ of a copy of proto/, where a user of buf has it."""
        with toolchain(self, "buf generate"):
            plugins = [lang_go.filled_tools() / "bin", lang_java.generators(), lang_typescript.build_tools() / ".bin"]
        root = self.folder / "proto"
        if not root.exists():
            shutil.copytree(common.ROOT / "proto", root)
            path = ":".join(map(str, [*plugins, os.environ["PATH"]]))
            common.run(BUF, "generate", cwd=root, env=os.environ | {"PATH": path})
        return root / "gen"

    def test_writes_every_language_that_it_names(self):
        self.assertEqual({path.name for path in self.generated().iterdir()}, LANGUAGES)

    def test_writes_the_files_of_dev_stubs(self):
        """Files alone are compared: buf's descriptors spell out what protoc's leave to be guessed."""
        contract = common.published_contract()
        for language in (lang_go, lang_java, lang_python):
            name = language.__name__.removeprefix("lang_")
            with self.subTest(name):
                stubs = self.folder / name
                stubs.mkdir()
                language.stubs(contract, stubs)
                self.assertLessEqual(files_of(stubs), files_of(self.generated() / name))


if __name__ == "__main__":
    unittest.main()
