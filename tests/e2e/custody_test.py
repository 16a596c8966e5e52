"""Tokens in the sidecar's custody, from the seller's login on, through restarts and refusals."""

import contextlib
import json
import signal
import subprocess
import threading
import time

import grpc

from custody_case import CALL_SECONDS, REDIRECT, CustodyCase
from firstmile.v1 import auth_tokens_pb2 as auth
from firstmile_client import connect, error_facts
from harness import DOCUMENTED_NUMBER, DOCUMENTED_ORDER, DOCUMENTED_SHOP, GRPCURL, grpcurl
from local_pair import custody_line, sealing_key_file, wait_until
from seller import brought_back, log_in

BAD_USE, CANNOT_RUN = 64, 1
SHOP = DOCUMENTED_SHOP


def asked(sidecar, method, **request):
    """What a person with grpcurl gets."""
    answer = grpcurl(sidecar.target, f"firstmile.v1.{method}", data=request)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


class FirstLoginTest(CustodyCase):
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
        exchanged = asked(sidecar, "AuthService/ExchangeCode", code=back["code"], shop_id=SHOP)
        self.assertEqual(exchanged["shops"][0]["state"], "CUSTODY_STATE_READY")
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
        self.assertIn(1000001, [row.merchant_id for row in rows])
        self.assertGreater(len([row for row in rows if row.shop_id]), 10)
        self.assert_signs(sidecar)
        # The first pair is shared; a refresh gives each its own.
        for shop in (SHOP, 600001):
            refreshed = stubs.auth.RefreshNow(auth.RefreshNowRequest(shop_id=shop), timeout=CALL_SECONDS)
            self.assertEqual(refreshed.shop.state, auth.CUSTODY_STATE_READY)
        self.assertNotEqual(self.pair(SHOP), self.pair(600001))
        self.assert_signs(sidecar)


class RestartTest(CustodyCase):
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
        config = self.config(self.redis_custody(self.start_redis()))
        self.assert_survives(config, signal.SIGKILL, -signal.SIGKILL)

    def test_two_sidecars_on_one_redis_share_their_shops(self):
        config = self.config(self.redis_custody(self.start_redis()))
        self.logged_in(config)
        self.assert_signs(self.start(config))

    def test_a_refresh_survives_sigkill(self):
        config = self.config()
        sidecar = self.logged_in(config)
        stubs = self.stubs_of(sidecar)
        stubs.auth.RefreshNow(auth.RefreshNowRequest(shop_id=SHOP), timeout=CALL_SECONDS)
        pair = self.pair()
        sidecar.stop(signal.SIGKILL)
        again = self.start(config)
        self.assert_signs(again)
        stubs = self.stubs_of(again)
        stubs.auth.RefreshNow(auth.RefreshNowRequest(shop_id=SHOP), timeout=CALL_SECONDS)
        self.assertNotEqual(self.pair(), pair)
        self.assert_signs(again)

    def test_without_a_store_the_start_warns_and_a_restart_forgets(self):
        config = self.config("custody { }")
        sidecar = self.start(config)
        self.assertTrue(any('"event":"token_store"' in line for line in sidecar.lines), sidecar.lines)
        with connect(sidecar.target) as stubs:
            self.exchange(stubs, log_in(self.login_url(stubs, redirect_url=REDIRECT)))
        self.assert_signs(sidecar)
        sidecar.stop()
        with self.assertRaises(grpc.RpcError) as refused:
            self.call(self.stubs_of(self.start(config)))
        self.assertEqual(error_facts(refused.exception).reason, "NO_ACCESS_TOKEN")


class QuarantineTest(CustodyCase):
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
        return next(row for row in rows if row.shop_id == SHOP)

    def test_an_expired_access_token_is_renewed_unseen(self):
        self.expire("access_token")
        self.assertEqual(self.call(self.stubs).tracking_number, DOCUMENTED_NUMBER)
        self.assertTrue(self.listed().HasField("refreshed_time"))

    def test_an_expired_refresh_token_needs_the_seller_and_a_login_cures_it(self):
        self.expire("refresh_token")
        self.expire("access_token")
        facts = self.refused()
        row = self.listed()
        self.assertEqual(row.state, auth.CUSTODY_STATE_AUTHORIZATION_REQUIRED)
        self.assertEqual(row.attention_reason, "REFRESH_TOKEN_REFUSED")
        refreshes = self.emulator.requests("access_token/get")
        self.refused()
        self.assertEqual(self.emulator.requests("access_token/get"), refreshes, "quarantine asks nobody")
        self.exchange(self.stubs, log_in(facts.metadata["authorizationUrl"], f"shop:{SHOP}"))
        self.assertEqual(self.call(self.stubs).tracking_number, DOCUMENTED_NUMBER)
        self.assertEqual(self.listed().state, auth.CUSTODY_STATE_READY)

    def test_an_ended_authorization_needs_the_seller(self):
        self.expire("authorization")
        self.expire("access_token")
        self.assertIn("authorizationUrl", self.refused().metadata)
        self.log_in(self.stubs)
        self.assertEqual(self.call(self.stubs).tracking_number, DOCUMENTED_NUMBER)

    def test_quarantine_outlives_a_restart(self):
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
        lines = [line for line in list(self.sidecar.lines) if '"event":"token_quarantined"' in line]
        self.assertEqual(len(lines), 1)
        self.assertEqual(json.loads(lines[0])["level"], "error")


