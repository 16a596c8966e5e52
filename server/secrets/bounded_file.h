// Reads a file that a setting names, within a bound of bytes and time: it may be a pipe that nobody writes
// to, a device without an end, or a directory.
//
// Safe from any thread. Blocks, at most for kFileWait.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace firstmile::secrets {

// For the whole of a file; only a pipe's writer can be slow.
inline constexpr absl::Duration kFileWait = absl::Seconds(5);

// Opens for ReadBounded. Negative: errno says why not.
int OpenBounded(const std::string& path);

// Appends the rest of `file` to `text`, which is not copied where its capacity suffices for bytes_max and one
// more. Fails with kOutOfRange when there are more than bytes_max bytes, kDeadlineExceeded when they take too
// long, and kUnavailable when the system refuses; the message has no path.
absl::Status ReadBounded(int file, std::size_t bytes_max, std::string* text, absl::Duration wait = kFileWait);

// Both, for a whole file. Fails with kNotFound as well, when it cannot be opened.
absl::StatusOr<std::string> ReadBoundedFile(const std::string& path, std::size_t bytes_max);

}  // namespace firstmile::secrets
