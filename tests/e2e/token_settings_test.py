"""The configuration of stored tokens: what is wrong ends the start with one line that names the field and the fix."""

import os

from stored_tokens_case import StoredTokensCase
from local_pair import encryption_key_file, write_private

BAD_USE, CANNOT_RUN = 64, 1


class ConfigurationTest(StoredTokensCase):
    def refused(self, exit_code, token_config, *words, env=None):
        """The start must end with that code and one line with those words."""
        code, lines = self.run_to_end("--config", self.config(token_config), "--listen", "127.0.0.1:0", env=env)
        self.assertEqual((code, len(lines)), (exit_code, 1), lines)
        for word in words:
            self.assertIn(word, lines[0])

    def sqlite(self, key=None, **fields):
        fields = {"path": f'"{self.folder / "tokens.db"}"', **fields}
        given = " ".join(f"{name}: {value}" for name, value in fields.items() if value)
        return f"tokens {{ sqlite {{ {given} }}" + (f' encryption_key_file: "{key}" }}' if key else " }")

    def with_key(self, text):
        return self.sqlite(write_private(self.folder / "key", text))

    def redis(self, **fields):
        given = " ".join(f"{name}: {value}" for name, value in fields.items())
        return f'tokens {{ redis {{ {given} }} encryption_key_file: "{encryption_key_file(self.folder)}" }}'

    def test_a_durable_store_needs_a_key(self):
        env = {name: value for name, value in os.environ.items() if name != "FIRSTMILE_ENCRYPTION_KEY"}
        fix = ("tokens.encryption_key_file", "openssl rand -base64 32", "FIRSTMILE_ENCRYPTION_KEY")
        self.refused(BAD_USE, self.sqlite(), *fix, env=env)

    def test_the_key_may_come_from_the_environment(self):
        key = encryption_key_file(self.folder).read_text()
        env = {**os.environ, "FIRSTMILE_ENCRYPTION_KEY": key}
        sidecar = self.start(self.config(self.sqlite()), env=env)
        self.assertEqual(sidecar.stop(), 0)

    def test_a_key_file_that_is_not_there(self):
        self.refused(BAD_USE, self.sqlite("/nowhere/key"), "tokens.encryption_key_file", "/nowhere/key")

    def test_a_key_of_the_wrong_length_or_alphabet(self):
        for text in ("ab" * 31, "ab" * 33, "zz" * 32, "too short", "A" * 43 + "!"):
            with self.subTest(text):
                fix = ("tokens.encryption_key_file", "line 1", "openssl rand -base64 32")
                self.refused(BAD_USE, self.with_key(text + "\n"), *fix)

    def test_a_bad_second_key_is_found_by_its_line(self):
        self.refused(BAD_USE, self.with_key("ab" * 32 + "\nnonsense\n"), "tokens.encryption_key_file", "line 2")

    def test_an_empty_key_file(self):
        self.refused(BAD_USE, self.with_key("\n"), "tokens.encryption_key_file", "is empty")

    def test_sqlite_needs_a_path(self):
        token_config = self.sqlite(encryption_key_file(self.folder), path=None)
        self.refused(BAD_USE, token_config, "tokens.sqlite.path", "is required")

    def test_sqlite_in_a_folder_that_is_not_there(self):
        token_config = self.sqlite(encryption_key_file(self.folder), path='"/nowhere/tokens.db"')
        self.refused(BAD_USE, token_config, ":3: tokens.sqlite.path: ", "/nowhere/tokens.db", "folder")

    def test_a_path_that_is_a_folder(self):
        token_config = self.sqlite(encryption_key_file(self.folder), path=f'"{self.folder}"')
        self.refused(BAD_USE, token_config, ":3: tokens.sqlite.path: ", str(self.folder))

    def test_an_old_name_is_refused_with_the_new_one(self):
        self.refused(BAD_USE, "custody { }", ":3: custody: was renamed to tokens in 0.2")

    def test_the_old_variable_with_the_keys_is_named(self):
        env = {name: value for name, value in os.environ.items() if name != "FIRSTMILE_ENCRYPTION_KEY"}
        env["FIRSTMILE_SEALING_KEY"] = encryption_key_file(self.folder).read_text()
        said = "FIRSTMILE_SEALING_KEY was renamed to FIRSTMILE_ENCRYPTION_KEY in 0.2"
        self.refused(BAD_USE, self.sqlite(), "tokens.encryption_key_file", said, env=env)

    def test_a_database_that_others_may_read(self):
        token_config = self.sqlite(encryption_key_file(self.folder))
        database = self.folder / "tokens.db"
        database.touch(mode=0o600)
        database.chmod(0o644)
        self.refused(BAD_USE, token_config, "tokens.sqlite.path", f"chmod 600 {database}")
        for mode in (0o600, 0o640):
            database.chmod(mode)
            self.assertEqual(self.start(self.config(token_config)).stop(), 0)

    def test_a_database_of_another_program(self):
        token_config = self.sqlite(encryption_key_file(self.folder))
        write_private(self.folder / "tokens.db", "this is no database, but a text of some length\n" * 100)
        self.refused(BAD_USE, token_config, ":3: tokens.sqlite.path: ", str(self.folder / "tokens.db"))

    def test_redis_addresses(self):
        for address in ("nowhere", "host:", "host:0", "host:70000", ":6379", "unix:relative/path"):
            with self.subTest(address):
                self.refused(BAD_USE, self.redis(address=f'"{address}"'), "tokens.redis.address")

    def test_a_redis_that_is_not_there(self):
        address = f"unix:{self.folder}/nobody.sock"
        self.refused(CANNOT_RUN, self.redis(address=f'"{address}"'), "tokens.redis", address)

    def test_a_redis_that_wants_another_password(self):
        redis = self.start_redis("right")
        wrong = write_private(self.folder / "password", "wrong\n")
        token_config = self.redis(address=f'"unix:{redis.socket}"', password_file=f'"{wrong}"')
        self.refused(CANNOT_RUN, token_config, ":3: tokens.redis: ", str(redis.socket), "password")

    def test_a_password_that_is_not_there(self):
        token_config = self.redis(password_env='"NO_SUCH_VARIABLE"')
        self.refused(BAD_USE, token_config, "tokens.redis.password_env", "NO_SUCH_VARIABLE")

    def test_numbers_out_of_range(self):
        key = encryption_key_file(self.folder)
        for field, token_config in (
            ("tokens.sqlite.busy_timeout_ms", self.sqlite(key, busy_timeout_ms=60001)),
            ("tokens.redis.database", self.redis(database=1025)),
            ("tokens.redis.command_timeout_ms", self.redis(command_timeout_ms=60001)),
            ("tokens.refresh_timeout_ms", "tokens { refresh_timeout_ms: 99 }"),
            ("tokens.scan_interval_s", "tokens { scan_interval_s: 3601 }"),
            ("tokens.max_refreshes_per_second", "tokens { max_refreshes_per_second: 1001 }"),
        ):
            with self.subTest(field):
                self.refused(BAD_USE, token_config, field, "must be ")

    def test_a_redis_without_appendonly_is_warned_about(self):
        redis = self.start_redis()
        self.assertEqual(redis.cli("CONFIG", "SET", "appendonly", "no").strip(), b"OK")
        sidecar = self.start(self.config(self.redis_tokens(redis)))
        (warning,) = self.log_lines(sidecar, "token_store_not_durable")
        self.assertIn("appendonly is off", warning["detail"])
