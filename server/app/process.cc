#include "app/process.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <thread>
#include <tuple>

#include "app/environment.h"
#include "app/library_logs.h"

namespace firstmile::app {
namespace {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

void WaitForOneSignal() {
  const sigset_t signals = StopSignals();
  int signal = 0;
  sigwait(&signals, &signal);
}

void RaiseLimit(__rlimit_resource resource) {
  rlimit limit{};
  getrlimit(resource, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(resource, &limit);
}

// A program that is started with a closed standard error would get its number for the next file or socket,
// and log into that. /dev/null is opened for reading, so that lines written to it are counted as lost.
void KeepStandardFiles() {
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(file, F_GETFD) < 0 && errno == EBADF) std::ignore = open("/dev/null", O_RDONLY);
  }
}

}  // namespace

void PrepareProcess() {
  KeepStandardFiles();
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  prctl(PR_SET_DUMPABLE, 0);  // the limit does not bind a program that collects dumps through a pipe
  umask(0077);
  RaiseLimit(RLIMIT_NOFILE);
  RaiseLimit(RLIMIT_MEMLOCK);  // for secrets; see secrets/locked_memory.h
  std::signal(SIGPIPE, SIG_IGN);
  RemoveLibraryVariables();
  RouteLibraryLogs();
}

void BlockStopSignals() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void WaitForStopSignal() {
  WaitForOneSignal();
  std::thread([] {
    WaitForOneSignal();
    _exit(kExitInterrupted);
  }).detach();
}

}  // namespace firstmile::app
