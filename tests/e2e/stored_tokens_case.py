"""What the tests of stored tokens share: a sidecar with a store, a login by the seller, a Redis server."""

import pathlib
import subprocess

from firstmile.v1 import auth_tokens_pb2
from firstmile_client import connect
from harness import BUILD, DOCUMENTED_NUMBER, DOCUMENTED_REQUEST, DOCUMENTED_SHOP, FIRSTMILED, SidecarCase
from local_pair import Program, Sidecar, tokens_line, wait_until, write_config, write_private
from seller import brought_back, log_in

REDIRECT = "https://backend.example/shopee?from=login&x=1"
CALL_SECONDS = 20


class RedisServer(Program):
    """A Redis server of our own, which listens on a unix socket alone and keeps every write."""

    def __init__(self, folder, password=""):
        self.data = pathlib.Path(folder) / "redis"
        self.data.mkdir(mode=0o700)
        self.socket = pathlib.Path(folder) / "redis.sock"
        self._password = password
        settings = ["port 0", f"unixsocket {self.socket}", "unixsocketperm 700", f"dir {self.data}"]
        settings += ["appendonly yes", "maxmemory-policy noeviction", 'save ""', "rdbcompression no"]
        settings += [f"requirepass {password}"] if password else []
        config = write_private(pathlib.Path(folder) / "redis.conf", "\n".join(settings) + "\n")
        super().__init__(["redis-server", config])
        wait_until(lambda: self.require_running() or self._answers(), "redis to answer")

    def cli(self, *arguments):
        """What redis-cli prints: values as they are, byte for byte."""
        env = {"REDISCLI_AUTH": self._password, "PATH": "/usr/bin:/bin"}
        command = ["redis-cli", "-s", self.socket, "--raw", *arguments]
        return subprocess.run(command, capture_output=True, env=env, timeout=30).stdout

    def _answers(self):
        return self.socket.exists() and self.cli("PING").strip() == b"PONG"


class StoredTokensCase(SidecarCase):
    """An emulator, and sidecars in front of it that know only the tokens that they store."""

    def setUp(self):
        super().setUp()
        self.emulator = self.start_emulator()

    def config(self, token_config=None, **options):
        """Writes the configuration; by default tokens are kept in an SQLite file."""
        token_config = token_config or tokens_line(self.folder, more=f'redirect_url: "{REDIRECT}"')
        return write_config(self.folder, self.emulator.base_url, {}, more=[token_config], **options)

    def start(self, config=None, **options):
        return self._until_cleanup(Sidecar(BUILD, config or self.config(), **options))

    def start_redis(self, password=""):
        return self._until_cleanup(RedisServer(self.folder, password))

    def redis_tokens(self, redis, more=""):
        store = f'redis {{ address: "unix:{redis.socket}" {more} }}'
        return tokens_line(self.folder, store, f'redirect_url: "{REDIRECT}"')

    def login_url(self, stubs, **request):
        answer = stubs.auth.GetAuthorizationUrl(
            auth_tokens_pb2.GetAuthorizationUrlRequest(**request), timeout=CALL_SECONDS
        )
        return answer.url

    def log_in(self, stubs, shop=DOCUMENTED_SHOP):
        """The whole login of a shop; returns its row."""
        return self.exchange(stubs, log_in(self.login_url(stubs), f"shop:{shop}"))[0]

    def exchange(self, stubs, address):
        back = brought_back(address)
        account = {
            name: int(back[name]) for name in ("shop_id", "main_account_id") if back.get(name, "0") != "0"
        }
        request = auth_tokens_pb2.ExchangeCodeRequest(code=back["code"], account=account)
        return stubs.auth.ExchangeCode(request, timeout=CALL_SECONDS).shops

    def call(self, stubs):
        return stubs.logistics.GetTrackingNumber(DOCUMENTED_REQUEST, timeout=CALL_SECONDS)

    def logged_in(self, config):
        """A sidecar with the documented shop stored, and no connection left that it would wait for."""
        sidecar = self.start(config)
        with connect(sidecar.target) as stubs:
            self.log_in(stubs)
        return sidecar

    def assert_signs(self, sidecar):
        with connect(sidecar.target) as stubs:
            self.assertEqual(self.call(stubs).tracking_number, DOCUMENTED_NUMBER)

    def expire(self, what, shop=DOCUMENTED_SHOP):
        self.emulator.control("expire", {"shop_id": shop, "what": what})

    def pair(self, shop=DOCUMENTED_SHOP):
        """The tokens of a shop as Shopee knows them."""
        rows = self.emulator.control("tokens")["shops"]
        row = next(row for row in rows if row["shop_id"] == shop)
        return row["access_token"], row["refresh_token"]

    def shops_command(self, config, env=None):
        command = [FIRSTMILED, "shops", "--config", config]
        return subprocess.run(command, capture_output=True, text=True, env=env, timeout=60)
