#include "gateway/call_report.h"

namespace firstmile::gateway {

absl::string_view NameOf(ReadBack read_back) {
  switch (read_back) {
    case ReadBack::kNotTried:
      return "";
    case ReadBack::kDone:
      return "done";
    case ReadBack::kNotDone:
      return "not-done";
    case ReadBack::kUnknown:
      return "unknown";
  }
  return "";
}

}  // namespace firstmile::gateway
