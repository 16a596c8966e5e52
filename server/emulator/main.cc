// shopee-emulator: runs the stand-in until SIGINT or SIGTERM.
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <sys/resource.h>

#include <boost/asio/ip/address.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "emulator/emulator.h"
#include "emulator/flags.h"
#include "emulator/key_file.h"

namespace {

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 64;  // EX_USAGE of sysexits.h

int Report(int exit_code, const std::string& text) {
  fmt::print(stderr, "shopee-emulator: {}\n", text);
  return exit_code;
}

// Warns about what was removed around the key; never prints a part of the key.
bool TakeKeyFile(const std::string& path, std::string& key) {
  if (path.empty()) return true;
  const std::optional<emulator::KeyFile> file = emulator::ReadKeyFile(path);
  if (!file) return false;
  key = file->key;
  if (!file->removed.empty()) {
    Report(0, fmt::format("warning: the key in {} has {}; only the key itself is used", path,
                          fmt::join(file->removed, ", ")));
  }
  return true;
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
constexpr rlim_t kFewConnections = 10'000;  // fewer allowed connections cause a warning

// Every connection needs a descriptor: raises the soft limit to the hard one and lowers max_connections to
// fit.
void FitIntoDescriptorLimit(emulator::Options& options) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t own = kOwnDescriptors + kLoopDescriptors * static_cast<rlim_t>(options.threads);
  const rlim_t connections = limit.rlim_cur > own ? limit.rlim_cur - own : 1;
  if (connections >= static_cast<rlim_t>(options.max_connections)) return;
  options.max_connections = static_cast<int>(connections);
  if (connections < kFewConnections) {
    Report(0, fmt::format("warning: the limit of open files (ulimit -Hn) allows only {} connections",
                          connections));
  }
}

// `host` is one that the emulator listens on: an IP address or localhost.
bool IsLoopback(const std::string& host) {
  return host == "localhost" || boost::asio::ip::make_address(host).is_loopback();
}

bool WritePortFile(const std::string& path, uint16_t port) {
  if (path.empty()) return true;
  const std::string temporary = path + ".new";  // renamed into place, so that a reader never sees half of it
  std::ofstream file(temporary);
  file << port << '\n';
  file.close();
  return file && std::rename(temporary.c_str(), path.c_str()) == 0;
}

// Blocked before any thread starts, so that only sigwait receives them.
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
    return Report(kExitFailure, "cannot write " + line.port_file);
  if (!IsLoopback(line.options.host)) {
    Report(0, "warning: " + line.options.host +
                  " is not a loopback address: other machines can reach this emulator");
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
  if (!wrong.empty()) return Report(kExitUsage, wrong + " (try --help)");
  if (line.help) {
    fmt::print("{}", emulator::FlagsHelp());
    return 0;
  }
  if (!TakeKeyFile(line.partner_key_file, line.options.partner_key)) {
    return Report(kExitFailure, "cannot read a partner key from " + line.partner_key_file);
  }
  if (!ReadSeedFile(line.seed_file, line.options.seed_json)) {
    return Report(kExitFailure, "cannot read a seed from " + line.seed_file);
  }
  FitIntoDescriptorLimit(line.options);
  try {
    return Serve(line);
  } catch (const std::exception& failure) {
    return Report(kExitFailure, failure.what());
  }
}
