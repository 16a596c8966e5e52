// What a lost call to ship did is told from the order and its package.
#include "absl/strings/str_cat.h"
#include "firstmile/v1/logistics_ship.pb.h"
#include "read_back/call_with_read_back_fixture.h"

namespace firstmile::read_back {
namespace {

using ::firstmile::testing::Answer;
using ::firstmile::testing::Failure;
using gateway::ReadBack;
using transport::HttpFailure;

constexpr char kApplied[] = "";
constexpr char kNotApplied[] = "WRITE_NOT_APPLIED";
constexpr char kUnknown[] = "WRITE_OUTCOME_UNKNOWN";

transport::HttpResult OrderIs(absl::string_view status) {
  return Orders(absl::StrCat(R"({"order_sn":"A","package_list":[{"package_number":"P","logistics_status":")",
                             status, R"("}]})"));
}

transport::HttpResult PackageIs(absl::string_view status, bool arranged) {
  return Answer(absl::StrCat(
      R"({"request_id":"r","error":"","response":{"package_list":[{"package_number":"P","fulfillment_status":")",
      status, R"(","is_shipment_arranged":)", arranged ? "true" : "false", "}]}}"));
}

class ShipmentsTest : public CallWithReadBackTest {
 protected:
  ShipmentsTest() {
    ship_.set_shop_id(kShop);
    ship_.set_order_sn("A");
    ship_.mutable_dropoff();
    batch_.set_shop_id(kShop);
    batch_.add_order_list()->set_order_sn("A");
    batch_.mutable_dropoff();
  }

  // Loses the answer of ship_order; `reads` are Shopee's answers afterwards. Returns the reason, "" for
  // success.
  std::string Lose(const std::vector<transport::HttpResult>& reads) {
    transport_.Then(Failure(HttpFailure::kNoAnswer));
    for (const transport::HttpResult& read : reads) transport_.Then(read);
    v1::ShipOrderResponse response;
    const gateway::CallReport report = Call(ship_, &response);
    return report.status.code() == 0 ? kApplied : Reason(report);
  }

  v1::ShipOrderRequest ship_;
  v1::BatchShipOrderRequest batch_;
};

TEST_F(ShipmentsTest, AShippedPackageShowsThatTheCallTookEffect) {
  EXPECT_EQ(Lose({OrderIs("LOGISTICS_REQUEST_CREATED")}), kApplied);
}

TEST_F(ShipmentsTest, APackageThatWaitsShowsThatItDidNot) {
  const auto order = OrderIs("LOGISTICS_READY");
  const auto package = PackageIs("LOGISTICS_READY", false);
  EXPECT_EQ(Lose({order, package, order, package}), kNotApplied);
}

TEST_F(ShipmentsTest, APackageWhoseShipmentIsArrangedIsNotShippedAgain) {
  EXPECT_EQ(Lose({OrderIs("LOGISTICS_READY"), PackageIs("LOGISTICS_READY", true)}), kApplied);
}

TEST_F(ShipmentsTest, APackageThatCannotBeReadLeavesTheOutcomeOpen) {
  EXPECT_EQ(Lose({OrderIs("LOGISTICS_READY"), Answer(R"({"request_id":"r","error":"error_param"})")}),
            kUnknown);
}

TEST_F(ShipmentsTest, AnEarlierShipmentThatEndedIsNoEffectOfThisCall) {
  for (const char* status : {"LOGISTICS_REQUEST_CANCELED", "LOGISTICS_PICKUP_FAILED",
                             "LOGISTICS_PICKUP_RETRY", "LOGISTICS_LOST", "LOGISTICS_DELIVERY_FAILED"})
    EXPECT_EQ(Lose({OrderIs(status)}), kUnknown) << status;
}

TEST_F(ShipmentsTest, ABatchLooksAtThePackageToo) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(OrderIs("LOGISTICS_READY"));
  transport_.Then(PackageIs("LOGISTICS_READY", true));
  v1::BatchShipOrderResponse response;
  EXPECT_EQ(Call(batch_, &response).read_back, ReadBack::kApplied);
  ASSERT_EQ(response.outcomes_size(), 1);
  EXPECT_EQ(response.outcomes(0).state(), v1::OUTCOME_STATE_SUCCEEDED);
}

}  // namespace
}  // namespace firstmile::read_back
