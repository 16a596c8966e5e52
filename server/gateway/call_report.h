// What a caller brings to a call of the platform, and how the call ended.
//
// Plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "codec/response_decoder.h"
#include "google/rpc/status.pb.h"
#include "secrets/secret.h"
#include "transport/byte_budget.h"
#include "transport/clock.h"

namespace firstmile::gateway {

// What the caller brings besides the request.
struct CallContext {
  transport::MonotonicTime deadline = transport::MonotonicTime::max();
  std::stop_token stop;                         // requested at the deadline too
  std::optional<secrets::Secret> access_token;  // the caller's own; the token source is not asked then
  std::string caller = {};                      // with whom turns are shared; all without a name are one

  // Has what ended at `now` used all the time? The transport counts milliseconds of its own, so that its time
  // may be up a moment before the deadline that it was made from.
  bool IsLate(transport::MonotonicTime now) const { return now >= deadline - std::chrono::milliseconds(2); }
};

// Why nobody knows whether a write happened.
enum class Doubt {
  kNone,
  kAnswerLost,  // the connection broke, or the answer tells nothing
  kNoAnswer,    // time was up; the platform may still be at work
};

// What a look at the platform's state has shown after a write in doubt.
enum class ReadBack { kNotTried, kDone, kNotDone, kUnknown };

// "done", "not-done", "unknown"; empty for kNotTried.
absl::string_view NameOf(ReadBack read_back);

// How a call ended, for the caller and for the log.
struct CallReport {
  google::rpc::Status status;  // code 0: the response is filled
  bool shed = false;           // refused by the sidecar's own limits; nothing was sent
  int attempts = 0;
  absl::Duration waited;  // for a turn, and between attempts
  int http_status = 0;
  std::string vendor_code;
  std::string request_id;
  codec::DecodeReport decode;
  Doubt doubt = Doubt::kNone;
  ReadBack read_back = ReadBack::kNotTried;
  // That a large answer takes, until the caller has it. Null: it is small.
  std::shared_ptr<transport::ByteBudget::Share> memory = nullptr;
};

}  // namespace firstmile::gateway
