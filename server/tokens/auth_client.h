// Shopee's token calls: redeem a login code, refresh a token pair, list the shops that authorized the
// partner.
//
// Belongs to one event loop: call it there; its tasks resume there. It neither retries nor stores.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "async/task.h"
#include "codec/answer.h"
#include "codec/token_grant.h"
#include "signing/signer.h"
#include "tokens/grant_answer.h"
#include "tokens/subject.h"
#include "transport/event_loop.h"
#include "transport/http_transport.h"
#include "transport/semaphore.h"

namespace firstmile::tokens {

// Most concurrent token calls per loop. They do not pass the rate limiter, so a refresh never queues behind
// other calls.
inline constexpr std::size_t kTokenCallsMax = 16;

struct AuthClientOptions {
  std::string base_url;  // scheme, host and port, without a trailing slash

  // From the start of a token call to the last byte of its answer. A repetition with a corrected clock shares
  // this time.
  std::chrono::milliseconds timeout{10000};
};

class AuthClient {
 public:
  // Most bytes of an answer that are read; small enough to parse on an event loop. A main account's grant
  // lists at most a few thousand shops; a page of authorizations has 100 rows.
  static constexpr std::size_t kAnswerBytesMax = codec::kLargeBodyBytes;

  // All references outlive the client.
  AuthClient(AuthClientOptions options, transport::EventLoop& loop, transport::HttpTransport& transport,
             const signing::Signer& signer)
      : options_(std::move(options)),
        loop_(loop),
        transport_(transport),
        signer_(signer),
        token_calls_(loop, kTokenCallsMax) {}

  // Waits for a permit for Refresh. Returns nothing at `due` or after a stop request.
  async::Task<std::optional<transport::SemaphorePermit>> Enter(transport::MonotonicTime due,
                                                               std::stop_token stop);

  // refresh_access_token: consumes `refresh_token`. Requires a permit from Enter. It cannot be stopped, since
  // its answer would be lost. If the request cannot be sent by `send_by`, it is not sent at all
  // (`too_late`).
  async::Task<GrantAnswer> Refresh(Subject subject, secrets::Secret refresh_token,
                                   transport::MonotonicTime send_by = transport::MonotonicTime::max());

  // get_access_token: consumes `code`, which came with the login of a shop or main account. A main account's
  // grant lists at least one shop or merchant.
  async::Task<GrantAnswer> RedeemForShop(secrets::Secret code, std::int64_t shop_id);
  async::Task<GrantAnswer> RedeemForMainAccount(secrets::Secret code, std::int64_t main_account_id);

  // get_token_by_resend_code: consumes `code`, which Shopee's console issued again. The grant names at least
  // one shop or merchant.
  async::Task<GrantAnswer> RedeemResendCode(secrets::Secret code);

  struct AuthorizationPage {
    bool complete = false;  // false: the answer is missing or unusable
    bool more = false;
    std::vector<codec::Authorization> rows;
  };
  // get_shops_by_partner or get_merchants_by_partner. Pages count from 1 and have 100 rows.
  async::Task<AuthorizationPage> ListAuthorizations(SubjectKind kind, int page_no, std::stop_token stop);

 private:
  struct GrantCall;

  async::Task<GrantAnswer> Redeem(GrantCall call);
  async::Task<GrantAnswer> AskForGrant(GrantCall call, transport::MonotonicTime send_by);
  std::chrono::milliseconds TimeLeft(transport::MonotonicTime begun) const;
  GrantAnswer ClassifyError(const GrantCall& call, const transport::HttpResult& result, secrets::Mask mask);

  const AuthClientOptions options_;
  transport::EventLoop& loop_;
  transport::HttpTransport& transport_;
  const signing::Signer& signer_;
  transport::Semaphore token_calls_;
};

}  // namespace firstmile::tokens
