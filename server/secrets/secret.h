// A text that must never be shown: partner keys, tokens, signatures, signed URLs.
//
// Not thread-safe, like std::string. It has no printer and no comparison with plain text; its memory is wiped
// on destruction and assignment. `Reveal` is the one way out: call it where the text leaves for the platform.
#pragma once

#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace firstmile::secrets {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.Wipe(); }
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { Wipe(); }

  absl::string_view Reveal() const { return text_; }
  const char* RevealCString() const { return text_.c_str(); }
  bool empty() const { return text_.empty(); }

  // Overwrites every copy of this secret in `text` with as many asterisks; for texts from outside that may
  // echo it. Secrets shorter than kMaskedBytesMin are left: they would stain innocent text.
  void MaskIn(std::string* text) const;
  static constexpr std::size_t kMaskedBytesMin = 8;

 private:
  void Wipe();

  std::string text_;
};

}  // namespace firstmile::secrets
