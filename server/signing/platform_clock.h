// The platform's time, as far as it is known to differ from this machine's.
//
// Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace firstmile::signing {

class PlatformClock {
 public:
  // Told of each new correction, on the thread that learned it.
  using Listener = std::function<void(absl::Duration correction)>;

  // Clocks that differ by less agree: the Date header has whole seconds, and a signature lives for minutes.
  static constexpr absl::Duration kAgreement = absl::Seconds(30);

  explicit PlatformClock(Listener on_correction = nullptr) : on_correction_(std::move(on_correction)) {}

  // The platform's time when this machine's clock says `local`.
  absl::Time At(absl::Time local) const { return local + correction(); }
  absl::Duration correction() const { return absl::Seconds(correction_s_.load(std::memory_order_relaxed)); }

  // Learns from the answer to a call whose timestamp was refused: `date` is the answer's Date header, the two
  // times are this machine's. True when a call that is signed anew may fare better; false when the header
  // cannot be read, or when the call was signed with the time that it shows.
  bool Learn(absl::string_view date, absl::Time sent_at, absl::Time received_at, absl::Time signed_for);

 private:
  const Listener on_correction_;
  std::atomic<std::int64_t> correction_s_{0};
};

}  // namespace firstmile::signing
