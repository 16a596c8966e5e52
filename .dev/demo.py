"""./dev demo: three shipping stories, call by call, through gRPC. Arguments: BUILD_FOLDER OUTPUT_FOLDER."""

import datetime
import pathlib
import re
import subprocess
import sys
import tempfile

import grpc
from google.protobuf import text_format

from local_pair import Emulator, Sidecar, StartError, write_config

from firstmile_client import DEADLINE_SECONDS, connect, error_facts

from firstmile.v1 import common_pb2, first_mile_numbers_pb2, first_mile_orders_pb2, first_mile_places_pb2
from firstmile.v1 import first_mile_streams_pb2, logistics_tracking_pb2

CHINA = datetime.timezone(datetime.timedelta(hours=8))
PICKUP_CHANNEL = 813


class DemoError(Exception):
    """A step of the demo did not do what it should."""


def require(fact, what):
    if not fact:
        raise DemoError(what)


def call(stub, name, request, show):
    """Makes one call and tells it: the rpc, the request, the interesting part of the answer."""
    print(f"  {name} {{ {text_format.MessageToString(request, as_one_line=True)} }}")
    answer = getattr(stub, name)(request, timeout=DEADLINE_SECONDS)
    if isinstance(answer, grpc.Call):
        answer = list(answer)
    print(f"    -> {show(answer)}", flush=True)
    return answer


def keys(orders):
    return [common_pb2.OrderKey(order_sn=order) for order in orders]


def show_outcomes(answer):
    told = []
    for outcome in answer.outcomes:
        state = common_pb2.OutcomeState.Name(outcome.state).removeprefix("OUTCOME_STATE_")
        told.append(
            f"{outcome.order_sn} {state}" + (f" ({outcome.failure.vendor_code})" if outcome.failure.vendor_code else "")
        )
    return ", ".join(told)


def require_outcomes(answer, *states):
    wanted = [common_pb2.OutcomeState.Value(f"OUTCOME_STATE_{state}") for state in states]
    require([outcome.state for outcome in answer.outcomes] == wanted, f"outcomes other than {states}")


def generate(stubs, shop):
    tomorrow = datetime.datetime.now(CHINA).date() + datetime.timedelta(days=1)
    answer = call(
        stubs.first_mile,
        "GenerateFirstMileTrackingNumber",
        first_mile_numbers_pb2.GenerateFirstMileTrackingNumberRequest(
            shop_id=shop, declare_date=tomorrow.isoformat(), quantity=1
        ),
        lambda a: a.first_mile_tracking_number_list[0],
    )
    return answer.first_mile_tracking_number_list[0]


def waiting_orders(stubs, shop):
    pages = call(
        stubs.first_mile,
        "StreamUnbindOrders",
        first_mile_streams_pb2.StreamUnbindOrdersRequest(shop_ids=[shop], page_size=10),
        lambda a: f"{len(a)} pages, {sum(len(m.page.order_list) for m in a)} orders wait",
    )
    require(len(pages) >= 3, "fewer than three pages of waiting orders")
    return [order.order_sn for message in pages for order in message.page.order_list]


def bind(stubs, shop, number, method, orders, channel=None, warehouse=""):
    return call(
        stubs.first_mile,
        "BindFirstMileTrackingNumber",
        first_mile_orders_pb2.BindFirstMileTrackingNumberRequest(
            shop_id=shop,
            first_mile_tracking_number=number,
            shipment_method=method,
            region="CN",
            logistics_channel_id=channel,
            warehouse_id=warehouse,
            order_list=keys(orders),
        ),
        show_outcomes,
    )


def detail(stubs, shop, number, orders):
    answer = call(
        stubs.first_mile,
        "GetDetail",
        first_mile_numbers_pb2.GetDetailRequest(shop_id=shop, first_mile_tracking_number=number),
        lambda a: f"{a.shipment_method}, {a.status_raw}, {[order.order_sn for order in a.order_list]}",
    )
    require(
        sorted(order.order_sn for order in answer.order_list) == sorted(orders), "other orders on the number"
    )


def save_waybill(stubs, shop, number, path):
    pieces = call(
        stubs.first_mile,
        "DownloadWaybill",
        first_mile_streams_pb2.DownloadWaybillRequest(shop_id=shop, first_mile_tracking_number_list=[number]),
        lambda a: f"{a[0].content_type}, {a[0].total_bytes} bytes in {len(a)} piece(s)",
    )
    path.write_bytes(b"".join(piece.chunk for piece in pieces))
    info = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    count = re.search(r"^Pages:\s+(\d+)", info, re.MULTILINE)
    require(count and int(count[1]) >= 1, "pdfinfo finds no page")
    print(f"    saved {path}: pdfinfo counts {count[1]} page(s)")


