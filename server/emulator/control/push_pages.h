// The control API's pages about pushes. Thread safe.
#pragma once

#include "emulator/engine/engine.h"
#include "emulator/http/message.h"

namespace emulator::control {

// The newest ?limit= pushes, oldest first, without signatures and without the values in the callback's query.
http::Answer ListPushes(engine::Engine& engine, const http::Request& request);
// {code, shop_id?, data?, lost?} or {code, shop_id?, body, lost?}: sends it to the callback, even if the code
// is off, or with `lost` adds it to the lost pushes.
http::Answer SendPush(engine::Engine& engine, const http::Request& request);
// A callback of the emulator itself.
http::Answer AcceptPush();

}  // namespace emulator::control
