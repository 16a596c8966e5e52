#include "ops/call_log.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <mutex>

#include "ops/log_writer.h"
#include "text/clean_text.h"

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

constexpr char kPattern[] = R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l"%v})";
constexpr std::chrono::seconds kEndMax{1};

// Hands the lines to the writer, which does not wait for their reader.
class WriterSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit WriterSink(LogWriter& writer) : writer_(writer) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    writer_.Add(std::string(line.data(), line.size()));
  }
  void flush_() override {}

  LogWriter& writer_;
};

// Null before StartLog. It stays until the process ends: its thread may wait for a reader of stderr, and
// another thread may be about to add a line.
LogWriter*& Writer() {
  static LogWriter* writer = nullptr;
  return writer;
}

// Needs no escape, neither in JSON nor on a terminal: most texts do not.
bool IsPlain(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

// Collects the members of one JSON line; spdlog's pattern adds the time and the level around them.
class LineWriter {
 public:
  void Text(FieldName name, absl::string_view value) {
    if (value.empty()) return;
    Name(name);
    if (value.size() <= kLogTextBytesMax && IsPlain(value)) return Quoted(value);
    const std::string clean = text::CleanText(value, kLogTextBytesMax);
    Append(boost::json::serialize(boost::json::string_view(clean)));
  }
  void Number(FieldName name, std::int64_t value) {
    if (value == 0) return;
    Name(name);
    Append(fmt::format_int(value).c_str());
  }
  void Milliseconds(FieldName name, std::chrono::microseconds value) {
    Name(name);
    fmt::format_to(std::back_inserter(line_), "{:.3f}", static_cast<double>(value.count()) / 1000.0);
  }
  spdlog::string_view_t line() const { return {line_.data(), line_.size()}; }

 private:
  void Append(absl::string_view text) { line_.append(text.data(), text.data() + text.size()); }
  void Quoted(absl::string_view text) {
    Append("\"");
    Append(text);
    Append("\"");
  }
  void Name(FieldName name) {
    Append(",");
    Quoted(name.text());
    Append(":");
  }

  spdlog::memory_buf_t line_;
};

// A call of the partner has the id 0, which is not written.
FieldName SubjectField(subjects::SubjectKind kind) {
  return kind == subjects::SubjectKind::kShop ? FieldName("shop_id") : FieldName("merchant_id");
}

}  // namespace

std::optional<LogLevel> LogLevelOf(absl::string_view name) {
  for (const LogLevel level : {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    const auto shown = spdlog::level::to_string_view(SpdlogLevel(level));
    if (name == absl::string_view(shown.data(), shown.size())) return level;
  }
  return std::nullopt;
}

void StartLog(LogLevel level) {
  if (Writer() == nullptr) {
    Writer() = new LogWriter(STDERR_FILENO, kLogLinesMax);
    auto logger = std::make_shared<spdlog::logger>("firstmiled", std::make_shared<WriterSink>(*Writer()));
    logger->set_pattern(kPattern);
    spdlog::set_default_logger(std::move(logger));
  }
  spdlog::default_logger_raw()->set_level(SpdlogLevel(level));
}

std::uint64_t DroppedLogLines() {
  return Writer() == nullptr ? 0 : Writer()->lost();
}

void EndLog() {
  if (Writer() == nullptr) return;
  spdlog::default_logger_raw()->set_level(spdlog::level::off);
  Writer()->End(kEndMax);
}

void LogCall(const CallLine& call) {
  if (!spdlog::should_log(spdlog::level::info)) return;
  LineWriter writer;
  writer.Text("event", "call");
  writer.Text("method", call.method);
  writer.Text("code", call.code);
  writer.Text("reason", call.reason);
  writer.Number(SubjectField(call.subject.kind), call.subject.id);
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

void LogEvent(LogLevel level, EventName event, absl::string_view detail, std::uint64_t count) {
  LineWriter writer;
  writer.Text("event", event.text());
  writer.Text("detail", detail);
  writer.Number("count", static_cast<std::int64_t>(count));
  spdlog::default_logger_raw()->log(SpdlogLevel(level), writer.line());
}

}  // namespace firstmile::ops
