// Special orders: the end of their name makes them behave differently. Pure functions.
#pragma once

#include <string_view>

namespace emulator::world {

enum class SpecialOrder {
  kNone,
  kNoNumber,         // "...FMNONUM": the order ships, but never gets a tracking number
  kRefusesShip,      // "...FMNOSHIP": ship_order answers logistics.business_process_error
  kDocumentFailed,   // "...FMDOCFL": the air waybill ends as FAILED
  kNeverCollected,   // "...FMNOSCAN": the carrier never collects it
  kSellerTransport,  // "...FMSELLR": the seller transports it and reports its states
};

SpecialOrder SpecialOrderOf(std::string_view order_sn);

}  // namespace emulator::world
