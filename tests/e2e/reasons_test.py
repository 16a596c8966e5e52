"""The reasons that the sidecar sends are the values of ErrorReason, and each value is sent."""

import pathlib
import re
import unittest

from firstmile.v1.error_reason_pb2 import ErrorReason
from harness import ROOT

NAME = r'"([A-Z]+(?:_[A-Z]+)*)"'
# Where sources name a reason: in what makes a status, in a refusal's member, and in named constants.
PLACES = (
    r"\b(?:Local|Failed|LocalFailure|late|fail)\([^;\"]*?" + NAME,
    r"\breason = [^;,\"]*?" + NAME,
    r"\bunsent \? " + NAME + r" : " + NAME,
    r"constexpr absl::string_view k\w+ = " + NAME,
    r"Info\(" + NAME,
)
# Of a record that says why a seller must log in again (AuthorizationRequiredReason), and what is no reason.
OTHERS = {"AUTHORIZATION_ENDED", "REFRESH_ANSWER_LOST", "REFRESH_TOKEN_REFUSED", "FIRSTMILE_ENCRYPTION_KEY"}


def reasons_in(text):
    found = set()
    for place in PLACES:
        for match in re.finditer(place, text):
            found.update(match.groups())
    return found - OTHERS


def reasons_of_sources():
    folders = ("errors", "read_back", "gateway", "limits", "rpc", "tokens")
    files = [path for folder in folders for path in (ROOT / "server" / folder).rglob("*.[ch]*")]
    files.remove(ROOT / "server/errors/reasons.cc")  # the table of all
    return set().union(*(reasons_in(path.read_text()) for path in files))


def reasons_of_the_page():
    """Those that the tables of Shopee's codes give."""
    page = pathlib.Path(ROOT / "server/errors/vendor_codes.md").read_text()
    return set(re.findall(r"\| ([A-Z_]+) (?=\|)", page))


class ReasonsTest(unittest.TestCase):
    def setUp(self):
        names = set(ErrorReason.keys()) - {"ERROR_REASON_UNSPECIFIED"}
        self.contract = {name.removeprefix("ERROR_REASON_") for name in names}

    def test_every_reason_that_is_sent_is_in_the_contract(self):
        self.assertLessEqual(reasons_of_sources() | reasons_of_the_page(), self.contract)

    def test_every_reason_of_the_contract_is_sent(self):
        self.assertLessEqual(self.contract, reasons_of_sources() | reasons_of_the_page())
