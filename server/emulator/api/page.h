// One page of an ordered index, in O(log n + page).
#pragma once

#include <string>
#include <vector>

#include "emulator/api/params.h"

namespace emulator::api {

template <typename Key>
struct Page {
  std::vector<Key> keys;
  bool more = false;
};

// The keys in [first, end); if `after` is given, only those after it.
template <typename Index, typename Key = typename Index::value_type>
Page<Key> TakePage(const Index& index, const Key& first, const Key& end, const std::optional<Key>& after,
                   int size) {
  Page<Key> page;
  auto it = after && !(*after < first) ? index.upper_bound(*after) : index.lower_bound(first);
  for (; it != index.end() && *it < end; ++it) {
    if (static_cast<int>(page.keys.size()) == size) {
      page.more = true;
      break;
    }
    page.keys.push_back(*it);
  }
  return page;
}

inline std::optional<ListKey> AfterKey(const Cursor& cursor) {
  return cursor ? std::optional<ListKey>(KeyOf(*cursor)) : std::nullopt;
}

inline std::string NextCursor(const Page<ListKey>& page) {
  return page.more ? CursorOf(page.keys.back()) : "";
}

}  // namespace emulator::api
