// The table of reasons against the contract, the rule of RetryInfo, and the page that people read.
#include "errors/reasons.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "errors/error_page.h"
#include "errors/failure.h"
#include "errors/status.h"
#include "errors/vendor_codes.h"

namespace firstmile::errors {
namespace {

std::optional<absl::Duration> RetryInfoOf(const google::rpc::Status& status) {
  const v1::Failure failure = FailureOf(status);
  if (!failure.has_retry_delay()) return std::nullopt;
  return absl::Seconds(failure.retry_delay().seconds());
}

std::vector<Code> CodesOf(const Reason& reason) {
  if (reason.other_code == Code::kOk) return {reason.code};
  return {reason.code, reason.other_code};
}

TEST(Reasons, AreThoseOfTheContractInItsOrder) {
  const google::protobuf::EnumDescriptor& contract = *v1::ErrorReason_descriptor();
  ASSERT_EQ(Reasons().size() + 1, static_cast<std::size_t>(contract.value_count()));
  for (std::size_t i = 0; i < Reasons().size(); ++i) {
    const Reason& reason = Reasons()[i];
    const google::protobuf::EnumValueDescriptor& value = *contract.value(static_cast<int>(i) + 1);
    EXPECT_EQ(reason.value, value.number()) << reason.name;
    EXPECT_EQ(absl::StrCat("ERROR_REASON_", reason.name), value.name());
    EXPECT_EQ(FindReason(reason.name), &reason);
  }
  EXPECT_EQ(FindReason("UNSPECIFIED"), nullptr);
}

TEST(Reasons, HaveARemedyOfOneSentence) {
  for (const Reason& reason : Reasons()) {
    ASSERT_FALSE(reason.remedy.empty()) << reason.name;
    EXPECT_EQ(reason.remedy.back(), '.') << reason.name;
    EXPECT_EQ(reason.remedy.find(". "), absl::string_view::npos) << reason.name;
  }
}

// The one exception: a watch that was too slow is begun again at once.
TEST(RetryInfo, ComesWithEveryReasonThatPasses) {
  for (const Reason& reason : Reasons()) {
    const bool passes = reason.code == Code::kUnavailable || reason.code == Code::kResourceExhausted ||
                        reason.name == "NOT_READY_YET";
    const bool has_hint =
        reason.retry_hint == RetryHint::kAlways || reason.retry_hint == RetryHint::kUntilQuotaRenews;
    EXPECT_EQ(has_hint, passes && reason.name != "WATCHER_TOO_SLOW") << reason.name;
    EXPECT_EQ(reason.pause > absl::ZeroDuration(), reason.retry_hint == RetryHint::kAlways) << reason.name;
  }
}

TEST(RetryInfo, IsInEveryStatusAsTheTableSays) {
  for (const Reason& reason : Reasons()) {
    for (const Code code : CodesOf(reason)) {
      const bool expected = reason.retry_hint == RetryHint::kAlways && code == reason.code;
      const std::optional<absl::Duration> pause = RetryInfoOf(Local(code, reason.name, "text", "S/M"));
      EXPECT_EQ(pause.has_value(), expected) << reason.name;
      if (pause.has_value()) EXPECT_EQ(*pause, reason.pause) << reason.name;
    }
  }
}

TEST(RetryInfo, IsInAClassifiedErrorAsTheTableSays) {
  for (const ErrorRow& row : VendorCodes().rows()) {
    const UpstreamFailure failure{.vendor_code = row.code, .vendor_message = row.text, .http_status = 200};
    const ErrorClass error_class = ClassifyError(failure, absl::UnixEpoch());
    const Reason& reason = *FindReason(error_class.reason);
    const bool expected =
        reason.retry_hint == RetryHint::kAlways || reason.retry_hint == RetryHint::kUntilQuotaRenews;
    EXPECT_EQ(RetryInfoOf(FromUpstream(error_class, failure, "S/M")).has_value(), expected) << row.code;
  }
}

TEST(RetryInfo, OfAFailureThatKnowsMoreIsTheOnlyOne) {
  google::rpc::Status status = Local(Code::kUnavailable, "DRAINING", "text", "S/M");
  SetRetryInfo(absl::Seconds(7), &status);
  EXPECT_EQ(status.details_size(), 2);
  EXPECT_EQ(RetryInfoOf(status), absl::Seconds(7));
  RemoveRetryInfo(&status);
  EXPECT_EQ(RetryInfoOf(status), std::nullopt);
}

TEST(Remedy, IsInEveryStatusUnlessItHasABetterOne) {
  const google::rpc::Status status = Local(Code::kInternal, "ANSWER_TOO_LARGE", "text", "S/M");
  EXPECT_EQ(FailureOf(status).remedy(), FindReason("ANSWER_TOO_LARGE")->remedy);
  const UpstreamFailure failure{.vendor_code = "error_x"};
  const ErrorClass own{.code = Code::kNotFound, .reason = "NOT_FOUND", .remedy = "Look again."};
  EXPECT_EQ(FailureOf(FromUpstream(own, failure, "S/M")).remedy(), "Look again.");
}

TEST(UnknownOutcome, IsLeftByWhatMayHaveBeenSent) {
  EXPECT_TRUE(LeavesOutcomeUnknown(v1::ERROR_REASON_UPSTREAM_UNAVAILABLE));
  EXPECT_TRUE(LeavesOutcomeUnknown(v1::ERROR_REASON_UPSTREAM_NO_ANSWER));
  EXPECT_TRUE(LeavesOutcomeUnknown(v1::ERROR_REASON_ANSWER_UNREADABLE));
  EXPECT_FALSE(LeavesOutcomeUnknown(v1::ERROR_REASON_UPSTREAM_UNREACHABLE)) << "nothing was sent";
  EXPECT_FALSE(LeavesOutcomeUnknown(v1::ERROR_REASON_RATE_LIMITED));
}

// What the page says of each: the lines that a change of the table changes.
absl::string_view DeciderText(DecidedBy decided_by) {
  switch (decided_by) {
    case DecidedBy::kShopee:
      return "Shopee's response";
    case DecidedBy::kShopeeOrBeforeSending:
      return "Shopee's response, or the sidecar before it sends the call, from earlier responses";
    case DecidedBy::kBeforeSending:
      return "the sidecar; the call had no effect";
    case DecidedBy::kBeforeOrAfterSending:
      return "the sidecar, before or after it sent the call; a write had no effect";
    case DecidedBy::kAfterSending:
      return "the sidecar, after it sent the call";
    case DecidedBy::kTokenCall:
      return "the response to a token call (a refresh or a login); the call that waited for it had no effect";
    case DecidedBy::kLocal:
      return "the sidecar; Shopee has no part in the call";
  }
  return "";
}

std::string RetryText(const Reason& reason) {
  switch (reason.retry_class) {
    case RetryClass::kNone:
      return "does not retry the call";
    case RetryClass::kRefreshToken:
      return "refreshes the token once and sends the call once more, writes too";
    case RetryClass::kBackOff:
      return "slows down for this shop and retries within the deadline, writes too";
    case RetryClass::kCorrectClock:
      return "corrects its clock by the response and sends the call once more, writes too";
    case RetryClass::kRetryRead:
      break;
  }
  const bool unsent = reason.decided_by == DecidedBy::kBeforeSending;
  return absl::StrCat("retries reads and idempotent writes within the deadline",
                      unsent
                          ? ", other writes not"
                          : "; after another write it reads the state, and the write succeeds or ends with "
                            "[WRITE_NOT_APPLIED](#write_not_applied) or "
                            "[WRITE_OUTCOME_UNKNOWN](#write_outcome_unknown)");
}

std::string HintText(const Reason& reason) {
  switch (reason.retry_hint) {
    case RetryHint::kNever:
      return "never";
    case RetryHint::kSometimes:
      return "when it is known how long to wait";
    case RetryHint::kUntilQuotaRenews:
      return "always; until 00:00 UTC+8";
    case RetryHint::kAlways:
      break;
  }
  const std::string other =
      reason.other_code == Code::kOk ? "" : absl::StrCat("; not with `", NameOf(reason.other_code), "`");
  return absl::StrCat("always; ", absl::FormatDuration(reason.pause), " unless a better time is known",
                      other);
}

std::string FactsOf(const Reason& reason) {
  std::string codes;
  for (const Code code : CodesOf(reason))
    absl::StrAppend(&codes, codes.empty() ? "" : " or ", "`", NameOf(code), "`");
  return absl::StrCat("- **Code:** ", codes, "\n- **Decided by:** ", DeciderText(reason.decided_by),
                      "\n- **The sidecar:** ", RetryText(reason), "\n- **RetryInfo:** ", HintText(reason),
                      "\n- **What to do:** ", reason.remedy, "\n");
}

// The text of each section of the page, by its heading.
std::map<std::string, std::string> SectionsOfThePage() {
  std::ifstream file(FIRSTMILE_ERRORS_PAGE);
  const std::string page(std::istreambuf_iterator<char>(file), {});
  std::map<std::string, std::string> sections;
  for (const absl::string_view section : absl::StrSplit(page, "\n### ")) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(section, absl::MaxSplits('\n', 1));
    EXPECT_TRUE(sections.emplace(parts).second) << parts.first << " stands twice";
  }
  return sections;
}

TEST(ErrorsPage, HasASectionForEachReasonAndForNothingElse) {
  const auto sections = SectionsOfThePage();
  EXPECT_EQ(sections.size(), Reasons().size() + 1) << "with what stands before the first";
  for (const Reason& reason : Reasons())
    EXPECT_TRUE(sections.contains(std::string(reason.name))) << reason.name;
}

TEST(ErrorsPage, SaysOfEachReasonWhatTheTableSays) {
  const auto sections = SectionsOfThePage();
  for (const Reason& reason : Reasons()) {
    const auto section = sections.find(std::string(reason.name));
    ASSERT_NE(section, sections.end()) << reason.name;
    EXPECT_TRUE(absl::StrContains(section->second, FactsOf(reason))) << reason.name << " needs these lines:\n"
                                                                     << FactsOf(reason);
  }
}

TEST(ErrorsPage, ListsTheReasonsWithRetryInfo) {
  std::string page;
  for (const auto& [name, text] : SectionsOfThePage()) {
    if (absl::StrContains(text, "Reasons with RetryInfo:")) page = text;
  }
  const std::string list(absl::StripAsciiWhitespace(
      std::pair<std::string, std::string>(absl::StrSplit(page, "Reasons with RetryInfo:")).second));
  const std::string listed = list.substr(0, list.find("\n\n"));
  ASSERT_FALSE(listed.empty());
  for (const Reason& reason : Reasons()) {
    const bool always =
        reason.retry_hint == RetryHint::kAlways || reason.retry_hint == RetryHint::kUntilQuotaRenews;
    EXPECT_EQ(absl::StrContains(listed, absl::StrCat("[", reason.name, "](")), always) << reason.name;
  }
}

}  // namespace
}  // namespace firstmile::errors
