#include "app/process.h"

#include <grpc/support/log.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "ops/call_log.h"

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

void LogForGrpc(gpr_log_func_args* args) {
  ops::LogEvent(ops::LogLevel::kDebug, "grpc", args->message);
}

}  // namespace

void PrepareProcess() {
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  prctl(PR_SET_DUMPABLE, 0);  // the limit does not bind a program that collects dumps through a pipe
  umask(0077);
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  std::signal(SIGPIPE, SIG_IGN);
  gpr_set_log_function(&LogForGrpc);
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
