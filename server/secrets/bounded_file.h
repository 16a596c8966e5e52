// Reads a file named by a setting, with limits on its size and the time: it may be a pipe without a writer,
// an endless device, or a directory.
//
// Safe from any thread. Blocks for up to kFileWait.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace firstmile::secrets {

// For the whole file; only a pipe's writer can be slow.
inline constexpr absl::Duration kFileWait = absl::Seconds(5);

// Opens for ReadBounded. A negative result leaves the reason in errno.
int OpenBounded(const std::string& path);

// Appends the rest of `file` to `text`; does not reallocate a capacity of at least bytes_max + 1. Fails with
// kOutOfRange for more than bytes_max bytes, kDeadlineExceeded after `wait`, and kUnavailable for system
// errors. Messages do not contain the path.
absl::Status ReadBounded(int file, std::size_t bytes_max, std::string* text, absl::Duration wait = kFileWait);

// Opens and reads a whole file. Also fails with kNotFound when it cannot be opened.
absl::StatusOr<std::string> ReadBoundedFile(const std::string& path, std::size_t bytes_max);

}  // namespace firstmile::secrets
