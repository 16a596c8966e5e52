// What belongs to the process as a whole: limits, signals, gRPC's own log.
//
// Call each once, from the main thread, before other threads start.
#pragma once

namespace firstmile::app {

inline constexpr int kExitClean = 0;
inline constexpr int kExitCannotRun = 1;
inline constexpr int kExitBadUse = 64;
inline constexpr int kExitInterrupted = 130;

// No core dumps, which would hold secrets; files and sockets for the owner alone; as many open files as
// allowed; no SIGPIPE; gRPC's own log lines only at debug.
void PrepareProcess();

// Keeps SIGTERM and SIGINT from every thread that is started later.
void BlockStopSignals();

// Waits for SIGTERM or SIGINT. A second one, later, ends the process at once with kExitInterrupted.
void WaitForStopSignal();

}  // namespace firstmile::app
