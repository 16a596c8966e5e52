"""What a failed call tells besides its status code and message."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
from collections.abc import Mapping
from typing import Any, cast

import grpc
from google.protobuf import any_pb2, duration_pb2
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

from firstmile.v1 import error_reason_pb2

_DOMAIN = "firstmile"
_DELAY_SECONDS_MAX = 100 * 365 * 24 * 60 * 60
_DETAILS_KEY = "grpc-status-details-bin"


@dataclasses.dataclass(frozen=True)
class FieldViolation:
    """One fault of the request."""

    field: str
    description: str


@dataclasses.dataclass(frozen=True)
class ErrorDetails:
    """The details of a failed call; an error without details, or of another origin, gives an empty one."""

    #: UNSPECIFIED also for a reason that this version of the package does not know.
    reason: error_reason_pb2.ErrorReason = error_reason_pb2.ERROR_REASON_UNSPECIFIED

    #: For example operation, vendorCode, requestId, httpStatus, remedy, authorizationUrl.
    metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)

    #: None when waiting does not help, or no time is known.
    retry_delay: datetime.timedelta | None = None

    #: Only with ERROR_REASON_REQUEST_INVALID.
    field_violations: tuple[FieldViolation, ...] = ()

    @classmethod
    def from_error(cls, error: grpc.RpcError) -> ErrorDetails:
        """Decodes an error of grpc or grpc.aio. Never raises: a detail that cannot be read is left out."""
        found: dict[str, Any] = {}
        for detail in _status(error).details:
            with contextlib.suppress(DecodeError):
                found |= _decoded(detail)
        return cls(**found)

    @property
    def reason_name(self) -> str:
        """The reason without its prefix, for example NOT_FOUND."""
        return error_reason_pb2.ErrorReason.Name(self.reason).removeprefix("ERROR_REASON_")

    def __str__(self) -> str:
        """The reason, then the faults of the request: "REQUEST_INVALID: order_sn must not be empty"."""
        return self.reason_name + "".join(f": {fault.field} {fault.description}" for fault in self.field_violations)


def _decoded(detail: any_pb2.Any) -> dict[str, Any]:
    info = error_details_pb2.ErrorInfo()
    retry = error_details_pb2.RetryInfo()
    bad_request = error_details_pb2.BadRequest()
    if detail.Unpack(info) and info.domain == _DOMAIN:
        return {"reason": _reason(info.reason), "metadata": dict(info.metadata)}
    if detail.Unpack(retry) and retry.HasField("retry_delay"):
        return {"retry_delay": _timedelta(retry.retry_delay)}
    if detail.Unpack(bad_request):
        faults = bad_request.field_violations
        return {"field_violations": tuple(FieldViolation(fault.field, fault.description) for fault in faults)}
    return {}


def _status(error: grpc.RpcError) -> status_pb2.Status:
    # Every error that grpc itself raises is a call too.
    for key, value in cast(grpc.Call, error).trailing_metadata() or ():
        if key == _DETAILS_KEY:
            with contextlib.suppress(DecodeError):
                return status_pb2.Status.FromString(cast(bytes, value))
    return status_pb2.Status()


def _timedelta(delay: duration_pb2.Duration) -> datetime.timedelta:
    """Cut to what a timedelta can hold; one in the past is none."""
    seconds = min(max(delay.seconds, 0), _DELAY_SECONDS_MAX)
    return max(datetime.timedelta(seconds=seconds, microseconds=delay.nanos // 1000), datetime.timedelta())


def _reason(name: str) -> error_reason_pb2.ErrorReason:
    value = error_reason_pb2.ErrorReason.DESCRIPTOR.values_by_name.get(f"ERROR_REASON_{name}")
    return cast("error_reason_pb2.ErrorReason", value.number if value else error_reason_pb2.ERROR_REASON_UNSPECIFIED)
