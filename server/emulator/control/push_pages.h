// The pages of the control API about pushes. Thread safe.
#pragma once

#include "emulator/engine/engine.h"
#include "emulator/http/message.h"

namespace emulator::control {

// The newest ones, oldest first: ?limit=. No signatures, and no values of the callback's query.
http::Answer ListPushes(engine::Engine& engine, const http::Request& request);
// {code, shop_id?, data?} or {code, shop_id?, body}: sends it to the callback, whatever is switched on.
http::Answer SendPush(engine::Engine& engine, const http::Request& request);

}  // namespace emulator::control
