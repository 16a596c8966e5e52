"""Tokens and keys in the memory of a running sidecar: forgotten in time, not swapped, never in a core dump."""

import contextlib
import os
import pathlib
import resource
import shutil
import signal
import unittest

import grpc

from stored_tokens_case import CALL_SECONDS
from token_secrets_case import TokenSecretsCase
from firstmile.v1 import auth_service_pb2_grpc
from firstmile.v1 import auth_tokens_pb2 as auth
from harness import DOCUMENTED_REQUEST, DOCUMENTED_SHOP, FIRSTMILED, SANITIZED
from local_pair import Program, Sidecar, wait_until

NOBODY = 65534
ALONE = [("grpc.use_local_subchannel_pool", 1)]  # a channel with a connection of its own


class ForgottenTest(TokenSecretsCase):
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
                auth_service = auth_service_pb2_grpc.AuthServiceStub(channel)
                auth_service.ListShops(auth.ListShopsRequest(), timeout=CALL_SECONDS)

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
        stubs.auth.ForgetShop(auth.ForgetShopRequest(subject={"shop_id": DOCUMENTED_SHOP}), timeout=CALL_SECONDS)
        self.expect_forgotten(sidecar, second, "after ForgetShop")
        imported = ("canaryimportedaccess000000000001", "canaryimportedrefresh00000000001")
        tokens = auth.ImportedTokens(subject={"shop_id": 600001}, access_token=imported[0], refresh_token=imported[1])
        # What gRPC read of a connection stays in its buffer until it reads on, or the connection ends.
        with grpc.insecure_channel(sidecar.target, options=ALONE) as channel:
            auth_service = auth_service_pb2_grpc.AuthServiceStub(channel)
            auth_service.ImportTokens(auth.ImportTokensRequest(tokens=[tokens]), timeout=CALL_SECONDS)
            auth_service.ForgetShop(auth.ForgetShopRequest(subject={"shop_id": 600001}), timeout=CALL_SECONDS)
        self.expect_forgotten(
            sidecar, imported, "imported, after ForgetShop", lambda: self.call_on_new_connections(sidecar)
        )

    @unittest.skipUnless(os.geteuid() == 0, "only root may look into the memory of an undumpable process")
    def test_keys_lie_in_memory_that_is_not_swapped(self):
        sidecar = self.start(self.config())
        self.log_lines(sidecar, "secret_memory")
        status = pathlib.Path(f"/proc/{sidecar.pid}/status").read_text()
        locked = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmLck")))
        self.assertGreater(locked, 0)


@unittest.skipIf(SANITIZED, "sanitizers have their own say about dumps")
class CoreDumpTest(TokenSecretsCase):
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
