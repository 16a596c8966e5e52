// The JSON of answers: its repair, the parser, and Shopee's envelope.
#include <algorithm>
#include <boost/json/parse.hpp>

#include "absl/strings/string_view.h"
#include "codec/answer.h"
#include "codec/json_document.h"
#include "codec/json_repair.h"
#include "codec/token_grant.h"
#include "fuzz/fuzz.h"

namespace firstmile::fuzzing {
namespace {

constexpr std::size_t kErrorBytesMax = 256;

void CheckRepair(absl::string_view text) {
  const std::optional<std::string> repaired = codec::RepairJson(text);
  if (!repaired.has_value()) return;
  Promise(!codec::RepairJson(*repaired).has_value(), "what was mended needs no mending", *repaired);
}

bool IsStrictObject(absl::string_view text) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse({text.data(), text.size()}, error);
  return !error && value.is_object();
}

// Parsing, writing and parsing again gives the same document.
void CheckDocument(const codec::Answer& answer) {
  static codec::AnswerReader reader;
  const std::string written = simdjson::minify(answer.document->root());
  Promise(IsUtf8(written), "every text of a document is UTF-8");
  const codec::Answer again = reader.Read(written);
  Promise(again.is_json, "a document that was written is read", again.parse_error);
  Promise(simdjson::minify(again.document->root()) == written, "and is the same", written);
}

void CheckGrant(const codec::Answer& answer) {
  const auto grant = codec::ReadTokenGrant(answer, absl::FromUnixSeconds(1'700'000'000));
  if (!grant.has_value()) return;
  for (const secrets::Secret* token : {&grant->access_token, &grant->refresh_token}) {
    Promise(!token->empty() && token->Reveal().size() <= codec::kTokenBytesMax,
            "a grant has two tokens of a token's length");
  }
  Promise(std::ranges::all_of(grant->shop_ids, [](std::int64_t id) { return id > 0; }), "ids are positive");
  Promise(std::ranges::all_of(grant->merchant_ids, [](std::int64_t id) { return id > 0; }),
          "ids are positive");
}

void CheckEnvelope(absl::string_view text) {
  static codec::AnswerReader reader;
  const codec::Answer answer = reader.Read(text);
  Promise(answer.is_json == (answer.document != nullptr), "a document where there is one");
  Promise(answer.is_json || !IsStrictObject(text), "what a strict parser takes is taken", answer.parse_error);
  Promise(IsOneLine(answer.parse_error) && answer.parse_error.size() <= kErrorBytesMax,
          "a reason is one short line");
  Promise(IsOneLine(answer.words) && IsUtf8(answer.words) && answer.words.size() <= codec::kWordsBytesMax,
          "the words of a body are one short line", answer.words);
  Promise(answer.words.empty() || !answer.is_envelope, "an envelope has no words beside its own");
  Promise(answer.is_json || !answer.is_envelope, "an envelope is JSON");
  Promise(answer.is_envelope == answer.parse_error.empty(), "what is no envelope has a reason");
  for (const std::string* field : {&answer.error, &answer.message, &answer.request_id}) {
    Promise(IsUtf8(*field), "the envelope is UTF-8", *field);
  }
  if (!answer.is_json) return;
  CheckDocument(answer);
  CheckGrant(answer);
  static_cast<void>(codec::ReadAuthorizations(answer, "authed_shop_list", "shop_id"));
}

}  // namespace
}  // namespace firstmile::fuzzing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  firstmile::fuzzing::CheckRepair(text);
  firstmile::fuzzing::CheckEnvelope(text);
  return 0;
}
