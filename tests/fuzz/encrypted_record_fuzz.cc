// Records as a token store returns them: a writer to the store cannot forge a pair.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "firstmile/storage/v1/token_record.pb.h"
#include "fuzz/fuzz.h"
#include "fuzz/genuine_record.h"
#include "tokens/token_record.h"

namespace firstmile::fuzzing {
namespace {

using tokens::TokenRecord;

void CheckOpened(const TokenRecord& record) {
  Promise(record.subject == GenuineRecord().subject && record.generation == GenuineRecord().generation,
          "a pair opens in its own place alone");
  Promise(record.pair.access_token.Reveal() == kGenuineAccess &&
              record.pair.refresh_token.Reveal() == kGenuineRefresh,
          "what opens is what was encrypted");
}

void CheckRoundTrip(const tokens::RecordCodec& codec, const std::string& key, const TokenRecord& record) {
  const absl::StatusOr<std::string> stored = codec.Encode(record);
  Promise(stored.ok(), "a record that was read can be written", stored.status().ToString());
  const absl::StatusOr<TokenRecord> again = codec.Decode(key, {.version = 1, .bytes = *stored});
  Promise(again.ok(), "and read again");
  Promise(again->obtained == record.obtained && again->access_expires == record.access_expires &&
              again->refresh.has_value() == record.refresh.has_value() &&
              again->authorization_required.has_value() == record.authorization_required.has_value() &&
              again->forgotten == record.forgotten && again->renewable == !record.pair.refresh_token.empty(),
          "and is the same");
}

void CheckStored(const std::string& bytes) {
  const tokens::RecordCodec codec(GenuineCipher());
  const std::string key = tokens::KeyOf(GenuineRecord().subject);
  const absl::StatusOr<TokenRecord> record = codec.Decode(key, {.version = 1, .bytes = bytes});
  const absl::StatusOr<TokenRecord> seen = codec.DecodeWithoutPair(key, {.version = 1, .bytes = bytes});
  Promise(seen.ok() || !record.ok(), "what opens can be looked at");
  if (!record.ok()) {
    Promise(IsOneLine(record.status().message()), "an error is one line", record.status().ToString());
    return;
  }
  CheckOpened(*record);
  CheckRoundTrip(codec, key, *record);
}

// A genuine encrypted pair with some altered bytes, in an otherwise genuine record.
void CheckAltered(Input& input) {
  const tokens::RecordCodec codec(GenuineCipher());
  storage::v1::TokenRecord stored;
  Promise(stored.ParseFromString(codec.Encode(GenuineRecord()).value()), "our own record can be read");
  const std::string encrypted = stored.encrypted_pair();
  std::string altered = encrypted;
  for (int i = input.Byte() % 8; i >= 0; --i) {
    altered[input.Byte() % altered.size()] ^= static_cast<char>(input.Byte());
  }
  altered.resize(altered.size() - input.Byte() % altered.size());
  absl::StrAppend(&altered, input.Rest());
  stored.set_encrypted_pair(altered);
  const std::string key = tokens::KeyOf(GenuineRecord().subject);
  const absl::StatusOr<TokenRecord> opened =
      codec.Decode(key, {.version = 1, .bytes = stored.SerializeAsString()});
  Promise(opened.ok() == (altered == encrypted), "a pair that was altered never opens");
}

// The input as key file, with an invalid key in its last line.
void CheckKeys(absl::string_view text) {
  constexpr absl::string_view kCanary = "c4nary-7f3a51";
  const auto broken = tokens::ParseEncryptionKeys(secrets::Secret(absl::StrCat(text, kCanary)));
  Promise(broken.ok() || !absl::StrContains(broken.status().message(), kCanary), "no key is shown");
  Promise(broken.ok() || IsOneLine(broken.status().message()), "an error is one line");
  const auto keys = tokens::ParseEncryptionKeys(secrets::Secret(std::string(text)));
  if (!keys.ok()) return;
  Promise(!keys->empty() && keys->size() <= tokens::kEncryptionKeysMax, "keys are bounded");
  for (const tokens::EncryptionKey& key : *keys) {
    Promise(key.bytes.Reveal().size() == tokens::kEncryptionKeyBytes, "a key has its length");
  }
}

}  // namespace
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  switch (input.Byte() % 3) {
    case 0:
      CheckStored(std::string(input.Rest()));
      break;
    case 1:
      CheckAltered(input);
      break;
    default:
      CheckKeys(input.Rest());
  }
  return 0;
}

}  // namespace firstmile::fuzzing
