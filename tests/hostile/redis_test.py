"""A misbehaving Redis server affects the token store and nothing else."""

import os
import subprocess
import time

import grpc

from stored_tokens_case import RedisServer
from fake_redis import REPLIES, FakeRedis
from firstmile.v1 import auth_tokens_pb2
from firstmile.v1.logistics_tracking_pb2 import GetTrackingNumberRequest
from harness import BUILD, DOCUMENTED_SHOP, FIRSTMILED
from hostile_case import ADMIN, PLATFORM_MS, HostileCase
from local_pair import Sidecar, tokens_line, write_config

CANNOT_RUN = 1
START_SECONDS_MAX = 15
MEMORY_MAX_MB = 256
LIMITS = f"limits {{ max_memory_mib: {MEMORY_MAX_MB} }}"
SHOPS = range(600_000, 600_010)
CALL_SECONDS = 10


class RedisCase(HostileCase):
    def fake(self, reply, **options):
        fake = FakeRedis(reply, **options)
        self.addCleanup(fake.close)
        return fake

    def token_config(self, fake):
        return tokens_line(self.folder, f'redis {{ address: "{fake.address}" }}')


class RedisAtStartTest(RedisCase):
    def refused(self, fake):
        """One line in time, with little memory."""
        config = write_config(self.folder, "http://127.0.0.1:9", {}, more=[self.token_config(fake)])
        begin = time.monotonic()
        with subprocess.Popen([FIRSTMILED, "--config", config, "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE) as started:
            lines = started.stderr.read().decode().splitlines()
            _, status, used = os.wait4(started.pid, 0)
            started.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual((started.returncode, len(lines)), (CANNOT_RUN, 1), lines)
        self.assertIn(fake.address, lines[0])
        self.assertNotRegex(lines[0], "[\x00-\x1f\x7f-\x9f]")
        self.assertLess(len(lines[0]), 2000)
        self.assertLess(time.monotonic() - begin, START_SECONDS_MAX)
        self.assertLess(used.ru_maxrss // 1024, MEMORY_MAX_MB)

    def test_each_wrong_reply_stops_the_start_with_one_line(self):
        for name, reply in REPLIES.items():
            with self.subTest(reply=name):
                self.refused(self.fake(reply))

    def test_a_server_that_never_answers(self):
        self.refused(self.fake(FakeRedis.NEVER))

    def test_a_server_that_closes(self):
        self.refused(self.fake(FakeRedis.CLOSE))

    def test_a_server_that_sends_a_byte_now_and_then(self):
        self.refused(self.fake(lambda: (b"+" for _ in range(1000)), pause=0.2))


class RedisAtWorkTest(RedisCase):
    def setUp(self):
        super().setUp()
        self.emulator = self.start_emulator("--latency_ms", str(PLATFORM_MS))
        self.redis = self._until_cleanup(RedisServer(self.folder))
        self.proxy = self.fake(FakeRedis.PASS, behind=self.redis.socket)
        tokens = {DOCUMENTED_SHOP: self.emulator.shop_tokens()[DOCUMENTED_SHOP]}
        config = write_config(
            self.folder, self.emulator.base_url, tokens, more=[ADMIN, LIMITS, self.token_config(self.proxy)]
        )
        self.sidecar = self._until_cleanup(Sidecar(BUILD, config))
        self.stubs = self.stubs_of(self.sidecar)

    def import_pairs(self):
        rows = self.emulator.control("tokens")["shops"]
        tokens = [
            auth_tokens_pb2.ImportedTokens(subject={"shop_id": row["shop_id"]}, refresh_token=row["refresh_token"])
            for row in rows
            if row["shop_id"] in SHOPS and row["shop_id"] != DOCUMENTED_SHOP
        ]
        self.stubs.auth.ImportTokens(auth_tokens_pb2.ImportTokensRequest(tokens=tokens), timeout=CALL_SECONDS)

    def refresh(self, shop):
        request = auth_tokens_pb2.RefreshNowRequest(subject={"shop_id": shop})
        try:
            self.stubs.auth.RefreshNow(request, timeout=CALL_SECONDS)
            return "OK"
        except grpc.RpcError as error:
            return f"{error.code().name}: {error.details()}"

    def test_calls_of_other_shops_are_as_fast_as_alone_and_the_store_comes_back(self):
        self.import_pairs()
        ends = {}

        def attack():
            for name, reply in {"never": FakeRedis.NEVER, "close": FakeRedis.CLOSE, **REPLIES}.items():
                self.proxy.reply = reply
                ends[name] = self.refresh(SHOPS[1])
            self.proxy.reply = FakeRedis.PASS

        with self.memory_below(self.sidecar, MEMORY_MAX_MB):
            self.assert_answers_beside(self.sidecar, attack)
        for name, end in ends.items():
            print(f"{name:35} {end[:200]}")
        self.assertNotIn("OK", ends.values())
        self.assertEqual(self.refresh(SHOPS[2]), "OK")
        self.assert_ready(self.sidecar)

    def test_a_surplus_reply_is_never_the_reply_to_another_command(self):
        self.import_pairs()
        self.proxy.reply = FakeRedis.PASS_WITH_SURPLUS
        ends = {self.refresh(shop).split(":")[0] for _ in range(3) for shop in SHOPS[1:]}
        self.assertLessEqual(ends, {"OK", "UNAVAILABLE"})
        self.proxy.reply = FakeRedis.PASS
        self.assertEqual({self.refresh(shop) for shop in SHOPS[1:]}, {"OK"})
        for shop in SHOPS[1:]:
            with self.assertRaises(grpc.RpcError) as raised:  # the token is the shop's own, which has no such order
                self.stubs.logistics.GetTrackingNumber(
                    GetTrackingNumberRequest(shop_id=shop, order_sn="NONE"), timeout=CALL_SECONDS
                )
            self.assertEqual(raised.exception.code(), grpc.StatusCode.NOT_FOUND)
