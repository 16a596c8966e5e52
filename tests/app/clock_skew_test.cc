// This machine's clock and Shopee's differ by an hour, and only the operator notices.
#include "support/token_fixture.h"

namespace firstmile::testing {
namespace {

constexpr char kTrackingNumberPath[] = "/api/v2/logistics/get_tracking_number";
constexpr char kCodePath[] = "/api/v2/auth/token/get";

class ClockSkewTest : public StoredTokensTest, public ::testing::WithParamInterface<int> {
 protected:
  ClockSkewTest() : StoredTokensTest(Ahead(std::chrono::hours(GetParam()))) {}

  static emulator::Options Ahead(std::chrono::hours offset) {
    emulator::Options options;
    options.clock_offset = offset;
    return options;
  }
  std::uint64_t Requests(const std::string& path) { return emulator_.counters().requests[path]; }
};

TEST_P(ClockSkewTest, TheFirstCallIsSentAgainWithShopeesTimeAndTheOthersAreRightAtOnce) {
  StartSidecar();
  for (int i = 0; i < 3; ++i) {
    const grpc::Status status = Ask();
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
  EXPECT_EQ(Requests(kTrackingNumberPath), 4U);
}

TEST_P(ClockSkewTest, ALoginLearnsShopeesTimeWithoutSpendingItsCode) {
  StartSidecar();
  LogIn(emulator::kFirstShopId);
  EXPECT_EQ(Requests(kCodePath), 2U);
  EXPECT_TRUE(Ask().ok());
  EXPECT_EQ(Requests(kTrackingNumberPath), 1U);
}

INSTANTIATE_TEST_SUITE_P(Hours, ClockSkewTest, ::testing::Values(-1, 1),
                         [](const auto& info) { return info.param < 0 ? "Behind" : "Ahead"; });

}  // namespace
}  // namespace firstmile::testing
