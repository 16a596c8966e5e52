"""Each command on server/docs/errors.md provokes its reason on the emulator, with the code and RetryInfo of its section.

tests/errors compares the page with the table of reasons; this test compares it with the contract and with the programs.
"""

import dataclasses
import re
import unittest

import grpc
from firstmile.v1 import error_reason_pb2
from firstmile.v1.logistics_tracking_pb2 import GetTrackingNumberRequest
from harness import DOCUMENTED_REQUEST, ROOT, SidecarCase
from serve_case import ServeCase, free_port

PAGE = ROOT / "server/docs/errors.md"
CONTRACT = ROOT / "server/proto/firstmile/v1/error_reason.proto"
SECOND_PORT = "50052"
NO_COMMAND = "No command: "
DETAILS = "grpc-status-details-bin"
ATTEMPTS_WITH_A_PAUSE = 3  # a command that sleeps until others are under way can miss them on a busy machine


@dataclasses.dataclass(frozen=True)
class Section:
    """What the page says of a reason. `command` is None where the page says why there is none."""

    reason: str
    meaning: str
    codes: list
    retry_info: str
    remedy: str
    command: str

    def has_retry_info(self, code):
        """None: the page does not say it for each error."""
        if self.retry_info.startswith("when"):
            return None
        return self.retry_info.startswith("always") and f"not with `{code}`" not in self.retry_info


def fact(body, name):
    found = re.findall(rf"^- \*\*{name}:\*\* (.+)$", body, re.MULTILINE)
    if len(found) != 1:
        raise ValueError(f"{name} stands {len(found)} times in: {body}")
    return found[0]


def section_of(reason, body):
    commands = re.findall(r"^```console\n(.*?)^```$", body, re.MULTILINE | re.DOTALL)
    if (len(commands) == 1) == (NO_COMMAND in body):
        raise ValueError(f"{reason} needs one command, or a line that begins with {NO_COMMAND!r}")
    return Section(
        reason=reason,
        meaning=body.split("\n", 1)[0],
        codes=re.findall(r"`([A-Z_]+)`", fact(body, "Code")),
        retry_info=fact(body, "RetryInfo"),
        remedy=fact(body, "What to do"),
        command=commands[0] if commands else None,
    )


def read_page(page):
    """The helpers to paste first, and the sections."""
    head, *sections = page.split("\n### ")
    helpers = re.search(r"^```console\n(.*?)^```$", head, re.MULTILINE | re.DOTALL)[1]
    return helpers, [section_of(*section.split("\n", 1)) for section in sections]


def comments_of_the_contract():
    """The comment of each reason as one line."""
    found = re.findall(r"((?:^ +//.*\n)+) +ERROR_REASON_([A-Z_]+) = \d+;", CONTRACT.read_text(), re.MULTILINE)
    return {name: " ".join(comment.replace("//", "").split()) for comment, name in found}


def upper_snake(code):
    """grpcurl's name of a code as gRPC's: NotFound is NOT_FOUND."""
    return "CANCELLED" if code == "Canceled" else re.sub(r"(?<!^)(?=[A-Z])", "_", code).upper()


class ContractTest(unittest.TestCase):
    def setUp(self):
        self.sections = read_page(PAGE.read_text())[1]

    def test_each_reason_has_a_section(self):
        names = [name.removeprefix("ERROR_REASON_") for name in error_reason_pb2.ErrorReason.keys()]
        self.assertEqual([section.reason for section in self.sections], names[1:])

    def test_the_contract_says_the_same_of_each_reason(self):
        comments = comments_of_the_contract()
        for section in self.sections:
            with self.subTest(section.reason):
                codes = " or ".join(section.codes)
                said = f"{codes}: {section.meaning} {section.remedy}"
                self.assertEqual(comments[section.reason].lower(), said.lower())

    def test_a_section_without_a_command_or_with_two_is_found(self):
        facts = "\n".join(f"- **{name}:** `X`" for name in ("Code", "RetryInfo", "What to do"))
        command = "```console\nask\n```\n"
        for rest in ("", command * 2, f"{command}{NO_COMMAND}it has one."):
            with self.assertRaises(ValueError):
                section_of("NOT_FOUND", f"Not there.\n\n{facts}\n\n{rest}")


class CommandsTest(ServeCase):
    def setUp(self):
        super().setUp()
        _, self.greeting = self.serve()
        self.helpers, self.sections = read_page(PAGE.read_text())

    def show(self, command):
        script = self.here(f"{self.helpers}{command}", self.greeting)
        return self.typed(script.replace(SECOND_PORT, free_port()))

    def provoke(self, section):
        """What the section's command shows, its last error, and the reasons in it."""
        for _ in range(ATTEMPTS_WITH_A_PAUSE if "sleep" in section.command else 1):
            shown = self.show(section.command)
            last = shown[shown.rfind("ERROR:") :]
            reasons = re.findall(r'^\s*"reason": "([A-Z_]+)"', last, re.MULTILINE)
            if reasons == [section.reason]:
                break
        return shown, last, reasons

    def test_each_command_shows_what_its_section_says(self):
        for section in self.sections:
            if section.command is None:
                continue
            with self.subTest(section.reason):
                shown, last, reasons = self.provoke(section)
                self.assertEqual(reasons, [section.reason], f"{section.command}\n{shown}")
                code = upper_snake(re.search(r"^  Code: (\w+)$", last, re.MULTILINE)[1])
                self.assertIn(code, section.codes)
                self.assertIn('"remedy"', last)
                if section.has_retry_info(code) is not None:
                    self.assertEqual("google.rpc.RetryInfo" in last, section.has_retry_info(code), shown)

    def test_a_write_that_was_not_applied_can_be_repeated(self):
        commands = {section.reason: section.command for section in self.sections}
        for reason in ("WRITE_OUTCOME_UNKNOWN", "WRITE_NOT_APPLIED"):
            self.assertIn(reason, self.show(commands[reason]))
        self.assertIn("OUTCOME_STATE_SUCCEEDED", self.show("fresh; write\n"))


class GrpcItselfTest(SidecarCase):
    """What gRPC answers itself has a code and a text, and no details."""

    def assert_no_details(self, call, code):
        with self.assertRaises(grpc.RpcError) as raised:
            call()
        self.assertEqual(raised.exception.code(), code)
        trailers = dict(raised.exception.trailing_metadata() or ())
        self.assertNotIn(DETAILS, trailers)

    def test_its_errors_have_no_details(self):
        emulator, sidecar = self.start_both()
        ask = self.stubs_of(sidecar).logistics.GetTrackingNumber
        large = GetTrackingNumberRequest(shop_id=600000, order_sn="x" * ((1 << 20) + 1024))
        with self.subTest("a message over the limit"):
            self.assert_no_details(lambda: ask(large, timeout=10), grpc.StatusCode.RESOURCE_EXHAUSTED)
        with self.subTest("an unknown rpc"), grpc.insecure_channel(sidecar.target) as channel:
            unknown = channel.unary_unary("/firstmile.v1.LogisticsService/NoSuchRpc")
            self.assert_no_details(lambda: unknown(b"", timeout=10), grpc.StatusCode.UNIMPLEMENTED)
        with self.subTest("a deadline that the client ends"):
            emulator.control("faults", {"action": "never_answer"})
            self.assert_no_details(lambda: ask(DOCUMENTED_REQUEST, timeout=0.001), grpc.StatusCode.DEADLINE_EXCEEDED)


if __name__ == "__main__":
    unittest.main()
