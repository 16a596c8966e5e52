#!/usr/bin/env python3
"""Writes the manual of the contract, proto/API.md.

manual.py [--check]

Texts and fields come from the published files in proto/. REST calls, required fields and limits come from the
options in server/proto. manual_head.md is the head of the page. manual_examples.json has a line to try for each
rpc, and its order within a service is that of the page. With --check it writes nothing and ends with 1 when the
page is stale.
"""

import argparse
import collections
import json
import re
import sys
import textwrap

from google.protobuf import descriptor_pb2

from manual_contract import PACKAGE, ROOT, Contract, ManualError, enum_name
from manual_limits import limits
from manual_reasons import KINDS, REASONS, Reasons

PAGE = ROOT / "proto/API.md"
HEAD = ROOT / ".dev/manual_head.md"
EXAMPLES = ROOT / ".dev/manual_examples.json"
SERVICES = (
    "AuthService",
    "FlowService",
    "FirstMileService",
    "LogisticsService",
    "OrderService",
    "MerchantService",
    "ShopService",
    "AccountHealthService",
    "PlatformPushService",
    "DiagnosticsService",
)
CONTENTS = "<!-- contents -->"
TARGET = "127.0.0.1:50051"
WIDTH = 120
SHOPEE_API = re.compile(r"\s*\(Shopee\s+API\s+([a-z_.]+)\)")
REASON = re.compile(r"([A-Z_]+(?: or [A-Z_]+)*): (.*)")
EXAMPLE_KEYS = {"data", "before", "after", "options", "ends_with", "note", "endpoint", "effect"}

UPSTREAM_EFFECTS = {
    "EFFECT_READ": "read, repeated after failures that may pass",
    "EFFECT_IDEMPOTENT_WRITE": "write, repeated after failures that may pass",
    "EFFECT_WRITE": "write, repeated only when Shopee says that it did nothing",
}


def anchor(name):
    return f"#{name.lower().replace(' ', '-')}"


def link(name):
    return f"[{name}]({anchor(name)})"


def escaped(text):
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")


def joined(lines):
    """A comment as one line, for the cell of a table."""
    return escaped(" ".join(" ".join(lines).split()))


def wrapped(text, indent=""):
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def prose(lines):
    """A comment as Markdown; lines that it sets off by spaces stay as they are, in a block of code."""
    parts, code = [[]], False
    for line in lines:
        if line.startswith("  ") != code or not line.strip():
            code = line.startswith("  ")
            parts.append([])
        if line.strip():
            parts[-1].append(line)
    blocks = []
    for part in parts:
        if part and part[0].startswith("  "):
            blocks.append("\n".join(["```", *(line.removeprefix("  ") for line in part), "```"]))
        elif part:
            blocks.append(wrapped(joined(part)))
    return "\n\n".join(blocks)


def table(head, rows):
    lines = ["|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|" for cells in (head, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def enumerated(texts):
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))


def section(title, *parts):
    """A heading with its blocks; an empty block is left out."""
    return "\n\n".join(part for part in (title, *parts) if part)


