#include "emulator/flags.h"

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "emulator/gateway/rate_limiter.h"
#include "emulator/http/limits.h"
#include "emulator/push/callback_url.h"

namespace emulator {
namespace {

constexpr int kMaxShops = 1200;  // order numbers are unique up to this many shops
constexpr int kMaxOrders = 5'000'000;
constexpr int kMaxThreads = 64;
constexpr int kMaxOffsetSeconds = 366 * 86400;
constexpr int kMaxTokenSeconds = 365 * 86400;
constexpr int kMaxIdleSeconds = 86400;

bool ReadInt(const std::string& text, int least, int most, int& out) {
  return absl::SimpleAtoi(text, &out) && out >= least && out <= most;
}

// Splits "host:port" or "[v6]:port".
bool SetListen(const std::string& text, CommandLine& line) {
  const std::size_t colon = text.rfind(':');
  int port = 0;
  if (colon == std::string::npos || !ReadInt(text.substr(colon + 1), 0, 65535, port)) return false;
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  line.options.host = host;
  line.options.port = static_cast<uint16_t>(port);
  return !host.empty();
}

bool SetShops(const std::string& text, CommandLine& line) {
  int shops = 0;
  if (!ReadInt(text, 1, kMaxShops, shops)) return false;
  line.options.extra_shops = shops - 1;
  return true;
}

bool SetLatency(const std::string& text, CommandLine& line) {
  int latency = 0;
  if (!ReadInt(text, 0, static_cast<int>(http::kMaxDelay.count()), latency)) return false;
  line.options.latency = std::chrono::milliseconds(latency);
  return true;
}

// "real", "manual" or "x60".
bool SetClock(const std::string& text, CommandLine& line) {
  ClockOptions& clock = line.options.clock;
  if (text == "real") {
    clock.mode = ClockOptions::Mode::kReal;
  } else if (text == "manual") {
    clock.mode = ClockOptions::Mode::kManual;
  } else {
    clock.mode = ClockOptions::Mode::kFactor;
    return text.starts_with('x') && ReadInt(text.substr(1), 1, ClockOptions::kMaxFactor, clock.factor);
  }
  return true;
}

bool ReadSeconds(const std::string& text, std::chrono::seconds& out) {
  int seconds = 0;
  if (!ReadInt(text, 1, kMaxTokenSeconds, seconds)) return false;
  out = std::chrono::seconds(seconds);
  return true;
}

struct Flag {
  std::string_view name;
  std::string_view help;
  bool (*set)(const std::string& text, CommandLine& line);
};

constexpr auto kFlags = std::to_array<Flag>({
    {"listen", "host:port; port 0 takes any free port (127.0.0.1:50080)", SetListen},
    {"partner_id", "the only partner id that is accepted (2001887)",
     [](const std::string& t, CommandLine& l) {
       return absl::SimpleAtoi(t, &l.options.partner_id) && l.options.partner_id >= 0;
     }},
    {"partner_key_file", "file with the partner key (the public demo key)",
     [](const std::string& t, CommandLine& l) {
       l.partner_key_file = t;
       return !t.empty();
     }},
    {"orders", "unbound orders of shop 600000, at least 13; up to 5000000 (250)",
     [](const std::string& t, CommandLine& l) {
       return ReadInt(t, 0, kMaxOrders, l.options.unbound_orders);
     }},
    {"shops", "number of shops, from 600000 on; 1 to 1200 (25)", SetShops},
    {"orders_per_shop", "unbound orders of every other shop; 0 to 5000000 (30)",
     [](const std::string& t, CommandLine& l) {
       return ReadInt(t, 0, kMaxOrders, l.options.orders_per_shop);
     }},
    {"latency_ms", "added to every API answer; 0 to 3600000 (0)", SetLatency},
    {"rate_limit", "calls per second of each shop and merchant; 1 to 1000000, or 0 for no limit (0)",
     [](const std::string& t, CommandLine& l) {
       return ReadInt(t, 0, gateway::kMaxPerSecond, l.options.rate_limit.per_second);
     }},
    {"rate_limit_by", "shop, or path to limit each path of a shop separately (shop)",
     [](const std::string& t, CommandLine& l) {
       l.options.rate_limit.path = t == "path" ? kEachPath : "";
       return t == "path" || t == "shop";
     }},
    {"rate_limit_window", "fixed (whole seconds of the clock) or sliding (fixed)",
     [](const std::string& t, CommandLine& l) {
       l.options.rate_limit.window = t == "sliding" ? RateLimit::Window::kSliding : RateLimit::Window::kFixed;
       return t == "sliding" || t == "fixed";
     }},
    {"access_token_life", "seconds; 1 to 31536000 (14400)",
     [](const std::string& t, CommandLine& l) { return ReadSeconds(t, l.options.access_token_life); }},
    {"refresh_token_life", "seconds; 1 to 31536000 (2592000)",
     [](const std::string& t, CommandLine& l) { return ReadSeconds(t, l.options.refresh_token_life); }},
    {"spent_refresh_grace",
     "seconds during which a spent refresh token returns the same pair; 0 to 31536000 (0)",
     [](const std::string& t, CommandLine& l) {
       int seconds = 0;
       const bool read = ReadInt(t, 0, kMaxTokenSeconds, seconds);
       l.options.spent_refresh_grace = std::chrono::seconds(seconds);
       return read;
     }},
    {"redirect_domain", "host to which sellers may be redirected after consent (anywhere)",
     [](const std::string& t, CommandLine& l) {
       l.options.redirect_domain = t;
       return !t.empty();
     }},
    {"idle_seconds", "closes a connection after so long without a request; 1 to 86400, or 0 for never (300)",
     [](const std::string& t, CommandLine& l) {
       int seconds = 0;
       if (!ReadInt(t, 0, kMaxIdleSeconds, seconds)) return false;
       l.options.idle_timeout = std::chrono::seconds(seconds);
       return true;
     }},
    {"threads", "event loops; 1 to 64 (1)",
     [](const std::string& t, CommandLine& l) { return ReadInt(t, 1, kMaxThreads, l.options.threads); }},
    {"clock_offset_s",
     "seconds by which Shopee's clock is ahead of this machine's; -31622400 to 31622400 (0)",
     [](const std::string& t, CommandLine& l) {
       int seconds = 0;
       const bool read = ReadInt(t, -kMaxOffsetSeconds, kMaxOffsetSeconds, seconds);
       l.options.clock_offset = std::chrono::seconds(seconds);
       return read;
     }},
    {"clock", "real, manual, or xN for N seconds per second (real)", SetClock},
    {"seed", "seed of everything that is drawn at random (1)",
     [](const std::string& t, CommandLine& l) {
       return absl::SimpleAtoi(t, &l.options.seed) && absl::SimpleAtoi(t, &l.options.fault_seed);
     }},
    {"seed_file", "JSON file with shops and orders to add (none)",
     [](const std::string& t, CommandLine& l) {
       l.seed_file = t;
       return !t.empty();
     }},
    {"control_from", "which peers may use /_emulator/: loopback or anywhere (loopback)",
     [](const std::string& t, CommandLine& l) {
       l.options.control_from_anywhere = t == "anywhere";
       return t == "anywhere" || t == "loopback";
     }},
    {"control_host", "host name that /_emulator/ also accepts; repeatable (none)",
     [](const std::string& t, CommandLine& l) {
       l.options.control_hosts.push_back(absl::AsciiStrToLower(t));
       return !t.empty();
     }},
    {"push_url", "http:// URL that receives all pushes from the start (none)",
     [](const std::string& t, CommandLine& l) {
       l.options.push_url = t;
       return push::ParseCallbackUrl(t).has_value();
     }},
    {"port_file", "file that receives the port once the emulator listens (none)",
     [](const std::string& t, CommandLine& l) {
       l.port_file = t;
       return !t.empty();
     }},
});

const Flag* FindFlag(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  const auto it =
      std::find_if(kFlags.begin(), kFlags.end(), [&](const Flag& flag) { return flag.name == name; });
  return it == kFlags.end() ? nullptr : &*it;
}

// The help text without the default at its end.
std::string Allowed(const Flag& flag) {
  return std::string(flag.help.substr(0, flag.help.rfind(" (")));
}

}  // namespace

std::string ParseCommandLine(int argc, const char* const* argv, CommandLine& line) {
  line.options.port = 50080;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--help" || argument == "-h") {
      line.help = true;
      continue;
    }
    if (!argument.starts_with("--")) return "unexpected argument " + argument;
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
    const Flag* flag = FindFlag(name);
    if (flag == nullptr) return "unknown flag --" + name;
    if (equals == std::string::npos && i + 1 == argc) return "--" + name + " needs a value";
    const std::string value = equals == std::string::npos ? argv[++i] : argument.substr(equals + 1);
    if (!flag->set(value, line)) {
      return absl::StrCat("invalid value for --", name, ": ", value, " (", Allowed(*flag), ")");
    }
  }
  return "";
}

std::string FlagsHelp() {
  std::string help = "shopee-emulator: a stateful stand-in for the Shopee Open Platform API v2\n\n";
  for (const Flag& flag : kFlags) {
    absl::StrAppend(&help, "  --", std::string(flag.name), std::string(20 - flag.name.size(), ' '),
                    std::string(flag.help), "\n");
  }
  return help;
}

}  // namespace emulator
