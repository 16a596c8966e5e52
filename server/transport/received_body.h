// The body of an answer as it arrives: kept up to a limit, or handed to the request's sink.
//
// Belongs to the loop of its transfer.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "transport/body_sink.h"
#include "transport/byte_budget.h"

namespace firstmile::transport {

class ReceivedBody {
 public:
  enum class Step {
    kTaken,
    kPaused,   // the sink is full: offer the same bytes again after its Resume
    kRefused,  // too_large or dropped
  };

  struct Bounds {
    std::size_t kept_bytes = 0;
    std::size_t sunk_bytes = 0;
    ByteBudget* budget = nullptr;  // for the kept bytes; null: unlimited
  };

  // The budget and `sink`, which may be null, outlive the body. `resume` continues a paused transfer.
  ReceivedBody(const Bounds& bounds, BodySink* sink, std::function<void()> resume);
  ~ReceivedBody();
  ReceivedBody(const ReceivedBody&) = delete;
  ReceivedBody& operator=(const ReceivedBody&) = delete;

  // Calls `head` when a sink has to choose.
  Step Append(absl::string_view bytes, absl::FunctionRef<AnswerHead()> head);

  bool too_large() const { return too_large_; }  // over the limit
  bool dropped() const { return dropped_; }      // the budget is used up

  std::size_t sunk_bytes() const { return sunk_bytes_; }
  std::string TakeBytes() { return std::move(bytes_); }
  // Null for a small body.
  std::shared_ptr<ByteBudget::Share> TakeMemory() { return std::move(memory_); }

 private:
  Step Keep(absl::string_view bytes);
  Step Sink(absl::string_view bytes);
  Step Refuse(bool* why);

  const Bounds bounds_;
  BodySink* const attached_;
  BodySink* sink_;  // null when there is none, or when it has left the body to us
  bool sinking_ = false;
  bool too_large_ = false;
  bool dropped_ = false;
  std::size_t sunk_bytes_ = 0;
  std::string bytes_;
  std::shared_ptr<ByteBudget::Share> memory_;  // once the body is large
};

}  // namespace firstmile::transport
