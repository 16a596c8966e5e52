"""What the manual is made from: the contract's descriptors, comments and mapping options."""

import collections
import pathlib
import subprocess
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGE = "firstmile.v1"


class ManualError(Exception):
    """What the page needs and does not have."""


def descriptors(root):
    """The contract's files below an import root, and all that they import, with their comments."""
    files = sorted(path.relative_to(root).as_posix() for path in (root / "firstmile/v1").glob("*.proto"))
    with tempfile.TemporaryDirectory() as folder:
        written = pathlib.Path(folder) / "contract"
        flags = ["--include_imports", "--include_source_info", f"--descriptor_set_out={written}"]
        subprocess.run(["protoc", "-I", root, *flags, *files], check=True)
        return descriptor_pb2.FileDescriptorSet.FromString(written.read_bytes()).file


def comments_of(file):
    """The comment above each thing of a file, by its path of numbers, as a list of lines."""
    return {
        tuple(place.path): [line.removeprefix(" ") for line in place.leading_comments.rstrip().splitlines()]
        for place in file.source_code_info.location
        if place.leading_comments
    }


def number_of(message, field):
    return message.DESCRIPTOR.fields_by_name[field].number


class Options:
    """The mapping options of the annotated contract.

    They are read with a pool of their own: no generated code of options is needed, and none can be met.
    """

    def __init__(self, files):
        self._pool = descriptor_pool.DescriptorPool()
        for file in files:
            self._pool.Add(file)
        self._factory = message_factory.MessageFactory(self._pool)
        self._factory.GetMessages([file.name for file in files])

    def of(self, thing, extension):
        """An option of a descriptor of this pool, or None."""
        plain = thing.GetOptions()
        kind = self._factory.GetPrototype(self._pool.FindMessageTypeByName(plain.DESCRIPTOR.full_name))
        known, option = kind.FromString(plain.SerializeToString()), self._pool.FindExtensionByName(extension)
        return known.Extensions[option] if known.HasExtension(option) else None

    def method(self, service, name):
        return self._pool.FindServiceByName(service).methods_by_name[name]

    def message(self, name):
        return self._pool.FindMessageTypeByName(name)


def enum_name(message, field):
    """Name of the value that an enum field of a message has."""
    kind = message.DESCRIPTOR.fields_by_name[field].enum_type
    return kind.values_by_number[getattr(message, field)].name


class Contract:
    """What the contract says: descriptors and comments as published, options as annotated."""

    def __init__(self):
        self.messages, self.enums, self.services, self._comments = {}, {}, {}, {}
        for file in descriptors(ROOT / "proto"):
            if file.package == PACKAGE:
                self._read(file, self.messages, "message_type", "field")
                self._read(file, self.enums, "enum_type", "value")
                self._read(file, self.services, "service", "method")
        self.options = Options(descriptors(ROOT / "server/proto"))
        self.rpcs = {
            f"{service.name}/{rpc.name}": rpc for service in self.services.values() for rpc in service.method
        }
        self.titles = self._titles()
        self.title_of_message = {
            message: self.titles[name]
            for name, rpc in self.rpcs.items()
            for message in (rpc.input_type[1:], rpc.output_type[1:])
        }
        self.in_requests = self._reached(rpc.input_type[1:] for rpc in self.rpcs.values())

    def _titles(self):
        """What the section of each rpc is called: its name, with the service where two have an rpc of that name."""
        names = collections.Counter(rpc.name for rpc in self.rpcs.values())
        return {
            name: rpc.name if names[rpc.name] == 1 else f"{rpc.name} of {name.split('/')[0]}"
            for name, rpc in self.rpcs.items()
        }

    def _read(self, file, into, things, members):
        """Notes things of one kind by their full names, and what is said about them and their members."""
        comments = comments_of(file)
        for at, thing in enumerate(getattr(file, things)):
            name, path = f"{PACKAGE}.{thing.name}", (number_of(file, things), at)
            into[name] = thing
            self._comments[name] = comments.get(path)
            for member_at, member in enumerate(getattr(thing, members)):
                self._comments[f"{name}.{member.name}"] = comments.get((*path, number_of(thing, members), member_at))

    def comment(self, name):
        """What is said about a thing of the contract, line by line."""
        if not self._comments[name]:
            raise ManualError(f"{name} has no comment")
        return self._comments[name]

    def _reached(self, names):
        """The messages that these lead to, themselves included."""
        reached, waiting = set(), list(names)
        while waiting:
            name = waiting.pop()
            if name not in reached and name in self.messages:
                reached.add(name)
                waiting += [field.type_name[1:] for field in self.messages[name].field]
        return reached

    def upstream(self, service, rpc):
        """The REST call of a unary rpc and None, or that of a stream's source and the source's name."""
        method = self.options.method(f"{PACKAGE}.{service}", rpc)
        stream = self.options.of(method, "firstmile.mapping.upstream_stream")
        if stream:
            return self.upstream(service, stream.source)[0], stream.source
        return self.options.of(method, "firstmile.mapping.upstream"), None
