// The control API under /_emulator/, which shows and controls the emulator. Thread safe.
#pragma once

#include <functional>
#include <string_view>

#include "emulator/engine/engine.h"
#include "emulator/http/message.h"

namespace emulator::control {

inline constexpr std::string_view kControlPrefix = "/_emulator";

// `counters` returns the counters including those of connections.
http::Answer ServeControl(engine::Engine& engine, const std::function<Counters()>& counters,
                          const http::Request& request);

}  // namespace emulator::control
