// Violations of the contract's own rules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "endpoints/request_rules.h"
#include "firstmile/v1/auth_tokens.pb.h"
#include "firstmile/v1/first_mile_numbers.pb.h"
#include "firstmile/v1/first_mile_orders.pb.h"
#include "firstmile/v1/first_mile_streams.pb.h"

namespace firstmile::endpoints {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

template <typename Request>
std::vector<std::string> Faults(const Request& request) {
  std::vector<std::string> lines;
  for (const errors::Violation& violation : RequestRules::Compile(*Request::descriptor())->Check(request)) {
    lines.push_back(violation.field + ": " + violation.description);
  }
  return lines;
}

firstmile::v1::BindFirstMileTrackingNumberRequest GoodBind() {
  firstmile::v1::BindFirstMileTrackingNumberRequest request;
  request.set_shop_id(1);
  request.set_first_mile_tracking_number("CNF731738838434210105");
  request.set_shipment_method("pickup");
  request.set_region("CN");
  request.set_logistics_channel_id(813);
  request.add_order_list()->set_order_sn("A");
  return request;
}

TEST(ContractRules, LetAGoodBindPass) {
  EXPECT_THAT(Faults(GoodBind()), IsEmpty());
}

TEST(ContractRules, LimitTheOrdersOfABind) {
  firstmile::v1::BindFirstMileTrackingNumberRequest request = GoodBind();
  for (int i = 0; i < 50; ++i) request.add_order_list()->set_order_sn("A");
  EXPECT_THAT(Faults(request), ElementsAre("order_list: must have at most 50 orders per call; got 51"));
}

TEST(ContractRules, WantTheChannelExceptForSelfDeliver) {
  firstmile::v1::BindFirstMileTrackingNumberRequest request = GoodBind();
  request.clear_logistics_channel_id();
  EXPECT_THAT(Faults(request),
              ElementsAre("logistics_channel_id: must be given unless shipment_method is self_deliver"));
  request.set_shipment_method("self_deliver");
  EXPECT_THAT(Faults(request), IsEmpty());
}

TEST(ContractRules, NameTheOrderWithoutANumber) {
  firstmile::v1::BindFirstMileTrackingNumberRequest request = GoodBind();
  request.add_order_list()->set_package_number("P");
  EXPECT_THAT(Faults(request), ElementsAre("order_list[1].order_sn: must not be empty"));
}

TEST(ContractRules, WantAShop) {
  firstmile::v1::BindFirstMileTrackingNumberRequest request = GoodBind();
  request.set_shop_id(0);
  EXPECT_THAT(Faults(request), ElementsAre("shop_id: must be a positive number; got 0"));
}

TEST(ContractRules, WantTheDatesOfAListInOrder) {
  firstmile::v1::GetTrackingNumberListRequest request;
  request.set_shop_id(1);
  EXPECT_THAT(Faults(request), ElementsAre("from_date: must be given, as YYYY-MM-DD",
                                           "to_date: must be given, as YYYY-MM-DD"));
  request.set_from_date("2026-01-02");
  request.set_to_date("2026-01-01");
  EXPECT_THAT(Faults(request), ElementsAre("to_date: must be after from_date (2026-01-02); got 2026-01-01"));
}

TEST(ContractRules, SayThatAPageSizeHasADefault) {
  firstmile::v1::GetUnbindOrderListRequest request;
  request.set_shop_id(1);
  request.set_page_size(5000);
  EXPECT_THAT(Faults(request),
              ElementsAre("page_size: must be from 1 to 100 (0 means the default); got 5000"));
}

TEST(ContractRules, BlameTheKindOfSubjectThatWasGiven) {
  firstmile::v1::RefreshNowRequest request;
  request.mutable_subject()->set_main_account_id(7);
  EXPECT_THAT(Faults(request),
              ElementsAre("subject.main_account_id: is not accepted here; give shop_id or merchant_id"));
}

TEST(ContractRules, WantPositiveShopsInAStream) {
  firstmile::v1::StreamUnbindOrdersRequest request;
  request.add_shop_ids(1);
  request.add_shop_ids(-1);
  EXPECT_THAT(Faults(request), ElementsAre("shop_ids[1]: must be from 1 to 4294967295; got -1"));
}

}  // namespace
}  // namespace firstmile::endpoints
