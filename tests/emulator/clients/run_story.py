"""Starts the emulator on a free port, runs one story against it, and exits with the story's exit code.

Usage: run_story.py EMULATOR CLIENT COMMAND...
CLIENT is a path that exists if the client is installed; {base} in COMMAND is replaced by the base URL.
"""

import os
import shutil
import subprocess
import sys

STORY_SECONDS = 60


def main():
    program, client, *command = sys.argv[1:]
    missing = [part for part in (client, shutil.which(command[0]) or command[0]) if not os.path.exists(part)]
    if missing:
        print(f"{missing[0]} is missing: `./dev setup` installs the clients", file=sys.stderr)
        return 1
    emulator = subprocess.Popen([program, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    try:
        base = emulator.stdout.readline().split()[-1]
        command = [part.replace("{base}", base) for part in command]
        return subprocess.run(command, timeout=STORY_SECONDS, check=False).returncode
    finally:
        emulator.terminate()
        emulator.wait()


sys.exit(main())
