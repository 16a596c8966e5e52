// Receives the body of an answer piece by piece as it arrives.
//
// Belongs to the loop of its transfer. Outlives the request that names it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::transport {

// What is known of an answer when its body begins.
struct AnswerHead {
  int status = 0;
  std::string content_type;
  std::int64_t body_bytes = -1;  // as announced; -1: unknown
};

class BodySink {
 public:
  enum class Choice {
    kTake,   // the sink takes the body
    kLeave,  // the body becomes part of the answer, as without a sink
    kMore,   // undecided: ask again when more has arrived
  };

  virtual ~BodySink() = default;

  // `begin`: the part of the body that has arrived.
  virtual Choice Choose(const AnswerHead& head, absl::string_view begin) = 0;

  // Returns false when nothing was taken; nothing more is read from the upstream until Resume. The first
  // piece is always taken.
  virtual bool Take(absl::string_view bytes) = 0;

  // Reports free space. May call Take.
  void Resume() {
    if (resume_) resume_();
  }

  // Called by the transfer; `resume` is valid while it runs.
  void Attach(std::function<void()> resume) { resume_ = std::move(resume); }

 private:
  std::function<void()> resume_;
};

}  // namespace firstmile::transport
