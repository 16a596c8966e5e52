#!/usr/bin/env python3
"""How a backend ships an order: from the order to its air waybill and its first-mile number."""

import argparse
import datetime
import pathlib
import sys
import time

import grpc

from firstmile.v1 import common_pb2, first_mile_numbers_pb2, first_mile_orders_pb2, logistics_documents_pb2
from firstmile.v1 import logistics_parameters_pb2, logistics_ship_pb2, logistics_tracking_pb2, order_streams_pb2
from firstmile.v1.common_pb2 import OUTCOME_STATE_SUCCEEDED as SUCCEEDED
from firstmile.v1.first_mile_service_pb2_grpc import FirstMileServiceStub
from firstmile.v1.logistics_document_status_pb2 import SHIPPING_DOCUMENT_STATUS_PROCESSING as PROCESSING
from firstmile.v1.logistics_service_pb2_grpc import LogisticsServiceStub
from firstmile.v1.order_service_pb2_grpc import OrderServiceStub

SHOP = 600001
DEADLINE_SECONDS = 10
STREAM_DEADLINE_SECONDS = 60
PICKUP_CHANNEL = 813  # Shopee's own truck
CHINA = datetime.timezone(datetime.timedelta(hours=8))


def orders_to_ship(orders):
    """The orders whose shipment is to be arranged, each once. The sidecar turns the pages."""
    request = order_streams_pb2.StreamShipmentsRequest(shop_ids=[SHOP])
    found = {}
    for message in orders.StreamShipments(request, timeout=STREAM_DEADLINE_SECONDS):
        if message.HasField("failure"):
            raise RuntimeError(message.failure.message)
        found |= dict.fromkeys(package.order_sn for package in message.page.order_list)
    return list(found)


def ship(logistics, order):
    """Has the parcel collected at the first address and time that Shopee offers."""
    question = logistics_parameters_pb2.GetShippingParameterRequest(shop_id=SHOP, order_sn=order)
    offered = logistics.GetShippingParameter(question, timeout=DEADLINE_SECONDS)
    if not offered.pickup.address_list:
        raise RuntimeError(f"{order} cannot be collected")
    address = offered.pickup.address_list[0]
    pickup = logistics_ship_pb2.ShipOrderPickup(address_id=address.address_id)
    if address.time_slot_list:
        pickup.pickup_time_id = address.time_slot_list[0].pickup_time_id
    request = logistics_ship_pb2.ShipOrderRequest(shop_id=SHOP, order_sn=order, pickup=pickup)
    logistics.ShipOrder(request, timeout=DEADLINE_SECONDS)
    return address.address_id


def poll(question, interval):
    """Asks until there is an answer, for at most a hundred times."""
    for _ in range(100):
        if answer := question():
            return answer
        time.sleep(interval)
    raise RuntimeError("Shopee takes too long")


def tracking_number(logistics, order):
    """Empty until the carrier has assigned it."""
    request = logistics_tracking_pb2.GetTrackingNumberRequest(shop_id=SHOP, order_sn=order)
    return logistics.GetTrackingNumber(request, timeout=DEADLINE_SECONDS).tracking_number


def succeeded(outcomes):
    """The only outcome. OK means that Shopee answered: each element has its own outcome."""
    if outcomes[0].state != SUCCEEDED:
        raise RuntimeError(outcomes[0].failure.message)
    return outcomes[0]


def create_label(logistics, order, number):
    document = logistics_documents_pb2.NewShippingDocument(order_sn=order, tracking_number=number)
    request = logistics_documents_pb2.CreateShippingDocumentRequest(shop_id=SHOP, order_list=[document])
    succeeded(logistics.CreateShippingDocument(request, timeout=DEADLINE_SECONDS).outcomes)


def label_is_made(logistics, order):
    key = logistics_documents_pb2.ShippingDocumentKey(order_sn=order)
    request = logistics_documents_pb2.GetShippingDocumentResultRequest(shop_id=SHOP, order_list=[key])
    outcomes = logistics.GetShippingDocumentResult(request, timeout=DEADLINE_SECONDS).outcomes
    return succeeded(outcomes).status != PROCESSING


def save_label(logistics, order, path):
    """Writes the file piece by piece, so that its size does not matter."""
    key = common_pb2.OrderKey(order_sn=order)
    request = logistics_documents_pb2.StreamShippingDocumentRequest(shop_id=SHOP, order_list=[key])
    pieces = logistics.StreamShippingDocument(request, timeout=STREAM_DEADLINE_SECONDS)
    first = next(pieces)
    with path.open("wb") as file:
        size = file.write(first.chunk) + sum(file.write(piece.chunk) for piece in pieces)
    return f"{first.content_type}, {size} bytes"


def bind(first_mile, order):
    """A new first-mile number for tomorrow, with the order on it."""
    tomorrow = datetime.datetime.now(CHINA).date() + datetime.timedelta(days=1)
    wanted = first_mile_numbers_pb2.GenerateFirstMileTrackingNumberRequest(shop_id=SHOP, declare_date=str(tomorrow))
    generated = first_mile.GenerateFirstMileTrackingNumber(wanted, timeout=DEADLINE_SECONDS)
    number = generated.first_mile_tracking_number_list[0]
    request = first_mile_orders_pb2.BindFirstMileTrackingNumberRequest(
        shop_id=SHOP,
        first_mile_tracking_number=number,
        shipment_method="pickup",
        region="CN",
        logistics_channel_id=PICKUP_CHANNEL,
        order_list=[common_pb2.OrderKey(order_sn=order)],
    )
    succeeded(first_mile.BindFirstMileTrackingNumber(request, timeout=DEADLINE_SECONDS).outcomes)
    return number


def tell(channel, label, interval):
    orders, logistics = OrderServiceStub(channel), LogisticsServiceStub(channel)
    waiting = orders_to_ship(orders)
    if not waiting:
        raise RuntimeError("no order waits to be shipped")
    order = waiting[0]
    print(f"1. shop {SHOP}: {len(waiting)} orders to ship, the first is {order}")
    print(f"2. shipped, to be collected at address {ship(logistics, order)}")
    number = poll(lambda: tracking_number(logistics, order), interval)
    print(f"3. tracking number {number}")
    create_label(logistics, order, number)
    poll(lambda: label_is_made(logistics, order), interval)
    print(f"4. air waybill: {save_label(logistics, order, label)}")
    print(f"5. bound to first-mile number {bind(FirstMileServiceStub(channel), order)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", default="127.0.0.1:50051", help="HOST:PORT of firstmiled")
    parser.add_argument("--label", type=pathlib.Path, default="label.pdf", help="where to write the air waybill")
    parser.add_argument("--interval", type=float, default=1, help="seconds between questions; with Shopee 300")
    flags = parser.parse_args()
    try:
        with grpc.insecure_channel(flags.target) as channel:
            tell(channel, flags.label, flags.interval)
    except grpc.RpcError as error:
        return f"{error.code().name}: {error.details()}"
    except (RuntimeError, OSError) as error:
        return str(error)


if __name__ == "__main__":
    sys.exit(main())
