// The control API under /_emulator/: looks into the emulator and steers it. Thread safe.
#pragma once

#include <functional>
#include <string_view>

#include "emulator/engine/engine.h"
#include "emulator/http/message.h"

namespace emulator::control {

inline constexpr std::string_view kControlPrefix = "/_emulator";

// `counters` reads the counters together with the connection figures.
http::Answer ServeControl(engine::Engine& engine, const std::function<Counters()>& counters,
                          const http::Request& request);

}  // namespace emulator::control
