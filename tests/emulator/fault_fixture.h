// An emulator with scripted faults, and a check whether a call took effect in spite of them.
//
// Used on the test's thread.
#pragma once

#include <string>

#include "fixture.h"

namespace emulator_test {

inline const std::string kGenerate = kFirstMile + "generate_first_mile_tracking_number";
inline const std::string kChannels = kFirstMile + "get_channel_list";
inline const std::string kTwenty = R"({"declare_date":"2026-11-20","quantity":20})";

class FaultTest : public EmulatorTest {
 protected:
  // Whether the day's numbers are still unused: no earlier call took effect.
  bool NothingWasGenerated() {
    emulator_.ClearFaults();
    return Text(shop_.Post(kGenerate, kTwenty), "error").empty();
  }
};

}  // namespace emulator_test
