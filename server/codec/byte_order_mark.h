// The bytes that some servers send before UTF-8 text.
//
// A constant.
#pragma once

#include "absl/strings/string_view.h"

namespace firstmile::codec {

inline constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace firstmile::codec
