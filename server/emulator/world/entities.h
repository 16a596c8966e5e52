// The rows of the emulated world. Plain values, owned by World and linked by row numbers.
#pragma once

#include <absl/container/btree_map.h>
#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>
#include <absl/container/inlined_vector.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "emulator/world/catalog.h"
#include "emulator/world/civil_day.h"
#include "emulator/world/states.h"

namespace emulator {

using Row = uint32_t;
inline constexpr Row kNoRow = std::numeric_limits<Row>::max();

// Position of a row in an ordered list: what it is sorted by, then the row. A cursor is such a key as one
// number.
using ListKey = std::pair<uint32_t, Row>;
using ListIndex = absl::btree_set<ListKey>;

struct Package {
  Row order = kNoRow;
  Row holder = kNoRow;  // the first-mile number that it is bound to
  std::string number;
  std::string tracking_number;  // "" until the carrier assigns it
  const Warehouse* warehouse = nullptr;
  LogisticsStatus logistics_status = LogisticsStatus::kRequestCreated;
  bool picked_up = false;
  bool at_warehouse = false;
};

struct Order {
  std::string sn;
  int64_t shop_id = 0;
  uint32_t create_time = 0;  // Unix seconds
  OrderStatus status = OrderStatus::kProcessed;
  absl::InlinedVector<Row, 2> packages;  // more than one: the order was split
};

// A first-mile number, or a courier delivery binding (which has a binding id, and later a number).
struct FirstMileNumber {
  std::string code;        // for a courier binding: shown only from code_visible_at on
  std::string binding_id;  // courier delivery only
  int64_t owner_shop = 0;  // that generated it; 0 for a courier's own number
  Region region = Region::kCn;
  ShipmentMethod method = ShipmentMethod::kNone;  // settled by the first bind
  FirstMileStatus status = FirstMileStatus::kNotAvailable;
  std::optional<int64_t> channel_id;
  Day declare_day = 0;
  int64_t create_time = 0;
  int64_t code_visible_at = 0;
  std::string cancel_reason;
  const Warehouse* warehouse = nullptr;               // settled by the first bind
  absl::btree_set<std::pair<int64_t, Row>> packages;  // shop and package
};

struct Booking {
  std::string sn;
  int64_t shop_id = 0;
  std::string tracking_number;
  LogisticsStatus logistics_status = LogisticsStatus::kRequestCreated;
  int64_t create_time = 0;
};

struct Shop {
  int64_t id = 0;
  std::string name;
  Region region = Region::kCn;
  std::string access_token;
  int64_t pickup_address_id = 0;
  bool linked = true;
  bool banned = false;
  bool first_mile = true;
  bool pre_declare = true;

  ListIndex unbound;                        // packages that may be bound, by create time of their order
  ListIndex numbers;                        // generated numbers, by declare day
  ListIndex bindings;                       // courier bindings, by day of creation
  absl::flat_hash_map<Day, int> generated;  // numbers so far, by declare day
};

}  // namespace emulator
