// The callers of the load tests, in C++ so that the sidecar is measured rather than the caller. Prints one
// JSON object.
//
//   load_client steady --target T --phases 8 --phase_ms 1500 --shops 600000:97 --rate 300 \
//       --disturbing 600097:10,600098:10
//     Open-loop load on the shops at one total rate; in every second phase the disturbing ones are also
//     called, at their own rates.
//   load_client burst --target T --server_pid P --shops 600000:1 --calls 20000 --deadline_ms 10000
//     Starts all calls at once. The server is stopped meanwhile and measured from its resumption: otherwise
//     the caller's pace would decide how many calls the server has at a time.
//   load_client closed --target T --shops 600000:20 --calls 10000 --in_flight 32
//     A fixed number of concurrent calls; the next starts when one ends.
//   load_client calm --target T --shops 600000:1 --until_file F
//     Sequential calls until the file exists.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <deque>
#include <filesystem>
#include <iostream>
#include <map>
#include <stdexcept>
#include <thread>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "load/timed_call.h"

ABSL_FLAG(std::string, target, "", "address of the server");
ABSL_FLAG(int, server_pid, 0, "process that is stopped while the burst starts; 0: none");
ABSL_FLAG(std::string, shops, "600000:1", "first shop and how many");
ABSL_FLAG(int, deadline_ms, 10000, "of each call");
ABSL_FLAG(int, calls, 1000, "of the burst, or of the closed loop");
ABSL_FLAG(int, in_flight, 32, "of the closed loop: calls at a time");
ABSL_FLAG(int, phases, 8, "of the steady load; in those with an odd number the disturbing shops take part");
ABSL_FLAG(int, phase_ms, 1000, "length of a phase");
ABSL_FLAG(int, rate, 300, "calls a second on all shops together");
ABSL_FLAG(std::vector<std::string>, disturbing, {}, "shop:calls a second, ...");
ABSL_FLAG(std::string, until_file, "", "whose appearance ends the calm caller");

namespace firstmile::load {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr int kWarmUpCalls = 300;

struct ShopRange {
  std::int64_t first = 0;
  int count = 1;
};

ShopRange ParseShops(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, ':');
  ShopRange range;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &range.first) ||
      !absl::SimpleAtoi(parts[1], &range.count) || range.count < 1) {
    throw std::runtime_error("not FIRST:COUNT: " + text);
  }
  return range;
}

milliseconds Deadline() {
  return milliseconds(absl::GetFlag(FLAGS_deadline_ms));
}

// When which shop is called, from the start of a phase.
struct Due {
  std::chrono::microseconds at;
  std::int64_t shop_id;
};

void AddEvenly(std::int64_t first_shop, int shops, int rate, std::vector<Due>& plan) {
  const std::chrono::microseconds length = milliseconds(absl::GetFlag(FLAGS_phase_ms));
  const std::chrono::microseconds step(1'000'000 / rate);
  int next = 0;
  for (auto at = step / 2; at < length; at += step) plan.push_back({at, first_shop + next++ % shops});
}

std::vector<Due> PlanOf(bool disturbed) {
  std::vector<Due> plan;
  const ShopRange shops = ParseShops(absl::GetFlag(FLAGS_shops));
  AddEvenly(shops.first, shops.count, absl::GetFlag(FLAGS_rate), plan);
  for (const std::string& text : absl::GetFlag(FLAGS_disturbing)) {
    const ShopRange shop = ParseShops(text);  // its rate instead of a count
    if (disturbed) AddEvenly(shop.first, 1, shop.count, plan);
  }
  std::sort(plan.begin(), plan.end(), [](const Due& a, const Due& b) { return a.at < b.at; });
  return plan;
}

// The measurements of one kind of phase.
struct Kind {
  json::array healthy_us;
  std::map<std::string, int> healthy_failures;
  std::map<std::int64_t, std::map<std::string, int>> others;
};

void RunPhase(v1::FirstMileService::Stub& stub, bool disturbed, Kind& kind) {
  const ShopRange shops = ParseShops(absl::GetFlag(FLAGS_shops));
  CallsUnderWay calls(stub);
  const Clock::time_point start = Clock::now();
  for (const Due& due : PlanOf(disturbed)) {
    std::this_thread::sleep_until(start + due.at);  // the load itself
    calls.Start(due.shop_id, Deadline());
  }
  calls.Wait();
  for (const auto& call : calls.calls()) {
    const bool healthy = call->shop_id() >= shops.first && call->shop_id() < shops.first + shops.count;
    if (!healthy) {
      ++kind.others[call->shop_id()][call->End()];
    } else if (call->End() == "OK") {
      kind.healthy_us.push_back(call->took().count());
    } else {
      ++kind.healthy_failures[call->End()];
    }
  }
}

