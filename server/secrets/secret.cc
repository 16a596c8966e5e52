#include "secrets/secret.h"

#include <openssl/crypto.h>

namespace firstmile::secrets {

Secret& Secret::operator=(const Secret& other) {
  if (this == &other) return *this;
  Wipe();
  text_ = other.text_;
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  Wipe();
  text_ = std::move(other.text_);
  other.Wipe();
  return *this;
}

void Secret::MaskIn(std::string* text) const {
  if (text_.size() < kMaskedBytesMin) return;
  for (std::size_t at = text->find(text_); at != std::string::npos;
       at = text->find(text_, at + text_.size())) {
    text->replace(at, text_.size(), text_.size(), '*');
  }
}

void Secret::Wipe() {
  text_.resize(text_.capacity());  // short texts live inside the string: a move leaves them behind
  OPENSSL_cleanse(text_.data(), text_.size());
  text_.clear();
}

}  // namespace firstmile::secrets
