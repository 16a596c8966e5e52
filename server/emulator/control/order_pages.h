// Creates orders and lets events happen to them, for people and tests. Thread safe.
#pragma once

#include "emulator/engine/engine.h"
#include "emulator/http/message.h"

namespace emulator::control {

http::Answer ListOrderEvents();
http::Answer CreateOrder(engine::Engine& engine, const http::Request& request);
http::Answer ChangeOrder(engine::Engine& engine, const http::Request& request);

}  // namespace emulator::control
