#include "emulator/engine/request_log.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string_view>

#include "emulator/http/target.h"

namespace emulator::engine {

namespace {

constexpr std::array<std::string_view, 5> kSecrets = {"access_token", "sign", "refresh_token", "code",
                                                      "resend_code"};

bool IsSecret(std::string_view name) {
  return std::find(kSecrets.begin(), kSecrets.end(), name) != kSecrets.end();
}

}  // namespace

std::string RedactBody(const std::string& path, const std::string& body) {
  const bool may_hold_secrets = path.starts_with("/api/v2/auth/") || path.starts_with("/api/v2/public/");
  if (!may_hold_secrets || body.empty()) return body;
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(body, error);
  if (error || !value.is_object()) return "***";
  for (auto& member : value.get_object()) {
    if (IsSecret(member.key())) member.value() = "***";
  }
  return boost::json::serialize(value);
}

std::string RedactQuery(const std::string& raw_query) {
  std::string redacted;
  std::string_view rest = raw_query;
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    const std::string_view raw_name = pair.substr(0, pair.find('='));
    const std::string name = http::PercentDecode(raw_name, true);
    if (IsSecret(name)) {
      redacted.append(raw_name).append("=***");
    } else {
      redacted.append(pair);
    }
    if (end == std::string_view::npos) break;
    redacted.push_back('&');
    rest.remove_prefix(end + 1);
  }
  return redacted;
}

uint64_t RequestLog::Arrived(const http::Request& request, int64_t now) {
  RequestRecord record;
  if (journal_length_ > 0) {
    record.time = now;
    record.verb = request.verb;
    record.path = request.path;
    record.query = RedactQuery(request.raw_query);
    record.body = RedactBody(request.path, request.body).substr(0, body_bytes_);
  }
  const MutexLock lock(&mutex_);
  version_.fetch_add(1, std::memory_order_relaxed);
  record.sequence = next_sequence_++;
  ++counters_.total_requests;
  counters_.max_in_flight = std::max(counters_.max_in_flight, ++counters_.in_flight);
  const bool known =
      counters_.requests.size() < kMaxCountedPaths || counters_.requests.contains(request.path);
  ++counters_.requests[known ? request.path : "other"];
  const uint64_t sequence = record.sequence;
  if (journal_length_ > 0) {
    if (journal_.size() == journal_length_) journal_.pop_front();
    journal_.push_back(std::move(record));
  }
  return sequence;
}

void RequestLog::Decided(uint64_t sequence, int status, const std::string& error,
                         const std::string& request_id) {
  const MutexLock lock(&mutex_);
  version_.fetch_add(1, std::memory_order_relaxed);
  if (journal_.empty() || sequence < journal_.front().sequence) return;
  const uint64_t index = sequence - journal_.front().sequence;
  if (index >= journal_.size()) return;
  RequestRecord& record = journal_[index];
  record.status = status;
  record.error = error;
  record.request_id = request_id;
}

void RequestLog::Left(bool answered) {
  const MutexLock lock(&mutex_);
  --counters_.in_flight;
  if (!answered) ++counters_.abandoned;
}

uint64_t RequestLog::CountOf(const std::string& path) const {
  const MutexLock lock(&mutex_);
  const auto it = counters_.requests.find(path);
  return it == counters_.requests.end() ? 0 : it->second;
}

Counters RequestLog::Read() const {
  const MutexLock lock(&mutex_);
  return counters_;
}

std::vector<RequestRecord> RequestLog::Journal() const {
  const MutexLock lock(&mutex_);
  return {journal_.begin(), journal_.end()};
}

void RequestLog::Reset() {
  const MutexLock lock(&mutex_);
  const int64_t in_flight = counters_.in_flight;
  counters_ = Counters();
  counters_.in_flight = in_flight;
  counters_.max_in_flight = in_flight;
  journal_.clear();
  version_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace emulator::engine
