#!/usr/bin/env python3
"""How a backend has parcels picked up, from waiting orders to a printable waybill."""

import argparse
import contextlib
import datetime
import pathlib
import sys

import grpc

from firstmile.errors import ErrorDetails
from firstmile.v1 import auth_tokens_pb2, common_pb2, first_mile_numbers_pb2, first_mile_orders_pb2
from firstmile.v1 import first_mile_streams_pb2, logistics_tracking_pb2
from firstmile.v1.auth_service_pb2_grpc import AuthServiceStub
from firstmile.v1.error_reason_pb2 import ErrorReason
from firstmile.v1.first_mile_service_pb2_grpc import FirstMileServiceStub
from firstmile.v1.logistics_service_pb2_grpc import LogisticsServiceStub
from firstmile.v1.logistics_status_pb2 import LOGISTICS_STATUS_REQUEST_CREATED as REQUEST_CREATED

SHOPS = (600001, 600002)
DEADLINE_SECONDS = 10
STREAM_DEADLINE_SECONDS = 60
PICKUP_CHANNEL = 813  # Shopee's own truck
CHINA = datetime.timezone(datetime.timedelta(hours=8))


def waiting_orders(first_mile):
    """The orders of each shop that can be bound now. The sidecar turns the pages."""
    request = first_mile_streams_pb2.StreamUnbindOrdersRequest(shop_ids=SHOPS, page_size=10)
    waiting = {shop: [] for shop in SHOPS}
    for message in first_mile.StreamUnbindOrders(request, timeout=STREAM_DEADLINE_SECONDS):
        if message.HasField("failure"):
            raise RuntimeError(f"shop {message.shop_id}: {message.failure.message}")
        orders = message.page.order_list
        waiting[message.shop_id] += [o.order_sn for o in orders if o.logistics_status == REQUEST_CREATED]
    return waiting


def generate_number(first_mile, shop):
    """A new number for tomorrow. Never repeat this call blindly: each one makes another number."""
    tomorrow = datetime.datetime.now(CHINA).date() + datetime.timedelta(days=1)
    request = first_mile_numbers_pb2.GenerateFirstMileTrackingNumberRequest(
        shop_id=shop, declare_date=tomorrow.isoformat(), quantity=1
    )
    answer = first_mile.GenerateFirstMileTrackingNumber(request, timeout=DEADLINE_SECONDS)
    return answer.first_mile_tracking_number_list[0]


def bind(first_mile, shop, number, orders):
    """Puts orders on the number. OK means that Shopee answered: each order has its own outcome."""
    request = first_mile_orders_pb2.BindFirstMileTrackingNumberRequest(
        shop_id=shop,
        first_mile_tracking_number=number,
        shipment_method="pickup",
        region="CN",
        logistics_channel_id=PICKUP_CHANNEL,
        order_list=[common_pb2.OrderKey(order_sn=order) for order in orders],
    )
    return first_mile.BindFirstMileTrackingNumber(request, timeout=DEADLINE_SECONDS).outcomes


def described(outcome):
    state = common_pb2.OutcomeState.Name(outcome.state).removeprefix("OUTCOME_STATE_")
    if not outcome.HasField("failure"):
        return f"{outcome.order_sn} {state}"
    reason = ErrorReason.Name(outcome.failure.reason).removeprefix("ERROR_REASON_")
    return f"{outcome.order_sn} {state} {reason}: {outcome.failure.vendor_message}"


def bound_orders(first_mile, shop, number):
    request = first_mile_streams_pb2.StreamFirstMileDetailRequest(shop_id=shop, first_mile_tracking_number=number)
    stream = first_mile.StreamFirstMileDetail(request, timeout=STREAM_DEADLINE_SECONDS)
    return sorted(order.order_sn for message in stream for order in message.page.order_list)


def save_waybill(first_mile, shop, number, path):
    """Writes the file piece by piece, so that its size does not matter."""
    request = first_mile_streams_pb2.DownloadWaybillRequest(shop_id=shop, first_mile_tracking_number_list=[number])
    pieces = first_mile.DownloadWaybill(request, timeout=STREAM_DEADLINE_SECONDS)
    first = next(pieces)
    with path.open("wb") as file:
        size = file.write(first.chunk) + sum(file.write(piece.chunk) for piece in pieces)
    return first.content_type, size


def explain_refusal(logistics, shop, order):
    request = logistics_tracking_pb2.GetTrackingNumberRequest(shop_id=shop, order_sn=order)
    try:
        logistics.GetTrackingNumber(request, timeout=DEADLINE_SECONDS)
    except grpc.RpcError as error:
        return f"{error.code().name} {ErrorDetails.from_error(error)}"
    raise RuntimeError(f"order {order!r} was found")


def status_of_watch(auth):
    """A watch never ends by itself; a backend would give it hours, and begin again after them."""
    watch = auth.WatchShops(auth_tokens_pb2.WatchShopsRequest(), timeout=0.3)
    with contextlib.suppress(grpc.RpcError):
        for _ in watch:
            pass
    return watch.code().name


def status_of_cancelled_stream(first_mile, shop):
    request = first_mile_streams_pb2.StreamUnbindOrdersRequest(shop_ids=[shop], page_size=1)
    stream = first_mile.StreamUnbindOrders(request, timeout=STREAM_DEADLINE_SECONDS)
    next(stream)
    stream.cancel()
    return stream.code().name


def tell(channel, waybill):
    auth, first_mile, logistics = AuthServiceStub(channel), FirstMileServiceStub(channel), LogisticsServiceStub(channel)
    shop = SHOPS[0]
    waiting = waiting_orders(first_mile)
    for shop_id, orders in waiting.items():
        print(f"1. shop {shop_id}: {len(orders)} orders wait")
    number = generate_number(first_mile, shop)
    print(f"2. number {number}")
    for outcome in bind(first_mile, shop, number, [*sorted(waiting[shop])[:2], "NOSUCHORDER"]):
        print(f"3. {described(outcome)}")
    print(f"4. on the number: {', '.join(bound_orders(first_mile, shop, number))}")
    content_type, size = save_waybill(first_mile, shop, number, waybill)
    print(f"5. waybill: {content_type}, {size} bytes")
    for order in ("", "NOSUCHORDER"):
        print(f"6. {explain_refusal(logistics, shop, order)}")
    print(f"7. {status_of_watch(auth)}")
    print(f"8. {status_of_cancelled_stream(first_mile, shop)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", default="127.0.0.1:50051", help="HOST:PORT of firstmiled")
    parser.add_argument("--waybill", type=pathlib.Path, default="waybill.pdf", help="where to write the waybill")
    flags = parser.parse_args()
    try:
        with grpc.insecure_channel(flags.target) as channel:
            tell(channel, flags.waybill)
    except grpc.RpcError as error:
        return f"{error.code().name}: {error.details()}"
    except (RuntimeError, OSError) as error:
        return str(error)


if __name__ == "__main__":
    sys.exit(main())
