"""Tokens in custody and the keys that keep them show nowhere: in no answer, log, store or core dump."""

import base64
import contextlib
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import threading
import unittest
import urllib.request

import grpc

from canaries import Canaries, echoes
from custody_case import CALL_SECONDS, CustodyCase
from firstmile.v1 import auth_service_pb2_grpc
from firstmile.v1 import auth_tokens_pb2 as auth
from harness import DOCUMENTED_REQUEST, DOCUMENTED_SHOP, FIRSTMILED, SANITIZED, grpcurl
from local_pair import Program, Sidecar, sealing_key_file, wait_until, write_private
from seller import brought_back, log_in

PARTNER_ID = 2009999
PARTNER_KEY = "shpkcanarykey" + "0123456789abcdef" * 3 + "012"
REDIS_PASSWORD = "canaryredispassword0000000000ef"
SIGNATURE = re.compile(rb"[0-9a-f]{64}", re.IGNORECASE)
NOBODY = 65534
LAST_EVENTS = [auth.CUSTODY_EVENT_REFRESH_STARTED, auth.CUSTODY_EVENT_REFRESHED]

# A platform that repeats what it was sent, or that gives new tokens in an answer that cannot be used.
QUERY = "access_token=ACCESS&refresh_token=REFRESH"
ECHOES = [
    {"action": "answer", "status": 403, "body": {"error": "error_shop_refresh_token", "message": QUERY}},
    {"action": "answer", "status": 200, "body": {"error": "error_param", "message": QUERY}},
    {"action": "answer", "status": 400, "body": {"error": "error_param", "message": '{"code":"REFRESH"}'}},
    {"action": "answer", "status": 502, "content_type": "text/html", "body": f"<p>{QUERY}</p>"},
    {"action": "mutate", "changes": [{"drop": "refresh_token"}]},
    {"action": "mutate", "changes": [{"set": "expire_in", "value": "soon"}]},
    {"action": "close", "after_effect": True},
    {"action": "truncate"},
]


ALONE = [("grpc.use_local_subchannel_pool", 1)]  # a channel with a connection of its own


class CustodySecretsCase(CustodyCase):
    def setUp(self):
        self.canaries = Canaries()
        super().setUp()

    def start_emulator(self, *flags):
        key = write_private(self.folder / "emulator_key", PARTNER_KEY)
        return super().start_emulator("--partner_id", str(PARTNER_ID), "--partner_key_file", str(key), *flags)

    def config(self, custody=None, **options):
        config = super().config(custody, key=PARTNER_KEY, partner_id=PARTNER_ID, **options)
        more = 'log { level: "debug" }\nadmin { metrics_listen: "127.0.0.1:0" }\n'
        config.write_text(config.read_text() + more)
        self.remember("partner key", PARTNER_KEY)
        key = sealing_key_file(self.folder).read_text().strip()
        self.remember("sealing key", key)
        self.remember("sealing key's bytes", base64.b64decode(key))
        return config

    def remember(self, name, secret):
        """From now on this text must not be found anywhere, in no form."""
        self.canaries.remember(name, secret)

    def remember_pair(self, when):
        for kind, token in zip(("access token", "refresh token"), self.pair(), strict=True):
            self.assertGreater(len(token), 20)
            self.remember(f"{kind} {when}", token)

    def assert_clean(self, places):
        for place, content in places:
            with self.subTest(place=place):
                self.assertEqual(self.canaries.found(content), [])

    def login(self, stubs):
        address = log_in(self.login_url(stubs), f"shop:{DOCUMENTED_SHOP}")
        self.remember(f"code {len(self.canaries)}", brought_back(address)["code"])
        self.exchange(stubs, address)
        self.remember_pair(f"of login {len(self.canaries)}")

    def refresh(self, stubs):
        stubs.auth.RefreshNow(auth.RefreshNowRequest(shop_id=DOCUMENTED_SHOP), timeout=CALL_SECONDS)
        self.remember_pair(f"of refresh {len(self.canaries)}")


