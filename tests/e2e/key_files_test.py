"""Files with keys and tokens that others may use stop the start, unless a switch allows it."""

import json
import os
import shutil
import unittest

from stored_tokens_case import CALL_SECONDS, StoredTokensCase
from firstmile_client import connect
from harness import BUILD, DOCUMENTED_NUMBER, DOCUMENTED_REQUEST, DOCUMENTED_SHOP, FIRSTMILED, SidecarCase
from local_pair import Sidecar, tokens_line, write_config, write_private

BAD_USE = 64
SWITCH = "allow_readable_key_files: true"
SOMEBODY = 65533
NOBODY = 65534


class KeyFilesTest(StoredTokensCase):
    def setUp(self):
        super().setUp()
        self.token = write_private(self.folder / "token", "a-token-of-a-shop")
        self.password = write_private(self.folder / "password", "a-password")
        self.redis = f'redis {{ address: "unix:{self.folder}/nothing" password_file: "{self.password}" }}'

    def config_with(self, *more, store=None):
        shop = f'shop_tokens {{ shop_id: {DOCUMENTED_SHOP} access_token_file: "{self.token}" }}'
        lines = [shop, tokens_line(self.folder, store), *more]
        return write_config(self.folder, self.emulator.base_url, {}, more=lines)

    def refused(self, file, mode, config):
        """Starts with that file in that mode; returns the one line that says why not."""
        before = file.stat().st_mode & 0o777
        file.chmod(mode)
        code, lines = self.run_to_end("--config", config)
        file.chmod(before)
        self.assertEqual((code, len(lines)), (BAD_USE, 1), lines)
        return lines[0]

    def test_each_file_that_others_may_use_is_named_with_its_mode_and_the_remedy(self):
        config = self.config_with()
        self.assertEqual(self.start(config).stop(), 0)  # makes the database
        for file in ("partner_key", "token", "encryption_key", "tokens.db"):
            for mode in (0o644, 0o604, 0o602, 0o660, 0o666):
                with self.subTest(file, mode=oct(mode)):
                    path = self.folder / file
                    line = self.refused(path, mode, config)
                    self.assertIn(f"the file {path} has the mode {mode:04o}", line)
                    self.assertIn(f"chmod 600 {path}, or set allow_readable_key_files", line)

    def test_the_password_of_redis(self):
        line = self.refused(self.password, 0o644, self.config_with(store=self.redis))
        self.assertIn("tokens.redis.password_file", line)
        self.assertIn(f"chmod 600 {self.password}", line)

    def test_a_configuration_with_a_token_in_it(self):
        config = write_config(self.folder, self.emulator.base_url, {DOCUMENTED_SHOP: "a-token-of-a-shop"})
        line = self.refused(config, 0o644, config)
        self.assertIn(f"{config}:3: shop_tokens[0].access_token: the file {config} has the mode 0644", line)
        without = self.config_with()
        without.chmod(0o644)
        self.assertEqual(self.start(without).stop(), 0)

    def test_the_own_group_may_read(self):
        config = self.config_with()
        self.assertEqual(self.start(config).stop(), 0)
        for mode in (0o440, 0o640):
            for file in ("partner_key", "token", "encryption_key"):
                (self.folder / file).chmod(mode)
            (self.folder / "tokens.db").chmod(0o640)
            self.assertEqual(self.start(config).stop(), 0)

    def test_a_switch_allows_all_and_every_start_warns(self):
        config = self.config_with(SWITCH)
        for _ in range(2):
            sidecar = self.start(config)
            self.assertEqual(sidecar.stop(), 0)
            warnings = [json.loads(line) for line in sidecar.lines if '"event":"key_files"' in line]
            self.assertEqual([warning["level"] for warning in warnings], ["warning"])
            for file in ("partner_key", "token", "encryption_key", "tokens.db"):
                (self.folder / file).chmod(0o666)
            config.chmod(0o644)
        self.assertEqual(self.shops_command(config).returncode, 0)

    @unittest.skipUnless(os.geteuid() == 0, "only root gives files away")
    def test_a_file_of_another_user_or_group(self):
        config = self.config_with()
        key = self.folder / "partner_key"
        os.chown(key, SOMEBODY, 0)
        self.assertIn(f"belongs to the user {SOMEBODY}", self.refused(key, 0o600, config))
        os.chown(key, 0, SOMEBODY)
        self.assertIn(f"its group {SOMEBODY} may read it", self.refused(key, 0o640, config))

    @unittest.skipUnless(os.geteuid() == 0, "only root becomes another user")
    def test_as_kubernetes_arranges_it(self):
        """The files are root's, their group is the pod's fsGroup, the process is neither root nor in root's group."""
        config = self.config_with()
        for path in (self.folder, *self.folder.rglob("*")):
            os.chown(path, 0, SOMEBODY)
            path.chmod(0o770 if path.is_dir() else 0o440)
        build = self.folder / "build"  # where that user may go
        (build / "server").mkdir(parents=True)
        shutil.copy(FIRSTMILED, build / "server/firstmiled")
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": [SOMEBODY]}
        sidecar = self._until_cleanup(Sidecar(build, config, **user))
        self.assertEqual(sidecar.stop(), 0)

    @unittest.skipUnless(os.geteuid() == 0, "only root looks at the files of others")
    def test_an_administrator_lists_the_shops_of_the_service(self):
        config = self.config_with()
        self.assertEqual(self.start(config).stop(), 0)
        for path in self.folder.rglob("*"):
            os.chown(path, SOMEBODY, SOMEBODY)
        shown = self.shops_command(config)
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))


