// CheckSignature: parsing and diagnosis of arbitrary signed URLs, and the Date header.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "fuzz/fuzz.h"
#include "secrets/mask.h"
#include "signing/signature_diagnosis.h"
#include "signing/signer.h"
#include "signing/upstream_clock.h"

namespace firstmile::fuzzing {
namespace {

using secrets::Secret;
using signing::SignedUrl;

constexpr std::int64_t kPartner = 2001887;
constexpr std::int64_t kOthers[] = {600001, 600002};
constexpr absl::string_view kPaths[] = {"/api/v2/first_mile/get_detail", "/api/v2/shop/get_shop_info"};
const absl::Time kNow = absl::FromUnixSeconds(1'655'714'431);

// A partner key in the console's format, made from `seed`.
Secret KeyOf(std::uint8_t seed) {
  return Secret(absl::StrCat(std::string(62, 'k'), absl::Hex(seed, absl::kZeroPad2)));
}

signing::Diagnosis DiagnosisOf(const SignedUrl& url, const Secret& key, absl::string_view body) {
  return signing::Diagnose({.url = url,
                            .key = key,
                            .sent = kNow,
                            .partner_id = kPartner,
                            .body = body,
                            .other_ids = kOthers,
                            .known_paths = kPaths});
}

// Each text separately: a secret that would only appear across two of them is not shown.
std::vector<std::string> Texts(const signing::Diagnosis& diagnosis) {
  std::vector<std::string> texts = {diagnosis.base_string};
  for (const signing::Finding& finding : diagnosis.findings) {
    texts.push_back(absl::StrCat(finding.code, " ", finding.explanation, " ", finding.remedy));
  }
  return texts;
}

std::string Everything(const signing::Diagnosis& diagnosis) {
  return absl::StrJoin(Texts(diagnosis), "\n");
}

// All constant texts of a diagnosis, which a token may repeat by chance.
const std::string& FindingText() {
  static const auto* const all = [] {
    auto* text = new std::string();
    for (const signing::FindingText* advice : signing::AllFindingTexts()) {
      absl::StrAppend(text, "\n", advice->code, " ", advice->explanation, " ", advice->remedy);
    }
    return text;
  }();
  return *all;
}

// Digits are ids and times, which are not secret.
bool IsDistinctive(absl::string_view secret) {
  const bool digits = std::all_of(secret.begin(), secret.end(),
                                  [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
  const bool looks_masked = absl::StrContains(secret, "***");  // masked text may happen to look like it
  return secret.size() >= secrets::Mask::kSecretBytesMin && !digits && !looks_masked &&
         !absl::StrContains(FindingText(), secret);
}

void CheckSilence(const SignedUrl& url, const Secret& key, const signing::Diagnosis& diagnosis) {
  const std::string shown = Everything(diagnosis);
  Promise(IsUtf8(shown), "clients can read the diagnosis");
  Promise(!absl::StrContains(shown, key.Reveal()), "the key is not shown", shown);
  for (const signing::UrlParameter& parameter : url.parameters) {
    const absl::string_view name = parameter.name.Reveal();
    if (name != "sign" && name != "access_token" && name != "refresh_token") continue;
    const absl::string_view value = parameter.value.Reveal();
    const bool told = absl::c_any_of(
        Texts(diagnosis), [value](const std::string& text) { return absl::StrContains(text, value); });
    Promise(!IsDistinctive(value) || !told, "tokens and signatures are not shown", shown);
  }
}

void CheckAnybodysUrl(Input& input) {
  const Secret key = KeyOf(input.Byte());
  const absl::string_view body = input.Text();
  const absl::string_view text = input.Rest();
  const absl::StatusOr<SignedUrl> url = signing::ParseSignedUrl(text);
  if (!url.ok()) {
    Promise(!IsDistinctive(text) || !absl::StrContains(url.status().message(), text),
            "an error repeats nothing of the URL");
    return;
  }
  Promise(url->parameters.size() <= SignedUrl::kParametersMax, "parameters are bounded");
  const signing::Diagnosis diagnosis = DiagnosisOf(*url, key, body);
  CheckSilence(*url, key, diagnosis);
  Promise(diagnosis.matches || !diagnosis.findings.empty(), "what does not match has a finding");
}

// A URL of our own signer is right in the diagnosis, with any token and any parameters.
void CheckOurUrl(Input& input) {
  const Secret key = KeyOf(input.Byte());
  const signing::Signer signer(kPartner, key);
  const signing::Subject subject{.parameter = "shop_id",
                                 .id = 1 + input.Number(),
                                 .access_token = Secret(absl::StrCat("t", input.Text()))};
  const signing::QueryParameters query = {{"one", std::string(input.Text())},
                                          {"two", std::string(input.Rest())}};
  const signing::SignedCall call = signer.SignCall("https://partner.shopeemobile.com",
                                                   "/api/v2/order/get_order_list", kNow, subject, query);
  const absl::StatusOr<SignedUrl> url = signing::ParseSignedUrl(call.url.Reveal());
  Promise(url.ok(), "a signed URL can be taken apart");
  for (const auto& [name, value] : query)
    Promise(url->ValueOf(name) == value, "values survive the URL", value);
  const signing::Diagnosis diagnosis = DiagnosisOf(*url, key, "");
  Promise(diagnosis.matches, "a right signature matches", Everything(diagnosis));
  CheckSilence(*url, key, diagnosis);
}

void CheckDate(Input& input) {
  signing::UpstreamClock clock;
  const absl::Duration took = absl::Milliseconds(input.Number());
  const bool again = clock.Learn(input.Rest(), kNow, kNow + took, kNow);
  Promise(again || clock.correction() == absl::ZeroDuration(), "what teaches nothing corrects nothing");
  Promise(!clock.Learn("no date", kNow, kNow + took, kNow), "a broken date teaches nothing");
}

}  // namespace
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  switch (input.Byte() % 3) {
    case 0:
      CheckAnybodysUrl(input);
      break;
    case 1:
      CheckOurUrl(input);
      break;
    default:
      CheckDate(input);
  }
  return 0;
}

}  // namespace firstmile::fuzzing
