"""Stored tokens and their encryption keys show nowhere: in no answer, log or store."""

import contextlib
import json
import pathlib
import re
import signal
import threading
import urllib.request

import grpc

from canaries import echoes
from stored_tokens_case import CALL_SECONDS
from token_secrets_case import TokenSecretsCase
from firstmile.v1 import auth_tokens_pb2 as auth
from harness import DOCUMENTED_REQUEST, DOCUMENTED_SHOP, grpcurl
from local_pair import wait_until, write_private

REDIS_PASSWORD = "canaryredispassword0000000000ef"
SIGNATURE = re.compile(rb"[0-9a-f]{64}", re.IGNORECASE)
LAST_EVENTS = [auth.TOKEN_EVENT_REFRESH_STARTED, auth.TOKEN_EVENT_REFRESHED]

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


class Listener:
    """Keeps all that a caller gets: answers, details and metadata, as text and as bytes."""

    def __init__(self):
        self.heard = []
        self.events = []

    def watch(self, stubs):
        """Hears token events from now on, until the returned call is cancelled."""
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


class SessionTest(TokenSecretsCase):
    def every_rpc(self, stubs):
        subject = {"shop_id": DOCUMENTED_SHOP}
        return [
            stubs.auth.GetAuthorizationUrl.future(auth.GetAuthorizationUrlRequest(), timeout=CALL_SECONDS),
            stubs.auth.ExchangeCode.future(
                auth.ExchangeCodeRequest(code="canarycode" * 3, account=subject), timeout=CALL_SECONDS
            ),
            stubs.auth.ExchangeResendCode.future(
                auth.ExchangeResendCodeRequest(resend_code="canarycode" * 3), timeout=CALL_SECONDS
            ),
            stubs.auth.ListShops.future(auth.ListShopsRequest(), timeout=CALL_SECONDS),
            stubs.auth.RefreshNow.future(auth.RefreshNowRequest(subject=subject), timeout=CALL_SECONDS),
            stubs.logistics.GetTrackingNumber.future(DOCUMENTED_REQUEST, timeout=CALL_SECONDS),
        ]

    def import_tokens(self, listener, stubs):
        self.remember("imported access token", "canaryimportedaccess000000000001")
        self.remember("imported refresh token", "canaryimportedrefresh00000000001")
        imported = auth.ImportedTokens(
            subject={"shop_id": 600001},
            access_token="canaryimportedaccess000000000001",
            refresh_token="canaryimportedrefresh00000000001",
        )
        for tokens in ([imported], [imported, imported]):  # the second is refused: a shop given twice
            request = auth.ImportTokensRequest(tokens=tokens)
            listener.hear(stubs.auth.ImportTokens.future(request, timeout=CALL_SECONDS))
        refresh = auth.RefreshNowRequest(subject={"shop_id": 600001})  # refused: Shopee does not know the token
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
        """Logins, refreshes, failures of every kind, required authorizations, forgetting: everything that callers receive."""
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
            refresh = auth.RefreshNowRequest(subject={"shop_id": DOCUMENTED_SHOP})
            listener.hear(stubs.auth.RefreshNow.future(refresh, timeout=CALL_SECONDS))
            self.emulator.control("faults", verb="DELETE")
        self.import_tokens(listener, stubs)
        self.expire("refresh_token")
        self.expire("access_token")
        for call in self.every_rpc(stubs):
            listener.hear(call)
        forget = auth.ForgetShopRequest(subject={"shop_id": DOCUMENTED_SHOP})
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
        address = self.log_lines(sidecar, "metrics_listening")[0]["detail"]
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            f"http://{address}/metrics", timeout=30
        ) as answer:
            metrics = answer.read()
        self.assertIn(b"authorization_required", metrics)
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
        for event in (b"token_authorization_required", b"token_refresh_failed", b"token_authorized", b'"event":"call"'):
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
        sidecar = self.run_session(self.config(self.redis_tokens(redis, f'password_file: "{password}"')))
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
                config = self.config(f'tokens {{ {store} encryption_key_file: "{key}" }}')
                code, lines = self.run_to_end("--config", config)
                self.assertEqual((code, len(lines)), (64, 1))
                self.assertNotIn("canary", lines[0])
