"""The manual names the reasons with which each rpc may fail."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / ".dev"))

import manual_reasons
from manual_contract import Contract, ManualError


class ManualReasons(unittest.TestCase):
    def setUp(self):
        self.contract = Contract()
        self.reasons = manual_reasons.Reasons(self.contract)

    def test_a_write_names_its_own_refusals_with_shopees_codes_and_the_kinds_of_call_that_it_is(self):
        rpc = "FirstMileService/BindFirstMileTrackingNumber"
        self.assertIn("firstmile.package_has_bind", self.reasons.own(rpc)["WRONG_STATE"])
        self.assertEqual(
            self.reasons.kinds(rpc), ["every call", "calls of Shopee", "calls with a token", "writes"]
        )

    def test_a_stream_has_the_reasons_of_its_operation_and_those_of_streams(self):
        rpc = "FirstMileService/StreamUnbindOrders"
        self.assertEqual(self.reasons.own(rpc), self.reasons.own("FirstMileService/GetUnbindOrderList"))
        self.assertIn("streams of pages", self.reasons.kinds(rpc))

    def test_a_call_that_only_the_sidecar_answers_names_none_of_shopees(self):
        for rpc in ("AuthService/GetAuthorizationUrl", "DiagnosticsService/CheckSignature"):
            self.assertEqual((self.reasons.kinds(rpc), self.reasons.own(rpc)), (["every call"], {}))

    def test_every_documented_error_of_a_platform_call_is_told_by_its_own_reasons_or_by_those_of_its_kinds(self):
        for rpc, pairs in self.reasons._errors.items():
            told = {name for kind in self.reasons.kinds(rpc) for name in manual_reasons.KINDS[kind].split()}
            told |= self.reasons.own(rpc).keys()
            self.assertLessEqual({self.reasons._reason_of[pair] for pair in pairs}, told, rpc)

    def test_an_error_without_a_reason_and_a_call_without_errors_are_named(self):
        errors = manual_reasons.ERRORS
        self.addCleanup(setattr, manual_reasons, "ERRORS", errors)
        changed = errors.read_text().replace("error_not_found |", "error_new |", 1)
        changed = changed.replace('"FirstMileService/GetDetail"', '"FirstMileService/GetNothing"')
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        manual_reasons.ERRORS = pathlib.Path(folder.name) / errors.name
        manual_reasons.ERRORS.write_text(changed)
        with self.assertRaisesRegex(ManualError, "(?s)GetNothing: no such rpc.*GetDetail: .*has no errors.*error_new"):
            manual_reasons.Reasons(self.contract)


if __name__ == "__main__":
    unittest.main()
