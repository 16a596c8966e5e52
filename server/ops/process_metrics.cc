#include "ops/process_metrics.h"

#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ops/call_log.h"

namespace firstmile::ops {
namespace {

prometheus::MetricFamily One(prometheus::MetricType type, const char* name, const char* help, double value) {
  prometheus::ClientMetric metric;
  if (type == prometheus::MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  return {.name = name, .help = help, .type = type, .metric = {metric}};
}

std::string Read(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Fields of /proc/self/stat from the third on; the second, the program's name, may hold anything.
std::optional<std::int64_t> StatField(absl::string_view stat, std::size_t number) {
  const std::size_t end_of_name = stat.rfind(')');
  if (end_of_name == absl::string_view::npos) return std::nullopt;
  const std::vector<absl::string_view> fields =
      absl::StrSplit(stat.substr(end_of_name + 1), ' ', absl::SkipEmpty());
  std::int64_t value = 0;
  if (number - 3 >= fields.size() || !absl::SimpleAtoi(fields[number - 3], &value)) return std::nullopt;
  return value;
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Since 1970, of the boot.
std::optional<std::int64_t> BootTime() {
  for (const absl::string_view line : absl::StrSplit(Read("/proc/stat"), '\n')) {
    std::int64_t seconds = 0;
    if (absl::StartsWith(line, "btime ") && absl::SimpleAtoi(line.substr(6), &seconds)) return seconds;
  }
  return std::nullopt;
}

std::optional<double> StartTime(absl::string_view stat) {
  static const std::optional<std::int64_t> boot = BootTime();
  const std::optional<std::int64_t> ticks = StatField(stat, 22);
  if (!boot.has_value() || !ticks.has_value()) return std::nullopt;
  return static_cast<double>(*boot) + static_cast<double>(*ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// The one that lists them is among them.
std::optional<double> OpenFiles() {
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/self/fd", error);
  if (error) return std::nullopt;
  return static_cast<double>(std::distance(begin(files), end(files)));
}

std::optional<double> OpenFilesMax() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

std::vector<prometheus::MetricFamily> ProcessMetrics() {
  using prometheus::MetricType;
  std::vector<prometheus::MetricFamily> families;
  const auto add = [&families](MetricType type, const char* name, const char* help, auto value) {
    if (value.has_value()) families.push_back(One(type, name, help, static_cast<double>(*value)));
  };
  const std::string stat = Read("/proc/self/stat");
  std::optional<std::int64_t> resident = StatField(stat, 24);
  if (resident.has_value()) *resident *= sysconf(_SC_PAGESIZE);
  add(MetricType::Counter, "firstmile_log_lines_dropped_total",
      "Log lines that were not written because standard error was closed or not read fast enough.",
      std::optional(DroppedLogLines()));
  add(MetricType::Counter, "process_cpu_seconds_total", "Total user and system CPU time spent in seconds.",
      std::optional(CpuSeconds()));
  add(MetricType::Gauge, "process_open_fds", "Number of open file descriptors.", OpenFiles());
  add(MetricType::Gauge, "process_max_fds", "Maximum number of open file descriptors.", OpenFilesMax());
  add(MetricType::Gauge, "process_resident_memory_bytes", "Resident memory size in bytes.", resident);
  add(MetricType::Gauge, "process_virtual_memory_bytes", "Virtual memory size in bytes.",
      StatField(stat, 23));
  add(MetricType::Gauge, "process_start_time_seconds",
      "Start time of the process since unix epoch in seconds.", StartTime(stat));
  return families;
}

}  // namespace firstmile::ops
