"""Courier delivery from the shipment of two orders to the label, paid by the seller or from a prepaid account."""

import unittest

import grpc

from firstmile.v1 import auth_tokens_pb2, common_pb2, first_mile_courier_pb2, first_mile_places_pb2
from firstmile.v1 import logistics_parameters_pb2, logistics_places_pb2, logistics_ship_pb2, logistics_tracking_pb2
from firstmile.v1 import merchant_prepaid_accounts_pb2
from firstmile_client import error_facts
from stored_tokens_case import CALL_SECONDS, StoredTokensCase

SHOP = 600000
MERCHANT = 1000001
ORDERS = ("2411010FMSHIP0", "2411010FMSHIP1")
PAID_BY_SELLER = 1010003
PREPAID = 1010004
METHOD = "courier_delivery"


def first_tokens(**subject):
    """The pair of the emulator's default world."""
    digits = f"{next(iter(subject.values())):026}"
    return {"subject": subject, "access_token": f"acce55{digits}", "refresh_token": f"ref4e5{digits}"}


class CourierStoryTest(StoredTokensCase):
    def setUp(self):
        super().setUp()
        self.stubs = self.stubs_of(self.start())
        tokens = [first_tokens(shop_id=SHOP), first_tokens(merchant_id=MERCHANT)]
        self.call(self.stubs.auth.ImportTokens, auth_tokens_pb2.ImportTokensRequest(tokens=tokens))

    def call(self, rpc, request):
        return rpc(request, timeout=CALL_SECONDS)

    def wait(self, seconds):
        self.emulator.control("clock", {"advance_seconds": seconds})

    def expect_all_succeeded(self, outcomes, *orders):
        self.assertEqual([outcome.order_sn for outcome in outcomes], list(orders))
        self.assertEqual({outcome.state for outcome in outcomes}, {common_pb2.OUTCOME_STATE_SUCCEEDED})

    def ship(self, order_sn):
        """With the first address and its recommended slot."""
        parameters = self.call(
            self.stubs.logistics.GetShippingParameter,
            logistics_parameters_pb2.GetShippingParameterRequest(shop_id=SHOP, order_sn=order_sn),
        )
        self.assertEqual(list(parameters.info_needed.pickup), ["address_id", "pickup_time_id"])
        address = parameters.pickup.address_list[0]
        slot = next(slot for slot in address.time_slot_list if "recommended" in slot.flags)
        pickup = {"address_id": address.address_id, "pickup_time_id": slot.pickup_time_id}
        request = logistics_ship_pb2.ShipOrderRequest(shop_id=SHOP, order_sn=order_sn, pickup=pickup)
        self.call(self.stubs.logistics.ShipOrder, request)

    def courier_info(self, product_id):
        """Where and by whom the parcels are collected, from the lists that the contract has for it."""
        addresses = self.call(
            self.stubs.logistics.GetAddressList, logistics_places_pb2.GetAddressListRequest(shop_id=SHOP)
        ).address_list
        collects = logistics_places_pb2.ADDRESS_TYPE_FIRST_MILE_PICKUP_ADDRESS
        warehouses = self.call(
            self.stubs.first_mile.GetTransitWarehouseList,
            first_mile_places_pb2.GetTransitWarehouseListRequest(shop_id=SHOP, shipment_method=METHOD),
        ).transit_warehouse_list
        products = self.call(
            self.stubs.first_mile.GetCourierDeliveryChannelList,
            first_mile_places_pb2.GetCourierDeliveryChannelListRequest(shop_id=SHOP),
        ).logistics_channel_list
        product = next(product for product in products if product.logistics_product_id == product_id)
        return first_mile_courier_pb2.CourierDeliveryInfo(
            address_id=next(a.address_id for a in addresses if collects in a.address_type),
            warehouse_id=warehouses[0].warehouse_id,
            logistics_product_id=product_id,
            courier_service_id=product.courier_list[0].courier_service_id,
        )

    def book(self, info):
        request = first_mile_courier_pb2.GenerateAndBindFirstMileTrackingNumberRequest(
            shop_id=SHOP, shipment_method=METHOD, order_list=[{"order_sn": ORDERS[0]}], courier_delivery_info=info
        )
        booking = self.call(self.stubs.first_mile.GenerateAndBindFirstMileTrackingNumber, request)
        self.expect_all_succeeded(booking.outcomes, ORDERS[0])
        return booking.binding_id

    def finish(self, binding_id):
        """Adds the second order and reads number and label once the courier is booked."""
        added = self.call(
            self.stubs.first_mile.BindCourierDeliveryFirstMileTrackingNumber,
            first_mile_courier_pb2.BindCourierDeliveryFirstMileTrackingNumberRequest(
                shop_id=SHOP, shipment_method=METHOD, binding_id=binding_id, order_list=[{"order_sn": ORDERS[1]}]
            ),
        )
        self.expect_all_succeeded(added.outcomes, ORDERS[1])
        self.wait(10)
        detail = self.call(
            self.stubs.first_mile.GetCourierDeliveryDetail,
            first_mile_courier_pb2.GetCourierDeliveryDetailRequest(shop_id=SHOP, binding_id=binding_id),
        )
        self.assertEqual({order.order_sn for order in detail.order_list}, set(ORDERS))
        self.assertNotEqual(detail.first_mile_tracking_number, "")
        label = self.call(
            self.stubs.first_mile.GetCourierDeliveryWaybill,
            first_mile_courier_pb2.GetCourierDeliveryWaybillRequest(shop_id=SHOP, binding_id_list=[binding_id]),
        ).waybill_list[0]
        self.assertEqual(label.binding_id, binding_id)
        self.assertTrue(label.shipping_label_url.startswith("http"), label.shipping_label_url)

    def ship_orders(self):
        for order in ORDERS:
            self.ship(order)
        self.wait(10)  # until they have their tracking numbers
        for order in ORDERS:
            request = logistics_tracking_pb2.GetTrackingNumberRequest(shop_id=SHOP, order_sn=order)
            self.assertNotEqual(self.call(self.stubs.logistics.GetTrackingNumber, request).tracking_number, "")

    def test_the_seller_pays_the_courier(self):
        self.ship_orders()
        self.finish(self.book(self.courier_info(PAID_BY_SELLER)))

    def test_a_prepaid_account_pays_the_courier(self):
        self.ship_orders()
        info = self.courier_info(PREPAID)
        with self.assertRaises(grpc.RpcError) as refused:
            self.book(info)
        self.assertEqual(error_facts(refused.exception).reason, "ARGUMENT_REFUSED")
        accounts = self.call(
            self.stubs.merchant.GetMerchantPrepaidAccountList,
            merchant_prepaid_accounts_pb2.GetMerchantPrepaidAccountListRequest(
                merchant_id=MERCHANT, page_no=1, page_size=10
            ),
        ).list
        info.prepaid_account_id = next(a.prepaid_account_id for a in accounts if a.prepaid_account_is_default)
        self.finish(self.book(info))


if __name__ == "__main__":
    unittest.main()
