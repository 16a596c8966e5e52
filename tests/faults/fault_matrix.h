// The cases of the two data files: each story for each operation that it names.
//
// Plain values and pure functions.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "emulator/emulator.h"
#include "faults/fault_cases.pb.h"

namespace google::protobuf {
class MethodDescriptor;
}

namespace firstmile::testing {

// Uses the operation's own request and change, unless the story has others.
struct FaultCase {
  std::string Suite() const;  // FirstMileService_GetDetail
  bool is_write() const;
  std::string path() const;  // "/api/v2/..."

  const google::protobuf::MethodDescriptor* method = nullptr;
  faults::Operation operation;
  faults::Story story;
};

// Reads operations.textproto and stories.textproto in `folder`. "{today+3}" is three days after `today`, in
// days since 1970. Fails with one line when a file cannot be read, an rpc is unknown, or an operation of the
// contract has no request.
absl::StatusOr<std::vector<FaultCase>> ReadFaultCases(const std::filesystem::path& folder, int64_t today);

// In the emulator's format, for the operation at `path`. Fails for an unknown preset.
absl::StatusOr<emulator::Fault> ToEmulator(const faults::Fault& fault, const std::string& path);

}  // namespace firstmile::testing
