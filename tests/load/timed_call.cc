#include "load/timed_call.h"

#include <algorithm>
#include <map>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace firstmile::load {
namespace {

google::rpc::Status DetailsOf(const grpc::Status& status) {
  google::rpc::Status details;
  const bool read = details.ParseFromString(status.error_details());
  return read ? details : google::rpc::Status();
}

// The time that `percent` percent of the calls do not exceed.
std::int64_t Percentile(std::vector<std::int64_t> times, std::size_t percent) {
  const auto place = times.begin() + static_cast<std::ptrdiff_t>(times.size() * percent / 100);
  std::nth_element(times.begin(), place, times.end());
  return *place;
}

}  // namespace

std::unique_ptr<v1::FirstMileService::Stub> ConnectTo(const std::string& target) {
  auto channel = grpc::CreateChannel(target, grpc::InsecureChannelCredentials());
  channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10));
  return v1::FirstMileService::NewStub(channel);
}

void TimedCall::Start(v1::FirstMileService::Stub& stub, std::chrono::milliseconds deadline,
                      std::function<void()> ended) {
  request_.set_shop_id(shop_id_);
  context_.set_deadline(std::chrono::system_clock::now() + deadline);
  started_ = Clock::now();
  stub.async()->GetChannelList(&context_, &request_, &response_,
                               [this, ended = std::move(ended)](grpc::Status status) {
                                 ended_ = Clock::now();
                                 status_ = std::move(status);
                                 ended();
                               });
}

std::chrono::microseconds TimedCall::took() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(ended_ - started_);
}

std::string TimedCall::End() const {
  if (status_.ok()) return "OK";
  const google::rpc::Status details = DetailsOf(status_);
  google::rpc::ErrorInfo info;
  for (const auto& detail : details.details()) {
    if (detail.UnpackTo(&info)) break;
  }
  return std::to_string(status_.error_code()) + (info.reason().empty() ? "" : " " + info.reason());
}

bool TimedCall::has_retry_info() const {
  const google::rpc::Status details = DetailsOf(status_);
  return std::any_of(details.details().begin(), details.details().end(),
                     [](const auto& detail) { return detail.template Is<google::rpc::RetryInfo>(); });
}

void CallsUnderWay::Start(std::int64_t shop_id, std::chrono::milliseconds deadline) {
  calls_.push_back(std::make_unique<TimedCall>(shop_id));
  calls_.back()->Start(stub_, deadline, [this] {
    const std::lock_guard lock(mutex_);
    ++ended_;
    changed_.notify_one();
  });
}

void CallsUnderWay::MeasureFrom(Clock::time_point start) {
  for (const auto& call : calls_) call->MeasureFrom(start);
}

void CallsUnderWay::Wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ended_ == calls_.size(); });
}

boost::json::object Describe(const std::vector<const TimedCall*>& calls) {
  if (calls.empty()) return {{"count", 0}};
  std::vector<std::int64_t> times;
  std::int64_t with_retry_info = 0;
  for (const TimedCall* call : calls) {
    times.push_back(call->took().count());
    if (call->has_retry_info()) ++with_retry_info;
  }
  return {{"count", times.size()},
          {"median_us", Percentile(times, 50)},
          {"p99_us", Percentile(times, 99)},
          {"longest_us", *std::max_element(times.begin(), times.end())},
          {"with_retry_info", with_retry_info}};
}

boost::json::object Summarize(const std::vector<const TimedCall*>& calls) {
  std::map<std::string, std::vector<const TimedCall*>> groups;
  for (const TimedCall* call : calls) groups[call->End()].push_back(call);
  boost::json::object summary;
  for (const auto& [end, group] : groups) summary[end] = Describe(group);
  return summary;
}

}  // namespace firstmile::load
