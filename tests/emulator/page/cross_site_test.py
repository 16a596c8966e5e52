"""In a real browser, pages of other origins cannot change an emulator on the same machine; its own pages can.

usage: cross_site_test.py EMULATOR_BINARY
"""

import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request

import webdriver

SHOP = 600000
SKIPPED = 77  # CTest: skipped, since no browser is installed
REBOUND = "rebound.example"  # a host name that an attacker resolves to this machine
STATES = ["state", "shops", "clock", "snapshot", "rate_limit", "faults", "tokens", "pushes"]
# Each would be visible in STATES.
CHANGES = {
    "faults": {"preset": "rate_limit"},
    "shops": {"shop_id": SHOP, "access_token": "stolen"},
    "clock": {"advance_seconds": 3600},
    "snapshot": {"name": "theirs"},
    "rate_limit": {"per_second": 1},
    "push": {"code": 3, "shop_id": SHOP, "data": {}},
    "orders": {"shop_id": SHOP, "order_sn": "THEIRS"},
    "order_events": {"order_sn": "2411010FMSHIP0", "event": "ship"},
    "expire": {"shop_id": SHOP, "what": "access_token"},
    "reset": {},
}

FETCH = """
const [url, options] = arguments;
return fetch(url, options).then((answer) => answer.type + " " + answer.status, () => "refused by the browser");
"""
# With enctype text/plain the field's name and value make one JSON text.
SUBMIT = """
const [url, enctype, body] = arguments;
return new Promise((done) => {
  const frame = document.createElement("iframe"), form = document.createElement("form");
  frame.name = "target" + Math.random();
  const field = document.createElement("input");
  const cut = body.lastIndexOf("}");
  field.name = body.slice(0, cut) + (cut > 1 ? ', ' : '') + '"x": "';
  field.value = '"}';
  form.append(field);
  Object.assign(form, {method: "POST", action: url, enctype: enctype, target: frame.name});
  document.body.append(frame, form);
  frame.onload = () => { if (form.sent) done("loaded"); };
  form.sent = true;
  form.submit();
});
"""
SHOW_IMAGE = """
const url = arguments[0];
return new Promise((done) => {
  const image = new Image();
  image.onload = image.onerror = () => done("asked");
  image.src = url;
});
"""
OPEN_EVENTS = """
const url = arguments[0];
return new Promise((done) => {
  const events = new EventSource(url);
  events.onopen = () => { events.close(); done("open"); };
  events.onerror = () => { events.close(); done("refused"); };
});
"""

binary = ""


