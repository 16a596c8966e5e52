"""The error helper of one language's package, FIRSTMILE_LANGUAGE, reads what a server may send, however hostile.

Each package's program in errors/ calls a server of this test, which fails the call as the case says, and prints what
the helper makes of it. All print the same.
"""

import os
import subprocess
import unittest
from concurrent import futures

import error_programs
import grpc
from firstmile.v1.logistics_tracking_pb2 import GetTrackingNumberRequest
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from language_case import installed, toolchain, users_environment

LANGUAGE = os.environ["FIRSTMILE_LANGUAGE"]
METHOD = "/firstmile.v1.LogisticsService/GetTrackingNumber"
TRAILER = "grpc-status-details-bin"
CODE = grpc.StatusCode.RESOURCE_EXHAUSTED
LONGEST = Duration(seconds=2**63 - 1, nanos=2**31 - 1)


def status(*details):
    """The bytes of a google.rpc.Status; a detail is a message, or an Any as it is."""
    message = Status(code=CODE.value[0], message="refused")
    for detail in details:
        if isinstance(detail, Any):
            message.details.append(detail)
        else:
            message.details.add().Pack(detail)
    return message.SerializeToString()


def ours(reason, **metadata):
    return ErrorInfo(reason=reason, domain="firstmile", metadata=metadata)


def broken(type_name, value):
    return Any(type_url=f"type.googleapis.com/google.rpc.{type_name}", value=value)


WHOLE = (ours("RATE_LIMITED", vendorCode="error_limit"), RetryInfo(retry_delay=Duration(seconds=1, nanos=500_000_000)))
FAULTS = BadRequest(
    field_violations=[
        BadRequest.FieldViolation(field="shop_id", description="must be 1 to 4294967295"),
        BadRequest.FieldViolation(field="order_sn", description="must not be empty"),
    ]
)
NOT_UTF_8 = b"\n\2\xff\xfe\x12\tfirstmile"  # reason and domain
NOTHING = "UNSPECIFIED | none"

# What the server sends, and what the helper makes of it: reason, delay, metadata.
CASES = {
    "whole": (status(*WHOLE), "RATE_LIMITED | 1500 ms | vendorCode=error_limit"),
    "faults": (
        status(ours("REQUEST_INVALID"), FAULTS),
        "REQUEST_INVALID: shop_id must be 1 to 4294967295: order_sn must not be empty | none",
    ),
    "without_details": (None, NOTHING),
    "without_any_detail": (status(), NOTHING),
    "foreign": (status(ErrorInfo(reason="NOT_FOUND", domain="example.com", metadata={"key": "value"})), NOTHING),
    "foreign_type": (status(Any(type_url="example.com/acme.Secret", value=b"\1\2")), NOTHING),
    "foreign_first": (
        status(ErrorInfo(reason="NOT_FOUND", domain="example.com"), *WHOLE),
        "RATE_LIMITED | 1500 ms | vendorCode=error_limit",
    ),
    "later_reason": (status(ours("OF_A_LATER_VERSION", key="value")), "UNSPECIFIED | none | key=value"),
    "reason_is_a_number": (status(ours("2")), NOTHING),
    "reason_is_a_property": (status(ours("toString")), NOTHING),
    "reason_is_empty": (status(ours("")), NOTHING),
    "broken_bytes": (b"\xff\xff\xff\xff", NOTHING),
    "half_of_the_bytes": (status(*WHOLE)[:-9], NOTHING),
    "broken_info": (status(broken("ErrorInfo", b"\xff\xff"), WHOLE[1]), "UNSPECIFIED | 1500 ms"),
    "broken_retry": (status(WHOLE[0], broken("RetryInfo", b"\n\xff")), "RATE_LIMITED | none | vendorCode=error_limit"),
    "broken_faults": (status(ours("REQUEST_INVALID"), broken("BadRequest", b"\n\5x")), "REQUEST_INVALID | none"),
    "not_utf_8": (status(broken("ErrorInfo", NOT_UTF_8)), NOTHING),
    "delay_in_the_past": (status(RetryInfo(retry_delay=Duration(seconds=-5))), "UNSPECIFIED | 0 ms"),
    "delay_beyond_all_bounds": (status(RetryInfo(retry_delay=LONGEST)), "UNSPECIFIED | long"),
    "no_delay_in_retry": (status(RetryInfo()), NOTHING),
}


class Server(grpc.GenericRpcHandler):
    """Fails each call as the case that its order_sn names."""

    def service(self, call):
        if call.method == METHOD:
            return grpc.unary_unary_rpc_method_handler(self._fail, GetTrackingNumberRequest.FromString)
        return None

    @staticmethod
    def _fail(request, context):
        details, _ = CASES[request.order_sn]
        if details is not None:
            context.set_trailing_metadata(((TRAILER, details),))
        context.abort(CODE, "refused")


class ErrorsTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        server = grpc.server(futures.ThreadPoolExecutor(4))
        server.add_generic_rpc_handlers((Server(),))
        self.port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        self.addCleanup(lambda: server.stop(None).wait())

    def test_the_helper_reads_what_is_readable_and_never_fails(self):
        example = installed(self, LANGUAGE)
        with toolchain(self, LANGUAGE):
            program = error_programs.command_of(LANGUAGE, example)
        command = [*program, f"127.0.0.1:{self.port}", *CASES]
        read = subprocess.run(command, env=users_environment(), capture_output=True, text=True, timeout=60)
        self.assertEqual(read.returncode, 0, read.stderr)
        self.assertEqual(read.stdout.splitlines(), [f"{case} | {line}" for case, (_, line) in CASES.items()])


if __name__ == "__main__":
    unittest.main()