KEY = "57615053704d6470644f554a78656d50484143644964436a5568777544524579"  # the emulator's


class OddKeyFileTest(SidecarCase):
    """Partner keys as editors and dotenv files leave them sign right, and the start says what was odd."""

    CASES = {
        "quotes": f'"{KEY}"'.encode(),
        "byte-order mark": b"\xef\xbb\xbf" + KEY.encode() + b"\r\n",
        "UTF-16": ("\ufeff" + KEY + "\r\n").encode("utf-16-le"),
        "NAME=": f"PARTNER_KEY={KEY}\n".encode(),
    }

    def warnings_of(self, lines):
        told = [json.loads(line) for line in lines]
        return [line["detail"] for line in told if line["event"] == "configuration"]

    def test_each_is_read_right_with_one_warning_that_does_not_show_it(self):
        emulator = self.start_emulator()
        config = write_config(self.folder, emulator.base_url, emulator.shop_tokens())
        for what, content in self.CASES.items():
            with self.subTest(what):
                (self.folder / "partner_key").write_bytes(content)
                sidecar = self._until_cleanup(Sidecar(BUILD, config))
                with connect(sidecar.target) as stubs:
                    answer = stubs.logistics.GetTrackingNumber(DOCUMENTED_REQUEST, timeout=CALL_SECONDS)
                self.assertEqual(answer.tracking_number, DOCUMENTED_NUMBER)
                self.assertEqual(sidecar.stop(), 0)
                warnings = self.warnings_of(sidecar.lines)
                self.assertEqual(len(warnings), 1, warnings)
                self.assertIn(what, warnings[0])
                self.assertIn("partner_key_file", warnings[0])
                self.assertNotIn(KEY[:16], "\n".join(sidecar.lines))

    def test_a_key_alone_is_worth_no_warning(self):
        _, sidecar = self.start_both()
        sidecar.stop()
        self.assertEqual(self.warnings_of(sidecar.lines), [])


class NotLoopbackTest(SidecarCase):
    def test_a_name_that_begins_like_this_machine_is_not_this_machine(self):
        for host in ("localhost.example.com", "127.0.0.1.example.com", "127.example.com"):
            with self.subTest(host):
                config = write_config(self.folder, f"http://{host}", {})
                code, lines = self.run_to_end("--config", config)
                self.assertEqual((code, len(lines)), (BAD_USE, 1), lines)
                self.assertIn("upstream.base_url: plain http would show access tokens", lines[0])
