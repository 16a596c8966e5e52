// The limits and times of the pushes.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace emulator::push {

// Documented. Seconds of Shopee's clock. The time limit of an answer is Options::push_timeout.
inline constexpr std::array<int64_t, 3> kRetryAfter = {300, 1800, 10800};
inline constexpr int64_t kLostLife = int64_t{3} * 86400;
inline constexpr std::size_t kLostPage = 100;
inline constexpr std::size_t kMaxBlockedShops = 500;
inline constexpr int64_t kHealthWindow = int64_t{6} * 3600;
inline constexpr uint64_t kMinRatedAttempts =
    600;  // attempts in the window; the success rate counts only above this
inline constexpr uint64_t kWarningPercent = 70;
inline constexpr uint64_t kSuspendPercent = 30;
inline constexpr int64_t kExpiryNotice = int64_t{7} * 86400;

// Not documented.
inline constexpr std::size_t kMaxUndelivered = 20'000;  // further ones are lost at once
inline constexpr std::size_t kMaxLost = 20'000;         // beyond these the oldest is dropped
inline constexpr std::size_t kMaxRemembered = 1000;     // newest messages that the control API lists
inline constexpr std::size_t kMaxInFlight = 32;         // connections to the callback
inline constexpr int kMaxVerifications = 8;             // concurrent test pushes
inline constexpr std::size_t kMaxExpiriesPerPage = 100;
inline constexpr std::size_t kLongestUrl = 2048;
inline constexpr uint32_t kMaxAnswerHeaderBytes = 8 * 1024;
inline constexpr std::size_t kMaxAnswerBodyBytes = 8 * 1024;
inline constexpr std::size_t kMaxMessageBytes = 16 * 1024;  // of a push sent through the control API
inline constexpr std::chrono::milliseconds kTick{100};      // interval at which due events are run

}  // namespace emulator::push
