// Finds secrets in texts that come from outside, in the forms in which software repeats what it was sent.
//
// A mask is built once and then only read: safe from any thread then. Its own copies are wiped like any
// Secret.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "secrets/secret.h"

namespace firstmile::secrets {

// Forms: as it is, in hexadecimal, in base64 (both alphabets, anywhere inside of a longer text), and each of
// them once more behind the escapes of JSON, of URLs and of HTML, nested up to kEscapesMax times.
class Mask {
 public:
  static constexpr int kEscapesMax = 3;
  static constexpr std::size_t kSecretBytesMin = 8;

  // Secrets shorter than kSecretBytesMin are left: they would stain innocent text.
  void Add(const Secret& secret);

  // False: `text` surely holds none of the secrets. A cheap look, for long texts.
  bool MayBeIn(absl::string_view text) const;

  // Overwrites what repeats a secret with asterisks, in place. True when there was something.
  bool Apply(std::string* text) const;

 private:
  struct Form {
    std::size_t begin;  // in forms_text_
    std::size_t size;
    bool base64;
  };
  struct Unescaped;

  absl::string_view TextOf(const Form& form) const {
    return forms_text_.Reveal().substr(form.begin, form.size);
  }
  std::vector<bool> MarksIn(absl::string_view text) const;
  void MarkForms(const Unescaped& text, std::vector<bool>* marked) const;

  std::vector<Form> forms_;
  Secret forms_text_;
  std::size_t shortest_ = std::string::npos;  // of the forms
  std::size_t longest_ = 0;
};

}  // namespace firstmile::secrets
