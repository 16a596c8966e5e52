"""Tokens in files that another system renews: the next call has the new token, without a restart."""

import json
import os
import time

import grpc

from firstmile_client import error_facts
from harness import BUILD, DOCUMENTED_NUMBER, DOCUMENTED_REQUEST, DOCUMENTED_SHOP, SidecarCase
from local_pair import Sidecar, wait_until, write_config, write_private

FIRST, SECOND = "1" * 32, "2" * 32
SLOW_SECONDS = 3  # less than the sidecar waits for the writer of a pipe


class TokenFilesTest(SidecarCase):
    def setUp(self):
        super().setUp()
        self.emulator = self.start_emulator()
        self.file = write_private(self.folder / "token", FIRST + "\n")
        self.emulator_expects(FIRST)
        shop = f'shop_tokens {{ shop_id: {DOCUMENTED_SHOP} access_token_file: "{self.file}" }}'
        config = write_config(self.folder, self.emulator.base_url, {}, more=[shop])
        self.sidecar = self._until_cleanup(Sidecar(BUILD, config))
        self.stubs = self.stubs_of(self.sidecar)
        self.assert_answered()

    def emulator_expects(self, token):
        self.emulator.control("shops", {"shop_id": DOCUMENTED_SHOP, "access_token": token})

    def ask(self):
        return self.stubs.logistics.GetTrackingNumber(DOCUMENTED_REQUEST, timeout=20).tracking_number

    def assert_answered(self):
        self.assertEqual(self.ask(), DOCUMENTED_NUMBER)

    def refused(self):
        """The reason of a call that must fail."""
        with self.assertRaises(grpc.RpcError) as raised:
            self.ask()
        return error_facts(raised.exception).reason

    def events(self, event):
        return [json.loads(line) for line in self.sidecar.lines if f'"event":"{event}"' in line]

    def test_a_file_that_is_replaced(self):
        write_private(self.folder / "token.new", SECOND).rename(self.file)
        self.emulator_expects(SECOND)
        self.assert_answered()
        self.assertEqual(len(self.log_lines(self.sidecar, "shop_token_file_read")), 1)

    def test_a_file_that_is_written_in_place(self):
        self.file.write_text(SECOND)
        self.emulator_expects(SECOND)
        self.assert_answered()

    def test_a_new_token_is_used_while_shopee_still_takes_the_old_one(self):
        self.file.write_text(SECOND)

        def is_read():
            self.assert_answered()  # with the old token, which is the one that the emulator takes
            return self.events("shop_token_file_read")

        # The emulator refuses the new token, so that the call after its first use fails.
        with self.assertRaises(grpc.RpcError) as raised:
            wait_until(is_read, "the file to be read again", 20)
        self.assertEqual(error_facts(raised.exception).reason, "TOKEN_REJECTED")
        self.emulator_expects(SECOND)
        self.assert_answered()

    def test_a_file_that_is_gone_or_half_written_keeps_the_last_token_and_is_logged_once(self):
        self.file.unlink()
        line = self.await_while_calls_succeed("shop_token_file_unusable", 1)
        self.assertIn(str(self.file), line["detail"])
        write_private(self.file, "")
        self.assert_answered()
        write_private(self.folder / "token.new", SECOND).rename(self.file)
        self.emulator_expects(SECOND)
        self.assert_answered()
        self.assertEqual(self.sidecar.stop(), 0)
        self.assertEqual(len(self.events("shop_token_file_unusable")), 1)
        self.assertNotIn(FIRST, "".join(self.sidecar.lines))
        self.assertNotIn(SECOND, "".join(self.sidecar.lines))

    def test_a_file_that_can_hold_no_token_keeps_the_last_token_and_delays_no_call(self):
        def with_bytes(content, mode=0o600):
            self.file.write_bytes(content)
            self.file.chmod(mode)

        kinds = {
            "zeros, as after a crash": lambda: with_bytes(b"\0" * 32),
            "20 MB": lambda: with_bytes(b"x" * 20_000_000),
            "open to other users": lambda: with_bytes(SECOND.encode(), 0o644),
            "an endless device": lambda: self.file.symlink_to("/dev/zero"),
            "a pipe whose writer is silent": self.open_silent_pipe,
        }
        for count, (kind, make) in enumerate(kinds.items(), 1):
            with self.subTest(kind):
                self.file.unlink()
                make()
                self.await_while_calls_succeed("shop_token_file_unusable", count)
                self.file.unlink()
                write_private(self.file, FIRST)
                self.await_while_calls_succeed("shop_token_file_read", count)

    def open_silent_pipe(self):
        os.mkfifo(self.file, 0o600)
        writer = os.open(self.file, os.O_RDWR)
        self.addCleanup(os.close, writer)

    def await_while_calls_succeed(self, event, count):
        """Calls until the log has `count` such events, none of them slowly; the last event."""

        def find():
            begin = time.monotonic()
            self.assert_answered()
            self.assertLess(time.monotonic() - begin, SLOW_SECONDS)
            found = self.events(event)
            return found if len(found) >= count else None

        return wait_until(find, f"{count} events {event}", 20)[-1]

    def test_a_token_that_shopee_rejects_fails_until_the_file_is_renewed(self):
        self.emulator_expects(SECOND)
        self.assertEqual(self.refused(), "TOKEN_REJECTED")
        write_private(self.folder / "token.new", SECOND).rename(self.file)
        self.assert_answered()
