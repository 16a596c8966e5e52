// The stream of server-sent events at /_emulator/events: tells a browser that something changed.
#pragma once

#include <memory>

#include "emulator/engine/engine.h"
#include "emulator/http/message.h"

namespace emulator::control {

inline constexpr int kMostEventStreams = 64;

bool IsEventStream(const http::Request& request);
// Ends when the client leaves. One "change" event at most every 200 ms.
std::unique_ptr<http::Exchange> OpenEventStream(engine::Engine& engine, const http::Request& request);

}  // namespace emulator::control
