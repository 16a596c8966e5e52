#include "support/metrics_page.h"

#include <gtest/gtest.h>

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace firstmile::testing {
namespace {

bool HasClosedList(const std::string& family, const std::string& label) {
  return label == "outcome" || label == "cause" || label == "shown_by" || label == "state" || label == "le" ||
         family == "firstmile_calls_shed_total";
}

// Sorts histogram bounds numerically.
struct ByNumber {
  bool operator()(const std::string& one, const std::string& other) const {
    double left = 0;
    double right = 0;
    if (absl::SimpleAtod(one, &left) && absl::SimpleAtod(other, &right)) return left < right;
    return one < other;
  }
};

std::map<std::string, std::string> ReadLabels(absl::string_view text) {
  std::map<std::string, std::string> labels;
  while (!text.empty()) {
    const std::size_t equals = text.find("=\"");
    const std::size_t end = text.find('"', equals + 2);  // no value here contains a quote
    if (equals == absl::string_view::npos || end == absl::string_view::npos) {
      ADD_FAILURE() << "no labels: " << text;
      break;
    }
    labels.emplace(text.substr(0, equals), text.substr(equals + 2, end - equals - 2));
    text.remove_prefix(end + 1);
    absl::ConsumePrefix(&text, ",");
  }
  return labels;
}

}  // namespace

MetricsPage::MetricsPage(const std::string& text) {
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) ReadLine(line);
}

void MetricsPage::ReadLine(absl::string_view line) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, absl::MaxSplits(' ', 3));
  if (words[0] != "#") return ReadSeries(line);
  if (words.size() != 4) {
    ADD_FAILURE() << line;
    return;
  }
  family_ = std::string(words[2]);
  (words[1] == "HELP" ? families_[family_].help : families_[family_].type) = std::string(words[3]);
}

void MetricsPage::ReadSeries(absl::string_view line) {
  const std::size_t space = line.rfind(' ');
  const std::size_t brace = std::min(line.find('{'), space);
  Series series;
  series.name = std::string(line.substr(0, brace));
  if (brace < space) series.labels = ReadLabels(line.substr(brace + 1, space - brace - 2));
  EXPECT_TRUE(absl::SimpleAtod(line.substr(space + 1), &series.value)) << line;
  EXPECT_TRUE(absl::StartsWith(series.name, family_)) << line;
  families_[family_].series.push_back(std::move(series));
}

std::optional<double> MetricsPage::Value(const std::string& name,
                                         const std::map<std::string, absl::string_view>& labels) const {
  const std::map<std::string, std::string> wanted(labels.begin(), labels.end());
  for (const auto& [_, family] : families_) {
    for (const Series& series : family.series) {
      if (series.name == name && series.labels == wanted) return series.value;
    }
  }
  return std::nullopt;
}

std::string MetricsPage::Description() const {
  std::string text;
  for (const auto& [name, family] : families_) {
    absl::StrAppend(&text, name, " ", family.type, "\n  ", family.help, "\n");
    std::map<std::string, std::set<std::string, ByNumber>> labels;
    for (const Series& series : family.series) {
      for (const auto& [label, value] : series.labels) labels[label].insert(value);
    }
    for (const auto& [label, values] : labels) {
      absl::StrAppend(&text, "  ", label);
      if (HasClosedList(name, label)) absl::StrAppend(&text, ": ", absl::StrJoin(values, " "));
      absl::StrAppend(&text, "\n");
    }
  }
  return text;
}

}  // namespace firstmile::testing
