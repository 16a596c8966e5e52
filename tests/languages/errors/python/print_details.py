"""Prints what the package's helper says about the error of each named case: TARGET CASE..."""

import sys

import grpc
from firstmile.errors import ErrorDetails
from firstmile.v1.logistics_service_pb2_grpc import LogisticsServiceStub
from firstmile.v1.logistics_tracking_pb2 import GetTrackingNumberRequest

LONG_SECONDS = 365 * 24 * 60 * 60


def printed(delay):
    if delay is None:
        return "none"
    seconds = delay.total_seconds()
    return "long" if seconds > LONG_SECONDS else f"{round(seconds * 1000)} ms"


with grpc.insecure_channel(sys.argv[1]) as channel:
    for case in sys.argv[2:]:
        try:
            LogisticsServiceStub(channel).GetTrackingNumber(GetTrackingNumberRequest(order_sn=case), timeout=10)
        except grpc.RpcError as error:
            details = ErrorDetails.from_error(error)
            metadata = [f"{key}={value}" for key, value in sorted(details.metadata.items())]
            print(" | ".join([case, str(details), printed(details.retry_delay), *metadata]))
