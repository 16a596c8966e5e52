"""The reasons with which a call may fail: by its kind, and by what Shopee documents for its operation."""

import json
import re

from manual_contract import PACKAGE, ROOT, ManualError, enum_name

# Of each platform call the pairs `code | text` that the reference documents.
ERRORS = ROOT / ".dev/manual_errors.json"
# The same pairs, each under its reason; a test holds the program to it.
DOCUMENTED = ROOT / "tests/errors/documented_errors.txt"
REASONS = f"{PACKAGE}.ErrorReason"
SCOPES_WITH_TOKENS = ("AUTH_SCOPE_SHOP", "AUTH_SCOPE_MERCHANT")

# Kind of call, and the reasons that any call of the kind may have.
KINDS = {
    "every call": "REQUEST_INVALID DEADLINE_EXCEEDED CANCELLED DRAINING SIDECAR_OVERLOADED SIDECAR_FAULT",
    "calls of Shopee": (
        "ACCESS_DENIED SELLER_NOT_REGISTERED ACCOUNT_BANNED SOURCE_IP_UNDECLARED PARTNER_MISCONFIGURED CLOCK_SKEW "
        "API_OFFLINE ENDPOINT_MISSING RATE_LIMITED DAILY_QUOTA CONCURRENCY_LIMITED UPSTREAM_UNAVAILABLE "
        "UPSTREAM_UNREACHABLE UPSTREAM_NO_ANSWER UPSTREAM_CIRCUIT_OPEN UPSTREAM_ERROR ANSWER_UNREADABLE "
        "ANSWER_TOO_LARGE SUPPORT_NEEDED"
    ),
    "calls with a token": (
        "NO_ACCESS_TOKEN AUTHORIZATION_REQUIRED TOKEN_REJECTED TOKEN_NOT_RENEWABLE TOKEN_UNREADABLE "
        "TOKEN_REFRESH_BUSY TOKEN_REFRESH_FAILED TOKEN_ANSWER_UNCLEAR TOKEN_STORE_UNAVAILABLE "
        "TOKEN_OF_ANOTHER_SUBJECT SHOP_NOT_AUTHORIZED"
    ),
    "writes": "WRITE_OUTCOME_UNKNOWN WRITE_NOT_APPLIED",
    "streams of pages": "CURSOR_STUCK TOO_MANY_PAGES",
    "token calls": (
        "ACCESS_DENIED SELLER_NOT_REGISTERED ACCOUNT_BANNED SOURCE_IP_UNDECLARED PARTNER_MISCONFIGURED CLOCK_SKEW "
        "API_OFFLINE RATE_LIMITED DAILY_QUOTA UPSTREAM_UNREACHABLE TOKEN_ANSWER_UNCLEAR TOKEN_OF_ANOTHER_SUBJECT"
    ),
    "calls of the token store": "TOKEN_STORE_UNAVAILABLE TOKEN_UNREADABLE TOKENS_NOT_STORED",
}

# Of the calls that no operation of Shopee stands behind.
STORE = "calls of the token store"
FLOWS = ("calls of Shopee", "calls with a token", "writes")
KINDS_OF_OWN = {
    "AuthService/ExchangeCode": (STORE, "token calls"),
    "AuthService/ExchangeResendCode": (STORE, "token calls"),
    "AuthService/ForgetShop": (STORE,),
    "AuthService/ImportTokens": (STORE,),
    "AuthService/ListShops": (STORE,),
    "AuthService/RefreshNow": (STORE, "token calls", "calls with a token"),
    "FlowService/BindOrders": FLOWS,
    "FlowService/UnbindOrders": FLOWS,
}

# What they have besides.
OWN = {
    "AuthService/ExchangeCode": "CODE_REFUSED TOKENS_WITHOUT_SUBJECT",
    "AuthService/ExchangeResendCode": "CODE_REFUSED TOKENS_WITHOUT_SUBJECT",
    "AuthService/WatchShops": "WATCHER_TOO_SLOW",
}


class Reasons:
    """Tells the reasons of each rpc. Raises ManualError for a pair or a name that the contract lacks."""

    def __init__(self, contract):
        self._contract = contract
        values = contract.enums[REASONS].value
        self._order = {value.name.removeprefix("ERROR_REASON_"): value.number for value in values}
        self._reason_of = _documented()
        self._errors = json.loads(ERRORS.read_text())
        self._check()

    def _check(self):
        known = {name for kind in (*KINDS.values(), *OWN.values()) for name in kind.split()}
        wrong = [f"{name}: no reason of the contract" for name in sorted(known - self._order.keys())]
        wrong += [f"{rpc}: no such rpc" for rpc in (*self._errors, *OWN, *KINDS_OF_OWN) if rpc not in self._contract.rpcs]
        for rpc in self._contract.rpcs:
            service, name = rpc.split("/")
            call, _ = self._contract.upstream(service, name)
            wrong += [f"{rpc}: {ERRORS.name} has no errors of it"] if call and not self._operation(rpc) else []
        wrong += [
            f"{rpc}: {pair} stands in {ERRORS.name} and not in {DOCUMENTED.name}"
            for rpc, pairs in self._errors.items()
            for pair in pairs
            if pair not in self._reason_of
        ]
        if wrong:
            raise ManualError("\n".join(wrong))

    def kinds(self, rpc):
        """The kinds of call that an rpc is."""
        service, name = rpc.split("/")
        call, source = self._contract.upstream(service, name)
        kinds = ["every call"]
        if call:
            kinds.append("calls of Shopee")
            kinds += ["calls with a token"] if enum_name(call, "scope") in SCOPES_WITH_TOKENS else []
            kinds += ["writes"] if enum_name(call, "effect") == "EFFECT_WRITE" else []
            kinds += ["streams of pages"] if source and call.paging else []
        return [*kinds, *KINDS_OF_OWN.get(rpc, ())]

    def own(self, rpc):
        """The reasons that its kinds do not have, each with Shopee's codes for it."""
        of_kinds = {name for kind in self.kinds(rpc) for name in KINDS[kind].split()}
        codes = {name: set() for name in OWN.get(rpc, "").split()}
        for pair in self._errors.get(self._operation(rpc), ()):
            codes.setdefault(self._reason_of[pair], set()).add(pair.partition(" | ")[0])
        return {name: sorted(codes[name]) for name in self.sorted(codes) if name not in of_kinds}

    def sorted(self, names):
        return sorted(names, key=self._order.__getitem__)

    def _operation(self, rpc):
        """The rpc whose operation an rpc asks for; a stream asks for that of another one."""
        service, name = rpc.split("/")
        _, source = self._contract.upstream(service, name)
        rpc = f"{service}/{source}" if source else rpc
        return rpc if rpc in self._errors else ""


def _documented():
    reason_of, reason = {}, ""
    for line in map(str.strip, DOCUMENTED.read_text().splitlines()):
        heading = re.fullmatch(r"## ([A-Z_]+)", line)
        if heading:
            reason = heading[1]
        elif line and not line.startswith("#"):
            reason_of[line] = reason
    return reason_of
