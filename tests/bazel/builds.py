"""What the two builds make: the sources of each target, and which targets are programs or tests."""

import ast
import dataclasses
import json
import pathlib
import re

CONTRACT = "server/proto/"  # both builds take every .proto below it
PRECOMPILED = "firstmile_precompiled_"  # headers


@dataclasses.dataclass
class Build:
    """sources: target -> paths below the project. programs: the names of those that are no tests."""

    sources: dict[str, set[str]]
    programs: set[str]
    tests: set[str]
    version: str


def cmake_build(project, folder):
    """Reads what CMake wrote into `folder`; without what only CMake builds."""
    project, folder = pathlib.Path(project), pathlib.Path(folder)
    not_built = [f"tests/{name}/" for name in tables(project / "bazel_alt/tests.bzl")["NOT_BUILT"]]
    sources = {}
    for entry in json.loads((folder / "compile_commands.json").read_text()):
        home, target = re.search(r" -o (\S+/)CMakeFiles/([^/]+)\.dir/", entry["command"]).groups()
        if not home.startswith((CONTRACT, *not_built)) and not target.startswith(PRECOMPILED):
            sources.setdefault(target, set()).update(_source(project, folder, pathlib.Path(entry["file"])))
    linked = re.findall(r"(?m)^build (\S+)[^:\n]*: CXX_EXECUTABLE_LINKER__", (folder / "build.ninja").read_text())
    linked = [path for path in linked if not path.startswith(tuple(not_built))]
    tests = {path.rpartition("/")[2] for path in linked if path.startswith("tests/")}
    programs = {path.rpartition("/")[2] for path in linked} - tests
    version = re.search(r"project\(firstmile VERSION (\S+)", (project / "CMakeLists.txt").read_text())[1]
    return Build(sources, programs, tests, version)


def _source(project, folder, path):
    """The path below the project, or the .proto that it is made from; nothing for what else the build writes."""
    if folder not in path.parents:
        return {path.resolve().relative_to(project).as_posix()}
    made = re.fullmatch(r"(tests/)\w+/(.+)\.pb\.cc", path.relative_to(folder).as_posix())
    return {f"{made[1]}{made[2]}.proto"} if made else set()


def tables(path):
    """The literals of a .bzl file: name -> value."""
    assigned = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.Assign)]
    return {node.targets[0].id: ast.literal_eval(node.value) for node in assigned}


def bazel_build(project):
    """Takes the tables as bazel_alt/build.bzl does."""
    project = pathlib.Path(project)
    said = tables(project / "bazel_alt/modules.bzl") | tables(project / "bazel_alt/tests.bzl")
    sources = {name: set(program["srcs"]) for name, program in said["PROGRAMS"].items()}
    of_programs = set().union(*sources.values())
    for name, module in said["MODULES"].items():
        inner = [m["folder"] for m in said["MODULES"].values() if m["folder"].startswith(module["folder"] + "/")]
        found = _below(project, f"server/{module['folder']}", "**/*.cc") - of_programs
        sources[name] = {path for path in found if not path.startswith(tuple(f"server/{i}/" for i in inner))}
    sources |= {name: set(protos) for name, protos in said["CASES"].items()}
    sources |= {name: set(library["srcs"]) for name, library in said["SUPPORT"].items()}
    for name, test in said["TESTS"].items():
        sources[name] = _of_test(project, test, said["TESTS"]) | set(test.get("more", []))
    version = re.search(r'version = "(.+)"', (project / "bazel_alt/MODULE.bazel").read_text())[1]
    return Build(sources, set(said["PROGRAMS"]), set(said["TESTS"]), version)


def _of_test(project, test, tests):
    folder = f"tests/{test['folder']}"
    if "srcs" in test:
        return {f"{folder}/{source}" for source in test["srcs"]}
    others = [other for other in tests.values() if other["folder"] == test["folder"]]
    return _below(project, folder, "*.cc") - {f"{folder}/{s}" for other in others for s in other.get("srcs", [])}


def _below(project, folder, pattern):
    return {path.relative_to(project).as_posix() for path in (project / folder).glob(pattern)}
