"""A sidecar whose partner key, encryption key, codes and tokens are canaries."""

import base64

from canaries import Canaries
from stored_tokens_case import CALL_SECONDS, StoredTokensCase
from firstmile.v1 import auth_tokens_pb2 as auth
from harness import DOCUMENTED_SHOP
from local_pair import encryption_key_file, write_private
from seller import brought_back, log_in

PARTNER_ID = 2009999
PARTNER_KEY = "shpkcanarykey" + "0123456789abcdef" * 3 + "012"


class TokenSecretsCase(StoredTokensCase):
    def setUp(self):
        self.canaries = Canaries()
        super().setUp()

    def start_emulator(self, *flags):
        key = write_private(self.folder / "emulator_key", PARTNER_KEY)
        return super().start_emulator("--partner_id", str(PARTNER_ID), "--partner_key_file", str(key), *flags)

    def config(self, token_config=None, **options):
        config = super().config(token_config, key=PARTNER_KEY, partner_id=PARTNER_ID, **options)
        more = 'log { level: "debug" }\nadmin { metrics_listen: "127.0.0.1:0" }\n'
        config.write_text(config.read_text() + more)
        self.remember("partner key", PARTNER_KEY)
        key = encryption_key_file(self.folder).read_text().strip()
        self.remember("encryption key", key)
        self.remember("encryption key's bytes", base64.b64decode(key))
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
        stubs.auth.RefreshNow(auth.RefreshNowRequest(subject={"shop_id": DOCUMENTED_SHOP}), timeout=CALL_SECONDS)
        self.remember_pair(f"of refresh {len(self.canaries)}")
