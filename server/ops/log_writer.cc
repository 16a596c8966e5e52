#include "ops/log_writer.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/string_view.h"

namespace firstmile::ops {
namespace {

// Between two writes. To wake the thread for each line costs the calls more than their lines do.
constexpr std::chrono::milliseconds kPause{5};

// Of one write; further ones wait where the oldest can be dropped.
constexpr std::size_t kBatchLines = 128;

// Waits until a file that does not block takes more. False when it never will.
bool WaitFor(int file) {
  pollfd watched{.fd = file, .events = POLLOUT, .revents = 0};
  const int ready = poll(&watched, 1, -1);
  return ready > 0 ? (watched.revents & POLLOUT) != 0 : errno == EINTR;
}

// What the file has not taken: it is closed, or its reader is gone.
absl::string_view Write(int file, absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    if (written >= 0 || errno == EINTR) continue;
    if ((errno != EAGAIN && errno != EWOULDBLOCK) || !WaitFor(file)) break;
  }
  return text;
}

}  // namespace

LogWriter::LogWriter(int file, std::size_t lines_max)
    : file_(file), lines_max_(lines_max), thread_([this] { Run(); }) {}

LogWriter::~LogWriter() {
  End(std::chrono::milliseconds(0));
  if (thread_.joinable()) thread_.join();
}

void LogWriter::Add(std::string line) {
  bool wake;
  {
    const std::lock_guard lock(mutex_);
    if (lines_.size() == lines_max_) {
      lines_.pop_front();
      ++lost_;
    }
    lines_.push_back(std::move(line));
    wake = std::exchange(idle_, false);
  }
  if (wake) changed_.notify_all();
}

std::uint64_t LogWriter::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

void LogWriter::End(std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  ending_ = true;
  changed_.notify_all();
  const bool ended = changed_.wait_for(lock, longest, [this] { return ended_; });
  lock.unlock();
  if (ended && thread_.joinable()) thread_.join();
}

// REQUIRES: mutex_ is held, and there is a line.
std::string LogWriter::TakeBatch() {
  std::string batch(torn_ ? "\n" : "");
  for (std::size_t count = 0; count < kBatchLines && !lines_.empty(); ++count) {
    batch += lines_.front();
    lines_.pop_front();
  }
  return batch;
}

void LogWriter::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    idle_ = lines_.empty();
    changed_.wait(lock, [this] { return !lines_.empty() || ending_; });
    if (lines_.empty()) break;
    const std::string batch = TakeBatch();
    lock.unlock();
    const absl::string_view rest = Write(file_, batch);
    lock.lock();
    const std::size_t written = batch.size() - rest.size();
    // What ends a torn line is no line that is lost.
    const absl::string_view lost_text =
        absl::string_view(batch).substr(std::max<std::size_t>(written, torn_ ? 1 : 0));
    lost_ += static_cast<std::uint64_t>(std::count(lost_text.begin(), lost_text.end(), '\n'));
    if (written > 0) torn_ = batch[written - 1] != '\n';
    if (lines_.size() < kBatchLines) changed_.wait_for(lock, kPause, [this] { return ending_; });
  }
  ended_ = true;
  changed_.notify_all();
}

}  // namespace firstmile::ops
