"""The few lines that a backend writes once: a channel with its stubs, and errors in its own terms."""

import contextlib
import dataclasses

import grpc
from google.rpc import error_details_pb2, status_pb2

from firstmile.v1.auth_service_pb2_grpc import AuthServiceStub
from firstmile.v1.first_mile_service_pb2_grpc import FirstMileServiceStub
from firstmile.v1.flow_service_pb2_grpc import FlowServiceStub
from firstmile.v1.logistics_service_pb2_grpc import LogisticsServiceStub
from firstmile.v1.merchant_service_pb2_grpc import MerchantServiceStub

DEADLINE_SECONDS = 10
STREAM_DEADLINE_SECONDS = 60


@dataclasses.dataclass
class Stubs:
    auth: AuthServiceStub
    first_mile: FirstMileServiceStub
    flows: FlowServiceStub
    logistics: LogisticsServiceStub
    merchant: MerchantServiceStub


@contextlib.contextmanager
def connect(target):
    """One channel serves all shops and all threads of a backend."""
    with grpc.insecure_channel(target) as channel:
        yield Stubs(
            AuthServiceStub(channel),
            FirstMileServiceStub(channel),
            FlowServiceStub(channel),
            LogisticsServiceStub(channel),
            MerchantServiceStub(channel),
        )


@dataclasses.dataclass
class ErrorFacts:
    """What firstmiled says about an error besides code and message."""

    reason: str = ""
    metadata: dict = dataclasses.field(default_factory=dict)
    violations: dict = dataclasses.field(default_factory=dict)
    retry_seconds: float = 0.0


def error_facts(error):
    """Decodes the google.rpc details of a grpc.RpcError."""
    facts = ErrorFacts()
    for detail in _status(error).details:
        info, bad_request, retry = (
            error_details_pb2.ErrorInfo(),
            error_details_pb2.BadRequest(),
            error_details_pb2.RetryInfo(),
        )
        if detail.Unpack(info):
            facts.reason, facts.metadata = info.reason, dict(info.metadata)
        elif detail.Unpack(bad_request):
            facts.violations = {v.field: v.description for v in bad_request.field_violations}
        elif detail.Unpack(retry):
            facts.retry_seconds = retry.retry_delay.ToTimedelta().total_seconds()
    return facts


def _status(error):
    status = status_pb2.Status()
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status.ParseFromString(value)
    return status
