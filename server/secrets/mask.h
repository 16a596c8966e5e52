// Finds secrets in external texts, in the forms in which software repeats its input.
//
// Build a mask first; after that it is read-only and safe from any thread. Its own copies are wiped like any
// Secret.
#pragma once

#include <bitset>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "secrets/secret.h"

namespace firstmile::secrets {

// Forms: verbatim, hexadecimal, base64 (both alphabets, anywhere in a longer text), and each of them with
// escapes of JSON, URLs or HTML, nested up to kEscapesMax times.
class Mask {
 public:
  static constexpr int kEscapesMax = 3;
  static constexpr std::size_t kSecretBytesMin = 8;

  // Ignores secrets shorter than kSecretBytesMin, which occur in innocent text.
  void Add(const Secret& secret);

  // False: `text` contains none of the secrets. A cheap check for long texts.
  bool MayBeIn(absl::string_view text) const;

  // Overwrites repeated secrets with asterisks, in place. Returns whether there were any.
  bool Apply(std::string* text) const;

 private:
  // The first bytes of every form, in a Bloom filter. Building the forms takes longer than scanning most
  // texts, and most texts contain none of these prefixes.
  class Beginnings {
   public:
    static constexpr std::size_t kBytes = kSecretBytesMin;  // no form is shorter

    void Add(absl::string_view form);
    bool MayBeIn(absl::string_view text) const;

   private:
    std::bitset<4096> bits_;
  };

  std::vector<Secret> secrets_;
  std::size_t shortest_ = std::string::npos;
  Beginnings beginnings_;
};

}  // namespace firstmile::secrets
