#include "emulator/api/numbered_page.h"

namespace emulator::api {
namespace {

constexpr int64_t kMaxPages = 1'000'000;

int64_t ReadPageNo(const std::string& text, Problem& problem) {
  if (text.empty()) return 1;
  const auto number = ParseInteger(text);
  if (number && *number >= 1 && *number <= kMaxPages) return *number;
  problem.WrongParameter("page_no must be an integer of 1 or greater.");
  return 1;
}

}  // namespace

NumberedPage::NumberedPage(const http::Request& request, int most, Presence presence, Problem& problem) {
  const QueryFields fields(request, problem);
  const bool required = presence == Presence::kRequired;
  const std::string number = required ? fields.Required("page_no") : fields.Optional("page_no");
  if (required) fields.Required("page_size");
  const int64_t size = fields.PageSize(most);
  first_ = (ReadPageNo(number, problem) - 1) * size;
  end_ = first_ + size;
}

bool NumberedPage::Takes() {
  const int64_t row = row_++;
  more_ = more_ || row >= end_;
  return row >= first_ && row < end_;
}

}  // namespace emulator::api
