"""server/docs/shipping.md and README.md agree with the contract on rpcs, outcomes, streams, trailers and numbers."""

import re
import unittest

from firstmile.v1 import account_health_service_pb2, auth_service_pb2, common_pb2, first_mile_orders_pb2
from firstmile.v1 import first_mile_service_pb2, flow_service_pb2, logistics_service_pb2, merchant_service_pb2
from firstmile.v1 import order_service_pb2, platform_push_service_pb2, shop_service_pb2
from google.protobuf import descriptor_pb2
from harness import DOCUMENTED_REQUEST, ROOT, SidecarCase

PAGE = (ROOT / "server/docs/shipping.md").read_text()
README = (ROOT / "README.md").read_text()


def rpcs(*modules):
    """The services' rpcs by their names; two with one name, as GetChannelList, have the same shape."""
    return {
        rpc.name: rpc
        for module in modules
        for service in module.DESCRIPTOR.services_by_name.values()
        for rpc in service.methods
    }


AUTH = rpcs(auth_service_pb2)
ALL = AUTH | rpcs(
    account_health_service_pb2,
    first_mile_service_pb2,
    logistics_service_pb2,
    merchant_service_pb2,
    order_service_pb2,
    platform_push_service_pb2,
    shop_service_pb2,
)

# The unary rpcs behind which a call of Shopee stands; tests/contract compares the file with the contract.
DOCUMENTED = re.findall(
    r"^(\w+Service)/(\w+) ", (ROOT / "tests/contract/documented_fields.txt").read_text(), re.MULTILINE
)

BIND_PATH = "/api/v2/first_mile/bind_first_mile_tracking_number"
BIND = first_mile_orders_pb2.BindFirstMileTrackingNumberRequest(
    shop_id=600000,
    first_mile_tracking_number="CNF000000000003241101",
    shipment_method="pickup",
    region="CN",
    logistics_channel_id=813,
    order_list=[{"order_sn": "2411010FMDEMO2"}],
)


def is_stream(rpc):
    proto = descriptor_pb2.MethodDescriptorProto()
    rpc.CopyToProto(proto)
    return proto.server_streaming


def subjects_of(stream):
    """How the page tells of which shops or merchants a stream is."""
    fields = stream.input_type.fields_by_name
    if "shop_ids" in fields:
        return "1 to 1000"
    if "merchant_ids" in fields:
        return "1 to 1000 merchants"
    return "one" if "shop_id" in fields else "none"


def rows(head):
    """The first cells of the rows below a table's head."""
    table = PAGE.split(f"| {head} |", 1)[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip(" `") for cell in row.strip("|").split("|")] for row in table]


class PageTest(unittest.TestCase):
    def test_each_rpc_of_shopee_is_on_the_page(self):
        missing = [rpc for _, rpc in DOCUMENTED if not re.search(rf"\b{rpc}\b", PAGE)]
        self.assertEqual(missing, [])

    def test_each_rpc_that_the_page_names_exists(self):
        named = re.findall(r"`((?:Get|Search|Stream|Bind|Unbind|Generate|Download)[A-Za-z]+)`", PAGE)
        self.assertGreater(len(set(named)), 15)
        self.assertLessEqual(set(named), set(ALL) | set(rpcs(flow_service_pb2)))

    def test_each_state_of_an_outcome_is_explained(self):
        states = set(common_pb2.OutcomeState.keys()) - {"OUTCOME_STATE_UNSPECIFIED"}
        self.assertEqual({row[0] for row in rows("`state`")}, states)

    def test_each_stream_stands_beside_its_list(self):
        table = {re.match(r"\w+", stream)[0]: shops for _, stream, shops in rows("one page per call")}
        streams = {name: subjects_of(rpc) for name, rpc in ALL.items() if is_stream(rpc) and name != "WatchShops"}
        self.assertEqual(table, streams)

    def test_the_fields_of_the_header_are_explained(self):
        fields = common_pb2.ResponseHeader.DESCRIPTOR.fields_by_name.keys()
        self.assertEqual({row[0] for row in rows("field")}, set(fields))

    def test_the_readme_counts_right(self):
        of = {service: sum(name == service for name, _ in DOCUMENTED) for service, _ in DOCUMENTED}
        said = (
            f"{len(DOCUMENTED)} operations of Shopee: {of['FirstMileService']} of first mile, "
            f"{of['LogisticsService']} of logistics, {of['OrderService']} of orders, "
            f"{len(DOCUMENTED) - of['FirstMileService'] - of['LogisticsService'] - of['OrderService']} of shops"
        )
        self.assertIn(said, README)


class TrailersTest(SidecarCase):
    def test_the_page_lists_the_trailers(self):
        emulator, sidecar = self.start_both(more=["retry { read_back_delay_ms: 0 }"])
        stubs = self.stubs_of(sidecar)
        _, read = stubs.logistics.GetTrackingNumber.with_call(DOCUMENTED_REQUEST, timeout=30)
        self.assertEqual(dict(read.trailing_metadata())["firstmile-attempts"], "1")
        emulator.control("faults", {"preset": "lost_answer", "path": BIND_PATH})
        _, write = stubs.first_mile.BindFirstMileTrackingNumber.with_call(BIND, timeout=30)
        self.assertEqual(dict(write.trailing_metadata())["firstmile-read-back"], "applied")
        ours = {key for call in (read, write) for key, _ in call.trailing_metadata() if key.startswith("firstmile-")}
        self.assertEqual({row[0] for row in rows("trailer")}, ours)


if __name__ == "__main__":
    unittest.main()
