#!/usr/bin/env python3
"""How a backend has parcels picked up, from waiting orders to a printable waybill.

pickup_story.py [--target 127.0.0.1:50051] [--shop 600001] [--waybill waybill.pdf]
"""

import argparse
import datetime
import pathlib
import sys

import grpc

from firstmile.v1 import common_pb2, first_mile_numbers_pb2, first_mile_orders_pb2, first_mile_streams_pb2
from firstmile.v1 import logistics_status_pb2, logistics_tracking_pb2
from firstmile_client import DEADLINE_SECONDS, STREAM_DEADLINE_SECONDS, connect, error_facts

PICKUP_CHANNEL = 813  # the platform's own truck
CHINA = datetime.timezone(datetime.timedelta(hours=8))


def generate_number(stubs, shop):
    """A new number for tomorrow. Never repeated blindly: every call makes another number."""
    tomorrow = datetime.datetime.now(CHINA).date() + datetime.timedelta(days=1)
    answer = stubs.first_mile.GenerateFirstMileTrackingNumber(
        first_mile_numbers_pb2.GenerateFirstMileTrackingNumberRequest(
            shop_id=shop, declare_date=tomorrow.isoformat(), quantity=1
        ),
        timeout=DEADLINE_SECONDS,
    )
    return answer.first_mile_tracking_number_list[0]


def waiting_orders(stubs, shop):
    """Every order that can be bound now. The sidecar turns the pages."""
    stream = stubs.first_mile.StreamUnbindOrders(
        first_mile_streams_pb2.StreamUnbindOrdersRequest(shop_ids=[shop], page_size=10),
        timeout=STREAM_DEADLINE_SECONDS,
    )
    for message in stream:
        for order in message.page.order_list:
            if order.logistics_status == logistics_status_pb2.LOGISTICS_STATUS_REQUEST_CREATED:
                yield order


def bind(stubs, shop, number, orders):
    """Puts orders on the number. OK means that the platform answered: each order has its own outcome."""
    answer = stubs.first_mile.BindFirstMileTrackingNumber(
        first_mile_orders_pb2.BindFirstMileTrackingNumberRequest(
            shop_id=shop,
            first_mile_tracking_number=number,
            shipment_method="pickup",
            region="CN",
            logistics_channel_id=PICKUP_CHANNEL,
            order_list=[common_pb2.OrderKey(order_sn=order) for order in orders],
        ),
        timeout=DEADLINE_SECONDS,
    )
    return answer.outcomes


def bound_orders(stubs, shop, number):
    stream = stubs.first_mile.StreamFirstMileDetail(
        first_mile_streams_pb2.StreamFirstMileDetailRequest(shop_id=shop, first_mile_tracking_number=number),
        timeout=STREAM_DEADLINE_SECONDS,
    )
    return [order.order_sn for message in stream for order in message.page.order_list]


def tracking_number(stubs, shop, order):
    return stubs.logistics.GetTrackingNumber(
        logistics_tracking_pb2.GetTrackingNumberRequest(shop_id=shop, order_sn=order),
        timeout=DEADLINE_SECONDS,
    )


def save_waybill(stubs, shop, number, path):
    """Writes the PDF piece by piece, so that its size does not matter."""
    pieces = stubs.first_mile.DownloadWaybill(
        first_mile_streams_pb2.DownloadWaybillRequest(shop_id=shop, first_mile_tracking_number_list=[number]),
        timeout=STREAM_DEADLINE_SECONDS,
    )
    with path.open("wb") as file:
        return sum(file.write(piece.chunk) for piece in pieces)


def explain(error):
    """An error as a backend's log would have it."""
    facts = error_facts(error)
    print(f"   {error.code().name} {facts.reason}: {error.details()}")
    for field, fault in facts.violations.items():
        print(f"   request field {field} {fault}")
    if "vendorCode" in facts.metadata:
        print(f"   platform code {facts.metadata['vendorCode']}, request id {facts.metadata['requestId']}")


def tell(stubs, shop, waybill):
    number = generate_number(stubs, shop)
    print(f"1. number {number}")
    waiting = [order.order_sn for order in waiting_orders(stubs, shop)]
    print(f"2. {len(waiting)} orders wait")
    for outcome in bind(stubs, shop, number, waiting[:2] + ["NOSUCHORDER"]):
        fault = f": {outcome.fail_error}, {outcome.fail_message}" if outcome.fail_error else ""
        print(f"3. {outcome.order_sn} {common_pb2.OutcomeState.Name(outcome.state)}{fault}")
    print(f"4. on the number now: {', '.join(bound_orders(stubs, shop, number))}")
    numbers = tracking_number(stubs, shop, waiting[0])
    print(f"5. {waiting[0]} travels as {numbers.tracking_number} under {numbers.first_mile_tracking_number}")
    print(f"6. waybill of {save_waybill(stubs, shop, number, waybill)} bytes in {waybill}")
    print("7. two errors, decoded")
    for order in ("NOSUCHORDER", ""):
        try:
            tracking_number(stubs, shop, order)
        except grpc.RpcError as error:
            explain(error)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", default="127.0.0.1:50051", help="host:port or unix:/path of firstmiled")
    parser.add_argument("--shop", type=int, default=600001)
    parser.add_argument("--waybill", type=pathlib.Path, default=pathlib.Path("waybill.pdf"))
    flags = parser.parse_args()
    try:
        with connect(flags.target) as stubs:
            tell(stubs, flags.shop, flags.waybill)
    except grpc.RpcError as error:
        explain(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
