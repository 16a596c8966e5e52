"""C++: stubs of Debian's protoc; an installed CMake package."""

import os
import shutil

from common import EXAMPLES, PACKAGES, TOOLS, Missing, fresh, run, tool

SOURCES = PACKAGES / "cpp"
EXAMPLE = EXAMPLES / "cpp"
SETUP = "./dev setup installs it"
COMPILERS = ("c++", "g++", "clang++", "clang++-19", "clang++-22")  # any of them fits Debian's gRPC


def stubs(contract, folder):
    plugin = tool("grpc_cpp_plugin", SETUP)
    protoc = [tool("protoc", SETUP), "-I", contract.root]
    run(*protoc, f"--cpp_out={folder}", *contract.protos)
    run(*protoc, f"--grpc_out={folder}", f"--plugin=protoc-gen-grpc={plugin}", *contract.services)


def package(contract, folder):
    """Builds in a folder that stays, so that only what changed is compiled again."""
    project, wanted = TOOLS / "cpp/project", fresh(TOOLS / "cpp/wanted")
    shutil.copytree(SOURCES, wanted, dirs_exist_ok=True)
    lists = wanted / "CMakeLists.txt"
    lists.write_text(lists.read_text().replace("@VERSION@", contract.version))
    generated = wanted / "generated"
    generated.mkdir()
    stubs(contract, generated)
    _copy_changed(wanted, project)
    build(project, TOOLS / "cpp/build")
    run("cmake", "--install", TOOLS / "cpp/build", "--prefix", folder)
    return folder


def example(contract, package, folder):
    shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True)
    build(folder, folder / "build", f"-DCMAKE_PREFIX_PATH={package}")
    return [folder / "build/pickup_story"]


def build(project, build, *options):
    tool("ninja", SETUP)
    configure = [tool("cmake", SETUP), "-S", project, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"]
    configure.append(f"-DCMAKE_CXX_COMPILER={_compiler()}")
    if shutil.which("ccache"):
        configure.append("-DCMAKE_CXX_COMPILER_LAUNCHER=ccache")
    run(*configure, *options)
    run("cmake", "--build", build, "--parallel", "2")


def _compiler():
    for name in (os.environ.get("CXX"), *COMPILERS):
        if name and shutil.which(name):
            return shutil.which(name)
    raise Missing("there is no C++ compiler: ./dev setup installs Clang")


def _copy_changed(source, target):
    """Makes the target what the source is; a file that is the same keeps its time."""
    wanted = {file.relative_to(source) for file in source.rglob("*") if file.is_file()}
    there = {file.relative_to(target) for file in target.rglob("*") if file.is_file()}
    for file in there - wanted:
        (target / file).unlink()
    for file in wanted:
        content = (source / file).read_bytes()
        if file not in there or (target / file).read_bytes() != content:
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            (target / file).write_bytes(content)
