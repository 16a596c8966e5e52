"""Stored tokens, through restarts and refusals."""

import contextlib
import json
import signal
import subprocess
import threading
import time

import grpc

from stored_tokens_case import CALL_SECONDS, REDIRECT, StoredTokensCase
from firstmile.v1 import auth_tokens_pb2 as auth
from firstmile.v1 import merchant_shops_pb2 as merchant_shops
from firstmile_client import connect, error_facts
from harness import DOCUMENTED_NUMBER, DOCUMENTED_ORDER, DOCUMENTED_SHOP, GRPCURL, grpcurl
from local_pair import tokens_line, encryption_key_file, wait_until
from seller import brought_back, log_in

BAD_USE, CANNOT_RUN = 64, 1
SHOP = DOCUMENTED_SHOP


def asked(sidecar, method, **request):
    """What a person with grpcurl gets."""
    answer = grpcurl(sidecar.target, f"firstmile.v1.{method}", data=request)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


class FirstLoginTest(StoredTokensCase):
    def test_from_the_address_to_the_first_call_with_grpcurl(self):
        sidecar = self.start()
        before = grpcurl(
            sidecar.target,
            "firstmile.v1.LogisticsService/GetTrackingNumber",
            data={"shop_id": SHOP, "order_sn": DOCUMENTED_ORDER},
        )
        self.assertIn("NO_ACCESS_TOKEN", before.stderr)
        answer = asked(sidecar, "AuthService/GetAuthorizationUrl", state="a b&c=d")
        self.assertNotIn("expire_time", answer)
        back = brought_back(log_in(answer["url"], f"shop:{SHOP}"))
        self.assertEqual((back["shop_id"], back["state"]), (str(SHOP), "a b&c=d"))
        exchanged = asked(sidecar, "AuthService/ExchangeCode", code=back["code"], account={"shop_id": SHOP})
        self.assertEqual(exchanged["shops"][0]["state"], "TOKEN_STATE_READY")
        number = asked(
            sidecar, "LogisticsService/GetTrackingNumber", shop_id=SHOP, order_sn=DOCUMENTED_ORDER
        )
        self.assertEqual(number["tracking_number"], DOCUMENTED_NUMBER)

    def test_the_signed_page_leads_to_the_same(self):
        sidecar = self.start()
        answer = asked(sidecar, "AuthService/GetAuthorizationUrl", form="AUTHORIZATION_FORM_SIGNED")
        self.assertIn("expire_time", answer)
        back = log_in(answer["url"])  # whom the page has chosen already: the first shop
        self.assertTrue(back.startswith("https://backend.example/shopee?from=login&x=1&"), back)
        self.exchange(self.stubs_of(sidecar), back)
        self.assert_signs(sidecar)

    def test_the_redirect_of_the_request_goes_over_the_configured_one(self):
        stubs = self.stubs_of(self.start())
        url = self.login_url(stubs, redirect_url="http://localhost:8080/back")
        self.assertTrue(log_in(url).startswith("http://localhost:8080/back?"))

    def test_a_request_full_of_faults_is_told_so(self):
        stubs = self.stubs_of(self.start())
        bad = [auth.ImportedTokens(access_token=17_000 * "t") for _ in range(60)]
        with self.assertRaises(grpc.RpcError) as refused:
            stubs.auth.ImportTokens(auth.ImportTokensRequest(tokens=bad), timeout=CALL_SECONDS)
        self.assertEqual(refused.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
        self.assertEqual(error_facts(refused.exception).reason, "REQUEST_INVALID")
        self.assertIn("tokens[0].subject", error_facts(refused.exception).violations)

    def test_a_code_works_once(self):
        stubs = self.stubs_of(self.start())
        address = log_in(self.login_url(stubs))
        self.exchange(stubs, address)
        with self.assertRaises(grpc.RpcError) as second:
            self.exchange(stubs, address)
        self.assertEqual(second.exception.code(), grpc.StatusCode.FAILED_PRECONDITION)
        self.assertEqual(error_facts(second.exception).reason, "CODE_REFUSED")
        self.assertEqual(self.call(stubs).tracking_number, DOCUMENTED_NUMBER)

    def test_a_main_account_brings_all_of_its_shops_and_merchants(self):
        sidecar = self.start()
        stubs = self.stubs_of(sidecar)
        rows = self.exchange(stubs, log_in(self.login_url(stubs), "main_account:500001"))
        self.assertIn(1000001, [row.subject.merchant_id for row in rows])
        self.assertGreater(len([row for row in rows if row.subject.shop_id]), 10)
        self.assert_signs(sidecar)
        # The first pair is shared; a refresh gives each its own.
        for shop in (SHOP, 600001):
            refreshed = stubs.auth.RefreshNow(auth.RefreshNowRequest(subject={"shop_id": shop}), timeout=CALL_SECONDS)
            self.assertEqual(refreshed.shop.state, auth.TOKEN_STATE_READY)
        self.assertNotEqual(self.pair(SHOP), self.pair(600001))
        self.assert_signs(sidecar)


class MerchantTest(StoredTokensCase):
    MERCHANT = 1000001

    def shops_of_merchant(self, stubs):
        request = merchant_shops.GetShopListByMerchantRequest(merchant_id=self.MERCHANT, page_size=500)
        return [shop.shop_id for shop in stubs.merchant.GetShopListByMerchant(request, timeout=CALL_SECONDS).shop_list]

    def merchants_pair(self):
        rows = self.emulator.control("tokens")["merchants"]
        return next(row["access_token"] for row in rows if row["merchant_id"] == self.MERCHANT)

    def test_a_merchant_calls_for_itself_after_the_login_of_its_main_account(self):
        sidecar = self.start()
        stubs = self.stubs_of(sidecar)
        rows = self.exchange(stubs, log_in(self.login_url(stubs), "main_account:500001"))
        covered = {row.subject.shop_id for row in rows if row.subject.shop_id}
        self.assertIn(SHOP, self.shops_of_merchant(stubs))
        self.assertLessEqual(set(self.shops_of_merchant(stubs)), covered)
        before = self.merchants_pair()
        refreshed = stubs.auth.RefreshNow(
            auth.RefreshNowRequest(subject={"merchant_id": self.MERCHANT}), timeout=CALL_SECONDS
        )
        self.assertEqual(refreshed.shop.state, auth.TOKEN_STATE_READY)
        self.assertNotEqual(self.merchants_pair(), before)
        self.assertIn(SHOP, self.shops_of_merchant(stubs))
        sidecar.stop()
        lines = [json.loads(line) for line in sidecar.lines]
        calls = [line for line in lines if line.get("method") == "MerchantService/GetShopListByMerchant"]
        self.assertEqual({line.get("merchant_id") for line in calls}, {self.MERCHANT})
        self.assertFalse([line for line in calls if "shop_id" in line])

    def test_a_caller_may_bring_the_token_of_its_merchant(self):
        sidecar = self.start()
        stubs = self.stubs_of(sidecar)
        request = merchant_shops.GetShopListByMerchantRequest(merchant_id=self.MERCHANT, page_size=500)
        with self.assertRaises(grpc.RpcError) as refused:
            stubs.merchant.GetShopListByMerchant(request, timeout=CALL_SECONDS)
        self.assertEqual(refused.exception.code(), grpc.StatusCode.FAILED_PRECONDITION)
        brought = [("x-shopee-access-token", self.merchants_pair())]
        answer = stubs.merchant.GetShopListByMerchant(request, metadata=brought, timeout=CALL_SECONDS)
        self.assertIn(SHOP, [shop.shop_id for shop in answer.shop_list])


class RestartTest(StoredTokensCase):
    def assert_survives(self, config, how, exit_code):
        sidecar = self.logged_in(config)
        self.assertEqual(sidecar.stop(how), exit_code)
        logins = self.emulator.requests("auth/token/get")
        self.assert_signs(self.start(config))
        self.assertEqual(self.emulator.requests("auth/token/get"), logins)

    def test_sqlite_keeps_a_login_over_sigterm(self):
        self.assert_survives(self.config(), signal.SIGTERM, 0)

    def test_sqlite_keeps_a_login_over_sigkill(self):
        self.assert_survives(self.config(), signal.SIGKILL, -signal.SIGKILL)

    def test_redis_keeps_a_login_over_sigkill(self):
        config = self.config(self.redis_tokens(self.start_redis()))
        self.assert_survives(config, signal.SIGKILL, -signal.SIGKILL)

    def test_two_sidecars_on_one_redis_share_their_shops(self):
        config = self.config(self.redis_tokens(self.start_redis()))
        self.logged_in(config)
        self.assert_signs(self.start(config))

    def test_a_refresh_survives_sigkill(self):
        config = self.config()
        sidecar = self.logged_in(config)
        stubs = self.stubs_of(sidecar)
        stubs.auth.RefreshNow(auth.RefreshNowRequest(subject={"shop_id": SHOP}), timeout=CALL_SECONDS)
        pair = self.pair()
        sidecar.stop(signal.SIGKILL)
        again = self.start(config)
        self.assert_signs(again)
        stubs = self.stubs_of(again)
        stubs.auth.RefreshNow(auth.RefreshNowRequest(subject={"shop_id": SHOP}), timeout=CALL_SECONDS)
        self.assertNotEqual(self.pair(), pair)
        self.assert_signs(again)

    def test_without_a_store_the_start_warns_and_a_restart_forgets(self):
        config = self.config("tokens { }")
        sidecar = self.start(config)
        self.log_lines(sidecar, "token_store_not_durable")
        with connect(sidecar.target) as stubs:
            self.exchange(stubs, log_in(self.login_url(stubs, redirect_url=REDIRECT)))
        self.assert_signs(sidecar)
        sidecar.stop()
        with self.assertRaises(grpc.RpcError) as refused:
            self.call(self.stubs_of(self.start(config)))
        self.assertEqual(error_facts(refused.exception).reason, "NO_ACCESS_TOKEN")


class AuthorizationRequiredTest(StoredTokensCase):
    def setUp(self):
        super().setUp()
        self.sidecar = self.start()
        self.stubs = self.stubs_of(self.sidecar)
        self.log_in(self.stubs)

    def refused(self):
        with self.assertRaises(grpc.RpcError) as refused:
            self.call(self.stubs)
        self.assertEqual(refused.exception.code(), grpc.StatusCode.FAILED_PRECONDITION)
        facts = error_facts(refused.exception)
        self.assertEqual(facts.reason, "AUTHORIZATION_REQUIRED")
        return facts

    def listed(self):
        rows = self.stubs.auth.ListShops(auth.ListShopsRequest(), timeout=CALL_SECONDS).shops
        return next(row for row in rows if row.subject.shop_id == SHOP)

    def test_an_expired_access_token_is_renewed_unseen(self):
        self.expire("access_token")
        self.assertEqual(self.call(self.stubs).tracking_number, DOCUMENTED_NUMBER)
        self.assertTrue(self.listed().HasField("refreshed_time"))

    def test_an_expired_refresh_token_needs_the_seller_and_a_login_cures_it(self):
        self.expire("refresh_token")
        self.expire("access_token")
        facts = self.refused()
        row = self.listed()
        self.assertEqual(row.state, auth.TOKEN_STATE_AUTHORIZATION_REQUIRED)
        self.assertEqual(
            row.authorization_required_reason, auth.AUTHORIZATION_REQUIRED_REASON_REFRESH_TOKEN_REFUSED
        )
        refreshes = self.emulator.requests("access_token/get")
        self.refused()
        self.assertEqual(self.emulator.requests("access_token/get"), refreshes, "no request while an authorization is required")
        self.exchange(self.stubs, log_in(facts.metadata["authorizationUrl"], f"shop:{SHOP}"))
        self.assertEqual(self.call(self.stubs).tracking_number, DOCUMENTED_NUMBER)
        self.assertEqual(self.listed().state, auth.TOKEN_STATE_READY)

    def test_an_ended_authorization_needs_the_seller(self):
        self.expire("authorization")
        self.expire("access_token")
        self.assertIn("authorizationUrl", self.refused().metadata)
        self.log_in(self.stubs)
        self.assertEqual(self.call(self.stubs).tracking_number, DOCUMENTED_NUMBER)

    def test_a_required_authorization_outlives_a_restart(self):
        self.expire("refresh_token")
        self.expire("access_token")
        self.refused()
        self.sidecar.stop(signal.SIGKILL)
        self.sidecar = self.start()
        self.stubs = self.stubs_of(self.sidecar)
        refreshes = self.emulator.requests("access_token/get")
        self.refused()
        self.assertEqual(self.emulator.requests("access_token/get"), refreshes)

    def test_a_person_sees_it_with_grpcurl_and_in_the_log(self):
        self.expire("refresh_token")
        self.expire("access_token")
        answer = grpcurl(
            self.sidecar.target,
            "firstmile.v1.LogisticsService/GetTrackingNumber",
            data={"shop_id": SHOP, "order_sn": DOCUMENTED_ORDER},
        )
        for word in ("FailedPrecondition", "AUTHORIZATION_REQUIRED", "authorizationUrl", f"shop {SHOP}"):
            self.assertIn(word, answer.stderr)
        lines = self.log_lines(self.sidecar, "token_authorization_required")
        self.assertEqual([line["level"] for line in lines], ["error"])


class WatchTest(StoredTokensCase):
    def setUp(self):
        super().setUp()
        self.sidecar = self.start()
        self.stubs = self.stubs_of(self.sidecar)

    def watch(self, *shops):
        """A watcher that misses nothing from now on; its events gather in a list."""
        call = self.stubs.auth.WatchShops(auth.WatchShopsRequest(shop_ids=shops))
        self.addCleanup(call.cancel)
        call.initial_metadata()
        events = []

        def read():
            with contextlib.suppress(grpc.RpcError):
                for event in call:
                    events.append((auth.TokenEvent.Name(event.event), event.shop.subject.shop_id))

        threading.Thread(target=read, daemon=True).start()
        return call, events

    def test_sees_login_refresh_required_authorization_and_forget(self):
        _, events = self.watch()
        _, of_another_shop = self.watch(600001)
        self.log_in(self.stubs)
        self.stubs.auth.RefreshNow(auth.RefreshNowRequest(subject={"shop_id": SHOP}), timeout=CALL_SECONDS)
        self.expire("refresh_token")
        with self.assertRaises(grpc.RpcError):
            self.stubs.auth.RefreshNow(auth.RefreshNowRequest(subject={"shop_id": SHOP}), timeout=CALL_SECONDS)
        self.stubs.auth.ForgetShop(auth.ForgetShopRequest(subject={"shop_id": SHOP}), timeout=CALL_SECONDS)
        self.log_in(self.stubs, 600001)
        names = ("AUTHORIZED", "REFRESH_STARTED", "REFRESHED", "REFRESH_STARTED", "AUTHORIZATION_REQUIRED", "FORGOTTEN")
        expected = [(f"TOKEN_EVENT_{name}", SHOP) for name in names]
        another = [("TOKEN_EVENT_AUTHORIZED", 600001)]
        wait_until(lambda: len(events) > len(expected) and of_another_shop, "all events", 30)
        self.assertEqual(events, expected + another)
        self.assertEqual(of_another_shop, another)

    def test_the_drain_ends_a_watcher_at_once(self):
        # grpcurl reads its connection at all times; an idle Python client lets a farewell lie for seconds.
        watcher = subprocess.Popen(
            [GRPCURL, "-plaintext", "-v", self.sidecar.target, "firstmile.v1.AuthService/WatchShops"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(watcher.kill)
        self.assertTrue(any(line.startswith("Response headers received") for line in watcher.stdout))
        begin = time.monotonic()
        self.assertEqual(self.sidecar.stop(signal.SIGTERM), 0)
        self.assertLess(time.monotonic() - begin, 5, "the drain limit is 10 s")
        _, words = watcher.communicate(timeout=30)
        self.assertIn("Unavailable", words)
        self.assertIn("DRAINING", words)

    def test_a_watcher_that_leaves_does_no_harm(self):
        call, _ = self.watch()
        call.cancel()
        self.log_in(self.stubs)
        self.assertEqual(self.call(self.stubs).tracking_number, DOCUMENTED_NUMBER)
        self.call_line(self.sidecar, "WatchShops", "CANCELLED")


class ShopsCommandTest(StoredTokensCase):
    def assert_lists_the_shop(self, config):
        shown = self.shops_command(config)
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        self.assertRegex(shown.stdout, rf"(?m)^shop {SHOP} +ready ")

    def test_lists_beside_a_running_sidecar_and_without_one(self):
        config = self.config()
        sidecar = self.logged_in(config)
        self.assert_lists_the_shop(config)
        self.assertEqual(sidecar.stop(), 0)
        self.assert_lists_the_shop(config)
        self.assert_signs(self.start(config))

    def test_lists_after_a_crash(self):
        config = self.config()
        self.logged_in(config).stop(signal.SIGKILL)
        self.assert_lists_the_shop(config)

    def test_lists_from_redis(self):
        config = self.config(self.redis_tokens(self.start_redis()))
        sidecar = self.logged_in(config)
        self.assert_lists_the_shop(config)
        sidecar.stop()
        self.assert_lists_the_shop(config)

    def test_shows_who_needs_attention(self):
        config = self.config()
        sidecar = self.logged_in(config)
        self.expire("refresh_token")
        with self.assertRaises(grpc.RpcError):
            request = auth.RefreshNowRequest(subject={"shop_id": SHOP})
            self.stubs_of(sidecar).auth.RefreshNow(request, timeout=CALL_SECONDS)
        shown = self.shops_command(config).stdout
        self.assertRegex(
            shown, rf"(?m)^shop {SHOP} +authorization required .*REFRESH_TOKEN_REFUSED, refresh_token_expired"
        )

    def test_needs_neither_partner_key_nor_upstream(self):
        config = self.config()
        self.logged_in(config).stop()
        config.write_text(tokens_line(self.folder) + "\n")
        self.assert_lists_the_shop(config)

    def test_another_key_is_one_line_that_names_the_field(self):
        config = self.config()
        self.logged_in(config).stop()
        key = encryption_key_file(self.folder)
        key.rename(self.folder / "old_key")
        encryption_key_file(self.folder)
        shown = self.shops_command(config)
        self.assertEqual((shown.returncode, shown.stdout), (BAD_USE, ""))
        self.assertEqual(len(shown.stderr.splitlines()), 1)
        self.assertIn("tokens.encryption_key_file", shown.stderr)
        # Neither does the sidecar start: it would take every shop for lost.
        code, lines = self.run_to_end("--config", config)
        self.assertEqual((code, len(lines)), (BAD_USE, 1), lines)
        self.assertIn("tokens.encryption_key_file", lines[0])
        # With the old key behind the new one all is well.
        key.write_text(key.read_text() + (self.folder / "old_key").read_text())
        self.assert_lists_the_shop(config)
        self.assert_signs(self.start(config))

    def test_without_a_durable_store_it_says_where_to_ask(self):
        shown = self.shops_command(self.config("tokens { }"))
        self.assertEqual((shown.returncode, shown.stdout), (BAD_USE, ""))
        self.assertIn("AuthService.ListShops", shown.stderr)

    def test_before_the_first_start_there_is_no_store(self):
        shown = self.shops_command(self.config())
        self.assertEqual((shown.returncode, shown.stdout), (CANNOT_RUN, ""))
        self.assertIn(str(self.folder / "tokens.db"), shown.stderr)
        self.assertFalse((self.folder / "tokens.db").exists())
