"""The operations of tests/contract/documented_fields.txt: what Shopee documents about each."""

import dataclasses

from harness import ROOT

TABLE = ROOT / "tests/contract/documented_fields.txt"


@dataclasses.dataclass(frozen=True)
class Field:
    """A parameter of a request or a member of an answer, such as response.order_list[].order_sn."""

    path: str
    type: str

    @property
    def name(self):
        return self.path.rpartition(".")[2]


@dataclasses.dataclass
class Operation:
    rpc: str
    verb: str
    path: str
    asked: list = dataclasses.field(default_factory=list)
    answered: list = dataclasses.field(default_factory=list)


def operations():
    """All operations, in the order of the table."""
    found = []
    for line in TABLE.read_text().splitlines():
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if words[0] == "ask":
            found[-1].asked.append(Field(*words[1:]))
        elif words[0] == "answer":
            found[-1].answered.append(Field(*words[1:]))
        else:
            found.append(Operation(*words))
    return found


@dataclasses.dataclass
class Node:
    """A field with the members of its object, or of its list's objects."""

    field: Field
    members: dict = dataclasses.field(default_factory=dict)
    is_list: bool = False


def tree(fields):
    """The fields as nested nodes by name; a list is one by its type, or by the paths of its members."""
    root = Node(Field("", "object"))
    for field in fields:
        *parents, name = field.path.split(".")
        node = root
        for parent in parents:
            node = node.members[parent.removesuffix("[]")]
            node.is_list |= parent.endswith("[]")
        node.members[name] = Node(field, is_list=field.type.endswith("[]"))
    return root
