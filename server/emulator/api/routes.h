// The table of paths. Immutable.
#pragma once

#include <span>
#include <string_view>

#include "emulator/api/call.h"

namespace emulator::api {

std::span<const Route> Routes();
const Route* FindRoute(std::string_view path);  // for any verb

// Parses the body, checks the shop's permission and runs the handler. Requires that the gateway's checks
// passed. Without `pushes`, no operation of the push module may run.
Reply Run(const Route& route, const http::Request& request, World& world, const Caller& caller,
          push::Outbox* pushes = nullptr);

}  // namespace emulator::api
