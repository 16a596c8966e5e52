"""The package of one language, FIRSTMILE_LANGUAGE, carries what its ecosystem expects, and nothing of our own."""

import gzip
import io
import os
import pathlib
import tarfile
import unittest
import zipfile

import common
from language_case import installed

LANGUAGE = os.environ["FIRSTMILE_LANGUAGE"]
CONTRACT = common.published_contract()
VERSION = CONTRACT.version
MAVEN = "dev/firstmile/{0}/{1}/{0}-{1}".format
JAVA = MAVEN("firstmile-client", VERSION)
KOTLIN = MAVEN("firstmile-client-kotlin", VERSION)
WHEEL_INFO = f"firstmile_client-{VERSION}.dist-info"

# Names that must be there. What an archive inside holds stands after its name and a "!".
CARRIED = {
    "cpp": [
        "include/firstmile/calls.h",
        "include/firstmile/errors.h",
        "include/firstmile/v1/first_mile_service.grpc.pb.h",
        "lib/cmake/firstmile_client/firstmile_client-config.cmake",
        "lib/cmake/firstmile_client/firstmile_client-config-version.cmake",
        "lib/libfirstmile_client.a",
        "share/doc/firstmile_client/README.md",
    ],
    "go": [
        "README.md",
        "go.mod",
        "go.sum",
        "firstmile/calls.go",
        "firstmile/errors.go",
        "firstmile/v1/first_mile_service.pb.go",
        "firstmile/v1/first_mile_service_grpc.pb.go",
    ],
    "java": [
        f"{JAVA}.pom",
        f"{JAVA}.jar!dev/firstmile/client/FirstmileError.class",
        f"{JAVA}.jar!dev/firstmile/v1/FirstMileServiceGrpc.class",
        f"{JAVA}-sources.jar!dev/firstmile/client/FirstmileError.java",
        f"{JAVA}-sources.jar!dev/firstmile/v1/FirstMileServiceGrpc.java",
    ],
    "kotlin": [
        f"{JAVA}.jar!dev/firstmile/v1/FirstMileServiceGrpc.class",
        f"{KOTLIN}.pom",
        f"{KOTLIN}.jar!dev/firstmile/kotlin/CallFailure.class",
        f"{KOTLIN}.jar!dev/firstmile/v1/FirstMileServiceGrpcKt.class",
        f"{KOTLIN}-sources.jar!dev/firstmile/kotlin/CallFailure.kt",
    ],
    "php": [
        "README.md",
        "composer.json",
        "src/Call.php",
        "src/CallException.php",
        "src/ErrorDetails.php",
        "src/V1/FirstMileServiceClient.php",
        "src/V1/Metadata/FirstMileService.php",
    ],
    "python": [
        "firstmile/py.typed",
        "firstmile/errors.py",
        "firstmile/v1/first_mile_service_pb2_grpc.py",
        "firstmile/v1/first_mile_service_pb2_grpc.pyi",
        "firstmile/v1/first_mile_orders_pb2.py",
        "firstmile/v1/first_mile_orders_pb2.pyi",
        f"{WHEEL_INFO}/METADATA",
    ],
    "ruby": [
        "metadata.gz",
        "data.tar.gz!README.md",
        "data.tar.gz!lib/firstmile.rb",
        "data.tar.gz!lib/firstmile/error_details.rb",
        "data.tar.gz!lib/firstmile/version.rb",
        "data.tar.gz!lib/firstmile/v1/first_mile_service_services_pb.rb",
    ],
    "rust": ["Cargo.toml", "README.md", "src/lib.rs", "src/call.rs", "src/error.rs", "src/generated/firstmile.v1.rs"],
    "typescript": [
        "package/README.md",
        "package/package.json",
        "package/dist/index.js",
        "package/dist/index.d.ts",
        "package/dist/errors.d.ts",
        "package/dist/gen/firstmile/v1/first_mile_service_pb.d.ts",
    ],
}

# Where a package says which version it is, and how.
VERSIONS = {
    "cpp": ("lib/cmake/firstmile_client/firstmile_client-config-version.cmake", f'set(PACKAGE_VERSION "{VERSION}")'),
    "java": (f"{JAVA}.pom", f"<version>{VERSION}</version>"),
    "kotlin": (f"{KOTLIN}.pom", f"<version>{VERSION}</version>"),
    "php": ("composer.json", f'"version": "{VERSION}"'),
    "python": (f"{WHEEL_INFO}/METADATA", f"\nVersion: {VERSION}\n"),
    "ruby": ("metadata.gz!", f"version: {VERSION}\n"),
    "rust": ("Cargo.toml", f'version = "{VERSION}"\n'),
    "typescript": ("package/package.json", f'"version": "{VERSION}"'),
}

