#include "limits/admission_gate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

namespace firstmile::limits {
namespace {

using Admitted = AdmissionGate::Admitted;

class AdmissionGateTest : public ::testing::Test {
 protected:
  // Returns how many of `count` calls of the caller are admitted.
  int Enter(AdmissionGate& gate, absl::string_view caller, int count) {
    int entered = 0;
    for (int i = 0; i < count; ++i) {
      AdmissionGate::Entry entry = gate.TryEnter(caller, kRequestBytes);
      if (entry.refusal.has_value()) continue;
      calls_.push_back(std::move(entry.call));
      ++entered;
    }
    return entered;
  }

  static constexpr std::size_t kRequestBytes = 1 << 10;

  AdmissionOptions options_{.calls_max = 100, .calls_max_per_caller = 50};
  AdmissionGate gate_{options_};
  std::vector<Admitted> calls_;  // after the gate: they are destroyed first
};

TEST_F(AdmissionGateTest, OneCallerGetsHalfAndAllTogetherTheWhole) {
  EXPECT_EQ(Enter(gate_, "greedy", 200), 50);
  EXPECT_EQ(Enter(gate_, "other", 30), 30);
  EXPECT_EQ(Enter(gate_, "third", 30), 20);
  EXPECT_EQ(gate_.calls(), 100);
  EXPECT_EQ(gate_.refused(), 160);
}

TEST_F(AdmissionGateTest, CallersThatCannotBeDistinguishedShareTheWholeLimit) {
  std::vector<Admitted> calls;
  for (int i = 0; i < 100; ++i) {
    AdmissionGate::Entry entry = gate_.TryEnter("unix:", 0, Share::kWhole);
    ASSERT_FALSE(entry.refusal.has_value()) << i;
    calls.push_back(std::move(entry.call));
  }
  EXPECT_TRUE(gate_.TryEnter("unix:", 0, Share::kWhole).refusal.has_value());
}

TEST_F(AdmissionGateTest, ACallsEndLetsAnotherIn) {
  Enter(gate_, "", 50);
  calls_.clear();
  EXPECT_EQ(gate_.calls(), 0);
  EXPECT_EQ(Enter(gate_, "", 50), 50);
  Admitted moved = std::move(calls_.back());
  calls_.pop_back();
  EXPECT_EQ(gate_.calls(), 50);
  moved.reset();
  EXPECT_EQ(gate_.calls(), 49);
}

TEST_F(AdmissionGateTest, ARefusalSaysWhenToRetry) {
  Enter(gate_, "", 50);
  const AdmissionGate::Entry entry = gate_.TryEnter("", 0);
  ASSERT_TRUE(entry.refusal.has_value());
  EXPECT_EQ(entry.refusal->code, errors::Code::kResourceExhausted);
  EXPECT_EQ(entry.refusal->reason, kSidecarOverloaded);
  EXPECT_GE(*entry.refusal->retry_after, options_.retry_after / 2);
  EXPECT_LE(*entry.refusal->retry_after, options_.retry_after * 1.5);
}

TEST(AdmissionGateBytes, CallsAndTheirRequestsTakeNoMoreThanTheirMemory) {
  AdmissionGate gate({.bytes_max = 100 * kBytesPerCall});
  std::vector<Admitted> calls;
  AdmissionGate::Entry large = gate.TryEnter("", 90 * kBytesPerCall);
  ASSERT_FALSE(large.refusal.has_value());
  EXPECT_EQ(gate.bytes(), 91 * kBytesPerCall);
  for (int i = 0; i < 20; ++i) {
    AdmissionGate::Entry entry = gate.TryEnter("", 0);
    if (!entry.refusal.has_value()) calls.push_back(std::move(entry.call));
  }
  EXPECT_EQ(calls.size(), 9U);
  const AdmissionGate::Entry refused = gate.TryEnter("", 0);
  ASSERT_TRUE(refused.refusal.has_value());
  EXPECT_EQ(refused.refusal->reason, kSidecarOverloaded);
  EXPECT_NE(refused.refusal->message.find("memory"), std::string::npos);
  large.call.reset();
  EXPECT_FALSE(gate.TryEnter("", 0).refusal.has_value());
  calls.clear();
  EXPECT_EQ(gate.bytes(), 0);
}

TEST(AdmissionGateUnderLoad, TwentyThousandRefusalsAtOnceAreCheap) {
  AdmissionGate gate(AdmissionOptions{.calls_max = 1, .calls_max_per_caller = 1});
  const AdmissionGate::Entry held = gate.TryEnter("holder", 0);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 20'000; ++i) ASSERT_TRUE(gate.TryEnter("caller", 0).refusal.has_value());
  const std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - begin;
  std::printf("%.3f us for each of 20,000 refusals\n", spent.count() / 20'000);
  EXPECT_LT(spent.count() / 20'000, 100);  // with margin for sanitizers and busy machines
}

TEST(AdmissionGateUnderLoad, ThreadsNeverExceedTheBoundAndGiveEverythingBack) {
  AdmissionGate gate(AdmissionOptions{.calls_max = 8, .calls_max_per_caller = 4});
  std::atomic<int> inside = 0;
  std::atomic<bool> exceeded = false;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, caller = std::to_string(t % 2)] {
        for (int i = 0; i < 5'000; ++i) {
          std::vector<Admitted> calls;
          for (int j = 0; j < 5; ++j) {
            AdmissionGate::Entry entry = gate.TryEnter(caller, 100);
            if (!entry.refusal.has_value()) calls.push_back(std::move(entry.call));
          }
          inside += static_cast<int>(calls.size());
          if (inside > 8) exceeded = true;
          inside -= static_cast<int>(calls.size());
        }
      });
    }
  }
  EXPECT_FALSE(exceeded);
  EXPECT_EQ(gate.calls(), 0);
}

}  // namespace
}  // namespace firstmile::limits
