"""Keys, tokens and signatures show nowhere, whatever goes wrong."""

import contextlib
import json
import os
import pathlib
import re

import grpc

from canaries import Canaries, echoes
from firstmile.v1 import common_pb2, first_mile_orders_pb2, first_mile_streams_pb2
from harness import DOCUMENTED_NUMBER, DOCUMENTED_REQUEST, DOCUMENTED_SHOP, SidecarCase, grpcurl
from local_pair import write_private
from metrics_test import get

PARTNER_ID = 2009999
PARTNER_KEY = "shpkcanarykey" + "0123456789abcdef" * 3 + "012"
TOKEN = "canarytokenconfigured000000000ab"
CALLERS_TOKEN = "canarytokenofthecaller00000000cd"
CANARY = re.compile(r"canary|[0-9a-f]{64}", re.IGNORECASE)  # 64 hex digits are a signature
CONTROL = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]")

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

# Where an answer may repeat it: each text of an error, and of a success.
PLACES = [
    '{"request_id":"r","error":"error_param","message":"bad token ECHO"}',
    '{"request_id":"ECHO","error":"ECHO","msg":"ECHO"}',
    '{"request_id":"r","error":"","response":{"tracking_number":"ECHO","ECHO":["ECHO"]}}',
    '{"request_id":"r","error":"","message":"ECHO","warning":["ECHO"],"response":{}}',
]


def echo_faults():
    """Answers that repeat the token in every form at every place."""
    for echo in echoes(TOKEN).values():
        for place in PLACES:
            body = place.replace("ECHO", echo)
            yield {"action": "answer", "status": 200, "content_type": "application/json", "body": body}


class SecretsTest(SidecarCase):
    def setUp(self):
        super().setUp()
        key_file = write_private(self.folder / "emulator_key", PARTNER_KEY)
        self.emulator = self.start_emulator(
            "--partner_id", str(PARTNER_ID), "--partner_key_file", str(key_file)
        )
        self.emulator.control("shops", {"shop_id": DOCUMENTED_SHOP, "access_token": TOKEN})
        self.key_log = self.folder / "tls_keys"
        # What a curious operator, or an attacker with his environment, would set.
        curious = {"GRPC_TRACE": "all,http", "GRPC_VERBOSITY": "debug", "SSLKEYLOGFILE": str(self.key_log)}
        more = ['log { level: "debug" }', 'admin { metrics_listen: "127.0.0.1:0" }']
        self.sidecar = self.start_sidecar(
            self.emulator, key=PARTNER_KEY, partner_id=PARTNER_ID, more=more, env={**os.environ, **curious}
        )
        self.stubs = self.stubs_of(self.sidecar)
        self.seen = []
        self.canaries = Canaries()
        for name, secret in (("key", PARTNER_KEY), ("token", TOKEN), ("caller's token", CALLERS_TOKEN)):
            self.canaries.remember(name, secret)

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

    def hear_echoes(self):
        for fault in echo_faults():
            self.emulator.control("faults", fault)
            for call in (self.tracking_number(timeout=2), self.bind()):
                self.hear(call)
            self.emulator.control("faults", verb="DELETE")

    def places(self):
        """All that the session has left to read, by place."""
        address = self.log_lines(self.sidecar, "metrics_listening")[0]["detail"]
        yield "metrics", [get(address, "/metrics")[1]]
        yield "command line", [pathlib.Path(f"/proc/{self.sidecar.pid}/cmdline").read_text()]
        self.assertEqual(self.sidecar.stop(), 0)
        yield "answer", self.seen
        yield "log", self.sidecar.lines

    def test_no_canary_in_answers_errors_metadata_reflection_logs_metrics_or_command_line(self):
        self.hear_echoes()
        self.hear_a_whole_session()
        for place, texts in self.places():
            with self.subTest(place=place):
                self.assertGreater(len(texts), {"answer": 300, "log": 100}.get(place, 0))
                for text in texts:
                    self.assertNotRegex(text, CANARY)
                    self.assertEqual(self.canaries.found(text), [], text)
        self.assertFalse(self.key_log.exists(), "TLS keys were written")

    def test_what_a_terminal_obeys_reaches_no_log_and_no_message(self):
        body = (
            '{"request_id":"\\u001b]0;x\\u0007\\u009b","error":"error_\\u009b31m\\u202e",'
            '"message":"\\u001b[2J\\u2028\\u007f\\u2066"}'
        )
        fault = {"action": "answer", "status": 200, "content_type": "application/json", "body": body}
        self.emulator.control("faults", fault)
        with self.assertRaises(grpc.RpcError) as failed:
            self.tracking_number(timeout=2).result()
        self.assertNotRegex(failed.exception.details(), CONTROL)
        self.call_line(self.sidecar, "GetTrackingNumber", failed.exception.code().name)
        for line in self.sidecar.lines:
            self.assertNotRegex(line, CONTROL)
            for text in json.loads(line).values():
                self.assertNotRegex(str(text), CONTROL)

    def test_one_answer_writes_no_long_line(self):
        body = {"error": "e" * 1_000_000, "message": "m" * 1_000_000, "request_id": "r" * 1_000_000}
        self.emulator.control("faults", {"action": "answer", "status": 200, "body": body})
        with self.assertRaises(grpc.RpcError) as failed:
            self.tracking_number(timeout=5).result()
        self.assertLess(len(failed.exception.details()), 2048)
        self.call_line(self.sidecar, "GetTrackingNumber", failed.exception.code().name)
        self.assertLess(max(len(line) for line in self.sidecar.lines), 8192)

    def test_a_refused_configuration_shows_no_token(self):
        config = self.folder / "broken.textproto"
        config.touch(mode=0o600)
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

    def test_a_mistyped_command_line_shows_no_word(self):
        for words in ([TOKEN], [f"--{TOKEN}"], ["--partner_key", PARTNER_KEY], [f"--partner_key={PARTNER_KEY}"],
                      ["--partner_id", TOKEN], ["--partner_key_file", PARTNER_KEY], ["shops", TOKEN],
                      ["--config", TOKEN]):  # fmt: skip
            with self.subTest(words):
                code, lines = self.run_to_end(*words)
                self.assertEqual((code, len(lines)), (64, 1))
                self.assertNotRegex(lines[0], CANARY)