class Listener:
    """Keeps all that a caller gets: answers, details and metadata, as text and as bytes."""

    def __init__(self):
        self.heard = []
        self.events = []

    def watch(self, stubs):
        """Hears the events of custody from now on, until the returned call is cancelled."""
        call = stubs.auth.WatchShops(auth.WatchShopsRequest())
        call.initial_metadata()

        def read():
            with contextlib.suppress(grpc.RpcError):
                for event in call:
                    self.heard += [str(event).encode(), event.SerializeToString()]
                    self.events.append(event.event)

        threading.Thread(target=read, daemon=True).start()
        return call

    def hear(self, call):
        with contextlib.suppress(grpc.RpcError):
            answer = call.result()
            self.heard += [str(answer).encode(), answer.SerializeToString()]
        parts = (call.details(), call.initial_metadata(), call.trailing_metadata())
        self.heard += [str(part).encode() for part in parts]
        self.heard += [v if isinstance(v, bytes) else v.encode() for _, v in call.trailing_metadata() or ()]


class SessionTest(CustodySecretsCase):
    def every_rpc(self, stubs):
        subject = {"shop_id": DOCUMENTED_SHOP}
        return [
            stubs.auth.GetAuthorizationUrl.future(auth.GetAuthorizationUrlRequest(), timeout=CALL_SECONDS),
            stubs.auth.ExchangeCode.future(
                auth.ExchangeCodeRequest(code="canarycode" * 3, **subject), timeout=CALL_SECONDS
            ),
            stubs.auth.ListShops.future(auth.ListShopsRequest(), timeout=CALL_SECONDS),
            stubs.auth.RefreshNow.future(auth.RefreshNowRequest(**subject), timeout=CALL_SECONDS),
            stubs.logistics.GetTrackingNumber.future(DOCUMENTED_REQUEST, timeout=CALL_SECONDS),
        ]

    def import_tokens(self, listener, stubs):
        self.remember("imported access token", "canaryimportedaccess000000000001")
        self.remember("imported refresh token", "canaryimportedrefresh00000000001")
        imported = auth.ImportedTokens(
            shop_id=600001,
            access_token="canaryimportedaccess000000000001",
            refresh_token="canaryimportedrefresh00000000001",
        )
        for tokens in ([imported], [imported, imported]):  # the second is refused: a shop given twice
            request = auth.ImportTokensRequest(tokens=tokens)
            listener.hear(stubs.auth.ImportTokens.future(request, timeout=CALL_SECONDS))
        refresh = auth.RefreshNowRequest(shop_id=600001)  # refused: the platform does not know the token
        listener.hear(stubs.auth.RefreshNow.future(refresh, timeout=CALL_SECONDS))

    def filled(self, echo):
        """The fault with the current tokens in their places."""
        access, refresh = self.pair()
        return json.loads(json.dumps(echo).replace("ACCESS", access).replace("REFRESH", refresh))

    def encoded_echoes(self):
        """Refusals of a refresh that repeat its token in every form. The error ends nobody's authorization."""
        for echo in echoes(self.pair()[1]).values():
            body = f'{{"error":"error_param","message":"bad token {echo}","request_id":"{echo}"}}'
            yield {"action": "answer", "status": 200, "content_type": "application/json", "body": body}

    def session(self, stubs):
        """Logins, refreshes, failures of every kind, quarantine, forgetting: all that callers hear."""
        listener = Listener()
        watch = listener.watch(stubs)
        self.remember("code of nobody", "canarycode" * 3)
        self.login(stubs)
        self.refresh(stubs)
        for echo in ECHOES:
            self.emulator.control("faults", {**self.filled(echo), "path": "/api/v2/auth/access_token/get"})
            self.expire("access_token")
            for call in self.every_rpc(stubs):
                listener.hear(call)
            self.emulator.control("faults", verb="DELETE")
            self.remember_pair(f"after failure {len(self.canaries)}")
            self.login(stubs)
        for fault in self.encoded_echoes():
            self.emulator.control("faults", {**fault, "path": "/api/v2/auth/access_token/get"})
            refresh = auth.RefreshNowRequest(shop_id=DOCUMENTED_SHOP)
            listener.hear(stubs.auth.RefreshNow.future(refresh, timeout=CALL_SECONDS))
            self.emulator.control("faults", verb="DELETE")
        self.import_tokens(listener, stubs)
        self.expire("refresh_token")
        self.expire("access_token")
        for call in self.every_rpc(stubs):
            listener.hear(call)
        forget = auth.ForgetShopRequest(shop_id=DOCUMENTED_SHOP)
        listener.hear(stubs.auth.ForgetShop.future(forget, timeout=CALL_SECONDS))
        self.login(stubs)
        self.refresh(stubs)
        wait_until(lambda: listener.events[-2:] == LAST_EVENTS, "the last events", 30)
        watch.cancel()
        return listener.heard

    def outside(self, sidecar, config):
        """What stands around a running sidecar for others to read."""
        yield "command line", pathlib.Path(f"/proc/{sidecar.pid}/cmdline").read_bytes()
        for arguments in (["list"], ["describe"], ["describe", "firstmile.v1.ImportedTokens"]):
            yield f"reflection {arguments}", grpcurl(sidecar.target, *arguments).stdout
        address = next(json.loads(line)["detail"] for line in sidecar.lines if '"event":"metrics"' in line)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            f"http://{address}/metrics", timeout=30
        ) as answer:
            metrics = answer.read()
        self.assertIn(b"quarantined", metrics)
        yield "metrics", metrics
        shown = self.shops_command(config)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn(f"shop {DOCUMENTED_SHOP}", shown.stdout)
        yield "shops", shown.stdout + shown.stderr

    def run_session(self, config):
        sidecar = self.start(config)
        heard = self.session(self.stubs_of(sidecar))
        self.assertGreater(len(heard), 100)
        self.assert_clean((f"answer {i}", content) for i, content in enumerate(heard))
        self.assert_clean(self.outside(sidecar, config))
        return sidecar

    def assert_log_is_clean(self, sidecar):
        log = "\n".join(sidecar.lines).encode()
        for event in (b"token_quarantined", b"token_refresh_failed", b"token_authorized", b'"event":"call"'):
            self.assertIn(event, log)
        self.assert_clean([("log", log)])
        self.assertNotRegex(log, SIGNATURE)

    def test_with_sqlite(self):
        config = self.config()
        sidecar = self.run_session(config)
        files = [self.folder / f"tokens.db{suffix}" for suffix in ("", "-wal", "-shm")]
        for file in files:
            self.assertEqual(file.stat().st_mode & 0o077, 0, f"{file} is its owner's alone")
        while_running = {file.name: file.read_bytes() for file in files}
        self.assertIn(b"shop", b"".join(while_running.values()))
        self.assert_clean(while_running.items())
        sidecar.stop(signal.SIGKILL)
        self.assert_clean((f"{file.name} after a crash", file.read_bytes()) for file in files)
        again = self.start(config)
        self.assertEqual(again.stop(), 0)
        self.assert_clean((f"{file.name} at the end", file.read_bytes()) for file in files if file.exists())
        self.assert_log_is_clean(sidecar)

    def test_with_redis(self):
        self.remember("redis password", REDIS_PASSWORD)
        redis = self.start_redis(REDIS_PASSWORD)
        password = write_private(self.folder / "password", REDIS_PASSWORD + "\n")
        sidecar = self.run_session(self.config(self.redis_custody(redis, f'password_file: "{password}"')))
        keys = redis.cli("--scan").split()
        self.assertGreaterEqual(len(keys), 2)
        for key in keys:
            kind = redis.cli("TYPE", key).strip()
            read = {b"hash": ("HGETALL", key), b"zset": ("ZRANGE", key, "0", "-1", "WITHSCORES")}[kind]
            content = redis.cli(*read)
            self.assertGreater(len(content), 2)
            self.assert_clean([(f"key {key}", key), (f"value of {key}", content)])
        # Every write that Redis has ever taken, records that are long replaced among them.
        history = b"".join(file.read_bytes() for file in redis.data.rglob("*") if file.is_file())
        self.assertGreater(history.lower().count(b"hset"), 20)
        self.assert_clean([("redis's files", history)])
        # A store that goes away and comes to mind in errors and logs.
        redis.stop()
        listener = Listener()
        for call in self.every_rpc(self.stubs_of(sidecar)):
            listener.hear(call)
        self.assert_clean((f"answer {i} without redis", content) for i, content in enumerate(listener.heard))
        sidecar.stop()
        self.assert_log_is_clean(sidecar)

    def test_refused_keys_are_not_shown(self):
        for line in ("canary" * 7, "ab" * 31 + "canary", "canary"):
            with self.subTest(line):
                key = write_private(self.folder / "bad_key", line + "\n")
                store = f'sqlite {{ path: "{self.folder}/t" }}'
                config = self.config(f'custody {{ {store} sealing_key_file: "{key}" }}')
                code, lines = self.run_to_end("--config", config)
                self.assertEqual((code, len(lines)), (64, 1))
                self.assertNotIn("canary", lines[0])


