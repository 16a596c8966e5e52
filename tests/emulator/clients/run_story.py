"""Starts the emulator on a free port, runs one story against it, and answers the story's exit code.

Usage: run_story.py EMULATOR COMMAND...   where {base} in COMMAND is replaced by the base URL
"""

import subprocess
import sys

STORY_SECONDS = 60


def main():
    emulator = subprocess.Popen([sys.argv[1], "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    try:
        base = emulator.stdout.readline().split()[-1]
        command = [part.replace("{base}", base) for part in sys.argv[2:]]
        return subprocess.run(command, timeout=STORY_SECONDS, check=False).returncode
    finally:
        emulator.terminate()
        emulator.wait()


sys.exit(main())
