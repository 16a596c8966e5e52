// The only record ever encrypted with the fuzzing keys.
//
// Immutable; safe from any thread. The keys are public: never encrypt anything else with them.
#pragma once

#include "tokens/token_record.h"

namespace firstmile::fuzzing {

inline constexpr absl::string_view kGenuineAccess = "4cce55-of-shop-600000";
inline constexpr absl::string_view kGenuineRefresh = "4efre5-of-shop-600000";

inline const tokens::TokenCipher& GenuineCipher() {
  static const tokens::TokenCipher cipher(
      *tokens::ParseEncryptionKeys(secrets::Secret(std::string(64, 'a') + "\n" + std::string(64, 'b'))));
  return cipher;
}

inline tokens::TokenRecord GenuineRecord() {
  tokens::TokenRecord record;
  record.subject = tokens::Shop(600000);
  record.generation = 7;
  record.pair = {secrets::Secret(std::string(kGenuineAccess)), secrets::Secret(std::string(kGenuineRefresh))};
  record.obtained = absl::FromUnixSeconds(1'700'000'000);
  return record;
}

}  // namespace firstmile::fuzzing