class ForgottenTest(CustodySecretsCase):
    """Tokens that have been replaced or forgotten are overwritten, wherever they went on their way."""

    def memory(self, sidecar):
        """What the process may write to, read by root."""
        with open(f"/proc/{sidecar.pid}/mem", "rb", buffering=0) as memory:
            for line in pathlib.Path(f"/proc/{sidecar.pid}/maps").read_text().splitlines():
                span, access = line.split()[:2]
                begin, end = (int(address, 16) for address in span.split("-"))
                if "w" not in access or "[v" in line:
                    continue
                with contextlib.suppress(OSError):  # a part that is gone by now
                    memory.seek(begin)
                    yield line.split()[-1], memory.read(end - begin)

    def places_of(self, sidecar, token):
        raw = token.encode()
        return [name for name, content in self.memory(sidecar) for _ in range(content.count(raw))]

    def use(self, stubs):
        """Calls side by side, so that many connections and transfers have seen the token."""
        ask = stubs.logistics.GetTrackingNumber.future
        for call in [ask(DOCUMENTED_REQUEST, timeout=CALL_SECONDS) for _ in range(20)]:
            call.result()

    def expect_forgotten(self, sidecar, tokens, why, meanwhile=lambda: None):
        for name, token in zip(("access", "refresh"), tokens, strict=True):
            with self.subTest(name, why=why):

                def forgotten(token=token):
                    meanwhile()
                    return not self.places_of(sidecar, token)

                wait_until(forgotten, f"no {name} token, {why}", 20)

    def call_on_new_connections(self, sidecar):
        """So that gRPC's threads read something else."""
        for _ in range(8):
            with grpc.insecure_channel(sidecar.target, options=ALONE) as channel:
                custody = auth_service_pb2_grpc.AuthServiceStub(channel)
                custody.ListShops(auth.ListShopsRequest(), timeout=CALL_SECONDS)

    @unittest.skipIf(SANITIZED, "sanitizers keep what is freed")
    @unittest.skipUnless(os.geteuid() == 0, "only root may look into the memory of an undumpable process")
    def test_no_token_stays_in_memory_that_was_replaced_or_forgotten(self):
        sidecar = self.start(self.config())
        stubs = self.stubs_of(sidecar)
        self.login(stubs)
        self.use(stubs)
        first = self.pair()
        self.assertTrue(self.places_of(sidecar, first[0]), "a token in use is found: the test can tell")
        self.refresh(stubs)
        self.call(stubs)
        self.expect_forgotten(sidecar, first, "after a refresh")
        self.use(stubs)
        second = self.pair()
        stubs.auth.ForgetShop(auth.ForgetShopRequest(shop_id=DOCUMENTED_SHOP), timeout=CALL_SECONDS)
        self.expect_forgotten(sidecar, second, "after ForgetShop")
        imported = ("canaryimportedaccess000000000001", "canaryimportedrefresh00000000001")
        tokens = auth.ImportedTokens(shop_id=600001, access_token=imported[0], refresh_token=imported[1])
        # What gRPC read of a connection stays in its buffer until it reads on, or the connection ends.
        with grpc.insecure_channel(sidecar.target, options=ALONE) as channel:
            custody = auth_service_pb2_grpc.AuthServiceStub(channel)
            custody.ImportTokens(auth.ImportTokensRequest(tokens=[tokens]), timeout=CALL_SECONDS)
            custody.ForgetShop(auth.ForgetShopRequest(shop_id=600001), timeout=CALL_SECONDS)
        self.expect_forgotten(
            sidecar, imported, "imported, after ForgetShop", lambda: self.call_on_new_connections(sidecar)
        )

    @unittest.skipUnless(os.geteuid() == 0, "only root may look into the memory of an undumpable process")
    def test_keys_lie_in_memory_that_is_not_swapped(self):
        sidecar = self.start(self.config())
        self.assertTrue(any('"event":"secret_memory"' in line for line in sidecar.lines))
        status = pathlib.Path(f"/proc/{sidecar.pid}/status").read_text()
        locked = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmLck")))
        self.assertGreater(locked, 0)


