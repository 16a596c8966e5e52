// Orders whose name makes something rare happen. Pure functions.
#pragma once

#include <string_view>

namespace emulator::world {

enum class Magic {
  kNone,
  kNoNumber,        // "...FMNONUM": shipment is arranged, the tracking number never comes
  kRefusesShip,     // "...FMNOSHIP": ship_order answers logistics.business_process_error
  kDocumentFailed,  // "...FMDOCFL": the air waybill ends as FAILED
  kNeverCollected,  // "...FMNOSCAN": the carrier leaves it behind
};

Magic MagicOf(std::string_view order_sn);

}  // namespace emulator::world
