// How a page of codes is read, and how a broken one is found out.
#include "errors/error_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace firstmile::errors {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kWhole[] = R"(# Errors

## Meanings
| reason | gRPC code | the sidecar | pause | remedy |
|---|---|---|---|---|
| DENIED | PERMISSION_DENIED | passes it on | | Ask. |
| BUSY | UNAVAILABLE | repeats what may be repeated | 1500ms | Wait. |
| FULL | RESOURCE_EXHAUSTED | passes it on | until 00:00 UTC+8 | Stop. |
| BATCH_ALL_FAILED | FAILED_PRECONDITION | passes it on | | Look. |
| UPSTREAM_ERROR | UNKNOWN | passes it on | | |

## Statuses
| HTTP status | without a code | with an unknown code |
|---|---|---|
| `none` | BUSY | UPSTREAM_ERROR |
| `429`, `5xx` | BUSY | FULL |
| `other` | DENIED | UPSTREAM_ERROR |

## Codes
| code | text contains | meaning | remedy |
|---|---|---|---|
| `error_a` | | DENIED | |
| `error_a` | `slow`, `very slow` | BUSY | Be patient. |
| `logistics.error_a` | | FULL | |
| `error b`, `error_c` | | FULL | |

## Outside
| code | text contains | meaning | why it stands here |
|---|---|---|---|
| `error_d` | | DENIED | Seen once. |
)";

ErrorPage Whole() {
  absl::StatusOr<ErrorPage> page = ErrorPage::Parse(kWhole);
  EXPECT_TRUE(page.ok()) << page.status();
  return *std::move(page);
}

std::string ReasonOf(const ErrorRow* row) {
  return row == nullptr ? "none" : row->meaning->reason;
}

std::string ProblemOf(const std::string& from, const std::string& to) {
  const std::string page = absl::StrReplaceAll(kWhole, {{from, to}});
  EXPECT_NE(page, kWhole) << from;
  return std::string(ErrorPage::Parse(page).status().message());
}

TEST(ErrorPage, ReadsMeanings) {
  const ErrorPage page = Whole();
  ASSERT_EQ(page.meanings().size(), 5U);
  const Meaning& busy = page.meanings()[1];
  EXPECT_EQ(busy.reason, "BUSY");
  EXPECT_EQ(busy.code, Code::kUnavailable);
  EXPECT_EQ(busy.recovery, Recovery::kRetryRead);
  EXPECT_EQ(busy.pause, absl::Milliseconds(1500));
  EXPECT_TRUE(page.meanings()[2].until_quota_renews);
  EXPECT_FALSE(busy.until_quota_renews);
}

TEST(ErrorPage, TheLongestTextThatFitsDecides) {
  const ErrorPage page = Whole();
  EXPECT_EQ(page.Find("error_a", "it is VERY Slow")->text, "very slow");
  EXPECT_EQ(page.Find("error_a", "it is slow")->text, "slow");
  EXPECT_EQ(page.Find("error_a", "it is broken")->text, "");
}

TEST(ErrorPage, ATextOfAnyModuleGoesBeforeAModuleWithoutText) {
  const ErrorPage page = Whole();
  EXPECT_EQ(ReasonOf(page.Find("logistics.error_a", "")), "FULL");
  EXPECT_EQ(ReasonOf(page.Find("firstmile.error_a", "")), "DENIED");
  EXPECT_EQ(ReasonOf(page.Find("logistics.error_a", "slow")), "BUSY");
}

TEST(ErrorPage, ReadsCodesWhateverTheirCaseAndTheSpaceAround) {
  const ErrorPage page = Whole();
  EXPECT_EQ(ReasonOf(page.Find(" Error_C\n", "")), "FULL");
  EXPECT_EQ(ReasonOf(page.Find("logistics.error b", "")), "FULL");
  EXPECT_EQ(page.Find("error", ""), nullptr);
  EXPECT_EQ(page.Find("", "slow"), nullptr);
}

TEST(ErrorPage, LooksAtABoundedPartOfTheText) {
  const ErrorPage page = Whole();
  const std::string before(ErrorPage::kTextBytesMax - 4, ' ');
  EXPECT_EQ(page.Find("error_a", before + "slow")->text, "slow");
  EXPECT_EQ(page.Find("error_a", before + " slow")->text, "");
}

TEST(ErrorPage, ARowHasItsOwnRemedyOrThatOfItsMeaning) {
  const ErrorPage page = Whole();
  EXPECT_EQ(page.Find("error_a", "slow")->remedy, "Be patient.");
  EXPECT_EQ(page.Find("error_a", "")->remedy, "Ask.");
  EXPECT_EQ(page.Find("error_d", "")->source, "Seen once.");
  EXPECT_EQ(page.Find("error_d", "")->section, "Outside");
}

TEST(ErrorPage, FindsTheNarrowestStatus) {
  const ErrorPage page = Whole();
  EXPECT_EQ(page.FindByStatus(429, false).http_status, "429");
  EXPECT_EQ(page.FindByStatus(503, false).http_status, "5xx");
  EXPECT_EQ(page.FindByStatus(0, false).http_status, "none");
  EXPECT_EQ(page.FindByStatus(200, false).http_status, "other");
  EXPECT_EQ(page.FindByStatus(-7, false).http_status, "other");
  EXPECT_EQ(page.FindByStatus(503, true).meaning->reason, "FULL");
}

