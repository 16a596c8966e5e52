#include "app/library_logs.h"

#include <google/protobuf/stubs/common.h>
#include <grpcpp/version_info.h>

#include "absl/strings/str_cat.h"
#include "ops/call_log.h"

// gRPC logs through Abseil since 1.66, Protobuf since 22. FIRSTMILE_ABSEIL_LOGS: Abseil has a log (CMake).
#define FIRSTMILE_GRPC_LOGS_ITSELF (GRPC_CPP_VERSION_MAJOR == 1 && GRPC_CPP_VERSION_MINOR < 66)
#define FIRSTMILE_PROTOBUF_LOGS_ITSELF (GOOGLE_PROTOBUF_VERSION < 4022000)

#if FIRSTMILE_GRPC_LOGS_ITSELF
#include <grpc/support/log.h>
#endif
#if FIRSTMILE_PROTOBUF_LOGS_ITSELF
#include <google/protobuf/stubs/logging.h>
#endif
#if FIRSTMILE_ABSEIL_LOGS
#include "absl/log/globals.h"
#include "absl/log/initialize.h"
#include "absl/log/log_entry.h"
#include "absl/log/log_sink.h"
#include "absl/log/log_sink_registry.h"
#endif

namespace firstmile::app {
namespace {

void Log(ops::EventName library, absl::string_view file, int line) {
  ops::LogEvent(ops::LogLevel::kDebug, library, absl::StrCat(file, ":", line));
}

#if FIRSTMILE_GRPC_LOGS_ITSELF
void LogForGrpc(gpr_log_func_args* args) {
  Log("grpc", args->file, args->line);
}
#endif

#if FIRSTMILE_PROTOBUF_LOGS_ITSELF
void LogForProtobuf(google::protobuf::LogLevel, const char* file, int line, const std::string&) {
  Log("protobuf", file, line);
}
#endif

#if FIRSTMILE_ABSEIL_LOGS
class AbseilSink final : public absl::LogSink {
 public:
  void Send(const absl::LogEntry& entry) override {
    Log("library", entry.source_filename(), entry.source_line());
  }
};
#endif

}  // namespace

void RouteLibraryLogs() {
#if FIRSTMILE_GRPC_LOGS_ITSELF
  gpr_set_log_function(&LogForGrpc);
#endif
#if FIRSTMILE_PROTOBUF_LOGS_ITSELF
  google::protobuf::SetLogHandler(&LogForProtobuf);
#endif
#if FIRSTMILE_ABSEIL_LOGS
  absl::SetStderrThreshold(absl::LogSeverityAtLeast::kInfinity);
  absl::InitializeLog();
  absl::AddLogSink(new AbseilSink);  // stays until the process ends
#endif
}

}  // namespace firstmile::app
