// One API request from arrival to answer, with the latency and the faults that apply to it.
#pragma once

#include <functional>
#include <optional>

#include "emulator/engine/engine.h"
#include "emulator/http/message.h"

namespace emulator::engine {

class ApiExchange : public http::Exchange {
 public:
  ApiExchange(Engine& engine, http::Request request);
  ~ApiExchange() override;

  http::Step Next() override;
  void Sent() override { answered_ = true; }

 private:
  enum class Phase { kArrived, kActing, kPolling, kAnswering, kPausing, kSending };

  bool SkipsEffect() const;
  http::Step Arrive();
  http::Step Act();
  http::Step Poll();
  http::Step HaveReply(const api::Reply& reply);
  http::Step AfterEffect();
  http::Step Answer();
  http::Step FaultyAnswer();
  http::Step SlowBody();
  http::Answer ScriptedAnswer() const;

  Engine& engine_;
  const http::Request request_;
  // These are read before the request is counted: a test that waits for the counter may then change the
  // faults.
  const bool stays_silent_;
  const std::optional<Fault> fault_;
  const uint64_t sequence_;
  Phase phase_ = Phase::kArrived;
  std::function<std::optional<api::Reply>()> poll_;
  http::Answer answer_;
  std::size_t sent_bytes_ = 0;  // of a slow body
  bool answered_ = false;
};

}  // namespace emulator::engine
