// The control API's pages that show and move the clock. Thread safe.
#pragma once

#include "emulator/engine/engine.h"
#include "emulator/http/message.h"

namespace emulator::control {

http::Answer ShowClock(engine::Engine& engine);
http::Answer MoveClock(engine::Engine& engine, const http::Request& request);

}  // namespace emulator::control
