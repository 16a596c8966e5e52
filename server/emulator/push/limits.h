// Every bound and every time of the pushes, in one place.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace emulator::push {

// Documented. Seconds of the platform's clock, except for the answer's, which is Options::push_timeout.
inline constexpr std::array<int64_t, 3> kRetryAfter = {300, 1800, 10800};
inline constexpr int64_t kLostLife = int64_t{3} * 86400;
inline constexpr std::size_t kLostPage = 100;
inline constexpr std::size_t kMostBlockedShops = 500;
inline constexpr int64_t kHealthWindow = int64_t{6} * 3600;
inline constexpr uint64_t kFewestJudged = 600;  // pushes in the window; more than these are judged
inline constexpr uint64_t kWarningPercent = 70;
inline constexpr uint64_t kSuspendPercent = 30;
inline constexpr int64_t kExpiryNotice = int64_t{7} * 86400;

// Ours.
inline constexpr std::size_t kMostUndelivered = 20'000;  // what comes on top of these is lost at once
inline constexpr std::size_t kMostLost = 20'000;         // the oldest is forgotten
inline constexpr std::size_t kMostRemembered = 1000;     // newest messages, in the list of the control API
inline constexpr std::size_t kMostInFlight = 32;         // connections to the callback
inline constexpr int kMostVerifications = 8;             // test pushes at once
inline constexpr std::size_t kMostExpiriesPerPage = 100;
inline constexpr std::size_t kLongestUrl = 2048;
inline constexpr uint32_t kMostAnswerHeaderBytes = 8 * 1024;
inline constexpr std::size_t kMostAnswerBodyBytes = 8 * 1024;
inline constexpr std::size_t kMostMessageBytes = 16 * 1024;  // of a push by hand
inline constexpr std::chrono::milliseconds kTick{100};  // how late a push may be that became due by itself

}  // namespace emulator::push
