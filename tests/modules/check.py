"""Compares what the files under server/ include with what the CMakeLists.txt of their module names.

    check.py SERVER    prints what is wrong, one line each; exit code 1 if anything is
"""

import re
import sys

from cmake_files import Tree
from libraries import UnknownHeader, provider

INCLUDE = re.compile(r'(?m)^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]')
EMULATOR = {"emulator", "shopee-emulator"}
CONTRACT = {"firstmile_proto", "firstmile_grpc"}  # made from server/proto, below all modules
WITHOUT_HEADER = {"firstmile_warnings"}


def check(server):
    """Every problem found, as text that names the file to change."""
    return Check(server).run()


class Check:
    def __init__(self, server):
        self._tree = Tree(server)
        self._files = {target.name: self._files_of(target) for target in self._tree.targets.values()}
        self._problems = []

    def run(self):
        for target in self._tree.targets.values():
            used = self._used(target)
            self._compare(target, used)
            self._check_order(target, used)
            self._check_sources(target)
        return self._problems

    def _used(self, target):
        """dependency -> (PUBLIC or PRIVATE, the include that makes it so)."""
        used = {}
        for path in sorted(self._files[target.name], key=lambda path: path.suffix != ".h"):
            visibility = "PUBLIC" if path.suffix == ".h" and not target.is_program else "PRIVATE"
            for header in INCLUDE.findall(path.read_text()):
                name = self._provider(target, path, header)
                if name and name != target.name:
                    used.setdefault(name, (visibility, f'{self._short(path)} includes "{header}"'))
        return used

    def _files_of(self, target):
        """A program has its sources and their headers; a library has what else lies in its folder."""
        if target.is_program:
            return self._files_of_program(target)
        nested = [other.folder for other in self._tree.libraries() if target.folder in other.folder.parents]
        of_programs = [path for program in self._tree.programs() for path in self._files_of_program(program)]
        return [
            path
            for path in target.folder.rglob("*")
            if path.suffix in (".h", ".cc") and path not in of_programs and not any(f in path.parents for f in nested)
        ]

    def _files_of_program(self, program):
        sources = [program.folder / source for source in program.sources]
        return [path for source in sources for path in (source, source.with_suffix(".h")) if path.exists()]

    def _provider(self, target, path, header):
        """The library whose folder holds `header`, a path below server/, or the one from outside that brings it."""
        file = self._tree.server / header
        if file in self._files[target.name]:
            return target.name
        holders = [library for library in self._tree.libraries() if library.folder in file.parents]
        if file.exists() and holders:
            return max(holders, key=lambda library: len(library.folder.parts)).name
        try:
            return provider(header)
        except UnknownHeader:
            self._problem(path, f'includes "{header}", and libraries.py does not say which library brings it')
            return None

    def _compare(self, target, used):
        where = target.folder / "CMakeLists.txt"
        for name, (visibility, reason) in used.items():
            named = target.names.get(name)
            if named is None:
                self._problem(where, f"{target.name} does not name {name}, but {reason}")
            elif named != visibility:
                self._problem(where, f"{target.name} names {name} as {named} instead of {visibility}: {reason}")
        for name in target.names.keys() - used.keys() - WITHOUT_HEADER:
            self._problem(where, f"{target.name} names {name}, but no file of it includes a header of {name}")

    def _check_order(self, target, used):
        order = list(self._tree.targets)
        for name in used.keys() | (target.names.keys() & self._tree.targets.keys()):
            reason = used[name][1] if name in used else f"its CMakeLists.txt names {name}"
            ours = name in self._tree.targets or name in CONTRACT
            if ours and (name in EMULATOR) != (target.name in EMULATOR):
                self._problem(target.folder, f"the emulator and the modules share no code, but {reason}")
            elif name in order and order.index(name) >= order.index(target.name):
                self._problem(target.folder, f"{target.name} is below {name}, but {reason}")

    def _check_sources(self, target):
        for source in target.sources:
            if source.startswith(".."):
                self._problem(target.folder / "CMakeLists.txt", f"{target.name} compiles {source} of another folder")
        for path in self._files[target.name]:
            if path.suffix == ".cc" and path.relative_to(target.folder).as_posix() not in target.sources:
                self._problem(path, f"is no source of {target.name}")

    def _short(self, path):
        return path.relative_to(self._tree.server).as_posix()

    def _problem(self, path, text):
        self._problems.append(f"{self._short(path)}: {text}")


if __name__ == "__main__":
    problems = check(sys.argv[1])
    print("\n".join(problems))
    sys.exit(bool(problems))
