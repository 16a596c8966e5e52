"""Go: protoc-gen-go and protoc-gen-go-grpc; a module folder for a replace directive."""

import functools
import os
import re
import shutil
import subprocess

from common import EXAMPLES, PACKAGES, ROOT, TOOLS, Missing, filled_once, run, tool

SOURCES = PACKAGES / "go"
EXAMPLE = EXAMPLES / "go"
OLDEST_GO = "1.23"
MODULE = "firstmile.dev/go"  # the name in our sources
PLUGINS = (
    "google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.12",
    "google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.5.1",  # newer ones ask for a newer Go
)


def stubs(contract, folder):
    protoc = tool("protoc", "./dev setup installs it")
    plugins = filled_tools() / "bin"
    command = [protoc, "-I", contract.root]
    for name in ("go", "go-grpc"):
        command += [f"--plugin=protoc-gen-{name}={plugins}/protoc-gen-{name}"]
        command += [f"--{name}_out={folder}", f"--{name}_opt=module={contract.names['go_module']}"]
    run(*command, *contract.protos)


def package(contract, folder):
    shutil.rmtree(folder / "firstmile", ignore_errors=True)
    _copy_renamed(SOURCES, folder, contract)
    stubs(contract, folder)
    go("vet", "./...", cwd=folder)
    return folder


def example(contract, package, folder):
    filled_tools()
    _copy_renamed(EXAMPLE, folder, contract)
    go("mod", "edit", f"-replace={contract.names['go_module']}={package}", cwd=folder)
    go("build", "-o", "pickup_story", ".", cwd=folder)
    go("build", "-o", "shipping_story", "./shipping", cwd=folder)
    return [folder / "pickup_story"]


def _copy_renamed(source, folder, contract):
    """Copies a module, with the module of the contract under the name that it shall have."""
    shutil.copytree(source, folder, dirs_exist_ok=True)
    for pattern in ("go.mod", "*.md", "**/*.go"):
        for file in source.glob(pattern):
            copied = folder / file.relative_to(source)
            copied.write_text(copied.read_text().replace(MODULE, contract.names["go_module"]))


def filled_tools():
    """The plugins, and the modules that the package and the example need."""
    manifests = [folder / name for folder in (SOURCES, EXAMPLE) for name in ("go.mod", "go.sum")]
    with filled_once("go", *PLUGINS, *(manifest.read_text() for manifest in manifests)) as (folder, empty):
        if empty:
            for plugin in PLUGINS:
                go("install", plugin, online=True)
            modules = folder / "modules"
            shutil.copytree(SOURCES, modules)
            go("mod", "download", *_required(modules / "go.mod"), cwd=modules, online=True)
    return folder


def _required(manifest):
    """The modules that a build needs; `go mod download` alone fetches those of others' tests too."""
    return re.findall(r"^\t(\S+) v", manifest.read_text(), re.MULTILINE)


def go(*arguments, online=False, **options):
    """Runs the go command with caches of its own, and without the network unless it is asked for."""
    home = TOOLS / "go"
    environment = os.environ | {
        "CGO_ENABLED": "0",
        "GOBIN": str(home / "bin"),
        "GOCACHE": str(home / "build"),
        "GOFLAGS": "-modcacherw",
        "GOPATH": str(home),
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }
    environment.pop("GOROOT", None)
    if not online:
        environment["GOPROXY"] = "off"
    return run(program(), *arguments, env=environment, **options)


@functools.cache
def program():
    """The newest Go of the PATH, or one that is fetched where all are too old."""
    script = f"source .dev/common.sh && source .dev/setup.sh && go_since {OLDEST_GO}"
    found = subprocess.run(
        ["bash", "-euc", script], cwd=ROOT, env=os.environ | {"ROOT": str(ROOT)}, stdout=subprocess.PIPE, text=True
    )
    if found.returncode != 0:
        raise Missing(f"Go {OLDEST_GO} or newer is not here and cannot be fetched: install it from go.dev/dl")
    return found.stdout.strip()
