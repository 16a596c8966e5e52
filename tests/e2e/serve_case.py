"""./dev serve on free ports, and what a page says of the usual ports put into its terms."""

import contextlib
import os
import signal
import socket
import subprocess
import sys

from harness import BUILD, ROOT, SidecarCase

# What pages say, and what stands for it here: the same programs on free ports, from this build.
DEFAULT_TARGET = "127.0.0.1:50051"
DEFAULT_EMULATOR = "http://127.0.0.1:50080"
DEFAULT_LINK = ".build/serve/"
DEFAULT_BUILD = ".build/release/"
DEFAULT_SETTINGS = "/etc/firstmiled/"
DEFAULT_STATE = "/var/lib/firstmiled/"


def port_of(address):
    return address.rpartition(":")[2]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


class ServeCase(SidecarCase):
    def serve(self):
        """./dev serve on free ports; returns what it greets with, by the first word of a line."""
        self.link = self.folder / "serve"
        ports = ("--grpc_port", "0", "--emulator_port", "0", "--folder_link", self.link)
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        serve = subprocess.Popen([sys.executable, ROOT / ".dev/serve.py", BUILD, *ports], text=True, **pipes)
        self.addCleanup(serve.communicate, timeout=60)
        self.addCleanup(serve.terminate)
        greeting = {}
        for line in serve.stdout:
            word, _, rest = line.strip().partition(" ")
            greeting[word] = rest.strip()
            if word == "Ctrl-C":
                return serve, greeting
        self.fail("./dev serve ended")

    def terms(self, greeting):
        """What a page says beside what it is here."""
        settings, state = (self.folder / name for name in ("settings", "state"))
        for folder in (settings, state):
            folder.mkdir(mode=0o700, exist_ok=True)
        return (
            (port_of(DEFAULT_TARGET), port_of(greeting["gRPC"])),
            (DEFAULT_EMULATOR, greeting["emulator"].removesuffix("/_emulator/")),
            (DEFAULT_LINK, f"{self.link}/"),
            (DEFAULT_BUILD, f"{BUILD}/"),
            (DEFAULT_SETTINGS, f"{settings}/"),
            (DEFAULT_STATE, f"{state}/"),
        )

    def here(self, text, greeting):
        """What a page says, for the programs of this test."""
        for said, here in self.terms(greeting):
            text = text.replace(said, here)
        return text

    def there(self, text, greeting):
        """What the programs of this test say, in the page's terms."""
        for said, here in self.terms(greeting):
            text = text.replace(here, said)
        return text

    def typed(self, script, seconds=90, env=None):
        """What a terminal shows of a bash script; what the script leaves running ends."""
        with open(self.folder / "terminal", "w+") as terminal:
            bash = subprocess.Popen(
                ["bash", "-c", script], cwd=ROOT, stdout=terminal, stderr=terminal, start_new_session=True, env=env
            )
            try:
                bash.wait(seconds)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(bash.pid, signal.SIGKILL)
                bash.wait()
            terminal.seek(0)
            return terminal.read()
