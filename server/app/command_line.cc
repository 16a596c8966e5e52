#include "app/command_line.h"

#include <getopt.h>

#include <array>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace firstmile::app {
namespace {

enum Flag { kConfig = 1, kListen, kUpstream, kPartnerId, kPartnerKeyFile, kCheckUpstream, kHelp, kVersion };

constexpr std::array<option, 9> kFlags = {{
    {"config", required_argument, nullptr, kConfig},
    {"listen", required_argument, nullptr, kListen},
    {"upstream", required_argument, nullptr, kUpstream},
    {"partner_id", required_argument, nullptr, kPartnerId},
    {"partner_key_file", required_argument, nullptr, kPartnerKeyFile},
    {"check_upstream", no_argument, nullptr, kCheckUpstream},
    {"help", no_argument, nullptr, kHelp},
    {"version", no_argument, nullptr, kVersion},
    {nullptr, 0, nullptr, 0},
}};

// getopt_long takes any unambiguous beginning of a name, so that --partner_key would be --partner_key_file:
// names are compared whole.
bool IsWhole(absl::string_view word, const option& flag) {
  return word.substr(0, word.find('=')) == absl::StrCat("--", flag.name);
}

std::string NameOf(int flag) {
  for (const option& known : kFlags) {
    if (known.val == flag && known.name != nullptr) return absl::StrCat("--", known.name);
  }
  return "at the end";
}

// Words are not repeated: each may be a misplaced secret.
absl::Status Unknown(int position, absl::string_view what) {
  std::string flags;
  for (const option& flag : kFlags) {
    if (flag.name != nullptr) absl::StrAppend(&flags, flags.empty() ? "--" : ", --", flag.name);
  }
  return absl::InvalidArgumentError(absl::StrCat("argument ", position, " is ", what, "; flags are ", flags));
}

absl::Status SetFlag(int flag, const char* value, CommandLine* line) {
  switch (flag) {
    case kConfig:
      line->config = value;
      return absl::OkStatus();
    case kListen:
      line->listen.emplace_back(value);
      return absl::OkStatus();
    case kUpstream:
      line->upstream = value;
      return absl::OkStatus();
    case kPartnerId:
      line->partner_id.emplace(0);
      if (absl::SimpleAtoi(value, &*line->partner_id)) return absl::OkStatus();
      return absl::InvalidArgumentError("--partner_id: its value is not a whole number");
    case kPartnerKeyFile:
      line->partner_key_file = value;
      return absl::OkStatus();
    case kCheckUpstream:
      line->check_upstream = true;
      return absl::OkStatus();
    case kHelp:
      line->help = true;
      return absl::OkStatus();
    case kVersion:
      line->version = true;
      return absl::OkStatus();
    default:
      return absl::InternalError("unreachable");
  }
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(int argc, char** argv) {
  CommandLine line;
  line.shops = argc > 1 && absl::string_view(argv[1]) == "shops";
  if (line.shops) {
    ++argv;
    --argc;
  }
  optind = 0;  // starts over, also for a second call in one process
  opterr = 0;  // the words are ours
  const int skipped = line.shops ? 1 : 0;
  while (true) {
    const int next = optind == 0 ? 1 : optind;
    int index = -1;
    const int flag = getopt_long(argc, argv, "+:", kFlags.data(), &index);
    if (flag == -1) break;
    if (flag == ':')
      return absl::InvalidArgumentError(absl::StrCat("the flag ", NameOf(optopt), " needs a value"));
    if (flag == '?' || !IsWhole(argv[next], kFlags[static_cast<std::size_t>(index)])) {
      return Unknown(next + skipped, "not a known flag");
    }
    if (absl::Status set = SetFlag(flag, optarg, &line); !set.ok()) return set;
  }
  if (optind < argc) return Unknown(optind + skipped, "neither a flag nor its value");
  return line;
}

absl::string_view HelpText() {
  return R"(firstmiled: a gRPC server for the first-mile and tracking-number operations of the Shopee Open Platform

usage: firstmiled [flags]
       firstmiled shops --config FILE    list the stored tokens; a sidecar may run meanwhile
  --config FILE            configuration as Protobuf text or JSON; server/docs/configuration.md describes
                           every field
  --listen ADDRESS         serve gRPC at host:port or unix:/absolute/path; repeat it for several;
                           default 127.0.0.1:50051
  --upstream URL           Shopee's base URL, for example https://partner.shopeemobile.com
  --partner_id ID          the app's id from Shopee's console
  --partner_key_file FILE  read the partner key from FILE; default: the environment variable
                           FIRSTMILE_PARTNER_KEY. No flag takes the key itself.
  --check_upstream         send Shopee one request before serving; exit with 1 when no response comes
  --version                print this version, and those of gRPC, Protobuf, libcurl and OpenSSL
  --help                   print this text

Flags override the configuration file. Exit codes: 0 stopped after SIGTERM or SIGINT, 1 cannot run now,
64 wrong flag or configuration, 130 stopped by a second signal during the drain.
)";
}

}  // namespace firstmile::app
