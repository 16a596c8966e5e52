// Writes lines to a file on a thread of its own; lines that come within milliseconds share one write. For
// this module alone.
//
// Thread-safe. A thread that adds a line never waits for the file's reader.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

namespace firstmile::ops {

class LogWriter {
 public:
  // When more than `lines_max` wait, the oldest are dropped. The file stays open as long as the writer.
  LogWriter(int file, std::size_t lines_max);

  // Waits until all lines are written, however long that takes.
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  // `line` has one line feed, at its end.
  void Add(std::string line);

  // Lines that were dropped, or that the file did not take whole.
  std::uint64_t lost() const;

  // Waits until all lines are written, for `longest` at most. Lines that come later may be lost.
  void End(std::chrono::milliseconds longest);

 private:
  void Run();
  std::string TakeBatch();

  const int file_;
  const std::size_t lines_max_;
  mutable std::mutex mutex_;  // guards everything below but the thread
  std::condition_variable changed_;
  std::deque<std::string> lines_;
  bool idle_ = false;  // the thread waits for a line
  bool ending_ = false;
  bool ended_ = false;
  std::uint64_t lost_ = 0;
  bool torn_ = false;   // the file has a part of a line at its end
  std::thread thread_;  // last: it uses every member above
};

}  // namespace firstmile::ops
