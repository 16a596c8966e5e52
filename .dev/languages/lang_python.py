"""Python: stubs of Debian's protoc; a typed wheel of grpcio-tools."""

import shutil
import sys

from common import BUILT, EXAMPLES, PACKAGES, Missing, filled_once, fresh, run, tool

SOURCES = PACKAGES / "python"
EXAMPLE = EXAMPLES / "python"
BUILD_TOOLS = ("grpcio-tools==1.76.0", "mypy-protobuf==3.7.0", "hatchling==1.27.0", "setuptools==80.9.0")


def stubs(contract, folder):
    """Stubs that run on Debian's own grpcio too, which is older than the wheel's."""
    protoc = tool("protoc", "./dev setup installs it")
    plugin = tool("grpc_python_plugin", "./dev setup installs it")
    run(protoc, "-I", contract.root, f"--python_out={folder}", *contract.protos)
    run(
        protoc,
        "-I",
        contract.root,
        f"--grpc_python_out={folder}",
        f"--plugin=protoc-gen-grpc_python={plugin}",
        *contract.services,
    )


def package(contract, folder):
    tools = build_tools()
    project = fresh(BUILT.parent / "python-wheel")
    shutil.copytree(SOURCES, project, dirs_exist_ok=True)
    manifest = project / "pyproject.toml"
    manifest.write_text(manifest.read_text().replace("@VERSION@", contract.version))
    generate(contract, project, tools)
    for old in folder.glob("*.whl"):
        old.unlink()
    run(*pip_of(tools), "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, project)
    return next(folder.glob("*.whl"))


def example(contract, package, folder):
    """A virtual environment with the wheel and the pinned runtime, beside the programs."""
    requirements = EXAMPLE / "requirements.txt"
    pip = pip_of(build_tools())
    wheels = runtime_wheels(requirements, pip)
    python = folder / ".venv/bin/python"
    _make_environment(folder / ".venv", "--without-pip")
    shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True)
    install = [*pip, "--python", python, "install", "--quiet", "--no-compile", "--no-index", "--find-links", wheels]
    run(*install, "-r", requirements, package)
    return [python, folder / "pickup_story.py"]


def generate(contract, folder, tools):
    plugin = tools / "bin/protoc-gen-mypy_grpc"
    protoc = [tools / "bin/python", "-m", "grpc_tools.protoc", "-I", contract.root]
    run(*protoc, f"--python_out={folder}", f"--pyi_out={folder}", *contract.protos)
    run(
        *protoc,
        f"--plugin=protoc-gen-mypy_grpc={plugin}",
        f"--grpc_python_out={folder}",
        f"--mypy_grpc_out=quiet:{folder}",
        *contract.services,
    )


def build_tools():
    with filled_once("python", *BUILD_TOOLS, sys.version) as (folder, empty):
        environment = folder / "build_tools"
        if empty:
            _make_environment(environment)
            run(*pip_of(environment), "install", "--quiet", *BUILD_TOOLS)
    return environment


def runtime_wheels(requirements, pip):
    with filled_once("python-runtime", requirements.read_text(), sys.version) as (folder, empty):
        if empty:
            run(*pip, "download", "--quiet", "--only-binary", ":all:", "--dest", folder, "-r", requirements)
    return folder


def _make_environment(folder, *flags):
    if sys.version_info < (3, 11):
        raise Missing(f"Python {sys.version.split()[0]} is too old: run ./dev with Python 3.11 or newer")
    run(sys.executable, "-m", "venv", "--clear", *flags, folder)


def pip_of(environment):
    return [environment / "bin/python", "-m", "pip", "--disable-pip-version-check"]
