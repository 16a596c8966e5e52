// The tokens that the sellers of a soak test share, and how often each refresh token was spent. Thread safe.
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

class SharedTokens {
 public:
  Tokens Of(int64_t shop);
  void Authorized(int64_t shop, const Tokens& fresh);
  // Call when a refresh with `spent` returned `fresh`.
  void Refreshed(int64_t shop, const std::string& spent, const Tokens& fresh);

  int refreshes(int64_t shop);  // successful ones
  std::vector<std::string> spent_twice();
  void Restart();  // back to the tokens of the default world

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
