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

constexpr int kMostShops = 1200;  // so many have order numbers of their own
constexpr int kMostOrders = 5'000'000;
constexpr int kMostThreads = 64;
constexpr int kMostOffsetSeconds = 366 * 86400;
constexpr int kMostTokenSeconds = 365 * 86400;
constexpr int kMostIdleSeconds = 86400;

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
  if (!ReadInt(text, 1, kMostShops, shops)) return false;
  line.options.extra_shops = shops - 1;
  return true;
}

bool SetLatency(const std::string& text, CommandLine& line) {
  int latency = 0;
  if (!ReadInt(text, 0, static_cast<int>(http::kMostDelay.count()), latency)) return false;
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
    return text.starts_with('x') && ReadInt(text.substr(1), 1, ClockOptions::kMostFactor, clock.factor);
  }
  return true;
}

bool ReadSeconds(const std::string& text, std::chrono::seconds& out) {
  int seconds = 0;
  if (!ReadInt(text, 1, kMostTokenSeconds, seconds)) return false;
  out = std::chrono::seconds(seconds);
  return true;
}

struct Flag {
  std::string_view name;
  std::string_view help;
  bool (*set)(const std::string& text, CommandLine& line);
};

constexpr auto kFlags = std::to_array<Flag>({
    {"listen", "host:port; port 0 takes any free one (127.0.0.1:50080)", SetListen},
    {"partner_id", "the only partner id that is let in (2001887)",
     [](const std::string& t, CommandLine& l) {
       return absl::SimpleAtoi(t, &l.options.partner_id) && l.options.partner_id >= 0;
     }},
    {"partner_key_file", "file with the partner key (the public demo key)",
     [](const std::string& t, CommandLine& l) {
       l.partner_key_file = t;
       return !t.empty();
     }},
    {"orders", "unbound orders of shop 600000, at least 13 (250)",
     [](const std::string& t, CommandLine& l) {
       return ReadInt(t, 0, kMostOrders, l.options.unbound_orders);
     }},
    {"shops", "number of shops, 600000 and on, up to 1200 (25)", SetShops},
    {"orders_per_shop", "unbound orders of every other shop (30)",
     [](const std::string& t, CommandLine& l) {
       return ReadInt(t, 0, kMostOrders, l.options.orders_per_shop);
     }},
    {"latency_ms", "added to every API answer (0)", SetLatency},
    {"rate_limit", "calls a second of each shop; 0: any number (0)",
     [](const std::string& t, CommandLine& l) {
       return ReadInt(t, 0, gateway::kMostPerSecond, l.options.rate_limit.per_second);
     }},
    {"rate_limit_by", "shop, or path to limit each path of a shop by itself (shop)",
     [](const std::string& t, CommandLine& l) {
       l.options.rate_limit.path = t == "path" ? kEachPath : "";
       return t == "path" || t == "shop";
     }},
    {"rate_limit_window", "fixed or sliding seconds (fixed)",
     [](const std::string& t, CommandLine& l) {
       l.options.rate_limit.window = t == "sliding" ? RateLimit::Window::kSliding : RateLimit::Window::kFixed;
       return t == "sliding" || t == "fixed";
     }},
    {"access_token_life", "seconds (14400)",
     [](const std::string& t, CommandLine& l) { return ReadSeconds(t, l.options.access_token_life); }},
    {"refresh_token_life", "seconds (2592000)",
     [](const std::string& t, CommandLine& l) { return ReadSeconds(t, l.options.refresh_token_life); }},
    {"redirect_domain", "where sellers may be sent after consent (anywhere)",
     [](const std::string& t, CommandLine& l) {
       l.options.redirect_domain = t;
       return !t.empty();
     }},
    {"idle_seconds", "until a connection without a request is closed; 0: never (300)",
     [](const std::string& t, CommandLine& l) {
       int seconds = 0;
       if (!ReadInt(t, 0, kMostIdleSeconds, seconds)) return false;
       l.options.idle_timeout = std::chrono::seconds(seconds);
       return true;
     }},
    {"threads", "event loops (1)",
     [](const std::string& t, CommandLine& l) { return ReadInt(t, 1, kMostThreads, l.options.threads); }},
    {"clock_offset_s", "by which the platform's clock is ahead of this machine's (0)",
     [](const std::string& t, CommandLine& l) {
       int seconds = 0;
       const bool read = ReadInt(t, -kMostOffsetSeconds, kMostOffsetSeconds, seconds);
       l.options.clock_offset = std::chrono::seconds(seconds);
       return read;
     }},
    {"clock", "real, manual, or xN for N seconds in each one (real)", SetClock},
    {"seed", "of everything that is drawn at random (1)",
     [](const std::string& t, CommandLine& l) {
       return absl::SimpleAtoi(t, &l.options.seed) && absl::SimpleAtoi(t, &l.options.fault_seed);
     }},
    {"seed_file", "JSON file with shops and orders to add",
     [](const std::string& t, CommandLine& l) {
       l.seed_file = t;
       return !t.empty();
     }},
    {"control_from", "who may use /_emulator/: loopback or anywhere (loopback)",
     [](const std::string& t, CommandLine& l) {
       l.options.control_from_anywhere = t == "anywhere";
       return t == "anywhere" || t == "loopback";
     }},
    {"control_host", "name under which /_emulator/ may be asked, besides localhost; repeatable (none)",
     [](const std::string& t, CommandLine& l) {
       l.options.control_hosts.push_back(absl::AsciiStrToLower(t));
       return !t.empty();
     }},
    {"push_url", "http:// URL that receives all pushes from the start (none)",
     [](const std::string& t, CommandLine& l) {
       l.options.push_url = t;
       return push::ParseCallbackUrl(t).has_value();
     }},
    {"port_file", "file that receives the port once the emulator listens",
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
    if (!flag->set(value, line)) return absl::StrCat("bad value for --", name, ": ", value);
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
