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

}  // namespace firstmile::secrets
