// How long the emulated carriers and buyers take. Plain values.
#pragma once

#include <chrono>

namespace emulator {

// Each delay is drawn, by the seed, between its value and one and a half times that.
struct Delays {
  std::chrono::seconds tracking_number{4};         // from ship_order to the tracking number
  std::chrono::seconds document{2};                // from create_shipping_document to READY
  std::chrono::seconds collection{8 * 3600};       // from the first bind to the scan
  std::chrono::seconds arrival{24 * 3600};         // from the scan to the transit warehouse
  std::chrono::seconds delivery{5 * 24 * 3600};    // from there to the buyer
  std::chrono::seconds completion{7 * 24 * 3600};  // from the buyer to the end of the order
};

}  // namespace emulator
