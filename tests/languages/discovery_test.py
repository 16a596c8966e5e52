"""Who has no proto file at hand finds out what the sidecar serves and calls it, with the usual tools."""

import json
import pathlib
import subprocess
import sys

import common
from harness import DOCUMENTED_NUMBER, DOCUMENTED_ORDER, DOCUMENTED_SHOP, ROOT, SidecarCase, grpcurl
from language_case import users_environment

HERE = pathlib.Path(__file__).resolve().parent / "discovery"
BUF = ROOT / ".tools/bin/buf"
LOGISTICS = "firstmile.v1.LogisticsService"
METHOD = f"{LOGISTICS}/GetTrackingNumber"
REQUEST = {"shop_id": DOCUMENTED_SHOP, "order_sn": DOCUMENTED_ORDER}
SERVICES = [
    "firstmile.v1.AccountHealthService",
    "firstmile.v1.AuthService",
    "firstmile.v1.DiagnosticsService",
    "firstmile.v1.FirstMileService",
    "firstmile.v1.FlowService",
    LOGISTICS,
    "firstmile.v1.MerchantService",
    "firstmile.v1.OrderService",
    "firstmile.v1.PlatformPushService",
    "firstmile.v1.ShopService",
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
]
REFLECTION_VERSIONS = "grpc-v1", "grpc-v1alpha"


def python_with_clients():
    """A Python with the published reflection and health clients of grpcio."""
    requirements = HERE / "requirements.txt"
    with common.filled_once("discovery", requirements.read_text(), sys.version) as (folder, to_fill):
        if to_fill:
            common.run(sys.executable, "-m", "venv", folder)
            pip = [folder / "bin/python", "-m", "pip", "--disable-pip-version-check"]
            common.run(*pip, "install", "--quiet", "-r", requirements)
    return folder / "bin/python"


class DiscoveryTest(SidecarCase):
    def setUp(self):
        super().setUp()
        self.emulator, self.sidecar = self.start_both()

    def output(self, *command):
        done = subprocess.run(
            command, cwd=self.folder, env=users_environment(), capture_output=True, text=True, timeout=60
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def buf_curl(self, reflection, path, *flags):
        url = f"http://{self.sidecar.target}{path}"
        plain_grpc = ["--protocol", "grpc", "--http2-prior-knowledge", "--reflect-protocol", reflection]
        return self.output(BUF, "curl", *plain_grpc, *flags, url)

    def test_grpcurl(self):
        self.assertEqual(grpcurl(self.sidecar.target, "list").stdout.split(), SERVICES)
        answer = json.loads(grpcurl(self.sidecar.target, METHOD, data=REQUEST).stdout)
        self.assertEqual(answer["tracking_number"], DOCUMENTED_NUMBER)

    def test_buf_curl_lists_services_and_methods(self):
        for version in REFLECTION_VERSIONS:
            with self.subTest(version):
                self.assertEqual(self.buf_curl(version, "", "--list-services").split(), SERVICES)
                self.assertIn(METHOD, self.buf_curl(version, "", "--list-methods").split())

    def test_buf_curl_calls(self):
        for version in REFLECTION_VERSIONS:
            with self.subTest(version):
                answer = json.loads(self.buf_curl(version, f"/{METHOD}", "--data", json.dumps(REQUEST)))
                self.assertEqual(answer["trackingNumber"], DOCUMENTED_NUMBER)

    def test_clients_of_grpcio(self):
        words = [self.sidecar.target, *METHOD.split("/"), json.dumps(REQUEST)]
        lines = self.output(python_with_clients(), HERE / "look_around.py", *words).splitlines()
        services, answer, health = map(json.loads, lines)
        self.assertEqual(services, SERVICES)
        self.assertEqual(answer["tracking_number"], DOCUMENTED_NUMBER)
        self.assertEqual(health, ["SERVING", "SERVING"])
