#include "secrets/bounded_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <thread>

#include "support/stepping_wall_clock.h"
#include "support/temp_folder.h"

namespace firstmile::secrets {
namespace {

constexpr absl::Duration kShort = absl::Milliseconds(50);
constexpr std::size_t kBytesMax = 100'000;

// The status of reading, and the text.
std::pair<absl::Status, std::string> Read(const std::string& path, absl::Duration wait = kFileWait) {
  const int file = OpenBounded(path);
  EXPECT_GE(file, 0) << path;
  std::string text;
  absl::Status status = ReadBounded(file, kBytesMax, &text, wait);
  close(file);
  return {std::move(status), std::move(text)};
}

class BoundedFileTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& text) {
    std::ofstream(folder_.File("file"), std::ios::binary) << text;
    return folder_.File("file");
  }
  std::string Pipe() {
    EXPECT_EQ(mkfifo(folder_.File("pipe").c_str(), 0600), 0);
    return folder_.File("pipe");
  }

  const firstmile::testing::TempFolder folder_;
};

TEST_F(BoundedFileTest, AFileOfTheLargestSizeIsReadWhole) {
  const std::string text(kBytesMax, 'x');
  EXPECT_EQ(Read(Write(text)), std::make_pair(absl::OkStatus(), text));
}

TEST_F(BoundedFileTest, AByteMoreIsTooMuch) {
  const auto [status, text] = Read(Write(std::string(kBytesMax + 1, 'x')));
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("longer than 100000 bytes"));
}

TEST_F(BoundedFileTest, ADeviceWithoutAnEndIsTooMuch) {
  EXPECT_EQ(Read("/dev/zero").first.code(), absl::StatusCode::kOutOfRange);
}

TEST_F(BoundedFileTest, APipeWithoutAWriterIsEmpty) {
  EXPECT_EQ(Read(Pipe()), std::make_pair(absl::OkStatus(), std::string()));
}

TEST_F(BoundedFileTest, APipeIsReadAsItsWriterWrites) {
  const std::string path = Pipe();
  const int file = OpenBounded(path);
  std::thread writer([&path] { std::ofstream(path) << "from a pipe"; });
  std::string text;
  while (text.empty()) ASSERT_TRUE(ReadBounded(file, kBytesMax, &text).ok());  // empty: no writer yet
  writer.join();
  close(file);
  EXPECT_EQ(text, "from a pipe");
}

TEST_F(BoundedFileTest, AWallClockThatIsSetForwardCutsNoWriterShort) {
  const firstmile::testing::SteppingWallClock forward(absl::Hours(1));
  const std::string text(kBytesMax, 'x');
  EXPECT_EQ(Read(Write(text)), std::make_pair(absl::OkStatus(), text));
}

TEST_F(BoundedFileTest, AWriterThatDoesNotEndIsNotWaitedForLong) {
  const std::string path = Pipe();
  const int reader = OpenBounded(path);
  const int writer = open(path.c_str(), O_WRONLY | O_NONBLOCK);
  ASSERT_GE(writer, 0);
  EXPECT_EQ(Read(path, kShort).first.code(), absl::StatusCode::kDeadlineExceeded);
  close(writer);
  close(reader);
}

TEST_F(BoundedFileTest, ADirectoryIsSaidToBeOne) {
  const auto [status, text] = Read("/");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(std::string(status.message()), "Is a directory");
}

TEST_F(BoundedFileTest, ATextWithEnoughCapacityIsNotCopied) {
  const int file = OpenBounded(Write(std::string(kBytesMax, 'x')));
  std::string text;
  text.reserve(kBytesMax + 1);
  const char* const begin = text.data();
  ASSERT_TRUE(ReadBounded(file, kBytesMax, &text).ok());
  close(file);
  EXPECT_EQ(text.data(), begin);
}

}  // namespace
}  // namespace firstmile::secrets
