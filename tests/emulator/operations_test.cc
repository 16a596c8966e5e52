// Every operation that Shopee documents is emulated: tests/contract/documented_operations.txt lists them.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "emulator/api/routes.h"

namespace emulator_test {
namespace {

TEST(Operations, EachHasARouteWithItsVerb) {
  std::ifstream file(DOCUMENTED_OPERATIONS);
  int operations = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    ++operations;
    std::istringstream words(line);
    std::string verb;
    std::string path;
    words >> verb >> path;
    const emulator::api::Route* route = emulator::api::FindRoute(path);
    if (route == nullptr) {
      ADD_FAILURE() << "the emulator has no " << verb << " " << path;
      continue;
    }
    EXPECT_EQ(route->verb, verb) << path;
  }
  EXPECT_EQ(operations, 75);
}

}  // namespace
}  // namespace emulator_test
