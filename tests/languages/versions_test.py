"""The project has one version: CMake's project, the released contract, what examples require and what pages say."""

import re
import unittest

from common import ROOT

PROJECT = r"^project\(firstmile VERSION (\S+)"

# Where a version of ours is written: the file, and what stands around it.
WRITTEN = {
    "client_examples/cpp/CMakeLists.txt": r"find_package\(firstmile_client (\S+)",
    "client_examples/go/go.mod": r"firstmile\.dev/go v(\S+)",
    "client_examples/java/pom.xml": r"<firstmile\.version>([^<]+)",
    "client_examples/kotlin/pom.xml": r"<firstmile\.version>([^<]+)",
    "client_examples/php/composer.json": r'"firstmile/client": "\^([^"]+)',
    "client_examples/ruby/Gemfile": r'gem "firstmile", "~> ([^"]+)',
    "client_examples/rust/Cargo.lock": r'name = "firstmile-client"\nversion = "([^"]+)',
    "client_examples/rust/Cargo.toml": r'firstmile-client = \{ version = "([^"]+)',
    "client_examples/typescript/package.json": r"/firstmile-client-([\d.]+)\.tgz",
    "proto/README.md": r"released/firstmile-([\d.]+)\.binpb",
    "proto/packages/go/README.md": r"firstmile\.dev/go@v([\d.]+)",
    "proto/packages/java/README.md": r"<artifactId>firstmile-client</artifactId>\s+<version>([^<]+)",
    "proto/packages/kotlin/README.md": r"firstmile-client-kotlin:([\d.]+)",
    "proto/packages/rust/README.md": r'firstmile-client = \{ version = "([^"]+)',
}

# The manifests of packages have no version: `./dev package` writes the project's into them.
PLACEHOLDERS = {
    "proto/packages/cpp/CMakeLists.txt": r"VERSION (\S+) LANGUAGES",
    "proto/packages/java/pom.xml": r"<artifactId>firstmile-client</artifactId>\s+<version>([^<]+)",
    "proto/packages/kotlin/pom.xml": r"<artifactId>firstmile-client-kotlin</artifactId>\s+<version>([^<]+)",
    "proto/packages/python/pyproject.toml": r'^version = "([^"]+)',
    "proto/packages/rust/Cargo.toml": r'^version = "([^"]+)',
    "proto/packages/typescript/package.json": r'^  "version": "([^"]+)',
}


def found(pattern, text):
    return re.findall(pattern, text, re.MULTILINE)


def read(file):
    return (ROOT / file).read_text()


def is_of(version, written):
    """The version itself, or its first two numbers where a manifest takes every one compatible with them."""
    return written in (version, version.rpartition(".")[0])


class VersionsTest(unittest.TestCase):
    def setUp(self):
        (self.version,) = found(PROJECT, read("CMakeLists.txt"))

    def test_every_manifest_and_page_has_the_version_of_the_project(self):
        for file, pattern in WRITTEN.items():
            with self.subTest(file):
                versions = found(pattern, read(file))
                self.assertTrue(versions)
                for written in versions:
                    self.assertTrue(is_of(self.version, written), written)

    def test_the_newest_released_contract_has_the_version_of_the_project(self):
        names = [path.name for path in (ROOT / "proto/released").glob("*.binpb")]
        newest = max(names, key=lambda name: [int(number) for number in found(r"\d+", name)])
        self.assertEqual(newest, f"firstmile-{self.version}.binpb")

    def test_manifests_of_packages_leave_it_to_dev_package(self):
        for file, pattern in PLACEHOLDERS.items():
            with self.subTest(file):
                self.assertIn(*found(pattern, read(file)), ("0.0.0", "@VERSION@"))

    def test_no_other_manifest_of_an_example_names_a_version_of_ours(self):
        """One that is new belongs into the list above."""
        manifests = ("*.toml", "*.json", "*.xml", "*.mod", "Gemfile", "CMakeLists.txt", "*.txt")
        of_ours = re.compile(r"firstmile.*\d+\.\d+|<firstmile\.version>")
        for manifest in (path for glob in manifests for path in (ROOT / "client_examples").glob(f"*/{glob}")):
            file = manifest.relative_to(ROOT).as_posix()
            if of_ours.search(manifest.read_text()):
                self.assertIn(file, WRITTEN)

    def test_another_version_is_found(self):
        for other in ("0.2", "0.1.1", "1.0.0", "0.1.0.1", ""):
            self.assertFalse(is_of("0.1.0", other), other)
        self.assertTrue(is_of("0.1.0", "0.1"))


if __name__ == "__main__":
    unittest.main()