class Page:
    """The manual as Markdown."""

    def __init__(self, contract, examples):
        self._contract, self._examples = contract, examples
        self._reasons_of = Reasons(contract)

    def text(self):
        head = HEAD.read_text().strip()
        if CONTENTS not in head:
            raise ManualError(f"{HEAD.name} has no place for the contents: {CONTENTS}")
        parts = [
            head.replace(CONTENTS, self._contents()),
            *map(self._service, SERVICES),
            section("## Messages", *map(self._message, self._own_messages())),
            section("## Enums", *(self._enum(name) for name in sorted(self._contract.enums) if name != REASONS)),
            self._reasons(),
        ]
        return "\n\n".join(parts) + "\n"

    def _rpcs(self, service):
        return [name.split("/")[1] for name in self._examples if name.startswith(f"{service}/")]

    def _own_messages(self):
        """Messages that are no rpc's request or answer: those stand with their rpc."""
        return sorted(name for name in self._contract.messages if name not in self._contract.title_of_message)

    def _contents(self):
        lines = ["- [What holds for all calls](#what-holds-for-all-calls)"]
        for service in SERVICES:
            rpcs = ", ".join(link(self._contract.titles[f"{service}/{rpc}"]) for rpc in self._rpcs(service))
            lines.append(wrapped(f"- {link(service)}: {rpcs}", indent="  "))
        return "\n".join([*lines, "- " + ", ".join(map(link, ("Messages", "Enums", "ErrorReason")))])

    def _service(self, service):
        rpcs = [self._rpc(service, name) for name in self._rpcs(service)]
        return section(f"## {service}", prose(self._contract.comment(f"{PACKAGE}.{service}")), *rpcs)

    def _rpc(self, service, name):
        rpc = self._contract.rpcs[f"{service}/{name}"]
        example = self._examples[f"{service}/{name}"]
        return section(
            f"### {self._contract.titles[f'{service}/{name}']}",
            prose(self._contract.comment(f"{PACKAGE}.{service}.{name}")),
            self._facts(service, rpc, example),
            wrapped(self._how_to_try(example)),
            f"```console\n{command(service, name, example)}\n```",
            self._side("Request", rpc.input_type[1:]),
            self._side("Each message" if rpc.server_streaming else "Answer", rpc.output_type[1:]),
            self._failures(f"{service}/{name}"),
        )

    def _failures(self, rpc):
        """The reasons with which a call may fail."""
        own = [
            f"`{name}`" + (f" ({', '.join(f'`{code}`' for code in codes)})" if codes else "")
            for name, codes in self._reasons_of.own(rpc).items()
        ]
        kinds = f"[{enumerated(self._reasons_of.kinds(rpc))}](#reasons-by-kind-of-call)"
        return wrapped(f"**Reasons** {', '.join(own)}, besides those of {kinds}." if own else f"**Reasons** those of {kinds}.")

    def _facts(self, service, rpc, example):
        """Kind of the rpc, its effect, and the REST call behind it."""
        call, source = self._contract.upstream(service, rpc.name)
        facts = ["server streaming" if rpc.server_streaming else "unary", self._effect(rpc, call, example)]
        endpoint = example.get("endpoint")
        if call:
            verb = call.WhichOneof("endpoint")
            endpoint = f"{verb.upper()} {getattr(call, verb)}"
        if endpoint:
            facts.append(f"`{endpoint}`{self._shopee_api(rpc)}")
        if call:
            facts.append(f"{call.timeout_ms / 1000:g} s for one attempt at most")
        if source:
            facts.append(f"pages of {link(source)}" if call.paging else f"file of {link(source)}")
        return "; ".join(facts) + "."

    def _effect(self, rpc, call, example):
        if call:
            return UPSTREAM_EFFECTS[enum_name(call, "effect")]
        if rpc.options.idempotency_level == descriptor_pb2.MethodOptions.NO_SIDE_EFFECTS:
            return "read, answered by the sidecar alone"
        if "effect" not in example:
            raise ManualError(f"{rpc.name}: manual_examples.json does not say what it changes (effect)")
        return example["effect"]

    def _shopee_api(self, rpc):
        found = SHOPEE_API.search(joined(self._contract.comment(rpc.input_type[1:])))
        return f" (Shopee API {found[1]})" if found else ""

    def _how_to_try(self, example):
        first = f"Run the line of {link(self._contract.titles[example['after']])} first." if "after" in example else ""
        return " ".join(filter(None, [example.get("note", ""), first]))

    def _side(self, title, name):
        """The request or the answer of an rpc."""
        about = SHOPEE_API.sub("", joined(self._contract.comment(name)))
        head = wrapped(f"**{title}** `{name.rpartition('.')[2]}`: {about}")
        return section(head, self._fields(name) or "It has no fields.")

    def _message(self, name):
        return section(f"### {name.rpartition('.')[2]}", prose(self._contract.comment(name)), self._fields(name))

    def _fields(self, name):
        message = self._contract.messages[name]
        limited = name in self._contract.in_requests
        rows = []
        for field in message.field:
            limits = [self._limits(name, field)] if limited else []
            text = joined(self._contract.comment(f"{name}.{field.name}"))
            if limited:
                text = text.removeprefix("Required. ")  # the limits say so
            if not limited and self._oneof(message, field):
                text = f"One of `{self._oneof(message, field)}`. {text}"
            rows.append([f"`{field.name}`", self._type(message, field), *limits, text])
        head = ["field", "type", *(["limits"] if limited else []), "meaning"]
        return table(head, rows) if rows else ""

    @staticmethod
    def _oneof(message, field):
        """Name of the oneof that a field is a member of; presence alone makes none."""
        if not field.HasField("oneof_index") or field.proto3_optional:
            return ""
        return message.oneof_decl[field.oneof_index].name

    def _type(self, message, field):
        for nested in message.nested_type:
            if nested.options.map_entry and field.type_name.endswith(f".{message.name}.{nested.name}"):
                return f"map of {' to '.join(self._plain_type(part) for part in nested.field)}"
        repeated = field.label == descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED
        label = "repeated " if repeated else "optional " if field.proto3_optional else ""
        return label + self._plain_type(field)

    def _plain_type(self, field):
        if not field.type_name:
            kind = descriptor_pb2.FieldDescriptorProto.Type.Name(field.type)
            return f"`{kind.removeprefix('TYPE_').lower()}`"
        name = field.type_name[1:]
        short = name.rpartition(".")[2]
        if name in self._contract.title_of_message:
            return f"[{short}]({anchor(self._contract.title_of_message[name])})"
        return link(short) if name.startswith(f"{PACKAGE}.") else f"`{short}`"

    def _limits(self, name, field):
        annotated = self._contract.options.message(name).fields_by_name[field.name]
        found = []
        oneof = self._oneof(self._contract.messages[name], field)
        if oneof:
            found.append(f"one of `{oneof}`")
        check = self._contract.options.of(annotated, "firstmile.mapping.check")
        return escaped(", ".join([*found, *(limits(check, field) if check else [])]))

    def _enum(self, name):
        rows = [
            [f"{value.number}", f"`{value.name}`", joined(self._contract.comment(f"{name}.{value.name}"))]
            for value in self._contract.enums[name].value
        ]
        title = f"### {name.rpartition('.')[2]}"
        return section(title, prose(self._contract.comment(name)), table(["number", "name", "meaning"], rows))

    def _reasons(self):
        rows = []
        for value in self._contract.enums[REASONS].value:
            comment = joined(self._contract.comment(f"{REASONS}.{value.name}"))
            found = REASON.fullmatch(comment)
            if not found and value.number:
                raise ManualError(f"{value.name}: its comment does not begin with a status code")
            codes, meaning = found.groups() if found else ("", comment)
            codes = " or ".join(f"`{code}`" for code in codes.split(" or ") if code)
            rows.append([f"`{value.name.removeprefix('ERROR_REASON_')}`", codes, meaning[0].upper() + meaning[1:]])
        head = ["reason", "status code", "what it means, what to do"]
        kinds = [
            [kind, ", ".join(f"`{name}`" for name in self._reasons_of.sorted(names.split()))]
            for kind, names in KINDS.items()
        ]
        return section(
            "## ErrorReason",
            prose(self._contract.comment(REASONS)),
            table(head, rows),
            "### Reasons by kind of call",
            "Each rpc names its kinds, and beside them what its own operation may refuse, with Shopee's documented codes.",
            table(["kind", "reasons"], kinds),
        )


