#include "tokens/stores/redis_durability.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace firstmile::tokens {
namespace {

// The value of the line `name:value`; empty when there is none.
absl::string_view Value(absl::string_view info, absl::string_view name) {
  for (absl::string_view line : absl::StrSplit(info, '\n')) {
    if (absl::ConsumePrefix(&line, name) && absl::ConsumePrefix(&line, ":")) {
      return absl::StripAsciiWhitespace(line);
    }
  }
  return "";
}

}  // namespace

std::string RedisDurabilityProblem(absl::string_view persistence, absl::string_view memory) {
  std::vector<absl::string_view> problems;
  const absl::string_view appending = Value(persistence, "aof_enabled");
  if (appending.empty()) problems.emplace_back("it is unknown whether appendonly is on");
  if (appending == "0") {
    problems.emplace_back("appendonly is off: records since the last snapshot are lost when redis ends");
  }
  if (appending == "1" && Value(persistence, "aof_last_write_status") == "err") {
    problems.emplace_back("appendonly is on, but its last write to the disk failed");
  }
  const absl::string_view policy = Value(memory, "maxmemory_policy");
  if (policy.empty()) problems.emplace_back("it is unknown whether maxmemory-policy is noeviction");
  if (!policy.empty() && policy != "noeviction") {
    problems.emplace_back("maxmemory-policy is not noeviction: records vanish when memory runs short");
  }
  return absl::StrJoin(problems, "; ");
}

}  // namespace firstmile::tokens
