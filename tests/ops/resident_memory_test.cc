#include "ops/resident_memory.h"

#include <gtest/gtest.h>

#include <vector>

namespace firstmile::ops {
namespace {

TEST(ResidentBytesTest, SeesWhatThisProcessTouches) {
  const std::int64_t before = ResidentBytes();
  EXPECT_GT(before, 1'000'000);
  std::vector<char> touched(64'000'000);
  volatile char* bytes = touched.data();  // volatile: the compiler leaves neither them nor their memory out
  for (std::size_t i = 0; i < touched.size(); i += 1'024) bytes[i] = 'x';
  EXPECT_GT(ResidentBytes(), before + 50'000'000);
}

}  // namespace
}  // namespace firstmile::ops