@unittest.skipIf(SANITIZED, "sanitizers have their own say about dumps")
class CoreDumpTest(CustodySecretsCase):
    """A dump would hold every key and token in the clear. Two locks keep it away, and each is tried alone:

    the sidecar sets RLIMIT_CORE to 0 although its parent allows any size, and it makes itself undumpable,
    which holds also where a dump is collected through a pipe: the limit does not bind that.
    """

    def setUp(self):
        super().setUp()
        before = resource.getrlimit(resource.RLIMIT_CORE)
        if before[1] != resource.RLIM_INFINITY:
            self.skipTest("the hard limit keeps every program here from dumping")
        self.addCleanup(resource.setrlimit, resource.RLIMIT_CORE, before)
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
        self.place = self.folder / "dumps"
        self.place.mkdir()

    def start_in_place(self):
        sidecar = self.start(self.config(), cwd=self.place)
        self.login(self.stubs_of(sidecar))
        return sidecar

    def abort(self, program):
        """Sends SIGABRT; True when the kernel says that it has dumped the process."""
        program.process.send_signal(signal.SIGABRT)
        end = os.waitid(os.P_PID, program.pid, os.WEXITED | os.WNOWAIT)
        self.assertEqual(end.si_status, signal.SIGABRT)
        program.process.wait(30)
        return end.si_code == os.CLD_DUMPED

    def assert_no_dump(self, sidecar):
        self.assertFalse(self.abort(sidecar))
        self.assertEqual(list(self.place.iterdir()), [])

    def test_the_limit_of_the_running_sidecar_is_zero(self):
        limits = pathlib.Path(f"/proc/{self.start_in_place().pid}/limits").read_text()
        self.assertRegex(limits, r"Max core file size +0 +0 ")

    def test_abort_leaves_no_dump_though_the_parent_allows_it(self):
        other = self._until_cleanup(Program(["sleep", "600"], cwd=self.place))
        wait_until(lambda: pathlib.Path(f"/proc/{other.pid}/comm").read_text() == "sleep\n", "sleep to run")
        self.assertTrue(self.abort(other), "another program does dump here, so the test can tell")
        for dump in self.place.iterdir():
            dump.unlink()
        self.assert_no_dump(self.start_in_place())

    def test_undumpable_whatever_the_limit(self):
        # The kernel gives the files of an undumpable process to root, so the sidecar must not be root itself.
        config, build, user = self.config(), self.folder / "build", {}
        (build / "server").mkdir(parents=True)
        shutil.copy(FIRSTMILED, build / "server/firstmiled")
        if os.geteuid() == 0:
            user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        sidecar = self._until_cleanup(Sidecar(build, config, **user))
        other = self._until_cleanup(Program(["sleep", "600"], **user))
        wait_until(lambda: pathlib.Path(f"/proc/{other.pid}/comm").read_text() == "sleep\n", "sleep to run")
        owners = [pathlib.Path(f"/proc/{program.pid}/environ").stat().st_uid for program in (sidecar, other)]
        self.assertEqual(owners, [0, user.get("user", os.geteuid())])
