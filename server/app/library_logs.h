// What gRPC, Protobuf and Abseil log goes through our log, at the level debug: theirs would wait for a
// standard error that has no reader, in the middle of a call.
//
// Call it once, from the main thread, before other threads start.
#pragma once

namespace firstmile::app {

// A line names the line in the library's source and leaves the text out: gRPC's texts quote metadata, and
// Protobuf's the content of messages.
void RouteLibraryLogs();

}  // namespace firstmile::app
