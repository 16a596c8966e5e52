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

## Statuses
| HTTP status | without a code | with an unknown code |
|---|---|---|
| `none` | UPSTREAM_UNAVAILABLE | UPSTREAM_ERROR |
| `429`, `5xx` | UPSTREAM_UNAVAILABLE | DAILY_QUOTA |
| `other` | ACCESS_DENIED | UPSTREAM_ERROR |

## Codes
| code | text contains | reason | remedy |
|---|---|---|---|
| `error_a` | | ACCESS_DENIED | |
| `error_a` | `slow`, `very slow` | UPSTREAM_UNAVAILABLE | Be patient. |
| `logistics.error_a` | | DAILY_QUOTA | |
| `error b`, `error_c` | | DAILY_QUOTA | |
| `error_e` | `shop ... never link` | DAILY_QUOTA | |
| `error_f` | | UPSTREAM_UNAVAILABLE | |
| `*.error_f` | | DAILY_QUOTA | |
| `own.error_f` | | ACCESS_DENIED | |

## Outside
| code | text contains | reason | why it stands here |
|---|---|---|---|
| `error_d` | | ACCESS_DENIED | Seen once. |
)";

ErrorPage Whole() {
  absl::StatusOr<ErrorPage> page = ErrorPage::Parse(kWhole);
  EXPECT_TRUE(page.ok()) << page.status();
  return *std::move(page);
}

std::string ReasonOf(const ErrorRow* row) {
  return row == nullptr ? "none" : std::string(row->reason->name);
}

std::string ProblemOf(const std::string& from, const std::string& to) {
  const std::string page = absl::StrReplaceAll(kWhole, {{from, to}});
  EXPECT_NE(page, kWhole) << from;
  return std::string(ErrorPage::Parse(page).status().message());
}

TEST(ErrorPage, TheLongestTextThatFitsDecides) {
  const ErrorPage page = Whole();
  EXPECT_EQ(page.Find("error_a", "it is VERY Slow")->text, "very slow");
  EXPECT_EQ(page.Find("error_a", "it is slow")->text, "slow");
  EXPECT_EQ(page.Find("error_a", "it is broken")->text, "");
}

TEST(ErrorPage, ATextOfAnyModuleGoesBeforeAModuleWithoutText) {
  const ErrorPage page = Whole();
  EXPECT_EQ(ReasonOf(page.Find("logistics.error_a", "")), "DAILY_QUOTA");
  EXPECT_EQ(ReasonOf(page.Find("firstmile.error_a", "")), "ACCESS_DENIED");
  EXPECT_EQ(ReasonOf(page.Find("logistics.error_a", "slow")), "UPSTREAM_UNAVAILABLE");
}

TEST(ErrorPage, ComparesTextsByTheirWords) {
  const ErrorPage page = Whole();
  for (const char* text : {"very_slow", "Very\xC2\xA0SLOW", "so very \t-slow!"}) {
    EXPECT_EQ(page.Find("error_a", text)->text, "very slow") << text;
  }
  EXPECT_EQ(page.Find("error_a", "every slow one")->text, "slow") << "every is another word";
  EXPECT_EQ(page.Find("error_a", "snowslow")->text, "");
}

TEST(ErrorPage, AGapStandsForAnyWords) {
  const ErrorPage page = Whole();
  EXPECT_EQ(page.Find("error_e", "the shop was never linked to it")->text, "shop ... never link");
  EXPECT_EQ(page.Find("error_e", "never linked, this shop"), nullptr);
}

TEST(ErrorPage, AStarIsAnyModuleButNotNone) {
  const ErrorPage page = Whole();
  EXPECT_EQ(ReasonOf(page.Find("any.error_f", "")), "DAILY_QUOTA");
  EXPECT_EQ(ReasonOf(page.Find("own.error_f", "")), "ACCESS_DENIED");
  EXPECT_EQ(ReasonOf(page.Find("error_f", "")), "UPSTREAM_UNAVAILABLE");
}

