#include "secrets/secret.h"

#include <openssl/crypto.h>

#include <cstring>

#include "secrets/locked_memory.h"

namespace firstmile::secrets {

void Secret::Copy(absl::string_view text) {
  if (text.empty()) return;
  size_ = text.size();
  text_ = AllocateLocked(size_ + 1);
  std::memcpy(text_, text.data(), size_);
  text_[size_] = '\0';
}

Secret::Secret(std::string text) {
  Copy(text);
  OPENSSL_cleanse(text.data(), text.size());
}

Secret::~Secret() {
  if (text_ != nullptr) FreeLocked(text_, size_ + 1);
}

void Secret::MaskIn(std::string* text) const {
  if (size_ < kMaskedBytesMin) return;
  // With its size: a secret may hold zeros.
  for (std::size_t at = text->find(text_, 0, size_); at != std::string::npos;
       at = text->find(text_, at + size_, size_)) {
    text->replace(at, size_, size_, '*');
  }
}

}  // namespace firstmile::secrets
