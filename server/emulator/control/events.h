// The server-sent events at /_emulator/events, which notify a browser of changes.
#pragma once

#include <memory>

#include "emulator/engine/engine.h"
#include "emulator/http/message.h"

namespace emulator::control {

inline constexpr int kMaxEventStreams = 64;

bool IsEventStream(const http::Request& request);
// Sends a "change" event at most every 200 ms. Ends when the client closes.
std::unique_ptr<http::Exchange> OpenEventStream(engine::Engine& engine, const http::Request& request);

}  // namespace emulator::control
