"""Java: stubs of protoc and grpc-java; a Maven artifact with its sources, in a repository folder."""

import os
import platform
import re
import shutil
import subprocess
import sys
import zipfile

from common import EXAMPLES, PACKAGES, TOOLS, Missing, filled_once, fresh, run, tool

PROTOBUF = "3.25.8"  # of the line that grpc-java depends on; protobuf-kotlin has no 3.25.9
GRPC_GENERATOR = "1.79.0"  # works with the grpc-java of the package, 1.85.1
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
PLATFORM = f"linux-{ {'aarch64': 'aarch_64'}.get(platform.machine(), platform.machine()) }"
GROUP = "dev.firstmile"  # as the sources have it
BRIEF_JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # halves the work of a Maven that runs for seconds
UNREACHED = re.compile(r"^.*(?:Could not transfer|Could not find artifact|could not be resolved).*$", re.MULTILINE)


def stubs(contract, folder):
    tools = generators()
    grpc = f"--plugin=protoc-gen-grpc-java={tools / 'protoc-gen-grpc-java'}"
    run(tools / "protoc", "-I", contract.root, f"--java_out={folder}", grpc, f"--grpc-java_out={folder}", *contract.protos)


def package(contract, folder):
    source = source_of_package("java", contract, folder)
    stubs(contract, source / "src/main/java")
    repository = fresh(folder / "repository")
    deploy(source, repository)
    return repository


def example(contract, package, folder):
    return ["java", "-jar", built_example("java", contract, package, folder)]


def source_of_package(language, contract, folder):
    """What stands in proto/packages, with the group and version of the contract."""
    source = fresh(folder / "source")
    renamed_copy(PACKAGES / language, source, contract)
    pom = source / "pom.xml"
    pom.write_text(pom.read_text().replace("<version>0.0.0</version>", f"<version>{contract.version}</version>"))
    return source


def renamed_copy(origin, folder, contract):
    """A copy whose files and folders are named after the contract's Java group."""
    group = contract.names["java_group"]
    for file in (path.relative_to(origin) for path in origin.rglob("*") if path.is_file()):
        if file.parts[0] == "target":
            continue
        copy = folder / file.as_posix().replace(GROUP.replace(".", "/"), group.replace(".", "/"))
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text((origin / file).read_text().replace(GROUP, group))


def deploy(source, repository):
    place = f"-DaltDeploymentRepository=firstmile::{repository.as_uri()}"
    maven("--file", source / "pom.xml", "deploy", place, "-Dmaven.install.skip=true")


def built_example(language, contract, package, folder):
    """The jar of client_examples/LANGUAGE, built with the package from its repository."""
    renamed_copy(EXAMPLES / language, folder, contract)
    forget_package(contract)
    maven("--file", folder / "pom.xml", "package", f"-Dfirstmile.repository={package.as_uri()}")
    return folder / "target/pickup-story.jar"


def forget_package(contract):
    """What the example took the last time may be older than the package."""
    for artifact in (TOOLS / "maven" / contract.names["java_group"].replace(".", "/")).glob("firstmile-client*"):
        shutil.rmtree(artifact)


def generators():
    """The folder of protoc, protoc-gen-grpc-java and, beside it, the well-known types."""
    with filled_once("java", PROTOBUF, GRPC_GENERATOR, PLATFORM) as (folder, to_fill):
        programs = folder / "bin"
        if to_fill:
            program(f"com.google.protobuf:protoc:{PROTOBUF}:exe:{PLATFORM}", programs / "protoc")
            program(f"io.grpc:protoc-gen-grpc-java:{GRPC_GENERATOR}:exe:{PLATFORM}", programs / "protoc-gen-grpc-java")
            jar = fetched(f"com.google.protobuf:protobuf-java:{PROTOBUF}:jar", folder / "jar")
            with zipfile.ZipFile(jar) as types:
                types.extractall(folder / "include", [name for name in types.namelist() if name.endswith(".proto")])
    return programs


def program(artifact, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    fetched(artifact, path.with_suffix(".fetched")).rename(path)
    path.chmod(0o755)


def fetched(artifact, folder):
    """The file of a Maven artifact, in a folder of its own."""
    maven(COPY, f"-Dartifact={artifact}", f"-DoutputDirectory={folder}")
    return next(folder.iterdir())


def maven(*arguments):
    """Runs Maven with a repository of its own. What is there, all of pinned versions, it never fetches again."""
    flags = ["--batch-mode", "--quiet", "-Dstyle.color=never", f"-Dmaven.repo.local={TOOLS / 'maven'}"]
    command = [str(word) for word in [tool("mvn", "apt-get install maven"), *flags, *arguments]]
    environment = os.environ | {"MAVEN_OPTS": f"{BRIEF_JVM} {os.environ.get('MAVEN_OPTS', '')}"}
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment)
    if done.returncode == 0:
        return
    if unreached := UNREACHED.search(done.stdout):
        raise Missing(f"Maven lacks an artifact: connect to Maven Central and try again ({unreached[0][:200]})")
    sys.stderr.write(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    raise SystemExit(f"mvn failed with exit code {done.returncode}")
