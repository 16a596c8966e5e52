// One API request from its arrival to its answer, with the latency and the faults that apply to it.
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
  enum class Phase { kArrived, kActing, kAsking, kAnswering, kPausing, kSending };

  bool SkipsEffect() const;
  http::Step Arrive();
  http::Step Act();
  http::Step Ask();
  http::Step HaveReply(const api::Reply& reply);
  http::Step AfterEffect();
  http::Step Answer();
  http::Step FaultyAnswer();
  http::Step SlowBody();
  http::Answer ScriptedAnswer() const;

  Engine& engine_;
  const http::Request request_;
  const uint64_t sequence_;
  const std::optional<Fault> fault_;
  Phase phase_ = Phase::kArrived;
  std::function<std::optional<api::Reply>()> ask_again_;
  http::Answer answer_;
  std::size_t sent_bytes_ = 0;  // of a slow body
  bool answered_ = false;
};

}  // namespace emulator::engine