class WatchTest(CustodyCase):
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
                    events.append((auth.CustodyEvent.Name(event.event), event.shop.shop_id))

        threading.Thread(target=read, daemon=True).start()
        return call, events

    def test_sees_login_refresh_quarantine_and_forget(self):
        _, events = self.watch()
        _, of_another_shop = self.watch(600001)
        self.log_in(self.stubs)
        self.stubs.auth.RefreshNow(auth.RefreshNowRequest(shop_id=SHOP), timeout=CALL_SECONDS)
        self.expire("refresh_token")
        with self.assertRaises(grpc.RpcError):
            self.stubs.auth.RefreshNow(auth.RefreshNowRequest(shop_id=SHOP), timeout=CALL_SECONDS)
        self.stubs.auth.ForgetShop(auth.ForgetShopRequest(shop_id=SHOP), timeout=CALL_SECONDS)
        self.log_in(self.stubs, 600001)
        names = ("AUTHORIZED", "REFRESH_STARTED", "REFRESHED", "REFRESH_STARTED", "QUARANTINED", "FORGOTTEN")
        expected = [(f"CUSTODY_EVENT_{name}", SHOP) for name in names]
        another = [("CUSTODY_EVENT_AUTHORIZED", 600001)]
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


class ShopsCommandTest(CustodyCase):
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
        config = self.config(self.redis_custody(self.start_redis()))
        sidecar = self.logged_in(config)
        self.assert_lists_the_shop(config)
        sidecar.stop()
        self.assert_lists_the_shop(config)

    def test_shows_who_needs_attention(self):
        config = self.config()
        sidecar = self.logged_in(config)
        self.expire("refresh_token")
        with self.assertRaises(grpc.RpcError):
            request = auth.RefreshNowRequest(shop_id=SHOP)
            self.stubs_of(sidecar).auth.RefreshNow(request, timeout=CALL_SECONDS)
        shown = self.shops_command(config).stdout
        self.assertRegex(
            shown, rf"(?m)^shop {SHOP} +authorization required .*REFRESH_TOKEN_REFUSED, refresh_token_expired"
        )

    def test_needs_neither_partner_key_nor_upstream(self):
        config = self.config()
        self.logged_in(config).stop()
        config.write_text(custody_line(self.folder) + "\n")
        self.assert_lists_the_shop(config)

    def test_another_key_is_one_line_that_names_the_field(self):
        config = self.config()
        self.logged_in(config).stop()
        key = sealing_key_file(self.folder)
        key.rename(self.folder / "old_key")
        sealing_key_file(self.folder)
        shown = self.shops_command(config)
        self.assertEqual((shown.returncode, shown.stdout), (BAD_USE, ""))
        self.assertEqual(len(shown.stderr.splitlines()), 1)
        self.assertIn("custody.sealing_key_file", shown.stderr)
        # Neither does the sidecar start: it would take every shop for lost.
        code, lines = self.run_to_end("--config", config)
        self.assertEqual((code, len(lines)), (BAD_USE, 1), lines)
        self.assertIn("custody.sealing_key_file", lines[0])
        # With the old key behind the new one all is well.
        key.write_text(key.read_text() + (self.folder / "old_key").read_text())
        self.assert_lists_the_shop(config)
        self.assert_signs(self.start(config))

    def test_without_a_durable_store_it_says_where_to_ask(self):
        shown = self.shops_command(self.config("custody { }"))
        self.assertEqual((shown.returncode, shown.stdout), (BAD_USE, ""))
        self.assertIn("AuthService.ListShops", shown.stderr)

    def test_before_the_first_start_there_is_no_store(self):
        shown = self.shops_command(self.config())
        self.assertEqual((shown.returncode, shown.stdout), (CANNOT_RUN, ""))
        self.assertIn(str(self.folder / "tokens.db"), shown.stderr)
        self.assertFalse((self.folder / "tokens.db").exists())
