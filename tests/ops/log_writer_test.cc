#include "ops/log_writer.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace firstmile::ops {
namespace {

constexpr std::size_t kMany = 100'000;

class LogWriterTest : public ::testing::Test {
 protected:
  // `flags` O_DIRECT: each read gives what one write wrote.
  void Open(std::size_t lines_max, int flags = 0) {
    ASSERT_EQ(pipe2(ends_.data(), O_CLOEXEC | flags), 0);
    writer_.emplace(ends_[1], lines_max);
  }
  ~LogWriterTest() override {
    writer_.reset();
    CloseReader();
    close(ends_[1]);
  }

  void CloseReader() {
    if (ends_[0] >= 0) close(std::exchange(ends_[0], -1));
  }
  // Until something can be read.
  void AwaitText() const {
    pollfd watched{ends_[0], POLLIN, 0};
    ASSERT_EQ(poll(&watched, 1, -1), 1);
  }
  std::string Read() const {
    std::array<char, 1 << 16> text;
    const ssize_t bytes = read(ends_[0], text.data(), text.size());
    return bytes <= 0 ? "" : std::string(text.data(), static_cast<std::size_t>(bytes));
  }
  std::string ReadUntil(absl::string_view end) const {
    std::string text;
    while (!absl::EndsWith(text, end)) text += Read();
    return text;
  }

  std::array<int, 2> ends_{-1, -1};
  std::optional<LogWriter> writer_;
};

TEST_F(LogWriterTest, WritesEveryLineInOrder) {
  Open(kMany);
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    const std::string line = absl::StrCat("line ", i, "\n");
    writer_->Add(line);
    expected += line;
  }
  EXPECT_EQ(ReadUntil("line 999\n"), expected);
  EXPECT_EQ(writer_->lost(), 0);
}

TEST_F(LogWriterTest, LinesOfAMomentShareAWrite) {
  constexpr int kLines = 100;
  Open(kMany, O_DIRECT);
  for (int i = 1; i <= kLines; ++i) writer_->Add(absl::StrCat(i, "\n"));
  int writes = 0;
  std::string text;
  while (!absl::EndsWith(text, absl::StrCat("\n", kLines, "\n"))) {
    text += Read();
    ++writes;
  }
  EXPECT_LT(writes, kLines / 4);
}

TEST_F(LogWriterTest, ALineThatComesAfterAPauseIsWritten) {
  Open(kMany);
  for (const char* line : {"first\n", "second\n", "third\n"}) {
    writer_->Add(line);
    EXPECT_EQ(ReadUntil("\n"), line);
  }
}

TEST_F(LogWriterTest, BeforeAReaderThatStopsTheOldestAreDroppedAndCounted) {
  Open(10);
  const std::string long_line = std::string(1 << 20, 'x') + "\n";  // more than the pipe holds
  writer_->Add(long_line);
  AwaitText();  // the thread is at that line
  for (int i = 1; i <= 15; ++i) writer_->Add(absl::StrCat("line ", i, "\n"));
  EXPECT_EQ(writer_->lost(), 5);
  const std::string text = ReadUntil("line 15\n");
  EXPECT_TRUE(absl::StartsWith(text, absl::StrCat(long_line, "line 6\n")));
  EXPECT_EQ(writer_->lost(), 5);
}

TEST_F(LogWriterTest, LinesToAReaderThatHasGoneAreLost) {
  std::signal(SIGPIPE, SIG_IGN);  // as in the program
  Open(kMany);
  CloseReader();
  for (int i = 0; i < 3; ++i) writer_->Add("line\n");
  writer_->End(std::chrono::seconds(30));
  EXPECT_EQ(writer_->lost(), 3);
}

// A file that takes no more than so many bytes, until it is given another bound.
class FullFile {
 public:
  FullFile() : file_(memfd_create("log", MFD_CLOEXEC)) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
  }
  ~FullFile() {
    setrlimit(RLIMIT_FSIZE, &before_);
    close(file_);
  }
  int descriptor() const { return file_; }
  void Bound(rlim_t bytes) const {
    const rlimit bound{bytes, before_.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &bound), 0);
  }
  std::string Text() const {
    std::array<char, 100> text;
    const ssize_t bytes = pread(file_, text.data(), text.size(), 0);
    return bytes <= 0 ? "" : std::string(text.data(), static_cast<std::size_t>(bytes));
  }

 private:
  const int file_;
  rlimit before_{};
};

TEST_F(LogWriterTest, ALineAfterAFullDiskBeginsALine) {
  const FullFile file;
  writer_.emplace(file.descriptor(), kMany);
  file.Bound(4);
  for (std::uint64_t lost = 1; lost <= 3; ++lost) {
    writer_->Add("torn\n");
    while (writer_->lost() < lost) std::this_thread::yield();
  }
  file.Bound(100);
  writer_->Add("whole\n");
  writer_->End(std::chrono::seconds(30));
  EXPECT_EQ(file.Text(), "torn\nwhole\n");
  EXPECT_EQ(writer_->lost(), 3);
}

TEST_F(LogWriterTest, ItsEndWritesWhatWaits) {
  Open(kMany);
  for (int i = 0; i < 500; ++i) writer_->Add("line\n");
  writer_->End(std::chrono::seconds(30));
  EXPECT_EQ(Read().size(), 500 * 5);
}

TEST_F(LogWriterTest, ItsEndWaitsNoLongerThanAskedForAReaderThatStops) {
  Open(kMany);
  writer_->Add(std::string(1 << 20, 'x') + "\n");
  AwaitText();
  writer_->End(std::chrono::milliseconds(1));
  ReadUntil("\n");  // else the thread would never end
}

}  // namespace
}  // namespace firstmile::ops
