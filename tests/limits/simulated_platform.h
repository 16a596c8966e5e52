// Platforms that limit calls in the ways that Shopee's documents leave open.
//
// Not thread-safe.
#pragma once

#include <cmath>
#include <deque>
#include <functional>

namespace firstmile::limits {

// Accepts or refuses calls by their arrival time, in seconds from the start; times never go backwards.
class SimulatedPlatform {
 public:
  using Limit = std::function<double(double at_s)>;  // calls per second

  explicit SimulatedPlatform(Limit limit) : limit_(std::move(limit)) {}
  virtual ~SimulatedPlatform() = default;
  virtual bool Accepts(double at_s) = 0;

 protected:
  const Limit limit_;
};

// Counts the calls of each second of its own clock.
class FixedWindow final : public SimulatedPlatform {
 public:
  FixedWindow(Limit limit, double phase_s) : SimulatedPlatform(std::move(limit)), phase_s_(phase_s) {}

  bool Accepts(double at_s) override {
    const double window = std::floor(at_s + phase_s_);
    if (window != window_) count_ = 0;
    window_ = window;
    if (count_ + 1 > limit_(at_s)) return false;
    count_ += 1;
    return true;
  }

 private:
  const double phase_s_;
  double window_ = -1;
  double count_ = 0;
};

// Counts the calls of the last second.
class SlidingWindow final : public SimulatedPlatform {
 public:
  using SimulatedPlatform::SimulatedPlatform;

  bool Accepts(double at_s) override {
    while (!accepted_.empty() && accepted_.front() <= at_s - 1) accepted_.pop_front();
    if (static_cast<double>(accepted_.size()) + 1 > limit_(at_s)) return false;
    accepted_.push_back(at_s);
    return true;
  }

 private:
  std::deque<double> accepted_;
};

// Each call takes a token; keeps up to ten.
class TokenBucket final : public SimulatedPlatform {
 public:
  using SimulatedPlatform::SimulatedPlatform;

  bool Accepts(double at_s) override {
    tokens_ = std::min(kTokensMax, tokens_ + (at_s - last_s_) * limit_(at_s));
    last_s_ = at_s;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  static constexpr double kTokensMax = 10;
  double tokens_ = kTokensMax;
  double last_s_ = 0;
};

}  // namespace firstmile::limits
