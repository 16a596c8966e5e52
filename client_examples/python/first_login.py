#!/usr/bin/env python3
"""How a seller's shop comes into custody, from the login page to the first call.

first_login.py [--target 127.0.0.1:50051] [--redirect https://backend.example/shopee] [REDIRECTED_ADDRESS]

Prints the address for the seller's browser and reads the one where the browser ended up. When that one is
given as an argument, it only goes on from there.
"""

import argparse
import secrets
import sys
import urllib.parse

import grpc

from firstmile.v1 import auth_tokens_pb2, first_mile_orders_pb2
from firstmile_client import DEADLINE_SECONDS, connect, error_facts


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
        raise LoginError("the state is not ours: this login was begun by somebody else")
    return address


def parameter(address, name):
    return urllib.parse.parse_qs(urllib.parse.urlsplit(address).query).get(name, [""])[0]


def exchange(stubs, address):
    """Turns what the redirect carries into custody. The code works once, for ten minutes."""
    request = auth_tokens_pb2.ExchangeCodeRequest(code=parameter(address, "code"))
    for account in ("shop_id", "main_account_id"):
        if number := parameter(address, account):
            setattr(request, account, int(number))
    if not request.code or not request.WhichOneof("account"):
        raise LoginError("the address has no code with a shop_id or main_account_id")
    return stubs.auth.ExchangeCode(request, timeout=DEADLINE_SECONDS).shops


def first_call(stubs, shop):
    """One page of waiting orders: it needs no token from us, the sidecar signs with its own."""
    request = first_mile_orders_pb2.GetUnbindOrderListRequest(shop_id=shop, page_size=10)
    return len(stubs.first_mile.GetUnbindOrderList(request, timeout=DEADLINE_SECONDS).order_list)


def tell(stubs, redirect, address):
    shops = exchange(stubs, address or ask_seller(stubs, redirect))
    for shop in shops:
        subject = shop.WhichOneof("subject")
        ends = shop.access_expire_time.ToDatetime().isoformat(timespec="seconds")
        state = auth_tokens_pb2.CustodyState.Name(shop.state)
        print(f"2. {subject} {getattr(shop, subject)} {state}, access until {ends}Z, then renewed")
    shop = next(shop.shop_id for shop in shops if shop.WhichOneof("subject") == "shop_id")
    print(f"3. first call: shop {shop} shows {first_call(stubs, shop)} waiting orders on its first page")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", default="127.0.0.1:50051", help="host:port or unix:/path of firstmiled")
    parser.add_argument("--redirect", default="https://backend.example/shopee", help="as in your console")
    parser.add_argument("address", nargs="?", default="", help="where the seller's browser ended up")
    flags = parser.parse_args()
    try:
        with connect(flags.target) as stubs:
            tell(stubs, flags.redirect, flags.address)
    except grpc.RpcError as error:
        print(f"   {error.code().name} {error_facts(error).reason}: {error.details()}")
        return 1
    except LoginError as error:
        print(f"   {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