TEST(ErrorPage, ReadsCodesWhateverTheirCaseAndTheSpaceAround) {
  const ErrorPage page = Whole();
  EXPECT_EQ(ReasonOf(page.Find(" Error_C\n", "")), "DAILY_QUOTA");
  EXPECT_EQ(ReasonOf(page.Find("logistics.error b", "")), "DAILY_QUOTA");
  EXPECT_EQ(page.Find("error", ""), nullptr);
  EXPECT_EQ(page.Find("", "slow"), nullptr);
}

TEST(ErrorPage, LooksAtABoundedPartOfTheText) {
  const ErrorPage page = Whole();
  const std::string before(ErrorPage::kTextBytesMax - 4, ' ');
  EXPECT_EQ(page.Find("error_a", before + "slow")->text, "slow");
  EXPECT_EQ(page.Find("error_a", before + " slow")->text, "");
}

TEST(ErrorPage, ARowHasItsOwnRemedyOrThatOfItsReason) {
  const ErrorPage page = Whole();
  EXPECT_EQ(page.Find("error_a", "slow")->remedy, "Be patient.");
  EXPECT_EQ(page.Find("error_a", "")->remedy, FindReason("ACCESS_DENIED")->remedy);
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
  EXPECT_EQ(page.FindByStatus(503, true).reason->name, "DAILY_QUOTA");
}

TEST(BrokenPage, NamesAReasonThatDoesNotExist) {
  EXPECT_EQ(ProblemOf("| `error_a` | | ACCESS_DENIED | |", "| `error_a` | | ACCESS_DENYED | |"),
            "line 13: ACCESS_DENYED is no reason of the contract");
  EXPECT_THAT(ProblemOf("| `none` | UPSTREAM_UNAVAILABLE |", "| `none` | NO_SUCH_REASON |"),
              HasSubstr("NO_SUCH_REASON is no reason of the contract"));
}

TEST(BrokenPage, NamesARowThatStandsTwice) {
  EXPECT_EQ(ProblemOf("`error b`, `error_c` | |", "`error_a` | `slow` |"),
            "line 16: code and text stand in line 14 already");
  EXPECT_THAT(ProblemOf("`429`, `5xx`", "`429`, `429`"), HasSubstr("this status stands twice"));
}

TEST(BrokenPage, NamesATableOfOtherColumns) {
  EXPECT_THAT(ProblemOf("| code | text contains | reason | remedy |", "| code | text | reason | remedy |"),
              HasSubstr("line 11: these are not the columns"));
}

TEST(BrokenPage, NamesWhatIsMissing) {
  EXPECT_THAT(ProblemOf("| `other` | ACCESS_DENIED | UPSTREAM_ERROR |\n", ""), HasSubstr("no row for other"));
  EXPECT_THAT(ProblemOf("Seen once.", ""), HasSubstr("say why"));
  EXPECT_THAT(ProblemOf("`error b`, `error_c`", ""), HasSubstr("needs a code"));
  EXPECT_THAT(std::string(ErrorPage::Parse("").status().message()), HasSubstr("no row for none"));
}

TEST(BrokenPage, NamesACellThatCannotBeRead) {
  EXPECT_THAT(ProblemOf("`very slow`", "`Very slow`"), HasSubstr("lower case"));
  EXPECT_THAT(ProblemOf("`error_c`", "` error_c`"), HasSubstr("without space around a code"));
  EXPECT_THAT(ProblemOf("`error_c`", "`" + std::string(ErrorPage::kTextBytesMax + 1, 'c') + "`"),
              HasSubstr("at most 4096 bytes"));
  EXPECT_THAT(ProblemOf("`slow`, ", "`slow` or "), HasSubstr("with commas between"));
  EXPECT_THAT(ProblemOf("`shop ... never link`", "`shop ... `"), HasSubstr("both sides of a gap"));
  EXPECT_THAT(ProblemOf("`error b`", "error b"), HasSubstr("line 16"));
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
