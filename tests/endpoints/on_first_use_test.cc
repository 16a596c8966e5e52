#include "endpoints/on_first_use.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace firstmile::endpoints {
namespace {

TEST(OnFirstUse, MakesNothingBefore) {
  int made = 0;
  const OnFirstUse<std::string> value;
  EXPECT_EQ(made, 0);
  EXPECT_EQ(value.Get([&made] { return std::to_string(++made); }), "1");
  EXPECT_EQ(value.Get([&made] { return std::to_string(++made); }), "1");
  EXPECT_EQ(made, 1);
}

TEST(OnFirstUse, ThreadsThatAskAtOnceGetOneValue) {
  constexpr int kThreads = 8;
  const OnFirstUse<std::string> value;
  std::atomic<int> made = 0;
  std::vector<const std::string*> got(kThreads);
  std::vector<std::jthread> threads;
  threads.reserve(kThreads);
  for (const std::string*& mine : got) {
    threads.emplace_back([&] { mine = &value.Get([&made] { return std::to_string(++made); }); });
  }
  threads.clear();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(std::set<const std::string*>(got.begin(), got.end()).size(), 1U);
}

}  // namespace
}  // namespace firstmile::endpoints
