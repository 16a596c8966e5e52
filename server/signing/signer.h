// Signs calls to Shopee and builds their URLs.
//
// Thread-safe. Shopee's rules (guide "API calls"): the sign is the lower-case hex of HMAC-SHA256 over
// partner_id + path + timestamp [+ access_token + shop_id]. Its key is the partner key's text, not
// hex-decoded. Business parameters and the body are not signed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "secrets/secret.h"
#include "signing/upstream_clock.h"

namespace firstmile::signing {

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

// The shop or merchant that a call acts for; a public call has none.
struct Subject {
  absl::string_view parameter;  // "shop_id" or "merchant_id"; empty for a public call
  std::int64_t id = 0;
  secrets::Secret access_token;
};

struct SignedCall {
  secrets::Secret url;
  secrets::Secret sign;  // as in the URL; to find repetitions of it
  absl::Time signed_for;
};

class Signer {
 public:
  Signer(std::int64_t partner_id, secrets::Secret partner_key,
         UpstreamClock::Listener on_clock_correction = nullptr)
      : partner_id_(partner_id),
        partner_key_(std::move(partner_key)),
        clock_(std::make_unique<UpstreamClock>(std::move(on_clock_correction))) {}

  std::int64_t partner_id() const { return partner_id_; }
  const secrets::Secret& partner_key() const { return partner_key_; }

  // Thread-safe; what it learns changes the timestamps of later signatures.
  UpstreamClock& clock() const { return *clock_; }

  // The sign of one call. `timestamp` is in Unix seconds; Shopee accepts it for five minutes.
  secrets::Secret Sign(absl::string_view path, std::int64_t timestamp, const Subject& subject) const;

  // One attempt at this machine's time `now`, signed with Shopee's: `base_url` (scheme, host, port) + `path`
  // + common parameters + `query`, all values percent-encoded. Sign each attempt anew: the URL contains the
  // attempt's time.
  SignedCall SignCall(absl::string_view base_url, absl::string_view path, absl::Time now,
                      const Subject& subject, const QueryParameters& query) const;

 private:
  const std::int64_t partner_id_;
  const secrets::Secret partner_key_;
  const std::unique_ptr<UpstreamClock> clock_;
};

// The lower-case hex of HMAC-SHA256; Shopee also signs its pushes with it.
std::string HmacSha256Hex(absl::string_view key, absl::string_view message);

}  // namespace firstmile::signing
