// The texts that make up the status page.
#pragma once

#include <string_view>

namespace emulator::page {

extern const std::string_view kStatusHtml;  // with the placeholders <!--css--> and <!--script-->
extern const std::string_view kStatusCss;
extern const std::string_view kStatusScript;

}  // namespace emulator::page
