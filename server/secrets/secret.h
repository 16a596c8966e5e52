// A text that must never be shown: partner keys, tokens, signatures, signed URLs.
//
// Not thread-safe, like std::string. It cannot be printed or compared with plain text. Its memory is locked
// within limits (locked_memory.h), and wiped on destruction and assignment. Only `Reveal` gives access: call
// it where the text is sent to Shopee.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace firstmile::secrets {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text);  // wipes its argument; move it in, so that no copy remains

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

  char* text_ = nullptr;  // zero-terminated; null: empty
  std::size_t size_ = 0;
};

}  // namespace firstmile::secrets