TEST(BrokenPage, NamesAMeaningThatDoesNotExist) {
  EXPECT_EQ(ProblemOf("| `error_a` | | DENIED | |", "| `error_a` | | DENYED | |"),
            "line 22: DENYED is no meaning");
  EXPECT_THAT(ProblemOf("| `none` | BUSY |", "| `none` | LAZY |"), HasSubstr("LAZY is no meaning"));
}

TEST(BrokenPage, NamesARowThatStandsTwice) {
  EXPECT_EQ(ProblemOf("`error b`, `error_c` | |", "`error_a` | `slow` |"),
            "line 25: code and text stand in line 23 already");
  EXPECT_THAT(ProblemOf("| FULL | RES", "| BUSY | RES"), HasSubstr("line 8: this reason stands twice"));
  EXPECT_THAT(ProblemOf("`429`, `5xx`", "`429`, `429`"), HasSubstr("this status stands twice"));
}

TEST(BrokenPage, NamesATableThatNobodyKnows) {
  EXPECT_THAT(ProblemOf("| code | text contains | meaning | remedy |", "| code | text | meaning | remedy |"),
              HasSubstr("line 20: these are not the columns"));
}

TEST(BrokenPage, NamesWhatIsMissing) {
  EXPECT_THAT(ProblemOf("| `other` | DENIED | UPSTREAM_ERROR |\n", ""), HasSubstr("no row for other"));
  EXPECT_THAT(ProblemOf("| BATCH_ALL_FAILED | FAILED_PRECONDITION | passes it on | | Look. |\n", ""),
              HasSubstr("no meaning has the reason BATCH_ALL_FAILED"));
  EXPECT_THAT(ProblemOf("Seen once.", ""), HasSubstr("say why"));
  EXPECT_THAT(ProblemOf("`error b`, `error_c`", ""), HasSubstr("needs a code"));
  EXPECT_THAT(std::string(ErrorPage::Parse("").status().message()), HasSubstr("no meaning has the reason"));
}

TEST(BrokenPage, NamesACellThatCannotBeRead) {
  EXPECT_THAT(ProblemOf("PERMISSION_DENIED", "PERMISSION"), HasSubstr("PERMISSION is no gRPC code"));
  EXPECT_THAT(ProblemOf("repeats what", "redoes what"), HasSubstr("redoes what may be repeated"));
  EXPECT_THAT(ProblemOf("1500ms", "soon"), HasSubstr("not soon"));
  EXPECT_THAT(ProblemOf("1500ms", "-1s"), HasSubstr("not -1s"));
  EXPECT_THAT(ProblemOf("1500ms", "inf"), HasSubstr("at most 24h"));
  EXPECT_THAT(ProblemOf("| DENIED | PERM", "| Denied | PERM"), HasSubstr("UPPER_SNAKE"));
  EXPECT_THAT(ProblemOf("`very slow`", "`Very slow`"), HasSubstr("lower case"));
  EXPECT_THAT(ProblemOf("`error_c`", "` error_c`"), HasSubstr("without space around a code"));
  EXPECT_THAT(ProblemOf("`error_c`", "`" + std::string(ErrorPage::kTextBytesMax + 1, 'c') + "`"),
              HasSubstr("at most 4096 bytes"));
  EXPECT_THAT(ProblemOf("`slow`, ", "`slow` or "), HasSubstr("with commas between"));
  EXPECT_THAT(ProblemOf("`error b`", "error b"), HasSubstr("line 25"));
  EXPECT_THAT(ProblemOf("`error b`", "`error b"), HasSubstr("backtick"));
}

TEST(BrokenPage, NamesATableThatIsNone) {
  EXPECT_THAT(ProblemOf("| Seen once. |", "| Seen | once. |"), HasSubstr("5 cells in a table of 4"));
  EXPECT_THAT(ProblemOf("| Seen once. |", "| Seen once."), HasSubstr("start and end with a bar"));
  EXPECT_THAT(ProblemOf("unknown code |\n|---|---|---|\n", "unknown code |\n"), HasSubstr("line of dashes"));
}

TEST(MarkdownTables, KnowTheirHeadingAndLines) {
  const auto tables = ParseMarkdownTables("# A\ntext\n| x | y |\n|:--|---|\n| 1 | |\n\n## B \n|z|\n|-|\n");
  ASSERT_TRUE(tables.ok()) << tables.status();
  ASSERT_EQ(tables->size(), 2U);
  EXPECT_EQ((*tables)[0].heading, "A");
  EXPECT_THAT((*tables)[0].columns, ElementsAre("x", "y"));
  ASSERT_EQ((*tables)[0].rows.size(), 1U);
  EXPECT_EQ((*tables)[0].rows[0].line, 5);
  EXPECT_THAT((*tables)[0].rows[0].cells, ElementsAre("1", ""));
  EXPECT_EQ((*tables)[1].heading, "B");
  EXPECT_TRUE((*tables)[1].rows.empty());
}

}  // namespace
}  // namespace firstmile::errors
