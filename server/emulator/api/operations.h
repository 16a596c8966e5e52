// The emulated operations, one function each. A name is the last part of the path; where two modules share
// one, the module is in front.
#pragma once

#include "emulator/api/call.h"

namespace emulator::api {

// first_mile_lists.cc
Reply GetUnbindOrderList(Call& call);
Reply GetDetail(Call& call);
Reply GetTrackingNumberList(Call& call);
// first_mile_catalog.cc
Reply FirstMileGetChannelList(Call& call);
Reply GetTransitWarehouseList(Call& call);
Reply GetCourierDeliveryChannelList(Call& call);
// first_mile_bind.cc, first_mile_generate.cc, first_mile_unbind.cc
Reply GenerateFirstMileTrackingNumber(Call& call);
Reply BindFirstMileTrackingNumber(Call& call);
Reply UnbindFirstMileTrackingNumber(Call& call);
Reply UnbindFirstMileTrackingNumberAll(Call& call);
// waybill.cc
Reply GetWaybill(Call& call);
Reply GetCourierDeliveryWaybill(Call& call);
// courier_bind.cc
Reply GenerateAndBindFirstMileTrackingNumber(Call& call);
Reply BindCourierDeliveryFirstMileTrackingNumber(Call& call);
// courier_lists.cc
Reply GetCourierDeliveryDetail(Call& call);
Reply GetCourierDeliveryTrackingNumberList(Call& call);
// tracking_number.cc
Reply GetTrackingNumber(Call& call);
Reply GetMassTrackingNumber(Call& call);
Reply GetBookingTrackingNumber(Call& call);
// shop_info.cc, merchant_shops.cc
Reply GetShopInfo(Call& call);
Reply GetShopListByMerchant(PartnerCall& call);
// auth_token.cc
Reply GetAccessToken(PartnerCall& call);
Reply RefreshAccessToken(PartnerCall& call);
Reply GetTokenByResendCode(PartnerCall& call);
// auth_consent.cc
Reply AuthPartnerPage(PartnerCall& call);
Reply CancelAuthPartnerPage(PartnerCall& call);
Reply AuthPage(PartnerCall& call);
Reply CancelAuthPage(PartnerCall& call);
Reply GiveConsent(PartnerCall& call);
Reply ConfirmCancel(PartnerCall& call);
// public_lists.cc
Reply GetShopsByPartner(PartnerCall& call);
Reply GetMerchantsByPartner(PartnerCall& call);
Reply GetShopeeIpRanges(PartnerCall& call);
// push_config.cc, lost_pushes.cc
Reply SetAppPushConfig(PartnerCall& call);
Reply GetAppPushConfig(PartnerCall& call);
Reply GetLostPushMessage(PartnerCall& call);
Reply ConfirmConsumedLostPushMessage(PartnerCall& call);
// order_list.cc, order_detail.cc
Reply GetOrderList(Call& call);
Reply GetShipmentList(Call& call);
Reply GetOrderDetail(Call& call);
// ship_parameter.cc, ship_order.cc, address_list.cc, logistics_channels.cc
Reply GetShippingParameter(Call& call);
Reply ShipOrder(Call& call);
Reply GetAddressList(Call& call);
Reply LogisticsGetChannelList(Call& call);
// document_create.cc, document_result.cc
Reply CreateShippingDocument(Call& call);
Reply GetShippingDocumentResult(Call& call);
Reply DownloadShippingDocument(Call& call);
// tracking_info.cc
Reply GetTrackingInfo(Call& call);
Reply GetBookingTrackingInfo(Call& call);

}  // namespace emulator::api
