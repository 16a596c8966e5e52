// The gateway's source of access tokens.
//
// An implementation belongs to the subject's event loop: call it on that loop; its tasks resume there.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "absl/time/time.h"
#include "async/task.h"
#include "errors/error_class.h"
#include "secrets/secret.h"
#include "tokens/subject.h"

namespace firstmile::tokens {

// Why no token is available.
struct TokenRefusal {
  errors::Code code = errors::Code::kUnavailable;
  std::string reason;                                        // of ErrorInfo
  std::string message;                                       // for people
  std::optional<absl::Duration> retry_after = std::nullopt;  // none: that of the reason
  std::string authorization_url = "";  // login page for the seller; empty when a login would not help
  std::string remedy = "";             // one sentence; empty: that of the reason
  bool may_pass = true;                // false: the same call can never succeed, so that it has no RetryInfo

  // Shopee's answer to the token call, when that is the cause. Tokens are masked.
  std::optional<errors::UpstreamFailure> answer = std::nullopt;
};

struct TokenAnswer {
  secrets::Secret access_token;
  std::optional<TokenRefusal> refusal;  // set: there is no token
  std::string request_id = "";          // Shopee's id of the refresh that the caller waited for; else empty
};

class AccessTokens {
 public:
  virtual ~AccessTokens() = default;

  // Returns the token to sign the subject's calls with.
  virtual async::Task<TokenAnswer> Get(Subject subject, std::stop_token stop) = 0;

  // Returns another token after Shopee rejected `rejected`.
  virtual async::Task<TokenAnswer> Replace(Subject subject, secrets::Secret rejected,
                                           std::stop_token stop) = 0;
};

}  // namespace firstmile::tokens
