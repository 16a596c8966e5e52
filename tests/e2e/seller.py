"""A seller's browser: opens the login page, sends its form as it stands, and says where it ends up."""

import http.client
import urllib.parse
from html.parser import HTMLParser

BROWSER_SECONDS_MAX = 30


class _Form(HTMLParser):
    """The first form of a page: where it goes, and what each field holds before the seller changes it."""

    def __init__(self, page):
        super().__init__()
        self.action, self.method, self.fields, self.choices = "", "get", {}, {}
        self._select = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.action, self.method = given["action"], given["method"]
        elif tag == "input":
            self.fields[given["name"]] = given.get("value", "")
        elif tag == "select":
            self._select = given["name"]
            self.choices[self._select] = []
        elif tag == "option":
            self.choices[self._select].append(given["value"])
            self.fields.setdefault(self._select, given["value"])


def _ask(verb, url, body=None):
    """One request, redirects not followed: the answer and its text."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=BROWSER_SECONDS_MAX)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
    target = urllib.parse.urlunsplit(("", "", parts.path, parts.query, ""))
    connection.request(verb, target, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def log_in(url, account=None):
    """Agrees on the page, for `account` ("shop:1", "main_account:2") or the one that is chosen already.

    Returns the address that the browser is sent to.
    """
    answer, page = _ask("GET", url)
    assert answer.status == 200, f"{answer.status} {page}"
    form = _Form(page)
    if account is not None:
        assert account in form.choices["account"], f"the page does not offer {account}"
        form.fields["account"] = account
    answer, page = _ask(
        form.method.upper(), urllib.parse.urljoin(url, form.action), urllib.parse.urlencode(form.fields)
    )
    assert answer.status in (302, 303), f"{answer.status} {page}"
    return answer.getheader("Location")


def brought_back(address):
    """What the redirect carries, by name."""
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
