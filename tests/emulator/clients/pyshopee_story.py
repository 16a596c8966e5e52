"""The pickup story and a token refresh, told by pyshopee2 (PyPI: pyshopee), unchanged but for its base URL.

Usage: pyshopee_story.py BASE_URL
Known bugs of the client that are worked around here:
- it imports selenium, which it neither declares nor needs outside of get_code;
- get_waybill is a GET and its answer is taken for JSON, so the label is asked for with the client's own signer;
- a refused refresh ends with a KeyError instead of the error.
"""

import html.parser
import sys
import time
import types
import urllib.parse

sys.modules["selenium"] = types.ModuleType("selenium")
sys.modules["selenium"].webdriver = None

import pyshopee2  # noqa: E402
import requests  # noqa: E402

SHOP = 600003
PARTNER = 2001887
KEY = "57615053704d6470644f554a78656d50484143644964436a5568777544524579"  # public demo key
REDIRECT = "https://seller.example.com/back"
TIMEOUT_SECONDS = 10


class FormReader(html.parser.HTMLParser):
    """Where the form of the consent page goes, and its hidden fields."""

    def __init__(self, page):
        super().__init__()
        self.action = ""
        self.fields = {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            self.action = attributes["action"]
        if tag == "input" and attributes.get("type") == "hidden":
            self.fields[attributes["name"]] = attributes["value"]


def consent(base, url):
    """Does what the seller does in a browser; returns the parameters of the redirect."""
    page = requests.get(url, timeout=TIMEOUT_SECONDS)
    assert page.status_code == 200, page.text
    form = FormReader(page.text)
    fields = {**form.fields, "account": f"shop:{SHOP}", "days": "365"}
    sent = requests.post(base + form.action, data=fields, allow_redirects=False, timeout=TIMEOUT_SECONDS)
    assert sent.status_code == 302, sent.text
    location = urllib.parse.urlsplit(sent.headers["Location"])
    assert location.hostname == "seller.example.com"
    return dict(urllib.parse.parse_qsl(location.query))


def check(answer):
    assert answer["error"] == "", answer
    return answer["response"]


def bind_for_pickup(client):
    mile = client.firstmile
    channels = check(mile.get_channel_list(region="CN"))["logistics_channel_list"]
    assert 813 in [channel["logistics_channel_id"] for channel in channels]
    today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
    number = check(mile.generate_first_mile_tracking_number(declare_date=today, quantity=1))[
        "first_mile_tracking_number_list"
    ][0]
    orders = check(mile.get_unbind_order_list(page_size=3))["order_list"]
    rows = [{"order_sn": order["order_sn"]} for order in orders]
    bound = check(
        mile.bind_first_mile_tracking_number(
            first_mile_tracking_number=number,
            shipment_method="pickup",
            region="CN",
            logistics_channel_id=813,
            order_list=rows,
        )
    )
    assert len(bound["order_list"]) == 3, bound
    detail = check(mile.get_detail(first_mile_tracking_number=number))
    assert detail["status"] == "ORDER_RECEIVED", detail
    assert {row["order_sn"] for row in detail["order_list"]} == {row["order_sn"] for row in rows}
    return number


def print_label(client, number):
    body = {"first_mile_tracking_number_list": [number]}
    request = client._build_request("first_mile/get_waybill", "POST", body)
    label = requests.Session().send(request.prepare(), timeout=TIMEOUT_SECONDS)
    assert label.headers["Content-Type"] == "application/pdf", label.text
    assert label.content.startswith(b"%PDF")


def refresh(client):
    old_access, old_refresh = client.access_token, client.refresh_token
    client.get_access_token(SHOP, PARTNER, KEY, old_refresh)
    assert client.access_token != old_access and client.refresh_token != old_refresh
    info = client.shop.get_shop_info()
    assert info["error"] == "" and info["region"] == "CN", info
    try:
        client.get_access_token(SHOP, PARTNER, KEY, old_refresh)
    except KeyError:
        return
    raise AssertionError("a refresh token worked twice")


def main():
    base = sys.argv[1]
    pyshopee2.Client.BASE_URL = base
    client = pyshopee2.Client(SHOP, PARTNER, KEY, REDIRECT)
    sent = consent(base, client.shop_authorization(REDIRECT))
    assert sent["shop_id"] == str(SHOP), sent
    client.code = sent["code"]
    client.get_token()
    print_label(client, bind_for_pickup(client))
    refresh(client)
    print("story told")


main()
