// The caller's side of a call to Shopee, and how the call ended.
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

class FileSink;

// What the caller supplies besides the request.
struct CallContext {
  transport::MonotonicTime deadline = transport::MonotonicTime::max();
  std::stop_token stop;                         // also requested at the deadline
  std::optional<secrets::Secret> access_token;  // the caller's own; the stored tokens are not used then
  absl::string_view caller = "";  // for fair sharing; "" counts as one caller; outlives the call
  FileSink* file_sink = nullptr;  // receives the file instead of the response; null: the response does

  // Whether what ended at `now` has used all the time. The transport counts milliseconds on its own, so it
  // may time out a moment before the deadline.
  bool IsLate(transport::MonotonicTime now) const { return now >= deadline - std::chrono::milliseconds(2); }
};

// Why it is unknown whether a write happened.
enum class UnknownOutcome {
  kNone,
  kAnswerLost,  // the connection broke, or the answer is inconclusive
  kNoAnswer,    // timeout; Shopee may still be working
};

// What reading Shopee's state has shown after a write with an unknown outcome.
enum class ReadBack { kNotTried, kApplied, kNotApplied, kUnknown };

// "applied", "not_applied", "unknown"; empty for kNotTried.
absl::string_view NameOf(ReadBack read_back);

// The message of WRITE_OUTCOME_UNKNOWN. `cause`: what is wrong with the answer.
std::string UnknownOutcomeText(absl::string_view cause);

// How a call ended, for the caller and for the log.
struct CallReport {
  google::rpc::Status status;  // code 0: the response is filled
  bool shed = false;           // refused by the sidecar's own limits; nothing was sent
  int attempts = 0;
  absl::Duration waited;  // for limits, and between attempts
  int http_status = 0;
  std::string vendor_code;
  std::string request_id;
  codec::DecodeReport decode;
  UnknownOutcome unknown_outcome = UnknownOutcome::kNone;
  std::string cause;  // of unknown_outcome: what is wrong with the answer, for people
  ReadBack read_back = ReadBack::kNotTried;
  // Memory of a large answer, held until the caller has it. Null: the answer is small.
  std::shared_ptr<transport::ByteBudget::Share> memory = nullptr;
};

}  // namespace firstmile::gateway
