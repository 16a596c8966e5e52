#include "emulator/control/events.h"

#include <absl/strings/str_cat.h>

#include "emulator/control/access.h"
#include "emulator/control/json_answer.h"

namespace emulator::control {
namespace {

using http::Step;

constexpr std::chrono::milliseconds kPollInterval{200};
constexpr int kQuietPollsBeforePing = 75;  // a ping every 15 s detects that the client is gone

class EventStream : public http::Exchange {
 public:
  explicit EventStream(engine::Engine& engine) : engine_(engine) {}
  ~EventStream() override { --engine_.event_streams(); }

  Step Next() override {
    if (!begun_) return Begin();
    if (must_wait_) {
      must_wait_ = false;
      return {Step::Kind::kWait, kPollInterval, {}};
    }
    must_wait_ = true;
    return Poll();
  }
  void Sent() override {}

 private:
  Step Begin() {
    begun_ = true;
    Step head{Step::Kind::kBegin, {}, {}};
    head.answer.content_type = "text/event-stream";
    head.answer.headers = {{"Cache-Control", "no-store"}};
    return head;
  }

  Step Poll() {
    const uint64_t version = engine_.version();
    const int64_t now = engine_.Now();
    Step part{Step::Kind::kPart, {}, {}};
    if (version == seen_version_ && now == seen_now_) {
      if (++quiet_polls_ < kQuietPollsBeforePing) {
        must_wait_ = false;
        return {Step::Kind::kWait, kPollInterval, {}};
      }
      part.answer.body = ": still here\n\n";
    } else {
      part.answer.body =
          absl::StrCat("event: change\ndata: {\"version\":", version, ",\"now\":", now, "}\n\n");
    }
    quiet_polls_ = 0;
    seen_version_ = version;
    seen_now_ = now;
    return part;
  }

  engine::Engine& engine_;
  bool begun_ = false;
  bool must_wait_ = false;
  int quiet_polls_ = 0;
  uint64_t seen_version_ = 0;
  int64_t seen_now_ = -1;
};

class Refusal : public http::Exchange {
 public:
  explicit Refusal(http::Answer answer) : answer_(std::move(answer)) {}
  Step Next() override { return {Step::Kind::kAnswer, {}, std::move(answer_)}; }
  void Sent() override {}

 private:
  http::Answer answer_;
};

}  // namespace

bool IsEventStream(const http::Request& request) {
  return request.verb == "GET" && request.path == "/_emulator/events";
}

std::unique_ptr<http::Exchange> OpenEventStream(engine::Engine& engine, const http::Request& request) {
  if (auto refusal = RefuseAccess(engine.options(), request)) {
    return std::make_unique<Refusal>(*std::move(refusal));
  }
  if (++engine.event_streams() > kMaxEventStreams) {
    --engine.event_streams();
    return std::make_unique<Refusal>(Error(503, "64 event streams are open already"));
  }
  return std::make_unique<EventStream>(engine);
}

}  // namespace emulator::control
