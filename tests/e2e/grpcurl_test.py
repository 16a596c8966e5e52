"""What a person with grpcurl sees."""

import hmac
import json
import time

import grpc

from harness import DOCUMENTED_ORDER, DOCUMENTED_SHOP, SidecarCase, grpcurl

DIAGNOSTICS = "firstmile.v1.DiagnosticsService"
FIRST_MILE = "firstmile.v1.FirstMileService"
LOGISTICS = "firstmile.v1.LogisticsService"
MERCHANT = "firstmile.v1.MerchantService"


def messages(text):
    """The JSON messages of a grpcurl output, one after the other."""
    decoder, found = json.JSONDecoder(), []
    text = text.lstrip()
    while text:
        message, end = decoder.raw_decode(text)
        found.append(message)
        text = text[end:].lstrip()
    return found


class GrpcurlTest(SidecarCase):
    def setUp(self):
        super().setUp()
        self.emulator, self.sidecar = self.start_both()

    def ask(self, method, data):
        answer = grpcurl(self.sidecar.target, method, data=data)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return messages(answer.stdout)

    def test_lists_every_service(self):
        listed = grpcurl(self.sidecar.target, "list").stdout.split()
        self.assertEqual(
            listed,
            [
                "firstmile.v1.AccountHealthService",
                "firstmile.v1.AuthService",
                DIAGNOSTICS,
                FIRST_MILE,
                "firstmile.v1.FlowService",
                LOGISTICS,
                MERCHANT,
                "firstmile.v1.OrderService",
                "firstmile.v1.PlatformPushService",
                "firstmile.v1.ShopService",
                "grpc.health.v1.Health",
                "grpc.reflection.v1.ServerReflection",
                "grpc.reflection.v1alpha.ServerReflection",
            ],
        )

    def test_describes_an_rpc_without_its_rest_call(self):
        described = grpcurl(self.sidecar.target, "describe", f"{FIRST_MILE}.GetDetail").stdout
        self.assertIn("option idempotency_level = NO_SIDE_EFFECTS", described)
        self.assertNotIn("/api/v2/", described)

    def test_describes_a_request_field_by_field(self):
        described = grpcurl(self.sidecar.target, "describe", "firstmile.v1.GetDetailRequest").stdout
        self.assertIn("string first_mile_tracking_number = 2", described)

    def test_both_reflection_versions_answer(self):
        list_services = b"\x3a\x01*"
        with grpc.insecure_channel(self.sidecar.target) as channel:
            for version in ("v1", "v1alpha"):
                with self.subTest(version):
                    call = channel.stream_stream(
                        f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo"
                    )
                    self.assertIn(FIRST_MILE.encode(), next(call(iter([list_services]), timeout=10)))

    def test_unary_call_answers_the_documented_example(self):
        data = {"shop_id": DOCUMENTED_SHOP, "order_sn": DOCUMENTED_ORDER}
        (answer,) = self.ask(f"{LOGISTICS}/GetTrackingNumber", data)
        self.assertEqual(answer["tracking_number"], "MY200448706479IT")
        self.assertEqual(answer["first_mile_tracking_number"], "CNF877146678717210312")
        self.assertTrue(answer["header"]["request_id"])

    def test_stream_runs_to_its_end_over_all_shops(self):
        answers = self.ask(
            f"{FIRST_MILE}/StreamUnbindOrders", {"shop_ids": [600001, 600002], "page_size": 10}
        )
        for shop in ("600001", "600002"):
            pages = [a for a in answers if a["shop_id"] == shop]
            self.assertEqual([len(p["page"]["order_list"]) for p in pages], [10, 10, 10])
            self.assertEqual([p.get("last", False) for p in pages], [False, False, True])

    def test_bind_answers_ok_with_one_failing_element(self):
        data = {
            "shop_id": DOCUMENTED_SHOP,
            "first_mile_tracking_number": "CNF000000000003241101",
            "shipment_method": "pickup",
            "region": "CN",
            "logistics_channel_id": 813,
            "order_list": [{"order_sn": "2411010FMCANCL"}, {"order_sn": "2411010FMDEMO1"}],
        }
        (answer,) = self.ask(f"{FIRST_MILE}/BindFirstMileTrackingNumber", data)
        failed, succeeded = answer["outcomes"]
        self.assertEqual((failed["order_sn"], failed["state"]), ("2411010FMCANCL", "OUTCOME_STATE_FAILED"))
        failure = failed["failure"]
        self.assertEqual(failure["vendor_code"], "firstmile.invalid_order_status")
        self.assertEqual(failure["reason"], "ERROR_REASON_WRONG_STATE")
        self.assertEqual(
            (succeeded["order_sn"], succeeded["state"]), ("2411010FMDEMO1", "OUTCOME_STATE_SUCCEEDED")
        )

    def test_error_shows_decoded_error_info(self):
        data = {"shop_id": DOCUMENTED_SHOP, "order_sn": "NOSUCHORDER"}
        answer = grpcurl(self.sidecar.target, f"{LOGISTICS}/GetTrackingNumber", data=data)
        self.assertEqual(answer.returncode, 64 + grpc.StatusCode.NOT_FOUND.value[0])
        request_id = self.emulator.control("journal")["requests"][-1]["request_id"]
        self.assertIn("type.googleapis.com/google.rpc.ErrorInfo", answer.stderr)
        self.assertIn('"vendorCode": "logistics.invalid_error"', answer.stderr)
        self.assertIn(f'"requestId": "{request_id}"', answer.stderr)

    def test_bad_input_names_the_field_and_reaches_no_platform(self):
        answer = grpcurl(
            self.sidecar.target, f"{LOGISTICS}/GetTrackingNumber", data={"shop_id": DOCUMENTED_SHOP}
        )
        self.assertEqual(answer.returncode, 64 + grpc.StatusCode.INVALID_ARGUMENT.value[0])
        self.assertIn("type.googleapis.com/google.rpc.BadRequest", answer.stderr)
        self.assertIn('"field": "order_sn"', answer.stderr)
        self.assertEqual(self.emulator.counters()["total_requests"], 0)

    def test_explains_an_error_of_shopee(self):
        data = {"error": "error_param", "message": "Timestamp is expired.", "http_status": 200}
        (answer,) = self.ask(f"{DIAGNOSTICS}/ExplainError", data)
        self.assertEqual(answer["code"], "CANONICAL_CODE_FAILED_PRECONDITION")
        self.assertEqual(answer["reason"], "ERROR_REASON_CLOCK_SKEW")
        self.assertIn("Set the clock", answer["remedy"])
        self.assertEqual(answer["row"]["text"], "timestamp is expired")
        self.assertTrue(answer["known"])
        (limited,) = self.ask(f"{DIAGNOSTICS}/ExplainError", {"error": "error_rate_limit"})
        self.assertEqual((limited["retry_class"], limited["retry_delay"]), ("RETRY_CLASS_BACK_OFF", "1s"))

    def test_finds_out_why_a_signature_is_wrong(self):
        path, now, token = "/api/v2/first_mile/get_detail", int(time.time()), "a" * 32
        base = f"1000001{path}{now}{token}{DOCUMENTED_SHOP}"
        key = "00112233445566778899aabbccddeeff" * 2
        sign = hmac.new(bytes.fromhex(key), base.encode(), "sha256").hexdigest()
        url = (
            f"https://partner.shopeemobile.com{path}?partner_id=1000001&timestamp={now}"
            f"&access_token={token}&shop_id={DOCUMENTED_SHOP}&sign={sign}"
        )
        (answer,) = self.ask(f"{DIAGNOSTICS}/CheckSignature", {"url": url, "partner_key": key})
        self.assertNotIn("signature_matches", answer)
        (finding, *_) = answer["findings"]
        self.assertEqual(finding["code"], "SIGNATURE_FINDING_CODE_KEY_HEX_DECODED")
        self.assertEqual(finding["certainty"], "FINDING_CERTAINTY_PROVEN")
        self.assertEqual(answer["base_string"], f"1000001{path}{now}***{DOCUMENTED_SHOP}")
        self.assertEqual(answer["operation"], "FirstMileService/GetDetail")
        right = hmac.new(key.encode(), base.encode(), "sha256").hexdigest()
        for secret in (token, key, sign, right):
            self.assertNotIn(secret, json.dumps(answer))
        self.assertEqual(self.emulator.counters()["total_requests"], 0)

    def test_health_answers_per_service(self):
        for service in ("", DIAGNOSTICS, FIRST_MILE, LOGISTICS, MERCHANT):
            with self.subTest(service):
                (answer,) = self.ask("grpc.health.v1.Health/Check", {"service": service})
                self.assertEqual(answer["status"], "SERVING")
        unknown = grpcurl(self.sidecar.target, "grpc.health.v1.Health/Check", data={"service": "nobody"})
        self.assertEqual(unknown.returncode, 64 + grpc.StatusCode.NOT_FOUND.value[0])

    def test_reflection_can_be_switched_off(self):
        closed = self.start_sidecar(self.emulator, more=["server { reflection: false }"])
        answer = grpcurl(closed.target, "list")
        self.assertNotEqual(answer.returncode, 0)
        self.assertIn("does not support the reflection API", answer.stderr)
