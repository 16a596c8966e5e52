"""A small WebDriver client on the standard library: one headless Chromium in a fresh profile."""

import base64
import json
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

CHROMIUM_FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1440,1000",
]
START_SECONDS = 30
WAIT_SECONDS = 20


class Browser:
    def __init__(self, *more_flags):
        self._profile = tempfile.mkdtemp(prefix="status-page-")
        self._driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True,
                                        stderr=subprocess.STDOUT)
        self._base = f"http://127.0.0.1:{self._read_port()}"
        flags = [*CHROMIUM_FLAGS, f"--user-data-dir={self._profile}", *more_flags]
        options = {"args": flags}
        if shutil.which("chromium"):
            options["binary"] = shutil.which("chromium")
        session = self._request("POST", "/session", {
            "capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}})
        self._session = f"/session/{session['sessionId']}"

    def _read_port(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            found = re.search(r"on port (\d+)\.?$", self._driver.stdout.readline().strip())
            if found and int(found[1]):
                return int(found[1])
        raise RuntimeError("chromedriver does not start")

    def _request(self, method, path, body=None):
        request = urllib.request.Request(self._base + path, method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def open(self, url):
        self._request("POST", self._session + "/url", {"url": url})

    def url(self):
        return self._request("GET", self._session + "/url")

    def run(self, script, *args):
        """What the script returns; of a promise, what it becomes."""
        return self._request("POST", self._session + "/execute/sync", {"script": script, "args": list(args)})

    def text(self, selector):
        return self.run("const e = document.querySelector(arguments[0]); return e ? e.innerText : null;", selector)

    def click(self, selector):
        for last in (False, False, True):
            found = self._request("POST", self._session + "/element", {"using": "css selector", "value": selector})
            element = next(iter(found.values()))
            try:
                return self._request("POST", f"{self._session}/element/{element}/click", {})
            except urllib.error.HTTPError as error:
                # The page follows the world: an element may be replaced between finding and clicking.
                if last or "stale element" not in error.read().decode():
                    raise

    def wait_for(self, what, condition):
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            value = condition()
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError(f"the page never shows {what}")

    def screenshot(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self._request("GET", self._session + "/screenshot")))

    def close(self):
        try:
            self._request("DELETE", self._session)
        finally:
            self._driver.terminate()
            self._driver.wait(timeout=10)
            self._driver.stdout.close()
            shutil.rmtree(self._profile, ignore_errors=True)


def available():
    return bool(shutil.which("chromedriver") and shutil.which("chromium"))