class StrangerPage(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"<!doctype html><title>stranger</title><body>free parcels</body>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class CrossSiteTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.start_emulator(pathlib.Path(folder.name) / "port")
        strangers = http.server.ThreadingHTTPServer(("127.0.0.1", 0), StrangerPage)
        threading.Thread(target=strangers.serve_forever, daemon=True).start()
        self.addCleanup(strangers.server_close)
        self.addCleanup(strangers.shutdown)
        self.stranger_port = strangers.server_port
        # *.example resolves to this machine, as an attacker's name server can arrange.
        self.browser = webdriver.Browser("--host-resolver-rules=MAP *.example 127.0.0.1")
        self.addCleanup(self.browser.close)

    def start_emulator(self, port_file):
        # The clock stands still, so that the state changes by requests alone.
        emulator = subprocess.Popen(
            [binary, "--listen=127.0.0.1:0", f"--port_file={port_file}", "--clock=manual"], stdout=subprocess.DEVNULL)
        self.addCleanup(emulator.wait)
        self.addCleanup(emulator.terminate)
        while not port_file.exists():
            self.assertIsNone(emulator.poll(), "the emulator ended early")
            time.sleep(0.01)
        self.port = int(port_file.read_text())
        self.base = f"http://127.0.0.1:{self.port}"

    def control(self, page):
        with urllib.request.urlopen(f"{self.base}/_emulator/{page}", timeout=10) as answer:
            return json.load(answer)

    def everything(self):
        pages = {page: self.control(page) for page in STATES}
        for counter in ("total_requests", "version"):  # change with every request, such as that for an icon
            del pages["state"][counter]
        return pages

    def attack(self, base):
        """Tries every request that a page can send; returns the result of each."""
        results = {}
        for page, change in CHANGES.items():
            url, body = f"{base}/_emulator/{page}", json.dumps(change)
            for mode in ("no-cors", "cors"):
                results[mode, page] = self.browser.run(FETCH, url, {"method": "POST", "mode": mode, "body": body})
            typed = {"method": "POST", "body": body, "headers": {"Content-Type": "application/json"}}
            results["json", page] = self.browser.run(FETCH, url, typed)
            results["delete", page] = self.browser.run(FETCH, url, {"method": "DELETE"})
            for enctype in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
                results[enctype, page] = self.browser.run(SUBMIT, url, enctype, body)
            results["image", page] = self.browser.run(SHOW_IMAGE, f"{url}?{urllib.parse.urlencode(change)}")
        return results

    def test_pages_of_other_origins_change_nothing(self):
        before = self.everything()
        for stranger in ("http://stranger.example", "http://localhost", "http://127.0.0.1"):
            with self.subTest(stranger=stranger):
                self.browser.open(f"{stranger}:{self.stranger_port}/")
                results = self.attack(self.base)
                self.assertEqual(self.everything(), before)
                self.assertEqual(results["no-cors", "reset"], "opaque 0")  # it was sent; the browser hides the answer
                self.assertEqual(results["json", "reset"], "refused by the browser")
                self.assertEqual(self.browser.run(OPEN_EVENTS, self.base + "/_emulator/events"), "refused")

    def test_a_page_after_dns_rebinding_reads_and_changes_nothing(self):
        before = self.everything()
        rebound = f"http://{REBOUND}:{self.port}"
        self.browser.open(rebound + "/_emulator/ui")  # the refusal is a page of that origin, too
        results = self.attack(rebound)
        self.assertEqual(self.everything(), before)
        self.assertEqual({results["json", page] for page in CHANGES}, {"basic 403"})
        self.assertEqual(self.browser.run(FETCH, rebound + "/_emulator/shops", {}), "basic 403")
        self.assertEqual(self.browser.run(OPEN_EVENTS, rebound + "/_emulator/events"), "refused")

    def test_the_status_page_changes_the_emulator(self):
        self.browser.open(self.base + "/")
        for page, change in CHANGES.items():
            typed = {"method": "POST", "body": json.dumps(change), "headers": {"Content-Type": "application/json"}}
            results = self.browser.run(FETCH, f"/_emulator/{page}", typed)
            self.assertNotEqual(results, "basic 403", page)
        self.browser.run(FETCH, "/_emulator/faults", {
            "method": "POST", "body": '{"preset": "rate_limit"}', "headers": {"Content-Type": "application/json"}})
        self.assertEqual(len(self.control("faults")["faults"]), 1)
        self.browser.run("window.confirm = () => true;")
        self.browser.click("#reset")
        self.browser.wait_for("the fresh world", lambda: not self.control("faults")["faults"])

    def test_curl_changes_the_emulator(self):
        def curl(*words):
            command = ["curl", "-s", "--noproxy", "*", *words]
            return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

        added = curl("-d", '{"preset":"rate_limit","shop_id":600003,"probability":0.1}', f"{self.base}/_emulator/faults")
        self.assertEqual(len(added["faults"]), 1)
        self.assertEqual(curl("-X", "DELETE", f"http://localhost:{self.port}/_emulator/faults")["faults"], [])

    def test_a_seller_consents_on_the_consent_page_only(self):
        back = f"http://127.0.0.1:{self.stranger_port}/back"
        question = urllib.parse.urlencode({
            "partner_id": 2001887, "auth_type": "seller", "redirect_uri": back, "response_type": "code"})
        self.browser.open(f"http://stranger.example:{self.stranger_port}/")
        before = self.control("tokens")
        decision = f"{self.base}/auth/consent?partner_id=2001887"
        form = urllib.parse.urlencode({"account": f"shop:{SHOP}", "redirect": back, "days": 365})
        self.browser.run(FETCH, decision, {
            "method": "POST", "mode": "no-cors", "body": form,
            "headers": {"Content-Type": "application/x-www-form-urlencoded"}})
        self.assertEqual(self.control("tokens"), before)
        self.browser.run("location.href = arguments[0];", f"{self.base}/auth?{question}")  # a link of the seller's tool
        self.browser.wait_for("the consent page", lambda: self.browser.text("h1"))
        self.browser.click("button")
        self.browser.wait_for("the way back", lambda: self.browser.url().startswith(back))
        self.assertIn("code=", self.browser.url())
        self.assertNotEqual(self.control("tokens"), before)


if __name__ == "__main__":
    if not webdriver.available():
        print("skipped: needs the packages chromium and chromium-driver")
        sys.exit(SKIPPED)
    binary = sys.argv[1]
    unittest.main(argv=sys.argv[:1], verbosity=2)
