// Signs calls to the platform and builds their URLs.
//
// Thread-safe. The rules are the platform's (guide "API calls"): the sign is the
// lower-case hex of HMAC-SHA256 over partner_id + path + timestamp [+ access_token + shop_id], keyed with the
// partner key's text as it stands, never hex-decoded. Business parameters and the body are not signed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "secrets/secret.h"
#include "signing/platform_clock.h"

namespace firstmile::signing {

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

// The shop or merchant in whose name a call is made; a public call has none.
struct Subject {
  absl::string_view parameter;  // "shop_id" or "merchant_id"; empty for a public call
  std::int64_t id = 0;
  secrets::Secret access_token;
};

struct SignedCall {
  secrets::Secret url;
  secrets::Secret sign;  // as in the URL; to find echoes of it
  absl::Time signed_for;
};

class Signer {
 public:
  Signer(std::int64_t partner_id, secrets::Secret partner_key,
         PlatformClock::Listener on_clock_correction = nullptr)
      : partner_id_(partner_id),
        partner_key_(std::move(partner_key)),
        clock_(std::make_unique<PlatformClock>(std::move(on_clock_correction))) {}

  std::int64_t partner_id() const { return partner_id_; }
  const secrets::Secret& partner_key() const { return partner_key_; }

  // Thread-safe; what it learns changes the time of later signatures.
  PlatformClock& clock() const { return *clock_; }

  // The sign of one call. `timestamp` is in Unix seconds; the platform accepts it for five minutes.
  secrets::Secret Sign(absl::string_view path, std::int64_t timestamp, const Subject& subject) const;

  // One attempt at `now` of this machine's clock, signed for the platform's: `base_url` (scheme, host, port)
  // + `path` + common parameters + `query`, all values percent-encoded. Sign anew for each attempt: the URL
  // carries the attempt's time.
  SignedCall SignCall(absl::string_view base_url, absl::string_view path, absl::Time now,
                      const Subject& subject, const QueryParameters& query) const;

 private:
  const std::int64_t partner_id_;
  const secrets::Secret partner_key_;
  const std::unique_ptr<PlatformClock> clock_;
};

// Lower-case hex of HMAC-SHA256; the platform's pushes are signed by it too.
std::string HmacSha256Hex(absl::string_view key, absl::string_view message);

}  // namespace firstmile::signing
