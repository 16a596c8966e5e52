"""Reads what the CMakeLists.txt files under server/ say: the modules in their order, their sources, what each names."""

import dataclasses
import pathlib
import re

VISIBILITIES = ("PUBLIC", "PRIVATE", "INTERFACE")
MODULE_PREFIX = "firstmile_"


@dataclasses.dataclass
class Target:
    """A library or program, and the folder that holds its files."""

    name: str
    folder: pathlib.Path
    sources: list[str] = dataclasses.field(default_factory=list)
    names: dict[str, str] = dataclasses.field(default_factory=dict)  # dependency -> PUBLIC or PRIVATE
    is_program: bool = False


def commands(text):
    """Yields (command, words). Lists in quotes and generator expressions are not read apart."""
    text = re.sub(r"#.*", "", text)
    for match in re.finditer(r"(?m)^\s*(\w+)\s*\(((?:[^()\"]|\"[^\"]*\"|\([^()]*\))*)\)", text):
        yield match[1].lower(), match[2].split()


class Tree:
    """All targets below server/CMakeLists.txt, in the order in which CMake meets them."""

    def __init__(self, server):
        self.server = pathlib.Path(server)
        self.targets = {}
        self._read(self.server)

    def libraries(self):
        return [target for target in self.targets.values() if not target.is_program]

    def programs(self):
        return [target for target in self.targets.values() if target.is_program]

    def _read(self, folder):
        items = []
        for command, words in commands((folder / "CMakeLists.txt").read_text()):
            if command == "foreach":
                items = words[words.index("ITEMS") + 1 :]
            elif command == "add_subdirectory":
                for name in items if words[0].startswith("${") else words[:1]:
                    self._read(folder / name)
            elif command == "firstmile_module" and "${" not in words[0]:
                self._add_module(folder, words)
            elif command in ("add_library", "add_executable") and "${" not in words[0]:
                target = self._target(folder, words[0])
                target.is_program = command == "add_executable"
                target.sources += [word for word in words[1:] if "." in word]
            elif command == "target_sources" and words[0] in self.targets:
                self.targets[words[0]].sources += words[2:]
            elif command == "target_link_libraries" and words[0] in self.targets:
                self._link(self.targets[words[0]], words[1:])

    def _target(self, folder, name):
        return self.targets.setdefault(name, Target(name, folder))

    def _add_module(self, folder, words):
        target = self._target(folder, MODULE_PREFIX + words[0])
        keyword = ""
        for word in words[1:]:
            if word in ("GRPC", "SOURCES", *VISIBILITIES):
                keyword = word
            elif keyword == "SOURCES":
                target.sources.append(word)
            elif keyword in VISIBILITIES:
                target.names[word] = keyword

    def _link(self, target, words):
        visibility = "PUBLIC"
        for word in words:
            if word in VISIBILITIES:
                visibility = word
            else:
                target.names[word] = visibility
