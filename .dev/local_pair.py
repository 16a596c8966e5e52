"""shopee-emulator and firstmiled as child processes, on any ports, for ./dev and the end-to-end tests.

A child is ended by its own pid, and ends by itself when this process dies.
"""

import base64
import json
import os
import pathlib
import signal
import subprocess
import threading
import time
import urllib.request

START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 30
LINES_KEPT_MAX = 200_000

# The public demo key of Shopee's own sample code; the emulator's default.
DEMO_PARTNER_ID = 2001887
DEMO_PARTNER_KEY = "57615053704d6470644f554a78656d50484143644964436a5568777544524579"


class StartError(Exception):
    """A program ended before it listened."""


def wait_until(condition, what, seconds=START_SECONDS_MAX):
    """Returns the first true value of condition(), asking every 10 ms."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(0.01)


class Program:
    """A child process whose stderr lines are kept, and shown when echo is given. Options are Popen's."""

    def __init__(self, arguments, env=None, echo=None, **options):
        self.name = pathlib.Path(arguments[0]).name
        self.lines = []
        self._echo = echo
        # setpriv becomes the program itself: the pid is the program's.
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "--", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=env,
            start_new_session=True,  # a Ctrl-C at the terminal reaches it through stop() alone
            **options,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def pid(self):
        return self.process.pid

    def _read(self):
        for line in self.process.stderr:
            if len(self.lines) < LINES_KEPT_MAX:
                self.lines.append(line.rstrip("\n"))
            if self._echo:
                self._echo(line)

    def running(self):
        return self.process.poll() is None

    def require_running(self):
        if not self.running():
            self._reader.join(STOP_SECONDS_MAX)
            words = "\n".join(self.lines) or f"{self.name} ended without a word"
            raise StartError(f"{words}\n(exit code {self.process.returncode})")

    def stop(self, number=signal.SIGTERM, seconds=STOP_SECONDS_MAX):
        """Ends the program, if it runs, and returns its exit code."""
        if self.process.stderr.closed:
            return self.process.returncode
        if self.running():
            self.process.send_signal(number)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(seconds)
        self.process.stderr.close()
        return self.process.returncode


class Emulator(Program):
    """shopee-emulator and its control API."""

    def __init__(self, build, folder, *flags, port=0):
        port_file = pathlib.Path(folder) / "emulator_port"
        port_file.unlink(missing_ok=True)
        listen = ["--listen", f"127.0.0.1:{port}", "--port_file", port_file]
        super().__init__([pathlib.Path(build) / "server/emulator/shopee-emulator", *listen, *flags])
        wait_until(lambda: port_file.exists() or self.require_running(), "the emulator's port")
        self.base_url = f"http://127.0.0.1:{port_file.read_text().strip()}"

    def control(self, page, body=None, verb=None):
        """Asks a page of GET /_emulator/; a body makes it a POST."""
        data = None if body is None else json.dumps(body).encode()
        verb = verb or ("GET" if data is None else "POST")
        request = urllib.request.Request(f"{self.base_url}/_emulator/{page}", data, method=verb)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return json.load(answer)

    def counters(self):
        return self.control("counters")

    def requests(self, operation):
        paths = self.counters()["requests"]
        return sum(count for path, count in paths.items() if path.endswith(f"/{operation}"))

    def shop_tokens(self):
        return {shop["shop_id"]: shop["access_token"] for shop in self.control("shops")["shops"]}


class Sidecar(Program):
    """firstmiled with a configuration file."""

    def __init__(self, build, config_file, *flags, listen="127.0.0.1:0", env=None, echo=None, **options):
        program = pathlib.Path(build) / "server/firstmiled"
        command = [program, "--config", config_file, "--listen", listen, *flags]
        super().__init__(command, env, echo, **options)
        self.target = wait_until(self._address, "firstmiled to listen")

    def _address(self):
        for line in list(self.lines):
            if '"event":"listening"' in line:
                return json.loads(line)["detail"]
        self.require_running()
        return None


def write_private(path, text):
    path = pathlib.Path(path)
    path.touch(mode=0o600)
    path.write_text(text)
    return path


def write_config(
    folder, base_url, tokens, key=DEMO_PARTNER_KEY, partner_id=DEMO_PARTNER_ID, upstream="", more=()
):
    """Writes a configuration with its key file into a private folder and returns its path.

    `upstream` are further fields of that message, `more` further lines.
    """
    key_file = write_private(pathlib.Path(folder) / "partner_key", key + "\n")
    lines = [
        f'upstream {{ base_url: "{base_url}" {upstream} }}',
        f'partner {{ partner_id: {partner_id} partner_key_file: "{key_file}" }}',
    ]
    lines += [f'shop_tokens {{ shop_id: {shop} access_token: "{token}" }}' for shop, token in tokens.items()]
    return write_private(pathlib.Path(folder) / "firstmiled.textproto", "\n".join([*lines, *more]) + "\n")


def encryption_key_file(folder, name="encryption_key"):
    """The file with the key that encrypts stored tokens, made when it is missing."""
    path = pathlib.Path(folder) / name
    if path.exists():
        return path
    return write_private(path, base64.b64encode(os.urandom(32)).decode() + "\n")


def tokens_line(folder, store=None, more=""):
    """The configuration's line for tokens that outlive the sidecar; by default they lie in an SQLite file."""
    store = store or f'sqlite {{ path: "{pathlib.Path(folder) / "tokens.db"}" }}'
    return f'tokens {{ {store} encryption_key_file: "{encryption_key_file(folder)}" {more} }}'
