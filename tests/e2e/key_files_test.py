"""Files with keys and tokens that others may use stop the start, unless a switch allows it."""

import json
import os
import shutil
import unittest

from custody_case import CustodyCase
from harness import DOCUMENTED_SHOP, FIRSTMILED
from local_pair import Sidecar, custody_line, write_config, write_private

BAD_USE = 64
SWITCH = "allow_readable_key_files: true"
SOMEBODY = 65533
NOBODY = 65534


class KeyFilesTest(CustodyCase):
    def setUp(self):
        super().setUp()
        self.token = write_private(self.folder / "token", "a-token-of-a-shop")
        self.password = write_private(self.folder / "password", "a-password")
        self.redis = f'redis {{ address: "unix:{self.folder}/nothing" password_file: "{self.password}" }}'

    def config_with(self, *more, store=None):
        shop = f'shop_tokens {{ shop_id: {DOCUMENTED_SHOP} access_token_file: "{self.token}" }}'
        lines = [shop, custody_line(self.folder, store), *more]
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
        for file in ("partner_key", "token", "sealing_key", "tokens.db"):
            for mode in (0o644, 0o604, 0o602, 0o660, 0o666):
                with self.subTest(file, mode=oct(mode)):
                    path = self.folder / file
                    line = self.refused(path, mode, config)
                    self.assertIn(f"the file {path} has the mode {mode:04o}", line)
                    self.assertIn(f"chmod 600 {path}, or set allow_readable_key_files", line)

    def test_the_password_of_redis(self):
        line = self.refused(self.password, 0o644, self.config_with(store=self.redis))
        self.assertIn("custody.redis.password_file", line)
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
            for file in ("partner_key", "token", "sealing_key"):
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
            for file in ("partner_key", "token", "sealing_key", "tokens.db"):
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
