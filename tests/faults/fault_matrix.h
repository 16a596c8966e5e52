// The cases of the two data files: each story told of each operation that it names.
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

// The operation's own request and change, unless the story has others.
struct FaultCase {
  std::string Name() const;  // BindFirstMileTrackingNumber_CutAfterTheEffect
  bool is_write() const;
  std::string path() const;  // "/api/v2/..."

  const google::protobuf::MethodDescriptor* method = nullptr;
  faults::Operation operation;
  faults::Story story;
};

// Reads operations.textproto and stories.textproto in `folder`. "{today+3}" there is three days after
// `today`, in days since 1970. Fails with one line when a file cannot be read, an rpc is unknown, or an
// operation of the contract has no request.
absl::StatusOr<std::vector<FaultCase>> ReadFaultCases(const std::filesystem::path& folder, int64_t today);

// As the emulator takes it, for the operation on `path`. Fails for an unknown preset.
absl::StatusOr<emulator::Fault> ToEmulator(const faults::Fault& fault, const std::string& path);

}  // namespace firstmile::testing
