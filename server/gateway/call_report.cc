#include "gateway/call_report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace firstmile::gateway {

std::string UnknownOutcomeText(absl::string_view cause) {
  return absl::StrCat("The outcome of the write is unknown: ", absl::StripSuffix(cause, "."),
                      "; read the state before you repeat it.");
}

absl::string_view NameOf(ReadBack read_back) {
  switch (read_back) {
    case ReadBack::kNotTried:
      return "";
    case ReadBack::kApplied:
      return "applied";
    case ReadBack::kNotApplied:
      return "not_applied";
    case ReadBack::kUnknown:
      return "unknown";
  }
  return "";
}

}  // namespace firstmile::gateway
