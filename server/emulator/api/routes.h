// The table of paths. Immutable.
#pragma once

#include <span>
#include <string_view>

#include "emulator/api/call.h"

namespace emulator::api {

std::span<const Route> Routes();
const Route* FindRoute(std::string_view path);  // whatever the verb

// Runs the operation: body, permission of the shop, handler. The gateway has let the call in already. Without
// `pushes` no operation of the push module may be run.
Reply Run(const Route& route, const http::Request& request, World& world, const Caller& caller,
          push::Outbox* pushes = nullptr);

}  // namespace emulator::api
