#include <stdexcept>

#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

constexpr char kSeed[] = R"({"shops":[
  {"shop_id":700000,"region":"KR","name":"Seeded","orders":[
    {"order_sn":"SEED1"},
    {"order_sn":"SEED2","status":"PROCESSED","age_seconds":60,"packages":[
      {"package_number":"P1","tracking_number":"T1","warehouse_id":"EKP01"},{"package_number":"P2"}]}]},
  {"shop_id":600000,"orders":[{"order_sn":"SEED3","status":"SHIPPED"}]},
  {"shop_id":700001,"linked":false}]})";

emulator::Options Seeded(const std::string& seed) {
  emulator::Options options;
  options.seed_json = seed;
  return options;
}

std::string ErrorOf(const std::string& seed) {
  try {
    const emulator::Emulator emulator(Seeded(seed));
  } catch (const std::runtime_error& failure) {
    return failure.what();
  }
  return "";
}

class SeedTest : public EmulatorTest {
 protected:
  SeedTest() : EmulatorTest(Seeded(kSeed)) {}
};

TEST_F(SeedTest, AddsShopsAndOrdersToTheDefaultWorld) {
  const json::object waiting =
      Response(As(700000).Get("/api/v2/order/get_shipment_list", {{"page_size", "10"}}));
  EXPECT_EQ(Text(List(waiting, "order_list").at(0).as_object(), "order_sn"), "SEED1");
  const json::object number = Response(
      As(700000).Get(kLogistics + "get_tracking_number", {{"order_sn", "SEED2"}, {"package_number", "P1"}}));
  EXPECT_EQ(Text(number, "tracking_number"), "T1");
  EXPECT_EQ(Text(As(700001).Get("/api/v2/order/get_shipment_list", {{"page_size", "10"}}), "error"),
            "shop_no_linked");
  const json::object detail =
      Response(shop_.Get("/api/v2/order/get_order_detail", {{"order_sn_list", "SEED3,2411010FMDEMO0"}}));
  EXPECT_EQ(List(detail, "order_list").size(), 2U);
}

TEST_F(SeedTest, IsLoadedAgainAfterAReset) {
  emulator_.Reset();
  EXPECT_EQ(Text(As(700000).Get("/api/v2/order/get_shipment_list", {{"page_size", "10"}}), "error"), "");
}

TEST(SeedFile, ReportsErrorsWithTheirPosition) {
  EXPECT_NE(ErrorOf("{").find("not valid JSON"), std::string::npos);
  EXPECT_EQ(ErrorOf(R"({"shops":[{"shop_id":1,"orders":[{"order_sn":"A"},{"order_sn":"A"}]}]})"),
            "seed: shops[0].orders[1]: order_sn is required and must be new");
  EXPECT_EQ(ErrorOf(R"({"shops":[{"shop_id":1,"colour":2}]})"), "seed: shops[0]: colour is unknown");
  EXPECT_EQ(ErrorOf(R"({"shops":[{"shop_id":1,"orders":[{"order_sn":"A","status":"LOST"}]}]})"),
            "seed: shops[0].orders[0]: status is not a known status");
  EXPECT_EQ(ErrorOf(R"({"shops":[{"shop_id":1,"orders":[{"order_sn":"A","packages":)"
                    R"([{"warehouse_id":"EKP01"}]}]}]})"),
            "seed: shops[0].orders[0].packages[0]: warehouse_id must be a warehouse of the shop's region");
}

}  // namespace
}  // namespace emulator_test
