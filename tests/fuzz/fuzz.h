// What fuzz targets share: the parts of an input, and the promises that it must not break.
//
// An Input belongs to one run; the functions are pure but for Promise, which may end the process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

// Runs one input. Each target defines it; libFuzzer calls it, or replay.cc where there is no libFuzzer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace firstmile::fuzzing {

// Reads an input part by part; what is not there reads as zero or empty. InputWriter writes the same.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  std::uint8_t Byte();
  std::uint16_t Number();    // two bytes, the higher first
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

// Ends the process when a promise is broken; libFuzzer then keeps the input. `shown` tells more.
void Promise(bool kept, const char* promise, absl::string_view shown = {});

// By another library than the one under test.
bool IsUtf8(absl::string_view text);

// As IsUtf8, without the control characters that could forge a line of a log.
bool IsOneLine(absl::string_view text);

}  // namespace firstmile::fuzzing
