// What belongs to the process as a whole: limits, signals, environment, the logs of libraries.
//
// Call each once, from the main thread, before other threads start.
#pragma once

namespace firstmile::app {

inline constexpr int kExitClean = 0;
inline constexpr int kExitCannotRun = 1;
inline constexpr int kExitBadUse = 64;
inline constexpr int kExitInterrupted = 130;

// No core dumps, which would hold secrets; files and sockets for the owner alone; as many open files and as
// much locked memory as allowed; no SIGPIPE; no variables with which libraries show secrets (environment.h);
// the logs of libraries go ours (library_logs.h); standard files that are closed stay so.
void PrepareProcess();

// Keeps SIGTERM and SIGINT from every thread that is started later.
void BlockStopSignals();

// Waits for SIGTERM or SIGINT. A second one, later, ends the process at once with kExitInterrupted.
void WaitForStopSignal();

}  // namespace firstmile::app
