#!/usr/bin/env python3
"""How the sidecar gets a shop's tokens, from the seller's login page to the first call.

first_login.py [--target 127.0.0.1:50051] [--redirect https://backend.example/shopee] [REDIRECTED_ADDRESS]

Prints the address for the seller's browser and reads the one where the browser ended up. When that one is
given as an argument, it only goes on from there.
"""

import argparse
import dataclasses
import secrets
import sys
import urllib.parse

import grpc

from firstmile.errors import ErrorDetails
from firstmile.v1 import auth_tokens_pb2, first_mile_orders_pb2, subject_pb2
from firstmile.v1.auth_service_pb2_grpc import AuthServiceStub
from firstmile.v1.first_mile_service_pb2_grpc import FirstMileServiceStub

DEADLINE_SECONDS = 10


@dataclasses.dataclass(frozen=True)
class Stubs:
    auth: AuthServiceStub
    first_mile: FirstMileServiceStub


class LoginError(Exception):
    """The browser came back without what a login brings."""


def login_page(stubs, redirect, state):
    """The address where the seller allows this partner to act for a shop."""
    request = auth_tokens_pb2.GetAuthorizationUrlRequest(redirect_url=redirect, state=state)
    return stubs.auth.GetAuthorizationUrl(request, timeout=DEADLINE_SECONDS).url


def ask_seller(stubs, redirect):
    """A web backend redirects to the page and keeps the state in the seller's session; a terminal asks."""
    state = secrets.token_urlsafe(16)
    print(f"1. open in the seller's browser: {login_page(stubs, redirect, state)}", flush=True)
    print("   and paste the address where it ends up:", flush=True)
    address = sys.stdin.readline().strip()
    if parameter(address, "state") != state:
        raise LoginError("the state is not ours: this login was begun by someone else")
    return address


def parameter(address, name):
    return urllib.parse.parse_qs(urllib.parse.urlsplit(address).query).get(name, [""])[0]


def who_logged_in(address):
    for kind in ("shop_id", "main_account_id"):
        if number := parameter(address, kind):
            return subject_pb2.Subject(**{kind: int(number)})
    return None


def exchange(stubs, address):
    """Turns what the redirect carries into stored tokens. The code works once, for ten minutes."""
    code, account = parameter(address, "code"), who_logged_in(address)
    if not code or not account:
        raise LoginError("the address has no code with a shop_id or main_account_id")
    request = auth_tokens_pb2.ExchangeCodeRequest(code=code, account=account)
    return stubs.auth.ExchangeCode(request, timeout=DEADLINE_SECONDS).shops


def first_call(stubs, shop):
    """One page of waiting orders: it needs no token from us, the sidecar signs with its own."""
    request = first_mile_orders_pb2.GetUnbindOrderListRequest(shop_id=shop, page_size=10)
    return len(stubs.first_mile.GetUnbindOrderList(request, timeout=DEADLINE_SECONDS).order_list)


def described(shop):
    kind = shop.subject.WhichOneof("id")
    state = auth_tokens_pb2.TokenState.Name(shop.state)
    ends = shop.access_expire_time.ToDatetime().isoformat(timespec="seconds")
    return f"{kind} {getattr(shop.subject, kind)} {state}, access until {ends}Z, then renewed"


def tell(stubs, redirect, address):
    shops = exchange(stubs, address or ask_seller(stubs, redirect))
    for shop in shops:
        print(f"2. {described(shop)}")
    shop = next(shop.subject.shop_id for shop in shops if shop.subject.HasField("shop_id"))
    print(f"3. first call: shop {shop} shows {first_call(stubs, shop)} waiting orders on its first page")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", default="127.0.0.1:50051", help="host:port or unix:/path of firstmiled")
    parser.add_argument("--redirect", default="https://backend.example/shopee", help="as in your console")
    parser.add_argument("address", nargs="?", default="", help="where the seller's browser ended up")
    flags = parser.parse_args()
    try:
        with grpc.insecure_channel(flags.target) as channel:
            stubs = Stubs(AuthServiceStub(channel), FirstMileServiceStub(channel))
            tell(stubs, flags.redirect, flags.address)
    except grpc.RpcError as error:
        print(f"   {error.code().name} {ErrorDetails.from_error(error).reason_name}: {error.details()}")
        return 1
    except LoginError as error:
        print(f"   {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
