"""clang-tidy over our sources, without precompiled headers.

Arguments: BUILD_FOLDER JOBS. Most of clang-tidy's time goes into the headers of gRPC and others, so that files with the
same compile options share one pass: a unit that includes them. Files that cannot stand in one unit, since two of them give
one name to different things, are divided. What was clean leaves an empty file named by the hash of all that went in,
in a folder that clones share.
"""

import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import time

TIDY = "clang-tidy-19"
ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "firstmile-tidy"
FILES_PER_UNIT_MAX = 32


class Source:
    """One of our files, how it is compiled, and all of ours that it includes."""

    def __init__(self, command, included):
        self.path = pathlib.Path(command["file"])
        self.folder = command["directory"]
        self.precompiled = options_of(shlex.split(command["command"]))
        self.options = without_precompiled(self.precompiled)
        self.ours = sorted(f for f in included if f.is_relative_to(ROOT))

    def flags(self):
        return " ".join(shlex.quote(option) for option in self.options)


def options_of(words):
    """The options of a compile command without launcher, files and dependencies."""
    words = words[next(i for i, word in enumerate(words) if "clang++" in word) + 1 :]
    options, skip = [], 0
    for word in words:
        if skip:
            skip -= 1
        elif word in ("-o", "-c", "-MT", "-MF"):
            skip = 1
        elif word != "-MD":
            options.append(word)
    return options


def without_precompiled(options):
    """The options without the four words that name a precompiled header."""
    for i in range(len(options)):
        if options[i : i + 2] == ["-Xclang", "-include-pch"]:
            return options[:i] + options[i + 4 :]
    return options


def included_files(build):
    """Object file to the files that it was compiled from, as ninja recorded them."""
    output = subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True, check=True)
    included, current = {}, []
    for line in output.stdout.splitlines():
        if line.startswith("    "):
            current.append((build / line.strip()).resolve())
        elif ":" in line:
            current = included.setdefault(line.split(":")[0], [])
    return included


def our_sources(build):
    commands = json.loads((build / "compile_commands.json").read_text())
    included = included_files(build)
    sources = {}
    for command in commands:
        words = shlex.split(command["command"])
        if pathlib.Path(command["file"]).is_relative_to(build) or not command["file"].endswith(".cc"):
            continue
        sources[command["file"]] = Source(command, included.get(words[words.index("-o") + 1], []))
    return sorted(sources.values(), key=lambda source: source.path)


class Digests:
    """SHA-256 of files, each read once."""

    def __init__(self):
        self._known = {}

    def of(self, path):
        if path not in self._known:
            self._known[path] = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "gone"
        return self._known[path]


def stamp_of(sources, digests, rules):
    files = sorted({f for source in sources for f in source.ours} | {source.path for source in sources})
    parts = [rules, *(source.flags().replace(str(ROOT), "") for source in sources)]
    parts += [f"{f.relative_to(ROOT)} {digests.of(f)}" for f in files]
    return CACHE / hashlib.sha256("\n".join(parts).encode()).hexdigest()


def units_of(sources):
    """Lists of sources with the same rules and options."""
    alike = collections.defaultdict(list)
    for source in sources:
        alike[source.path.relative_to(ROOT).parts[0], source.flags()].append(source)
    for group in alike.values():
        for first in range(0, len(group), FILES_PER_UNIT_MAX):
            yield group[first : first + FILES_PER_UNIT_MAX]


def timed(group, units):
    begin = time.monotonic()
    clean, said = tidy(group, units)
    return clean, said, time.monotonic() - begin


def run(command, folder):
    result = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    return result.returncode == 0, result.stdout + result.stderr


def unit_of(sources, units):
    """A file that includes the sources; one source is its own unit."""
    if len(sources) == 1:
        return sources[0].path
    unit = units / sources[0].path.relative_to(ROOT).with_suffix(f".{len(sources)}.cc")
    unit.parent.mkdir(parents=True, exist_ok=True)
    lines = (f'#include "{source.path}"  // NOLINT(bugprone-suspicious-include)\n' for source in sources)
    unit.write_text("".join(lines))
    return unit


def divided(sources, unit):
    """Groups that compile as one unit each: a file that clashes with an earlier one goes into the next group."""
    compiler = ["clang++-19", *sources[0].precompiled, "-w", "-fsyntax-only", "-ferror-limit=0", str(unit)]
    fits, said = run(compiler, sources[0].folder)
    if fits:
        return [sources]
    clashing = set(re.findall(r"^(\S+?):\d+:\d+: error:", said, re.MULTILINE))
    later = [source for source in sources if str(source.path) in clashing]
    if not later or len(later) == len(sources):
        return [[source] for source in sources]
    return [[source for source in sources if source not in later], later]


def tidy(sources, units):
    """One pass over the sources, or one over each group of those that can stand in one unit."""
    unit = unit_of(sources, units)
    groups = divided(sources, unit) if len(sources) > 1 else [sources]
    if len(groups) == 1:
        return run([TIDY, "--quiet", str(unit), "--", *sources[0].options], sources[0].folder)
    results = [tidy(group, units) for group in groups]
    return all(clean for clean, _ in results), "".join(said for clean, said in results if not clean)


def rules():
    """What decides besides our files: the checks, clang-tidy itself, and the packages whose headers are included."""
    version = subprocess.run([TIDY, "--version"], capture_output=True, text=True, check=True).stdout
    packages = subprocess.run(["dpkg-query", "-W", "*-dev"], capture_output=True, text=True, check=True).stdout
    return version + packages + "".join((ROOT / folder / ".clang-tidy").read_text() for folder in (".", "tests"))


def due_groups(build):
    """The groups that no clean run has seen as they are, by their stamps."""
    digests, now = Digests(), rules()
    groups = {stamp_of(group, digests, now): group for group in units_of(our_sources(build))}
    return {stamp: group for stamp, group in groups.items() if not stamp.exists()}


def folder_of_units(build):
    """Inside the tree, so that clang-tidy finds the rules above it."""
    units = build / "tidy"
    (units / "tests").mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "tests/.clang-tidy", units / "tests")
    return units


def main():
    build, workers = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2])
    CACHE.mkdir(parents=True, exist_ok=True)
    due, units = due_groups(build), folder_of_units(build)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        running = {pool.submit(timed, group, units): (stamp, group) for stamp, group in due.items()}
        for done, future in enumerate(concurrent.futures.as_completed(running), 1):
            (stamp, group), (clean, said, seconds) = running[future], future.result()
            names = ", ".join(str(source.path.relative_to(ROOT)) for source in group)
            print(f"[{done}/{len(due)}] {names}: {seconds:.0f} s", flush=True)
            if not clean:
                failed += 1
                print(said, end="", flush=True)
            elif stamp == stamp_of(group, Digests(), rules()):  # else it changed meanwhile, and is due again
                stamp.touch()
    if not due:
        print("nothing changed since the last clean run")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
