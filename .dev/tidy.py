"""clang-tidy over our sources, and each source by itself without precompiled headers.

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
import shlex
import shutil
import subprocess
import sys

TIDY = "clang-tidy-19"
ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "firstmile-tidy"
FILES_PER_UNIT_MAX = 12


class Source:
    """One of our files, how it is compiled, and all of ours that it includes."""

    def __init__(self, command, included):
        self.path = pathlib.Path(command["file"])
        self.folder = command["directory"]
        self.options = plain_options(shlex.split(command["command"]))
        self.ours = sorted(f for f in included if f.is_relative_to(ROOT))

    def flags(self):
        return " ".join(shlex.quote(option) for option in self.options)


def plain_options(words):
    """The options of a compile command without launcher, files, dependencies and the precompiled header."""
    words = words[next(i for i, word in enumerate(words) if "clang++" in word) + 1 :]
    options, skip = [], 0
    for i, word in enumerate(words):
        if skip:
            skip -= 1
        elif word in ("-o", "-c", "-MT", "-MF"):
            skip = 1
        elif words[i : i + 2] == ["-Xclang", "-include-pch"]:
            skip = 3
        elif word != "-MD":
            options.append(word)
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


def stamp_of(kind, sources, digests, rules):
    # System headers change with their package, which changes the compiler's or a library's path or version.
    files = sorted({f for source in sources for f in source.ours} | {source.path for source in sources})
    parts = [kind, rules, *(source.flags().replace(str(ROOT), "") for source in sources)]
    parts += [f"{f.relative_to(ROOT)} {digests.of(f)}" for f in files]
    return CACHE / hashlib.sha256("\n".join(parts).encode()).hexdigest()


def units_of(sources):
    """Lists of sources of one folder with the same options."""
    alike = collections.defaultdict(list)
    for source in sources:
        alike[source.path.parent, source.flags()].append(source)
    for group in alike.values():
        for first in range(0, len(group), FILES_PER_UNIT_MAX):
            yield group[first : first + FILES_PER_UNIT_MAX]


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


def tidy(sources, units):
    """One pass over the sources, or one over each half where they cannot stand in one unit."""
    unit, first = unit_of(sources, units), sources[0]
    if len(sources) > 1:
        fits, _ = run(["clang++-19", *first.options, "-w", "-fsyntax-only", str(unit)], first.folder)
        if not fits:
            half = len(sources) // 2
            results = [tidy(sources[:half], units), tidy(sources[half:], units)]
            return all(clean for clean, _ in results), "".join(said for clean, said in results if not clean)
    return run([TIDY, "--quiet", str(unit), "--", *first.options], first.folder)


def stands_alone(source):
    """A file includes all that it uses: it compiles without the precompiled header."""
    return run(["clang++-19", *source.options, "-fsyntax-only", str(source.path)], source.folder)


def jobs_of(build, digests):
    """What is due: its stamp to the name and the function that checks it."""
    version = subprocess.run([TIDY, "--version"], capture_output=True, text=True, check=True).stdout
    rules = version + "".join((ROOT / folder / ".clang-tidy").read_text() for folder in (".", "tests"))
    units = build / "tidy"  # inside the tree, so that clang-tidy finds the rules above it
    (units / "tests").mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "tests/.clang-tidy", units / "tests")
    sources, due = our_sources(build), {}
    for group in units_of(sources):
        stamp = stamp_of("tidy", group, digests, rules)
        name = f"{group[0].path.parent.relative_to(ROOT)}: {', '.join(source.path.stem for source in group)}"
        due[stamp] = (name, lambda group=group: tidy(group, units))
    for source in sources:
        stamp = stamp_of("alone", [source], digests, version)
        due[stamp] = (f"{source.path.relative_to(ROOT)} alone", lambda source=source: stands_alone(source))
    return {stamp: job for stamp, job in due.items() if not stamp.exists()}


def main():
    build, workers = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2])
    CACHE.mkdir(parents=True, exist_ok=True)
    due = jobs_of(build, Digests())
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        running = {pool.submit(check): (stamp, name) for stamp, (name, check) in due.items()}
        for done, future in enumerate(concurrent.futures.as_completed(running), 1):
            (stamp, name), (clean, said) = running[future], future.result()
            print(f"[{done}/{len(due)}] {name}", flush=True)
            if clean:
                stamp.touch()
            else:
                failed += 1
                print(said, end="", flush=True)
    if not due:
        print("nothing changed since the last clean run")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
