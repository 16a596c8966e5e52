"""Keys, tokens and signatures show nowhere, whatever goes wrong."""

import contextlib
import pathlib
import re

import grpc

from firstmile.v1 import common_pb2, first_mile_orders_pb2, first_mile_streams_pb2
from harness import DOCUMENTED_NUMBER, DOCUMENTED_REQUEST, DOCUMENTED_SHOP, SidecarCase, grpcurl
from local_pair import write_private

PARTNER_ID = 2009999
PARTNER_KEY = "shpkcanarykey" + "0123456789abcdef" * 3 + "012"
TOKEN = "canarytokenconfigured000000000ab"
CALLERS_TOKEN = "canarytokenofthecaller00000000cd"
CANARY = re.compile(r"canary|[0-9a-f]{64}", re.IGNORECASE)  # 64 hex digits are a signature

# What an edge node may say: the address that it was asked for, in HTML or in an envelope of its own.
ECHO = f"GET /api/v2/logistics/get_tracking_number?access_token={TOKEN}&sign={'a1' * 32} was not found"

FAILURES = [
    {"action": "close"},
    {"action": "truncate"},
    {"action": "never_answer"},
    {"action": "answer", "status": 502, "content_type": "text/html", "body": f"<html>{ECHO}</html>"},
    {"action": "answer", "status": 302, "headers": {"Location": f"http://127.0.0.1:1/?access_token={TOKEN}"}},
    {"action": "answer", "status": 200, "content_type": "text/html", "body": ""},
    {"action": "answer", "status": 403, "body": {"error": "invalid_acceess_token", "message": "Invalid."}},
    {"action": "answer", "status": 200, "body": {"error": "error_param", "message": ECHO, "request_id": "r"}},
]


class SecretsTest(SidecarCase):
    def setUp(self):
        super().setUp()
        key_file = write_private(self.folder / "emulator_key", PARTNER_KEY)
        self.emulator = self.start_emulator(
            "--partner_id", str(PARTNER_ID), "--partner_key_file", str(key_file)
        )
        self.emulator.control("shops", {"shop_id": DOCUMENTED_SHOP, "access_token": TOKEN})
        self.sidecar = self.start_sidecar(
            self.emulator, key=PARTNER_KEY, partner_id=PARTNER_ID, more=['log { level: "debug" }']
        )
        self.stubs = self.stubs_of(self.sidecar)
        self.seen = []

    def hear(self, call):
        """Keeps all that a caller gets from a unary call: answer, status, details, metadata."""
        with contextlib.suppress(grpc.RpcError):
            self.seen.append(str(call.result()))
        self.hear_end(call)

    def hear_stream(self, call):
        with contextlib.suppress(grpc.RpcError):
            self.seen.extend(str(message) for message in call)
        self.hear_end(call)

    def hear_end(self, call):
        self.seen += [str(call.initial_metadata()), str(call.trailing_metadata()), str(call.details())]

    def tracking_number(self, timeout=10, token=None):
        metadata = [("x-shopee-access-token", token)] if token else []
        return self.stubs.logistics.GetTrackingNumber.future(
            DOCUMENTED_REQUEST, timeout=timeout, metadata=metadata
        )

    def orders(self):
        request = first_mile_streams_pb2.StreamUnbindOrdersRequest(
            shop_ids=[DOCUMENTED_SHOP, 600001], page_size=50
        )
        return self.stubs.first_mile.StreamUnbindOrders(request, timeout=1)

    def bind(self):
        request = first_mile_orders_pb2.BindFirstMileTrackingNumberRequest(
            shop_id=DOCUMENTED_SHOP,
            first_mile_tracking_number="CNF000000000003241101",
            shipment_method="self_deliver",
            region="CN",
            order_list=[common_pb2.OrderKey(order_sn="2411010FMDEMO1")],
        )
        return self.stubs.first_mile.BindFirstMileTrackingNumber.future(request, timeout=1)

    def hear_a_whole_session(self):
        answered = self.tracking_number()
        self.assertEqual(answered.result().tracking_number, DOCUMENTED_NUMBER)
        self.hear_stream(self.orders())
        for call in (answered, self.bind(), self.tracking_number(token=CALLERS_TOKEN)):
            self.hear(call)
        for failure in FAILURES:
            self.emulator.control("faults", failure)
            self.hear_stream(self.orders())
            for call in (self.tracking_number(timeout=1), self.bind()):
                self.hear(call)
            self.emulator.control("faults", verb="DELETE")
        self.emulator.stop()
        self.hear(self.tracking_number())
        for arguments in (["list"], ["describe"], ["describe", "firstmile.v1.GetTrackingNumberRequest"]):
            self.seen.append(grpcurl(self.sidecar.target, *arguments).stdout)

    def test_no_canary_in_answers_errors_metadata_reflection_logs_or_command_line(self):
        self.hear_a_whole_session()
        command_line = pathlib.Path(f"/proc/{self.sidecar.pid}/cmdline").read_text()
        self.assertEqual(self.sidecar.stop(), 0)
        self.assertGreater(len(self.seen), 100)
        self.assertGreater(len(self.sidecar.lines), 20)
        for place, texts in (
            ("answer", self.seen),
            ("log", self.sidecar.lines),
            ("command line", [command_line]),
        ):
            for text in texts:
                with self.subTest(place=place):
                    self.assertNotRegex(text, CANARY)

    def test_a_refused_configuration_shows_no_token(self):
        config = self.folder / "broken.textproto"
        broken = (
            f'shop_tokens {{ shop_id: 1 access_token: "{TOKEN}" access_token_file: "/nowhere" }}',
            f'shop_tokens {{ shop_id: 1 access_token: "{TOKEN}" bogus: 1 }}',
            f'shop_tokens {{ shop_id: 1 access_token: "{TOKEN} }}',
            f"shop_tokens {{ shop_id: 1 access_token: {TOKEN} }}",
        )
        for line in broken:
            with self.subTest(line):
                config.write_text(line + "\n")
                code, lines = self.run_to_end("--config", config)
                self.assertEqual(code, 64)
                self.assertNotRegex("\n".join(lines), CANARY)
