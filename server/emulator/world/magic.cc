#include "emulator/world/magic.h"

namespace emulator::world {

Magic MagicOf(std::string_view order_sn) {
  if (order_sn.ends_with("FMNONUM")) return Magic::kNoNumber;
  if (order_sn.ends_with("FMNOSHIP")) return Magic::kRefusesShip;
  if (order_sn.ends_with("FMDOCFL")) return Magic::kDocumentFailed;
  if (order_sn.ends_with("FMNOSCAN")) return Magic::kNeverCollected;
  return Magic::kNone;
}

}  // namespace emulator::world
