// Tests of FaultStore, on which the tests of stored tokens rely.
#include "support/fault_store.h"

#include <gtest/gtest.h>

#include <thread>

#include "tokens/stores/memory_store.h"

namespace firstmile::tokens {
namespace {

using testing::FaultStore;
using Call = FaultStore::Call;
using When = FaultStore::When;

class FaultStoreTest : public ::testing::Test {
 protected:
  absl::StatusCode Create(const std::string& key) { return faulty_.Write(key, "a", kAbsent).status().code(); }

  const absl::Status down_ = absl::UnavailableError("down");
  MemoryStore real_;
  FaultStore faulty_{&real_};
};

TEST_F(FaultStoreTest, AFailureInsteadOfACallLeavesTheStoreAsItWas) {
  faulty_.Fail(Call::kWrite, down_);
  EXPECT_EQ(Create("shop/1"), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(real_.Read("shop/1")->has_value());
  EXPECT_EQ(Create("shop/1"), absl::StatusCode::kOk);
}

TEST_F(FaultStoreTest, AFailureAfterACallLosesItsAnswerOnly) {
  faulty_.Fail(Call::kWrite, down_, When::kAfter);
  EXPECT_EQ(Create("shop/1"), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(real_.Read("shop/1")->has_value());
}

TEST_F(FaultStoreTest, FailsTheChosenCallsOnly) {
  faulty_.Fail(Call::kWrite, down_, When::kInstead, /*times=*/2, /*passed=*/1);
  EXPECT_EQ(Create("shop/1"), absl::StatusCode::kOk);
  EXPECT_EQ(Create("shop/2"), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(faulty_.Read("shop/1").ok());
  EXPECT_EQ(Create("shop/3"), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Create("shop/4"), absl::StatusCode::kOk);
  EXPECT_EQ(faulty_.Calls(Call::kWrite), 4);
  EXPECT_EQ(faulty_.Calls(Call::kRead), 1);
}

TEST_F(FaultStoreTest, AHeldCallReachesTheStoreWhenItIsReleased) {
  faulty_.Hold(Call::kWrite);
  std::thread writer([&] { EXPECT_EQ(Create("shop/1"), absl::StatusCode::kOk); });
  EXPECT_TRUE(faulty_.AwaitHeld(Call::kWrite));
  EXPECT_FALSE(faulty_.Read("shop/1")->has_value());
  faulty_.Release(Call::kWrite);
  writer.join();
  EXPECT_TRUE(faulty_.Read("shop/1")->has_value());
}

TEST_F(FaultStoreTest, HealLetsAllCallsGoAndForgetsAllFaults) {
  faulty_.Hold(Call::kRead);
  faulty_.Fail(Call::kWrite, down_);
  std::thread reader([&] { EXPECT_TRUE(faulty_.Read("shop/1").ok()); });
  EXPECT_TRUE(faulty_.AwaitHeld(Call::kRead));
  faulty_.Heal();
  reader.join();
  EXPECT_EQ(Create("shop/1"), absl::StatusCode::kOk);
}

}  // namespace
}  // namespace firstmile::tokens