def command(service, name, example):
    """The lines to paste. A text of the data may name a variable or a command of the shell."""
    data = json.dumps(example["data"], ensure_ascii=False)
    if "'" in data:
        raise ManualError(f"{name}: a quote in the data would end the shell's own")
    data = re.sub(r'"(\$[^"]*)"', r'''"'"\1"'"''', data)
    options = f" {example['options']}" if "options" in example else ""
    lines, line = [], f".tools/bin/grpcurl -plaintext{options} -d '"
    for piece in re.split(r'(?<=,) (?=["{])', data):
        if line.endswith(",") and len(line) + len(piece) > WIDTH - 4:
            lines.append(line)
            line = "   "
        line += f" {piece}" if line.endswith((",", "   ")) else piece
    lines += [f"{line}' \\", f"    {TARGET} {PACKAGE}.{service}/{name}"]
    return "\n".join([*([example["before"]] if "before" in example else []), *lines])


def load_examples(rpcs):
    """The examples, one for each rpc and no other."""
    examples = json.loads(EXAMPLES.read_text(), object_pairs_hook=_no_name_twice)
    wrong = [f"{name}: no example" for name in rpcs if name not in examples]
    wrong += [f"{name}: no such rpc" for name in examples if name not in rpcs]
    for name, example in examples.items():
        wrong += [f"{name}: no such key: {key}" for key in example.keys() - EXAMPLE_KEYS if name in rpcs]
        wrong += [f"{name}: after {after}, which does not come before" for after in _too_late(name, example, examples)]
    if wrong:
        raise ManualError("\n".join(f"{EXAMPLES.name}: {text}" for text in wrong))
    return examples


def _no_name_twice(pairs):
    twice = [name for name, count in collections.Counter(name for name, _ in pairs).items() if count > 1]
    if twice:
        raise ManualError(f"{EXAMPLES.name}: given twice: {', '.join(twice)}")
    return dict(pairs)


def _too_late(name, example, examples):
    names = list(examples)
    after = example.get("after")
    return [after] if after and after not in names[: names.index(name)] else []


def text():
    """The page as it shall be."""
    contract = Contract()
    left_out = {service.name for service in contract.services.values()} ^ set(SERVICES)
    if left_out:
        raise ManualError(f"services that the page leaves out, or that are gone: {', '.join(sorted(left_out))}")
    return Page(contract, load_examples(contract.rpcs)).text()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 when the page is stale")
    flags = parser.parse_args()
    try:
        page = text()
    except ManualError as error:
        print(error, file=sys.stderr)
        return 1
    if PAGE.exists() and PAGE.read_text() == page:
        return 0
    if flags.check:
        print(f"{PAGE}: stale, run ./dev contract")
        return 1
    PAGE.write_text(page)
    print(f"{PAGE}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
