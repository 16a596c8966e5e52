// A seed file of the emulator: it is accepted, or the error says what is wrong and where.
#include "emulator/world/seed_file.h"
#include "emulator/world/state_check.h"
#include "fuzz/fuzz.h"

namespace firstmile::fuzzing {
namespace {

emulator::WorldRules Rules() {
  emulator::WorldRules rules;
  rules.now = [] { return std::int64_t{1'700'000'000}; };
  return rules;
}

}  // namespace
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  emulator::World world(Rules());
  const std::string wrong = emulator::world::LoadSeed({reinterpret_cast<const char*>(data), size}, world);
  Promise(IsUtf8(wrong), "what is wrong is told in UTF-8", wrong);
  if (wrong.empty()) {
    const std::string broken = emulator::world::FindBrokenRule(world);
    Promise(broken.empty(), "a seed that is taken gives a consistent world", broken);
  }
  return 0;
}

}  // namespace firstmile::fuzzing
