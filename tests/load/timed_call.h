// Calls with measured times and results, and their summary.
//
// Start calls on one thread; they end on gRPC's threads. Read them after CallsUnderWay::Wait.
#pragma once

#include <grpcpp/grpcpp.h>

#include <boost/json/object.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "firstmile/v1/first_mile_service.grpc.pb.h"

namespace firstmile::load {

using Clock = std::chrono::steady_clock;

std::unique_ptr<v1::FirstMileService::Stub> ConnectTo(const std::string& target);

// A GetChannelList call for a shop; it succeeds for every shop of the emulator.
class TimedCall {
 public:
  explicit TimedCall(std::int64_t shop_id) : shop_id_(shop_id) {}

  // `ended` is called once, on a gRPC thread.
  void Start(v1::FirstMileService::Stub& stub, std::chrono::milliseconds deadline,
             std::function<void()> ended);

  std::int64_t shop_id() const { return shop_id_; }
  std::chrono::microseconds took() const;
  // "OK", or code and reason: "8 SIDECAR_OVERLOADED".
  std::string End() const;
  void MeasureFrom(Clock::time_point start) { started_ = start; }
  bool refused() const { return status_.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED; }
  bool has_retry_info() const;

 private:
  const std::int64_t shop_id_;
  grpc::ClientContext context_;
  v1::FirstMileServiceGetChannelListRequest request_;
  v1::FirstMileServiceGetChannelListResponse response_;
  grpc::Status status_;
  Clock::time_point started_;
  Clock::time_point ended_;
};

class CallsUnderWay {
 public:
  explicit CallsUnderWay(v1::FirstMileService::Stub& stub) : stub_(stub) {}
  CallsUnderWay(const CallsUnderWay&) = delete;
  CallsUnderWay& operator=(const CallsUnderWay&) = delete;
  ~CallsUnderWay() { Wait(); }

  void Start(std::int64_t shop_id, std::chrono::milliseconds deadline);
  void MeasureFrom(Clock::time_point start);  // call it before any has ended
  void Wait();                                // until all have ended
  const std::vector<std::unique_ptr<TimedCall>>& calls() const { return calls_; }

 private:
  v1::FirstMileService::Stub& stub_;
  std::vector<std::unique_ptr<TimedCall>> calls_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t ended_ = 0;
};

// For each result: the number of calls, their times in microseconds (median, 99th percentile, maximum), and
// how many had RetryInfo.
boost::json::object Summarize(const std::vector<const TimedCall*>& calls);

// The same over all results.
boost::json::object Describe(const std::vector<const TimedCall*>& calls);

}  // namespace firstmile::load
