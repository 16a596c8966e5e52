// shopee-emulator: runs the stand-in until SIGINT or SIGTERM.
#include <fmt/core.h>
#include <sys/resource.h>

#include <boost/asio/ip/address.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <sstream>
#include <string>

#include "emulator/emulator.h"
#include "emulator/flags.h"

namespace {

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 64;  // EX_USAGE of sysexits.h

int Complain(int exit_code, const std::string& text) {
  fmt::print(stderr, "shopee-emulator: {}\n", text);
  return exit_code;
}

bool ReadKeyFile(const std::string& path, std::string& key) {
  if (path.empty()) return true;
  std::ifstream file(path);
  return static_cast<bool>(file >> key) && !key.empty();
}

bool ReadSeedFile(const std::string& path, std::string& seed) {
  if (path.empty()) return true;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  seed = text.str();
  return file && !seed.empty();
}

constexpr rlim_t kOwnDescriptors = 28;      // besides those of connections and event loops
constexpr rlim_t kLoopDescriptors = 4;      // of each event loop, generously
constexpr rlim_t kFewConnections = 10'000;  // less room than this is worth a warning

// Every connection needs a descriptor: takes as many as this process may have.
void FitIntoDescriptorLimit(emulator::Options& options) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t own = kOwnDescriptors + kLoopDescriptors * static_cast<rlim_t>(options.threads);
  const rlim_t room = limit.rlim_cur > own ? limit.rlim_cur - own : 1;
  if (room >= static_cast<rlim_t>(options.max_connections)) return;
  options.max_connections = static_cast<int>(room);
  if (room < kFewConnections) {
    Complain(
        0, fmt::format("warning: the limit of open files (ulimit -Hn) leaves room for {} connections", room));
  }
}

// The host is one that the emulator listens on: an address, or localhost.
bool IsLoopback(const std::string& host) {
  return host == "localhost" || boost::asio::ip::make_address(host).is_loopback();
}

bool WritePortFile(const std::string& path, uint16_t port) {
  if (path.empty()) return true;
  const std::string temporary = path + ".new";  // renamed, so that a reader never sees half of it
  std::ofstream file(temporary);
  file << port << '\n';
  file.close();
  return file && std::rename(temporary.c_str(), path.c_str()) == 0;
}

// Blocked before any thread starts, so that only sigwait takes them.
sigset_t BlockEndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int Serve(const emulator::CommandLine& line) {
  const sigset_t signals = BlockEndSignals();
  emulator::Emulator emulator(line.options);
  if (!WritePortFile(line.port_file, emulator.port()))
    return Complain(kExitFailure, "cannot write " + line.port_file);
  if (!IsLoopback(line.options.host)) {
    Complain(0, "warning: " + line.options.host + " is no loopback address, others can reach this emulator");
  }
  fmt::print("shopee-emulator listens on {}\n", emulator.base_url());
  std::fflush(stdout);
  int received = 0;
  sigwait(&signals, &received);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  emulator::CommandLine line;
  const std::string wrong = emulator::ParseCommandLine(argc, argv, line);
  if (!wrong.empty()) return Complain(kExitUsage, wrong + " (try --help)");
  if (line.help) {
    fmt::print("{}", emulator::FlagsHelp());
    return 0;
  }
  if (!ReadKeyFile(line.partner_key_file, line.options.partner_key)) {
    return Complain(kExitFailure, "cannot read a partner key from " + line.partner_key_file);
  }
  if (!ReadSeedFile(line.seed_file, line.options.seed_json)) {
    return Complain(kExitFailure, "cannot read a seed from " + line.seed_file);
  }
  FitIntoDescriptorLimit(line.options);
  try {
    return Serve(line);
  } catch (const std::exception& failure) {
    return Complain(kExitFailure, failure.what());
  }
}
