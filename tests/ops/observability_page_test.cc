// server/docs/observability.md explains every metric with its labels, every event and every field of the log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ops/log_names.h"
#include "support/markdown_rows.h"

namespace firstmile::ops {
namespace {

using ::firstmile::testing::ReadPage;
using ::firstmile::testing::Rows;
using ::firstmile::testing::TablesOf;
using ::testing::UnorderedElementsAreArray;

class ObservabilityPage : public ::testing::Test {
 protected:
  // The rows below all headings that begin so.
  Rows RowsBelow(absl::string_view heading) const {
    Rows rows;
    for (const auto& [name, found] : tables_) {
      if (absl::StartsWith(name, heading)) rows.insert(rows.end(), found.begin(), found.end());
    }
    return rows;
  }
  std::vector<std::string> FirstCellsBelow(absl::string_view heading) const {
    std::vector<std::string> cells;
    for (const auto& row : RowsBelow(heading)) cells.push_back(row.at(0));
    return cells;
  }
  static void ExpectNoEmptyCell(const Rows& rows) {
    for (const auto& row : rows) {
      for (const std::string& cell : row) EXPECT_FALSE(cell.empty()) << row[0];
    }
  }

  const std::map<std::string, Rows> tables_ = TablesOf(ReadPage(FIRSTMILE_DOCS_DIR "/observability.md"));
};

// "name type label,label" of each metric of the golden list; the bounds of buckets are no label to know.
std::vector<std::string> MetricsOfTheGoldenList() {
  std::vector<std::string> metrics;
  for (const absl::string_view line : absl::StrSplit(ReadPage(FIRSTMILE_METRICS_GOLDEN), '\n')) {
    if (line.empty()) continue;
    if (!absl::StartsWith(line, " ")) {
      metrics.push_back(absl::StrCat(line, " "));
      continue;
    }
    const absl::string_view label = line.substr(2, line.find(':') - 2);
    const bool is_help = absl::StrContains(label, " ") || absl::EndsWith(label, ".");
    if (!is_help && label != "le") {
      absl::StrAppend(&metrics.back(), absl::EndsWith(metrics.back(), " ") ? "" : ",", label);
    }
  }
  return metrics;
}

TEST_F(ObservabilityPage, ListsEveryMetricWithItsTypeAndLabels) {
  std::vector<std::string> listed;
  const Rows rows = RowsBelow("Metrics");
  for (const auto& row : rows) {
    std::string labels = row.at(2) == "-" ? "" : row[2];
    labels.erase(std::remove(labels.begin(), labels.end(), '`'), labels.end());
    listed.push_back(absl::StrCat(row[0], " ", row.at(1), " ",
                                  absl::StrJoin(absl::StrSplit(labels, ", ", absl::SkipEmpty()), ",")));
  }
  EXPECT_GT(listed.size(), 30U);
  EXPECT_THAT(listed, UnorderedElementsAreArray(MetricsOfTheGoldenList()));
  ExpectNoEmptyCell(rows);
}

TEST_F(ObservabilityPage, ListsEveryEventOfTheLog) {
  const std::vector<std::string> events(std::begin(kLogEvents), std::end(kLogEvents));
  EXPECT_THAT(FirstCellsBelow("Log events"), UnorderedElementsAreArray(events));
  ExpectNoEmptyCell(RowsBelow("Log events"));
}

TEST_F(ObservabilityPage, ListsEveryFieldOfTheLog) {
  const std::vector<std::string> fields(std::begin(kLogFields), std::end(kLogFields));
  EXPECT_THAT(FirstCellsBelow("Log fields"), UnorderedElementsAreArray(fields));
  ExpectNoEmptyCell(RowsBelow("Log fields"));
}

TEST_F(ObservabilityPage, EveryAlertUsesMetricsThatExist) {
  std::set<std::string> names;
  for (const std::string& metric : MetricsOfTheGoldenList()) names.insert(metric.substr(0, metric.find(' ')));
  const Rows alerts = RowsBelow("Alerts");
  EXPECT_GE(alerts.size(), 8U);
  for (const auto& row : alerts) {
    const std::string& expression = row.at(1);
    const std::size_t begin = std::min(expression.find("firstmile_"), expression.find("process_"));
    ASSERT_NE(begin, expression.npos) << expression;
    const std::size_t end = expression.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", begin);
    EXPECT_TRUE(names.contains(expression.substr(begin, end - begin))) << expression;
  }
}

}  // namespace
}  // namespace firstmile::ops
