// The platform's token calls: redeem a login code, refresh a pair, list who has authorized the partner.
//
// Belongs to one event loop: call it there; its tasks resume there. Nothing here retries or stores.
#pragma once

#include <string>
#include <vector>

#include "async/task.h"
#include "codec/answer.h"
#include "codec/token_grant.h"
#include "errors/verdict.h"
#include "signing/signer.h"
#include "tokens/subject.h"
#include "transport/event_loop.h"
#include "transport/http_transport.h"

namespace firstmile::tokens {

struct AuthClientOptions {
  std::string base_url;  // scheme, host and port, without a slash at the end
  std::chrono::milliseconds timeout{10000};
};

// What a token call came to, in the only terms that matter for a token that can be spent once.
enum class GrantEnd {
  kGranted,
  kRefused,  // the platform does not know the token or code, or the authorization has ended
  kNotDone,  // the call had no effect: not sent, throttled, forbidden, wrongly signed
  kUnknown,  // the token may be spent: no complete answer, or one that nobody can read
};

// The reason of an answer that brings the tokens of another shop, merchant or partner. They are dropped; as
// far as the token that was sent is concerned, the true answer is lost.
inline constexpr absl::string_view kTokenOfAnotherSubject = "TOKEN_OF_ANOTHER_SUBJECT";

struct GrantAnswer {
  GrantEnd end = GrantEnd::kUnknown;
  std::string request_id;           // the platform's
  codec::TokenGrant grant;          // kGranted
  errors::Verdict verdict;          // otherwise
  errors::UpstreamFailure failure;  // the same, in the platform's words; tokens are masked

  bool is_of_another() const { return verdict.reason == kTokenOfAnotherSubject; }
};

class AuthClient {
 public:
  // Most bytes of an answer that are read, few enough for an event loop: a grant lists the shops of a main
  // account, some thousands at most, and a page of authorizations has 100 rows.
  static constexpr std::size_t kAnswerBytesMax = codec::kLargeBodyBytes;

  // All references outlive the client.
  AuthClient(AuthClientOptions options, transport::EventLoop& loop, transport::HttpTransport& transport,
             const signing::Signer& signer)
      : options_(std::move(options)), loop_(loop), transport_(transport), signer_(signer) {}

  // refresh_access_token: spends `refresh_token`. It cannot be stopped: an answer that nobody waits for would
  // be lost.
  async::Task<GrantAnswer> Refresh(Subject subject, secrets::Secret refresh_token);

  // get_access_token: spends `code`, which came with a login of a shop or of a main account. The grant of a
  // main account lists at least one shop or merchant.
  async::Task<GrantAnswer> RedeemForShop(secrets::Secret code, std::int64_t shop_id);
  async::Task<GrantAnswer> RedeemForMainAccount(secrets::Secret code, std::int64_t main_account_id);

  struct AuthorizationPage {
    bool complete = false;  // false: no answer that can be used
    bool more = false;
    std::vector<codec::Authorization> rows;
  };
  // get_shops_by_partner or get_merchants_by_partner; pages count from 1 and have 100 rows.
  async::Task<AuthorizationPage> ListAuthorizations(SubjectKind kind, int page_no, std::stop_token stop);

 private:
  struct GrantCall;

  async::Task<GrantAnswer> AskForGrant(GrantCall call);
  GrantAnswer Judge(const transport::HttpResult& result, const codec::GrantSubject& asked,
                    secrets::Mask mask);

  const AuthClientOptions options_;
  transport::EventLoop& loop_;
  transport::HttpTransport& transport_;
  const signing::Signer& signer_;
};

}  // namespace firstmile::tokens
