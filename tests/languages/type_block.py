"""Types a block of commands, which it reads from its input, beside ./dev serve: type_block.py BUILD FOLDER.

The commands run in FOLDER, a copy of the tree, and their output is shown. It needs a network of its own
(tests/network/in_own_network.sh), so that the ports that pages name are free. Asked to log in as a seller, it does.
"""

import os
import pathlib
import re
import subprocess
import sys

from local_pair import Program, wait_until
from seller import log_in

LOGIN_PAGE = re.compile(r"http://127\.0\.0\.1:50080/\S+$")


def serve(build, folder):
    """What ./dev serve starts once it has compiled."""
    (folder / ".build").mkdir(exist_ok=True)
    greeted = folder / ".build/serve"
    program = Program([sys.executable, folder / ".dev/serve.py", build], cwd=folder)
    wait_until(lambda: greeted.is_symlink() or program.require_running(), "./dev serve")
    return program


def type_block(block, folder):
    """Runs the block as a terminal would; returns its exit code."""
    bash = subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", "--", "bash", "-o", "errexit", "-c", block],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    for line in bash.stdout:
        print(line, end="", flush=True)
        if page := LOGIN_PAGE.search(line.strip()):
            bash.stdin.write(log_in(page.group(), "shop:600001") + "\n")
            bash.stdin.flush()
    bash.stdin.close()
    return bash.wait()


def main():
    build, folder = map(pathlib.Path, sys.argv[1:])
    # The programs of the block are a user's: our modules are for this process.
    os.environ.pop("PYTHONPATH", None)
    with serve(build, folder):
        return type_block(sys.stdin.read(), folder)


if __name__ == "__main__":
    sys.exit(main())
