// The callback of the pushes and the codes that are on. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace emulator::push {

struct Config {
  std::string callback_url;  // "" if none is set; nothing is sent
  std::set<int> on;          // codes
  std::set<int64_t> blocked_shops;

  bool Wants(int code, int64_t shop_id) const {
    return !callback_url.empty() && on.contains(code) && !blocked_shops.contains(shop_id);
  }
};

// The changes of one set_app_push_config call; other settings stay.
struct ConfigChange {
  std::optional<std::string> callback_url = {};
  std::vector<int> on = {};
  std::vector<int> off = {};
  std::optional<std::set<int64_t>> blocked_shops = {};

  void Apply(Config& config) const {
    if (callback_url) config.callback_url = *callback_url;
    config.on.insert(on.begin(), on.end());
    for (const int code : off) config.on.erase(code);
    if (blocked_shops) config.blocked_shops = *blocked_shops;
  }
};

}  // namespace emulator::push
