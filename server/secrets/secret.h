// A text that must never be shown: partner keys, tokens, signatures, signed URLs.
//
// Not thread-safe, like std::string. It has no printer and no comparison with plain text; its memory is not
// swapped where the limits allow it (locked_memory.h), and is wiped on destruction and assignment. `Reveal`
// is the one way out: call it where the text leaves for the platform.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace firstmile::secrets {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text);  // wipes what it is given; move, so that no copy stays behind

  Secret(const Secret& other) { Copy(other.Reveal()); }
  Secret(Secret&& other) noexcept
      : text_(std::exchange(other.text_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Secret& operator=(Secret other) noexcept {
    std::swap(text_, other.text_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Secret();

  absl::string_view Reveal() const { return {RevealCString(), size_}; }
  const char* RevealCString() const { return text_ == nullptr ? "" : text_; }
  bool empty() const { return size_ == 0; }

 private:
  void Copy(absl::string_view text);  // REQUIRES: empty

  char* text_ = nullptr;  // with a zero behind it; null: empty
  std::size_t size_ = 0;
};

}  // namespace firstmile::secrets
