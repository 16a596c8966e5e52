// A TokenManager with a scripted platform, and a shop.
//
// As StoredTokensTest: belongs to the test's thread.
#pragma once

#include <memory>

#include "tokens/token_fixture.h"

namespace firstmile::testing {

// Longer than the delay after a first failure, jitter included.
inline constexpr absl::Duration kPastBackoff = absl::Seconds(2);

class TokenManagerTest : public StoredTokensTest {
 protected:
  TokenManagerTest() { a_ = Start(); }
  void TearDown() override { a_.reset(); }

  // Stores a pair whose access token has expired.
  void HaveExpired() { ASSERT_TRUE(a_->StoreNewPair(Pair(absl::ZeroDuration())).ok()); }

  std::unique_ptr<TokenProcess> a_;
};

}  // namespace firstmile::testing
