"""How firstmiled starts, and how it says why it does not."""

import os
import re
import signal
import socket
import stat
import subprocess
import unittest

from harness import (
    BUILD,
    DOCUMENTED_NUMBER,
    DOCUMENTED_REQUEST,
    DOCUMENTED_SHOP,
    FIRSTMILED,
    SidecarCase,
)
from local_pair import Program, Sidecar, write_config, write_private

BAD_USE = 64
CANNOT_RUN = 1


class StartCase(SidecarCase):
    def refused(self, exit_code, *arguments, env=None):
        """Runs firstmiled, which must end with that code and one line; returns the line."""
        code, lines = self.run_to_end(*arguments, env=env)
        self.assertEqual((code, len(lines)), (exit_code, 1), lines)
        return lines[0]

    def config(self, *more, **changes):
        return write_config(
            self.folder, "http://127.0.0.1:9", {DOCUMENTED_SHOP: "token"}, more=more, **changes
        )

    def assert_answers(self, sidecar):
        answer = self.stubs_of(sidecar).logistics.GetTrackingNumber(DOCUMENTED_REQUEST, timeout=10)
        self.assertEqual(answer.tracking_number, DOCUMENTED_NUMBER)


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout


class VersionTest(unittest.TestCase):
    """What is compared with comes from the same libraries by other programs."""

    def setUp(self):
        program = BUILD / "server/firstmiled"
        said = output_of(program, "--version")
        pattern = r"firstmiled \d+\.\d+\.\d+ \(gRPC (.+), Protobuf (.+), libcurl (.+), OpenSSL (.+)\)\n"
        self.assertRegex(said, f"^{pattern}$")
        self.grpc, self.protobuf, self.curl, self.openssl = re.fullmatch(pattern, said).groups()
        self.linked = output_of("ldd", program)

    def test_names_the_grpc_that_is_loaded(self):
        (library,) = re.findall(r"libgrpc\+\+\.so\S* => (\S+)", self.linked)
        self.assertTrue(os.path.realpath(library).endswith(f".so.{self.grpc}"), os.path.realpath(library))

    def test_names_the_protobuf_that_is_loaded(self):
        compiler = output_of("protoc", "--version").split()[-1]  # 3.21.12; newer ones leave the first number out
        self.assertTrue(f".{self.protobuf}".endswith(f".{compiler}"), compiler)

    def test_names_the_libcurl_and_openssl_that_are_loaded(self):
        self.assertIn(f"libcurl/{self.curl} OpenSSL/{self.openssl} ", output_of("curl", "--version"))


