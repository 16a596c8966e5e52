// One custodian before a scripted platform, and a shop for it to keep.
//
// As CustodyTest: belongs to the test's thread.
#pragma once

#include <memory>

#include "tokens/custody_fixture.h"

namespace firstmile::testing {

// Longer than the wait after a first failure, jitter included.
inline constexpr absl::Duration kPastBackoff = absl::Seconds(2);

class CustodianTest : public CustodyTest {
 protected:
  CustodianTest() { a_ = Start(); }
  void TearDown() override { a_.reset(); }

  // A shop whose access token has ended.
  void HaveExpired() { ASSERT_TRUE(a_->Adopt(Pair(absl::ZeroDuration())).ok()); }

  std::unique_ptr<CustodyProcess> a_;
};

}  // namespace firstmile::testing
