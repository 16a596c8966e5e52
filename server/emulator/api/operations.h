// The emulated operations, one function each, named after the last part of the path, with the module as
// prefix if two modules share a name.
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
// prepaid_accounts.cc
Reply GetMerchantPrepaidAccountList(PartnerCall& call);
// account_health.cc, shop_performance.cc
Reply GetShopPerformance(Call& call);
Reply GetMetricSourceDetail(Call& call);
Reply GetLateOrders(Call& call);
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
// package_search.cc, package_detail.cc
Reply SearchPackageList(Call& call);
Reply GetPackageDetail(Call& call);
// order_split.cc, order_cancel.cc
Reply SplitOrder(Call& call);
Reply UnsplitOrder(Call& call);
Reply CancelOrder(Call& call);
Reply HandleBuyerCancellation(Call& call);
// ship_parameter.cc, ship_order.cc, mass_ship.cc, batch_ship.cc, shipment_updates.cc
Reply GetShippingParameter(Call& call);
Reply ShipOrder(Call& call);
Reply GetMassShippingParameter(Call& call);
Reply MassShipOrder(Call& call);
Reply BatchShipOrder(Call& call);
Reply UpdateShippingOrder(Call& call);
Reply UpdateTrackingStatus(Call& call);
// address_list.cc, logistics_channels.cc, operating_hours.cc
Reply GetOperatingHours(Call& call);
Reply GetAddressList(Call& call);
Reply LogisticsGetChannelList(Call& call);
// document_create.cc, document_result.cc
Reply GetShippingDocumentParameter(Call& call);
Reply CreateShippingDocument(Call& call);
Reply GetShippingDocumentResult(Call& call);
Reply DownloadShippingDocument(Call& call);
// booking_lists.cc, booking_ship.cc, booking_documents.cc
Reply GetBookingList(Call& call);
Reply GetBookingDetail(Call& call);
Reply GetBookingShippingParameter(Call& call);
Reply ShipBooking(Call& call);
Reply GetBookingShippingDocumentParameter(Call& call);
Reply CreateBookingShippingDocument(Call& call);
Reply GetBookingShippingDocumentResult(Call& call);
Reply DownloadBookingShippingDocument(Call& call);
// document_data.cc, document_jobs.cc
Reply GetShippingDocumentDataInfo(Call& call);
Reply CreateShippingDocumentJob(Call& call);
Reply GetShippingDocumentJobStatus(Call& call);
Reply DownloadShippingDocumentJob(Call& call);
// tracking_info.cc
Reply GetTrackingInfo(Call& call);
Reply GetBookingTrackingInfo(Call& call);

}  // namespace emulator::api
