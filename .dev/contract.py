#!/usr/bin/env python3
"""Publishes the contract: what server/proto declares, without the options that map it onto REST calls.

contract.py [--check]
contract.py --into FOLDER [--go_module NAME] [--java_group NAME]

Gives each file of server/proto/firstmile/v1 the language options that proto/names.json asks for, and writes
proto/firstmile/v1. With --check it writes nothing and names what is stale. With --into it writes the
published files there, with other names if asked.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "server/proto"
PUBLIC = ROOT / "proto"
MAPPING_IMPORT = 'import "firstmile/mapping/options.proto";\n'
OF_LANGUAGES = (
    "csharp_namespace|go_package|java_multiple_files|java_outer_classname|java_package|objc_class_prefix"
    "|php_metadata_namespace|php_namespace|ruby_package|swift_prefix"
)
LANGUAGE_OPTIONS = re.compile(rf'\n(?:option (?:{OF_LANGUAGES}) = (?:"[^"]*"|\w+);\n)+')
HEAD = re.compile(r"^(?:package|import) .*;\n", re.MULTILINE)
TOKEN = re.compile(r"""//[^\n]*\n|/\*.*?\*/|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\s+|\w+|.""", re.DOTALL)


def names_of_languages(go_module=None, java_group=None):
    """What packages are called in each language, from proto/names.json."""
    names = json.loads((PUBLIC / "names.json").read_text())
    names["go_module"] = go_module or names["go_module"]
    if java_group:
        names["java_package"] = f"{java_group}.v1"
        names["java_group"] = java_group
    return names


def language_options(file, names):
    camel = "".join(word.capitalize() for word in file.stem.split("_"))
    php = names["php_namespace"].replace("\\", "\\\\")
    values = {
        "csharp_namespace": names["csharp_namespace"],
        "go_package": f"{names['go_module']}/{file.parent.as_posix()};{names['go_package']}",
        "java_multiple_files": True,
        "java_outer_classname": f"{camel}Proto",
        "java_package": names["java_package"],
        "objc_class_prefix": names["objc_class_prefix"],
        "php_metadata_namespace": f"{php}\\\\Metadata",
        "php_namespace": php,
        "ruby_package": names["ruby_package"],
        "swift_prefix": names["swift_prefix"],
    }
    written = {key: "true" if value is True else f'"{value}"' for key, value in values.items()}
    return "".join(f"option {key} = {value};\n" for key, value in written.items())


def without_mapping(text):
    """Takes out each option whose name is in brackets: `option (x) = {...};` and `[(x) = {...}]`."""
    tokens = TOKEN.findall(text.replace(MAPPING_IMPORT, ""))
    kept, at = [], 0
    while at < len(tokens):
        if tokens[at] == "option" and tokens[at + 2] == "(":
            at = _end_of(tokens, at, ";") + 1
        elif tokens[at] == "[":
            end = _end_of(tokens, at + 1, "]")
            kept += _plain_options(tokens[at + 1 : end])
            at = end + 1
        else:
            kept.append(tokens[at])
            at += 1
    published = _without_empty_bodies("".join(kept))
    if "mapping." in published:
        raise ValueError("an option of the mapping could not be taken out; write it as the other files do")
    return published


def _end_of(tokens, at, end):
    """Where the first `end` stands outside of braces and brackets."""
    depth = 0
    while depth or tokens[at] != end:
        depth += (tokens[at] in "{[") - (tokens[at] in "}]") if len(tokens[at]) == 1 else 0
        at += 1
    return at


def _plain_options(tokens):
    """The options of a field, with their brackets, that are no mapping."""
    options, begin = [], 0
    while begin < len(tokens):
        try:
            end = _end_of(tokens, begin, ",")
        except IndexError:
            end = len(tokens)
        option = "".join(tokens[begin:end]).strip()
        if option and not option.startswith("("):
            options.append(option)
        begin = end + 1
    return [f"[{', '.join(options)}]"] if options else []


def _without_empty_bodies(text):
    text = re.sub(r"^( *rpc [^{};]*\)) \{\s*\}", r"\1;", text, flags=re.MULTILINE)
    return re.sub(r"^([^/\n]*?)\s+;", r"\1;", text, flags=re.MULTILINE)


def with_language_options(text, file, names):
    """The options stand after the last import, or after the package where there is none."""
    text = LANGUAGE_OPTIONS.sub("", text)
    head = [match.end() for match in HEAD.finditer(text)][-1]
    return f"{text[:head]}\n{language_options(file, names)}{text[head:]}"


def formatted(text, file):
    style = ["clang-format-19", f"--style=file:{ROOT / '.clang-format'}", f"--assume-filename={file.name}"]
    return subprocess.run(style, input=text, capture_output=True, text=True, check=True).stdout


def contract(names, into):
    """The text that each file shall have, by its path."""
    texts = {}
    for path in sorted((SOURCE / "firstmile/v1").glob("*.proto")):
        file = path.relative_to(SOURCE)
        text = with_language_options(path.read_text(), file, names)
        if into is None:
            texts[path] = formatted(text, file)
        texts[(into or PUBLIC) / file] = formatted(without_mapping(text), file)
    return texts


def write(texts, folder, check):
    """Makes the files what they shall be, or only names those that are not; True when all are."""
    there = {*folder.glob("*.proto"), *(path for path in texts if path.exists())}
    stale = sorted(path for path in texts.keys() | there if path not in there or texts.get(path) != path.read_text())
    for path in stale:
        print(f"{path}: {'stale, run ./dev contract' if check else 'written'}")
        if check:
            continue
        if path in texts:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts[path])
        else:
            path.unlink()
    return not stale


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; name what is stale")
    parser.add_argument("--into", type=pathlib.Path, help="write the published files into this folder")
    parser.add_argument("--go_module", help="instead of the one in proto/names.json")
    parser.add_argument("--java_group", help="instead of the one in proto/names.json")
    flags = parser.parse_args()
    if (flags.go_module or flags.java_group) and not flags.into:
        parser.error("other names are for a folder of their own: give --into")
    names = names_of_languages(flags.go_module, flags.java_group)
    texts = contract(names, flags.into)
    fresh = write(texts, (flags.into or PUBLIC) / "firstmile/v1", flags.check)
    return 1 if flags.check and not fresh else 0


if __name__ == "__main__":
    sys.exit(main())
