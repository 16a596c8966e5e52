// Parses a page of metrics in Prometheus's text format.
//
// A value; a malformed line fails the test.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace firstmile::testing {

class MetricsPage {
 public:
  struct Series {
    std::string name;  // of a histogram: with _bucket, _count or _sum
    std::map<std::string, std::string> labels;
    double value = 0;
  };
  struct Family {
    std::string type;
    std::string help;
    std::vector<Series> series;
  };

  explicit MetricsPage(const std::string& text);

  const std::map<std::string, Family>& families() const { return families_; }

  // The value of the series with exactly these labels; empty when there is none.
  std::optional<double> Value(const std::string& series,
                              const std::map<std::string, absl::string_view>& labels) const;

  // What stays constant while values change: each family's name, type, help and labels, and the values of
  // labels that have a closed list.
  std::string Description() const;

 private:
  void ReadLine(absl::string_view line);
  void ReadSeries(absl::string_view line);

  std::map<std::string, Family> families_;
  std::string family_;  // of the current lines
};

}  // namespace firstmile::testing
