"""Wrong files stop startup with one clear line; at run time they affect only the stored tokens."""

import contextlib
import os
import pathlib
import socket
import sqlite3
import subprocess
import time

import grpc

from firstmile.v1 import auth_tokens_pb2
from harness import BUILD, DOCUMENTED_SHOP, FIRSTMILED
from hostile_case import ADMIN, PLATFORM_MS, HostileCase
from local_pair import Sidecar, tokens_line, encryption_key_file, write_config, write_private

BAD_USE, CANNOT_RUN = 64, 1
START_SECONDS_MAX = 10
MEMORY_MAX_MB = 256
SPARSE_BYTES = 1 << 30
ANY_BYTES = ("bytes that mean nothing",)  # any bytes can be a secret
CALL_SECONDS = 10


def strange_files(folder):
    """Unsuitable files for any setting, by name. The sidecar must not write to, remove or wait for any of them."""
    folder = pathlib.Path(folder) / "strange"
    folder.mkdir(mode=0o700)
    fifo, circle, sparse, sock = (folder / name for name in ("fifo", "circle", "sparse", "socket"))
    os.mkfifo(fifo, 0o600)
    circle.symlink_to(circle)
    write_private(sparse, "")
    os.truncate(sparse, SPARSE_BYTES)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(sock))
    return {
        "a directory": folder,
        "a FIFO": fifo,
        "a link to itself": circle,
        "1 GB of nothing": sparse,
        "a socket": sock,
        "/dev/zero": pathlib.Path("/dev/zero"),
        "/dev/urandom": pathlib.Path("/dev/urandom"),
        "/dev/null": pathlib.Path("/dev/null"),
        "bytes that mean nothing": private_bytes(folder / "noise", os.urandom(4000)),
        "a file below a file": folder / "noise" / "below",
    }


def private_bytes(path, data):
    write_private(path, "")
    path.write_bytes(data)
    return path


class FilesCase(HostileCase):
    def setUp(self):
        super().setUp()
        self.strange = strange_files(self.folder)

    def run_program(self, *arguments):
        """The exit code, the output lines and the peak memory in MiB; fails when the process does not end."""
        begin = time.monotonic()
        with subprocess.Popen([FIRSTMILED, *arguments], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL) as program:
            timer = self.kill_later(program)
            lines = program.stderr.read().decode(errors="replace").splitlines()
            _, status, used = os.wait4(program.pid, 0)
            program.returncode = os.waitstatus_to_exitcode(status)
            timer.close()
        self.assertLess(time.monotonic() - begin, START_SECONDS_MAX)
        return program.returncode, lines, used.ru_maxrss // 1024

    def kill_later(self, program):
        stack = contextlib.ExitStack()
        killer = subprocess.Popen(["sh", "-c", f"sleep {START_SECONDS_MAX} && kill -KILL {program.pid}"], start_new_session=True)

        def stop():
            os.killpg(killer.pid, 9)
            killer.wait()

        stack.callback(stop)
        return stack

    def assert_refused(self, config, *words):
        code, lines, mib = self.run_program("--config", config, "--listen", "127.0.0.1:0")
        self.assertIn(code, (BAD_USE, CANNOT_RUN), lines)
        self.assertEqual(len(lines), 1, lines)
        self.assertLess(len(lines[0]), 1000)
        self.assertNotRegex(lines[0], "[\x00-\x1f\x7f-\x9f]")
        for word in words:
            self.assertIn(str(word), lines[0])
        self.assertLess(mib, MEMORY_MAX_MB)

    def config(self, *more, **changes):
        return write_config(self.folder, "http://127.0.0.1:9", {}, more=more, **changes)


class FilesAtStartTest(FilesCase):
    def each(self, config_with, *words, but=()):
        for name, path in self.strange.items():
            if name not in but:
                with self.subTest(file=name):
                    self.assert_refused(config_with(path), *words or [path])

    def test_configuration(self):
        self.each(lambda path: path)

    def test_configuration_that_nests_without_an_end(self):
        for name, text in {
            "text": "upstream {" * 100_000,
            "JSON": '{"upstream":' * 100_000,
            "lists": '{"upstream":' + "[" * 1_000_000,
            "unknown fields": "[x.y/z] {" * 100_000,
        }.items():
            with self.subTest(shape=name):
                self.assert_refused(write_private(self.folder / "deep", text))

    def test_configuration_with_a_field_of_8_mb(self):
        text = f'upstream {{ base_url: "https://{"a" * 8_000_000}.example" }}'
        self.assert_refused(write_private(self.folder / "long", text))

    def test_partner_key(self):
        self.each(self.with_partner_key, but=ANY_BYTES)

    def with_partner_key(self, path):
        lines = self.config().read_text().splitlines()
        kept = [line for line in lines if not line.startswith("partner ")]
        partner = f'partner {{ partner_id: 1 partner_key_file: "{path}" }}'
        return write_private(self.folder / "keyed", "\n".join([*kept, partner]))

    def test_encryption_key(self):
        database = self.folder / "tokens.db"
        self.each(
            lambda path: self.config(
                f'tokens {{ sqlite {{ path: "{database}" }} encryption_key_file: "{path}" }}'
            ),
            "tokens.encryption_key_file",
        )
        self.assertFalse(database.exists())

    def test_access_token(self):
        self.each(lambda path: self.config(f'shop_tokens {{ shop_id: 1 access_token_file: "{path}" }}'), but=ANY_BYTES)

    def test_redis_password(self):
        keys = encryption_key_file(self.folder)
        self.each(
            lambda path: self.config(
                f'tokens {{ redis {{ address: "127.0.0.1:9" password_file: "{path}" }} encryption_key_file: "{keys}" }}'
            ),
            but=ANY_BYTES,
        )

    def test_certificate_authorities(self):
        self.each(
            lambda path: write_config(
                self.folder, "https://127.0.0.1:9", {}, upstream=f'ca_file: "{path}"'
            )
        )

    def test_unix_socket_in_the_place_of_another_file(self):
        for name, path in self.strange.items():
            if name == "a socket":
                continue  # one left by a crash is taken over
            with self.subTest(file=name):
                before = os.lstat(path) if os.path.lexists(path) else None
                code, lines, _ = self.run_program("--config", self.config(), "--listen", f"unix:{path}")
                self.assertIn(code, (BAD_USE, CANNOT_RUN))
                self.assertEqual(len(lines), 1, lines)
                if before:
                    self.assertEqual(os.lstat(path).st_ino, before.st_ino)


