#include "emulator/world/special_order.h"

namespace emulator::world {

SpecialOrder SpecialOrderOf(std::string_view order_sn) {
  if (order_sn.ends_with("FMNONUM")) return SpecialOrder::kNoNumber;
  if (order_sn.ends_with("FMNOSHIP")) return SpecialOrder::kRefusesShip;
  if (order_sn.ends_with("FMDOCFL")) return SpecialOrder::kDocumentFailed;
  if (order_sn.ends_with("FMNOSCAN")) return SpecialOrder::kNeverCollected;
  if (order_sn.ends_with("FMSELLR")) return SpecialOrder::kSellerTransport;
  return SpecialOrder::kNone;
}

}  // namespace emulator::world
