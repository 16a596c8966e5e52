// Writes a small PDF 1.4 file: one A6 page per label, with text only. Pure function.
#pragma once

#include <string>
#include <vector>

namespace emulator::api {

using LabelLines = std::vector<std::string>;  // ASCII; the first line is set larger

std::string LabelPdf(const std::vector<LabelLines>& labels);

}  // namespace emulator::api
