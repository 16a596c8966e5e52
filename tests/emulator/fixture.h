// A running emulator with a clock that tests move, and a caller for shop 600000.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "client.h"
#include "emulator/emulator.h"

namespace emulator_test {

inline constexpr int64_t kNow = 1795147200;  // 2026-11-20 12:00:00 UTC+8
inline constexpr char kToday[] = "2026-11-20";
inline constexpr char kYesterday[] = "2026-11-19";

inline const std::string kFirstMile = "/api/v2/first_mile/";
inline const std::string kLogistics = "/api/v2/logistics/";

class EmulatorTest : public testing::Test {
 protected:
  EmulatorTest() : EmulatorTest(emulator::Options()) {}
  explicit EmulatorTest(emulator::Options options)
      : emulator_(WithClock(std::move(options))), shop_(emulator_.port(), kNow) {}

  Caller As(int64_t shop) const { return Caller(emulator_.port(), kNow, shop); }

  std::atomic<int64_t> now_{kNow};
  emulator::Emulator emulator_;
  Caller shop_;

 private:
  emulator::Options WithClock(emulator::Options options) {
    options.now = [this] { return now_.load(); };
    return options;
  }
};

}  // namespace emulator_test