class StartTest(StartCase):
    def test_unknown_field_stops_the_start_with_file_and_line(self):
        config = self.config("bogus { }")
        self.assertIn(f"{config}:4: ", self.refused(BAD_USE, "--config", config))

    def test_value_out_of_range_stops_the_start_with_file_line_and_limit(self):
        config = self.config("", "server {", "  event_loops: 99", "}")
        line = self.refused(BAD_USE, "--config", config)
        self.assertIn(f"{config}:6: server.event_loops: must be 1 to 64, got 99", line)

    def test_broken_json_stops_the_start_with_file_and_line(self):
        config = write_private(self.folder / "config.json", '{\n  "upstream": {\n    "base_url" 1\n  }\n}\n')
        self.assertIn(f"{config}:3: ", self.refused(BAD_USE, "--config", config))

    def test_json_is_read_like_text(self):
        emulator = self.start_emulator()
        key = write_private(self.folder / "key", "anything")
        config = write_private(
            self.folder / "config.json",
            f'{{"upstream": {{"base_url": "{emulator.base_url}"}},'
            f' "partner": {{"partner_id": 1, "partner_key_file": "{key}"}}}}',
        )
        sidecar = self._until_cleanup(Sidecar(BUILD, config))
        self.assertEqual(sidecar.stop(), 0)

    def test_missing_config_file_is_one_line(self):
        self.assertIn(
            "/nowhere/firstmiled.textproto",
            self.refused(BAD_USE, "--config", "/nowhere/firstmiled.textproto"),
        )

    def test_missing_key_file_is_one_line(self):
        line = self.refused(BAD_USE, "--config", self.config(), "--partner_key_file", "/nowhere/key")
        self.assertIn("/nowhere/key", line)

    def test_without_any_key_the_line_names_both_ways(self):
        env = {name: value for name, value in os.environ.items() if name != "FIRSTMILE_PARTNER_KEY"}
        line = self.refused(BAD_USE, "--upstream", "http://127.0.0.1:9", "--partner_id", "1", env=env)
        self.assertIn("--partner_key_file", line)
        self.assertIn("FIRSTMILE_PARTNER_KEY", line)

    def test_plain_http_beyond_loopback_is_refused(self):
        line = self.refused(BAD_USE, "--config", self.config(), "--upstream", "http://203.0.113.1")
        self.assertIn("allow_plain_http", line)

    def test_listening_beyond_this_machine_is_refused_with_the_remedy(self):
        for address in ("0.0.0.0:0", "[::]:0", "203.0.113.1:50051"):
            line = self.refused(BAD_USE, "--config", self.config(), "--listen", address)
            self.assertIn(address, line)
            self.assertIn("allow_anyone: true", line)

    def test_listening_beyond_this_machine_warns_at_each_start_where_it_is_permitted(self):
        sidecar = self._until_cleanup(Sidecar(BUILD, self.config("allow_anyone: true"), listen="0.0.0.0:0"))
        self.assertEqual(sidecar.stop(), 0)
        warnings = [line for line in sidecar.lines if '"event":"anyone_may_call"' in line]
        self.assertEqual(len(warnings), 1, sidecar.lines)
        self.assertIn('"level":"warning"', warnings[0])

    def test_too_few_open_files_are_refused_with_the_remedy(self):
        command = ["prlimit", "--nofile=128:128", FIRSTMILED, "--config", self.config()]
        program = self._until_cleanup(Program(command))
        program.process.wait(30)
        self.assertEqual((program.stop(), len(program.lines)), (CANNOT_RUN, 1), program.lines)
        self.assertIn("LimitNOFILE", program.lines[0])

    def test_port_in_use_is_one_line(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            line = self.refused(CANNOT_RUN, "--config", self.config(), "--listen", address)
        self.assertIn(f"cannot listen on {address}: Address already in use", line)

    def test_unknown_flag_is_one_line(self):
        self.assertIn("--partner_key", self.refused(BAD_USE, "--partner_key", "x"))

    def test_flags_override_the_file(self):
        emulator = self.start_emulator()
        path = write_config(self.folder, "http://127.0.0.1:9", emulator.shop_tokens())
        sidecar = self._until_cleanup(Sidecar(BUILD, path, "--upstream", emulator.base_url))
        self.assert_answers(sidecar)

    def test_partner_key_can_come_from_the_environment(self):
        emulator = self.start_emulator()
        path = write_config(self.folder, emulator.base_url, emulator.shop_tokens())
        key = (self.folder / "partner_key").read_text()
        path.write_text("\n".join(l for l in path.read_text().splitlines() if not l.startswith("partner ")))
        env = {**os.environ, "FIRSTMILE_PARTNER_KEY": key}
        sidecar = self._until_cleanup(Sidecar(BUILD, path, "--partner_id", "2001887", env=env))
        self.assert_answers(sidecar)


class UnixSocketTest(StartCase):
    def setUp(self):
        super().setUp()
        self.path = self.folder / "grpc.sock"
        self.address = f"unix:{self.path}"

    def test_serves_its_owner_alone(self):
        emulator = self.start_emulator()
        self.assert_answers(self.start_sidecar(emulator, listen=self.address))
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode) & 0o077, 0)

    def test_takes_over_a_socket_that_a_crash_left(self):
        emulator = self.start_emulator()
        self.start_sidecar(emulator, listen=self.address).stop(signal.SIGKILL)
        self.assertTrue(self.path.exists())
        self.assert_answers(self.start_sidecar(emulator, listen=self.address))

    def test_leaves_the_socket_of_a_living_sidecar_alone(self):
        emulator = self.start_emulator()
        living = self.start_sidecar(emulator, listen=self.address)
        line = self.refused(CANNOT_RUN, "--config", self.config(), "--listen", self.address)
        self.assertIn("another process serves it", line)
        self.assert_answers(living)

    def test_too_long_path_names_the_limit(self):
        address = f"unix:/tmp/{'x' * 200}"
        line = self.refused(BAD_USE, "--config", self.config(), "--listen", address)
        self.assertIn("at most 107 characters", line)
