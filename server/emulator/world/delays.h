// The delays of the emulated carriers and buyers. Plain values.
#pragma once

#include <chrono>

namespace emulator {

// Each delay is drawn between the value here and 1.5 times the value.
struct Delays {
  std::chrono::seconds tracking_number{4};         // from ship_order to the tracking number
  std::chrono::seconds document{2};                // from create_shipping_document to READY
  std::chrono::seconds collection{8 * 3600};       // from the first bind to the scan
  std::chrono::seconds arrival{24 * 3600};         // from the scan to the transit warehouse
  std::chrono::seconds delivery{5 * 24 * 3600};    // from the warehouse to the buyer
  std::chrono::seconds completion{7 * 24 * 3600};  // from the delivery to COMPLETED
};

}  // namespace emulator
