// What gRPC, Protobuf and Abseil log goes through our log, at the level debug: theirs would wait for a
// standard error that nobody reads, in the middle of a call.
//
// Call it once, from the main thread, before other threads start.
#pragma once

namespace firstmile::app {

// A line names the place in the library's source and leaves the text out: gRPC's texts quote metadata, and
// Protobuf's the content of messages.
void RouteLibraryLogs();

}  // namespace firstmile::app
