// firstmiled: flags, configuration, sidecar, exit code.
#include <cstdio>

#include "absl/cleanup/cleanup.h"
#include "app/command_line.h"
#include "app/config_file.h"
#include "app/process.h"
#include "app/settings.h"
#include "app/shops_command.h"
#include "app/sidecar.h"
#include "app/upstream_check.h"
#include "app/version.h"
#include "ops/call_log.h"
#include "text/clean_text.h"

namespace {

using firstmile::ops::LogEvent;
using firstmile::ops::LogLevel;

// Most bytes of the line that says why startup failed.
constexpr std::size_t kWordsBytesMax = 4096;

int Fail(int exit_code, const absl::Status& status) {
  const std::string words = firstmile::text::CleanText(status.message(), kWordsBytesMax);
  std::fprintf(stderr, "firstmiled: %s\n", words.c_str());
  return exit_code;
}

absl::StatusOr<firstmile::app::ConfigFile> ReadConfig(const firstmile::app::CommandLine& flags) {
  return flags.config.empty() ? firstmile::app::NoConfigFile() : firstmile::app::ReadConfigFile(flags.config);
}

int ListShops(const firstmile::app::CommandLine& flags) {
  const absl::StatusOr<firstmile::app::ConfigFile> file = ReadConfig(flags);
  if (!file.ok()) return Fail(firstmile::app::kExitBadUse, file.status());
  const absl::StatusOr<std::string> text = firstmile::app::ListShopsText(*file);
  if (!text.ok()) {
    const bool bad_use = text.status().code() == absl::StatusCode::kInvalidArgument;
    return Fail(bad_use ? firstmile::app::kExitBadUse : firstmile::app::kExitCannotRun, text.status());
  }
  return std::fputs(text->c_str(), stdout), firstmile::app::kExitClean;
}

// The log line about the connection to Shopee; empty when no check was requested.
absl::StatusOr<std::string> CheckUpstream(const firstmile::app::Settings& settings) {
  if (!settings.check_upstream) return "";
  return firstmile::app::CheckUpstream(settings.gateway.base_url, settings.transport);
}

int Serve(firstmile::app::Settings settings) {
  const absl::StatusOr<std::string> upstream = CheckUpstream(settings);  // a signal still ends it at once
  if (!upstream.ok()) return Fail(firstmile::app::kExitCannotRun, upstream.status());
  firstmile::app::BlockStopSignals();  // before any thread starts
  firstmile::ops::StartLog(settings.log_level);
  const absl::Cleanup end_log = [] { firstmile::ops::EndLog(); };
  for (const std::string& warning : settings.warnings) LogEvent(LogLevel::kWarning, "configuration", warning);
  if (!upstream->empty()) LogEvent(LogLevel::kInfo, "upstream", *upstream);
  auto sidecar = firstmile::app::Sidecar::Start(std::move(settings));
  if (!sidecar.ok()) {
    const bool bad_use = sidecar.status().code() == absl::StatusCode::kInvalidArgument;
    return Fail(bad_use ? firstmile::app::kExitBadUse : firstmile::app::kExitCannotRun, sidecar.status());
  }
  for (const std::string& address : (*sidecar)->addresses()) LogEvent(LogLevel::kInfo, "listening", address);
  firstmile::app::WaitForStopSignal();
  LogEvent(LogLevel::kInfo, "draining", "");
  (*sidecar)->Drain();
  LogEvent(LogLevel::kInfo, "stopped", "");
  return firstmile::app::kExitClean;
}

// Destroys the configuration, and the tokens in it, before it returns.
absl::StatusOr<firstmile::app::Settings> ReadSettings(const firstmile::app::CommandLine& flags) {
  const absl::StatusOr<firstmile::app::ConfigFile> file = ReadConfig(flags);
  if (!file.ok()) return file.status();
  return firstmile::app::ResolveSettings(*file, flags);
}

}  // namespace

int main(int argc, char** argv) {
  firstmile::app::PrepareProcess();
  const absl::StatusOr<firstmile::app::CommandLine> flags = firstmile::app::ParseCommandLine(argc, argv);
  if (!flags.ok()) return Fail(firstmile::app::kExitBadUse, flags.status());
  if (flags->help) return std::fputs(firstmile::app::HelpText().data(), stdout), firstmile::app::kExitClean;
  if (flags->version) return std::puts(firstmile::app::VersionText().c_str()), firstmile::app::kExitClean;
  if (flags->shops) return ListShops(*flags);
  absl::StatusOr<firstmile::app::Settings> settings = ReadSettings(*flags);
  if (!settings.ok()) return Fail(firstmile::app::kExitBadUse, settings.status());
  return Serve(*std::move(settings));
}
