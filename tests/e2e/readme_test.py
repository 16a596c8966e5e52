"""The sessions of README.md work as pasted after ./dev serve; what it explains fails as its commands say."""

import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys

from harness import BUILD, ROOT, SidecarCase

# What README.md says, and what stands for it here: the same programs on free ports, from this build.
DEFAULT_TARGET = "127.0.0.1:50051"
DEFAULT_EMULATOR = "http://127.0.0.1:50080"
SECOND_PORT = "50052"
DEFAULT_LINK = ".build/serve/"
DEFAULT_BUILD = ".build/release/"
SESSION_LINES = (".tools/bin/grpcurl ", "code=$(curl ", ".build/release/server/firstmiled shops ")


def commands_of(block):
    """A command goes on until the next line that does not begin with a space."""
    return [command for command in re.split(r"^(?=\S)", block, flags=re.MULTILINE) if command]


def pasted_blocks():
    """The console blocks of the README that talk to what ./dev serve has started."""
    blocks = re.findall(
        r"^```console\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    return [b for b in blocks if any(c.startswith(SESSION_LINES) for c in commands_of(b))]


def port_of(address):
    return address.rpartition(":")[2]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


class ReadmeCase(SidecarCase):
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

    def here(self, text, greeting):
        """What the README says, for the programs of this test."""
        for said, here in (
            (port_of(DEFAULT_TARGET), port_of(greeting["gRPC"])),
            (DEFAULT_EMULATOR, greeting["emulator"].removesuffix("/_emulator/")),
            (DEFAULT_LINK, f"{self.link}/"),
            (DEFAULT_BUILD, f"{BUILD}/"),
        ):
            text = text.replace(said, here)
        return text


class SessionsTest(ReadmeCase):
    def paste(self, block, greeting):
        command = ["bash", "-o", "errexit", "-c", self.here(block, greeting)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)

    def test_every_session_works_as_pasted(self):
        _, greeting = self.serve()
        outputs, failures = "", 0
        blocks = pasted_blocks()
        self.assertGreaterEqual(len(blocks), 8)
        for block in blocks:
            for command in commands_of(block):
                self.assertTrue(command.startswith(SESSION_LINES), command)
            run = self.paste(block, greeting)
            is_promised_error = "google.rpc.ErrorInfo" in run.stderr
            self.assertTrue(run.returncode == 0 or is_promised_error, f"{block}\n{run.stderr}")
            failures += is_promised_error
            outputs += run.stdout + run.stderr
        self.assertEqual(failures, 1)
        for promised in (
            "firstmile.v1.FirstMileService",
            "/api/v2/first_mile/get_detail",
            "MY200448706479IT",
            "CNF877146678717210312",
            '"last": true',
            "OUTCOME_STATE_SUCCEEDED",
            "OUTCOME_STATE_FAILED",
            '"vendorCode"',
            '"requestId"',
            "/auth?partner_id=2001887",
            "CUSTODY_STATE_READY",
            "shop 600000          ready",
        ):
            self.assertIn(promised, outputs)

    def test_serve_keeps_tokens_privately_and_leaves_nothing_behind(self):
        serve, _ = self.serve()
        folder = pathlib.Path(self.link).resolve()
        self.assertEqual(folder.stat().st_mode & 0o077, 0)
        for name in ("tokens.db", "sealing_key", "partner_key", "firstmiled.textproto"):
            self.assertEqual((folder / name).stat().st_mode & 0o777, 0o600, name)
        serve.terminate()
        self.assertEqual(serve.wait(60), 0)
        self.assertEqual((self.link.is_symlink(), folder.exists()), (False, False))


# A row: gRPC code as grpcurl writes it, reason, meaning, advice, command.
ROW = re.compile(r"\| `(\w+)` \| `([A-Z_]+)` \| ([^|]+) \| ([^|]+) \| `([^`|]+)` \|")
HEADING = "## When a call fails\n"
EXPLAINED = set(
    """
    ACCESS_DENIED ACCOUNT_BANNED ANSWER_UNREADABLE API_OFFLINE AUTHORIZATION_REQUIRED CLOCK_SKEW DAILY_QUOTA
    DEADLINE_EXCEEDED DRAINING NOT_FOUND NO_ACCESS_TOKEN PARTNER_MISCONFIGURED RATE_LIMITED REQUEST_INVALID
    SHOP_NOT_AUTHORIZED SIDECAR_OVERLOADED SOURCE_IP_UNDECLARED TOKEN_REJECTED TOKEN_STORE_UNAVAILABLE
    UPSTREAM_CIRCUIT_OPEN UPSTREAM_NO_ANSWER UPSTREAM_SLOW UPSTREAM_UNAVAILABLE UPSTREAM_UNREACHABLE
    WRITE_NOT_CARRIED_OUT WRITE_OUTCOME_UNKNOWN WRONG_STATE
    """.split()
)


def troubleshooting(readme):
    """The helpers to paste first, and the rows of the table: code, reason, command."""
    section = readme.split(HEADING)[1].split("\n## ")[0]
    helpers = re.search(r"^```console\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)[1]
    _, _, *lines = [line for line in section.splitlines() if line.startswith("|")]
    rows = []
    for line in lines:
        row = ROW.fullmatch(line)
        if not row:
            raise ValueError(f"a row without its command: {line}")
        rows.append((row[1], row[2], row[5]))
    return helpers, rows


class TroubleshootingTest(ReadmeCase):
    def paste(self, script):
        """What a terminal shows of it; what it leaves running ends."""
        with open(self.folder / "terminal", "w+") as terminal:
            bash = subprocess.Popen(
                ["bash", "-c", script], cwd=ROOT, stdout=terminal, stderr=terminal, start_new_session=True
            )
            try:
                bash.wait(90)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(bash.pid, signal.SIGKILL)
                bash.wait()
            terminal.seek(0)
            return terminal.read()

    def test_each_row_is_what_its_command_shows(self):
        _, greeting = self.serve()
        helpers, rows = troubleshooting((ROOT / "README.md").read_text())
        for code, reason, command in rows:
            with self.subTest(reason):
                script = self.here(f"{helpers}{command}\n", greeting)
                shown = self.paste(script.replace(SECOND_PORT, free_port()))
                ends = re.findall(r"^  Code: (\w+)$", shown, re.MULTILINE)[-1:]
                reasons = re.findall(r'^\s*"reason": "([A-Z_]+)"', shown, re.MULTILINE)[-1:]
                self.assertEqual((ends, reasons), ([code], [reason]), f"{command}\n{shown}")

    def test_what_goes_wrong_most_is_explained_once(self):
        reasons = [reason for _, reason, _ in troubleshooting((ROOT / "README.md").read_text())[1]]
        self.assertEqual(len(reasons), len(set(reasons)))
        self.assertLessEqual(EXPLAINED, set(reasons))

    def test_a_row_without_a_command_is_found(self):
        table = "```console\nask() { :; }\n```\n| code | reason |\n|---|---|\n"
        for rest in ("| It is not there. | Check. | |", "| It is not there. | Check. |"):
            row = f"| `NotFound` | `NOT_FOUND` {rest}"
            with self.assertRaises(ValueError):
                troubleshooting(f"{HEADING}{table}{row}\n\n## Next\n")
