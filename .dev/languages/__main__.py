#!/usr/bin/env python3
"""./dev stubs LANGUAGE [DIR] and ./dev package LANGUAGE, with [--go_module NAME] [--java_group NAME]."""

import argparse
import importlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import common

LANGUAGES = ("cpp", "python", "go", "java", "kotlin", "typescript", "rust", "ruby", "php", "csharp")


def parse_flags():
    parser = argparse.ArgumentParser(prog="./dev", description=__doc__)
    parser.add_argument("command", choices=("stubs", "package"))
    parser.add_argument("language", choices=LANGUAGES)
    parser.add_argument("folder", nargs="?", type=pathlib.Path, help="default: .build/stubs/LANGUAGE, .build/packages/LANGUAGE")
    parser.add_argument("--go_module", help="instead of the one in proto/names.json")
    parser.add_argument("--java_group", help="instead of the one in proto/names.json")
    return parser.parse_args()


def main():
    flags = parse_flags()
    language = importlib.import_module(f"lang_{flags.language}")
    contract = common.published_contract(flags.go_module, flags.java_group)
    folder = flags.folder or common.ROOT / ".build" / ("stubs" if flags.command == "stubs" else "packages") / flags.language
    folder = folder.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = getattr(language, flags.command)(contract, folder) or folder
    except common.Missing as missing:
        print(f"{flags.language}: {missing}", file=sys.stderr)
        return 1
    print(f"-- {flags.language}: {made}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
