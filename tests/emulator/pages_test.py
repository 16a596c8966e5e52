"""The emulator's three pages: every block runs as pasted, every table agrees with the program.

usage: pages_test.py EMULATOR_BINARY
"""

import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGES = ROOT / "server/emulator"
EXCERPT = ROOT / "tests/emulator/embedding_test.cc"  # a compiled test that contains the C++ blocks
PARTNER = 2001887
KEY = b"57615053704d6470644f554a78656d50484143644964436a5568777544524579"
SHOP = 600000
PENDING_TOO = {"request_order_status_pending": "true"}
TOKEN = "acce5500000000000000000000600000"

# Lines that a block has for the reader's shell; here the build has made the program and PATH leads to it.
SET_UP = re.compile(r"^(\./dev build release shopee-emulator|PATH=\$PWD/.*)\n", re.MULTILINE)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def page(name):
    return (PAGES / name).read_text()


def blocks(name):
    """The fenced blocks of a page: (kind, text)."""
    return FENCE.findall(page(name))


def rows(name, head):
    """The cells of the table whose header begins with `head`, without the header."""
    table = page(name).split(f"\n| {head} |", 1)[1].split("\n\n")[0]
    return [re.split(r" (?<!\\)\| ", line.strip("| ")) for line in table.splitlines()[2:]]


def names(cell):
    return re.findall(r"`([^`]+)`", cell)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


def masked(output):
    """Without what differs from run to run."""
    return re.sub(r'(?<="request_id":")[0-9a-f]+|(?<=127\.0\.0\.1:)\d+', "...", output)


class PageCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="emulator-pages-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self):
        """An emulator on a free port; returns its base URL."""
        emulator = subprocess.Popen([PROGRAM, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(emulator.communicate)
        self.addCleanup(emulator.terminate)
        return emulator.stdout.readline().split()[-1]


def get(url):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=30) as answer:
        return json.load(answer)


class BlocksTest(PageCase):
    def program_folder(self):
        """What `shopee-emulator` is on PATH: the program, on a free port unless the block names one."""
        script = self.folder / "bin/shopee-emulator"
        script.parent.mkdir()
        script.write_text(f'#!/bin/sh\nexec "{PROGRAM}" --listen 127.0.0.1:0 "$@"\n')
        script.chmod(0o700)
        return script.parent

    def paste(self, name):
        """Runs the page's blocks in one shell, in order; each block with output has to have shown it."""
        commands = [SET_UP.sub("", text) for kind, text in blocks(name) if kind == "bash"]
        script = "\n".join(commands).replace("http://127.0.0.1:50080", self.start())
        ports = {"50081": free_port(), "50082": free_port(), "8080": free_port()}
        script = re.sub(r"\b(50081|50082|8080)\b", lambda port: ports[port[0]], script)
        promised = [masked(text).strip() for kind, text in blocks(name) if kind == "text"]
        shown = self.run_shell(script, promised)
        for output in promised:
            self.assertIn(output, masked(shown))
        return shown

    def run_shell(self, script, promised):
        """What a terminal shows of it. Programs in the background are ended once they have shown what is promised."""
        env = {**os.environ, "PATH": f"{self.program_folder()}:{os.environ['PATH']}", "no_proxy": "*"}
        terminal = self.folder / "terminal"
        with open(terminal, "w") as output:
            shell = subprocess.Popen(
                ["bash", "-o", "errexit", "-o", "nounset", "-c", script],
                cwd=self.folder, env=env, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
            try:
                code = shell.wait(60)
                end = time.monotonic() + 30
                while not all(p in masked(terminal.read_text()) for p in promised) and time.monotonic() < end:
                    time.sleep(0.01)
            except subprocess.TimeoutExpired:
                code = "still running after 60 s"
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(shell.pid, signal.SIGKILL)
                shell.wait()
        self.assertEqual(code, 0, terminal.read_text())
        return terminal.read_text()

    def test_the_readme_works_as_pasted(self):
        shown = self.paste("README.md")
        for promised in ('"action":"close"', '"name":"rate_limit"', '"probability":1E-1', "TELEPORTED", '"faults":[]'):
            self.assertIn(promised, shown)

    def test_the_world_works_as_pasted(self):
        shown = self.paste("WORLD.md")
        for promised in ('"planned_events"', '"order_sn":"MY1"', '"refresh_token":"', '"state":"delivered"'):
            self.assertIn(promised, shown)

    def test_cpp_blocks_are_part_of_a_compiled_test(self):
        compiled = re.sub(r"\s+", " ", EXCERPT.read_text())
        found = [text for kind, text in blocks("README.md") if kind == "cpp"]
        self.assertEqual(len(found), 1)
        for text in found:
            self.assertIn(re.sub(r"\s+", " ", text).strip(), compiled)

    def test_there_is_no_other_kind_of_block(self):
        kinds = {kind for name in ("README.md", "WORLD.md", "ASSUMPTIONS.md") for kind, _ in blocks(name)}
        self.assertEqual(kinds, {"bash", "cpp", "text"})
        self.assertEqual({kind for kind, _ in blocks("WORLD.md")}, {"bash"})


class FlagsTest(unittest.TestCase):
    def test_the_pages_list_every_flag_with_its_default(self):
        shown = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, timeout=30, check=True).stdout
        flags = dict(re.findall(r"^  --(\w+) +(.*)$", shown, re.MULTILINE))
        self.assertGreater(len(flags), 20)
        listed = {}
        for name in ("README.md", "WORLD.md"):
            for flag, _, default in rows(name, "flag"):
                listed.update(zip([n.split()[0][2:] for n in names(flag)], default.split(", ")))
        self.assertEqual(listed.keys(), flags.keys())
        for flag, text in flags.items():
            default = re.search(r"\(([^()]*)\)$", text)
            self.assertEqual(listed[flag], default[1] if default else "none", flag)


class ControlTest(PageCase):
    def test_the_readme_lists_every_call_of_the_control_api(self):
        served = {(p["verb"], p["path"]) for p in get(f"{self.start()}/_emulator/")["pages"]}
        listed = set()
        for call, _ in rows("README.md", "call"):
            words = names(call)
            verbs = [word for text in words for word in text.split() if word.isupper()]
            paths = [word.split("?")[0] for text in words for word in text.split() if word.startswith("/")]
            listed |= {(verb, path) for verb in verbs for path in paths}
        self.assertGreater(len(served), 25)
        self.assertEqual(listed, served)

    def test_the_readme_lists_every_preset_and_action(self):
        presets = get(f"{self.start()}/_emulator/presets")["presets"]
        listed = {name for cell, _ in rows("README.md", "presets") for name in names(cell)}
        self.assertEqual(listed, {preset["name"] for preset in presets})
        actions = {name for cell, _ in rows("README.md", "`action`") for name in names(cell)}
        self.assertLessEqual({preset["action"] for preset in presets}, actions)
        self.assertEqual(len(actions), 9)


class WorldTest(PageCase):
    def call(self, base, path, **params):
        now = str(int(time.time()))
        text = f"{PARTNER}{path}{now}{TOKEN}{SHOP}".encode()
        sign = hmac.new(KEY, text, hashlib.sha256).hexdigest()
        common = {"partner_id": PARTNER, "timestamp": now, "access_token": TOKEN, "shop_id": SHOP, "sign": sign}
        return get(f"{base}{path}?{urllib.parse.urlencode({**common, **params})}")

    def test_the_orders_of_the_table_exist(self):
        base = self.start()
        listed = [name for cell, _ in rows("WORLD.md", "order") for name in names(cell)]
        listed.remove("2411010FMSHIP9")  # of shop 600009
        found = self.call(base, "/api/v2/order/get_order_detail", order_sn_list=",".join(listed), **PENDING_TOO)
        self.assertEqual({o["order_sn"] for o in found["response"]["order_list"]}, set(listed))

    def test_the_table_of_events_is_that_of_the_program(self):
        listed = [name for cell, *_ in rows("WORLD.md", "event") for name in names(cell)]
        listed = [name for name in listed if name not in ("ship_order", "cancel_order")]
        events = get(f"{self.start()}/_emulator/order_events")["events"]
        self.assertEqual(listed, [event["event"] for event in events])

    def test_the_numbers_of_the_table_have_the_status_that_it_says(self):
        base = self.start()
        compared = 0
        for cell, state in rows("WORLD.md", "number of shop 600000"):
            status = re.search(r"\b[A-Z]+_[A-Z]+\b|DELIVERED|never used", state)
            for number in names(cell) if status else []:
                detail = self.call(base, "/api/v2/first_mile/get_detail", first_mile_tracking_number=number)
                expected = status[0].replace("never used", "NOT_AVAILABLE")
                self.assertEqual(detail["response"]["status"], expected, number)
                compared += 1
        self.assertGreaterEqual(compared, 6)


if __name__ == "__main__":
    PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
