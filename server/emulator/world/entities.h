// The rows of the emulated world. Plain values, owned by World and linked by row numbers.
#pragma once

#include <absl/container/btree_map.h>
#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>
#include <absl/container/inlined_vector.h>

#include <array>
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

// Position of a row in an ordered list: the sort key, then the row. A cursor is such a key as one number.
using ListKey = std::pair<uint32_t, Row>;
using ListIndex = absl::btree_set<ListKey>;

// When a parcel reached each state, in Unix seconds; 0: not yet, or not by the schedule.
struct Milestones {
  uint32_t shipped = 0;
  uint32_t picked_up = 0;
  uint32_t arrived = 0;
  uint32_t latest = 0;  // the last change of its logistics status
};

// The air waybill of a package or booking.
struct Document {
  std::string type;
  DocumentState state = DocumentState::kProcessing;
};

// Where and when a carrier collects a package.
struct Pickup {
  int64_t address_id = 0;
  std::string time_id;

  bool operator==(const Pickup&) const = default;
};

// Pieces of one item, in an order or in a package.
struct Item {
  int64_t item_id = 0;
  int64_t model_id = 0;
  int quantity = 1;
};
using Items = absl::InlinedVector<Item, 1>;

struct Package {
  Row order = kNoRow;
  Row holder = kNoRow;  // the first-mile number that it is bound to
  std::string number;
  std::string tracking_number;  // "" until the carrier assigns it
  const Warehouse* warehouse = nullptr;
  LogisticsStatus logistics_status = LogisticsStatus::kRequestCreated;
  bool picked_up = false;
  bool at_warehouse = false;
  bool replaced = false;  // by the packages of a split, or of its undoing: in no list, found by no number
  Items items = {};
};

struct Order {
  std::string sn;
  int64_t shop_id = 0;
  uint32_t create_time = 0;  // Unix seconds
  uint32_t update_time = 0;  // Unix seconds
  OrderStatus status = OrderStatus::kProcessed;
  std::string booking_sn;                // of an order whose parcel was sent ahead
  absl::InlinedVector<Row, 2> packages;  // more than one if the order was split
};

// Who ended an order, and why.
struct Cancellation {
  std::string by;  // "buyer", "seller" or "system"
  std::string reason;
  std::string buyer_reason;
};

// A first-mile number, or a courier delivery binding, which has a binding id and later also a number.
struct FirstMileNumber {
  std::string code;        // of a courier binding: visible from code_visible_at on
  std::string binding_id;  // courier delivery only
  int64_t owner_shop = 0;  // the shop that generated it; 0 for a number of a courier
  Region region = Region::kCn;
  ShipmentMethod method = ShipmentMethod::kNone;  // set by the first bind
  FirstMileStatus status = FirstMileStatus::kNotAvailable;
  std::optional<int64_t> channel_id;
  Day declare_day = 0;
  int64_t create_time = 0;
  int64_t code_visible_at = 0;
  int64_t scan_at = 0;          // when the carrier collects its parcels; 0: not planned
  bool scan_queued = false;     // a collection is in the schedule
  bool arrival_queued = false;  // an arrival is in the schedule
  std::string cancel_reason;
  const Warehouse* warehouse = nullptr;               // set by the first bind
  absl::btree_set<std::pair<int64_t, Row>> packages;  // shop and package
};

// The orders of a shop by time: all except PENDING ones, and each status separately.
struct OrderIndex {
  ListIndex all;
  std::array<ListIndex, kOrderStatuses> by_status;
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

  OrderIndex orders_by_creation;
  OrderIndex orders_by_update;
  ListIndex to_ship;   // packages that wait for ship_order, by create time of their order
  ListIndex unbound;   // bindable packages, by create time of their order
  ListIndex numbers;   // generated numbers, by declare day
  ListIndex bindings;  // courier bindings, by day of creation
  absl::flat_hash_map<Day, int> generated;  // how many numbers were generated, by declare day
};

}  // namespace emulator
