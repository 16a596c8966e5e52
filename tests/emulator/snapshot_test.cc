#include "emulator/world/world.h"
#include "fixture.h"

namespace emulator_test {
namespace {

const std::string kOrder = "201214JASXYXY6";
const std::string kNumber = "CNF877146678717210312";
const std::string kUnbindAll = kFirstMile + "unbind_first_mile_tracking_number_all";

class SnapshotTest : public EmulatorTest {
 protected:
  int Control(const std::string& verb, const std::string& page, const std::string& body = "") {
    return Connection(emulator_.port()).Send(verb, "/_emulator/" + page, body).status;
  }

  std::string HolderOf(const std::string& order) {
    const auto answer =
        shop_.Get(kLogistics + "get_tracking_number",
                  {{"order_sn", order}, {"response_optional_fields", "first_mile_tracking_number"}});
    return Text(Response(answer), "first_mile_tracking_number");
  }

  void Unbind() { shop_.Post(kUnbindAll, R"({"order_list":[{"order_sn":")" + kOrder + R"("}]})"); }
};

TEST_F(SnapshotTest, ASnapshotCanBeRestoredRepeatedly) {
  ASSERT_EQ(Control("POST", "snapshot", R"({"name":"before"})"), 200);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(HolderOf(kOrder), kNumber);
    Unbind();
    EXPECT_EQ(HolderOf(kOrder), "");
    ASSERT_EQ(Control("POST", "restore", R"({"name":"before"})"), 200);
  }
  EXPECT_EQ(HolderOf(kOrder), kNumber);
}

TEST_F(SnapshotTest, ASnapshotContainsTheTokens) {
  ASSERT_EQ(Control("POST", "snapshot"), 200);
  emulator_.SetAccessToken(kShop, "fresh");
  EXPECT_EQ(shop_.GetRaw(kFirstMile + "get_channel_list").status, 403);
  ASSERT_EQ(Control("POST", "restore"), 200);
  EXPECT_EQ(shop_.GetRaw(kFirstMile + "get_channel_list").status, 200);
}

TEST_F(SnapshotTest, SnapshotsAreListedAndForgotten) {
  Control("POST", "snapshot", R"({"name":"b"})");
  Control("POST", "snapshot", R"({"name":"a"})");
  EXPECT_EQ(Connection(emulator_.port()).Send("GET", "/_emulator/snapshot").body,
            "{\"snapshots\":[\"a\",\"b\"]}\n");
  EXPECT_EQ(Control("DELETE", "snapshot"), 200);
  EXPECT_EQ(Control("POST", "restore", R"({"name":"a"})"), 404);
}

TEST_F(SnapshotTest, InvalidNamesAndTooManySnapshotsAreRefused) {
  EXPECT_EQ(Control("POST", "snapshot", R"({"name":""})"), 400);
  EXPECT_EQ(Control("POST", "snapshot", R"({"name":7})"), 400);
  EXPECT_EQ(Control("POST", "restore", R"({"name":"never taken"})"), 404);
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(Control("POST", "snapshot", R"({"name":"n)" + std::to_string(i) + R"("})"), 200);
  }
  EXPECT_EQ(Control("POST", "snapshot", R"({"name":"one more"})"), 409);
  EXPECT_EQ(Control("POST", "snapshot", R"({"name":"n3"})"), 200) << "replacing is no addition";
}

TEST_F(SnapshotTest, ACloneSharesNothingWithItsOriginal) {
  emulator_.WithWorld([](emulator::World& world) {
    std::unique_ptr<emulator::World> copy = world.Clone();
    const emulator::Row package = world.RowOfPackage("OFG877146678717210");
    ASSERT_NE(package, emulator::kNoRow);
    EXPECT_EQ(copy->RowOfPackage("OFG877146678717210"), package);
    EXPECT_NE(copy->FindOrder(kOrder), world.FindOrder(kOrder));
    world.Unbind(package);
    EXPECT_EQ(copy->FindNumber(kNumber)->packages.size(), 1U);
    EXPECT_EQ(copy->ShopIds(), world.ShopIds());
  });
}

}  // namespace
}  // namespace emulator_test