# The page that a registry shows: it goes into the metadata of a wheel.
PAGES = {"python": f"{WHEEL_INFO}/METADATA", "ruby": "data.tar.gz!README.md", "typescript": "package/README.md"}
NO_PAGE = {"java", "kotlin"}  # Maven shows the pom's description

PRIVATE_OPTIONS = (b"firstmile.mapping", b"firstmile/mapping", b"mapping.wire", b"google/api/")
OF_THIS_MACHINE = (bytes(common.ROOT), bytes(pathlib.Path.home()) + b"/", b"/tmp/")
STRAY_NAMES = ("__pycache__", ".pyc", "node_modules", "/target/", "generator/", ".git", "_test.", ".orig", ".log")


def entries(name, content):
    """What a file is and holds, by name: archives are opened."""
    yield name, content
    if name.endswith((".jar", ".zip", ".whl")):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for inner in archive.infolist():
                if not inner.is_dir():
                    yield from entries(f"{name}!{inner.filename}", archive.read(inner))
    elif name.endswith((".tgz", ".tar.gz", ".gem")):
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for inner in archive.getmembers():
                if inner.isfile():
                    yield from entries(f"{name}!{inner.name}", archive.extractfile(inner).read())
    elif name.endswith(".gz"):
        yield f"{name}!", gzip.decompress(content)


def contents(package):
    """All of a package by name, without that of the package itself."""
    if package.is_dir():
        files = sorted(path for path in package.rglob("*") if path.is_file())
        return {
            name: content
            for file in files
            for name, content in entries(file.relative_to(package).as_posix(), file.read_bytes())
        }
    opened = dict(entries(package.name, package.read_bytes()))
    del opened[package.name]
    return {name.removeprefix(f"{package.name}!"): content for name, content in opened.items()}


def strays(opened):
    """What a package must not have: where it is, and what."""
    for name, content in opened.items():
        found = [word for word in (*PRIVATE_OPTIONS, *OF_THIS_MACHINE) if word in content]
        found += [word for word in STRAY_NAMES if word in f"/{name}"]
        if found and not name.endswith((".jar", ".tar.gz", ".gz")):
            yield name, found


class PackageTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.opened = contents(installed(self, LANGUAGE).package)

    def test_it_carries_sources_types_and_manifest(self):
        self.assertEqual([name for name in CARRIED[LANGUAGE] if name not in self.opened], [])

    def test_it_carries_the_code_of_every_file_of_the_contract(self):
        everything = b"".join(self.opened.values())
        for proto in CONTRACT.protos:
            stem = proto.rpartition("/")[2].removesuffix(".proto")
            camel = "".join(word.capitalize() for word in stem.split("_"))
            if LANGUAGE == "rust":  # has one file for the whole package
                self.assertIn(b"pub mod first_mile_service_client", everything)
            else:
                self.assertTrue(any(stem in name or camel in name for name in self.opened), proto)

    def test_it_has_the_version_of_the_project(self):
        if LANGUAGE == "go":
            self.skipTest("a Go module has the version of its tag")
        file, written = VERSIONS[LANGUAGE]
        self.assertIn(written, self.opened[file].decode())

    def test_it_carries_a_page_that_shows_a_call(self):
        if LANGUAGE in NO_PAGE:
            self.skipTest("an artifact of Maven has no page")
        page = PAGES.get(LANGUAGE) or next(name for name in CARRIED[LANGUAGE] if name.endswith("README.md"))
        self.assertIn("127.0.0.1:50051", self.opened[page].decode())

    def test_it_has_neither_our_private_options_nor_paths_of_this_machine_nor_strays(self):
        self.assertEqual(dict(strays(self.opened)), {})

    def test_a_stray_is_found(self):
        for name, content in (
            ("v1/common_pb2.py", b"\n firstmile.mapping.wire"),
            ("lib/common.a", b"\0" + bytes(common.ROOT / "proto/common.cc") + b"\0"),
            ("firstmile/__pycache__/errors.pyc", b""),
            ("generator/main.rs", b""),
        ):
            self.assertEqual([found for found, _ in strays({name: content, "README.md": b"./dev"})], [name])


if __name__ == "__main__":
    unittest.main()
