// Pages that are counted from 1: the lists of partners and merchants.
#pragma once

#include <cstdint>
#include <string_view>

#include "emulator/api/params.h"

namespace emulator::api {

class NumberedPage {
 public:
  enum class Presence { kOptional, kRequired };  // of page_no and page_size

  NumberedPage(const http::Request& request, int most, Presence presence, Problem& problem);

  // Call once for every row of the list, in order. True if the row is on this page.
  bool Takes();
  bool more() const { return more_; }

 private:
  int64_t first_ = 0;
  int64_t end_ = 0;
  int64_t row_ = 0;
  bool more_ = false;
};

}  // namespace emulator::api
