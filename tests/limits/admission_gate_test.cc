#include "limits/admission_gate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "support/manual_clock.h"

namespace firstmile::limits {
namespace {

using Place = AdmissionGate::Place;

class AdmissionGateTest : public ::testing::Test {
 protected:
  // How many of `count` calls of the caller come in.
  int Enter(AdmissionGate& gate, absl::string_view caller, int count) {
    int entered = 0;
    for (int i = 0; i < count; ++i) {
      AdmissionGate::Entry entry = gate.TryEnter(caller);
      if (entry.refusal.has_value()) continue;
      places_.push_back(std::move(entry.place));
      ++entered;
    }
    return entered;
  }

  testing::ManualClock clock_;
  AdmissionOptions options_{.calls_max = 100, .calls_max_per_caller = 50, .memory_max_bytes = 1'000};
  std::int64_t memory_ = 0;
  int samples_ = 0;
  AdmissionGate gate_{options_, clock_, [this] {
                        ++samples_;
                        return memory_;
                      }};
  std::vector<Place> places_;  // after the gate: they end first
};

TEST_F(AdmissionGateTest, OneCallerGetsHalfAndAllTogetherTheWhole) {
  EXPECT_EQ(Enter(gate_, "greedy", 200), 50);
  EXPECT_EQ(Enter(gate_, "other", 30), 30);
  EXPECT_EQ(Enter(gate_, "third", 30), 20);
  EXPECT_EQ(gate_.calls(), 100);
  EXPECT_EQ(gate_.refused(), 160);
}

TEST_F(AdmissionGateTest, CallersThatCannotBeToldApartHaveTheWholeTogether) {
  std::vector<Place> places;
  for (int i = 0; i < 100; ++i) {
    AdmissionGate::Entry entry = gate_.TryEnter("unix:", Share::kWhole);
    ASSERT_FALSE(entry.refusal.has_value()) << i;
    places.push_back(std::move(entry.place));
  }
  EXPECT_TRUE(gate_.TryEnter("unix:", Share::kWhole).refusal.has_value());
}

TEST_F(AdmissionGateTest, PlacesComeBack) {
  Enter(gate_, "", 50);
  places_.clear();
  EXPECT_EQ(gate_.calls(), 0);
  EXPECT_EQ(Enter(gate_, "", 50), 50);
  Place moved = std::move(places_.back());
  places_.pop_back();
  EXPECT_EQ(gate_.calls(), 50);
  moved = Place();
  EXPECT_EQ(gate_.calls(), 49);
}

TEST_F(AdmissionGateTest, ARefusalTellsWhenToComeBack) {
  Enter(gate_, "", 50);
  const AdmissionGate::Entry entry = gate_.TryEnter("");
  ASSERT_TRUE(entry.refusal.has_value());
  EXPECT_EQ(entry.refusal->code, errors::Code::kResourceExhausted);
  EXPECT_EQ(entry.refusal->reason, kSidecarOverloaded);
  EXPECT_GE(*entry.refusal->retry_after, options_.retry_after / 2);
  EXPECT_LE(*entry.refusal->retry_after, options_.retry_after * 1.5);
}

TEST_F(AdmissionGateTest, WithoutMemoryAFewCallsComeInAllTheSame) {
  memory_ = 1'001;
  EXPECT_EQ(Enter(gate_, "", 50), static_cast<int>(options_.calls_despite_memory));
  memory_ = 1'000;
  EXPECT_EQ(Enter(gate_, "", 10), 0);  // not looked at again so soon
  clock_.Advance(options_.memory_sample_interval);
  EXPECT_EQ(Enter(gate_, "", 10), 10);
  EXPECT_EQ(samples_, 3);  // the first time twice: free memory was given back in between
}

TEST(ResidentBytesTest, SeesWhatThisProcessTouches) {
  const std::int64_t before = ResidentBytes();
  EXPECT_GT(before, 1'000'000);
  std::vector<char> touched(64'000'000);
  volatile char* bytes = touched.data();  // volatile: the compiler leaves neither them nor their memory out
  for (std::size_t i = 0; i < touched.size(); i += 1'024) bytes[i] = 'x';
  EXPECT_GT(ResidentBytes(), before + 50'000'000);
}

TEST(AdmissionGateUnderLoad, TwentyThousandRefusalsAtOnceAreCheap) {
  const transport::SystemClock clock;
  AdmissionGate gate(AdmissionOptions{.calls_max = 1, .calls_max_per_caller = 1}, clock);
  const AdmissionGate::Entry held = gate.TryEnter("holder");
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 20'000; ++i) ASSERT_TRUE(gate.TryEnter("caller").refusal.has_value());
  const std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - begin;
  std::printf("%.3f us for each of 20,000 refusals\n", spent.count() / 20'000);
  EXPECT_LT(spent.count() / 20'000, 100);  // sanitizers and busy machines included
}

TEST(AdmissionGateUnderLoad, ThreadsNeverExceedTheBoundAndGiveEverythingBack) {
  const transport::SystemClock clock;
  AdmissionGate gate(AdmissionOptions{.calls_max = 8, .calls_max_per_caller = 4}, clock);
  std::atomic<int> inside = 0;
  std::atomic<bool> exceeded = false;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, caller = std::to_string(t % 2)] {
        for (int i = 0; i < 5'000; ++i) {
          std::vector<Place> places;
          for (int j = 0; j < 5; ++j) {
            AdmissionGate::Entry entry = gate.TryEnter(caller);
            if (!entry.refusal.has_value()) places.push_back(std::move(entry.place));
          }
          inside += static_cast<int>(places.size());
          if (inside > 8) exceeded = true;
          inside -= static_cast<int>(places.size());
        }
      });
    }
  }
  EXPECT_FALSE(exceeded);
  EXPECT_EQ(gate.calls(), 0);
}

}  // namespace
}  // namespace firstmile::limits