def pickup(stubs, shop, folder):
    print(f"\nPickup: Shopee's truck collects (shop {shop})")
    orders = waiting_orders(stubs, shop)[:2]
    number = generate(stubs, shop)
    outcome = bind(stubs, shop, number, "pickup", [*orders, "NOSUCHORDER"], channel=PICKUP_CHANNEL)
    require_outcomes(outcome, "SUCCEEDED", "SUCCEEDED", "FAILED")
    detail(stubs, shop, number, orders)
    answer = call(
        stubs.logistics,
        "GetTrackingNumber",
        logistics_tracking_pb2.GetTrackingNumberRequest(shop_id=shop, order_sn=orders[0]),
        lambda a: f"parcel {a.tracking_number} under {a.first_mile_tracking_number}",
    )
    require(answer.first_mile_tracking_number == number, "the parcel names another first-mile number")
    save_waybill(stubs, shop, number, folder / "waybill.pdf")


def dropoff(stubs, shop):
    print(f"\nDrop-off: the seller hands over to a courier (shop {shop})")
    channels = call(
        stubs.first_mile,
        "GetChannelList",
        first_mile_places_pb2.FirstMileServiceGetChannelListRequest(shop_id=shop, region="CN"),
        lambda a: ", ".join(
            f"{c.logistics_channel_id} {c.logistics_channel_name}" for c in a.logistics_channel_list
        ),
    ).logistics_channel_list
    channel = next(c for c in channels if c.shipment_method == "dropoff")
    warehouses = call(
        stubs.first_mile,
        "GetTransitWarehouseList",
        first_mile_places_pb2.GetTransitWarehouseListRequest(
            shop_id=shop, region="CN", shipment_method="dropoff"
        ),
        lambda a: ", ".join(f"{w.warehouse_id} {w.warehouse_name_en}" for w in a.transit_warehouse_list),
    ).transit_warehouse_list
    orders = waiting_orders(stubs, shop)[:2]
    number = "SF1234567890123"
    home = warehouses[0].warehouse_id
    outcome = bind(stubs, shop, number, "dropoff", orders, channel.logistics_channel_id, home)
    require_outcomes(outcome, "SUCCEEDED", "SUCCEEDED")
    detail(stubs, shop, number, orders)
    call(
        stubs.logistics,
        "GetTrackingInfo",
        logistics_tracking_pb2.GetTrackingInfoRequest(shop_id=shop, order_sn=orders[0]),
        lambda a: f"{a.logistics_status_raw}: {[event.description for event in a.tracking_info]}",
    )


def self_deliver(stubs, shop):
    print(f"\nSelf-deliver: the seller drives to the warehouse (shop {shop})")
    orders = waiting_orders(stubs, shop)[:3]
    number = generate(stubs, shop)
    require_outcomes(bind(stubs, shop, number, "self_deliver", orders), *["SUCCEEDED"] * 3)
    detail(stubs, shop, number, orders)
    unbound = call(
        stubs.first_mile,
        "UnbindFirstMileTrackingNumber",
        first_mile_orders_pb2.UnbindFirstMileTrackingNumberRequest(
            shop_id=shop, first_mile_tracking_number=number, order_list=keys(orders[2:])
        ),
        show_outcomes,
    )
    require_outcomes(unbound, "SUCCEEDED")
    detail(stubs, shop, number, orders[:2])


def honest_error(stubs, shop):
    print("\nAn error, as a program sees it")
    request = logistics_tracking_pb2.GetTrackingNumberRequest(shop_id=shop, order_sn="NOSUCHORDER")
    try:
        call(stubs.logistics, "GetTrackingNumber", request, lambda a: a.tracking_number)
    except grpc.RpcError as error:
        facts = error_facts(error)
        print(f"    -> {error.code().name}: {error.details()}")
        print(f"       ErrorInfo {facts.reason}: {facts.metadata}")
        require(
            facts.metadata.get("vendorCode") and facts.metadata.get("requestId"), "the error hides its origin"
        )
        return
    raise DemoError("an order that does not exist got a tracking number")


def tell_stories(build, folder, temporary):
    with Emulator(build, temporary) as emulator:
        config = write_config(temporary, emulator.base_url, emulator.shop_tokens())
        with Sidecar(build, config) as sidecar, connect(sidecar.target) as stubs:
            print(f"firstmiled serves gRPC on {sidecar.target}")
            print(f"its platform is the emulator at {emulator.base_url}")
            pickup(stubs, 600001, folder)
            dropoff(stubs, 600002)
            self_deliver(stubs, 600003)
            honest_error(stubs, 600001)
            require(sidecar.stop() == 0, "firstmiled did not drain cleanly")
            requests = emulator.counters()["total_requests"]
            print(f"\nBoth programs end. The emulator answered {requests} requests.")


def main():
    build, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="firstmile-") as temporary:
        try:
            tell_stories(build, folder, temporary)
        except grpc.RpcError as error:
            print(f"demo: {error.code().name}: {error.details()}", file=sys.stderr)
            return 1
        except (DemoError, StartError) as error:
            print(f"demo: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
