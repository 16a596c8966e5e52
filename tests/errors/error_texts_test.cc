// Every text that a failed call can show, on one page for review: texts.golden.md. The functions that make
// the texts make the page, with sample values.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "errors/error_page.h"
#include "errors/failure.h"
#include "errors/reasons.h"
#include "errors/text_samples.h"
#include "errors/vendor_codes.h"

namespace firstmile::testing {
namespace {

constexpr char kGolden[] = FIRSTMILE_ERRORS_DIR "/texts.golden.md";

// The sources of texts. What they hold in quotes must be on the page.
constexpr const char* kSources[] = {
    "limits/refusal.cc",
    "limits/admission_gate.cc",
    "tokens/token_refusals.cc",
    "tokens/grant_answer.cc",
    "gateway/failed_attempt.cc",
    "gateway/call_report.cc",
    "read_back/read_back_texts.cc",
    "rpc/rpc_failures.cc",
    "endpoints/text_form.cc",
};

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

const errors::Reason& ReasonOf(const v1::Failure& failure) {
  const std::string name = v1::ErrorReason_Name(failure.reason());
  return *errors::FindReason(name.substr(std::string("ERROR_REASON_").size()));
}

std::string Line(const v1::Failure& failure) {
  const std::string pause =
      failure.has_retry_delay()
          ? absl::StrCat(", RetryInfo ", absl::FormatDuration(absl::Seconds(failure.retry_delay().seconds())))
          : "";
  const auto code = static_cast<errors::Code>(failure.code());
  return absl::StrCat("- ", ReasonOf(failure).name, " (", errors::NameOf(code), pause, ")  \n  ",
                      failure.message(), "  \n  *", failure.remedy(), "*\n");
}

std::string Page() {
  std::string page =
      "# Texts of failed calls\n\nMade by error_texts_test with sample values: reason, code, RetryInfo, "
      "message "
      "and *remedy*.\n";
  for (const TextGroup& group : TextSamples()) {
    absl::StrAppend(&page, "\n## ", group.heading, "\n");
    for (const v1::Failure& failure : group.failures) absl::StrAppend(&page, Line(failure));
  }
  return page;
}

TEST(ErrorTexts, AreThoseOfTheReviewedPage) {
  const std::string page = Page();
  if (std::getenv("UPDATE_GOLDENS") != nullptr) std::ofstream(kGolden) << page;
  const std::vector<std::string> expected = absl::StrSplit(ReadFile(kGolden), '\n');
  const std::vector<std::string> lines = absl::StrSplit(page, '\n');
  EXPECT_EQ(lines, expected) << "UPDATE_GOLDENS=1 writes the page anew; read the difference";
}

TEST(ErrorTexts, KeepToTheTableOfReasons) {
  for (const TextGroup& group : TextSamples()) {
    for (const v1::Failure& failure : group.failures) {
      const errors::Reason& reason = ReasonOf(failure);
      const auto code = static_cast<errors::Code>(failure.code());
      EXPECT_TRUE(code == reason.code || code == reason.other_code) << Line(failure);
      EXPECT_FALSE(failure.message().empty()) << Line(failure);
      EXPECT_FALSE(failure.remedy().empty()) << Line(failure);
      const bool always = reason.retry_hint == errors::RetryHint::kAlways ||
                          reason.retry_hint == errors::RetryHint::kUntilQuotaRenews;
      const bool never = reason.retry_hint == errors::RetryHint::kNever || code != reason.code;
      const bool code_is_used_up = absl::StrContains(failure.message(), "the code is used up");
      if (always && code == reason.code && !code_is_used_up)
        EXPECT_TRUE(failure.has_retry_delay()) << Line(failure);
      if (never || code_is_used_up) EXPECT_FALSE(failure.has_retry_delay()) << Line(failure);
    }
  }
}

// Whether a write may be repeated: message, remedy and reason say one thing.
TEST(ErrorTexts, DoNotContradictEachOtherAboutRepeating) {
  int unsent = 0;
  for (const TextGroup& group : TextSamples()) {
    for (const v1::Failure& failure : group.failures) {
      const std::string all = absl::StrCat(failure.message(), " ", failure.remedy());
      const bool unknown = failure.reason() == v1::ERROR_REASON_WRITE_OUTCOME_UNKNOWN;
      const bool says_unsent = absl::StrContains(all, "Not sent") || absl::StrContains(all, "is safe");
      const bool says_look = absl::StrContains(all, "before you ") || absl::StrContains(all, "is unknown");
      EXPECT_FALSE(says_unsent && says_look) << Line(failure);
      if (unknown) EXPECT_TRUE(says_look) << Line(failure);
      if (failure.reason() == v1::ERROR_REASON_WRITE_NOT_APPLIED) EXPECT_FALSE(says_look) << Line(failure);
      unsent += says_unsent ? 1 : 0;
    }
  }
  EXPECT_GT(unsent, 10);
}

TEST(ErrorTexts, ThePageHasEachReason) {
  const std::string page = Page();
  for (const errors::Reason& reason : errors::Reasons())
    EXPECT_TRUE(absl::StrContains(page, absl::StrCat("- ", reason.name, " ("))) << reason.name;
}

// The literals of a source, without its comments.
std::vector<std::string> LiteralsOf(const std::string& source) {
  std::vector<std::string> literals;
  for (const absl::string_view line : absl::StrSplit(source, '\n')) {
    bool inside = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (inside && line[i] == '\\') {
        literals.back().push_back(line[++i]);
      } else if (line[i] == '"') {
        if (!inside) literals.emplace_back();
        inside = !inside;
      } else if (inside) {
        literals.back().push_back(line[i]);
      } else if (absl::StartsWith(line.substr(i), "//")) {
        break;
      }
    }
  }
  return literals;
}

// Those of at least three words.
TEST(ErrorTexts, ThePageHasEachTextOfTheSources) {
  const std::string page = Page();
  int found = 0;
  for (const char* source : kSources) {
    for (const std::string& words : LiteralsOf(ReadFile(absl::StrCat(FIRSTMILE_SERVER_DIR "/", source)))) {
      const bool text = std::count(words.begin(), words.end(), ' ') >= 2 && !absl::StrContains(words, '%');
      if (!text) continue;
      EXPECT_TRUE(absl::StrContains(page, words)) << source << ": no sample shows \"" << words << '"';
      ++found;
    }
  }
  EXPECT_GT(found, 60);
}

}  // namespace
}  // namespace firstmile::testing
