// Detecting answers that belong to another request.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "codec/decode.h"
#include "codec/echoes.h"
#include "firstmile/v1/account_health_metrics.pb.h"
#include "firstmile/v1/first_mile_courier.pb.h"
#include "firstmile/v1/first_mile_numbers.pb.h"
#include "firstmile/v1/logistics_tracking.pb.h"

namespace firstmile::codec {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

absl::Status InfoAbout(const std::string& payload, const std::string& order_sn = "A",
                       const std::string& package_number = "") {
  v1::GetTrackingInfoRequest request;
  request.set_order_sn(order_sn);
  request.set_package_number(package_number);
  return DecodeBody<v1::GetTrackingInfoResponse>(absl::StrCat(R"({"error":"","response":{)", payload, "}}"),
                                                 request)
      .status;
}

absl::Status WaybillsOf(const std::vector<std::string>& asked, const std::string& rows) {
  v1::GetCourierDeliveryWaybillRequest request;
  for (const std::string& id : asked) request.add_binding_id_list(id);
  return DecodeBody<v1::GetCourierDeliveryWaybillResponse>(
             absl::StrCat(R"({"error":"","response":{"waybill_list":[)", rows, "]}}"), request)
      .status;
}

TEST(Echoes, AnotherNameMakesTheAnswerAnothersAndIsNotShown) {
  const absl::Status status = InfoAbout(R"("order_sn":"SECRET")");
  EXPECT_TRUE(IsAboutAnother(status)) << status;
  EXPECT_EQ(status.message(), "$.response.order_sn: the answer names another order_sn than the request");
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("SECRET")));
}

TEST(Echoes, ASecondNameCountsWhereTheRequestHasOne) {
  EXPECT_TRUE(IsAboutAnother(InfoAbout(R"("order_sn":"A","package_number":"Q")", "A", "P")));
  EXPECT_TRUE(InfoAbout(R"("order_sn":"A","package_number":"P")", "A", "P").ok());
  EXPECT_TRUE(InfoAbout(R"("order_sn":"A","package_number":"P")", "A", "").ok()) << "none was asked for";
}

TEST(Echoes, WhatShopeeLeavesOutOrSpellsItsOwnWayFits) {
  for (const char* payload :
       {"", R"("order_sn":"")", R"("order_sn":null)", R"("order_sn":"-")", R"("order_sn":" a\t")"}) {
    EXPECT_TRUE(InfoAbout(payload).ok()) << payload;
  }
  EXPECT_TRUE(InfoAbout(R"("order_sn":"A")", " a ").ok());
  EXPECT_TRUE(InfoAbout(R"("order_sn":12)", "12").ok()) << "as a number";
}

TEST(Echoes, EveryRowIsOneThatWasAskedFor) {
  EXPECT_TRUE(WaybillsOf({"D1", "D2"}, R"({"binding_id":"D2"},{"binding_id":"D1"},{"binding_id":""})").ok());
  const absl::Status status = WaybillsOf({"D1", "D2"}, R"({"binding_id":"D1"},{"binding_id":"D3"})");
  EXPECT_TRUE(IsAboutAnother(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("$.response.waybill_list[1].binding_id"));
}

TEST(Echoes, AnIntegerIsComparedToo) {
  v1::GetMetricSourceDetailRequest request;
  request.set_metric_id(25);
  const auto about = [&](const char* payload) {
    return DecodeBody<v1::GetMetricSourceDetailResponse>(
               absl::StrCat(R"({"error":"","response":{)", payload, "}}"), request)
        .status;
  };
  for (const char* payload : {R"("metric_id":25)", R"("metrics_id":"25")", R"("metric_id":0)", ""}) {
    EXPECT_TRUE(about(payload).ok()) << payload;
  }
  EXPECT_TRUE(IsAboutAnother(about(R"("metrics_id":1)")));
}

TEST(Echoes, AnAnswerThatCannotBeReadIsNotCalledAnothers) {
  const absl::Status status = InfoAbout(R"("order_sn":"A","tracking_info":17)");
  EXPECT_FALSE(status.ok());
  EXPECT_FALSE(IsAboutAnother(status));
}

}  // namespace
}  // namespace firstmile::codec
