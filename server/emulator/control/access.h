// Access to the control API, which has no authentication and runs on developers' machines beside browsers.
// Pure function; thread safe.
#pragma once

#include <optional>

#include "emulator/emulator.h"
#include "emulator/http/message.h"

namespace emulator::control {

// The refusal of a request, or nullopt. These are refused:
// - peers beyond loopback, unless the options open the control API to all;
//
// 1. Peers beyond loopback, unless the options open the control API to all.
//
// 2. A Host that is a name other than localhost and Options::control_hosts. After DNS rebinding, the browser
// takes a page for one of the emulator's origin, and only the Host differs. IP addresses cannot be rebound.
//
// 3. A change or an event stream that a page of another origin requests. Other reads change nothing, and the
// browser does not show their answers to the page.
//
// 4. A change from a browser whose body is not application/json: forms send other types without a CORS
// preflight.
//
// Requests that name no page (curl, tests, backends) are subject to the first two only.
std::optional<http::Answer> RefuseAccess(const Options& options, const http::Request& request);

}  // namespace emulator::control
