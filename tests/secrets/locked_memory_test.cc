// Secrets are in locked memory, and are overwritten when destroyed.
#include "secrets/locked_memory.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "secrets/secret.h"

namespace firstmile::secrets {
namespace {

// The flags of the mapping at `address` as the kernel prints them: "rd wr lo dd".
std::string MappingFlags(const void* address) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  std::ifstream maps("/proc/self/smaps");
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    const std::vector<std::string> range = absl::StrSplit(line.substr(0, line.find(' ')), '-');
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    if (range.size() == 2 && absl::SimpleHexAtoi(range[0], &begin) && absl::SimpleHexAtoi(range[1], &end)) {
      inside = at >= begin && at < end;
    }
    if (inside && absl::StartsWith(line, "VmFlags:")) return line;
  }
  return "";
}

TEST(LockedMemory, HoldsSecretsWhereTheLimitAllowsIt) {
  const Secret secret(std::string("canary-token"));
  if (LockedBytes() == 0) GTEST_SKIP() << "no memory may be locked here";
  const std::string flags = MappingFlags(secret.Reveal().data());
  EXPECT_TRUE(absl::StrContains(flags, " lo")) << flags;  // locked
  EXPECT_TRUE(absl::StrContains(flags, " dd")) << flags;  // not dumped
}

TEST(LockedMemory, ADestroyedSecretIsWiped) {
  auto secret = std::make_unique<Secret>(std::string(100, 'x'));
  if (LockedBytes() == 0) GTEST_SKIP() << "its memory may not be looked at later";
  const char* memory = secret->RevealCString();
  secret = nullptr;
  EXPECT_EQ(std::string(memory, 100).find("xx"), std::string::npos);
}

TEST(LockedMemory, AnAssignmentWipesTheOldText) {
  Secret secret(std::string(100, 'x'));
  if (LockedBytes() == 0) GTEST_SKIP() << "its memory may not be looked at later";
  const char* memory = secret.RevealCString();
  secret = Secret(std::string("next"));
  EXPECT_EQ(std::string(memory, 100).find("xx"), std::string::npos);
}

TEST(LockedMemory, WhatASecretIsMadeOfIsOverwritten) {
  std::string text(100, 'x');
  const char* memory = text.data();
  const Secret secret(std::move(text));
  EXPECT_NE(secret.Reveal().data(), memory);
}

TEST(LockedMemory, GivesBlocksOfEverySizeThatDoNotOverlap) {
  std::vector<Secret> secrets;
  for (std::size_t size = 1; size < 300'000; size = size * 3 / 2 + 1) {
    secrets.emplace_back(std::string(size, static_cast<char>('a' + secrets.size() % 26)));
  }
  for (std::size_t i = 0; i < secrets.size(); ++i) {
    const absl::string_view text = secrets[i].Reveal();
    EXPECT_EQ(text.find_first_not_of(static_cast<char>('a' + i % 26)), text.npos);
    EXPECT_EQ(text.data()[text.size()], '\0');
  }
}

// Allocations beyond the limit use ordinary memory.
TEST(LockedMemory, GoesOnWhenNothingIsLeft) {
  std::vector<Secret> secrets;
  for (std::size_t bytes = 0; bytes <= kLockedBytesMax + (std::size_t{1} << 20); bytes += 100'000) {
    secrets.emplace_back(std::string(100'000, 'y'));
  }
  EXPECT_EQ(secrets.back().Reveal().size(), 100'000U);
}

TEST(LockedMemory, MayBeUsedByManyThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 20'000; ++i) {
        const Secret secret(std::string(static_cast<std::size_t>(16 + i % 100), static_cast<char>('a' + t)));
        Secret copy = secret;
        const Secret moved = std::move(copy);
        ASSERT_EQ(moved.Reveal().find_first_not_of(static_cast<char>('a' + t)), std::string::npos);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace firstmile::secrets
