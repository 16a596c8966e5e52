// The checks before an operation runs: path, partner, time, signature, shop or merchant, token, rate.
// Documented codes and texts. Thread safety: stateless beside the given settings; the caller guards the
// world.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulator/api/call.h"
#include "emulator/gateway/rate_limiter.h"
#include "emulator/gateway/sign.h"
#include "emulator/http/message.h"
#include "emulator/world/world.h"

namespace emulator::gateway {

inline constexpr int64_t kTimestampLifeSeconds = 300;  // in both directions
inline constexpr std::uint64_t kMostId = 4294967295;

struct Settings {
  int64_t partner_id = 0;
  Signer signer;                          // with the partner's key
  std::vector<std::string> declared_ips;  // empty: every source
};

struct Admission {
  const api::Route* route = nullptr;
  api::Caller caller;
  std::optional<api::Reply> refusal;  // set: the operation must not run
};

// What can be checked without the world; needs no lock.
Admission CheckCaller(const Settings& settings, const http::Request& request, int64_t now);

// Continues with shop or merchant, link and token; `admission` must not be refused yet.
void CheckSubject(const http::Request& request, World& world, Admission& admission);

// The last check: whether the shop has called too often. `admission` must not be refused yet.
void CheckRate(const http::Request& request, RateLimiter& limiter, Admission& admission);

}  // namespace emulator::gateway
