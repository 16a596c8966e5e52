// Writes with an unknown outcome over a scripted transport: the calls, and Shopee's state.
//
// Belongs to the test's thread.
#pragma once

#include "absl/strings/str_cat.h"
#include "firstmile/v1/first_mile_courier.pb.h"
#include "firstmile/v1/first_mile_numbers.pb.h"
#include "firstmile/v1/first_mile_orders.pb.h"
#include "read_back/call_with_read_back.h"
#include "support/fixed_tokens.h"
#include "support/gateway_rig.h"

namespace firstmile::read_back {

inline constexpr std::int64_t kShop = 600000;
inline constexpr int kDeadlineExceeded = 4;

inline transport::HttpResult Orders(absl::string_view rows) {
  return testing::Answer(absl::StrCat(R"({"request_id":"r","error":"","response":{"order_list":[)", rows,
                                      R"(],"more":false}})"));
}

inline transport::HttpResult Numbers(absl::string_view rows) {
  return testing::Answer(
      absl::StrCat(R"({"request_id":"r","error":"","response":{"first_mile_tracking_number_list":[)", rows,
                   R"(],"more":false}})"));
}

inline transport::HttpResult Bindings(absl::string_view rows) {
  return testing::Answer(absl::StrCat(R"({"request_id":"r","error":"","response":{"tracking_number_list":[)",
                                      rows, R"(],"more":false}})"));
}

// The state of a binding with orders.
inline transport::HttpResult On(absl::string_view binding, absl::string_view rows) {
  return testing::Answer(absl::StrCat(R"({"request_id":"r","error":"","response":{"binding_id":")", binding,
                                      R"(","order_list":[)", rows, R"(],"more":false}})"));
}

// A bind's answer with its elements.
inline transport::HttpResult Bound(absl::string_view rows, absl::string_view error = "") {
  return testing::Answer(absl::StrCat(
      R"({"request_id":"r","error":")", error,
      R"(","message":"m","response":{"first_mile_tracking_number":"CNF1","order_list":[)", rows, "]}}"));
}

inline constexpr absl::string_view kTrouble =
    R"({"order_sn":"A","fail_error":"error_network","fail_message":"Inner http call failed"})";

inline transport::HttpResult Held(absl::string_view number) {
  return testing::Answer(absl::StrCat(
      R"({"request_id":"r","error":"","response":{"tracking_number":"T","first_mile_tracking_number":")",
      number, R"("}})"));
}

class CallWithReadBackTest : public testing::GatewayRig<testing::FixedTokens> {
 protected:
  CallWithReadBackTest()
      : GatewayRig(testing::FixedTokens::Map{{tokens::Shop(kShop), secrets::Secret(std::string("token"))}}) {
    bind_.set_shop_id(kShop);
    bind_.set_region("CN");
    bind_.set_logistics_channel_id(813);
    bind_.set_first_mile_tracking_number("CNF1");
    bind_.set_shipment_method("pickup");
    bind_.add_order_list()->set_order_sn("A");
    unbind_all_.set_shop_id(kShop);
    unbind_all_.add_order_list()->set_order_sn("A");
    generate_.set_shop_id(kShop);
    generate_.set_declare_date("2030-01-02");
    generate_.set_quantity(2);
    book_.set_shop_id(kShop);
    book_.set_shipment_method("courier_delivery");
    book_.add_order_list()->set_order_sn("A");
    book_.add_order_list()->set_order_sn("B");
    auto* courier = book_.mutable_courier_delivery_info();
    courier->set_address_id(1);
    courier->set_warehouse_id("W");
    courier->set_logistics_product_id(1010003);
    courier->set_courier_service_id("S");
  }

  gateway::CallReport Call(const google::protobuf::Message& request, google::protobuf::Message* response,
                           absl::Duration time = absl::Seconds(60)) {
    const read_back::ReadBackContext flow{gateway_, loop_, table_, options_, metrics_};
    return Finish(testing::StartOnLoop(loop_, CallWithReadBack(flow, EndpointOf(request), request, response,
                                                               ContextFor(time))),
                  absl::Milliseconds(100));
  }
  gateway::CallReport Bind(absl::Duration time = absl::Seconds(60)) { return Call(bind_, &bound_, time); }

  ReadBackOptions options_;

  v1::BindFirstMileTrackingNumberRequest bind_;
  v1::BindFirstMileTrackingNumberResponse bound_;
  v1::UnbindFirstMileTrackingNumberAllRequest unbind_all_;
  v1::UnbindFirstMileTrackingNumberAllResponse unbound_;
  v1::GenerateFirstMileTrackingNumberRequest generate_;
  v1::GenerateFirstMileTrackingNumberResponse generated_;
  v1::GenerateAndBindFirstMileTrackingNumberRequest book_;
  v1::GenerateAndBindFirstMileTrackingNumberResponse booked_;
};

}  // namespace firstmile::read_back
