"""clang-tidy over our sources, each again only when it, what it includes or the rules changed.

Arguments: BUILD_FOLDER JOBS. A clean result leaves an empty file named by the hash of all that went in.
"""

import concurrent.futures
import hashlib
import json
import pathlib
import subprocess
import sys

TIDY = "clang-tidy-19"
ROOT = pathlib.Path(__file__).resolve().parent.parent


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


def our_commands(build):
    commands = json.loads((build / "compile_commands.json").read_text())
    ours = [c for c in commands if not pathlib.Path(c["file"]).is_relative_to(build)]
    return sorted({c["file"]: c for c in ours}.values(), key=lambda c: c["file"])


class Digests:
    """SHA-256 of files, each read once."""

    def __init__(self):
        self._known = {}

    def of(self, path):
        if path not in self._known:
            self._known[path] = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "gone"
        return self._known[path]


def object_of(command):
    words = command["command"].split()
    return words[words.index("-o") + 1]


def key_of(command, files, digests, rules):
    # System headers change with their package, which changes the compiler's or a library's path or version.
    ours = sorted(f for f in files if f.is_relative_to(ROOT))
    parts = [rules, command["command"], *(f"{f} {digests.of(f)}" for f in ours)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def check(build, file):
    return subprocess.run([TIDY, "--quiet", "-p", build, file], capture_output=True, text=True)


def main():
    build, jobs = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2])
    cache = build / "tidy"
    cache.mkdir(exist_ok=True)
    version = subprocess.run([TIDY, "--version"], capture_output=True, text=True, check=True).stdout
    rules = version + "".join((ROOT / folder / ".clang-tidy").read_text() for folder in (".", "tests"))
    included, digests = included_files(build), Digests()
    due = {}
    for command in our_commands(build):
        stamp = cache / key_of(command, included.get(object_of(command), []), digests, rules)
        if not stamp.exists():
            due[command["file"]] = stamp
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        running = {pool.submit(check, build, file): file for file in due}
        for done, future in enumerate(concurrent.futures.as_completed(running), 1):
            file, result = running[future], future.result()
            print(f"[{done}/{len(due)}] {pathlib.Path(file).relative_to(ROOT)}", flush=True)
            if result.returncode == 0:
                due[file].touch()
            else:
                failed += 1
                print(result.stdout, end="", flush=True)
    if not due:
        print("nothing changed since the last clean run")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
