#include "secrets/bounded_file.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace firstmile::secrets {
namespace {

using Deadline = std::chrono::steady_clock::time_point;

constexpr std::size_t kPieceBytes = 64 * 1024;

absl::Status OfSystem(int error) {
  return absl::UnavailableError(std::strerror(error));
}

absl::Status AwaitBytes(int file, Deadline deadline) {
  pollfd wanted{.fd = file, .events = POLLIN, .revents = 0};
  const auto left = std::max(deadline - std::chrono::steady_clock::now(), std::chrono::nanoseconds(0));
  const int ready =
      poll(&wanted, 1, static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(left).count()));
  if (ready > 0 || (ready < 0 && errno == EINTR)) return absl::OkStatus();
  return ready < 0 ? OfSystem(errno) : absl::DeadlineExceededError("its writer does not end");
}

}  // namespace

// Non-blocking: reading a pipe without a writer ends at once; a slow writer is waited for.
int OpenBounded(const std::string& path) {
  return open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

absl::Status ReadBounded(int file, std::size_t bytes_max, std::string* text, absl::Duration wait) {
  const Deadline deadline = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(wait);
  const std::size_t end = text->size() + bytes_max + 1;
  for (;;) {
    const std::size_t size = text->size();
    text->resize(std::min(size + kPieceBytes, end));
    const ssize_t count = read(file, text->data() + size, text->size() - size);
    const int error = errno;
    text->resize(size + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count == 0) return absl::OkStatus();
    if (count < 0 && error == EAGAIN) {
      if (absl::Status waited = AwaitBytes(file, deadline); !waited.ok()) return waited;
    } else if (count < 0 && error != EINTR) {
      return OfSystem(error);
    }
    if (text->size() == end)
      return absl::OutOfRangeError(absl::StrCat("it is longer than ", bytes_max, " bytes"));
    if (std::chrono::steady_clock::now() > deadline)
      return absl::DeadlineExceededError("its writer does not end");
  }
}

absl::StatusOr<std::string> ReadBoundedFile(const std::string& path, std::size_t bytes_max) {
  const int file = OpenBounded(path);
  if (file < 0) return absl::NotFoundError(std::strerror(errno));
  const absl::Cleanup close_file = [file] { close(file); };
  std::string text;
  if (absl::Status read = ReadBounded(file, bytes_max, &text); !read.ok()) return read;
  return text;
}

}  // namespace firstmile::secrets
