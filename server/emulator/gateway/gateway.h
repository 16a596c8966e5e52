// The checks before an operation runs: path, partner, time, signature, shop or merchant, token, rate.
// Codes and texts are the documented ones. Thread safety: no state of its own; the caller locks the world.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulator/api/call.h"
#include "emulator/gateway/rate_limiter.h"
#include "emulator/http/message.h"
#include "emulator/sign.h"
#include "emulator/world/world.h"

namespace emulator::gateway {

inline constexpr int64_t kTimestampLifeSeconds = 300;  // into the past and into the future
inline constexpr std::uint64_t kMaxId = 4294967295;

struct Settings {
  int64_t partner_id = 0;
  Signer signer;                          // with the partner's key
  std::vector<std::string> declared_ips;  // empty: every source
};

struct Admission {
  const api::Route* route = nullptr;
  api::Caller caller;
  std::optional<api::Reply> refusal;  // if set, the operation must not run
};

// The checks that do not need the world; no lock is required.
Admission CheckCaller(const Settings& settings, const http::Request& request, int64_t now);

// Checks shop or merchant, link and token. Requires that `admission` has no refusal.
void CheckSubject(const http::Request& request, World& world, Admission& admission);

// Checks the rate limit, last. Requires that `admission` has no refusal.
void CheckRate(const http::Request& request, RateLimiter& limiter, Admission& admission);

}  // namespace emulator::gateway
