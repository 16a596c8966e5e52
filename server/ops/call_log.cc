#include "ops/call_log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>
#include <boost/json/value.hpp>
#include <memory>

namespace firstmile::ops {
namespace {

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      return spdlog::level::off;
  }
  return spdlog::level::info;
}

// Collects the members of one JSON line; spdlog's pattern adds the time and the level around them.
class LineWriter {
 public:
  void Text(absl::string_view name, absl::string_view value) {
    if (value.empty()) return;
    fmt::format_to(std::back_inserter(line_), ",\"{}\":{}", std::string_view(name.data(), name.size()),
                   boost::json::serialize(boost::json::string_view(value.data(), value.size())));
  }
  void Number(absl::string_view name, std::int64_t value) {
    if (value == 0) return;
    fmt::format_to(std::back_inserter(line_), ",\"{}\":{}", std::string_view(name.data(), name.size()),
                   value);
  }
  void Milliseconds(absl::string_view name, std::chrono::microseconds value) {
    fmt::format_to(std::back_inserter(line_), ",\"{}\":{:.3f}", std::string_view(name.data(), name.size()),
                   static_cast<double>(value.count()) / 1000.0);
  }
  spdlog::string_view_t line() const { return {line_.data(), line_.size()}; }

 private:
  spdlog::memory_buf_t line_;
};

}  // namespace

void StartLog(LogLevel level) {
  auto logger =
      std::make_shared<spdlog::logger>("firstmiled", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l"%v})");
  logger->set_level(SpdlogLevel(level));
  spdlog::set_default_logger(std::move(logger));
}

void LogCall(const CallLine& call) {
  if (!spdlog::should_log(spdlog::level::info)) return;
  LineWriter writer;
  writer.Text("event", "call");
  writer.Text("method", call.method);
  writer.Text("code", call.code);
  writer.Text("reason", call.reason);
  writer.Number("shop_id", call.shop_id);
  writer.Text("vendor_code", call.vendor_code);
  writer.Text("request_id", call.request_id);
  writer.Number("http_status", call.http_status);
  writer.Number("attempts", call.attempts);
  if (call.waited.count() > 0) writer.Milliseconds("waited_ms", call.waited);
  writer.Text("read_back", call.read_back);
  writer.Number("pages", static_cast<std::int64_t>(call.pages));
  writer.Number("unknown_fields", call.unknown_fields);
  writer.Number("unknown_enum_values", call.unknown_enum_values);
  writer.Milliseconds("duration_ms", call.duration);
  spdlog::default_logger_raw()->log(spdlog::level::info, writer.line());
}

void LogEvent(LogLevel level, absl::string_view event, absl::string_view detail) {
  LineWriter writer;
  writer.Text("event", event);
  writer.Text("detail", detail);
  spdlog::default_logger_raw()->log(SpdlogLevel(level), writer.line());
}

void FlushLog() {
  spdlog::default_logger_raw()->flush();
}

}  // namespace firstmile::ops
