// Shopee's time, as far as its difference from this machine's clock is known.
//
// Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace firstmile::signing {

class UpstreamClock {
 public:
  // Called with each new correction, on the thread that learned it.
  using Listener = std::function<void(absl::Duration correction)>;

  // Smaller differences are ignored: the Date header has whole seconds, and a signature is valid for minutes.
  static constexpr absl::Duration kAgreement = absl::Seconds(30);

  explicit UpstreamClock(Listener on_correction = nullptr) : on_correction_(std::move(on_correction)) {}

  // Shopee's time at this machine's time `local`.
  absl::Time At(absl::Time local) const { return local + correction(); }
  absl::Duration correction() const { return absl::Seconds(correction_s_.load(std::memory_order_relaxed)); }

  // Learns from the answer to a call whose timestamp was rejected. `date` is the answer's Date header;
  // `sent_at` and `received_at` are this machine's times. Returns true when signing the call again may help;
  // false when the header is unreadable, or the call was already signed with the time that it shows.
  bool Learn(absl::string_view date, absl::Time sent_at, absl::Time received_at, absl::Time signed_for);

 private:
  const Listener on_correction_;
  std::atomic<std::int64_t> correction_s_{0};
};

}  // namespace firstmile::signing
