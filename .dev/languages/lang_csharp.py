"""C#: stubs alone. .NET and NuGet are not on the machines of this project, so nothing here compiles them."""

import collections
import dataclasses
import itertools
import re

from common import Missing, debian_packages, debian_source, filled_once, run, tool

NO_DOTNET = "C# is not built here: the .NET SDK and NuGet are not to be had; ./dev stubs csharp writes the stubs"

NOT_CODE = re.compile(r'//[^\n]*|^\s*#[^\n]*|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'', re.MULTILINE)
TOKEN = re.compile(r"\w+|=>|::|\S")
TYPES = {"class", "struct", "interface", "enum"}
MODIFIERS = {
    *("public", "protected", "internal", "private", "static", "readonly", "const", "sealed", "abstract", "virtual"),
    *("override", "partial", "new", "ref", "extern", "unsafe"),
}
CLOSING = {"{": "}", "(": ")", "[": "]"}


def stubs(contract, folder):
    """Both generators write in one run: protoc then refuses two files of one name."""
    protoc = tool("protoc", "./dev setup installs it")
    plugin = f"--plugin=protoc-gen-grpc={_grpc_plugin()}"
    run(protoc, "-I", contract.root, f"--csharp_out={folder}", f"--grpc_out={folder}", plugin, *contract.protos)
    check_names(folder)


def package(contract, folder):
    raise Missing(NO_DOTNET)


def example(contract, package, folder):
    raise Missing(NO_DOTNET)


def _grpc_plugin():
    """Debian leaves this one plugin out, but its library has all of it except the main function."""
    debian_packages("libgrpc-dev", "libprotoc-dev")
    source = debian_source("libgrpc-dev")
    with filled_once("csharp", run("dpkg-query", "-W", "-f", "${Version} ", "libgrpc-dev", "libprotoc-dev")) as (folder, empty):
        plugin = folder / "grpc_csharp_plugin"
        if empty:
            main = source / "src/compiler/csharp_plugin.cc"
            compiler = tool("g++", "apt-get install g++")
            run(compiler, "-std=c++17", "-I", source, main, "-lgrpc_plugin_support", "-lprotoc", "-lprotobuf", "-o", plugin)
    return plugin


def check_names(folder):
    """Raises a ValueError that lists what a C# compiler would refuse in the names of generated sources.

    No member has the name of its type (CS0542), no type has two members of a name other than overloads (CS0102), no
    two files declare the same type, and no two names of files differ in case alone.
    """
    faults, files, owners = [], {}, {}
    for file in sorted(folder.rglob("*.cs")):
        twin = files.setdefault(str(file.relative_to(folder)).lower(), file)
        if twin != file:
            faults.append(f"{file.name} and {twin.name} are one file where case does not count")
        types = _types(file.read_text())
        faults += [f"{file.name}: {fault}" for fault in _faults(types)]
        for name in types:
            owner = owners.setdefault(name, file)
            if owner != file:
                faults.append(f"{file.name} and {owner.name} both declare {name}")
    if faults or not files:
        raise ValueError("\n".join(faults) or f"no C# sources in {folder}")


@dataclasses.dataclass
class Members:
    """The names that a type declares, and how often those that cannot be overloaded."""

    names: set = dataclasses.field(default_factory=set)
    fixed: collections.Counter = dataclasses.field(default_factory=collections.Counter)

    def add(self, name, overloaded=False):
        self.names.add(name)
        if not overloaded:
            self.fixed[name] += 1


def _faults(types):
    for name, members in types.items():
        if name.rpartition(".")[2] in members.names:
            yield f"{name} has a member of its own name"
        yield from (f"{name} has two members {twice}" for twice, count in members.fixed.items() if count > 1)


def _types(text):
    """The members of each class, struct and interface by its full name; an enum has none, its values may have its name."""
    tokens = TOKEN.findall(NOT_CODE.sub(" ", text))
    types = {}
    _read_scope(tokens, 0, "", None, types)
    return types


def _read_scope(tokens, at, scope, members, types):
    """Reads the declarations of a namespace, whose members are None, or of a type; returns where the scope ends."""
    head = []
    while at < len(tokens) and tokens[at] != "}":
        token = tokens[at]
        if token == ";":
            _add_member(head, members)
            head = []
        elif token == "[" and not head:
            at = _end_of(tokens, at)  # an attribute
        elif token == "{":
            at = _read_block(tokens, at, head, scope, members, types)
            head = head if "=" in head else []
        else:
            head.append(token)
            at = _end_of(tokens, at) if token in CLOSING else at
        at += 1
    return at


def _read_block(tokens, at, head, scope, members, types):
    """Reads what stands in braces after a head: a namespace, a type, the body of a member or a part of its value."""
    kind = next((word for word in head if word in TYPES), None)
    if head[:1] == ["namespace"]:
        return _read_scope(tokens, at + 1, "".join(head[1:]), None, types)
    if kind:
        name = head[head.index(kind) + 1]
        if members:
            members.add(name)
        inner = types.setdefault(f"{scope}.{name}", Members())
        if kind != "enum":
            return _read_scope(tokens, at + 1, f"{scope}.{name}", inner, types)
    elif "=" not in head:
        _add_member(head, members)
    return _end_of(tokens, at)


def _add_member(head, members):
    """Adds the member that begins so; a constructor, or what implements a named interface, declares no name."""
    end = next((index for index, token in enumerate(head) if token in {"(", "=", "=>"}), len(head))
    overloaded = head[end : end + 1] == ["("]
    words = [token for token in _without_type_parameters(head[:end]) if token not in MODIFIERS]
    constructor = overloaded and len(words) == 1
    if members is not None and words and not constructor and words[-2:-1] != ["."]:
        members.add(words[-1], overloaded)


def _without_type_parameters(words):
    """Of `void Read<T>`, `void Read`."""
    if words[-1:] != [">"]:
        return words
    depths = itertools.accumulate({">": 1, "<": -1}.get(word, 0) for word in reversed(words))
    return words[: len(words) - 1 - list(depths).index(0)]


def _end_of(tokens, at):
    """Where the bracket at this place is closed."""
    depths = itertools.accumulate((token == tokens[at]) - (token == CLOSING[tokens[at]]) for token in itertools.islice(tokens, at, None))
    return at + next(index for index, depth in enumerate(depths) if depth == 0)
