"""What the modules of the languages share: the published contract, running tools, and caches of tools.

Each language is a module of this folder with three functions:

  stubs(contract, folder)             writes client stubs into the folder
  package(contract, folder)           makes what the ecosystem installs; returns its path in the folder
  example(contract, package, folder)  installs the package and client_examples/LANGUAGE into the folder, as a user
                                      would; returns the command that runs the example

A tool that is not on the machine and cannot be fetched is a Missing.
"""

import contextlib
import dataclasses
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import contract as publisher

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PACKAGES = ROOT / "proto/packages"
EXAMPLES = ROOT / "client_examples"
# By its real name: compilers put it into what they cache, and clones may share one folder through a link.
TOOLS = (ROOT / ".tools").resolve() / "languages"
BUILT = ROOT / ".build/packages"


class Missing(Exception):
    """A toolchain that this machine lacks; the text is one line with the remedy."""


@dataclasses.dataclass(frozen=True)
class Contract:
    """The published contract: an import root, its files relative to it, the names of packages and the version."""

    root: pathlib.Path
    names: dict
    version: str

    @property
    def protos(self):
        return sorted(path.relative_to(self.root).as_posix() for path in self.root.glob("firstmile/v1/*.proto"))

    @property
    def services(self):
        return [proto for proto in self.protos if proto.endswith("_service.proto")]


def published_contract(go_module=None, java_group=None):
    """proto/ itself, or a copy with other names in .build/contract."""
    names = publisher.names_of_languages(go_module, java_group)
    version = re.search(r"^project\(firstmile VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)[1]
    root = ROOT / "proto"
    if go_module or java_group:
        root = ROOT / ".build/contract"
        publisher.write(publisher.contract(names, root), root / "firstmile/v1", check=False)
    return Contract(root, names, version)


def run(*command, **options):
    """Runs a tool to its end; its output is shown only when it fails."""
    command = [str(word) for word in command]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", **options)
    if done.returncode != 0:
        sys.stderr.write(f"{' '.join(command)}\n{done.stdout}")
        raise SystemExit(f"{command[0]} failed with exit code {done.returncode}")
    return done.stdout


def tool(name, remedy, path=None):
    """The path of a program, or Missing."""
    found = shutil.which(name, path=path)
    if found is None:
        raise Missing(f"{name} is not on this machine: {remedy}")
    return pathlib.Path(found)


def fresh(folder):
    """An empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@contextlib.contextmanager
def filled_once(name, *versions):
    """A folder of .tools/languages that the body fills when it has not yet been filled for these versions.

    Yields the folder, and whether it is still to be filled.
    """
    digest = hashlib.sha256("\0".join(map(str, versions)).encode()).hexdigest()[:16]
    folder = TOOLS / name
    stamp = folder / f"filled-{digest}"
    if stamp.exists():
        yield folder, False
        return
    print(f"-- fetching what {name} needs", file=sys.stderr)
    fresh(folder)
    yield folder, True
    stamp.touch()


def debian_packages(*names):
    """Installs those Debian packages that are not there, as ./dev setup does its own."""
    shown = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names], capture_output=True, text=True
    ).stdout
    missing = [name for name in names if f"{name} installed" not in shown]
    if not missing:
        return
    root = [] if os.geteuid() == 0 else ["sudo"]
    if root and not shutil.which("sudo"):
        raise Missing(f"the Debian packages {' '.join(missing)} are not installed: apt-get install them as root")
    install = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "install", "-y", "--no-install-recommends"]
    if subprocess.run([*install, *missing], stdout=subprocess.DEVNULL).returncode != 0:
        run(*root, "apt-get", "-q", "update")
        run(*install, *missing)


def debian_source(package):
    """The source that Debian built an installed package from, unpacked; apt has it from where it has its packages."""
    source, version = run("dpkg-query", "-W", "-f", "${source:Package} ${source:Version}", package).split()
    with filled_once(f"source-{source}", version) as (folder, empty):
        if empty:
            _fetch_source(f"{source}={version}", folder)
    return folder


def _fetch_source(source, folder):
    fields = "$(REPO_URI) $(RELEASE) $(COMPONENT)"
    archives = run("apt-get", "indextargets", "--format", fields, "Created-By: Packages", "Origin: Debian", "Component: main")
    key = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
    with tempfile.TemporaryDirectory() as state:
        state = pathlib.Path(state)
        (state / "lists/partial").mkdir(parents=True)
        sources = state / "sources.list"
        sources.write_text("".join(f"deb-src {key} {archive}\n" for archive in archives.splitlines()))
        places = f"Etc::SourceList={sources}", "Etc::SourceParts=/dev/null", f"State::Lists={state}/lists", f"Cache={state}"
        apt = ["apt-get", "-q", "-oAPT::Sandbox::User=", *(f"-oDir::{place}" for place in places)]
        run(*apt, "update")
        run(*apt, "source", "--download-only", source, cwd=state)
        for archive in state.glob("*.orig.tar.*"):
            run("tar", "-xf", archive, "--strip-components=1", "-C", folder)
