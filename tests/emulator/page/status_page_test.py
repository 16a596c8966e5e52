"""The status page in a real browser: shows calls and changes live, moves the clock, adds a fault.

usage: status_page_test.py EMULATOR_BINARY [SCREENSHOT_FOLDER]
"""

import datetime
import hashlib
import hmac
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

import webdriver

PARTNER_ID = "2001887"
KEY = "57615053704d6470644f554a78656d50484143644964436a5568777544524579"  # the public demo key
SHOP = "600000"
NUMBER = "CNF000000000003241101"
ORDER = "2411010FMDEMO0"
CLOSED_CALLBACK = "http://127.0.0.1:9/callback"  # nothing listens on this port
SKIPPED = 77  # CTest: skipped, since no browser is installed

binary = ""
screenshots = ""


def start_emulator(folder):
    port_file = os.path.join(folder, "port")
    process = subprocess.Popen([binary, "--listen=127.0.0.1:0", f"--port_file={port_file}",
                                f"--push_url={CLOSED_CALLBACK}"], stdout=subprocess.DEVNULL)
    while not os.path.exists(port_file):
        if process.poll() is not None:
            raise RuntimeError("the emulator ended early")
        time.sleep(0.01)
    with open(port_file, encoding="ascii") as file:
        return process, f"http://127.0.0.1:{file.read().strip()}"


def shopee_time(text):
    return datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S")


class StatusPageTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.emulator, self.base = start_emulator(folder.name)
        self.addCleanup(self.emulator.wait)
        self.addCleanup(self.emulator.terminate)
        self.browser = webdriver.Browser()
        self.addCleanup(self.browser.close)
        self.browser.open(self.base + "/")  # redirects to the page
        self.browser.wait_for("the shop", lambda: self.browser.text("#shop-id") == SHOP)

    def control(self, page):
        with urllib.request.urlopen(f"{self.base}/_emulator/{page}", timeout=10) as answer:
            return json.load(answer)

    def call(self, path, body):
        now = str(self.control("state")["now"])
        token = self.control("shops")["shops"][0]["access_token"]
        sign = hmac.new(KEY.encode(), (PARTNER_ID + path + now + token + SHOP).encode(), hashlib.sha256)
        query = urllib.parse.urlencode({"partner_id": PARTNER_ID, "timestamp": now, "sign": sign.hexdigest(),
                                        "access_token": token, "shop_id": SHOP})
        request = urllib.request.Request(f"{self.base}{path}?{query}", data=json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def bind(self):
        return self.call("/api/v2/first_mile/bind_first_mile_tracking_number", {
            "first_mile_tracking_number": NUMBER, "shipment_method": "pickup", "region": "cn",
            "logistics_channel_id": 813, "order_list": [{"order_sn": ORDER}]})

    def keep_screenshot(self, name):
        if screenshots:
            self.browser.screenshot(os.path.join(screenshots, name + ".png"))

    def test_shows_a_bind_made_through_the_api(self):
        row = f'#numbers tr[data-number="{NUMBER}"]'
        self.assertNotIn(ORDER, self.browser.text(row) or "")
        self.assertEqual(self.bind()["error"], "")
        self.browser.wait_for("the bound order", lambda: ORDER in (self.browser.text(row) or ""))
        self.assertIn("order received", self.browser.text(row))
        self.browser.wait_for(
            "the call", lambda: "bind_first_mile_tracking_number" in (self.browser.text("#calls") or ""))
        self.keep_screenshot("bind")

    def test_the_clock_button_moves_the_time(self):
        before = shopee_time(self.browser.text("#clock-time"))
        server_before = self.control("state")["now"]
        self.browser.wait_for("the clock buttons", lambda: self.browser.text("#advance-day"))
        self.browser.click("#advance-day")
        day = datetime.timedelta(days=1)
        self.browser.wait_for("the next day",
                              lambda: shopee_time(self.browser.text("#clock-time")) - before >= day)
        self.assertGreaterEqual(self.control("state")["now"] - server_before, day.total_seconds())

    def test_the_clock_button_moves_a_parcel(self):
        row = f'#numbers tr[data-number="{NUMBER}"]'
        self.bind()
        self.browser.wait_for("the bind", lambda: "order received" in (self.browser.text(row) or ""))
        for _ in range(3):
            self.browser.click("#advance-day")
        self.browser.wait_for("the collected parcel", lambda: any(
            word in (self.browser.text(row) or "") for word in ("picked up", "delivered")))
        self.keep_screenshot("moved")

    def test_an_order_is_made_paid_and_split_by_buttons(self):
        self.browser.click("#new-order")
        self.browser.wait_for("the order", lambda: self.browser.text('#order-events [data-event="pay"]'))
        order = self.browser.text("#order-events .mono")
        for event, sign in (("pay", "ready to ship"), ("split", "ready to ship"), ("ask_cancellation", "in cancel")):
            self.browser.wait_for(event, lambda: self.browser.text(f'#order-events [data-event="{event}"]'))
            self.browser.click(f'#order-events [data-event="{event}"]')
            row = f'#orders tr[data-order="{order}"]'
            self.browser.wait_for(sign, lambda: sign in (self.browser.text(row) or ""))
        self.keep_screenshot("order")

    def test_shows_a_push_that_waits_for_its_next_attempt(self):
        body = json.dumps({"code": 37, "shop_id": int(SHOP), "data": {"binding_id": "DCN1"}}).encode()
        with urllib.request.urlopen(f"{self.base}/_emulator/push", data=body, timeout=10) as answer:
            self.assertEqual(answer.status, 200)
        self.browser.wait_for("the push", lambda: "DCN1" in (self.browser.text("#pushes") or ""))
        self.browser.wait_for("its state", lambda: "waiting" in (self.browser.text("#pushes") or ""))
        self.assertIn(CLOSED_CALLBACK, self.browser.text("#pushes-about"))
        self.keep_screenshot("push")

    def test_adds_and_removes_a_fault(self):
        self.browser.wait_for("the presets", lambda: "rate limit" in (self.browser.text("#fault-preset") or ""))
        self.browser.run("document.getElementById('fault-preset').value = 'rate_limit';")
        self.browser.click("#add-fault")
        self.browser.wait_for("the fault", lambda: "rate_limit" in (self.browser.text("#faults") or ""))
        self.assertEqual(self.bind()["error"], "error_rate_limit")
        self.browser.wait_for("its error", lambda: "error_rate_limit" in (self.browser.text("#calls") or ""))
        self.keep_screenshot("fault")
        self.browser.click("#faults button")
        self.browser.wait_for("no fault", lambda: not self.browser.text("#faults"))
        self.assertEqual(self.bind()["error"], "")


if __name__ == "__main__":
    if not webdriver.available():
        print("skipped: needs the packages chromium and chromium-driver")
        sys.exit(SKIPPED)
    binary = sys.argv[1]
    screenshots = sys.argv[2] if len(sys.argv) > 2 else ""
    unittest.main(argv=sys.argv[:1], verbosity=2)
