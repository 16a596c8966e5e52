// What the listener did to callers' connections, as log lines and metrics.
#pragma once

#include "listener/acceptor.h"
#include "ops/metrics.h"

namespace firstmile::app {

// Counts each event, and logs one line a second at most for each kind. `metrics` outlives the events; those
// that hand over a connection are left to the caller.
listener::AcceptorEvents ListenerLog(ops::Metrics& metrics, const listener::ConnectionBounds& bounds);

}  // namespace firstmile::app
