#!/usr/bin/env python3
"""Writes the reference of the configuration, server/docs/configuration.md, from the comments of config.proto.

config_page.py [--check]

config_page_head.md is the head of the page. With --check it writes nothing and ends with 1 when the page is stale.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap

from google.protobuf import descriptor_pb2

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "server/proto"
FILE = "firstmile/config/v1/config.proto"
HEAD = ROOT / ".dev/config_page_head.md"
PAGE = ROOT / "server/docs/configuration.md"
WIDTH = 120
UNITS = {"_ms": "milliseconds", "_s": "seconds", "_bytes": "bytes", "_mib": "MiB"}
TYPES = {
    descriptor_pb2.FieldDescriptorProto.TYPE_STRING: "text",
    descriptor_pb2.FieldDescriptorProto.TYPE_BOOL: "true or false",
    descriptor_pb2.FieldDescriptorProto.TYPE_INT32: "whole number",
    descriptor_pb2.FieldDescriptorProto.TYPE_INT64: "whole number",
}
FIELD, NESTED_FIELD, ENUM_VALUE = 2, 2, 2  # numbers of the members in a path of SourceCodeInfo
MESSAGE, ENUM = 4, 5


class PageError(Exception):
    """Something that the page cannot show."""


def schema():
    with tempfile.NamedTemporaryFile() as out:
        command = ["protoc", f"-I{SOURCE}", "--include_source_info", f"--descriptor_set_out={out.name}", FILE]
        subprocess.run(command, check=True)
        return descriptor_pb2.FileDescriptorSet.FromString(out.read()).file[0]


class Schema:
    def __init__(self, file):
        self.messages = {message.name: (index, message) for index, message in enumerate(file.message_type)}
        self.enums = {enum.name: (index, enum) for index, enum in enumerate(file.enum_type)}
        self._comments = {tuple(place.path): place.leading_comments for place in file.source_code_info.location}

    def comment(self, *path):
        """Paragraphs of the comment, each on one line."""
        text = self._comments.get(path, "")
        if not text.strip():
            raise PageError(f"{path}: no comment")
        return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def type_of(field):
    short = field.type_name.split(".")[-1]
    if field.type == field.TYPE_MESSAGE:
        text = f"[{short}](#{short.lower()})"
    elif field.type == field.TYPE_ENUM:
        text = f"one of [{short}](#{short.lower()})"
    else:
        text = TYPES[field.type]
        unit = next((unit for end, unit in UNITS.items() if field.name.endswith(end)), None)
        text += f" of {unit}" if unit and text == "whole number" else ""
    return f"{text}, repeated" if field.label == field.LABEL_REPEATED else text


def escaped(text):
    return text.replace("|", "\\|").replace("<", "&lt;")


def wrapped(text, **options):
    return textwrap.fill(escaped(text), WIDTH, break_long_words=False, break_on_hyphens=False, **options)


def item(name, kind, paragraphs):
    head = f"- **`{name}`** ({kind}): " if kind else f"- **`{name}`**: "
    first = wrapped(head.replace("<", "&lt;") + paragraphs[0], subsequent_indent="  ")
    rest = [wrapped(text, initial_indent="  ", subsequent_indent="  ") for text in paragraphs[1:]]
    return "\n\n".join([first, *rest])


def message_section(contents, name, path):
    index, message = contents.messages[name]
    title = f"## {name}" + (f"\n`{path}`" if path else "")
    parts = [title, *(wrapped(text) for text in contents.comment(MESSAGE, index))]
    parts.append("\n".join(
        item(field.name, type_of(field), contents.comment(MESSAGE, index, FIELD, at))
        for at, field in enumerate(message.field)
    ))
    return "\n\n".join(parts)


def enum_section(contents, name):
    index, enum = contents.enums[name]
    values = "\n".join(
        item(value.name, "", contents.comment(ENUM, index, ENUM_VALUE, at)) for at, value in enumerate(enum.value)
    )
    return "\n\n".join([f"## {name}", *(wrapped(text) for text in contents.comment(ENUM, index)), values])


def sections(contents, name="ServerConfig", path=""):
    """Depth first, in the order of the file."""
    yield message_section(contents, name, path)
    for field in contents.messages[name][1].field:
        below = f"{path}.{field.name}".lstrip(".")
        short = field.type_name.split(".")[-1]
        if field.type == field.TYPE_MESSAGE:
            yield from sections(contents, short, below)
        elif field.type == field.TYPE_ENUM:
            yield enum_section(contents, short)


def page():
    return "\n\n".join([HEAD.read_text().rstrip(), *sections(Schema(schema()))]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; say whether the page is stale")
    flags = parser.parse_args()
    text = page()
    if PAGE.exists() and PAGE.read_text() == text:
        return 0
    if not flags.check:
        PAGE.write_text(text)
    print(f"{PAGE}: {'stale, run ./dev contract' if flags.check else 'written'}")
    return 1 if flags.check else 0


if __name__ == "__main__":
    sys.exit(main())
