#include "ops/call_log.h"

#include <poll.h>
#include <spdlog/async.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>
#include <boost/json/value.hpp>
#include <cerrno>
#include <future>
#include <memory>
#include <thread>

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

// Lines that stderr did not take.
std::atomic<std::uint64_t> lost_lines{0};

// Waits until a stderr that does not block takes more. False when it never will.
bool WaitForStderr() {
  pollfd stderr_file{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
  const int ready = poll(&stderr_file, 1, -1);
  return ready > 0 ? (stderr_file.revents & POLLOUT) != 0 : errno == EINTR;
}

// False when a part at least of the line is lost: stderr is closed, or nobody can read it any more.
bool WriteToStderr(absl::string_view line) {
  while (!line.empty()) {
    const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
    if (written > 0) line.remove_prefix(static_cast<std::size_t>(written));
    if (written >= 0 || errno == EINTR) continue;
    if ((errno != EAGAIN && errno != EWOULDBLOCK) || !WaitForStderr()) return false;
  }
  return true;
}

// Not the library's own, which holds the lock of C's stderr while it writes: the end of a process takes that
// lock.
class StderrSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    if (!WriteToStderr({line.data(), line.size()})) lost_lines.fetch_add(1, std::memory_order_relaxed);
  }
  void flush_() override {}
};

// The logger that gives its lines to a thread, which is null before StartLog and after EndLog. The logger
// stays until the process ends, since somebody may be about to use it.
struct Writer {
  std::shared_ptr<spdlog::details::thread_pool> thread;
  std::shared_ptr<spdlog::logger> logger;
};

Writer& CurrentWriter() {
  static auto* writer = new Writer;
  return *writer;
}

// Collects the members of one JSON line; spdlog's pattern adds the time and the level around them.
class LineWriter {
 public:
  void Text(absl::string_view name, absl::string_view value) {
    if (value.empty()) return;
    const std::string clean = text::CleanText(value, kLogTextBytesMax);
    fmt::format_to(std::back_inserter(line_), ",\"{}\":{}", std::string_view(name.data(), name.size()),
                   boost::json::serialize(boost::json::string_view(clean)));
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
  Writer& writer = CurrentWriter();
  if (writer.thread != nullptr) return writer.logger->set_level(SpdlogLevel(level));
  writer.thread = std::make_shared<spdlog::details::thread_pool>(kLogLinesMax, 1);
  writer.logger =
      std::make_shared<spdlog::async_logger>("firstmiled", std::make_shared<StderrSink>(), writer.thread,
                                             spdlog::async_overflow_policy::overrun_oldest);
  writer.logger->set_pattern(kPattern);
  writer.logger->set_level(SpdlogLevel(level));
  spdlog::set_default_logger(writer.logger);
}

std::uint64_t DroppedLogLines() {
  const Writer& writer = CurrentWriter();
  const std::uint64_t lost = lost_lines.load(std::memory_order_relaxed);
  return writer.thread == nullptr ? lost : lost + writer.thread->overrun_counter();
}

void EndLog() {
  Writer& writer = CurrentWriter();
  if (writer.thread == nullptr) return;
  writer.logger->set_level(spdlog::level::off);
  // The end of the pool writes what waits; it never comes when nobody reads stderr.
  auto written = std::make_shared<std::promise<void>>();
  std::future<void> all_written = written->get_future();
  std::thread([thread = std::move(writer.thread), written = std::move(written)]() mutable {
    thread.reset();
    written->set_value();
  }).detach();
  all_written.wait_for(kEndMax);
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

}  // namespace firstmile::ops
