// Shared by fuzz targets: the parts of an input, and the invariants that it must not break.
//
// An Input is used for one run. The functions are pure except for Promise, which may end the process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

// Runs one input. Each target defines it; libFuzzer calls it, or replay.cc where there is no libFuzzer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace firstmile::fuzzing {

// Reads an input part by part; missing parts read as zero or empty. InputWriter writes the same format.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  std::uint8_t Byte();
  std::uint16_t Number();    // two bytes, big-endian
  absl::string_view Text();  // of Number() bytes, or as many as are left
  absl::string_view Rest();

 private:
  absl::string_view rest_;
};

class InputWriter {
 public:
  InputWriter& Byte(std::uint8_t byte);
  InputWriter& Text(absl::string_view text);  // cut at 64 KiB
  std::string Rest(absl::string_view text) const;

 private:
  std::string bytes_;
};

// Ends the process when an invariant is broken; libFuzzer then keeps the input. `shown` gives details.
void Promise(bool kept, const char* promise, absl::string_view shown = {});

// Uses another library than the code under test.
bool IsUtf8(absl::string_view text);

// Like IsUtf8, without control characters that could forge a log line.
bool IsOneLine(absl::string_view text);

}  // namespace firstmile::fuzzing
