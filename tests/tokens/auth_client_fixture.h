// Token calls over a scripted transport.
//
// Belongs to the test's thread.
#pragma once

#include <utility>

#include "tokens/token_fixture.h"

namespace firstmile::testing {

inline constexpr char kSpent[] = "spent-refresh-token";

class AuthClientCase : public ::testing::Test {
 protected:
  ~AuthClientCase() override { loop_.Stop(); }

  tokens::GrantAnswer Refresh(transport::HttpResult result, tokens::Subject subject = kShop) {
    transport_.Then(std::move(result));
    return RunOnLoop(loop_, client_.Refresh(subject, secrets::Secret(kSpent)));
  }

  ManualClock clock_;
  transport::EventLoop loop_{clock_, "auth"};
  ScriptedTransport transport_{loop_};
  const signing::Signer signer_{2001887, secrets::Secret("key")};
  tokens::AuthClient client_{{.base_url = "https://partner.example"}, loop_, transport_, signer_};
};

}  // namespace firstmile::testing
