// Who may use the control API. It stands open on developers' machines, beside browsers with pages of
// strangers.
//
// Pure function, safe from any thread.
#pragma once

#include <optional>

#include "emulator/emulator.h"
#include "emulator/http/message.h"

namespace emulator::control {

// The refusal of a request that may not be served, or nothing:
// - A peer beyond loopback, unless the options open the control API to all.
// - A Host that is a name other than localhost and those of the options. A page whose own name was made to
// lead here
//   (DNS rebinding) is of the same origin to its browser; its Host is what gives it away. Addresses cannot be
//   led elsewhere.
// - A change, or a stream of events, that a page of another origin asks for. Other reads change nothing, and
// a browser
//   shows no page the answer of another origin.
// - A change of a browser whose body is no application/json: forms send others, and without asking first.
// A request that names no page comes from no browser (curl, tests, backends) and is held to the first two
// alone.
std::optional<http::Answer> RefuseAccess(const Options& options, const http::Request& request);

}  // namespace emulator::control