class DatabasesAtStartTest(FilesCase):
    def refuse(self, path):
        config = self.config(tokens_line(self.folder, f'sqlite {{ path: "{path}" busy_timeout_ms: 200 }}'))
        self.assert_refused(config, path)
        code, lines, _ = self.run_program("shops", "--config", config)
        self.assertIn(code, (BAD_USE, CANNOT_RUN))
        self.assertEqual(len(lines), 1, lines)

    def test_no_database(self):
        for name, path in self.strange.items():
            with self.subTest(file=name):
                self.refuse(path)

    def test_another_programs_database(self):
        path = write_private(self.folder / "other.db", "")
        with contextlib.closing(sqlite3.connect(path)) as other:
            other.executescript("CREATE TABLE records (name TEXT); PRAGMA application_id = 42; PRAGMA user_version = 7;")
        before = path.read_bytes()
        self.refuse(path)
        self.assertEqual(path.read_bytes(), before)

    def test_a_database_that_another_process_holds(self):
        path = self.database()
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("PRAGMA locking_mode = EXCLUSIVE")  # keeps readers out too
            other.execute("BEGIN EXCLUSIVE")
            config = self.config(tokens_line(self.folder, f'sqlite {{ path: "{path}" busy_timeout_ms: 200 }}'))
            code, lines, _ = self.run_program("--config", config, "--listen", "127.0.0.1:0")
            self.assertEqual((code, len(lines)), (CANNOT_RUN, 1), lines)
            self.assertIn(str(path), lines[0])

    def test_a_database_cut_in_half(self):
        path = self.database()
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2])
        self.refuse(path)

    def test_a_database_overwritten_behind_its_head(self):
        path = self.database()
        data = path.read_bytes()
        path.write_bytes(data[:100] + os.urandom(len(data) - 100))
        self.refuse(path)

    def database(self):
        """A store of the sidecar with a record."""
        emulator = self.start_emulator()
        config = write_config(self.folder, emulator.base_url, {}, more=[tokens_line(self.folder)])
        sidecar = self._until_cleanup(Sidecar(BUILD, config))
        import_pairs(self.stubs_of(sidecar), emulator)
        self.assertEqual(sidecar.stop(), 0)
        return self.folder / "tokens.db"


def import_pairs(stubs, emulator, but=()):
    tokens = [
        auth_tokens_pb2.ImportedTokens(subject={"shop_id": row["shop_id"]}, refresh_token=row["refresh_token"])
        for row in emulator.control("tokens")["shops"]
        if row["shop_id"] not in but
    ]
    stubs.auth.ImportTokens(auth_tokens_pb2.ImportTokensRequest(tokens=tokens), timeout=CALL_SECONDS)


class DatabaseAtWorkTest(FilesCase):
    SHOP = DOCUMENTED_SHOP + 1

    def setUp(self):
        super().setUp()
        emulator = self.start_emulator("--latency_ms", str(PLATFORM_MS))
        self.path = self.folder / "tokens.db"
        token_config = tokens_line(self.folder, f'sqlite {{ path: "{self.path}" busy_timeout_ms: 100 }}')
        tokens = {DOCUMENTED_SHOP: emulator.shop_tokens()[DOCUMENTED_SHOP]}
        config = write_config(self.folder, emulator.base_url, tokens, more=[ADMIN, token_config])
        self.sidecar = self._until_cleanup(Sidecar(BUILD, config))
        self.stubs = self.stubs_of(self.sidecar)
        import_pairs(self.stubs, emulator, but=[DOCUMENTED_SHOP])

    def refresh(self):
        try:
            self.stubs.auth.RefreshNow(auth_tokens_pb2.RefreshNowRequest(subject={"shop_id": self.SHOP}), timeout=CALL_SECONDS)
            return "OK"
        except grpc.RpcError as error:
            return f"{error.code().name}: {error.details()}"

    def test_a_process_that_holds_the_database(self):
        ends = []

        def attack():
            with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as other:
                other.execute("BEGIN EXCLUSIVE")
                ends.extend(self.refresh() for _ in range(5))

        self.assert_answers_beside(self.sidecar, attack)
        self.assertEqual({end.split(":")[0] for end in ends}, {"UNAVAILABLE"}, ends)
        self.assertEqual(self.refresh(), "OK")
        self.assert_ready(self.sidecar)

    def test_a_database_that_is_overwritten(self):
        caller = self.healthy_caller(self.sidecar)
        ends = []

        def attack():
            for path in self.folder.glob("tokens.db*"):
                path.write_bytes(os.urandom(max(8192, path.stat().st_size)))
            ends.extend(self.refresh() for _ in range(5))

        self.calls_during(caller, attack)
        self.assertNotIn("OK", ends[1:])
        self.assert_ready(self.sidecar)