json::object Describe(const Kind& kind) {
  json::object failures;
  for (const auto& [end, count] : kind.healthy_failures) failures[end] = count;
  json::object others;
  for (const auto& [shop, ends] : kind.others) {
    json::object counts;
    for (const auto& [end, count] : ends) counts[end] = count;
    others[std::to_string(shop)] = std::move(counts);
  }
  return {{"healthy_us", kind.healthy_us}, {"healthy_failures", failures}, {"others", others}};
}

json::object SummaryOf(const CallsUnderWay& calls) {
  std::vector<const TimedCall*> all;
  all.reserve(calls.calls().size());
  for (const auto& call : calls.calls()) all.push_back(call.get());
  return Summarize(all);
}

json::object Burst(v1::FirstMileService::Stub& stub, int count) {
  const ShopRange shops = ParseShops(absl::GetFlag(FLAGS_shops));
  const pid_t server = absl::GetFlag(FLAGS_server_pid);
  const Clock::time_point start = Clock::now();
  CallsUnderWay calls(stub);
  if (server != 0) kill(server, SIGSTOP);
  for (int i = 0; i < count; ++i) calls.Start(shops.first + i % shops.count, Deadline());
  if (server != 0) {
    calls.MeasureFrom(Clock::now());
    kill(server, SIGCONT);
  }
  calls.Wait();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  std::vector<const TimedCall*> refused;
  for (const auto& call : calls.calls()) {
    if (call->refused()) refused.push_back(call.get());
  }
  return {{"ends", SummaryOf(calls)}, {"refused", Describe(refused)}, {"seconds", seconds}};
}

json::object Steady(v1::FirstMileService::Stub& stub) {
  Burst(stub, kWarmUpCalls);
  Kind calm;
  Kind disturbed;
  for (int phase = 0; phase < absl::GetFlag(FLAGS_phases); ++phase) {
    // Calm, disturbed, disturbed, calm: gradual changes of the machine's speed affect both equally.
    const bool is_disturbed = phase % 4 == 1 || phase % 4 == 2;
    RunPhase(stub, is_disturbed, is_disturbed ? disturbed : calm);
  }
  return {{"calm", Describe(calm)}, {"disturbed", Describe(disturbed)}};
}

// Each thread makes its share of the calls sequentially.
json::object Closed(v1::FirstMileService::Stub& stub) {
  const ShopRange shops = ParseShops(absl::GetFlag(FLAGS_shops));
  const int threads = absl::GetFlag(FLAGS_in_flight);
  const int share = absl::GetFlag(FLAGS_calls) / threads;
  std::deque<CallsUnderWay> shares;
  for (int i = 0; i < threads; ++i) shares.emplace_back(stub);
  const Clock::time_point start = Clock::now();
  std::vector<std::jthread> callers;
  for (int i = 0; i < threads; ++i) {
    callers.emplace_back([&shops, share, &calls = shares[static_cast<std::size_t>(i)], i] {
      for (int call = 0; call < share; ++call) {
        calls.Start(shops.first + (i + call) % shops.count, Deadline());
        calls.Wait();
      }
    });
  }
  callers.clear();  // joins
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  std::vector<const TimedCall*> all;
  for (const CallsUnderWay& calls : shares) {
    for (const auto& call : calls.calls()) all.push_back(call.get());
  }
  return {{"ends", Summarize(all)}, {"seconds", seconds}};
}

json::object Calm(v1::FirstMileService::Stub& stub) {
  const ShopRange shops = ParseShops(absl::GetFlag(FLAGS_shops));
  CallsUnderWay calls(stub);
  while (!std::filesystem::exists(absl::GetFlag(FLAGS_until_file))) {
    calls.Start(shops.first, Deadline());
    calls.Wait();
  }
  return {{"ends", SummaryOf(calls)}};
}

json::object Run(const std::string& mode) {
  const auto stub = ConnectTo(absl::GetFlag(FLAGS_target));
  if (mode == "steady") return Steady(*stub);
  if (mode == "burst") return Burst(*stub, absl::GetFlag(FLAGS_calls));
  if (mode == "closed") return Closed(*stub);
  if (mode == "calm") return Calm(*stub);
  throw std::runtime_error("there is no mode " + mode);
}

}  // namespace
}  // namespace firstmile::load

int main(int argc, char** argv) {
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  try {
    if (rest.size() != 2)
      throw std::runtime_error("usage: load_client steady|burst|closed|calm --target ...");
    std::cout << boost::json::serialize(firstmile::load::Run(rest[1])) << '\n';
    return 0;
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
