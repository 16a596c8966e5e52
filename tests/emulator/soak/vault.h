// The tokens that the sellers of a soak share, and which refresh tokens were taken more than once. Thread
// safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace emulator_test {

struct Tokens {
  std::string access;
  std::string refresh;
};

class Vault {
 public:
  Tokens Of(int64_t shop);
  void Authorized(int64_t shop, const Tokens& fresh);
  // A refresh with `spent` was answered with `fresh`.
  void Refreshed(int64_t shop, const std::string& spent, const Tokens& fresh);

  int refreshes(int64_t shop);  // that were answered with a pair
  std::vector<std::string> spent_twice();
  void Restart();  // with the tokens of the default world

 private:
  struct Entry {
    Tokens tokens;
    int refreshes = 0;
  };

  Entry& EntryOf(int64_t shop);

  std::mutex mutex_;
  std::map<int64_t, Entry> entries_;
  std::map<std::string, int> spent_;
};

}  // namespace emulator_test
